"""Filters -> their shape, with the values set apart, and what can be one condition as one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cuvee.errors import InvalidParameter
from cuvee.search.tree import And, Clause, Kind, Node, Not, Side, clauses_of, leaf_of
from cuvee.store.conditions import (
    Comparison,
    Found,
    Joint,
    Operand,
    Prepared,
    Several,
    Subject,
)
from cuvee.store.settling import float_list, settle
from cuvee.store.tx import Tx

MAX_CONDITIONS = 500
"""Conditions of one filter, after those that can be put together are one."""

SEVERAL = 8
"""Comparisons of one sort that stay conditions of their own; more become one."""

NO_KEY = -1
"""No key has this number: nothing is found by it."""

FOUND = "FOUND"
"""The operator of a clause whose value are the primary keys of the things that pass it."""

_ONE_SORT = {"=": "IN", "IN": "IN", "!=": "NOT IN", "NOT IN": "NOT IN"}


class Preparation:
    """Prepares one filter.

    Args:
        tx: the transaction.
        subject: what is searched.
        values: where values go, by the names that they are bound as.
    """

    def __init__(self, tx: Tx, subject: Subject, values: dict[str, Any]) -> None:
        self.tx = tx
        self.subject = subject
        self.values = values
        self.count = 0
        self.ids: dict[str, int] = {}

    def prepare(self, node: Node) -> Prepared:
        """Return the shape of a filter in which NOT stands before clauses only.

        Raises:
            InvalidParameter: it has too many conditions.
        """
        interned = {kind for kind, keyed in self.subject.keyed.items() if keyed.interned}
        sides = (s for c in clauses_of(node) for s in (c.side, c.value) if isinstance(s, Side))
        self.ids = self.tx.key_ids({side.key for side in sides if side.kind in interned})
        found = self._node(node)
        if self.count > MAX_CONDITIONS:
            raise InvalidParameter(
                f"The filter has {self.count} conditions that cannot be put together; "
                f"{MAX_CONDITIONS} are allowed: use lists (IN), or ask in several searches."
            )
        return found

    def _node(self, node: Node) -> Prepared:
        clause = leaf_of(node)
        if clause is not None:
            return self._leaf(clause, negated=isinstance(node, Not))
        if isinstance(node, (Not, Clause)):
            raise TypeError("the filter was not simplified")
        every = isinstance(node, And)
        parts: list[Prepared] = []
        for part in self._put_together(node.parts, every=every):
            if isinstance(part, bool):
                if part != every:
                    return part
            else:
                parts.append(part)
        if len(parts) < 2:
            return parts[0] if parts else every
        return Joint(every, tuple(parts))

    def _leaf(self, clause: Clause, *, negated: bool) -> Prepared:
        name = f"v{len(self.values)}"
        if clause.op == FOUND:
            self.values[name] = self.tx.listed(clause.value)  # type: ignore[arg-type]
            return Found(name, negated)
        side = self._operand(clause.side)
        other = self._operand(clause.value) if isinstance(clause.value, Side) else None
        if side is None or (isinstance(clause.value, Side) and other is None):
            # Nothing has ever had it, so only its absence can be found; of relatives that exist.
            lacks = clause.op == "IS NULL"
            if not (lacks and clause.via):
                return lacks != negated
            side = Operand(clause.kind, NO_KEY)
        self.count += 1
        op = clause.op
        if other is None and clause.value is not None:
            kind, bits = self._type(clause.side)
            op, value = settle(kind, op, clause.value, bits=bits)
            self._bind(name, op, value)
        return Comparison(side, op, name, other, clause.via, negated)

    def _bind(self, name: str, op: str, value: Any) -> None:
        if op in ("BETWEEN", "NOT BETWEEN"):
            self.values[name], self.values[name + "b"] = None, value[1]
            self.values[name + "a"] = value[0]
        else:
            self.values[name] = self.tx.listed(value) if isinstance(value, list) else value

    def _operand(self, side: Side) -> Operand | None:
        keyed = self.subject.keyed.get(side.kind)
        if keyed is None or not keyed.interned:
            return Operand(side.kind, side.key, side.function)
        number = self.ids.get(side.key)
        return None if number is None else Operand(side.kind, number, side.function)

    def _type(self, side: Side) -> tuple[type, bool]:
        """Return the type of what a side is, and whether it holds floats as integers."""
        where = side.kind, side.key
        if where in self.subject.counts:
            return int, False
        if where in self.subject.members:
            return self.subject.members[where].column.type.python_type, False
        keyed = self.subject.keyed.get(side.kind)
        if keyed is None:
            return self.subject.row.attributes[side.key].type.python_type, False
        if side.function == "number":
            return int, True
        return keyed.table.c[keyed.columns[""].value].type.python_type, False

    def _put_together(self, parts: tuple[Node, ...], *, every: bool) -> Iterator[Prepared]:
        """Yield what the parts are; many of one sort and of different keys as one.

        Those come first: what something must equal mostly leaves less than a range does, and what
        stands behind it is only asked of what it leaves.
        """
        groups: dict[tuple[Kind, str, bool], dict[str, Node]] = {}
        others: list[Node] = []
        for part in parts:
            sort = self._sort_of(part)
            group = groups.setdefault(sort, {}) if sort else {}
            clause = leaf_of(part)
            if sort and clause is not None and clause.key not in group:
                group[clause.key] = part
            else:
                others.append(part)
        for (kind, op, negated), group in groups.items():
            if len(group) > SEVERAL:
                yield self._several(kind, op, group, negated=negated, every=every)
            else:
                yield from map(self._node, group.values())
        yield from map(self._node, others)

    def _sort_of(self, part: Node) -> tuple[Kind, str, bool] | None:
        """Return what several comparisons must have in common: kind, operator, negation."""
        clause = leaf_of(part)
        if clause is None or clause.via or clause.function:
            return None
        keyed = self.subject.keyed.get(clause.kind)
        if keyed is None or not keyed.single or isinstance(clause.value, Side):
            return None
        if "\n" in clause.key:  # would look like a pair
            return None
        negated = isinstance(part, Not)
        if clause.op in _ONE_SORT:
            return clause.kind, _ONE_SORT[clause.op], negated
        if clause.op in ("IS NULL", "IS NOT NULL"):
            return clause.kind, "IS NOT NULL", negated != (clause.op == "IS NULL")
        return None

    def _several(
        self, kind: Kind, op: str, group: dict[str, Node], *, negated: bool, every: bool
    ) -> Prepared:
        interned = self.subject.keyed[kind].interned
        known = {k: part for k, part in group.items() if not interned or k in self.ids}
        # Of a key that nothing has ever had nothing holds.
        if len(known) < len(group) and every != negated:
            return not every
        if not known:
            return every
        keys: list[Any] = [self.ids[key] if interned else key for key in known]
        pairs: list[str] = []
        for key, part in zip(keys, known.values(), strict=True):
            clause = leaf_of(part)
            value = None if clause is None else clause.value
            values: list[Any] = list(value) if isinstance(value, tuple) else [value]
            if kind is Kind.METRIC and value is not None:
                values = float_list(values)
            pairs += [f"{key}\n{value}" for value in values]
        name = f"v{len(self.values)}"
        self.values[name] = None
        self.values[f"{name}_keys"] = self.tx.listed(keys)
        self.values[f"{name}_pairs"] = self.tx.listed(pairs)
        self.values[f"{name}_count"] = len(keys)
        self.count += 1
        return Several(kind, op, name, every, negated)
