"""How long it takes to compare many runs, and long texts."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from browser import corpus, timing
from browser.conftest import Open, served
from refusals.served import Site

RUNS = 50
LINES = 5000
COMPARED = 1.5  # seconds until 50 runs are compared
DIFFERENCE = 0.3  # seconds until two texts of 5,000 lines are
TASK = 0.1
"""Seconds of a processor that the page itself may work at a time: the search is done elsewhere."""


@dataclass(frozen=True)
class Seeded:
    """A server; ids of 50 runs, and of two with long texts."""

    site: Site
    many: str
    two: str


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    """A server with 50 runs of 30 metrics and params, and two runs with long texts."""
    for site in served(tmp_path_factory.mktemp("many")):
        many = []
        for i in range(RUNS):
            run = site.api("runs/create", experiment_id="0", run_name=f"run {i}", start_time=i + 1)
            many.append(str(run["run"]["info"]["run_id"]))
            metrics = [{"key": f"m{k}", "value": i * k, "timestamp": 1} for k in range(30)]
            params = [{"key": f"p{k}", "value": str(i % (k + 1))} for k in range(30)]
            site.api("runs/log-batch", run_id=many[-1], metrics=metrics, params=params)
        text = [f"line {i} = {i * 7 % 13}\n" for i in range(LINES)]
        other = [f"{one[:-1]} changed\n" if i % 3 else one for i, one in enumerate(text)]
        files = ({"long.txt": "".join(lines).encode(), "s.txt": b"1"} for lines in (text, other))
        two = [corpus.new_run(site, f"long {i}", some) for i, some in enumerate(files)]
        yield Seeded(site, ",".join(many), ",".join(two))


def test_50_runs_are_compared_within_a_second_and_a_half(seeded: Seeded, visit: Open) -> None:
    idle = visit(seeded.site).go("/settings/appearance")

    def look() -> float:
        opened = visit(seeded.site)
        start = time.monotonic()
        path = f"/compare?runs={seeded.many}&in=0"
        opened.page.goto(opened.url + path, wait_until="commit")
        timing.poll(opened.page, lambda: opened.page.locator("[role=gridcell] .num").count() > 30)
        return time.monotonic() - start

    assert timing.against(lambda: timing.worked(idle), timing.QUIET, look) < COMPARED


def compared(page: Page) -> float:
    """Choose the long text; return the seconds until its lines are there."""
    link = page.get_by_role("link", name="long.txt")
    start = time.monotonic()
    link.click()
    said = page.get_by_text(re.compile("3.333 lines removed, 3.333 lines added"))
    timing.poll(page, said.count)
    return time.monotonic() - start


def test_texts_of_5000_lines_are_compared_within_300_ms_and_the_page_goes_on(
    seeded: Seeded, visit: Open
) -> None:
    path = f"/compare?runs={seeded.two}&in=0&tab=artifacts"
    idle = visit(seeded.site).go("/settings/appearance")

    def look() -> float:
        return compared(visit(seeded.site).go(path))

    assert timing.against(lambda: timing.worked(idle), timing.QUIET, look) < DIFFERENCE
    page = visit(seeded.site).go(path)
    assert timing.busiest(page, lambda: compared(page)) < TASK
