"""Settings: tokens, users, groups, permissions, appearance, on a server with people."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, keep_screenshot, served
from browser.people import (
    ADMIN,
    CUVEE,
    MLFLOW,
    PASSWORD,
    STEWARD,
    VIEWER,
    ask,
    done,
    log_in,
    make_admin,
    make_house,
)
from browser.test_browser_pages import LOOKS, PARTS, offences
from refusals.served import Answer, Site

LONG = "a-very-long-name-that-somebody-has-chosen-" * 4


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with people of different rights."""
    folder = tmp_path_factory.mktemp("house")
    make_admin(folder)
    for site in served(folder, "--login"):
        make_house(site)
        yield site


def row(page: Page, name: str) -> Locator:
    return page.locator("main").get_by_role("row").filter(has_text=name)


def secret_in(page: Page, label: str) -> str:
    """Return the secret that a dialog shows, once it is there."""
    shown = page.get_by_role("region", name=label)
    expect(shown).to_have_text(re.compile(r"^(cuvee|whsec)_\S{20,}$"))
    return shown.inner_text().strip()


def leaks(page: Page, secret: str) -> list[str]:
    """Return where a page still has a secret."""
    return [
        place
        for place, script in (
            ("document", "document.documentElement.outerHTML"),
            ("storage", "JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])"),
            ("fields", "[...document.querySelectorAll('input,textarea')].map(i => i.value).join()"),
            ("address", "location.href"),
        )
        if secret in page.evaluate(script)
    ]


def with_token(site: Site, token: str, method: str, path: str, body: object = None) -> Answer:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return site.send(method, path, body, headers=headers)


def confirm(page: Page, button: str, reason: str = "", *, typed: str = "") -> None:
    dialog = page.get_by_role("dialog")
    if typed:
        press = dialog.get_by_role("button", name=button, exact=True)
        expect(press).to_be_disabled()
        dialog.get_by_label(f"Type {typed} to go on").fill(typed[:-1])
        expect(press).to_be_disabled()
        dialog.get_by_label(f"Type {typed} to go on").fill(typed)
    if reason:
        dialog.get_by_label("Why").fill(reason)
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_have_count(0)


# ---------------------------------------------------------------- tokens


