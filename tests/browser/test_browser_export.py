"""Runs saved as Parquet, read by another program, against what the server answers."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

import pyarrow.parquet
import pytest
from playwright.sync_api import Page, Route, expect

from browser.conftest import Open, keep_screenshot, served, until
from browser.test_browser_pages import LOOKS, offences
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch, Param, RunTag
from cuvee.store.sql import SqlStore
from refusals.served import Site

MANY = 4_100
NAME = "Ölmühle 'a', \"b\"\n=1+1 ✓"
SPECIAL = [math.nan, math.inf, -math.inf, -0.0, 0.1 + 0.2, 5e-324, 1.7976931348623157e308, 2.0**60]
KEYS = ["metrics.odd", "metrics.metric_3", "params.param_1", "params.`ein Name`", "tags.team"]
ATTRIBUTES = ["run_id", "run_name", "status", "user_id", "start_time", "end_time"]
NAMES = ATTRIBUTES + KEYS
HERE = "/experiments/0?cols=" + quote(str(KEYS).replace("'", '"'))
TYPES = {"start_time": "timestamp[ms, tz=UTC]", "end_time": "timestamp[ms, tz=UTC]"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with 4,100 runs and, older than they are, some with values that files get wrong."""
    folder = tmp_path_factory.mktemp("export")
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
    with ThreadPoolExecutor(64) as many:  # so that one commit takes many
        list(many.map(lambda i: log(store, i), range(1, MANY + 1)))
    for i, value in enumerate(SPECIAL):
        tags = [RunTag("team", "")] if i else []
        made = store.do(
            CreateRun(experiment_id="0", run_name=NAME, start_time=i + 1, user_id="ann", tags=tags)
        )
        params = [Param("ein Name", NAME)] if i % 2 else []
        metrics = [Metric("odd", value, 1, 0)]
        store.do(LogBatch(run_id=made.run.info.run_id, metrics=metrics, params=params))
    store.close()
    yield from served(folder)


def log(store: SqlStore, i: int) -> None:
    asked = CreateRun(experiment_id="0", run_name=f"run-{i}", start_time=1000 + i, user_id="ann")
    run = store.do(asked).run.info.run_id
    metrics = [Metric("metric_3", math.sin(i), 1, 0)]
    store.do(LogBatch(run_id=run, metrics=metrics, params=[Param("param_1", str(i % 9))]))


def answers(site: Site, **asked: Any) -> list[dict[str, Any]]:
    """Return the runs as rows, read by pages from the server; what a run lacks is None."""
    rows: list[dict[str, Any]] = []
    body = {"experiment_ids": ["0"], "columns": NAMES, "limit": 1000, **asked}
    while True:
        table = site.send("POST", "/api/1.0/cuvee/runs/search", body).json
        page = [dict.fromkeys(NAMES) for _ in range(table["count"])]
        for column in table["columns"]:
            values = column.get("texts", column.get("times", column.get("numbers", [])))
            places = column.get("rows", range(len(values)))
            for i, (place, value) in enumerate(zip(places, values, strict=True)):
                page[place][column["name"]] = number(column, i) if value is None else value
        rows += page
        if "next_page_token" not in table:
            return rows
        body["page_token"] = table["next_page_token"]


def number(column: dict[str, Any], place: int) -> float:
    """Return what stands for a null among numbers."""
    if place in column.get("plus", ()):
        return math.inf
    return -math.inf if place in column.get("minus", ()) else math.nan


def comparable(row: dict[str, Any]) -> list[str]:
    """Return the values of a row as texts that tell NaN, -0 and null from all others."""
    return [
        f"{name}: {float(value)!r}"
        if name.startswith("metrics.") and value is not None
        else f"{name}: {value!r}"
        for name, value in row.items()
    ]


def saved(page: Page, item: str) -> pyarrow.Table:
    """Choose an item of the export menu; return the table that is saved."""
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=item).click()
    assert download.value.suggested_filename == "Default.parquet"
    return pyarrow.parquet.read_table(io.BytesIO(download.value.path().read_bytes()))


def rows_of(table: pyarrow.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pylist()
    for row in rows:
        for name, value in row.items():
            if isinstance(value, datetime):
                row[name] = round(value.astimezone(timezone.utc).timestamp() * 1000)
    return rows


def test_all_runs_that_pass_are_saved_as_parquet_with_their_types(site: Site, visit: Open) -> None:
    page = visit(site).go(HERE)
    total = MANY + len(SPECIAL)

    table = saved(page, f"All 4\u2009{total - 4000} runs as Parquet")

    expect(page.get_by_text(f"4\u2009{total - 4000} runs exported.")).to_be_visible()
    assert table.column_names == NAMES
    kinds = {name: "double" if name.startswith("metrics.") else "string" for name in NAMES}
    assert {field.name: str(field.type) for field in table.schema} == {**kinds, **TYPES}
    wanted = answers(site, order_by=["attributes.start_time DESC"])
    found = rows_of(table)
    assert list(map(comparable, found)) == list(map(comparable, wanted))
    odd = [row["metrics.odd"] for row in reversed(found[MANY:])]
    assert list(map(repr, odd)) == list(map(repr, SPECIAL))
    assert found[0]["metrics.odd"] is None
    assert {row["tags.team"] for row in found} == {None, ""}


def test_a_filter_and_the_order_go_along(site: Site, visit: Open) -> None:
    text = "params.param_1 = '3'"
    page = visit(site).go(f"{HERE}&filter={quote(text)}&sort=metrics.metric_3")
    wanted = answers(site, filter=text, order_by=["metrics.metric_3 ASC"])
    assert 200 < len(wanted) < 1000, "more than the table has read"

    table = saved(page, f"All {len(wanted)} runs as Parquet")

    assert list(map(comparable, rows_of(table))) == list(map(comparable, wanted))


def test_selected_runs_are_saved_in_the_order_of_the_table(site: Site, visit: Open) -> None:
    page = visit(site).go(HERE)
    boxes = page.get_by_role("grid", name="Runs").get_by_role("checkbox")
    boxes.nth(5).click()
    boxes.nth(3).click()

    table = saved(page, "2 selected runs as Parquet")

    assert table["run_name"].to_pylist() == [f"run-{MANY - 2}", f"run-{MANY - 4}"]
    assert [str(field.type) for field in table.schema][6:8] == ["double", "double"]


def test_a_long_export_says_how_far_it_is_and_can_be_stopped(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go(HERE)
    held: list[Route] = []

    def hold(route: Route) -> None:
        asked = route.request.post_data_json or {}
        if asked.get("limit") == 2000 and "page_token" in asked:
            held.append(route)
        else:
            route.continue_()

    page.route("**/runs/search", hold)
    page.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem", name="All 4\u2009108 runs as Parquet").click()
    bar = page.get_by_role("progressbar", name="Exporting")
    expect(bar).to_have_attribute("value", "2000")
    expect(page.get_by_text("2\u2009000 of 4\u2009108")).to_be_visible()
    for theme, width in [*LOOKS, ("light", 375)]:
        opened.look(theme, width)
        keep_screenshot(page, f"runs-exporting-{theme}-{width}")
        until(page, lambda: page.evaluate("document.documentElement.scrollWidth"), width)
        assert offences(page) == []
    page.get_by_role("button", name="Stop").click()
    expect(bar).to_have_count(0)
    expect(page.get_by_role("button", name="Export")).to_be_enabled()
    expect(page.get_by_text("not exported")).to_have_count(0)
    for route in held:
        route.abort()
