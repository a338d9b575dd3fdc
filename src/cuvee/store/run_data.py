"""Runs with their data, for one run or for a page of them: one query for each kind of data."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from cuvee.api.datasets import Dataset, DatasetInput, InputTag, ModelInput, ModelOutput
from cuvee.api.metrics import Metric
from cuvee.api.runs import Param, Run, RunData, RunInfo, RunInputs, RunOutputs, RunTag
from cuvee.store import schema
from cuvee.store.engine import hot
from cuvee.store.series import from_bits
from cuvee.store.tx import Tx

_m = schema.latest
_p = schema.params
_t = schema.tags
_d = schema.datasets
_rd = schema.run_datasets
_rdt = schema.run_dataset_tags
_in = schema.run_model_inputs
_out = schema.run_model_outputs

_metrics = hot(
    lambda db: select(_m.c.run_pk, _m.c.key_id, _m.c.bits, _m.c.timestamp, _m.c.step).where(
        db.among(_m.c.run_pk, "pks")
    )
)
_params = hot(lambda db: select(_p).where(db.among(_p.c.run_pk, "pks")))
_tags = hot(lambda db: select(_t).where(db.among(_t.c.run_pk, "pks")))
_datasets = hot(
    lambda db: (
        select(
            _rd.c.run_pk,
            _d.c.pk,
            _d.c.name,
            _d.c.digest,
            _d.c.source_type,
            _d.c.source,
            _d.c.schema,
            _d.c.profile,
        )
        .join(_d, _d.c.pk == _rd.c.dataset_pk)
        .where(db.among(_rd.c.run_pk, "pks"))
        .order_by(_rd.c.run_pk, _d.c.pk)
    )
)
_dataset_tags = hot(lambda db: select(_rdt).where(db.among(_rdt.c.run_pk, "pks")))
_models_in = hot(lambda db: select(_in).where(db.among(_in.c.run_pk, "pks")))
_models_out = hot(
    lambda db: (
        select(_out)
        .where(db.among(_out.c.run_pk, "pks"))
        .order_by(_out.c.run_pk, _out.c.step, _out.c.model_id)
    )
)


def run_info(row: tuple[Any, ...]) -> RunInfo:
    """Return the info of a row in the order of ``schema.runs``."""
    _, run_id, experiment_id, name, user, status, start, end, lifecycle, uri = row
    return RunInfo(
        run_id=run_id,
        run_uuid=run_id,
        run_name=name,
        experiment_id=str(experiment_id),
        user_id=user,
        status=status,
        start_time=start,
        end_time=end,
        artifact_uri=uri,
        lifecycle_stage=lifecycle,
    )


def load_runs(tx: Tx, rows: list[tuple[Any, ...]], *, model_inputs: bool = False) -> list[Run]:
    """Return runs with their data.

    Args:
        tx: the transaction.
        rows: runs, in the order of ``schema.runs``.
        model_inputs: whether models that the runs have read are wanted (not in searches).
    """
    pks = tx.listed([row[0] for row in rows])
    data = _load_data(tx, pks)
    datasets = _load_datasets(tx, pks)
    read: dict[int, list[ModelInput]] = defaultdict(list)
    made: dict[int, list[ModelOutput]] = defaultdict(list)
    if model_inputs:
        for pk, model_id in tx.all(_models_in, pks=pks):
            read[pk].append(ModelInput(model_id))
    for pk, model_id, step in tx.all(_models_out, pks=pks):
        made[pk].append(ModelOutput(model_id, step))
    return [
        Run(
            info=run_info(row),
            data=data.get(row[0], _NO_DATA),
            inputs=RunInputs(
                dataset_inputs=datasets.get(row[0], []), model_inputs=read.get(row[0], [])
            ),
            outputs=RunOutputs(model_outputs=made.get(row[0], [])),
        )
        for row in rows
    ]


_NO_DATA = RunData()


def _load_data(tx: Tx, pks: Any) -> dict[int, RunData]:
    metrics = tx.all(_metrics, pks=pks)
    params = tx.all(_params, pks=pks)
    tags = tx.all(_tags, pks=pks)
    names = tx.key_names({row[1] for rows in (metrics, params, tags) for row in rows})
    found: dict[int, RunData] = defaultdict(RunData)
    values = from_bits([row[2] for row in metrics])
    for (pk, key, _, timestamp, step), value in zip(metrics, values, strict=True):
        found[pk].metric_items.append(Metric(names[key], value, timestamp, step))
    for pk, key, text in params:
        found[pk].param_items.append(Param(names[key], text))
    for pk, key, text in tags:
        found[pk].tag_items.append(RunTag(names[key], text))
    return found


def _load_datasets(tx: Tx, pks: Any) -> dict[int, list[DatasetInput]]:
    rows = tx.all(_datasets, pks=pks)
    if not rows:
        return {}
    tags: dict[tuple[int, int], list[InputTag]] = defaultdict(list)
    for run_pk, dataset_pk, key, value in tx.all(_dataset_tags, pks=pks):
        tags[run_pk, dataset_pk].append(InputTag(key, value))
    found: dict[int, list[DatasetInput]] = defaultdict(list)
    for run_pk, dataset_pk, *fields in rows:
        found[run_pk].append(
            DatasetInput(dataset=Dataset(*fields), tags=tags.get((run_pk, dataset_pk), []))
        )
    return found
