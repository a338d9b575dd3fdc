"""Reads a stored log for an audit, in one snapshot; the server need not run."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select

from cuvee.api.base import Actor
from cuvee.errors import SchemaMismatch
from cuvee.log.audit import Audit, Stored
from cuvee.log.comparison import steps
from cuvee.log.entry import COLUMNS
from cuvee.store import migrate, projection, schema
from cuvee.store.engine import Database, arg, hot, open_database
from cuvee.store.events import event_texts
from cuvee.store.schema import HEAD
from cuvee.store.tx import Keys, Tx

CHUNK = 5000
PATIENCE = 4

_e, _l, _t = schema.events, schema.log, schema.event_texts
_places = hot(
    select(_l.c.place, _l.c.event, _l.c.leaf, *(_e.c[name] for name in COLUMNS))
    .select_from(_l.outerjoin(_e, _e.c.sequence == _l.c.event))
    .where(_l.c.place > arg("last"))
    .order_by(_l.c.place)
    .limit(CHUNK)
)
_outside = hot(
    select(_e.c.sequence)
    .where(~exists().where(_l.c.event == _e.c.sequence))
    .order_by(_e.c.sequence)
    .limit(CHUNK)
)
_orphans = hot(
    select(_t.c.event, _t.c.field).where(~exists().where(_e.c.sequence == _t.c.event)).limit(CHUNK)
)
_count = hot(select(func.count()).select_from(_l))
_signed = hot(select(func.max(schema.checkpoints.c.size)))


class Waiting(NamedTuple):
    """What a running server has yet to do; one that is written to always has something.

    Args:
        outside: events that are not in the log.
        size: entries that the log has, of which some are under no checkpoint.
    """

    outside: frozenset[int]
    size: int


def audit_database(
    url: str,
    *,
    kept: str = "",
    known: str = "",
    progress: Callable[[int, int], None] | None = None,
    patience: int = PATIENCE,
) -> Audit:
    """Check the log in a database and return what was found.

    Args:
        url: database URL; nothing in it is changed.
        kept: the checkpoint that was kept beside the key, if there is one.
        known: one that somebody else has kept.
        progress: called with the number of places that are checked, and of all.
        patience: looks, a second apart, for whether a running server signs what is new.

    Raises:
        SchemaMismatch: the database has no log yet.
    """
    status = migrate.status(url)
    if status.current != HEAD:
        raise SchemaMismatch(f"The database's log cannot be checked: it is {status}.")
    database = open_database(url)
    connection = database.connect(read_only=True)
    try:
        cursor = connection.cursor()
        before = None
        for left in reversed(range(patience)):
            database.begin(cursor, write=False)
            tx = _tx(database, cursor)
            if not left or (now := _waiting(tx)) is None:
                break
            before = before or now  # seconds old in the end
            cursor.execute("ROLLBACK")
            time.sleep(1)
        audit = audit_log(tx, kept, progress, before, known)
        _compare(tx, audit)
        cursor.execute("ROLLBACK")
        return audit
    finally:
        connection.close()


def _tx(database: Database, cursor: Any) -> Tx:
    return Tx(
        database,
        cursor,
        actor=Actor("auditor"),
        known_keys=Keys(),
        pending_keys={},
        artifact_root="",
    )


def _waiting(tx: Tx) -> Waiting | None:
    outside, size = frozenset(event for (event,) in tx.all(_outside)), int(tx.value(_count))
    return Waiting(outside, size) if outside or size != (tx.value(_signed) or 0) else None


def audit_log(
    tx: Tx,
    kept: str = "",
    progress: Callable[[int, int], None] | None = None,
    before: Waiting | None = None,
    known: str = "",
) -> Audit:
    """Check the log in the snapshot of a transaction; see ``audit_database``.

    Args:
        tx: the transaction.
        kept: the checkpoint that was kept beside the key, if there is one.
        progress: called with the number of places that are checked, and of all.
        before: what waited some seconds ago and must be done by now; all there is if left out.
        known: a checkpoint that somebody else has kept.
    """
    found = schema.checkpoints.c
    audit = Audit(tx.all(select(found.size, found.note, found.created)), kept, known)
    total = tx.value(_count)
    last = -(2**62)
    while rows := tx.all(_places, last=last):
        texts = event_texts(tx, sorted({row[1] for row in rows}))
        by_event = {e: [t[1:] for t in some] for e, some in groupby(texts, lambda t: t[0])}
        for place, event, leaf, *row in rows:
            columns = tuple(row) if row[0] is not None else None
            audit.add(Stored(place, event, bytes(leaf), columns, by_event.get(event, [])))
        last = rows[-1][0]
        if progress is not None:
            progress(audit.tree.size, total)
    for (event,) in tx.all(_outside):
        if before is None or event in before.outside:
            audit.wrong(
                f"event {event} is not in the log: a server that runs on the database adds it"
            )
    for event, field in tx.all(_orphans):
        audit.wrong(f"event {event}, which does not exist, has a text '{field}'")
    tiles = tx.all(select(schema.log_tiles))
    due = None if before is None else before.size
    audit.finish({(level, tile): bytes(hashes) for level, tile, hashes in tiles}, due)
    return audit


def _compare(tx: Tx, audit: Audit) -> None:
    for findings in steps(lambda op: projection.check_projection(tx, op)):
        for finding in findings:
            audit.wrong(f"the registry and the log disagree: {finding}")
