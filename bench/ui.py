"""What a web UI costs its reader, beside another's: ``python -m bench.ui``, in a real Chromium.

Each server is launched, gets the same runs and one run with a long metric, and is opened with an
empty cache. {port}, {host} and {dir} are filled in; {experiment} and {run} in the addresses of the
pages. CUVEE_CHROMIUM names the browser if it is not on PATH.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as Late

from bench.histories import batches
from bench.limits import machine
from bench.load import Refused, Script, post
from bench.report import columns, write
from bench.rows import (
    T0,
    Settings,
    answer_to,
    chance,
    experiment,
    insist,
    loading,
    run_message,
)
from bench.servers import Server

TABLE, CHART = "/experiments/{experiment}", "/runs/{run}/metrics"
PATIENCE = 60_000
ROUNDS = 3
DRAWN = """() => [...document.querySelectorAll(".scatterlayer path.js-line")].some(
    (path) => (path.getAttribute("d") ?? "").length > 40) ||
  [...document.querySelectorAll("canvas")].some((canvas) => {
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length && found < 300; i += 4)
      if (data[i + 3] > 99 && Math.max(data[i], data[i + 1], data[i + 2])
        - Math.min(data[i], data[i + 1], data[i + 2]) > 60) found += 1;
    return found >= 300;
  })"""
"""Whether a line is there: a path of Plotly's, or a canvas with pixels that have a colour."""


@dataclass
class Traffic:
    """What a page has fetched: requests, and bytes as they were sent, by kind."""

    requests: int = 0
    kinds: dict[str, str] = field(default_factory=dict)
    sent: dict[str, float] = field(default_factory=dict)

    def watch(self, page: Page) -> None:
        """Count from now on."""
        session = page.context.new_cdp_session(page)
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def _received(self, event: Any) -> None:
        self.requests += 1
        self.kinds[event["requestId"]] = event["type"]

    def _finished(self, event: Any) -> None:
        kind = self.kinds.get(event["requestId"], "Other")
        self.sent[kind] = self.sent.get(kind, 0) + event["encodedDataLength"]


class Visitor:
    """A browser that visits one server.

    Args:
        browser: the browser; each visit has a profile of its own.
        server: whom it visits.
        table: path of the page with an experiment's runs.
        chart: path of the page with a run's metrics.
        runs: how many runs there are.
    """

    def __init__(self, browser: Browser, server: Server, table: str, chart: str, runs: int) -> None:
        self.browser, self.server = browser, server
        self.table, self.chart, self.runs = table, chart, runs

    def look(self, path: str, done: str, *, script: bool = False) -> tuple[Page, Traffic, float]:
        """Open a page with an empty cache and wait for a text, or until a script says yes."""
        page = self.browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        traffic = Traffic()
        traffic.watch(page)
        begin = time.perf_counter()
        page.goto(f"http://127.0.0.1:{self.server.port}{path}", timeout=PATIENCE)
        if script:  # asked here: a strict policy for content lets no page wait for a script
            while not page.evaluate(done):
                page.wait_for_timeout(20)
                if time.perf_counter() > begin + PATIENCE / 1000:
                    raise Late("nothing is drawn")
        else:
            page.get_by_text(done, exact=True).first.wait_for(timeout=PATIENCE)
        return page, traffic, time.perf_counter() - begin

    def rows(self) -> dict[str, Any]:
        """Open the table of runs; then scroll for the oldest."""
        newest, took = f"run-{self.runs - 1}", []
        for _ in range(ROUNDS):
            page, traffic, seconds = self.look(self.table, newest)
            took.append(seconds)
            page.wait_for_timeout(2000)
            found = {
                "scripts, first visit (kB sent)": traffic.sent.get("Script", 0) / 1e3,
                "everything, first visit (kB sent)": sum(traffic.sent.values()) / 1e3,
                "requests, first visit": traffic.requests,
            }
            if len(took) < ROUNDS:
                page.context.close()
        reached = self.scroll(page)
        page.context.close()
        rows = {"first rows, first visit (s)": median(took)}
        return {**found, **rows, f"of {self.runs:,} runs, scrolled to without a click": reached}

    def scroll(self, page: Page) -> str:
        """Turn the wheel until nothing new appears; say whether the oldest run did."""
        page.get_by_text(f"run-{self.runs - 1}", exact=True).first.hover()
        last, seen = page.get_by_text("run-0", exact=True), ""
        while not (there := last.count() > 0):
            page.mouse.wheel(0, 200_000)
            page.wait_for_timeout(1000)
            text = page.locator("body").inner_text()
            if text == seen:
                break
            seen = text
        return "all" if there else "not all"

    def draw(self, points: int) -> dict[str, Any]:
        """Open the run with the long metric."""
        took, sizes = [], []
        for _ in range(ROUNDS):
            page, traffic, seconds = self.look(self.chart, DRAWN, script=True)
            took.append(seconds)
            sizes.append(sum(v for k, v in traffic.sent.items() if k in ("XHR", "Fetch")) / 1e3)
            page.context.close()
        return {
            f"chart of {points:,} points, first visit (s)": median(took),
            "data for it (kB sent)": median(sizes),
        }


