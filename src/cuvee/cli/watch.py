"""``cuvee runs watch``: a run's metrics in the terminal, as they are logged."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from cuvee.cli.interrupts import one_interrupt
from cuvee.cli.options import Do, examples, uses_store
from cuvee.cli.output import duration, pairs, printable

if TYPE_CHECKING:
    from cuvee.api.charts import Curve, MetricTail
    from cuvee.api.runs import Run

ENDED = ("FINISHED", "FAILED", "KILLED")
NOT_FINISHED = 3
INTERRUPTED = 130
"""What shells call a program that Ctrl-C has ended, so that ``watch … && next`` stops there."""
SHOWN = 20
FOLLOWED = 1000
"""Metrics that the server lets one follow at once."""
WIDTH = 40
BARS = "▁▂▃▄▅▆▇█"
PLAIN_BARS = "_.-~=+*#"


@click.command(
    epilog=examples(
        "cuvee runs watch 3f0c7e1a9d2b4c55a0e4b7d1f6a89c02",
        "cuvee runs watch 3f0c7e1a9d2b4c55a0e4b7d1f6a89c02 --metric loss --metric val_loss",
        "cuvee runs watch 3f0c7e1a9d2b4c55a0e4b7d1f6a89c02 --json | jq .series",
    )
)
@click.argument("run_id", metavar="RUN")
@click.option(
    "--metric",
    "keys",
    multiple=True,
    metavar="KEY",
    help=f"Watch this one; may be repeated. [default: all; a terminal shows the first {SHOWN}]",
)
@click.option("--json", "as_json", is_flag=True, help="Print what is new as lines of JSON.")
@uses_store
@click.pass_context
def watch(
    context: click.Context, do: Do, run_id: str, keys: tuple[str, ...], *, as_json: bool
) -> None:
    """Follow a run, and its metrics, until it ends.

    A terminal shows a table with a line per metric, a file or a pipe gets a line for what is new,
    four a second at most. The exit status is 0 when the run has FINISHED, 3 when it was FAILED or
    KILLED, 130 after Ctrl-C, which leaves the run alone.
    """
    watched = Watched(do, run_id, keys)
    try:
        with one_interrupt():
            if as_json:
                _print_json(watched)
            elif sys.stdout.isatty():
                _draw(watched)
            else:
                _print_lines(watched)
    except KeyboardInterrupt:
        context.exit(INTERRUPTED)
    context.exit(0 if watched.status == "FINISHED" else NOT_FINISHED)


class Line:
    """One metric as it grows: its last value, its extremes, and its outline.

    Args:
        step: of the last value.
        last: value.
        least: value that is no NaN.
        most: the same.
        outline: means of equally many points each, in their order.
        each: how many.
    """

    def __init__(
        self,
        step: int = 0,
        last: float = math.nan,
        least: float = math.nan,
        most: float = math.nan,
        outline: Sequence[float] = (),
        each: int = 1,
    ) -> None:
        self.step, self.last, self.least, self.most = step, last, least, most
        self._outline = list(outline)
        self._each = each
        self._open: list[float] = []

    @classmethod
    def of(cls, curve: Curve) -> Line:
        """Return the line of what has been logged."""
        each = max(1, round(sum(curve.count) / len(curve.x)))
        least, most = _extremes([*curve.min, *curve.max])
        return cls(int(curve.x[-1]), curve.last[-1], least, most, curve.mean, each)

    def add(self, steps: Sequence[int], values: Sequence[float]) -> None:
        """Go on with points."""
        if not values:
            return
        self.step, self.last = steps[-1], values[-1]
        self.least, self.most = _extremes([self.least, self.most, *values])
        for value in values:
            self._open.append(value)
            if len(self._open) >= self._each:
                self._outline.append(_mean(self._open))
                self._open = []
            if len(self._outline) >= 4 * WIDTH:
                self._outline = _parts(self._outline, 2 * WIDTH)
                self._each *= 2

    def drawn(self, bars: str) -> str:
        """Return the outline as a row of bars; a place of which nothing is known stays empty."""
        means = _parts(self._outline, WIDTH)
        least, most = _extremes([value for value in means if math.isfinite(value)])
        reach = most / 2 - least / 2  # halves, because the whole may be beyond all floats
        top = len(bars) - 1
        return "".join(
            " "
            if not math.isfinite(value)
            else bars[round((value / 2 - least / 2) / reach * top) if reach else top // 2]
            for value in means
        )


class Watched:
    """A run that is followed.

    Args:
        do: carries out operations.
        run_id: which run.
        keys: which metrics; all when empty.

    Raises:
        NotFound: there is no such run.
    """

    def __init__(self, do: Do, run_id: str, keys: Sequence[str]) -> None:
        from cuvee.api.charts import GetMetricTail
        from cuvee.api.runs import GetRun

        self._do: Any = do
        present = do(GetRun(run_id=run_id)).run.data.metrics
        if not keys and len(present) > FOLLOWED:
            keys = sorted(present)[:SHOWN]
        self.run_id, self.keys = run_id, list(keys)
        op = GetMetricTail(run_ids=[run_id], keys=self.keys)
        self.token: str = do(op).token
        self.run: Run = do(GetRun(run_id=run_id)).run  # after the token, so that no end is missed
        self.status: str = self.run.info.status
        self.lines: dict[str, Line] = {}
        self._read(self.keys or sorted(self.run.data.metrics)[:SHOWN])

    def follow(self) -> Iterator[MetricTail]:
        """Take in and give what is new, until the run has ended."""
        from cuvee.api.charts import GetMetricTail
        from cuvee.api.runs import GetRun
        from cuvee.client.charts import follow

        op = GetMetricTail(run_ids=[self.run_id], keys=self.keys, token=self.token)
        tails = iter(()) if self.status in ENDED else follow(self._do.__self__, op)
        for tail in tails:
            self._take(tail)
            if self.status in ENDED:
                self.run = self._do(GetRun(run_id=self.run_id)).run
            yield tail
            if self.status in ENDED and not tail.more:
                return

    def _take(self, tail: MetricTail) -> None:
        for series in tail.series:
            if series.gap:
                self._read([series.key])
            elif series.key in self.lines or len(self.lines) < max(SHOWN, len(self.keys)):
                self.lines.setdefault(series.key, Line()).add(series.steps, series.values)
        for state in tail.runs:
            self.status = state.status

    def _read(self, keys: Sequence[str]) -> None:
        """Read whole histories, reduced to what is drawn."""
        from cuvee.api.charts import GetMetricSeries

        if keys:
            op = GetMetricSeries(run_ids=[self.run_id], keys=list(keys), points=2 * WIDTH)
            for curve in self._do(op).series:
                self.lines[curve.key] = Line.of(curve)

    def said(self) -> str:
        """Return in a line what state the run is in, and why it ended if that is known."""
        info, tags = self.run.info, self.run.data.tags
        end = info.end_time or time.time_ns() // 1_000_000
        words = [info.run_name, self.status, duration(info.start_time, end)]
        if self.status in ENDED and self.status != "FINISHED":
            words += tags.get("cuvee.exception", "").strip().splitlines()[-1:]
            words += ["its process died"] if "cuvee.lost" in tags else []
        return "  ".join(printable(word) for word in words if word)


def _print_json(watched: Watched) -> None:
    from cuvee.api.charts import MetricTail, NewPoints, RunState
    from cuvee.api.wire import encode

    info = watched.run.info
    known = [
        NewPoints(info.run_id, m.key, [m.step], [m.timestamp], [m.value])
        for m in watched.run.data.metric_items
        if not watched.keys or m.key in watched.keys
    ]
    state = RunState(info.run_id, info.status, info.end_time)
    click.echo(encode(MetricTail(watched.token, known, [state])))
    for tail in watched.follow():
        click.echo(encode(tail))


def _print_lines(watched: Watched) -> None:
    click.echo(watched.said())
    known = {m.key: m.value for m in watched.run.data.metric_items if m.key in watched.lines}
    if known:
        click.echo(_line(max(watched.lines[key].step for key in known), known))
    for tail in watched.follow():
        new = {s.key: s.values[-1] for s in tail.series if s.values}
        if new:
            click.echo(_line(max(s.steps[-1] for s in tail.series if s.steps), new))
    if watched.status in ENDED:
        click.echo(watched.said())


def _line(step: int, values: dict[str, float]) -> str:
    return f"{datetime.now().astimezone():%H:%M:%S}  step {step}  {pairs(values, SHOWN)}"


def _draw(watched: Watched) -> None:
    from rich.console import Console
    from rich.live import Live

    console = Console()
    bars = BARS
    try:
        bars.encode(console.encoding)
    except UnicodeEncodeError:
        bars = PLAIN_BARS

    def table() -> Any:
        return _table(watched, bars)

    with Live(get_renderable=table, console=console, refresh_per_second=4):
        for _ in watched.follow():
            pass


def _table(watched: Watched, bars: str) -> Any:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("METRIC", "STEP", "LAST", "MIN", "MAX"):
        right = name != "METRIC"
        table.add_column(name, justify="right" if right else "left", no_wrap=right, overflow="fold")
    table.add_column("TREND", no_wrap=True, overflow="crop")
    for key, line in list(watched.lines.items()):
        cells = (key, line.step, line.last, line.least, line.most)
        table.add_row(*(Text(printable(cell)) for cell in cells), line.drawn(bars))
    return Group(Text(watched.said()), table)


def _extremes(values: Sequence[float]) -> tuple[float, float]:
    """Return the least and the greatest value that is no NaN; NaN if there is none."""
    numbers = [value for value in values if not math.isnan(value)]
    return (min(numbers), max(numbers)) if numbers else (math.nan, math.nan)


def _parts(values: list[float], most: int) -> list[float]:
    """Return the means of ``most`` parts of equal length, or the values if they are fewer."""
    size = len(values)
    if size <= most:
        return values
    return [_mean(values[i * size // most : (i + 1) * size // most]) for i in range(most)]


def _mean(values: Sequence[float]) -> float:
    """Return the mean of the values that are no NaN."""
    numbers = [value for value in values if not math.isnan(value)]
    return sum(value / len(numbers) for value in numbers) if numbers else math.nan
