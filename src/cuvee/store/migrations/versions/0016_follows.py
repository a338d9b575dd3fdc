"""Keep which registered models somebody follows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cuvee.store.engine import CLUSTERED

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the table."""
    names = ("user_pk", "model_pk", "since", "seen")
    op.create_table(
        "follows",
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in names),
        sa.PrimaryKeyConstraint("user_pk", "model_pk"),
        **CLUSTERED,
    )
    op.create_index("ix_follows_model_pk", "follows", ["model_pk"])
