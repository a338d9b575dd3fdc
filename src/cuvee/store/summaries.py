"""What is known of a metric without its history: latest, first, least and greatest point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, literal_column, select, tuple_, update

from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.series import NAN_BITS

if TYPE_CHECKING:
    from cuvee.store.tx import Tx

Sent = tuple[float, int, int, int]
"""A point as it is sent: value, bits (the value as an integer that sorts alike), step and time."""


class Merged(NamedTuple):
    """How many points of a metric were sent, and how many of them are in chunks."""

    key_id: int
    logged: int
    folded: int


_l = schema.latest
_new = insert(_l)
_old, _sent = _l.c, _new.excluded
_ZERO: ColumnElement[float] = literal_column("0.0")  # not bound: rows bring their columns only

_LATEST = ("value", "bits", "step", "timestamp")
_EARLIEST = tuple(f"first_{c}" for c in _LATEST)
_LEAST = ("min_value", "min_bits", "min_step")
_GREATEST = ("max_value", "max_bits", "max_step")
_EXTREMES = (*_LEAST[1:], *_GREATEST[1:])


def _rank(columns: Any, names: tuple[str, ...]) -> ColumnElement[Any]:
    # At equal step and time the greater value is the later one, and NaN counts as 0 (PROTOCOL).
    value, _, step, timestamp = (columns[name] for name in names)
    return tuple_(step, timestamp, func.coalesce(value, _ZERO))


def _taken(names: tuple[str, ...], when: ColumnElement[bool]) -> dict[str, ColumnElement[Any]]:
    return {name: case((when, _sent[name]), else_=_old[name]) for name in names}


_put = hot(
    _new.on_conflict_do_update(
        index_elements=["run_pk", "key_id"],
        set_={
            **_taken(_LATEST, _rank(_sent, _LATEST) > _rank(_old, _LATEST)),
            **_taken(_EARLIEST, _rank(_sent, _EARLIEST) < _rank(_old, _EARLIEST)),
            "logged": _old.logged + _sent.logged,
        },
    )
)
_RETURNED = (_l.c.key_id, _l.c.logged, _l.c.folded, *(_l.c[name] for name in _EXTREMES))
_known = hot(
    lambda db: select(*_RETURNED).where(
        _l.c.run_pk == arg("run_pk"), db.among(_l.c.key_id, "key_ids")
    )
)
_known_one = hot(
    select(*_RETURNED).where(_l.c.run_pk == arg("run_pk"), _l.c.key_id == arg("key_id"))
)


def _set(names: tuple[str, ...]) -> hot:
    this = (_l.c.run_pk == arg("run_pk"), _l.c.key_id == arg("key_id"))
    return hot(update(_l).where(*this).values({name: arg(name) for name in names}))


_set_least, _set_greatest = _set(_LEAST), _set(_GREATEST)


def merge(tx: Tx, run_pk: int, sent: Sequence[tuple[int, tuple[Any, ...], int]]) -> list[Merged]:
    """Merge summaries of points into what is known of a run's metrics.

    The least and greatest values are seldom new. They are set by themselves, since SQLite writes
    each index anew that an UPDATE names a column of, whether or not it changes.

    Args:
        tx: the transaction, which holds the metrics' rows in ``latest`` from now on.
        run_pk: the run.
        sent: number of a metric's key, the ``summary`` of some points, and how many they are.
    """
    tx.bulk(_put, [(run_pk, key, *found, count, 0) for key, found, count in sent])
    # Not RETURNING: on SQLite that costs more than this query, and rows could not be sent at once.
    if len(sent) == 1:
        rows = tx.all(_known_one, run_pk=run_pk, key_id=sent[0][0])
    else:
        rows = tx.all(_known, run_pk=run_pk, key_ids=tx.listed([key for key, _, _ in sent]))
    known = {row[0]: row for row in rows}
    least: list[tuple[Any, ...]] = []
    greatest: list[tuple[Any, ...]] = []
    for key, found, _ in sent:
        _, _, _, low, low_step, high, high_step = known[key]
        sent_low, sent_high = found[8:11], found[11:14]
        if sent_low[1] is None:
            continue
        if low is None or sent_low[1:] < (low, low_step):
            least.append((*sent_low, run_pk, key))
        if high is None or (sent_high[1], -sent_high[2]) > (high, -high_step):
            greatest.append((*sent_high, run_pk, key))
    if least:
        tx.bulk(_set_least, least)
    if greatest:
        tx.bulk(_set_greatest, greatest)
    return [Merged(*row[:3]) for row in rows]


def summary(points: Sequence[Sent]) -> tuple[Any, ...]:
    """Return the columns of ``latest``, from ``value`` to ``max_step``, for points of one metric.

    Args:
        points: at least one.
    """
    value, bits, step, time = points[0]
    if len(points) == 1 and bits != NAN_BITS:
        return (value, bits, step, time) * 2 + (value, bits, step) * 2
    ranks = [(s, t, v if b != NAN_BITS else 0.0) for v, b, s, t in points]
    latest, first = points[ranks.index(max(ranks))], points[ranks.index(min(ranks))]
    numbers = [(b, s, v) for v, b, s, _ in points if b != NAN_BITS]
    if not numbers:
        return (*_plain(latest), *_plain(first), *(None,) * 6)
    low, high = min(numbers), max(numbers)
    high_step = min(s for b, s, _ in numbers if b == high[0])
    least, greatest = (low[2], low[0], low[1]), (high[2], high[0], high_step)
    return (*_plain(latest), *_plain(first), *least, *greatest)


def _plain(point: Sent) -> tuple[Any, ...]:
    return point if point[1] != NAN_BITS else (None, *point[1:])
