"""Views that an experiment keeps for all: who finds them, who may change them, which is first."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open, keep_screenshot, served
from browser.people import ADMIN, MLFLOW, VIEWER, ask, done, log_in, make_admin, make_house
from browser.test_browser_pages import LOOKS, offences
from refusals.served import Site

NAME = "By status, for all who look at this sweep"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with users, and an experiment that one of them may only read."""
    folder = tmp_path_factory.mktemp("views")
    make_admin(folder)
    for site in served(folder, "--login"):
        make_house(site)
        yield site


def sweep(site: Site, name: str) -> str:
    """Make an experiment with two runs; return where its page is."""
    made = done(ask(site, ADMIN, "POST", f"{MLFLOW}experiments/create", {"name": name}))
    experiment = made["experiment_id"]
    for run in ("one", "two"):
        about = {"experiment_id": experiment, "run_name": run, "start_time": 1}
        done(ask(site, ADMIN, "POST", f"{MLFLOW}runs/create", about))
    grant = {"object": f"experiment:{experiment}", "user": VIEWER, "permission": "CAN_READ"}
    done(ask(site, ADMIN, "POST", "/api/1.0/cuvee/permissions/grant", grant))
    return f"/experiments/{experiment}"


def choose(page: Page, menu: str, item: str) -> None:
    page.get_by_role("button", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=re.compile(f"^{item}")).click()


def share(page: Page) -> None:
    choose(page, "Views", "Save this view")
    dialog = page.get_by_role("dialog", name="Save this view")
    dialog.get_by_label("Name", exact=True).fill(NAME)
    dialog.get_by_text("For all", exact=True).click()
    expect(dialog).to_contain_text("All who may read the experiment find the view here")


def test_a_shared_view_is_found_by_others_and_opens_first(site: Site, visit: Open) -> None:
    here = sweep(site, "shared")
    opened = visit(site)
    page = log_in(opened, ADMIN, f"{here}?by=attributes.status")
    share(page)
    for theme, width in LOOKS:
        opened.look(theme, width)
        keep_screenshot(page, f"runs-view-save-{theme}-{width}")
        assert offences(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name=NAME, exact=True)).to_be_visible()

    other = log_in(visit(site), VIEWER, here)
    expect(other.get_by_text("2 runs", exact=True)).to_be_visible()
    choose(other, "Views", NAME)
    expect(other.get_by_text("2 runs in 1 group")).to_be_visible()
    expect(other).to_have_url(re.compile("by=attributes.status"))

    choose(page, NAME, "Make By status")
    page.get_by_role("button", name=NAME, exact=True).click()
    expect(page.get_by_role("menuitem", name=f"{NAME} (default)")).to_be_visible()
    for theme, width in LOOKS:
        opened.look(theme, width)
        keep_screenshot(page, f"runs-views-{theme}-{width}")
        assert offences(page) == []
    page.keyboard.press("Escape")
    other.goto(other.url.partition("?")[0])
    expect(other.get_by_text("2 runs in 1 group")).to_be_visible()
    choose(other, NAME, "Without a view")
    expect(other.get_by_text("2 runs", exact=True)).to_be_visible()
    other.goto(other.url.partition("?")[0] + "?sort=-attributes.start_time")
    expect(other.get_by_text("2 runs", exact=True)).to_be_visible()

    choose(page, NAME, "Open without a view")
    page.get_by_role("button", name=NAME, exact=True).click()
    expect(page.get_by_role("menuitem", name=NAME, exact=True)).to_be_visible()
    page.get_by_role("menuitem", name="Forget").click()
    expect(page.get_by_role("button", name="Views", exact=True)).to_be_visible()
    other.goto(other.url.partition("?")[0])
    other.get_by_role("button", name="Views", exact=True).click()
    expect(other.get_by_role("menuitem", name="Save this view")).to_be_visible()
    expect(other.get_by_role("menuitem", name=NAME)).to_have_count(0)


def test_who_may_only_read_keeps_views_for_themselves(site: Site, visit: Open) -> None:
    here = sweep(site, "read only")
    opened = visit(site)
    page = log_in(opened, ADMIN, f"{here}?by=attributes.status")
    share(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=NAME, exact=True)).to_be_visible()
    other = log_in(visit(site), VIEWER, f"{here}?by=attributes.status")
    other.get_by_role("button", name=NAME, exact=True).click()
    for item in ("Make By status", "Forget"):
        blocked = other.get_by_role("menuitem", name=item)
        expect(blocked).to_be_disabled()
        expect(blocked).to_contain_text("CAN_READ")
    keep_screenshot(other, "runs-views-read-only")
    other.keyboard.press("Escape")
    other.goto(f"{other.url.partition('?')[0]}?by=attributes.user_id")
    choose(other, "Views", "Save this view")
    dialog = other.get_by_role("dialog", name="Save this view")
    dialog.get_by_label("Name", exact=True).fill("mine")
    dialog.get_by_text("For all", exact=True).click()
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    expect(dialog).to_contain_text("CAN_READ")
    keep_screenshot(other, "runs-view-save-read-only")
    dialog.get_by_text("For me", exact=True).click()
    dialog.get_by_role("button", name="Save").click()
    expect(other.get_by_role("button", name="mine", exact=True)).to_be_visible()
    # The list of experiments does not show how views are kept.
    page.goto(page.url.partition("/experiments/")[0] + "/experiments")
    expect(page.get_by_role("link", name="read only")).to_be_visible()
    expect(page.get_by_text("cuvee.view")).to_have_count(0)
