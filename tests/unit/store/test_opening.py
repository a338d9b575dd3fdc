"""Many who open a new database file at the same moment."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from cuvee.errors import Unavailable
from cuvee.store.engine import Database, open_database
from cuvee.store.statements import eventually
from cuvee.uris import database_url


def test_all_who_open_a_new_file_at_once_can_use_it(tmp_path: Path) -> None:
    many = 8
    with ThreadPoolExecutor(many) as pool:
        for number in range(300):  # of as many, some twenty were refused
            database = open_database(database_url(tmp_path / f"{number}.db"))
            assert set(pool.map(mode_of, [database] * many, [Barrier(many)] * many)) == {"wal"}


def mode_of(database: Database, barrier: Barrier) -> str:
    """Open a database once all others are about to, write, and return its mode."""
    barrier.wait(20)
    connection = database.connect()
    database.begin(connection.cursor(), write=True)
    connection.execute("ROLLBACK")
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    connection.close()
    return str(mode)


def test_what_is_refused_is_tried_until_patience_ends_and_nothing_else_is() -> None:
    tried: list[float] = []

    def work(words: str, times: int) -> None:
        tried.append(time.monotonic())
        if len(tried) <= times:
            raise sqlite3.OperationalError(words)

    eventually(lambda: work("database is locked", 3), "locked")
    assert len(tried) == 4
    began = time.monotonic()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        eventually(lambda: work("database is locked", 1000), "locked", 0.2)
    assert time.monotonic() - began >= 0.2
    tried.clear()
    with pytest.raises(sqlite3.OperationalError, match="disk I/O"):
        eventually(lambda: work("disk I/O error", 1000), "locked")
    assert len(tried) == 1


def test_a_file_that_is_no_database_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database " * 100, encoding="utf-8")
    began = time.monotonic()
    with pytest.raises(Unavailable, match="not a database"):
        open_database(database_url(tmp_path / "text.db")).connect()
    assert time.monotonic() - began < 10
