"""Databases that a command opens itself, and where the key lies that signs their history."""

from __future__ import annotations

from pathlib import Path

import click

from cuvee.errors import InvalidParameter

log_key = click.option(
    "--log-key",
    type=click.Path(path_type=Path),
    envvar="CUVEE_LOG_KEY",
    help="File with the key that signs the history. [default: log.key beside the data]",
)


def database_at(uri: str) -> str:
    """Return the URL of the database that is meant.

    Args:
        uri: a database URL, or the directory of an embedded store.

    Raises:
        InvalidParameter: it names a server, or a directory without a database.
    """
    from cuvee.uris import DatabaseUri, DirectoryUri, database_url, parse_tracking_uri

    where = parse_tracking_uri(uri)
    if isinstance(where, DirectoryUri):
        file = where.path / "cuvee.db"
        if file.exists():
            return database_url(file)
        raise InvalidParameter(
            f"There is no database in {where.path}: name one as sqlite:///path/to/file.db, "
            "postgresql://user@host/name, or by the directory that it is in."
        )
    if isinstance(where, DatabaseUri):
        return where.url
    raise InvalidParameter(
        f"{uri} is a server, and this works on a database: name it as sqlite:///path/to/file.db, "
        "postgresql://user@host/name, or by the directory that it is in."
    )


def key_beside(url: str) -> Path | None:
    """Return where the key of a database is, unless it was put elsewhere."""
    from cuvee.settings import DEFAULT_DATA
    from cuvee.store.engine import open_database

    file: Path | None = getattr(open_database(url), "file", None)
    path = (file.parent if file else Path(DEFAULT_DATA)) / "log.key"
    return path if path.exists() or path.with_name("log.key.checkpoint").exists() else None
