"""A policy can be tried on the moves of the past before it is applied."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.people import People, Person, gated, put_policy
from cuvee.api.checks import SetCheck
from cuvee.api.models import CreateRegisteredModel, RenameRegisteredModel
from cuvee.api.rehearsals import Rehearsal, RehearsePolicy
from cuvee.api.reviews import (
    ApproveTransitionRequest,
    CreateTransitionRequest,
    RejectTransitionRequest,
)
from cuvee.api.versions import CreateModelVersion, GetModelVersion, TransitionStage
from cuvee.errors import InvalidParameter
from cuvee.store.sql import SqlStore


@pytest.fixture
def ann(people: People) -> Person:
    """Who makes the versions."""
    found = people("ann")
    found.do(CreateRegisteredModel(name="wine"))
    for _ in range(3):
        found.do(CreateModelVersion(name="wine", source="s3://b/1"))
    return found


def where(version: int, stage: str = "Production") -> dict[str, Any]:
    return {"name": "wine", "version": str(version), "stage": stage}


def rehearse(person: Person, scope: str = "wine", /, **review: Any) -> Rehearsal:
    stages = [{"name": "Staging"}, {"name": "Production", "review": review}]
    return person.do(RehearsePolicy(document=json.dumps({"scope": scope, "stages": stages})))


def verdicts(found: Rehearsal) -> dict[str, bool]:
    return {move.version: move.blocked for move in found.moves}


def test_past_moves_are_judged_by_what_was_on_record_then(
    people: People, ann: Person, local_store: SqlStore
) -> None:
    ann.do(TransitionStage(**where(1)))  # nobody asked
    put_policy(local_store, gated(approvals=1))
    people("bob").do(CreateTransitionRequest(**where(2)))
    people("cat").do(ApproveTransitionRequest(**where(2)))
    people("bob").do(CreateTransitionRequest(**where(3)))
    people("dan").do(RejectTransitionRequest(**where(3), comment="no"))
    people("bob").do(CreateTransitionRequest(**where(3)))
    people("cat").do(ApproveTransitionRequest(**where(3)))

    one, two, of_dan = (
        rehearse(ann, approvals=1),
        rehearse(ann, approvals=2),
        rehearse(ann, "wine", approvals=1, **{"from": ["user:dan"]}),
    )

    assert verdicts(one) == {"1": True, "2": False, "3": False}
    assert (one.total, one.blocked) == (3, 1)
    assert verdicts(two) == {"1": True, "2": True, "3": True}
    (said,) = two.moves[0].missing
    assert said.startswith("1 more approval by whoever may move versions to this stage, not who")
    assert of_dan.blocked == 3
    assert any("deleted since" in note for note in one.notes)


def test_checks_count_as_they_were_posted_then(ann: Person, local_store: SqlStore) -> None:
    post = {"name": "wine", "version": "1", "check_name": "golden-set"}
    ann.do(SetCheck(**post, passed=True))
    ann.do(TransitionStage(**where(1)))
    ann.do(SetCheck(**post, passed=False))
    ann.do(TransitionStage(**where(2)))
    ann.do(SetCheck(**{**post, "version": "2"}, passed=True))

    found = rehearse(ann, approvals=0, checks=["golden-set"])
    assert verdicts(found) == {"1": False, "2": True}

    found = rehearse(ann, approvals=0, checks=["description is set"])
    assert verdicts(found) == {"1": True, "2": True}
    assert any("are those of today" in note for note in found.notes)
    assert put_policy(local_store, gated()) == "wine@1"  # nothing was applied by rehearsing


def test_moves_past_a_policy_are_marked_and_renamings_followed(
    people: People, ann: Person, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(approvals=1, break_glass=["user:eve"]))
    people("eve").do(TransitionStage(**where(1), comment="down", break_glass=True))
    ann.do(RenameRegisteredModel(name="wine", new_name="vin"))

    (move,) = rehearse(ann, "vin", approvals=1).moves

    assert (move.name, move.emergency, move.blocked, move.user_id) == ("vin", True, True, "eve")


def test_a_wider_scope_leaves_out_models_with_a_policy_of_their_own(
    ann: Person, local_store: SqlStore
) -> None:
    ann.do(TransitionStage(**where(1)))
    ann.do(CreateRegisteredModel(name="beer"))
    ann.do(CreateModelVersion(name="beer", source="s3://b/1"))
    ann.do(TransitionStage(name="beer", version="1", stage="Production"))
    assert {m.name for m in rehearse(ann, "/", approvals=1).moves} == {"wine", "beer"}

    put_policy(local_store, gated(), "beer")

    assert {m.name for m in rehearse(ann, "/", approvals=1).moves} == {"wine"}


def test_a_document_that_is_wrong_is_refused_with_the_place(ann: Person) -> None:
    with pytest.raises(InvalidParameter, match="cannot be read at character"):
        rehearse(ann, checks=["metrics.rmse <"])
    op = GetModelVersion(name="wine", version="1")
    assert ann.do(op).model_version.current_stage == "None"
