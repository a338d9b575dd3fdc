"""What a first visit asks of the server, how long it takes, and that nothing is missed for that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Request, Route, expect

from browser.conftest import Open, Visit, served, until
from browser.plain import Plain, serving
from browser.test_browser_load import BARS, COST, NOTE, SCRIPTS, STYLES, TRIES, costs
from browser.test_browser_pages import PAGES, places
from browser.timing import keep_measures
from refusals.served import Site

REQUESTS = 12
"""Of a visit until nothing moves: the page, files, its icon, calls and streams."""
SHIFT = 0.05
QUIET = 700  # milliseconds without a request after which none follows from the visit
ICON = "/icon.svg"  # for which Chromium asks again when the page's title has changed
STREAM = re.compile(r"/events/stream(\?|$)")
MODEL = "told"
TIMES = BARS | {"rows": 1000}
"""Also for the first rows of every page: milliseconds until nothing is still to come."""
LOADING = """
window.loading = 0;
const look = () => {
  const waits = [...document.querySelectorAll("main [aria-label=Loading]")];
  if (waits.some((one) => !one.closest("figure"))) loading = performance.now();
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
"""Notes until when something was still to come, but for charts: they wait for their stream."""
REFUSED = ("not-found", "runs-refused")


def asked(visited: Visit, path: str) -> list[str]:
    """Open a path in a new profile; return all that the browser asks for until it is quiet."""
    found: list[str] = []

    def note(request: Request) -> None:
        if f"GET {request.url}" not in found or not request.url.endswith(ICON):
            found.append(f"{request.method} {request.url}")

    visited.page.on("request", note)
    visited.go(path)
    size = -1
    while size < len(found):
        size = len(found)
        visited.page.wait_for_timeout(QUIET)
        visited.settle()
    return found


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plain]:
    """A page without anything of Cuvee, which says what loading one takes here and now."""
    with serving(tmp_path_factory.mktemp("plain")) as plain:
        yield plain


def looked(visited: Visit, path: str, *, refused: bool = False) -> dict[str, Any]:
    """Open a path in a new profile; return what it cost until it was quiet."""
    if refused:
        visited.expected.append("status of 40")
    visited.page.add_init_script(NOTE + LOADING)
    found = asked(visited, path)
    assert len(found) <= REQUESTS, "\n".join(found)
    assert sum(bool(STREAM.search(one)) for one in found) == 1
    cost = dict(visited.page.evaluate(COST))
    assert cost["content"] > 0
    return cost | {"rows": max(cost["content"], visited.page.evaluate("loading"))}


def late(cost: dict[str, Any]) -> list[str]:
    """Return the bars of time that a page misses."""
    return [key for key, bar in TIMES.items() if cost[key] >= bar]


@pytest.mark.parametrize("name", PAGES)
def test_a_first_visit_is_quick_light_and_still_and_needs_twelve_requests(
    name: str, wine: Site, control: Plain, visit: Open
) -> None:
    """What is late is visited again, beside the plain page: other work only ever adds time."""
    look = partial(looked, refused=name in REFUSED)
    cost = look(visit(wine), PAGES[name].format(**places(wine)))
    assert 0 < cost["scripts"] <= SCRIPTS
    assert 0 < cost["styles"] <= STYLES
    assert cost["shift"] < SHIFT
    for _ in range(TRIES):
        if late(cost):
            cost = costs(wine, control, visit, name, look)
    keep_measures(f"visit-{name}", cost)
    assert late(cost) == [], cost


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A server of this test's own, with one model."""
    for found in served(tmp_path):
        found.api("registered-models/create", name=MODEL, description="As it was.")
        yield found


def describe(site: Site) -> None:
    """Change what the page shows."""
    body = {"name": MODEL, "description": "As it is."}
    answer = site.send("PATCH", "/api/2.0/mlflow/registered-models/update", body)
    assert answer.status == 200


def hold(visited: Visit, what: re.Pattern[str]) -> list[Route]:
    """Keep the first such request of the page; the test lets it go."""
    held: list[Route] = []
    visited.page.route(what, lambda route: route.continue_() if held else held.append(route))
    return held


def test_a_change_between_the_first_answers_and_the_stream_is_shown(
    site: Site, visit: Open
) -> None:
    opened = visit(site)
    streams = hold(opened, STREAM)
    page = opened.go(f"/models/{MODEL}")
    until(page, lambda: len(streams), 1)
    expect(page.get_by_text("As it was.")).to_be_visible()
    describe(site)
    streams[0].continue_()
    expect(page.get_by_text("As it is.")).to_be_visible()


@pytest.mark.parametrize("late", ["stream", "answer"])
def test_a_change_while_the_first_answer_is_on_its_way_is_shown(
    site: Site, visit: Open, late: str
) -> None:
    """Whichever of the two comes last."""
    opened = visit(site)
    page = opened.page
    streams = hold(opened, STREAM)
    answers: list[tuple[Route, Any]] = []
    page.route(
        re.compile("/api/.*(registered-models/get|cuvee/questions)"),
        lambda route: answers.append((route, route.fetch())),
        times=1,
    )
    page.goto(f"{opened.url}/models/{MODEL}")
    until(page, lambda: bool(streams) and bool(answers), True)
    describe(site)
    steps: list[Callable[[], None]] = [
        lambda: answers[0][0].fulfill(response=answers[0][1]),
        streams[0].continue_,
    ]
    for step in steps if late == "stream" else reversed(steps):
        step()
        page.wait_for_timeout(QUIET)
    expect(page.get_by_text("As it is.")).to_be_visible()


def test_a_change_after_the_page_was_given_and_before_it_reads_is_read_once(
    site: Site, visit: Open
) -> None:
    opened = visit(site)
    scripts = hold(opened, re.compile(r"/assets/.*\.js"))
    opened.page.goto(f"{opened.url}/models/{MODEL}", wait_until="commit")
    until(opened.page, lambda: len(scripts), 1)
    describe(site)
    scripts[0].continue_()
    expect(opened.page.get_by_text("As it is.")).to_be_visible()


def test_a_page_to_which_the_browser_went_back_is_true(site: Site, visit: Open) -> None:
    """The document may be one that the browser had kept, with an old place in the history."""
    opened = visit(site)
    opened.expected.append("favicon")  # of a page that is none of the UI's
    page = opened.go(f"/models/{MODEL}")
    page.goto(f"{opened.url}/version")
    describe(site)
    page.go_back()
    expect(page.get_by_text("As it is.")).to_be_visible()


def test_points_between_a_charts_answer_and_its_late_stream_are_drawn(
    site: Site, visit: Open
) -> None:
    """A chart waits for the stream of its run, but not for long."""
    run = site.api("runs/create", experiment_id="0", start_time=1)["run"]["info"]["run_id"]
    point = {"run_id": run, "key": "loss", "timestamp": 5}
    for step in range(3):
        site.api("runs/log-metric", value=1, step=step, **point)
    opened = visit(site)
    streams = hold(opened, re.compile("/metrics/stream"))
    page = opened.go(f"/runs/{run}/metrics")
    chart = page.get_by_role("figure").filter(has=page.get_by_role("heading", name="loss"))
    chart.get_by_role("button", name="as a table").click()
    rows = page.get_by_role("table", name="loss").get_by_role("row")
    expect(rows).to_have_count(4)
    site.api("runs/log-metric", value=2, step=3, **point)
    assert len(streams) == 1
    streams[0].continue_()
    expect(rows).to_have_count(5)
