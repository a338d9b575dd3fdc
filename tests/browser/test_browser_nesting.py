"""Nested runs below their parents, with a filter and without, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, Visit, keep_screenshot, served, until
from browser.test_browser_pages import LOOKS, offences
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch, Param, RunTag
from cuvee.store.sql import SqlStore
from refusals.served import Site

HERE = "/experiments/0"
SWEEPS = 6
TRIALS = 36
ALL = SWEEPS * (1 + TRIALS)
WIDTH = "document.documentElement.scrollWidth"
LONG = "a name of a sweep that goes on for longer than any column of the table is wide"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with 222 runs: six sweeps of 36 trials, and in one trial a run and another in it."""
    folder = tmp_path_factory.mktemp("nesting")
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")

    def log(name: str, start: int, parent: str, value: float | None) -> str:
        tags = [RunTag("mlflow.parentRunId", parent)] if parent else []
        asked = CreateRun(experiment_id="0", run_name=name, start_time=start, tags=tags)
        run = store.do(asked).run.info.run_id
        if value is not None:
            metrics = [Metric("m", value, 1, 0)]
            store.do(LogBatch(run_id=run, metrics=metrics, params=[Param("alpha", str(value))]))
        return run

    names = [f"sweep {s}" for s in range(SWEEPS - 1)] + [LONG]
    parents = [log(name, 1000 + s, "", None) for s, name in enumerate(names)]
    trials = [(f"trial {s}.{t}", t + 1, parents[s], float(t)) for s in range(SWEEPS)
              for t in range(TRIALS if s else TRIALS - 2)]  # fmt: skip
    with ThreadPoolExecutor(32) as many:  # so that one commit takes many
        made = list(many.map(lambda trial: log(*trial), trials))
    log("deepest", 1, log("deep", 1, made[0], 40), 41)
    store.close()
    yield from served(folder)


def grid_of(page: Page) -> Locator:
    return page.get_by_role("treegrid", name="Runs")


def row_of(page: Page, name: str) -> Locator:
    link = page.get_by_role("link", name=name, exact=True)
    return grid_of(page).get_by_role("row").filter(has=link)


def choose(page: Page, name: str) -> None:
    page.get_by_role("group", name="How nested runs are shown").get_by_text(name).click()


def test_nested_runs_are_read_when_their_parent_is_unfolded(site: Site, visit: Open) -> None:
    page = visit(site).go(HERE)
    expect(page.get_by_text(f"{ALL} runs", exact=True)).to_be_visible()
    expect(grid_of(page)).to_have_attribute("aria-rowcount", str(SWEEPS + 1))
    expect(page.get_by_text(f"{ALL} runs", exact=True)).to_be_visible()
    sweep = row_of(page, "sweep 4")
    expect(sweep).to_have_attribute("aria-expanded", "false")
    expect(sweep).to_contain_text("36")
    asked: list[Any] = []
    page.on(
        "request",
        lambda r: asked.append(r.post_data_json) if r.url.endswith("runs/outline") else None,
    )
    sweep.get_by_role("button", name="Show the runs nested in sweep 4").click()
    expect(sweep).to_have_attribute("aria-expanded", "true")
    expect(row_of(page, "trial 4.35")).to_have_attribute("aria-level", "2")
    expect(grid_of(page)).to_have_attribute("aria-rowcount", str(SWEEPS + TRIALS + 1))
    assert len(asked) == 1, "one question for what is on screen"
    again = visit(site).go(HERE + "?" + page.url.partition("?")[2])
    expect(row_of(again, "trial 4.35")).to_be_visible()
    choose(page, "Flat")
    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", str(ALL + 1))
    kept = visit(site).go(HERE + "?" + page.url.partition("?")[2])
    expect(kept.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", str(ALL + 1))


def test_only_nested_runs_make_a_tree_unasked(site: Site, visit: Open) -> None:
    plain = site.api("experiments/create", name="plain")["experiment_id"]
    for i in range(3):
        site.api("runs/create", experiment_id=plain, run_name=f"run {i}", start_time=i + 1)
    page = visit(site).go(f"/experiments/{plain}")
    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", "4")
    expect(grid_of(page)).to_have_count(0)
    # What is nested later makes no tree of a table that somebody looks at.
    parent = site.api("runs/search", experiment_ids=[plain])["runs"][0]["info"]["run_id"]
    tags = [{"key": "mlflow.parentRunId", "value": parent}]
    site.api("runs/create", experiment_id=plain, run_name="nested", start_time=9, tags=tags)
    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", "5")
    again = visit(site).go(f"/experiments/{plain}")
    expect(grid_of(again)).to_have_attribute("aria-rowcount", "4")
    # With a filter it is flat, so that no match hides below a parent.
    page = visit(site).go(f"{HERE}?filter=metrics.m%20%3E%3D%2040")
    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", "3")
    page.get_by_role("searchbox").fill("")
    page.keyboard.press("Enter")
    expect(grid_of(page)).to_have_attribute("aria-rowcount", str(SWEEPS + 1))


def test_a_filter_is_answered_flat_unless_a_tree_is_asked_for(site: Site, visit: Open) -> None:
    page = visit(site).go(f"{HERE}?nest=tree")
    expect(grid_of(page)).to_be_visible()
    page.get_by_role("searchbox").fill("metrics.m >= 2 AND metrics.m < 40")
    page.keyboard.press("Enter")
    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", "203")
    expect(page.get_by_text("202 runs", exact=True)).to_be_visible()
    choose(page, "Tree")
    expect(page.get_by_text(f"202 of {ALL} match", exact=True)).to_be_visible()
    expect(row_of(page, LONG)).to_contain_text("34 of 36 match")
    expect(row_of(page, LONG)).to_have_attribute("aria-expanded", "true")
    expect(row_of(page, "trial 5.35")).to_be_visible()
    row_of(page, LONG).get_by_role("button", name="Hide").click()
    expect(row_of(page, LONG)).to_have_attribute("aria-expanded", "false")
    expect(row_of(page, "trial 5.35")).to_have_count(0)
    expect(row_of(page, "sweep 4")).to_have_attribute("aria-expanded", "true")
    page.get_by_role("searchbox").fill("run_name = 'deepest'")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"1 of {ALL} match", exact=True)).to_be_visible()
    links = grid_of(page).get_by_role("link")
    expect(links).to_have_text(["sweep 0", "trial 0.0", "deep", "deepest"])
    expect(row_of(page, "deepest")).to_have_attribute("aria-level", "4")
    page.get_by_role("searchbox").fill("")
    page.keyboard.press("Enter")
    expect(grid_of(page)).to_have_attribute("aria-rowcount", str(SWEEPS + 1))
    page.get_by_role("searchbox").fill("metrics.m > 1e6")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No run fits this filter")).to_be_visible()


