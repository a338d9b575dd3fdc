"""Permissions of users and roles, as MLflow's clients ask for them; a role is a group."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct

from cuvee.api.base import MLFLOW_3, Empty, Level, Of, Permission, Read, Recorded, Required
from cuvee.api.roles import RolePermission

PlainLevel = Literal["READ", "USE", "EDIT", "MANAGE", "DENY", "NO_PERMISSIONS"]
ResourceType = Literal["experiment", "registered_model", "prompt"]


def plain_level(level: Level) -> str:
    """Return a level by MLflow's names, which know nothing between EDIT and MANAGE."""
    if level < Level.READ:
        return "NO_PERMISSIONS"
    return next(name for name in ("MANAGE", "EDIT", "USE", "READ") if level >= Level[name])


def resource_text(kind: str, pattern: str) -> str:
    """Return the object that MLflow's resource type and id mean; ``*`` is everything."""
    noun = "experiment" if kind == "experiment" else "model"
    if pattern == "*" or pattern.endswith("/*"):
        return f"{noun}s:{pattern[:-1]}"
    return f"{noun}:{pattern}"


ResourceId = Annotated[str, Meta(min_length=1, max_length=600)]


def _resource(op: Any) -> str:
    """Return what an operation of MLflow's means, as an object's text."""
    return resource_text(op.resource_type, op.resource_id)


class GrantUserPermission(Recorded[Empty], frozen=True, kw_only=True):
    """Give a user a level on an experiment or registered model; ``*`` is all of them."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "users/permissions/grant"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("object", "object"),)
    username: Required
    resource_type: ResourceType
    resource_id: ResourceId
    permission: PlainLevel
    object = property(_resource)


class RevokeUserPermission(Recorded[Empty], frozen=True, kw_only=True):
    """Take back the level that a user was given on an experiment or registered model."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "users/permissions/revoke"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("object", "object"),)
    username: Required
    resource_type: ResourceType
    resource_id: ResourceId
    object = property(_resource)


class UserPermission(Struct, frozen=True):
    """A user's level on something; ``allowed`` says whether it is USE or more."""

    allowed: bool
    permission: str


class GetUserPermission(Read[UserPermission], frozen=True, kw_only=True):
    """Read the level that all grants together give a user."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "users/permissions/get"
    needs: ClassVar[Permission] = Permission.LOGIN
    username: Required
    resource_type: ResourceType
    resource_id: ResourceId
    object = property(_resource)


class UserPermissionRow(Struct, frozen=True, kw_only=True):
    """One grant that a user has, directly or by a role."""

    role_id: int
    role_name: str
    workspace: str
    resource_type: str
    resource_pattern: str
    permission: str


class UserPermissions(Struct, frozen=True):
    """The grants of a user."""

    is_admin: bool
    permissions: list[UserPermissionRow]


class ListUserPermissions(Read[UserPermissions], frozen=True, kw_only=True):
    """List the grants of a user; one's own, or as an admin anyone's."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "users/permissions/list"
    needs: ClassVar[Permission] = Permission.LOGIN
    username: Required


class ListCurrentPermissions(Read[UserPermissions], frozen=True, kw_only=True):
    """List the caller's own grants."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "users/current/permissions"
    needs: ClassVar[Permission] = Permission.LOGIN


class RolePermissionResult(Struct, frozen=True):
    """One level of a role."""

    role_permission: RolePermission


class RolePermissions(Struct, frozen=True):
    """The levels of a role."""

    role_permissions: list[RolePermission]


class AddRolePermission(Recorded[RolePermissionResult], frozen=True, kw_only=True):
    """Give a role a level on an experiment or registered model; ``*`` is all of them."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "roles/permissions/add"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("object", "object"),)
    role_id: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    resource_type: ResourceType
    resource_pattern: ResourceId
    permission: PlainLevel

    @property
    def object(self) -> str:
        """What is meant, as an object's text."""
        return resource_text(self.resource_type, self.resource_pattern)


class RemoveRolePermission(Recorded[Empty], frozen=True, kw_only=True):
    """Take a level back from a role."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "roles/permissions/remove"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("grant", "role_permission_id"),)
    role_permission_id: Annotated[int, Meta(ge=1, le=2**63 - 1)]


class UpdateRolePermission(Recorded[RolePermissionResult], frozen=True, kw_only=True):
    """Change a level of a role."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "roles/permissions/update"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("grant", "role_permission_id"),)
    role_permission_id: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    permission: PlainLevel


class ListRolePermissions(Read[RolePermissions], frozen=True, kw_only=True):
    """List the levels of a role, to its members and admins."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "roles/permissions/list"
    needs: ClassVar[Permission] = Permission.LOGIN
    role_id: Annotated[int, Meta(ge=0, le=2**63 - 1)]
