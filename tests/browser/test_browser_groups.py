"""Runs in groups, several orders, a run beside the table, and views that are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open, keep_screenshot, served, until
from browser.test_browser_pages import LOOKS, offences
from cuvee.api.datasets import Dataset, DatasetInput, LogInputs
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch, Param, RunTag
from cuvee.store.sql import SqlStore
from refusals.served import Site

MANY = 450
HERE = "/experiments/0"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with runs of seven values of a param, ten without, and two parents."""
    folder = tmp_path_factory.mktemp("groups")
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
    parents = [
        store.do(CreateRun(experiment_id="0", run_name=f"sweep {i}", start_time=1)).run.info.run_id
        for i in range(2)
    ]

    for run_id, digest in zip(parents, ("d1", "d2"), strict=True):
        dataset = Dataset(name="wine's", digest=digest, source_type="local", source="{}")
        store.do(LogInputs(run_id=run_id, datasets=[DatasetInput(dataset=dataset)]))

    def log(i: int) -> None:
        tags = [RunTag("mlflow.parentRunId", parents[i % 2])]
        asked = CreateRun(experiment_id="0", run_name=f"run-{i:03}", start_time=i + 2, tags=tags)
        run = store.do(asked).run.info.run_id
        metrics = [Metric("m", float(i), 1, 0), Metric("half", float(i // 2), 1, 0)]
        params = [Param("alpha", f"it's {i % 7}")] if i >= 10 else []
        store.do(LogBatch(run_id=run, metrics=metrics, params=params))

    with ThreadPoolExecutor(32) as many:  # so that one commit takes many
        list(many.map(log, range(MANY)))
    store.close()
    yield from served(folder)


def grid_of(page: Page) -> Locator:
    return page.get_by_role("grid", name="Runs")


def group(page: Page, name: str) -> Locator:
    return grid_of(page).get_by_role("button", name=re.compile(name))


def test_groups_say_what_their_runs_are_together(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go(HERE)
    page.get_by_role("button", name="Group by").click()
    page.get_by_role("menuitemradio", name="alpha").click()
    expect(page.get_by_text(f"{MANY + 2} runs in 8 groups")).to_be_visible()
    heads = grid_of(page).get_by_role("button", expanded=False)
    names = [f"it's {i}" for i in range(7)] + ["without a value"]
    until(page, lambda: [re.sub(r"\s*\d+$", "", t) for t in heads.all_inner_texts()], names)
    # Runs 14, 21 to 448: a mean of 231, and 63 runs seven apart.
    row = grid_of(page).get_by_role("row").nth(1)
    expect(row).to_contain_text("231")
    expect(row).to_contain_text("± 128.3")
    for statistic, found in (("min", "14"), ("max", "448"), ("count", "63")):
        page.get_by_role("button", name="Group: alpha").click()
        page.get_by_role("menuitemradio", name=statistic, exact=True).click()
        expect(
            row.get_by_role("gridcell").filter(has_text=re.compile(f"^{found}$"))
        ).not_to_have_count(0)
    again = visit(site).go(HERE + "?" + page.url.partition("?")[2])
    expect(again.get_by_text(f"{MANY + 2} runs in 8 groups")).to_be_visible()
    expect(grid_of(again).get_by_role("row").nth(1)).to_contain_text("63")


def test_a_group_is_opened_by_keyboard_and_reads_its_runs_then(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go(f"{HERE}?by=params.alpha")
    expect(group(page, "it's 0")).to_have_attribute("aria-expanded", "false")
    filters: list[str] = []
    page.on(
        "request",
        lambda r: (
            filters.append((r.post_data_json or {}).get("filter", ""))
            if r.url.endswith("cuvee/runs/search")
            else None
        ),
    )
    grid_of(page).get_by_role("gridcell").nth(1).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(group(page, "it's 1")).to_have_attribute("aria-expanded", "true")
    expect(grid_of(page).get_by_role("link").first).to_have_text("run-449")
    expect(grid_of(page)).to_have_attribute("aria-rowcount", str(8 + 63 + 1))
    assert filters == ['params.alpha = "it\'s 1"'], "the runs of closed groups are not read"
    expect(page).to_have_url(re.compile("open="))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.get_by_text("1 run selected")).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(grid_of(page).get_by_role("link")).to_have_count(0)


def test_a_group_is_selected_as_a_whole(site: Site, visit: Open) -> None:
    page = visit(site).go(f"{HERE}?by=params.alpha")
    row = grid_of(page).get_by_role("row").nth(8)
    expect(row).to_contain_text("without a value")
    row.get_by_role("checkbox").click()
    expect(page.get_by_text("12 runs selected")).to_be_visible()
    expect(row).to_have_attribute("aria-selected", "true")
    row.get_by_role("checkbox").click()
    expect(page.get_by_text("12 runs selected")).to_have_count(0)
    page.get_by_role("checkbox", name="Select all rows").click()
    expect(page.get_by_text(f"{MANY + 2} runs selected")).to_be_visible()


def test_groups_by_parent_have_its_name_and_say_how_many_match(site: Site, visit: Open) -> None:
    page = visit(site).go(HERE)
    page.get_by_role("button", name="Group by").click()
    page.get_by_role("menuitemradio", name="Parent run").click()
    expect(group(page, "sweep 1")).to_contain_text("225")
    page.get_by_role("searchbox").fill("metrics.m < 9 OR metrics.m > 1e6")
    page.keyboard.press("Enter")
    expect(group(page, "sweep 0")).to_contain_text("5 of 225 match")
    expect(group(page, "sweep 1")).to_contain_text("4 of 225 match")
    group(page, "sweep 1").click()
    expect(grid_of(page).get_by_role("link")).to_have_text(
        ["run-007", "run-005", "run-003", "run-001"]
    )
    page.get_by_role("searchbox").fill("")
    page.keyboard.press("Enter")
    expect(group(page, "sweep 1")).to_contain_text("225")
    expect(group(page, "sweep 1")).not_to_contain_text("match")


def test_runs_are_grouped_by_their_dataset(site: Site, visit: Open) -> None:
    page = visit(site).go(HERE)
    page.get_by_role("button", name="Group by").click()
    page.get_by_role("menuitemradio", name="Dataset", exact=True).click()
    expect(page.get_by_text(f"{MANY + 2} runs in 2 groups")).to_be_visible()
    expect(group(page, "without a value")).to_contain_text(str(MANY))
    group(page, "wine's").click()
    expect(grid_of(page).get_by_role("link")).to_have_count(2)
    for name in ("sweep 0", "sweep 1"):  # both began in the same millisecond
        expect(grid_of(page).get_by_role("link", name=name)).to_be_visible()
    page.get_by_role("button", name="Group: Dataset").click()
    keep_screenshot(page, "runs-group-menu")
    page.get_by_role("menuitemradio", name="Dataset digest").click()
    expect(page.get_by_text(f"{MANY + 2} runs in 3 groups")).to_be_visible()
    expect(group(page, "d1")).to_be_visible()


def test_groups_are_sorted_by_the_mean_of_a_metric(site: Site, visit: Open) -> None:
    page = visit(site).go(f"{HERE}?by=params.alpha")
    expect(group(page, "it's 0")).to_be_visible()
    heads = grid_of(page).get_by_role("button", expanded=False)
    page.get_by_role("columnheader", name="m", exact=True).get_by_role("button").click()
    expect(heads.first).to_contain_text("it's 1")
    expect(heads.last).to_contain_text("without a value")
    page.get_by_role("columnheader", name="m", exact=True).get_by_role("button").click()
    expect(heads.first).to_contain_text("without a value")


def test_several_orders_count_one_after_the_other(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go(f"{HERE}?nest=flat&cols=%5B%22metrics.half%22%2C%22metrics.m%22%5D")
    half = page.get_by_role("columnheader", name=re.compile("^half"))
    other = page.get_by_role("columnheader", name=re.compile(r"^m( \d)?$"))
    half.get_by_role("button").click()
    expect(half).to_have_attribute("aria-sort", "descending")
    other.get_by_role("button").click(modifiers=["Shift"])
    expect(other.locator("small")).to_have_text("2")
    other.focus()
    page.keyboard.press("Shift+Enter")
    expect(other).to_have_attribute("aria-sort", "ascending")
    expect(half.locator("small")).to_have_text("1")
    links = grid_of(page).get_by_role("link")
    until(page, lambda: links.all_inner_texts()[:4], ["run-448", "run-449", "run-446", "run-447"])
    until(page, lambda: '"-metrics.half","metrics.m"' in unquote(page.url), True)
    again = visit(site).go(HERE + "?" + page.url.partition("?")[2])
    links = grid_of(again).get_by_role("link")
    until(again, lambda: links.all_inner_texts()[:2], ["run-448", "run-449"])
    half.get_by_role("button").click()
    expect(other).not_to_have_attribute("aria-sort", re.compile("."))


def test_space_shows_a_run_beside_the_table_and_the_arrows_go_on(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go(f"{HERE}?nest=flat")
    peek = page.get_by_role("complementary", name="The run at the cursor")
    grid_of(page).get_by_role("gridcell").nth(1).focus()
    page.keyboard.press("Space")
    expect(peek.get_by_role("heading", name="run-449")).to_be_visible()
    expect(peek).to_contain_text("it's 1")
    expect(page).to_have_url(re.compile(r"peek=[0-9a-f]{32}"))
    page.keyboard.press("ArrowDown")
    expect(peek.get_by_role("heading", name="run-448")).to_be_visible()
    for theme, width in [*LOOKS, ("light", 375)]:
        opened.look(theme, width)
        keep_screenshot(page, f"runs-peek-{theme}-{width}")
        assert offences(page) == []
    opened.look("light", 1440)
    again = visit(site).go(HERE + "?" + page.url.partition("?")[2])
    expect(
        again.get_by_role("complementary").get_by_role("heading", name="run-448")
    ).to_be_visible()
    grid_of(page).locator("[tabindex='0']").focus()
    page.keyboard.press("Space")
    expect(peek).to_have_count(0)


def test_a_view_is_kept_under_a_name(site: Site, visit: Open) -> None:
    page = visit(site).go(f"{HERE}?by=params.alpha&sort=-metrics.m")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Save this view").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("By alpha, best first")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="By alpha, best first")).to_be_visible()
    page.goto(page.url.partition("?")[0])
    expect(page.get_by_text(f"{MANY + 2} runs", exact=True)).to_be_visible()
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="By alpha, best first").click()
    expect(page.get_by_text("in 8 groups")).to_be_visible()
    expect(page).to_have_url(re.compile("by=params.alpha"))
    page.get_by_role("button", name="By alpha, best first").click()
    page.get_by_role("menuitem", name="Forget").click()
    expect(page.get_by_role("button", name="Views")).to_be_visible()


def test_groups_are_accessible_and_fit(site: Site, visit: Open) -> None:
    opened = visit(site)
    page = opened.go(f"{HERE}?by=params.alpha&open=%5B%22group%3Ait's 1%22%5D")
    expect(grid_of(page).get_by_role("link").first).to_have_text("run-449")
    for theme, width in [*LOOKS, ("light", 375)]:
        opened.look(theme, width)
        keep_screenshot(page, f"runs-groups-{theme}-{width}")
        until(page, lambda: page.evaluate("document.documentElement.scrollWidth"), width)
        assert offences(page) == []


def test_what_nothing_is_grouped_by_is_refused_with_the_reason(site: Site, visit: Open) -> None:
    opened = visit(site)
    opened.expected.append("status of 400")
    page = opened.go(f"{HERE}?by=start_time")
    expect(page.get_by_role("alert")).to_contain_text("nearly every run has a time of its own")
    page.get_by_role("button", name="Group: start_time").click()
    page.get_by_role("menuitemradio", name="Nothing").click()
    expect(page.get_by_text(f"{MANY + 2} runs", exact=True)).to_be_visible()
