"""Access control lists of experiments and registered models."""

from __future__ import annotations

from cuvee.api.access_lists import (
    AccessEntry,
    AccessHeld,
    GetExperimentPermissionLevels,
    GetExperimentPermissions,
    GetModelPermissionLevels,
    GetModelPermissions,
    LevelHeld,
    LevelMeaning,
    LevelMeanings,
    ObjectPermissions,
    SetExperimentPermissions,
    SetModelPermissions,
    UpdateExperimentPermissions,
    UpdateModelPermissions,
)
from cuvee.api.base import Level
from cuvee.api.names import plain
from cuvee.api.permissions import FOR_EXPERIMENTS, MEANINGS, level_of
from cuvee.errors import InvalidParameter, NotFound
from cuvee.store.access import Thing, find_by
from cuvee.store.grants import (
    Subject,
    change_grant,
    find_subject,
    given_name,
    grants_on,
    subjects_of,
)
from cuvee.store.levels import EXPERIMENT
from cuvee.store.tx import Tx

_NOT_HERE = ("CAN_CREATE", "CAN_USE")
"""Levels that the published contract does not know: of folders, and another name of CAN_READ."""


def get_model_permissions(tx: Tx, op: GetModelPermissions) -> ObjectPermissions:
    return _listed(tx, _thing(tx, "model_id", op.id))


def get_model_permission_levels(tx: Tx, op: GetModelPermissionLevels) -> LevelMeanings:
    _thing(tx, "model_id", op.id)
    return _meanings(tuple(MEANINGS))


def set_model_permissions(tx: Tx, op: SetModelPermissions) -> ObjectPermissions:
    return _change(tx, _thing(tx, "model_id", op.id), op, replace=True)


def update_model_permissions(tx: Tx, op: UpdateModelPermissions) -> ObjectPermissions:
    return _change(tx, _thing(tx, "model_id", op.id), op, replace=False)


def get_experiment_permissions(tx: Tx, op: GetExperimentPermissions) -> ObjectPermissions:
    return _listed(tx, _thing(tx, "experiment", op.id))


def get_experiment_permission_levels(tx: Tx, op: GetExperimentPermissionLevels) -> LevelMeanings:
    _thing(tx, "experiment", op.id)
    return _meanings(FOR_EXPERIMENTS)


def set_experiment_permissions(tx: Tx, op: SetExperimentPermissions) -> ObjectPermissions:
    return _change(tx, _thing(tx, "experiment", op.id), op, replace=True)


def update_experiment_permissions(tx: Tx, op: UpdateExperimentPermissions) -> ObjectPermissions:
    return _change(tx, _thing(tx, "experiment", op.id), op, replace=False)


Change = (
    SetModelPermissions
    | UpdateModelPermissions
    | SetExperimentPermissions
    | UpdateExperimentPermissions
)


def _thing(tx: Tx, kind: str, value: str) -> Thing:
    found = find_by(tx, kind, value)
    if not found:
        what = "experiment" if kind == EXPERIMENT else "registered model"
        raise NotFound(
            f"There is no {what} with id {plain(value)}: {what.replace(' ', '-')}s/search lists "
            "those that there are."
        )
    return found[0]


def _meanings(names: tuple[str, ...]) -> LevelMeanings:
    return LevelMeanings(
        [
            LevelMeaning(permission_level=name, description=MEANINGS[name])
            for name in names
            if name not in _NOT_HERE
        ]
    )


def _change(tx: Tx, thing: Thing, op: Change, *, replace: bool) -> ObjectPermissions:
    wanted: dict[Subject, AccessEntry] = {}
    for entry in op.access_control_list:
        if thing.kind == EXPERIMENT and entry.permission_level not in FOR_EXPERIMENTS:
            raise InvalidParameter(
                f"Experiments have no versions to manage: give {', '.join(FOR_EXPERIMENTS)}."
            )
        user = entry.user_name or entry.service_principal_name
        wanted[find_subject(tx, user, entry.group_name)] = entry
    # What is given comes first: whoever replaces the list by one with themselves in it stays.
    for subject, entry in wanted.items():
        change_grant(tx, thing, "", subject, level_of(entry.permission_level), op.comment)
    if replace:
        rows = [r for r in grants_on(tx, thing) if r.target == thing.target and not r.stage]
        for subject in subjects_of(tx, rows).values():
            if subject not in wanted:
                change_grant(tx, thing, "", subject, None, op.comment)
    return _listed(tx, thing)


def _listed(tx: Tx, thing: Thing) -> ObjectPermissions:
    noun = "experiment" if thing.kind == EXPERIMENT else "registered-model"
    rows = [r for r in grants_on(tx, thing) if not r.stage and r.level != Level.CREATE]
    subjects = subjects_of(tx, rows)
    held: dict[Subject, list[LevelHeld]] = {}
    for row in rows:
        subject = subjects.get((row.subject_kind, row.subject_pk))
        if subject is None:
            continue
        inherited = row.target != thing.target
        held.setdefault(subject, []).append(
            LevelHeld(
                permission_level=given_name(row.level),
                inherited=inherited,
                inherited_from_object=[f"/{noun}s/{row.target}"] if inherited else [],
            )
        )
    return ObjectPermissions(
        object_id=f"/{noun}s/{thing.number}",
        object_type=noun,
        access_control_list=[
            AccessHeld(
                user_name=s.name if s.kind == "user" and not s.service else "",
                service_principal_name=s.name if s.service else "",
                group_name=s.name if s.kind == "group" else "",
                display_name=s.name,
                all_permissions=levels,
            )
            for s, levels in held.items()
        ],
    )
