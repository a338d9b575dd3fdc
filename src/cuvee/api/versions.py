"""Model versions: numbered, immutable releases of a registered model."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct, field

from cuvee.api.artifacts import StoredFiles
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
    check_key,
    check_length,
    check_model_name,
    shown,
    version_number,
)
from cuvee.api.stages import ACTIVE_STAGES, is_resting
from cuvee.errors import InvalidParameter

PROMPT_TEXT = "mlflow.prompt.text"
"""Tag of a version in which MLflow's clients keep a prompt's text."""

VersionStatus = Literal["PENDING_REGISTRATION", "FAILED_REGISTRATION", "READY"]
VERSION_STATUSES: dict[int, str] = {
    1: "PENDING_REGISTRATION",
    2: "FAILED_REGISTRATION",
    3: "READY",
}
Description = Annotated[str, Meta(max_length=MAX_DESCRIPTION)]


class ModelVersionTag(Struct, frozen=True, gc=False):
    """A key and a value on a model version."""

    key: Required
    value: str = field(default_factory=str)


class ModelVersion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A version of a registered model.

    Args:
        digest: sha256 over the version's manifest; empty while it holds no stored files.
    """

    name: str
    version: str
    creation_timestamp: int
    last_updated_timestamp: int
    user_id: str | None = None
    current_stage: str
    description: str = field(default_factory=str)
    source: str = field(default_factory=str)
    run_id: str = field(default_factory=str)
    status: VersionStatus = field(default_factory=lambda: "READY")
    status_message: str | None = None
    tag_items: list[ModelVersionTag] = field(default_factory=list, name="tags")
    run_link: str = field(default_factory=str)
    aliases: list[str] = []
    model_id: str | None = None
    digest: str = ""

    @property
    def tags(self) -> dict[str, str]:
        """The tags as a dictionary."""
        return {t.key: t.value for t in self.tag_items}


class ModelVersionResult(Struct, frozen=True):
    """One model version."""

    model_version: ModelVersion


class VersionList(Struct, frozen=True, omit_defaults=True):
    """Some model versions."""

    model_versions: list[ModelVersion] = []


class ModelVersionPage(Struct, frozen=True, omit_defaults=True):
    """A page of model versions, the token of the next, and how many pass if that was asked for."""

    model_versions: list[ModelVersion] = []
    next_page_token: str | None = None
    total: int | None = None


class DownloadUri(Struct, frozen=True):
    """Where a version's files are."""

    artifact_uri: str


class CreateModelVersion(Recorded[ModelVersionResult], frozen=True, kw_only=True):
    """Register a model as the next version; its files can never be changed afterwards."""

    route: ClassVar[str] = "model-versions/create"
    of: ClassVar[tuple[Of, ...]] = (
        Of("model", "name"),
        Of("run", "run_id", Permission.READ),
        Of("logged_model", "model_id", Permission.READ),
    )
    name: Required
    source: Required
    run_id: Annotated[str, Meta(max_length=256)] = ""
    tags: list[ModelVersionTag] = []
    run_link: Annotated[str, Meta(max_length=2048)] = ""
    description: Description = ""
    model_id: Annotated[str, Meta(max_length=256)] = ""

    def check(self) -> None:
        check_length("source", self.source, 2048, "source")
        for tag in self.tags:
            check_version_tag(tag.key, tag.value)


class GetModelVersion(Read[ModelVersionResult], frozen=True, kw_only=True):
    """Read a model version."""

    route: ClassVar[str] = "model-versions/get"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    brief: ClassVar[bool] = True
    name: Required
    version: Required

    def check(self) -> None:
        version_number(self.version)


class UpdateModelVersion(Recorded[ModelVersionResult], frozen=True, kw_only=True):
    """Set a version's description; an absent one clears it."""

    route: ClassVar[str] = "model-versions/update"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    version: Required
    description: Description = ""

    def check(self) -> None:
        version_number(self.version)


ExpectedHolder = Annotated[
    str | None,
    Meta(description="the version that must hold the stage until now; empty for nobody"),
]
BreakGlass = Annotated[
    bool, Meta(description="in an emergency, move past the stage's policy, to be reviewed later")
]


