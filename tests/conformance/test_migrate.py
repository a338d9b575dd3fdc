"""A database gets this Cuvee's tables, or is left alone and a sentence says why."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.experiments import CreateExperiment, GetExperiment
from cuvee.errors import SchemaMismatch
from cuvee.store import migrate
from cuvee.store.engine import open_database
from cuvee.store.schema import HEAD, VERSION_TABLE, metadata
from cuvee.store.sql import SqlStore

Execute = Callable[[str], list[Any]]


@pytest.fixture
def execute(database_url: str) -> Execute:
    """A function that runs SQL in the test's database, which has Cuvee's tables."""

    def run(statement: str) -> list[Any]:
        with contextlib.closing(open_database(database_url).connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    SqlStore.open(database_url).close()
    return run


@pytest.fixture
def restored(database_url: str, execute: Execute) -> Any:
    """Puts the schema's version back, which other tests rely on."""
    yield database_url
    execute(f"UPDATE {VERSION_TABLE} SET version_num = '{HEAD}'")


def test_a_newer_schema_is_refused_and_not_touched(restored: str, execute: Execute) -> None:
    execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")

    for attempt in (SqlStore.open, migrate.upgrade):
        with pytest.raises(SchemaMismatch, match=r"newer than this Cuvee's .* upgrade Cuvee"):
            attempt(restored)
    assert migrate.status(restored).current == "9999"
    assert "newer" in str(migrate.status(restored))


def test_an_older_schema_waits_for_its_upgrade(restored: str, execute: Execute) -> None:
    execute(f"UPDATE {VERSION_TABLE} SET version_num = '0000'")

    with pytest.raises(SchemaMismatch, match="cuvee db upgrade"):
        SqlStore.open(restored)
    assert "cuvee db upgrade" in str(migrate.status(restored))


def test_opening_again_changes_nothing(database_url: str, execute: Execute) -> None:
    with contextlib.closing(SqlStore.open(database_url)) as store:
        made = store.do(CreateExperiment(name="wine")).experiment_id

    assert str(migrate.upgrade(database_url)) == f"up to date (schema {HEAD})"
    with contextlib.closing(SqlStore.open(database_url)) as store:
        assert store.do(GetExperiment(experiment_id=made)).experiment.name == "wine"
    assert execute("SELECT count(*) FROM experiments") == [(2,)]


def test_an_empty_file_is_empty_until_it_is_opened(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/cuvee.db"

    assert migrate.status(url).current is None
    assert "empty" in str(migrate.status(url))
    SqlStore.open(url).close()
    assert migrate.status(url).current == HEAD


def test_tables_of_another_program_are_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/other.db"
    with contextlib.closing(open_database(url).connect()) as connection:
        connection.execute("CREATE TABLE experiments (x)")
        connection.execute("CREATE TABLE alembic_version (version_num)")

    with pytest.raises(SchemaMismatch, match="another program"):
        SqlStore.open(url)
    with contextlib.closing(open_database(url).connect()) as connection:
        tables = open_database(url).tables(connection.cursor())
    assert tables == {"experiments", "alembic_version"}
    assert set(metadata.tables) - tables
