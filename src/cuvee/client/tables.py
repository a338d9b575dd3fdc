"""Searches for runs as tables: fetched column by column, in chunks, without an object per run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from cuvee.api.searches import RunTable, SearchRunTable, TableColumn
from cuvee.errors import InvalidParameter

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 10_000
_SPACES = ("attributes", "metrics", "params", "tags")


class FoundRuns:
    """The runs that a search finds; nothing is fetched before it is asked for.

    Args:
        ask: carries out one search.
        op: the search.
        max_results: runs at most; all when None.
    """

    def __init__(
        self,
        ask: Callable[[SearchRunTable], RunTable],
        op: SearchRunTable,
        max_results: int | None = None,
    ) -> None:
        self._ask = ask
        self._op = op
        self._most = max_results
        self._chunk = op.limit

    @property
    def total(self) -> int:
        """How many runs pass the filter; asked for at each use."""
        op = msgspec.structs.replace(self._op, limit=1, columns=["run_id"], total=True)
        return self._ask(op).total or 0

    def tables(self) -> Iterator[RunTable]:
        """Yield the answers as they come, page after page."""
        op, left = self._op, self._most
        while left is None or left > 0:
            limit = self._chunk if left is None else min(left, self._chunk)
            table = self._ask(msgspec.structs.replace(op, limit=limit))
            yield table
            if not table.next_page_token:
                return
            left = None if left is None else left - table.count
            op = msgspec.structs.replace(op, page_token=table.next_page_token, offset=0)

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Yield a DataFrame for each chunk."""
        return (table_frame([table], self._op.columns) for table in self.tables())

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per run; a column for each name that some run has."""
        return table_frame(list(self.tables()), self._op.columns)

    def to_polars(self) -> Any:
        """Return the same as a polars DataFrame; times are datetimes in UTC."""
        polars = _optional("polars")
        columns, _ = _columns(list(self.tables()), self._op.columns)
        frame = polars.DataFrame(
            {name: values for name, (values, _) in columns.items()}, strict=False
        )
        times = [name for name, (_, kind) in columns.items() if kind == "time"]
        return frame.with_columns(
            polars.col(name).cast(polars.Datetime("ms", "UTC")) for name in times
        )

    def to_arrow(self) -> Any:
        """Return the same as an Arrow table; times are timestamps in UTC."""
        arrow = _optional("pyarrow")
        columns, _ = _columns(list(self.tables()), self._op.columns)
        types = {"number": arrow.float64(), "text": arrow.string(), "time": arrow.int64()}
        moment = arrow.timestamp("ms", "UTC")
        arrays = {
            name: arrow.array(values, types[kind]).cast(moment if kind == "time" else types[kind])
            for name, (values, kind) in columns.items()
        }
        return arrow.table(arrays)


def _optional(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise InvalidParameter(f"This needs {name}: pip install {name}.") from None


def table_frame(tables: Sequence[RunTable], asked: Sequence[str]) -> pd.DataFrame:
    """Return the rows of some tables as one DataFrame, with columns as they were asked for."""
    import numpy as np
    import pandas as pd

    columns, count = _columns(tables, asked)
    made: dict[str, Any] = {}
    for name, (values, kind) in columns.items():
        if kind == "time":
            series = pd.Series(values, dtype="Int64")
            made[name] = pd.to_datetime(series, unit="ms", utc=True)
        else:
            made[name] = np.array(values, dtype=float) if kind == "number" else values
    frame: pd.DataFrame = pd.DataFrame(made, index=range(count))
    return frame


def _columns(
    tables: Sequence[RunTable], asked: Sequence[str]
) -> tuple[dict[str, tuple[list[Any], str]], int]:
    """Return name -> (a value, or None, for each row; its kind), and the number of rows."""
    count = sum(table.count for table in tables)
    found: dict[str, tuple[list[Any], str]] = {}
    start = 0
    for table in tables:
        for column in table.columns:
            values, kind = _cells(column)
            whole = found.get(column.name)
            if whole is None or (kind != whole[1] and values):
                whole = found[column.name] = ([None] * count, kind)
            if not column.rows:
                whole[0][start : start + len(values)] = values
            for row, value in zip(column.rows, values, strict=False):
                whole[0][start + row] = value
        start += table.count
    places = {name: place for place, name in enumerate(asked)}

    def place(name: str) -> tuple[int, int]:
        space = name.partition(".")[0]
        kind = _SPACES.index(space) if space in _SPACES else 0
        names = (name, f"{_SPACES[kind]}.*", "*")
        return next((places[n] for n in names if n in places), len(places)), kind

    return {name: found[name] for name in sorted(found, key=place)}, count


def _cells(column: TableColumn) -> tuple[list[Any], str]:
    if column.times or column.name in ("start_time", "end_time"):
        return column.times, "time"
    if column.texts or column.cells:
        return column.texts or list(map(str, column.cells)), "text"
    if not (column.plus or column.minus or None in column.numbers):
        return column.numbers, "number"
    values = [float("nan") if value is None else value for value in column.numbers]
    for place in column.plus:
        values[place] = float("inf")
    for place in column.minus:
        values[place] = float("-inf")
    return values, "number"