def test_a_token_is_shown_once_works_and_ends_when_it_is_revoked(house: Site, visit: Open) -> None:
    page = log_in(visit(house), VIEWER, "/settings/tokens")
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Make token")).to_be_disabled()
    dialog.get_by_label("What it is for").fill("laptop")
    dialog.get_by_label("What it may").select_option(label="Read only")
    dialog.get_by_label("Ends after").select_option(label="7 days")
    dialog.get_by_role("button", name="Make token").click()
    token = secret_in(page, "The token")
    keep_screenshot(page, "settings-token-made")

    model = f"{MLFLOW}registered-models/get?name=wine"
    assert with_token(house, token, "GET", model).status == 200
    who = with_token(house, token, "GET", f"{CUVEE}whoami").json
    assert (who["username"], who["scopes"]) == (VIEWER, ["read"])
    assert with_token(house, token, "POST", f"{CUVEE}tokens/create", {"name": "x"}).status == 403

    page.get_by_role("button", name="I have stored it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(row(page, "laptop")).to_contain_text("Read only")
    expect(row(page, "laptop")).to_contain_text("in 6 days")
    assert leaks(page, token) == []
    page.reload()
    expect(row(page, "laptop")).not_to_contain_text("never")  # it was used above
    assert leaks(page, token) == []

    row(page, "laptop").get_by_role("button", name="Revoke").click()
    confirm(page, "Revoke", "laptop lost")
    expect(row(page, "laptop")).to_contain_text("Revoked")
    expect(row(page, "laptop").get_by_role("button")).to_have_count(0)
    assert with_token(house, token, "GET", model).status == 401
    told = done(ask(house, ADMIN, "GET", f"{CUVEE}events?action=token.revoked"))["events"]
    assert told[-1]["comment"] == "laptop lost"


def test_an_admin_makes_tokens_for_service_accounts_and_sees_all(house: Site, visit: Open) -> None:
    page = log_in(visit(house), ADMIN, "/settings/tokens")
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog")
    whom = dialog.get_by_label("Who logs in with it")
    expect(whom.get_by_role("option")).to_have_text(["ann (you)", "build-bot (service account)"])
    whom.select_option("build-bot")
    dialog.get_by_label("What it is for").fill("nightly")
    dialog.get_by_label("What it may").select_option(label="Read, and log experiments and runs")
    dialog.get_by_role("button", name="Make token").click()
    token = secret_in(page, "The token")
    page.get_by_role("button", name="I have stored it").click()
    who = with_token(house, token, "GET", f"{CUVEE}whoami").json
    assert (who["username"], who["scopes"]) == ("build-bot", ["tracking"])
    expect(row(page, "nightly")).to_have_count(0)
    page.get_by_text("All", exact=True).click()
    expect(page).to_have_url(re.compile("all=true"))
    expect(row(page, "nightly")).to_contain_text("build-bot")
    page.reload()
    expect(row(page, "nightly")).to_contain_text("build-bot")


# ---------------------------------------------------------------- users and groups


def open_menu(page: Page, name: str, item: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.get_by_role("menuitem", name=item).click()


def status_of(site: Site, who: str, password: str = PASSWORD) -> int:
    return ask(site, who, "GET", f"{CUVEE}whoami", password=password).status


def test_a_user_is_made_switched_off_and_on_and_deleted(house: Site, visit: Open) -> None:
    page = log_in(visit(house), ADMIN, "/settings/users")
    page.get_by_role("button", name="New user").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("carl")
    dialog.get_by_role("button", name="Suggest one").click()
    field = dialog.get_by_label("Password", exact=True)
    expect(field).to_have_value(re.compile(r"^\w{20}$"))
    password = field.input_value()
    dialog.get_by_role("button", name="Make user").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(row(page, "carl")).to_contain_text("Active")
    assert status_of(house, "carl", password) == 200
    assert leaks(page, password) == []

    open_menu(page, "Actions for carl", "Make admin")
    confirm(page, "Make carl an admin", "helps")
    expect(row(page, "carl")).to_contain_text("Admin")
    open_menu(page, "Actions for carl", "Switch off")
    confirm(page, "Switch carl off")
    expect(row(page, "carl")).to_contain_text("Switched off")
    assert status_of(house, "carl", password) == 401
    open_menu(page, "Actions for carl", "Switch on")
    confirm(page, "Switch carl on")
    expect(row(page, "carl")).to_contain_text("Active")

    open_menu(page, "Actions for carl", "Set password")
    page.get_by_role("dialog").get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert status_of(house, "carl") == 200

    open_menu(page, "Actions for carl", "Delete")
    delete = page.get_by_role("dialog").get_by_role("button", name="Delete carl")
    expect(delete).to_be_disabled()
    page.get_by_label("Type carl to go on").fill("car")
    expect(delete).to_be_disabled()
    page.get_by_label("Type carl to go on").fill("carl")
    confirm(page, "Delete carl", "left")
    expect(row(page, "carl")).to_have_count(0)
    assert status_of(house, "carl") == 401


def test_a_refusal_stays_in_the_dialog_in_the_servers_words(house: Site, visit: Open) -> None:
    opened = visit(house)
    opened.expected.append("status of 400")
    page = log_in(opened, ADMIN, "/settings/users")
    page.get_by_role("button", name="New user").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("dora")
    dialog.get_by_label("Password", exact=True).fill("short")
    dialog.get_by_role("button", name="Make user").click()
    expect(dialog.get_by_role("alert")).to_contain_text("A password needs 12 to 1024 characters")
    expect(dialog.get_by_label("Name")).to_have_value("dora")


def test_what_cannot_be_done_to_a_user_says_why(house: Site, visit: Open) -> None:
    page = log_in(visit(house), ADMIN, "/settings/users")
    page.get_by_role("button", name="Actions for ann").click()
    for item, why in (
        ("Take admin rights away", "It is the only active admin."),
        ("Switch off", "It is the only active admin."),
        ("Delete", "Another admin must do this for you."),
    ):
        found = page.get_by_role("menuitem", name=item)
        expect(found).to_be_disabled()
        expect(found).to_contain_text(why)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Actions for build-bot").click()
    expect(page.get_by_role("menuitem", name="Set password")).to_be_disabled()


def test_a_user_that_somebody_else_makes_is_shown_by_itself(house: Site, visit: Open) -> None:
    page = log_in(visit(house), ADMIN, "/settings/users")
    expect(row(page, VIEWER)).to_be_visible()
    user = {"username": "erik", "kind": "service", "password": ""}
    done(ask(house, ADMIN, "POST", f"{MLFLOW}users/create", user))
    expect(row(page, "erik")).to_contain_text("Service account")
    done(ask(house, ADMIN, "DELETE", f"{MLFLOW}users/delete", {"username": "erik"}))
    expect(row(page, "erik")).to_have_count(0)


def test_one_changes_ones_own_password_and_logs_in_anew(house: Site, visit: Open) -> None:
    user = {"username": "fay", "password": PASSWORD}
    done(ask(house, ADMIN, "POST", f"{MLFLOW}users/create", user))
    opened = visit(house)
    opened.expected.append("status of 40[01]")
    page = log_in(opened, "fay", "/settings/users")
    page.get_by_role("button", name="Change my password").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Current password").fill("not the right one")
    dialog.get_by_label("Password", exact=True).fill("another horse battery")
    dialog.get_by_role("button", name="Set password").click()
    expect(dialog.get_by_role("alert")).to_contain_text("The password was not set.")
    dialog.get_by_label("Current password").fill(PASSWORD)
    dialog.get_by_role("button", name="Set password").click()
    expect(page).to_have_title(re.compile("Log in"))
    assert status_of(house, "fay") == 401
    assert status_of(house, "fay", "another horse battery") == 200
    done(ask(house, ADMIN, "DELETE", f"{MLFLOW}users/delete", {"username": "fay"}))


def test_a_group_gets_members_a_new_name_and_an_end(house: Site, visit: Open) -> None:
    page = log_in(visit(house), ADMIN, "/settings/groups")
    page.get_by_role("button", name="New group").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("tasters")
    dialog.get_by_label("What it is for").fill("who taste")
    dialog.get_by_role("button", name="Make group").click()
    expect(row(page, "tasters")).to_contain_text("Nobody is in it.")
    open_menu(page, "Actions for the group tasters", "Members")
    for name in (VIEWER, STEWARD):
        dialog.get_by_label("User").select_option(name)
        dialog.get_by_role("button", name="Add").click()
        expect(dialog.get_by_role("listitem").filter(has_text=name)).to_be_visible()
    dialog.get_by_role("button", name=f"Take {STEWARD} out").click()
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(row(page, "tasters")).to_contain_text(VIEWER)
    groups = done(ask(house, VIEWER, "GET", f"{CUVEE}whoami"))["groups"]
    assert "tasters" in groups
    open_menu(page, "Actions for the group tasters", "Rename")
    dialog.get_by_label("Name").fill("drinkers")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "drinkers")).to_contain_text("who taste")
    open_menu(page, "Actions for the group drinkers", "Delete")
    confirm(page, "Delete the group drinkers", typed="drinkers")
    expect(row(page, "drinkers")).to_have_count(0)
    assert "drinkers" not in done(ask(house, VIEWER, "GET", f"{CUVEE}whoami"))["groups"]


