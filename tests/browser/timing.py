"""How long a page takes, judged against a control on the same machine at the same time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from playwright.sync_api import Page

from browser.conftest import PATIENCE, SCREENSHOTS, Visit

MEASURES = SCREENSHOTS.parent / "measures"
ROUNDS = 5
QUIET = 0.32
"""Seconds that the control's drawing takes on a machine of two cores without other work."""
INKED = """(least) => [...document.querySelectorAll("figure canvas")].some((canvas) => {
  if (!canvas.width || !canvas.height) return false;
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let i = 0; i < data.length && found < least; i += 4)
    if (data[i + 3] > 99 && Math.max(data[i], data[i + 1], data[i + 2])
        - Math.min(data[i], data[i + 1], data[i + 2]) > 20) found += 1;
  return found >= least;
})"""
"""Whether a canvas has at least so many pixels with a colour, as lines have and axes have not."""
WORK = """() => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 1200, height: 500});
  const brush = canvas.getContext("2d");
  for (let line = 0; line < 1200; line += 1) {
    brush.strokeStyle = `hsl(${line * 3} 70% 50%)`;
    brush.beginPath();
    for (let x = 0; x < 1200; x += 1)
      brush.lineTo(x, 250 + 200 * Math.sin(x / 150 + line) + 20 * Math.sin(x * 7.7 * line));
    brush.stroke();
  }
  return brush.getImageData(600, 250, 1, 1).data[3];
}"""
"""Draws 1,200 noisy lines of 1,200 points, without any library."""
FRAMES = """([speed, during]) => new Promise((done) => {
  const grid = document.querySelector("[role=grid]");
  const gaps = [];
  const blanks = [0];
  let nodes = 0;
  let before = performance.now();
  const end = before + during;
  const isBlank = () => {
    const {top, bottom} = grid.getBoundingClientRect();
    const rows = [...grid.querySelectorAll("[role=row]:not(:first-child)")].filter((row) => {
      const box = row.getBoundingClientRect();
      return box.bottom > top + 32 && box.top < bottom;
    });
    return !rows.length || rows.some((row) => !row.textContent);
  };
  const next = (now) => {
    gaps.push(now - before);
    if (isBlank()) blanks[blanks.length - 1] += now - before;
    else if (blanks.at(-1)) blanks.push(0);
    if (gaps.length % 20 === 0) nodes = Math.max(nodes, document.querySelectorAll("*").length);
    grid.scrollTop += speed * (now - before);
    before = now;
    if (now < end) requestAnimationFrame(next);
    else {
      gaps.sort((a, b) => a - b);
      const [at, blank] = [grid.scrollTop, Math.max(...blanks)];
      done({median: gaps[gaps.length >> 1], most: gaps.at(-1), nodes, at, blank});
    }
  };
  requestAnimationFrame(next);
})"""
"""Scrolls a grid by so many pixels a millisecond; says what lies between frames."""
TRAFFIC = """(part) => performance.getEntriesByType("resource")
  .filter((one) => one.name.includes(part))
  .reduce((sum, one) => sum + one.transferSize, 0)"""


def keep_measures(name: str, found: dict[str, Any]) -> None:
    """Keep what was measured, as JSON, to be compared with that of other days."""
    MEASURES.mkdir(parents=True, exist_ok=True)
    (MEASURES / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def against(control: Callable[[], float], quiet: float, measure: Callable[[], float]) -> float:
    """Return the seconds that something takes, as they would be on a quiet machine.

    Each is measured some times, in turn, and the median counts.

    Args:
        control: what says how slow the machine is.
        quiet: the seconds that the control takes on a machine without other work.
        measure: what is judged.
    """
    pairs = [(control(), measure()) for _ in range(ROUNDS)]
    controls, found = zip(*pairs, strict=True)
    slowness = max(1.0, median(controls) / quiet)
    print(f"{median(found):.3f} s, {slowness:.2f} times slower than when quiet: {pairs}")  # noqa: T201  # shown when the bar is missed
    return float(median(found) / slowness)


def worked(page: Page) -> float:
    """Let a page draw what every browser draws alike; return the seconds that it took."""
    start = time.monotonic()
    page.evaluate(WORK)
    return time.monotonic() - start


def drawn(opened: Visit, path: str, least: int = 300) -> float:
    """Open a path; return the seconds until a chart has lines."""
    start = time.monotonic()
    opened.page.goto(opened.url + path, wait_until="commit")
    poll(opened.page, lambda: opened.page.evaluate(INKED, least))
    return time.monotonic() - start


def poll(page: Page, done: Callable[[], Any]) -> None:
    """Ask until something holds, often enough to time it."""
    end = time.monotonic() + 2 * PATIENCE
    while not done():
        assert time.monotonic() < end, "it did not come about"
        page.wait_for_timeout(10)


def moved(page: Page, part: str) -> int:
    """Return the bytes, headers and all, that came from addresses with a part."""
    return int(page.evaluate(TRAFFIC, part))


def busiest(page: Page, work: Callable[[], Any]) -> float:
    """Do something with a page; return the most seconds of a processor that its thread worked on.

    That is for the longest of its tasks, and the page hears of nothing else meanwhile. Unlike the
    time that passes it says little of what else the machine does.
    """
    browser = page.context.browser
    assert browser
    session = browser.new_browser_cdp_session()
    events: list[Any] = []
    ended: list[Any] = []
    session.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
    session.on("Tracing.tracingComplete", lambda end: ended.append(end))  # noqa: PLW0108  # Playwright marks it
    categories = {"includedCategories": ["toplevel", "blink.user_timing"]}
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": categories})
    page.evaluate("performance.mark('busiest')")
    work()
    session.send("Tracing.end")
    poll(page, lambda: ended)
    session.detach()
    thread = next((one["pid"], one["tid"]) for one in events if one["name"] == "busiest")
    tasks = [
        one.get("tdur", 0)  # a few have no time of their own
        for one in events
        if one["name"].endswith("RunTask") and (one["pid"], one["tid"]) == thread
    ]
    print(f"{len(tasks)} tasks, {sum(tasks) / 1e6:.3f} s, longest {sorted(tasks)[-9:]} µs")  # noqa: T201  # shown when the bar is missed
    assert any(tasks)
    return float(max(tasks)) / 1e6


def scrolled(page: Page, speed: float, during: int) -> dict[str, float]:
    """Scroll the grid of a page from its top; return what the frames took.

    Args:
        page: the page.
        speed: pixels a millisecond; 0 for what frames take anyway.
        during: for so many milliseconds.

    Returns:
        ``median`` and ``most``: milliseconds between frames; ``nodes``: most elements that were
        there; ``at``: how far it has come; ``blank``: milliseconds for which, at one time, a row
        on screen said nothing.
    """
    page.evaluate("document.querySelector('[role=grid]').scrollTop = 0")
    return dict(page.evaluate(FRAMES, [speed, during]))
