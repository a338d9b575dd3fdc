"""Search trees -> SQL conditions and sort terms, for any kind of thing."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.sql.elements import Grouping

from cuvee.search.tree import And, Clause, Kind, Node, OrderKey
from cuvee.store.tx import Tx

CHUNK = 100
"""Clauses in one statement; SQLite's parser takes expressions at most 1000 deep."""

MAX_JOINS = 20
"""Clauses that are joins rather than subqueries; SQLite joins at most 64 tables."""

Condition = ColumnElement[bool]
_INT64 = (-(2**63), 2**63 - 1)
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True)
class Keyed:
    """A table of keys and values that belong to the things that are searched.

    Args:
        table: the table; its column ``value`` is compared.
        owner: its column that names the thing.
        key: its column that holds the key.
        interned: the key is stored as a number (``Tx.key_ids``).
        single: a thing has one row for a key; otherwise a clause holds if it holds for one of them.
        only: a further condition on its rows.
    """

    table: FromClause
    owner: ColumnElement[Any]
    key: ColumnElement[Any]
    interned: bool = False
    single: bool = True
    only: Condition | None = None


@dataclass(frozen=True)
class Member:
    """An attribute that is a column of other rows: it holds if it holds for some of them."""

    column: ColumnElement[Any]
    where: Condition


@dataclass(frozen=True)
class Subject:
    """The things that are searched.

    Args:
        source: what to select them from.
        pk: what the rows of their tables have as owner.
        attributes: attribute -> column; one that may be NULL is missing then.
        keyed: metrics, params and tags.
        members: what stands for a clause on (kind, key) instead.
    """

    source: FromClause
    pk: ColumnElement[Any]
    attributes: Mapping[str, ColumnElement[Any]]
    keyed: Mapping[Kind, Keyed] = field(default_factory=dict)
    members: Mapping[tuple[Kind, str], Member] = field(default_factory=dict)


@dataclass(frozen=True)
class Term:
    """One thing to sort by that is never NULL.

    Args:
        value: the expression.
        type: what Python gets for it.
        descending: its direction.
    """

    value: ColumnElement[Any]
    type: type[int | float | str]
    descending: bool = False


def clauses_of(node: Node) -> Iterator[Clause]:
    """Yield the comparisons that must all hold; without recursion, however deep."""
    waiting: list[Node] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, And):
            waiting.extend(reversed(part.parts))
        else:
            yield part


