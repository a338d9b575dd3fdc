"""The tables, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from cuvee.store.engine import CLUSTERED, KEY, NEVER_REUSED, TEXT

HEAD = "0001"
"""The newest migration; a test compares it with the migrations' own."""

VERSION_TABLE = "cuvee_schema"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, TEXT, nullable=null)


def _int(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=null)


def _pk(name: str = "pk") -> Column[int]:
    return Column(name, KEY, primary_key=True, autoincrement=True)


def _own(*columns: str) -> PrimaryKeyConstraint:
    return PrimaryKeyConstraint(*columns)


# Metric, param and tag keys of runs become small numbers once.
keys = Table("keys", metadata, _pk("id"), Column("name", TEXT, nullable=False, unique=True))

experiments = Table(
    "experiments",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", TEXT, nullable=False, unique=True),
    _text("artifact_location"),
    _text("lifecycle"),
    _int("created"),
    _int("updated"),
)
experiment_tags = Table(
    "experiment_tags",
    metadata,
    _int("experiment_id"),
    _text("key"),
    _text("value"),
    _own("experiment_id", "key"),
    **CLUSTERED,
)

runs = Table(
    "runs",
    metadata,
    _pk(),
    Column("run_id", TEXT, nullable=False, unique=True),
    _int("experiment_id"),
    _text("name"),
    _text("user_id"),
    _text("status"),
    _int("start_time"),
    _int("end_time", null=True),
    _text("lifecycle"),
    _text("artifact_uri"),
    Index(None, "experiment_id", "lifecycle", "start_time", "run_id"),
)
params = Table(
    "params",
    metadata,
    _int("run_pk"),
    _int("key_id"),
    _text("value"),
    _own("run_pk", "key_id"),
    **CLUSTERED,
)
tags = Table(
    "tags",
    metadata,
    _int("run_pk"),
    _int("key_id"),
    _text("value"),
    _own("run_pk", "key_id"),
    **CLUSTERED,
)
# ``bits`` is the float64 as an order-preserving integer (store/series.py): exact on both engines,
# NaN, -0.0 and the infinities included. ``value`` is what filters compare; NULL means NaN.
latest = Table(
    "latest",
    metadata,
    _int("run_pk"),
    _int("key_id"),
    Column("value", Double, nullable=True),
    _int("bits"),
    _int("step"),
    _int("timestamp"),
    _own("run_pk", "key_id"),
    Index(None, "key_id", "value", "run_pk"),
    **CLUSTERED,
)
points = Table(
    "points",
    metadata,
    _int("run_pk"),
    _int("key_id"),
    _int("timestamp"),
    _int("step"),
    _int("bits"),
    _own("run_pk", "key_id", "timestamp", "step", "bits"),
    **CLUSTERED,
)

datasets = Table(
    "datasets",
    metadata,
    _pk(),
    _int("experiment_id"),
    _text("name"),
    _text("digest"),
    _text("source_type"),
    _text("source"),
    _text("schema", null=True),
    _text("profile", null=True),
    UniqueConstraint("experiment_id", "name", "digest"),
)
run_datasets = Table(
    "run_datasets",
    metadata,
    _int("run_pk"),
    _int("dataset_pk"),
    _own("run_pk", "dataset_pk"),
    Index(None, "dataset_pk"),
    **CLUSTERED,
)
run_dataset_tags = Table(
    "run_dataset_tags",
    metadata,
    _int("run_pk"),
    _int("dataset_pk"),
    _text("key"),
    _text("value"),
    _own("run_pk", "dataset_pk", "key"),
    **CLUSTERED,
)
run_model_inputs = Table(
    "run_model_inputs",
    metadata,
    _int("run_pk"),
    _text("model_id"),
    _own("run_pk", "model_id"),
    **CLUSTERED,
)
run_model_outputs = Table(
    "run_model_outputs",
    metadata,
    _int("run_pk"),
    _text("model_id"),
    _int("step"),
    _own("run_pk", "model_id"),
    **CLUSTERED,
)

