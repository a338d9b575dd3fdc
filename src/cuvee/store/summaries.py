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
        },
    )
)
"""Merges a row ``(run_pk, key_id, *summary(...))`` into what is known."""


def summary(
    values: Sequence[float], bits: Sequence[int], steps: Sequence[int], times: Sequence[int]
) -> tuple[Any, ...]:
    """Return the columns of ``latest``, without its key, for some points of one metric.

    Args:
        values: what was measured, at least one.
        bits: the same as integers that sort alike.
        steps: where each was measured.
        times: when, in milliseconds.
    """
    if len(values) == 1:
        latest = earliest = (_plain(values[0]), bits[0], steps[0], times[0])
    else:
        ranks = list(zip(steps, times, [v if v == v else 0.0 for v in values], strict=True))  # noqa: PLR0124
        last, first = ranks.index(max(ranks)), ranks.index(min(ranks))
        latest = (_plain(values[last]), bits[last], steps[last], times[last])
        earliest = (_plain(values[first]), bits[first], steps[first], times[first])
    numbers = bits
    if NAN_BITS in bits:
        numbers = [b for b in bits if b != NAN_BITS]
        if not numbers:
            return (*latest, *earliest, None, None, None, None, None, None)
    return (*latest, *earliest, *_extreme(min(numbers), values, bits, steps),
            *_extreme(max(numbers), values, bits, steps))  # fmt: skip


def _extreme(
    found: int, values: Sequence[float], bits: Sequence[int], steps: Sequence[int]
) -> tuple[float, int, int]:
    at = bits.index(found)
    step = steps[at]
    if len(bits) > 1:
        step = min(s for s, b in zip(steps, bits, strict=True) if b == found)
    return values[at], found, step


def _plain(value: float) -> float | None:
    return value if value == value else None  # noqa: PLR0124  # NaN
