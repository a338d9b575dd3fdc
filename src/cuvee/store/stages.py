"""Moves of versions between stages in SQL, and the record of who held what when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from cuvee.api.stages import is_resting
from cuvee.api.versions import GetModelVersion, ModelVersionResult, TransitionStage
from cuvee.rules.policy import Stage
from cuvee.store import gates, schema, versions
from cuvee.store.engine import arg, hot
from cuvee.store.holdings import begin_holding, holders_of
from cuvee.store.models import find_model, touch_model
from cuvee.store.policies import find_stage, policy_of
from cuvee.store.tx import Tx

_v = schema.model_versions

_set = hot(
    update(_v).where(_v.c.pk == arg("version_pk")).values(stage=arg("stage"), updated=arg("now"))
)


def transition_stage(tx: Tx, op: TransitionStage) -> ModelVersionResult:
    model = find_model(tx, op.name, lock=True)
    row = versions.find_version(tx, op.name, op.version)
    stage = find_stage(policy_of(tx, op.name), op.stage)
    details = gates.require(tx, model, row, stage.name, comment=op.comment)
    move(
        tx,
        model,
        row,
        stage,
        archive=op.archive_existing_versions,
        comment=op.comment,
        details=details,
    )
    return versions.get_model_version(tx, GetModelVersion(name=op.name, version=op.version))


def move(
    tx: Tx,
    model_row: tuple[Any, ...],
    version_row: tuple[Any, ...],
    stage: Stage,
    *,
    archive: bool = False,
    comment: str = "",
    details: Mapping[str, Any] | None = None,
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

    Returns:
        The rows, as they were, of the versions that had to leave the stage.
    """
    leaving: list[tuple[Any, ...]] = []
    if not is_resting(stage.name) and (archive or stage.holders == "one"):
        holders = holders_of(tx, model_row[0], stage.name)
        leaving = [row for row in holders if row[0] != version_row[0]]
        former = _former(tx, model_row[1], stage)
        for row in reversed(leaving):
            reason = f"{comment} " if comment else ""
            move(
                tx,
                model_row,
                row,
                former,
                comment=f"{reason}(version {version_row[2]} took the stage)",
                details={"system": True, "displaced_by": str(version_row[2])},
            )
    _place(tx, model_row, version_row, stage.name, comment, details)
    touch_model(tx, model_row[0])
    gates.moved(tx, model_row, version_row, stage)
    return leaving


def _former(tx: Tx, name: str, stage: Stage) -> Stage:
    if is_resting(stage.former):
        return Stage(name=stage.former)
    return find_stage(policy_of(tx, name), stage.former)


def _place(
    tx: Tx,
    model: tuple[Any, ...],
    row: tuple[Any, ...],
    stage: str,
    comment: str,
    details: Mapping[str, Any] | None,
) -> None:
    tx.run(_set, version_pk=row[0], stage=stage, now=tx.now)
    if row[3] == stage:
        return
    begin_holding(tx, row, stage)
    tx.record(
        "version.transitioned",
        f"version:{model[1]}/{row[2]}",
        before={"stage": row[3]},
        after={"stage": stage},
        comment=comment,
        details=details,
    )
