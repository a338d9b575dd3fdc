"""Charts of metrics: drawn from the server's buckets, zoomed, followed, read, and found."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from browser import seeds
from browser.conftest import Open, has_lines, keep_screenshot, served, until
from browser.test_browser_pages import LOOKS, offences
from refusals.served import Site

POINTS = 2000
SERIES = "/api/1.0/cuvee/metrics/series"
MANY = 20_000


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A server with a run that has histories and goes on, and the run's id."""
    for site in served(tmp_path_factory.mktemp("charts")):
        yield site, seeds.log_histories(site, POINTS)


def asked(page: Page) -> list[dict[str, Any]]:
    """Return what the page asks for from now on."""
    found: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.url.endswith(SERIES):
            assert request.headers["accept"] == "application/vnd.cuvee.chart"
            found.append(request.post_data_json or {})

    page.on("request", note)
    return found


def chart(page: Page, metric: str) -> Any:
    return page.get_by_role("figure").filter(has=page.get_by_role("heading", name=metric))


def test_each_metric_has_a_chart(charts: tuple[Site, str], visit: Open) -> None:
    site, run = charts
    opened = visit(site)
    requests = asked(opened.page)
    page = opened.go(f"/runs/{run}/metrics")

    expect(page.get_by_role("listbox", name="Metrics").get_by_role("option")).to_have_count(11)
    for metric in ("lr", "grad/norm"):
        has_lines(chart(page, metric).locator("canvas"), 200)
    expect(chart(page, "grad/norm")).to_contain_text("1 NaN")
    expect(chart(page, "grad/norm")).to_contain_text("1 infinite")
    assert {key for request in requests for key in request["keys"]} >= {"lr", "score", "grad/norm"}
    assert all(100 <= request["points"] <= 1000 for request in requests)
    for theme, width in LOOKS:
        opened.look(theme, width)
        expect(chart(page, "lr").locator("canvas")).to_be_visible()
        keep_screenshot(page, f"charts-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []


def test_what_is_marked_is_read_again_in_full(charts: tuple[Site, str], visit: Open) -> None:
    site, run = charts
    opened = visit(site)
    page = opened.go(f"/runs/{run}/metrics?keys=%5B%22train/loss%22%5D")
    box = chart(page, "train/loss").locator(".u-over").bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, y, steps=5)
    with page.expect_request(lambda request: request.url.endswith(SERIES)) as asked_again:
        page.mouse.up()

    request = asked_again.value.post_data_json or {}
    assert 900 < request["start"] < 1000
    assert 1200 < request["end"] < 1300
    expect(page).to_have_url(re.compile(r"from=\d+.*to=1[12]\d\d"))
    chart(page, "train/loss").get_by_role("button", name="as a table").click()
    rows = page.get_by_role("table", name="train/loss").get_by_role("row")
    expect(rows.nth(200)).to_be_attached()
    until(page, lambda: rows.count() < 250, True)  # point by point, no more than is shown
    expect(page.get_by_role("columnheader", name="value")).to_be_visible()
    again = visit(site).go(page.url.removeprefix(opened.url))
    expect(again.get_by_role("button", name="Show all of x").first).to_be_visible()
    page.get_by_role("button", name="Show all of x").first.click()
    expect(page).not_to_have_url(re.compile("from="))
    page.go_back()
    expect(page).to_have_url(re.compile("from="))


def test_a_chart_is_walked_and_zoomed_by_keyboard(charts: tuple[Site, str], visit: Open) -> None:
    site, run = charts
    page = visit(site).go(f"/runs/{run}/metrics?keys=%5B%22lr%22%5D&x=relative")
    walker = page.get_by_role("slider", name="Chart of lr")
    walker.focus()
    page.keyboard.press("ArrowRight")
    expect(walker).to_have_attribute("aria-valuetext", re.compile("After .*: 0.00099"))
    page.keyboard.press("End")
    expect(walker).to_have_attribute("aria-valuetext", re.compile("After .* min .*: 0.0001"))
    page.keyboard.press("Escape")
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile("from=.*to="))
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("from="))


