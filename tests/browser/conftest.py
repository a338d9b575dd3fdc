"""A real Chromium on real servers; a page that complains, or leaves its origin, fails its test."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    Request,
    Route,
    expect,
    sync_playwright,
)

from browser import chromium, seeds
from cuvee.api.questions import kind_of
from refusals.served import Answer, Site

PATIENCE = 15  # seconds; a busy machine takes its time, and nothing here measures it
expect.set_options(timeout=PATIENCE * 1000)
Theme = Literal["light", "dark"]
ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
OFF = [
    # Two pages of the address bar, which nobody sees: 0.8 s of a processor for each new context.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # What Playwright turns off; its list is replaced by ours.
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(OFF)}",
]
READ_BACK = "Multiple readback operations using getImageData"
WATCH = """
document.addEventListener("securitypolicyviolation", (e) =>
  console.error(`CSP ${e.violatedDirective}: ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
"""
TOGETHER = "**/cuvee/questions"
"""Where the page asks several things at once."""
FRAMES = """new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"""
INKS = """(canvas) => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let i = 0; i < data.length; i += 4)
    if (data[i + 3] > 99 && Math.max(data[i], data[i + 1], data[i + 2])
        - Math.min(data[i], data[i + 1], data[i + 2]) > 20) found += 1;
  return found;
}"""
"""Counts the pixels that have a colour, as lines, even slate ones, have and axes have not."""


@dataclass
class Visit:
    """A page of a browser of its own, on one server.

    Args:
        page: Playwright's page.
        url: the server's address, without a slash at the end.
        expected: patterns of complaints that the test provokes.
        complaints: what the page has complained about.
        unanswered: the requests on their way, without the streams, which stay open.
    """

    page: Page
    url: str
    expected: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    unanswered: set[Request] = field(default_factory=set)

    def watch(self) -> None:
        """Note what goes wrong from now on."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", self._request)
        self.page.on("requestfinished", self._answered)
        self.page.on("requestfailed", self._answered)
        self.page.add_init_script(WATCH)

    def go(self, path: str) -> Page:
        """Open a path and wait until nothing is on its way."""
        self.page.goto(self.url + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the page has what it asked for, has drawn it, and no skeleton is left."""
        self.page.wait_for_selector("main h1")
        expect(self.page.get_by_label("Loading")).to_have_count(0)
        until(self.page, lambda: len(self._after_drawing()), 0)

    def look(self, theme: Theme, width: int) -> None:
        """Show the page that is open in a theme of the system and at a width."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=theme)
        expect(self.page.locator("html")).to_have_attribute("data-theme", theme)

    def unexpected(self) -> list[str]:
        """Return the complaints that the test did not provoke."""
        return [c for c in self.complaints if not any(re.search(e, c) for e in self.expected)]

    def _after_drawing(self) -> set[Request]:
        self.page.evaluate(FRAMES)
        return self.unanswered

    def _console(self, message: ConsoleMessage) -> None:
        if READ_BACK in message.text:
            return  # what the tests themselves do, to see lines; no page reads its canvas
        if message.type in ("error", "warning"):
            at = message.location.get("url", "")
            self.complaints.append(f"{message.type}: {message.text} {at}".strip())

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.url + "/", "data:", "blob:")):
            self.complaints.append(f"off origin: {request.url}")
        if request.url.startswith("http") and not request.url.partition("?")[0].endswith("/stream"):
            self.unanswered.add(request)

    def _answered(self, request: Request) -> None:
        self.unanswered.discard(request)


class Quiet(Site):
    """A server that is asked so seldom that it ends a kept connection: each call has its own."""

    def send(self, *args: Any, **kwargs: Any) -> Answer:
        """Send a request on a new connection; see ``Site.send``."""
        if self._connection:
            self._connection.close()
            self._connection = None
        return super().send(*args, **kwargs)


Open = Callable[..., Visit]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium with a profile of its own."""
    path = chromium.find()
    assert path, chromium.MISSING
    started = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield started
    started.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Open a server with a profile of its own: ``visit(site, width=1024, theme="dark")``."""
    visits: list[Visit] = []

    def open_(site: Site, *, width: int = 1440, theme: Theme = "light", prefix: str = "") -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, locale="en-GB"
        )
        context.set_default_timeout(15_000)
        found = Visit(context.new_page(), f"http://127.0.0.1:{site.port}{prefix}")
        found.watch()
        visits.append(found)
        return found

    yield open_
    complaints = [complaint for one in visits for complaint in one.unexpected()]
    for one in visits:
        one.page.context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server on which nothing has happened."""
    yield from served(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="session")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with the wine story, and another experiment of 60 runs."""
    for site in served(tmp_path_factory.mktemp("wine")):
        seeds.tell_the_wine_story(f"http://127.0.0.1:{site.port}")
        seeds.ask_for_a_move(f"http://127.0.0.1:{site.port}")
        seeds.log_many_runs(f"http://127.0.0.1:{site.port}", 60)
        yield site


def served(folder: Path, *options: str) -> Iterator[Site]:
    """Run a server until the generator is closed."""
    site = Quiet(f"sqlite:///{folder}/cuvee.db", folder, *options)
    try:
        yield site
    finally:
        site.close()


def until(page: Page, read: Callable[[], Any], wanted: Any) -> None:
    """Wait until what is read of a page is what is wanted, for what ``expect`` cannot say."""
    end = time.monotonic() + PATIENCE
    while (found := read()) != wanted and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert found == wanted


def arrow_down(page: Page) -> None:
    """Press the arrow in a menu and wait for the focus, which follows after the key."""
    text = "document.activeElement.textContent"
    at = page.evaluate(text)
    page.keyboard.press("ArrowDown")
    until(page, lambda: page.evaluate(text) != at, wanted=True)


def cut_off(page: Page, calls: str, operation: str) -> Callable[[], None]:
    """Hold a page's calls in the test's hands, and return what cuts it off from their answers.

    From then on it hears of nothing new, not even by a call that was under way.

    Args:
        page: the page.
        calls: the address of the calls.
        operation: what they are called where they are asked together with others.
    """
    off: list[bool] = []

    def answer(route: Route) -> None:
        answered = None if off else route.fetch()
        if answered is None or off:
            route.abort()
        else:
            route.fulfill(response=answered)

    def answer_together(route: Route) -> None:
        answered = route.fetch()
        body = answered.json()
        questions = (route.request.post_data_json or {})["questions"]
        for question, found in zip(questions, body["answers"], strict=True):
            if off and question["operation"] == operation:
                found |= {"status": 503, "body": {"message": "It is cut off."}}
        route.fulfill(response=answered, json=body)

    page.route(calls, answer)
    page.route(TOGETHER, answer_together)
    return lambda: off.append(True)


def calls_of(request: Request) -> list[str]:
    """Return the addresses of the calls that a request makes; several, if it asks them together."""
    server, together, _ = request.url.partition("/api/1.0/cuvee/questions")
    if not together:
        return [request.url]
    kinds = [kind_of(one["operation"]) for one in (request.post_data_json or {})["questions"]]
    return [f"{server}{kind.base}/{kind.route}" for kind in kinds]


def has_lines(canvas: Locator, least: int) -> None:
    """Wait until a chart's canvas has at least so many coloured pixels."""
    expect(canvas).to_be_visible()
    until(canvas.page, lambda: canvas.evaluate(INKS) > least, True)


def keep_screenshot(page: Page, name: str) -> None:
    """Keep what the page looks like, for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=os.fspath(SCREENSHOTS / f"{name}.png"))
