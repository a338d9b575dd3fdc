"""The search for experiments in SQL."""

from __future__ import annotations

from cuvee.api.experiments import ExperimentPage, ListExperiments, SearchExperiments
from cuvee.search.filters import parse_filter
from cuvee.search.languages import EXPERIMENTS
from cuvee.search.orders import parse_order
from cuvee.search.tree import Kind, OrderKey
from cuvee.store import schema
from cuvee.store.conditions import Keyed, Row, Subject
from cuvee.store.experiments import load_experiments
from cuvee.store.filters import Search
from cuvee.store.paging import count_found, find_page
from cuvee.store.search_runs import LIFECYCLES
from cuvee.store.tx import Tx
from cuvee.store.visible import readable

_e = schema.experiments
_t = schema.experiment_tags

_EXPERIMENTS = Subject(
    source=_e,
    row=Row(
        _e.c.id,
        {
            "experiment_id": _e.c.id,
            "name": _e.c.name,
            "creation_time": _e.c.created,
            "last_update_time": _e.c.updated,
        },
    ),
    keyed={Kind.TAG: Keyed(_t, owner=_t.c.experiment_id, key=_t.c.key)},
)


def list_experiments(tx: Tx, op: ListExperiments) -> ExperimentPage:
    asked = SearchExperiments(
        view_type=op.view_type,
        max_results=op.max_results,
        page_token=op.page_token,
        order_by=["experiment_id"],
    )
    return search_experiments(tx, asked)


def search_experiments(tx: Tx, op: SearchExperiments) -> ExperimentPage:
    tree = parse_filter(op.filter, EXPERIMENTS)
    order = parse_order(op.order_by, EXPERIMENTS)
    search = Search(tx, _EXPERIMENTS, "experiments")
    mine = readable(tx, "experiment", _e.c.id, _e.c.name)
    if op.view_type in LIFECYCLES:
        stage = LIFECYCLES[op.view_type]
        search.demand(stage, lambda: _e.c.lifecycle == stage)
    search.demand(*mine[:2], **mine.values)
    search.filter(tree)
    for key in order:
        search.sort(key)
    if not order:
        search.sort(OrderKey(Kind.ATTRIBUTE, "creation_time", descending=True))
    if "experiment_id" not in {key.key for key in order}:
        search.sort(OrderKey(Kind.ATTRIBUTE, "experiment_id", descending=bool(order)))
    rows, token = find_page(
        search,
        list(_e.c),
        limit=op.max_results,
        token=op.page_token,
        offset=op.offset,
        question=["experiments", op.filter, op.order_by, op.view_type],
    )
    total = count_found(search) if op.total else None
    return ExperimentPage(load_experiments(tx, rows), token, total)
