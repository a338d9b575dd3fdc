"""Logged models: model files that a run has produced, with params, metrics and tags."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct, field

from cuvee.api.artifacts import ArtifactPage, artifact_directory
from cuvee.api.base import Empty, Force, Of, Permission, Read, Recorded, Required, Write
from cuvee.api.metrics import DatasetDigest, DatasetName, Metric
from cuvee.api.names import (
    MAX_KEY,
    MAX_LOGGED_MODEL_PARAM,
    MAX_MODEL_TAG_VALUE,
    check_length,
    check_logged_model_name,
    check_unique,
    experiment_number,
    shown,
)
from cuvee.errors import InvalidParameter

LoggedModelStatus = Literal[
    "LOGGED_MODEL_STATUS_UNSPECIFIED",
    "LOGGED_MODEL_PENDING",
    "LOGGED_MODEL_READY",
    "LOGGED_MODEL_UPLOAD_FAILED",
]
LOGGED_MODEL_STATUSES: dict[int, str] = {
    0: "LOGGED_MODEL_STATUS_UNSPECIFIED",
    1: "LOGGED_MODEL_PENDING",
    2: "LOGGED_MODEL_READY",
    3: "LOGGED_MODEL_UPLOAD_FAILED",
}


class LoggedModelParameter(Struct, frozen=True, gc=False):
    """A setting of a logged model."""

    key: Required
    value: str = field(default_factory=str)


class LoggedModelTag(Struct, frozen=True, gc=False):
    """A key and a value on a logged model."""

    key: Required
    value: str = field(default_factory=str)


class LoggedModelInfo(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a logged model is, without its data."""

    model_id: str
    experiment_id: str
    name: str
    creation_timestamp_ms: int
    last_updated_timestamp_ms: int
    artifact_uri: str
    status: LoggedModelStatus
    model_type: str = field(default_factory=str)
    source_run_id: str = field(default_factory=str)
    status_message: str | None = None
    tag_items: list[LoggedModelTag] = field(default_factory=list, name="tags")


class LoggedModelData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A logged model's params and every metric point logged for it."""

    param_items: list[LoggedModelParameter] = field(default_factory=list, name="params")
    metrics: list[Metric] = []


class LoggedModel(Struct, frozen=True, kw_only=True):
    """A logged model with its data."""

    info: LoggedModelInfo
    data: LoggedModelData = field(default_factory=LoggedModelData)

    @property
    def model_id(self) -> str:
        """The id, ``m-`` and 32 hexadecimal digits."""
        return self.info.model_id

    @property
    def name(self) -> str:
        """The name; not unique."""
        return self.info.name

    @property
    def experiment_id(self) -> str:
        """The experiment it belongs to."""
        return self.info.experiment_id

    @property
    def source_run_id(self) -> str | None:
        """The run that made it."""
        return self.info.source_run_id or None

    @property
    def artifact_location(self) -> str:
        """Where its files are."""
        return self.info.artifact_uri

    @property
    def creation_timestamp(self) -> int:
        """When it was created, milliseconds since 1970."""
        return self.info.creation_timestamp_ms

    @property
    def last_updated_timestamp(self) -> int:
        """When it last changed, milliseconds since 1970."""
        return self.info.last_updated_timestamp_ms

    @property
    def model_type(self) -> str:
        """What kind of model it is, in the user's words."""
        return self.info.model_type

    @property
    def status_message(self) -> str | None:
        """What went wrong, if anything did."""
        return self.info.status_message

    @property
    def model_uri(self) -> str:
        """The URI to load it by."""
        return f"models:/{self.info.model_id}"

    @property
    def status(self) -> str:
        """PENDING, READY or FAILED: shorter than on the wire, as MLflow's clients know it."""
        return self.info.status.removeprefix("LOGGED_MODEL_").removeprefix("UPLOAD_")

    @property
    def params(self) -> dict[str, str]:
        """The params as a dictionary."""
        return {p.key: p.value for p in self.data.param_items}

    @property
    def tags(self) -> dict[str, str]:
        """The tags as a dictionary."""
        return {t.key: t.value for t in self.info.tag_items}

    @property
    def metrics(self) -> list[Metric]:
        """Every metric point logged for it."""
        return self.data.metrics


class LoggedModelResult(Struct, frozen=True):
    """One logged model."""

    model: LoggedModel


class LoggedModelEcho(Struct, frozen=True, omit_defaults=True):
    """One logged model, from servers that say it back; MLflow's does not."""

    model: LoggedModel | None = None


class LoggedModelPage(Struct, frozen=True, omit_defaults=True):
    """A page of logged models and the token of the next."""

    models: list[LoggedModel] = []
    next_page_token: str | None = None


class DatasetFilter(Struct, frozen=True, omit_defaults=True):
    """A dataset that metrics must have been measured on."""

    dataset_name: Annotated[DatasetName, Meta(min_length=1)]
    dataset_digest: DatasetDigest | None = None


class LoggedModelOrder(Struct, frozen=True, omit_defaults=True):
    """One key of an order: an attribute or ``metrics.<key>``."""

    field_name: Required
    ascending: bool = True
    dataset_name: DatasetName | None = None
    dataset_digest: DatasetDigest | None = None


