"""Runs: one execution of training code, with its params, metrics and tags."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct, field

from cuvee.api.base import (
    CUVEE,
    Empty,
    Force,
    Moment,
    Of,
    Permission,
    Read,
    Recorded,
    Required,
    Write,
)
from cuvee.api.datasets import DatasetInput, ModelInput, ModelOutput
from cuvee.api.experiments import PageSize, ViewType
from cuvee.api.metrics import Metric, check_dataset
from cuvee.api.names import (
    MAX_PARAM_VALUE,
    MAX_RUN_NAME,
    MAX_RUN_TAG_VALUE,
    check_experiment_name,
    check_key,
    check_length,
    check_run_id,
    check_unique,
    experiment_number,
    shown,
)
from cuvee.errors import InvalidParameter

RunStatus = Literal["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]
RUN_STATUSES: dict[int, str] = {
    1: "RUNNING",
    2: "SCHEDULED",
    3: "FINISHED",
    4: "FAILED",
    5: "KILLED",
}
MAX_LEASE = 45
"""With the grace that follows, a run that has died is known to be lost within a minute."""
LeaseSeconds = Annotated[
    int, Meta(ge=1, le=MAX_LEASE, description="seconds until the next sign of life is overdue")
]
RUN_NAME_TAG = "mlflow.runName"
PARENT_TAG = "mlflow.parentRunId"
MAX_BATCH = 1000
RunPrefix = Annotated[
    str, Meta(pattern="^[0-9a-f]{8,32}$", description="8 to 32 hexadecimal digits in lower case")
]
LEGACY_RUN_ID = {"run_uuid": "run_id"}


class Param(Struct, frozen=True, gc=False):
    """A setting of a run; it never changes once logged."""

    key: Required
    value: str = field(default_factory=str)


class RunTag(Struct, frozen=True, gc=False):
    """A key and a value on a run; it may change."""

    key: Required
    value: str = field(default_factory=str)


class RunInfo(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a run is, without its data."""

    run_id: str
    run_uuid: str
    run_name: str
    experiment_id: str
    user_id: str
    status: RunStatus
    start_time: int
    end_time: int | None = None
    artifact_uri: str
    lifecycle_stage: str


class RunData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run's latest metrics, its params and its tags."""

    metric_items: list[Metric] = field(default_factory=list, name="metrics")
    param_items: list[Param] = field(default_factory=list, name="params")
    tag_items: list[RunTag] = field(default_factory=list, name="tags")

    @property
    def metrics(self) -> dict[str, float]:
        """The latest value of each metric."""
        return {m.key: m.value for m in self.metric_items}

    @property
    def params(self) -> dict[str, str]:
        """The params as a dictionary."""
        return {p.key: p.value for p in self.param_items}

    @property
    def tags(self) -> dict[str, str]:
        """The tags as a dictionary."""
        return {t.key: t.value for t in self.tag_items}


