"""The runs table: any number of rows, by mouse and by keyboard, and its address says it all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Request, expect

from browser.conftest import Open, served, until
from browser.test_browser_pages import PAGES, offences, places
from refusals.served import Site

MANY = 450
STEPS = 4
STEPPED = """async (steps) => {
  const grid = document.querySelector("[role=grid]");
  const precise = Number.prototype.toPrecision;
  let cells = 0;
  Number.prototype.toPrecision = function (...of) {
    cells += 1;
    return precise.apply(this, of);
  };
  for (let step = 0; step < steps; step += 1) {
    grid.scrollTop += 30;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }
  await new Promise((done) => setTimeout(done, 300));  // it has noticed that the scroll is over
  Number.prototype.toPrecision = precise;
  return cells;
}"""
"""Scrolls by a row some times; how many numbers were written meanwhile, one in each cell."""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A server with an experiment of many runs, and the experiment's id."""
    for site in served(tmp_path_factory.mktemp("runs")):
        experiment = site.api("experiments/create", name="many")["experiment_id"]
        for i in range(MANY):
            about = {"experiment_id": experiment, "run_name": f"run-{i:03}", "start_time": i + 1}
            run = site.api("runs/create", **about)["run"]["info"]["run_id"]
            values = [{"key": f"m{k}", "value": i * (k + 1), "timestamp": 1} for k in range(30)]
            params = [{"key": "alpha", "value": str(i % 7)}]
            site.api("runs/log-batch", run_id=run, metrics=values, params=params)
        yield site, experiment


def test_every_run_is_reached_without_a_click(table: tuple[Site, str], visit: Open) -> None:
    site, experiment = table
    opened = visit(site)
    windows: list[dict[str, Any]] = []
    opened.page.on("request", lambda request: windows.extend(windows_of(request)))
    page = opened.go(f"/experiments/{experiment}")
    grid = page.get_by_role("grid", name="Runs")
    expect(grid).to_have_attribute("aria-rowcount", str(MANY + 1))
    expect(page.get_by_text(f"{MANY} runs")).to_be_visible()
    grid.get_by_role("gridcell").first.focus()
    page.keyboard.press("Control+End")
    expect(grid.get_by_role("link", name="run-000")).to_be_visible()
    until(page, lambda: grid.get_by_role("row").count() < 80, True)
    until(page, lambda: page.evaluate("document.querySelectorAll('*').length") < 3000, True)
    assert {window["offset"] for window in windows} == {0, 400}, "what lies between is not read"
    assert all(window["limit"] == 200 for window in windows)
    assert len(windows[-1]["columns"]) == 6 + 12, "not all 31 keys"
    page.keyboard.press("Control+Home")
    expect(grid.get_by_role("link", name=f"run-{MANY - 1}")).to_be_visible()


def test_another_order_begins_at_its_first_row(table: tuple[Site, str], visit: Open) -> None:
    site, experiment = table
    opened = visit(site)
    page = opened.go(f"/experiments/{experiment}")
    grid = page.get_by_role("grid", name="Runs")
    grid.get_by_role("gridcell").first.focus()
    page.keyboard.press("Control+End")
    expect(grid.get_by_role("link", name="run-000")).to_be_visible()
    windows: list[dict[str, Any]] = []
    opened.page.on("request", lambda request: windows.extend(windows_of(request)))
    page.get_by_role("button", name="m0").click()
    expect(grid.get_by_role("link").first).to_have_text(f"run-{MANY - 1}")
    assert {window["offset"] for window in windows} == {0}


def windows_of(request: Request) -> list[dict[str, Any]]:
    """Return what a request asks for if it is for a window of rows."""
    if not request.url.endswith("/api/1.0/cuvee/runs/search"):
        return []
    asked = request.post_data_json or {}
    return [asked] if not asked.get("total") else []


