"""What SQLite leaves lying in its files of a text that was erased, and how it is overwritten.

A deleted row stays in its page until something else is written there, and older copies of the page
stand in the write-ahead log. PostgreSQL does the like, and its VACUUM and its archives are its
administrator's.
"""

from __future__ import annotations

from cuvee.store.engine import Database
from cuvee.store.tx import Tx

WAIT = 200
"""Milliseconds that are waited for readers, who may need what the write-ahead log has."""


def leave_nothing(tx: Tx) -> None:
    """Overwrite with zeros what is deleted from now on, and take note to empty the log."""
    if tx.database.group_commit:
        tx.cursor.execute("PRAGMA secure_delete=ON").fetchall()
        tx.database.residues = True


def wipe(database: Database) -> None:
    """Empty the write-ahead log if a text was erased; again the next time while somebody reads."""
    if not database.residues:
        return
    database.residues = False  # before it is done: what is erased meanwhile sets it again
    connection = database.connect()
    try:
        connection.execute(f"PRAGMA busy_timeout={WAIT}")
        ((busy, _, _),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        database.residues = database.residues or bool(busy)
    finally:
        connection.close()
