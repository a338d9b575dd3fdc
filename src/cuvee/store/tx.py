"""A transaction as the store's functions see it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import ColumnElement, select

from cuvee.api.base import Actor
from cuvee.log.entry import ADDRESS, COLUMNS, Texts, canonical, exact
from cuvee.store import schema
from cuvee.store.engine import Database, Prepared, arg, hot, insert
from cuvee.store.sealing import Sealing
from cuvee.store.statements import Rows, too_slow

if TYPE_CHECKING:
    from sqlalchemy.sql import ClauseElement

    from cuvee.log.note import SigningKey

MAX_KEYS = 100_000
"""How many names a process keeps in memory."""

BY_TRAINING = frozenset(
    {
        "run.created",
        "run.finished",
        "run.failed",
        "run.killed",
        "run.status_changed",
        "run.reopened",
    }
)
"""What a training does by itself, many times an hour; its run says on which host. Of these no
address is kept: it would be a quarter more work for each run."""

_new_event = insert(schema.events).values({c: arg(c) for c in COLUMNS if c != "sequence"})
_event = hot(_new_event)
_event_with_texts = hot(_new_event.returning(schema.events.c.sequence))
_text = hot(
    insert(schema.event_texts).values({c: arg(c) for c in ("event", "field", "salt", "text")})
)
_key_ids = hot(
    lambda db: select(schema.keys.c.name, schema.keys.c.id).where(
        db.among(schema.keys.c.name, "names")
    )
)
_key_names = hot(
    lambda db: select(schema.keys.c.id, schema.keys.c.name).where(db.among(schema.keys.c.id, "ids"))
)
_new_key = hot(insert(schema.keys).values(name=arg("name")).on_conflict_do_nothing())


class Bytes(Protocol):
    """What is needed of the bytes of artifacts: small texts, and to remove what no row names."""

    def part(self, digest: str, first: int, most: int) -> bytes | None:
        """Return bytes of this sha256 from one on; None when they are not here."""
        ...

    def older(self, part: str, age: float) -> list[str]:
        """Return digests that begin with two digits and were stored some seconds ago."""
        ...

    def remove(self, digest: str, age: float, *, dry_run: bool) -> int | None:
        """Remove bytes that are still that old and return how many; None when they are not."""
        ...


class Keys:
    """Names of metrics, params and tags and the numbers that stand for them."""

    def __init__(self, ids: Mapping[str, int] | None = None) -> None:
        self.ids: dict[str, int] = dict(ids or {})
        self.names: dict[int, str] = {number: name for name, number in self.ids.items()}

    def update(self, ids: Mapping[str, int]) -> None:
        """Learn more of them."""
        if len(self.ids) > MAX_KEYS:
            self.__init__()  # type: ignore[misc]  # starts anew rather than grow for ever
        self.ids.update(ids)
        self.names.update((number, name) for name, number in ids.items())


class Tx:
    """One transaction: what is done through it happens wholly or not at all.

    Args:
        database: the database that ``cursor`` belongs to.
        cursor: the driver's cursor, inside a transaction.
        actor: who asks.
        known_keys: names of metrics, params and tags and their numbers, as far as committed.
        pending_keys: those that are new in the same commit.
        artifact_root: URI below which new experiments keep their artifacts.
        signing: the key that signs the log, where this process has it.
        sealing: seals secrets.
        blobs: the bytes of artifacts, where this process has them.
    """

    def __init__(
        self,
        database: Database,
        cursor: Any,
        *,
        actor: Actor,
        known_keys: Keys,
        pending_keys: Mapping[str, int],
        artifact_root: str,
        signing: SigningKey | None = None,
        sealing: Sealing | None = None,
        blobs: Bytes | None = None,
    ) -> None:
        self.database = database
        self.cursor = cursor
        self.actor = actor
        self.artifact_root = artifact_root
        self.signing = signing
        self.sealing = sealing or Sealing(None)
        self.blobs = blobs
        self.now = int(time.time() * 1000)
        self.end = math.inf
        """When it will have taken too long, by the monotonic clock."""
        self.new_keys: dict[str, int] = {}
        self.recorded = False
        """Whether an event was recorded."""
        self._known_keys = known_keys
        self._pending_keys = pending_keys

    def run(self, statement: hot | ClauseElement, **values: Any) -> int:
        """Run a statement and return the number of rows it changed."""
        self._execute(statement, values)
        return int(self.cursor.rowcount)

    def all(
        self, statement: hot | ClauseElement | Prepared, **values: Any
    ) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        self._execute(statement, values)
        rows: list[tuple[Any, ...]] = self.cursor.fetchall()
        return rows

    def first(self, statement: hot | ClauseElement, **values: Any) -> tuple[Any, ...] | None:
        """Run a query and return its first row, if there is one."""
        self._execute(statement, values)
        row: tuple[Any, ...] | None = self.cursor.fetchone()
        return row

    def value(self, statement: hot | ClauseElement, **values: Any) -> Any:
        """Run a query and return the first value of its first row, or None."""
        row = self.first(statement, **values)
        return row[0] if row else None

    def bulk(self, statement: hot, rows: Rows) -> None:
        """Insert or update many rows, their values in the order of the statement's."""
        self.database.bulk(self.cursor, statement, rows)

    def _execute(self, statement: hot | ClauseElement | Prepared, values: dict[str, Any]) -> None:
        sql, names, own = self.database.prepare(statement)
        self.cursor.execute(sql, [values[n] if n in values else own[n] for n in names])

    def keep_time(self) -> None:
        """Refuse to go on when it has taken too long; for work between short statements."""
        if time.monotonic() > self.end:
            raise too_slow(self.database.patience)

    def array(self, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
        """Return "column is one of values", whatever their number."""
        return self.database.array(column, values)

    def listed(self, values: Sequence[Any]) -> Any:
        """Return many values as one, for a ``hot`` statement that uses ``among``."""
        return self.database.listed(values)

    def key_ids(self, names: Iterable[str], *, create: bool = False) -> dict[str, int]:
        """Return the numbers of metric, param and tag names.

        Args:
            names: the names.
            create: whether unknown names get a number; otherwise they are left out.
        """
        found: dict[str, int] = {}
        missing: set[str] = set()
        for name in names:
            for known in (self._known_keys.ids, self._pending_keys, self.new_keys):
                if name in known:
                    found[name] = known[name]
                    break
            else:
                missing.add(name)
        if missing:
            found.update(self._look_up(sorted(missing), create=create))
        return found

    def _look_up(self, names: list[str], *, create: bool) -> dict[str, int]:
        listed = self.listed(names)
        found: dict[str, int] = dict(self.all(_key_ids, names=listed))
        fresh = [name for name in names if name not in found]
        if fresh and create:
            self.bulk(_new_key, [(name,) for name in fresh])
            found = dict(self.all(_key_ids, names=listed))
        self.new_keys.update(found)
        return found

    def key_names(self, ids: Iterable[int]) -> Mapping[int, str]:
        """Return (at least) the names that numbers stand for."""
        names = self._known_keys.names
        missing = set(ids) - names.keys()
        if missing:
            rows = self.all(_key_names, ids=self.listed(sorted(missing)))
            # A number read in this transaction may be its own, and not committed yet.
            return {**names, **dict(rows)}
        return names

    def record(
        self,
        action: str,
        subject: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        comment: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Append an event to the history.

        Args:
            action: ``<noun>.<verb>``.
            subject: what changed, as ``<noun>:<id>``.
            before: the fields that changed, as they were.
            after: the same, as they are.
            comment: why.
            details: on what grounds: a small JSON object (policy, verdict, digest, request ...).
        """
        texts = Texts()
        address = "" if action in BY_TRAINING else self.actor.address
        if address:
            details = {**(details or {}), "address": texts.take(ADDRESS, address)}
        row = {
            "time": self.now,
            "actor": self.actor.name,
            "via": self.actor.told,
            "action": action,
            "object": subject,
            "before": texts.without("before", before, action),
            "after": texts.without("after", after, action),
            "comment": texts.take("comment", comment),
            "details": canonical(exact(details)) if details else "{}",
        }
        if texts.rows:
            pk = self.value(_event_with_texts, **row)
            self.bulk(_text, [(pk, *taken) for taken in texts.rows])
        else:
            self.run(_event, **row)
        self.recorded = True
