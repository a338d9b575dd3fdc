"""Keep histories as compressed chunks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import sqlalchemy as sa
from alembic import op

from cuvee.store.columns import Points
from cuvee.store.engine import CLUSTERED
from cuvee.store.points import CHUNK, SMALL, chunk_row

revision = "0008"
down_revision = "0007"

_STEP = 10_000
_POINT = ("run_pk", "key_id", "timestamp", "step", "bits")
_TAIL = ("run_pk", "key_id", "position", "data")
_HEAD = (
    *("run_pk", "key_id", "lane", "first_timestamp", "first_step", "first_bits"),
    *("last_timestamp", "last_step", "last_bits", "size", "low_step", "high_step", "rising"),
)


def upgrade() -> None:
    """Create the tables, and move the points to them, a few thousand at a time."""
    for name in ("logged", "folded"):
        column = sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        op.add_column("latest", column)
    _create("tails", _TAIL[:-1], _TAIL[:3])
    _create("chunks", _HEAD, _HEAD[:6])
    _move(op.get_bind())
    op.drop_table("points")


def _create(table: str, numbers: tuple[str, ...], key: tuple[str, ...]) -> None:
    op.create_table(
        table,
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in numbers),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(*key),
        **CLUSTERED,
    )


def _move(connection: sa.Connection) -> None:
    tails = sa.table("tails", *map(sa.column, _TAIL))
    chunks = sa.table("chunks", *map(sa.column, (*_HEAD, "data")))
    latest = sa.table("latest", *map(sa.column, ("run_pk", "key_id", "logged", "folded")))
    count = (
        latest.update()
        .where(latest.c.run_pk == sa.bindparam("run"), latest.c.key_id == sa.bindparam("key"))
        .values(
            logged=latest.c.logged + sa.bindparam("more"),
            folded=latest.c.folded + sa.bindparam("packed"),
        )
    )
    written: dict[str, list[dict[str, Any]]] = {"tails": [], "chunks": [], "counts": []}
    series, position = (0, 0), 0
    for run_pk, key_id, points in _blocks(connection):
        if series != (run_pk, key_id):
            series, position = (run_pk, key_id), 0
        packed = points.size if points.size >= SMALL else 0
        if packed:
            row = chunk_row(run_pk, key_id, 0, points)
            written["chunks"].append(dict(zip((*_HEAD, "data"), row, strict=True)))
        else:
            data = b"".join(column.astype("<i8").tobytes() for column in points)
            written["tails"].append(dict(zip(_TAIL, (run_pk, key_id, position, data), strict=True)))
        position += points.size
        written["counts"].append(
            {"run": run_pk, "key": key_id, "more": points.size, "packed": packed}
        )
        if len(written["counts"]) >= 100:
            _write(connection, (tails.insert(), chunks.insert(), count), written)
    _write(connection, (tails.insert(), chunks.insert(), count), written)


def _write(
    connection: sa.Connection,
    statements: tuple[Any, ...],
    written: dict[str, list[dict[str, Any]]],
) -> None:
    for statement, rows in zip(statements, written.values(), strict=True):
        if rows:
            connection.execute(statement, rows)
            rows.clear()


def _blocks(connection: sa.Connection) -> Iterator[tuple[int, int, Points]]:
    """Give the points of each series in order, as many at a time as a chunk holds."""
    held: list[tuple[int, ...]] = []
    for row in _points(connection):
        if held and (held[0][:2] != row[:2] or len(held) == CHUNK):
            yield _block(held)
            held = []
        held.append(row)
    if held:
        yield _block(held)


def _block(rows: list[tuple[int, ...]]) -> tuple[int, int, Points]:
    columns = (np.array(column, np.int64) for column in list(zip(*rows, strict=True))[2:])
    return rows[0][0], rows[0][1], Points(*columns)


def _points(connection: sa.Connection) -> Iterator[tuple[int, ...]]:
    points = sa.table("points", *(sa.column(c, sa.BigInteger()) for c in _POINT))
    bound = sa.tuple_(*(sa.bindparam(c, type_=sa.BigInteger()) for c in _POINT))
    query = sa.select(*points.c).where(sa.tuple_(*points.c) > bound).order_by(*points.c)
    after: tuple[int, ...] = (-(2**63),) * 5
    while rows := connection.execute(
        query.limit(_STEP), dict(zip(_POINT, after, strict=True))
    ).fetchall():
        yield from (tuple(row) for row in rows)
        after = tuple(rows[-1])
