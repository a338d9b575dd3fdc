"""The inbox of reviews: who finds which requests, what each may do, and what has changed since."""

from __future__ import annotations

import time
from typing import Any

import pytest

from conformance.people import NAMED, People, Person, gated, put_policy
from cuvee.api.base import Actor, Store
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.permissions import GrantPermission
from cuvee.api.requests import GetTransitionRequest, SearchTransitionRequests
from cuvee.api.reviews import (
    ApproveTransitionRequest,
    CreateTransitionRequest,
    DeleteTransitionRequest,
    ExplainTransition,
    ListWaitingRequests,
    RejectTransitionRequest,
    TransitionRequest,
)
from cuvee.api.versions import CreateModelVersion, GetModelVersion, TransitionStage
from cuvee.errors import Conflict, InvalidParameter, NotFound
from cuvee.store.sql import SqlStore

APPROVE, REJECT, CANCEL = (
    "APPROVE_TRANSITION_REQUEST",
    "REJECT_TRANSITION_REQUEST",
    "CANCEL_TRANSITION_REQUEST",
)


@pytest.fixture
def ann(people: People) -> Person:
    """Who makes the versions."""
    found = people("ann")
    for name in ("wine", "beer"):
        found.do(CreateRegisteredModel(name=name))
        for number in "12":
            found.do(CreateModelVersion(name=name, source=f"s3://b/{number}"))
    return found


def ask(person: Person, version: str = "2", name: str = "wine", stage: str = "Production") -> str:
    op = CreateTransitionRequest(name=name, version=version, stage=stage, comment="better")
    return person.do(op).request.id


def read(person: Person, number: str) -> TransitionRequest:
    return person.do(GetTransitionRequest(id=number)).request


def search(person: Person, **asked: Any) -> list[str]:
    return [r.id for r in person.do(SearchTransitionRequests(**asked)).requests]


def later() -> None:
    """Let the clock tell what happens next from what has happened."""
    time.sleep(0.005)


def test_everybody_finds_what_concerns_them(
    people: People, ann: Person, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(approvals=2, reviewers=["user:cat", "user:dan"]))
    bob, cat, dan = (people(name) for name in ("bob", "cat", "dan"))
    of_bob, of_cat = ask(bob), ask(cat, "1", "beer", "Staging")

    assert search(dan) == search(bob) == [of_bob, of_cat]
    assert search(dan, name="wine") == [of_bob]
    assert search(bob, role="requester") == [of_bob]
    assert search(cat, role="reviewer", name="wine") == [of_bob]
    assert search(bob, role="reviewer", name="wine") == []
    approval = ApproveTransitionRequest(name="wine", version="2", stage="Production")
    cat.do(approval)
    # What cat has approved stays in sight, and does not wait for cat any more.
    assert search(cat, role="reviewer", name="wine") == [of_bob]
    assert [read(who, of_bob).waits for who in (bob, cat, dan)] == [False, False, True]
    dan.do(approval)
    assert search(dan, name="wine") == []
    assert search(dan, state="closed") == search(cat, state="closed", role="reviewer") == [of_bob]
    assert search(bob, state="closed", role="requester") == [of_bob]
    assert search(ann, state="closed", role="reviewer") == []


def test_what_one_may_not_do_is_refused_with_the_reason(
    people: People, ann: Person, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(reviewers=["user:cat"]))
    number = ask(people("bob"))

    def refused(name: str) -> dict[str, str]:
        found = read(people(name), number)
        assert {*found.available_actions} | {r.action for r in found.refusals} == {
            APPROVE,
            REJECT,
            CANCEL,
        }
        assert not {*found.available_actions} & {r.action for r in found.refusals}
        return {r.action: r.reason for r in found.refusals}

    assert refused("cat") == {}  # a store without users lets all manage
    assert refused("bob") == {
        APPROVE: "bob has asked for the move: somebody else must approve it.",
        REJECT: "bob does not review moves to Production of wine: ask user:cat.",
    }
    assert "ann has registered the version" in refused(ann.name)[APPROVE]


@pytest.mark.usefixtures("ann")
def test_a_request_tells_its_whole_story_by_its_id(people: People, local_store: SqlStore) -> None:
    put_policy(local_store, gated(approvals=2, checks=["golden-set"]))
    number = ask(people("bob"))
    cat, dan = people("cat"), people("dan")
    where: dict[str, Any] = {"name": "wine", "version": "2", "stage": "Production"}
    cat.do(ApproveTransitionRequest(**where, comment="fine"))

    found = read(dan, number)
    assert (found.name, found.version, found.user_id, found.comment) == (
        "wine",
        "2",
        "bob",
        "better",
    )
    assert (found.status, found.state, found.from_stage, found.to_stage) == (
        "open",
        "waiting",
        "None",
        "Production",
    )
    assert (found.approvals, found.required_approvals) == (["cat"], 2)
    assert [(c.check, c.state) for c in found.checks] == [("golden-set", "unknown")]
    assert [(v.user_id, v.verdict, v.comment) for v in found.verdicts] == [
        ("cat", "approved", "fine")
    ]

    dan.do(RejectTransitionRequest(**where, comment="worse on reds"))
    found = read(cat, number)
    assert (found.status, found.closed_by, found.closed_comment) == (
        "rejected",
        "dan",
        "worse on reds",
    )
    assert found.closed_timestamp is not None
    assert found.closed_timestamp >= found.creation_timestamp
    assert [v.verdict for v in found.verdicts] == ["approved", "rejected"]
    assert (found.available_actions, found.refusals, found.waits) == ([], [], False)


