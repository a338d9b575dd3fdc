"""Find the newest experiments by an index."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the index."""
    columns = ["lifecycle", "created", "id"]
    op.create_index("ix_experiments_lifecycle_created_id", "experiments", columns, unique=False)
