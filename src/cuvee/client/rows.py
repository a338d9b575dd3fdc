"""Tables of runs that grow: the file that holds them, and the tag that names them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from cuvee.errors import InvalidParameter

TABLES_TAG = "mlflow.loggedArtifacts"


class Appended(Struct, frozen=True):
    """How far a table has the rows of one journal.

    Args:
        seq: number of the journal's record whose rows were added last.
        first: the table's row that they begin at, counted from 0.
    """

    seq: int = -1
    first: int = 0

    @classmethod
    def read(cls, note: Path) -> Appended:
        """Read a note; an empty or unreadable one knows of no rows."""
        try:
            return msgspec.json.decode(note.read_bytes(), type=cls)
        except msgspec.MsgspecError:
            return cls()

    def covers(self, seq: int, table: Path, rows: Path, name: str) -> bool:
        """Say whether a table has the rows of a record.

        Args:
            seq: the record's number.
            table: the table as it is; an empty file has no rows.
            rows: the record's rows.
            name: the table's name, which says its format.
        """
        if seq != self.seq:  # a record comes after all before it have arrived
            return seq < self.seq
        return holds(table, self.first, rows, name)


def with_table(known: str, path: str) -> str:
    """Return the value of the tag of a run's tables that names one more."""
    entries = json.loads(known)
    entry = {"path": path, "type": "table"}
    return known if entry in entries else json.dumps([*entries, entry])


def holds(table: Path, first: int, rows: Path, name: str) -> bool:
    """Say whether the rows of a file stand in a table, from its row ``first`` on."""
    if not table.stat().st_size:
        return False
    if not first and table.read_bytes() == rows.read_bytes():
        return True
    columns, there = _cells(table, name)
    mine, wanted = _cells(rows, name)
    found = [_row(mine, columns, row) for row in there[first : first + len(wanted)]]
    return len(found) == len(wanted) and all(
        _alike(*cells)
        for pair in zip(found, wanted, strict=True)
        for cells in zip(*pair, strict=True)
    )


def stack(above: Path, below: Path, target: Path, name: str) -> int:
    """Write the rows of two files as one table, and return how many the first has.

    Args:
        above: its first rows; an empty file has none.
        below: the rows after them.
        target: the file to write.
        name: the table's name, which says its format.

    Raises:
        InvalidParameter: what is there is no table.
    """
    if not above.stat().st_size:
        target.write_bytes(below.read_bytes())
        return 0
    if name.endswith(".parquet"):
        import pandas as pd

        both = [pd.read_parquet(above), pd.read_parquet(below)]
        pd.concat(both, ignore_index=True).to_parquet(target, index=False)
        return len(both[0])
    # without pandas: a computer that only sends may have none
    columns, rows = _read(above, name)
    more, added = _read(below, name)
    names = [*columns, *(c for c in more if c not in columns)]
    whole = [_row(names, columns, r) for r in rows] + [_row(names, more, r) for r in added]
    target.write_bytes(msgspec.json.encode({"columns": names, "data": whole}))
    return len(rows)


def _cells(source: Path, name: str) -> tuple[list[Any], list[list[Any]]]:
    if not name.endswith(".parquet"):
        return _read(source, name)
    import pandas as pd

    frame = pd.read_parquet(source)
    return list(frame), [list(row) for row in frame.itertuples(index=False, name=None)]


def _alike(one: Any, other: Any) -> bool:
    """Compare two cells: what is missing is None or NaN, and a cell may be a list."""
    missing = [cell is None or repr(cell) in ("nan", "NaT", "<NA>") for cell in (one, other)]
    if any(missing):
        return all(missing)
    return repr(one) == repr(other) or (one == other) is True


def _read(source: Path, name: str) -> tuple[list[Any], list[list[Any]]]:
    try:
        found = msgspec.json.decode(source.read_bytes())
        columns, rows = list(found["columns"]), [list(row) for row in found["data"]]
    except (msgspec.MsgspecError, KeyError, TypeError) as problem:
        raise InvalidParameter(
            f"{name!r} is no table of columns and rows, so none can be added to it: log the rows "
            "under another name."
        ) from problem
    return columns, rows


def _row(names: list[Any], columns: list[Any], row: list[Any]) -> list[Any]:
    if names == columns:
        return row
    cells = dict(zip(columns, row, strict=False))
    return [cells.get(name) for name in names]
