"""MLflow's roles: our groups by their numbers, so that its clients can manage them."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import MLFLOW_3, Empty, Key, Permission, Read, Recorded, Required
from cuvee.api.groups import Description, check_group_name
from cuvee.errors import InvalidParameter

RoleId = Annotated[int, Meta(ge=1, le=2**53)]
WORKSPACE = "default"


class RolePermission(Struct, frozen=True):
    """What the members of a role may do with something, in MLflow's words."""

    id: int
    role_id: int
    resource_type: str
    resource_pattern: str
    permission: str


class Role(Struct, frozen=True, kw_only=True):
    """A group, as MLflow's clients see it; there is one workspace, ``default``."""

    id: int
    name: str
    workspace: str = WORKSPACE
    description: str | None = None
    permissions: list[RolePermission] = []


class RoleResult(Struct, frozen=True):
    """One role."""

    role: Role


class RoleList(Struct, frozen=True):
    """Roles by name."""

    roles: list[Role]


class Assignment(Struct, frozen=True):
    """A user's membership in a role."""

    id: int
    user_id: int
    role_id: int


class AssignmentResult(Struct, frozen=True):
    """One membership."""

    assignment: Assignment


class AssignmentList(Struct, frozen=True):
    """Memberships by user."""

    assignments: list[Assignment]


class CreateRole(Recorded[RoleResult], frozen=True, kw_only=True):
    """Create a group, in MLflow's words."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "roles/create"
    needs: ClassVar[Permission] = Permission.ADMIN
    name: Required
    workspace: str = WORKSPACE
    description: Description | None = None

    def check(self) -> None:
        check_group_name(self.name)
        check_workspace(self.workspace)


class GetRole(Read[RoleResult], frozen=True, kw_only=True):
    """Read a group by its number, in MLflow's words."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "roles/get"
    needs: ClassVar[Permission] = Permission.LOGIN
    role_id: RoleId


class ListRoles(Read[RoleList], frozen=True, kw_only=True):
    """List the groups by name, in MLflow's words."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "roles/list"
    needs: ClassVar[Permission] = Permission.LOGIN
    workspace: list[str] = []


class UpdateRole(Recorded[RoleResult], frozen=True, kw_only=True):
    """Rename a group or describe it anew, in MLflow's words."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "roles/update"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    needs: ClassVar[Permission] = Permission.ADMIN
    role_id: RoleId
    name: str | None = None
    description: Description | None = None

    def check(self) -> None:
        if self.name is None and self.description is None:
            raise InvalidParameter("Send a new 'name', a new 'description', or both.")
        if self.name is not None:
            check_group_name(self.name)


class DeleteRole(Recorded[Empty], frozen=True, kw_only=True):
    """Delete a group with what its members may do through it, in MLflow's words."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "roles/delete"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    needs: ClassVar[Permission] = Permission.ADMIN
    role_id: RoleId


class AssignRole(Recorded[AssignmentResult], frozen=True, kw_only=True):
    """Add a user to a group, in MLflow's words."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "roles/assign"
    needs: ClassVar[Permission] = Permission.ADMIN
    username: Key
    role_id: RoleId


class UnassignRole(Recorded[Empty], frozen=True, kw_only=True):
    """Take a user out of a group, in MLflow's words."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "roles/unassign"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    needs: ClassVar[Permission] = Permission.ADMIN
    username: Key
    role_id: RoleId


class ListUserRoles(Read[RoleList], frozen=True, kw_only=True):
    """List the groups of a user, in MLflow's words; who is no admin may list one's own."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "users/roles/list"
    needs: ClassVar[Permission] = Permission.LOGIN
    username: Key


class ListRoleUsers(Read[AssignmentList], frozen=True, kw_only=True):
    """List who is in a group, in MLflow's words."""

    base: ClassVar[str] = MLFLOW_3
    route: ClassVar[str] = "roles/users/list"
    needs: ClassVar[Permission] = Permission.LOGIN
    role_id: RoleId


def check_workspace(workspace: str) -> None:
    """Refuse another workspace than the only one."""
    if workspace != WORKSPACE:
        raise InvalidParameter(f"There is one workspace here: send {WORKSPACE!r} or nothing.")
