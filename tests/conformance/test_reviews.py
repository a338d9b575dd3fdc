"""Versions come to gated stages by review: asked for, judged by others, moved, and told."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.people import People, Person, gated, put_policy
from cuvee.api.base import Store
from cuvee.api.events import Event, ListEvents
from cuvee.api.models import CreateRegisteredModel, RenameRegisteredModel
from cuvee.api.reviews import (
    Activity,
    ApproveTransitionRequest,
    CreateTransitionRequest,
    DeleteTransitionRequest,
    ExplainTransition,
    GetWorkspaceModel,
    ListActivities,
    ListTransitionRequests,
    ListWaitingRequests,
    RejectTransitionRequest,
    TransitionRequest,
    TransitionWorkspaceVersion,
)
from cuvee.api.versions import (
    CreateModelVersion,
    DeleteModelVersion,
    GetModelVersion,
    TransitionStage,
)
from cuvee.errors import AlreadyExists, InvalidParameter, NotFound, PermissionDenied
from cuvee.store.sql import SqlStore


@pytest.fixture
def ann(people: People) -> Person:
    """Who makes the versions."""
    found = people("ann")
    found.do(CreateRegisteredModel(name="wine"))
    found.do(CreateModelVersion(name="wine", source="s3://b/1"))
    return found


def ask(person: Person, stage: str = "Production", comment: str = "better") -> TransitionRequest:
    op = CreateTransitionRequest(name="wine", version="1", stage=stage, comment=comment)
    return person.do(op).request


def approve(person: Person, stage: str = "Production", **more: Any) -> Activity:
    op = ApproveTransitionRequest(name="wine", version="1", stage=stage, comment="fine", **more)
    return person.do(op).activity


def reject(person: Person, stage: str = "Production", comment: str = "worse on reds") -> Activity:
    op = RejectTransitionRequest(name="wine", version="1", stage=stage, comment=comment)
    return person.do(op).activity


def cancel(person: Person, creator: str, stage: str = "Production") -> Activity:
    op = DeleteTransitionRequest(name="wine", version="1", stage=stage, creator=creator)
    return person.do(op).activity


def requests(person: Person) -> list[Activity]:
    return person.do(ListTransitionRequests(name="wine", version="1")).requests


def stage_of(person: Person, version: str = "1") -> str:
    found = person.do(GetModelVersion(name="wine", version=version))
    return found.model_version.current_stage


def events(store: Store, action: str) -> list[Event]:
    return store.do(ListEvents(action=action, max_results=1000)).events


def test_the_approval_that_completes_the_quorum_moves_and_says_on_what_grounds(
    people: People, ann: Person, store: Store, local_store: SqlStore
) -> None:
    policy = put_policy(local_store, gated(approvals=2))

    asked = ask(people("bob"))
    assert (asked.to_stage, asked.user_id, asked.comment) == ("Production", "bob", "better")
    assert (asked.state, asked.required_approvals) == ("waiting", 2)
    assert "2 more approvals by" in asked.missing[0]

    first = approve(people("cat"))
    assert (first.activity_type, first.user_id) == ("APPROVED_REQUEST", "cat")
    assert (first.approvals, first.required_approvals, first.state) == (["cat"], 2, "waiting")
    assert stage_of(ann) == "None"

    second = approve(people("dan"))
    assert (second.approvals, second.state, second.missing) == (["cat", "dan"], "allowed", [])
    assert stage_of(ann) == "Production"
    assert requests(ann) == []

    (moved,) = events(store, "version.transitioned")
    assert (moved.actor, moved.object, moved.comment) == ("dan", "version:wine/1", "fine")
    assert moved.details["policy"] == policy
    assert moved.details["verdict"] == "allowed"
    assert moved.details["approvers"] == ["cat", "dan"]
    assert len(events(store, "request.approved")) == 2
    assert events(store, "request.closed") == []


@pytest.mark.parametrize("user", ["ann", "bob"])
def test_neither_author_nor_requester_may_approve_a_move_to_a_gated_stage(
    people: People, ann: Person, local_store: SqlStore, user: str
) -> None:
    put_policy(local_store, gated())
    ask(people("bob"))

    with pytest.raises(PermissionDenied, match="somebody else must approve it"):
        approve(people(user))

    assert stage_of(ann) == "None"
    (open_,) = people(user).do(ListTransitionRequests(name="wine", version="1")).requests
    assert "APPROVE_TRANSITION_REQUEST" not in open_.available_actions


def test_a_gated_stage_refuses_direct_moves_and_says_what_is_missing_and_what_to_do(
    ann: Person, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(approvals=1, reviewers=["user:cat"], checks=["golden-set"]))

    with pytest.raises(PermissionDenied) as refused:
        ann.do(TransitionStage(name="wine", version="1", stage="production"))

    said = refused.value.message
    assert "1 more approval by user:cat" in said
    assert "check 'golden-set' has not passed" in said
    assert "cuvee requests create wine 1 Production" in said
    assert "cuvee check set wine 1 <check> --pass" in said
    assert stage_of(ann) == "None"


def test_only_the_reviewers_that_the_policy_names_may_judge(
    people: People, ann: Person, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(reviewers=["user:cat"]))
    ask(ann)

    for judge in (approve, reject):
        with pytest.raises(PermissionDenied, match="ask user:cat"):
            judge(people("dan"))
    approve(people("cat"))

    assert stage_of(ann) == "Production"


def test_a_stage_without_review_is_entered_by_the_first_approval(
    people: People, ann: Person
) -> None:
    ask(ann, "Staging")

    approve(people("ann"), "staging")  # nothing forbids it where nothing is gated

    assert stage_of(ann) == "Staging"


def test_approving_may_archive_who_was_there(people: People, ann: Person) -> None:
    ann.do(CreateModelVersion(name="wine", source="s3://b/2"))
    ann.do(TransitionStage(name="wine", version="2", stage="Production"))
    ask(ann)

    approve(people("bob"), archive_existing_versions=True)

    assert (stage_of(ann), stage_of(ann, "2")) == ("Production", "Archived")
    told = ann.do(ListActivities(name="wine", version="2")).activities
    assert [a.activity_type for a in told] == ["SYSTEM_TRANSITION", "APPLIED_TRANSITION"]
    assert "version 1 took the stage" in told[0].system_comment
    assert (told[0].from_stage, told[0].to_stage) == ("Production", "Archived")


def test_a_rejection_needs_a_reason_closes_the_request_and_voids_what_was_given(
    people: People, ann: Person, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(approvals=2))
    ask(ann)
    approve(people("cat"))
    with pytest.raises(InvalidParameter, match="say in 'comment'"):
        reject(people("dan"), comment=" ")

    said = reject(people("dan"))

    assert (said.activity_type, said.comment) == ("REJECTED_REQUEST", "worse on reds")
    assert requests(ann) == []
    assert ask(ann).approvals == []
    assert approve(people("dan")).approvals == ["dan"]
    assert stage_of(ann) == "None"


def test_requests_of_two_users_coexist_and_are_approved_together(
    people: People, ann: Person, store: Store
) -> None:
    ask(people("bob"))
    ask(people("cat"))
    with pytest.raises(AlreadyExists, match="has an open request"):
        ask(people("bob"))
    assert [a.user_id for a in requests(ann)] == ["bob", "cat"]

    approve(people("dan"))

    assert requests(ann) == []
    approved = events(store, "request.approved")
    assert [e.details["requester"] for e in approved] == ["bob", "cat"]


def test_a_request_is_cancelled_by_its_creator_alone_of_two(people: People, ann: Person) -> None:
    ask(people("bob"))
    ask(people("cat"))

    said = cancel(people("bob"), "bob")

    assert (said.activity_type, said.user_id) == ("CANCELLED_REQUEST", "bob")
    assert [a.user_id for a in requests(ann)] == ["cat"]
    with pytest.raises(NotFound, match="'bob' has no open request"):
        cancel(people("bob"), "bob")


@pytest.mark.usefixtures("ann")
def test_what_was_approved_on_a_cancelled_request_is_gone_with_it(
    people: People, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(approvals=2))
    ask(people("bob"))
    approve(people("cat"))
    cancel(people("bob"), "bob")

    assert ask(people("bob")).approvals == []


def test_a_changed_policy_voids_approvals_visibly(
    people: People, ann: Person, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(approvals=2))
    ask(ann)
    approve(people("cat"))
    put_policy(local_store, gated(approvals=2, reason=False), version=2)

    (open_,) = requests(ann)
    assert open_.approvals == []
    assert [v.user_id for v in open_.void_approvals] == ["cat"]
    assert "the policy has changed since (from 'wine@1' to 'wine@2')" in (
        open_.void_approvals[0].reason
    )
    approve(people("dan"))
    assert stage_of(ann) == "None"
    with pytest.raises(PermissionDenied, match="Approvals that do not count: cat: the policy"):
        ann.do(TransitionStage(name="wine", version="1", stage="Production"))
    approve(people("cat"))
    assert stage_of(ann) == "Production"


def test_an_approval_outlives_the_move_until_a_rejection(
    people: People, ann: Person, local_store: SqlStore
) -> None:
    put_policy(local_store, gated())
    ask(ann)
    approve(people("cat"))
    ann.do(TransitionStage(name="wine", version="1", stage="Archived"))

    ann.do(TransitionStage(name="wine", version="1", stage="Production"))  # as a rollback does
    assert stage_of(ann) == "Production"

    ann.do(TransitionStage(name="wine", version="1", stage="Archived"))
    ask(ann)
    reject(people("cat"))
    with pytest.raises(PermissionDenied, match="1 more approval"):
        ann.do(TransitionStage(name="wine", version="1", stage="Production"))


def test_a_direct_move_closes_the_request_that_it_grants_and_leaves_the_others(ann: Person) -> None:
    ask(ann, "Staging")
    ask(ann, "Production")

    ann.do(TransitionStage(name="wine", version="1", stage="Staging"))

    assert [a.to_stage for a in requests(ann)] == ["Production"]
    (closed,) = ann.do(ListActivities(name="wine", version="1", max_results=1)).activities
    assert closed.system_comment == "version 1 is in Staging now"


def test_deleting_a_version_cancels_its_requests_and_a_new_version_starts_clean(
    ann: Person, store: Store
) -> None:
    ask(ann)

    ann.do(DeleteModelVersion(name="wine", version="1"))

    (cancelled,) = events(store, "request.cancelled")
    assert cancelled.details["system"] == "version 1 was deleted"
    ann.do(CreateModelVersion(name="wine", source="s3://b/2"))
    found = ann.do(ListTransitionRequests(name="wine", version="2")).requests
    assert found == []


def test_renaming_a_model_carries_requests_and_activities_over(people: People, ann: Person) -> None:
    ask(ann)
    ann.do(RenameRegisteredModel(name="wine", new_name="vin"))

    (open_,) = ann.do(ListTransitionRequests(name="vin", version="1")).requests
    assert open_.user_id == "ann"
    people("bob").do(ApproveTransitionRequest(name="vin", version="1", stage="Production"))
    ann.do(CreateRegisteredModel(name="wine"))
    ann.do(CreateModelVersion(name="wine", source="s3://b/1"))

    told = ann.do(ListActivities(name="vin", version="1")).activities
    assert [a.activity_type for a in told] == [
        "APPLIED_TRANSITION",
        "APPROVED_REQUEST",
        "REQUESTED_TRANSITION",
    ]
    assert ann.do(ListActivities(name="wine", version="1")).activities == []


def test_activities_are_paged_newest_first(ann: Person) -> None:
    for stage in ("Staging", "Archived", "Staging", "None", "Production"):
        ann.do(TransitionStage(name="wine", version="1", stage=stage))

    found: list[str] = []
    token = ""
    for _ in range(3):
        op = ListActivities(name="wine", version="1", max_results=2, page_token=token)
        page = ann.do(op)
        found += [a.to_stage for a in page.activities]
        token = page.next_page_token or ""

    assert found == ["Production", "None", "Staging", "Archived", "Staging"]
    assert token == ""


@pytest.mark.usefixtures("ann")
def test_what_waits_for_me_is_what_i_may_approve(people: People, local_store: SqlStore) -> None:
    put_policy(local_store, gated(approvals=2, reviewers=["user:cat", "user:ann", "user:dan"]))
    ask(people("cat"))

    def waiting(name: str) -> list[str]:
        page = people(name).do(ListWaitingRequests())
        return [f"{r.name}/{r.version} {r.to_stage} by {r.user_id}" for r in page.requests]

    assert waiting("dan") == ["wine/1 Production by cat"]
    assert waiting("cat") == waiting("ann") == waiting("eve") == []
    approve(people("dan"))
    assert waiting("dan") == []


def test_waiting_requests_are_paged(people: People, ann: Person) -> None:
    for stage in ("Staging", "Production", "Archived"):
        ask(ann, stage)

    first = people("bob").do(ListWaitingRequests(max_results=2))
    assert first.next_page_token is not None
    op = ListWaitingRequests(max_results=2, page_token=first.next_page_token)
    second = people("bob").do(op)

    assert [r.to_stage for r in first.requests] == ["Staging", "Production"]
    assert [r.to_stage for r in second.requests] == ["Archived"]
    assert second.next_page_token is None


def test_a_policy_may_want_a_reason_of_requests_and_moves(
    ann: Person, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(approvals=0, reason=True))
    with pytest.raises(InvalidParameter, match="wants a reason"):
        ask(ann, comment="  ")
    with pytest.raises(PermissionDenied, match="say why in the comment"):
        ann.do(TransitionStage(name="wine", version="1", stage="Production"))

    ann.do(TransitionStage(name="wine", version="1", stage="Production", comment="harvest"))

    assert stage_of(ann) == "Production"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"stage": "Moon"}, "Invalid Model Version stage: Moon"),
        ({"version": "x"}, "must be an integer"),
        ({"stage": "none"}, "is in None already"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(
    ann: Person, fields: dict[str, str], sentence: str
) -> None:
    usual = {"name": "wine", "version": "1", "stage": "Production"}
    with pytest.raises(InvalidParameter, match=sentence):
        ann.do(CreateTransitionRequest(**{**usual, **fields}))
    assert requests(ann) == []


def test_requests_for_what_is_not_there_are_not_found(ann: Person) -> None:
    with pytest.raises(NotFound, match="no open request to move version 1 of wine to Staging"):
        approve(ann, "Staging")
    with pytest.raises(NotFound, match="no open request"):
        reject(ann, "Staging")
    with pytest.raises(NotFound):
        ann.do(CreateTransitionRequest(name="wine", version="9", stage="Staging"))
    with pytest.raises(NotFound):
        ann.do(ListActivities(name="beer", version="1"))


def test_the_workspace_calls_show_id_level_and_open_requests(ann: Person) -> None:
    ask(ann)
    op = TransitionWorkspaceVersion(
        name="wine", version="1", stage="Staging", archive_existing_versions=False, comment="try"
    )
    moved = ann.do(op).model_version_databricks
    assert (moved.current_stage, moved.permission_level) == ("Staging", "CAN_MANAGE")
    assert [r.to_stage for r in moved.open_requests] == ["Production"]

    found = ann.do(GetWorkspaceModel(name="wine")).registered_model_databricks
    assert found.id.isdecimal()
    assert found.permission_level == "CAN_MANAGE"
    assert [v.version for v in found.latest_versions] == ["1"]


def test_what_a_version_lacks_can_be_asked_without_trying(
    ann: Person, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(checks=["description is set", "tags.ticket is set"]))

    op = ExplainTransition(name="wine", version="1", stage="production")
    found = ann.do(op)

    assert (found.state, found.gated, found.policy) == ("refused", True, "wine@1")
    assert [(c.check, c.state) for c in found.checks] == [
        ("description is set", "failed"),
        ("tags.ticket is set", "failed"),
    ]
    assert len(found.missing) == 3
