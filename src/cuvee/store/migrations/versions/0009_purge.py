"""Index what was deleted, and what names bytes and models, for deletion for good."""

from __future__ import annotations

from alembic import op

from cuvee.store.engine import only

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the indexes."""
    op.create_index("ix_runs_deleted", "runs", ["pk"], **only("lifecycle = 'deleted'"))
    for table, column in (
        ("artifact_files", "digest"),
        ("version_files", "digest"),
        ("model_versions", "model_id"),
        ("logged_models", "source_run_id"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column], unique=False)