class CreateLoggedModel(Write[LoggedModelResult], frozen=True, kw_only=True):
    """Announce a model whose files are about to be uploaded.

    Args:
        model_id: ``m-`` and 32 random hexadecimal digits in lower case, under which the model is
            created once, however often it is sent; the server chooses when it is absent.
    """

    route: ClassVar[str] = "logged-models"
    of: ClassVar[tuple[Of, ...]] = (
        Of("experiment", "experiment_id"),
        Of("run", "source_run_id"),
    )
    experiment_id: Required
    model_id: str = ""
    name: str = ""
    model_type: Annotated[str, Meta(max_length=500)] = ""
    source_run_id: Annotated[str, Meta(max_length=256)] = ""
    params: list[LoggedModelParameter] = []
    tags: list[LoggedModelTag] = []

    def check(self) -> None:
        experiment_number(self.experiment_id)
        if self.model_id and not re.fullmatch("m-[0-9a-f]{32}", self.model_id):
            raise InvalidParameter(
                f"{shown(self.model_id)} cannot be a logged model's id of your own: send 'm-' and "
                "32 random hexadecimal digits in lower case, or leave it out."
            )
        check_logged_model_name(self.name)
        check_params(self.params)
        check_tags(self.tags)


class GetLoggedModel(Read[LoggedModelResult], frozen=True, kw_only=True):
    """Read a logged model."""

    route: ClassVar[str] = "logged-models/{model_id}"
    of: ClassVar[tuple[Of, ...]] = (Of("logged_model", "model_id"),)
    model_id: Required
    allow_deleted: bool = False


class FinalizeLoggedModel(Write[LoggedModelResult], frozen=True, kw_only=True):
    """Say that a logged model's files are complete, or that the upload failed."""

    route: ClassVar[str] = "logged-models/{model_id}"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    of: ClassVar[tuple[Of, ...]] = (Of("logged_model", "model_id"),)
    model_id: Required
    status: LoggedModelStatus


class DeleteLoggedModel(Recorded[Empty], frozen=True, kw_only=True):
    """Mark a logged model as deleted; its files stay."""

    route: ClassVar[str] = "logged-models/{model_id}"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("logged_model", "model_id"),)
    model_id: Required
    force: Force = False


class SearchLoggedModels(Read[LoggedModelPage], frozen=True, kw_only=True):
    """Find logged models of some experiments by a filter, in an order, a page at a time."""

    searches: ClassVar[bool] = True
    route: ClassVar[str] = "logged-models/search"
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "experiment_ids"),)
    experiment_ids: list[str]
    filter: str = ""
    datasets: list[DatasetFilter] = []
    max_results: Annotated[int, Meta(ge=0, le=50_000)] = 50
    order_by: list[LoggedModelOrder] = []
    page_token: str = ""

    def check(self) -> None:
        for experiment_id in self.experiment_ids:
            experiment_number(experiment_id)


class SetLoggedModelTags(Write[LoggedModelEcho], frozen=True, kw_only=True):
    """Set tags of a logged model."""

    route: ClassVar[str] = "logged-models/{model_id}/tags"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    of: ClassVar[tuple[Of, ...]] = (Of("logged_model", "model_id"),)
    model_id: Required
    tags: list[LoggedModelTag] = []

    def check(self) -> None:
        check_tags(self.tags)


class DeleteLoggedModelTag(Write[Empty], frozen=True, kw_only=True):
    """Remove a tag of a logged model."""

    route: ClassVar[str] = "logged-models/{model_id}/tags/{tag_key}"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    of: ClassVar[tuple[Of, ...]] = (Of("logged_model", "model_id"),)
    model_id: Required
    tag_key: Required


class LogLoggedModelParams(Write[Empty], frozen=True, kw_only=True):
    """Add params to a logged model; a key that it has already is refused."""

    route: ClassVar[str] = "logged-models/{model_id}/params"
    of: ClassVar[tuple[Of, ...]] = (Of("logged_model", "model_id"),)
    model_id: Required
    params: list[LoggedModelParameter] = []

    def check(self) -> None:
        check_params(self.params)


class ListLoggedModelArtifacts(Read[ArtifactPage], frozen=True, kw_only=True):
    """List the files of a logged model, one directory at a time."""

    route: ClassVar[str] = "logged-models/{model_id}/artifacts/directories"
    alone: ClassVar[bool] = True
    of: ClassVar[tuple[Of, ...]] = (Of("logged_model", "model_id"),)
    model_id: Required
    artifact_directory_path: str = ""
    page_token: str = ""

    def check(self) -> None:
        artifact_directory(self.artifact_directory_path)


def check_params(params: list[LoggedModelParameter]) -> None:
    """Refuse logged-model params outside the limits; any characters make a key, as in MLflow."""
    check_unique("param", (p.key for p in params))
    for param in params:
        check_length("param key", param.key, MAX_KEY, "key")
        check_length(f"value of param '{param.key}'", param.value, MAX_LOGGED_MODEL_PARAM)


def check_tags(tags: list[LoggedModelTag]) -> None:
    """Refuse logged-model tags outside the limits; any characters make a key, as in MLflow."""
    for tag in tags:
        check_length("tag key", tag.key, MAX_KEY, "key")
        check_length(f"value of tag '{tag.key}'", tag.value, MAX_MODEL_TAG_VALUE)
