"""How soon an open page shows what happens: a run, its end, and a new point of its metric."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect

from browser import timing
from browser.conftest import Open
from refusals.served import Site

SOON = 2.0
"""Seconds after a call has been answered."""


def begun(site: Site, name: str) -> str:
    about = {"experiment_id": "0", "run_name": name, "start_time": int(time.time() * 1000)}
    return str(site.api("runs/create", **about)["run"]["info"]["run_id"])


def ended(site: Site, run: str) -> None:
    """Leave nothing of a run to other tests of the site."""
    site.api("runs/update", run_id=run, status="FINISHED")
    site.api("runs/delete", run_id=run)


@contextmanager
def going_on(site: Site, name: str) -> Iterator[str]:
    run = begun(site, name)
    try:
        yield run
    finally:
        ended(site, run)


def test_a_run_is_on_home_within_two_seconds(empty: Site, visit: Open) -> None:
    page, idle = visit(empty).go("/"), visit(empty).go("/settings/appearance")
    names = (f"light-{number}" for number in itertools.count())
    made: list[str] = []

    def look() -> float:
        name = next(names)
        start = time.monotonic()
        made.append(begun(empty, name))
        link = page.get_by_role("link", name=name, exact=True)
        timing.poll(page, lambda: link.count() and link.first.is_visible())
        return time.monotonic() - start

    try:
        assert timing.against(lambda: timing.worked(idle), timing.QUIET, look) < SOON
    finally:
        for run in made:
            ended(empty, run)


def test_the_status_of_a_run_changes_within_two_seconds(wine: Site, visit: Open) -> None:
    states = itertools.cycle([("FAILED", "Failed"), ("RUNNING", "Running")])
    with going_on(wine, "brief") as run:
        page, idle = visit(wine).go(f"/runs/{run}/overview"), visit(wine).go("/settings/appearance")

        def look() -> float:
            status, shown = next(states)
            start = time.monotonic()
            wine.api("runs/update", run_id=run, status=status)
            header = page.locator("main header").first
            timing.poll(page, lambda: header.get_by_text(shown, exact=True).count())
            return time.monotonic() - start

        assert timing.against(lambda: timing.worked(idle), timing.QUIET, look) < SOON


def test_a_point_is_drawn_within_two_seconds(wine: Site, visit: Open) -> None:
    steps = itertools.count(1)
    with going_on(wine, "learning") as run:

        def log() -> str:
            step = next(steps)
            point = {"key": "loss", "value": step + 0.5, "step": step}
            wine.api("runs/log-metric", run_id=run, timestamp=int(time.time() * 1000), **point)
            return f"last {step + 0.5}"

        known = log()
        page, idle = visit(wine).go(f"/runs/{run}/metrics"), visit(wine).go("/settings/appearance")
        expect(page.get_by_text(known)).to_be_visible()

        def look() -> float:
            start = time.monotonic()
            shown = page.get_by_text(log(), exact=True)
            timing.poll(page, shown.count)
            return time.monotonic() - start

        assert timing.against(lambda: timing.worked(idle), timing.QUIET, look) < SOON
