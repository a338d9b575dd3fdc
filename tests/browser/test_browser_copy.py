"""What is copied: values by their buttons, numbers in full, also where there is no clipboard."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open, served
from browser.test_browser_pages import in_all_looks
from refusals.served import Site

LONG = "0.7000000000000001"
TEXT = "first line\nsecond <b>line</b>"
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A server with a run whose params and metrics have many digits."""
    for site in served(tmp_path_factory.mktemp("copies")):
        run = site.api("runs/create", experiment_id="0", run_name="one")["run"]["info"]["run_id"]
        site.api("runs/log-parameter", run_id=run, key="alpha", value=LONG)
        site.api("runs/log-parameter", run_id=run, key="text", value=TEXT)
        site.api("runs/log-metric", run_id=run, key="loss", value=1 / 3, timestamp=1)
        site.api("runs/set-tag", run_id=run, key="team", value="reds")
        yield site, run


def pasted(page: Page) -> str:
    """Return what the clipboard has, by pasting it."""
    page.keyboard.press("Control+k")
    box = page.get_by_role("dialog").locator("input")
    expect(box).to_be_focused()
    page.keyboard.press("Control+v")
    found = box.input_value()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    return found


@pytest.mark.parametrize("clipboard", [True, False], ids=["clipboard", "plain http"])
def test_params_tags_and_places_are_copied(
    shop: tuple[Site, str], visit: Open, clipboard: bool
) -> None:
    site, run = shop
    opened = visit(site)
    if clipboard:
        opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    else:
        opened.page.add_init_script(NO_CLIPBOARD)
    page = opened.go(f"/runs/{run}")
    params = page.get_by_role("table", name="Params")
    rows = (
        (params.get_by_role("row", name="alpha"), LONG),
        (params.get_by_role("row", name="text"), TEXT.replace("\n", " ")),
        (page.get_by_role("table", name="Tags").get_by_role("row", name="team"), "reds"),
    )
    for row, value in rows:
        row.hover()
        button = row.get_by_role("button", name="Copy", exact=True)
        button.click()
        expect(row.get_by_role("button", name="Copied")).to_be_focused()
        assert pasted(page) == value
    place = page.get_by_text("artifacts:/").first
    place.hover()
    place.locator("xpath=..").get_by_role("button", name="Copy").click()
    assert pasted(page).endswith(f"{run}/artifacts")


def test_a_number_shown_in_short_is_copied_in_full(shop: tuple[Site, str], visit: Open) -> None:
    site, run = shop
    page = visit(site).go(f"/runs/{run}")
    number = page.get_by_role("table", name="Metrics").get_by_text("0.3333").first
    number.dblclick()
    page.keyboard.press("Control+c")
    assert pasted(page) == str(1 / 3)
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    everything = pasted(page)
    assert "alpha" in everything
    assert LONG in everything


def test_a_param_with_many_digits_is_short_in_the_table(
    shop: tuple[Site, str], visit: Open
) -> None:
    site, _ = shop
    opened = visit(site)
    page = opened.go("/experiments/0?cols=%5B%22params.alpha%22%2C%22params.text%22%5D")
    cell = page.get_by_role("grid").get_by_text("0.7", exact=True)
    expect(cell).to_have_attribute("title", LONG)
    in_all_looks(opened, "runs-params")


def test_the_code_of_a_page_without_requests_or_webhooks_works(
    shop: tuple[Site, str], visit: Open
) -> None:
    site, run = shop
    name = 'it\'s a "wine" model'
    site.api("registered-models/create", name=name)
    site.api("model-versions/create", name=name, source=f"runs:/{run}/model", run_id=run)
    page = visit(site).go("/approvals?tab=mine")
    code = page.locator("main pre")
    expect(code).to_contain_text(f"http://127.0.0.1:{site.port}")
    subprocess.run([sys.executable, "-c", code.inner_text()], check=True, timeout=60)
    expect(page.get_by_role("main")).to_contain_text("wine")
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("to Production")

    hooks = visit(site).go("/settings/webhooks")
    command = hooks.locator("main pre").inner_text()
    place = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    place["URL"] = "https://hooks.example.com/cuvee"
    subprocess.run(["sh", "-c", command], check=True, timeout=60, env=place)
    expect(hooks.get_by_role("table")).to_contain_text("https://hooks.example.com/cuvee")
