"""Room in SQLite's write-ahead log, made before it is needed.

A commit that makes the log's file longer is synced together with the file's new length, through the
file system's own records; one that overwrites what was there is synced alone, which takes a third
of the time. SQLite begins at the file's start again after each checkpoint, but a file that is new
grows with every commit until the first. So whoever goes on writing appends zeros for a thousand
pages once the log was seen to grow. Readers of the log end at the first frame without the log's
salts (https://sqlite.org/walformat.html, "WAL File Format"), so zeros are no part of it.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

STEP = 4 << 20
"""Bytes that are appended at once, in some milliseconds."""

LOOK = 64
"""Transactions between two looks at the file; after each, Linux syncs the file's times too."""


class LogRoom:
    """Keeps room at the end of the log of one database.

    Args:
        database: the database's file.
    """

    def __init__(self, database: Path) -> None:
        self._file = database.with_name(database.name + "-wal")
        self._length = 0
        self._transactions = 0

    def keep(self) -> None:
        """Append zeros if the log has grown of late; only for who holds the write lock."""
        self._transactions += 1
        if self._transactions % LOOK:
            return
        with contextlib.suppress(OSError):  # a full disk, say, is SQLite's to meet and to tell
            length = self._file.stat().st_size
            if length > self._length:
                with self._file.open("r+b", buffering=0) as log:
                    log.seek(length)
                    length += log.write(bytes(STEP))
            self._length = length
