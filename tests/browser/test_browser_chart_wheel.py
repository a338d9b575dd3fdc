"""The wheel zooms a chart at the pointer, where the page would not scroll."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from browser import seeds
from browser.conftest import Open, has_lines, served, until
from browser.test_browser_charts import chart
from refusals.served import Site


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    for site in served(tmp_path_factory.mktemp("wheel")):
        yield site, seeds.log_histories(site)


def shown(page: Page) -> list[float]:
    """Return the part of x that the address names; nothing if it is all."""
    found = re.search(r"from=(-?[\d.]+).*to=(-?[\d.]+)", page.url)
    return [float(one) for one in found.groups()] if found else []


def test_the_wheel_zooms_with_ctrl_and_scrolls_the_page_without(
    run: tuple[Site, str], visit: Open
) -> None:
    site, id_ = run
    page = visit(site).go(f"/runs/{id_}/metrics")
    figure = chart(page, "train/loss")
    has_lines(figure.locator("canvas"), 300)
    figure.locator(".u-over").hover()
    page.mouse.wheel(0, 40)
    page.wait_for_timeout(400)
    assert shown(page) == []
    figure.locator(".u-over").hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    until(page, lambda: len(shown(page)), 2)
    near = shown(page)
    assert 0 < near[1] - near[0] < 1500
    box = figure.locator(".u-over").bounding_box()
    assert box
    page.mouse.move(box["x"] + 2, box["y"] + 40)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    until(page, lambda: shown(page) != near, True)
    assert shown(page)[0] == pytest.approx(near[0], abs=0.02 * (near[1] - near[0]))
    page.get_by_role("button", name="Show all of x").first.click()
    until(page, lambda: shown(page), [])
    page.get_by_role("button", name="Enlarge the chart of train/loss").click()
    page.get_by_role("dialog").locator(".u-over").hover()
    page.mouse.wheel(0, -300)
    until(page, lambda: len(shown(page)), 2)
    expect(page.get_by_role("dialog")).to_be_visible()
