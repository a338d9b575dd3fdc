"""Find the runs of an experiment that are running by an index."""

from __future__ import annotations

from alembic import op

from cuvee.store.engine import only

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the index."""
    columns = ["experiment_id", "lifecycle", "status"]
    op.create_index("ix_runs_running", "runs", columns, **only("status = 'RUNNING'"))
