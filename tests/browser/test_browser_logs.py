"""The log of a run: its end, and what is looked for in it, however long it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from browser import corpus
from browser.conftest import Open, keep_screenshot, served, until
from browser.test_browser_pages import in_all_looks, offences
from refusals.served import Site

LINES = 1_500_000
EVERY = 150_000  # lines of the long log, of which one diverges
SHORT = "".join(f"line {i}{' Warning: warning' if i % 10 == 3 else ''}\n" for i in range(200))


def long_log() -> bytes:
    """Return a log of 100 MB; each worker imports this file, and one of them needs the log."""
    text = "".join(
        f"2026-11-27 10:00:00 epoch {i // 1000} step {i:07} loss={1 / (1 + i):.6f} lr=0.001 ok"
        f"{' DIVERGED' if i % EVERY == 77 else ''}\n"
        for i in range(LINES)
    )
    assert len(text) > 100_000_000
    return text.encode()


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str, str]]:
    """A server with a run whose log has 100 MB, and one whose log is short."""
    for site in served(tmp_path_factory.mktemp("logs")):
        long, short = (
            corpus.new_run(site, "logged", {"cuvee/output.log": text})
            for text in (long_log(), SHORT.encode())
        )
        for run in (long, short):
            site.api("runs/update", run_id=run, status="FINISHED", end_time=5)
        yield site, long, short


def text_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Text of Logs")


def current(page: Page) -> Locator:
    return text_of(page).locator("[aria-current=true]")


def test_a_short_log_is_searched_by_keys_and_what_is_found_is_marked(
    logs: tuple[Site, str, str], visit: Open
) -> None:
    site, _, run = logs
    opened = visit(site)
    page = opened.go(f"/runs/{run}/logs")
    expect(text_of(page)).to_contain_text("line 199")
    expect(text_of(page)).not_to_contain_text("line 0")
    page.keyboard.press("/")
    box = page.get_by_role("searchbox", name="Find in the text")
    expect(box).to_be_focused()
    page.keyboard.type("warning")
    said = page.get_by_role("search").get_by_role("status")
    expect(said).to_have_text("1 of 20")
    expect(current(page)).to_contain_text("line 3 Warning: warning")
    expect(current(page).locator("mark")).to_have_text(["Warning", "warning"])
    page.keyboard.press("Enter")
    expect(said).to_have_text("2 of 20")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(said).to_have_text("20 of 20")
    expect(current(page)).to_contain_text("line 193")
    text_of(page).focus()
    page.keyboard.press("n")
    expect(said).to_have_text("1 of 20")
    page.keyboard.press("N")
    expect(said).to_have_text("20 of 20")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next")
    page.keyboard.press("Escape")
    in_all_looks(opened, "logs-found")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    expect(text_of(page).locator("mark")).to_have_count(0)
    page.keyboard.type("nowhere")
    expect(said).to_have_text("Not found")


def test_a_log_of_100_megabytes_is_searched_without_being_read(
    logs: tuple[Site, str, str], visit: Open
) -> None:
    site, run, _ = logs
    opened = visit(site)
    moved: list[int] = []

    def count(response: Response) -> None:
        moved.append(int(response.headers.get("content-length") or 0))

    opened.page.on("response", count)
    page = opened.go(f"/runs/{run}/logs")
    expect(text_of(page)).to_contain_text(f"step {LINES - 1:07}")
    parts = page.get_by_role("navigation", name="Parts of the log")
    expect(parts).to_contain_text("of 1\u2009500\u2009000")
    expect(parts.get_by_role("button", name="Later")).to_be_disabled()
    page.keyboard.press("/")
    page.keyboard.type("diverged")
    said = page.get_by_role("search").get_by_role("status")
    expect(said).to_have_text("1 of 10")
    expect(current(page)).to_contain_text("step 0000077")
    expect(current(page).locator("mark")).to_have_text("DIVERGED")
    for at in range(1, 10):
        page.keyboard.press("Enter")
        expect(said).to_have_text(f"{at + 1} of 10")
        expect(current(page)).to_contain_text(f"step {at * EVERY + 77:07}")
    page.keyboard.press("Enter")
    expect(said).to_have_text("1 of 10")
    page.keyboard.press("Shift+Enter")
    expect(current(page)).to_contain_text(f"step {9 * EVERY + 77:07}")
    # The number before the line is that of the whole log.
    expect(current(page)).to_contain_text(str(9 * EVERY + 78))
    in_all_looks(opened, "logs-long")
    page.keyboard.press("Enter")  # where it is narrow, what was found is not beyond the edge
    expect(said).to_have_text("1 of 10")
    expect(current(page).locator("mark")).to_be_in_viewport()
    opened.look("light", 1440)
    page.keyboard.press("Shift+Enter")
    parts.get_by_role("button", name="Beginning").click()
    expect(parts).to_contain_text("Lines 1\N{EN DASH}")
    expect(text_of(page)).to_contain_text("step 0000000")
    expect(said).to_have_text("10 lines")
    parts.get_by_role("button", name="Later").click()
    expect(parts).not_to_contain_text("Lines 1\N{EN DASH}")
    parts.get_by_role("button", name="End").click()
    assert sum(moved) < 20_000_000, "a fifth of the log, for ten places in ten of its parts"
    until(page, lambda: page.evaluate("document.querySelectorAll('*').length") < 1500, True)
    box = page.get_by_role("searchbox", name="Find in the text")
    box.fill("nowhere at all")
    expect(said).to_have_text("Not found")
    assert offences(page) == []
    keep_screenshot(page, "logs-long-not-found")
