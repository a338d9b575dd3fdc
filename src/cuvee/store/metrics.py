"""Metrics in SQL: points, latest values, histories."""

from __future__ import annotations

import base64
import struct
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy import and_ as sql_and

from cuvee.api.base import Empty
from cuvee.api.metrics import (
    MAX_HISTORY_PAGE,
    GetMetricHistory,
    GetMetricHistoryBulk,
    GetMetricHistoryBulkInterval,
    LogMetric,
    Metric,
    MetricPage,
)
from cuvee.api.names import shown
from cuvee.api.runs import LogBatch
from cuvee.errors import InvalidParameter, NotFound
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.lost_runs import renew
from cuvee.store.run_tags import put_tags
from cuvee.store.runs import (
    find_run,
    find_writable_run,
    put_params,
    rename_by_tag,
    require_writable,
)
from cuvee.store.series import comparable, from_bits, to_bits
from cuvee.store.summaries import put_summary, summary
from cuvee.store.tx import Tx

_p = schema.points
_lm = schema.logged_models
_lmm = schema.logged_model_metrics
_r = schema.runs

_add_point = hot(insert(_p).on_conflict_do_nothing())
_add_model_point = hot(insert(_lmm).on_conflict_do_nothing())
_model_pks = hot(
    lambda db: select(_lm.c.model_id, _lm.c.pk).where(
        db.among(_lm.c.model_id, "ids"), _lm.c.lifecycle == "active"
    )
)
_history = hot(
    select(_p.c.timestamp, _p.c.step, _p.c.bits)
    .where(
        _p.c.run_pk == arg("run_pk"),
        _p.c.key_id == arg("key_id"),
        tuple_(_p.c.timestamp, _p.c.step, _p.c.bits)
        > tuple_(arg("timestamp"), arg("step"), arg("bits")),
    )
    .order_by(_p.c.timestamp, _p.c.step, _p.c.bits)
    .limit(arg("count"))
)
_run_pks = hot(lambda db: select(_r.c.run_id, _r.c.pk).where(db.among(_r.c.run_id, "ids")))

_FIRST = (-1, 0, 0)
_MANY = 2**31


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
    rows = [
        (run_pk, ids[m.key], m.timestamp, m.step, b) for m, b in zip(metrics, bits, strict=True)
    ]
    tx.bulk(_add_point, rows)
    of_key: dict[int, list[int]] = {}
    for i, m in enumerate(metrics):
        of_key.setdefault(ids[m.key], []).append(i)
    # In the order of keys, so that two writers on PostgreSQL never wait for each other in a ring.
    tx.bulk(
        put_summary,
        [
            (
                run_pk,
                key_id,
                *summary(
                    [metrics[i].value for i in at],
                    [bits[i] for i in at],
                    [metrics[i].step for i in at],
                    [metrics[i].timestamp for i in at],
                ),
            )
            for key_id, at in sorted(of_key.items())
        ],
    )
    _put_model_points(tx, run_id, metrics, bits)


def _put_model_points(tx: Tx, run_id: str, metrics: list[Metric], bits: list[int]) -> None:
    wanted = {m.model_id for m in metrics if m.model_id}
    if not wanted:
        return
    pks: dict[str, int] = dict(tx.all(_model_pks, ids=tx.listed(sorted(wanted))))
    missing = sorted(wanted - pks.keys())
    if missing:
        raise NotFound(f"There is no logged model with id {shown(missing[0])}.")
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


def get_metric_history(tx: Tx, op: GetMetricHistory) -> MetricPage:
    after = _read_token(op.page_token) if op.page_token else _FIRST
    limit = op.max_results or _MANY
    row = tx.first(_run_pks, ids=tx.listed([op.run_id]))
    key_id = tx.key_ids([op.metric_key]).get(op.metric_key)
    if row is None or key_id is None:
        return MetricPage()
    rows = tx.all(
        _history,
        run_pk=row[1],
        key_id=key_id,
        timestamp=after[0],
        step=after[1],
        bits=after[2],
        count=limit + 1,
    )
    token = _write_token(rows[limit - 1]) if len(rows) > limit else None
    return MetricPage(_metrics(op.metric_key, rows[:limit]), token)


