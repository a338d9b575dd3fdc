"""What a viewer may not do is disabled with the reason, and the server refuses it too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open, keep_screenshot, served
from browser.people import ADMIN, CUVEE, MLFLOW, VIEWER, ask, done, log_in, make_admin, make_house
from refusals.served import Site

ADMINS = "Only admins may change this. Ask one."
MANAGERS = "You manage no model, experiment or folder (CAN_MANAGE)"
CONTROLS = """() => [...document.querySelectorAll("main button, main [role=button]")].map((b) =>
  ({name: (b.getAttribute("aria-label") ?? b.innerText).trim(),
    on: !b.disabled && b.ariaDisabled !== "true", why: b.title}))"""

READING = {"Explain", "Show", "Verify", "Export", "Live", "Last…", "Newest", "Newer", "Older"}
"""Buttons that show something and change nothing."""
OWN = {"New token", "Revoke", "Change my password"}
"""What everybody may do for themselves."""
OPENS = {"Actions for the group risk"}
"""A menu that says of each of its items why it cannot be chosen."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with a viewer, who has a token."""
    folder = tmp_path_factory.mktemp("rights")
    make_admin(folder)
    for site in served(folder, "--login"):
        make_house(site)
        done(ask(site, VIEWER, "POST", f"{CUVEE}tokens/create", {"name": "mine"}))
        yield site


def controls(page: Page) -> dict[str, dict[str, Any]]:
    return {str(found["name"]): found for found in page.evaluate(CONTROLS)}


@pytest.mark.parametrize(
    ("path", "enabled", "disabled"),
    [
        ("/settings/tokens", {"New token", "Revoke"}, {}),
        ("/settings/users", {"Change my password"}, {"New user": ADMINS}),
        ("/settings/groups", OPENS, {"New group": ADMINS}),
        (
            "/settings/permissions",
            {"Show"},
            {"Give a permission": MANAGERS, "Take back": "It takes CAN_MANAGE on the object."},
        ),
        ("/settings/webhooks", set(), {"New webhook": "A webhook of a model needs CAN_MANAGE"}),
        ("/settings/appearance", set(), {}),
        ("/audit", {"Verify", "Export", "Live", "Last…"}, {}),
    ],
)
def test_a_viewer_sees_no_enabled_control_that_would_change_what_is_not_theirs(
    path: str, enabled: set[str], disabled: dict[str, str], house: Site, visit: Open
) -> None:
    page = log_in(visit(house), VIEWER, path)
    for name, why in disabled.items():
        button = page.get_by_role("button", name=name).first
        expect(button).to_be_disabled()
        expect(button).to_have_attribute("title", _begins(why))
        # It is disabled in name only, so that keys and fingers are told why: it does nothing else.
        button.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("tooltip")).to_contain_text(why)
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.keyboard.press("Escape")
        expect(page.get_by_role("tooltip")).to_have_count(0)
    for name in enabled:
        expect(page.get_by_role("button", name=name, exact=True).first).to_be_enabled()
    found = {name for name, control in controls(page).items() if control["on"]}
    assert found == enabled
    assert found <= READING | OWN | OPENS


def _begins(text: str) -> Any:
    import re

    return re.compile("^" + re.escape(text))


def test_each_item_of_a_viewers_menu_says_why_not(house: Site, visit: Open) -> None:
    page = log_in(visit(house), VIEWER, "/settings/groups")
    page.get_by_role("button", name="Actions for the group risk").click()
    items = page.get_by_role("menuitem")
    expect(items).to_have_count(3)
    for number in range(3):
        expect(items.nth(number)).to_be_disabled()
        expect(items.nth(number)).to_contain_text(ADMINS)


def test_a_viewer_is_told_names_only(house: Site, visit: Open) -> None:
    page = log_in(visit(house), VIEWER, "/settings/users")
    heads = page.get_by_role("table", name="Users").get_by_role("columnheader")
    expect(heads).to_have_text(["Name", "Kind", "Actions"])
    opened = visit(house)
    log_in(opened, VIEWER, "/settings/tokens")
    expect(opened.page.get_by_role("group", name="Whose tokens")).to_have_count(0)


REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", f"{CUVEE}tokens/create", {"name": "x", "username": "build-bot"}),
    ("GET", f"{CUVEE}tokens/list?username=*", {}),
    ("POST", f"{MLFLOW}users/create", {"username": "x", "password": "correct horse battery"}),
    ("PATCH", f"{MLFLOW}users/update-password",
     {"username": ADMIN, "password": "another horse battery"}),
    ("PATCH", f"{MLFLOW}users/update-admin", {"username": VIEWER, "is_admin": True}),
    ("POST", f"{CUVEE}users/deactivate", {"username": "stan"}),
    ("POST", f"{CUVEE}users/activate", {"username": "stan"}),
    ("DELETE", f"{MLFLOW}users/delete", {"username": "stan"}),
    ("POST", f"{CUVEE}groups/create", {"name": "x"}),
    ("PATCH", f"{CUVEE}groups/update", {"name": "risk", "new_name": "x"}),
    ("DELETE", f"{CUVEE}groups/delete", {"name": "risk"}),
    ("POST", f"{CUVEE}groups/members/add", {"name": "risk", "username": "stan"}),
    ("DELETE", f"{CUVEE}groups/members/remove", {"name": "risk", "username": VIEWER}),
    ("POST", f"{CUVEE}permissions/grant",
     {"object": "model:wine", "user": VIEWER, "permission": "CAN_EDIT"}),
    ("POST", f"{CUVEE}permissions/revoke", {"object": "model:wine", "user": "stan"}),
    ("POST", f"{CUVEE}webhooks", {"url": "https://example.com/x"}),
    ("POST", f"{CUVEE}webhooks", {"url": "https://example.com/x", "model": "wine"}),
    ("POST", f"{CUVEE}events/erase", {"sequence": 1}),
]  # fmt: skip
"""What the disabled controls would have asked for."""


