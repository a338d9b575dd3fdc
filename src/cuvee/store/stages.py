"""Moves of versions between stages in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from cuvee.api.holdings import RollbackStage, SwapStages
from cuvee.api.stages import is_resting
from cuvee.api.versions import ModelVersionResult, TransitionStage, VersionList
from cuvee.errors import Conflict, InvalidParameter, NotFound, PermissionDenied
from cuvee.rules.abilities import needed_level
from cuvee.rules.policy import Stage
from cuvee.store import gates, schema, versions
from cuvee.store.engine import arg, hot
from cuvee.store.holdings import (
    begin_holding,
    former_holding,
    holders_of,
    last_change,
)
from cuvee.store.models import find_model, touch_model
from cuvee.store.policies import Applied, find_stage, policy_of, stage_named
from cuvee.store.tx import Tx
from cuvee.store.version_data import load_versions

_v = schema.model_versions
_STAGE, _UPDATED = (list(_v.c.keys()).index(name) for name in ("stage", "updated"))

_set = hot(
    update(_v)
    .where(_v.c.pk == arg("version_pk"), _v.c.digest == arg("digest"))
    .values(stage=arg("stage"), updated=arg("now"))
)


def transition_stage(tx: Tx, op: TransitionStage) -> ModelVersionResult:
    model, found = versions.look_up_version(tx, op.name, op.version, lock=True)
    applied = policy_of(tx, op.name, model[7])
    stage = find_stage(applied, op.stage)
    row = versions.found_version(model, found, op.version)
    expect_holder(tx, model, stage, op.expected_holder)
    details = _allow(tx, model, row, applied, stage, op.comment, break_glass=op.break_glass)
    if op.archive_existing_versions:
        require_archive(tx, model, row, applied, stage)
    move(
        tx,
        model,
        row,
        stage,
        archive=op.archive_existing_versions,
        comment=op.comment,
        details=details,
    )
    after = (*row[:_STAGE], stage.name, *row[_STAGE + 1 : _UPDATED], tx.now, *row[_UPDATED + 1 :])
    return ModelVersionResult(load_versions(tx, [(model[1], after)], aliases=True)[0])


def rollback_stage(tx: Tx, op: RollbackStage) -> ModelVersionResult:
    model = find_model(tx, op.name, lock=True)
    applied = policy_of(tx, op.name, model[7])
    stage = _active(applied, op.stage)
    expect_holder(tx, model, stage, op.expected_holder)
    current = next(iter(holders_of(tx, model[0], stage.name)), None)
    former = former_holding(tx, model[0], stage.name, current)
    if former is None:
        raise NotFound(
            f"No other version held {stage.name} of {op.name} before: move one there with "
            "model-versions/transition-stage."
        )
    number = str(former[2])
    try:
        row = versions.version_of(tx, model, number)
    except NotFound:
        raise Conflict(
            f"Version {number}, which held {stage.name} of {op.name} before, has been deleted: "
            "move another one there with model-versions/transition-stage."
        ) from None
    target = find_stage(applied, stage.former)
    if current is not None:
        _require_move(tx, model, current, applied, target)
    leaving: list[tuple[Any, ...]] = []
    if row[3] != stage.name:
        granted = _allow(tx, model, row, applied, stage, op.comment, break_glass=op.break_glass)
        details = {**granted, "rollback": True, **({"from": str(current[2])} if current else {})}
        leaving = move(
            tx, model, row, stage, comment=op.comment, details=details, restores=former[0]
        )
    if current is not None and current not in leaving:
        move(
            tx,
            model,
            current,
            target,
            comment=f"{op.comment} (rolled back to version {number})".strip(),
            details={"system": True, "rollback": True, "displaced_by": number},
        )
    return ModelVersionResult(versions.load_version(tx, model, number))


def swap_stages(tx: Tx, op: SwapStages) -> VersionList:
    model, asked = versions.look_up_version(tx, op.name, op.version, lock=True)
    row = versions.found_version(model, asked, op.version)
    applied = policy_of(tx, op.name, model[7])
    stage = _active(applied, op.stage)
    expect_holder(tx, model, stage, op.expected_holder)
    if row[3] == stage.name:
        raise InvalidParameter(
            f"Version {row[2]} of {op.name} is in {stage.name} already: name the version that is "
            "to come there."
        )
    other = next(iter(holders_of(tx, model[0], stage.name)), None)
    if other is None:
        raise NotFound(
            f"No version of {op.name} is in {stage.name}, so there is none to swap with: move "
            f"version {row[2]} there with model-versions/transition-stage."
        )
    found = []
    for one, target, partner in (
        (row, stage, other),
        (other, stage_named(applied, row[3]), row),
    ):
        details = _allow(tx, model, one, applied, target, op.comment, break_glass=op.break_glass)
        found.append((one, target, {**details, "swapped_with": str(partner[2])}))
    for one, target, details in found:
        _place(tx, model, one, target.name, op.comment, details)
    touch_model(tx, model[0])
    for one, target, _ in found:
        gates.moved(tx, model, one, target)
    return VersionList([versions.load_version(tx, model, str(one[2])) for one, _, _ in found])


def move(
    tx: Tx,
    model_row: tuple[Any, ...],
    version_row: tuple[Any, ...],
    stage: Stage,
    *,
    archive: bool = False,
    comment: str = "",
    details: Mapping[str, Any] | None = None,
    restores: int | None = None,
) -> list[tuple[Any, ...]]:
    """Move a version to a stage, and whoever must make room for it to the stage's ``former``.

    Whether it may be moved is decided before: see ``gates.require``.

    Args:
        tx: the transaction, with the model's row locked (``find_model(lock=True)``).
        model_row: the model, in the order of ``schema.registered_models``.
        version_row: the version, in the order of ``schema.model_versions``.
        stage: where it goes; of the model's policy (``find_stage``).
        archive: whether those that hold the stage leave it, even when many may hold it.
        comment: why.
        details: on what grounds, for the event.
        restores: primary key of the holding that a rollback goes back to.

    Returns:
        The rows, as they were, of the versions that had to leave the stage.
    """
    leaving: list[tuple[Any, ...]] = []
    if not is_resting(stage.name) and (archive or stage.holders == "one"):
        holders = holders_of(tx, model_row[0], stage.name)
        leaving = [row for row in holders if row[0] != version_row[0]]
        former = _former(tx, model_row, stage)
        for row in reversed(leaving):
            move(
                tx,
                model_row,
                row,
                former,
                comment=f"{comment} (version {version_row[2]} took the stage)".strip(),
                details={"system": True, "displaced_by": str(version_row[2])},
            )
    _place(tx, model_row, version_row, stage.name, comment, details, restores)
    touch_model(tx, model_row[0])
    gates.moved(tx, model_row, version_row, stage)
    return leaving


def require_archive(
    tx: Tx, model: tuple[Any, ...], row: tuple[Any, ...], applied: Applied, stage: Stage
) -> None:
    """Refuse to send away, with a move, those that hold the stage beside each other.

    From a stage of one holder the former goes because of the stage, not because of the mover.

    Raises:
        PermissionDenied: the actor may not move them out.
    """
    if is_resting(stage.name) or stage.holders == "one":
        return
    for other in holders_of(tx, model[0], stage.name):
        if other[0] != row[0]:
            _require_move(tx, model, other, applied, find_stage(applied, stage.former))


def expect_holder(tx: Tx, model: tuple[Any, ...], stage: Stage, expected: str | None) -> None:
    """Refuse a move that was decided on when the stage had another holder.

    Args:
        tx: the transaction, with the model's row locked.
        model: the model, in the order of ``schema.registered_models``.
        stage: the stage.
        expected: the version that ``models:/<name>/<stage>`` must mean until now; empty for
            nobody, None when that does not matter.

    Raises:
        Conflict: says who moved what when.
    """
    if expected is None:
        return
    if is_resting(stage.name):
        raise InvalidParameter(
            f"expected_holder works with stages that versions hold, not with {stage.name}: leave "
            "it out."
        )
    holders = holders_of(tx, model[0], stage.name)
    if (str(holders[0][2]) if holders else "") == (str(int(expected)) if expected else ""):
        return
    wanted = f"version {int(expected)}" if expected else "nobody"
    found = f"version {holders[0][2]}" if holders else "nobody"
    change = last_change(tx, model[0], stage.name, holders[0] if holders else None)
    raise Conflict(
        f"{stage.name} of {model[1]} is held by {found}, not by {wanted}"
        f"{f': {change}' if change else ''}. Nothing was moved: look at what has changed, and "
        f"expect {found} if your move is still right."
    )


def _active(applied: Applied, text: str) -> Stage:
    stage = find_stage(applied, text)
    if is_resting(stage.name):
        raise InvalidParameter(
            f"{stage.name} is where versions are that hold no stage: name another one, such as "
            f"{applied.names[-2]}."
        )
    return stage


def _allow(
    tx: Tx,
    model: tuple[Any, ...],
    row: tuple[Any, ...],
    applied: Applied,
    stage: Stage,
    comment: str,
    *,
    break_glass: bool = False,
) -> dict[str, Any]:
    """Refuse a direct move that the mover or the stage's policy does not allow."""
    _require_move(tx, model, row, applied, stage)
    if row[3] == stage.name:
        return {}
    return gates.require(tx, model, row, stage, comment=comment, break_glass=break_glass)


