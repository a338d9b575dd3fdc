"""What fits: columns of a comparison and of the models, a lineage, keys beside their values."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open, keep_screenshot, served, until
from browser.test_browser_pages import offences
from cuvee.api.demo import MODEL
from refusals.served import Site

LONG = "a/rather/long/key/of/a/metric/that/goes/on/for/longer/than/any/column/is/wide"
FITS = """() => {
  const grid = document.querySelector("[role=grid]");
  const last = [...grid.querySelectorAll("[role=columnheader]")].at(-1);
  return grid.scrollWidth <= grid.clientWidth
    && last.getBoundingClientRect().right <= grid.getBoundingClientRect().right;
}"""
CUT = """() => [...document.querySelectorAll("[role=gridcell]")].flatMap((cell) =>
  [cell, ...cell.querySelectorAll("*")].filter((one) => one.scrollWidth > one.clientWidth + 1
    && getComputedStyle(one).display !== "inline").map((one) => one.textContent))"""
"""Texts that a table does not show whole."""
DRAWN = """(drawing) => {
  const frame = drawing.parentElement;
  const fits = frame.scrollWidth <= frame.clientWidth && frame.scrollHeight <= frame.clientHeight;
  return fits ? drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width : 0;
}"""
"""How large a drawing is of its size, if all of it is seen."""
LINES = """(key) => {
  const cell = [...document.querySelectorAll("td")].find((one) => one.title === key);
  const range = document.createRange();
  range.selectNodeContents(cell);
  return new Set([...range.getClientRects()].map((one) => Math.round(one.top))).size;
}"""
"""In how many lines a key stands."""
BESIDE = """() => {
  const text = document.querySelector("main pre").getBoundingClientRect();
  const button = document.querySelector("main pre ~ * button").getBoundingClientRect();
  return text.right <= button.left && button.right < innerWidth;
}"""
"""Whether a text to copy ends where the button begins."""
SENTENCE = "The baseline that all that comes later is held against"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, list[str]]]:
    for site in served(tmp_path_factory.mktemp("widths")):
        ids = []
        for i in range(3):
            made = site.api("runs/create", experiment_id="0", run_name=f"trial {i}", start_time=1)
            run = str(made["run"]["info"]["run_id"])
            keys = ["rmse", "train_wines", LONG]
            metrics = [{"key": key, "value": i + 0.123456, "timestamp": 1} for key in keys]
            params = [{"key": "train_wines", "value": "4000"}, {"key": LONG, "value": f"{i} " * 60}]
            site.api("runs/log-batch", run_id=run, metrics=metrics, params=params)
            ids.append(run)
        yield site, ids


def test_every_column_of_the_models_is_seen(wine: Site, visit: Open) -> None:
    page = visit(wine).go("/models")
    until(page, lambda: page.evaluate(FITS), True)
    assert page.get_by_role("columnheader").all_inner_texts()[-3:] == ["Owner", "Tags", "Aliases"]
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("width", [1440, 1024])
def test_the_lineage_of_the_demo_fits_without_scrolling(
    wine: Site, visit: Open, width: int
) -> None:
    page = visit(wine, width=width).go(f"/models/{MODEL}/versions/1/lineage")
    drawing = page.get_by_role("group", name="Where version 1 of")
    expect(drawing).to_be_visible()
    until(page, lambda: drawing.evaluate(DRAWN) >= 0.7, True)
    keep_screenshot(page, f"lineage-fits-{width}")


@pytest.mark.parametrize("width", [1024, 1440])
@pytest.mark.parametrize("tab", ["", "&tab=artifacts", "&tab=environment"])
def test_the_runs_of_a_comparison_are_all_seen(
    runs: tuple[Site, list[str]], visit: Open, tab: str, width: int
) -> None:
    site, ids = runs
    page = visit(site, width=width).go(f"/compare?runs={','.join(ids)}&all=true{tab}")
    if page.get_by_role("grid").count():
        until(page, lambda: page.evaluate(FITS), True)
    keep_screenshot(page, f"compare-fits{tab.replace('&tab=', '-')}-{width}")


@pytest.mark.parametrize("width", [375, 1024, 1200, 1440])
def test_a_key_stands_in_one_line(runs: tuple[Site, list[str]], visit: Open, width: int) -> None:
    site, ids = runs
    opened = visit(site, width=width)
    page: Page = opened.go(f"/runs/{ids[0]}/overview")
    until(page, lambda: [page.evaluate(LINES, key) for key in ("train_wines", LONG)], [1, 1])
    until(page, lambda: page.evaluate("document.documentElement.scrollWidth"), width)
    keep_screenshot(page, f"run-keys-{width}")
    assert offences(page) == []


@pytest.mark.parametrize("width", [375, 1024])
def test_versions_are_told_of_in_few_lines(
    runs: tuple[Site, list[str]], visit: Open, width: int
) -> None:
    site, _ = runs
    name = f"described {width}"
    site.api("registered-models/create", name=name)
    about = {"name": name, "source": "s3://b/m", "description": SENTENCE}
    site.api("model-versions/create", **about)
    opened = visit(site, width=width)
    opened.page.clock.install(time=time.time() + 340 * 86_400)  # the longest that is said of times
    page = opened.go(f"/models/{name}?tab=versions")
    row = page.get_by_role("table", name="Versions").locator("tbody tr")
    box, when = row.bounding_box(), row.locator("time").bounding_box()
    assert box
    assert when
    assert box["height"] < 75
    assert when["height"] < 22
    if width == 1024:
        assert when["x"] + when["width"] < width - 24  # nothing is beyond the edge
    keep_screenshot(page, f"versions-{width}")


@pytest.mark.parametrize("width", [375, 1440])
def test_the_button_that_copies_hides_no_text(
    runs: tuple[Site, list[str]], visit: Open, width: int
) -> None:
    site, _ = runs
    name = f"empty {width}"
    site.api("registered-models/create", name=name)
    page = visit(site, width=width).go(f"/models/{name}")
    until(page, lambda: page.evaluate(BESIDE), True)
    keep_screenshot(page, f"snippet-{width}")
    assert offences(page) == []


@pytest.mark.parametrize("tab", ["/experiments/0/charts", "/compare?runs={}&tab=plots"])
def test_the_kinds_of_charts_fit_a_phone(
    runs: tuple[Site, list[str]], visit: Open, tab: str
) -> None:
    site, ids = runs
    page = visit(site, width=375).go(tab.format(",".join(ids)))
    page.get_by_role("radio", name="Parallel").wait_for()
    wide = "[...document.querySelectorAll('main')].map((one) => one.scrollWidth - one.clientWidth)"
    until(page, lambda: page.evaluate(wide), [0])
    keep_screenshot(page, f"charts-phone-{tab.partition('?')[0].strip('/').replace('/', '-')}")
