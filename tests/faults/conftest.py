"""Servers that tests may kill."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.test_client_outages import senders
from faults.test_crash import Server
from postgres import running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server, which nobody kills."""
    with running_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server on each kind of database; two processes where the database is not ours."""
    store, workers = f"sqlite:///{tmp_path / 'cuvee.db'}", 1
    if request.param == "postgresql":
        import psycopg

        root, name = request.getfixturevalue("postgres"), f"crash_{os.urandom(4).hex()}"
        with psycopg.connect(root, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        store, workers = root.replace("/postgres?", f"/{name}?"), 2
    running = Server(tmp_path, store, workers)
    yield running
    running.kill()
    for pid in senders(tmp_path):  # of a test that has failed
        os.kill(pid, signal.SIGKILL)
