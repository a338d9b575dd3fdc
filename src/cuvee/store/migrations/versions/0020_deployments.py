"""Keep where versions run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cuvee.store.engine import KEY, NEVER_REUSED, TEXT

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "deployments",
        sa.Column("pk", KEY, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("model_pk", "version")),
        *(sa.Column(name, TEXT, nullable=False) for name in ("target", "url", "user_id")),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=True),
        sa.Column("ended_by", TEXT, nullable=False),
        **NEVER_REUSED,
    )
    op.create_index("ix_deployments_model_pk_until", "deployments", ["model_pk", "until"])
