"""Comparing runs: chosen in the table, what differs first, one colour for each everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open, calls_of, has_lines, served, until
from browser.test_browser_charts import chart
from refusals.served import Site

MANY = 12
MINUS = "\u2212"


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str, list[str]]]:
    """A server with an experiment of some runs, its id, and theirs, the newest first."""
    for site in served(tmp_path_factory.mktemp("compare")):
        experiment = site.api("experiments/create", name="trials")["experiment_id"]
        ids: list[str] = []
        for i in range(MANY):
            about = {"experiment_id": experiment, "run_name": f"trial {i}", "start_time": i + 1}
            run = site.api("runs/create", **about)["run"]["info"]["run_id"]
            metrics = [
                {"key": "loss", "value": 1 / (1 + step) + i, "timestamp": step, "step": step}
                for step in range(20)
            ]
            metrics += [{"key": f"only{i}", "value": i, "timestamp": 1}]
            params = [
                {"key": "alpha", "value": str(i / 10)},
                {"key": "solver", "value": "saga" if i % 2 else "lbfgs"},
                {"key": "seed", "value": "7"},
            ]
            site.api("runs/log-batch", run_id=run, metrics=metrics, params=params)
            site.api("runs/update", run_id=run, status="FINISHED", end_time=i + 100)
            ids.insert(0, run)
        yield site, experiment, ids


def colours(page: Page) -> list[str]:
    """Return the colours of the runs in the list above all parts."""
    swatches = page.get_by_role("list", name="Runs that are compared").locator(
        "li > span:first-child"
    )
    found: list[str] = swatches.evaluate_all("all => all.map(e => getComputedStyle(e).color)")
    return found


def keys(page: Page) -> list[str]:
    cells = page.get_by_role("grid").locator("[role=gridcell][aria-colindex='1']")
    return [text.strip() for text in cells.all_text_contents()]


def test_runs_chosen_in_the_table_are_compared(
    trials: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, ids = trials
    page = visit(site).go(f"/experiments/{experiment}")
    boxes = page.get_by_role("grid").locator("[role=gridcell] input[type=checkbox]")
    boxes.nth(1).click()
    expect(page.get_by_role("button", name="Compare")).to_be_disabled()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(page.get_by_text("3 runs selected")).to_be_visible()
    page.get_by_role("button", name="Compare").click()

    expect(page).to_have_url(re.compile("/compare"))
    expect(page.get_by_role("heading", name="Compare 3 runs")).to_be_visible()
    listed = page.get_by_role("list", name="Runs that are compared").get_by_role("link")
    expect(listed).to_have_text(["trial 10", "trial 9", "trial 8"])
    assert all(run in page.url for run in ids[1:4])
    page.go_back()
    expect(page.get_by_text("3 runs selected")).to_be_visible()
    page.get_by_role("button", name="Clear selection").click()
    expect(page).not_to_have_url(re.compile("sel="))
    grid = page.get_by_role("grid", name="Runs")
    grid.locator("[tabindex='0']").focus()
    for key in ("x", "ArrowDown", "ArrowDown", "Shift+X", "c"):
        page.keyboard.press(key)
        page.wait_for_timeout(50)
    expect(page.get_by_role("heading", name="Compare 3 runs")).to_be_visible()


def test_what_differs_comes_first_and_alone(
    trials: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, ids = trials
    opened = visit(site)
    asked: list[Any] = []
    opened.page.on("request", lambda request: asked.extend(calls_of(request)))
    page = opened.go(f"/compare?runs={','.join(ids[:3])}&in={experiment}")
    runs = [url for url in asked if "/runs/" in url.partition("/api/")[2]]
    assert {url.rpartition("/")[2] for url in runs} == {"search"}, "none is asked for by itself"
    until(page, lambda: keys(page), ["alpha", "solver", "loss", "only9", "only10", "only11"])
    row = page.get_by_role("row").filter(has_text="loss")
    expect(row.get_by_role("gridcell").nth(2)).to_have_text("11.05")
    expect(row.get_by_role("gridcell").nth(3)).to_have_text(f"10.05{MINUS}1 better")
    page.get_by_role("checkbox", name="Only differences").uncheck()
    expect(page.get_by_role("grid").get_by_text("seed")).to_be_visible()
    until(page, lambda: keys(page).index("seed") > keys(page).index("only11"), True)
    page.get_by_text("Params", exact=True).first.click()
    page.get_by_role("searchbox", name="Find keys").fill("se")
    expect(page.get_by_text("1 of ")).to_be_visible()
    again = visit(site).go(page.url.removeprefix(opened.url))
    until(again, lambda: keys(again), ["seed"])

    page = opened.go(f"/compare?runs={','.join(ids[:3])}&in={experiment}")
    page.get_by_role("button", name="Actions for trial 9").click()
    page.get_by_role("menuitem", name="Compare the others with it").click()
    row = page.get_by_role("row").filter(has_text="loss")
    expect(row.get_by_role("gridcell").nth(3)).to_have_text("11.05+2 worse")
    page.get_by_role("button", name="Actions for trial 11").click()
    page.get_by_role("menuitem", name="Leave it out").click()
    expect(page.get_by_role("heading", name="Compare 2 runs")).to_be_visible()


def test_better_and_worse_are_as_the_experiment_says(
    trials: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, ids = trials
    made = site.api("experiments/create", name="goals")["experiment_id"]
    tag = {"experiment_id": made, "key": "cuvee.goal.loss", "value": "maximize"}
    site.api("experiments/set-experiment-tag", **tag)
    found = []
    for value in (1.0, 3.0, 1.0):
        run = site.api("runs/create", experiment_id=made)["run"]["info"]["run_id"]
        for key in ("loss", "accuracy", "error_rate"):
            site.api("runs/log-metric", run_id=run, key=key, value=value, timestamp=1)
        found.append(run)
    page = visit(site).go(f"/compare?runs={','.join(found)}&in={made}&all=true")
    for key, word in ("loss", "better"), ("accuracy", "better"), ("error_rate", "worse"):
        row = page.get_by_role("row").filter(has_text=key)
        expect(row.get_by_role("gridcell").nth(3)).to_have_text(f"3+2 {word}")
        expect(row.get_by_role("gridcell").nth(4)).to_have_text("1")
    both = visit(site).go(f"/compare?runs={ids[0]},{ids[1]}&in={experiment}")
    row = both.get_by_role("row").filter(has_text="loss")
    expect(row.get_by_role("gridcell").nth(3)).to_contain_text("better")


def test_a_run_has_one_colour_in_every_part(
    trials: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, ids = trials
    page = visit(site).go(f"/compare?runs={','.join(ids[:10])}&in={experiment}")
    known = colours(page)
    assert len(set(known)) == 10
    heads = page.get_by_role("columnheader").locator("span:first-child:not(:only-child)")
    assert (
        heads.evaluate_all("all => all.map(e => getComputedStyle(e).color)")
        == known[: heads.count()]
    )
    page.get_by_role("link", name="Scatter").click()
    dots = page.locator("svg[role=group] circle")
    expect(dots).to_have_count(10)
    until(page, lambda: dots.evaluate_all("all => all.map(e => getComputedStyle(e).fill)"), known)
    page.get_by_role("link", name="Charts").click()
    until(page, lambda: colours(page), known)
    expect(page.get_by_role("figure")).to_have_count(1)
    canvas = chart(page, "loss").locator("canvas")
    has_lines(canvas, 500)
    chart(page, "loss").get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(chart(page, "loss")).to_contain_text("trial 11")


def test_a_metric_is_drawn_against_a_param(
    trials: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, ids = trials
    opened = visit(site)
    page = opened.go(f"/compare?runs={','.join(ids)}&in={experiment}&tab=scatter")
    expect(page.get_by_role("heading", name="loss against alpha")).to_be_visible()
    expect(page.get_by_role("link", name="trial 3: alpha 0.3, loss 3.05")).to_be_visible()
    page.get_by_label("X axis").select_option(label="solver")
    expect(page.get_by_role("link", name="trial 3: solver saga, loss 3.05")).to_be_visible()
    page.get_by_label("X axis").select_option(label="only3")
    expect(page.get_by_text("11 runs without one of these values")).to_be_visible()
    again = visit(site).go(page.url.removeprefix(opened.url))
    expect(again.get_by_role("heading", name="loss against only3")).to_be_visible()
    page.get_by_role("link", name="trial 3: only3").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/runs/{ids[-4]}"))


def test_runs_that_are_not_there_are_named(
    trials: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, _, ids = trials
    opened = visit(site)
    opened.expected.append("status of 404")
    page = opened.go(f"/compare?runs={ids[0]},{ids[1]},{'0' * 32}")
    expect(page.get_by_text("1 run cannot be shown")).to_contain_text("00000000")
    expect(page.get_by_role("columnheader", name="trial 11")).to_be_visible()
    until(page, lambda: "loss" in keys(page), True)
