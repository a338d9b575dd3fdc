"""Experiments, runs, what they have logged, and logged models."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Double,
    Index,
    Table,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy import text as sql_text

from cuvee.store.engine import CLUSTERED, TEXT, only
from cuvee.store.schema.base import binary, metadata, number, own, pk, text

# Metric, param and tag keys of runs become small numbers once.
keys = Table("keys", metadata, pk("id"), Column("name", TEXT, nullable=False, unique=True))

experiments = Table(
    "experiments",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", TEXT, nullable=False, unique=True),
    text("artifact_location"),
    text("lifecycle"),
    number("created"),
    number("updated"),
    Index(None, "artifact_location"),
    Index(None, "lifecycle", "created", "id"),
)
experiment_tags = Table(
    "experiment_tags",
    metadata,
    number("experiment_id"),
    text("key"),
    text("value"),
    own("experiment_id", "key"),
    **CLUSTERED,
)

_started = number("start_time")
runs = Table(
    "runs",
    metadata,
    pk(),
    Column("run_id", TEXT, nullable=False, unique=True),
    number("experiment_id"),
    text("name"),
    text("user_id"),
    text("status"),
    _started,
    number("end_time", null=True),
    text("lifecycle"),
    text("artifact_uri"),
    # Who made it by the word of the server; ``user_id`` is what the client says. Empty where no
    # event tells.
    text("created_by"),
    # As they are listed when nothing else is asked for, so that any window is found by passing over
    # entries of the index alone.
    Index("ix_runs_newest", "experiment_id", "lifecycle", _started.desc(), "run_id"),
    Index("ix_runs_deleted", "pk", **only("lifecycle = 'deleted'")),
    # The status is in it, though it is always the same: so SQLite prefers it to the first.
    Index("ix_runs_running", "experiment_id", "lifecycle", "status", **only("status = 'RUNNING'")),
)
IS_RUNNING: ColumnElement[bool] = runs.c.status == literal_column("'RUNNING'")
"""Not bound: else the databases do not know that the index has all that is asked for."""

SHORT = 64
"""Characters of the longest value that an index has whole; of longer ones it has the beginning."""


def _of_values(table: str) -> tuple[Index, Index]:
    """Return the indexes that find the runs with a value of a param or tag (store/texts.py).

    PostgreSQL's take no long values, so these are in one of their own. The other holds all that
    is asked of short ones: SQLite reads nothing else then, as it would for what is computed.
    """
    short, long = (f"length(value) {op} {SHORT}" for op in ("<=", ">"))
    head = sql_text(f"substr(value, 1, {SHORT})")
    return (
        Index(f"ix_{table}_short", "key_id", "value", "run_pk", **only(short)),
        Index(f"ix_{table}_long", "key_id", head, "run_pk", **only(long)),
    )


# ``number`` is what the value is as a number, as ``bits`` below; NULL if it is none.
params = Table(
    "params",
    metadata,
    number("run_pk"),
    number("key_id"),
    text("value"),
    number("number", null=True),
    own("run_pk", "key_id"),
    *_of_values("params"),
    **CLUSTERED,
)
tags = Table(
    "tags",
    metadata,
    number("run_pk"),
    number("key_id"),
    text("value"),
    number("number", null=True),
    own("run_pk", "key_id"),
    *_of_values("tags"),
    **CLUSTERED,
)
# ``bits`` is the float64 as an order-preserving integer (store/series.py): exact on both engines,
# NaN, -0.0 and the infinities included. ``value`` is what filters compare; NULL means NaN.
# Latest and first are the points that are greatest and least by (step, timestamp, value); least
# and greatest values leave NaN out, and their step is the least one where they occur.
latest = Table(
    "latest",
    metadata,
    number("run_pk"),
    number("key_id"),
    Column("value", Double, nullable=True),
    number("bits"),
    number("step"),
    number("timestamp"),
    Column("first_value", Double, nullable=True),
    number("first_bits"),
    number("first_step"),
    number("first_timestamp"),
    Column("min_value", Double, nullable=True),
    number("min_bits", null=True),
    number("min_step", null=True),
    Column("max_value", Double, nullable=True),
    number("max_bits", null=True),
    number("max_step", null=True),
    number("logged"),
    number("folded"),
    own("run_pk", "key_id"),
    Index(None, "key_id", "value", "run_pk"),
    Index("ix_latest_min", "key_id", "min_value", "run_pk"),
    Index("ix_latest_max", "key_id", "max_value", "run_pk"),
    **CLUSTERED,
)
# What was logged last: a row per write and metric, numbered by the points that were sent before.
tails = Table(
    "tails",
    metadata,
    number("run_pk"),
    number("key_id"),
    number("position"),
    binary("data"),
    own("run_pk", "key_id", "position"),
    **CLUSTERED,
)
# Folded tails (store/points.py). The head stands before the data, which it is read without.
chunks = Table(
    "chunks",
    metadata,
    number("run_pk"),
    number("key_id"),
    number("lane"),
    number("first_timestamp"),
    number("first_step"),
    number("first_bits"),
    number("last_timestamp"),
    number("last_step"),
    number("last_bits"),
    number("size"),
    number("low_step"),
    number("high_step"),
    number("rising"),
    binary("data"),
    own("run_pk", "key_id", "lane", "first_timestamp", "first_step", "first_bits"),
    **CLUSTERED,
)

# Runs whose processes say that they live. ``expires`` is NULL once a run counts as lost; a run that
# ends, or that its process never spoke of, has no row.
leases = Table(
    "leases",
    metadata,
    Column("run_pk", BigInteger, primary_key=True, autoincrement=False),
    number("last_seen"),
    number("expires", null=True),
    text("tail"),
    Index(None, "expires"),
    **CLUSTERED,
)

datasets = Table(
    "datasets",
    metadata,
    pk(),
    number("experiment_id"),
    text("name"),
    text("digest"),
    text("source_type"),
    text("source"),
    text("schema", null=True),
    text("profile", null=True),
    UniqueConstraint("experiment_id", "name", "digest"),
)
run_datasets = Table(
    "run_datasets",
    metadata,
    number("run_pk"),
    number("dataset_pk"),
    own("run_pk", "dataset_pk"),
    Index(None, "dataset_pk"),
    **CLUSTERED,
)
run_dataset_tags = Table(
    "run_dataset_tags",
    metadata,
    number("run_pk"),
    number("dataset_pk"),
    text("key"),
    text("value"),
    own("run_pk", "dataset_pk", "key"),
    **CLUSTERED,
)
run_model_inputs = Table(
    "run_model_inputs",
    metadata,
    number("run_pk"),
    text("model_id"),
    own("run_pk", "model_id"),
    **CLUSTERED,
)
run_model_outputs = Table(
    "run_model_outputs",
    metadata,
    number("run_pk"),
    text("model_id"),
    number("step"),
    own("run_pk", "model_id"),
    **CLUSTERED,
)

logged_models = Table(
    "logged_models",
    metadata,
    pk(),
    Column("model_id", TEXT, nullable=False, unique=True),
    number("experiment_id"),
    text("name"),
    text("model_type"),
    text("source_run_id"),
    text("artifact_uri"),
    number("status"),
    text("lifecycle"),
    number("created"),
    number("updated"),
    Index(None, "experiment_id", "lifecycle", "created"),
    Index(None, "source_run_id"),
)
logged_model_params = Table(
    "logged_model_params",
    metadata,
    number("model_pk"),
    text("key"),
    text("value"),
    own("model_pk", "key"),
    **CLUSTERED,
)
logged_model_tags = Table(
    "logged_model_tags",
    metadata,
    number("model_pk"),
    text("key"),
    text("value"),
    own("model_pk", "key"),
    **CLUSTERED,
)
logged_model_metrics = Table(
    "logged_model_metrics",
    metadata,
    number("model_pk"),
    text("key"),
    number("timestamp"),
    number("step"),
    number("bits"),
    Column("value", Double, nullable=True),
    text("run_id"),
    text("dataset_name"),
    text("dataset_digest"),
    own("model_pk", "key", "timestamp", "step", "bits", "run_id", "dataset_name", "dataset_digest"),
    **CLUSTERED,
)
