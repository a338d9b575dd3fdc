"""What the runs table may cost among 10,000 runs with 60 keys."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from browser import timing
from browser.conftest import Open, served
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch, Param
from cuvee.store.sql import SqlStore
from refusals.served import Site

MANY = 10_000
KEYS = 30  # of metrics, and as many of params
FRAME = 0.1
"""Seconds of a processor that a frame of scrolling may take, whatever else the machine does."""
NODES = 3000
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


def test_a_frame_of_scrolling_10_000_rows_is_little_work(site: Site, visit: Open) -> None:
    page = visit(site).go("/experiments/0")
    found: dict[str, float] = {}
    scroll = lambda: found.update(timing.scrolled(page, 3, 4000))  # noqa: E731
    assert timing.busiest(page, scroll) < FRAME
    assert found["at"] > NODES, "it has come far"
    assert found["nodes"] < NODES


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
