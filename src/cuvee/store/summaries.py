"""What is known of a metric without its history: latest, first, least and greatest point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, tuple_

from cuvee.store import schema
from cuvee.store.engine import hot, insert
from cuvee.store.series import NAN_BITS

_l = schema.latest
_new = insert(_l)
_old, _sent = _l.c, _new.excluded
_ZERO: ColumnElement[float] = literal_column("0.0")  # not bound: rows bring their columns only

_LATEST = ("value", "bits", "step", "timestamp")
_EARLIEST = tuple(f"first_{c}" for c in _LATEST)
_LEAST = ("min_value", "min_bits", "min_step")
_GREATEST = ("max_value", "max_bits", "max_step")


def _rank(columns: Any, names: tuple[str, ...]) -> ColumnElement[Any]:
    # At equal step and time the greater value is the later one, and NaN counts as 0 (PROTOCOL).
    value, _, step, timestamp = (columns[name] for name in names)
    return tuple_(step, timestamp, func.coalesce(value, _ZERO))


def _taken(names: tuple[str, ...], when: ColumnElement[bool]) -> dict[str, ColumnElement[Any]]:
    return {name: case((when, _sent[name]), else_=_old[name]) for name in names}


def _beyond(
    more: ColumnElement[bool], bits: str, step: str, sent: Any = _sent, old: Any = _old
) -> ColumnElement[bool]:
    same = and_(sent[bits] == old[bits], sent[step] < old[step])
    return and_(sent[bits].is_not(None), or_(old[bits].is_(None), more, same))


put_summary = hot(
    _new.on_conflict_do_update(
        index_elements=["run_pk", "key_id"],
        set_={
            **_taken(_LATEST, _rank(_sent, _LATEST) > _rank(_old, _LATEST)),
            **_taken(_EARLIEST, _rank(_sent, _EARLIEST) < _rank(_old, _EARLIEST)),
            **_taken(_LEAST, _beyond(_sent.min_bits < _old.min_bits, "min_bits", "min_step")),
            **_taken(_GREATEST, _beyond(_sent.max_bits > _old.max_bits, "max_bits", "max_step")),
            "logged": _old.logged + _sent.logged,
        },
    )
)
"""Merges a row ``(run_pk, key_id, *summary(...), logged, folded)`` into what is known."""


Sent = tuple[float, int, int, int]
"""A point as it is sent: value, bits (the value as an integer that sorts alike), step and time."""


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
