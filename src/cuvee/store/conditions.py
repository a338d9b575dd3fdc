"""Prepared comparisons -> SQL conditions, for any kind of thing.

Every condition written here is true or false, never NULL, so that NOT turns it round.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
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
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.sql.elements import Grouping

from cuvee.search.tree import Kind
from cuvee.store.engine import Database

CHAIN = 8
"""Conditions in one AND or OR; SQLite's parser takes expressions at most 1000 deep."""

NEWLINE = "'\n'"
"""What stands between a key and a value where they are one text; no key has one."""

MINUS_ZERO = -1
"""-0.0 as a sortable integer; 0.0 is 0."""

Condition = ColumnElement[bool]
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


class Row(NamedTuple):
    """One of the things, as conditions see it.

    Args:
        pk: what the rows of its tables have as owner.
        attributes: attribute -> column; one that may be NULL is missing then.
    """

    pk: ColumnElement[Any]
    attributes: Mapping[str, ColumnElement[Any]]

    def of(self, alias: FromClause) -> Row:
        """Return the same of another row of the table, which has its columns by their names."""
        columns = {name: alias.c[column.name] for name, column in self.attributes.items()}
        return Row(alias.c[self.pk.name], columns)


class Column(NamedTuple):
    """A column of values: numbers also as integers that sort as they do, if there are such."""

    value: str = "value"
    bits: str | None = None


@dataclass(frozen=True)
class Keyed:
    """A table of keys and values that belong to the things that are searched.

    Args:
        table: the table.
        owner: its column that names the thing.
        key: its column that holds the key.
        columns: function -> what is compared.
        interned: the key is stored as a number (``Tx.key_ids``).
        single: a thing has one row for a key; otherwise a clause holds if it holds for one of them.
        only: a further condition on its rows, given the table.
    """

    table: FromClause
    owner: ColumnElement[Any]
    key: ColumnElement[Any]
    columns: Mapping[str, Column] = field(default_factory=lambda: {"": Column()})
    interned: bool = False
    single: bool = True
    only: Callable[[FromClause], Condition] | None = None


class Member(NamedTuple):
    """An attribute that is a column of other rows: it holds if it holds for some of them."""

    column: ColumnElement[Any]
    where: Callable[[Row], Condition]


class Relative(NamedTuple):
    """Another thing in the place of a thing, and what ties it to that."""

    row: Row
    where: Condition


@dataclass(frozen=True)
class Subject:
    """The things that are searched.

    Args:
        source: what to select them from.
        row: their columns.
        keyed: metrics, params and tags.
        members: what stands for a clause on (kind, key) instead.
        counts: the same for what is one number of each thing, given its row.
        relatives: word -> the thing that it stands for, given the row that is related to it.
    """

    source: FromClause
    row: Row
    keyed: Mapping[Kind, Keyed] = field(default_factory=dict)
    members: Mapping[tuple[Kind, str], Member] = field(default_factory=dict)
    counts: Mapping[tuple[Kind, str], Callable[[Row], ColumnElement[int]]] = field(
        default_factory=dict
    )
    relatives: Mapping[str, Callable[[Row], Relative]] = field(default_factory=dict)


class Operand(NamedTuple):
    """A side of a comparison as the SQL needs it.

    Args:
        kind: what it belongs to.
        key: attribute, key, or the number of an interned one.
        function: which of the columns it is; ``best:<name>`` is the least value in the experiments
            bound by that name and the greatest in others, ``best:!<name>`` the other way round.
    """

    kind: Kind
    key: str | int
    function: str = ""


class Comparison(NamedTuple):
    """A comparison whose values are set apart: with any other values its SQL is the same.

    Args:
        side: what is compared.
        op: how, as ``compare`` takes it.
        name: what the values are bound as.
        other: what it is compared with instead.
        via: the relative that both belong to.
        negated: whether it must not hold.
    """

    side: Operand
    op: str
    name: str = ""
    other: Operand | None = None
    via: str = ""
    negated: bool = False


