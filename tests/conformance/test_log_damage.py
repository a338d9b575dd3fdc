"""What an insider, who can drop the triggers, does to the stored log is found by an audit."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cuvee.api.base import Actor
from cuvee.api.events import EraseEventTexts
from cuvee.api.log import ReplaceLogKey
from cuvee.api.models import CreateRegisteredModel, UpdateRegisteredModel
from cuvee.log.comparison import compare
from cuvee.log.entry import COLUMNS, entry
from cuvee.log.note import SigningKey
from cuvee.log.verifier import leaf_hash
from cuvee.store import projection
from cuvee.store.audit import audit_database, audit_log
from cuvee.store.schema import APPEND_ONLY
from cuvee.store.sql import SqlStore

Row = tuple[Any, ...]


class Insider:
    """Changes a stored log with SQL, as whoever owns the database can.

    Args:
        connection: a driver's connection.
        mark: the driver's placeholder.
        chance: decides what exactly is changed.
    """

    def __init__(self, connection: Any, mark: str, chance: random.Random) -> None:
        self.connection, self.mark, self.chance = connection, mark, chance

    def run(self, statement: str, *values: Any) -> list[Row]:
        """Run SQL with ``?`` for values."""
        cursor = self.connection.cursor()
        cursor.execute(statement.replace("?", self.mark), values)
        return list(cursor.fetchall()) if cursor.description else []

    def some(self, table: str) -> Row:
        """Return a row."""
        return self.chance.choice(self.run(f"SELECT * FROM {table}"))

    def do_nothing(self) -> None:
        """Leave everything as it is."""

    def edit_event(self) -> None:
        """Change one column of an event."""
        row = self.some("events")
        column = self.chance.choice([c for c in COLUMNS if c != "sequence"])
        old = row[COLUMNS.index(column)]
        if column == "time":
            new: Any = old + self.chance.choice([-1, 1, 60_000])
        elif column in ("before", "after", "details"):
            new = self.chance.choice(['{"stage":"None"}', '{"a":1}', "{ }", "null", '{"a": 1}'])
        else:
            new = self.chance.choice(["", "x", "eve", f"{old} "])
        if new == old:
            new = f"{old}-" if isinstance(old, str) else old + 1
        self.run(f"UPDATE events SET {column} = ? WHERE sequence = ?", new, row[0])

    def edit_event_and_leaf(self) -> None:
        """Change an event and compute its leaf anew."""
        self.edit_event()
        for row in self.run(f"SELECT {', '.join(COLUMNS)} FROM events"):
            self.run("UPDATE log SET leaf = ? WHERE event = ?", leaf_hash(entry(row)), row[0])

    def delete_event(self) -> None:
        """Delete an event."""
        self.run("DELETE FROM events WHERE sequence = ?", self.some("events")[0])

    def delete_event_and_close_the_gap(self) -> None:
        """Delete an event and its place, and move up those behind it."""
        place, event, _ = self.some("log")
        self.run("DELETE FROM event_texts WHERE event = ?", event)
        self.run("DELETE FROM events WHERE sequence = ?", event)
        self.run("DELETE FROM log WHERE place = ?", place)
        for (later,) in self.run("SELECT place FROM log WHERE place > ? ORDER BY place", place):
            self.run("UPDATE log SET place = ? WHERE place = ?", later - 1, later)

    def insert_event(self) -> None:
        """Insert an event."""
        row = list(self.some("events"))
        row[0] = self.run("SELECT max(sequence) FROM events")[0][0] + 1
        self.run(f"INSERT INTO events VALUES ({', '.join('?' * len(row))})", *row)

    def insert_event_and_place(self) -> None:
        """Insert an event and put it at the end of the log."""
        self.insert_event()
        query = f"SELECT {', '.join(COLUMNS)} FROM events ORDER BY sequence DESC LIMIT 1"
        (row,) = self.run(query)
        place = self.run("SELECT max(place) FROM log")[0][0] + 1
        self.run("INSERT INTO log VALUES (?, ?, ?)", place, row[0], leaf_hash(entry(row)))

    def swap_events(self) -> None:
        """Exchange what two events say."""
        one, other = self.chance.sample(self.run("SELECT * FROM events"), 2)
        columns = COLUMNS[1:]
        for pk, row in ((one[0], other), (other[0], one)):
            values = ", ".join(f"{c} = ?" for c in columns)
            self.run(f"UPDATE events SET {values} WHERE sequence = ?", *row[1:], pk)

    def swap_places(self) -> None:
        """Exchange two places."""
        one, other = self.chance.sample(self.run("SELECT * FROM log"), 2)
        self.run("UPDATE log SET event = -1 WHERE place = ?", one[0])
        for place, row in ((other[0], one), (one[0], other)):
            self.run("UPDATE log SET event = ?, leaf = ? WHERE place = ?", row[1], row[2], place)

    def delete_place(self) -> None:
        """Delete a place."""
        self.run("DELETE FROM log WHERE place = ?", self.some("log")[0])

    def edit_leaf(self) -> None:
        """Change a leaf."""
        leaf = self.chance.randbytes(32)
        self.run("UPDATE log SET leaf = ? WHERE place = ?", leaf, self.some("log")[0])

    def truncate(self) -> None:
        """Cut off the end, without a trace in the database."""
        size = self.chance.choice(self.run("SELECT size FROM checkpoints ORDER BY size"))[0]
        size = min(size, self.run("SELECT max(size) FROM checkpoints")[0][0] - 1)
        self.run(
            "DELETE FROM events WHERE sequence IN (SELECT event FROM log WHERE place >= ?)", size
        )
        self.run(
            "DELETE FROM event_texts WHERE event IN (SELECT event FROM log WHERE place >= ?)", size
        )
        self.run("DELETE FROM log WHERE place >= ?", size)
        self.run("DELETE FROM checkpoints WHERE size > ?", size)
        if size < 256:
            self.run("DELETE FROM log_tiles")

    def edit_text(self) -> None:
        """Change a text, its salt, or to what it belongs."""
        event, field, salt, _ = self.some("event_texts")
        column, new = self.chance.choice(
            [("text", "other"), ("salt", salt[::-1]), ("salt", "zz"), ("field", "after.reason")]
        )
        where = "WHERE event = ? AND field = ?"
        self.run(f"UPDATE event_texts SET {column} = ? {where}", new, event, field)

    def delete_text(self) -> None:
        """Delete a text."""
        event, field, _, _ = self.some("event_texts")
        self.run("DELETE FROM event_texts WHERE event = ? AND field = ?", event, field)

    def insert_text(self) -> None:
        """Insert a text for an event that has none of that kind."""
        event = self.chance.choice([self.some("events")[0], 10**9])
        self.run("INSERT INTO event_texts VALUES (?, 'before.reason', ?, 'x')", event, "00" * 16)

    def edit_tile(self) -> None:
        """Change or delete a tile, or add one."""
        level, tile, hashes = self.some("log_tiles")
        what = self.chance.randrange(3)
        if what == 0:
            self.run("DELETE FROM log_tiles")
        elif what == 1:
            self.run("INSERT INTO log_tiles VALUES (?, ?, ?)", level + 1, tile, bytes(hashes))
        else:
            self.run("UPDATE log_tiles SET hashes = ?", self.chance.randbytes(len(hashes)))

    def edit_checkpoint(self) -> None:
        """Change a checkpoint."""
        size, note, created = self.some("checkpoints")
        at = self.chance.randrange(len(note) - 2)
        other = "1" if note[at] != "1" else "2"
        column, new = self.chance.choice(
            [
                ("note", note[:at] + other + note[at + 1 :]),
                ("created", created + 1),
                ("size", size + 1000),
            ]
        )
        self.run(f"UPDATE checkpoints SET {column} = ? WHERE size = ?", new, size)

    def delete_checkpoints(self) -> None:
        """Delete one checkpoint, or all."""
        size = self.some("checkpoints")[0]
        self.run("DELETE FROM checkpoints WHERE size = ? OR 1 = ?", size, self.chance.randrange(2))

    def forge_checkpoint(self) -> None:
        """Put a checkpoint by another key in the place of one."""
        size, note, created = self.some("checkpoints")
        name = note.split("\n")[0]
        forged = SigningKey.new(name).checkpoint(size, b"\0" * 32, previous=0, time=created)
        self.run("UPDATE checkpoints SET note = ? WHERE size = ?", forged, size)


DEEDS: list[Callable[[Insider], None]] = [
    value
    for name, value in vars(Insider).items()
    if not name.startswith(("_", "run", "some", "do_nothing"))
]


def write(url: str) -> str:
    """Write a log of 300 events with all there can be in it; return its last checkpoint."""
    store = SqlStore.open(url)
    store.signing = key = SigningKey.new()
    for i in range(147):
        store.do(CreateRegisteredModel(name=f"m{i}", description="first", comment="c"))
        store.do(UpdateRegisteredModel(name=f"m{i}", description="second"))
        if i % 20 == 3:
            store.order_events()
    store.do(EraseEventTexts(sequence=5, comment="asked to"))
    store.order_events()
    new = SigningKey.new(key.name)
    store.do(ReplaceLogKey(key=new.verifier, signature=key.endorse(new.verifier)))
    store.signing = new
    done = store.order_events()
    assert done is not None
    store.close()
    return done.note


class Damaged:
    """A log that is damaged within a transaction, looked at there, and whole again after it."""

    def __init__(self, url: str) -> None:
        self.kept = write(url)
        self.url = url
        self.store = SqlStore.open(url)
        self.database = self.store.database
        self.connection = self.database.connect()
        self.cursor = self.connection.cursor()

    def problems(self, deed: Callable[[Insider], None], chance: random.Random) -> list[str]:
        """Do a deed, with the triggers out of the way, and return what an audit says."""
        self.database.begin(self.cursor, write=True)
        for table in APPEND_ONLY:
            for statement in self.database.unprotect(table):
                self.cursor.execute(statement)
        try:
            deed(Insider(self.connection, "?" if self.database.group_commit else "%s", chance))
            tx = self.store._tx(self.cursor, Actor("auditor"), {})  # noqa: SLF001
            found = audit_log(tx, self.kept).problems
            if chance.randrange(20) == 0:  # a damaged event does not end the comparison
                compare(lambda op: projection.check_projection(tx, op))
        finally:
            self.cursor.execute("ROLLBACK")
        return found

    def close(self) -> None:
        """Close the connections."""
        self.connection.close()
        self.store.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def log(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Damaged]:
    if request.param == "sqlite":
        found = Damaged(f"sqlite:///{tmp_path_factory.mktemp('log')}/cuvee.db")
        yield found
        found.close()
        return
    import psycopg

    postgres: str = request.getfixturevalue("postgres")
    name = f"log_{os.urandom(4).hex()}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    found = Damaged(postgres.replace("/postgres?", f"/{name}?"))
    yield found
    found.close()
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}")


def test_an_untouched_log_holds(log: Damaged) -> None:
    audit = audit_database(log.url, kept=log.kept, patience=1)
    assert audit.problems == []
    assert audit.tree.size == 298
    assert len(audit.levels[1]) == 1
    assert log.problems(Insider.do_nothing, random.Random(0)) == []


@pytest.mark.parametrize("seed", range(20))
def test_a_thousand_changes_of_the_stored_log_are_all_found(log: Damaged, seed: int) -> None:
    for number in range(50):
        deed = DEEDS[(seed * 50 + number) % len(DEEDS)]
        assert log.problems(deed, random.Random(f"{seed} {number}")), (deed, seed, number)


def test_the_database_refuses_changes_of_the_log_while_its_triggers_stand(log: Damaged) -> None:
    for deed in (Insider.edit_event, Insider.delete_event, Insider.edit_leaf, Insider.truncate):
        log.database.begin(log.cursor, write=True)
        insider = Insider(
            log.connection, "?" if log.database.group_commit else "%s", random.Random(1)
        )
        with pytest.raises(Exception, match="append-only"):
            deed(insider)
        log.cursor.execute("ROLLBACK")


def test_what_takes_the_place_of_a_row_is_refused(log: Damaged) -> None:
    sqlite = log.database.group_commit
    for table, key, column in (
        ("events", "sequence", "actor"),
        ("log", "place", "leaf"),
        ("checkpoints", "size", "note"),
    ):
        log.database.begin(log.cursor, write=True)
        log.cursor.execute(f"SELECT * FROM {table} ORDER BY {key} DESC LIMIT 1 OFFSET 1")
        names = [part[0] for part in log.cursor.description or ()]
        row = dict(zip(names, log.cursor.fetchall()[0], strict=True))
        row[column] = b"x" * 32 if column == "leaf" else "eve"
        marks = ", ".join(["?" if sqlite else "%s"] * len(row))
        into = f"INTO {table} ({', '.join(names)}) VALUES ({marks})"
        values = list(row.values())
        instead = f"ON CONFLICT ({key}) DO UPDATE SET {column} = EXCLUDED.{column}"
        for statement in (f"INSERT {into} {instead}", f"INSERT OR REPLACE {into}")[: 1 + sqlite]:
            with pytest.raises(Exception, match="append-only"):
                log.cursor.execute(statement, values)
        log.cursor.execute("ROLLBACK")