def test_columns_are_those_that_vary_or_chosen(table: tuple[Site, str], visit: Open) -> None:
    site, experiment = table
    opened = visit(site)
    page = opened.go(f"/experiments/{experiment}")
    heads = page.get_by_role("columnheader")
    expect(page.get_by_role("columnheader", name="m0", exact=True)).to_be_visible()
    page.get_by_role("button", name="Columns").click()
    picker = page.get_by_role("dialog", name="Columns")
    expect(picker.get_by_role("checkbox", name="m0", exact=True)).to_be_checked()
    page.keyboard.press("Tab")
    picker.get_by_role("searchbox").fill("alp")
    picker.get_by_role("checkbox", name="alpha").check()
    picker.get_by_role("searchbox").fill("m")
    for key in ("m0", "m1", "m10", "m11", "m12", "m13", "m14", "m15", "m16", "m17"):
        picker.get_by_role("checkbox", name=key, exact=True).uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_role("columnheader", name="m0", exact=True)).to_have_count(0)
    expect(page.get_by_role("columnheader", name="alpha")).to_be_visible()
    expect(page.get_by_role("row").nth(1)).to_contain_text(str((MANY - 1) % 7))
    again = visit(site).go(page.url.removeprefix(opened.url))
    expect(again.get_by_role("columnheader", name="alpha")).to_be_visible()
    assert again.get_by_role("columnheader").all_text_contents() == heads.all_text_contents()
    page.get_by_role("button", name="Columns").click()
    picker.get_by_role("button", name="Those that vary").click()
    expect(page).not_to_have_url(re.compile("cols"))


def test_runs_are_compared_with_the_focus_on_a_box(table: tuple[Site, str], visit: Open) -> None:
    site, experiment = table
    page = visit(site).go(f"/experiments/{experiment}")
    boxes = page.get_by_role("grid").locator("[role=gridcell] input[type=checkbox]")
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Compare 3 runs")).to_be_visible()


def test_a_filter_is_completed_from_what_there_is(table: tuple[Site, str], visit: Open) -> None:
    site, experiment = table
    page = visit(site).go(f"/experiments/{experiment}")
    box = page.get_by_role("searchbox", name="Filter")
    page.keyboard.press("/")
    page.keyboard.type("params.al")
    offers = page.get_by_role("listbox", name="What can come next").get_by_role("option")
    expect(offers.first).to_contain_text("params.alpha")
    assert offences(page) == []
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", re.compile("-0$"))
    page.keyboard.press("Enter")
    expect(box).to_have_value("params.alpha ")
    page.keyboard.type("= ")
    expect(offers.filter(has_text="'3'")).to_be_visible()
    offers.filter(has_text="'3'").click()
    expect(box).to_have_value("params.alpha = '3' ")
    page.keyboard.press("Escape")
    expect(offers).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_text("64 runs")).to_be_visible()


def test_a_mistake_is_marked_where_it_is(table: tuple[Site, str], visit: Open) -> None:
    site, experiment = table
    page = visit(site).go(f"/experiments/{experiment}")
    box = page.get_by_role("searchbox", name="Filter")
    box.press_sequentially("metrics.m0 = = 3 and status = 'FINISHED'")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Filter error at character 14")).to_be_visible()
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.locator("mark")).to_have_text("=")
    wrong, whole = page.locator("mark").bounding_box(), box.bounding_box()
    assert wrong
    assert whole
    assert whole["x"] + 80 < wrong["x"] < whole["x"] + 160
    assert offences(page) == []
    box.fill("metrics.m0 = 3")
    expect(box).to_have_attribute("aria-invalid", "false")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 run", exact=True)).to_be_visible()


