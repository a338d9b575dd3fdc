"""Metrics in SQL: what is logged."""

from __future__ import annotations

from sqlalchemy import select

from cuvee.api.base import Empty
from cuvee.api.metrics import LogMetric, Metric
from cuvee.api.runs import LogBatch
from cuvee.api.wordings import logged_model_missing
from cuvee.errors import NotFound
from cuvee.store import schema
from cuvee.store.engine import hot, insert
from cuvee.store.lost_runs import renew
from cuvee.store.nesting import check_parent
from cuvee.store.points import add_points
from cuvee.store.run_tags import put_tags
from cuvee.store.runs import (
    find_run,
    find_writable_run,
    put_params,
    rename_by_tag,
    require_writable,
)
from cuvee.store.series import comparable, to_bits
from cuvee.store.summaries import Sent
from cuvee.store.tx import Tx

_lm = schema.logged_models
_lmm = schema.logged_model_metrics

_add_model_point = hot(insert(_lmm).on_conflict_do_nothing())
_model_pks = hot(
    lambda db: select(_lm.c.model_id, _lm.c.pk).where(
        db.among(_lm.c.model_id, "ids"), _lm.c.lifecycle == "active"
    )
)


def log_metric(tx: Tx, op: LogMetric) -> Empty:
    put_points(tx, find_writable_run(tx, op.run_id), op.run_id, [op.point()])
    return Empty()


def log_batch(tx: Tx, op: LogBatch) -> Empty:
    row = find_run(tx, op.run_id, lock=bool(op.lease))
    require_writable(row)
    if op.lease:
        renew(tx, row, op.lease, None)
    if op.params:
        put_params(tx, row[0], op.params)
    if op.metrics:
        put_points(tx, row[0], op.run_id, op.metrics)
    if op.tags:
        tags = {t.key: t.value for t in op.tags}
        check_parent(tx, row[1], tags)
        put_tags(tx, row[0], tags)
        rename_by_tag(tx, row, tags)
    return Empty()


def put_points(tx: Tx, run_pk: int, run_id: str, metrics: list[Metric]) -> None:
    """Add points to a run's metrics, and to the logged models that they name.

    Raises:
        NotFound: a point names a logged model that does not exist.
    """
    ids = tx.key_ids({m.key for m in metrics}, create=True)
    bits = to_bits([m.value for m in metrics])
    sent: dict[int, list[Sent]] = {}
    for m, b in zip(metrics, bits, strict=True):
        point = (m.value, b, m.step, m.timestamp)
        key_id = ids[m.key]
        if key_id in sent:
            sent[key_id].append(point)
        else:
            sent[key_id] = [point]
    add_points(tx, run_pk, sent)
    _put_model_points(tx, run_id, metrics, bits)


def _put_model_points(tx: Tx, run_id: str, metrics: list[Metric], bits: list[int]) -> None:
    wanted = {m.model_id for m in metrics if m.model_id}
    if not wanted:
        return
    pks: dict[str, int] = dict(tx.all(_model_pks, ids=tx.listed(sorted(wanted))))
    missing = sorted(wanted - pks.keys())
    if missing:
        raise NotFound(logged_model_missing(missing[0]))
    tx.bulk(
        _add_model_point,
        [
            (
                pks[m.model_id],
                m.key,
                m.timestamp,
                m.step,
                b,
                comparable(m.value),
                run_id,
                m.dataset_name or "",
                m.dataset_digest or "",
            )
            for m, b in zip(metrics, bits, strict=True)
            if m.model_id
        ],
    )
