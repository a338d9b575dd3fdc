"""``root`` and ``depth`` in filters: they are in no column, so nested runs are looked at here.

A run is at the depth of so many runs above it, and its root is the topmost of them. What is not
there, or may not be read, is not above anything; a root is its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import and_, select

from cuvee.api.runs import PARENT_TAG
from cuvee.errors import InvalidParameter
from cuvee.search.tree import Clause, Kind, Node, Not, Or, clauses_of, replaced
from cuvee.store import schema
from cuvee.store.driving import Scope, in_scope, scope_values
from cuvee.store.engine import arg
from cuvee.store.preparation import FOUND
from cuvee.store.steps import comparison
from cuvee.store.tx import Tx
from cuvee.store.visible import readable

MAX_NESTED = 100_000
"""Nested runs that one search looks at."""
ATTRIBUTES = ("root", "depth")

_r = schema.runs
_t = schema.tags
_e = schema.experiments


class Place(NamedTuple):
    """Where a nested run is.

    Args:
        root: the topmost run above it.
        depth: how many there are.
    """

    root: str
    depth: int


def with_depths(tx: Tx, tree: Node, scope: Scope) -> Node:
    """Return the filter with what is asked of roots and depths answered.

    Raises:
        InvalidParameter: there are more nested runs than can be looked at.
    """
    if not any(_is_asked(clause) for clause in clauses_of(tree)):
        return tree
    nested = _nested(tx, scope)

    def change(clause: Clause) -> Node:
        if not _is_asked(clause):
            return clause
        if clause.key == "root":
            return _of_root(clause, nested)
        passes = comparison(clause.op, clause.value)
        depths = {pk: place.depth for pk, (_, place) in nested.items()}
        roots = passes(0, None)  # which are not looked at
        pks = tuple(pk for pk, depth in depths.items() if passes(depth, None) != roots)
        found = Clause(clause.kind, clause.key, FOUND, pks)
        return Not(found) if roots else found

    return replaced(tree, change)


def _is_asked(clause: Clause) -> bool:
    return clause.kind is Kind.ATTRIBUTE and clause.key in ATTRIBUTES


def _of_root(clause: Clause, nested: Mapping[int, tuple[str, Place]]) -> Node:
    asked = clause.value if isinstance(clause.value, tuple) else (clause.value,)
    wanted = {str(value) for value in asked}
    below = tuple(pk for pk, (_, place) in nested.items() if place.root in wanted)
    roots = tuple(sorted(wanted - {run_id for run_id, _ in nested.values()}))
    found = Or(
        (
            Clause(clause.kind, clause.key, FOUND, below),
            Clause(clause.kind, "run_id", "IN", roots),
        )
    )
    return Not(found) if clause.op in ("!=", "NOT IN") else found


def _nested(tx: Tx, scope: Scope) -> dict[int, tuple[str, Place]]:
    """Return the nested runs of a scope: primary key -> id and place."""
    key = tx.key_ids([PARENT_TAG]).get(PARENT_TAG)
    if key is None:
        return {}
    _, condition = in_scope(tx.database, scope, by_index=True)
    tagged = and_(_t.c.run_pk == _r.c.pk, _t.c.key_id == arg("parent_key"))
    query = select(_r.c.pk, _r.c.run_id, _t.c.value).join(_t, tagged).where(condition())
    rows = tx.all(query.limit(MAX_NESTED + 1), parent_key=key, **scope_values(tx, scope))
    if len(rows) > MAX_NESTED:
        raise InvalidParameter(
            f"More than {MAX_NESTED} runs there are nested, which root and depth look at one by "
            "one: search in fewer experiments, or by parent."
        )
    above = {run_id: parent for _, run_id, parent in rows}
    _look_up(tx, above, key)
    places: dict[str, Place] = {}
    found = {pk: (run_id, _place(run_id, above, places)) for pk, run_id, _ in rows}
    return {pk: at for pk, at in found.items() if at[1].depth}


def _look_up(tx: Tx, above: dict[str, str], key: int) -> None:
    """Add the runs above, level by level, with what is above them; empty where nothing is."""
    mine = readable(tx, "experiment", _e.c.id, _e.c.name)
    tagged = and_(_t.c.run_pk == _r.c.pk, _t.c.key_id == arg("parent_key"))
    query = (
        select(_r.c.run_id, _t.c.value)
        .join(_e, _e.c.id == _r.c.experiment_id)
        .outerjoin(_t, tagged)
        .where(tx.database.among(_r.c.run_id, "ids"), mine.condition())
    )
    missing = {parent for parent in above.values() if parent} - above.keys()
    looked: set[str] = set()
    while missing:
        looked |= missing
        tx.keep_time()
        rows = tx.all(query, ids=tx.listed(sorted(missing)), parent_key=key, **mine.values)
        above.update((run_id, parent or "") for run_id, parent in rows)
        missing = {parent for _, parent in rows if parent} - above.keys() - looked


def _place(run_id: str, above: Mapping[str, str], places: dict[str, Place]) -> Place:
    """Return where a run is, having noted it for all that are passed on the way up."""
    line: list[str] = []
    here = run_id
    while here not in places:
        line.append(here)
        parent = above.get(here, "")
        if parent not in above or parent in line:  # the latter cannot be
            places[here] = Place(here, 0)
            line.pop()
            break
        here = parent
    at = places[here]
    for below in reversed(line):
        at = Place(at.root, at.depth + 1)
        places[below] = at
    return places[run_id]
