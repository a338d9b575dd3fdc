"""``at(metrics.loss, 1000)`` in filters: histories are not columns, so they are looked at here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select

from cuvee.errors import InvalidParameter
from cuvee.search.tree import Clause, Literal, Node, Not, Side, clauses_of, replaced
from cuvee.store import schema
from cuvee.store.conditions import OPERATORS, Conditions, Operand
from cuvee.store.cuts import value_at
from cuvee.store.driving import Scope, in_scope, scope_values
from cuvee.store.preparation import FOUND
from cuvee.store.run_subject import ROW, Asked
from cuvee.store.series import NAN_BITS, from_bits
from cuvee.store.tx import Tx

MAX_HISTORIES = 20_000
"""Runs whose histories one ``at`` looks into."""

_r = schema.runs


def with_steps(tx: Tx, asked: Asked, scope: Scope) -> Node:
    """Return the filter with what is asked of single steps answered.

    Raises:
        InvalidParameter: more runs have the metric than histories can be looked into.
    """
    if not any(_is_at(c.side) or _is_at(c.value) for c in clauses_of(asked.tree)):
        return asked.tree

    def change(clause: Clause) -> Node:
        if not (_is_at(clause.side) or _is_at(clause.value)):
            return clause
        left = _values(tx, asked, scope, clause.side, None)
        right: Mapping[int, float] | None = None
        if isinstance(clause.value, Side):
            right = _values(tx, asked, scope, clause.value, left)
        if clause.op in ("IS NULL", "IS NOT NULL"):
            found: Node = Clause(clause.kind, clause.key, FOUND, tuple(left))
            return Not(found) if clause.op == "IS NULL" else found
        passes = comparison(clause.op, clause.value)
        if right is None:
            pks = [pk for pk, value in left.items() if passes(value, None)]
        else:
            pks = [pk for pk, value in left.items() if pk in right and passes(value, right[pk])]
        return Clause(clause.kind, clause.key, FOUND, tuple(pks))

    return replaced(asked.tree, change)


def _is_at(side: Literal) -> bool:
    return isinstance(side, Side) and side.function == "at"


def comparison(op: str, value: Literal) -> Callable[[float, float | None], bool]:
    """Return whether a value passes, given that of the other side if there is one."""
    if isinstance(value, tuple):
        known = [float(v) for v in value]
        among = set(known)
        negated = op.startswith("NOT")

        def passes(x: float, _: float | None) -> bool:
            inside = known[0] <= x <= known[1] if op.endswith("BETWEEN") else x in among
            return inside != negated

        return passes
    compare = OPERATORS[op]
    fixed = None if isinstance(value, Side) or value is None else float(value)
    return lambda x, other: bool(compare(x, other if fixed is None else fixed))


def _values(
    tx: Tx, asked: Asked, scope: Scope, side: Side, among: Mapping[int, float] | None
) -> dict[int, float]:
    """Return what a side is for the runs of the scope that have it, or for some of them."""
    key_id = tx.key_ids([side.key]).get(side.key)
    if key_id is None:
        return {}
    conditions = Conditions(tx.database, asked.subject)
    at = side.function == "at"
    operand = Operand(side.kind, key_id, "" if at else side.function)
    table, rows = conditions.rows(operand, ROW)
    value, bits = conditions.columns(operand, table, ROW)
    column = value if bits is None else bits
    _, condition = in_scope(tx.database, scope, by_index=True)
    query = select(_r.c.pk, column).join(table, rows).where(condition())
    if at:
        query = query.where(table.c.step >= side.step, table.c.first_step <= side.step)
    elif bits is None:
        query = query.where(value.is_not(None))
    if among is not None:
        query = query.where(tx.array(_r.c.pk, list(among)))
    found = tx.all(query.limit(MAX_HISTORIES + 1), **asked.values, **scope_values(tx, scope))
    if len(found) > MAX_HISTORIES:
        raise InvalidParameter(
            f"More than {MAX_HISTORIES} runs have the metric '{side.key}' at such a step: "
            "at() looks into their histories one by one, so search in fewer experiments."
        )
    if at:
        return value_at(tx, [pk for pk, _ in found], key_id, side.step)
    values = from_bits([NAN_BITS if b is None else b for _, b in found])
    return dict(zip((pk for pk, _ in found), values, strict=True))