class Several(NamedTuple):
    """Comparisons of different keys, of one kind and sort, as one condition.

    Args:
        kind: what they are of.
        op: ``IN`` (pairs), ``NOT IN`` (keys, but none of the pairs) or ``IS NOT NULL`` (keys).
        name: what keys, pairs and their number are bound as, with an ending each.
        every: whether all must hold, rather than some.
        negated: whether what must hold is that they do not.
    """

    kind: Kind
    op: str
    name: str
    every: bool
    negated: bool


class Joint(NamedTuple):
    """All, or some, of the parts hold."""

    every: bool
    parts: tuple[Prepared, ...]


class Found(NamedTuple):
    """The thing is one of those whose primary keys are bound by a name."""

    name: str
    negated: bool = False


Prepared = Comparison | Several | Found | Joint | bool


class Conditions:
    """Writes conditions on rows of a subject."""

    def __init__(self, database: Database, subject: Subject) -> None:
        self.database = database
        self.subject = subject

    def write(self, node: Prepared, row: Row) -> Condition:
        """Return the condition that a prepared filter stands for."""
        if isinstance(node, bool):
            return true() if node else false()
        if isinstance(node, Joint):
            return chained([self.write(part, row) for part in node.parts], every=node.every)
        if isinstance(node, Found):
            found: Condition = Grouping(self.database.among(row.pk, node.name))
        elif isinstance(node, Several):
            return self._several(node, row)
        elif node.via:
            relative = self.subject.relatives[node.via](row)
            inner = self._compare(node, relative.row)
            found = exists().where(relative.where, inner)
        else:
            found = self._compare(node, row)
        return ~found if node.negated else found

    def _compare(self, node: Comparison, row: Row) -> Condition:
        kind, key, _ = node.side
        member = self.subject.members.get((kind, str(key)))
        count = self.subject.counts.get((kind, str(key)))
        if member is not None:
            return self._of_rows(node, member.column, member.where(row))
        if count is not None:
            return Grouping(compare(self.database, count(row), None, node.op, node.name))
        if kind not in self.subject.keyed:
            return self._of_attribute(node, row.attributes[str(key)])
        if node.other is not None:
            return self._of_sides(node, node.other, row)
        table, rows = self.rows(node.side, row)
        value, bits = self.columns(node.side, table, row)
        if node.op in ("IS NULL", "IS NOT NULL"):
            return self._of_rows(node, value, rows)
        found = compare(self.database, value, bits, node.op, node.name)
        # What is no number has NULL there, which must not pass for NaN.
        number = (value.is_not(None),) if node.side.function == "number" else ()
        return exists().where(rows, found, *number)

    def _of_rows(self, node: Comparison, column: ColumnElement[Any], rows: Condition) -> Condition:
        if node.op == "IS NULL":
            return ~exists().where(rows)
        if node.op == "IS NOT NULL":
            return exists().where(rows)
        return exists().where(rows, compare(self.database, column, None, node.op, node.name))

    def _of_attribute(self, node: Comparison, column: ColumnElement[Any]) -> Condition:
        if node.op == "IS NULL":
            return column.is_(None)
        if node.op == "IS NOT NULL":
            return column.is_not(None)
        found = compare(self.database, column, None, node.op, node.name)
        nullable = getattr(column, "nullable", False)
        return and_(column.is_not(None), found) if nullable else Grouping(found)

    def _of_sides(self, node: Comparison, other: Operand, row: Row) -> Condition:
        table, rows = self.rows(node.side, row)
        other_table, other_rows = self.rows(other, row)
        sides = [(node.side, table), (other, other_table)]
        pairs = [self.columns(side, found, row) for side, found in sides]
        present: list[Condition] = []
        missing: list[Condition] = []
        for (side, _), (value, _) in zip(sides, pairs, strict=True):
            (present if side.function == "number" else missing).append(value.is_(None))
        if present:  # numbers are integers that sort as they do: so are the metrics then
            left, right = (
                value if bits is None else case((bits == MINUS_ZERO, 0), else_=bits)
                for value, bits in pairs
            )
        else:
            left, right = (value for value, _ in pairs)
        found: Condition = OPERATORS[node.op](left, right)
        if node.op == "!=":  # a NaN, which is stored as NULL, differs from everything
            found = or_(found, *missing)
        else:
            found = and_(found, *(~lacks for lacks in missing))
        return exists().where(rows, other_rows, found, *(~lacks for lacks in present))

    def rows(self, side: Operand, row: Row) -> tuple[FromClause, Condition]:
        """Return a table of keys and values and the condition on the rows that are a side's."""
        keyed = self.subject.keyed[side.kind]
        table = keyed.table.alias()
        owner, name = table.c[keyed.owner.name], table.c[keyed.key.name]
        only = () if keyed.only is None else (keyed.only(table),)
        return table, and_(owner == row.pk, name == side.key, *only)

    def columns(
        self, side: Operand, table: FromClause, row: Row
    ) -> tuple[ColumnElement[Any], ColumnElement[Any] | None]:
        """Return the column that a side is, and the one that has the same as sortable integers."""
        columns = self.subject.keyed[side.kind].columns
        function, _, goals = side.function.partition(":")
        if function == "best":
            least: Condition = self.database.among(
                row.attributes["experiment_id"], goals.lstrip("!")
            )
            least = ~Grouping(least) if goals.startswith("!") else least
            low, high = columns["min"], columns["max"]
            value = case((least, table.c[low.value]), else_=table.c[high.value])
            return value, case((least, table.c[str(low.bits)]), else_=table.c[str(high.bits)])
        column = columns[function]
        return table.c[column.value], None if column.bits is None else table.c[column.bits]

    def _several(self, node: Several, row: Row) -> Condition:
        keyed = self.subject.keyed[node.kind]
        table = keyed.table.alias()
        owner, key = table.c[keyed.owner.name], table.c[keyed.key.name]
        column = keyed.columns[""]
        value = cast(table.c[column.bits or column.value], Text)
        pair = cast(key, Text) + literal_column(NEWLINE) + value
        within = [owner == row.pk, self.database.among(key, f"{node.name}_keys")]
        if node.op != "IS NOT NULL":
            pairs = Grouping(self.database.among(pair, f"{node.name}_pairs"))
            within.append(pairs if node.op == "IN" else ~pairs)
        if node.every == node.negated:
            return ~exists().where(*within) if node.negated else exists().where(*within)
        count = select(func.count()).select_from(table).where(*within).scalar_subquery()
        needed: ColumnElement[int] = bindparam(f"{node.name}_count", required=False)
        return count < needed if node.negated else count == needed


