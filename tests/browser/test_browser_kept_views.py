"""Views that would make addresses too long: short, and the same for whoever opens them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, keep_screenshot, served
from browser.people import ADMIN, VIEWER, ask, done, log_in, make_admin, make_house
from browser.test_browser_pages import LOOKS, offences
from cuvee.api.runs import CreateRun, LogBatch, Param, RunTag
from cuvee.store.sql import SqlStore
from refusals.served import Site

HERE = "/experiments/0"
SWEEPS = 201
OPEN = SWEEPS - 1
LONGEST = 2000
KEPT = re.compile(r"/experiments/0\?kept=[0-9a-f]{32}$")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with users, and an experiment, numbered 0, of many runs with one nested in each."""
    folder = tmp_path_factory.mktemp("kept")
    make_admin(folder)
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")

    def log(i: int) -> None:
        parent = _run(store, f"sweep {i:03}", 1000 + i)
        store.do(LogBatch(run_id=parent, params=[Param("alpha", str(i))]))
        _run(store, f"trial {i:03}", 1 + i, RunTag("mlflow.parentRunId", parent))

    with ThreadPoolExecutor(32) as many:
        list(many.map(log, range(SWEEPS)))
    store.close()
    for site in served(folder, "--login"):
        make_house(site)
        grant = {"object": "experiment:0", "user": VIEWER, "permission": "CAN_READ"}
        done(ask(site, ADMIN, "POST", "/api/1.0/cuvee/permissions/grant", grant))
        yield site


def _run(store: SqlStore, name: str, start: int, *tags: RunTag) -> str:
    asked = CreateRun(experiment_id="0", run_name=name, start_time=start, tags=list(tags))
    return store.do(asked).run.info.run_id


def long_filter() -> str:
    """A filter of 3 kB that 60 runs pass."""
    values = ", ".join(f"'{i}'" for i in range(60))
    return f"params.alpha IN ({values}) AND run_name != '{'x' * 2600}'"


def grid_of(page: Page) -> Locator:
    return page.get_by_role("treegrid", name="Runs")


def box_of(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Filter")


def test_a_long_filter_has_a_short_address_that_others_open(site: Site, visit: Open) -> None:
    text = long_filter()
    opened = visit(site)
    page = log_in(opened, ADMIN, f"{HERE}?nest=flat")
    expect(page.get_by_text(f"{2 * SWEEPS} runs", exact=True)).to_be_visible()
    box_of(page).fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_text("60 runs", exact=True)).to_be_visible()
    expect(page).to_have_url(KEPT)
    expect(box_of(page)).to_have_value(text)
    for theme, width in LOOKS:
        opened.look(theme, width)
        keep_screenshot(page, f"kept-view-{theme}-{width}")
        assert offences(page) == []

    other = log_in(visit(site), VIEWER, page.url.removeprefix(opened.url))
    expect(other.get_by_text("60 runs", exact=True)).to_be_visible()
    expect(box_of(other)).to_have_value(text)
    assert other.url == page.url

    page.go_back()
    expect(page.get_by_text(f"{2 * SWEEPS} runs", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?nest=flat$"))
    page.reload()
    expect(page.get_by_text(f"{2 * SWEEPS} runs", exact=True)).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("60 runs", exact=True)).to_be_visible()
    expect(box_of(page)).to_have_value(text)
    assert page.url == other.url


def test_many_open_nested_runs_have_a_short_address(site: Site, visit: Open) -> None:
    asked = {"experiment_ids": ["0"], "filter": "parent IS NULL", "max_results": SWEEPS}
    found = done(ask(site, ADMIN, "POST", "/api/2.0/mlflow/runs/search", asked))["runs"]
    ids = [run["info"]["run_id"] for run in found]
    last = next(run["info"] for run in found if run["info"]["run_id"] == ids[0])["run_name"]
    opened = visit(site)
    address = f"{HERE}?nest=tree&open={quote(json.dumps(ids[1:]))}"
    assert len(address) > 3 * LONGEST
    page = log_in(opened, ADMIN, HERE)
    page.goto(opened.url + address)
    rows = SWEEPS + OPEN + 1
    expect(grid_of(page)).to_have_attribute("aria-rowcount", str(rows))
    expect(page).to_have_url(KEPT)
    first = page.url
    page.get_by_role("button", name=f"Show the runs nested in {last}").click()
    expect(grid_of(page)).to_have_attribute("aria-rowcount", str(rows + 1))
    expect(page).to_have_url(KEPT)
    expect(page).not_to_have_url(first)

    other = log_in(visit(site), VIEWER, page.url.removeprefix(opened.url))
    expect(grid_of(other)).to_have_attribute("aria-rowcount", str(rows + 1))
    assert other.url == page.url
    page.get_by_role("link", name=last, exact=True).click()
    expect(page.get_by_role("heading", name=last)).to_be_visible()
    page.reload()  # so that the page has forgotten what the ids mean
    expect(page.get_by_role("heading", name=last)).to_be_visible()
    page.go_back()
    expect(grid_of(page)).to_have_attribute("aria-rowcount", str(rows + 1))
    assert page.url == other.url


def test_an_address_that_cannot_be_kept_stays_as_long_as_it_is(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = log_in(opened, ADMIN, f"{HERE}?nest=flat")
    opened.expected.append("views/keep|ERR_FAILED")
    page.route("**/views/keep", lambda route: route.abort())
    box_of(page).fill(long_filter())
    with page.expect_event("requestfailed", lambda r: r.url.endswith("views/keep")):
        page.keyboard.press("Enter")
    expect(page.get_by_text("60 runs", exact=True)).to_be_visible()
    assert len(page.url) > 3000
    page.unroute("**/views/keep")
    page.reload()
    expect(page.get_by_text("60 runs", exact=True)).to_be_visible()
    expect(page).to_have_url(KEPT)


def test_an_id_that_is_not_kept_is_told_and_the_page_is_there(site: Site, visit: Open) -> None:
    opened = visit(site)
    opened.expected.append("404")
    page = log_in(opened, ADMIN, f"{HERE}?kept={'1' * 32}")
    told = page.get_by_role("alert")
    expect(told).to_contain_text(f"This server keeps no view {'1' * 32}")
    for theme, width in LOOKS:
        opened.look(theme, width)
        keep_screenshot(page, f"kept-view-unknown-{theme}-{width}")
        assert offences(page) == []
    page.get_by_role("link", name="Open the page without it").click()
    expect(page.get_by_role("heading", name="Default")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"{HERE}$"))
