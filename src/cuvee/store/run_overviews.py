"""A run as its page shows it, in SQL: all keys are looked at, and the values of some are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.types import Text

from cuvee.api.datasets import ModelOutput
from cuvee.api.metrics import Metric
from cuvee.api.run_overviews import GetRunOverview, ListRunValues, RunOverview, RunValues
from cuvee.api.runs import Param, Run, RunData, RunInputs, RunOutputs, RunTag
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.run_data import load_datasets, run_info
from cuvee.store.runs import find_run
from cuvee.store.series import from_bits
from cuvee.store.tx import Tx

SYSTEM = "system/"
"""What the keys of metrics of the computer begin with, as clients log them."""
_m, _p, _t = schema.latest, schema.params, schema.tags
_out = schema.run_model_outputs
_metric_keys = hot(select(_m.c.key_id).where(_m.c.run_pk == arg("pk")))
_param_keys = hot(select(_p.c.key_id).where(_p.c.run_pk == arg("pk")))
_metrics = hot(
    lambda db: select(_m.c.key_id, _m.c.bits, _m.c.timestamp, _m.c.step).where(
        _m.c.run_pk == arg("pk"), db.among(_m.c.key_id, "keys")
    )
)
_params = hot(
    lambda db: select(_p.c.key_id, _p.c.value).where(
        _p.c.run_pk == arg("pk"), db.among(_p.c.key_id, "keys")
    )
)
_begun = hot(
    lambda db: select(_p.c.key_id, func.substr(_p.c.value, 1, arg("most"), type_=Text())).where(
        _p.c.run_pk == arg("pk"), db.among(_p.c.key_id, "keys")
    )
)
_tags = hot(select(_t.c.key_id, _t.c.value).where(_t.c.run_pk == arg("pk")))
_outputs = hot(select(_out.c.model_id, _out.c.step).where(_out.c.run_pk == arg("pk")))
_last_step = hot(select(func.max(_m.c.step)).where(_m.c.run_pk == arg("pk")))


def get_run_overview(tx: Tx, op: GetRunOverview) -> RunOverview:
    row = find_run(tx, op.run_id)
    pk = row[0]
    metrics = _Keys.of(tx, _metric_keys, pk)
    params = _Keys.of(tx, _param_keys, pk)
    texts, cut = _read_params(tx, pk, params.first(op.max_items), op.max_text)
    tags = tx.all(_tags, pk=pk)
    name = tx.key_names({key for key, _ in tags}).__getitem__
    inputs = load_datasets(tx, tx.listed([pk])).get(pk, [])
    briefly = [
        replace(one, dataset=replace(one.dataset, schema=None, profile=None)) for one in inputs
    ]
    models = [ModelOutput(*made) for made in tx.all(_outputs, pk=pk)]
    run = Run(
        info=run_info(row),
        data=RunData(
            metric_items=_read_metrics(tx, pk, metrics.first(op.max_items)),
            param_items=texts,
            tag_items=[RunTag(name(key), value) for key, value in tags],
        ),
        inputs=RunInputs(dataset_inputs=briefly),
        outputs=RunOutputs(model_outputs=sorted(models, key=lambda m: (m.step, m.model_id))),
    )
    last = tx.value(_last_step, pk=pk) or 0
    return RunOverview(
        run=run,
        metrics=len(metrics.ids),
        system_metrics=sum(key.startswith(SYSTEM) for key in metrics.ids.values()),
        params=len(params.ids),
        last_step=last,
        cut=cut,
    )


def list_run_values(tx: Tx, op: ListRunValues) -> RunValues:
    pk = find_run(tx, op.run_id)[0]
    metric = op.kind == "metric"
    keys = _Keys.of(tx, _metric_keys if metric else _param_keys, pk, op.find, op.key)
    count, some = len(keys.ids), keys.first(op.max_items)
    if op.only_keys:
        return RunValues(count, keys=list(some.values()))
    if metric:
        return RunValues(count, metrics=_read_metrics(tx, pk, some))
    params, cut = _read_params(tx, pk, some, op.max_text)
    return RunValues(count, params=params, cut=cut)


@dataclass(frozen=True)
class _Keys:
    """Keys that a run has, in the order in which people look for them.

    Args:
        ids: number of a key -> its name.
    """

    ids: dict[int, str]

    @classmethod
    def of(cls, tx: Tx, statement: Any, pk: int, find: str = "", key: str = "") -> _Keys:
        numbers = [number for (number,) in tx.all(statement, pk=pk)]
        name = tx.key_names(numbers).__getitem__
        part = find.lower()
        found = [
            (name(number), number)
            for number in numbers
            if part in name(number).lower() and (not key or name(number) == key)
        ]
        found.sort(key=lambda pair: (pair[0].lower(), pair[0]))
        return cls({number: text for text, number in found})

    def first(self, most: int) -> dict[int, str]:
        return dict(list(self.ids.items())[:most])


def _read_metrics(tx: Tx, pk: int, keys: dict[int, str]) -> list[Metric]:
    if not keys:
        return []
    rows = {row[0]: row[1:] for row in tx.all(_metrics, pk=pk, keys=tx.listed(list(keys)))}
    values = from_bits([rows[key][0] for key in keys])
    return [
        Metric(name, value, *rows[key][1:])
        for (key, name), value in zip(keys.items(), values, strict=True)
    ]


def _read_params(tx: Tx, pk: int, keys: dict[int, str], most: int) -> tuple[list[Param], list[str]]:
    """Return params, and the keys of those of which this is the beginning only."""
    if not keys:
        return [], []
    listed = tx.listed(list(keys))
    if not most:
        whole = dict(tx.all(_params, pk=pk, keys=listed))
        return [Param(name, whole[key]) for key, name in keys.items()], []
    # One character more tells where there is more.
    begun = dict(tx.all(_begun, pk=pk, keys=listed, most=most + 1))
    cut = [name for key, name in keys.items() if len(begun[key]) > most]
    return [Param(name, begun[key][:most]) for key, name in keys.items()], cut
