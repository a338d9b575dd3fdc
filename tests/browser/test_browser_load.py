"""What it costs to open a page in a browser that knows nothing of it yet."""

from __future__ import annotations

from statistics import median
from typing import Any

import pytest

from browser import timing
from browser.conftest import Open, Visit
from browser.test_browser_pages import PAGES, places
from refusals.served import Site

QUIET = 0.5  # seconds that the control takes on a machine without other work
ROUNDS = 3
SCRIPTS, STYLES = 300_000, 30_000
INITIAL = 220_000
"""Bytes that scripts and styles of any page may have, and scripts of Home, compressed."""
FILES = 12
"""Files to first content. Which calls are answered before it is the machine's matter."""
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
NOTE = """
window.noted = {shift: 0, tasks: [], content: 0};
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) noted.shift += one.value;
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) noted.tasks.push(one.duration);
}).observe({type: "longtask", buffered: true});
const seen = () => {
  const said = (name) => [...document.querySelectorAll(name)]
    .map((one) => one.textContent.trim()).join("");
  if (said("main h1") && said("main").length > said("main h1").length)
    noted.content = performance.now();
  else requestAnimationFrame(seen);
};
requestAnimationFrame(seen);
"""
"""Notes shifts of the layout, long tasks, and when the page says more than its heading."""
COST = """() => {
  const all = performance.getEntriesByType("resource");
  const painted = performance.getEntriesByName("first-contentful-paint")[0].startTime;
  const bytes = (end) => all.filter((one) => one.name.split("?")[0].endsWith(end))
    .reduce((sum, one) => sum + one.encodedBodySize, 0);
  return {
    ...noted,
    painted: painted / 1000,
    files: 1 + new Set(all.filter(
      (one) => !one.name.includes("/api/") && one.startTime < noted.content)
      .map((one) => one.name)).size,
    scripts: bytes(".js"),
    styles: bytes(".css"),
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


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_light_quick_and_stays_where_it_is(name: str, wine: Site, visit: Open) -> None:
    path = PAGES[name].format(**places(wine))
    idle = visit(wine)
    idle.go("/settings/appearance")
    found, slow = [], []
    for _ in range(ROUNDS):
        slow.append(timing.worked(idle.page) / QUIET)
        found.append(opened(visit(wine), path))
    slowness = max(1.0, median(slow))
    cost = {key: median(one[key] for one in found) for key in found[0] if key != "tasks"}
    print(name, f"{slowness:.2f} times slower than when quiet", cost)  # noqa: T201  # shown when a bar is missed
    assert cost["scripts"] <= (INITIAL if name == "home" else SCRIPTS)
    assert cost["styles"] <= STYLES
    assert cost["files"] <= FILES
    assert cost["shift"] < 0.05
    assert cost["painted"] / slowness < 0.8
    assert cost["content"] / 1000 / slowness < 1
    assert cost["longest"] / slowness < 0.2
    assert cost["blocked"] / slowness < 0.3
