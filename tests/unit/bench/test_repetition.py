"""Repeated rows are those of the first model and version, with another name or number."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from bench.repetition import repeat_models, repeat_versions


def test_rows_of_the_first_are_repeated_for_the_others(tmp_path: Path) -> None:
    file = tmp_path / "m.db"
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(
            "CREATE TABLE registered_models (name, description);"
            "CREATE TABLE model_versions (workspace, name, version, current_stage);"
            "CREATE TABLE model_version_tags (name, version, key, value);"
            "INSERT INTO registered_models VALUES ('a', 'x'), ('z', 'other');"
            "INSERT INTO model_versions VALUES ('w', 'a', 1, 'Production');"
            "INSERT INTO model_version_tags VALUES ('a', 1, 'kind', 'dev'), ('a', 1, 'k', 'v');"
        )
    assert repeat_models(file, ["a", "b", "c"]) == ["b", "c"]
    assert repeat_versions(file, "c", 3) == [2, 3]

    with contextlib.closing(sqlite3.connect(file)) as connection:
        versions = connection.execute("SELECT * FROM model_versions").fetchall()
        models = connection.execute("SELECT * FROM registered_models WHERE name < 'z'").fetchall()
        (tags,) = connection.execute("SELECT count(*) FROM model_version_tags").fetchone()
    assert models == [(name, "x") for name in "abc"]
    assert versions == [
        ("w", name, number, "Production")
        for name, number in [("a", 1), ("b", 1), ("c", 1), ("c", 2), ("c", 3)]
    ]
    assert tags == 10
