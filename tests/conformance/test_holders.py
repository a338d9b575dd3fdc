"""Who held a stage when, and what may not be deleted because a stage rests on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.staging import (
    history,
    holder,
    last_event,
    model,
    move,
    pause,
)
from cuvee.api.artifacts import PutArtifact, StoredFile, manifest_digest
from cuvee.api.base import Actor, Empty, Recorded, Store
from cuvee.api.events import ListEvents
from cuvee.api.experiments import CreateExperiment, DeleteExperiment
from cuvee.api.holdings import (
    GetStageHolder,
    ListHoldings,
)
from cuvee.api.logged_models import CreateLoggedModel, DeleteLoggedModel
from cuvee.api.models import (
    CreateRegisteredModel,
    DeleteRegisteredModel,
    GetModelVersionByAlias,
    RenameRegisteredModel,
)
from cuvee.api.policies import ApplyPolicy
from cuvee.api.runs import CreateRun, DeleteRun
from cuvee.api.times import moment_of, moment_text
from cuvee.api.versions import (
    CreateModelVersion,
    DeleteModelVersion,
    FindVersionByDigest,
    ModelVersion,
    TransitionStage,
)
from cuvee.errors import Conflict, InvalidParameter, NotFound, PermissionDenied
from cuvee.store.sql import SqlStore


def test_the_past_holder_of_a_stage_is_found(store: Store) -> None:
    model(store)
    before = pause()
    move(store, 1, "Production")
    during = pause()
    move(store, 2, "Production", archive=True)
    after = pause()
    move(store, 2, "None")

    assert holder(store, str(during)).model_version.version == "1"
    assert holder(store, str(after)).model_version.version == "2"
    found = holder(store, str(during)).holding
    assert found.since <= during < (found.until or 0)
    with pytest.raises(NotFound, match=r"held Production at .*first.* was version 1, from 20\d\d"):
        holder(store, str(before))
    with pytest.raises(NotFound, match="held Production now"):
        holder(store)
    with pytest.raises(NotFound, match="no version has ever been in Staging"):
        holder(store, stage="Staging")
    with pytest.raises(InvalidParameter, match="has not come yet"):
        holder(store, "2999-01-01")
    for wrong in ("yesterday", "2026-13-01", "2026-01-01T25:00", "-5"):
        with pytest.raises(InvalidParameter, match="is not a moment"):
            holder(store, wrong)
    with pytest.raises(InvalidParameter, match="None"):
        holder(store, stage="None")


def test_the_moment_itself_belongs_to_the_one_who_came(store: Store) -> None:
    model(store)
    move(store, 1, "Production")
    pause()
    move(store, 2, "Production", archive=True)

    since = history(store, "Production", "2")[0].since

    assert holder(store, str(since)).model_version.version == "2"
    assert holder(store, str(since - 1)).model_version.version == "1"


def test_the_history_of_a_stage_says_who_held_it_from_when_to_when(store: Store) -> None:
    model(store)
    move(store, 1, "Staging")
    move(store, 1, "Production")
    move(store, 2, "Production", archive=True)

    found = history(store, "production")

    assert [(h.version, h.until is None) for h in found] == [("2", True), ("1", False)]
    assert found[1].until == found[0].since
    assert all(h.user_id for h in found)
    assert found[1].ended_by == found[0].user_id
    assert [h.stage for h in history(store, version="1")] == ["Archived", "Production", "Staging"]
    page = store.do(ListHoldings(name="wine", max_results=2))
    rest = store.do(ListHoldings(name="wine", page_token=page.next_page_token or ""))
    assert [*page.holdings, *rest.holdings] == history(store)
    with pytest.raises(InvalidParameter):
        store.do(ListHoldings(name="wine", page_token="x"))
    with pytest.raises(InvalidParameter):
        history(store, "Live")


def test_the_past_survives_deletions_policies_and_renames(store: Store) -> None:
    model(store)
    move(store, 1, "Staging")
    then = pause()
    move(store, 1, "None")
    store.do(ApplyPolicy(document="{scope: wine, stages: [{name: Live}]}"))
    store.do(RenameRegisteredModel(name="wine", new_name="port"))

    found = store.do(GetStageHolder(name="port", stage="staging", at=str(then)))
    assert found.model_version.version == "1"
    store.do(DeleteModelVersion(name="port", version="1"))
    with pytest.raises(NotFound, match=r"Version 1 .*has been deleted"):
        store.do(GetStageHolder(name="port", stage="Staging", at=str(then)))
    assert store.do(ListHoldings(name="port")).holdings[0].deleted
    store.do(DeleteRegisteredModel(name="port"))
    store.do(CreateRegisteredModel(name="port"))
    assert store.do(ListHoldings(name="port")).holdings == []


def test_a_copy_can_be_made_of_what_held_a_stage_then(store: Store) -> None:
    model(store)
    move(store, 1, "Production")
    then = moment_text(pause() + 1000)
    move(store, 2, "Production", archive=True)
    store.do(CreateRegisteredModel(name="copies"))
    held = str(history(store, "Production", "1")[0].since)

    op = CreateModelVersion(name="copies", source=f"models:/wine/Production?at={held}")

    assert store.do(op).model_version.source == "models:/wine/1"
    assert moment_of(then) % 1000 == 0


# ---------------------------------------------------------------- deletions


def _deletions(store: Store) -> list[Callable[[bool], Recorded[Empty]]]:
    """Return how to delete what version 1 of ``wine`` rests on, by whether it is forced."""
    experiment = store.do(CreateExperiment(name="e")).experiment_id
    run = store.do(CreateRun(experiment_id=experiment)).run.info.run_id
    logged = store.do(
        CreateLoggedModel(experiment_id=experiment, name="m", source_run_id=run)
    ).model.model_id
    store.do(CreateRegisteredModel(name="wine"))
    store.do(
        CreateModelVersion(name="wine", source=f"models:/{logged}", model_id=logged, run_id=run)
    )
    return [
        lambda force: DeleteRun(run_id=run, force=force),
        lambda force: DeleteLoggedModel(model_id=logged, force=force),
        lambda force: DeleteExperiment(experiment_id=experiment, force=force),
        lambda force: DeleteModelVersion(name="wine", version="1", force=force),
        lambda force: DeleteRegisteredModel(name="wine", force=force),
    ]


@pytest.mark.parametrize("which", range(5))
def test_what_a_stage_rests_on_is_deleted_only_by_force(store: Store, which: int) -> None:
    deletion = _deletions(store)[which]
    move(store, 1, "Production")

    with pytest.raises(Conflict, match=r"version 1 of wine \(Production\).*force"):
        store.do(deletion(False))
    assert holder(store).model_version.version == "1"

    store.do(deletion(True))

    event = last_event(store)
    assert event.action.endswith(".deleted")
    assert event.details == {"forced": True, "in_use": ["version 1 of wine (Production)"]}


@pytest.mark.parametrize("which", range(5))
def test_what_only_archived_versions_rest_on_is_deleted(store: Store, which: int) -> None:
    deletion = _deletions(store)[which]
    move(store, 1, "Production")
    move(store, 1, "Archived")
    store.do(deletion(False))
    assert last_event(store).details == {}


def test_a_move_and_a_deletion_of_its_run_do_not_both_succeed(store: Store) -> None:
    for _ in range(5):
        name = f"race{time.time_ns()}"
        run = store.do(CreateRun(experiment_id="0")).run.info.run_id
        store.do(CreateRegisteredModel(name=name))
        store.do(CreateModelVersion(name=name, source=f"runs:/{run}/m", run_id=run))
        go = TransitionStage(name=name, version="1", stage="Production")
        with ThreadPoolExecutor(2) as pool:
            moved = pool.submit(store.do, go)
            deleted = pool.submit(store.do, DeleteRun(run_id=run))
            moved.result()
            refused = isinstance(deleted.exception(), Conflict)
        events = store.do(ListEvents(newest_first=True, max_results=2)).events
        if not refused:  # then the deletion came first
            assert [e.action for e in events] == ["version.transitioned", "run.deleted"]


def test_force_is_for_those_who_manage_the_model(local_store: SqlStore) -> None:
    deletion = _deletions(local_store)[3]
    move(local_store, 1, "Production")
    with pytest.raises(PermissionDenied):
        local_store.do(deletion(True), Actor("eve", "password", user=77))
    assert holder(local_store).model_version.version == "1"


def test_a_clock_that_runs_late_loses_nobody_and_turns_no_time_back(
    local_store: SqlStore,
) -> None:
    model(local_store)
    ahead = time.time_ns() // 1_000_000 + 30_000
    connection = local_store.database.connect()
    connection.cursor().execute(f"UPDATE registered_models SET updated = {ahead}")
    connection.close()

    move(local_store, 1, "Production")
    move(local_store, 2, "Production", archive=True)

    assert holder(local_store).model_version.version == "2"
    found = history(local_store, "Production")
    assert [h.since >= ahead for h in found] == [True, True]
    assert found[1].until == found[0].since


def test_a_digest_is_read_as_an_alias_too_for_the_models_own_versions(
    store: Store, local_store: SqlStore
) -> None:
    run = store.do(CreateRun(experiment_id="0")).run.info.run_id
    file = StoredFile(path="f", digest="0" * 64, size=1)
    digest = manifest_digest([file])
    local_store.do(PutArtifact(path=f"0/{run}/artifacts/m/f", digest=file.digest, size=1))
    for name in ("wine", "port"):
        store.do(CreateRegisteredModel(name=name))
    store.do(CreateModelVersion(name="wine", source=f"runs:/{run}/m", run_id=run))

    def by_alias(name: str, digits: str) -> ModelVersion:
        op = GetModelVersionByAlias(name=name, alias=f"sha256:{digits}")
        return store.do(op).model_version

    for pin in (digest, digest[:12], digest.upper()):
        assert by_alias("wine", pin).version == "1"
    found = store.do(FindVersionByDigest(name="port", digest=digest)).model_version
    assert (found.name, found.version, found.digest) == ("wine", "1", digest)
    for name, wrong in (("port", digest), ("wine", digest[:11]), ("wine", "x" * 64)):
        with pytest.raises(InvalidParameter):
            by_alias(name, wrong)
    with pytest.raises(InvalidParameter, match="A digest is written sha256:"):
        store.do(GetModelVersionByAlias(name="wine", alias=digest))
    store.do(CreateModelVersion(name="port", source="models:/wine@sha256:" + digest))
    assert by_alias("port", digest).digest == digest
