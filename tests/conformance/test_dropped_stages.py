"""What becomes of requests for a stage that a policy has no more, or spells otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance.test_reviewers import NAMED, Review
from cuvee.api.base import Store
from cuvee.api.events import ListEvents
from cuvee.api.holdings import GetStageHolder, ListHoldings, RollbackStage
from cuvee.api.models import CreateRegisteredModel, MoveRegisteredModel
from cuvee.api.policies import ApplyPolicy, RemovePolicy
from cuvee.api.requests import GetTransitionRequest, SearchTransitionRequests
from cuvee.api.reviews import (
    CreateTransitionRequest,
    ListTransitionRequests,
    ListWaitingRequests,
)
from cuvee.api.versions import CreateModelVersion, TransitionStage
from cuvee.errors import InvalidParameter

PLAIN = "{scope: %s, stages: [{name: Staging}]}"
GATED = "{scope: %s, stages: [{name: Live, review: {approvals: 1}}]}"
Drop = Callable[[Review], Any]


DROPS: dict[str, Drop] = {
    "another document": lambda r: r.admin(ApplyPolicy(document=PLAIN % "wine")),
    "no document": lambda r: r.admin(RemovePolicy(scope="wine")),
    "the registry's": lambda r: [
        r.admin(ApplyPolicy(document=PLAIN % "/")),
        r.admin(RemovePolicy(scope="wine")),
    ],
}


def lists(r: Review) -> list[int]:
    """Read all lists that show requests; return how many each has."""
    return [
        len(r.admin(ListTransitionRequests(name="wine", version="1")).requests),
        len(r.admin(SearchTransitionRequests()).requests),
        len(r.admin(ListWaitingRequests()).requests),
    ]


@pytest.mark.parametrize("drop", DROPS.values(), ids=list(DROPS))
def test_requests_for_a_dropped_stage_are_cancelled_and_say_why(crowd: Store, drop: Drop) -> None:
    r = Review(crowd, NAMED)
    [asked] = r.admin(SearchTransitionRequests()).requests
    drop(r)
    assert lists(r) == [0, 0, 0]
    told = r.admin(GetTransitionRequest(id=asked.id)).request
    assert (told.status, told.closed_comment) == ("cancelled", "the policy has no stage Live")
    events = r.admin(ListEvents(object="version:wine/1")).events
    assert events[-1].action == "request.cancelled"
    with pytest.raises(InvalidParameter, match="Live"):
        r.approve("alice")
    # The stage comes back; what was approved before does not.
    r.admin(ApplyPolicy(document=GATED % "wine"))
    assert r.explain().approvals == []


def test_a_dry_run_and_a_policy_of_others_cancel_nothing(crowd: Store) -> None:
    r = Review(crowd, NAMED)
    r.admin(ApplyPolicy(document=PLAIN % "wine", dry_run=True))
    r.admin(ApplyPolicy(document=PLAIN % "/"))  # the model has its own
    assert lists(r)[:2] == [1, 1]
    assert r.explain().approvals == ["carol"]


def test_a_folder_without_the_stage_cancels_them_too(crowd: Store) -> None:
    r = Review(crowd, NAMED)
    r.admin(ApplyPolicy(document=GATED % "cellar/"))
    r.admin(ApplyPolicy(document=PLAIN % "attic/"))
    r.admin(RemovePolicy(scope="wine"))
    assert lists(r) == [0, 0, 0]
    r.admin(MoveRegisteredModel(name="wine", folder="cellar"))
    r.admin(CreateTransitionRequest(name="wine", version="1", stage="Live"))
    assert lists(r)[:2] == [1, 1]
    r.admin(MoveRegisteredModel(name="wine", folder="attic"))
    assert lists(r) == [0, 0, 0]
    r.admin(MoveRegisteredModel(name="wine", folder="cellar"))
    r.admin(CreateTransitionRequest(name="wine", version="1", stage="Live"))
    r.admin(CreateRegisteredModel(name="other", folder="cellar"))
    r.admin(CreateModelVersion(name="other", source="s3://b/m"))
    r.admin(ApplyPolicy(document=GATED % "other"))
    r.admin(CreateTransitionRequest(name="other", version="1", stage="Live"))
    r.admin(ApplyPolicy(document=PLAIN % "cellar/"))
    [left] = r.admin(SearchTransitionRequests()).requests
    assert left.name == "other"  # which has a policy of its own


def test_a_stage_that_is_spelled_otherwise_keeps_its_requests(crowd: Store) -> None:
    r = Review(crowd, NAMED)
    r.admin(ApplyPolicy(document=(GATED % "wine").replace("Live", "LIVE")))
    assert lists(r)[:2] == [1, 1]
    r.approve("alice")
    assert r.stage == "LIVE"
    assert lists(r) == [0, 0, 0]


def test_a_stage_is_the_same_however_it_was_spelled(store: Store) -> None:
    """Who held it before, and whom a rollback brings back."""
    store.do(CreateRegisteredModel(name="wine"))
    spelled = "{scope: wine, stages: [{name: %s}]}"
    store.do(ApplyPolicy(document=spelled % "Live"))
    for number in ("1", "2"):
        store.do(CreateModelVersion(name="wine", source="s3://b/m"))
        store.do(
            TransitionStage(
                name="wine", version=number, stage="Live", archive_existing_versions=True
            )
        )
    held = store.do(ListHoldings(name="wine", stage="Live")).holdings
    store.do(ApplyPolicy(document=spelled % "LIVE"))
    for stage in ("LIVE", "Live", "live"):
        for holding in held:
            asked = GetStageHolder(name="wine", stage=stage, at=str(holding.since))
            assert store.do(asked).model_version.version == holding.version
        now = store.do(GetStageHolder(name="wine", stage=stage))
        assert (now.holding.stage, now.model_version.version, now.former) == ("LIVE", "2", "1")
        assert len(store.do(ListHoldings(name="wine", stage=stage)).holdings) == 3
    store.do(RollbackStage(name="wine", stage="LIVE"))
    assert store.do(GetStageHolder(name="wine", stage="LIVE")).model_version.version == "1"
    for stage in ("liv", "Production"):
        with pytest.raises(InvalidParameter, match="LIVE"):
            store.do(GetStageHolder(name="wine", stage=stage))
