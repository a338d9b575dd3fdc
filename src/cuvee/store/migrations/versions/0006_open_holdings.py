"""Find what a version holds now without passing all that it has held."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Put the end of a holding into the index that leads to a version's."""
    op.drop_index("ix_holdings_model_pk_version", "holdings")
    op.create_index(
        "ix_holdings_model_pk_version_until",
        "holdings",
        ["model_pk", "version", "until"],
        unique=False,
    )
