"""Permissions of users and roles, as MLflow's clients ask for them."""

from __future__ import annotations

from cuvee.api.base import Empty, Level
from cuvee.api.permissions import level_of
from cuvee.api.roles import RolePermission
from cuvee.api.user_permissions import (
    AddRolePermission,
    GetUserPermission,
    GrantUserPermission,
    ListCurrentPermissions,
    ListRolePermissions,
    ListUserPermissions,
    RemoveRolePermission,
    RevokeUserPermission,
    RolePermissionResult,
    RolePermissions,
    UpdateRolePermission,
    UserPermission,
    UserPermissionRow,
    UserPermissions,
    plain_level,
)
from cuvee.errors import NotFound
from cuvee.store.access import Thing, find_objects, require
from cuvee.store.grants import (
    Row,
    Subject,
    change_grant,
    find_grant,
    find_role,
    find_subject,
    find_things,
    find_user,
    grants_bearing,
    grants_of,
    grants_of_user,
    held_grant,
    subjects_of,
    things_of,
    visible_grants,
)
from cuvee.store.levels import EXPERIMENT, combined, groups_of
from cuvee.store.permissions import require_own
from cuvee.store.tx import Tx


def grant_user_permission(tx: Tx, op: GrantUserPermission) -> Empty:
    subject = find_subject(tx, op.username, "")
    for thing in find_things(tx, op.object):
        change_grant(tx, thing, "", subject, level_of(op.permission), op.comment)
    return Empty()


def revoke_user_permission(tx: Tx, op: RevokeUserPermission) -> Empty:
    subject = find_subject(tx, op.username, "")
    (thing,) = find_things(tx, op.object)
    if held_grant(tx, thing, "", subject) is None:
        raise NotFound(
            f"{op.username} was given nothing on {op.object} itself: permissions/explain says what "
            "it comes from."
        )
    change_grant(tx, thing, "", subject, None, op.comment)
    return Empty()


def get_user_permission(tx: Tx, op: GetUserPermission) -> UserPermission:
    things = find_objects(tx, [op.object])
    if op.username != tx.actor.name:
        require(tx, [(thing, Level.MANAGE) for thing in things])
        if not things:
            require_own(tx, op.username)
    user = find_user(tx, op.username)
    levels = [
        Level.MANAGE
        if user.admin
        else combined(row.level for row in grants_bearing(tx, user.pk, thing, ""))
        for thing in things
    ]
    level = min(levels, default=Level.NONE)
    return UserPermission(level >= Level.USE, plain_level(level))


def list_user_permissions(tx: Tx, op: ListUserPermissions) -> UserPermissions:
    require_own(tx, op.username)
    user = find_user(tx, op.username)
    return UserPermissions(bool(user.admin), _rows(tx, grants_of_user(tx, user.pk)))


def list_current_permissions(tx: Tx, op: ListCurrentPermissions) -> UserPermissions:  # noqa: ARG001
    if tx.actor.user is None:
        return UserPermissions(is_admin=True, permissions=[])
    return UserPermissions(tx.actor.admin, _rows(tx, grants_of_user(tx, tx.actor.user)))


def add_role_permission(tx: Tx, op: AddRolePermission) -> RolePermissionResult:
    role = find_role(tx, op.role_id)
    (thing,) = find_things(tx, op.object)
    return _give(tx, thing, role, level_of(op.permission), op.comment)


def update_role_permission(tx: Tx, op: UpdateRolePermission) -> RolePermissionResult:
    role, thing = _of_role(tx, op.role_permission_id)
    return _give(tx, thing, role, level_of(op.permission), op.comment)


def remove_role_permission(tx: Tx, op: RemoveRolePermission) -> Empty:
    role, thing = _of_role(tx, op.role_permission_id)
    change_grant(tx, thing, "", role, None, op.comment)
    return Empty()


def list_role_permissions(tx: Tx, op: ListRolePermissions) -> RolePermissions:
    role = find_role(tx, op.role_id)
    require_own(tx, "", role.name)
    return RolePermissions(known_permissions(tx, role))


def known_permissions(tx: Tx, role: Subject) -> list[RolePermission]:
    """Return the permissions of a role, to its members and admins, on what they may read."""
    if not (tx.actor.user is None or tx.actor.admin or role.name in groups_of(tx, tx.actor.name)):
        return []
    rows = visible_grants(tx, [row for row in grants_of(tx, role) if not row.stage])
    return [_permission(row, tx) for row in rows]


def _give(tx: Tx, thing: Thing, role: Subject, level: Level, comment: str) -> RolePermissionResult:
    change_grant(tx, thing, "", role, level, comment)
    row = held_grant(tx, thing, "", role)
    if row is None:  # it has just been given
        raise NotFound(
            f"There is no permission of {role.name} on {thing}: it was taken away meanwhile."
        )
    return RolePermissionResult(_permission(row, tx))


def _of_role(tx: Tx, pk: int) -> tuple[Subject, Thing]:
    row = find_grant(tx, pk)
    things = things_of(tx, row)
    if row.subject_kind != "group" or row.stage or not things:
        raise NotFound(
            f"There is no permission of a role with id {pk}: roles/permissions/list has the ids."
        )
    return find_role(tx, row.subject_pk), things[0]


def _permission(row: Row, tx: Tx) -> RolePermission:
    kind, pattern = _resource(things_of(tx, row)[0])
    return RolePermission(
        id=row.pk,
        role_id=row.subject_pk,
        resource_type=kind,
        resource_pattern=pattern,
        permission=_given(row.level),
    )


def _rows(tx: Tx, rows: list[Row]) -> list[UserPermissionRow]:
    """Return grants as rows; a user's own stand under a role that is the user alone."""
    found = []
    rows = visible_grants(tx, [row for row in rows if not row.stage])
    subjects = subjects_of(tx, rows)
    for row in rows:
        subject = subjects[row.subject_kind, row.subject_pk]
        alone = row.subject_kind == "user"
        kind, pattern = _resource(things_of(tx, row)[0])
        found.append(
            UserPermissionRow(
                role_id=-subject.pk if alone else subject.pk,
                role_name=f"__user_{subject.pk}__" if alone else subject.name,
                workspace="default",
                resource_type=kind,
                resource_pattern=pattern,
                permission=_given(row.level),
            )
        )
    return found


def _given(level: int) -> str:
    return plain_level(Level(level)) if level else "DENY"


def _resource(thing: Thing) -> tuple[str, str]:
    kind = "experiment" if thing.kind == EXPERIMENT else "registered_model"
    if thing.number is None:
        return kind, f"{thing.name}*"
    return kind, str(thing.number) if thing.kind == EXPERIMENT else thing.name
