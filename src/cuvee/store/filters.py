"""Search trees -> SQL conditions and sort terms, for any kind of thing."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    and_,
    bindparam,
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

from cuvee.search.tree import And, Clause, Kind, Literal, Node, OrderKey
from cuvee.store.engine import MAX_LIKE, Database
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


class Comparison(NamedTuple):
    """A clause whose value is set apart: with any other value its SQL is the same.

    Args:
        kind: what is compared.
        key: attribute, key, or the number of an interned one; None if nothing has ever had it.
        op: how, as ``compare`` takes it.
        name: what the value is bound as.
    """

    kind: Kind
    key: str | int | None
    op: str
    name: str


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
        self._steps: list[Callable[[Query], None]] = []

    def write(self) -> Query:
        """Write the SQL."""
        query = Query(self.tx.database, self.subject)
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
        found = [self._apart(clause, ids) for clause in clauses]
        while len(found) > CHUNK:
            if not self._narrow(found[:CHUNK]):
                return
            found = found[CHUNK:]
        self._say((*found, join), lambda query: query.filter(found, join=join))

    def _narrow(self, comparisons: Sequence[Comparison]) -> bool:
        """Demand what is found by some of the comparisons; return whether that is anything."""
        pk = self.subject.pk
        query = self.write()
        query.filter(comparisons, join=False)
        rows = self.tx.all(select(pk).select_from(query.source).where(*query.where), **self.values)
        self.shape, self._steps = None, []
        pks = self.tx.listed([found for (found,) in rows])
        self.demand("pks", lambda: self.tx.database.among(pk, "pks"), pks=pks)
        return bool(rows)

    def _apart(self, clause: Clause, ids: Mapping[str, int]) -> Comparison:
        """Set the value of a clause apart."""
        keyed = self.subject.keyed.get(clause.kind)
        key: str | int | None = clause.key
        if keyed is not None and keyed.interned:
            key = ids.get(clause.key)
        op, name = clause.op, f"v{len(self.values)}"
        if clause.value is not None:
            member = self.subject.members.get((clause.kind, clause.key))
            if member is not None:
                column = member.column
            else:
                column = keyed.table.c.value if keyed else self.subject.attributes[clause.key]
            op, value = settle(column.type.python_type, op, clause.value)
            self.values[name] = self.tx.listed(value) if isinstance(value, list) else value
        return Comparison(clause.kind, key, op, name)

    def sort(self, key: OrderKey) -> None:
        """Sort by an attribute or by a key's value; what lacks it comes last."""
        found: str | int = key.key
        keyed = self.subject.keyed.get(key.kind)
        if keyed is not None and keyed.interned:
            # No key has the number -1: nothing is sorted by one that nothing has ever had.
            found = self.tx.key_ids([key.key]).get(key.key, -1)
        self._say(
            (key.kind, found, key.descending),
            lambda query: query.sort(keyed, found, descending=key.descending),
        )

    def sort_by_joined(
        self, table: FromClause, match: Condition, owner: ColumnElement[Any], *, descending: bool
    ) -> None:
        """Sort by the value of other rows, see ``Query``; not in a question that has a shape."""
        self._steps.append(
            lambda query: query.sort_by_joined(table, match, owner, descending=descending)
        )