def test_a_tree_is_walked_by_the_arrows(site: Site, visit: Open) -> None:
    page = visit(site).go(f"{HERE}?nest=tree")
    expect(row_of(page, "sweep 4")).to_be_visible()
    row_of(page, "sweep 4").get_by_role("gridcell").nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(row_of(page, "trial 4.35")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(row_of(page, "trial 4.35").get_by_role("gridcell").nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_text("1 run selected")).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    expect(row_of(page, "sweep 4")).to_have_attribute("aria-expanded", "false")
    expect(row_of(page, "sweep 4").get_by_role("gridcell").nth(1)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(row_of(page, "sweep 4").get_by_role("gridcell").nth(0)).to_be_focused()


def test_all_that_match_are_selected_and_no_parent_with_them(site: Site, visit: Open) -> None:
    page = visit(site).go(f"{HERE}?nest=tree")
    page.get_by_role("checkbox", name="Select all rows").click()
    expect(page.get_by_text(f"{ALL} runs selected")).to_be_visible()
    page.goto(page.url.partition("?")[0] + "?nest=always&filter=metrics.m%20%3E%3D%2034")
    expect(page.get_by_text(f"12 of {ALL} match")).to_be_visible()
    first = grid_of(page).get_by_role("row").nth(1).get_by_role("checkbox")
    first.click()
    expect(page.get_by_text("1 run selected")).to_be_visible()
    first.click()
    expect(page.get_by_text(f"12 of {ALL} match")).to_be_visible()
    # From a parent that does not match down to one of its trials: the trials alone.
    row_of(page, "sweep 4").get_by_role("checkbox").click()
    row_of(page, "sweep 4").get_by_role("checkbox").click()
    row_of(page, "trial 4.34").get_by_role("checkbox").click(modifiers=["Shift"])
    expect(page.get_by_text("2 runs selected")).to_be_visible()
    page.get_by_role("checkbox", name="Select all rows").click()
    expect(page.get_by_text("12 runs selected")).to_be_visible()
    expect(page).to_have_url(re.compile("sel=all"))


def test_a_tree_is_accessible_and_fits(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go(f"{HERE}?nest=tree")
    row_of(page, "sweep 4").get_by_role("button").click()
    expect(row_of(page, "trial 4.35")).to_be_visible()
    look_over(opened, "runs-tree")
    page.goto(f"{opened.url}{HERE}?nest=always&filter=metrics.m %3E 30")
    expect(page.get_by_text(f" of {ALL} match")).to_be_visible()
    look_over(opened, "runs-tree-filtered")


def look_over(opened: Visit, name: str) -> None:
    for theme, width in [*LOOKS, ("light", 375)]:
        opened.look(theme, width)
        keep_screenshot(opened.page, f"{name}-{theme}-{width}")
        until(opened.page, lambda: opened.page.evaluate(WIDTH), width)
        assert offences(opened.page) == []
    opened.look("light", 1440)
