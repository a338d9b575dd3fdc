"""Every key that `?` lists does what it says, on a page that lists it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, until
from browser.test_browser_pages import PAGES, WINE, places
from refusals.served import Site

LISTED = """() => Object.fromEntries([...document.querySelectorAll("dialog[open] dt")].map((name) =>
  [name.textContent, [...name.nextElementSibling.querySelectorAll("kbd")]
    .map((key) => key.textContent)]))"""
NAMES = {
    "↑": "ArrowUp",
    "↓": "ArrowDown",
    "←": "ArrowLeft",
    "→": "ArrowRight",
    "Ctrl+A": "Control+a",
}
LISTING = (
    *("home", "experiments", "runs", "run", "run-logs", "compare", "models", "model-board"),
    *("version", "version-files", "approvals", "audit", "settings-users"),
)
"""Pages of each kind; what they list all together is what has to have a check."""
RUNS = "/experiments/{sweep}"
CHIPS = '/experiments/{wines}?cols=["attributes.datasets","attributes.models"]'
TEXT = f"{WINE}/versions/1/files?path=MLmodel&source=true"
Does = Callable[[Page, list[str]], None]
CHECKS: dict[str, tuple[str, Does]] = {}
"""What a key is listed as -> a page that lists it, and what shows that it does that there."""


def check(label: str, at: str) -> Callable[[Does], Does]:
    def keep(does: Does) -> Does:
        CHECKS[label] = at, does
        return does

    return keep


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(NAMES.get(key, key.replace("Ctrl", "Control")))


def leads(path: str) -> Does:
    def does(page: Page, keys: list[str]) -> None:
        press(page, *keys)
        expect(page).to_have_url(re.compile(path + "$"))

    return does


for name, start, path in (
    ("Home", "/models", "[0-9]/"),
    ("Experiments", "/", "/experiments"),
    ("Models", "/", "/models"),
    ("Approvals", "/", "/approvals"),
    ("Audit", "/", "/audit"),
    ("Settings", "/", "/settings/tokens"),
):
    CHECKS[f"Go to {name}"] = start, leads(path)


@check("This list", "/")
def _help(page: Page, keys: list[str]) -> None:
    press(page, *keys)
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


@check("Command palette", "/")
def _palette(page: Page, keys: list[str]) -> None:
    press(page, *keys)
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()


@check("Switch between light and dark", "/")
def _theme(page: Page, keys: list[str]) -> None:
    press(page, *keys)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@check("Go to the filter", RUNS)
def _filter(page: Page, keys: list[str]) -> None:
    press(page, *keys)
    expect(page.get_by_role("searchbox")).to_be_focused()


@check("Go to the table", RUNS)
def _table(page: Page, keys: list[str]) -> None:
    press(page, *keys)
    expect(cell(page)).to_be_focused()


@check("Go to the tab before", WINE)
def _tab_before(page: Page, keys: list[str]) -> None:
    press(page, *keys)
    expect(page).to_have_url(re.compile("tab=settings"))


@check("Go to the next tab", WINE)
def _tab_after(page: Page, keys: list[str]) -> None:
    press(page, *keys)
    expect(page).to_have_url(re.compile("tab=versions"))


@check("Compare the selected runs", RUNS)
def _compare(page: Page, keys: list[str]) -> None:
    cell(page).focus()
    press(page, "x", "ArrowDown", "x", *keys)
    expect(page).to_have_url(re.compile(r"/compare\?runs="))


@check("Move the focused version", WINE)
def _move(page: Page, keys: list[str]) -> None:
    page.locator("[data-card] a").first.focus()
    press(page, *keys)
    expect(page.get_by_role("menu")).to_contain_text("Move to")


@check("Next request", "/approvals")
def _next_request(page: Page, keys: list[str]) -> None:
    press(page, *keys)
    expect(page.locator("[data-open]").first).to_be_focused()


@check("Previous request", "/approvals")
def _request_before(page: Page, keys: list[str]) -> None:
    page.locator("[data-open]").last.focus()
    press(page, *keys)
    expect(page.locator("[data-open]").first).to_be_focused()


def found(page: Page) -> Locator:
    """Look for a text that is there more than once; return what says at which of them one is."""
    box = page.get_by_role("searchbox", name="Find in the text")
    box.fill("e")
    status = page.get_by_role("search").get_by_role("status")
    expect(status).to_have_text(re.compile("^1 of "))
    page.get_by_role("heading", level=1).click()
    page.evaluate("document.activeElement.blur()")
    return status


@check("Next", TEXT)
def _next_place(page: Page, keys: list[str]) -> None:
    status = found(page)
    press(page, *keys)
    expect(status).to_have_text(re.compile("^2 of "))


@check("Previous", TEXT)
def _place_before(page: Page, keys: list[str]) -> None:
    status = found(page)
    press(page, "n", *keys)
    expect(status).to_have_text(re.compile("^1 of "))


# ------------------------------------------------------------------- in tables


def cell(page: Page) -> Locator:
    """Return the cell of the table at which the keyboard is, or comes in."""
    return page.get_by_role("grid", name="Runs").locator("[tabindex='0'][data-row]")


def at(page: Page, row: int, column: int) -> None:
    place = "(({row, column}) => [Number(row), Number(column)])(document.activeElement.dataset)"
    until(page, lambda: page.evaluate(place), [row, column])


@check("Move between cells", RUNS)
def _cells(page: Page, keys: list[str]) -> None:
    cell(page).focus()
    press(page, "ArrowDown", "ArrowRight")
    at(page, 2, 1)
    steps = {"↑": (-1, 0), "↓": (1, 0), "←": (0, -1), "→": (0, 1), "j": (1, 0), "k": (-1, 0)}
    assert set(keys) == set(steps)
    row, column = 2, 1
    for key in keys:
        row, column = row + steps[key][0], column + steps[key][1]
        press(page, key)
        at(page, row, column)


@check("Open", RUNS)
def _open(page: Page, keys: list[str]) -> None:
    cell(page).focus()
    press(page, *keys)
    expect(page).to_have_url(re.compile(r"/runs/[0-9a-f]{32}/overview"))


@check("Select", RUNS)
def _select(page: Page, keys: list[str]) -> None:
    cell(page).focus()
    press(page, *keys)
    expect(page.get_by_text("1 run selected")).to_be_visible()


@check("Select up to here", RUNS)
def _select_to(page: Page, keys: list[str]) -> None:
    cell(page).focus()
    press(page, "x", "ArrowDown", "ArrowDown", *keys)
    expect(page.get_by_text("3 runs selected")).to_be_visible()


@check("Select all", RUNS)
def _select_all(page: Page, keys: list[str]) -> None:
    cell(page).focus()
    press(page, *keys)
    expect(page.get_by_text("60 runs selected")).to_be_visible()


@check("Select none", RUNS)
def _select_none(page: Page, keys: list[str]) -> None:
    cell(page).focus()
    press(page, "x")
    expect(page.get_by_text("1 run selected")).to_be_visible()
    press(page, *keys)
    expect(page.get_by_text("1 run selected")).to_have_count(0)


@check("Show the row beside the table", RUNS)
def _peek(page: Page, keys: list[str]) -> None:
    cell(page).focus()
    press(page, *keys)
    expect(
        page.get_by_role("complementary").get_by_role("heading", name="trial-059")
    ).to_be_visible()


@check("Edit the name, or the tag at the cursor", RUNS)
def _edit(page: Page, keys: list[str]) -> None:
    cell(page).focus()
    press(page, "ArrowRight", *keys)
    expect(page.get_by_role("textbox", name="Name of trial-059")).to_be_focused()


@check("On a head: sort by it", RUNS)
def _sort(page: Page, keys: list[str]) -> None:
    page.get_by_role("columnheader", name="r2").focus()
    press(page, *keys)
    expect(page).to_have_url(re.compile(r"sort=-metrics\.r2"))


@check("On a head: sort by it as well", RUNS)
def _sort_too(page: Page, keys: list[str]) -> None:
    page.get_by_role("columnheader", name="r2").focus()
    press(page, "Enter")
    page.get_by_role("columnheader", name="alpha").focus()
    press(page, *keys)
    expect(page).to_have_url(re.compile(r"sort=.*-metrics\.r2.*-params\.alpha"))


@check("First or last row", RUNS)
def _ends(page: Page, keys: list[str]) -> None:
    cell(page).focus()
    places = {"Ctrl+Home": 1, "Ctrl+End": 60}
    assert set(keys) == set(places)
    for key in reversed(keys):
        press(page, key)
        at(page, places[key], 0)


def chips(page: Page) -> tuple[Locator, Locator]:
    """Go to a cell with datasets; return it, and the links in it."""
    there = page.get_by_role("gridcell").filter(has=page.locator("a[title*='(']")).first
    there.focus()
    return there, there.get_by_role("link")


@check("On datasets or models: go to the first of them", CHIPS)
def _enter(page: Page, keys: list[str]) -> None:
    _, links = chips(page)
    press(page, *keys)
    expect(links.first).to_be_focused()


@check("Among them: to the one before or after", CHIPS)
def _links(page: Page, keys: list[str]) -> None:
    _, links = chips(page)
    press(page, "Enter", keys[1])
    expect(links.nth(1)).to_be_focused()
    press(page, keys[0])
    expect(links.first).to_be_focused()


@check("Among them: back to the cell", CHIPS)
def _leave(page: Page, keys: list[str]) -> None:
    there, links = chips(page)
    press(page, "Enter")
    expect(links.first).to_be_focused()
    press(page, *keys)
    expect(there).to_be_focused()


# ------------------------------------------------------------------- all of them


def listed(page: Page) -> dict[str, list[str]]:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    found = dict(page.evaluate(LISTED))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    return found


def address(site: Site, path: str) -> str:
    filter_ = "name LIKE '%wine%'"
    wines = site.api("experiments/search", filter=filter_, max_results=1)["experiments"][0]
    return path.format(**places(site), wines=wines["experiment_id"])


@pytest.mark.parametrize("name", LISTING)
def test_no_key_is_listed_that_nothing_checks(name: str, wine: Site, visit: Open) -> None:
    assert set(listed(visit(wine).go(address(wine, PAGES[name])))) <= set(CHECKS)


@pytest.mark.parametrize("label", CHECKS)
def test_a_key_that_is_listed_does_what_it_says(label: str, wine: Site, visit: Open) -> None:
    start, does = CHECKS[label]
    page = visit(wine).go(address(wine, start))
    if label in ("Next", "Previous"):
        page.get_by_role("searchbox", name="Find in the text").fill("e")
        page.evaluate("document.activeElement.blur()")
    does(page, listed(page)[label])


def test_no_letter_does_anything_once_single_keys_are_off(wine: Site, visit: Open) -> None:
    page = visit(wine).go(address(wine, RUNS))
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Single-key shortcuts are on").uncheck()
    page.keyboard.press("Escape")
    cell(page).focus()
    press(page, "ArrowDown")
    at(page, 2, 0)
    press(page, "j", "x", "k", "e")
    at(page, 2, 0)
    expect(page.get_by_text("1 run selected")).to_have_count(0)
    press(page, "ArrowUp")
    at(page, 1, 0)
