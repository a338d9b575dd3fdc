"""Histories column by column, for whom a point by itself would cost too much: the server."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta, Struct

from cuvee.api import wire
from cuvee.api.base import Key, Of, Read


class HistoryColumns(Struct, frozen=True, kw_only=True):
    """Points of a history, and the token of the next page.

    Args:
        key: the metric.
        values: what was measured.
        timestamps: when.
        steps: at which step.
        next_page_token: resumes behind the page; None on the last.
    """

    key: str
    values: list[float] = []
    timestamps: list[int] = []
    steps: list[int] = []
    next_page_token: str | None = None

    def written(self) -> bytes:
        """Return the points, without the token, as a ``MetricPage`` of them is written."""
        if not self.values:
            return b"{}"
        points = map(_point(self.key), self.values, self.timestamps, self.steps)
        body = _encode({"metrics": list(points)})
        if math.isfinite(sum(self.values)):
            return body
        return wire.filled(body, [v for v in self.values if not math.isfinite(v)])


class GetMetricColumns(Read[HistoryColumns], frozen=True, kw_only=True):
    """Read a metric's points as ``GetMetricHistory`` does; it has no address."""

    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Key
    metric_key: Key
    page_token: str = ""
    max_results: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


_encode = msgspec.json.Encoder().encode


@lru_cache(maxsize=64)
def _point(key: str) -> type[Any]:
    """Return a type whose values are written as points of a metric; it has three fields only."""
    fields = [("value", float), ("timestamp", int), ("step", int)]
    return msgspec.defstruct("Point", fields, tag_field="key", tag=key, frozen=True, gc=False)
