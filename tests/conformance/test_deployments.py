"""Where versions run: who tells it, what it replaces, and what must not be deleted meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.people import NAMED, ROOT, People
from cuvee.api.ancestry import GetVersionLineage
from cuvee.api.base import Store
from cuvee.api.deployments import (
    Deployment,
    DeploymentReply,
    EndDeployment,
    ListDeployments,
    RecordDeployment,
)
from cuvee.api.events import EraseEventTexts, Event, ListEvents
from cuvee.api.experiments import CreateExperiment, DeleteExperiment
from cuvee.api.models import CreateRegisteredModel, DeleteRegisteredModel, RenameRegisteredModel
from cuvee.api.permissions import GrantPermission
from cuvee.api.runs import CreateRun, DeleteRun
from cuvee.api.versions import CreateModelVersion, DeleteModelVersion, TransitionStage
from cuvee.errors import Conflict, InvalidParameter, NotFound, PermissionDenied
from cuvee.log.comparison import compare
from cuvee.store.sql import SqlStore


@pytest.fixture
def wine(store: Store) -> Store:
    """A store with a model of three versions."""
    store.do(CreateRegisteredModel(name="wine"))
    for _ in range(3):
        store.do(CreateModelVersion(name="wine", source="s3://bucket/model"))
    return store


def record(store: Any, version: str, target: str, **more: Any) -> DeploymentReply:
    found: DeploymentReply = store.do(
        RecordDeployment(name="wine", version=version, target=target, **more)
    )
    return found


def listed(store: Store, **asked: Any) -> list[Deployment]:
    return store.do(ListDeployments(**asked)).deployments


def where(store: Store, **asked: Any) -> list[tuple[str, str]]:
    return [(one.version, one.target) for one in listed(store, **asked)]


def told(store: Store, action: str = "deployment.") -> list[Event]:
    return [e for e in store.do(ListEvents()).events if e.action.startswith(action)]


def test_a_version_is_recorded_where_it_runs(people: People, wine: Store) -> None:
    ann = people("ann")
    made = record(ann, "2", "k8s/prod-eu", url="https://eu.example", comment="build 71")

    assert made.replaced == ""
    assert listed(wine, name="wine") == [made.deployment]
    one = made.deployment
    assert (one.name, one.version, one.target) == ("wine", "2", "k8s/prod-eu")
    assert (one.url, one.user_id, one.until) == ("https://eu.example", "ann", None)
    (event,) = told(wine)
    assert (event.action, event.object) == ("deployment.recorded", "version:wine/2")
    assert (event.actor, event.comment, event.time) == ("ann", "build 71", one.since)
    assert event.after == {"target": "k8s/prod-eu", "url": "https://eu.example"}


def test_the_same_again_changes_nothing(wine: Store) -> None:
    made = record(wine, "2", "eu", url="https://eu.example").deployment
    assert record(wine, "2", "eu").deployment == made
    assert record(wine, "2", "eu", url="https://eu.example").deployment == made
    assert len(told(wine)) == 1

    other = record(wine, "2", "eu", url="https://new.example").deployment
    assert (other.id, other.since, other.url) == (made.id, made.since, "https://new.example")
    assert [e.before.get("url") for e in told(wine)] == [None, "https://eu.example"]
    assert listed(wine) == [other]


def test_another_version_at_a_target_replaces_the_first(people: People, wine: Store) -> None:
    record(people("ann"), "1", "eu")
    record(people("ann"), "1", "us")
    made = record(people("bob"), "2", "eu", comment="build 72")

    assert made.replaced == "1"
    assert where(wine, name="wine") == [("2", "eu"), ("1", "us")]
    (former,) = [d for d in listed(wine, name="wine", include_ended=True) if d.until]
    assert (former.version, former.target, former.ended_by) == ("1", "eu", "bob")
    assert former.until == made.deployment.since
    ended, begun = told(wine)[-2:]
    assert (ended.action, ended.object) == ("deployment.ended", "version:wine/1")
    assert ended.comment == "build 72 (version 2 took its place)"
    assert ended.details["displaced_by"] == "2"
    assert (begun.object, begun.details["replaces"]) == ("version:wine/2", "1")


def test_a_reason_is_erased_from_both_histories(wine: Store, local_store: SqlStore) -> None:
    record(wine, "1", "eu")
    record(wine, "2", "eu", comment="call Ann, 555-0199")
    local_store.do(EraseEventTexts(sequence=told(wine)[-1].sequence))
    assert [e.comment for e in told(wine)[-2:]] == ["[erased]", "[erased]"]
    assert compare(local_store.do) == []


def test_two_models_may_run_at_one_target(wine: Store) -> None:
    wine.do(CreateRegisteredModel(name="beer"))
    wine.do(CreateModelVersion(name="beer", source="s3://bucket/model"))
    record(wine, "1", "eu")
    made = wine.do(RecordDeployment(name="beer", version="1", target="eu"))
    assert made.replaced == ""
    assert [d.name for d in listed(wine)] == ["beer", "wine"]


def test_a_deployment_is_ended(people: People, wine: Store) -> None:
    record(people("ann"), "1", "eu")
    op = EndDeployment(name="wine", target="eu", comment="too dear")
    ended = people("bob").do(op).deployment

    assert listed(wine) == []
    assert listed(wine, include_ended=True) == [ended]
    assert (ended.version, ended.ended_by) == ("1", "bob")
    event = told(wine)[-1]
    assert (event.action, event.comment) == ("deployment.ended", "too dear")
    assert event.time == ended.until
    with pytest.raises(
        NotFound, match=r"No version of wine is recorded as running at 'eu': .*list"
    ):
        wine.do(op)
    again = record(wine, "1", "eu").deployment
    assert again.id != ended.id
    assert len(listed(wine, include_ended=True)) == 2


def test_they_are_listed_by_pages_newest_first(wine: Store) -> None:
    for number in range(5):
        record(wine, str(1 + number % 2), f"t{number}")
    pages, token = [], ""
    while token is not None:
        page = wine.do(ListDeployments(name="wine", max_results=2, page_token=token))
        pages.append([one.target for one in page.deployments])
        token = page.next_page_token  # type: ignore[assignment]
    assert pages == [["t4", "t3"], ["t2", "t1"], ["t0"]]
    assert where(wine, name="wine", version="2") == [("2", "t3"), ("2", "t1")]


def test_what_is_not_there_or_archived_does_not_run(wine: Store) -> None:
    with pytest.raises(NotFound, match="7"):
        record(wine, "7", "eu")
    with pytest.raises(NotFound, match="gin"):
        wine.do(RecordDeployment(name="gin", version="1", target="eu"))
    with pytest.raises(NotFound, match="gin"):
        wine.do(ListDeployments(name="gin"))
    with pytest.raises(NotFound, match="gin"):
        wine.do(EndDeployment(name="gin", target="eu"))
    wine.do(TransitionStage(name="wine", version="3", stage="Archived"))
    with pytest.raises(Conflict, match="Version 3 of wine is archived"):
        record(wine, "3", "eu")
    wine.do(DeleteModelVersion(name="wine", version="2"))
    with pytest.raises(NotFound):
        record(wine, "2", "eu")
    assert told(wine) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"target": ""}, "target"),
        ({"target": "   "}, "blank"),
        ({"target": "eu "}, "begins or ends with a space"),
        ({"target": "e\u200bu"}, "nobody sees"),
        ({"target": "e\nu"}, "nobody sees"),
        ({"target": "x" * 251}, "target"),
        ({"version": "two"}, "integer"),
        ({"url": "javascript:alert(1)"}, "https://"),
    ],
)
def test_bad_texts_are_refused(wine: Store, fields: dict[str, str], said: str) -> None:
    good = {"name": "wine", "version": "1", "target": "eu"}
    with pytest.raises(InvalidParameter, match=said):
        wine.do(RecordDeployment(**{**good, **fields}))
    with pytest.raises(InvalidParameter, match="send the model's name"):
        wine.do(ListDeployments(version="1"))
    assert told(wine) == []


def test_a_version_that_runs_is_not_deleted_unless_forced(
    wine: Store, local_store: SqlStore
) -> None:
    record(wine, "1", "eu")
    record(wine, "1", "us")
    with pytest.raises(Conflict, match=r"version 1 of wine \(runs at eu\), .*End the deployment"):
        wine.do(DeleteModelVersion(name="wine", version="1"))
    with pytest.raises(Conflict, match="End the deployment first"):
        wine.do(DeleteRegisteredModel(name="wine"))
    wine.do(TransitionStage(name="wine", version="1", stage="Staging"))
    with pytest.raises(Conflict, match=r"Archive that version first .* and end the deployment"):
        wine.do(DeleteModelVersion(name="wine", version="1"))

    wine.do(DeleteModelVersion(name="wine", version="1", force=True))
    assert listed(wine) == []
    ended = listed(wine, include_ended=True)
    assert [d.until for d in ended] == [told(wine, "version.deleted")[0].time] * 2
    assert compare(local_store.do) == []
    record(wine, "2", "eu")
    wine.do(DeleteRegisteredModel(name="wine", force=True))
    assert listed(wine, include_ended=True) == []
    wine.do(CreateRegisteredModel(name="gin"))  # a database may give it the key of the first
    assert listed(wine, name="gin", include_ended=True) == []
    assert compare(local_store.do) == []


def test_a_version_that_runs_no_more_is_deleted(wine: Store) -> None:
    record(wine, "1", "eu")
    record(wine, "2", "eu")
    wine.do(DeleteModelVersion(name="wine", version="1"))
    wine.do(EndDeployment(name="wine", target="eu"))
    wine.do(DeleteRegisteredModel(name="wine"))


def test_what_a_version_that_runs_is_made_of_is_not_deleted(store: Store) -> None:
    experiment = store.do(CreateExperiment(name="cellar")).experiment_id
    run = store.do(CreateRun(experiment_id=experiment)).run.info.run_id
    store.do(CreateRegisteredModel(name="wine"))
    store.do(CreateModelVersion(name="wine", source=f"runs:/{run}/m", run_id=run))
    record(store, "1", "eu")
    with pytest.raises(Conflict, match="runs at eu"):
        store.do(DeleteRun(run_id=run))
    with pytest.raises(Conflict, match="runs at eu"):
        store.do(DeleteExperiment(experiment_id=experiment))
    store.do(EndDeployment(name="wine", target="eu"))
    store.do(DeleteRun(run_id=run))


def test_a_renamed_model_keeps_its_deployments(wine: Store, local_store: SqlStore) -> None:
    made = record(wine, "1", "eu").deployment
    wine.do(RenameRegisteredModel(name="wine", new_name="port"))
    (kept,) = listed(wine, name="port")
    assert (kept.id, kept.name, kept.since) == (made.id, "port", made.since)
    assert wine.do(RecordDeployment(name="port", version="2", target="eu")).replaced == "1"
    wine.do(CreateRegisteredModel(name="wine"))
    assert listed(wine, name="wine", include_ended=True) == []
    assert compare(local_store.do) == []


def test_the_lineage_ends_where_a_version_runs(wine: Store) -> None:
    record(wine, "1", "us")
    made = record(wine, "1", "k8s/eu", url="https://eu.example").deployment
    record(wine, "2", "us")
    found = wine.do(GetVersionLineage(name="wine", version="1"))
    (place,) = [node for node in found.nodes if node.kind == "deployment"]
    assert (place.ref, place.name, place.url) == ("k8s/eu", "wine", "https://eu.example")
    assert place.time == made.since
    assert [(e.source, e.kind) for e in found.edges if e.target == place.id] == [
        ("version:wine/1", "deployed")
    ]


def test_only_who_edits_a_model_tells_where_it_runs(crowd: Store) -> None:
    alice, bob, carol = (NAMED[name] for name in ("alice", "bob", "carol"))
    crowd.do(CreateRegisteredModel(name="wine"), ROOT)
    crowd.do(CreateModelVersion(name="wine", source="s3://b/m"), ROOT)
    crowd.do(GrantPermission(object="model:wine", user="alice", permission="CAN_EDIT"), ROOT)
    crowd.do(GrantPermission(object="model:wine", user="bob", permission="CAN_READ"), ROOT)
    tell = RecordDeployment(name="wine", version="1", target="eu")
    end = EndDeployment(name="wine", target="eu")
    for who in (bob, carol):
        for refused in (tell, end):
            with pytest.raises(PermissionDenied):
                crowd.do(refused, who)
    made = crowd.do(tell, alice).deployment
    for asked in (ListDeployments(), ListDeployments(name="wine")):
        assert crowd.do(asked, bob).deployments == [made]
    assert crowd.do(ListDeployments(), carol).deployments == []
    with pytest.raises(NotFound, match="wine"):
        crowd.do(ListDeployments(name="wine"), carol)
    crowd.do(end, alice)
