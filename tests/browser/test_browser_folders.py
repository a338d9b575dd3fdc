"""The switch of folders: one sees the experiments and models of one, wherever one goes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open, arrow_down, keep_screenshot, served
from browser.test_browser_pages import THEMES, offences
from refusals.served import Site

LONG = "a-team-whose-name-is-longer-than-any-bar-has-room-for"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with three folders: of both kinds, of models, and of experiments."""
    for site in served(tmp_path_factory.mktemp("folders")):
        for name in ("red/alcohol", "red/deep/pH", "redder/x", f"{LONG}/y", "loose"):
            site.api("experiments/create", name=name)
        for name, folder in (("lr", "red"), ("gb", "red/trees"), ("rose", "pink_%"), ("plain", "")):
            tags = [{"key": "cuvee.folder", "value": folder}] if folder else []
            site.api("registered-models/create", name=name, tags=tags)
        yield site


def switch(page: Page, shown: str) -> None:
    expect(page.get_by_role("button", name=f"Folder: {shown}", exact=True)).to_be_visible()


def rows(page: Page, *names: str) -> None:
    """Wait until a list has these rows and no other."""
    grid = page.get_by_role("grid")
    expect(grid).to_have_attribute("aria-rowcount", str(len(names) + 1))
    for name in names:
        expect(grid.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_a_folder_is_kept_from_page_to_page_and_left_again(site: Site, visit: Open) -> None:
    page = visit(site).go("/")
    page.get_by_role("button", name="Folder: All folders").click()
    items = page.get_by_role("menuitemradio")
    expect(items).to_have_text(["All folders", LONG, "pink_%", "red", "redder"])
    items.filter(has_text=re.compile("^red$")).click()
    expect(page).to_have_url(re.compile(r"/experiments\?folder=red$"))
    rows(page, "red/alcohol", "red/deep/pH")
    page.get_by_role("link", name="Models", exact=True).click()
    expect(page).to_have_url(re.compile(r"/models\?folder=red$"))
    rows(page, "lr", "gb")
    page.get_by_role("link", name="Home", exact=True).click()
    switch(page, "red")
    page.reload()
    page.get_by_role("link", name="Experiments", exact=True).click()
    rows(page, "red/alcohol", "red/deep/pH")
    page.get_by_role("button", name="Leave red/").click()
    switch(page, "All folders")
    rows(page, "red/alcohol", "red/deep/pH", "redder/x", f"{LONG}/y", "loose", "Default")
    page.get_by_role("link", name="Models", exact=True).click()
    rows(page, "lr", "gb", "rose", "plain")


def test_a_folder_is_chosen_by_keyboard_alone(site: Site, visit: Open) -> None:
    page = visit(site).go("/models")
    rows(page, "lr", "gb", "rose", "plain")
    page.get_by_role("button", name="Folder: All folders").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitemradio", name="All folders")).to_be_focused()
    for _ in range(2):
        arrow_down(page)
    page.keyboard.press("Enter")
    switch(page, "pink_%")
    rows(page, "rose")  # the pattern's own letters stand for themselves
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile(r"/experiments\?folder=pink_%25$"))


def test_an_address_says_by_itself_which_folder_is_shown(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go("/experiments?folder=red/deep")
    rows(page, "red/deep/pH")
    switch(page, "red")
    opened.go("/experiments?folder=gone")
    switch(page, "gone")
    rows(page)
    opened.go(f"/models?folder={LONG}")
    switch(page, LONG)
    for theme in THEMES:
        for width in (1440, 1024, 375):
            opened.look(theme, width)
            keep_screenshot(page, f"folder-switch-{theme}-{width}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert offences(page) == []


def test_there_is_no_switch_where_there_is_no_folder(empty: Site, visit: Open) -> None:
    page = visit(empty).go("/experiments")
    rows(page, "Default")
    expect(page.get_by_role("button", name=re.compile("^Folder: "))).to_have_count(0)
