"""Keep with each run who created it, as the history tells."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cuvee.store.engine import TEXT

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the column; what is there is read from the events."""
    op.add_column("runs", sa.Column("created_by", TEXT, nullable=False, server_default=""))
    runs = sa.table("runs", sa.column("run_id"), sa.column("created_by"))
    events = sa.table("events", *map(sa.column, ("sequence", "actor", "object", "action")))
    creator = (
        sa.select(events.c.actor)
        .where(events.c.object == "run:" + runs.c.run_id, events.c.action == "run.created")
        .order_by(events.c.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    op.get_bind().execute(runs.update().values(created_by=sa.func.coalesce(creator, "")))
