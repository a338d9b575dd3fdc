"""Keep what params and tags of runs are as numbers, and find runs by their values."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cuvee.store.settling import parsed_number

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add numbers and indexes; the numbers of what is there are read from the values."""
    connection = op.get_bind()
    for name in ("params", "tags"):
        op.add_column(name, sa.Column("number", sa.BigInteger(), nullable=True))
        table = sa.table(name, *map(sa.column, ("run_pk", "key_id", "value", "number")))
        key = sa.tuple_(table.c.run_pk, table.c.key_id)
        change = (
            table.update()
            .where(
                table.c.run_pk == sa.bindparam("of_run"), table.c.key_id == sa.bindparam("of_key")
            )
            .values(number=sa.bindparam("new"))
        )
        last = (-1, -1)
        while rows := connection.execute(
            sa.select(table.c.run_pk, table.c.key_id, table.c.value)
            .where(key > sa.tuple_(*map(sa.literal, last)))
            .order_by(table.c.run_pk, table.c.key_id)
            .limit(10_000)
        ).fetchall():
            last = rows[-1][0], rows[-1][1]
            changes = [
                {"of_run": run, "of_key": number, "new": new}
                for run, number, value in rows
                if (new := parsed_number(value)) is not None
            ]
            if changes:
                connection.execute(change, changes)
        op.create_index(
            f"ix_{name}_key_id_head_run_pk",
            name,
            ["key_id", sa.text("substr(value, 1, 64)"), "run_pk"],
            unique=False,
        )
