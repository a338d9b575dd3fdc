"""Metrics of many runs at once: reduced to what a screen can show, and as they come."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from cuvee.api.base import Store
from cuvee.api.charts import Curve, GetMetricSeries, GetMetricTail, MetricTail, X
from cuvee.client.base import Calls
from cuvee.client.connect import connect
from cuvee.errors import ConnectionFailed, TooManyRequests, Unavailable

PATH = "/api/1.0/cuvee/metrics/stream"
POLL = 0.25
"""Seconds between two looks into an embedded store."""
SILENCE = 50.0
"""Seconds without a byte after which a stream counts as cut."""
LONGEST_PAUSE = 20.0


class ChartCalls(Calls):
    """What a client asks of metrics for a chart."""

    def metric_series(
        self,
        run_ids: Sequence[str],
        keys: Sequence[str],
        x: X = "step",
        x_key: str | None = None,
        start: float | None = None,
        end: float | None = None,
        points: int = 500,
    ) -> list[Curve]:
        """Return metrics of several runs in buckets that keep the extremes.

        Args:
            run_ids: which runs.
            keys: which metrics.
            x: ``step``, ``time`` (milliseconds since 1970), ``relative`` (milliseconds since the
                run's start) or ``metric``.
            x_key: with ``metric``: whose value at the same step is x.
            start: least x.
            end: greatest x.
            points: most buckets of a curve; a shorter one comes point by point.

        Raises:
            InvalidParameter: these are too many series or points.
        """
        op = GetMetricSeries(
            run_ids=list(run_ids),
            keys=list(keys),
            x=x,
            x_key=x_key or "",
            start=start,
            end=end,
            points=points,
        )
        return connect(self._tracking_uri).store.do(op).series

    def follow_metrics(
        self, run_ids: Sequence[str], keys: Sequence[str] = (), token: str | None = None
    ) -> Iterator[MetricTail]:
        """Return an iterator of what is logged to runs from now on, and of their changes of state.

        It waits for what comes and never ends by itself; interruptions are bridged. Each item's
        ``token`` continues after it, in another process too.

        Args:
            run_ids: which runs, 100 at most.
            keys: which metrics; all when empty.
            token: of the last item that is known; only what comes from this call on when None.

        Raises:
            ConnectionFailed: the server cannot be reached at the first attempt.
        """
        op = GetMetricTail(run_ids=list(run_ids), keys=list(keys), token=token or "")
        store = connect(self._tracking_uri).store
        if not op.token:
            op = replace(op, token=store.do(op).token)
        return follow(store, op)


def follow(store: Store, op: GetMetricTail) -> Iterator[MetricTail]:
    """Follow runs of a store after the token of ``op``; see ``Client.follow_metrics``."""
    from cuvee.client.remote import HttpStore

    return _streamed(store, op) if isinstance(store, HttpStore) else _polled(store, op)


def _polled(store: Store, op: GetMetricTail) -> Iterator[MetricTail]:
    while True:
        found = store.do(op)
        op = replace(op, token=found.token)
        if found.series or found.runs:
            yield found
        if not found.more:
            time.sleep(POLL)


def _streamed(store: Any, op: GetMetricTail) -> Iterator[MetricTail]:
    from cuvee.api.wire import decode_result

    pause, reached = POLL, False
    while True:
        try:
            for line in store.follow(replace(op, token=""), PATH, op.token, SILENCE):
                pause, reached = POLL, True
                if line.startswith(b"data: "):
                    found = decode_result(MetricTail, line[6:])
                    op = replace(op, token=found.token)
                    yield found
        except (ConnectionFailed, Unavailable, TooManyRequests):
            if not reached:
                raise
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
