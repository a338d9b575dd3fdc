"""An erased text is gone from every table, whatever copies there were, and the proof stays."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.people import People, gated, put_policy
from cuvee.api.base import Store
from cuvee.api.checks import CloseEmergency, ListEmergencies, SetCheck
from cuvee.api.comments import CreateComment, ListComments
from cuvee.api.events import EraseEventTexts, ListEvents
from cuvee.api.hooks import CreateHook, FindWork, FollowLog, ListDeliveries, RedeliverHook
from cuvee.api.log import ListLogEntries
from cuvee.api.models import CreateRegisteredModel, RenameRegisteredModel
from cuvee.api.reviews import (
    ApproveTransitionRequest,
    CreateTransitionRequest,
    ListActivities,
    RejectTransitionRequest,
)
from cuvee.api.versions import CreateModelVersion, TransitionStage
from cuvee.log.note import SigningKey
from cuvee.store.audit import audit_database
from cuvee.store.schema import metadata
from cuvee.store.sql import SqlStore

NAME = "Ann's mother, 555-0199"
STAGE: dict[str, Any] = {"name": "wine", "version": "1", "stage": "Production"}


def left(store: SqlStore) -> list[str]:
    """Return the columns of the database in which the text still is."""
    connection = store.database.connect()
    cursor = connection.cursor()
    found = []
    for table in metadata.tables.values():
        cursor.execute(f'SELECT * FROM "{table.name}"')
        names = [c[0] for c in cursor.description]
        for row in cursor.fetchall():
            found += [
                f"{table.name}.{name}"
                for name, value in zip(names, row, strict=True)
                if "555-0199" in str(value)
                or b"555-0199" in (bytes(value) if isinstance(value, (bytes, memoryview)) else b"")
            ]
    connection.close()
    return sorted(set(found))


@pytest.fixture
def ann(people: People, local_store: SqlStore) -> Any:
    local_store.signing = SigningKey.new()
    found = people("ann")
    found.do(CreateRegisteredModel(name="wine"))
    for _ in range(2):
        found.do(CreateModelVersion(name="wine", source="s3://b/m"))
    return found


def erase(store: Store, action: str) -> None:
    event = store.do(ListEvents(action=action)).events[-1]
    assert store.do(EraseEventTexts(sequence=event.sequence)).fields


def test_a_requests_reason_is_erased_with_all_that_repeats_it(
    ann: Any, people: People, store: Store, local_store: SqlStore, database_url: str
) -> None:
    ann.do(TransitionStage(**{**STAGE, "version": "2"}))
    put_policy(local_store, gated(approvals=1))
    hook = ann.do(CreateHook(url="https://hooks.example.com/")).webhook.webhook_id
    people("bob").do(CreateTransitionRequest(**STAGE, comment=NAME))
    approve = ApproveTransitionRequest(**STAGE, archive_existing_versions=False)
    people("cat").do(approve)  # moves with the request's reason, and sends version 2 away
    local_store.do(FollowLog())
    ann.do(RenameRegisteredModel(name="wine", new_name="port"))
    told = {"deliveries.payload", "event_texts.text", "requests.comment"}
    assert set(left(local_store)) - {"replies.answer"} == told
    before = store.do(ListLogEntries()).entries

    erase(store, "request.created")

    assert left(local_store) == []
    after = store.do(ListLogEntries()).entries
    assert [e.leaf for e in after[: len(before)]] == [e.leaf for e in before]
    problems = audit_database(database_url).problems
    assert [p for p in problems if "policy:" not in p] == []  # it was put there without an event
    shown = store.do(ListActivities(name="port", version="1")).activities
    assert "[erased]" in {a.comment for a in shown}
    held = ann.do(ListDeliveries(webhook_id=hook)).deliveries
    emptied = [d.delivery_id for d in held if not d.payload]
    assert {d.state for d in held if not d.payload} == {"cancelled"}
    assert ann.do(RedeliverHook(webhook_id=hook, delivery_ids=emptied)).redelivered == 0
    assert all(m.payload for m in local_store.do(FindWork()).due)


def test_the_same_text_is_erased_where_the_model_had_another_name(
    ann: Any, store: Store, local_store: SqlStore, database_url: str
) -> None:
    ann.do(CreateComment(name="wine", version="1", comment=NAME))
    ann.do(RenameRegisteredModel(name="wine", new_name="port"))
    ann.do(CreateRegisteredModel(name="wine", description="another"))
    ann.do(RenameRegisteredModel(name="port", new_name="madeira"))
    ann.do(CreateComment(name="madeira", version="1", comment=NAME))
    ann.do(RenameRegisteredModel(name="madeira", new_name="sherry"))
    erase(store, "comment.created")  # the later one
    local_store.order_events()
    assert left(local_store) == []
    assert audit_database(database_url).problems == []


def test_comments_verdicts_checks_and_emergencies_are_erased(
    ann: Any, people: People, store: Store, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(approvals=1, break_glass=["user:eve"]))
    ann.do(CreateComment(name="wine", version="1", comment=NAME))
    ann.do(CreateComment(name="wine", version="2", comment="stays"))
    people("bob").do(CreateTransitionRequest(**STAGE))
    people("cat").do(RejectTransitionRequest(**STAGE, comment=NAME + "!"))
    ann.do(SetCheck(name="wine", version="1", check_name="c", passed=True, details=NAME + "?"))
    people("eve").do(TransitionStage(**STAGE, break_glass=True, comment=NAME + "."))
    (held,) = ann.do(ListEmergencies()).emergencies
    people("cat").do(CloseEmergency(id=held.id, comment=NAME + ","))
    assert len(set(left(local_store)) - {"replies.answer"}) == 7
    for action in (
        "comment.created",
        "request.rejected",
        "check.set",
        "emergency.opened",
        "emergency.closed",
    ):
        if action == "comment.created":
            (event, _) = store.do(ListEvents(action=action)).events
            store.do(EraseEventTexts(sequence=event.sequence))
        else:
            erase(store, action)
    assert left(local_store) == []
    kept = ann.do(ListComments(name="wine", version="2")).comments
    assert [c.comment for c in kept] == ["stays"]