logged_models = Table(
    "logged_models",
    metadata,
    _pk(),
    Column("model_id", TEXT, nullable=False, unique=True),
    _int("experiment_id"),
    _text("name"),
    _text("model_type"),
    _text("source_run_id"),
    _text("artifact_uri"),
    _int("status"),
    _text("lifecycle"),
    _int("created"),
    _int("updated"),
    Index(None, "experiment_id", "lifecycle", "created"),
)
logged_model_params = Table(
    "logged_model_params",
    metadata,
    _int("model_pk"),
    _text("key"),
    _text("value"),
    _own("model_pk", "key"),
    **CLUSTERED,
)
logged_model_tags = Table(
    "logged_model_tags",
    metadata,
    _int("model_pk"),
    _text("key"),
    _text("value"),
    _own("model_pk", "key"),
    **CLUSTERED,
)
logged_model_metrics = Table(
    "logged_model_metrics",
    metadata,
    _int("model_pk"),
    _text("key"),
    _int("timestamp"),
    _int("step"),
    _int("bits"),
    Column("value", Double, nullable=True),
    _text("run_id"),
    _text("dataset_name"),
    _text("dataset_digest"),
    _own(
        "model_pk", "key", "timestamp", "step", "bits", "run_id", "dataset_name", "dataset_digest"
    ),
    **CLUSTERED,
)

registered_models = Table(
    "registered_models",
    metadata,
    _pk(),
    Column("name", TEXT, nullable=False, unique=True),
    _text("description", null=True),
    _text("user_id"),
    _int("created"),
    _int("updated"),
    _int("last_version"),
)
registered_model_tags = Table(
    "registered_model_tags",
    metadata,
    _int("model_pk"),
    _text("key"),
    _text("value"),
    _own("model_pk", "key"),
    **CLUSTERED,
)
aliases = Table(
    "aliases",
    metadata,
    _int("model_pk"),
    _text("alias"),
    _int("version"),
    _own("model_pk", "alias"),
    **CLUSTERED,
)
model_versions = Table(
    "model_versions",
    metadata,
    _pk(),
    _int("model_pk"),
    _int("version"),
    _text("stage"),
    _text("description"),
    _text("source"),
    _text("location"),
    _text("run_id"),
    _text("run_link"),
    _text("model_id"),
    _text("user_id"),
    _int("created"),
    _int("updated"),
    _text("digest"),
    UniqueConstraint("model_pk", "version"),
    Index(None, "model_pk", "stage", "version"),
    Index(None, "run_id"),
)
model_version_tags = Table(
    "model_version_tags",
    metadata,
    _int("version_pk"),
    _text("key"),
    _text("value"),
    _own("version_pk", "key"),
    **CLUSTERED,
)

artifact_files = Table(
    "artifact_files",
    metadata,
    Column("path", TEXT, primary_key=True),
    _text("digest"),
    _int("size"),
    _int("modified"),
    **CLUSTERED,
)
version_files = Table(
    "version_files",
    metadata,
    _int("version_pk"),
    _text("path"),
    _text("digest"),
    _int("size"),
    _own("version_pk", "path"),
    **CLUSTERED,
)
# Prefixes of artifact_files that belong to registered versions and so may not change; one that
# was empty when its version was registered is ``growing``: it takes new files, for ever.
sealed = Table(
    "sealed",
    metadata,
    _text("path"),
    _int("version_pk"),
    _int("growing"),
    _own("path", "version_pk"),
    Index(None, "version_pk"),
    **CLUSTERED,
)

events = Table(
    "events",
    metadata,
    Column("sequence", KEY, primary_key=True, autoincrement=True),
    _int("time"),
    _text("actor"),
    _text("via"),
    _text("action"),
    _text("object"),
    _text("before"),
    _text("after"),
    _text("comment"),
    Index(None, "object", "sequence"),
    **NEVER_REUSED,
)
