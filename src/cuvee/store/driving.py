"""Where a search for runs begins: at the few of a clause, in an experiment, or along an order.

The databases do not know how many runs a clause leaves, or that a page is all that is wanted. The
indexes can tell, at the cost of some thousand entries. So what a search costs follows the page and
the matches, not the number of runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, and_, func, select

from cuvee.search.tree import And, Clause, Kind, Node, OrderKey, Side
from cuvee.store import schema
from cuvee.store.conditions import Condition, compare
from cuvee.store.engine import Database, arg, hot
from cuvee.store.run_subject import RUNS
from cuvee.store.schema.tracking import SHORT
from cuvee.store.settling import settle
from cuvee.store.texts import is_short, with_value
from cuvee.store.tx import Tx

FEW = 2_000
"""So many runs are looked at and sorted without further thought."""

MANY = 10_000
"""Entries of an index that are counted before what it leaves is taken for most of the runs."""

MOST_CLAUSES = 4
"""Clauses whose runs are counted."""

_r = schema.runs
_INDEXED = ("", "min", "max")
_RANGES = ("=", "<", "<=", ">", ">=", "BETWEEN")
_newest = hot(select(func.max(_r.c.pk)))


class Few(NamedTuple):
    """A clause that an index answers.

    Args:
        clause: the clause.
        said: tells its SQL from that of other clauses.
        table: the table that has the index; a run has one row in it at most that passes.
        where: writes the condition that a row passes.
        values: what it has bound by name.
    """

    clause: Clause
    said: tuple[str, ...]
    table: Table
    where: Callable[[Database], Condition]
    values: dict[str, Any]


def but(tree: Node, few: Few) -> Node:
    """Return what else a filter demands than a clause that must hold."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    return And(tuple(part for part in parts if part is not few.clause))


class Scope(NamedTuple):
    """The experiments, and the stage of life, whose runs are searched.

    Args:
        homes: the experiments.
        stage: ``active``, ``deleted``, or empty for both.
    """

    homes: Sequence[int]
    stage: str


class Way(NamedTuple):
    """Where a search begins.

    Args:
        few: the clause whose runs it begins with, if any.
        walk: whether it follows an order until the page is full.
    """

    few: Few | None
    walk: bool


def choose_way(tx: Tx, tree: Node, order: Sequence[OrderKey], scope: Scope, *, wanted: int) -> Way:
    """Choose where a search begins.

    Args:
        tx: the transaction.
        tree: the filter, simplified.
        order: what to sort by.
        scope: where to look.
        wanted: runs to pass over and to return.
    """
    clauses = _answered_by_index(tx, tree)
    by_metric = bool(order) and _is_walked(order[0])
    # The index of an experiment's runs has them in the order of their times.
    by_time = not order and len(scope.homes) == 1 and bool(scope.stage)
    least, first = FEW, None
    for few in clauses:  # none is counted beyond what would make it the first
        size = _count(tx, few, least)
        if size < least:
            least, first = size, few
    if _count_home(tx, scope, least) < least:
        return Way(None, walk=False)
    if first is not None:
        return Way(first, walk=False)
    sizes = [_count(tx, few, MANY) for few in clauses]
    least = min(sizes, default=MANY)
    if by_metric or by_time:
        newest = int(tx.value(_newest) or 0)
        if by_metric:
            sizes.append(_count_home(tx, scope, MANY))
        passed = math.prod(newest / size for size in sizes if size < MANY)
        if least >= min(MANY, wanted * passed):
            return Way(None, walk=by_metric)
    if least < MANY:
        return Way(clauses[sizes.index(least)], walk=False)
    # Of many, those with one value come in the order in which they lie, as all of them would.
    return Way(
        next((few for few in clauses if few.clause.kind is not Kind.METRIC), None), walk=False
    )


def _is_walked(key: OrderKey) -> bool:
    return key.kind is Kind.METRIC and key.function in _INDEXED


