"""Approvals count as the policy says, and nothing else counts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuvee.errors import InvalidParameter
from cuvee.rules.checks import Result
from cuvee.rules.decide import Approval, Case, decide, lasting
from cuvee.rules.policy import Review, Stage

USERS = ("ann", "ben", "cat", "dan")
DAY = 86_400_000


def approval(user: str, **more: Any) -> Approval:
    usual: dict[str, Any] = {"user": user, "digest": "d1", "policy": "wine@1", "time": 0}
    return Approval(**usual | more)


def case(*approvals: Approval, **more: Any) -> Case:
    usual: dict[str, Any] = {"digest": "d1", "policy": "wine@1", "now": DAY, "author": "ann"}
    return Case(approvals=approvals, **usual | more)


def stage(**review: Any) -> Stage:
    return Stage(name="Production", review=Review(**review))


approvals = st.builds(
    Approval,
    user=st.sampled_from(USERS),
    groups=st.frozensets(st.sampled_from(["risk", "ml"])),
    digest=st.sampled_from(["d1", "d2"]),
    policy=st.sampled_from(["wine@1", "wine@2"]),
    time=st.integers(0, 3 * DAY),
)
reviews = st.builds(
    Review,
    approvals=st.integers(0, 3),
    reviewers=st.lists(st.sampled_from(["user:ben", "user:cat", "group:risk"]), max_size=2),
    exclude=st.lists(st.sampled_from(["author", "requester"]), max_size=2),
    reason=st.booleans(),
    expires=st.sampled_from(["", "1d", "12h"]),
)
results = st.lists(
    st.builds(Result, st.just("c"), st.sampled_from(["passed", "failed", "unknown"]), st.just("s")),
    max_size=2,
)
cases = st.builds(
    Case,
    digest=st.just("d1"),
    policy=st.just("wine@1"),
    now=st.just(3 * DAY),
    author=st.sampled_from(USERS),
    requesters=st.frozensets(st.sampled_from(USERS), max_size=2),
    approvals=st.lists(approvals, max_size=6),
    checks=results,
    reason=st.sampled_from(["", "why"]),
)


def test_a_stage_without_review_lets_everything_in() -> None:
    assert decide(Stage(name="Staging"), case()).state == "allowed"


def test_enough_approvals_of_others_let_a_version_in() -> None:
    found = decide(stage(approvals=2), case(approval("ben"), approval("cat")))

    assert (found.state, found.approvals, found.required) == ("allowed", ["ben", "cat"], 2)
    assert found.missing == []


def test_what_is_missing_is_said_with_who_can_give_it() -> None:
    wanted = stage(approvals=2, reviewers=["group:risk"], reason=True, checks=["golden-set"])
    pending = Result("golden-set", "unknown", "nobody has posted it")

    found = decide(wanted, case(approval("ben", groups=frozenset({"risk"})), checks=[pending]))

    assert found.state == "refused"
    assert found.missing == [
        "1 more approval by group:risk, not who registered the version or who asked for it",
        "check 'golden-set' has not passed: nobody has posted it",
        "a reason: say why in the comment",
    ]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"digest": "d0"}, "the version's files have changed since"),
        ({"policy": "wine@0"}, "the policy has changed since (from 'wine@0' to 'wine@1')"),
        ({"time": -1, "user": "ben"}, "it has expired: approvals count for 1d"),
        ({"user": "ann"}, "ann has registered the version: somebody else must approve it"),
        ({"user": "dan"}, "dan has asked for the move: somebody else must approve it"),
        ({"user": "cat"}, "cat is not one of user:ben, group:risk now"),
    ],
)
def test_an_approval_that_does_not_count_stays_listed_with_the_reason(
    changed: dict[str, Any], reason: str
) -> None:
    wanted = stage(reviewers=["user:ben", "group:risk"], expires="1d")
    usual: dict[str, Any] = {"user": "ben", "time": 1}
    given_ = approval(**usual | changed)

    found = decide(wanted, case(given_, requesters=frozenset({"dan"})))

    assert found.state == "waiting"
    assert [(v.user, v.reason) for v in found.void] == [(given_.user, reason)]


def test_the_same_user_counts_once() -> None:
    found = decide(stage(approvals=2), case(approval("ben"), approval("ben", time=5)))

    assert (found.state, found.approvals) == ("waiting", ["ben"])


def test_a_failed_check_refuses_whatever_the_approvals() -> None:
    found = decide(stage(), case(approval("ben"), checks=[Result("c", "failed", "worse")]))

    assert (found.state, found.missing) == ("refused", ["check 'c' failed: worse"])


@given(reviews, cases, approvals)
def test_one_approval_more_never_takes_anything_away(
    review: Review, before: Case, more: Approval
) -> None:
    wanted = Stage(name="Production", review=review)
    fields = {f: getattr(before, f) for f in Case.__struct_fields__}
    after = Case(**fields | {"approvals": [*before.approvals, more]})

    first, second = decide(wanted, before), decide(wanted, after)

    assert set(first.approvals) <= set(second.approvals)
    assert len(second.missing) <= len(first.missing)
    assert not (first.state == "allowed" and second.state != "allowed")


@given(reviews, cases)
def test_four_eyes_cannot_be_circumvented(review: Review, what: Case) -> None:
    found = decide(Stage(name="Production", review=review), what)

    if "author" in review.exclude:
        assert what.author not in found.approvals
    if "requester" in review.exclude:
        assert not what.requesters & set(found.approvals)
    if found.state == "allowed":
        assert len(found.approvals) >= review.approvals
        assert len(set(found.approvals)) == len(found.approvals)


@given(reviews, cases)
def test_only_approvals_of_these_bytes_under_this_policy_in_time_count(
    review: Review, what: Case
) -> None:
    found = decide(Stage(name="Production", review=review), what)

    for user in found.approvals:
        assert any(
            a.user == user
            and (a.digest, a.policy) == (what.digest, what.policy)
            and (not review.expires or what.now - a.time < lasting(review.expires))
            for a in what.approvals
        )
    assert len(found.void) + len(set(found.approvals)) <= len(what.approvals)


@given(reviews, cases, st.integers(0, 10 * DAY))
def test_time_never_makes_an_approval_count(review: Review, what: Case, later: int) -> None:
    wanted = Stage(name="Production", review=review)
    fields = {f: getattr(what, f) for f in Case.__struct_fields__}
    aged = Case(**fields | {"now": what.now + later})

    assert set(decide(wanted, aged).approvals) <= set(decide(wanted, what).approvals)


@given(reviews, cases)
def test_a_changed_policy_or_changed_bytes_void_every_approval(review: Review, what: Case) -> None:
    wanted = Stage(name="Production", review=review)
    fields = {f: getattr(what, f) for f in Case.__struct_fields__}

    for changed in ({"digest": "new"}, {"policy": "wine@9"}):
        found = decide(wanted, Case(**fields | changed))
        assert found.approvals == []
        assert len(found.void) == len(what.approvals)


@given(reviews, cases)
def test_allowed_means_that_nothing_is_missing(review: Review, what: Case) -> None:
    found = decide(Stage(name="Production", review=review), what)

    assert (found.state == "allowed") == (not found.missing)
    if any(c.state != "passed" for c in what.checks):
        assert found.state != "allowed"


def test_times_are_read_and_others_are_refused() -> None:
    assert [lasting(t) for t in ("30m", "12h", "7d", "2w")] == [
        1_800_000,
        43_200_000,
        7 * DAY,
        14 * DAY,
    ]
    for wrong in ("7", "d", "0d", "-1d", "7 days", "1y", "9999999d"):
        with pytest.raises(InvalidParameter, match="write 30m, 12h, 7d or 2w"):
            lasting(wrong)