def test_a_grid_is_walked_by_keyboard(table: tuple[Site, str], visit: Open) -> None:
    site, experiment = table
    page = visit(site).go(f"/experiments/{experiment}")
    grid = page.get_by_role("grid", name="Runs")
    expect(grid.locator("[tabindex='0']")).to_have_count(1)
    grid.locator("[tabindex='0']").focus()

    def at() -> tuple[str | None, str | None]:
        row, column = page.evaluate(
            "(({row, column}) => [row, column])(document.activeElement.dataset)"
        )
        return row, column

    for key, place in (
        ("ArrowDown", ("2", "0")),
        ("j", ("3", "0")),
        ("ArrowRight", ("3", "1")),
        ("k", ("2", "1")),
        ("Home", ("2", "0")),
        ("Control+Home", ("1", "0")),
    ):
        page.keyboard.press(key)
        until(page, at, place)
    page.keyboard.press("x")
    expect(page.get_by_text("1 run selected")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    until(page, at, ("3", "0"))
    page.keyboard.press("Shift+X")
    expect(page.get_by_text("3 runs selected")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/runs/[0-9a-f]{32}/overview"))
    page.go_back()
    expect(page.get_by_role("grid", name="Runs")).to_be_visible()


def test_filter_and_order_stand_in_the_address(table: tuple[Site, str], visit: Open) -> None:
    site, experiment = table
    opened = visit(site)
    page = opened.go(f"/experiments/{experiment}")
    page.keyboard.press("/")
    page.keyboard.type("params.alpha = '3' and metrics.m0 < 100")
    page.keyboard.press("Enter")
    expect(page.get_by_text("14 runs")).to_be_visible()
    page.get_by_role("button", name="m0").click()
    expect(page.get_by_role("columnheader", name="m0")).to_have_attribute("aria-sort", "descending")
    first = page.get_by_role("grid").get_by_role("link").first
    expect(first).to_have_text("run-094")
    page.get_by_role("button", name="m0").click()
    expect(first).to_have_text("run-003")
    again = visit(site).go(page.url.removeprefix(opened.url))
    expect(again.get_by_text("14 runs")).to_be_visible()
    expect(again.get_by_role("grid").get_by_role("link").first).to_have_text("run-003")
    page.go_back()
    expect(first).to_have_text("run-094")


def test_a_filter_that_cannot_be_read_keeps_the_rows(table: tuple[Site, str], visit: Open) -> None:
    site, experiment = table
    opened = visit(site)
    opened.expected.append("status of 400")
    page = opened.go(f"/experiments/{experiment}")
    page.get_by_role("searchbox").fill("metrics.m0 ===")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("character 12")
    expect(page.get_by_role("grid").get_by_role("link").first).to_be_visible()


def test_quick_filters_are_written_into_the_filter(table: tuple[Site, str], visit: Open) -> None:
    site, experiment = table
    page = visit(site).go(f"/experiments/{experiment}")
    box = page.get_by_role("searchbox", name="Filter")
    quick = page.get_by_role("group", name="Quick filters")
    box.fill("params.alpha = '3' OR params.alpha = '4'")
    page.keyboard.press("Enter")
    expect(page.get_by_text("128 runs")).to_be_visible()
    quick.get_by_role("button", name="Failed").click()
    expect(box).to_have_value("(params.alpha = '3' OR params.alpha = '4') AND status = 'FAILED'")
    expect(page.get_by_text("No run fits this filter")).to_be_visible()
    quick.get_by_role("button", name="Running").click()
    expect(page.get_by_text("128 runs")).to_be_visible()
    for name, pressed in (("Running", "true"), ("Failed", "false"), ("Mine", "false")):
        button = quick.get_by_role("button", name=name)
        expect(button).to_have_attribute("aria-pressed", pressed)
    assert offences(page) == []
    quick.get_by_role("button", name="Running").click()
    expect(box).to_have_value("(params.alpha = '3' OR params.alpha = '4')")
    expect(page.get_by_text("128 runs")).to_be_visible()


def test_filters_used_before_are_offered_again(table: tuple[Site, str], visit: Open) -> None:
    site, experiment = table
    page = visit(site).go(f"/experiments/{experiment}")
    box = page.get_by_role("searchbox", name="Filter")
    offers = page.get_by_role("listbox", name="What can come next").get_by_role("option")
    for filter_ in ("metrics.m0 < 3", "params.alpha = '3'", ""):
        box.fill(filter_)
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
    expect(page.get_by_text(f"{MANY} runs")).to_be_visible()
    page.reload()
    box.focus()
    page.keyboard.press("ArrowDown")
    expect(offers.nth(0)).to_contain_text("params.alpha = '3'used before")
    expect(offers.nth(1)).to_contain_text("metrics.m0 < 3")
    expect(offers.nth(2)).not_to_contain_text("used before")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("metrics.m0 < 3")
    expect(page.get_by_text("3 runs", exact=True)).to_be_visible()


def test_a_step_of_a_scroll_draws_only_the_row_that_comes_in(wine: Site, visit: Open) -> None:
    page = visit(wine).go(PAGES["runs"].format(**places(wine)))
    numbers = page.get_by_role("row").nth(1).locator("[role=gridcell] .num")
    expect(numbers.nth(1)).to_be_visible()
    across = numbers.count()
    # The least of some rounds: what the server says anew meanwhile is drawn, too.
    cells = min(page.evaluate(STEPPED, STEPS) for _ in range(5))
    assert STEPS / 2 < cells <= across * (STEPS + 1)