class Search:
    """Collects what a query for some of the things is made of.

    Args:
        tx: the transaction.
        subject: what is searched.
        scope: conditions that hold for all that is searched.
    """

    def __init__(self, tx: Tx, subject: Subject, scope: Sequence[Condition]) -> None:
        self.tx = tx
        self.subject = subject
        self.source = subject.source
        self.where = list(scope)
        self.terms: list[Term] = []

    def filter(self, clauses: Sequence[Clause], *, join: bool) -> None:
        """Demand that all clauses hold.

        A filter of thousands of clauses would be too much for one statement. All but the last few
        are then carried out here, each statement narrowing what the one before has found.

        Args:
            clauses: the comparisons.
            join: let the database start from any of them, rather than look at the things in the
                order of their index; better where all must be found before they can be sorted.
        """
        interned = {kind for kind, keyed in self.subject.keyed.items() if keyed.interned}
        ids = self.tx.key_ids({c.key for c in clauses if c.kind in interned})
        while len(clauses) > CHUNK:
            part, clauses = clauses[:CHUNK], clauses[CHUNK:]
            here = [self._condition(clause, ids) for clause in part]
            query = select(self.subject.pk).select_from(self.subject.source)
            pks = [pk for (pk,) in self.tx.all(query.where(*self.where, *here))]
            self.where = [self.tx.array(self.subject.pk, pks) if pks else false()]
            if not pks:
                return
        joined: dict[tuple[Kind, str], FromClause] = {}
        for clause in clauses:
            if join and len(joined) < MAX_JOINS and self._joins(clause, ids):
                self._join(clause, ids, joined)
            else:
                self.where.append(self._condition(clause, ids))

    def _joins(self, clause: Clause, ids: Mapping[str, int]) -> bool:
        keyed = self.subject.keyed.get(clause.kind)
        if keyed is None or not keyed.single or clause.op.startswith("IS"):
            return False
        return not keyed.interned or clause.key in ids

    def _join(
        self, clause: Clause, ids: Mapping[str, int], joined: dict[tuple[Kind, str], FromClause]
    ) -> None:
        keyed = self.subject.keyed[clause.kind]
        table = joined.get((clause.kind, clause.key))
        if table is None:
            table = joined[clause.kind, clause.key] = keyed.table.alias()
            key = ids[clause.key] if keyed.interned else clause.key
            owner, name = table.c[keyed.owner.name], table.c[keyed.key.name]
            self.source = self.source.join(table, and_(owner == self.subject.pk, name == key))
        self.where.append(_compare(self.tx, table.c.value, clause))

    def _condition(self, clause: Clause, ids: Mapping[str, int]) -> Condition:
        tx, subject = self.tx, self.subject
        member = subject.members.get((clause.kind, clause.key))
        if member is not None:
            return exists().where(member.where, _compare(tx, member.column, clause))
        keyed = subject.keyed.get(clause.kind)
        if keyed is None:
            return _compare(tx, subject.attributes[clause.key], clause)
        key: Any = ids.get(clause.key) if keyed.interned else clause.key
        if key is None:  # nothing has ever had it
            return true() if clause.op == "IS NULL" else false()
        only = () if keyed.only is None else (keyed.only,)
        rows = and_(keyed.owner == subject.pk, keyed.key == key, *only)
        if clause.op == "IS NULL":
            return ~exists().where(rows)
        if clause.op == "IS NOT NULL":
            return exists().where(rows)
        return exists().where(rows, _compare(tx, keyed.table.c.value, clause))

    def sort(self, key: OrderKey) -> None:
        """Sort by an attribute or by a key's value; what lacks it comes last."""
        keyed = self.subject.keyed.get(key.kind)
        if keyed is None:
            self.sort_by(self.subject.attributes[key.key], descending=key.descending)
            return
        table = keyed.table.alias()
        owner, name = table.c[keyed.owner.name], table.c[keyed.key.name]
        # No key has the number -1: nothing is sorted by one that nothing has ever had.
        number = self.tx.key_ids([key.key]).get(key.key, -1) if keyed.interned else key.key
        match = and_(owner == self.subject.pk, name == number)
        self.sort_by_joined(table, match, owner, descending=key.descending)

    def sort_by_joined(
        self, table: FromClause, match: Condition, owner: ColumnElement[Any], *, descending: bool
    ) -> None:
        """Sort by the value of other rows: values, then NULL (NaN), then what has no such row.

        Args:
            table: the other rows; their column ``value`` counts.
            match: which of them belongs to a thing; at most one.
            owner: a column of theirs that is never NULL.
            descending: the direction of the values.
        """
        self.source = self.source.outerjoin(table, match)
        value = table.c.value
        kind = value.type.python_type
        rank = case((value.is_not(None), 0), (owner.is_not(None), 1), else_=2)
        self.terms.append(Term(rank, int))
        present = func.coalesce(value, literal("" if kind is str else 0.0, value.type))
        self.terms.append(Term(present, kind, descending))

    def sort_by(self, column: ColumnElement[Any], *, descending: bool = False) -> None:
        """Sort by a column of the thing itself; NULL comes last."""
        kind = column.type.python_type
        if getattr(column, "nullable", False):
            self.terms.append(Term(case((column.is_(None), 1), else_=0), int))
            column = func.coalesce(column, literal(0 if kind is int else "", column.type))
        self.terms.append(Term(column, kind, descending))


def _compare(tx: Tx, column: ColumnElement[Any], clause: Clause) -> Condition:
    op, value = clause.op, clause.value
    kind = column.type.python_type
    if isinstance(value, (int, float)):
        return _whole(column, op, value) if kind is int else _number(column, op, float(value))
    if op in ("LIKE", "ILIKE"):
        text = cast(column, Text) if kind is int else column
        like = tx.database.like if op == "LIKE" else tx.database.ilike
        return like(text, str(value))
    values: list[Any] = [value] if isinstance(value, str) else list(value or ())
    if kind is int:
        values = [n for n in map(_id_number, values) if n is not None]
    if len(values) == 1:
        single: Condition = (operator.eq if op in ("=", "IN") else operator.ne)(column, values[0])
        return single
    within = Grouping(tx.array(column, values)) if values else false()
    return within if op in ("=", "IN") else ~within


def _id_number(text: str) -> int | None:
    """Return the number that is written so; other texts are no ids, so they equal none."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 18):
        return None
    return int(text) if str(int(text)) == text else None


def _number(column: ColumnElement[Any], op: str, value: float) -> Condition:
    """Compare float64; a NaN, which is stored as NULL, differs from every number."""
    found: Condition = OPERATORS[op](column, value)
    return or_(found, column.is_(None)) if op == "!=" else found


def _whole(column: ColumnElement[Any], op: str, value: float) -> Condition:
    """Compare int64 exactly with any number, which may be a fraction or out of range."""
    low, high = _INT64
    if not low <= value <= high:  # the infinities too
        always = {"!=", "<", "<="} if value > high else {"!=", ">", ">="}
        return column.is_not(None) if op in always else false()
    if isinstance(value, float) and not value.is_integer():
        if op in ("=", "!="):
            return false() if op == "=" else column.is_not(None)
        # x < 1.5 and x <= 1.5 are x <= 1; x > 1.5 and x >= 1.5 are x >= 2.
        down = op in ("<", "<=")
        op, value = ("<=", math.floor(value)) if down else (">=", math.ceil(value))
    found: Condition = OPERATORS[op](column, int(value))
    return found
