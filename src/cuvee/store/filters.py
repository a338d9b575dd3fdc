"""A question for some of the things: its shape, and apart from that its values."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    case,
    exists,
    func,
    literal,
    literal_column,
)

from cuvee.search.simplify import simplify
from cuvee.search.tree import Node, OrderKey, Side
from cuvee.store.conditions import (
    Condition,
    Conditions,
    Joint,
    Operand,
    Prepared,
    Subject,
)
from cuvee.store.engine import Database
from cuvee.store.preparation import NO_KEY, Preparation
from cuvee.store.tx import Tx

WHOLE = -1
"""Not one part of the answer, but all of it, in no order."""

MANY = 8
"""Conditions that stand side by side in a statement; more are written as a tree."""


@dataclass(frozen=True)
class Term:
    """One thing to sort by that is never NULL.

    Args:
        value: the expression.
        type: what Python gets for it.
        descending: its direction.
        same: it has the same value in all rows.
    """

    value: ColumnElement[Any]
    type: type[int | float | str]
    descending: bool = False
    same: bool = False


class Search:
    """Collects a question for some of the things: its shape, and apart from that its values.

    Questions of one shape have the same SQL, so it is only written (``write``) for the first.

    Args:
        tx: the transaction.
        subject: what is searched.
        about: what tells its shape from those of other searches; None if the SQL will hold values
            that are not bound by a name, and so is of no use to another question.
    """

    def __init__(self, tx: Tx, subject: Subject, about: str | None) -> None:
        self.tx = tx
        self.subject = subject
        self.shape: list[Hashable] | None = None if about is None else [about]
        self.values: dict[str, Any] = {}
        self.parts: tuple[int, ...] = (0,)
        """The parts in which the answer is found one after another, see ``Query.walk``."""
        self._steps: list[Callable[[Query], None]] = []

    def write(self, part: int = 0) -> Query:
        """Write the SQL; of one part of the answer, where it has several, or of the ``WHOLE``."""
        query = Query(self.tx.database, self.subject, part)
        for step in self._steps:
            step(query)
        return query

    def _say(self, said: Hashable, step: Callable[[Query], None]) -> None:
        if self.shape is not None:
            self.shape.append(said)
        self._steps.append(step)

    def demand(self, said: Hashable, condition: Callable[[], Condition], **values: Any) -> None:
        """Demand a condition.

        Args:
            said: tells it from other conditions in the same place.
            condition: writes it.
            values: what it has bound by name.
        """
        self.values.update(values)
        self._say(said, lambda query: query.where.append(condition()))

    def begin(
        self,
        said: Hashable,
        table: FromClause,
        owner: ColumnElement[Any],
        where: Callable[[], Condition],
    ) -> None:
        """Look only at the things that own some rows of another table, one each at most.

        Args:
            said: tells the rows from others in the same place.
            table: the other table.
            owner: its column that names the thing.
            where: writes the condition that leaves those rows.
        """
        self._say(said, lambda query: query.begin(table, owner, where()))

    def filter(self, node: Node) -> None:
        """Demand that a filter holds."""
        prepared = Preparation(self.tx, self.subject, self.values).prepare(simplify(node))
        if prepared is not True:
            self._say(prepared, lambda query: query.filter(prepared))

    def sort(self, key: OrderKey) -> None:
        """Sort by an attribute or by a key's value; what lacks it comes last."""
        side = self._operand(key.side)
        self._say((side, key.descending), lambda query: query.sort(side, key.descending))

    def walk(self, key: OrderKey) -> None:
        """Sort by a key's value first, along its index; comes before all else."""
        side = self._operand(key.side)
        self.parts = (0, 1, 2)
        self._say(("walk", side, key.descending), lambda query: query.walk(side, key.descending))

    def sort_by_joined(
        self, table: FromClause, match: Condition, owner: ColumnElement[Any], *, descending: bool
    ) -> None:
        """Sort by the value of other rows, see ``Query``; not in a question that has a shape."""
        self._steps.append(
            lambda query: query.sort_by_joined(
                table.c.value, (table, match), owner, descending=descending
            )
        )

    def _operand(self, side: Side) -> Operand:
        keyed = self.subject.keyed.get(side.kind)
        key: str | int = side.key
        if keyed is not None and keyed.interned:
            key = self.tx.key_ids([side.key]).get(side.key, NO_KEY)
        return Operand(side.kind, key, side.function)


