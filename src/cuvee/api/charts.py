"""Charts: many histories, reduced on the server to what a screen can show, and what is new."""

from __future__ import annotations

import json
import math
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Key, Of, Permission, Read
from cuvee.errors import InvalidParameter

MAX_SERIES = 5000
MAX_CELLS = 1_000_000
MAX_READ = 20_000_000
X = Literal["step", "time", "relative", "metric"]
COLUMNS = ("x", "last", "min", "x_min", "max", "x_max", "mean", "count", "nans")


class Curve(Struct, frozen=True):
    """One metric of one run in buckets, in the order of x: lists of equal length.

    ``last`` is the bucket's last value and ``x`` its place, ``x_min`` and ``x_max`` are the places
    of the least and the greatest value. ``nans`` of the ``count`` values are NaN, which else only
    ``last`` tells; where a bucket has nothing else, the other values are NaN.
    """

    run_id: str
    key: str
    x: list[float]
    last: list[float]
    min: list[float]
    x_min: list[float]
    max: list[float]
    x_max: list[float]
    mean: list[float]
    count: list[int]
    nans: list[int]


class Chart(Struct, frozen=True):
    """The curves that were asked for, by run and key in the order asked; empty ones left out."""

    floats: ClassVar[bool] = True
    """Its lists may hold NaN and infinities, which JSON spells as texts."""
    series: list[Curve] = []


class GetMetricSeries(Read[Chart], frozen=True, kw_only=True):
    """Read metrics of several runs in buckets that keep the extremes.

    A metric with no more points in the range than ``points`` comes back point by point.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "metrics/series"
    methods: ClassVar[tuple[str, ...]] = ("POST", "GET")
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_ids"),)
    run_ids: Annotated[list[Key], Meta(min_length=1, max_length=1000)]
    keys: Annotated[list[Key], Meta(min_length=1, max_length=1000)]
    x: Annotated[
        X,
        Meta(
            description="step; time in milliseconds since 1970; relative: milliseconds since the "
            "run's start; metric: the value of ``x_key`` at the same step"
        ),
    ] = "step"
    x_key: Annotated[str, Meta(max_length=256)] = ""
    start: Annotated[float, Meta(description="least x; all when left out")] | None = None
    end: Annotated[float, Meta(description="greatest x")] | None = None
    points: Annotated[int, Meta(ge=1, le=10_000, description="most buckets of a series")] = 500

    def check(self) -> None:
        if (self.x == "metric") != bool(self.x_key):
            raise InvalidParameter("x_key names the metric of the x axis: give it with x=metric.")
        ends = [end for end in (self.start, self.end) if end is not None]
        if any(math.isnan(end) for end in ends) or ends != sorted(ends):
            raise InvalidParameter("start and end are numbers, and start is not above end.")
        series = len(set(self.run_ids)) * len(set(self.keys))
        if series > MAX_SERIES:
            raise InvalidParameter(
                f"These are {series} series (runs times keys); {MAX_SERIES} are allowed: "
                "ask for fewer runs or keys at a time."
            )
        if series * self.points > MAX_CELLS:
            raise InvalidParameter(
                f"{series} series of {self.points} points are more than {MAX_CELLS} in all: "
                f"lower points to {MAX_CELLS // series}."
            )


class NewPoints(Struct, frozen=True, omit_defaults=True):
    """Points of a metric that are new, in order, as lists of equal length.

    ``gap`` says that others have come, or have gone, which are not among them: read the history.
    """

    run_id: str
    key: str
    steps: list[int] = []
    timestamps: list[int] = []
    values: list[float] = []
    gap: bool = False


class RunState(Struct, frozen=True, omit_defaults=True):
    """What state a run has now."""

    run_id: str
    status: str
    end_time: int | None = None


class MetricTail(Struct, frozen=True):
    """What is new, and the token by which to ask for what comes next.

    ``more`` says that there is more already.
    """

    floats: ClassVar[bool] = True
    token: str
    series: list[NewPoints] = []
    runs: list[RunState] = []
    more: bool = False


class GetMetricTail(Read[MetricTail], frozen=True, kw_only=True):
    """Read what has been logged to runs, and which of them have changed their state, since a token.

    Without a token nothing is new: the answer has the token of now.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "metrics/tail"
    methods: ClassVar[tuple[str, ...]] = ("POST", "GET")
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_ids"),)
    run_ids: Annotated[list[Key], Meta(min_length=1, max_length=100)]
    keys: Annotated[list[Key], Meta(max_length=1000, description="all when left out")] = []
    token: str = ""


class RunPositions(Struct, frozen=True):
    """How many points were ever logged to runs, and their states."""

    runs: dict[str, tuple[int, str]] = {}


class GetRunPositions(Read[RunPositions], frozen=True, kw_only=True):
    """Read what changes with every point and state of runs; the server asks for all streams."""

    needs: ClassVar[Permission] = Permission.ADMIN
    run_ids: list[Key]


def packed(chart: Chart) -> bytes:
    """Write a chart as binary columns, little endian.

    ``CVC1``, the length of a JSON header as uint32, the header padded with spaces to a multiple of
    8, then for each series its columns one after another, each a float64 per bucket. The header
    names the columns and, for each series, ``run_id``, ``key`` and ``buckets``.
    """
    import numpy as np

    named = [{"run_id": c.run_id, "key": c.key, "buckets": len(c.x)} for c in chart.series]
    header = json.dumps({"columns": COLUMNS, "series": named}).encode()
    header += b" " * (-len(header) % 8)
    body = [b"CVC1", len(header).to_bytes(4, "little"), header]
    body += [
        np.array(getattr(curve, column), "<f8").tobytes()
        for curve in chart.series
        for column in COLUMNS
    ]
    return b"".join(body)


def unpacked(data: bytes) -> Chart:
    """Read what ``packed`` has written.

    Raises:
        ValueError: it is something else.
    """
    import numpy as np

    if data[:4] != b"CVC1":
        raise ValueError("these bytes are no chart")
    at = 8 + int.from_bytes(data[4:8], "little")
    header = json.loads(data[8:at])
    curves = []
    for one in header["series"]:
        columns = {}
        for column in header["columns"]:
            columns[column] = np.frombuffer(data, "<f8", one["buckets"], at).tolist()
            at += 8 * one["buckets"]
        for column in ("count", "nans"):
            columns[column] = [int(n) for n in columns[column]]
        curves.append(Curve(run_id=one["run_id"], key=one["key"], **columns))
    return Chart(curves)
