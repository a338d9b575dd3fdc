"""What it costs to open a page in a browser that knows nothing of it yet: one of each kind.

The others are judged by test_browser_requests.py, which visits every page anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import pytest

from browser import timing
from browser.conftest import Open, Visit
from browser.plain import Plain, serving
from browser.test_browser_pages import PAGES, places
from refusals.served import Site

PLAIN = 0.25  # seconds that the plain page takes on a machine without other work
ROUNDS = 3
SCRIPTS, STYLES = 300_000, 30_000
INITIAL = 220_000
"""Bytes that scripts and styles of any page may have, and scripts of Home, compressed."""
REQUESTS = 12
"""Of all kinds to first content; test_browser_requests.py counts on until nothing moves."""
NAMES = (
    "home",
    "experiments",
    "runs",
    "runs-metrics",
    "run",
    "run-metrics",
    "run-artifacts",
    "compare",
    "models",
    "model-board",
    "version",
    "version-diff",
    "approvals",
    "request",
    "audit",
    "settings-users",
)
BARS = {"painted": 0.8, "content": 1000, "longest": 0.2, "blocked": 0.3}
"""Bars of times, in seconds, of what is seen in milliseconds."""
TRIES = 3  # what else the machine does may add time to the page, and not to its controls
NOTE = """
window.noted = {shift: 0, tasks: [], content: 0, largest: 0};
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) noted.shift += one.value;
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) noted.tasks.push(one.duration);
}).observe({type: "longtask", buffered: true});
new PerformanceObserver((list) => {
  noted.largest = list.getEntries().at(-1).startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
const seen = () => {
  const said = (name) => [...document.querySelectorAll(name)]
    .map((one) => one.textContent.trim()).join("");
  if (said("main h1") && said("main").length > said("main h1").length)
    noted.content = performance.now();
  else requestAnimationFrame(seen);
};
requestAnimationFrame(seen);
"""
"""Notes shifts, long tasks, the largest paint, and when the page says more than its heading."""
COST = """() => {
  const all = performance.getEntriesByType("resource");
  const painted = performance.getEntriesByName("first-contentful-paint")[0].startTime;
  const bytes = (end) => all.filter((one) => one.name.split("?")[0].endsWith(end))
    .reduce((sum, one) => sum + one.encodedBodySize, 0);
  return {
    ...noted,
    painted: painted / 1000,
    requests: 1 + all.filter((one) => one.startTime < noted.content).length,
    scripts: bytes(".js"),
    styles: bytes(".css"),
    all: all.reduce((sum, one) => sum + one.transferSize, 0),
    heap: performance.memory.usedJSHeapSize,
    longest: Math.max(0, ...noted.tasks) / 1000,
    blocked: noted.tasks.reduce((sum, one) => sum + one - 50, 0) / 1000,
  };
}"""


def opened(visited: Visit, path: str) -> dict[str, Any]:
    """Open a path in a new profile; return what it cost."""
    visited.page.add_init_script(NOTE)
    page = visited.go(path)
    timing.poll(page, lambda: page.evaluate("noted.content"))
    return dict(page.evaluate(COST))


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plain]:
    """A page without anything of Cuvee, which says what loading one takes here and now."""
    with serving(tmp_path_factory.mktemp("plain")) as plain:
        yield plain


def costs(
    wine: Site,
    control: Plain,
    visit: Open,
    name: str,
    look: Callable[[Visit, str], dict[str, Any]] = opened,
) -> dict[str, Any]:
    """Return what a page costs, its times as on a machine that does nothing else.

    Args:
        wine: the server.
        control: the server of the plain page.
        visit: opens a browser.
        name: the page, as ``PAGES`` has it.
        look: opens a path, and says what that cost.
    """
    path = PAGES[name].format(**places(wine))
    idle = visit(wine)
    idle.go("/settings/appearance")
    found, drawing, loading = [], [], []
    for _ in range(ROUNDS):
        drawing.append(timing.worked(idle.page) / timing.QUIET)
        loading.append(opened(visit(control), "/index.html")["content"] / 1000 / PLAIN)
        found.append(look(visit(wine), path))
    slowness = max(1.0, median(drawing), median(loading))
    cost = {key: median(one[key] for one in found) for key in found[0] if key != "tasks"}
    said = f"drawing {median(drawing):.2f}, loading {median(loading):.2f} times slower than quiet"
    print(name, said, cost)  # noqa: T201  # shown when a bar is missed
    return cost | {key: cost[key] / slowness for key in {*BARS, "rows"} & {*cost}}


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_light_quick_and_stays_where_it_is(
    name: str, wine: Site, control: Plain, visit: Open
) -> None:
    late: list[str] = []
    for _ in range(TRIES):
        cost = costs(wine, control, visit, name)
        assert cost["scripts"] <= (INITIAL if name == "home" else SCRIPTS)
        assert cost["styles"] <= STYLES
        assert cost["requests"] <= REQUESTS
        assert cost["shift"] < 0.05
        late = [key for key, bar in BARS.items() if cost[key] >= bar]
        if not late:
            break
    assert late == []
