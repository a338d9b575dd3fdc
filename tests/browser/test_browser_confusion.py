"""Confusion matrices: drawn where a file is one, and side by side where two runs have them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser import corpus
from browser.conftest import Open, has_lines, keep_screenshot, served
from browser.test_browser_pages import LOOKS, offences
from refusals.served import Site

LABELS = ["setosa", "versicolor", "a class with quite a long name"]
COUNTS = ([[50, 0, 0], [0, 47, 3], [0, 1, 49]], [[48, 2, 0], [1, 40, 9], [0, 6, 44]])


def matrix(counts: list[list[int]]) -> dict[str, bytes]:
    """Return the files of a run that has evaluated."""
    pairs = zip(LABELS, counts, strict=True)
    rows = [",".join([label, *(str(count) for count in row)]) for label, row in pairs]
    table = "\n".join([",".join(["", *LABELS]), *rows])
    many = [[9 if i == j else (i * j) % 3 for j in range(30)] for i in range(30)]
    return {
        "evaluation/confusion.json": json.dumps({"labels": LABELS, "matrix": counts}).encode(),
        "evaluation/table.csv": table.encode(),
        "evaluation/confusion_many.json": json.dumps(many).encode(),
        "evaluation/plain.csv": b"a,b\n1,2\n",
        "evaluation/plain.json": b'{"labels": ["a"], "matrix": "none"}',
    }


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, list[str]]]:
    """A server with two runs that have a confusion matrix each, and their ids."""
    for site in served(tmp_path_factory.mktemp("confusion")):
        yield site, [corpus.new_run(site, f"model {i}", matrix(COUNTS[i])) for i in (0, 1)]


def shown(page: Page, name: str) -> None:
    figure = page.get_by_role("figure").filter(has=page.get_by_role("heading", name=name))
    expect(figure).to_have_attribute("aria-busy", "false")
    has_lines(figure.locator("canvas").first, 1000)


@pytest.mark.parametrize("file", ["confusion.json", "table.csv"])
def test_a_table_of_counts_is_a_confusion_matrix(
    evaluated: tuple[Site, list[str]], visit: Open, file: str
) -> None:
    site, (run, _) = evaluated
    opened = visit(site)
    page = opened.go(f"/runs/{run}/artifacts?path=evaluation/{file}")
    shown(page, file)
    expect(page.get_by_text("accuracy 97.3 % of 150")).to_be_visible()
    walker = page.get_by_role("slider", name=f"Chart of {file}")
    walker.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    said = f"versicolor as {LABELS[2]}: count 3, 6 % of all versicolor"
    expect(walker).to_have_attribute("aria-valuetext", said)
    for theme, width in LOOKS:
        opened.look(theme, width)
        shown(page, file)
        keep_screenshot(page, f"confusion-{file}-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []
    page.get_by_text("Shares", exact=True).click()
    page.get_by_role("button", name="Save the chart").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="Save as SVG").click()
    assert ">94 %<" in Path(waiting.value.path()).read_text("utf-8")
    page.get_by_role("button", name="Save the chart").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="Save as CSV").click()
    rows = list(csv.reader(Path(waiting.value.path()).read_text("utf-8").splitlines()))
    assert rows[0] == ["Actual", *LABELS]
    assert rows[2] == ["versicolor", "0", "47", "3"]
    page.get_by_text("Source", exact=True).click()
    expect(page.get_by_role("figure")).to_have_count(0)


def test_many_classes_are_drawn_and_other_tables_are_not(
    evaluated: tuple[Site, list[str]], visit: Open
) -> None:
    site, (run, _) = evaluated
    opened = visit(site)
    page = opened.go(f"/runs/{run}/artifacts?path=evaluation/confusion_many.json")
    shown(page, "confusion_many.json")
    keep_screenshot(page, "confusion-many")
    opened.look("light", 375)
    shown(page, "confusion_many.json")
    keep_screenshot(page, "confusion-375")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page = opened.go(f"/runs/{run}/artifacts?path=evaluation/plain.csv")
    expect(page.get_by_role("gridcell", name="2", exact=True)).to_be_visible()
    page = opened.go(f"/runs/{run}/artifacts?path=evaluation/plain.json")
    expect(page.get_by_role("tree", name=re.compile("JSON|plain"))).to_be_visible()
    expect(page.get_by_role("figure")).to_have_count(0)


def test_two_matrices_stand_side_by_side(evaluated: tuple[Site, list[str]], visit: Open) -> None:
    site, ids = evaluated
    opened = visit(site)
    query = f"runs={','.join(ids)}&in=0&tab=artifacts&path=evaluation/confusion.json"
    page = opened.go(f"/compare?{query}")
    for name in ("model 0", "model 1"):
        shown(page, name)
    expect(page.get_by_text("accuracy 97.3 % of 150")).to_be_visible()
    expect(page.get_by_text("accuracy 88 % of 150")).to_be_visible()
    for theme, width in LOOKS:
        opened.look(theme, width)
        shown(page, "model 1")
        page.get_by_role("heading", name="model 1", exact=True).scroll_into_view_if_needed()
        keep_screenshot(page, f"confusion-compare-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []
