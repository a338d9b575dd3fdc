"""Find any window of the newest runs, and the runs with a short value, by an index alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cuvee.store.engine import only

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make indexes in the place of others: in the order of the list, and of values as they are."""
    op.drop_index("ix_runs_experiment_id_lifecycle_start_time_run_id", "runs")
    op.create_index(
        "ix_runs_newest",
        "runs",
        ["experiment_id", "lifecycle", sa.text("start_time DESC"), "run_id"],
        unique=False,
    )
    head = sa.text("substr(value, 1, 64)")
    short, long = only("length(value) <= 64"), only("length(value) > 64")
    for table in ("params", "tags"):
        op.drop_index(f"ix_{table}_key_id_head_run_pk", table)
        op.create_index(f"ix_{table}_short", table, ["key_id", "value", "run_pk"], **short)
        op.create_index(f"ix_{table}_long", table, ["key_id", head, "run_pk"], **long)
