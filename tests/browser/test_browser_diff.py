"""Comparing versions in the browser: exactly what differs, and ways to come there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open, keep_screenshot, served
from browser.reviewing import stored
from browser.test_browser_pages import LOOKS, offences
from conformance.pairs import register_pair
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.versions import CreateModelVersion, TransitionStage
from cuvee.blobs.local import LocalBlobs
from refusals.served import Site

NAME = "lr_wine_quality"
LONG = "a model with a name that is as long as people make them when nobody tells them not to" * 2
NONE = "\N{EN DASH}"
BEYOND = """() => [...document.querySelectorAll("main td")]
  .filter((cell) => cell.getBoundingClientRect().right > innerWidth)
  .map((cell) => cell.textContent)"""
PARTS = {
    "Metrics": [
        f"f1 {NONE} 0.9 added",
        f"mae 0.4 {NONE} removed",
        "rmse 0.75 0.5 \N{MINUS SIGN}0.25 better changed",
    ],
    "Params": ["alpha 0.1 0.2 changed"],
    "Signature": [
        "acid inputs double string changed breaking input 'acid' was double and is string",
        f"age inputs long {NONE} removed",
        f"ph inputs {NONE} double added breaking input 'ph' is required now",
        f"sd outputs {NONE} double added",
        "limit params double = 1.5 double = 2.5 changed",
    ],
    "Dependencies": [
        f"joblib pip {NONE} any version added",
        "scikit-learn pip 1.7.1 1.7.2 changed",
        f"scipy pip >=1.10 {NONE} removed",
    ],
    "Data": ["wine d1 d2 changed"],
    "Code": [f"commit {'a' * 40} {'b' * 40} changed"],
    "Files": ["MLmodel", "model.skops", "notes.md", "plot.svg", "requirements.txt"],
    "Description": ["description alcohol alone with pH changed"],
    "Tags": ["ticket W-1 W-2 changed"],
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with a pair of versions that differ in one thing of each kind, and odd ones."""
    folder = tmp_path_factory.mktemp("shelf")
    with stored(folder) as store:
        assert isinstance(store.blobs, LocalBlobs)
        register_pair(store, store.blobs, NAME)
        store.do(TransitionStage(name=NAME, version="1", stage="Production"))
        store.do(CreateModelVersion(name=NAME, source="s3://bucket/3"))
        register_pair(store, store.blobs, LONG)
        store.do(CreateRegisteredModel(name="alone"))
        store.do(CreateModelVersion(name="alone", source="s3://bucket/1"))
        yield from served(folder)


def rows(page: Page, part: str) -> list[str]:
    table = page.get_by_role("table", name=part, exact=True)
    expect(table).to_be_visible()
    found = [row.inner_text() for row in table.locator("tbody tr").all()]
    return [" ".join(text.split()) for text in found]


def test_a_pair_with_one_change_of_each_kind_shows_exactly_those(shelf: Site, visit: Open) -> None:
    page = visit(shelf).go(f"/models/{NAME}/diff/1/2")
    expect(page.get_by_role("table")).to_have_count(len(PARTS))
    for part, expected in PARTS.items():
        found = rows(page, part)
        if part == "Files":
            found = [row.split()[0] for row in found]
        assert found == expected, part
    summary = page.get_by_role("list", name="What differs")
    expect(summary).to_contain_text(re.compile(r"Signature\s*5 changes\s*2 breaking"))


def test_what_is_the_same_is_shown_when_asked_for_and_stands_in_the_address(
    shelf: Site, visit: Open
) -> None:
    page = visit(shelf).go(f"/models/{NAME}/diff/1/2")
    expect(page.get_by_text("r2", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Only differences").click()
    expect(page.get_by_role("row", name="r2 0.5 0.5 same")).to_be_visible()
    expect(page).to_have_url(re.compile("all=true"))
    page.get_by_role("button", name="Swap").click()
    expect(page).to_have_url(re.compile("/diff/2/1"))
    expect(page.get_by_role("row", name="r2 0.5 0.5 same")).to_be_visible()
    page.get_by_label("To", exact=True).select_option("3")
    expect(page).to_have_url(re.compile("/diff/2/3"))
    reasons = page.get_by_role("list", name="Not compared")
    expect(reasons).to_contain_text("The files of version 3 are not in this registry.")
    keep_screenshot(page, "diff-untold")
    assert offences(page) == []


def test_without_versions_named_the_newest_is_compared_with_production(
    shelf: Site, visit: Open
) -> None:
    opened = visit(shelf)
    opened.go(f"/models/{NAME}/diff")
    expect(opened.page).to_have_url(re.compile("/diff/1/3$"))
    page = opened.go(f"/models/{NAME}/diff/Production/2")
    expect(page.get_by_label("From")).to_have_value("1")
    expect(page.get_by_role("table", name="Metrics")).to_be_visible()
    page = opened.go("/models/alone/diff")
    expect(page.get_by_text("A comparison needs two versions")).to_be_visible()
    keep_screenshot(page, "diff-alone")
    page = opened.go(f"/models/{NAME}/versions/2")
    page.get_by_role("link", name="Compare with version 1 in Production").click()
    expect(page).to_have_url(re.compile("/diff/1/2$"))


def test_a_version_that_is_not_there_says_so(shelf: Site, visit: Open) -> None:
    opened = visit(shelf)
    opened.expected.append("status of 404")
    page = opened.go(f"/models/{NAME}/diff/Staging/2")
    expect(page.get_by_role("alert")).to_contain_text("No version of lr_wine_quality is in Staging")


def test_long_names_stay_within_the_page(shelf: Site, visit: Open) -> None:
    opened = visit(shelf)
    page = opened.go(f"/models/{quote(LONG, safe='')}/diff/1/2")
    expect(page.get_by_role("table", name="Metrics")).to_be_visible()
    for theme, width in (*LOOKS, ("light", 375)):
        opened.look("dark" if theme == "dark" else "light", width)
        keep_screenshot(page, f"diff-long-{theme}-{width}")
        expect(page.get_by_role("table", name="Metrics")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []
    # Where there is no room for columns, each change is a list; nothing is reached by scrolling.
    assert page.evaluate(BEYOND) == []
    row = page.get_by_role("table", name="Metrics").get_by_role("row").nth(3)
    tops = [box["y"] for cell in row.get_by_role("cell").all() if (box := cell.bounding_box())]
    assert len(tops) > 3
    assert tops == sorted(set(tops)), "one below the other"
    expect(page.get_by_role("table", name="Metrics").get_by_role("columnheader")).to_have_count(
        len(tops)
    )
