"""Runs migrations in one transaction on the database that ``migrate.py`` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, event, pool

from cuvee.store.schema import VERSION_TABLE, metadata

database = context.config.attributes["database"]
engine = create_engine(database.sqlalchemy_url(), poolclass=pool.NullPool)


if database.group_commit:

    @event.listens_for(engine, "connect")
    def _manual(connection: object, _record: object) -> None:
        # The driver must not commit before DDL behind our back: a killed upgrade leaves nothing.
        connection.isolation_level = None  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def _begin(connection: object) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]


with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
