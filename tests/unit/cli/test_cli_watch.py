"""Watching a run: every new value, the end and what it means; in terminals, pipes and as JSON."""

from __future__ import annotations

import json
import math
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.metrics import LogMetric, Metric
from cuvee.api.runs import CreateRun, LogBatch, RunStatus, RunTag, UpdateRun
from cuvee.cli.watch import BARS, WIDTH, Line
from cuvee.client.client import Client
from cuvee.client.connect import close_all
from refusals.served import Site

Command = Callable[..., Any]


def create(store: Any, *points: tuple[str, float, int]) -> str:
    run_id: str = store.do(
        CreateRun(experiment_id="0", run_name="seen", start_time=10**12)
    ).run.info.run_id
    log(store, run_id, *points)
    return run_id


def log(store: Any, run_id: str, *points: tuple[str, float, int]) -> None:
    metrics = [Metric(key=k, value=v, timestamp=1, step=s) for k, v, s in points]
    store.do(LogBatch(run_id=run_id, metrics=metrics))


@contextmanager
def training(
    store: Store, run_id: str, steps: range, end: RunStatus | None
) -> Iterator[threading.Thread]:
    """Log the steps to a run, then end it, while the block goes on."""

    def train() -> None:
        for step in steps:
            time.sleep(0.1)
            store.do(LogMetric(run_id=run_id, key="m", value=step / 2, timestamp=1, step=step))
        if end:
            store.do(UpdateRun(run_id=run_id, status=end, end_time=time.time_ns() // 1_000_000))

    thread = threading.Thread(target=train)
    thread.start()
    yield thread
    thread.join()


def test_a_pipe_gets_a_line_for_what_is_new_until_the_run_ends(
    cuvee: Command, store: Store
) -> None:
    run_id = create(store, ("m", 0.25, 0), ("other", 7.5, 0))
    with training(store, run_id, range(1, 13), "FINISHED"):
        said = cuvee("runs", "watch", run_id)

    lines = said.out.splitlines()
    assert said.status == 0
    assert lines[0].startswith("seen  RUNNING  ")
    assert re.fullmatch(r"\d\d:\d\d:\d\d  step 0  m=0.25  other=7.5", lines[1])
    steps = [int(s) for s in re.findall(r"step (\d+)  m=", said.out)]
    assert steps == sorted(set(steps))
    assert steps[-1] == 12
    assert re.search(r"step 12  m=6$", lines[-2])
    assert lines[-1].startswith("seen  FINISHED  ")


def test_json_lines_hold_every_point_once_and_the_end(cuvee: Command, store: Store) -> None:
    run_id = create(store, ("m", math.nan, 0), ("other", 7.5, 0))
    with training(store, run_id, range(1, 13), "KILLED"):
        said = cuvee("runs", "watch", run_id, "--json", "--metric", "m")

    first, *rest = [json.loads(line) for line in said.out.splitlines()]
    assert said.status == 3
    assert first["runs"] == [{"run_id": run_id, "status": "RUNNING"}]
    assert [(s["key"], s["values"]) for s in first["series"]] == [("m", ["NaN"])]
    points = [step for line in rest for s in line.get("series", []) for step in s["steps"]]
    assert points == list(range(1, 13))
    assert rest[-1]["runs"][0]["status"] == "KILLED"


def test_a_run_that_has_ended_is_shown_as_it_ended(cuvee: Command, store: Store) -> None:
    run_id = create(store, ("m", 1.5, 3))
    tags = [RunTag("cuvee.exception", "Traceback ...\nValueError: no grapes"), RunTag("cuvee.lost")]
    store.do(LogBatch(run_id=run_id, tags=tags))
    store.do(UpdateRun(run_id=run_id, status="FAILED", end_time=2**42))
    said = cuvee("runs", "watch", run_id)

    assert said.status == 3
    assert "step 3  m=1.5" in said.out
    assert said.out.splitlines()[-1].endswith("ValueError: no grapes  its process died")
    assert cuvee("runs", "watch", "0" * 32).status == 1


def test_of_many_metrics_the_first_are_followed(cuvee: Command, store: Store) -> None:
    run_id = create(store)
    for start in (0, 600):
        log(store, run_id, *((f"m{i:04}", i, 0) for i in range(start, start + 600)))
    store.do(UpdateRun(run_id=run_id, status="FINISHED"))

    assert "m0019=19" in cuvee("runs", "watch", run_id).out
    one = cuvee("runs", "watch", run_id, "--metric", "m1100").out
    assert "m1100=1100" in one
    assert "m0000" not in one


class Terminal:
    """The command in a terminal of its own.

    Args:
        arguments: of ``cuvee``.
        directory: working directory.
    """

    def __init__(self, *arguments: str, directory: Path) -> None:
        self.screen, other = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "LINES": "40"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cuvee", *arguments],
            stdin=other,
            stdout=other,
            stderr=other,
            cwd=directory,
            env={**environment, "PYTHONIOENCODING": "utf-8"},
            start_new_session=True,
        )
        os.close(other)
        self.said = b""

    def until(self, done: Callable[[str], object], seconds: float = 30) -> str:
        """Read what is shown until ``done`` says that it is enough."""
        end = time.monotonic() + seconds
        while not done(self.said.decode(errors="replace")):
            assert time.monotonic() < end, self.said
            if select.select([self.screen], [], [], 0.2)[0]:
                try:
                    self.said += os.read(self.screen, 65536)
                except OSError:  # nobody writes there any more
                    return self.said.decode(errors="replace")
        return self.said.decode(errors="replace")

    def close(self) -> None:
        """End what still runs."""
        self.process.kill()
        self.process.wait()
        os.close(self.screen)


@pytest.mark.parametrize("served", [True, False], ids=["server", "embedded"])
def test_a_terminal_shows_a_table_and_ctrl_c_leaves_the_run_alone(
    tmp_path: Path, *, served: bool
) -> None:
    url = f"sqlite:///{tmp_path}/cuvee.db"
    site = Site(url, tmp_path) if served else None
    uri = f"http://127.0.0.1:{site.port}" if site else url
    client = Client(uri)
    run_id = create(client, *(("loss", 100.0 - i, i) for i in range(100)))
    shown = Terminal("runs", "watch", run_id, "--tracking-uri", uri, directory=tmp_path)
    try:
        shown.until(lambda text: "TREND" in text and BARS[7] in text)
        log(client, run_id, ("loss", -7.5, 100), ("late", 3.0, 100))
        text = shown.until(lambda text: "-7.5" in text and "late" in text)
        assert re.search(r"seen  RUNNING  \d", text)
        os.kill(shown.process.pid, signal.SIGINT)
        rest = shown.until(lambda _: False)
        assert shown.process.wait(20) == 130
        assert "Traceback" not in rest
        assert "Abort" not in rest
        assert rest.rstrip().endswith("\x1b[?25h"), "the cursor is shown again"
        assert client.get_run(run_id).info.status == "RUNNING"
    finally:
        shown.close()
        close_all()
        if site:
            site.close()


def test_an_outline_stays_small_and_keeps_its_shape() -> None:
    line = Line()
    for start in range(0, 100_000, 700):
        steps = range(start, min(start + 700, 100_000))
        line.add(steps, [float(step) for step in steps])

    drawn = line.drawn(BARS)
    assert (line.step, line.last, line.least, line.most) == (99_999, 99_999.0, 0.0, 99_999.0)
    assert len(line._outline) <= 4 * WIDTH  # noqa: SLF001  # what it is for
    assert len(drawn) == WIDTH
    assert drawn == "".join(sorted(drawn))
    assert set(drawn) == set(BARS)


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([], ""),
        ([5.0, 5.0], BARS[3] * 2),
        ([-1.7e308, 1.7e308], BARS[0] + BARS[7]),
        ([0.0, math.nan, math.inf, 1.0], f"{BARS[0]}  {BARS[7]}"),
    ],
)
def test_any_value_can_be_drawn(values: list[float], drawn: str) -> None:
    line = Line()
    line.add(range(len(values)), values)
    assert line.drawn(BARS) == drawn
