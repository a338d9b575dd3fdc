"""A view is the same in another browser, and where one left it after going back."""

from __future__ import annotations

from playwright.sync_api import expect

from browser.conftest import Open, until
from browser.seeds import SWEEP
from browser.test_browser_pages import WINE, places
from refusals.served import Site

VIEW = (
    "?filter=params.solver%20%3D%20'saga'&sort=-metrics.r2"
    "&cols=%5B%22metrics.r2%22%2C%22params.alpha%22%2C%22params.solver%22%5D"
    "&pin=%5B%22params.alpha%22%5D&peek={run}"
)
SEEN = """() => [...document.querySelectorAll("main [role=row]")].map((row) =>
  [row.ariaSelected, ...[...row.querySelectorAll("[role=gridcell], [role=columnheader]")]
    .map((cell) => cell.querySelector("time")?.dateTime ?? cell.innerText)].join("|"))"""
AT = "(name) => document.querySelector(name)?.scrollTop"


def test_the_address_of_a_view_shows_the_same_in_another_browser(wine: Site, visit: Open) -> None:
    ids = places(wine)
    opened = visit(wine)
    page = opened.go(f"/experiments/{ids['sweep']}{VIEW.format(run=ids['run'])}")
    boxes = page.get_by_role("gridcell").get_by_role("checkbox")
    for place in (0, 2):
        boxes.nth(place).click()
    seen = page.evaluate(SEEN)
    assert sum(row.startswith("true") for row in seen) == 2
    again = visit(wine).go(page.url.removeprefix(opened.url))
    until(again, lambda: again.evaluate(SEEN), seen)
    assert again.url == page.url
    assert again.get_by_role("complementary").inner_text() == (
        page.get_by_role("complementary").inner_text()
    )


def test_back_leads_to_the_rows_that_one_has_left(wine: Site, visit: Open) -> None:
    page = visit(wine).go(f"/experiments/{places(wine)['sweep']}")
    grid = page.get_by_role("grid", name="Runs")
    for top in (600, 300):
        grid.evaluate("(grid, top) => { grid.scrollTop = top; }", top)
        page.get_by_role("link", name=f"trial-{59 - top // 30 - 5:03}").click()
        page.get_by_role("heading", name="trial-").wait_for()
        page.go_back()
        until(page, lambda: page.evaluate(AT, "[role=grid]"), top)
        expect(page.get_by_role("link", name=f"trial-{59 - top // 30 - 5:03}")).to_be_in_viewport()
    # What was asked anew begins at its first row, and so does a page that one comes to.
    page.get_by_role("columnheader", name="r2").click()
    until(page, lambda: page.evaluate(AT, "[role=grid]"), 0)
    grid.evaluate("(grid) => { grid.scrollTop = 600; }")
    page.get_by_role("link", name="Experiments").first.click()
    page.get_by_role("link", name=SWEEP).click()
    grid.wait_for()
    assert page.evaluate(AT, "[role=grid]") == 0


def test_back_leads_to_where_a_page_was_scrolled_to(wine: Site, visit: Open) -> None:
    opened = visit(wine)
    page = opened.go(f"{WINE}/versions/1/history")
    opened.look("light", 1024)
    page.set_viewport_size({"width": 1024, "height": 420})
    page.evaluate("document.getElementById('main').scrollTop = 200")
    assert page.evaluate(AT, "#main") == 200
    page.get_by_role("link", name="Audit").click()
    page.get_by_role("heading", name="Audit").wait_for()
    page.go_back()
    page.get_by_role("list", name="History").wait_for()
    until(page, lambda: page.evaluate(AT, "#main"), 200)
