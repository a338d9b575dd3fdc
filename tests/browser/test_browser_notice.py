"""The notice that the log and the tables do not match: on every page, as soon as it is known."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from browser.conftest import Open, Quiet, keep_screenshot, served
from browser.test_browser_pages import PAGES, offences, places
from cuvee.api.demo import MODEL
from refusals.served import Site, wait_for

STREAM = re.compile(r"/events/stream(\?|$)")
STATUS = re.compile("/cuvee/questions$")
TITLE = "What is shown here and its history do not agree"
DAMAGE = "UPDATE model_versions SET description = 'Approved by everyone.' WHERE version = 1"


@pytest.fixture
def copied(wine: Site, tmp_path: Path) -> Path:
    """A folder with a copy of the wine story: its database, files, and the key of its log."""
    folder = wine.directory
    with (
        closing(sqlite3.connect(folder / "cuvee.db")) as source,
        closing(sqlite3.connect(tmp_path / "cuvee.db")) as copy,
    ):
        source.backup(copy)
    for file in folder.iterdir():
        if file.is_file() and not file.name.startswith("cuvee.db"):
            shutil.copy(file, tmp_path)
    shutil.copytree(folder / "artifacts", tmp_path / "artifacts")
    return tmp_path


@pytest.fixture
def story(copied: Path) -> Iterator[Site]:
    """A server on the copy, whose registry and log agree."""
    site = Quiet(f"sqlite:///{copied}/cuvee.db", copied)
    try:
        wait_for(lambda: status(site)["compared"], seconds=30)
        assert status(site).get("problems", []) == []
        yield site
    finally:
        site.close()


def status(site: Site) -> dict[str, Any]:
    """Return what a server says of its log."""
    found: dict[str, Any] = site.send("GET", "/api/1.0/cuvee/log/status").json
    return found


def damage(folder: Path) -> None:
    """Edit a row behind the back of whatever server runs."""
    with closing(sqlite3.connect(folder / "cuvee.db", timeout=20)) as connection, connection:
        assert connection.execute(DAMAGE).rowcount == 1


@contextmanager
def compared(site: Site) -> Iterator[None]:
    """Let another server start on the database, which compares everything then, and find it."""
    other = Quiet(site.url, site.directory)
    try:
        wait_for(lambda: status(site).get("problems"), seconds=30)
        yield
    finally:
        other.close()


def notice(page: Page) -> Locator:
    """Return the notice, whether it is there or not."""
    return page.get_by_role("alert").filter(has_text=TITLE)


def mark(page: Page) -> Callable[[], bool]:
    """Return what says whether the page is the one that it was."""
    page.evaluate("window.same = true")
    return lambda: bool(page.evaluate("window.same === true"))


def test_a_damage_is_shown_on_every_page_and_on_one_that_was_open(
    story: Site, copied: Path, visit: Open
) -> None:
    opened = visit(story)
    with opened.page.expect_response(STREAM):
        page = opened.go(f"/models/{MODEL}")
    same = mark(page)
    expect(notice(page)).to_have_count(0)
    damage(copied)
    with compared(story):
        expect(notice(page)).to_be_visible()
    assert same()
    text = notice(page).inner_text()
    assert f"version:{MODEL}/1: description is" in text
    assert "cuvee audit verify" in text
    assert offences(page) == []
    keep_screenshot(page, "notice")
    for path in (p for name, p in PAGES.items() if name not in ("not-found", "runs-refused")):
        opened.go(path.format(**places(story)))
        expect(notice(page)).to_be_visible()
        expect(notice(page)).to_contain_text("cuvee audit verify")


@pytest.mark.parametrize("late", ["stream", "answer"])
def test_what_is_found_before_the_page_follows_the_history_is_shown(
    story: Site, copied: Path, visit: Open, late: str
) -> None:
    """The page asks for the state, then it is found, and only then does the stream begin."""
    opened = visit(story)
    page = opened.page
    streams: list[Route] = []
    answers: list[tuple[Route, Any]] = []

    def hold(route: Route) -> None:
        streams.append(route)

    page.route(STREAM, hold)
    if late == "answer":  # the first one even arrives after the stream has begun
        page.route(STATUS, lambda route: answers.append((route, route.fetch())), times=1)
        page.goto(f"{opened.url}/models")
    else:
        with page.expect_response(STATUS):
            page.goto(f"{opened.url}/models")
    same = mark(page)
    wait_while(page, lambda: not streams or (late == "answer" and not answers))
    damage(copied)
    with compared(story):
        with page.expect_response(STREAM):
            streams[0].continue_()
        for route, answer in answers:
            assert problems(answer.json()) == []
            route.fulfill(response=answer)
        expect(notice(page)).to_be_visible()
    assert same()


def problems(answers: dict[str, Any]) -> Any:
    """Return what is wrong, as the page was told, which asks for it with other things."""
    bodies = [one["body"] for one in answers["answers"]]
    (found,) = [body["problems"] for body in bodies if "problems" in body]
    return found


def wait_while(page: Page, waiting: Callable[[], bool]) -> None:
    """Let the page go on until something is no longer so."""
    for _ in range(500):
        if not waiting():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it took too long")


def test_what_a_server_finds_as_it_starts_is_shown_on_a_page_that_was_open(
    copied: Path, visit: Open
) -> None:
    first = Quiet(f"sqlite:///{copied}/cuvee.db", copied)
    opened = visit(first)
    opened.expected += ["Failed to load resource", "net::ERR"]
    try:
        with opened.page.expect_response(STREAM):
            page = opened.go("/")
        same = mark(page)
    finally:
        first.close()
    damage(copied)
    for _ in served(copied, "--port", str(first.port)):
        expect(notice(page)).to_be_visible()
        assert same()
