"""Deletion for good: what was deleted goes, what a version needs stays."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from cuvee.api.artifacts import DeleteArtifact, FindArtifact, PutArtifact
from cuvee.api.base import Store
from cuvee.api.events import ListEvents
from cuvee.api.experiments import (
    CreateExperiment,
    DeleteExperiment,
    ExperimentTag,
    GetExperiment,
    RestoreExperiment,
)
from cuvee.api.logged_models import CreateLoggedModel, DeleteLoggedModel, GetLoggedModel
from cuvee.api.metrics import GetMetricHistory, Metric
from cuvee.api.models import CreateRegisteredModel, DeleteRegisteredModel
from cuvee.api.purge import CollectBlobs, Purge, PurgeItem
from cuvee.api.runs import CreateRun, DeleteRun, GetRun, LogBatch, Param, RestoreRun, RunTag
from cuvee.api.versions import CreateModelVersion, GetVersionManifest
from cuvee.blobs.local import LocalBlobs
from cuvee.errors import CuveeError, NotFound, NotImplementedHere
from cuvee.store import schema
from cuvee.store.sql import SqlStore

FORTY_DAYS = 40 * 86_400_000


@pytest.fixture
def blobs(local_store: SqlStore, blobs: LocalBlobs) -> LocalBlobs:
    """Where the bytes of the test's store are."""
    local_store.blobs = blobs
    return blobs


def age(store: SqlStore) -> None:
    """Let everything that has happened be forty days ago."""
    connection = store.database.connect()
    for statement in store.database.unprotect("events"):
        connection.execute(statement)
    connection.execute(f"UPDATE events SET time = time - {FORTY_DAYS}")
    for statement in store.database.protect("events"):
        connection.execute(statement)
    connection.commit()
    connection.close()


def purged(store: Store, **fields: Any) -> dict[str, PurgeItem]:
    """Purge, two at a time, and return the items by their ids."""
    items: list[PurgeItem] = []
    token: str | None = ""
    while token is not None:
        fields = {"dry_run": False, "max_items": 2, **fields}
        page = store.do(Purge(page_token=token, **fields))
        assert len(page.items) <= 2
        items += page.items
        token = page.next_page_token
    assert len({(i.kind, i.id) for i in items}) == len(items)
    return {i.id: i for i in items}


def new_run(store: Store, experiment: str = "0", **fields: Any) -> str:
    return store.do(CreateRun(experiment_id=experiment, **fields)).run.info.run_id


def full_run(store: Store, experiment: str = "0") -> str:
    run = new_run(store, experiment, tags=[RunTag("k", "v")])
    points = [Metric("m", float(n), n, n) for n in range(1000)]
    store.do(LogBatch(run_id=run, metrics=points))
    store.do(LogBatch(run_id=run, params=[Param("p", "1")]))
    return run


def put(store: SqlStore, blobs: LocalBlobs, path: str, data: bytes) -> str:
    digest, size = blobs.put([data])
    store.do(PutArtifact(path=path, digest=digest, size=size))
    return digest


