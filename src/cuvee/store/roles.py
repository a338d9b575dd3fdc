"""MLflow's roles: groups by their numbers."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from cuvee.api.base import Empty
from cuvee.api.groups import AddMember, CreateGroup, DeleteGroup, RemoveMember, UpdateGroup
from cuvee.api.roles import (
    WORKSPACE,
    Assignment,
    AssignmentList,
    AssignmentResult,
    AssignRole,
    CreateRole,
    DeleteRole,
    GetRole,
    ListRoles,
    ListRoleUsers,
    ListUserRoles,
    Role,
    RoleList,
    RolePermission,
    RoleResult,
    UnassignRole,
    UpdateRole,
)
from cuvee.api.user_permissions import ListRolePermissions
from cuvee.errors import PermissionDenied
from cuvee.store import groups, schema, user_permissions
from cuvee.store.engine import hot
from cuvee.store.groups import GroupRow
from cuvee.store.tx import Tx

_g = schema.groups
_all = hot(select(_g.c.pk, _g.c.name, _g.c.description).order_by(_g.c.name))


def create_role(tx: Tx, op: CreateRole) -> RoleResult:
    asked = CreateGroup(name=op.name, description=op.description or "", comment=op.comment)
    group = groups.create_group(tx, asked).group
    return _one(tx, (group.id, group.name, group.description))


def get_role(tx: Tx, op: GetRole) -> RoleResult:
    row = groups.find_group(tx, groups.group_name(tx, op.role_id))
    return _one(tx, (row[0], row[1], row[2]))


def list_roles(tx: Tx, op: ListRoles) -> RoleList:
    if op.workspace and WORKSPACE not in op.workspace:
        return RoleList([])
    return RoleList(load_roles(tx, [(pk, name, text) for pk, name, text in tx.all(_all)]))


def update_role(tx: Tx, op: UpdateRole) -> RoleResult:
    name = groups.group_name(tx, op.role_id)
    asked = UpdateGroup(name=name, new_name=op.name, description=op.description, comment=op.comment)
    group = groups.update_group(tx, asked).group
    return _one(tx, (group.id, group.name, group.description))


def delete_role(tx: Tx, op: DeleteRole) -> Empty:
    name = groups.group_name(tx, op.role_id)
    return groups.delete_group(tx, DeleteGroup(name=name, comment=op.comment))


def assign_role(tx: Tx, op: AssignRole) -> AssignmentResult:
    from cuvee.store.users import find_user  # users shows the roles that this room makes

    name = groups.group_name(tx, op.role_id)
    groups.add_member(tx, AddMember(name=name, username=op.username, comment=op.comment))
    return AssignmentResult(_assignment(find_user(tx, op.username)[0], op.role_id))


def unassign_role(tx: Tx, op: UnassignRole) -> Empty:
    name = groups.group_name(tx, op.role_id)
    asked = RemoveMember(name=name, username=op.username, comment=op.comment)
    return groups.remove_member(tx, asked)


def list_user_roles(tx: Tx, op: ListUserRoles) -> RoleList:
    from cuvee.store.users import allow_self_or_admin, find_user

    allow_self_or_admin(tx, op.username)
    pk = find_user(tx, op.username)[0]
    return RoleList(load_roles(tx, groups.groups_by_user(tx, [pk]).get(pk, [])))


def list_role_users(tx: Tx, op: ListRoleUsers) -> AssignmentList:
    groups.group_name(tx, op.role_id)
    members = groups.members_of(tx, [op.role_id]).get(op.role_id, [])
    return AssignmentList([_assignment(user, op.role_id) for user, _ in members])


def load_roles(tx: Tx, rows: Iterable[GroupRow]) -> list[Role]:
    """Return the roles that groups are, with those of their permissions that the actor may see."""
    return [
        Role(id=pk, name=name, description=text or None, permissions=_permissions(tx, pk))
        for pk, name, text in rows
    ]


def _permissions(tx: Tx, role: int) -> list[RolePermission]:
    try:
        asked = ListRolePermissions(role_id=role)
        return user_permissions.list_role_permissions(tx, asked).role_permissions
    except PermissionDenied:
        return []


def _one(tx: Tx, row: GroupRow) -> RoleResult:
    return RoleResult(load_roles(tx, [row])[0])


def _assignment(user: int, role: int) -> Assignment:
    # A membership has no number of its own; this one is unique and fits a JavaScript number.
    return Assignment(id=role * 2**24 + user, user_id=user, role_id=role)
