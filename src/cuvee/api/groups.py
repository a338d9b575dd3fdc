"""Groups of users, to which rights can be given."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Empty, Key, Permission, Read, Recorded, Required
from cuvee.api.spelling import alike, is_plain
from cuvee.errors import InvalidParameter

_NAME = re.compile(r"[^\s:/\\](?:[^:/\\]{0,254}[^\s:/\\])?")

Description = Annotated[str, Meta(max_length=10_000)]


class Group(Struct, frozen=True, kw_only=True):
    """A group of users.

    Args:
        id: a number that no other group, past or future, has.
        name: the name.
        description: what it is for.
        created: milliseconds since 1970.
        members: names of the users in it.
    """

    id: int
    name: str
    description: str = ""
    created: int = 0
    members: list[str] = []


class GroupResult(Struct, frozen=True):
    """One group."""

    group: Group


class GroupList(Struct, frozen=True):
    """Groups by name."""

    groups: list[Group]


class CreateGroup(Recorded[GroupResult], frozen=True, kw_only=True):
    """Create a group without members."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "groups/create"
    needs: ClassVar[Permission] = Permission.ADMIN
    name: Required
    description: Description = ""

    def check(self) -> None:
        check_group_name(self.name)


class GetGroup(Read[GroupResult], frozen=True, kw_only=True):
    """Read a group and its members."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "groups/get"
    needs: ClassVar[Permission] = Permission.LOGIN
    name: Key


class ListGroups(Read[GroupList], frozen=True, kw_only=True):
    """List the groups and their members by name."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "groups/list"
    needs: ClassVar[Permission] = Permission.LOGIN


class UpdateGroup(Recorded[GroupResult], frozen=True, kw_only=True):
    """Rename a group or describe it anew; it keeps its members and rights."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "groups/update"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    needs: ClassVar[Permission] = Permission.ADMIN
    name: Key
    new_name: str | None = None
    description: Description | None = None

    def check(self) -> None:
        if self.new_name is None and self.description is None:
            raise InvalidParameter("Send a 'new_name', a new 'description', or both.")
        if self.new_name is not None:
            check_group_name(self.new_name)


class DeleteGroup(Recorded[Empty], frozen=True, kw_only=True):
    """Delete a group with what its members may do through it."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "groups/delete"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    needs: ClassVar[Permission] = Permission.ADMIN
    name: Key


class AddMember(Recorded[Empty], frozen=True, kw_only=True):
    """Add a user to a group; one who is in it already is not an error."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "groups/members/add"
    needs: ClassVar[Permission] = Permission.ADMIN
    name: Key
    username: Key


class RemoveMember(Recorded[Empty], frozen=True, kw_only=True):
    """Take a user out of a group; one who is not in it is not an error."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "groups/members/remove"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    needs: ClassVar[Permission] = Permission.ADMIN
    name: Key
    username: Key


def check_group_name(name: str) -> None:
    """Refuse a group name that the history could not carry."""
    if not _NAME.fullmatch(name) or not is_plain(name):
        raise InvalidParameter(
            "This group name is not allowed: use 1 to 256 Latin letters, digits and signs without "
            "':', '/' and '\\', and no space at either end."
        )
    if alike(name, "everyone"):
        raise InvalidParameter("The group 'everyone' is there already: all users are in it.")
