"""Add answers to requests with a key, and the leases of runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cuvee.store.engine import CLUSTERED, TEXT

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "replies",
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key"),
        **CLUSTERED,
    )
    op.create_index("ix_replies_created", "replies", ["created"], unique=False)
    op.create_table(
        "leases",
        sa.Column("run_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("tail", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("run_pk"),
        **CLUSTERED,
    )
    op.create_index("ix_leases_expires", "leases", ["expires"], unique=False)
