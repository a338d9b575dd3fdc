"""Every change to the registry, an experiment or a run's life is one event, in one order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from cuvee.api.base import Actor, Store
from cuvee.api.events import Event, ListEvents
from cuvee.api.experiments import CreateExperiment, DeleteExperiment, UpdateExperiment
from cuvee.api.metrics import LogMetric
from cuvee.api.models import (
    CreateRegisteredModel,
    DeleteRegisteredModel,
    SetRegisteredModelAlias,
    UpdateRegisteredModel,
)
from cuvee.api.runs import CreateRun, DeleteRun, LogParam, RestoreRun, UpdateRun
from cuvee.api.versions import CreateModelVersion, DeleteModelVersion, TransitionStage
from cuvee.errors import CuveeError, InvalidParameter
from cuvee.store import events as store_events
from cuvee.store.sql import SqlStore
from cuvee.store.tx import Keys, Tx


def history(store: Store, **wanted: object) -> list[Event]:
    op = ListEvents(max_results=1000, **wanted)  # type: ignore[arg-type]  # a test's shorthand
    return store.do(op).events


def actions(store: Store) -> list[tuple[str, str]]:
    return [(e.action, e.object) for e in history(store)]


def test_the_life_of_a_model_is_told_with_who_when_and_why(store: Store) -> None:
    store.do(CreateRegisteredModel(name="wine", comment="for the shop"))
    store.do(UpdateRegisteredModel(name="wine", description="reds"))
    for _ in range(2):
        store.do(CreateModelVersion(name="wine", source="s3://b/m"))
    move = TransitionStage(name="wine", version="1", stage="Production", comment="better RMSE")
    store.do(move)
    swap = TransitionStage(
        name="wine", version="2", stage="Production", archive_existing_versions=True, comment="pH"
    )
    store.do(swap)
    store.do(SetRegisteredModelAlias(name="wine", alias="best", version="2"))
    store.do(DeleteModelVersion(name="wine", version="1"))
    store.do(DeleteRegisteredModel(name="wine", comment="over", force=True))

    assert actions(store) == [
        ("model.created", "model:wine"),
        ("model.description_set", "model:wine"),
        ("version.created", "version:wine/1"),
        ("version.created", "version:wine/2"),
        ("version.transitioned", "version:wine/1"),
        ("version.transitioned", "version:wine/1"),
        ("version.transitioned", "version:wine/2"),
        ("model.alias_set", "model:wine"),
        ("version.deleted", "version:wine/1"),
        ("model.deleted", "model:wine"),
    ]
    events = history(store)
    assert [e.sequence for e in events] == sorted({e.sequence for e in events})
    assert all(e.actor and e.time > 1_700_000_000_000 for e in events)
    first = events[4]
    assert (first.before, first.after) == ({"stage": "None"}, {"stage": "Production"})
    assert first.comment == "better RMSE"
    assert events[5].after == {"stage": "Archived"}
    assert "version 2 took the stage" in events[5].comment
    assert events[8].before["stage"] == "Archived"


def test_the_life_of_a_run_is_told_and_its_points_are_not(store: Store) -> None:
    experiment = store.do(CreateExperiment(name="e")).experiment_id
    run_id = store.do(CreateRun(experiment_id=experiment)).run.info.run_id
    store.do(LogParam(run_id=run_id, key="p", value="1"))
    store.do(LogMetric(run_id=run_id, key="m", value=1.0, timestamp=1))
    store.do(UpdateRun(run_id=run_id, status="FINISHED", end_time=1))
    store.do(UpdateRun(run_id=run_id, status="FINISHED", end_time=2))
    store.do(DeleteRun(run_id=run_id))
    store.do(DeleteRun(run_id=run_id))
    store.do(RestoreRun(run_id=run_id))
    store.do(UpdateExperiment(experiment_id=experiment, new_name="f"))
    store.do(DeleteExperiment(experiment_id=experiment))

    assert [action for action, _ in actions(store)] == [
        "experiment.created",
        "run.created",
        "run.finished",
        "run.status_changed",
        "run.deleted",
        "run.restored",
        "experiment.renamed",
        "experiment.deleted",
    ]


def test_a_refused_change_leaves_no_event(store: Store) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    before = history(store)

    for op in (
        CreateRegisteredModel(name="wine"),
        CreateModelVersion(name="wine", source="/etc/passwd"),
        TransitionStage(name="wine", version="1", stage="Production"),
        CreateExperiment(name="Default"),
        CreateRun(experiment_id="99"),
    ):
        with pytest.raises(CuveeError):
            store.do(op)
    assert history(store) == before


def test_events_come_in_pages_forwards_and_backwards(store: Store) -> None:
    for i in range(7):
        store.do(CreateRegisteredModel(name=f"m{i}"))
    everything = history(store)

    for newest_first in (False, True):
        seen: list[Event] = []
        token = ""
        while True:
            op = ListEvents(max_results=3, newest_first=newest_first, page_token=token)
            page = store.do(op)
            seen += page.events
            if page.next_page_token is None:
                break
            token = page.next_page_token
        assert seen == (everything[::-1] if newest_first else everything)
    assert history(store, since=everything[4].sequence) == everything[5:]
    assert history(store, object="model:m3") == [everything[3]]
    assert history(store, action="model.created") == everything
    with pytest.raises(InvalidParameter):
        store.do(ListEvents(page_token="x"))  # not a password


def test_an_action_that_ends_with_a_dot_means_all_of_its_noun(store: Store) -> None:
    for name in ("wine", "model"):
        store.do(CreateRegisteredModel(name=name))
    store.do(UpdateRegisteredModel(name="wine", description="reds"))
    store.do(CreateModelVersion(name="model", source="s3://b/m"))
    store.do(CreateRun(experiment_id="0"))

    def found(action: str) -> list[str]:
        return [event.action for event in history(store, action=action)]

    assert found("model.") == ["model.created", "model.created", "model.description_set"]
    assert found("model.created") == ["model.created", "model.created"]
    assert found("version.") == ["version.created"]
    assert found("run.") == ["run.created"]
    assert found("model") == []
    assert found(".") == []


def test_the_actor_is_who_asked(local_store: SqlStore) -> None:
    local_store.do(CreateRegisteredModel(name="wine"), Actor("ann", "basic"))

    (event,) = history(local_store)
    assert (event.actor, event.via) == ("ann", "basic")


def test_an_event_keeps_the_grounds_it_was_recorded_with(local_store: SqlStore) -> None:
    cursor = local_store.database.connect().cursor()
    tx = Tx(
        local_store.database,
        cursor,
        actor=Actor("ann"),
        known_keys=Keys(),
        pending_keys={},
        artifact_root="",
    )
    grounds = {"policy": "wine@3", "approvals": ["bob", "eve"], "digest": "ab"}
    tx.record("version.transitioned", "version:wine/1", details=grounds)
    tx.record("version.transitioned", "version:wine/1")
    cursor.connection.close()

    assert [e.details for e in history(local_store)] == [grounds, {}]


def test_a_reader_that_pages_by_sequence_misses_nothing(local_store: SqlStore) -> None:
    seen: list[int] = []

    def write(i: int) -> None:
        local_store.do(CreateRegisteredModel(name=f"m{i}"))

    def follow() -> None:
        since = seen[-1] if seen else 0
        seen.extend(e.sequence for e in history(local_store, since=since))

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(write, i) for i in range(60)]
        while not all(w.done() for w in waiting):
            follow()
    follow()

    assert seen == [e.sequence for e in history(local_store)]
    assert len(seen) == 60


def test_history_cannot_be_changed_even_by_sql(local_store: SqlStore) -> None:
    local_store.do(CreateRegisteredModel(name="wine"))
    connection = local_store.database.connect()
    before = history(local_store)

    for statement in ("UPDATE events SET actor = 'x'", "DELETE FROM events"):
        with pytest.raises(Exception, match="append-only"):
            connection.execute(statement)
    connection.close()
    assert history(local_store) == before


def test_the_history_of_a_model_has_its_versions_and_no_other_model(store: Store) -> None:
    for name in ("wine", "Wine", "wine0", "wine-2", "win%"):
        store.do(CreateRegisteredModel(name=name))
        store.do(CreateModelVersion(name=name, source="s3://b/m"))
    store.do(TransitionStage(name="wine", version="1", stage="Staging", comment="why"))

    found = [(e.action, e.object) for e in history(store, model="wine")]
    assert found == [
        ("model.created", "model:wine"),
        ("version.created", "version:wine/1"),
        ("version.transitioned", "version:wine/1"),
    ]
    assert [e.object for e in history(store, model="win%")] == ["model:win%", "version:win%/1"]
    assert history(store, model="wine", action="model.deleted") == []


@pytest.mark.parametrize("near", [1, 5, 20_000])
def test_filters_find_the_same_near_and_far(
    local_store: SqlStore, monkeypatch: pytest.MonkeyPatch, near: int
) -> None:
    monkeypatch.setattr(store_events, "NEAR", near)
    for n in range(12):
        actor = Actor("ann" if n < 3 else f"user{n % 2}")
        why = ("", f"for INC-{n}, 100% sure", "ÄRGER", "1000 of them")[n % 4]
        local_store.do(CreateRegisteredModel(name=f"m{n}", comment=why), actor)
        by_token = replace(actor, via="token", token=("", "0a", "0b")[n % 3])
        local_store.do(UpdateRegisteredModel(name=f"m{n}", description="x"), by_token)
    every = history(local_store)
    middle = every[len(every) // 2].time
    asked: list[tuple[dict[str, object], Callable[[Event], bool]]] = [
        ({"actor": "ann"}, lambda e: e.actor == "ann"),
        ({"actor": "user1"}, lambda e: e.actor == "user1"),
        ({"actor": "nobody"}, lambda _: False),
        ({"action": "model.created"}, lambda e: e.action == "model.created"),
        ({"action": "model."}, lambda e: e.action.startswith("model.")),
        ({"from_time": middle}, lambda e: e.time >= middle),
        ({"to_time": middle}, lambda e: e.time < middle),
        ({"actor": "ann", "to_time": middle}, lambda e: e.actor == "ann" and e.time < middle),
        (
            {"actor": "ann", "object": "model:m1"},
            lambda e: (e.actor, e.object) == ("ann", "model:m1"),
        ),
        ({"token": "0b"}, lambda e: e.via == "token:0b"),
        ({"token": "0"}, lambda _: False),
        ({"actor": "ann", "token": "0a"}, lambda e: (e.actor, e.via) == ("ann", "token:0a")),
        ({"comment": "inc-1"}, lambda e: "INC-1" in e.comment),
        ({"comment": "100%"}, lambda e: "100%" in e.comment),
        ({"comment": "n_"}, lambda _: False),
        ({"comment": "Ärger"}, lambda e: "ÄRGER" in e.comment),
        (
            {"comment": "INC", "action": "model.created", "actor": "ann"},
            lambda e: e.actor == "ann" and "INC" in e.comment,
        ),
        ({"actor": "ann", "model": "m2"}, lambda e: (e.actor, e.object) == ("ann", "model:m2")),
    ]
    for wanted, passes in asked:
        for since in (0, 5, 2**63 - 1):
            for newest in (False, True):
                expected = [e for e in every if e.sequence > since and passes(e)]
                more = {**wanted, "since": since, "newest_first": newest}
                found = paged(local_store, more)
                assert found == (expected[::-1] if newest else expected), more


def paged(store: Store, wanted: dict[str, object]) -> list[Event]:
    found: list[Event] = []
    token = ""
    while True:
        page = store.do(ListEvents(max_results=2, page_token=token, **wanted))  # type: ignore[arg-type]
        found += page.events
        token = page.next_page_token or ""
        if not token:
            return found


def test_events_are_counted_over_all_pages_if_asked_for(store: Store) -> None:
    for name in ("wine", "beer"):
        store.do(CreateRegisteredModel(name=name))
    for i in range(3):
        store.do(UpdateRegisteredModel(name="wine", description=str(i)))
    assert store.do(ListEvents(max_results=1, total=True)).total == len(history(store)) == 5
    described = ListEvents(max_results=1, total=True, action="model.description_set")
    page = store.do(described)
    assert (len(page.events), page.total) == (1, 3)
    assert store.do(ListEvents(model="beer", total=True, newest_first=True)).total == 1
    assert store.do(ListEvents(actor="nobody", total=True)).total == 0
    assert store.do(ListEvents()).total is None