def _answered_by_index(tx: Tx, tree: Node) -> list[Few]:
    """Return the clauses that must hold and that an index answers."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    found = [part for part in parts if isinstance(part, Clause) and _is_indexed(part)]
    ids = tx.key_ids({clause.key for clause in found[:MOST_CLAUSES]})
    return [_few(tx, clause, ids) for clause in found[:MOST_CLAUSES] if clause.key in ids]


def _is_indexed(clause: Clause) -> bool:
    if clause.via or isinstance(clause.value, Side):
        return False
    if clause.kind is Kind.METRIC:
        return clause.function in _INDEXED and clause.op in _RANGES
    return (
        clause.kind in (Kind.PARAM, Kind.TAG) and clause.op in ("=", "IN") and not clause.function
    )


def _few(tx: Tx, clause: Clause, ids: Mapping[str, int]) -> Few:
    keyed = RUNS.keyed[clause.kind]
    table: Any = keyed.table
    values: dict[str, Any] = {"few_key": ids[clause.key]}
    column = table.c[keyed.columns[clause.function].value]
    op, value = settle(column.type.python_type, clause.op, clause.value)
    if op == "BETWEEN":
        values["few_valuea"], values["few_valueb"] = value
    else:
        values["few_value"] = tx.listed(value) if isinstance(value, list) else value
    texts = [] if clause.kind is Kind.METRIC else value if isinstance(value, list) else [value]
    long = any(len(text) > SHORT for text in texts)
    if long:
        values["few_heads"] = tx.listed([text[:SHORT] for text in texts])

    def where(database: Database) -> Condition:
        key = table.c.key_id == arg("few_key")

        def passes(held: ColumnElement[Any]) -> Condition:
            return compare(database, held, None, op, "few_value")

        if long:
            return with_value(key, column, passes, lambda h: database.among(h, "few_heads"))
        return and_(key, passes(column), *([is_short(column)] if texts else []))

    said = (clause.kind.value, clause.function, op, str(long))
    return Few(clause, said, table, where, values)


def _count(tx: Tx, few: Few, most: int) -> int:
    said = ("few", *few.said)
    plans = tx.database.plans
    if said not in plans:
        passing = select(few.table.c.run_pk).where(few.where(tx.database))
        some = passing.limit(arg("most")).subquery()
        plans[said] = tx.database.prepare(select(func.count()).select_from(some))
    return int(tx.all(plans[said], **few.values, most=most)[0][0])


def in_scope(
    database: Database, scope: Scope, *, by_index: bool
) -> tuple[tuple[Any, ...], Callable[[], Condition]]:
    """Return the condition that leaves the runs of a scope, and what tells it from others.

    Args:
        database: whose SQL it is.
        scope: where to look; bound as ``home`` or ``homes``.
        by_index: whether the search may begin with it.
    """
    one = len(scope.homes) == 1

    def condition() -> Condition:
        # What is computed is in no index.
        home = _r.c.experiment_id if by_index else _r.c.experiment_id + 0
        found = home == arg("home") if one else database.among(home, "homes")
        return and_(found, _r.c.lifecycle == scope.stage) if scope.stage else found

    return (one, scope.stage, by_index), condition


def scope_values(tx: Tx, scope: Scope) -> dict[str, Any]:
    """Return what the condition of a scope has bound by name."""
    if len(scope.homes) == 1:
        return {"home": scope.homes[0]}
    return {"homes": tx.listed(scope.homes)}


def _count_home(tx: Tx, scope: Scope, most: int) -> int:
    said, condition = in_scope(tx.database, scope, by_index=True)
    plans = tx.database.plans
    name = ("home", *said)
    if name not in plans:
        some = select(_r.c.pk).where(condition()).limit(arg("most")).subquery()
        plans[name] = tx.database.prepare(select(func.count()).select_from(some))
    return int(tx.all(plans[name], **scope_values(tx, scope), most=most)[0][0])
