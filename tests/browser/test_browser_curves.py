"""Metrics of an experiment's runs as curves: those of the table, in groups, live, and many."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, has_lines, keep_screenshot, served, until
from browser.test_browser_chart_lines import saved
from browser.test_browser_charts import asked, chart
from browser.test_browser_pages import LOOKS, offences
from refusals.served import Site

RUNS = 12
STEPS = 30
OPTIMIZERS = ("adam", "sgd", "rmsprop")
MANY = 130
METRICS = ("train/loss", "train/accuracy", "val/loss", "lr")


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str, list[str]]]:
    """A server with an experiment of some runs, its id, and those of the runs."""
    for site in served(tmp_path_factory.mktemp("curves")):
        experiment = site.api("experiments/create", name="team/optimizers")["experiment_id"]
        yield site, experiment, [log_run(site, experiment, i) for i in range(RUNS)]


def log_run(site: Site, experiment: str, i: int, steps: int = STEPS) -> str:
    """Log a run that has ended, and follows from its number."""
    about = {"experiment_id": experiment, "run_name": f"trial {i}", "start_time": i + 1}
    run = site.api("runs/create", **about)["run"]["info"]["run_id"]
    metrics = [
        {"key": key, "value": 1 + i % 3 + i / 10 + 3 / (1 + step), "timestamp": step, "step": step}
        for step in range(steps)
        for key in METRICS
    ]
    params = [{"key": "optimizer", "value": OPTIMIZERS[i % 3]}, {"key": "seed", "value": str(i)}]
    site.api("runs/log-batch", run_id=run, metrics=metrics, params=params)
    site.api("runs/update", run_id=run, status="FINISHED", end_time=100_000)
    return str(run)


def legend(page: Page) -> Locator:
    return page.get_by_role("region", name="Runs").get_by_role("listitem")


def test_the_metrics_of_all_runs_are_drawn(
    trials: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, ids = trials
    opened = visit(site)
    requests = asked(opened.page)
    page = opened.go(f"/experiments/{experiment}")
    page.get_by_role("link", name="Metrics", exact=True).click()
    expect(page).to_have_url(re.compile(f"/experiments/{experiment}/metrics"))
    for metric in ("train/loss", "lr"):
        has_lines(chart(page, metric).locator("canvas").first, 300)
    expect(page.get_by_text("12 runs drawn.")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^train"), level=2)).to_be_visible()
    expect(legend(page)).to_have_text([f"trial {i}" for i in reversed(range(RUNS))])
    # Each metric once, with all runs in one request.
    seen = {"lr", "train/accuracy", "train/loss"}
    until(page, lambda: {key for request in requests for key in request["keys"]} >= seen, True)
    keys = [key for request in requests for key in request["keys"]]
    assert len(keys) == len(set(keys))
    assert all(set(request["run_ids"]) == set(ids) for request in requests)
    for theme, width in LOOKS:
        opened.look(theme, width)
        has_lines(chart(page, "train/loss").locator("canvas").first, 300)
        keep_screenshot(page, f"curves-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []
    opened.look("light", 375)
    keep_screenshot(page, "curves-375")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.get_by_role("link", name="trial 3", exact=True).click()
    expect(page).to_have_url(re.compile(f"/runs/{ids[3]}/metrics"))


def test_filter_groups_and_order_are_those_of_the_table(
    trials: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, _ = trials
    opened = visit(site)
    query = "filter=params.seed%20!%3D%20%270%27&by=params.optimizer&sort=metrics.lr"
    page = opened.go(f"/experiments/{experiment}?{query}")
    page.get_by_role("link", name="Metrics", exact=True).click()
    groups = page.get_by_role("list", name="Groups of runs").get_by_role("listitem")
    expect(groups).to_have_text(["adam3", "rmsprop4", "sgd4"])
    expect(legend(page)).to_have_count(RUNS - 1)
    expect(legend(page).first).to_have_text("trial 3")  # the least lr after trial 0
    lines = list(csv.DictReader(saved(page, "lr", "CSV").splitlines()))
    assert float(lines[0]["adam"]) == pytest.approx(4.6)  # of runs 3, 6 and 9
    for theme, width in LOOKS:
        opened.look(theme, width)
        has_lines(chart(page, "train/loss").locator("canvas").first, 300)
        keep_screenshot(page, f"curves-groups-{theme}-{width}")
        assert offences(page) == []
    page.get_by_role("searchbox", name="Filter").fill("params.optimizer = 'sgd'")
    page.keyboard.press("Enter")
    expect(legend(page)).to_have_count(4)
    page.get_by_role("link", name="Table", exact=True).click()
    expect(page.get_by_role("searchbox", name="Filter")).to_have_value("params.optimizer = 'sgd'")
    expect(page).to_have_url(re.compile(r"(?=.*by=params.optimizer)(?=.*sort=metrics.lr)"))


def test_only_the_selected_runs_are_drawn(trials: tuple[Site, str, list[str]], visit: Open) -> None:
    site, experiment, ids = trials
    page = visit(site).go(f"/experiments/{experiment}?sel={ids[2]},{ids[5]}")
    page.get_by_role("link", name="Metrics", exact=True).click()
    expect(legend(page)).to_have_text(["trial 5", "trial 2"])
    expect(page.get_by_text("Only the 2 runs selected in the table are drawn.")).to_be_visible()
    page.get_by_role("link", name="Charts", exact=True).click()
    expect(page.get_by_role("figure", name=re.compile("^2 runs as lines"))).to_be_visible()
    page.get_by_role("link", name="Metrics", exact=True).click()
    page.get_by_role("button", name="Draw all runs").click()
    expect(legend(page)).to_have_count(RUNS)
    page.get_by_role("link", name="Table", exact=True).click()
    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", str(RUNS + 1))


def test_of_many_runs_the_newest_are_drawn(
    trials: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, _, _ = trials
    experiment = site.api("experiments/create", name="many")["experiment_id"]
    for i in range(MANY):
        log_run(site, experiment, i, steps=2)
    page = visit(site).go(f"/experiments/{experiment}/metrics")
    expect(page.get_by_text(f"The newest 100 of {MANY} runs are drawn")).to_be_visible()
    expect(legend(page)).to_have_count(100)
    expect(legend(page).first).to_have_text(f"trial {MANY - 1}")
    has_lines(chart(page, "train/loss").locator("canvas").first, 1000)


def test_curves_of_runs_that_go_on_grow(trials: tuple[Site, str, list[str]], visit: Open) -> None:
    site, _, _ = trials
    experiment = site.api("experiments/create", name="live")["experiment_id"]

    def begin(name: str) -> str:
        now = int(time.time() * 1000)
        about = {"experiment_id": experiment, "run_name": name, "start_time": now}
        return str(site.api("runs/create", **about)["run"]["info"]["run_id"])

    def log(run: str, step: int) -> None:
        metric = {"key": "loss", "value": step, "timestamp": int(time.time() * 1000), "step": step}
        site.api("runs/log-batch", run_id=run, metrics=[metric])

    first = begin("first")
    log(first, 0)
    opened = visit(site)
    page = opened.go(f"/experiments/{experiment}/metrics")
    said = chart(page, "loss")
    expect(said).to_have_attribute("aria-label", re.compile("first: 1 points"))
    page.wait_for_timeout(1500)  # until the page follows the metrics
    log(first, 1)
    expect(said).to_have_attribute("aria-label", re.compile("first: 2 points"))
    second = begin("second")
    log(second, 5)
    expect(legend(page)).to_have_text(["second", "first"])
    expect(said).to_have_attribute("aria-label", re.compile("second: 1 points from 5"))


def test_without_runs_or_metrics_it_says_so(
    trials: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, _ = trials
    opened = visit(site)
    page = opened.go("/experiments/0/metrics")
    expect(page.get_by_text("There is no run to draw yet")).to_be_visible()
    bare = site.api("experiments/create", name="bare")["experiment_id"]
    site.api("runs/create", experiment_id=bare)
    page = opened.go(f"/experiments/{bare}/metrics")
    expect(page.get_by_text("These runs have logged no metric")).to_be_visible()
    page = opened.go(f"/experiments/{experiment}/metrics?filter=metrics.lr%20%3E%2099")
    page.get_by_role("button", name="Clear the filter").click()
    expect(legend(page)).to_have_count(RUNS)
    opened.expected.append("status of 400")
    page = opened.go(f"/experiments/{experiment}/metrics?filter=metrics.lr%20%3D%3D%3D")
    expect(page.get_by_text("The filter cannot be used.")).to_be_visible()
    until(page, lambda: page.get_by_role("figure").count(), 0)


def lifted(page: Page, metric: str) -> Locator:
    """Return the line that stands out in a chart."""
    found: Locator = chart(page, metric).locator("svg[data-lit]")
    return found


def test_a_run_that_is_pointed_at_stands_out_everywhere(
    trials: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, ids = trials
    opened = visit(site)
    page = opened.go(f"/experiments/{experiment}/metrics")
    has_lines(chart(page, "train/loss").locator("canvas"), 300)
    entry = legend(page).filter(has_text=re.compile("^trial 3$"))
    entry.hover()
    for metric in ("lr", "train/loss"):
        expect(lifted(page, metric)).to_have_attribute("data-lit", "trial 3")
    line = lifted(page, "lr").locator("path")
    expect(line).to_have_attribute("d", re.compile(r"^M([\d.]+ [\d.]+L?){30}$"))
    for theme, width in LOOKS:
        opened.look(theme, width)
        entry.hover()
        expect(lifted(page, "lr")).to_be_visible()
        keep_screenshot(page, f"curves-lit-{theme}-{width}")
        assert offences(page) == []
    path = (line.get_attribute("d") or "")[1:].split("L")
    x, y = (float(part) for part in path[STEPS // 2].split())
    page.get_by_role("heading", level=1).hover()
    expect(page.locator("svg[data-lit]")).to_have_count(0)
    # And back: at the line, the legend and the other charts say which run it is.
    chart(page, "lr").locator(".u-over").hover(position={"x": x, "y": y})
    expect(page.locator("li[data-lit]")).to_have_text("trial 3")
    expect(lifted(page, "train/loss")).to_have_attribute("data-lit", "trial 3")
    page.get_by_role("heading", level=1).hover()
    expect(page.locator("svg[data-lit], li[data-lit]")).to_have_count(0)
    page.get_by_label("Group by").select_option(label="optimizer")
    page.get_by_role("list", name="Groups of runs").get_by_text("sgd").hover()
    expect(lifted(page, "lr")).to_have_attribute("data-lit", "sgd")
    expect(page.locator("li[data-lit]")).to_have_count(RUNS // 3)
    page = opened.go(f"/compare?runs={','.join(ids[:4])}&in={experiment}&tab=charts")
    page.get_by_role("list", name="Runs that are compared").get_by_text("trial 2").hover()
    expect(lifted(page, "lr")).to_have_attribute("data-lit", "trial 2")


def test_a_finger_marks_a_part_of_a_chart(trials: tuple[Site, str, list[str]], visit: Open) -> None:
    site, experiment, _ = trials
    opened = visit(site, width=375)
    page = opened.go(f"/experiments/{experiment}/metrics?keys=%5B%22lr%22%5D")
    over = chart(page, "lr").locator(".u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box
    touch = page.context.new_cdp_session(page)
    y = box["y"] + box["height"] / 2

    def finger(kind: str, *shares: float) -> None:
        for share in shares or (None,):
            point = [] if share is None else [{"x": box["x"] + share * box["width"], "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": point})

    finger("touchStart", 0.5)
    finger("touchEnd")  # a tap only says what is there
    walker = page.get_by_role("slider", name="Chart of lr")
    expect(walker).to_have_attribute("aria-valuetext", re.compile("Step 1[45]: "))
    expect(page).not_to_have_url(re.compile("from="))
    finger("touchStart", 0.2)
    finger("touchMove", 0.3, 0.4, 0.5, 0.6)
    finger("touchEnd")
    expect(page).to_have_url(re.compile(r"from=5\.\d+&to=17\.\d+"))
