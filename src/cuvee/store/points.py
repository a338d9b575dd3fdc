"""Where a metric's points are: a tail of what came last, folded into chunks.

A write appends one row to the tail of each metric that it names: its points as they came, as
int64 columns (times, steps, bits). When a tail has as many points as the chunks before it, at
least ``SMALL`` and at most ``CHUNK``, the same transaction folds it into a chunk: sorted, each
point once, compressed (store/columns.py). So a short history is written twice on the whole, a long
one once. The newest quarter stays in the tail, for those who follow it (store/tails.py), until the
run has ended for a while (store/folds.py).

The chunks of a *lane* are disjoint and in order. A history that grows in time has one lane. A tail
that would cut through many chunks, because its points are spread over a long history, becomes a
lane of its own instead; small lanes are merged when there are many. Readers merge lanes and tail.
A point that was sent again may lie in more than one of them, and counts once.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, select, update

from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.summaries import Sent, merge, summary

if TYPE_CHECKING:
    from cuvee.store.columns import Place, Points
    from cuvee.store.tx import Tx

SMALL = 512
"""Points of the smallest tail that is folded."""
CHUNK = 8192
"""Points of a full chunk; one may have half as many more."""
TOUCHED = 3
"""Chunks of a lane that a fold may write anew."""
GROUP = 4
"""Chunks that are read at once where points are only looked over: 250 kB a column."""
LANES = 8
"""Lanes above which small ones are merged."""
MERGED = 1 << 18
"""Points that are merged into one lane at most, which bounds the work of a fold."""

_ONE = struct.Struct("<3q")
_t = schema.tails
_c = schema.chunks
_l = schema.latest
_of_series = ("run_pk", "key_id")
_PLACE = ("first_timestamp", "first_step", "first_bits")
CHUNK_KEY = ("lane", *_PLACE)
"""What names a chunk within its series."""

_add_tail = hot(insert(_t))
_tail = hot(
    select(_t.c.data)
    .where(_t.c.run_pk == arg("run_pk"), _t.c.key_id == arg("key_id"))
    .order_by(_t.c.position)
)
_drop_tail = hot(delete(_t).where(_t.c.run_pk == arg("run_pk"), _t.c.key_id == arg("key_id")))
_placed_tail = hot(
    select(_t.c.position, _t.c.data)
    .where(_t.c.run_pk == arg("run_pk"), _t.c.key_id == arg("key_id"))
    .order_by(_t.c.position)
)
_drop_rows = hot(
    delete(_t).where(
        _t.c.run_pk == arg("run_pk"),
        _t.c.key_id == arg("key_id"),
        _t.c.position < arg("until"),
    )
)
_folded = hot(
    update(_l)
    .where(_l.c.run_pk == arg("run_pk"), _l.c.key_id == arg("key_id"))
    .values(folded=arg("folded"))
)
_add_chunk = hot(insert(_c))
_heads = hot(
    select(*(c for c in _c.c if c.name not in (*_of_series, "data")))
    .where(_c.c.run_pk == arg("run_pk"), _c.c.key_id == arg("key_id"))
    .order_by(_c.c.lane, *(_c.c[name] for name in _PLACE))
)
_this = (
    _c.c.run_pk == arg("run_pk"),
    _c.c.key_id == arg("key_id"),
    _c.c.lane == arg("lane"),
    *(_c.c[name] == arg(name) for name in _PLACE),
)
_data = hot(select(_c.c.data).where(*_this))
_several = hot(
    lambda db: select(*(_c.c[name] for name in _PLACE), _c.c.data).where(
        *_this[:3], db.among(_c.c.first_timestamp, "times")
    )
)
_drop_chunk = hot(delete(_c).where(*_this))


class Head(NamedTuple):
    """What is known of a chunk without its points."""

    lane: int
    first_timestamp: int
    first_step: int
    first_bits: int
    last_timestamp: int
    last_step: int
    last_bits: int
    size: int
    low_step: int
    high_step: int
    rising: int
    """1 when no step is less than the one before."""

    @property
    def first(self) -> Place:
        """Where the chunk begins."""
        return self[1:4]

    @property
    def last(self) -> Place:
        """Where it ends."""
        return self[4:7]


def add_points(tx: Tx, run_pk: int, sent: Mapping[int, Sequence[Sent]]) -> None:
    """Add points to metrics of a run.

    Args:
        tx: the transaction.
        run_pk: the run.
        sent: number of the metric's key -> its points.
    """
    # In the order of keys, so that two writers on PostgreSQL never wait for each other in a ring.
    keys = sorted(sent)
    merged = merge(tx, run_pk, [(key, summary(sent[key]), len(sent[key])) for key in keys])
    tx.bulk(
        _add_tail,
        [(run_pk, key, logged - len(sent[key]), _packed(sent[key])) for key, logged, _ in merged],
    )
    for key, logged, folded in merged:
        if logged - folded >= min(max(folded, SMALL), CHUNK):
            fold(tx, run_pk, key, logged - (logged - folded) // 4)


def _packed(points: Sequence[Sent]) -> bytes:
    if len(points) == 1:
        ((_, bits, step, time),) = points
        return _ONE.pack(time, step, bits)
    _, every, steps, times = zip(*points, strict=True)
    return struct.pack(f"<{3 * len(points)}q", *times, *steps, *every)


def fold(tx: Tx, run_pk: int, key_id: int, until: int) -> None:
    """Move rows of a tail to chunks; this transaction has locked the metric's row in ``latest``.

    Args:
        tx: the transaction.
        run_pk: the run.
        key_id: the metric.
        until: rows are moved that begin before this position.
    """
    from cuvee.store.columns import loose

    rows = tx.all(_placed_tail, run_pk=run_pk, key_id=key_id)
    until = min(until, rows[-1][0])  # the last row stays, however many points it has
    moved = [data for position, data in rows if position < until]
    if not moved:
        return
    folded = min(position for position, _ in rows if position >= until)
    place(tx, run_pk, key_id, loose(moved))
    tx.run(_drop_rows, run_pk=run_pk, key_id=key_id, until=until)
    mark_folded(tx, run_pk, key_id, folded)


def fold_whole(tx: Tx, run_pk: int, key_id: int, logged: int) -> None:
    """Move a whole tail to chunks; this transaction has locked the metric's row in ``latest``.

    Args:
        tx: the transaction.
        run_pk: the run.
        key_id: the metric.
        logged: how many points were sent, by that row.
    """
    points = tail(tx, run_pk, key_id)
    if points.size:
        place(tx, run_pk, key_id, points)
        drop_tail(tx, run_pk, key_id)
    mark_folded(tx, run_pk, key_id, logged)


def drop_tail(tx: Tx, run_pk: int, key_id: int) -> None:
    """Delete the tail of a metric."""
    tx.run(_drop_tail, run_pk=run_pk, key_id=key_id)


def put_tail(tx: Tx, run_pk: int, key_id: int, position: int, points: Points) -> None:
    """Write points, if there are any, as one row of a tail."""
    if points.size:
        data = b"".join(column.astype("<i8").tobytes() for column in points)
        tx.bulk(_add_tail, [(run_pk, key_id, position, data)])


def mark_folded(tx: Tx, run_pk: int, key_id: int, folded: int) -> None:
    """Note how many of the points sent are in chunks."""
    tx.run(_folded, run_pk=run_pk, key_id=key_id, folded=folded)


def tail(tx: Tx, run_pk: int, key_id: int) -> Points:
    """Return the points of a tail, in order, each once."""
    from cuvee.store.columns import loose

    return loose([data for (data,) in tx.all(_tail, run_pk=run_pk, key_id=key_id)])


def heads(tx: Tx, run_pk: int, key_id: int) -> list[Head]:
    """Return what is known of a metric's chunks, lane by lane, each in order."""
    return [Head(*row) for row in tx.all(_heads, run_pk=run_pk, key_id=key_id)]


