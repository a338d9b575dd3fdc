"""Schema versions: create, upgrade, and refuse what this Cuvee does not know."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table
from sqlalchemy.schema import CreateIndex, CreateTable

from cuvee.errors import SchemaMismatch
from cuvee.store.engine import Database, insert, open_database
from cuvee.store.schema import APPEND_ONLY, HEAD, VERSION_TABLE, experiments, metadata

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.sql import ClauseElement

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaStatus(Struct, frozen=True):
    """Which schema a database has.

    Args:
        current: its schema's version; None when it is empty.
        head: the version that this Cuvee works with.
    """

    current: str | None
    head: str

    def __str__(self) -> str:
        if self.current is None:
            return f"empty (this Cuvee would create schema {self.head})"
        if self.current == self.head:
            return f"up to date (schema {self.head})"
        if self.current > self.head:
            return f"newer than this Cuvee (schema {self.current}; this Cuvee knows {self.head})"
        return f"schema {self.current}; run 'cuvee db upgrade' for {self.head}"


def status(url: str) -> SchemaStatus:
    """Return which schema the database at ``url`` has."""
    return _status(open_database(url))


def upgrade(url: str, artifact_root: str = "mlflow-artifacts:") -> SchemaStatus:
    """Bring the database at ``url`` to this Cuvee's schema and return the result.

    Raises:
        SchemaMismatch: the schema is newer, or the tables are another program's.
    """
    database = open_database(url)
    found = _status(database)
    _refuse_newer(found)
    if found.current is not None:
        migrate(database)
    _create(database, artifact_root)
    return _status(database)


def ensure(database: Database, artifact_root: str) -> None:
    """Create the tables in an empty database; refuse every schema but this Cuvee's.

    Raises:
        SchemaMismatch: the schema is older or newer, or the tables are another program's.
    """
    found = _status(database)
    _refuse_newer(found)
    if found.current is None:
        _create(database, artifact_root)
    elif found.current < HEAD:
        raise SchemaMismatch(
            f"The database has schema {found.current}; this Cuvee needs {HEAD}. Back it up, then "
            "run: cuvee db upgrade <its URL>"
        )


def _refuse_newer(found: SchemaStatus) -> None:
    if found.current is not None and found.current > HEAD:
        raise SchemaMismatch(
            f"The database has schema {found.current}, which is newer than this Cuvee's {HEAD}. "
            "Nothing was changed: upgrade Cuvee (pip install --upgrade cuvee), or point it at "
            "another database."
        )


def _status(database: Database) -> SchemaStatus:
    connection = database.connect()
    try:
        cursor = connection.cursor()
        names = database.tables(cursor)
        if VERSION_TABLE not in names:
            foreign = sorted(names & set(metadata.tables))
            if foreign:
                raise SchemaMismatch(
                    f"The database holds tables of another program (such as {foreign[0]!r}): "
                    "give Cuvee a database of its own."
                )
            return SchemaStatus(None, HEAD)
        cursor.execute(f"SELECT version_num FROM {VERSION_TABLE}")
        row = cursor.fetchone()
        return SchemaStatus(row[0] if row else None, HEAD)
    finally:
        connection.close()


def config(database: Database) -> Config:
    """Return Alembic's configuration for a database."""
    from alembic.config import Config

    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    found.set_main_option("path_separator", "os")
    found.attributes["database"] = database
    return found


def migrate(database: Database) -> None:
    """Run the migrations that a database has not seen yet, in one transaction."""
    from alembic import command

    command.upgrade(config(database), "head")


_versions = Table(
    VERSION_TABLE,
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)


def _create(database: Database, artifact_root: str) -> None:
    """Make what is missing, in one transaction: all that the migrations would make, and Default.

    Going through the migrations would take longer than everything else at a server's start.
    """
    connection = database.connect()
    try:
        cursor = connection.cursor()
        database.begin(cursor, write=True)
        database.lock(cursor, "schema")  # another process may be at it
        if VERSION_TABLE not in database.tables(cursor):
            for statement in _statements(database):
                cursor.execute(statement)
        sql, names, values = database.prepare(_default(artifact_root))
        cursor.execute(sql, [values[name] for name in names])
        cursor.execute("COMMIT")
    finally:
        connection.close()


def _statements(database: Database) -> Iterator[str]:
    for table in (_versions, *metadata.sorted_tables):
        yield str(CreateTable(table).compile(dialect=database.dialect))
        for index in table.indexes:
            yield str(CreateIndex(index).compile(dialect=database.dialect))
    for name, keys in APPEND_ONLY.items():
        yield from database.protect(name, keys)
    yield f"INSERT INTO {VERSION_TABLE} VALUES ('{HEAD}')"


def _default(artifact_root: str) -> ClauseElement:
    """Return the statement that makes the experiment ``Default``, which the protocol expects."""
    now = int(time.time() * 1000)
    default = insert(experiments).values(
        id=0,
        name="Default",
        artifact_location=f"{artifact_root.rstrip('/')}/0",
        lifecycle="active",
        created=now,
        updated=now,
    )
    return default.on_conflict_do_nothing()
