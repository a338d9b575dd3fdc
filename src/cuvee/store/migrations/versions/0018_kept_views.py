"""Keep views of pages whose addresses would be too long."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cuvee.store.engine import TEXT

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "kept_views",
        sa.Column("view_id", TEXT, nullable=False),
        sa.Column("user_pk", sa.BigInteger, nullable=False),
        sa.Column("query", TEXT, nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("view_id"),
    )
    op.create_index("ix_kept_views_user_pk_used", "kept_views", ["user_pk", "used"])
