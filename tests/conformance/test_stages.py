"""Stages of a model's own, races for them, and the ways back and across."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.staging import (
    OWN,
    history,
    holder,
    last_event,
    model,
    move,
    pause,
    rollback,
    stages,
)
from cuvee.api.base import Store
from cuvee.api.events import ListEvents
from cuvee.api.holdings import (
    RollbackStage,
    SwapStages,
)
from cuvee.api.models import (
    CreateRegisteredModel,
    GetLatestVersions,
)
from cuvee.api.versions import (
    CreateModelVersion,
    DeleteModelVersion,
    SearchModelVersions,
)
from cuvee.errors import Conflict, InvalidParameter, NotFound


def test_a_model_has_the_stages_that_its_policy_names(store: Store) -> None:
    model(store, policy=OWN)

    assert move(store, 1, "uat").current_stage == "UAT"
    assert move(store, 2, "DEV").current_stage == "Dev"
    with pytest.raises(InvalidParameter) as refused:
        move(store, 3, "Staging")
    assert refused.value.message == (
        "Invalid Model Version stage: Staging. Value must be one of None, Dev, UAT, Previous, "
        "Production, Archived."
    )

    def latest(*names: str) -> dict[str, str]:
        found = store.do(GetLatestVersions(name="wine", stages=list(names))).model_versions
        return {v.current_stage: v.version for v in found}

    assert latest() == {"UAT": "1", "Dev": "2", "None": "3"}
    assert latest("uat", "Archived") == {"UAT": "1"}
    with pytest.raises(InvalidParameter, match="one of None, Dev"):
        latest("Staging")


def test_a_version_may_be_made_from_what_holds_a_stage(store: Store) -> None:
    model(store, policy=OWN)
    move(store, 2, "UAT")
    store.do(CreateRegisteredModel(name="copies"))

    made = store.do(CreateModelVersion(name="copies", source="models:/wine/uat")).model_version

    assert made.source == "models:/wine/2"
    with pytest.raises(InvalidParameter, match="Dev"):
        store.do(CreateModelVersion(name="copies", source="models:/wine/Staging"))


def test_versions_are_found_by_their_stage(store: Store) -> None:
    model(store, policy=OWN)
    move(store, 1, "UAT")
    move(store, 2, "Production")

    def found(condition: str) -> list[str]:
        op = SearchModelVersions(filter=condition, order_by=["version_number ASC"])
        return [v.version for v in store.do(op).model_versions]

    assert found("name = 'wine' AND current_stage = 'UAT'") == ["1"]
    assert found("current_stage != 'UAT'") == ["2", "3"]
    assert found("current_stage IN ('UAT', 'Production')") == ["1", "2"]


def test_a_stage_that_one_may_hold_sends_the_former_holder_on(store: Store) -> None:
    model(store, policy=OWN)
    move(store, 1, "Production")
    move(store, 2, "Production", comment="better")
    assert stages(store) == ["Previous", "Production", "None"]

    move(store, 3, "Production")

    assert stages(store) == ["Archived", "Previous", "Production"]
    events = store.do(ListEvents(object="version:wine/1")).events
    assert [e.after.get("stage") for e in events[1:]] == ["Production", "Previous", "Archived"]
    assert events[2].comment == "better (version 2 took the stage)"
    assert events[2].details == {"system": True, "displaced_by": "2"}


def test_stages_that_many_may_hold_are_cleared_only_when_asked(store: Store) -> None:
    model(store, policy=OWN)
    move(store, 1, "Dev")
    move(store, 2, "Dev")
    assert stages(store) == ["Dev", "Dev", "None"]
    move(store, 3, "Dev", archive=True)
    assert stages(store) == ["Archived", "Archived", "Dev"]


# ---------------------------------------------------------------- races


def test_a_move_that_expects_another_holder_is_refused_and_says_who_moved_it(
    store: Store,
) -> None:
    model(store)
    move(store, 1, "Production", expect="")
    for wrong in ("", "2"):
        with pytest.raises(Conflict, match=r"held by version 1.* moved it there at 20\d\d-"):
            move(store, 2, "Production", expect=wrong)
    assert stages(store) == ["Production", "None", "None"]

    move(store, 2, "Production", expect="1", archive=True)
    move(store, 2, "Archived")

    with pytest.raises(Conflict, match=r"held by nobody.* took version 2 away at"):
        move(store, 3, "Production", expect="2")
    with pytest.raises(Conflict, match="held by nobody"):
        rollback(store, expect="2")
    with pytest.raises(InvalidParameter, match="expected_holder"):
        move(store, 3, "Archived", expect="")
    with pytest.raises(InvalidParameter, match="version"):
        move(store, 3, "Production", expect="x")


def test_of_many_who_expect_the_same_holder_exactly_one_wins(store: Store) -> None:
    model(store, versions=9)
    move(store, 1, "Production")

    def attempt(number: int) -> str:
        try:
            move(store, number, "Production", expect="1", archive=True)
        except Conflict as lost:
            return lost.message
        return ""

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(2, 10)))

    assert answers.count("") == 1
    winner = str(answers.index("") + 2)
    assert all(f"held by version {winner}" in said for said in answers if said)
    assert holder(store).model_version.version == winner
    assert history(store, version="1")[0].stage == "Archived"


def test_of_many_swaps_for_the_same_holder_exactly_one_wins(store: Store) -> None:
    model(store, versions=8, policy=OWN)
    move(store, 1, "Production")
    move(store, 2, "UAT")

    def attempt(number: int) -> str:
        op = SwapStages(name="wine", version=str(number), stage="Production", expected_holder="1")
        try:
            store.do(op)
        except Conflict as lost:
            return lost.message
        return ""

    with ThreadPoolExecutor(7) as pool:
        answers = list(pool.map(attempt, range(2, 9)))

    assert answers.count("") == 1
    winner = answers.index("") + 2
    lost = [said for said in answers if said]
    assert all(f"held by version {winner}" in said for said in lost), lost
    assert all(" moved it there at 20" in said for said in lost), lost
    expected = ["None", "UAT", *["None"] * 6]
    expected[0], expected[winner - 1] = expected[winner - 1], "Production"
    assert stages(store, 8) == expected


def test_one_holder_stays_one_under_concurrency(store: Store) -> None:
    model(store, versions=8, policy=OWN)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: move(store, number, "Production"), range(1, 9)))

    assert sorted(stages(store, 8)) == ["Archived"] * 6 + ["Previous", "Production"]
    held = sorted(history(store, "Production"), key=lambda h: h.since)
    assert len([h for h in held if h.until is None]) == 1
    ends = sorted(h.until for h in held if h.until is not None)
    starts = sorted(h.since for h in held)
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=True))


# ---------------------------------------------------------------- back and across


def test_a_rollback_gives_the_stage_back_to_the_former_holder(store: Store) -> None:
    model(store)
    for number in (1, 2, 3):
        move(store, number, "Production", archive=True)

    assert rollback(store, expect="3") == "2"
    assert stages(store) == ["Archived", "Production", "Archived"]
    assert rollback(store) == "1"  # further back, not forth again to what was bad
    assert stages(store) == ["Production", "Archived", "Archived"]
    with pytest.raises(NotFound, match="No other version"):
        rollback(store)
    move(store, 3, "Production", archive=True)
    assert rollback(store) == "1"


def test_the_holder_of_a_stage_says_which_version_a_rollback_brings_back(store: Store) -> None:
    model(store)
    for number in (1, 2, 3):
        move(store, number, "Production", archive=True)

    for back in ("2", "1"):
        assert holder(store).former == back
        assert rollback(store) == back
    assert holder(store).former == ""
    assert holder(store, at=str(pause())).former == ""


def test_a_rollback_says_so_in_the_history(store: Store) -> None:
    model(store)
    move(store, 1, "Production")
    move(store, 2, "Production", archive=True)
    store.do(RollbackStage(name="wine", stage="production", comment="it drifts"))

    two = store.do(ListEvents(object="version:wine/2")).events[-1]
    one = store.do(ListEvents(object="version:wine/1")).events[-1]

    assert (one.after, one.comment) == ({"stage": "Production"}, "it drifts")
    assert one.details["rollback"] is True
    assert (two.after, two.comment) == (
        {"stage": "Archived"},
        "it drifts (rolled back to version 1)",
    )


def test_a_rollback_restores_what_nobody_holds_any_more(store: Store) -> None:
    model(store)
    move(store, 1, "Production")
    move(store, 1, "Archived")
    assert rollback(store) == "1"
    assert stages(store)[0] == "Production"


def test_a_rollback_leaves_those_that_share_the_stage(store: Store) -> None:
    model(store)
    move(store, 1, "Production")
    move(store, 2, "Production")
    assert rollback(store) == "1"
    assert stages(store) == ["Production", "Archived", "None"]


def test_a_rollback_with_one_holder_works_through_the_former_stage(store: Store) -> None:
    model(store, policy=OWN)
    move(store, 1, "Production")
    move(store, 2, "Production")
    assert stages(store) == ["Previous", "Production", "None"]
    assert rollback(store) == "1"
    assert stages(store) == ["Production", "Previous", "None"]


def test_a_rollback_to_what_is_gone_or_was_never_is_refused(store: Store) -> None:
    model(store)
    with pytest.raises(NotFound):
        rollback(store)
    move(store, 1, "Production")
    move(store, 2, "Production", archive=True)
    store.do(DeleteModelVersion(name="wine", version="1"))
    with pytest.raises(Conflict, match=r"Version 1.* has been deleted"):
        rollback(store)
    with pytest.raises(InvalidParameter):
        rollback(store, "Archived")
    assert stages(store, 0) == []
    assert holder(store).model_version.version == "2"


def test_two_versions_exchange_their_stages(store: Store) -> None:
    model(store, policy=OWN)
    move(store, 1, "Production")
    move(store, 2, "UAT")

    swapped = store.do(SwapStages(name="wine", version="2", stage="production")).model_versions

    assert [(v.version, v.current_stage) for v in swapped] == [("2", "Production"), ("1", "UAT")]
    assert stages(store) == ["UAT", "Production", "None"]
    store.do(SwapStages(name="wine", version="3", stage="UAT", expected_holder="1"))
    assert stages(store) == ["None", "Production", "UAT"]
    assert last_event(store).details == {"swapped_with": "3"}
    for refused, version, stage, expected in (
        (InvalidParameter, "2", "Production", None),
        (NotFound, "2", "Dev", None),
        (Conflict, "1", "Production", "3"),
        (InvalidParameter, "1", "None", None),
        (NotFound, "9", "Production", None),
    ):
        with pytest.raises(refused):
            store.do(
                SwapStages(name="wine", version=version, stage=stage, expected_holder=expected)
            )
    assert stages(store) == ["None", "Production", "UAT"]