def count(store: SqlStore, table: str) -> int:
    connection = store.database.connect()
    (found,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    connection.close()
    return int(found)


def make_old(blobs: LocalBlobs) -> None:
    past = time.time() - 2 * 86_400
    for path in blobs.blobs.rglob("*"):
        if path.is_file():
            os.utime(path, (past, past))


def collect(store: SqlStore, **fields: Any) -> int:
    found = 0
    token: str | None = ""
    while token is not None:
        page = store.do(CollectBlobs(page_token=token, **{"dry_run": False, **fields}))
        found += page.count
        token = page.next_page_token
    return found


def test_a_deleted_run_goes_with_all_its_rows(store: Store, local_store: SqlStore) -> None:
    kept = full_run(store)
    before = {
        t: count(local_store, t)
        for t, table in schema.metadata.tables.items()
        if "run_pk" in table.c
    }
    gone = full_run(store)
    store.do(DeleteRun(run_id=gone))
    age(local_store)
    found = purged(store, comment="tidy")

    assert list(found) == [gone]
    assert not found[gone].kept
    with pytest.raises(NotFound):
        store.do(GetRun(run_id=gone))
    assert {t: count(local_store, t) for t in before} == before
    assert len(store.do(GetMetricHistory(run_id=kept, metric_key="m")).metrics) == 1000
    last = store.do(ListEvents(object=f"run:{gone}", newest_first=True)).events[0]
    assert (last.action, last.comment) == ("run.purged", "tidy")
    assert len(store.do(ListEvents(object=f"run:{gone}")).events) == 3, "the history stays"


def test_without_saying_so_nothing_is_removed(store: Store, local_store: SqlStore) -> None:
    run = new_run(store)
    store.do(DeleteRun(run_id=run))
    age(local_store)
    page = store.do(Purge())

    assert [(i.id, i.kept) for i in page.items] == [(run, "")]
    assert store.do(GetRun(run_id=run)).run.info.lifecycle_stage == "deleted"


def test_the_grace_period_is_kept(store: Store, local_store: SqlStore) -> None:
    run = new_run(store)
    store.do(DeleteRun(run_id=run))
    assert purged(store) == {}
    age(local_store)
    assert purged(store, older_than_days=41) == {}
    store.do(RestoreRun(run_id=run))
    store.do(DeleteRun(run_id=run))
    assert purged(store) == {}, "it counts from the last deletion"
    assert list(purged(store, older_than_days=0)) == [run]


def test_a_purged_experiment_frees_its_name_and_not_its_number(
    store: Store, local_store: SqlStore
) -> None:
    first = store.do(CreateExperiment(name="wine", tags=[ExperimentTag("k", "v")])).experiment_id
    runs = [full_run(store, first) for _ in range(3)]
    store.do(DeleteExperiment(experiment_id=first))
    age(local_store)
    found = purged(store)

    assert set(found) == {first, *runs}
    with pytest.raises(NotFound):
        store.do(GetExperiment(experiment_id=first))
    again = store.do(CreateExperiment(name="wine")).experiment_id
    assert int(again) == int(first) + 1
    assert count(local_store, "experiment_tags") == 0
    assert store.do(GetExperiment(experiment_id=again)).experiment.tags == {}


def test_a_run_deleted_long_before_its_experiment_was_waits_for_it(
    store: Store, local_store: SqlStore
) -> None:
    experiment = store.do(CreateExperiment(name="x")).experiment_id
    run = new_run(store, experiment)
    store.do(DeleteRun(run_id=run))
    age(local_store)
    store.do(DeleteExperiment(experiment_id=experiment))

    assert purged(store) == {}
    store.do(RestoreExperiment(experiment_id=experiment))
    assert store.do(GetRun(run_id=run)).run.info.lifecycle_stage == "active"


def test_what_a_version_needs_stays_with_the_reason(
    local_store: SqlStore, blobs: LocalBlobs
) -> None:
    do = local_store.do
    experiment = do(CreateExperiment(name="x")).experiment_id
    made, other, plain = (new_run(local_store, experiment) for _ in range(3))
    digest = put(local_store, blobs, f"{experiment}/{made}/artifacts/m/f", b"model")
    put(local_store, blobs, f"{experiment}/{plain}/artifacts/f", b"plain")
    do(CreateRegisteredModel(name="grape"))
    do(CreateModelVersion(name="grape", source=f"runs:/{made}/m", run_id=made))
    logged = do(CreateLoggedModel(experiment_id="0", name="tree", source_run_id=other)).model
    do(DeleteExperiment(experiment_id=experiment))
    age(local_store)
    shown = purged(local_store, dry_run=True)
    found = purged(local_store)

    assert found[made].kept == "version 1 of model grape was made by it"
    assert found[other].kept == f"logged model {logged.info.model_id} was made by it"
    assert found[plain].kept == ""
    assert (found[plain].files, found[plain].size) == (1, 5)
    assert found[experiment].kept == "version 1 of model grape was made in it"
    assert {k: v.kept for k, v in shown.items()} == {k: v.kept for k, v in found.items()}
    make_old(blobs)
    assert collect(local_store, dry_run=True) == 1
    assert blobs.size(digest) == 5
    assert collect(local_store) == 1
    assert blobs.size(digest) == 5
    assert [f.digest for f in do(GetVersionManifest(name="grape", version="1")).files] == [digest]
    assert do(FindArtifact(path=f"{experiment}/{made}/artifacts/m/f")).digest == digest

    do(DeleteRegisteredModel(name="grape"))
    do(DeleteLoggedModel(model_id=logged.info.model_id))
    assert {i for i, item in purged(local_store).items() if not item.kept} == {
        made,
        other,
        experiment,
    }
    assert collect(local_store) == 1
    assert blobs.size(digest) is None


def test_a_copy_of_a_version_needs_the_run_when_the_original_is_gone(
    local_store: SqlStore, blobs: LocalBlobs
) -> None:
    do = local_store.do
    run = new_run(local_store)
    put(local_store, blobs, f"0/{run}/artifacts/m/f", b"model")
    for name, source, maker in (("grape", f"runs:/{run}/m", run), ("copy", "models:/grape/1", "")):
        do(CreateRegisteredModel(name=name))
        do(CreateModelVersion(name=name, source=source, run_id=maker))
    do(DeleteRegisteredModel(name="grape"))
    do(DeleteRun(run_id=run))
    age(local_store)

    assert purged(local_store)[run].kept.startswith("version 1 of model copy ")
    assert do(FindArtifact(path=f"0/{run}/artifacts/m/f")).size == 5


def test_a_deleted_logged_model_goes(store: Store, local_store: SqlStore) -> None:
    model = store.do(CreateLoggedModel(experiment_id="0", name="tree")).model.info.model_id
    store.do(DeleteLoggedModel(model_id=model))
    age(local_store)

    assert list(purged(store)) == [model]
    with pytest.raises(NotFound):
        store.do(GetLoggedModel(model_id=model, allow_deleted=True))
    assert store.do(ListEvents(action="logged_model.purged")).events[0].object == (
        f"logged_model:{model}"
    )


def test_the_experiment_0_stays(store: Store, local_store: SqlStore) -> None:
    store.do(DeleteExperiment(experiment_id="0"))
    age(local_store)
    assert "expect" in purged(store)["0"].kept


def test_files_of_another_run_with_the_same_contents_stay(
    local_store: SqlStore, blobs: LocalBlobs
) -> None:
    gone, kept = new_run(local_store), new_run(local_store)
    digests = {put(local_store, blobs, f"0/{run}/artifacts/f", b"same") for run in (gone, kept)}
    local_store.do(DeleteRun(run_id=gone))
    age(local_store)
    purged(local_store)
    make_old(blobs)

    assert collect(local_store) == 0
    assert [blobs.size(d) for d in digests] == [4]
    with pytest.raises(NotFound):
        local_store.do(FindArtifact(path=f"0/{gone}/artifacts/f"))


def test_bytes_without_a_name_go_when_they_are_a_day_old(
    local_store: SqlStore, blobs: LocalBlobs
) -> None:
    digest, _ = blobs.put([b"half an upload"])
    assert collect(local_store) == 0
    make_old(blobs)
    assert collect(local_store, dry_run=True) == 1
    assert blobs.size(digest)
    assert collect(local_store) == 1
    assert blobs.size(digest) is None


def test_bytes_that_are_stored_again_are_young_again(
    local_store: SqlStore, blobs: LocalBlobs
) -> None:
    path = "0/x/f"
    put(local_store, blobs, path, b"data")
    local_store.do(DeleteArtifact(path=path))
    make_old(blobs)
    digest, size = blobs.put([b"data"])  # an upload that has not come to its row yet
    assert collect(local_store) == 0
    local_store.do(PutArtifact(path=path, digest=digest, size=size))
    make_old(blobs)
    assert collect(local_store) == 0
    assert blobs.size(digest) == 4


def test_a_store_without_its_files_says_so(local_store: SqlStore) -> None:
    with pytest.raises(NotImplementedHere, match="where they are"):
        local_store.do(CollectBlobs())


def test_blobs_are_collected_by_a_running_server(
    store: Store, local_store: SqlStore, blobs: LocalBlobs
) -> None:
    digest, _ = blobs.put([b"left"])
    make_old(blobs)
    part = digest[:2]
    assert store.do(CollectBlobs(page_token=part)).count == 1
    assert store.do(CollectBlobs(page_token=part, dry_run=False)).count == 1
    assert blobs.size(digest) is None
    with pytest.raises(CuveeError):
        store.do(CollectBlobs(page_token="zz"))
    assert local_store.blobs is not None