class RunInputs(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a run has read."""

    dataset_inputs: list[DatasetInput] = []
    model_inputs: list[ModelInput] = []


class RunOutputs(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a run has made."""

    model_outputs: list[ModelOutput] = []


class Run(Struct, frozen=True, kw_only=True):
    """A run with its data."""

    info: RunInfo
    data: RunData
    inputs: RunInputs = field(default_factory=RunInputs)
    outputs: RunOutputs = field(default_factory=RunOutputs)


class RunResult(Struct, frozen=True):
    """One run."""

    run: Run


class RunInfoResult(Struct, frozen=True):
    """One run, without its data."""

    run_info: RunInfo


class RunPage(Struct, frozen=True, omit_defaults=True):
    """A page of runs and the token of the next."""

    runs: list[Run] = []
    next_page_token: str | None = None


class CreateRun(Recorded[RunResult], frozen=True, kw_only=True):
    """Start a run in an experiment; with an id of the caller's own, once however often it is sent.

    Args:
        experiment_id: the experiment.
        experiment_name: in its place, an experiment that is created if there is none.
        run_id: 32 random hexadecimal digits in lower case; the server chooses when it is absent.
    """

    route: ClassVar[str] = "runs/create"
    of: ClassVar[tuple[Of, ...]] = (
        Of("experiment", "experiment_id"),
        Of("old_or_new_experiment", "experiment_name"),
        Of("parents", "tags", Permission.READ),
    )
    experiment_id: str = ""
    experiment_name: str = ""
    run_id: str = ""
    user_id: Annotated[str, Meta(max_length=256)] = ""
    run_name: Annotated[str, Meta(max_length=MAX_RUN_NAME)] = ""
    start_time: Moment = 0
    tags: list[RunTag] = []

    def check(self) -> None:
        if self.experiment_name and self.experiment_id:
            raise InvalidParameter("Send experiment_id or experiment_name, not both.")
        if self.experiment_name:
            check_experiment_name(self.experiment_name)
        elif not self.experiment_id:
            raise InvalidParameter(
                "Missing value for required parameter 'experiment_id'. Send it, or experiment_name."
            )
        else:
            experiment_number(self.experiment_id)
        if self.run_id and not re.fullmatch("[0-9a-f]{32}", self.run_id):
            raise InvalidParameter(
                f"{shown(self.run_id)} cannot be a run's id of your own: send 32 random "
                "hexadecimal digits in lower case, or leave it out."
            )
        for tag in self.tags:
            check_run_tag(tag)
            if tag.key == RUN_NAME_TAG and self.run_name and tag.value != self.run_name:
                raise InvalidParameter(
                    f"Both 'run_name' argument and '{RUN_NAME_TAG}' tag are specified, but with "
                    f"different values (run_name={shown(self.run_name)}, "
                    f"{RUN_NAME_TAG}={shown(tag.value)}). Send one of them, or equal ones."
                )


class GetRun(Read[RunResult], frozen=True, kw_only=True):
    """Read a run, deleted ones too."""

    route: ClassVar[str] = "runs/get"
    legacy: ClassVar[dict[str, str]] = LEGACY_RUN_ID
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required


class RunName(Struct, frozen=True, kw_only=True):
    """A run that one or more of the asked ids mean.

    Args:
        asked: the id as it was asked for, whole or its first digits.
        run_id: the whole id.
        experiment_id: the run's experiment.
        short: its first digits, 12 or more, with which no other run begins now.
    """

    asked: str
    run_id: str
    experiment_id: str
    short: str


class RunNames(Struct, frozen=True, omit_defaults=True):
    """Which runs some ids mean.

    Args:
        runs: in the order asked for; those that are not there, or may not be read, are left out.
        unclear: what several runs begin with, so that it means none of them.
    """

    runs: list[RunName] = []
    unclear: list[str] = []


class ResolveRunIds(Read[RunNames], frozen=True, kw_only=True):
    """Find the runs that ids, or their first digits, mean, deleted ones too.

    Args:
        ids: run ids, or 8 or more of their first digits.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "runs/resolve"
    needs: ClassVar[Permission] = Permission.LOGIN
    ids: Annotated[list[RunPrefix], Meta(min_length=1, max_length=100)]


class UpdateRun(Recorded[RunInfoResult], frozen=True, kw_only=True):
    """Change a run's status, end time or name."""

    route: ClassVar[str] = "runs/update"
    legacy: ClassVar[dict[str, str]] = LEGACY_RUN_ID
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required
    status: RunStatus | None = None
    end_time: Moment | None = None
    run_name: Annotated[str, Meta(max_length=MAX_RUN_NAME)] = ""


class DeleteRun(Recorded[Empty], frozen=True, kw_only=True):
    """Mark a run as deleted; it can be restored."""

    route: ClassVar[str] = "runs/delete"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required
    force: Force = False


class RestoreRun(Recorded[Empty], frozen=True, kw_only=True):
    """Bring a deleted run back."""

    route: ClassVar[str] = "runs/restore"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required


class SearchRuns(Read[RunPage], frozen=True, kw_only=True):
    """Find runs of some experiments by a filter, in an order, a page at a time."""

    searches: ClassVar[bool] = True
    route: ClassVar[str] = "runs/search"
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "experiment_ids"),)
    numbered: ClassVar[tuple[str, ...]] = ("experiment_ids",)
    experiment_ids: list[str] = []
    filter: str = ""
    run_view_type: ViewType = "ACTIVE_ONLY"
    max_results: PageSize = 1000
    order_by: list[str] = []
    page_token: str = ""

    def check(self) -> None:
        for experiment_id in self.experiment_ids:
            experiment_number(experiment_id)


