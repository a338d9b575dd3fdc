"""The migrations and schema.py say the same on both databases."""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

from cuvee.api.experiments import GetExperiment
from cuvee.store import migrate, schema
from cuvee.store.engine import open_database
from cuvee.store.sql import SqlStore


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """A function that returns the URL of a new database without tables."""

    def new(name: str) -> str:
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path}/{name}.db"
        import psycopg

        base: str = request.getfixturevalue("postgres_url")
        with psycopg.connect(base, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name}")
        return base.replace("/postgres?", f"/{name}?")

    return new


@contextlib.contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Connect through SQLAlchemy."""
    engine = create_engine(open_database(url).sqlalchemy_url())
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def migrated(empty: Callable[[str], str]) -> Iterator[Connection]:
    """Return a connection to a database that the migrations have made, each in its turn."""
    url = empty("migrated")
    migrate.migrate(open_database(url))
    with connected(url) as opened:
        yield opened


@pytest.fixture
def created(empty: Callable[[str], str]) -> Iterator[Connection]:
    """Return a connection to a database that was made at once."""
    url = empty("created")
    migrate.upgrade(url)
    with connected(url) as opened:
        yield opened


CATALOG = {
    "sqlite": ["SELECT type, name, tbl_name, sql FROM sqlite_master"],
    "postgresql": [
        """
        SELECT table_name, column_name, data_type, is_nullable, collation_name, is_identity,
        substring(column_default from 'nextval.*') FROM information_schema.columns
        WHERE table_schema = 'public'
        """,
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        """,
        """
        SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger
        WHERE NOT tgisinternal
        """,
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
        "SELECT sequencename, data_type FROM pg_sequences WHERE schemaname = 'public'",
    ],
}


def catalog(connection: Connection) -> list[str]:
    """Return everything that a database says of its schema, but for spaces, order, and defaults.

    A migration gives the rows that are there a default; no statement of the store relies on one.
    """
    rows = [row for q in CATALOG[connection.dialect.name] for row in connection.execute(text(q))]
    bare = [[re.sub(r" DEFAULT '\w*'| DEFAULT \d+", "", str(v)) for v in row] for row in rows]
    words = [[" ".join(v.split()).replace(" ,", ",") for v in row] for row in bare]
    return sorted(f"{row[:-1]} {sorted(row[-1].rstrip(' )').split(', '))}" for row in words)


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


def test_a_database_made_at_once_is_what_the_migrations_make(
    migrated: Connection, created: Connection
) -> None:
    found = catalog(created)
    assert len(found) > len(schema.metadata.tables)
    assert found == catalog(migrated)
    version = text(f"SELECT version_num FROM {schema.VERSION_TABLE}")
    assert created.execute(version).all() == migrated.execute(version).all()


def test_those_who_open_an_empty_database_at_once_make_its_tables_once(
    empty: Callable[[str], str],
) -> None:
    url = empty("contended")
    with ThreadPoolExecutor(6) as pool:
        for store in pool.map(SqlStore.open, [url] * 6):
            assert store.do(GetExperiment(experiment_id="0")).experiment.name == "Default"
            store.close()
    assert migrate.status(url).current == schema.HEAD


def test_the_history_can_only_grow(created: Connection) -> None:
    row = "INSERT INTO events VALUES (1, 1, 'a', 'os', 'x', 'y', '{}', '{}', '', NULL)"
    created.execute(text(row))
    created.commit()
    for change in ("UPDATE events SET actor = 'b'", "DELETE FROM events"):
        with pytest.raises(Exception, match="append-only"):
            created.execute(text(change))
        created.rollback()


def test_no_policy_is_replaced_by_another_way_of_inserting(created: Connection) -> None:
    into = "INTO policies (pk, scope, version, document, digest, user_id, created) VALUES"
    created.execute(text(f"INSERT {into} (7, 'm', 1, '{{}}', '', 'a', 1)"))
    created.commit()
    for row in ("(7, 'other', 9, '', '', 'b', 2)", "(8, 'm', 1, '', '', 'b', 2)"):
        ways = [f"INSERT {into} {row} ON CONFLICT (scope, version) DO UPDATE SET user_id = 'b'"]
        if created.dialect.name == "sqlite":
            ways += [f"INSERT OR REPLACE {into} {row}", f"REPLACE {into} {row}"]
        for way in ways:
            with pytest.raises(Exception, match=r"append-only|duplicate key"):
                created.execute(text(way))
            created.rollback()
    rows = created.execute(text("SELECT pk, scope, version, user_id FROM policies")).all()
    assert [tuple(row) for row in rows] == [(7, "m", 1, "a")]


def test_no_table_is_without_a_primary_key(migrated: Connection) -> None:
    found = inspect(migrated)
    for table in schema.metadata.tables:
        assert found.get_pk_constraint(table)["constrained_columns"], table
