"""Count who loads which versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cuvee.store.engine import CLUSTERED, TEXT

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "loads",
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("version_pk", "day")),
        sa.Column("user_id", TEXT, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("number", "first", "last")),
        sa.PrimaryKeyConstraint("version_pk", "day", "user_id"),
        **CLUSTERED,
    )
