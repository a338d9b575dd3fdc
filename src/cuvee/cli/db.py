"""``cuvee db``: the schema of a database."""

from __future__ import annotations

import click

from cuvee.cli.databases import database_at
from cuvee.cli.options import examples


@click.group()
def db() -> None:
    """Check or upgrade a database's schema."""


@db.command(epilog=examples("cuvee db status sqlite:///cuvee-data/cuvee.db"))
@click.argument("url")
def status(url: str) -> None:
    """Say whether a database fits this version of Cuvee.

    URL is a database URL, or the directory of an embedded store. Changes nothing.
    """
    from cuvee.store import migrate

    click.echo(migrate.status(database_at(url)))


@db.command(epilog=examples("cuvee db upgrade postgresql://cuvee@db/cuvee"))
@click.argument("url")
def upgrade(url: str) -> None:
    """Bring a database to this version's schema.

    Make a backup first.
    """
    from cuvee.store import migrate

    click.echo(migrate.upgrade(database_at(url)))
