"""Addresses of many runs: short, and the same view for whoever opens them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, keep_screenshot, served
from cuvee.api.runs import CreateRun, LogBatch, Param
from cuvee.store.sql import SqlStore
from refusals.served import Site

MANY = 100
LONGEST = 2000
TWINS = ["abcdef012345" + digit * 20 for digit in "05"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with an experiment, numbered 0, of as many runs as are compared, and two more."""
    folder = tmp_path_factory.mktemp("addresses")
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")

    def log(i: int) -> None:
        twin = TWINS[i - MANY] if i >= MANY else ""
        asked = CreateRun(
            experiment_id="0", run_id=twin, run_name=f"run-{i:03}", start_time=MANY - i + 100
        )
        run_id = store.do(asked).run.info.run_id
        store.do(LogBatch(run_id=run_id, params=[Param("alpha", str(i // MANY))]))
        store.do(LogBatch(run_id=run_id, params=[Param("beta", str(i))]))

    with ThreadPoolExecutor(32) as many:
        list(many.map(log, range(MANY + 2)))
    store.close()
    yield from served(folder)


def compared(page: Page) -> Locator:
    return page.get_by_role("list", name="Runs that are compared").get_by_role("link")


def names(page: Page) -> list[str]:
    return [text.strip() for text in compared(page).all_text_contents()]


def choose(page: Page, runs: int) -> None:
    """Select the first runs of the table by keyboard."""
    page.get_by_role("grid", name="Runs").locator("[tabindex='0']").focus()
    for key in ("x", *["ArrowDown"] * runs, "Shift+X"):
        page.keyboard.press(key)
    expect(page.get_by_text(re.compile(r"\d+ runs selected"))).to_be_visible()


def test_the_address_of_a_hundred_runs_is_short_and_shows_them_to_others(
    site: Site, visit: Open
) -> None:
    opened = visit(site)
    page = opened.go("/experiments/0?filter=params.alpha%20%3D%20'0'")
    expect(page.get_by_text(f"{MANY} runs", exact=True)).to_be_visible()
    page.get_by_role("checkbox", name="Select all rows").click()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name=f"Compare {MANY} runs")).to_be_visible()
    expect(page).to_have_url(re.compile(r"runs=[0-9a-f]{12}%2C"))
    assert len(page.url) < LONGEST
    expect(compared(page)).to_have_count(MANY)
    shown = names(page)
    assert len(set(shown)) == MANY

    page.get_by_role("button", name=f"Actions for {shown[5]}", exact=True).click()
    page.get_by_role("menuitem", name="Compare the others with it").click()
    shown.insert(0, shown.pop(5))
    expect(page.get_by_role("list", name="Runs that are compared")).to_contain_text(
        re.compile(f"^{shown[0]}")
    )
    page.get_by_role("link", name="Code").click()
    expect(page).to_have_url(re.compile("tab=code"))
    assert len(page.url) < LONGEST
    other = visit(site).go(page.url.removeprefix(opened.url))
    expect(other.get_by_role("heading", name=f"Compare {MANY} runs")).to_be_visible()
    expect(compared(other)).to_have_text(shown)
    assert names(page) == shown
    assert other.url == page.url

    page.go_back()
    page.go_back()
    page.go_back()
    expect(page.get_by_text(f"{MANY} runs selected")).to_be_visible()


def test_the_address_of_some_selected_runs_has_them_packed(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go("/experiments/0")
    choose(page, 49)
    expect(page).to_have_url(re.compile(r"sel=\.[\w-]{1000,1100}$"))
    other = visit(site).go(page.url.removeprefix(opened.url))
    expect(other.get_by_text("50 runs selected")).to_be_visible()
    other.get_by_role("button", name="Compare").click()
    expect(other.get_by_role("heading", name="Compare 50 runs")).to_be_visible()
    expect(other).to_have_url(re.compile(r"runs=\.[\w-]{1000,1100}&"))
    expect(compared(other)).to_have_text([f"run-{i:03}" for i in range(50)])


def test_digits_that_have_become_those_of_several_runs_are_told(site: Site, visit: Open) -> None:
    found = site.api("runs/search", experiment_ids=["0"], max_results=2, filter="params.alpha='0'")
    ids = [run["info"]["run_id"] for run in found["runs"]]
    page = visit(site).go(f"/compare?runs={ids[0][:12]},{ids[1]},{TWINS[0][:12]},{'0' * 12}")
    expect(page.get_by_text(f"begins with {TWINS[0][:12]}.")).to_be_visible()
    expect(page.get_by_text("1 run cannot be shown")).to_contain_text("00000000")
    expect(page.get_by_role("heading", name="Compare 4 runs")).to_be_visible()
    assert len(names(page)) == 2
    keep_screenshot(page, "compare-unclear")
    both = visit(site).go(f"/compare?runs={','.join(TWINS)}")
    expect(compared(both)).to_have_text(["run-100", "run-101"])
