"""Rows of MLflow's own tables, repeated: models and versions by the thousand in seconds.

Loading 10,000 models and 10,000 versions takes 40,000 requests, a quarter of an hour or more where
60 are answered in a second. What MLflow has written for the first model and version is copied for
the others instead, in the file of its running server, with another name or number.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

VERSIONS = ("model_versions", "model_version_tags")


def repeat_models(file: Path, names: Sequence[str]) -> list[str]:
    """Give all models the rows of the first, and return the names of those that are new."""
    with contextlib.closing(sqlite3.connect(file, timeout=60)) as connection, connection:
        for table in ("registered_models", *VERSIONS):
            _repeat(connection, table, names[0], "name", names[1:])
    return list(names[1:])


def repeat_versions(file: Path, name: str, count: int) -> list[int]:
    """Give a model ``count`` versions with the rows of the first, and return the new numbers."""
    numbers = list(range(2, count + 1))
    with contextlib.closing(sqlite3.connect(file, timeout=60)) as connection, connection:
        for table in VERSIONS:
            _repeat(connection, table, name, "version", numbers)
    return numbers


def _repeat(
    connection: sqlite3.Connection, table: str, name: str, column: str, values: Iterable[object]
) -> None:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    at = columns.index(column)
    rows = connection.execute(f"SELECT * FROM {table} WHERE name = ?", (name,)).fetchall()
    marks = ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT INTO {table} VALUES ({marks})",
        ((*row[:at], value, *row[at + 1 :]) for value in values for row in rows),
    )