class Query:
    """Writes what the SQL for a question is made of.

    Args:
        database: whose SQL it is.
        subject: what is searched.
    """

    def __init__(self, database: Database, subject: Subject) -> None:
        self.database = database
        self.subject = subject
        self.source = subject.source
        self.where: list[Condition] = []
        self.terms: list[Term] = []

    def filter(self, comparisons: Sequence[Comparison], *, join: bool) -> None:
        """Demand that all comparisons hold, see ``Search``."""
        joined: dict[tuple[Kind, str | int], FromClause] = {}
        for comparison in comparisons:
            if not (join and len(joined) < MAX_JOINS and self._join(comparison, joined)):
                self.where.append(self._condition(comparison))

    def _join(
        self, comparison: Comparison, joined: dict[tuple[Kind, str | int], FromClause]
    ) -> bool:
        """Write a comparison as a join, unless it is of a kind that cannot be one."""
        kind, key, op, bound = comparison
        keyed = self.subject.keyed.get(kind)
        if keyed is None or not keyed.single or op.startswith("IS") or key is None:
            return False
        table = joined.get((kind, key))
        if table is None:
            table = joined[kind, key] = keyed.table.alias()
            owner, name = table.c[keyed.owner.name], table.c[keyed.key.name]
            self.source = self.source.join(table, and_(owner == self.subject.pk, name == key))
        self.where.append(compare(self.database, table.c.value, op, bound))
        return True

    def _condition(self, comparison: Comparison) -> Condition:
        kind, key, op, bound = comparison
        database, subject = self.database, self.subject
        member = subject.members.get((kind, str(key)))
        if member is not None:
            return exists().where(member.where, compare(database, member.column, op, bound))
        keyed = subject.keyed.get(kind)
        if keyed is None:
            return compare(database, subject.attributes[str(key)], op, bound)
        if key is None:  # nothing has ever had it
            return true() if op == "IS NULL" else false()
        only = () if keyed.only is None else (keyed.only,)
        rows = and_(keyed.owner == subject.pk, keyed.key == key, *only)
        if op == "IS NULL":
            return ~exists().where(rows)
        if op == "IS NOT NULL":
            return exists().where(rows)
        return exists().where(rows, compare(database, keyed.table.c.value, op, bound))

    def sort(self, keyed: Keyed | None, key: str | int, *, descending: bool) -> None:
        """Sort by an attribute or by a key's value; what lacks it comes last."""
        if keyed is None:
            self._sort_by(self.subject.attributes[str(key)], descending=descending)
            return
        table = keyed.table.alias()
        owner, name = table.c[keyed.owner.name], table.c[keyed.key.name]
        match = and_(owner == self.subject.pk, name == key)
        self.sort_by_joined(table, match, owner, descending=descending)

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

    def _sort_by(self, column: ColumnElement[Any], *, descending: bool) -> None:
        kind = column.type.python_type
        if getattr(column, "nullable", False):
            self.terms.append(Term(case((column.is_(None), 1), else_=0), int))
            column = func.coalesce(column, literal(0 if kind is int else "", column.type))
        self.terms.append(Term(column, kind, descending))


def compare(database: Database, column: ColumnElement[Any], op: str, name: str) -> Condition:
    """Return how a column compares with the value bound as ``name``; see ``settle``."""
    kind = column.type.python_type
    if op in ("ALL", "NONE"):
        return true() if op == "ALL" else false()
    if op == "PRESENT":
        return column.is_not(None)
    if op.endswith("LIKE"):
        text = cast(column, Text) if kind is int else column
        if op == "ILIKE":
            return database.ilike(text, name)
        return database.like(text, name, long=op == "LONG LIKE")
    if op in ("IN", "NOT IN"):
        within = Grouping(database.among(column, name))
        return within if op == "IN" else ~within
    found: Condition = OPERATORS[op](column, bindparam(name, required=False, type_=column.type))
    # A NaN, which is stored as NULL, differs from every number.
    return or_(found, column.is_(None)) if op == "!=" and kind is float else found


def settle(kind: type, op: str, value: Literal) -> tuple[str, Any]:
    """Return the operator and the value with which a column is compared.

    The operator is one of those of clauses, or ``ALL``, ``NONE`` or ``PRESENT`` (not NULL) where no
    value of the column would make a difference, or ``LONG LIKE``.

    Args:
        kind: the column's type in Python.
        op: the clause's operator.
        value: the clause's value.
    """
    if isinstance(value, (int, float)):
        return _whole(op, value) if kind is int else (op, float(value))
    if op in ("LIKE", "ILIKE"):
        pattern = str(value)
        if op == "ILIKE":
            return op, pattern.lower()
        return "LONG LIKE" if len(pattern) > MAX_LIKE else op, pattern
    values: list[Any] = [value] if isinstance(value, str) else list(value or ())
    if kind is int:
        values = [n for n in map(_id_number, values) if n is not None]
    equal = op in ("=", "IN")
    if len(values) == 1:
        return "=" if equal else "!=", values[0]
    if not values:
        return "NONE" if equal else "ALL", None
    return "IN" if equal else "NOT IN", values


def _id_number(text: str) -> int | None:
    """Return the number that is written so; other texts are no ids, so they equal none."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 18):
        return None
    return int(text) if str(int(text)) == text else None


def _whole(op: str, value: float) -> tuple[str, Any]:
    """Compare int64 exactly with any number, which may be a fraction or out of range."""
    low, high = _INT64
    if not low <= value <= high:  # the infinities too
        always = {"!=", "<", "<="} if value > high else {"!=", ">", ">="}
        return "PRESENT" if op in always else "NONE", None
    if isinstance(value, float) and not value.is_integer():
        if op in ("=", "!="):
            return "NONE" if op == "=" else "PRESENT", None
        # x < 1.5 and x <= 1.5 are x <= 1; x > 1.5 and x >= 1.5 are x >= 2.
        down = op in ("<", "<=")
        op, value = ("<=", math.floor(value)) if down else (">=", math.ceil(value))
    return op, int(value)
