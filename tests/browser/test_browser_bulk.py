"""Selecting runs and doing something with all of them, by mouse and by keyboard."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open, keep_screenshot, served, until
from browser.people import ADMIN, MLFLOW, VIEWER, ask, done, log_in, make_admin, make_house
from browser.test_browser_pages import LOOKS, offences
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch, Param
from cuvee.store.sql import SqlStore
from refusals.served import Site

MANY = 450


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with an experiment of many runs, numbered 0."""
    folder = tmp_path_factory.mktemp("bulk")
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")

    def log(i: int) -> None:
        run = store.do(CreateRun(experiment_id="0", run_name=f"run-{i:03}", start_time=i + 1))
        metrics = [Metric("m", float(i), 1, 0)]
        asked = LogBatch(
            run_id=run.run.info.run_id, metrics=metrics, params=[Param("alpha", str(i % 7))]
        )
        store.do(asked)

    with ThreadPoolExecutor(32) as many:  # so that one commit takes many
        list(many.map(log, range(MANY)))
    store.close()
    yield from served(folder)


@pytest.fixture
def table(site: Site, visit: Open) -> Page:
    page = visit(site).go("/experiments/0")
    expect(page.get_by_text(f"{MANY} runs")).to_be_visible()
    return page


def found(site: Site, text: str, view: str = "ACTIVE_ONLY") -> Callable[[], int]:
    """Return what counts the runs that pass a filter."""

    def count() -> int:
        asked: Any = {"experiment_ids": ["0"], "filter": text, "run_view_type": view}
        return len(site.api("runs/search", max_results=1000, **asked).get("runs", []))

    return count


def boxes(page: Page) -> Any:
    return page.get_by_role("grid").locator("[role=gridcell] input[type=checkbox]")


def test_shift_selects_rows_that_were_never_loaded(table: Page) -> None:
    boxes(table).nth(0).click()
    grid = table.get_by_role("grid", name="Runs")
    grid.get_by_role("gridcell").first.focus()
    table.keyboard.press("Control+End")
    last = grid.get_by_role("row").filter(has=table.get_by_role("link", name="run-000"))
    last.get_by_role("checkbox").click(modifiers=["Shift"])
    expect(table.get_by_text(f"{MANY} runs selected")).to_be_visible()
    last.get_by_role("checkbox").click()
    expect(table.get_by_text(f"{MANY - 1} runs selected")).to_be_visible()
    head = table.get_by_role("checkbox", name="Select all rows")
    expect(head).to_have_js_property("indeterminate", True)


def test_all_that_match_are_selected_by_one_key_or_one_box(table: Page) -> None:
    table.keyboard.press("/")
    table.keyboard.type("params.alpha = '3'")
    table.keyboard.press("Enter")
    expect(table.get_by_text("64 runs", exact=True)).to_be_visible()
    table.get_by_role("grid").get_by_role("gridcell").nth(1).focus()
    table.keyboard.press("Control+a")
    expect(table.get_by_text("64 runs selected")).to_be_visible()
    expect(table).to_have_url(re.compile("sel=all"))
    table.keyboard.press("Escape")
    expect(table.get_by_text("64 runs", exact=True)).to_be_visible()
    table.get_by_role("checkbox", name="Select all rows").click()
    expect(table.get_by_text("64 runs selected")).to_be_visible()
    table.reload()
    expect(table.get_by_text("64 runs selected")).to_be_visible()
    # All of one answer are not all of another.
    table.get_by_role("searchbox").fill("params.alpha = '4'")
    table.keyboard.press("Enter")
    expect(table.get_by_text("64 runs", exact=True)).to_be_visible()
    expect(table).not_to_have_url(re.compile("sel="))


def test_the_address_keeps_which_runs_are_selected(site: Site, table: Page, visit: Open) -> None:
    boxes(table).nth(1).click()
    boxes(table).nth(3).click(modifiers=["Shift"])
    expect(table).to_have_url(re.compile(r"sel=[0-9a-f]{32}%2C"))
    again = visit(site).go("/experiments/0?" + table.url.partition("?")[2])
    expect(again.get_by_text("3 runs selected")).to_be_visible()
    for place, on in enumerate((False, True, True, True, False)):
        expect(boxes(again).nth(place)).to_be_checked(checked=on)


def test_a_tag_is_set_and_removed_by_keyboard_alone(site: Site, table: Page) -> None:
    table.get_by_role("grid").get_by_role("gridcell").nth(1).focus()
    for key in ("x", "ArrowDown", "ArrowDown", "Shift+X"):
        table.keyboard.press(key)
    expect(table.get_by_text("3 runs selected")).to_be_visible()
    table.get_by_role("button", name="Tag", exact=True).focus()
    table.keyboard.press("Enter")
    dialog = table.get_by_role("dialog", name="Tag 3 runs")
    expect(dialog.get_by_label("Tag", exact=True)).to_be_focused()
    table.keyboard.type("team")
    table.keyboard.press("Tab")
    table.keyboard.type("cellar")
    keep_screenshot(table, "runs-tag")
    assert offences(table) == []
    table.keyboard.press("Enter")
    expect(table.get_by_text("team was set on 3 runs.")).to_be_visible()
    assert found(site, "tags.team = 'cellar'")() == 3
    table.get_by_role("button", name="Tag", exact=True).click()
    dialog.get_by_text("Remove a tag").first.click()
    dialog.get_by_label("Tag", exact=True).fill("team")
    table.keyboard.press("Enter")
    expect(table.get_by_text("team was removed from 3 runs.")).to_be_visible()
    assert found(site, "tags.team = 'cellar'")() == 0


