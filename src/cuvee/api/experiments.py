"""Experiments: what they are and what can be asked of them."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct, field

from cuvee.api.base import Empty, Force, Id, Of, Offset, Permission, Read, Recorded, Required
from cuvee.api.names import (
    MAX_EXPERIMENT_TAG_VALUE,
    MAX_LOCATION,
    check_experiment_name,
    check_key,
    check_length,
    check_unique,
    experiment_number,
    shown,
)
from cuvee.errors import InvalidParameter

ViewType = Literal["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]
VIEW_TYPES: dict[int, str] = {1: "ACTIVE_ONLY", 2: "DELETED_ONLY", 3: "ALL"}
PageSize = Annotated[int, Meta(ge=1, le=50_000)]


MIN_OWN_ID = 10**15
"""Smaller ids are the server's to give."""


class ExperimentTag(Struct, frozen=True, gc=False):
    """A key and a value on an experiment."""

    key: str
    value: str = field(default_factory=str)


class Experiment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A named collection of runs."""

    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: str
    last_update_time: int
    creation_time: int
    tag_items: list[ExperimentTag] = field(default_factory=list, name="tags")
    workspace: str = field(default_factory=lambda: "default")

    @property
    def tags(self) -> dict[str, str]:
        """The tags as a dictionary."""
        return {t.key: t.value for t in self.tag_items}


class ExperimentCreated(Struct, frozen=True):
    """The id of the new experiment."""

    experiment_id: str


class ExperimentResult(Struct, frozen=True):
    """One experiment."""

    experiment: Experiment


class ExperimentPage(Struct, frozen=True, omit_defaults=True):
    """A page of experiments, the token of the next, and how many pass if that was asked for."""

    experiments: list[Experiment] = []
    next_page_token: str | None = None
    total: int | None = None


class CreateExperiment(Recorded[ExperimentCreated], frozen=True, kw_only=True):
    """Create an experiment; with an id of the caller's own, once however often it is sent.

    Args:
        name: its name; what stands before ``/`` is its folder.
        experiment_id: 16 to 18 random digits; the server chooses when it is absent.
    """

    route: ClassVar[str] = "experiments/create"
    of: ClassVar[tuple[Of, ...]] = (Of("new_experiment", "name"),)
    name: Required
    experiment_id: Id = ""
    artifact_location: str = ""
    tags: list[ExperimentTag] = []

    def check(self) -> None:
        check_experiment_name(self.name)
        if self.experiment_id and not re.fullmatch("[1-9][0-9]{15,17}", self.experiment_id):
            raise InvalidParameter(
                f"{shown(self.experiment_id)} cannot be an experiment's id of your own: send 16 to "
                "18 random digits as a string, or leave it out."
            )
        check_length("artifact location", self.artifact_location, MAX_LOCATION, "artifact_location")
        check_unique("experiment tag", (t.key for t in self.tags))
        for tag in self.tags:
            check_experiment_tag(tag.key, tag.value)


class GetExperiment(Read[ExperimentResult], frozen=True, kw_only=True):
    """Read an experiment by its id, deleted ones too."""

    route: ClassVar[str] = "experiments/get"
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "experiment_id"),)
    brief: ClassVar[bool] = True
    experiment_id: Required

    def check(self) -> None:
        experiment_number(self.experiment_id)


class GetExperimentByName(Read[ExperimentResult], frozen=True, kw_only=True):
    """Read an experiment by its name, deleted ones too."""

    route: ClassVar[str] = "experiments/get-by-name"
    of: ClassVar[tuple[Of, ...]] = (Of("experiment_name", "experiment_name"),)
    brief: ClassVar[bool] = True
    experiment_name: Required


class SearchExperiments(Read[ExperimentPage], frozen=True, kw_only=True):
    """Find experiments by a filter, in an order, a page at a time."""

    searches: ClassVar[bool] = True
    route: ClassVar[str] = "experiments/search"
    methods: ClassVar[tuple[str, ...]] = ("POST", "GET")
    needs: ClassVar[Permission] = Permission.LOGIN
    max_results: PageSize
    page_token: str = ""
    filter: str = ""
    order_by: list[str] = []
    view_type: ViewType = "ACTIVE_ONLY"
    offset: Offset = 0
    total: bool = False


class ListExperiments(Read[ExperimentPage], frozen=True, kw_only=True):
    """List experiments by their ids, as clients of MLflow 1 ask for them; later ones search."""

    searches: ClassVar[bool] = True
    route: ClassVar[str] = "experiments/list"
    methods: ClassVar[tuple[str, ...]] = ("GET",)
    needs: ClassVar[Permission] = Permission.LOGIN
    view_type: ViewType = "ACTIVE_ONLY"
    max_results: Annotated[PageSize, Meta(description="without it all, up to 50,000")] = 50_000
    page_token: str = ""


class UpdateExperiment(Recorded[Empty], frozen=True, kw_only=True):
    """Rename an experiment."""

    route: ClassVar[str] = "experiments/update"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (
        Of("experiment", "experiment_id"),
        Of("new_experiment", "new_name", Permission.EDIT),
    )
    experiment_id: Required
    new_name: Required

    def check(self) -> None:
        experiment_number(self.experiment_id)
        check_experiment_name(self.new_name)


class DeleteExperiment(Recorded[Empty], frozen=True, kw_only=True):
    """Mark an experiment and its runs as deleted; it can be restored."""

    route: ClassVar[str] = "experiments/delete"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "experiment_id"),)
    experiment_id: Required
    force: Force = False

    def check(self) -> None:
        experiment_number(self.experiment_id)


class RestoreExperiment(Recorded[Empty], frozen=True, kw_only=True):
    """Bring a deleted experiment and all its runs back."""

    route: ClassVar[str] = "experiments/restore"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "experiment_id"),)
    experiment_id: Required

    def check(self) -> None:
        experiment_number(self.experiment_id)


class SetExperimentTag(Recorded[Empty], frozen=True, kw_only=True):
    """Set a tag of an experiment."""

    route: ClassVar[str] = "experiments/set-experiment-tag"
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "experiment_id"),)
    experiment_id: Required
    key: Required
    value: str = ""

    def check(self) -> None:
        experiment_number(self.experiment_id)
        check_experiment_tag(self.key, self.value)


class DeleteExperimentTag(Recorded[Empty], frozen=True, kw_only=True):
    """Remove a tag of an experiment."""

    route: ClassVar[str] = "experiments/delete-experiment-tag"
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "experiment_id"),)
    experiment_id: Required
    key: Required

    def check(self) -> None:
        experiment_number(self.experiment_id)


def check_experiment_tag(key: str, value: str) -> None:
    """Refuse an experiment tag outside the limits."""
    check_key("experiment tag", key)
    check_length(f"value of experiment tag '{key}'", value, MAX_EXPERIMENT_TAG_VALUE)
