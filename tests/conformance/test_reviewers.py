"""An approval counts while who gave it could give it again, looked at when the move is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance.people import NAMED as PEOPLE
from conformance.people import ROOT, People
from cuvee.api.base import Op, Store
from cuvee.api.evidence import GetEvidence
from cuvee.api.groups import AddMember, RemoveMember
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.permissions import GrantPermission
from cuvee.api.policies import ApplyPolicy
from cuvee.api.reviews import (
    ApproveTransitionRequest,
    CreateTransitionRequest,
    ExplainTransition,
    Explanation,
    ListTransitionRequests,
)
from cuvee.api.users import ActivateUser, DeactivateUser, DeleteUser
from cuvee.api.versions import CreateModelVersion, GetModelVersion, TransitionStage
from cuvee.errors import PermissionDenied
from cuvee.store.sql import SqlStore

TWO = "{scope: wine, stages: [{name: Staging}, {name: Live, review: {approvals: 2%s}}]}"


class Review:
    """Root asks for a move of wine 1 to Live, and carol, the first of two, has approved it."""

    def __init__(self, store: Store, who: str) -> None:
        self.store = store
        self.admin(CreateRegisteredModel(name="wine"))
        self.admin(CreateModelVersion(name="wine", source="s3://b/m"))
        for name in ("alice", "bob", "carol"):
            self.grant(name, "CAN_MANAGE_PRODUCTION_VERSIONS")
        self.admin(AddMember(name="red", username="carol"))
        self.admin(ApplyPolicy(document=TWO % who))
        self.admin(CreateTransitionRequest(name="wine", version="1", stage="Live"))
        self.approve("carol")
        assert self.explain().approvals == ["carol"]

    def admin(self, op: Op[Any]) -> Any:
        return self.store.do(op, ROOT)

    def grant(self, user: str, level: Any) -> None:
        self.admin(GrantPermission(object="model:wine", user=user, permission=level))

    def approve(self, name: str) -> None:
        op = ApproveTransitionRequest(
            name="wine", version="1", stage="Live", archive_existing_versions=False
        )
        self.store.do(op, PEOPLE[name])

    def explain(self) -> Explanation:
        found: Explanation = self.admin(ExplainTransition(name="wine", version="1", stage="Live"))
        return found

    @property
    def stage(self) -> str:
        found: str = self.admin(
            GetModelVersion(name="wine", version="1")
        ).model_version.current_stage
        return found


NAMED = ", from: ['user:carol', 'user:alice', 'user:bob']"
GROUP = ", from: ['group:red']"
WAYS = {
    "deleted": (NAMED, DeleteUser(username="carol"), "the account of carol is deleted"),
    "disabled": (NAMED, DeactivateUser(username="carol"), "the account of carol is switched off"),
    "left the group": (GROUP, RemoveMember(name="red", username="carol"), "is not one of"),
    "may not read it": (
        NAMED,
        GrantPermission(object="model:wine", user="carol", permission="DENY"),
        "carol may not read the model now",
    ),
    "lost the level": (
        "",
        GrantPermission(object="model:wine", user="carol", permission="CAN_EDIT"),
        "carol may not move versions to Live now",
    ),
    "deleted, of a group": (GROUP, DeleteUser(username="carol"), "carol"),
    "deleted, of a level": ("", DeleteUser(username="carol"), "carol"),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_approval_of_who_is_no_reviewer_any_more_does_not_count(crowd: Store, way: str) -> None:
    who, change, reason = WAYS[way]
    review = Review(crowd, who)
    review.admin(change)

    found = review.explain()
    assert (found.approvals, found.state) == ([], "waiting")
    assert [(v.user_id, reason in v.reason) for v in found.void_approvals] == [("carol", True)]
    listed = review.admin(ListTransitionRequests(name="wine", version="1")).requests[0]
    assert [v.user_id for v in listed.void_approvals] == ["carol"]
    members = review.admin(GetEvidence(name="wine", version="1")).members
    assert any(reason in m.text for m in members)

    review.approve("alice")  # would have been the second
    assert review.stage == "None"
    with pytest.raises(PermissionDenied, match="Approvals that do not count: carol"):
        review.admin(TransitionStage(name="wine", version="1", stage="Live"))
    review.approve("bob")
    assert review.stage == "Live"


def test_an_approval_counts_again_when_its_reviewer_is_back(crowd: Store) -> None:
    review = Review(crowd, NAMED)
    review.admin(DeactivateUser(username="carol"))
    review.approve("alice")
    assert review.stage == "None"
    review.admin(ActivateUser(username="carol"))
    assert review.explain().state == "allowed"


def test_a_name_that_is_no_user_does_not_count_once_there_are_users(
    people: People, enter: Callable[[], Store]
) -> None:
    """Approvals of the time when everyone could give any name are not those of users."""
    dan, eve = people("dan"), people("eve")
    asked: list[Op[Any]] = [
        CreateRegisteredModel(name="wine"),
        CreateModelVersion(name="wine", source="s3://b/m"),
        ApplyPolicy(document=TWO % ""),
        CreateTransitionRequest(name="wine", version="1", stage="Live"),
    ]
    for op in asked:
        dan.do(op)
    approve = ApproveTransitionRequest(
        name="wine", version="1", stage="Live", archive_existing_versions=False
    )
    eve.do(approve)
    explain = ExplainTransition(name="wine", version="1", stage="Live")
    assert dan.do(explain).approvals == ["eve"]
    found = enter().do(explain, ROOT)
    assert (found.approvals, found.void_approvals[0].reason) == (
        [],
        "eve is no user of this server",
    )


def test_an_approval_that_has_expired_opens_nothing_until_it_is_given_again(
    crowd: Store, local_store: SqlStore
) -> None:
    review = Review(crowd, ", expires: 12h")
    pass_time(local_store, hours=11)
    assert review.explain().approvals == ["carol"]
    pass_time(local_store, hours=1)
    found = review.explain()
    assert (found.approvals, found.state) == ([], "waiting")
    assert [(v.user_id, "expired" in v.reason) for v in found.void_approvals] == [("carol", True)]
    review.approve("alice")  # would have been the second
    assert review.stage == "None"
    with pytest.raises(PermissionDenied, match=r"carol.*expired.*12h"):
        review.admin(TransitionStage(name="wine", version="1", stage="Live"))
    review.approve("carol")
    assert review.stage == "Live"
    pass_time(local_store, hours=-12, until=1)  # else the log would tell of another time


def pass_time(store: SqlStore, *, hours: int, until: int = 2**31) -> None:
    """Make the approvals older, all or only the first ones."""
    connection = store.database.connect()
    sql = f"UPDATE verdicts SET created = created - {hours * 3_600_000} WHERE pk <= {until}"
    connection.cursor().execute(sql)
    connection.close()
