"""Datasets and models that runs have read and made, in SQL."""

from __future__ import annotations

from sqlalchemy import select

from cuvee.api.base import Empty
from cuvee.api.datasets import (
    Dataset,
    DatasetSummaries,
    DatasetSummary,
    LogInputs,
    LogOutputs,
    SearchDatasets,
)
from cuvee.api.names import experiment_number
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.runs import find_run, require_writable
from cuvee.store.tx import Tx

_d = schema.datasets
_rd = schema.run_datasets
_rdt = schema.run_dataset_tags
_r = schema.runs

CONTEXT_TAG = "mlflow.data.context"
MAX_SUMMARIES = 1000

_add_dataset = hot(
    insert(_d)
    .values({c.name: arg(c.name) for c in _d.c if c.name != "pk"})
    .on_conflict_do_nothing()
)
_dataset = hot(
    select(_d.c.pk).where(
        _d.c.experiment_id == arg("experiment_id"),
        _d.c.name == arg("name"),
        _d.c.digest == arg("digest"),
    )
)
_use = hot(insert(_rd).on_conflict_do_nothing())
_used = hot(
    select(_rd.c.run_pk).where(_rd.c.run_pk == arg("run_pk"), _rd.c.dataset_pk == arg("pk"))
)
_add_tag = hot(insert(_rdt).on_conflict_do_nothing())
_add_in = hot(insert(schema.run_model_inputs).on_conflict_do_nothing())
_add_out = hot(insert(schema.run_model_outputs).on_conflict_do_nothing())
_summaries = hot(
    lambda db: (
        select(_r.c.experiment_id, _d.c.name, _d.c.digest, _rdt.c.value)
        .select_from(_rd)
        .join(_d, _d.c.pk == _rd.c.dataset_pk)
        .join(_r, _r.c.pk == _rd.c.run_pk)
        .outerjoin(
            _rdt,
            (_rdt.c.run_pk == _rd.c.run_pk)
            & (_rdt.c.dataset_pk == _rd.c.dataset_pk)
            & (_rdt.c.key == CONTEXT_TAG),
        )
        .where(db.among(_d.c.experiment_id, "ids"), _r.c.lifecycle == "active")
        .distinct()
        .order_by(_r.c.experiment_id, _d.c.name, _d.c.digest, _rdt.c.value)
        .limit(MAX_SUMMARIES)
    )
)


def log_inputs(tx: Tx, op: LogInputs) -> Empty:
    """Record inputs; the first use of a dataset by a run keeps its tags."""
    row = find_run(tx, op.run_id)
    require_writable(row)
    for item in op.datasets:
        pk = _put_dataset(tx, row[2], item.dataset)
        if tx.first(_used, run_pk=row[0], pk=pk) is None:
            tx.bulk(_use, [(row[0], pk)])
            tags = {t.key: t.value for t in item.tags}
            tx.bulk(_add_tag, [(row[0], pk, key, value) for key, value in tags.items()])
    tx.bulk(_add_in, [(row[0], m.model_id) for m in op.models])
    return Empty()


def _put_dataset(tx: Tx, experiment_id: int, dataset: Dataset) -> int:
    identity = {"experiment_id": experiment_id, "name": dataset.name, "digest": dataset.digest}
    pk = tx.value(_dataset, **identity)
    if pk is None:
        tx.run(
            _add_dataset,
            **identity,
            source_type=dataset.source_type,
            source=dataset.source,
            schema=dataset.schema,
            profile=dataset.profile,
        )
        pk = tx.value(_dataset, **identity)
    found: int = pk
    return found


def log_outputs(tx: Tx, op: LogOutputs) -> Empty:
    """Record outputs; a model that is recorded already keeps its first step."""
    row = find_run(tx, op.run_id)
    require_writable(row)
    tx.bulk(_add_out, [(row[0], m.model_id, m.step) for m in op.models])
    return Empty()


def search_datasets(tx: Tx, op: SearchDatasets) -> DatasetSummaries:
    """List the distinct datasets that active runs of some experiments have read."""
    ids = [experiment_number(i) for i in op.experiment_ids]
    rows = tx.all(_summaries, ids=tx.listed(ids))
    return DatasetSummaries(
        [
            DatasetSummary(str(number), name, digest, context)
            for number, name, digest, context in rows
        ]
    )