def chained(parts: Sequence[Condition], *, every: bool) -> Condition:
    """Join conditions by AND or by OR, as a tree that is not deep."""
    joint = and_ if every else or_
    left = list(parts)
    if not left:
        return true() if every else false()
    while len(left) > 1:
        left = [
            Grouping(joint(*left[i : i + CHAIN])) if len(left) - i > 1 else left[i]
            for i in range(0, len(left), CHAIN)
        ]
    return left[0]


def compare(
    database: Database,
    column: ColumnElement[Any],
    bits: ColumnElement[Any] | None,
    op: str,
    name: str,
) -> Condition:
    """Return how a column that is not NULL compares with what is bound as ``name``.

    Args:
        database: whose SQL it is.
        column: what is compared; NULL means NaN if it is a float.
        bits: the same as integers that sort as the values do, for lists.
        op: an operator as ``settle`` returns it.
        name: what the value is bound as; two of a range have ``a`` and ``b`` behind it.
    """
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
        within = Grouping(database.among(column if bits is None else bits, name))
        if op == "IN":
            return within
        return ~within if bits is None else or_(~within, column.is_(None))
    if op in ("BETWEEN", "NOT BETWEEN"):
        low, high = (bindparam(name + end, required=False, type_=column.type) for end in "ab")
        inside = and_(column >= low, column <= high)
        if op == "BETWEEN":
            return inside
        return or_(column < low, column > high, *([column.is_(None)] if kind is float else []))
    found: Condition = OPERATORS[op](column, bindparam(name, required=False, type_=column.type))
    # A NaN, which is stored as NULL, differs from every number.
    return or_(found, column.is_(None)) if op == "!=" and kind is float else found
