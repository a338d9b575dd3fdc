"""Add each metric's first, least and greatest value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from cuvee.store.series import from_bits
from cuvee.store.summaries import summary

revision = "0004"
down_revision = "0003"

_STEP = 10_000
_INTEGERS = ("run_pk", "key_id", "timestamp", "step", "bits")
_NEW = (
    *("first_value", "first_bits", "first_step", "first_timestamp"),
    *("min_value", "min_bits", "min_step", "max_value", "max_bits", "max_step"),
)
_ALWAYS = {"first_bits", "first_step", "first_timestamp"}


def upgrade() -> None:
    """Add the columns and fill them from the points, a few thousand at a time."""
    for name in _NEW:
        kind: Any = sa.Double() if name.endswith("_value") else sa.BigInteger()
        rest: dict[str, Any] = {"nullable": False, "server_default": "0"} if name in _ALWAYS else {}
        op.add_column("latest", sa.Column(name, kind, **rest))
    _fill()
    for end in ("min", "max"):
        op.create_index(f"ix_latest_{end}", "latest", ["key_id", f"{end}_value", "run_pk"])


def _fill() -> None:
    connection = op.get_bind()
    latest = sa.table("latest", *(sa.column(c) for c in ("run_pk", "key_id", *_NEW)))
    change = (
        latest.update()
        .where(latest.c.run_pk == sa.bindparam("run"), latest.c.key_id == sa.bindparam("key"))
        .values({name: sa.bindparam(f"new_{name}") for name in _NEW})
    )
    rows: list[dict[str, Any]] = []
    for (run_pk, key_id), found in _summaries(connection):
        new = {f"new_{name}": value for name, value in zip(_NEW, found[4:], strict=True)}
        rows.append({"run": run_pk, "key": key_id, **new})
        if len(rows) == _STEP:
            connection.execute(change, rows)
            rows.clear()
    if rows:
        connection.execute(change, rows)


def _summaries(connection: sa.Connection) -> Iterator[tuple[tuple[int, int], tuple[Any, ...]]]:
    """Summarize series after series; of a long one, the points that may count go on."""
    held: list[tuple[Any, ...]] = []
    for row in _points(connection):
        if held and held[0][:2] != row[:2]:
            yield held[0][:2], _summary(held)
            held = []
        held.append(row)
        if len(held) == _STEP:
            held = _kept(held)
    if held:
        yield held[0][:2], _summary(held)


def _points(connection: sa.Connection) -> Iterator[tuple[Any, ...]]:
    points = sa.table("points", *(sa.column(c, sa.BigInteger()) for c in _INTEGERS))
    place = sa.tuple_(*points.c)
    after: tuple[Any, ...] = (-(2**63),) * 5
    bound = sa.tuple_(*(sa.bindparam(c, type_=sa.BigInteger()) for c in _INTEGERS))
    query = sa.select(*points.c).where(place > bound).order_by(*points.c).limit(_STEP)
    while rows := connection.execute(query, dict(zip(_INTEGERS, after, strict=True))).fetchall():
        yield from (tuple(row) for row in rows)
        after = tuple(rows[-1])


def _summary(points: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    _, _, times, steps, bits = (list(column) for column in zip(*points, strict=True))
    return summary(list(zip(from_bits(bits), bits, steps, times, strict=True)))


def _kept(points: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the few points of a series that have the same summary as all of them."""
    found = _summary(points)
    _, last, last_step, last_time, _, first, first_step, first_time = found[:8]
    wanted = {
        *((last_time, last_step, last), (first_time, first_step, first)),
    }
    extremes = {(found[9], found[10]), (found[12], found[13])}
    kept = []
    for point in points:
        if point[2:] in wanted or (point[4], point[3]) in extremes:
            extremes.discard((point[4], point[3]))
            kept.append(point)
    return kept
