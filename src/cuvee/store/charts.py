"""Charts in SQL: histories of many runs, reduced to buckets as they are read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from cuvee.api.charts import MAX_READ, Chart, Curve, GetMetricSeries
from cuvee.errors import InvalidParameter
from cuvee.store import schema
from cuvee.store.engine import hot
from cuvee.store.points import Head, chunk_groups, heads, scan, tail, whole

if TYPE_CHECKING:
    from cuvee.store.buckets import Floats, Rows
    from cuvee.store.columns import Points
    from cuvee.store.tx import Tx

Parts = Iterator[tuple["Floats", "Floats"]]
"""Places and values, block by block."""

_r = schema.runs
_l = schema.latest
_runs = hot(
    lambda db: select(_r.c.run_id, _r.c.pk, _r.c.start_time).where(db.among(_r.c.run_id, "ids"))
)
_there = hot(
    lambda db: select(_l.c.run_pk, _l.c.key_id).where(
        db.among(_l.c.run_pk, "run_pks"), db.among(_l.c.key_id, "ids")
    )
)
_size = hot(
    lambda db: select(func.sum(_l.c.logged)).where(
        db.among(_l.c.run_pk, "run_pks"), db.among(_l.c.key_id, "ids")
    )
)


def get_metric_series(tx: Tx, op: GetMetricSeries) -> Chart:
    names = dict.fromkeys(op.keys)
    ids = tx.key_ids([*names, op.x_key] if op.x_key else names)
    runs = {run_id: (pk, start) for run_id, pk, start in
            tx.all(_runs, ids=tx.listed(sorted(set(op.run_ids))))}  # fmt: skip
    asked: dict[str, Any] = {
        "run_pks": tx.listed([pk for pk, _ in runs.values()]),
        "ids": tx.listed(sorted(set(ids.values()))),
    }
    size = int(tx.value(_size, **asked) or 0)
    if size > MAX_READ:
        raise InvalidParameter(
            f"These series have {size} points in all; {MAX_READ} are read in one call: ask for "
            "fewer runs or keys at a time."
        )
    there = set(tx.all(_there, **asked))
    curves = []
    for run_id in dict.fromkeys(op.run_ids):
        run_pk, start = runs.get(run_id, (None, 0))
        for key in names:
            if (run_pk, ids.get(key)) in there:
                rows = _curve(tx, op, run_pk, ids[key], start, ids.get(op.x_key))
                if len(rows.x):
                    columns = [column.tolist() for column in rows]
                    columns[-2:] = ([int(n) for n in column] for column in columns[-2:])
                    curves.append(Curve(run_id, key, *columns))
    return Chart(curves)


def _curve(
    tx: Tx, op: GetMetricSeries, run_pk: int, key_id: int, start: int, x_id: int | None
) -> Rows:
    import numpy as np

    from cuvee.store.buckets import NOTHING
    from cuvee.store.columns import decode_at

    if op.x == "metric":
        if x_id is None:
            return NOTHING
        x, values = _against(tx, run_pk, key_id, x_id)
        if not len(x):
            return NOTHING
        return _reduced(op, float(np.min(x)), float(np.max(x)), iter([(x, values)]))
    found = heads(tx, run_pk, key_id)
    last = tail(tx, run_pk, key_id)
    low, high = _ends(op.x, found, last)
    offset = start if op.x == "relative" else 0
    straight = _straight(found, last)
    if op.x == "step" or op.start is not None or op.end is not None:
        found = [h for h in found if _overlaps(op, h, offset)]

    def parts() -> Parts:
        steps = op.x == "step"
        if straight:  # each chunk by itself, and of its columns only those that are drawn
            blocks = (
                decode_at([data for _, data in group], steps=steps)
                for group in chunk_groups(tx, run_pk, key_id, found)
            )
            held = [(last.steps if steps else last.times, last.values())]
        else:
            blocks = (
                (block.steps if steps else block.times, block.values())
                for block in scan(tx, run_pk, key_id, found=found)
            )
            held = []
        for x, values in chain(blocks, held):
            yield (x if steps else x - offset).astype(float), values

    return _reduced(op, float(low - offset), float(high - offset), parts())


def _straight(found: list[Head], last: Points) -> bool:
    """Say whether no point stands in two places, so that nothing is to be merged."""
    if any(head.lane != found[0].lane for head in found):
        return False
    return not (found and last.size) or last.place(0) > found[-1].last


def _ends(x: str, found: list[Head], last: Points) -> tuple[int, int]:
    import numpy as np

    lows = [h.low_step if x == "step" else h.first_timestamp for h in found]
    highs = [h.high_step if x == "step" else h.last_timestamp for h in found]
    if last.size:
        column = last.steps if x == "step" else last.times
        lows.append(int(np.min(column)))
        highs.append(int(np.max(column)))
    return min(lows), max(highs)


def _overlaps(op: GetMetricSeries, head: Head, offset: int) -> bool:
    ends = (head.low_step, head.high_step)
    if op.x != "step":
        ends = (head.first_timestamp - offset, head.last_timestamp - offset)
    # As floats, because places are compared as floats, too.
    return (op.end is None or float(ends[0]) <= op.end) and (
        op.start is None or float(ends[1]) >= op.start
    )


def _reduced(op: GetMetricSeries, low: float, high: float, parts: Parts) -> Rows:
    """Return the points of the range as they are, or in buckets if they are too many."""
    import numpy as np

    from cuvee.store.buckets import Buckets, one_by_one

    def inside() -> Parts:
        for x, values in parts:
            keep = np.ones(len(x), bool)
            if op.start is not None:
                keep &= x >= op.start
            if op.end is not None:
                keep &= x <= op.end
            yield (x, values) if keep.all() else (x[keep], values[keep])

    some: list[tuple[Floats, Floats]] = []
    count = 0
    rest = inside()
    for part in rest:
        some.append(part)
        count += len(part[0])
        if count > op.points:
            break
    else:
        columns = zip(*some, strict=True)
        return one_by_one(*(np.concatenate([np.empty(0), *column]) for column in columns))
    low = low if op.start is None else max(low, op.start)
    high = high if op.end is None else min(high, op.end)
    buckets = Buckets(low, high, op.points)
    for x, values in chain(some, rest):
        if len(x):
            buckets.add(x, values)
    return buckets.rows()


def _against(tx: Tx, run_pk: int, key_id: int, x_id: int) -> tuple[Floats, Floats]:
    """Return values of a metric, placed by another metric's last value at the same step."""
    import numpy as np

    from cuvee.store.columns import by_step

    points = by_step(whole(scan(tx, run_pk, key_id)))
    others = by_step(whole(scan(tx, run_pk, x_id)))
    if not others.size:
        return np.empty(0), np.empty(0)
    at = np.searchsorted(others.steps, points.steps, "right") - 1
    same = others.steps[np.maximum(at, 0)] == points.steps
    x, values = others.values()[at[same]], points.values()[same]
    real = np.isfinite(x)
    return x[real], values[real]
