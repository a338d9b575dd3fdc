"""Registered models: a name under which versions of a model are kept."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct, field

from cuvee.api.base import (
    CUVEE,
    Empty,
    Force,
    Key,
    Of,
    Offset,
    Permission,
    Read,
    Recorded,
    Required,
)
from cuvee.api.names import (
    MAX_DESCRIPTION,
    MAX_MODEL_TAG_VALUE,
    check_alias,
    check_folder,
    check_key,
    check_length,
    check_model_name,
    version_number,
)
from cuvee.api.versions import ModelVersion, ModelVersionResult, VersionList
from cuvee.errors import InvalidParameter

FOLDER_TAG = "cuvee.folder"
"""A tag by which clients that know no folders create a registered model in one."""

Description = Annotated[str, Meta(max_length=MAX_DESCRIPTION)]


class RegisteredModelTag(Struct, frozen=True, gc=False):
    """A key and a value on a registered model."""

    key: Required
    value: str = field(default_factory=str)


class RegisteredModelAlias(Struct, frozen=True, gc=False):
    """A name that points at one version."""

    alias: str
    version: str


class RegisteredModel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A registered model, and the folder it is in, as ``team/project``.

    ``latest_versions`` holds the highest version of each stage.
    """

    name: str
    creation_timestamp: int
    last_updated_timestamp: int
    user_id: str | None = None
    description: str | None = None
    latest_versions: list[ModelVersion] = []
    tag_items: list[RegisteredModelTag] = field(default_factory=list, name="tags")
    alias_items: list[RegisteredModelAlias] = field(default_factory=list, name="aliases")
    folder: str = ""

    @property
    def tags(self) -> dict[str, str]:
        """The tags as a dictionary."""
        return {t.key: t.value for t in self.tag_items}

    @property
    def aliases(self) -> dict[str, str]:
        """Alias -> version."""
        return {a.alias: a.version for a in self.alias_items}


class RegisteredModelResult(Struct, frozen=True):
    """One registered model."""

    registered_model: RegisteredModel


class RegisteredModelPage(Struct, frozen=True, omit_defaults=True):
    """A page of registered models, the token of the next, and how many pass, if asked for."""

    registered_models: list[RegisteredModel] = []
    next_page_token: str | None = None
    total: int | None = None


class CreateRegisteredModel(Recorded[RegisteredModelResult], frozen=True, kw_only=True):
    """Create a registered model; ``folder``, or the tag ``cuvee.folder``, says in which folder."""

    route: ClassVar[str] = "registered-models/create"
    of: ClassVar[tuple[Of, ...]] = (Of("new_model", "path"),)
    name: Required
    tags: list[RegisteredModelTag] = []
    description: Description | None = None
    folder: str = ""

    @property
    def place(self) -> str:
        """The folder, without ``/`` at its end; empty for none."""
        said = [tag.value for tag in self.tags if tag.key == FOLDER_TAG]
        return (self.folder or "".join(said[-1:])).removesuffix("/")

    @property
    def path(self) -> str:
        """The name behind the folder."""
        return f"{self.place}/{self.name}" if self.place else self.name

    def check(self) -> None:
        check_model_name(self.name)
        said = [tag.value for tag in self.tags if tag.key == FOLDER_TAG]
        for folder in (self.folder, *said):
            check_folder(folder)
        if len({self.place, *(folder.removesuffix("/") for folder in said)}) > 1:
            raise InvalidParameter(
                f"The tag {FOLDER_TAG} and 'folder' name different folders: send one of them."
            )
        for tag in self.tags:
            check_model_tag(tag.key, tag.value)


class GetRegisteredModel(Read[RegisteredModelResult], frozen=True, kw_only=True):
    """Read a registered model."""

    route: ClassVar[str] = "registered-models/get"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    brief: ClassVar[bool] = True
    name: Required


class RenameRegisteredModel(Recorded[RegisteredModelResult], frozen=True, kw_only=True):
    """Give a registered model another name; versions, tags and aliases come along."""

    route: ClassVar[str] = "registered-models/rename"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    new_name: Required

    def check(self) -> None:
        check_model_name(self.new_name)


