"""Folders of registered models: apart from their names, with permissions and policies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from conformance.people import NAMED
from conformance.test_permissions import refused
from cuvee.api.base import Actor, Op, Store
from cuvee.api.events import ListEvents
from cuvee.api.models import (
    CreateRegisteredModel,
    GetRegisteredModel,
    MoveRegisteredModel,
    RegisteredModelTag,
    RenameRegisteredModel,
    SearchRegisteredModels,
    SetRegisteredModelTag,
)
from cuvee.api.permissions import ExplainPermission, GrantPermission
from cuvee.api.policies import ApplyPolicy, GetModelPolicy, RemovePolicy
from cuvee.api.rehearsals import RehearsePolicy
from cuvee.api.reviews import (
    ApproveTransitionRequest,
    CreateTransitionRequest,
    ExplainTransition,
)
from cuvee.api.versions import CreateModelVersion, SearchModelVersions, TransitionStage
from cuvee.errors import InvalidParameter
from cuvee.log.comparison import compare
from cuvee.store.sql import SqlStore

TAG = "cuvee.folder"


def make(store: Store, name: str = "wine", folder: str = "") -> None:
    store.do(CreateRegisteredModel(name=name, folder=folder))
    store.do(CreateModelVersion(name=name, source="s3://b/m"))


def put(store: Store, folder: str, name: str = "wine") -> str:
    op = MoveRegisteredModel(name=name, folder=folder, comment="why")
    return store.do(op).registered_model.folder


def found(store: Store, filter_string: str) -> list[str]:
    models = store.do(SearchRegisteredModels(filter=filter_string)).registered_models
    return [model.name for model in models]


def seen(store: Store, who: Actor) -> tuple[list[str], list[str]]:
    """Return the models that somebody finds, and those whose versions they find."""
    models = store.do(SearchRegisteredModels(), who).registered_models
    versions = store.do(SearchModelVersions(), who).model_versions
    return [m.name for m in models], sorted(v.name for v in versions)


def policy_id(store: Store, name: str = "wine") -> str:
    return store.do(GetModelPolicy(name=name)).policy_version.id


def apply(store: Store, document: str) -> None:
    store.do(ApplyPolicy(document=document))


def move(store: Store, stage: str, name: str = "wine") -> None:
    store.do(TransitionStage(name=name, version="1", stage=stage))


def test_a_model_is_made_in_a_folder_and_moved_to_another(store: Store) -> None:
    made = store.do(CreateRegisteredModel(name="wine", folder="team/red/")).registered_model
    assert made.folder == "team/red"
    assert store.do(GetRegisteredModel(name="wine")).registered_model == made
    assert put(store, "other/") == "other"
    assert put(store, "other") == "other"  # changes nothing, and is not told
    assert put(store, "") == ""
    moves = [
        (e.before, e.after, e.comment)
        for e in store.do(ListEvents(object="model:wine")).events
        if e.action == "model.moved"
    ]
    assert sorted(moves, key=lambda m: m[0]["folder"]) == [
        ({"folder": "other"}, {"folder": ""}, "why"),
        ({"folder": "team/red"}, {"folder": "other"}, "why"),
    ]


def test_a_tag_puts_a_new_model_into_a_folder_and_is_not_kept(store: Store) -> None:
    tags = [RegisteredModelTag("a", "b"), RegisteredModelTag(TAG, "team")]
    made = store.do(CreateRegisteredModel(name="wine", tags=tags)).registered_model
    assert (made.folder, made.tags) == ("team", {"a": "b"})
    with pytest.raises(InvalidParameter, match="different folders"):
        store.do(CreateRegisteredModel(name="beer", tags=tags, folder="other"))
    with pytest.raises(InvalidParameter, match="models move"):
        store.do(SetRegisteredModelTag(name="wine", key=TAG, value="other"))
    for bad in ("/", "a//b", "/a", "..", "a/./b", "a:b", "a'b", "x" * 300):
        with pytest.raises(InvalidParameter, match="folder"):
            put(store, bad)
        with pytest.raises(InvalidParameter, match="folder"):
            store.do(CreateRegisteredModel(name="beer", tags=[RegisteredModelTag(TAG, bad)]))
    assert store.do(GetRegisteredModel(name="wine")).registered_model.folder == "team"


def test_models_are_found_by_folder(store: Store) -> None:
    for name, folder in (("a", ""), ("b", "team"), ("c", "team/x"), ("d", "teams")):
        make(store, name, folder)
    assert found(store, "folder = 'team'") == ["b"]
    assert found(store, "folder LIKE 'team/%'") == ["c"]
    assert found(store, "folder = ''") == ["a"]
    assert found(store, "attribute.folder != '' AND name = 'd'") == ["d"]


def test_a_folders_policy_reaches_the_models_in_it_and_below(store: Store) -> None:
    make(store, "wine", "team/red")
    make(store, "beer", "teams")
    make(store, "team")  # a model of the folder's name is not in it
    apply(store, "{scope: team/, stages: [{name: UAT}, {name: Production}]}")
    assert [policy_id(store, n) for n in ("wine", "beer", "team")] == ["team/@1", "", ""]
    apply(store, "{scope: team/red/, stages: [{name: Live}]}")
    assert policy_id(store) == "team/red/@1"
    move(store, "Live")
    with pytest.raises(InvalidParameter, match="no stage Live, which wine 1"):
        store.do(RemovePolicy(scope="team/red/"))
    apply(store, "{scope: team/, stages: [{name: Other}]}")  # a nearer one applies to wine
    apply(store, "{scope: wine, stages: [{name: Live}, {name: Mine}]}")
    assert policy_id(store) == "wine@1"
    store.do(RenameRegisteredModel(name="wine", new_name="port"))
    assert policy_id(store, "port") == "port@1"
    assert store.do(RemovePolicy(scope="port")).after.id == "team/red/@1"
    live = "stages: [{name: Live, review: {}}]"
    past = store.do(RehearsePolicy(document=f"{{scope: team/red/, {live}}}"))
    assert [one.name for one in past.moves] == ["port"]
    assert store.do(RehearsePolicy(document=f"{{scope: team/, {live}}}")).total == 0


def test_a_model_is_not_moved_to_where_its_stage_is_unknown(store: Store) -> None:
    make(store)
    apply(store, "{scope: team/, stages: [{name: UAT}]}")
    move(store, "Production")
    with pytest.raises(InvalidParameter, match=r"no stage Production, which wine 1 \(.*move them"):
        put(store, "team/red")
    assert policy_id(store) == ""
    move(store, "Archived")
    assert put(store, "team/red") == "team/red"
    assert policy_id(store) == "team/@1"
    move(store, "UAT")
    with pytest.raises(InvalidParameter, match="no stage UAT"):
        put(store, "")


def test_a_move_and_a_new_policy_at_once_leave_no_version_without_its_stage(
    local_store: SqlStore,
) -> None:
    def attempt(op: Op[object]) -> None:
        with suppress(InvalidParameter):
            local_store.do(op)

    make(local_store)
    move(local_store, "Production")
    for n in range(10):
        put(local_store, "")
        policy = ApplyPolicy(document=f"{{scope: team{n}/, stages: [{{name: UAT}}]}}")
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(attempt, [policy, MoveRegisteredModel(name="wine", folder=f"team{n}")]))
        stages = local_store.do(GetModelPolicy(name="wine")).policy_version.stages
        assert "Production" in stages


def test_a_move_to_another_policy_makes_approvals_void(local_store: SqlStore) -> None:
    make(local_store, "wine", "a")
    for folder in ("a/", "b/"):
        apply(
            local_store,
            f"{{scope: {folder}, stages: [{{name: Production, review: {{approvals: 2}}}}]}}",
        )
    asked = {"name": "wine", "version": "1", "stage": "Production"}
    local_store.do(CreateTransitionRequest(**asked), Actor("ann"))
    local_store.do(ApproveTransitionRequest(**asked, archive_existing_versions=False), Actor("bob"))
    told = local_store.do(ExplainTransition(**asked))
    assert (told.policy, len(told.void_approvals)) == ("a/@1", 0)
    put(local_store, "b")
    told = local_store.do(ExplainTransition(**asked))
    assert (told.policy, len(told.void_approvals)) == ("b/@1", 1)


def test_what_is_given_on_a_folder_reaches_its_models(crowd: Store) -> None:
    store, people = crowd, NAMED
    alice, bob = people["alice"], people["bob"]
    make(store, "wine", "team/red")
    make(store, "beer", "teams")
    make(store, "team")
    read = GetRegisteredModel(name="wine")
    assert "wine" in refused(store, read, alice)
    store.do(GrantPermission(object="folder:team/", user="alice", permission="CAN_READ"))
    assert store.do(read, alice).registered_model.name == "wine"
    assert seen(store, alice) == (["wine"], ["wine"])
    assert {e.object for e in store.do(ListEvents(), alice).events} >= {"model:wine"}
    why = store.do(ExplainPermission(object="model:wine", permission="CAN_READ"), alice)
    assert why.allowed
    assert "team/" in why.because
    store.do(GrantPermission(object="models:", user="bob", permission="CAN_MANAGE"))
    store.do(GrantPermission(object="models:team/red/", user="bob", permission="DENY"))
    assert seen(store, bob)[0] == ["beer", "team"]
    refused(store, read, bob)

    put(store, "elsewhere")

    refused(store, read, alice)
    assert seen(store, alice) == ([], [])
    assert seen(store, bob)[0] == ["beer", "team", "wine"]


def test_many_folders_are_read_one_by_one(crowd: Store) -> None:
    alice = NAMED["alice"]
    for name, folder in (("wine", "f7/x"), ("beer", "g"), ("gin", "")):
        make(crowd, name, folder)
    for n in range(101):
        give = GrantPermission(object=f"models:f{n}/", user="alice", permission="CAN_READ")
        crowd.do(give)
    assert seen(crowd, alice) == (["wine"], ["wine"])


def test_a_new_model_needs_leave_in_its_folder(crowd: Store) -> None:
    store, alice = crowd, NAMED["alice"]
    store.do(GrantPermission(object="models:team/", user="alice", permission="CAN_CREATE"))
    refused(store, CreateRegisteredModel(name="wine"), alice)
    refused(store, CreateRegisteredModel(name="wine", folder="teams"), alice)
    tag = [RegisteredModelTag(TAG, "other")]
    assert "other/" in refused(store, CreateRegisteredModel(name="wine", tags=tag), alice)
    store.do(CreateRegisteredModel(name="wine", folder="team/red"), alice)
    store.do(RenameRegisteredModel(name="wine", new_name="port"), alice)

    move_out = MoveRegisteredModel(name="port", folder="other")
    assert "other/" in refused(store, move_out, alice)
    refused(store, MoveRegisteredModel(name="port", folder=""), alice)
    store.do(MoveRegisteredModel(name="port", folder="team"), alice)
    store.do(GrantPermission(object="models:other/", user="alice", permission="CAN_EDIT"))
    store.do(move_out, alice)
    make(store, "beer", "other")  # which she may edit, not manage
    refused(store, MoveRegisteredModel(name="beer", folder="team"), alice)


def test_the_log_tells_where_each_model_is(local_store: SqlStore) -> None:
    make(local_store, "wine", "team")
    make(local_store, "beer", "team")
    put(local_store, "other")
    local_store.do(RenameRegisteredModel(name="wine", new_name="port"))
    assert compare(local_store.do) == []
    connection = local_store.database.connect()
    connection.execute("UPDATE registered_models SET folder = 'mine' WHERE name = 'port'")
    connection.commit()
    connection.close()
    told = compare(local_store.do)
    assert told == ["model:port: folder is 'mine', and by the log 'other'"]
    put(local_store, "other", "port")