def get_metric_history_bulk(tx: Tx, op: GetMetricHistoryBulk) -> MetricPage:
    left = min(op.max_results, MAX_HISTORY_PAGE)
    found: list[Metric] = []
    key_id = tx.key_ids([op.metric_key]).get(op.metric_key)
    pks: dict[str, int] = dict(tx.all(_run_pks, ids=tx.listed(op.run_id)))
    for run_id in sorted(pks) if key_id is not None else []:
        if left <= 0:
            break
        rows = tx.all(
            _history,
            run_pk=pks[run_id],
            key_id=key_id,
            timestamp=_FIRST[0],
            step=_FIRST[1],
            bits=_FIRST[2],
            count=left,
        )
        found += _metrics(op.metric_key, rows, run_id)
        left -= len(rows)
    return MetricPage(found)


def get_metric_history_bulk_interval(tx: Tx, op: GetMetricHistoryBulkInterval) -> MetricPage:
    key_id = tx.key_ids([op.metric_key]).get(op.metric_key)
    pks: dict[str, int] = dict(tx.all(_run_pks, ids=tx.listed(op.run_ids)))
    found: list[Metric] = []
    for run_id in dict.fromkeys(op.run_ids) if key_id is not None else []:
        if run_id in pks:
            rows = tx.all(_sample(op, pks[run_id], key_id))
            found += _metrics(op.metric_key, rows, run_id)
    return MetricPage(found)


def _sample(op: GetMetricHistoryBulkInterval, run_pk: int, key_id: int | None) -> Any:
    """Return the query for points evenly spread by rank, the first and the last among them."""
    wanted: list[ColumnElement[bool]] = [_p.c.run_pk == run_pk, _p.c.key_id == key_id]
    if op.start_step is not None and op.end_step is not None:
        wanted.append(_p.c.step.between(op.start_step, op.end_step))
    order = (_p.c.step, _p.c.timestamp, _p.c.bits)
    ranked = (
        select(
            *_p.c["timestamp", "step", "bits"],
            (func.row_number().over(order_by=order) - 1).label("rank"),
            func.count().over().label("total"),
        )
        .where(*wanted)
        .subquery()
    )
    last = ranked.c.total - 1
    some = func.nullif(last, 0, type_=BigInteger)
    gaps = literal(op.max_results - 1)
    # Rank r is taken when it is floor(i * last / gaps) for some i: when a step of i passes it.
    spread = (
        sql_and(ranked.c.rank == (ranked.c.rank * gaps + last - 1) // some * last // gaps)
        if op.max_results > 1
        else sql_and(literal(False))
    )
    take = or_(ranked.c.total <= op.max_results, ranked.c.rank == last, spread)
    return (
        select(ranked.c.timestamp, ranked.c.step, ranked.c.bits)
        .where(case((take, 1), else_=0) == 1)
        .order_by(ranked.c.rank)
    )


def _metrics(key: str, rows: list[tuple[Any, ...]], run_id: str | None = None) -> list[Metric]:
    values = from_bits([bits for _, _, bits in rows])
    return [
        Metric(key, value, timestamp, step, run_id=run_id)
        for (timestamp, step, _), value in zip(rows, values, strict=True)
    ]


def _write_token(row: tuple[Any, ...]) -> str:
    return base64.urlsafe_b64encode(",".join(map(str, row)).encode()).decode()


def _read_token(token: str) -> tuple[int, int, int]:
    try:
        timestamp, step, bits = map(int, base64.urlsafe_b64decode(token).decode().split(","))
        struct.pack("<3q", timestamp, step, bits)
    except (ValueError, struct.error):
        raise InvalidParameter(
            "The page_token is not one that this call gave out: leave it out to start anew."
        ) from None
    return timestamp, step, bits