class MoveRegisteredModel(Recorded[RegisteredModelResult], frozen=True, kw_only=True):
    """Put a registered model into a folder; into none, if it is empty. Its name stays."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "registered-models/move"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (
        Of("model", "name"),
        Of("new_model", "path", Permission.EDIT),
    )
    name: Required
    folder: str

    @property
    def place(self) -> str:
        """The folder, without ``/`` at its end; empty for none."""
        return self.folder.removesuffix("/")

    @property
    def path(self) -> str:
        """The name behind the folder."""
        return f"{self.place}/{self.name}" if self.place else self.name

    def check(self) -> None:
        check_folder(self.folder)


class UpdateRegisteredModel(Recorded[RegisteredModelResult], frozen=True, kw_only=True):
    """Set a registered model's description; an absent one clears it."""

    route: ClassVar[str] = "registered-models/update"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    description: Description | None = None


class DeleteRegisteredModel(Recorded[Empty], frozen=True, kw_only=True):
    """Remove a registered model with its versions, tags and aliases for good."""

    route: ClassVar[str] = "registered-models/delete"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    force: Force = False


class SearchRegisteredModels(Read[RegisteredModelPage], frozen=True, kw_only=True):
    """Find registered models by a filter, in an order, a page at a time."""

    searches: ClassVar[bool] = True
    route: ClassVar[str] = "registered-models/search"
    needs: ClassVar[Permission] = Permission.LOGIN
    filter: str = ""
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    order_by: list[str] = []
    page_token: str = ""
    offset: Offset = 0
    total: bool = False


class ListRegisteredModels(Read[RegisteredModelPage], frozen=True, kw_only=True):
    """List registered models by their names, as clients of MLflow 1 ask; later ones search."""

    searches: ClassVar[bool] = True
    route: ClassVar[str] = "registered-models/list"
    methods: ClassVar[tuple[str, ...]] = ("GET",)
    needs: ClassVar[Permission] = Permission.LOGIN
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: str = ""


class GetLatestVersions(Read[VersionList], frozen=True, kw_only=True):
    """Read the highest version of each of some stages; of all stages when none is named."""

    route: ClassVar[str] = "registered-models/get-latest-versions"
    methods: ClassVar[tuple[str, ...]] = ("POST", "GET")
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    brief: ClassVar[bool] = True
    name: Required
    stages: list[str] = []


class SetRegisteredModelTag(Recorded[Empty], frozen=True, kw_only=True):
    """Set a tag of a registered model."""

    route: ClassVar[str] = "registered-models/set-tag"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    key: Required
    value: str = ""

    def check(self) -> None:
        check_model_tag(self.key, self.value)
        if self.key == FOLDER_TAG:
            raise InvalidParameter(
                f"The tag {FOLDER_TAG} counts when a model is created: move this one with "
                "registered-models/move (`cuvee models move`)."
            )


class DeleteRegisteredModelTag(Recorded[Empty], frozen=True, kw_only=True):
    """Remove a tag of a registered model; a missing one is not an error."""

    route: ClassVar[str] = "registered-models/delete-tag"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    key: Key


class SetRegisteredModelAlias(Recorded[Empty], frozen=True, kw_only=True):
    """Point an alias at a version."""

    route: ClassVar[str] = "registered-models/alias"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    alias: Required
    version: Required

    def check(self) -> None:
        check_alias(self.alias)
        version_number(self.version)


class DeleteRegisteredModelAlias(Recorded[Empty], frozen=True, kw_only=True):
    """Remove an alias; a missing one is not an error."""

    route: ClassVar[str] = "registered-models/alias"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    alias: Key


class GetModelVersionByAlias(Read[ModelVersionResult], frozen=True, kw_only=True):
    """Read the version that an alias points at; ``latest`` means the highest version."""

    route: ClassVar[str] = "registered-models/alias"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    brief: ClassVar[bool] = True
    name: Required
    alias: Required


def check_model_tag(key: str, value: str) -> None:
    """Refuse a tag of a registered model or version outside the limits."""
    check_key("tag", key)
    check_length(f"value of tag '{key}'", value, MAX_MODEL_TAG_VALUE)
