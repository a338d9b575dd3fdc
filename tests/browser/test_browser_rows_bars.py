"""What the runs table may cost among 10,000 runs with 60 keys."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from browser import timing
from browser.conftest import Open, Visit, served
from browser.plain import Plain, serving
from browser.test_browser_load import PLAIN, opened
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch, Param
from cuvee.store.sql import SqlStore
from refusals.served import Site

MANY = 10_000
KEYS = 30  # of metrics, and as many of params
ROWS = 1.0  # seconds that the first rows may take
ANSWER = 0.5  # seconds that another order or filter may take
FRAME = 0.1
"""Seconds of a processor that a frame of scrolling may take, whatever else the machine does."""
NODES = 3000
LEAST_FRAMES = 55
"""Of 60 that there are while nothing happens: the frames of a second of scrolling."""
GAP = 100  # milliseconds that may lie between two frames
BLANK = 100  # milliseconds for which a row on screen may say nothing
TRIES = 3  # what else the machine does may add to these
STICKING = """() => [...document.querySelectorAll("[role=row]")].map((row) =>
  [...row.querySelectorAll("*")].filter((one) => getComputedStyle(one).position === "sticky")
    .length)"""
CUT = """() => [...document.querySelectorAll("[role=gridcell]")]
  .filter((one) => getComputedStyle(one).overflow !== "visible").length"""
OUTSIDE = """() => [...document.querySelectorAll("[role=gridcell] > *")].filter((one) => {
  const [inner, outer] = [one, one.parentElement].map((it) => it.getBoundingClientRect());
  return inner.right > outer.right + 1 || inner.left < outer.left - 1;
}).map((one) => one.textContent)"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("rows")
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")

    def log(i: int) -> None:
        name = "a name that is longer than its column is wide" if i == MANY - 1 else f"run-{i}"
        run = store.do(CreateRun(experiment_id="0", run_name=name, start_time=i + 1)).run
        values = [Metric(f"m{k:02}", -(i * (k + 7) % 1009) * 1e-12, 1, 0) for k in range(KEYS)]
        params = [Param(f"p{k:02}", str(i % (k + 2)) * 20) for k in range(KEYS)]
        store.do(LogBatch(run_id=run.info.run_id, metrics=values, params=params))

    with ThreadPoolExecutor(32) as many:  # so that one commit takes many
        list(many.map(log, range(MANY)))
    store.close()
    yield from served(folder)


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plain]:
    """A page without anything of Cuvee, which says what loading one takes here and now."""
    with serving(tmp_path_factory.mktemp("plain")) as plain:
        yield plain


def rows_of(visited: Visit) -> float:
    """Open the table in a new profile; return the seconds until its rows are there."""
    start = time.monotonic()
    visited.page.goto(f"{visited.url}/experiments/0", wait_until="commit")
    numbers = visited.page.locator("[role=gridcell] .num")
    timing.poll(visited.page, lambda: numbers.count() > KEYS)
    return time.monotonic() - start


def test_the_first_of_10_000_rows_are_there_within_a_second(
    site: Site, control: Plain, visit: Open
) -> None:
    idle = visit(site).go("/settings/appearance")

    def machine() -> float:
        loading = opened(visit(control), "/index.html")["content"] / 1000
        return timing.worked(idle) + float(loading)

    assert timing.against(machine, timing.QUIET + PLAIN, lambda: rows_of(visit(site))) < ROWS


def test_a_frame_of_scrolling_10_000_rows_is_little_work(site: Site, visit: Open) -> None:
    page = visit(site).go("/experiments/0")
    found: dict[str, float] = {}
    scroll = lambda: found.update(timing.scrolled(page, 3, 4000))  # noqa: E731
    assert timing.busiest(page, scroll) < FRAME
    assert found["at"] > NODES, "it has come far"
    assert found["nodes"] < NODES


def test_four_seconds_of_scrolling_are_smooth_and_no_row_is_blank_for_long(
    site: Site, visit: Open
) -> None:
    page = visit(site).go("/experiments/0")
    expect(page.get_by_role("gridcell").nth(3)).to_be_visible()
    timing.scrolled(page, 3, 300)  # the first rows that come are compiled
    late: list[dict[str, float]] = []
    for _ in range(TRIES):
        slowness = max(1.0, timing.worked(page) / timing.QUIET)
        idle, found = timing.scrolled(page, 0, 1000), timing.scrolled(page, 3, 4000)
        late.append({"slowness": slowness, "idle": idle["median"], **found})
        smooth = found["median"] <= idle["median"] * 60 / LEAST_FRAMES
        if smooth and found["most"] < GAP * slowness and found["blank"] < BLANK * slowness:
            break
    else:
        pytest.fail(str(late))
    timing.keep_measures("scrolling", late[-1])


def test_another_order_or_filter_of_10_000_runs_is_answered_within_half_a_second(
    site: Site, visit: Open
) -> None:
    page, idle = visit(site).go("/experiments/0"), visit(site).go("/settings/appearance")
    first = page.get_by_role("grid").get_by_role("link").first
    expect(first).to_be_visible()
    asked = itertools.cycle(range(4))

    def look() -> float:
        before, turn = first.text_content(), next(asked)
        if turn % 2:
            field = page.get_by_role("searchbox")
            field.fill(f"params.p{turn:02} = '{'1' * 20}'")
            start = time.monotonic()
            field.press("Enter")
        else:
            head = page.get_by_role("button", name="m00")
            start = time.monotonic()
            head.click()
        timing.poll(page, lambda: first.text_content(timeout=1000) != before)
        return time.monotonic() - start

    assert timing.against(lambda: timing.worked(idle), timing.QUIET, look) < ANSWER


@pytest.mark.parametrize("width", [1440, 1024, 375])
def test_what_a_row_has_at_its_left_sticks_as_one_and_no_cell_cuts(
    site: Site, visit: Open, width: int
) -> None:
    """Each layer and each clip would be paid for in every frame of a scroll."""
    page = visit(site, width=width).go("/experiments/0")
    expect(page.get_by_role("gridcell").nth(3)).to_be_visible()
    assert set(page.evaluate(STICKING)[1:]) == {1}
    assert page.evaluate(CUT) == 0
    assert page.evaluate(OUTSIDE) == []
    page.evaluate("document.querySelector('[role=grid]').scrollLeft = 400")
    first = page.get_by_role("gridcell").nth(1)
    left = page.get_by_role("grid").bounding_box(), first.bounding_box()
    assert left[0]
    assert left[1]
    assert left[1]["x"] < left[0]["x"] + 40
