"""Metrics of the computer of a run: a tab of their own, beside what the computer is."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from browser import corpus
from browser.conftest import Open, has_lines, served
from browser.test_browser_charts import chart
from browser.test_browser_pages import in_all_looks
from browser.test_browser_run_parts import environment
from refusals.served import Site

POINTS = 60
USE = {
    "cpu_utilization_percentage": 70,
    "disk_available_megabytes": 400_000,
    "disk_usage_percentage": 21,
    "gpu_0_memory_usage_percentage": 88,
    "gpu_0_utilization_percentage": 93,
    "network_receive_megabytes": 12,
    "system_memory_usage_megabytes": 9_000,
    "system_memory_usage_percentage": 55,
}
"""As MLflow's client names them, each with a value about which it moves."""
BOTH = "keys=%5B%22loss%22%2C%22system%2Fcpu_utilization_percentage%22%5D"
ONE = "keys=%5B%22system%2Fcpu_utilization_percentage%22%5D"


class Runs(NamedTuple):
    """Runs of an experiment."""

    site: Site
    both: str
    only: str
    neither: str


def log(site: Site, run: str, key: str, base: float, points: int, first: int = 0) -> None:
    now = int(time.time() * 1000) - POINTS * 10_000
    metrics = [
        {
            "key": key,
            "value": base * (1 + 0.2 * math.sin((first + i) / 5)),
            "timestamp": now + (first + i) * 10_000,
            "step": first + i,
        }
        for i in range(points)
    ]
    site.api("runs/log-batch", run_id=run, metrics=metrics)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """A server with a run of both kinds that has told of its computer, and two that have not."""
    for site in served(tmp_path_factory.mktemp("system")):
        began = int(time.time() * 1000) - POINTS * 10_000
        files = {"cuvee/environment.json": environment("3.13.1", numpy="2.0")}
        both = corpus.new_run(site, "both", files, start_time=began)
        for key, base in USE.items():
            log(site, both, f"system/{key}", base, POINTS)
        log(site, both, "loss", 0.5, POINTS)
        log(site, both, "val/loss", 0.6, POINTS)
        only = corpus.new_run(site, "only", {})
        log(site, only, "system/cpu_utilization_percentage", 40, POINTS)
        neither = corpus.new_run(site, "neither", {})
        for run in (both, only):
            site.api("runs/update", run_id=run, status="FINISHED", end_time=began + 600_000)
        yield Runs(site, both, only, neither)


def tab(page: Page, name: str) -> str:
    """Return a tab's name and count as they are read."""
    tabs = page.get_by_role("navigation", name="Parts of the run")
    return tabs.get_by_role("link", name=re.compile(f"^{name}")).inner_text()


def test_metrics_of_the_computer_have_a_tab_beside_what_it_is(runs: Runs, visit: Open) -> None:
    opened = visit(runs.site)
    page = opened.go(f"/runs/{runs.both}/system")
    keys = page.get_by_role("listbox", name="Metrics").get_by_role("option")
    expect(keys).to_have_count(1 + len(USE))  # and their group
    expect(keys.first).to_contain_text("system")
    has_lines(chart(page, "system/cpu_utilization_percentage").locator("canvas"), 200)
    assert [tab(page, name).split() for name in ("Metrics", "System")] == [
        ["Metrics", "2"],
        ["System", str(len(USE))],
    ]
    computer = page.get_by_role("region", name="Computer", exact=True)
    for text in ("cellar", "Linux-6.1", "3.13.1 (CPython)", "A100, 40960 MiB", "16.0 GiB"):
        expect(computer.get_by_text(text)).to_be_visible()
    in_all_looks(opened, "run-system-charts")
    opened.look("light", 1440)
    computer.get_by_role("link", name="Environment").click()
    expect(page).to_have_url(re.compile("/environment$"))
    page.keyboard.press("]")
    expect(page).to_have_url(re.compile("/system$"))
    page.keyboard.press("]")
    expect(page).to_have_url(re.compile("/logs$"))
    page.go_back()
    keys.filter(has_text="cpu_util").click()
    expect(page).to_have_url(re.compile(f"/system.{ONE}$"))
    expect(page.get_by_role("figure")).to_have_count(1)


def test_the_metrics_tab_has_the_rest_and_leads_there(runs: Runs, visit: Open) -> None:
    opened = visit(runs.site)
    page = opened.go(f"/runs/{runs.both}/metrics")
    keys = page.get_by_role("listbox", name="Metrics").get_by_role("option")
    expect(keys).to_have_text(["Without a group1", "loss", "val1", "loss"])
    expect(page.get_by_role("figure")).to_have_count(2)
    said = page.get_by_text("8 metrics of the computer have a tab of their own")
    in_all_looks(opened, "run-metrics-and-system")
    said.get_by_role("link", name="System").click()
    expect(page).to_have_url(re.compile("/system$"))
    page = opened.go(f"/runs/{runs.only}/metrics")
    expect(page.get_by_text("This run has logged no metric.")).to_be_visible()
    page.get_by_text("1 metric of the computer has a tab").get_by_role("link").click()
    has_lines(chart(page, "system/cpu_utilization_percentage").locator("canvas"), 200)
    page = opened.go(f"/runs/{runs.both}/overview")
    page.get_by_role("link", name="system/cpu_utilization_percentage").click()
    expect(page).to_have_url(re.compile(f"/system.{ONE}$"))


def test_addresses_of_charts_from_before_show_the_same(runs: Runs, visit: Open) -> None:
    opened = visit(runs.site)
    page = opened.go(f"/runs/{runs.both}/metrics?{ONE}&x=relative&smooth=50")
    expect(page).to_have_url(re.compile(f"/runs/{runs.both}/system.{ONE}&x=relative&smooth=50$"))
    has_lines(chart(page, "system/cpu_utilization_percentage").locator("canvas"), 200)
    page = opened.go(f"/runs/{runs.both}/metrics?keys=%5B%22system%2F*%22%5D")
    expect(page).to_have_url(re.compile("/system"))
    expect(page.get_by_role("figure").first).to_be_visible()
    page = opened.go(f"/runs/{runs.both}/metrics?{BOTH}")
    for key in ("loss", "system/cpu_utilization_percentage"):
        has_lines(chart(page, key).locator("canvas"), 200)
    expect(page).to_have_url(re.compile("/metrics"))


def test_a_run_without_them_says_how_to_log_them_and_shows_them_as_they_come(
    runs: Runs, visit: Open
) -> None:
    opened = visit(runs.site)
    page = opened.go(f"/runs/{runs.neither}/system")
    expect(page.get_by_text("This run has logged no metric of its computer")).to_be_visible()
    code = page.locator("main pre")
    expect(code).to_contain_text("mlflow.enable_system_metrics_logging()")
    expect(code).to_contain_text(f'mlflow.set_tracking_uri("http://127.0.0.1:{runs.site.port}")')
    expect(page.get_by_role("region", name="Computer", exact=True)).to_have_count(0)
    in_all_looks(opened, "run-system-none")
    opened.look("light", 1440)
    log(runs.site, runs.neither, "system/cpu_utilization_percentage", 40, 30)
    figure = chart(page, "system/cpu_utilization_percentage")
    has_lines(figure.locator("canvas"), 200)
    expect(page.get_by_role("button", name="Live")).to_be_visible()
    last = figure.get_by_text(re.compile("last"))
    before = last.inner_text()
    log(runs.site, runs.neither, "system/cpu_utilization_percentage", 90, 2, first=30)
    expect(last).not_to_have_text(before)