def chunk(tx: Tx, run_pk: int, key_id: int, head: Head) -> Points:
    """Return the points of a chunk."""
    from cuvee.store.columns import decode

    return decode(chunk_data(tx, run_pk, key_id, _named(head)))


def chunk_groups(
    tx: Tx, run_pk: int, key_id: int, found: Sequence[Head]
) -> Iterator[list[tuple[Head, bytes]]]:
    """Give chunks of one lane with their bytes, a few at a time."""
    for start in range(0, len(found), GROUP):
        group = found[start : start + GROUP]
        times = tx.listed([head.first_timestamp for head in group])
        rows = tx.all(_several, run_pk=run_pk, key_id=key_id, lane=group[0].lane, times=times)
        data = {tuple(place): bytes(packed) for *place, packed in rows}
        yield [(head, data[head.first]) for head in group]


def chunk_data(tx: Tx, run_pk: int, key_id: int, where: Mapping[str, int]) -> bytes:
    """Return the bytes of the chunk that the columns of ``CHUNK_KEY`` name."""
    return bytes(tx.value(_data, run_pk=run_pk, key_id=key_id, **where))


def _named(head: Head) -> dict[str, int]:
    return {"lane": head.lane, **dict(zip(_PLACE, head.first, strict=True))}


# ---------------------------------------------------------------- folding


