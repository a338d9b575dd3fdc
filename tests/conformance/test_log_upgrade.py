"""The history of a database with the first schema becomes a log when it is upgraded."""

from __future__ import annotations

import json

import pytest
import rfc8785
from alembic import command

from cuvee.api.events import ListEvents
from cuvee.api.log import ListLogEntries
from cuvee.api.models import CreateRegisteredModel
from cuvee.log.note import SigningKey
from cuvee.store import migrate
from cuvee.store.audit import audit_database
from cuvee.store.engine import open_database
from cuvee.store.sql import SqlStore

# As the first version wrote them: keys in the order of the code, free text in its place.
OLD = [
    (3, "model.created", "model:wine", "{}",
     '{"description":"by Ann","tags":{"b":"1","a":"2"}}', ""),
    (4, "model.description_set", "model:wine", '{"description":"by Ann"}',
     '{"description":null}', "Ann asked"),
    (7, "run.finished", "run:ab", '{"status":"RUNNING"}',
     '{"status":"FINISHED","end_time":9223372036854775807}', ""),
    (8, "experiment.tag_set", "experiment:1", "{}",
     '{"\u00e9":"\U0001f600\\u0007","z":"\u2028"}', "x"),
]  # fmt: skip


def test_an_old_history_keeps_its_events_and_can_be_proved(old_url: str) -> None:
    database = open_database(old_url)
    command.upgrade(migrate.config(database), "0001")
    connection = database.connect()
    cursor = connection.cursor()
    mark = "?" if old_url.startswith("sqlite") else "%s"
    for pk, action, subject, before, after, comment in OLD:
        cursor.execute(
            "INSERT INTO events (sequence, time, actor, via, action, object, before, after, "
            f"comment) VALUES ({pk}, 1700000000000, 'ann', 'os', {', '.join([mark] * 5)})",
            (action, subject, before, after, comment),
        )
    if mark == "%s":
        cursor.execute("SELECT setval('events_sequence_seq', 8)")
    connection.close()

    migrate.upgrade(old_url)
    store = SqlStore.open(old_url)
    store.signing = SigningKey.new()
    store.do(CreateRegisteredModel(name="beer"))
    events = store.do(ListEvents()).events
    entries = store.do(ListLogEntries()).entries
    store.close()

    assert [e.sequence for e in events] == [1, 2, 3, 4, 5, 6]
    assert events[0].after == {"description": "by Ann", "tags": {"a": "2", "b": "1"}}
    assert events[1].before == {"description": "by Ann"}
    assert events[1].after == {"description": None}
    assert events[1].comment == "Ann asked"
    assert events[2].after == {"status": "FINISHED", "end_time": "9223372036854775807"}
    assert events[3].after == {"\u00e9": "\U0001f600\x07", "z": "\u2028"}
    assert [e.action for e in events[4:]] == ["model.created", "log.key_added"]
    for entry in entries:
        assert entry.entry is not None
        assert "Ann" not in entry.entry
        assert rfc8785.dumps(json.loads(entry.entry)) == entry.entry.encode()
    assert audit_database(old_url, patience=1).problems == [
        "the registry and the log disagree: model:wine is only in the log"  # made up, above
    ]
    connection = database.connect()
    for change in ("UPDATE events SET actor = 'x'", "DELETE FROM events"):
        with pytest.raises(Exception, match="append-only"):
            connection.execute(change)
    connection.close()
