"""Who may move versions directly: the published table, and what stages add to it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuvee.api.base import Level
from cuvee.api.stages import is_resting
from cuvee.rules.abilities import may_move, needed_level
from cuvee.rules.documents import is_protected
from cuvee.rules.policy import BUILT_IN, Policy, Stage

BUILT_IN_NAMES = ["None", "Staging", "Production", "Archived"]
LEVELS = st.sampled_from(list(Level))


def stage_of(policy: Policy, name: str) -> Stage:
    return next((s for s in policy.stages if s.name == name), Stage(name=name))


def may(policy: Policy, source: str, target: str, level: Level, *subjects: str) -> bool:
    return may_move(
        policy,
        stage_of(policy, source),
        stage_of(policy, target),
        level=lambda _: level,
        subjects=subjects,
    )


@pytest.mark.parametrize(
    ("level", "among"),
    [
        (Level.NONE, []),
        (Level.READ, []),
        (Level.USE, []),
        (Level.EDIT, []),
        (Level.MANAGE_STAGING_VERSIONS, ["None", "Archived", "Staging"]),
        (Level.MANAGE_PRODUCTION_VERSIONS, BUILT_IN_NAMES),
        (Level.MANAGE, BUILT_IN_NAMES),
    ],
)
def test_levels_move_versions_as_the_published_table_says(level: Level, among: list[str]) -> None:
    for source, target in itertools.product(BUILT_IN_NAMES, repeat=2):
        assert may(BUILT_IN, source, target, level) == (source in among and target in among)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    names = draw(
        st.lists(st.sampled_from(["Dev", "UAT", "Production", "Live"]), min_size=1, unique=True)
    )
    who = st.lists(st.sampled_from(["user:ann", "group:risk"]), unique=True)
    return Policy(
        stages=[
            Stage(
                name=name,
                protected=draw(st.sampled_from([None, True, False])),
                enter=draw(who),
                leave=draw(who),
            )
            for name in names
        ]
    )


@given(policies(), st.data())
def test_a_higher_level_or_another_group_never_takes_a_move_away(
    policy: Policy, data: st.DataObject
) -> None:
    names = ["None", *(s.name for s in policy.stages), "Archived"]
    source, target = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
    low, high = sorted([data.draw(LEVELS), data.draw(LEVELS)])
    some = data.draw(st.lists(st.sampled_from(["user:ann", "group:risk", "user:eve"]), unique=True))
    if may(policy, source, target, low, *some):
        assert may(policy, source, target, high, *some)
        assert may(policy, source, target, low, *some, "group:more")
    assert may(policy, source, target, Level.MANAGE)
    assert not may(policy, source, target, Level.NONE, *some)


@given(policies(), st.data())
def test_without_being_named_only_the_level_counts(policy: Policy, data: st.DataObject) -> None:
    names = ["None", *(s.name for s in policy.stages), "Archived"]
    source, target = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
    level = data.draw(LEVELS)
    needed = needed_level(policy, stage_of(policy, source), stage_of(policy, target))
    assert may(policy, source, target, level, "user:eve") == (level >= needed)


@given(policies(), st.sampled_from(["user:ann", "group:risk"]), st.data())
def test_being_named_opens_the_sides_that_name_one(
    policy: Policy, who: str, data: st.DataObject
) -> None:
    names = ["None", *(s.name for s in policy.stages), "Archived"]
    source = stage_of(policy, data.draw(st.sampled_from(names)))
    target = stage_of(policy, data.draw(st.sampled_from(names)))
    if is_resting(source.name) and is_resting(target.name):
        return
    leaves = is_resting(source.name) or who in source.leave
    enters = is_resting(target.name) or who in target.enter
    assert may(policy, source.name, target.name, Level.READ, who) == (leaves and enters)


def test_a_level_for_one_stage_opens_or_closes_that_stage() -> None:
    production = stage_of(BUILT_IN, "Production")
    none = stage_of(BUILT_IN, "None")
    for here, there, expected in (
        (Level.READ, Level.MANAGE_PRODUCTION_VERSIONS, True),
        (Level.MANAGE, Level.NONE, False),
        (Level.NONE, Level.MANAGE, False),
    ):
        levels = {"": here, "Production": there}
        for source, target in ((none, production), (production, none)):
            assert expected == may_move(
                BUILT_IN, source, target, level=levels.__getitem__, subjects=()
            )


def test_the_last_stage_and_production_are_protected_unless_they_say_otherwise() -> None:
    policy = Policy(
        stages=[
            Stage(name="production"),
            Stage(name="Dev", protected=True),
            Stage(name="UAT"),
            Stage(name="Live"),
        ]
    )
    assert [is_protected(policy, s) for s in policy.stages] == [True, True, False, True]
    assert not is_protected(policy, Stage(name="Archived"))
    assert not is_protected(policy, Stage(name="Live", protected=False))