@pytest.mark.usefixtures("ann")
def test_how_a_request_ended_is_told(people: People) -> None:
    bob = people("bob")
    withdrawn, granted = ask(bob), ask(bob, "1")
    bob.do(DeleteTransitionRequest(name="wine", version="2", stage="Production", creator="bob"))
    people("cat").do(TransitionStage(name="wine", version="1", stage="Production"))

    assert read(bob, withdrawn).status == "cancelled"
    found = read(bob, granted)
    assert (found.status, found.closed_by) == ("closed", "cat")
    assert found.closed_comment == "version 1 is in Production now"
    assert found.from_stage == "None"


def test_what_has_changed_since_is_flagged(
    people: People, ann: Person, local_store: SqlStore
) -> None:
    ann.do(TransitionStage(name="wine", version="1", stage="Production"))
    later()
    number = ask(people("bob"))
    assert read(ann, number).stale == []
    assert read(ann, number).holder == "1"

    later()
    ann.do(TransitionStage(name="wine", version="1", stage="Archived"))
    assert read(ann, number).stale == [
        "Production was held by version 1 when it was asked for, and is held by nobody now."
    ]
    ann.do(TransitionStage(name="wine", version="2", stage="Staging"))
    assert read(ann, number).from_stage == "None"
    assert read(ann, number).stale[0] == (
        "Version 2 was in None when it was asked for, and is in Staging now."
    )
    put_policy(local_store, gated())
    assert read(ann, number).stale[0] == (
        "The policy has changed since it was asked for: from none to wine@1."
    )


def test_a_reviewer_approves_against_the_holder_that_was_compared_with(
    people: People, ann: Person
) -> None:
    ann.do(TransitionStage(name="wine", version="1", stage="Production"))
    ask(people("bob"))
    ann.do(TransitionStage(name="wine", version="1", stage="Archived", comment="withdrawn"))
    approval: dict[str, Any] = {"name": "wine", "version": "2", "stage": "Production"}
    cat = people("cat")

    with pytest.raises(Conflict, match="held by nobody, not by version 1: ann took version 1 away"):
        cat.do(ApproveTransitionRequest(**approval, expected_holder="1"))
    assert len(search(cat)) == 1
    assert read(cat, search(cat)[0]).verdicts == []
    cat.do(ApproveTransitionRequest(**approval, expected_holder=""))

    found = cat.do(GetModelVersion(name="wine", version="2"))
    assert found.model_version.current_stage == "Production"


def test_pages_follow_each_other(people: People, ann: Person) -> None:
    bob = people("bob")
    numbers = [ask(bob, version, name) for name in ("wine", "beer") for version in "12"]

    def pages(**asked: Any) -> list[str]:
        found, token = [], ""
        while True:
            page = ann.do(SearchTransitionRequests(**asked, max_results=3, page_token=token))
            found += [r.id for r in page.requests]
            token = page.next_page_token or ""
            if not token:
                return found

    assert pages() == numbers
    for name, version in (("wine", "2"), ("beer", "1"), ("beer", "2"), ("wine", "1")):
        later()
        where = {"name": name, "version": version, "stage": "Production"}
        ann.do(RejectTransitionRequest(**where, comment="no"))
    assert pages(state="closed") == [numbers[i] for i in (0, 3, 2, 1)]
    assert pages() == []


@pytest.mark.parametrize("token", ["x", "1.x", "1", ".1", "1.1.1"])
def test_a_token_that_was_not_given_out_is_refused(ann: Person, token: str) -> None:
    with pytest.raises(InvalidParameter):
        ann.do(SearchTransitionRequests(page_token=token))
    with pytest.raises(InvalidParameter):
        ann.do(GetTransitionRequest(id="x"))
    with pytest.raises(NotFound, match="no request with the id 99"):
        ann.do(GetTransitionRequest(id="99"))


def test_only_who_may_read_a_model_hears_of_its_requests(
    crowd: Store, local_store: SqlStore
) -> None:
    crowd.do(CreateRegisteredModel(name="wine"))
    crowd.do(CreateModelVersion(name="wine", source="s3://b/1"))
    put_policy(local_store, gated(reviewers=["user:alice"]))
    asked = CreateTransitionRequest(name="wine", version="1", stage="Production")
    crowd.do(GrantPermission(object="model:wine", user="bob", permission="CAN_READ"))
    number = crowd.do(asked, NAMED["bob"]).request.id

    def found(actor: Actor) -> list[int]:
        return [
            len(crowd.do(SearchTransitionRequests(), actor).requests),
            len(crowd.do(SearchTransitionRequests(role="reviewer"), actor).requests),
            len(crowd.do(ListWaitingRequests(), actor).requests),
        ]

    alice = NAMED["alice"]
    assert found(alice) == [0, 0, 0]
    with pytest.raises(NotFound, match=f"no request with the id {number}"):
        crowd.do(GetTransitionRequest(id=number), alice)
    crowd.do(GrantPermission(object="model:wine", user="alice", permission="CAN_READ"))
    assert found(alice) == [1, 1, 1]
    request = crowd.do(GetTransitionRequest(id=number), alice).request
    assert {r.action: r.reason for r in request.refusals} == {
        CANCEL: "The request is bob's: only who made it, or who manages wine, may cancel it."
    }


def test_an_explanation_says_whether_one_may_move_without_asking(
    crowd: Store,
) -> None:
    crowd.do(CreateRegisteredModel(name="wine"))
    crowd.do(CreateModelVersion(name="wine", source="s3://b/1"))
    crowd.do(GrantPermission(object="model:wine", user="bob", permission="CAN_READ"))
    asked = ExplainTransition(name="wine", version="1", stage="Staging")

    told = crowd.do(asked, NAMED["bob"])

    assert (told.state, told.gated) == ("allowed", False)
    assert "bob may not move version 1 of wine from None to Staging" in told.refused
    assert crowd.do(asked).refused == ""
