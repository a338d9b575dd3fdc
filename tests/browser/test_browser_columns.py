"""Columns of the runs table: their order, what of a metric they show, which stay at the left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, served
from browser.test_browser_pages import offences
from refusals.served import Site

KEYS = [f"m{i}" for i in range(12)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A server with three runs of twelve metrics, each with a dip and a peak before its end."""
    for site in served(tmp_path_factory.mktemp("columns")):
        for number in (1, 2, 3):
            about = {"experiment_id": "0", "run_name": f"run-{number}", "start_time": number}
            run = site.api("runs/create", **about)["run"]["info"]["run_id"]
            values = [
                {"key": key, "value": number * value, "timestamp": step, "step": step}
                for key in KEYS
                for step, value in enumerate((50, 10, 90, 70))
            ]
            site.api("runs/log-batch", run_id=run, metrics=values)
        yield site, "/experiments/0"


def heads(page: Page) -> list[str]:
    """Return the names of the metrics' columns, from left to right."""
    names = page.get_by_role("columnheader").all_text_contents()
    return [name for name in names if name.startswith("m")]


def opened(page: Page) -> Locator:
    """Open the picker and return it."""
    page.get_by_role("button", name="Columns").click()
    picker = page.get_by_role("dialog", name="Columns")
    expect(picker.get_by_role("checkbox", name="m0", exact=True)).to_be_checked()
    return picker


def test_columns_are_put_into_another_order_by_keyboard_and_by_mouse(
    place: tuple[Site, str], visit: Open
) -> None:
    site, path = place
    page = visit(site).go(path)
    before = heads(page)
    picker = opened(page)
    first, second, third = before[:3]
    grip = picker.get_by_role("button", name=f"Move {first}:")
    grip.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(picker.get_by_role("status")).to_have_text(f"{first} is column 3 of 12")
    expect(grip).to_be_focused()
    assert heads(page)[:3] == [second, third, first]
    grip.hover()
    page.mouse.down()
    box = picker.get_by_role("button", name=f"Move {second}:").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 8, box["y"] + 8, steps=6)
    page.mouse.up()
    expect(picker.get_by_role("status")).to_have_text(f"{first} is column 1 of 12")
    assert heads(page)[:3] == [first, second, third]
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert sorted(heads(page)) == sorted(before)
    page.go_back()
    assert not urlsplit(page.url).path.endswith(path), "steps of a column are none of the way"


def test_a_column_shows_the_least_or_best_of_a_metric_and_can_be_sorted_by_it(
    place: tuple[Site, str], visit: Open
) -> None:
    site, path = place
    opened_ = visit(site)
    page = opened_.go(path)
    picker = opened(page)
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="run-2"))
    expect(row).to_contain_text("140")
    picker.get_by_role("combobox", name="What of m0 is shown").select_option("least")
    expect(row).to_contain_text("20")
    assert offences(page) == []
    page.keyboard.press("Escape")
    head = page.get_by_role("columnheader", name="m0 (min)")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_role("grid").get_by_role("link").first).to_have_text("run-3")
    again = visit(site).go(page.url.removeprefix(opened_.url))
    expect(again.get_by_role("columnheader", name="m0 (min)")).to_be_visible()
    assert heads(again) == heads(page)


def test_a_click_anywhere_in_a_head_sorts(place: tuple[Site, str], visit: Open) -> None:
    site, path = place
    page = visit(site).go(path)
    for name, at in (("Status", "left"), ("User", "right"), ("m0", "left"), ("m1", "right")):
        head = page.get_by_role("columnheader", name=name, exact=True)
        box = head.bounding_box()
        assert box is not None
        x = 3 if at == "left" else box["width"] - 3
        for order, y in (("descending", 3), ("ascending", box["height"] - 3)):
            head.click(position={"x": x, "y": y})
            expect(head).to_have_attribute("aria-sort", order)
    duration = page.get_by_role("columnheader", name="Duration")
    duration.click(position={"x": 3, "y": 3})
    expect(duration).not_to_have_attribute("aria-sort", re.compile("."))
    expect(head).to_have_attribute("aria-sort", "ascending")


def test_a_pinned_column_stays_while_the_others_scroll(
    place: tuple[Site, str], visit: Open
) -> None:
    site, path = place
    page = visit(site).go(path)
    last = heads(page)[-1]
    picker = opened(page)
    pin = picker.get_by_role("button", name=f"Keep {last} at the left")
    pin.click()
    expect(pin).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    assert parse_qs(urlsplit(page.url).query)["pin"]
    head = page.get_by_role("columnheader", name=last, exact=True)
    before = head.bounding_box()
    assert heads(page)[0] == last
    grid = page.get_by_role("grid", name="Runs")
    grid.get_by_role("gridcell").first.focus()
    page.keyboard.press("End")
    expect(head).to_be_in_viewport()
    assert head.bounding_box() == before
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="run-2"))
    expect(row.get_by_role("gridcell").nth(2)).to_have_text("140")
    page.reload()
    expect(page.get_by_role("columnheader", name=last, exact=True)).to_be_visible()
    picker = opened(page)
    picker.get_by_role("checkbox", name=last, exact=True).uncheck()
    page.keyboard.press("Escape")
    assert "pin" not in parse_qs(urlsplit(page.url).query)
    assert last not in heads(page)
