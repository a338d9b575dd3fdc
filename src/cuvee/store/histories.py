"""Histories of metrics: pages, several runs at once, and samples."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable
from itertools import pairwise, repeat
from typing import TYPE_CHECKING

from sqlalchemy import select

from cuvee.api.histories import GetMetricColumns, HistoryColumns
from cuvee.api.metrics import (
    MAX_HISTORY_PAGE,
    GetMetricHistory,
    GetMetricHistoryBulk,
    GetMetricHistoryBulkInterval,
    Metric,
    MetricList,
    MetricPage,
)
from cuvee.errors import InvalidParameter
from cuvee.store import schema
from cuvee.store.engine import hot
from cuvee.store.points import Head, chunk_groups, heads, scan, tail, whole

if TYPE_CHECKING:
    from cuvee.store.columns import Ints, Place, Points
    from cuvee.store.tx import Tx

_r = schema.runs
_run_pks = hot(lambda db: select(_r.c.run_id, _r.c.pk).where(db.among(_r.c.run_id, "ids")))


def run_pks(tx: Tx, run_ids: Iterable[str]) -> dict[str, int]:
    """Return the primary keys of those runs that exist."""
    return dict(tx.all(_run_pks, ids=tx.listed(sorted(set(run_ids)))))


def get_metric_history(tx: Tx, op: GetMetricHistory) -> MetricPage:
    points, token = _page(tx, op)
    return MetricPage(_metrics(op.metric_key, points), token)


def get_metric_columns(tx: Tx, op: GetMetricColumns) -> HistoryColumns:
    points, token = _page(tx, op)
    return HistoryColumns(
        key=op.metric_key,
        values=points.values().tolist(),
        timestamps=points.times.tolist(),
        steps=points.steps.tolist(),
        next_page_token=token,
    )


def _page(tx: Tx, op: GetMetricHistory | GetMetricColumns) -> tuple[Points, str | None]:
    from cuvee.store.columns import NONE

    after = _read_token(op.page_token) if op.page_token else None
    run_pk = run_pks(tx, [op.run_id]).get(op.run_id)
    key_id = tx.key_ids([op.metric_key]).get(op.metric_key)
    if run_pk is None or key_id is None:
        return NONE, None
    points, more = _first(tx, run_pk, key_id, after, op.max_results)
    return points, _write_token(points.place(-1)) if more else None


def _first(
    tx: Tx, run_pk: int, key_id: int, after: Place | None, limit: int | None
) -> tuple[Points, bool]:
    """Return the first points after a place, and whether there are more."""
    blocks: list[Points] = []
    left = limit
    for block in scan(tx, run_pk, key_id, after):
        if left is not None and block.size > left:
            return whole([*blocks, block.part(slice(0, left))]), True
        blocks.append(block)
        left = left if left is None else left - block.size
    return whole(blocks), False


def get_metric_history_bulk(tx: Tx, op: GetMetricHistoryBulk) -> MetricList:
    left = min(op.max_results, MAX_HISTORY_PAGE)
    found: list[Metric] = []
    key_id = tx.key_ids([op.metric_key]).get(op.metric_key)
    pks = run_pks(tx, op.run_id)
    for run_id in sorted(pks):
        if key_id is None or left <= 0:
            break
        points, _ = _first(tx, pks[run_id], key_id, None, left)
        found += _metrics(op.metric_key, points, run_id)
        left -= points.size
    return MetricList(found)


def get_metric_history_bulk_interval(tx: Tx, op: GetMetricHistoryBulkInterval) -> MetricPage:
    key_id = tx.key_ids([op.metric_key]).get(op.metric_key)
    pks = run_pks(tx, op.run_ids)
    found: list[Metric] = []
    for run_id in dict.fromkeys(op.run_ids):
        if run_id in pks and key_id is not None:
            found += _metrics(op.metric_key, _sample(tx, pks[run_id], key_id, op), run_id)
    return MetricPage(found)


def _sample(tx: Tx, run_pk: int, key_id: int, op: GetMetricHistoryBulkInterval) -> Points:
    """Return points evenly spread by rank in the order of steps, the first and the last too."""
    import numpy as np

    from cuvee.store.columns import by_step, decode, merged

    found = heads(tx, run_pk, key_id)
    last = tail(tx, run_pk, key_id)
    low, high = op.start_step, op.end_step
    if low is not None and high is not None:
        found = [h for h in found if h.high_step >= low and h.low_step <= high]
    inside = all(low is None or (low <= h.low_step and h.high_step <= (high or 0)) for h in found)
    if inside and _climbs(found, last):
        last = within(last, low, high)
        ends = np.cumsum([h.size for h in found], dtype=np.int64)
        total = int(ends[-1]) + last.size if found else last.size
        ranks = _spread(total, op.max_results)
        parts = []
        mine = {}
        for head, end in zip(found, ends, strict=True):
            some = ranks[(ranks >= end - head.size) & (ranks < end)] - (end - head.size)
            if len(some):
                mine[head] = some
        for group in chunk_groups(tx, run_pk, key_id, list(mine)):
            parts += [decode(data, mine[head]) for head, data in group]
        parts.append(last.part(ranks[ranks >= total - last.size] - (total - last.size)))
        return by_step(merged(parts))
    blocks = scan(tx, run_pk, key_id, found=found)
    points = by_step(whole(within(block, low, high) for block in blocks))
    return points.part(_spread(points.size, op.max_results))


def within(points: Points, low: int | None, high: int | None) -> Points:
    """Return the points whose steps are from ``low`` to ``high``."""
    if low is None or high is None:
        return points
    return points.part((points.steps >= low) & (points.steps <= high))


def _climbs(found: list[Head], last: Points) -> bool:
    """Say whether points in the order of their times are in the order of their steps, too."""
    steps = last.steps
    if not bool((steps[1:] >= steps[:-1]).all()):
        return False
    if any(not h.rising or h.lane != found[0].lane for h in found):
        return False
    if found and last.size:
        end = found[-1]
        if last.place(0) <= end.last or int(steps[0]) < end.high_step:
            return False
    return all(one.high_step <= other.low_step for one, other in pairwise(found))


def _spread(total: int, most: int) -> Ints:
    """Return ranks, evenly spread, the first and the last among them if two may be had.

    They begin runs of neighbours that differ in length by one at most, the longer ones first, as
    SQL's ``NTILE`` makes them, which is what MLflow answers with; the very last stands for its run.
    """
    import numpy as np

    if total <= most:
        return np.arange(total, dtype=np.int64)
    length, longer = divmod(total, most)
    rank = np.arange(most, dtype=np.int64)
    ranks = rank * length + np.minimum(rank, longer)
    ranks[-1] = total - 1
    return ranks


def _metrics(key: str, points: Points, run_id: str | None = None) -> list[Metric]:
    columns = points.values().tolist(), points.times.tolist(), points.steps.tolist()
    if run_id is None:
        return list(map(Metric, repeat(key), *columns))
    none = repeat(None)
    return list(map(Metric, repeat(key), *columns, none, none, none, repeat(run_id)))


def _write_token(place: Place) -> str:
    return base64.urlsafe_b64encode(",".join(map(str, place)).encode()).decode()


def _read_token(token: str) -> Place:
    try:
        timestamp, step, bits = map(int, base64.urlsafe_b64decode(token).decode().split(","))
        struct.pack("<3q", timestamp, step, bits)
    except (ValueError, struct.error):
        raise InvalidParameter(
            "Invalid page token, could not base64-decode it: this call did not give it out. Leave "
            "page_token out to start anew."
        ) from None
    return timestamp, step, bits
