"""Confusion matrices of runs among the charts of their experiment."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from browser import corpus
from browser.conftest import Open, calls_of, has_lines, served
from browser.test_browser_cards import add, card, shows
from browser.test_browser_confusion import COUNTS, LABELS, matrix
from browser.test_browser_pages import in_all_looks
from refusals.served import Site

FILE = "evaluation/confusion.json"
MANY = 60


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server."""
    yield from served(tmp_path_factory.mktemp("matrices"))


def new_runs(site: Site, name: str, files: dict[str, dict[str, bytes]]) -> str:
    """Make an experiment with runs that have a metric and files; return its path."""
    experiment = site.api("experiments/create", name=name)["experiment_id"]
    for i, (run, having) in enumerate(files.items()):
        about = {"experiment_id": experiment, "start_time": i + 1}
        run_id = corpus.new_run(site, run, having, **about)
        metrics = [{"key": "f1", "value": i, "timestamp": 1, "step": step} for step in (0, 1)]
        site.api("runs/log-batch", run_id=run_id, metrics=metrics)
        site.api("runs/update", run_id=run_id, status="FINISHED", end_time=i + 9)
    return f"/experiments/{experiment}/metrics"


@pytest.fixture(scope="module")
def evaluated(site: Site) -> str:
    """The path of an experiment in which two of four runs have a matrix, and one an image."""
    drawn = {"plots/confusion_matrix.png": corpus.png(), "plots/loss.png": corpus.png()}
    return new_runs(site, "evaluated", {
        "plain": {"notes.json": b'{"a": 1}'},
        "drawn": drawn | {FILE: b'{"labels": ["a"], "matrix": "none"}'},
        "first": matrix(COUNTS[0]),
        "second": matrix(COUNTS[1]),
    })  # fmt: skip


def matrices(page: Page) -> Locator:
    return card(page, FILE).get_by_role("figure")


def test_the_matrices_of_the_runs_are_a_card(site: Site, evaluated: str, visit: Open) -> None:
    opened = visit(site)
    page = opened.go(evaluated)
    add(page, "Confusion matrix of the runs")
    dialog = page.get_by_role("dialog")
    # What is called one comes first, and what is none is not there.
    expect(dialog.get_by_role("listitem").get_by_role("button")).to_have_text(
        [
            FILE,
            "evaluation/confusion_many.json",
            "evaluation/table.csv",
            "plots/confusion_matrix.png",
        ]
    )


def test_a_matrix_is_drawn_of_each_run_and_switched_to_shares(
    site: Site, evaluated: str, visit: Open
) -> None:
    opened = visit(site)
    asked: list[str] = []
    opened.page.on("request", lambda request: asked.extend(calls_of(request)))
    page = opened.go(f'{evaluated}?cards=[{{"matrix":"{FILE}"}}]')
    expect(matrices(page)).to_have_count(2)
    assert sum("/runs/texts" in url for url in asked) == 1, "one call for all runs"
    for i, name in enumerate(("second", "first")):
        expect(matrices(page).nth(i).get_by_role("heading")).to_have_text(name)
        expect(matrices(page).nth(i)).to_have_attribute("aria-busy", "false")
        has_lines(matrices(page).nth(i).locator("canvas").first, 1000)
    shown = card(page, FILE)
    expect(shown.get_by_text("accuracy 88 % of 150")).to_be_visible()
    expect(shown.get_by_text("accuracy 97.3 % of 150")).to_be_visible()
    expect(shown.get_by_role("listitem").filter(has_text="drawn")).to_contain_text("no confusion")
    expect(shown).to_contain_text("3 of 4 runs have it.")
    walker = shown.get_by_role("slider", name="Chart of first")
    walker.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    said = f"versicolor as {LABELS[2]}: count 3, 6 % of all versicolor"
    expect(walker).to_have_attribute("aria-valuetext", said)
    in_all_looks(opened, "cards-matrix")
    opened.look("light", 1440)
    shown.get_by_role("radio", name="Shares").check(force=True)
    expect(page).to_have_url(re.compile("shares.*true"))
    again = visit(site).go(page.url.removeprefix(opened.url))
    expect(card(again, FILE).get_by_role("radio", name="Shares")).to_be_checked()
    expect(matrices(again)).to_have_count(2)
    shown.get_by_role("link", name="accuracy 88 % of 150").click()
    expect(page).to_have_url(re.compile(r"/artifacts\?path=evaluation%2Fconfusion.json"))


def test_a_matrix_is_of_the_runs_that_are_shown_and_an_image_stays_one(
    site: Site, evaluated: str, visit: Open
) -> None:
    opened = visit(site)
    page = opened.go(f"{evaluated}?filter=run_name%20%3D%20'first'")
    add(page, "Confusion matrix of the runs")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=FILE).click()
    expect(dialog).to_have_count(0)
    expect(matrices(page)).to_have_count(1)
    expect(matrices(page).get_by_role("heading")).to_have_text("first")
    page = opened.go(f"{evaluated}?filter=run_name%20%3D%20'drawn'")
    add(page, "Confusion matrix of the runs")
    picture = dialog.get_by_role("listitem")
    expect(picture).to_have_count(1)
    expect(picture).to_contain_text("an image, 1 run")
    picture.get_by_role("button", name="plots/confusion_matrix.png").click()
    picked = card(page, "plots/confusion_matrix.png")
    shows(picked.get_by_role("img"), ["plots/confusion_matrix.png of drawn"])
    page = opened.go(f"{evaluated}?filter=run_name%20%3D%20'plain'")
    add(page, "Confusion matrix of the runs")
    expect(dialog).to_contain_text("None of these runs has logged a confusion matrix.")
    expect(dialog.locator("pre")).to_contain_text('cuvee.log_dict(counts, "confusion.json")')
    in_all_looks(opened, "cards-matrix-none")


def test_of_many_runs_those_on_screen_are_drawn(site: Site, visit: Open) -> None:
    here = new_runs(site, "many", {f"run {i:02}": matrix(COUNTS[i % 2]) for i in range(MANY)})
    opened = visit(site)
    page = opened.go(f'{here}?cards=[{{"matrix":"{FILE}"}}]')
    shown = card(page, FILE).get_by_role("listitem")
    expect(shown).to_have_count(MANY)
    expect(matrices(page).first).to_be_visible()
    assert 2 <= matrices(page).count() < MANY / 2
    shown.last.scroll_into_view_if_needed()
    last = shown.last.get_by_role("figure")
    expect(last.get_by_role("heading")).to_have_text("run 00")
    has_lines(last.locator("canvas").first, 1000)
