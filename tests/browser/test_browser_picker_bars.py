"""What the picker of columns may cost among 12,000 keys."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from browser import seeds, timing
from browser.conftest import Open, served
from refusals.served import Site

KEYS = 12_000
FEW = 200  # keys that are listed


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with a run of 12,000 metrics."""
    for found in served(tmp_path_factory.mktemp("picker")):
        seeds.log_many_keys(found, KEYS)
        yield found


def opened(page: Page) -> float:
    """Open the picker; return the seconds until its keys are there. Closes it again."""
    dialog = page.get_by_role("dialog")
    start = time.monotonic()
    page.get_by_role("button", name="Columns").click()
    timing.poll(page, lambda: dialog.get_by_role("checkbox").count() >= FEW)
    seconds = time.monotonic() - start
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    return seconds


def test_the_picker_of_12_000_keys_opens_within_200_ms(site: Site, visit: Open) -> None:
    page = visit(site).go("/experiments/0")
    assert timing.against(lambda: timing.worked(page), timing.QUIET, lambda: opened(page)) < 0.2
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("searchbox", name="Find metrics").fill("layer119/m11999")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox", name="layer119/m11999")).to_be_visible()
