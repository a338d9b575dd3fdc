"""Let webhooks end with the rights of who answers for them, and keep each request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cuvee.store.engine import KEY, TEXT

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Whoever made a webhook answers for it."""
    for name in ("vouched_by", "problem"):
        op.add_column("webhooks", sa.Column(name, TEXT, nullable=False, server_default=""))
    op.execute("UPDATE webhooks SET vouched_by = user_id")
    op.create_table(
        "attempts",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("delivery_pk", sa.BigInteger(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("duration", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("problem", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("pk"),
    )
    op.create_index("ix_attempts_delivery_pk_pk", "attempts", ["delivery_pk", "pk"], unique=False)