def fill(server: Server, runs: int, points: int, settings: Settings) -> dict[str, str]:
    """Give a server what is looked at; return the ids."""
    home = experiment(server, "runs")
    numbers = iter(range(runs))

    def script() -> Script:
        for i in numbers:
            body = {"experiment_id": home, "run_name": f"run-{i}", "start_time": T0 + i * 1000}
            made = yield from insist(post("runs/create", body))
            run = made.json()["run"]["info"]["run_id"]
            metrics = [
                {"key": f"metric_{k}", "value": chance("m", i, k), "timestamp": T0, "step": 0}
                for k in range(10)
            ]
            params = [{"key": f"param_{k}", "value": str(i % (k + 2))} for k in range(10)]
            about = {"run_id": run, "metrics": metrics, "params": params}
            yield from insist(post("runs/log-batch", about))

    loading(server, [script() for _ in range(8)], settings)
    made: Any = answer_to(server, run_message(experiment(server, "long"), "long"))
    run = made["run"]["info"]["run_id"]
    end = time.perf_counter() + settings.load_cap
    for batch in batches(points):
        answer_to(server, post("runs/log-batch", {"run_id": run, "metrics": batch}))
        if time.perf_counter() > end:
            raise Refused(0, f"{server.name}: too slow to load {points} points".encode())
    return {"experiment": home, "run": str(run), "long": experiment(server, "long")}


def browse(visitor: Visitor, points: int) -> dict[str, Any]:
    """Return all figures; what a UI did not show in time is left out."""
    found: dict[str, Any] = {}
    with contextlib.suppress(Late):
        found |= visitor.rows()
    with contextlib.suppress(Late):
        found |= visitor.draw(points)
    return found


def options() -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.ui", description=__doc__)
    add = parser.add_argument
    add("--launch", action="append", default=[], metavar="NAME=COMMAND")
    add("--table", action="append", default=[], metavar="NAME=PATH", help=f"default {TABLE}")
    add("--chart", action="append", default=[], metavar="NAME=PATH", help=f"default {CHART}")
    add("--runs", type=int, default=10_000)
    add("--points", type=int, default=1_000_000)
    add("--load-cap", type=float, default=900, help="most seconds for loading each")
    add("--markdown", type=Path, help="also write the table to this file")
    return parser.parse_args()


def main() -> None:
    """Measure, print, and write the table where it is wanted."""
    args = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are to end with it
    tables, charts = (dict(i.split("=", 1) for i in given) for given in (args.table, args.chart))
    settings = Settings(load_cap=args.load_cap)
    found: dict[str, dict[str, Any]] = {}
    path = os.environ.get("CUVEE_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, command in (item.split("=", 1) for item in args.launch):
            server = Server(name, command=command, directory=Path(folder) / name)
            try:
                server.start()
                ids = fill(server, args.runs, args.points, settings)
                runs_page = tables.get(name, TABLE).format(**ids)
                chart_page = charts.get(name, CHART).format(**ids)
                visitor = Visitor(browser, server, runs_page, chart_page, args.runs)
                found[name] = browse(visitor, args.points)
                print(name, json.dumps(found[name]), flush=True)
            except Refused as problem:
                print(problem, file=sys.stderr)
            finally:
                server.stop()
        browser.close()
    text = table(found)
    print(text)
    if args.markdown:
        write(text, args.markdown, "ui")


def table(found: dict[str, dict[str, Any]]) -> str:
    """Return the figures as a table."""
    lines = columns(found, "not shown")
    about = machine()
    lines += ["", f"Medians of {ROUNDS} visits, the cache empty. Machine: {about['cpu']},"]
    lines += [f"{about['cores']} cores, {about['kernel']}, {about['date']}.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
