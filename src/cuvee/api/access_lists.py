"""Who may do what with one object, as the published permissions API lists and changes it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import Id, Of, Permission, Read, Recorded, Required
from cuvee.api.permissions import LevelName
from cuvee.errors import InvalidParameter

PERMISSIONS = "/api/2.0/permissions"


class AccessEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A level for one user, group or service account."""

    permission_level: LevelName
    user_name: Id = ""
    group_name: Id = ""
    service_principal_name: Id = ""


class LevelHeld(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A level, and where it comes from when it was not given on the object itself."""

    permission_level: LevelName
    inherited: bool
    inherited_from_object: list[str] = []


class AccessHeld(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The levels of one user, group or service account."""

    user_name: str = ""
    group_name: str = ""
    service_principal_name: str = ""
    display_name: str = ""
    all_permissions: list[LevelHeld] = []


class ObjectPermissions(Struct, frozen=True, kw_only=True):
    """Who may do what with an object."""

    object_id: str
    object_type: str
    access_control_list: list[AccessHeld]


class LevelMeaning(Struct, frozen=True, kw_only=True):
    """A level and what it allows."""

    permission_level: str
    description: str


class LevelMeanings(Struct, frozen=True):
    """The levels that an object can be given for."""

    permission_levels: list[LevelMeaning]


class _OfModel(Read[ObjectPermissions], frozen=True, kw_only=True):
    base: ClassVar[str] = PERMISSIONS
    route: ClassVar[str] = "registered-models/{id}"
    of: ClassVar[tuple[Of, ...]] = (Of("model_id", "id"),)
    id: Required


class _OfExperiment(Read[ObjectPermissions], frozen=True, kw_only=True):
    base: ClassVar[str] = PERMISSIONS
    route: ClassVar[str] = "experiments/{id}"
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "id"),)
    id: Required


class _Change(Recorded[ObjectPermissions], frozen=True, kw_only=True):
    base: ClassVar[str] = PERMISSIONS
    needs: ClassVar[Permission] = Permission.MANAGE
    id: Required
    access_control_list: Annotated[list[AccessEntry], Meta(max_length=1000)] = []

    def check(self) -> None:
        for entry in self.access_control_list:
            if entry.permission_level == "CAN_CREATE":
                raise InvalidParameter("CAN_CREATE is given on a folder, not on one object.")
            names = (entry.user_name, entry.group_name, entry.service_principal_name)
            if len([name for name in names if name]) != 1:
                raise InvalidParameter(
                    "Each entry of access_control_list names one of user_name, group_name and "
                    "service_principal_name."
                )


class GetModelPermissions(_OfModel, frozen=True, kw_only=True):
    """Read who may do what with a registered model; ``id`` is the model's, not its name."""


class GetModelPermissionLevels(Read[LevelMeanings], frozen=True, kw_only=True):
    """Read which levels can be given on a registered model."""

    base: ClassVar[str] = PERMISSIONS
    route: ClassVar[str] = "registered-models/{id}/permissionLevels"
    of: ClassVar[tuple[Of, ...]] = (Of("model_id", "id"),)
    id: Required


class SetModelPermissions(_Change, frozen=True, kw_only=True):
    """Replace what was given on a registered model itself."""

    route: ClassVar[str] = "registered-models/{id}"
    methods: ClassVar[tuple[str, ...]] = ("PUT",)
    of: ClassVar[tuple[Of, ...]] = (Of("model_id", "id"),)


class UpdateModelPermissions(_Change, frozen=True, kw_only=True):
    """Give levels on a registered model; other users and groups keep theirs."""

    route: ClassVar[str] = "registered-models/{id}"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    of: ClassVar[tuple[Of, ...]] = (Of("model_id", "id"),)


class GetExperimentPermissions(_OfExperiment, frozen=True, kw_only=True):
    """Read who may do what with an experiment."""


class GetExperimentPermissionLevels(Read[LevelMeanings], frozen=True, kw_only=True):
    """Read which levels can be given on an experiment."""

    base: ClassVar[str] = PERMISSIONS
    route: ClassVar[str] = "experiments/{id}/permissionLevels"
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "id"),)
    id: Required


class SetExperimentPermissions(_Change, frozen=True, kw_only=True):
    """Replace what was given on an experiment itself."""

    route: ClassVar[str] = "experiments/{id}"
    methods: ClassVar[tuple[str, ...]] = ("PUT",)
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "id"),)


class UpdateExperimentPermissions(_Change, frozen=True, kw_only=True):
    """Give levels on an experiment; other users and groups keep theirs."""

    route: ClassVar[str] = "experiments/{id}"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "id"),)