# ---------------------------------------------------------------- permissions


def explain(page: Page, who: str, level: str, of: str) -> Locator:
    """Ask why, and return the answer."""
    form = page.get_by_role("region", name=re.compile("^Why can"))
    form.get_by_label("Who").fill(who)
    form.get_by_label("Level").select_option(level)
    form.get_by_label("On", exact=True).fill(of)
    form.get_by_role("button", name="Explain").click()
    return form.get_by_role("status").filter(has_not=page.get_by_label("Loading"))


def may_edit(site: Site) -> int:
    body = {"name": "wine", "key": "k", "value": "v"}
    return ask(site, VIEWER, "POST", f"{MLFLOW}registered-models/set-tag", body).status


def test_a_permission_is_explained_given_and_taken_back(house: Site, visit: Open) -> None:
    page = log_in(visit(house), ADMIN, "/settings/permissions")
    answer = explain(page, VIEWER, "CAN_EDIT", "model:wine")
    expect(answer).to_contain_text("No: vera lacks CAN_EDIT on model:wine")
    expect(answer).to_contain_text("CAN_READ is given to user vera on itself")
    expect(page).to_have_url(re.compile("who=vera.*object=model"))
    keep_screenshot(page, "settings-explained")
    assert may_edit(house) == 403

    page.get_by_role("button", name="Give a permission").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("To", exact=True).fill(f"user:{VIEWER}")
    dialog.get_by_label("Level").select_option("CAN_EDIT")
    dialog.get_by_label("On", exact=True).fill("model:wine")
    dialog.get_by_label("Why").fill("joins the team")
    dialog.get_by_role("button", name="Give", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(answer).to_contain_text("Yes: vera has CAN_EDIT on model:wine")
    assert may_edit(house) == 200

    given = page.get_by_role("table", name="What was given").get_by_role("row")
    mine = given.filter(has_text="user:vera").filter(has_text="model:wine")
    mine.get_by_role("button", name="Take back").click()
    confirm(page, "Take back", "left the team")
    expect(mine).to_have_count(0)
    expect(answer).to_contain_text("No: vera lacks CAN_EDIT")
    assert may_edit(house) == 403
    grant = {"object": "model:wine", "user": VIEWER, "permission": "CAN_READ"}
    done(ask(house, ADMIN, "POST", f"{CUVEE}permissions/grant", grant))
    expect(mine).to_contain_text("CAN_READ")


def test_an_explanation_and_a_list_can_be_linked_to(house: Site, visit: Open) -> None:
    page = log_in(
        visit(house),
        ADMIN,
        "/settings/permissions?who=stan&level=CAN_MANAGE&object=model:wine&of=user:stan",
    )
    expect(page.get_by_text("Yes: stan has CAN_MANAGE on model:wine")).to_be_visible()
    given = page.get_by_role("table", name="What was given").get_by_role("row")
    expect(given).to_have_count(2)
    expect(given.nth(1)).to_contain_text("CAN_MANAGE")
    page.get_by_role("button", name="Clear").click()
    expect(given.filter(has_text="user:vera")).to_have_count(1)


def test_a_steward_gives_what_they_manage_and_nothing_else(house: Site, visit: Open) -> None:
    page = log_in(visit(house), STEWARD, "/settings/permissions?on=model:wine")
    given = page.get_by_role("table", name="What was given").get_by_role("row")
    expect(given.filter(has_text="user:vera").get_by_role("button")).to_be_enabled()
    page.get_by_role("button", name="Give a permission").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("To", exact=True).fill("group:everyone")
    give = dialog.get_by_role("button", name="Give", exact=True)
    dialog.get_by_label("On", exact=True).fill("model:cellar")
    expect(dialog).to_contain_text("Nothing is given to stan")
    expect(give).to_be_disabled()
    dialog.get_by_label("On", exact=True).fill("model:wine")
    dialog.get_by_label("Level").select_option("CAN_READ")
    expect(give).to_be_enabled()
    give.click()
    expect(given.filter(has_text="group:everyone")).to_be_visible()
    given.filter(has_text="group:everyone").get_by_role("button", name="Take back").click()
    confirm(page, "Take back")
    expect(given.filter(has_text="group:everyone")).to_have_count(0)


# ---------------------------------------------------------------- without login, and looks


def test_an_open_server_says_so_and_how_to_turn_login_on(
    wine: Site, empty: Site, visit: Open
) -> None:
    for site in (wine, empty):
        opened = visit(site)
        for part in ("tokens", "users", "groups", "permissions"):
            page = opened.go(f"/settings/{part}")
            notice = page.get_by_role("region", name="Nobody logs in here")
            expect(notice).to_contain_text("cuvee server --login")
            expect(notice).to_contain_text(f"http://127.0.0.1:{site.port}")
        for part, button in (
            ("tokens", "New token"),
            ("groups", "New group"),
            ("permissions", "Give a permission"),
        ):
            opened.go(f"/settings/{part}")
            found = page.get_by_role("button", name=button)
            expect(found).to_be_disabled()
            expect(found).to_have_attribute("title", "Nobody logs in on this server.")
        opened.go("/settings/webhooks")
        expect(page.get_by_role("button", name="New webhook")).to_be_enabled()


def test_the_first_admin_is_made_on_the_page_and_everyone_must_log_in(
    tmp_path_factory: pytest.TempPathFactory, visit: Open
) -> None:
    for site in served(tmp_path_factory.mktemp("first")):
        opened = visit(site)
        opened.expected.append("status of 401")
        page = opened.go("/settings/users")
        page.get_by_role("button", name="Make the first admin").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill("ann")
        dialog.get_by_label("Password", exact=True).fill(PASSWORD)
        dialog.get_by_role("button", name="Make the first admin").click()
        expect(page).to_have_title(re.compile("Log in"))
        page = log_in(opened, "ann", "/settings/users")
        expect(row(page, "ann")).to_contain_text("Admin")
        expect(page.get_by_role("region", name="Nobody logs in here")).to_have_count(0)


def test_theme_and_keys_are_chosen_and_kept(house: Site, visit: Open) -> None:
    page = log_in(visit(house), VIEWER, "/settings/appearance")
    page.get_by_text("Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_label(re.compile("Single keys do something")).uncheck()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_label(re.compile("Single keys do something"))).not_to_be_checked()
    page.keyboard.press("t")
    page.get_by_label(re.compile("Single keys do something")).check()
    page.locator("main").focus()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


@pytest.mark.parametrize("who", [ADMIN, VIEWER])
def test_settings_are_drawn_and_accessible_for_everybody(
    who: str, house: Site, visit: Open
) -> None:
    opened = visit(house)
    page = log_in(opened, who, "/settings/tokens")
    for part in PARTS:
        opened.go(f"/settings/{part}")
        for theme, width in (*LOOKS, ("light", 375)):
            opened.look(theme, width)
            keep_screenshot(page, f"settings-{part}-{who}-{theme}-{width}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, part
            assert offences(page) == []


def test_long_names_break_nothing(house: Site, visit: Open) -> None:
    name = LONG[:150]
    done(ask(house, ADMIN, "POST", f"{MLFLOW}registered-models/create", {"name": name}))
    done(ask(house, ADMIN, "POST", f"{CUVEE}groups/create", {"name": name, "description": LONG}))
    grant = {"object": f"model:{name}", "group": name, "permission": "CAN_READ"}
    done(ask(house, ADMIN, "POST", f"{CUVEE}permissions/grant", grant))
    done(ask(house, ADMIN, "POST", f"{CUVEE}tokens/create", {"name": LONG}))
    opened = visit(house)
    page = log_in(opened, ADMIN, "/settings/tokens")
    for part in ("tokens", "groups", "permissions"):
        opened.go(f"/settings/{part}")
        expect(row(page, name[:100]).first).to_be_visible()
        for width in (1024, 375):
            opened.look("light", width)
            keep_screenshot(page, f"settings-long-{part}-{width}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, part
    done(ask(house, ADMIN, "DELETE", f"{MLFLOW}registered-models/delete", {"name": name}))
    done(ask(house, ADMIN, "DELETE", f"{CUVEE}groups/delete", {"name": name}))