def test_deleted_runs_come_back_by_undo_and_from_their_own_list(site: Site, table: Page) -> None:
    deleted = found(site, "", "DELETED_ONLY")
    table.get_by_role("searchbox").fill("params.alpha = '5'")
    table.keyboard.press("Enter")
    expect(table.get_by_text("64 runs", exact=True)).to_be_visible()
    table.get_by_role("checkbox", name="Select all rows").click()
    asked: list[str] = []
    table.on("request", lambda r: asked.append(r.url) if "delete" in r.url else None)
    table.get_by_role("button", name="Delete", exact=True).click()
    expect(table.get_by_text("64 runs deleted.")).to_be_visible()
    assert [url.rpartition("/")[2] for url in asked] == ["delete-many"], "one call for all of them"
    expect(table.get_by_text("No run fits this filter")).to_be_visible()
    assert deleted() == 64
    table.get_by_role("button", name="Undo").click()
    expect(table.get_by_text("64 runs restored.")).to_be_visible()
    expect(table.get_by_text("64 runs", exact=True)).to_be_visible()
    assert deleted() == 0
    boxes(table).nth(0).click()
    table.get_by_role("button", name="Delete", exact=True).click()
    expect(table.get_by_text("1 run deleted.")).to_be_visible()
    table.get_by_role("button", name="More").click()
    table.get_by_role("menuitem", name="Show deleted runs").click()
    expect(table.get_by_text("1 deleted run", exact=True)).to_be_visible()
    boxes(table).nth(0).click()
    expect(table.get_by_role("button", name="Tag", exact=True)).to_have_count(0)
    keep_screenshot(table, "runs-deleted")
    table.get_by_role("button", name="Restore").click()
    expect(table.get_by_text("1 run restored.")).to_be_visible()
    expect(table.get_by_text("No run fits this filter")).to_be_visible()
    assert deleted() == 0


def saved(page: Page, item: str) -> list[list[str]]:
    """Choose an item of the export menu; return the lines of what is saved."""
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=item).click()
    assert download.value.suggested_filename == "Default.csv"
    text = download.value.path().read_text(encoding="utf-8")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_all_runs_or_the_selected_ones_are_exported_as_they_are_shown(table: Page) -> None:
    head, *rows = saved(table, f"All {MANY} runs as CSV")
    keys = ["metrics.m", "params.alpha"]
    assert head == ["run_id", "run_name", "status", "user_id", "start_time", "end_time", *keys]
    assert [row[1] for row in rows] == [f"run-{i:03}" for i in reversed(range(MANY))]
    assert [rows[0][6], rows[0][7]] == ["449", "1"]
    boxes(table).nth(4).click()
    boxes(table).nth(2).click()
    _, *rows = saved(table, "2 selected runs as CSV")
    assert [row[1] for row in rows] == ["run-447", "run-445"], "in the order of the table"


def test_what_may_not_be_compared_says_so(table: Page) -> None:
    table.get_by_role("checkbox", name="Select all rows").click()
    expect(table.get_by_text(f"{MANY} runs selected")).to_be_visible()
    compare = table.get_by_role("button", name="Compare")
    expect(compare).to_be_disabled()
    expect(compare).to_have_attribute("title", "Two to 100 runs can be compared")


def test_the_tools_are_accessible_and_fit(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go("/experiments/0?sel=all")
    expect(page.get_by_text(f"{MANY} runs selected")).to_be_visible()
    for theme, width in [*LOOKS, ("light", 375)]:
        opened.look(theme, width)
        keep_screenshot(page, f"runs-selected-{theme}-{width}")
        until(page, lambda: page.evaluate("document.documentElement.scrollWidth"), width)
        assert offences(page) == []


def test_who_may_only_read_is_told_why_not(
    tmp_path_factory: pytest.TempPathFactory, visit: Open
) -> None:
    folder = tmp_path_factory.mktemp("viewers")
    make_admin(folder)
    for site in served(folder, "--login"):
        make_house(site)
        made = {"name": "sweep"}
        answer = done(ask(site, ADMIN, "POST", f"{MLFLOW}experiments/create", made))
        experiment = answer["experiment_id"]
        run = {"experiment_id": experiment, "run_name": "one", "start_time": 1}
        done(ask(site, ADMIN, "POST", f"{MLFLOW}runs/create", run))
        grant = {"object": f"experiment:{experiment}", "user": VIEWER, "permission": "CAN_READ"}
        done(ask(site, ADMIN, "POST", "/api/1.0/cuvee/permissions/grant", grant))
        page = log_in(visit(site), VIEWER, f"/experiments/{experiment}")
        boxes(page).nth(0).click()
        for name in ("Tag", "Delete"):
            button = page.get_by_role("button", name=name, exact=True)
            expect(button).to_be_disabled()
            expect(button).to_have_attribute("title", re.compile("."))
            # The reason is there for fingers and keys, too.
            tip = page.get_by_role("tooltip")
            button.focus()
            page.keyboard.press("Enter")
            expect(tip).to_contain_text("CAN_")
            expect(button).to_have_attribute("aria-describedby", re.compile("."))
            keep_screenshot(page, f"runs-reason-{name}")
            assert offences(page) == []
            page.keyboard.press("Escape")
            expect(tip).to_have_count(0)
            button.dispatch_event("click")  # as a touch does, which does not point before
            expect(tip).to_contain_text("CAN_")
            page.keyboard.press("Tab")
            expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="Export")).to_be_enabled()