class Query:
    """Writes what the SQL for a question is made of.

    Args:
        database: whose SQL it is.
        subject: what is searched.
        part: which part of the answer, see ``walk``.
    """

    def __init__(self, database: Database, subject: Subject, part: int) -> None:
        self.subject = subject
        self.part = part
        self.source = subject.source
        self.row = subject.row
        self.where: list[Condition] = []
        self.terms: list[Term] = []
        self._conditions = Conditions(database, subject)

    def filter(self, node: Prepared) -> None:
        """Demand that a prepared filter holds."""
        whole = isinstance(node, Joint) and node.every and len(node.parts) < MANY
        parts = node.parts if whole and isinstance(node, Joint) else (node,)
        self.where += [self._conditions.write(part, self.row) for part in parts]

    def begin(self, table: FromClause, owner: ColumnElement[Any], where: Condition) -> None:
        """Look only at the things that own some rows of another table."""
        self.source = table.join(self.source, owner == self.row.pk)
        # The row of the other table says which thing it is, before that is looked up.
        self.row = self.row._replace(pk=owner)
        self.where.append(where)

    def walk(self, side: Operand, descending: bool) -> None:
        """Sort by a key's value first, along the index of its table.

        No index has all things in that order: the values come from it (part 0), those without one
        (NaN) stand together in it (part 1), and what lacks the key is not in it at all (part 2).
        """
        if self.part == WHOLE:
            return
        table, rows = self._conditions.rows(side, self.row)
        if self.part == 2:
            self.where.append(~exists().where(rows))
        else:
            # The row of the other table says which thing it is, before that is looked up.
            owner = table.c[self.subject.keyed[side.kind].owner.name]
            self.source = table.join(self.source, rows)
            self.row = self.row._replace(pk=owner)
        value, _ = self._conditions.columns(side, table, self.row)
        self.terms.append(Term(literal_column(str(self.part)), int, same=True))
        if self.part == 0:
            self.where.append(value.is_not(None))
            self.terms.append(Term(value, float, descending))
        else:
            self.where += [value.is_(None)] if self.part == 1 else []
            self.terms.append(Term(literal_column("0.0", Double), float, same=True))

    def sort(self, side: Operand, descending: bool) -> None:
        """Sort by an attribute or by a key's value; what lacks it comes last."""
        if self.part == WHOLE:
            return
        if side.kind not in self.subject.keyed:
            self._sort_by(self.row.attributes[str(side.key)], descending=descending)
            return
        table, rows = self._conditions.rows(side, self.row)
        owner = table.c[self.subject.keyed[side.kind].owner.name]
        value, _ = self._conditions.columns(side, table, self.row)
        self.sort_by_joined(value, (table, rows), owner, descending=descending)

    def sort_by_joined(
        self,
        value: ColumnElement[Any],
        join: tuple[FromClause, Condition],
        owner: ColumnElement[Any],
        *,
        descending: bool,
    ) -> None:
        """Sort by the value of other rows: values, then NULL (NaN), then what has no such row.

        Args:
            value: what counts of them.
            join: the other rows, and which of them belongs to a thing; at most one.
            owner: a column of theirs that is never NULL.
            descending: the direction of the values.
        """
        if self.part == WHOLE:
            return
        self.source = self.source.outerjoin(*join)
        kind = value.type.python_type
        rank = case((value.is_not(None), 0), (owner.is_not(None), 1), else_=2)
        self.terms.append(Term(rank, int))
        present = func.coalesce(value, literal(kind(), value.type))
        self.terms.append(Term(present, kind, descending))

    def _sort_by(self, column: ColumnElement[Any], *, descending: bool) -> None:
        kind = column.type.python_type
        if getattr(column, "nullable", False):
            self.terms.append(Term(case((column.is_(None), 1), else_=0), int))
            column = func.coalesce(column, literal(kind(), column.type))
        self.terms.append(Term(column, kind, descending))
