"""A policy without weaknesses never lets through what the binding one would not."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from cuvee.rules.bindings import weaknesses
from cuvee.rules.checks import Result
from cuvee.rules.decide import Approval, Case, decide, is_one_of
from cuvee.rules.documents import is_protected
from cuvee.rules.policy import Policy, Review, Stage

WHO = ["user:ann", "user:bob", "group:risk", "group:ops"]
CHECKS = ["golden-set", "no pickle"]
people = st.lists(st.sampled_from(WHO), unique=True)
reviews = st.builds(
    Review,
    approvals=st.integers(0, 2),
    reviewers=people,
    exclude=st.lists(st.sampled_from(["author", "requester"]), unique=True),
    checks=st.lists(st.sampled_from(CHECKS), unique=True),
    reason=st.booleans(),
    expires=st.sampled_from(["", "30m", "1d", "24h"]),
    break_glass=people,
)
stages = st.builds(
    Stage,
    name=st.sampled_from(["Live", "LIVE", "Dev"]),
    holders=st.sampled_from(["one", "many"]),
    protected=st.sampled_from([None, True, False]),
    enter=people,
    leave=people,
    review=st.none() | reviews,
)
policies = st.builds(
    Policy,
    stages=st.lists(stages, min_size=1, max_size=3, unique_by=lambda s: s.name.lower()),
    binding=st.just(value=True),
)
approvals = st.builds(
    Approval,
    user=st.sampled_from(["ann", "bob", "cat"]),
    groups=st.frozensets(st.sampled_from(["risk", "ops"])),
    digest=st.just("d"),
    policy=st.just("p"),
    time=st.integers(0, 100_000_000),
)
cases = st.builds(
    Case,
    digest=st.just("d"),
    policy=st.just("p"),
    now=st.just(100_000_000),
    author=st.sampled_from(["ann", "dan"]),
    requesters=st.frozensets(st.sampled_from(["bob", "eve"])),
    approvals=st.lists(approvals, max_size=3, unique_by=lambda a: a.user),
    reason=st.sampled_from(["", "why"]),
)


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[Policy, Policy]:
    """Draw a policy, and one that differs from it in a field of a stage or of a review."""
    first = draw(policies)
    place = draw(st.integers(0, len(first.stages) - 1))
    stage, other = first.stages[place], draw(stages)
    field = draw(st.sampled_from(["holders", "protected", "enter", "leave", "review"]))
    if stage.review and other.review and draw(st.booleans()):
        part = draw(st.sampled_from(Review.__struct_fields__))
        review = replace(stage.review, **{part: getattr(other.review, part)})
        changed = replace(stage, review=review)
    else:
        changed = replace(stage, **{field: getattr(other, field)})
    listed = [*first.stages[:place], changed, *first.stages[place + 1 :]]
    return first, replace(first, stages=listed)


@given(neighbours(), cases, st.frozensets(st.sampled_from(CHECKS)))
def test_what_a_bound_policy_allows_the_binding_one_allows(
    both: tuple[Policy, Policy], case: Case, passed: frozenset[str]
) -> None:
    binding, policy = both
    if weaknesses(binding, policy):
        return
    for stage in binding.stages:
        if stage.review is None and not stage.protected:
            continue
        other = next(s for s in policy.stages if s.name.lower() == stage.name.lower())
        assert is_protected(policy, other) >= is_protected(binding, stage)
        assert set(other.enter) <= set(stage.enter)
        assert set(other.leave) <= set(stage.leave)
        assert _state(other, case, passed) != "allowed" or (
            _state(stage, case, passed) == "allowed"
        )
        for user in ("ann", "bob", "cat"):
            mine = frozenset({"risk"})
            if other.review and stage.review and is_one_of(other.review.break_glass, user, mine):
                assert is_one_of(stage.review.break_glass, user, mine)


def _state(stage: Stage, case: Case, passed: frozenset[str]) -> str:
    checks = stage.review.checks if stage.review else []
    results = [Result(c, "passed" if c in passed else "unknown", "") for c in checks]
    return decide(stage, replace(case, checks=results)).state


@given(policies)
@example(Policy(stages=[Stage(name="Production", review=Review())], binding=True))
def test_a_policy_is_not_weaker_than_itself(policy: Policy) -> None:
    assert weaknesses(policy, policy) == []
    assert weaknesses(replace(policy, binding=False), Policy(stages=[])) == []


def test_a_protected_stage_stays_one_that_binds() -> None:
    outer = Policy(stages=[Stage(name="Live", protected=True)], binding=True)
    inner = Policy(stages=[Stage(name="Live")], binding=True)  # protected as the last stage is
    assert weaknesses(outer, inner) == ["Live: it must be protected"]
    assert weaknesses(outer, outer) == []


@given(neighbours(), st.data())
def test_what_is_bound_by_a_bound_policy_is_bound(
    both: tuple[Policy, Policy], data: st.DataObject
) -> None:
    """A folder in a folder may replace the outer policy only where it keeps its rules."""
    (a, b), c = both, data.draw(policies)
    c = data.draw(st.sampled_from([a, b, c]))
    if not weaknesses(a, b) and not weaknesses(b, c):
        assert weaknesses(a, c) == []
