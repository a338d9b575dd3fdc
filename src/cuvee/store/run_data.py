"""Runs with their data, for one run or for a page of them: one query for most of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, exists, select

from cuvee.api.datasets import Dataset, DatasetInput, InputTag, ModelInput, ModelOutput
from cuvee.api.metrics import Metric
from cuvee.api.runs import Param, Run, RunData, RunInfo, RunInputs, RunOutputs, RunTag
from cuvee.store import schema
from cuvee.store.engine import Database, hot
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


def _gathered(db: Database, *columns: ColumnElement[Any]) -> ColumnElement[str]:
    """Return as JSON what some runs have in a table whose column ``run_pk`` comes first."""
    return select(db.gather(*columns)).where(db.among(columns[0], "pks")).scalar_subquery()


_data = hot(
    lambda db: select(
        _gathered(db, _m.c.run_pk, _m.c.key_id, _m.c.bits, _m.c.timestamp, _m.c.step),
        _gathered(db, _p.c.run_pk, _p.c.key_id, _p.c.value),
        _gathered(db, _t.c.run_pk, _t.c.key_id, _t.c.value),
        _gathered(db, *_out.c),
        exists().where(db.among(_rd.c.run_pk, "pks")),
    )
)
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

_whole = msgspec.json.Decoder(tuple[list[int], list[int], list[int], list[int], list[int]])
_texts = msgspec.json.Decoder(tuple[list[int], list[int], list[str]])
_models = msgspec.json.Decoder(tuple[list[int], list[str], list[int]])

MAX_RUNS = 500
"""Runs whose data are fetched at once, as a few texts that must fit into memory."""

T = TypeVar("T")


def run_info(row: tuple[Any, ...]) -> RunInfo:
    """Return the info of a row in the order of ``schema.runs``."""
    _, run_id, experiment_id, name, user, status, start, end, lifecycle, uri, _ = row
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


def new_run(row: tuple[Any, ...], tags: Mapping[str, str]) -> Run:
    """Return a run that has nothing but tags."""
    data = RunData(tag_items=[RunTag(key, value) for key, value in tags.items()])
    return Run(info=run_info(row), data=data, inputs=RunInputs(), outputs=RunOutputs())


def load_runs(tx: Tx, rows: list[tuple[Any, ...]], *, model_inputs: bool = False) -> list[Run]:
    """Return runs with their data.

    Args:
        tx: the transaction.
        rows: runs, in the order of ``schema.runs``.
        model_inputs: whether models that the runs have read are wanted (not in searches).
    """
    return [
        run
        for start in range(0, len(rows), MAX_RUNS)
        for run in _load(tx, rows[start : start + MAX_RUNS], model_inputs=model_inputs)
    ]


def _load(tx: Tx, rows: list[tuple[Any, ...]], *, model_inputs: bool) -> list[Run]:
    pks = tx.listed([row[0] for row in rows])
    metrics, params, tags, made, have_datasets = tx.first(_data, pks=pks) or ()
    metric_pks, metric_keys, bits, times, steps = _whole.decode(metrics)
    param_pks, param_keys, values = _texts.decode(params)
    tag_pks, tag_keys, texts = _texts.decode(tags)
    made_pks, model_ids, model_steps = _models.decode(made)
    name = tx.key_names({*metric_keys, *param_keys, *tag_keys}).__getitem__
    metrics_of = _by_run(
        metric_pks, map(Metric, map(name, metric_keys), from_bits(bits), times, steps)
    )
    params_of = _by_run(param_pks, map(Param, map(name, param_keys), values))
    tags_of = _by_run(tag_pks, map(RunTag, map(name, tag_keys), texts))
    made_of = _by_run(made_pks, map(ModelOutput, model_ids, model_steps))
    datasets = load_datasets(tx, pks) if have_datasets else {}
    read = _by_run(*_model_inputs(tx, pks)) if model_inputs else {}
    return [
        Run(
            info=run_info(row),
            data=RunData(
                metric_items=metrics_of.get(row[0], []),
                param_items=params_of.get(row[0], []),
                tag_items=tags_of.get(row[0], []),
            ),
            inputs=RunInputs(
                dataset_inputs=datasets.get(row[0], []), model_inputs=read.get(row[0], [])
            ),
            outputs=RunOutputs(
                model_outputs=sorted(made_of.get(row[0], []), key=lambda m: (m.step, m.model_id))
            ),
        )
        for row in rows
    ]


def _by_run(pks: Iterable[int], items: Iterable[T]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for pk, item in zip(pks, items, strict=True):
        found[pk].append(item)
    return found


def _model_inputs(tx: Tx, pks: Any) -> tuple[list[int], list[ModelInput]]:
    rows = tx.all(_models_in, pks=pks)
    return [pk for pk, _ in rows], [ModelInput(model_id) for _, model_id in rows]


def load_datasets(tx: Tx, pks: Any) -> dict[int, list[DatasetInput]]:
    """Return the datasets that some runs have read."""
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
