"""The table of runs and their charts side by side, with one address and one selection."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, has_lines, keep_screenshot, served, until
from browser.test_browser_charts import chart
from browser.test_browser_curves import RUNS, log_run
from browser.test_browser_pages import LOOKS, offences
from refusals.served import Site

WIDTH = "document.documentElement.scrollWidth"
SHOWN = """() => ["[role=grid]", "[data-scrolls]"].every((name) => {
  const box = document.querySelector(name).getBoundingClientRect();
  return box.width > 240 && box.height > 140 && box.top >= 0 && box.bottom <= innerHeight;
})"""
"""Whether the table and the charts are large enough, and whole on screen."""


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str, list[str]]]:
    """A server with an experiment of some runs, its id, and those of the runs."""
    for site in served(tmp_path_factory.mktemp("split")):
        experiment = site.api("experiments/create", name="team/optimizers")["experiment_id"]
        yield site, experiment, [log_run(site, experiment, i) for i in range(RUNS)]


def row(page: Page, name: str) -> Locator:
    grid = page.get_by_role("grid", name="Runs")
    return grid.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def drawn(page: Page, runs: int) -> None:
    """Wait until the charts say that they draw so many runs."""
    beside = page.get_by_role("region", name="Charts of the runs")
    expect(beside.get_by_text(re.compile(f"^{runs} runs? drawn"))).to_be_visible()
    has_lines(chart(page, "train/loss").locator("canvas").first, 100)


def test_the_charts_stand_beside_the_table_at_every_width(
    trials: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, _ = trials
    opened = visit(site)
    page = opened.go(f"/experiments/{experiment}?filter=params.seed%20!%3D%20%270%27")
    page.get_by_role("link", name="Split", exact=True).click()
    drawn(page, RUNS - 1)
    expect(page).to_have_url(re.compile("(?=.*view=split)(?=.*filter=)"))
    expect(page.get_by_role("link", name="Split", exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    for theme, width in [*LOOKS, ("light", 375)]:
        opened.look(theme, width)
        has_lines(chart(page, "lr").locator("canvas").first, 100)
        if width >= 1024:
            until(page, lambda: page.evaluate(SHOWN), True)
        keep_screenshot(page, f"runs-split-{theme}-{width}")
        until(page, lambda: page.evaluate(WIDTH), width)
        assert offences(page) == []
    opened.look("light", 1440)
    page.get_by_role("link", name="Table", exact=True).click()
    expect(page.get_by_role("region", name="Charts of the runs")).to_have_count(0)
    expect(row(page, "trial 3")).to_be_visible()
    expect(page).not_to_have_url(re.compile("view="))


def test_a_row_and_its_line_point_at_each_other(
    trials: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, _ = trials
    page = visit(site).go(f"/experiments/{experiment}?view=split")
    drawn(page, RUNS)
    lit = page.locator('svg[data-lit="trial 3"]')
    row(page, "trial 3").hover()
    expect(lit.first).to_be_attached()
    page.get_by_role("searchbox", name="Filter").hover()
    expect(lit).to_have_count(0)
    expect(page.locator("[role=row][data-lit]")).to_have_count(0)
    row(page, "trial 5").get_by_role("gridcell").nth(1).focus()
    expect(page.locator('svg[data-lit="trial 5"]').first).to_be_attached()
    page.keyboard.press("ArrowDown")
    expect(page.locator('svg[data-lit="trial 4"]').first).to_be_attached()
    over = chart(page, "train/loss").locator(".u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box
    marked = page.locator("[role=row][data-lit]")
    for part in range(2, 9):  # from the top of the chart down, until a line is met
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * part / 10)
        page.wait_for_timeout(60)
        if page.evaluate("document.querySelector('svg[data-lit]')?.dataset.lit") not in (
            None,
            "trial 4",
        ):
            break
    name = page.evaluate("document.querySelector('svg[data-lit]')?.dataset.lit")
    expect(marked).to_have_count(1)
    expect(marked).to_contain_text(name)


def test_selection_filter_and_zoom_are_of_one_address(
    trials: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, _ = trials
    page = visit(site).go(f"/experiments/{experiment}?view=split")
    drawn(page, RUNS)
    row(page, "trial 3").get_by_role("checkbox").click()
    row(page, "trial 7").get_by_role("checkbox").click()
    drawn(page, 2)
    page.get_by_role("searchbox", name="Find metrics").fill("train/")
    expect(page.get_by_role("figure", name="lr")).to_have_count(0)
    page.get_by_role("button", name="log y").click()
    expect(page).to_have_url(re.compile(r"(?=.*view=split)(?=.*q=train)(?=.*sel=)(?=.*log=y)"))
    again = visit(site).go(f"/experiments/{experiment}?" + page.url.partition("?")[2])
    drawn(again, 2)
    expect(again.get_by_text("2 runs selected")).to_be_visible()
    expect(again.get_by_role("figure", name="lr")).to_have_count(0)
    again.keyboard.press("Escape")
    again.get_by_role("button", name="Clear selection").click()
    drawn(again, RUNS)
    again.get_by_role("searchbox", name="Filter").fill("params.optimizer = 'sgd'")
    again.keyboard.press("Enter")
    drawn(again, 4)
    expect(again.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", "5")
