"""Permissions: who may do what with experiments, registered models, and folders of them.

An object is written as a text: ``experiment:7``, ``model:lr_wine_quality``, ``folder:team/`` for
all whose names lie in a folder, ``folder:`` for everything; ``experiments:team/`` and
``models:team/`` mean those of one kind only.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct, field

from cuvee.api.base import (
    CUVEE,
    Empty,
    Id,
    Level,
    Of,
    Permission,
    Read,
    Recorded,
)
from cuvee.api.names import plain
from cuvee.errors import InvalidParameter

EVERYONE = 0
"""Primary key of the group ``everyone``: all users are in it, and it cannot be deleted."""
EVERYONE_NAME = "everyone"

LevelName = Literal[
    "CAN_CREATE",
    "CAN_READ",
    "CAN_USE",
    "CAN_EDIT",
    "CAN_MANAGE_STAGING_VERSIONS",
    "CAN_MANAGE_PRODUCTION_VERSIONS",
    "CAN_MANAGE",
    "DENY",
]
ObjectText = Annotated[str, Meta(min_length=1, max_length=600)]

MEANINGS: dict[str, str] = {
    "CAN_CREATE": "Make new ones in the folder, and manage those; nothing else.",
    "CAN_READ": "See it, and request transitions of its versions.",
    "CAN_USE": "The same as CAN_READ; MLflow's name for it is USE.",
    "CAN_EDIT": "Add runs or versions; change descriptions, tags and aliases.",
    "CAN_MANAGE_STAGING_VERSIONS": "Move versions among None, Archived and unprotected stages.",
    "CAN_MANAGE_PRODUCTION_VERSIONS": "Move versions among all stages.",
    "CAN_MANAGE": "Rename, delete, and give permissions.",
    "DENY": "Nothing, whatever other grants say.",
}
FOR_EXPERIMENTS = ("CAN_CREATE", "CAN_READ", "CAN_USE", "CAN_EDIT", "CAN_MANAGE", "DENY")


def level_name(level: Level) -> str:
    """Return a level as it is written: ``CAN_EDIT``; none at all is ``NO_PERMISSIONS``."""
    return f"CAN_{level.name}" if level else "NO_PERMISSIONS"


def level_of(name: str) -> Level:
    """Return the level that a name, of ours or of MLflow's, means."""
    if name in ("DENY", "NO_PERMISSIONS"):
        return Level.NONE
    return Level[name.removeprefix("CAN_")]


def objects_of(text: str) -> list[tuple[str, str]]:
    """Return the kinds and values of what an object's text names; a folder has two kinds.

    Raises:
        InvalidParameter: it is not an object's text.
    """
    noun, colon, value = text.partition(":")
    if colon and noun in ("folder", "experiments", "models"):
        if value and not value.endswith("/"):
            raise InvalidParameter(
                f"The folder {plain(value)!r} must end with '/', as in {noun}:team/; "
                f"{noun}: is everything."
            )
        return [(kind, value) for kind in ("experiments", "models") if noun in ("folder", kind)]
    if value and noun in ("experiment", "model", "run"):
        return [(noun, value)]
    if noun == "version" and "/" in value:
        return [("model", value.rpartition("/")[0])]
    raise InvalidParameter(
        f"{plain(text)!r} is not an object: write experiment:<id>, model:<name>, folder:<path>/ "
        "or folder: for everything."
    )


class Grant(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A level that a user or a group has on an object.

    Args:
        object: what it is on, such as ``experiment:7`` or ``models:team/``.
        permission: the level.
        user, group: whose it is; one of them.
        stage: for moves in and out of this stage only.
        granted_by: who gave it.
        created: when, milliseconds since 1970.
    """

    object: str
    permission: LevelName
    user: str = field(default_factory=str)
    group: str = field(default_factory=str)
    stage: str = field(default_factory=str)
    granted_by: str = field(default_factory=str)
    created: int = field(default_factory=int)


class GrantList(Struct, frozen=True, omit_defaults=True):
    """Some grants."""

    grants: list[Grant] = []


class _Subject(Recorded[Empty], frozen=True, kw_only=True):
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("object", "object"),)
    base: ClassVar[str] = CUVEE
    object: ObjectText
    user: Id = ""
    group: Id = ""
    stage: Annotated[str, Meta(max_length=100)] = ""

    def check(self) -> None:
        if bool(self.user) == bool(self.group):
            raise InvalidParameter("Name whose permission it is: send either user or group.")
        kinds = {kind for kind, _ in objects_of(self.object)}
        if "run" in kinds or self.object.startswith("version:"):
            raise InvalidParameter(
                "Runs and versions have the permissions of their experiment or model: name that."
            )
        if self.stage and not kinds & {"model", "models"}:
            raise InvalidParameter("Only registered models have stages: leave the stage out.")


class GrantPermission(_Subject, frozen=True, kw_only=True):
    """Give a user or a group a level on an object; it replaces the one given there before."""

    route: ClassVar[str] = "permissions/grant"
    permission: LevelName

    def check(self) -> None:
        super().check()
        folders = self.object.startswith(("folder:", "experiments:", "models:"))
        if self.permission == "CAN_CREATE" and (self.stage or not folders):
            raise InvalidParameter("CAN_CREATE is given on a folder, as in folder:team/.")
        if self.object.startswith("experiment") and self.permission not in FOR_EXPERIMENTS:
            raise InvalidParameter(
                f"Experiments have no versions to manage: give {', '.join(FOR_EXPERIMENTS)}."
            )


class RevokePermission(_Subject, frozen=True, kw_only=True):
    """Take back what was given on an object; what folders and groups give remains."""

    route: ClassVar[str] = "permissions/revoke"


class ListPermissions(Read[GrantList], frozen=True, kw_only=True):
    """List the grants on an object and the folders around it, or those of a user or group."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "permissions"
    needs: ClassVar[Permission] = Permission.LOGIN
    object: Annotated[str, Meta(max_length=600)] = ""
    user: Id = ""
    group: Id = ""

    def check(self) -> None:
        if self.object:
            objects_of(self.object)
        elif self.user and self.group:
            raise InvalidParameter("Send a user or a group, not both.")


class Explanation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why someone can or cannot do something.

    Args:
        allowed: whether the level suffices.
        level: the level that all grants together give.
        because: the reason, in a sentence.
        grants: the grants that bear on it.
        ask: who can change it: users and groups with CAN_MANAGE there.
        next: what to do, when it is not allowed.
    """

    user: str
    object: str
    permission: str
    allowed: bool
    level: str
    because: str
    grants: list[Grant] = []
    ask: list[str] = []
    next: str = field(default_factory=str)


class ExplainPermission(Read[Explanation], frozen=True, kw_only=True):
    """Say why a user has, or lacks, a level on an object; one's own when no user is named."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "permissions/explain"
    needs: ClassVar[Permission] = Permission.LOGIN
    object: ObjectText
    permission: LevelName = "CAN_READ"
    user: Id = ""
    stage: Annotated[str, Meta(max_length=100)] = ""

    def check(self) -> None:
        objects_of(self.object)