def _require_move(
    tx: Tx, model: tuple[Any, ...], row: tuple[Any, ...], applied: Applied, target: Stage
) -> None:
    problem = not_a_mover(tx, model, row, applied, target)
    if problem:
        raise PermissionDenied(problem)


def not_a_mover(
    tx: Tx, model: tuple[Any, ...], row: tuple[Any, ...], applied: Applied, target: Stage
) -> str:
    """Return why the actor may not move a version to a stage themselves; empty when they may."""
    if gates.may_move(tx, model, row[3], applied, target):
        return ""
    source = stage_named(applied, row[3])
    level = needed_level(applied.policy, source, target).name
    return (
        f"{tx.actor.name} may not move version {row[2]} of {model[1]} from {source.name} to "
        f"{target.name}: that needs CAN_{level} on the model, or to be named by the stages. Ask "
        "for the move with transition-requests/create, or somebody who manages the model for the "
        "level."
    )


def _former(tx: Tx, model: tuple[Any, ...], stage: Stage) -> Stage:
    if is_resting(stage.former):
        return Stage(name=stage.former)
    return find_stage(policy_of(tx, model[1], model[7]), stage.former)


def _place(
    tx: Tx,
    model: tuple[Any, ...],
    row: tuple[Any, ...],
    stage: str,
    comment: str,
    details: Mapping[str, Any] | None,
    restores: int | None = None,
) -> None:
    # An upload that adds a file does not wait for the model: what was looked at must still be so.
    if not tx.run(_set, version_pk=row[0], stage=stage, now=tx.now, digest=row[13]):
        raise Conflict(
            f"A file has just been added to version {row[2]} of {model[1]}, so nothing was moved: "
            "look at it and try again."
        )
    if row[3] == stage:
        return
    begin_holding(tx, row, stage, restores)
    tx.record(
        "version.transitioned",
        f"version:{model[1]}/{row[2]}",
        before={"stage": row[3]},
        after={"stage": stage},
        comment=comment,
        details=details,
    )