def test_a_chart_is_enlarged_zoomed_and_put_back(charts: tuple[Site, str], visit: Open) -> None:
    site, run = charts
    opened = visit(site)
    page = opened.go(f"/runs/{run}/metrics?keys=%5B%22train/loss%22%5D")
    before = page.locator("figure canvas").bounding_box()
    page.get_by_role("button", name="Enlarge the chart of train/loss").click()
    dialog = page.get_by_role("dialog", name="train/loss")
    has_lines(dialog.locator("canvas"), 500)
    after = dialog.locator("canvas").bounding_box()
    assert before
    assert after
    assert after["width"] > 1300
    assert after["height"] > 1.5 * before["height"]
    for theme, width in LOOKS:
        opened.look(theme, width)
        has_lines(dialog.locator("canvas"), 500)
        keep_screenshot(page, f"chart-big-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []
    expect(dialog.get_by_role("slider")).to_be_focused()
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile("from=.*to="))
    dialog.get_by_role("button", name="as a table").click()
    expect(dialog.get_by_role("table", name="train/loss")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Enlarge the chart of train/loss")).to_be_focused()
    expect(page.get_by_role("button", name="Show all of x").first).to_be_visible()


def test_axes_and_smoothing_stand_in_the_address(charts: tuple[Site, str], visit: Open) -> None:
    site, run = charts
    opened = visit(site)
    page = opened.go(f"/runs/{run}/metrics?keys=%5B%22train/loss%22%5D")
    page.get_by_text("Wall time").click()
    page.get_by_role("button", name="Log y").click()
    page.get_by_role("slider", name="Smoothing").fill("60")
    expect(page).to_have_url(re.compile(r"(?=.*x=time)(?=.*log=y)(?=.*smooth=60)"))
    again = visit(site).go(page.url.removeprefix(opened.url))
    expect(again.get_by_role("radio", name="Wall time")).to_be_checked()
    expect(again.get_by_role("button", name="Log y")).to_have_attribute("aria-pressed", "true")
    again.get_by_role("button", name="As tables").click()
    heads = again.get_by_role("table", name="train/loss").get_by_role("columnheader")
    expect(heads).to_have_text(["Time", "mean", "least", "greatest", "smoothed"])


def test_a_run_that_goes_on_is_followed(charts: tuple[Site, str], visit: Open) -> None:
    site, _ = charts
    about = {"experiment_id": "0", "run_name": "goes on", "start_time": int(time.time() * 1000)}
    run = site.api("runs/create", **about)["run"]["info"]["run_id"]

    def log(key: str, value: object, step: int) -> None:
        stamp = int(time.time() * 1000)
        metrics = [{"key": key, "value": value, "timestamp": stamp, "step": step}]
        site.api("runs/log-batch", run_id=run, metrics=metrics)

    page = visit(site).go(f"/runs/{run}/metrics")
    expect(page.get_by_text("This run has logged no metric.")).to_be_visible()
    page.wait_for_timeout(1500)
    log("loss", 5, 0)
    expect(chart(page, "loss")).to_contain_text("last 5")
    for step in range(1, 4):
        log("loss", 5 - step, step)
        expect(chart(page, "loss")).to_contain_text(f"last {5 - step}")
    log("loss", "NaN", 4)
    expect(chart(page, "loss")).to_contain_text("1 NaN")
    log("accuracy", 0.5, 4)
    expect(chart(page, "accuracy")).to_contain_text("last 0.5")
    page.get_by_role("button", name="Live").click()
    page.wait_for_timeout(500)
    log("loss", 42, 5)
    page.wait_for_timeout(1500)
    expect(chart(page, "loss")).not_to_contain_text("42")
    page.get_by_role("button", name="Paused").click()
    expect(chart(page, "loss")).to_contain_text("last 42")
    site.api("runs/update", run_id=run, status="FINISHED", end_time=int(time.time() * 1000))
    expect(page.get_by_text("Finished")).to_be_visible()
    expect(page.get_by_role("button", name="Live")).to_have_count(0)


def test_twenty_thousand_metrics_are_found_and_chosen(
    charts: tuple[Site, str], visit: Open
) -> None:
    site, _ = charts
    run = seeds.log_many_keys(site, MANY)
    opened = visit(site)
    requests = asked(opened.page)
    page = opened.go(f"/runs/{run}/metrics")
    expect(chart(page, "layer0/m0").locator("canvas")).to_be_visible()
    assert len(requests) <= 20
    until(page, lambda: page.evaluate("document.querySelectorAll('*').length") < 1500, True)
    index = page.get_by_role("listbox", name="Metrics")
    index.focus()
    page.keyboard.press("End")
    expect(index.get_by_role("option", name="m19999")).to_be_visible()
    page.keyboard.press("Space")
    expect(chart(page, "layer199/m19999").locator("canvas")).to_be_visible()
    expect(page.get_by_role("figure")).to_have_count(1)
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("searchbox").fill("layer77/")
    expect(page.get_by_text("100 of 20\u2009000 metrics")).to_be_visible()
    expect(chart(page, "layer77/m7700").locator("canvas")).to_be_visible()
    index.get_by_role("option", name="layer77").click()
    expect(page).to_have_url(re.compile("keys=.*layer77"))
    again = visit(site).go(page.url.removeprefix(opened.url))
    expect(chart(again, "layer77/m7700").locator("canvas")).to_be_visible()
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.get_by_text("No metric has “nothing like it” in its key")).to_be_visible()


def test_points_that_cannot_be_read_say_why(charts: tuple[Site, str], visit: Open) -> None:
    site, _ = charts
    run = seeds.log_many_keys(site, 1)
    opened = visit(site)
    opened.expected.append("status of 404")
    opened.page.route(f"**{SERIES}", lambda route: route.continue_(url=route.request.url + "/x"))
    page = opened.go(f"/runs/{run}/metrics")
    expect(page.get_by_role("alert")).to_contain_text("The points could not be read.")
    opened.page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(chart(page, "layer0/m0").locator("canvas")).to_be_visible()
