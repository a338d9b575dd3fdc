"""The search for runs in SQL."""

from __future__ import annotations

from functools import partial

from sqlalchemy import ColumnElement, Table, and_, func, select

from cuvee.api.names import experiment_number
from cuvee.api.runs import RUN_NAME_TAG, RunPage, SearchRuns
from cuvee.search.filters import parse_filter
from cuvee.search.languages import RUNS
from cuvee.search.orders import parse_order
from cuvee.search.tree import Clause, Kind, OrderKey
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.filters import OPERATORS, Keyed, Member, Search, Subject, clauses_of
from cuvee.store.paging import find_page
from cuvee.store.run_data import load_runs
from cuvee.store.tx import Tx

CONTEXT_TAG = "mlflow.data.context"
LIFECYCLES = {"ACTIVE_ONLY": "active", "DELETED_ONLY": "deleted"}

_r = schema.runs
_m = schema.latest
_d = schema.datasets
_rd = schema.run_datasets
_rdt = schema.run_dataset_tags


FEW = 500
"""Runs that a metric clause finds by its index before the other clauses look at them."""

_by_metric = {
    op: select(_m.c.run_pk).where(
        _m.c.key_id == arg("few_key"), OPERATORS[op](_m.c.value, arg("few_value"))
    )
    for op in ("=", "<", "<=", ">", ">=")
}
_few = {
    op: hot(select(func.count()).select_from(found.limit(FEW + 1).subquery()))
    for op, found in _by_metric.items()
}


def _keyed(table: Table) -> Keyed:
    return Keyed(table, owner=table.c.run_pk, key=table.c.key_id, interned=True)


def _of_dataset(column: ColumnElement[str]) -> Member:
    return Member(column, and_(_rd.c.run_pk == _r.c.pk, _d.c.pk == _rd.c.dataset_pk))


_RUNS = Subject(
    source=_r,
    pk=_r.c.pk,
    attributes={
        "run_name": _r.c.name,
        **{
            name: _r.c[name]
            for name in ("run_id", "status", "user_id", "artifact_uri", "start_time", "end_time")
        },
    },
    keyed={
        Kind.METRIC: _keyed(schema.latest),
        Kind.PARAM: _keyed(schema.params),
        Kind.TAG: _keyed(schema.tags),
    },
    members={
        (Kind.DATASET, "name"): _of_dataset(_d.c.name),
        (Kind.DATASET, "digest"): _of_dataset(_d.c.digest),
        (Kind.DATASET, "context"): Member(
            _rdt.c.value, and_(_rdt.c.run_pk == _r.c.pk, _rdt.c.key == CONTEXT_TAG)
        ),
    },
)


def search_runs(tx: Tx, op: SearchRuns) -> RunPage:
    clauses = [_by_name_tag(c) for c in clauses_of(parse_filter(op.filter, RUNS))]
    order = parse_order(op.order_by, RUNS)
    experiments = sorted({experiment_number(text) for text in op.experiment_ids})
    if not experiments:
        return RunPage()
    search = Search(tx, _RUNS, "runs")
    # One experiment and one life-cycle stage let the index give the default order.
    if len(experiments) == 1:
        search.demand(1, lambda: _r.c.experiment_id == arg("home"), home=experiments[0])
    else:
        homes = tx.listed(experiments)
        search.demand(2, lambda: tx.database.among(_r.c.experiment_id, "homes"), homes=homes)
    if op.run_view_type in LIFECYCLES:
        stage = LIFECYCLES[op.run_view_type]
        search.demand(stage, lambda: _r.c.lifecycle == stage)
    _start_with_few(search, clauses, join=bool(order))
    search.filter(clauses, join=bool(order))
    for key in order:
        search.sort(key)
    used = {key.key for key in order if key.kind is Kind.ATTRIBUTE}
    for tie in (OrderKey(Kind.ATTRIBUTE, "start_time", True), OrderKey(Kind.ATTRIBUTE, "run_id")):
        if tie.key not in used:
            search.sort(tie)
    rows, token = find_page(
        search,
        list(_r.c),
        limit=op.max_results,
        token=op.page_token,
        question=["runs", op.filter, op.order_by, op.run_view_type, experiments],
    )
    return RunPage(load_runs(tx, rows), token)


def _start_with_few(search: Search, clauses: list[Clause], *, join: bool) -> None:
    """Let the search start from the runs that a metric clause leaves, if they are few.

    The database does not know how many runs a clause leaves, and the index on metrics can tell at
    the cost of a few hundred entries. So what a selective clause costs follows its matches, not
    the number of runs.
    """
    metrics = [c for c in clauses if c.kind is Kind.METRIC and c.op in _few][:3]
    if join and len({c.key for c in metrics}) < 2:
        return  # the database starts from a joined metric by itself, if there is only one
    ids = search.tx.key_ids({c.key for c in metrics})
    for clause in metrics:
        few = {"few_key": ids.get(clause.key), "few_value": float(str(clause.value))}
        if clause.key in ids and search.tx.value(_few[clause.op], **few) <= FEW:
            search.demand(clause.op, partial(_r.c.pk.in_, _by_metric[clause.op]), **few)
            return


def _by_name_tag(clause: Clause) -> Clause:
    """A run's name is filtered through its tag: the two differ once the tag has been deleted."""
    if (clause.kind, clause.key) != (Kind.ATTRIBUTE, "run_name"):
        return clause
    return Clause(Kind.TAG, RUN_NAME_TAG, clause.op, clause.value)
