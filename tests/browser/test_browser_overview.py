"""A run at a glance, and Home: how metrics went, what failed; two thousand of each kind."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser import timing
from browser.conftest import Open, Visit, keep_screenshot, served
from browser.test_browser_pages import LOOKS, offences
from refusals.served import Site

MANY = 2000
TYPED = """async (text) => {
  const panel = [...document.querySelectorAll("main section")]
    .find((one) => one.querySelector("h2")?.textContent === "Metrics");
  const box = panel.querySelector("input");
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  const start = performance.now();
  set.call(box, text);
  box.dispatchEvent(new Event("input", {bubbles: true}));
  const found = () => [...panel.querySelectorAll("tbody tr")];
  while (found().length !== 1 || !found()[0].textContent.includes(text))
    await new Promise((done) => requestAnimationFrame(done));
  return (performance.now() - start) / 1000;
}"""
"""Types into the filter of the metrics, and counts the seconds until one row is left."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server."""
    yield from served(tmp_path_factory.mktemp("overview"))


def started(site: Site, name: str) -> str:
    user = site.send("GET", "/api/1.0/cuvee/whoami").json["username"]
    about = {"experiment_id": "0", "run_name": name, "start_time": _now(), "user_id": user}
    return str(site.api("runs/create", **about)["run"]["info"]["run_id"])


def _now() -> int:
    return int(time.time() * 1000)


def log(site: Site, run: str, key: str, values: list[Any], first: int = 0) -> None:
    metrics = [
        {"key": key, "value": value, "timestamp": _now(), "step": first + i}
        for i, value in enumerate(values)
    ]
    site.api("runs/log-batch", run_id=run, metrics=metrics)


def row(page: Page, key: str) -> Locator:
    metrics = page.get_by_role("table", name="Metrics")
    return metrics.get_by_role("row").filter(has=page.get_by_role("link", name=key, exact=True))


def says(page: Page, key: str, last: str, least: str, most: str) -> None:
    cells = row(page, key).get_by_role("cell")
    for place, text in ((2, last), (3, least), (4, most)):
        expect(cells.nth(place)).to_have_text(text)


def test_a_metric_shows_how_it_went_and_its_extremes_while_the_run_goes_on(
    site: Site, visit: Open
) -> None:
    run = started(site, "courses")
    spiked = [1 - i / 1000 for i in range(900)]
    spiked[333], spiked[700] = 41.5, -7.25
    log(site, run, "loss", spiked)
    log(site, run, "holes", ["NaN", 2.5, "NaN", 4.5, "NaN", 3.5, "NaN"])
    log(site, run, "once", [12.5])
    opened = visit(site)
    page = opened.go(f"/runs/{run}/overview")
    says(page, "loss", "0.101", "\N{MINUS SIGN}7.25", "41.5")
    says(page, "holes", "NaN", "2.5", "4.5")
    says(page, "once", "12.5", "12.5", "12.5")
    line = row(page, "loss").locator("svg path")
    expect(line).to_have_attribute("d", re.compile(r"^M1\.5 [\d.]+L.*L94\.5 [\d.]+$"))
    expect(row(page, "once").locator("svg path")).to_have_count(0)
    log(site, run, "once", [99.5, 0.5], first=1)
    says(page, "once", "0.5", "0.5", "99.5")  # by itself
    expect(row(page, "once").locator("svg path")).to_have_count(1)
    for theme, width in LOOKS:
        opened.look(theme, width)
        keep_screenshot(page, f"run-overview-{theme}-{width}")
        assert offences(page) == []
    site.api("runs/update", run_id=run, status="FINISHED", end_time=_now())


def test_home_shows_how_what_runs_is_doing_and_what_failed(site: Site, visit: Open) -> None:
    failed = started(site, "spilled")
    site.api("runs/update", run_id=failed, status="FAILED", end_time=_now())
    run = started(site, "on its way")
    site.api("registered-models/create", name="rose")
    opened = visit(site)
    page = opened.go("/")
    running = page.get_by_role("table", name="Running now").get_by_role("row", name="on its way")
    expect(running).to_contain_text("none yet")
    log(site, run, "val_loss", [0.75, 0.5, 0.25])
    expect(running).to_contain_text("val_loss 0.25 at step 2")
    expect(running.locator("svg path")).to_have_count(1)
    # Nobody logs in here, so they are everybody's.
    mine = page.get_by_role("region", name="Failed runs", exact=True)
    expect(mine.get_by_role("link")).to_have_text(["spilled"])
    expect(page.get_by_role("region", name="Recent models")).to_contain_text("rose")
    for theme, width in LOOKS:
        opened.look(theme, width)
        keep_screenshot(page, f"home-running-{theme}-{width}")
        assert offences(page) == []
    site.api("runs/update", run_id=run, status="FINISHED", end_time=_now())


def test_2000_metrics_and_params_are_there_in_a_second_and_searched_at_once(
    site: Site, visit: Open
) -> None:
    run = started(site, "wide")
    for some in range(0, MANY, 100):
        params = [{"key": f"p{i:04}", "value": str(i)} for i in range(some, some + 100)]
        site.api("runs/log-batch", run_id=run, params=params)
    for some in range(0, MANY, 1000):
        metrics = [
            {"key": f"m{i:04}", "value": i, "timestamp": _now(), "step": 0}
            for i in range(some, some + 1000)
        ]
        site.api("runs/log-batch", run_id=run, metrics=metrics)
    site.api("runs/update", run_id=run, status="FINISHED", end_time=_now())
    opened, idle = visit(site), visit(site)
    idle.go("/settings/appearance")

    def work() -> float:
        return timing.worked(idle.page)

    assert timing.against(work, timing.QUIET, lambda: shown(opened, run)) < 1
    keys = iter(range(MANY))

    def search() -> float:
        return float(opened.page.evaluate(TYPED, f"m{next(keys) * 7:04}"))

    assert timing.against(work, timing.QUIET, search) < 0.05


def shown(opened: Visit, run: str) -> float:
    """Open the run; return the seconds until its first metrics and params are there."""
    start = time.monotonic()
    opened.page.goto(f"{opened.url}/runs/{run}/overview", wait_until="commit")
    for name, key in (("Metrics", "m0000"), ("Params", "p0000")):
        table = opened.page.get_by_role("table", name=name)
        timing.poll(opened.page, table.get_by_text(key).count)
    return time.monotonic() - start
