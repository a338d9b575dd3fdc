"""Which runs ids, or their first digits, mean, in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from cuvee.api.base import Level
from cuvee.api.runs import ResolveRunIds, RunName, RunNames
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.levels import EXPERIMENT, Thing, levels_on
from cuvee.store.tx import Tx

SHORT = 12
"""Digits of a short id: that one of a million runs begins with any 12 is one to 280 million."""

_r, _e = schema.runs, schema.experiments
_other = schema.runs.alias()
_before = select(func.max(_other.c.run_id)).where(_other.c.run_id < _r.c.run_id).scalar_subquery()
_after = select(func.min(_other.c.run_id)).where(_other.c.run_id > _r.c.run_id).scalar_subquery()
_begin = hot(
    select(_r.c.run_id, _e.c.id, _e.c.name, _before, _after)
    .join(_e, _e.c.id == _r.c.experiment_id)
    .where(_r.c.run_id >= arg("first"), _r.c.run_id < arg("behind"))
    .limit(2)
)


def resolve_run_ids(tx: Tx, op: ResolveRunIds) -> RunNames:
    """Find the runs that some ids, or their first digits, mean.

    Runs that the actor may not read count where several begin so: the same digits must not mean
    one run to some and another to others.
    """
    found: list[tuple[str, tuple[Any, ...]]] = []
    unclear = []
    for asked in dict.fromkeys(op.ids):
        rows = tx.all(_begin, first=asked, behind=f"{asked}g")  # behind "f", the last digit
        if len(rows) > 1:
            unclear.append(asked)
        elif rows:
            found.append((asked, rows[0]))
    readable = _readable(tx, [row for _, row in found])
    runs = [
        RunName(
            asked=asked,
            run_id=row[0],
            experiment_id=str(row[1]),
            short=_short(row[0], [other for other in row[3:] if other]),
        )
        for asked, row in found
        if row[1] in readable
    ]
    return RunNames(runs, unclear)


def _readable(tx: Tx, rows: list[tuple[Any, ...]]) -> set[int | None]:
    if tx.actor.user is None or tx.actor.admin:
        return {row[1] for row in rows}
    needs = [(Thing(EXPERIMENT, *key), Level.READ) for key in {row[1:3] for row in rows}]
    return {thing.number for thing, needed, level in levels_on(tx, needs) if level >= needed}


def _short(run_id: str, neighbours: list[str]) -> str:
    """Return the first digits of an id that those next to it in the order do not begin with."""
    length = SHORT
    while any(other[:length] == run_id[:length] for other in neighbours):
        length += 1
    return run_id[:length]
