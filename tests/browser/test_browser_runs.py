"""The runs table: any number of rows, by mouse and by keyboard, and its address says it all."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from browser.conftest import Open, served
from refusals.served import Site

MANY = 450


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
    page = visit(site).go(f"/experiments/{experiment}")
    grid = page.get_by_role("grid", name="Runs")
    grid.get_by_role("gridcell").first.focus()
    for _ in range(40):
        page.keyboard.press("Control+End")
        page.wait_for_timeout(250)
        if grid.get_by_role("link", name="run-000").count():
            break
    expect(grid.get_by_role("link", name="run-000")).to_be_visible()
    expect(grid).to_have_attribute("aria-rowcount", str(MANY + 1))
    expect(page.get_by_text(f"{MANY} runs")).to_be_visible()
    assert grid.get_by_role("row").count() < 80
    assert page.evaluate("document.querySelectorAll('*').length") < 3000


def test_a_grid_is_walked_by_keyboard(table: tuple[Site, str], visit: Open) -> None:
    site, experiment = table
    page = visit(site).go(f"/experiments/{experiment}")
    grid = page.get_by_role("grid", name="Runs")
    assert grid.locator("[tabindex='0']").count() == 1
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
        page.wait_for_timeout(50)
        assert at() == place, key
    page.keyboard.press("x")
    expect(page.get_by_text("1 run selected")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(50)
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
