"""Policies are documents of a scope: applied whole or not at all, kept for ever, never past one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from conformance.people import NAMED, ROOT
from conformance.staging import model, move, stages
from cuvee.api.base import Actor, Store
from cuvee.api.events import ListEvents
from cuvee.api.holdings import RollbackStage, SwapStages
from cuvee.api.models import (
    CreateRegisteredModel,
    DeleteRegisteredModel,
    MoveRegisteredModel,
    RenameRegisteredModel,
)
from cuvee.api.permissions import GrantPermission
from cuvee.api.policies import (
    ApplyPolicy,
    GetModelPolicy,
    ListPolicyVersions,
    PolicyChange,
    PolicyVersion,
    RemovePolicy,
)
from cuvee.api.rehearsals import RehearsePolicy
from cuvee.api.reviews import ApproveTransitionRequest, CreateTransitionRequest
from cuvee.api.versions import CreateModelVersion, TransitionStage
from cuvee.errors import Conflict, CuveeError, InvalidParameter, NotFound, PermissionDenied

UAT = "{scope: wine, stages: [{name: UAT}, {name: Production}]}"
ARCHIVE = "archive_existing_versions"
LIVE = "{scope: wine, stages: [{name: Live, holders: one}]}"


def apply(store: Store, document: str, *, dry_run: bool = False) -> PolicyChange:
    return store.do(ApplyPolicy(document=document, dry_run=dry_run, comment="why"))


def policy(store: Store, name: str = "wine") -> PolicyVersion:
    return store.do(GetModelPolicy(name=name)).policy_version


def listed(store: Store, scope: str) -> list[str]:
    found = store.do(ListPolicyVersions(scope=scope)).policy_versions
    return [f"{v.id} {','.join(v.stages)}" for v in found]


def test_a_model_without_a_policy_has_the_built_in_stages(store: Store) -> None:
    model(store, versions=0)
    found = policy(store)
    assert (found.id, found.version) == ("", 0)
    assert found.stages == ["None", "Staging", "Production", "Archived"]
    with pytest.raises(NotFound):
        policy(store, "beer")


def test_policies_are_numbered_kept_and_told_in_the_history(store: Store) -> None:
    model(store, versions=0)
    first = apply(store, UAT)
    again = apply(store, UAT)
    second = apply(store, LIVE)

    assert (first.before.id, first.after.id, first.unchanged) == ("", "wine@1", False)
    assert again.unchanged
    assert (second.before, second.after.id) == (first.after, "wine@2")
    assert policy(store) == second.after
    assert second.after.scope == "wine"
    assert listed(store, "wine") == [
        "wine@2 None,Live,Archived",
        "wine@1 None,UAT,Production,Archived",
    ]
    events = store.do(ListEvents(object="policy:wine")).events
    assert [(e.action, e.comment) for e in events] == [("policy.applied", "why")] * 2
    assert events[1].before == {"policy": "wine@1", "digest": first.after.digest}
    assert events[1].after["document"] == {"stages": [{"name": "Live", "holders": "one"}]}


def test_a_policy_that_would_strand_versions_is_refused_unless_it_says_where_they_go(
    store: Store,
) -> None:
    model(store)
    for number, stage in ((1, "Staging"), (2, "Staging"), (3, "Archived")):
        move(store, number, stage)

    with pytest.raises(InvalidParameter, match=r"no stage Staging, which wine 1, wine 2.*move: \{"):
        apply(store, UAT)
    assert policy(store).id == ""
    tried = apply(store, UAT[:-1] + ", move: {staging: UAT}}", dry_run=True)
    assert [(m.version, m.to_stage) for m in tried.moved] == [("1", "UAT"), ("2", "UAT")]
    assert (policy(store).id, stages(store)) == ("", ["Staging", "Staging", "Archived"])

    done = apply(store, UAT[:-1] + ", move: {staging: UAT}}")

    assert done.moved == tried.moved
    assert stages(store) == ["UAT", "UAT", "Archived"]
    event = store.do(ListEvents(object="version:wine/1")).events[-1]
    assert event.comment == "why (the policy has no stage Staging)"
    assert event.details == {"system": True, "policy": "wine@1"}
    apply(store, LIVE[:-1] + ", move: {UAT: Live}}")
    assert stages(store) == ["Archived", "Live", "Archived"]  # one may hold it: the highest


def test_a_stage_that_is_spelled_anew_takes_its_versions_along(store: Store) -> None:
    model(store, versions=1)
    apply(store, LIVE)
    move(store, 1, "Live")
    assert [m.to_stage for m in apply(store, LIVE.replace("Live", "LIVE")).moved] == ["LIVE"]
    assert stages(store, 1) == ["LIVE"]


def test_the_nearest_policy_applies(store: Store) -> None:
    model(store)
    store.do(CreateRegisteredModel(name="beer"))
    apply(store, "{scope: /, stages: [{name: All}]}")
    assert policy(store).id == "/@1"
    apply(store, LIVE)
    assert (policy(store).id, policy(store, "beer").id) == ("wine@1", "/@1")
    move(store, 1, "Live")
    apply(store, "{scope: /, stages: [{name: Every}]}")  # wine has its own
    store.do(CreateModelVersion(name="beer", source="s3://b/m"))
    store.do(TransitionStage(name="beer", version="1", stage="Every"))
    with pytest.raises(InvalidParameter, match="beer 1"):
        store.do(RemovePolicy(scope="/"))
    with pytest.raises(InvalidParameter, match="no stage Live"):
        store.do(RemovePolicy(scope="wine"))
    move(store, 1, "Archived")

    removed = store.do(RemovePolicy(scope="wine", comment="enough"))

    assert (removed.before.id, removed.after.id) == ("wine@1", "/@2")
    assert policy(store).id == "/@2"
    assert listed(store, "wine")[0] == "wine@2 "
    with pytest.raises(NotFound, match="no policy of its own"):
        store.do(RemovePolicy(scope="wine"))
    apply(store, LIVE)
    assert policy(store).id == "wine@3"
    store.do(TransitionStage(name="beer", version="1", stage="None"))
    assert store.do(RemovePolicy(scope="/")).after.stages[1] == "Staging"


def test_a_policy_goes_where_its_model_goes(store: Store) -> None:
    model(store)
    apply(store, LIVE)
    move(store, 1, "Live")
    store.do(RenameRegisteredModel(name="wine", new_name="port"))
    found = policy(store, "port")
    assert (found.id, found.stages) == ("port@1", ["None", "Live", "Archived"])
    store.do(TransitionStage(name="port", version="2", stage="Live"))
    model(store)
    assert policy(store).id == ""
    store.do(DeleteRegisteredModel(name="port", force=True))
    store.do(CreateRegisteredModel(name="port"))
    assert policy(store, "port").id == ""


@pytest.mark.parametrize(
    ("document", "refused"),
    [
        ("{scope: beer, stages: [{name: A}]}", NotFound),
        ("{scope: wine, stages: []}", InvalidParameter),
        ("{scope: wine, stages: [{name: Archived}]}", InvalidParameter),
        ("not a policy", InvalidParameter),
        ("{scope: wine, stages: [{name: A}, {name: a}]}", InvalidParameter),
    ],
)
def test_a_wrong_policy_changes_nothing(
    store: Store, document: str, refused: type[CuveeError]
) -> None:
    model(store, versions=0)
    with pytest.raises(refused):
        apply(store, document)
    for scope in ("a//b", ""):
        with pytest.raises(InvalidParameter):
            store.do(ListPolicyVersions(scope=scope))
    assert listed(store, "wine") == []


def test_policies_and_moves_at_the_same_time_leave_no_version_without_a_stage(
    store: Store,
) -> None:
    model(store, versions=6)

    def attempt(number: int) -> None:
        try:
            if number == 0:
                apply(store, LIVE)
            else:
                move(store, number, "Staging" if number % 2 else "Live")
        except InvalidParameter:
            pass

    with ThreadPoolExecutor(7) as pool:
        list(pool.map(attempt, [1, 2, 3, 0, 4, 5, 6]))

    assert set(stages(store, 6)) <= set(policy(store).stages)


def test_only_those_who_manage_a_scope_set_its_policy(crowd: Store) -> None:
    store, alice = crowd, NAMED["alice"]
    model(store, versions=1)
    with pytest.raises(PermissionDenied):
        store.do(ListPolicyVersions(scope="wine"), alice)
    grant(store, "alice", "CAN_EDIT")
    assert store.do(ListPolicyVersions(scope="wine"), alice).policy_versions == []
    for document in (LIVE, LIVE.replace("wine", "/"), LIVE.replace("wine", "team/")):
        with pytest.raises(PermissionDenied):
            store.do(ApplyPolicy(document=document), alice)
    grant(store, "alice", "CAN_MANAGE")
    store.do(ApplyPolicy(document=LIVE), alice)
    with pytest.raises(PermissionDenied):
        store.do(RemovePolicy(scope="/"), alice)
    store.do(ApplyPolicy(document=LIVE.replace("wine", "/")), ROOT)
    store.do(RemovePolicy(scope="wine"), alice)


def test_the_policies_of_a_folder_are_read_by_who_reads_something_in_it(crowd: Store) -> None:
    store = crowd
    model(store, versions=0)
    store.do(MoveRegisteredModel(name="wine", folder="team/red"), ROOT)
    hers = "team/", "team/red/", "/"
    for scope in (*hers, "team/white/", "nothing/"):
        store.do(ApplyPolicy(document=LIVE.replace("wine", scope)), ROOT)

    def read(scope: str) -> int:
        return len(store.do(ListPolicyVersions(scope=scope), NAMED["alice"]).policy_versions)

    refused = []
    for scope in (*hers, "team/white/", "never/"):  # whether it has any is not told either
        with pytest.raises(PermissionDenied) as caught:
            read(scope)
        refused.append(caught.value.message.replace(scope, ""))
    assert len(set(refused)) == 1
    grant(store, "alice", "CAN_READ")
    assert [read(scope) for scope in hers] == [1, 1, 1]
    for scope in ("team/white/", "tea/", "team/re/"):
        with pytest.raises(PermissionDenied):
            read(scope)
    op = GrantPermission(object="models:team/white/", user="alice", permission="CAN_READ")
    store.do(op, ROOT)  # where nothing is yet
    assert read("team/white/") == 1
    store.do(msgspec.structs.replace(op, permission="DENY"), ROOT)
    with pytest.raises(PermissionDenied):
        read("team/white/")


def test_rights_are_looked_at_before_a_document_is_read(crowd: Store) -> None:
    model(crowd, versions=1)
    broken = "scope: wine\nstages: [{name: ["
    for op in (ApplyPolicy(document=broken), RehearsePolicy(document=broken)):
        with pytest.raises(PermissionDenied):
            crowd.do(op, NAMED["alice"])
        with pytest.raises(InvalidParameter, match="not YAML"):
            crowd.do(op, ROOT)


def grant(store: Store, user: str, permission: Any, stage: str = "") -> None:
    op = GrantPermission(object="model:wine", user=user, permission=permission, stage=stage)
    store.do(op, ROOT)


def may(store: Store, actor: Actor, stage: str) -> bool:
    """Try a move and say whether it was allowed."""
    try:
        store.do(TransitionStage(name="wine", version="1", stage=stage), actor)
    except PermissionDenied:
        return False
    return True


def test_levels_and_names_decide_who_moves_versions(crowd: Store) -> None:
    store, alice, bob = crowd, NAMED["alice"], NAMED["bob"]
    model(store, versions=1)
    apply(store, "{scope: wine, stages: [{name: UAT, enter: ['user:bob']}, {name: Live}]}")
    grant(store, "alice", "CAN_MANAGE_STAGING_VERSIONS")
    assert not may(store, bob, "UAT")  # named, but may not even read the model
    grant(store, "bob", "CAN_READ")
    assert may(store, bob, "UAT")
    assert not may(store, bob, "None")
    assert not may(store, alice, "Live")
    assert may(store, alice, "Archived")
    grant(store, "alice", "CAN_MANAGE_PRODUCTION_VERSIONS", stage="Live")
    assert may(store, alice, "Live")
    assert not may(store, bob, "UAT")


def test_a_swap_and_a_rollback_pass_the_gate_too(store: Store) -> None:
    model(store, versions=2)
    move(store, 1, "Production")
    move(store, 2, "Production", archive=True)
    apply(
        store,
        "{scope: wine, stages: [{name: Staging}, {name: Production, review: {approvals: 1}}]}",
    )
    for op in (
        TransitionStage(name="wine", version="1", stage="Production"),
        RollbackStage(name="wine", stage="Production"),
        SwapStages(name="wine", version="1", stage="Production"),
    ):
        with pytest.raises((PermissionDenied, Conflict), match="review"):
            store.do(op)
    assert stages(store, 2) == ["Archived", "Production"]


def test_archiving_who_shares_a_stage_asks_for_the_right_to_move_them_out(
    crowd: Store,
) -> None:
    store, bob = crowd, NAMED["bob"]
    model(store, versions=3)
    shared = "{scope: wine, stages: [{name: Dev}, {name: Live, enter: ['user:bob']%s}]}"
    apply(store, shared % "")
    grant(store, "bob", "CAN_READ")
    move(store, 1, "Live")
    archive: dict[str, Any] = {"name": "wine", "stage": "Live", "archive_existing_versions": True}
    with pytest.raises(PermissionDenied, match="may not move version 1 of wine from Live"):
        store.do(TransitionStage(version="2", **archive), bob)
    assert stages(store) == ["Live", "None", "None"]
    store.do(CreateTransitionRequest(name="wine", version="2", stage="Live"), ROOT)
    with pytest.raises(PermissionDenied, match="may not move version 1"):
        store.do(ApproveTransitionRequest(version="2", **archive), bob)
    assert stages(store) == ["Live", "None", "None"]
    store.do(ApproveTransitionRequest(version="2", **{**archive, ARCHIVE: False}), bob)
    assert stages(store) == ["Live", "Live", "None"]
    apply(store, shared % ", leave: ['user:bob']")
    store.do(TransitionStage(version="3", **archive), bob)
    assert stages(store) == ["Archived", "Archived", "Live"]
