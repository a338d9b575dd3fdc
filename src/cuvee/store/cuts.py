"""Series copied to another run, or cut off at a step; and their values at a step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.points import (
    CHUNK,
    CHUNK_KEY,
    SMALL,
    chunk,
    chunk_data,
    drop_chunks,
    drop_tail,
    heads,
    mark_folded,
    place,
    put_chunks,
    put_tail,
    scan,
    tail,
    whole,
)
from cuvee.store.series import from_bits
from cuvee.store.summaries import merge, summary

if TYPE_CHECKING:
    from cuvee.store.columns import Points
    from cuvee.store.tx import Tx

RUNS = 64
"""Runs whose points are in memory at a time."""

_l = schema.latest
_t = schema.tails
_c = schema.chunks
# Rows are locked, so that what is read tail and chunks by turns is not folded in between.
_later = hot(
    select(_l.c.key_id)
    .where(_l.c.run_pk == arg("run_pk"), _l.c.step >= arg("step"))
    .order_by(_l.c.key_id)
    .with_for_update()
)
_earlier = hot(
    select(_l.c.key_id)
    .where(_l.c.run_pk == arg("run_pk"), _l.c.first_step <= arg("step"))
    .order_by(_l.c.key_id)
    .with_for_update()
)
_forget = hot(delete(_l).where(_l.c.run_pk == arg("run_pk"), _l.c.key_id == arg("key_id")))
_tails = hot(
    lambda db: select(_t.c.run_pk, _t.c.data).where(
        db.among(_t.c.run_pk, "run_pks"), _t.c.key_id == arg("key_id")
    )
)
_chunks = hot(
    lambda db: select(_c.c.run_pk, *(_c.c[name] for name in CHUNK_KEY)).where(
        db.among(_c.c.run_pk, "run_pks"),
        _c.c.key_id == arg("key_id"),
        _c.c.low_step <= arg("step"),
        _c.c.high_step >= arg("step"),
    )
)


def cut_series(tx: Tx, run_pk: int, from_step: int) -> None:
    """Delete a run's points from a step on."""
    for (key_id,) in tx.all(_later, run_pk=run_pk, step=from_step):
        for head in heads(tx, run_pk, key_id):
            if head.high_step >= from_step:
                points = chunk(tx, run_pk, key_id, head)
                drop_chunks(tx, run_pk, key_id, [head])
                left = points.part(points.steps < from_step)
                put_chunks(tx, run_pk, key_id, head.lane, left)
        last = tail(tx, run_pk, key_id)
        _settle(tx, run_pk, key_id, last.part(last.steps < from_step))


def copy_series(tx: Tx, from_pk: int, to_pk: int, up_to_step: int) -> None:
    """Copy a run's points up to a step, that step included, to another run."""
    for (key_id,) in tx.all(_earlier, run_pk=from_pk, step=up_to_step):
        held: list[Points] = []
        for block in scan(tx, from_pk, key_id):
            held.append(block.part(block.steps <= up_to_step))
            if sum(part.size for part in held) >= CHUNK:
                place(tx, to_pk, key_id, whole(held))
                held = []
        rest = whole([*held, tail(tx, to_pk, key_id)])
        if rest.size >= SMALL:
            place(tx, to_pk, key_id, rest)
            rest = rest.part(slice(0, 0))
        _settle(tx, to_pk, key_id, rest)


def _settle(tx: Tx, run_pk: int, key_id: int, rest: Points) -> None:
    """Give a series a new tail, and sum up what it has now."""
    from cuvee.store.columns import telling

    drop_tail(tx, run_pk, key_id)
    tx.run(_forget, run_pk=run_pk, key_id=key_id)
    put_tail(tx, run_pk, key_id, 0, rest)
    total = 0
    for block in scan(tx, run_pk, key_id):
        total += block.size
        some = telling(block)
        bits = some.bits.tolist()
        rows = zip(from_bits(bits), bits, some.steps.tolist(), some.times.tolist(), strict=True)
        merge(tx, run_pk, [(key_id, summary(list(rows)), block.size)])
    drop_tail(tx, run_pk, key_id)
    put_tail(tx, run_pk, key_id, max(total - rest.size, 0), rest)
    mark_folded(tx, run_pk, key_id, max(total - rest.size, 0))


def value_at(tx: Tx, run_pks: Sequence[int], key_id: int, step: int) -> dict[int, float]:
    """Return the values of a metric at exactly a step, the last ones by time.

    At equal times the greater value counts, as it does for the latest value, and NaN as 0.

    Args:
        tx: the transaction.
        run_pks: which runs; those without a point at the step are left out of the answer.
        key_id: number of the metric's key.
        step: where.
    """
    from cuvee.store.columns import decode, loose

    best: dict[int, tuple[int, float, float]] = {}
    for i in range(0, len(run_pks), RUNS):
        some: dict[str, Any] = {"run_pks": tx.listed(run_pks[i : i + RUNS]), "key_id": key_id}
        tails: dict[int, list[bytes]] = {}
        for run_pk, data in tx.all(_tails, **some):
            tails.setdefault(run_pk, []).append(data)
        for run_pk, rows in tails.items():
            _note(best, run_pk, loose(rows), step)
        for run_pk, *this in tx.all(_chunks, step=step, **some):
            where = dict(zip(CHUNK_KEY, this, strict=True))
            tx.keep_time()
            _note(best, run_pk, decode(chunk_data(tx, run_pk, key_id, where)), step)
    return {run_pk: value for run_pk, (_, _, value) in best.items()}


def _note(
    best: dict[int, tuple[int, float, float]], run_pk: int, points: Points, step: int
) -> None:
    here = points.part(points.steps == step)
    for time, value in zip(here.times.tolist(), here.values().tolist(), strict=True):
        rank = 0.0 if math.isnan(value) else value
        if run_pk not in best or (time, rank) > best[run_pk][:2]:
            best[run_pk] = (time, rank, value)
