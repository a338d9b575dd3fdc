"""The page of a run of very many metrics and long params: little is read, all is found."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from browser.conftest import Open, keep_screenshot, served
from browser.test_browser_pages import LOOKS, offences
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch, Param
from cuvee.store.sql import SqlStore
from refusals.served import Site

METRICS = 20_000
PARAMS = 2_000
LENGTH = 6_000
WHOLE = 14_000_000  # bytes of the run as runs/get answers it, and more
FEW = 1_000_000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A server with a run of 20,000 metrics and 2,000 params of 6,000 characters."""
    folder = tmp_path_factory.mktemp("values")
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
    run = store.do(CreateRun(experiment_id="0", run_name="vast", start_time=1)).run.info.run_id
    for first in range(0, METRICS, 1000):
        metrics = [Metric(f"layer/{i:05}", i / 7, 1, 3) for i in range(first, first + 1000)]
        store.do(LogBatch(run_id=run, metrics=metrics))
    for first in range(0, PARAMS, 100):
        params = [
            Param(f"prompt {i:04}", f"say {i}: ".ljust(LENGTH - 3, "x") + "end")
            for i in range(first, first + 100)
        ]
        store.do(LogBatch(run_id=run, params=params))
    store.close()
    for site in served(folder):
        site.api("runs/update", run_id=run, status="FINISHED", end_time=5)
        yield site, f"/runs/{run}"


def panel(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def test_a_page_reads_what_it_shows_and_finds_everything(
    place: tuple[Site, str], visit: Open
) -> None:
    site, path = place
    opened = visit(site)
    sizes: list[int] = []

    def note(request: Request) -> None:
        response = request.response()
        if response and "/cuvee/" in request.url and "stream" not in request.url:
            sizes.append(len(response.body()))

    opened.page.on("requestfinished", note)
    page = opened.go(f"{path}/overview")
    metrics, params = panel(page, "Metrics"), panel(page, "Params")
    expect(metrics).to_contain_text(re.compile(r"Metrics\s?20\s000"))
    expect(params).to_contain_text(re.compile(r"Params\s?2\s000"))
    assert 0 < sum(sizes) < FEW, sizes
    for theme, width in LOOKS:
        opened.look(theme, width)
        keep_screenshot(page, f"run-vast-{theme}-{width}")
    assert offences(page) == []

    metrics.get_by_role("searchbox").fill("R/1999")
    expect(metrics.get_by_role("row")).to_have_count(1 + 10)
    expect(metrics.get_by_role("link", name="layer/19990")).to_be_visible()
    params.get_by_role("searchbox").fill("1999")
    row = params.get_by_role("row").filter(has_text="prompt 1999")
    expect(row).to_contain_text("say 1999: ")
    expect(row).not_to_contain_text("end")
    row.get_by_role("button", name="Show all of it").click()
    expect(row).to_contain_text(re.compile("x{5000}x+end"))
    expect(row.get_by_role("button", name="Show all of it")).to_have_count(0)

    page.get_by_role("link", name=re.compile("^Metrics")).first.click()
    expect(page.get_by_text("layer/00000").first).to_be_visible()
    assert sum(sizes) < WHOLE / 5, sizes