@pytest.mark.parametrize(("method", "path", "body"), REFUSED)
def test_the_server_refuses_a_viewer_the_same(
    method: str, path: str, body: dict[str, Any], house: Site
) -> None:
    before = len(done(ask(house, ADMIN, "GET", f"{CUVEE}events?max_results=1000"))["events"])
    answer = ask(house, VIEWER, method, path, body or None)
    assert answer.status == 403, answer
    after = len(done(ask(house, ADMIN, "GET", f"{CUVEE}events?max_results=1000"))["events"])
    assert before == after


def test_a_webhook_that_is_not_ones_own_can_be_neither_seen_nor_touched(
    house: Site, visit: Open
) -> None:
    made = {"url": "https://example.com/x", "model": "wine"}
    hook = done(ask(house, ADMIN, "POST", f"{CUVEE}webhooks", made))["webhook"]["webhook_id"]
    path = f"{CUVEE}webhooks/{hook}"
    for method, target, body in (
        ("GET", path, None),
        ("PATCH", path, {"status": "DISABLED"}),
        ("DELETE", path, {}),
        ("POST", f"{path}/test", {}),
        ("GET", f"{path}/deliveries", None),
        ("POST", f"{path}/redeliver", {}),
    ):
        assert ask(house, VIEWER, method, target, body).status == 403
    opened = visit(house)
    opened.expected.append("status of 403")
    page = log_in(opened, VIEWER, f"/settings/webhooks/{hook}")
    expect(page.get_by_role("alert").first).to_contain_text("The webhook could not be read.")
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)


def test_home_shows_the_failed_runs_that_one_created_whatever_name_they_claim(
    house: Site, visit: Open
) -> None:
    grant = {"object": "experiment:0", "user": VIEWER, "permission": "CAN_EDIT"}
    done(ask(house, ADMIN, "POST", f"{CUVEE}permissions/grant", grant))
    now = int(time.time() * 1000)
    for who, claimed, name in (
        (VIEWER, "root", "mine by login"),
        (ADMIN, VIEWER, "claimed to be mine"),
        (VIEWER, VIEWER, "mine in both"),
    ):
        about = {"experiment_id": "0", "run_name": name, "user_id": claimed, "start_time": now}
        made = done(ask(house, who, "POST", f"{MLFLOW}runs/create", about))
        end = {"run_id": made["run"]["info"]["run_id"], "status": "FAILED", "end_time": now}
        done(ask(house, who, "POST", f"{MLFLOW}runs/update", end))
    opened = visit(house)
    mine = log_in(opened, VIEWER, "/").get_by_role("region", name="Failed runs of mine")
    expect(mine.get_by_role("link")).to_have_count(2)
    assert set(mine.get_by_role("link").all_text_contents()) == {"mine by login", "mine in both"}
    keep_screenshot(opened.page, "home-failed-mine")


def test_mine_are_the_runs_that_one_created_whoever_the_client_names(
    house: Site, visit: Open
) -> None:
    made = done(ask(house, ADMIN, "POST", f"{MLFLOW}experiments/create", {"name": "of two"}))
    experiment = made["experiment_id"]
    grant = {"object": f"experiment:{experiment}", "user": VIEWER, "permission": "CAN_EDIT"}
    done(ask(house, ADMIN, "POST", f"{CUVEE}permissions/grant", grant))
    runs = (VIEWER, "hers", "root"), (ADMIN, "not hers", VIEWER), (ADMIN, "nor this", "root")
    for who, name, named in runs:
        body = {"experiment_id": experiment, "run_name": name, "user_id": named}
        done(ask(house, who, "POST", f"{MLFLOW}runs/create", body))
    opened = visit(house)
    log_in(opened, VIEWER, f"/experiments/{experiment}")
    page = opened.go(f"/experiments/{experiment}?filter=user_id%20%3D%20'vera'")
    rows = page.get_by_role("grid").get_by_role("row")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("not hers")
    page.get_by_role("button", name="Mine", exact=True).click()
    expect(page.get_by_role("searchbox", name="Filter")).to_have_value("created_by = 'vera'")
    expect(rows.nth(1)).to_contain_text("hers")
    expect(rows.nth(1)).not_to_contain_text("not hers")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Mine", exact=True).click()
    expect(rows).to_have_count(4)
