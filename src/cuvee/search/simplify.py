"""Trees that mean the same and are cheaper to carry out."""

from __future__ import annotations

from collections.abc import Iterable

from cuvee.search.tree import And, Clause, Kind, Node, Not, Or, Side, Value, leaf_of

_SINGLE = {Kind.ATTRIBUTE, Kind.PARAM, Kind.TAG}
"""Of these a thing has one value at most, so that two clauses can only be about the same."""


def simplify(node: Node) -> Node:
    """Return a tree in which NOT stands before clauses only, and equal sides are compared once.

    ``x = 1 OR x = 2`` becomes ``x IN (1, 2)``, and ``x != 1 AND x != 2`` becomes
    ``x NOT IN (1, 2)``: thousands of them are one condition then.
    """
    return _simplified(node, negated=False)


def _simplified(node: Node, *, negated: bool) -> Node:
    if isinstance(node, Not):
        return _simplified(node.part, negated=not negated)
    if isinstance(node, Clause):
        return Not(node) if negated else node
    joint: type[And | Or] = And if isinstance(node, And) != negated else Or
    parts = (_simplified(part, negated=negated) for part in node.parts)
    flat = (
        piece for part in parts for piece in (part.parts if isinstance(part, joint) else (part,))
    )
    merged = tuple(_merged(flat, joint))
    return merged[0] if len(merged) == 1 else joint(merged)


def _merged(parts: Iterable[Node], joint: type[And | Or]) -> Iterable[Node]:
    """Return the parts with those that compare one side with values put together."""
    found: list[Node] = []
    places: dict[tuple[Side, str, bool], int] = {}
    values: dict[int, dict[Value, None]] = {}
    for part in dict.fromkeys(parts):
        negated = isinstance(part, Not)
        clause = leaf_of(part)
        name = None if clause is None else _list_name(clause, joint, negated)
        if name is None or clause is None:
            found.append(part)
            continue
        place = places.setdefault((clause.side, name, negated), len(found))
        if place == len(found):
            found.append(part)
        listed = clause.value if isinstance(clause.value, tuple) else (clause.value,)
        values.setdefault(place, {}).update(dict.fromkeys(listed))  # type: ignore[arg-type]
    for (side, name, negated), place in places.items():
        if len(values[place]) > 1:
            kept = tuple(values[place])
            clause = Clause(side.kind, side.key, name, kept, side.function, side.step, side.via)
            found[place] = Not(clause) if negated else clause
    return found


def _list_name(clause: Clause, joint: type[And | Or], negated: bool) -> str | None:
    """Return the operator of the list that a clause can be part of, if there is one."""
    if isinstance(clause.value, Side):
        return None
    if clause.op in ("=", "IN") and (joint is And) == negated:
        return "IN"
    single = clause.kind in _SINGLE and not clause.via
    if clause.op in ("!=", "NOT IN") and single and (joint is And) != negated:
        return "NOT IN"
    return None