class LogParam(Write[Empty], frozen=True, kw_only=True):
    """Log a param; the same value again changes nothing, another value is refused."""

    route: ClassVar[str] = "runs/log-parameter"
    legacy: ClassVar[dict[str, str]] = LEGACY_RUN_ID
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required
    key: Required
    value: str = ""

    def check(self) -> None:
        check_param(Param(self.key, self.value))


class SetTag(Write[Empty], frozen=True, kw_only=True):
    """Set a tag of a run."""

    route: ClassVar[str] = "runs/set-tag"
    legacy: ClassVar[dict[str, str]] = LEGACY_RUN_ID
    of: ClassVar[tuple[Of, ...]] = (
        Of("run", "run_id"),
        Of("parents", "key", Permission.READ),
    )
    run_id: Required
    key: Required
    value: str = ""

    def check(self) -> None:
        check_run_tag(RunTag(self.key, self.value))


class DeleteTag(Write[Empty], frozen=True, kw_only=True):
    """Remove a tag of a run."""

    route: ClassVar[str] = "runs/delete-tag"
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required
    key: Required


class LogBatch(Write[Empty], frozen=True, kw_only=True):
    """Add metrics, params and tags to a run, all or nothing.

    Args:
        lease: with it, the call is a sign of life too; see ``runs/heartbeat``.
    """

    route: ClassVar[str] = "runs/log-batch"
    of: ClassVar[tuple[Of, ...]] = (
        Of("run", "run_id"),
        Of("logged_model", "metrics.model_id"),
        Of("parents", "tags", Permission.READ),
    )
    run_id: Required
    metrics: Annotated[list[Metric], Meta(max_length=1000)] = []
    params: Annotated[list[Param], Meta(max_length=100)] = []
    tags: Annotated[list[RunTag], Meta(max_length=100)] = []
    lease: LeaseSeconds | None = None

    def check(self) -> None:
        check_run_id(self.run_id)
        for key, index in {m.key: n for n, m in enumerate(self.metrics)}.items():
            check_key("metric", key, "metrics", index)
        for point in self.metrics:  # a call for each of a thousand would be felt
            if point.dataset_name or point.dataset_digest:
                check_dataset(point.dataset_name, point.dataset_digest)
        for index, param in enumerate(self.params):
            check_param(param, "params", index)
        for index, tag in enumerate(self.tags):
            check_run_tag(tag, "tags", index)
        total = len(self.metrics) + len(self.params) + len(self.tags)
        if total > MAX_BATCH:
            raise InvalidParameter(
                f"A batch logging request can contain at most {MAX_BATCH} metrics, params, and "
                f"tags. Got {total} metrics, params, and tags: split it over several requests."
            )
        check_unique("param", (p.key for p in self.params))


class LogModel(Write[Empty], frozen=True, kw_only=True):
    """Note in a run's tags that a model was logged (clients before MLflow 3)."""

    route: ClassVar[str] = "runs/log-model"
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required
    model_json: Required


def check_param(param: Param, within: str = "", index: int = 0) -> None:
    """Refuse a param outside the limits."""
    check_key("param", param.key, within, index)
    check_length(f"value of param '{param.key}'", param.value, MAX_PARAM_VALUE)


def check_run_tag(tag: RunTag, within: str = "", index: int = 0) -> None:
    """Refuse a run tag outside the limits."""
    check_key("tag", tag.key, within, index)
    check_length(f"value of tag '{tag.key}'", tag.value, MAX_RUN_TAG_VALUE)
