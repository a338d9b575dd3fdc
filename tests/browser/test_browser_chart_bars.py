"""What charts of much may cost: time, bytes, elements and memory, as the design promises.

``CUVEE_TEST_LIVE`` is for how many seconds a live chart is followed (30). The bar speaks of ten
minutes, which 600 are; the memory may grow by as much in the shorter form, at the same pace.
"""

from __future__ import annotations

import math
import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser import seeds, timing
from browser.conftest import Open, has_lines, served, until
from browser.test_browser_charts import SERIES, chart
from refusals.served import Site

LONG = 1_000_000
RUNS = 100
POINTS = 1000
KEYS = 1000
START = 1_700_000_000_000
QUIET = 0.7  # seconds that the control takes on a machine without other work
LIVE = int(os.environ.get("CUVEE_TEST_LIVE", "30"))
GROWTH = 20 << 20
HEAP = "Runtime.getHeapUsage"


@dataclass(frozen=True)
class Much:
    """A server and what was logged to it: ids of runs."""

    site: Site
    long: str
    short: str
    many: list[str]
    keys: str


@pytest.fixture(scope="module")
def much(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Much]:
    """A server with a metric of a million points, 100 runs, and a run of 1,000 metrics."""
    for site in served(tmp_path_factory.mktemp("much")):
        long, short = log_loss(site, LONG), log_loss(site, POINTS)
        many = [log_loss(site, POINTS, i / 30) for i in range(RUNS)]
        yield Much(site, long, short, many, seeds.log_many_keys(site, KEYS))


def log_loss(site: Site, points: int, above: float = 0) -> str:
    """Log a run with a noisy loss through the calls that every client uses."""
    about = {"experiment_id": "0", "run_name": f"{points} points", "start_time": START}
    run = str(site.api("runs/create", **about)["run"]["info"]["run_id"])
    noise = random.Random(points)
    for first in range(0, points, POINTS):
        site.api("runs/log-batch", run_id=run, metrics=[
            {
                "key": "loss",
                "value": math.exp(-3 * step / points) + noise.gauss(0, 0.05) + above,
                "timestamp": START + 50 * step,
                "step": step,
            }
            for step in range(first, first + POINTS)
        ])  # fmt: skip
    site.api("runs/update", run_id=run, status="FINISHED", end_time=START + 50 * points)
    return run


def control(much: Much, visit: Open) -> Callable[[], float]:
    """Return what is measured to know the machine: a short metric drawn, and lines without us."""

    def look() -> float:
        opened = visit(much.site)
        return timing.drawn(opened, f"/runs/{much.short}/metrics") + timing.worked(opened.page)

    return look


def test_a_metric_of_a_million_points_is_drawn_within_a_second(much: Much, visit: Open) -> None:
    sent = []

    def look() -> float:
        opened = visit(much.site)
        seconds = timing.drawn(opened, f"/runs/{much.long}/metrics")
        sent.append(timing.moved(opened.page, SERIES))
        return seconds

    assert timing.against(control(much, visit), QUIET, look) < 1
    assert all(0 < bytes_ <= 100_000 for bytes_ in sent), sent


def test_a_part_of_a_million_points_is_read_again_within_300_ms(much: Much, visit: Open) -> None:
    opened = visit(much.site)
    page = opened.go(f"/runs/{much.long}/metrics")
    has_lines(chart(page, "loss").locator("canvas"), 300)
    before = timing.moved(page, SERIES)

    assert timing.against(control(much, visit), QUIET, lambda: zoomed(page)) < 0.3
    assert timing.moved(page, SERIES) - before <= timing.ROUNDS * 100_000


def zoomed(page: Page) -> float:
    """Mark the middle third of a chart; return the seconds until its points are drawn."""
    figure = chart(page, "loss")
    box = figure.locator(".u-over").bounding_box()
    said = figure.get_attribute("aria-label")
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 3, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 2 / 3, y, steps=3)
    start = time.monotonic()
    page.mouse.up()
    timing.poll(page, lambda: figure.get_attribute("aria-label") != said)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    return time.monotonic() - start


def test_curves_of_100_runs_are_drawn_within_a_second_and_a_half(much: Much, visit: Open) -> None:
    path = f"/compare?runs={','.join(much.many)}&in=0&tab=charts"

    def look() -> float:
        return timing.drawn(visit(much.site), path, 5000)

    assert timing.against(control(much, visit), QUIET, look) < 1.5


def test_a_run_of_1000_metrics_draws_those_on_screen_only(much: Much, visit: Open) -> None:

    def look() -> float:
        opened = visit(much.site)
        page, start = opened.page, time.monotonic()
        page.goto(f"{opened.url}/runs/{much.keys}/metrics", wait_until="commit")
        box = page.get_by_role("searchbox", name="Find metrics")
        box.wait_for()
        box.fill("m777")
        chart(page, "layer7/m777").locator("canvas").wait_for()
        seconds = time.monotonic() - start
        box.fill("")
        expect(chart(page, "layer0/m0").locator("canvas")).to_be_visible()
        until(page, lambda: 4 <= page.get_by_role("figure").count() <= 20, True)
        return seconds

    assert timing.against(control(much, visit), QUIET, look) < 1.5


def test_a_chart_that_is_followed_keeps_its_memory(much: Much, visit: Open) -> None:
    site = much.site
    about = {"experiment_id": "0", "run_name": "goes on", "start_time": START}
    run = site.api("runs/create", **about)["run"]["info"]["run_id"]
    keys = [f"loss{i}" for i in range(4)]
    step = 0

    def log() -> None:
        nonlocal step
        steps = range(step, step + 20)
        metrics: list[dict[str, Any]] = [
            {"key": key, "value": math.sin(at / 99), "timestamp": START + at, "step": at}
            for key in keys
            for at in steps
        ]
        site.api("runs/log-batch", run_id=run, metrics=metrics)
        step += 20

    log()
    page = visit(site).go(f"/runs/{run}/metrics")
    for key in keys:
        has_lines(chart(page, key).locator("canvas"), 20)
    session = page.context.new_cdp_session(page)

    def held() -> int:
        session.send("HeapProfiler.collectGarbage")
        return int(session.send(HEAP)["usedSize"])

    begin = time.monotonic()
    sizes: list[int] = []
    while (past := time.monotonic() - begin) < LIVE:
        log()
        page.wait_for_timeout(100)
        if past > LIVE / 9 and len(sizes) < past * 8 // LIVE:
            sizes.append(held())
    site.api("runs/log-batch", run_id=run, metrics=[
        {"key": keys[0], "value": 42, "timestamp": START + step, "step": step}
    ])  # fmt: skip
    expect(chart(page, keys[0])).to_contain_text("last 42")
    sizes.append(held())
    grown = sizes[-1] - sizes[0]
    timing.keep_measures("live-chart", {"heap": sizes, "seconds": LIVE, "steps": step})
    assert grown < GROWTH, sizes
    assert step > 2000, "less was logged than a chart is wide"
