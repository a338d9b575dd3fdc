"""The search for runs in SQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select

from cuvee.api.names import experiment_number
from cuvee.api.runs import RunPage, SearchRuns
from cuvee.search.filters import parse_filter
from cuvee.search.languages import RUNS as LANGUAGE
from cuvee.search.orders import parse_order
from cuvee.search.simplify import simplify
from cuvee.search.tree import Kind, OrderKey
from cuvee.store import schema
from cuvee.store.depths import with_depths
from cuvee.store.driving import Few, Scope, but, choose_way, in_scope, scope_values
from cuvee.store.engine import hot
from cuvee.store.filters import Search
from cuvee.store.paging import count_found, find_numbers, find_page
from cuvee.store.run_data import load_runs
from cuvee.store.run_subject import Asked, in_tables
from cuvee.store.steps import with_steps
from cuvee.store.tx import Tx

LIFECYCLES = {"ACTIVE_ONLY": "active", "DELETED_ONLY": "deleted"}
_r = schema.runs

_by_pk = hot(lambda db: select(_r).where(db.among(_r.c.pk, "pks")))


class Question(NamedTuple):
    """A question about runs, read.

    Args:
        asked: filter and order in terms of tables.
        scope: where to look.
        text: what it was, for tokens.
    """

    asked: Asked
    scope: Scope
    text: list[Any]


def search_runs(tx: Tx, op: SearchRuns) -> RunPage:
    question = read_question(tx, op.experiment_ids, op.filter, op.order_by, op.run_view_type)
    if question is None:
        return RunPage()
    rows, token = find_runs(tx, question, limit=op.max_results, token=op.page_token)
    return RunPage(load_runs(tx, rows), token)


def read_question(
    tx: Tx, experiment_ids: Sequence[str], text: str, order_by: Sequence[str], view_type: str
) -> Question | None:
    """Read a question about runs; None if it is about no experiment."""
    tree = parse_filter(text, LANGUAGE)
    order = parse_order(order_by, LANGUAGE)
    homes = sorted({experiment_number(number) for number in experiment_ids})
    if not homes:
        return None
    scope = Scope(homes, LIFECYCLES.get(view_type, ""))
    asked = in_tables(tx, with_depths(tx, tree, scope), order, homes)
    asked = asked._replace(tree=simplify(with_steps(tx, asked, scope)))
    return Question(asked, scope, ["runs", text, list(order_by), view_type, homes])


def find_runs(
    tx: Tx,
    question: Question,
    *,
    limit: int,
    token: str = "",
    offset: int = 0,
    keep: Callable[[list[tuple[Any, ...]]], int] = len,
    columns: Sequence[ColumnElement[Any]] = tuple(_r.c),
) -> tuple[list[tuple[Any, ...]], str | None]:
    """Find a page of runs, as rows in the order of ``schema.runs``; see ``find_page``.

    With an offset ``keep`` is shown the primary keys only, and the columns are ``schema.runs``'s:
    what is passed over is not looked up.
    """
    search = _ordered(tx, question, wanted=offset + limit)
    page = partial(
        find_page,
        search,
        limit=limit,
        token=token,
        offset=offset,
        keep=keep,
        question=question.text,
    )
    if not offset:
        return page(columns)
    pks, resume = page([_r.c.pk])
    return run_rows(tx, [pk for (pk,) in pks]), resume


def run_rows(tx: Tx, pks: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the rows of runs by their primary keys, in the same order."""
    found = {row[0]: row for row in tx.all(_by_pk, pks=tx.listed(pks))}
    return [found[pk] for pk in pks]


def _ordered(tx: Tx, question: Question, *, wanted: int) -> Search:
    """Return the search for the runs that a question asks for, in its order."""
    asked = question.asked
    order = list(asked.order)
    way = choose_way(tx, asked.tree, order, question.scope, wanted=wanted)
    search = _begin(tx, question, way.few)
    if way.walk:
        search.walk(order[0])
    _look(search, question, way.few, by_index=way.few is None and not way.walk)
    for key in order[1:] if way.walk else order:
        search.sort(key)
    used = {key.key for key in order if key.kind is Kind.ATTRIBUTE}
    for tie in (OrderKey(Kind.ATTRIBUTE, "start_time", True), OrderKey(Kind.ATTRIBUTE, "run_id")):
        if tie.key not in used:
            search.sort(tie)
    return search


def find_run_pks(tx: Tx, question: Question, *, limit: int) -> tuple[list[int], bool]:
    """Find the primary keys of the first runs, and whether there are more."""
    pks = find_numbers(_ordered(tx, question, wanted=limit), _r.c.pk, limit=limit + 1)
    return pks[:limit], len(pks) > limit


def count_runs(tx: Tx, question: Question) -> int:
    """Count the runs that pass; without a filter by an index alone."""
    way = choose_way(
        tx, question.asked.tree, (OrderKey(Kind.ATTRIBUTE, "run_id"),), question.scope, wanted=0
    )
    search = _begin(tx, question, way.few)
    _look(search, question, way.few, by_index=way.few is None)
    return count_found(search)


def _begin(tx: Tx, question: Question, few: Few | None) -> Search:
    asked = question.asked
    about = json.dumps(["runs", asked.said, few.said if few else None], default=str)
    search = Search(tx, asked.subject, about)
    search.values.update(asked.values)
    return search


def _look(search: Search, question: Question, few: Few | None, *, by_index: bool) -> None:
    """Demand what a question demands, beginning with the few runs of a clause if there is one."""
    database = search.tx.database
    tree = question.asked.tree
    if few is not None:
        tree = but(tree, few)
        search.begin(few.said, few.table, few.table.c.run_pk, lambda: few.where(database))
        search.values.update(few.values)
    said, condition = in_scope(database, question.scope, by_index=by_index)
    search.demand(said, condition, **scope_values(search.tx, question.scope))
    search.filter(tree)
