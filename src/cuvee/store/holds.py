"""Jobs that one process at a time does for all who share a database.

A hold ends with its process, however that ends, and costs nothing while it lasts: the lock of a
file beside the database, or, of a database server, a lock that belongs to a connection.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from cuvee.store.engine import Database


class Hold:
    """A job that only this process does.

    Args:
        file: descriptor of the locked file, if the database is one.
        connection: connection that the lock belongs to, if there is a database server.
    """

    def __init__(self, *, file: int | None = None, connection: Any = None) -> None:
        self._file = file
        self._connection = connection

    def alive(self) -> bool:
        """Say whether the job is still this process's: a connection may have been cut."""
        if self._connection is None:
            return True
        try:
            self._connection.execute("SELECT 1")
        except Exception:  # noqa: BLE001  # whatever it is, the lock went with the connection
            return False
        return True

    def release(self) -> None:
        """Let another process have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._connection is not None:
            self._connection.close()


def hold(database: Database, job: str) -> Hold | None:
    """Become the one process that does a job; None while another one does it.

    Args:
        database: the database that the job is about.
        job: its name.
    """
    file: Path | None = getattr(database, "file", None)
    if file is not None:
        return _hold_file(Path(f"{file}.{job}.lock"))
    connection = database.connect()
    key = int.from_bytes(hashlib.sha256(job.encode()).digest()[:8], "big", signed=True)
    cursor = connection.execute("SELECT pg_try_advisory_lock(%s)", [key])
    if cursor.fetchone()[0]:
        return Hold(connection=connection)
    connection.close()
    return None


def _hold_file(path: Path) -> Hold | None:
    import fcntl

    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        return None
    return Hold(file=file)
