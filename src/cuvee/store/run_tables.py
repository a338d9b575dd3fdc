"""Runs as tables: the columns asked for, and of them only what is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Text, func, select

from cuvee.api.searches import RunTable, SearchRunTable, TableColumn
from cuvee.search.languages import COLUMNS
from cuvee.search.names import order_side
from cuvee.search.tokens import Source, T
from cuvee.search.tree import And, Kind, OrderKey, Side
from cuvee.store import schema
from cuvee.store.conditions import Conditions, Operand
from cuvee.store.engine import hot
from cuvee.store.run_items import ITEMS, MAX_ITEMS
from cuvee.store.run_subject import ROW, RUNS, in_tables
from cuvee.store.search_runs import count_runs, find_runs, read_question
from cuvee.store.series import NAN_BITS, from_bits, to_bits
from cuvee.store.tx import Tx

MAX_VALUES = 1_000_000
"""Values of one page; it ends earlier if its runs have more."""

CHUNK = 2_000
"""Runs whose values are fetched at once."""

_ALL = And(())
_SPACES = {Kind.METRIC: "metrics", Kind.PARAM: "params", Kind.TAG: "tags"}
_KINDS = {name: kind for kind, name in _SPACES.items()}
_ATTRIBUTES = {
    "run_id": 1,
    "experiment_id": 2,
    "run_name": 3,
    "user_id": 4,
    "status": 5,
    "start_time": 6,
    "end_time": 7,
    "lifecycle_stage": 8,
    "artifact_uri": 9,
    "created_by": 10,
}
"""Attribute -> its place in a row of ``schema.runs``."""

_INFINITY, _MINUS_INFINITY = to_bits([float("inf"), float("-inf")])
_integers = msgspec.json.Decoder(list[list[int]])
_texts = msgspec.json.Decoder(tuple[list[int], list[int], list[str]])


def _counted(kind: Kind) -> hot:
    owner = RUNS.keyed[kind].owner
    return hot(lambda db: select(owner, func.count()).where(db.among(owner, "pks")).group_by(owner))


_counts = {kind: _counted(kind) for kind in _SPACES}


class Choice(NamedTuple):
    """The columns asked for.

    Args:
        attributes: names of attributes.
        whole: kinds of which all keys are wanted.
        sides: single keys and functions by the name that was given.
        items: names of columns of things, as in ``ITEMS``.
    """

    attributes: list[str]
    whole: list[Kind]
    sides: dict[str, Side]
    items: list[str]


def search_run_table(tx: Tx, op: SearchRunTable) -> RunTable:
    choice = read_columns(op.columns)
    question = read_question(tx, op.experiment_ids, op.filter, op.order_by, op.run_view_type)
    if question is None:
        columns = attribute_columns(choice.attributes, [])
        return RunTable(count=0, columns=columns, total=0 if op.total else None)
    rows, token = find_runs(
        tx,
        question,
        limit=op.limit,
        token=op.page_token,
        offset=op.offset,
        keep=lambda found: affordable(tx, choice, found),
    )
    columns = table_columns(tx, choice, rows, question.scope.homes, op.max_text)
    total = count_runs(tx, question) if op.total else None
    return RunTable(count=len(rows), columns=columns, total=total, next_page_token=token)


def table_columns(
    tx: Tx,
    choice: Choice,
    rows: Sequence[tuple[Any, ...]],
    homes: Sequence[int],
    max_text: int = 0,
) -> list[TableColumn]:
    """Return the chosen columns of runs, given as rows of ``schema.runs``."""
    places = {row[0]: place for place, row in enumerate(rows)}
    columns = attribute_columns(choice.attributes, rows)
    columns += [ITEMS[name](tx, rows) for name in dict.fromkeys(choice.items)]
    for kind in _SPACES:
        sides = {name: side for name, side in choice.sides.items() if side.kind is kind}
        if kind in choice.whole:
            columns += RunValues(tx, places, kind, max_text).whole()
        if sides:
            columns += RunValues(tx, places, kind, max_text).named(sides, homes)
    return columns


def read_columns(names: Sequence[str]) -> Choice:
    """Read the names of columns.

    Raises:
        InvalidParameter: a name is not one of a column.
    """
    choice = Choice([], [], {}, [])
    for name in dict.fromkeys(names):
        match = re.fullmatch(r"(?:(attributes|metrics|params|tags)\.)?\*", name)
        if match:
            space = match.group(1)
            if space in (None, "attributes"):
                choice.attributes.extend(_ATTRIBUTES)
            choice.whole.extend(kind for word, kind in _KINDS.items() if space in (None, word))
            continue
        source = Source(name, f"Column {name[:60]!r}")
        side = order_side(source, COLUMNS)
        if source.peek().type is not T.END:
            source.fail(source.peek(), "the end (send one text for each column)")
        if side.key in ITEMS and side.kind is Kind.ATTRIBUTE:
            choice.items.append(side.key)
        elif side.kind is Kind.ATTRIBUTE:
            choice.attributes.append(side.key)
        else:
            choice.sides[name] = side
    return choice


def affordable(tx: Tx, choice: Choice, rows: Sequence[tuple[Any, ...]]) -> int:
    """Return how many of the runs have no more values than a page may have; at least one."""
    each = len(choice.sides) + MAX_ITEMS * len(choice.items)
    if not choice.whole:
        most = max(1, MAX_VALUES // max(1, each))
        return min(len(rows), most)
    pks = [row[0] for row in rows]
    values = dict.fromkeys(pks, each)
    for kind in choice.whole:
        for pk, count in tx.all(_counts[kind], pks=tx.listed(pks)):
            values[pk] += count
    total = 0
    for place, pk in enumerate(pks):
        total += values[pk]
        if total > MAX_VALUES and place:
            return place
    return len(rows)


def attribute_columns(names: Iterable[str], rows: Sequence[tuple[Any, ...]]) -> list[TableColumn]:
    """Return the columns of attributes, from rows of ``schema.runs``."""
    found = []
    for name in dict.fromkeys(names):
        place = _ATTRIBUTES[name]
        values = [row[place] for row in rows]
        if name.endswith("_time"):
            present = [i for i, value in enumerate(values) if value is not None]
            times = [values[i] for i in present]
            rows_with = present if len(present) < len(values) else []
            found.append(TableColumn(name=name, rows=rows_with, times=times))
        else:
            found.append(TableColumn(name=name, texts=[str(value) for value in values]))
    return found


def _alike(pks: list[int], keys: list[int]) -> Iterator[tuple[int, int, int]]:
    """Yield where neighbours with the same keys begin and end, and how many values each has.

    Most runs of an experiment have the same keys, and a slice costs far less than its values.
    """
    start, total = 0, len(pks)
    while start < total:
        end = start + 1
        while end < total and pks[end] == pks[start]:
            end += 1
        each = end - start
        mine = keys[start:end]
        while keys[end : end + each] == mine and pks[end : end + each].count(pks[end]) == each:
            end += each
        yield start, end, each
        start = end


class RunValues:
    """Fetches the values of one kind that some runs have, as columns.

    Args:
        tx: the transaction.
        places: primary key of a run -> its row.
        kind: metrics, params or tags.
        max_text: characters of a text; all when 0.
    """

    def __init__(self, tx: Tx, places: dict[int, int], kind: Kind, max_text: int = 0) -> None:
        self.tx = tx
        self.places = places
        self.kind = kind
        self.max_text = max_text
        self.table: Any = RUNS.keyed[kind].table

    def whole(self) -> list[TableColumn]:
        """Return a column for each key, in the order in which the rows have them first."""
        metric = self.kind is Kind.METRIC
        cells: dict[int, tuple[list[int], list[Any]]] = {}
        for pks, keys, values in self._fetch(
            [self.table.c.bits if metric else self._begun(self.table.c.value)]
        ):
            for start, end, each in _alike(pks, keys):
                rows = [self.places[pk] for pk in pks[start:end:each]]
                for first in range(start, start + each):
                    cell = cells.get(keys[first])
                    if cell is None:
                        cell = cells[keys[first]] = ([], [])
                    if len(rows) > 1:
                        cell[0].extend(rows)
                        cell[1].extend(values[first:end:each])
                    else:
                        cell[0].append(rows[0])
                        cell[1].append(values[first])
        names = self.tx.key_names(cells)
        order = sorted(cells, key=lambda key: (min(cells[key][0]), key))
        space = _SPACES[self.kind]
        return [self._column(f"{space}.{names[key]}", *cells[key], numbers=metric) for key in order]

    def named(self, sides: dict[str, Side], homes: Sequence[int]) -> list[TableColumn]:
        """Return the columns of some keys and functions."""
        ids = self.tx.key_ids({side.key for side in sides.values()})
        keys = [OrderKey(s.kind, s.key, function=s.function) for s in sides.values()]
        asked = in_tables(self.tx, _ALL, keys, homes)
        found = []
        for name, side, key in zip(sides, sides.values(), asked.order, strict=True):
            if side.key not in ids:
                found.append(TableColumn(name=name))
                continue
            numbers = self.kind is Kind.METRIC or side.function == "number"
            operand = Operand(self.kind, ids[side.key], key.function)
            rows, values = self._of_operand(operand, asked.values, numbers=numbers)
            found.append(self._column(name, rows, values, numbers=numbers))
        return found

    def _of_operand(
        self, operand: Operand, bound: dict[str, Any], *, numbers: bool
    ) -> tuple[list[int], list[Any]]:
        conditions = Conditions(self.tx.database, RUNS)
        table, match = conditions.rows(operand, ROW)
        value, bits = conditions.columns(operand, table, ROW)
        if not numbers:
            value = self._begun(value)
        query = (
            select(schema.runs.c.pk, value if bits is None else bits)
            .join(table, match)
            .where(self.tx.database.among(schema.runs.c.pk, "pks"))
        )
        found = self.tx.all(query, **bound, pks=self.tx.listed(list(self.places)))
        if numbers and operand.function == "number":
            found = [(pk, value) for pk, value in found if value is not None]
        values = [NAN_BITS if value is None else value for _, value in found]
        return [self.places[pk] for pk, _ in found], values

    def _begun(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return the beginning of texts, and one character more where there is more of them."""
        if not self.max_text:
            return column
        return func.substr(column, 1, self.max_text + 1, type_=Text())

    def _fetch(self, columns: list[Any]) -> Iterable[tuple[list[int], list[int], list[Any]]]:
        pks = list(self.places)
        gathered = self.tx.database.gather(self.table.c.run_pk, self.table.c.key_id, *columns)
        query = select(gathered).where(self.tx.database.among(self.table.c.run_pk, "pks"))
        statement = self.tx.database.prepare(query)
        decode = _integers.decode if self.kind is Kind.METRIC else _texts.decode
        for start in range(0, len(pks), CHUNK):
            some = self.tx.listed(pks[start : start + CHUNK])
            text = self.tx.all(statement, pks=some)[0][0]
            yield decode(text)  # type: ignore[misc]

    def _column(
        self, name: str, rows: list[int], values: list[Any], *, numbers: bool
    ) -> TableColumn:
        if len(rows) == len(self.places):
            placed = [None] * len(rows)
            for row, value in zip(rows, values, strict=True):
                placed[row] = value
            rows, values = [], placed
        elif any(a > b for a, b in pairwise(rows)):
            order = sorted(range(len(rows)), key=rows.__getitem__)
            rows, values = [rows[i] for i in order], [values[i] for i in order]
        if not numbers:
            most = self.max_text
            cut = [i for i, text in enumerate(values) if len(text) > most] if most else []
            texts = [text[:most] for text in values] if cut else values
            return TableColumn(name=name, rows=rows, texts=texts, cut=cut)
        found: list[float | None] = list(from_bits(values))
        special = [i for i, bits in enumerate(values) if not _MINUS_INFINITY < bits < _INFINITY]
        for i in special:
            found[i] = None
        plus = [i for i in special if values[i] == _INFINITY]
        minus = [i for i in special if values[i] == _MINUS_INFINITY]
        return TableColumn(name=name, rows=rows, numbers=found, plus=plus, minus=minus)
