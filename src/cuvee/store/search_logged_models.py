"""The search for logged models in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
from sqlalchemy import FromClause, and_, exists, func, or_, select, true

from cuvee.api.logged_models import (
    DatasetFilter,
    LoggedModelOrder,
    LoggedModelPage,
    SearchLoggedModels,
)
from cuvee.api.names import experiment_number
from cuvee.search.filters import parse_filter
from cuvee.search.languages import LOGGED_MODELS
from cuvee.search.orders import check_count, parse_order
from cuvee.search.tree import Kind, OrderKey, clauses_of
from cuvee.store import schema
from cuvee.store.conditions import Column, Condition, Keyed, Row, Subject
from cuvee.store.filters import Search
from cuvee.store.logged_models import load_logged_models
from cuvee.store.paging import find_page
from cuvee.store.tx import Tx

_m = schema.logged_models
_p = schema.logged_model_params
_t = schema.logged_model_tags
_pt = schema.logged_model_metrics

_METRICS = Keyed(
    _pt, owner=_pt.c.model_pk, key=_pt.c.key, single=False, columns={"": Column("value", "bits")}
)
_MODELS = Subject(
    source=_m,
    row=Row(
        _m.c.pk,
        {
            **{name: _m.c[name] for name in ("name", "model_id", "model_type", "source_run_id")},
            "experiment_id": _m.c.experiment_id,
            "artifact_location": _m.c.artifact_uri,
            "status": _m.c.status,
            "creation_timestamp": _m.c.created,
            "last_updated_timestamp": _m.c.updated,
        },
    ),
    keyed={
        Kind.METRIC: _METRICS,
        Kind.PARAM: Keyed(_p, owner=_p.c.model_pk, key=_p.c.key),
        Kind.TAG: Keyed(_t, owner=_t.c.model_pk, key=_t.c.key),
    },
)


def search_logged_models(tx: Tx, op: SearchLoggedModels) -> LoggedModelPage:
    tree = parse_filter(op.filter, LOGGED_MODELS)
    check_count(len(op.order_by))
    orders = [(order, _order_key(order)) for order in op.order_by]
    experiments = sorted({experiment_number(text) for text in op.experiment_ids})
    in_scope = tx.array(_m.c.experiment_id, experiments)
    scope = [in_scope, _m.c.lifecycle == "active"]
    subject = _MODELS
    if op.datasets:
        measured = replace(_METRICS, only=lambda table: _measured_on(table, op.datasets))
        subject = replace(subject, keyed={**subject.keyed, Kind.METRIC: measured})
        if not any(clause.kind is Kind.METRIC for clause in clauses_of(tree)):
            scope.append(exists().where(_pt.c.model_pk == _m.c.pk, _measured_on(_pt, op.datasets)))
    search = Search(tx, subject, None)
    search.demand(None, lambda: and_(*scope))
    search.filter(tree)
    for order, key in orders:
        if key.kind is Kind.METRIC:
            _sort_by_metric(search, order, key, in_scope)
        else:
            search.sort(key)
    search.sort(OrderKey(Kind.ATTRIBUTE, "creation_timestamp", descending=True))
    search.sort(OrderKey(Kind.ATTRIBUTE, "model_id"))
    rows, token = find_page(
        search,
        list(_m.c),
        limit=op.max_results or 100,
        token=op.page_token,
        question={  # by the words that MLflow's clients look for
            "Experiment IDs in the page token do not match the requested experiment IDs": (
                experiments
            ),
            "Order by in the page token does not match the requested order by": (
                msgspec.to_builtins(op.order_by)
            ),
            "Filter string in the page token does not match the requested filter string": op.filter,
            "Datasets in the page token do not match the requested datasets": (
                ["logged_models", msgspec.to_builtins(op.datasets)]
            ),
        },
    )
    return LoggedModelPage(load_logged_models(tx, rows), token)


def _order_key(order: LoggedModelOrder) -> OrderKey:
    return replace(
        parse_order([_quoted(order.field_name)], LOGGED_MODELS)[0], descending=not order.ascending
    )


def _quoted(name: str) -> str:
    """``metrics.<key>`` arrives as a name, not as text in a grammar: any key is fine as it is."""
    head, dot, key = name.partition(".")
    if not dot:
        return f"`{name}`"
    return name if key[:1] in ("`", '"', "'") else f"{head}.`{key}`"


def _measured_on(table: FromClause, datasets: Sequence[DatasetFilter]) -> Condition:
    return or_(
        *(
            and_(
                table.c.dataset_name == dataset.dataset_name,
                table.c.dataset_digest == dataset.dataset_digest
                if dataset.dataset_digest
                else true(),
            )
            for dataset in datasets
        )
    )


def _sort_by_metric(
    search: Search, order: LoggedModelOrder, key: OrderKey, in_scope: Condition
) -> None:
    """Sort by each model's latest point; reads all points of that metric in the experiments."""
    points = select(
        _pt.c.model_pk,
        _pt.c.value,
        func.row_number()
        .over(
            partition_by=_pt.c.model_pk,
            order_by=(_pt.c.timestamp.desc(), _pt.c.step.desc(), _pt.c.bits.desc()),
        )
        .label("age"),
    ).join(_m, _m.c.pk == _pt.c.model_pk)
    points = points.where(in_scope, _pt.c.key == key.key)
    if order.dataset_name:
        points = points.where(_pt.c.dataset_name == order.dataset_name)
    if order.dataset_digest:
        points = points.where(_pt.c.dataset_digest == order.dataset_digest)
    latest = points.subquery()
    match = and_(latest.c.model_pk == _m.c.pk, latest.c.age == 1)
    search.sort_by_joined(latest, match, latest.c.model_pk, descending=key.descending)