class TransitionStage(Recorded[ModelVersionResult], frozen=True, kw_only=True):
    """Move a version to a stage; versions that hold it leave it when asked, or when one may."""

    route: ClassVar[str] = "model-versions/transition-stage"
    # More than READ: the function looks, for it depends on the stages.
    needs: ClassVar[Permission] = Permission.READ
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    version: Required
    stage: Required
    archive_existing_versions: bool = False
    expected_holder: ExpectedHolder = None
    break_glass: BreakGlass = False

    def check(self) -> None:
        version_number(self.version)
        check_expected(self.expected_holder)
        if self.archive_existing_versions and is_resting(self.stage):
            raise InvalidParameter(
                "Model version transition cannot archive existing model versions because "
                f"{shown(self.stage)} is not an Active stage. Valid stages are "
                f"{' and '.join(ACTIVE_STAGES)}, and stages of the model's own: leave "
                "archive_existing_versions out or send false."
            )


class DeleteModelVersion(Recorded[Empty], frozen=True, kw_only=True):
    """Delete a version; its number is never used again."""

    route: ClassVar[str] = "model-versions/delete"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    version: Required
    force: Force = False

    def check(self) -> None:
        version_number(self.version)


class SearchModelVersions(Read[ModelVersionPage], frozen=True, kw_only=True):
    """Find model versions by a filter, in an order, a page at a time."""

    searches: ClassVar[bool] = True
    route: ClassVar[str] = "model-versions/search"
    needs: ClassVar[Permission] = Permission.LOGIN
    filter: str = ""
    max_results: Annotated[int, Meta(ge=1, le=200_000)] = 200_000
    order_by: list[str] = []
    page_token: str = ""
    offset: Offset = 0
    total: bool = False


class GetModelVersionDownloadUri(Read[DownloadUri], frozen=True, kw_only=True):
    """Read where a version's files are."""

    route: ClassVar[str] = "model-versions/get-download-uri"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    brief: ClassVar[bool] = True
    name: Required
    version: Required

    def check(self) -> None:
        version_number(self.version)


class GetVersionManifest(Read[StoredFiles], frozen=True, kw_only=True):
    """Read the files of a version with their digests, as they were when it was registered."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "model-versions/manifest"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    version: Required

    def check(self) -> None:
        version_number(self.version)


class FindVersionByDigest(Read[ModelVersionResult], frozen=True, kw_only=True):
    """Read the version whose files have a digest, under this model's name or another."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "model-versions/by-digest"
    # READ on the model that is found: the function looks.
    needs: ClassVar[Permission] = Permission.LOGIN
    name: Required
    digest: Annotated[
        str,
        Meta(
            pattern="^[0-9a-fA-F]{12,64}$",
            description="the version's sha256, or the first 12 or more of its digits",
        ),
    ]

    def check(self) -> None:
        check_model_name(self.name)


class SetModelVersionTag(Recorded[Empty], frozen=True, kw_only=True):
    """Set a tag of a version."""

    route: ClassVar[str] = "model-versions/set-tag"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    version: Required
    key: Required
    value: str = ""

    def check(self) -> None:
        version_number(self.version)
        check_version_tag(self.key, self.value)


class DeleteModelVersionTag(Recorded[Empty], frozen=True, kw_only=True):
    """Remove a tag of a version; a missing one is not an error."""

    route: ClassVar[str] = "model-versions/delete-tag"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    version: Required
    key: Key

    def check(self) -> None:
        version_number(self.version)


def check_expected(holder: str | None) -> None:
    """Refuse an expected holder that is neither a version nor nobody."""
    if holder:
        version_number(holder)


def check_version_tag(key: str, value: str) -> None:
    """Refuse a version tag outside the limits."""
    check_key("tag", key)
    if key == PROMPT_TEXT and len(value) > MAX_MODEL_TAG_VALUE:
        raise InvalidParameter(
            f"Prompt text exceeds max length of {MAX_MODEL_TAG_VALUE} characters. It has "
            f"{len(value)}: shorten it."
        )
    check_length(f"value of tag '{key}'", value, MAX_MODEL_TAG_VALUE)