def place(tx: Tx, run_pk: int, key_id: int, points: Points) -> None:
    """Put points, which are in order, into the chunks of a metric."""
    from cuvee.store.columns import merged

    first, last = points.place(0), points.place(-1)
    lanes: dict[int, list[Head]] = {0: []}
    for head in heads(tx, run_pk, key_id):
        lanes.setdefault(head.lane, []).append(head)
    for lane, found in lanes.items():
        touched = [h for h in found if h.first <= last and h.last >= first]
        before = [h for h in found if h.last < first]
        if before and before[-1].size < CHUNK:  # let it grow
            touched.insert(0, before[-1])
        if len(touched) <= TOUCHED:
            parts = [chunk(tx, run_pk, key_id, h) for h in touched]
            drop_chunks(tx, run_pk, key_id, touched)
            put_chunks(tx, run_pk, key_id, lane, merged([*parts, points]))
            return
    fresh = max(lanes) + 1
    put_chunks(tx, run_pk, key_id, fresh, points)
    if len(lanes) >= LANES:
        _merge_lanes(tx, run_pk, key_id, lanes)


def _merge_lanes(tx: Tx, run_pk: int, key_id: int, lanes: dict[int, list[Head]]) -> None:
    """Make one lane of the smallest ones."""
    from cuvee.store.columns import merged

    taken: list[Head] = []
    count = 0
    for found in sorted(lanes.values(), key=lambda found: sum(h.size for h in found)):
        count += sum(h.size for h in found)
        if count > MERGED:
            break
        taken += found
    if len({h.lane for h in taken}) > 1:
        points = merged([chunk(tx, run_pk, key_id, h) for h in taken])
        drop_chunks(tx, run_pk, key_id, taken)
        put_chunks(tx, run_pk, key_id, min(h.lane for h in taken), points)


def drop_chunks(tx: Tx, run_pk: int, key_id: int, found: Sequence[Head]) -> None:
    """Delete chunks."""
    for head in found:
        tx.run(_drop_chunk, run_pk=run_pk, key_id=key_id, **_named(head))


def put_chunks(tx: Tx, run_pk: int, key_id: int, lane: int, points: Points) -> None:
    """Write points, which are in order, as chunks of about equal size."""
    number = max(1, -(-points.size * 2 // (3 * CHUNK)))
    cuts = [points.size * i // number for i in range(number + 1)]
    rows = [
        chunk_row(run_pk, key_id, lane, points.part(slice(a, b)))
        for a, b in pairwise(cuts)
        if a < b
    ]
    tx.bulk(_add_chunk, rows)


def chunk_row(run_pk: int, key_id: int, lane: int, points: Points) -> tuple[object, ...]:
    """Return a row of ``chunks``."""
    import numpy as np

    from cuvee.store.columns import encode

    steps = points.steps
    low, high = int(np.min(steps)), int(np.max(steps))
    rising = int((steps[1:] >= steps[:-1]).all())
    head = Head(lane, *points.place(0), *points.place(-1), points.size, low, high, rising)
    return (run_pk, key_id, *head, encode(points))


# ---------------------------------------------------------------- reading


class _Source:
    """A lane, or the tail, as its points are taken from it in order."""

    def __init__(self, found: list[Head], load: Callable[[Head], Points], held: Points) -> None:
        self._left = found[::-1]
        self._load = load
        self._held = held

    def alive(self) -> bool:
        return bool(self._held.size or self._left)

    def first(self) -> Place:
        return self._held.place(0) if self._held.size else self._left[-1].first

    def end(self) -> Place:
        return self._held.place(-1) if self._held.size else self._left[-1].last

    def upto(self, bound: Place) -> Points:
        """Take what stands at or before a place, which is not behind ``end``."""
        if not self._held.size:
            self._held = self._load(self._left.pop())
        cut = self._held.rank(bound)
        taken = self._held.part(slice(0, cut))
        self._held = self._held.part(slice(cut, None))
        return taken


def scan(
    tx: Tx, run_pk: int, key_id: int, after: Place | None = None, found: list[Head] | None = None
) -> Iterator[Points]:
    """Give the points of a metric in order, each once, a few thousand at a time.

    Args:
        tx: the transaction.
        run_pk: the run.
        key_id: the metric.
        after: leave out what stands at or before this place.
        found: the metric's chunks, if they are known, or those that are wanted.
    """
    from cuvee.store.columns import NONE, merged

    def trimmed(points: Points) -> Points:
        return points if after is None else points.after(after)

    lanes: dict[int, list[Head]] = {}
    for head in heads(tx, run_pk, key_id) if found is None else found:
        if after is None or head.last > after:
            lanes.setdefault(head.lane, []).append(head)

    def load(head: Head) -> Points:
        return trimmed(chunk(tx, run_pk, key_id, head))

    sources = [_Source(held, load, NONE) for held in lanes.values()]
    sources.append(_Source([], load, trimmed(tail(tx, run_pk, key_id))))
    while live := [source for source in sources if source.alive()]:
        bound = min(source.end() for source in live)
        parts = [source.upto(bound) for source in live if source.first() <= bound]
        block = parts[0] if len(parts) == 1 else merged(parts)
        if block.size:
            yield block


def whole(blocks: Iterable[Points]) -> Points:
    """Return all points of a scan at once."""
    from cuvee.store.columns import merged

    return merged(blocks)
