"""The list of experiments: thousands of them, each reached without a click."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Locator, expect

from browser import timing
from browser.conftest import Open, keep_screenshot, served, until
from browser.test_browser_pages import LOOKS, offences
from cuvee.api.experiments import CreateExperiment, ExperimentTag
from cuvee.store.sql import SqlStore
from refusals.served import Site

MANY = 5000
DAY = 24 * 60 * 60 * 1000
PER_KEY = 0.1  # seconds that a key in the filter, or a frame of scrolling, may take
SEARCHED = """(text) => new Promise((done) => {
  const box = document.querySelector("input[type=search]");
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  const grid = document.querySelector("[role=grid]");
  const begin = performance.now();
  set.call(box, text);
  box.dispatchEvent(new Event("input", {bubbles: true}));
  const look = () => {
    const found = [...grid.querySelectorAll("a")].map((one) => one.textContent);
    if (found.length === 1 && found[0].endsWith(text)) done((performance.now() - begin) / 1000);
    else requestAnimationFrame(look);
  };
  look();
})"""
"""Puts a text into the filter as a key does; the seconds until only its experiment is there."""
LEFT = """() => {
  const key = new KeyboardEvent("keydown", {key: "End", ctrlKey: true, bubbles: true});
  document.activeElement.dispatchEvent(key);
  document.querySelector("input[type=search]").focus();
}"""
"""Goes to the last row by a key, and to the filter before that row can be drawn."""
LONG = "team/" + "a rather long name of an experiment " * 5


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("experiments")
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")

    def make(i: int) -> None:
        tags = [ExperimentTag(f"tag {k}", "value " * 5) for k in range(3)] if i == 7 else []
        store.do(CreateExperiment(name=LONG if i == 7 else f"team {i % 9}/{i:04}", tags=tags))

    with ThreadPoolExecutor(64) as many:  # so that one commit takes many
        list(many.map(make, range(MANY - 1)))
    store.close()
    yield from served(folder)


def test_every_experiment_is_reached_and_found(site: Site, visit: Open) -> None:
    page = visit(site).go("/experiments")
    grid = page.get_by_role("grid", name="Experiments")
    expect(grid).to_have_attribute("aria-rowcount", str(MANY + 1))
    expect(page.get_by_role("status").filter(has_text="5\u2009000")).to_be_visible()
    asked: list[int] = []
    page.on(
        "request",
        lambda r: (
            asked.append((r.post_data_json or {})["offset"])
            if r.url.endswith("experiments/search")
            else None
        ),
    )
    grid.get_by_role("gridcell").first.focus()
    page.keyboard.press("Control+End")
    expect(grid.get_by_role("link", name="Default", exact=True)).to_be_visible()
    until(page, lambda: page.evaluate("document.querySelectorAll('*').length") < 1500, True)
    assert set(asked) <= {0, 4800}, "what lies between is not read"
    page.keyboard.press("/")
    page.keyboard.type("/0042")
    expect(grid.get_by_role("link")).to_have_text(["team 6/0042"])
    expect(grid).to_have_attribute("aria-rowcount", "2")
    grid.get_by_role("gridcell").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="team 6/0042")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("/0042")


def test_a_row_on_its_way_does_not_take_the_focus_from_the_filter(site: Site, visit: Open) -> None:
    page = visit(site).go("/experiments")
    grid = page.get_by_role("grid", name="Experiments")
    filter_ = page.get_by_role("searchbox")
    grid.get_by_role("gridcell").first.focus()
    page.evaluate(LEFT)
    expect(grid.get_by_role("link", name="Default", exact=True)).to_be_visible()
    page.keyboard.type("/0042")
    expect(filter_).to_be_focused()
    expect(grid.get_by_role("link")).to_have_text(["team 6/0042"])
    expect(filter_).to_have_value("/0042")


def test_long_names_and_tags_keep_their_place(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go("/experiments?q=rather")
    grid = page.get_by_role("grid")
    expect(grid.get_by_role("link")).to_have_count(1)
    for theme, width in [*LOOKS, ("light", 375)]:
        opened.look(theme, width)
        if width > 375:
            until(page, lambda: grid.evaluate("e => e.scrollWidth - e.clientWidth"), 0)
        keep_screenshot(page, f"experiments-long-{theme}-{width}")
        until(page, lambda: page.evaluate("document.documentElement.scrollWidth"), width)
        assert offences(page) == []


def test_folders_tags_and_the_archive_narrow_the_list(site: Site, visit: Open) -> None:
    made = site.api("experiments/create", name="cellar/reds/old", tags=[
        {"key": "grape", "value": "merlot"}])["experiment_id"]  # fmt: skip
    site.api(
        "experiments/create", name="cellar/whites", tags=[{"key": "grape", "value": "riesling"}]
    )
    page = visit(site).go("/experiments?q=cellar")
    grid = page.get_by_role("grid", name="Experiments")
    expect(grid.get_by_role("link")).to_have_text(["cellar/whites", "cellar/reds/old"])
    grid.get_by_role("button", name="grape: merlot").click()
    expect(grid.get_by_role("link")).to_have_text(["cellar/reds/old"])
    page.get_by_role("button", name="Also without grape: merlot").click()
    expect(grid.get_by_role("link")).to_have_count(2)
    page.get_by_role("searchbox").fill("")
    expect(grid).to_have_attribute("aria-rowcount", str(MANY + 3))
    grid.get_by_role("button", name="cellar/", exact=True).click()
    expect(grid.get_by_role("link")).to_have_text(["cellar/whites", "cellar/reds/old"])
    again = visit(site).go("/experiments?" + page.url.partition("?")[2])
    expect(again.get_by_role("button", name="Leave cellar/")).to_be_visible()
    expect(again.get_by_role("grid").get_by_role("link")).to_have_count(2)
    site.api("experiments/delete", experiment_id=made)
    expect(grid.get_by_role("link")).to_have_text(["cellar/whites"])
    page.locator("label").filter(has_text="Archived").click()
    expect(grid.get_by_role("link")).to_have_text(["cellar/reds/old"])
    opened = visit(site)
    shown = opened.go("/experiments?view=archived&folder=cellar")
    expect(shown.get_by_role("grid").get_by_role("link")).to_have_count(1)
    for theme, width in [*LOOKS, ("light", 375)]:
        opened.look(theme, width)
        keep_screenshot(shown, f"experiments-archived-{theme}-{width}")
        until(shown, lambda: shown.evaluate("document.documentElement.scrollWidth"), width)
        assert offences(shown) == []
    grid.get_by_role("button", name="Restore cellar/reds/old").click()
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    expect(page.get_by_text("cellar/reds/old was restored.")).to_be_visible()
    expect(page.get_by_text("No experiment fits")).to_be_visible()
    page.locator("label").filter(has_text="Active").click()
    expect(grid.get_by_role("link")).to_have_text(["cellar/reds/old", "cellar/whites"])


def test_what_goes_on_in_experiments_is_seen_and_stays_true(site: Site, visit: Open) -> None:
    site.api("experiments/create", name="going/calm")
    busy = site.api("experiments/create", name="going/busy")["experiment_id"]
    now = int(time.time() * 1000)

    def begin(at: int) -> str:
        run = site.api("runs/create", experiment_id=busy, start_time=at)["run"]
        return str(run["info"]["run_id"])

    runs = [begin(now - 40 * DAY), begin(now - 3 * DAY), begin(now)]
    for run in runs[:2]:
        site.api("runs/update", run_id=run, status="FINISHED")
    opened = visit(site)
    page = opened.go("/experiments?q=going/")
    grid = page.get_by_role("grid", name="Experiments")

    def row(name: str) -> Locator:
        return grid.get_by_role("row").filter(has=page.get_by_role("link", name=name))

    expect(row("busy")).to_contain_text("31 running")
    expect(row("busy").get_by_role("img", name="2 runs began in the last 14 days")).to_be_visible()
    expect(row("busy").locator("[data-runs]")).to_have_count(2)
    expect(row("calm").get_by_role("gridcell").nth(1)).to_have_text("0")
    expect(row("calm").get_by_role("gridcell").nth(3)).to_have_text("\u2013")
    for theme, width in [*LOOKS, ("light", 375)]:
        opened.look(theme, width)
        if width > 375:  # where a table scrolls sideways
            until(page, lambda: grid.evaluate("e => e.scrollWidth - e.clientWidth"), 0)
        keep_screenshot(page, f"experiments-going-{theme}-{width}")
        assert offences(page) == []
    begin(now)
    expect(row("busy")).to_contain_text("42 running")
    site.api("runs/update", run_id=runs[2], status="FINISHED")
    expect(row("busy")).to_contain_text("41 running")


def test_the_best_of_a_pinned_metric_stands_beside_each_experiment(site: Site, visit: Open) -> None:
    def logged(name: str, goal: str, *values: float) -> None:
        tags = [{"key": "cuvee.goal.score", "value": goal}] if goal else []
        made = site.api("experiments/create", name=f"best/{name}", tags=tags)["experiment_id"]
        for place, value in enumerate(values):
            about = {"experiment_id": made, "run_name": f"run {place}", "start_time": place}
            run = site.api("runs/create", **about)["run"]["info"]["run_id"]
            site.api("runs/log-metric", run_id=run, key="score", value=value, timestamp=1)

    logged("more", "", 0.25, 0.75, 0.5)
    logged("less", "minimize", 0.25, 0.75, 0.5)
    logged("without", "")
    opened = visit(site)
    page = opened.go("/experiments?q=best/")
    grid = page.get_by_role("grid", name="Experiments")
    box = page.get_by_label("Best of")
    expect(grid.get_by_role("columnheader", name="Best")).to_have_count(0)
    box.focus()
    expect(page.locator("datalist option[value=score]")).to_have_count(1)
    box.fill("score")  # one that is offered counts at once
    expect(grid.get_by_role("columnheader", name="Best score")).to_be_visible()
    expect(page).to_have_url(re.compile("metric=score"))

    def row(name: str) -> Locator:
        return grid.get_by_role("row").filter(has=page.get_by_role("link", name=f"best/{name}"))

    expect(row("more").get_by_role("gridcell").nth(1)).to_have_text("0.75")
    expect(row("less").get_by_role("gridcell").nth(1)).to_have_text("0.25")
    expect(row("without").get_by_role("gridcell").nth(1)).to_have_text("\u2013")
    title = "score of run 0: 0.25, the least of all runs"
    expect(row("less").get_by_role("link", name="0.25")).to_have_attribute("title", title)
    for theme, width in [*LOOKS, ("light", 375)]:
        opened.look(theme, width)
        if width > 375:
            until(page, lambda: grid.evaluate("e => e.scrollWidth - e.clientWidth"), 0)
        keep_screenshot(page, f"experiments-best-{theme}-{width}")
        until(page, lambda: page.evaluate("document.documentElement.scrollWidth"), width)
        assert offences(page) == []
    opened.look("light", 1440)
    row("more").get_by_role("link", name="0.75").click()
    expect(page.get_by_role("heading", name="run 1", level=1)).to_be_visible()

    opened.go("/experiments?q=best/")  # this browser remembers it
    expect(page).to_have_url(re.compile("metric=score"))
    expect(row("more").get_by_role("gridcell").nth(1)).to_have_text("0.75")
    page.get_by_role("button", name="Unpin score").click()
    expect(grid.get_by_role("columnheader", name="Best")).to_have_count(0)
    opened.go("/experiments?q=best/")
    expect(row("more")).to_be_visible()
    expect(grid.get_by_role("columnheader", name="Best")).to_have_count(0)


def test_only_what_is_on_screen_is_asked_about(site: Site, visit: Open) -> None:
    opened = visit(site)
    asked: list[list[str]] = []
    opened.page.on(
        "request",
        lambda r: (
            asked.append((r.post_data_json or {})["experiment_ids"])
            if r.url.endswith("experiments/overview")
            else None
        ),
    )
    page = opened.go("/experiments")
    grid = page.get_by_role("grid", name="Experiments")
    expect(grid.get_by_role("gridcell").nth(1)).to_have_text(re.compile("[0-9]"))
    grid.get_by_role("gridcell").first.focus()
    page.keyboard.press("Control+End")
    last = grid.get_by_role("row").filter(has=page.get_by_role("link", name="Default", exact=True))
    expect(last.get_by_role("gridcell").nth(1)).to_have_text("0")
    assert sum(len(ids) for ids in asked) <= 200
    assert all(len(ids) <= 50 for ids in asked)


def test_5_000_experiments_are_filtered_and_scrolled_within_100_ms(site: Site, visit: Open) -> None:
    page = visit(site).go("/experiments")
    grid = page.get_by_role("grid", name="Experiments")
    expect(grid.get_by_role("link").nth(5)).to_be_visible()
    numbers = iter(range(1000, MANY, 123))

    def typed() -> float:
        return float(page.evaluate(SEARCHED, f"/{next(numbers)}"))

    assert timing.against(lambda: timing.worked(page), timing.QUIET, typed) < PER_KEY
    page.get_by_role("searchbox").fill("")
    expect(grid.get_by_role("link").nth(5)).to_be_visible()
    rounds = []

    def slowest() -> float:
        rounds.append(timing.scrolled(page, 3, 1500))
        return rounds[-1]["most"] / 1000

    assert timing.against(lambda: timing.worked(page), timing.QUIET, slowest) < PER_KEY
    assert min(found["at"] for found in rounds) > 2000, "it has come far"
