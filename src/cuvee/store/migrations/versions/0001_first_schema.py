"""Create the first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from cuvee.store.engine import CLUSTERED, KEY, NEVER_REUSED, TEXT

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table; the history is append-only."""
    _experiments()
    _runs()
    _metrics()
    _datasets()
    _run_models()
    _logged_models()
    _logged_model_metrics()
    _registered_models()
    _model_versions()
    _artifacts()
    _history()
    for statement in context.config.attributes["database"].protect("events"):
        op.execute(statement)


def _experiments() -> None:
    op.create_table(
        "keys",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", name="uq_keys_name"),
    )
    op.create_table(
        "experiments",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("artifact_location", TEXT, nullable=False),
        sa.Column("lifecycle", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", name="uq_experiments_name"),
    )
    op.create_table(
        "experiment_tags",
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("experiment_id", "key"),
        **CLUSTERED,
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("run_id", TEXT, nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("start_time", sa.BigInteger(), nullable=False),
        sa.Column("end_time", sa.BigInteger(), nullable=True),
        sa.Column("lifecycle", TEXT, nullable=False),
        sa.Column("artifact_uri", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("run_id", name="uq_runs_run_id"),
    )
    op.create_index(
        "ix_runs_experiment_id_lifecycle_start_time_run_id",
        "runs",
        ["experiment_id", "lifecycle", "start_time", "run_id"],
        unique=False,
    )
    op.create_table(
        "params",
        sa.Column("run_pk", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("run_pk", "key_id"),
        **CLUSTERED,
    )
    op.create_table(
        "tags",
        sa.Column("run_pk", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("run_pk", "key_id"),
        **CLUSTERED,
    )


def _metrics() -> None:
    op.create_table(
        "latest",
        sa.Column("run_pk", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("bits", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run_pk", "key_id"),
        **CLUSTERED,
    )
    op.create_index(
        "ix_latest_key_id_value_run_pk", "latest", ["key_id", "value", "run_pk"], unique=False
    )
    op.create_table(
        "points",
        sa.Column("run_pk", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("bits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run_pk", "key_id", "timestamp", "step", "bits"),
        **CLUSTERED,
    )


def _datasets() -> None:
    op.create_table(
        "datasets",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("source_type", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("schema", TEXT, nullable=True),
        sa.Column("profile", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint(
            "experiment_id", "name", "digest", name="uq_datasets_experiment_id_name_digest"
        ),
    )
    op.create_table(
        "run_datasets",
        sa.Column("run_pk", sa.BigInteger(), nullable=False),
        sa.Column("dataset_pk", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run_pk", "dataset_pk"),
        **CLUSTERED,
    )
    op.create_index("ix_run_datasets_dataset_pk", "run_datasets", ["dataset_pk"], unique=False)
    op.create_table(
        "run_dataset_tags",
        sa.Column("run_pk", sa.BigInteger(), nullable=False),
        sa.Column("dataset_pk", sa.BigInteger(), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("run_pk", "dataset_pk", "key"),
        **CLUSTERED,
    )


def _run_models() -> None:
    op.create_table(
        "run_model_inputs",
        sa.Column("run_pk", sa.BigInteger(), nullable=False),
        sa.Column("model_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("run_pk", "model_id"),
        **CLUSTERED,
    )
    op.create_table(
        "run_model_outputs",
        sa.Column("run_pk", sa.BigInteger(), nullable=False),
        sa.Column("model_id", TEXT, nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run_pk", "model_id"),
        **CLUSTERED,
    )


def _logged_models() -> None:
    op.create_table(
        "logged_models",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("model_id", TEXT, nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("model_type", TEXT, nullable=False),
        sa.Column("source_run_id", TEXT, nullable=False),
        sa.Column("artifact_uri", TEXT, nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("lifecycle", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("model_id", name="uq_logged_models_model_id"),
    )
    op.create_index(
        "ix_logged_models_experiment_id_lifecycle_created",
        "logged_models",
        ["experiment_id", "lifecycle", "created"],
        unique=False,
    )
    op.create_table(
        "logged_model_params",
        sa.Column("model_pk", sa.BigInteger(), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("model_pk", "key"),
        **CLUSTERED,
    )
    op.create_table(
        "logged_model_tags",
        sa.Column("model_pk", sa.BigInteger(), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("model_pk", "key"),
        **CLUSTERED,
    )


def _logged_model_metrics() -> None:
    op.create_table(
        "logged_model_metrics",
        sa.Column("model_pk", sa.BigInteger(), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("bits", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("run_id", TEXT, nullable=False),
        sa.Column("dataset_name", TEXT, nullable=False),
        sa.Column("dataset_digest", TEXT, nullable=False),
        sa.PrimaryKeyConstraint(
            "model_pk",
            "key",
            "timestamp",
            "step",
            "bits",
            "run_id",
            "dataset_name",
            "dataset_digest",
        ),
        **CLUSTERED,
    )


def _registered_models() -> None:
    op.create_table(
        "registered_models",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("last_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("name", name="uq_registered_models_name"),
    )
    op.create_table(
        "registered_model_tags",
        sa.Column("model_pk", sa.BigInteger(), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("model_pk", "key"),
        **CLUSTERED,
    )
    op.create_table(
        "aliases",
        sa.Column("model_pk", sa.BigInteger(), nullable=False),
        sa.Column("alias", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model_pk", "alias"),
        **CLUSTERED,
    )


def _model_versions() -> None:
    op.create_table(
        "model_versions",
        sa.Column("pk", KEY, autoincrement=True, nullable=False),
        sa.Column("model_pk", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("location", TEXT, nullable=False),
        sa.Column("run_id", TEXT, nullable=False),
        sa.Column("run_link", TEXT, nullable=False),
        sa.Column("model_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("model_pk", "version", name="uq_model_versions_model_pk_version"),
    )
    op.create_index(
        "ix_model_versions_model_pk_stage_version",
        "model_versions",
        ["model_pk", "stage", "version"],
        unique=False,
    )
    op.create_index("ix_model_versions_run_id", "model_versions", ["run_id"], unique=False)
    op.create_table(
        "model_version_tags",
        sa.Column("version_pk", sa.BigInteger(), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("version_pk", "key"),
        **CLUSTERED,
    )


def _artifacts() -> None:
    op.create_table(
        "artifact_files",
        sa.Column("path", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("path"),
        **CLUSTERED,
    )
    op.create_table(
        "version_files",
        sa.Column("version_pk", sa.BigInteger(), nullable=False),
        sa.Column("path", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version_pk", "path"),
        **CLUSTERED,
    )
    op.create_table(
        "sealed",
        sa.Column("path", TEXT, nullable=False),
        sa.Column("version_pk", sa.BigInteger(), nullable=False),
        sa.Column("growing", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("path", "version_pk"),
        **CLUSTERED,
    )
    op.create_index("ix_sealed_version_pk", "sealed", ["version_pk"], unique=False)


def _history() -> None:
    op.create_table(
        "events",
        sa.Column("sequence", KEY, autoincrement=True, nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("via", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("object", TEXT, nullable=False),
        sa.Column("before", TEXT, nullable=False),
        sa.Column("after", TEXT, nullable=False),
        sa.Column("comment", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        **NEVER_REUSED,
    )
    op.create_index("ix_events_object_sequence", "events", ["object", "sequence"], unique=False)
