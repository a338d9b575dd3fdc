"""Many runs in one drawing: parallel axes that choose, scatter, bars and boxes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_plus
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, has_lines, keep_screenshot, served, until
from browser.test_browser_pages import LOOKS, offences
from refusals.served import Site

RUNS = 60
RATES = ("0.001", "0.01", "0.1", "1")
SOLVERS = ("adam", "rmsprop", "sgd")


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str, list[str]]]:
    """A server with a sweep over rates, solvers and depths, its id, and those of its runs."""
    for site in served(tmp_path_factory.mktemp("plots")):
        experiment = site.api("experiments/create", name="sweep")["experiment_id"]
        yield site, experiment, [log_trial(site, experiment, i) for i in range(RUNS)]


def log_trial(site: Site, experiment: str, i: int, *, ends: bool = True) -> str:
    """Log a run of the sweep, which follows from its number."""
    about = {"experiment_id": experiment, "run_name": f"trial {i}", "start_time": i + 1}
    run = site.api("runs/create", **about)["run"]["info"]["run_id"]
    params = {"lr": RATES[i % 4], "solver": SOLVERS[i % 3], "depth": str(2 + i % 7)}
    metrics = [{"key": "loss", "value": i / 10, "timestamp": 1}]
    if i:
        metrics.append({"key": "accuracy", "value": 1 - i / 100, "timestamp": 1})
    listed = [{"key": key, "value": value} for key, value in params.items()]
    site.api("runs/log-batch", run_id=run, params=listed, metrics=metrics)
    if ends:
        site.api("runs/update", run_id=run, status="FINISHED", end_time=i + 100)
    return str(run)


def plot(page: Page) -> Locator:
    """Return the drawing, once all of it is there."""
    figure = page.get_by_role("figure")
    expect(figure).to_have_attribute("aria-busy", "false")
    return figure


def axes(page: Page) -> list[str]:
    heads = page.get_by_role("figure").locator("button[aria-haspopup=menu][title*='drag it']")
    return [text.strip() for text in heads.all_text_contents()]


def axis(page: Page, key: str) -> Locator:
    return page.get_by_role("figure").get_by_role("button", name=key, exact=True)


def strip(page: Page, key: str) -> dict[str, float]:
    """Return where an axis is brushed: its middle, its top and its bottom."""
    box = axis(page, key).locator("xpath=../..").locator("> div").nth(1).bounding_box()
    assert box
    return {"x": box["x"] + box["width"] / 2, "top": box["y"], "tall": box["height"]}


def brush(page: Page, key: str, low: float, high: float) -> None:
    """Drag over a part of an axis; its ends are from 0 at the bottom to 1 at the top."""
    at = strip(page, key)
    page.mouse.move(at["x"], at["top"] + (1 - low) * at["tall"])
    page.mouse.down()
    page.mouse.move(at["x"], at["top"] + (1 - high) * at["tall"], steps=8)
    page.mouse.up()


def test_runs_are_lines_over_params_and_metrics(
    sweep: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, ids = sweep
    opened = visit(site)
    page = opened.go(f"/experiments/{experiment}")
    tall = "(grid) => grid.getBoundingClientRect().height"
    grid = page.get_by_role("grid", name="Runs")
    until(page, lambda: grid.evaluate(tall) > 500, True)  # the tabs leave the table its room
    page.get_by_role("link", name="Charts", exact=True).click()
    expect(page).to_have_url(re.compile(f"/experiments/{experiment}/charts"))
    figure = plot(page)
    has_lines(figure.locator("canvas").first, 2000)
    until(page, lambda: axes(page), ["depth", "lr", "solver", "loss", "accuracy"])
    expect(figure).to_have_attribute("aria-label", re.compile("60 runs as lines over depth, lr"))
    page.get_by_label("Colour").select_option(label="loss")
    expect(page).to_have_url(re.compile("ink=metrics.loss"))
    for theme, width in LOOKS:
        opened.look(theme, width)
        has_lines(plot(page).locator("canvas").first, 1000)
        keep_screenshot(page, f"parallel-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []
    opened.look("light", 375)
    plot(page)
    keep_screenshot(page, "parallel-375")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    walker = page.get_by_role("slider", name="Chart of Params")
    walker.focus()
    page.keyboard.press("ArrowRight")
    said = re.compile(r"trial 59: depth 5, lr 1, solver sgd, loss 5\.9, accuracy 0\.41")
    expect(walker).to_have_attribute("aria-valuetext", said)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/runs/{ids[-1]}"))


def test_what_is_brushed_is_counted_kept_and_in_the_address(
    sweep: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, _ = sweep
    opened = visit(site)
    page = opened.go(f"/experiments/{experiment}/charts")
    plot(page)
    brush(page, "loss", 0.5, 1.02)
    expect(page.get_by_role("status").filter(has_text="30 of 60 runs")).to_be_visible()
    brush(page, "solver", -0.02, 0.6)
    expect(page.get_by_role("status").filter(has_text="20 of 60 runs")).to_be_visible()
    expect(page.get_by_role("checkbox", name="adam")).to_be_checked()
    expect(page.get_by_role("checkbox", name="sgd")).not_to_be_checked()
    again = visit(site).go(page.url.removeprefix(opened.url))
    expect(again.get_by_role("status").filter(has_text="20 of 60 runs")).to_be_visible()
    page.get_by_role("button", name="Keep these 20 only").click()
    expect(page.get_by_role("status").filter(has_text="20 runs")).to_be_visible()
    box = page.get_by_role("searchbox", name="Filter")
    expect(box).to_have_value(
        re.compile(
            r"^params\.solver IN \('adam', 'rmsprop'\) AND metrics\.loss BETWEEN 2\.9\d* AND"
        )
    )
    assert "brush" not in unquote_plus(page.url)
    page.get_by_role("link", name="Table", exact=True).click()
    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", "21")


def test_ranges_and_axes_are_moved_by_keyboard(
    sweep: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, _ = sweep
    page = visit(site).go(f"/experiments/{experiment}/charts")
    plot(page)
    axis(page, "accuracy").focus()
    page.keyboard.press("ArrowLeft")
    until(page, lambda: axes(page), ["depth", "lr", "solver", "accuracy", "loss"])
    axis(page, "lr").press("Enter")
    page.get_by_role("menuitem", name="Move left").press("Enter")
    until(page, lambda: axes(page), ["lr", "depth", "solver", "accuracy", "loss"])
    axis(page, "lr").press("Enter")
    page.get_by_role("menuitem", name="Linear").press("Enter")
    expect(page).to_have_url(re.compile("flip=.*params.lr"))
    axis(page, "loss").press("Enter")
    page.get_by_role("menuitem", name="Choose a range").press("Enter")
    page.get_by_role("textbox", name="Greatest loss").fill("0.95")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="10 of 60 runs")).to_be_visible()
    page.get_by_role("button", name="Drop all ranges").click()
    expect(page.get_by_role("status").filter(has_text="60 runs")).to_be_visible()
    axis(page, "depth").press("Enter")
    page.get_by_role("menuitem", name="Remove the axis").press("Enter")
    until(page, lambda: axes(page), ["lr", "solver", "accuracy", "loss"])
    page.get_by_label("Add an axis").select_option(label="depth")
    until(page, lambda: axes(page), ["lr", "solver", "accuracy", "loss", "depth"])


def test_an_axis_is_dragged_to_another_place(
    sweep: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, _ = sweep
    page = visit(site).go(f"/experiments/{experiment}/charts")
    plot(page)
    head, to = axis(page, "loss").bounding_box(), strip(page, "lr")
    assert head
    page.mouse.move(head["x"] + head["width"] / 2, head["y"] + head["height"] / 2)
    page.mouse.down()
    page.mouse.move(to["x"], head["y"] + 5, steps=6)
    page.mouse.up()
    until(page, lambda: axes(page), ["depth", "loss", "lr", "solver", "accuracy"])


def test_compared_runs_are_lines_too(sweep: tuple[Site, str, list[str]], visit: Open) -> None:
    site, experiment, ids = sweep
    page = visit(site).go(f"/compare?runs={','.join(ids[:12])}&in={experiment}")
    page.get_by_role("link", name="Parallel").click()
    has_lines(plot(page).locator("canvas").first, 1000)
    brush(page, "loss", 0.52, 1.02)
    page.get_by_role("button", name="Keep these 6 only").click()
    expect(page.get_by_role("heading", name="Compare 6 runs")).to_be_visible()


def saved(page: Page, kind: str) -> str:
    page.get_by_role("figure").get_by_role("button", name="Save the chart").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name=f"Save as {kind}").click()
    return Path(waiting.value.path()).read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "title", "said", "rows"),
    [
        ("Scatter", "accuracy against depth", "trial 59: depth 5, accuracy 0.41", RUNS - 1),
        ("Bars", "Last accuracy of each run", "trial 1: accuracy 0.99", RUNS - 1),
        ("Boxes", "accuracy by depth", "depth 2: 8 runs, least 0.44", 7),
    ],
)
def test_other_plots_say_what_they_show(
    sweep: tuple[Site, str, list[str]], visit: Open, name: str, title: str, said: str, rows: int
) -> None:
    site, experiment, _ = sweep
    opened = visit(site)
    page = opened.go(f"/experiments/{experiment}/charts")
    page.get_by_text(name, exact=True).click()
    page.get_by_label("Y axis").select_option(label="accuracy")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    figure = plot(page)
    has_lines(figure.locator("canvas").first, 300)
    expect(page.get_by_text("1 run without one of these values is left out.")).to_be_visible()
    walker = page.get_by_role("slider", name=f"Chart of {title}")
    walker.focus()
    page.keyboard.press("ArrowRight")
    expect(walker).to_have_attribute("aria-valuetext", re.compile(said))
    for theme, width in LOOKS:
        opened.look(theme, width)
        has_lines(plot(page).locator("canvas").first, 200)
        keep_screenshot(page, f"plot-{name.lower()}-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []
    drawing = ET.fromstring(saved(page, "SVG"))  # noqa: S314  # the page is ours
    assert len(list(drawing.iter())) > rows
    assert len(list(csv.reader(saved(page, "CSV").splitlines()))) == rows + 1
    page.get_by_role("button", name="as a table").click()
    expect(page.get_by_role("table", name=title).get_by_role("row")).to_have_count(rows + 1)


def test_a_metric_is_drawn_between_the_runs(
    sweep: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, ids = sweep
    opened = visit(site)
    page = opened.go(f"/experiments/{experiment}/charts")
    page.get_by_text("Contour", exact=True).click()
    expect(page).to_have_url(re.compile("plot=contour"))
    expect(page.get_by_role("heading", name="loss over lr and depth")).to_be_visible()
    page.get_by_label("Colour").select_option(label="accuracy")
    page.get_by_label("X axis").select_option(label="loss")
    page.get_by_label("Y axis").select_option(label="depth")
    title = "accuracy over depth and loss"
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    figure = plot(page)
    # All of the plane has a colour, not only where a run is.
    has_lines(figure.locator("canvas").first, 100_000)
    expect(page.get_by_text("1 run without one of these values is left out.")).to_be_visible()
    for theme, width in LOOKS:
        opened.look(theme, width)
        has_lines(plot(page).locator("canvas").first, 100_000)
        keep_screenshot(page, f"plot-contour-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []
    drawing = ET.fromstring(saved(page, "SVG"))  # noqa: S314  # the page is ours
    lines = [p.get("d") or "" for p in drawing.iter("{http://www.w3.org/2000/svg}path")]
    assert any(d.count("M") > 20 for d in lines)  # a level is a line of many pieces
    assert len(list(csv.reader(saved(page, "CSV").splitlines()))) == RUNS
    walker = page.get_by_role("slider", name=f"Chart of {title}")
    walker.focus()
    page.keyboard.press("ArrowRight")
    said = re.compile(r"trial 59: loss 5\.9, depth 5, accuracy 0\.41")
    expect(walker).to_have_attribute("aria-valuetext", said)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/runs/{ids[-1]}"))


def test_an_experiment_without_runs_says_so(visit: Open, empty: Site) -> None:
    page = visit(empty).go("/experiments/0/charts")
    expect(page.get_by_text("There is no run to draw yet")).to_be_visible()


def test_a_filter_that_cannot_be_used_says_why(
    sweep: tuple[Site, str, list[str]], visit: Open
) -> None:
    site, experiment, _ = sweep
    opened = visit(site)
    opened.expected.append("status of 400")
    page = opened.go(f"/experiments/{experiment}/charts?filter=metrics.loss%20%3D%3D%3D")
    expect(page.get_by_text("The filter cannot be used.")).to_be_visible()
    page = opened.go(f"/experiments/{experiment}/charts?filter=metrics.loss%20%3E%2099")
    expect(page.get_by_text("No run fits this filter")).to_be_visible()
    page.get_by_role("button", name="Clear the filter").click()
    has_lines(plot(page).locator("canvas").first, 2000)
