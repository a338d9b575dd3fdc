"""Who may move a version directly, by level and by what the stages say; no I/O."""

from __future__ import annotations

from collections.abc import Callable, Collection

from cuvee.api.base import Level
from cuvee.api.stages import is_resting
from cuvee.rules.documents import is_protected
from cuvee.rules.policy import Policy, Stage


def may_move(
    policy: Policy,
    source: Stage,
    target: Stage,
    *,
    level: Callable[[str], Level],
    subjects: Collection[str],
) -> bool:
    """Say whether somebody may move a version from one stage to another without a request.

    Args:
        policy: the model's stages.
        source: where the version is.
        target: where it is to go.
        level: the mover's level for moves in and out of a stage, by the stage's name; that on the
            model itself for the empty name.
        subjects: who the mover is: ``user:<name>``, and ``group:<name>`` for each group.
    """
    if level("") < Level.READ:
        return False
    if is_resting(source.name) and is_resting(target.name):
        return level("") >= Level.MANAGE_STAGING_VERSIONS
    return _may(policy, source, source.leave, level, subjects) and _may(
        policy, target, target.enter, level, subjects
    )


def needed_level(policy: Policy, source: Stage, target: Stage) -> Level:
    """Return the level on the model with which anybody may make a move."""
    if is_protected(policy, source) or is_protected(policy, target):
        return Level.MANAGE_PRODUCTION_VERSIONS
    return Level.MANAGE_STAGING_VERSIONS


def _may(
    policy: Policy,
    stage: Stage,
    named: Collection[str],
    level: Callable[[str], Level],
    subjects: Collection[str],
) -> bool:
    """Say whether one side of a move is allowed; ``None`` and ``Archived`` keep nobody."""
    if is_resting(stage.name):
        return True
    given = level(stage.name)
    if given is Level.NONE:
        return False
    return given >= needed_level(policy, stage, stage) or not set(named).isdisjoint(subjects)
