"""Tables of runs that grow: the file that holds them, and the tag that names them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from cuvee.errors import InvalidParameter

TABLES_TAG = "mlflow.loggedArtifacts"


def with_table(known: str, path: str) -> str:
    """Return the value of the tag of a run's tables that names one more."""
    entries = json.loads(known)
    entry = {"path": path, "type": "table"}
    return known if entry in entries else json.dumps([*entries, entry])


def stack(above: Path, below: Path, target: Path, name: str) -> None:
    """Write the rows of two files as one table.

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
    elif name.endswith(".parquet"):
        import pandas as pd

        both = [pd.read_parquet(above), pd.read_parquet(below)]
        pd.concat(both, ignore_index=True).to_parquet(target, index=False)
    else:  # without pandas: a computer that only sends may have none
        columns, rows = _read(above, name)
        more, added = _read(below, name)
        names = [*columns, *(c for c in more if c not in columns)]
        whole = [_row(names, columns, r) for r in rows] + [_row(names, more, r) for r in added]
        target.write_bytes(msgspec.json.encode({"columns": names, "data": whole}))


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
