"""The migrations and schema.py say the same on both databases."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

from cuvee.store import migrate, schema
from cuvee.store.engine import open_database


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    """Return a connection to a database that the migrations have made."""
    url = f"sqlite:///{tmp_path}/cuvee.db"
    if request.param == "postgresql":
        import psycopg

        base: str = request.getfixturevalue("postgres_url")
        with psycopg.connect(base, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS migrated")
            connection.execute("CREATE DATABASE migrated")
        url = base.replace("/postgres?", "/migrated?")
    migrate.upgrade(url)
    engine = create_engine(open_database(url).sqlalchemy_url())
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def test_the_newest_migration_is_the_head_of_the_schema(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/cuvee.db")
    scripts = ScriptDirectory.from_config(migrate.config(database))
    assert scripts.get_heads() == [schema.HEAD]


def test_the_migrations_make_the_tables_that_the_store_expects(migrated: Connection) -> None:
    options: dict[str, Any] = {"version_table": schema.VERSION_TABLE, "compare_type": True}
    context = MigrationContext.configure(migrated, opts=options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # reflection remarks on what it cannot see
        assert compare_metadata(context, schema.metadata) == []


def test_the_history_can_only_grow(migrated: Connection) -> None:
    row = "INSERT INTO events VALUES (1, 1, 'a', 'os', 'x', 'y', '{}', '{}', '', NULL)"
    migrated.execute(text(row))
    migrated.commit()
    for change in ("UPDATE events SET actor = 'b'", "DELETE FROM events"):
        with pytest.raises(Exception, match="append-only"):
            migrated.execute(text(change))
        migrated.rollback()


def test_no_table_is_without_a_primary_key(migrated: Connection) -> None:
    found = inspect(migrated)
    for table in schema.metadata.tables:
        assert found.get_pk_constraint(table)["constrained_columns"], table
