"""What exists, under the names that MLflow gives it."""

from __future__ import annotations

from cuvee.api.artifacts import FileInfo
from cuvee.api.datasets import Dataset, DatasetInput, InputTag
from cuvee.api.datasets import ModelInput as LoggedModelInput
from cuvee.api.datasets import ModelOutput as LoggedModelOutput
from cuvee.api.events import Event
from cuvee.api.experiments import VIEW_TYPES, Experiment, ExperimentTag
from cuvee.api.logged_models import LoggedModel, LoggedModelParameter, LoggedModelTag
from cuvee.api.metrics import Metric
from cuvee.api.models import RegisteredModel, RegisteredModelAlias, RegisteredModelTag
from cuvee.api.runs import (
    RUN_STATUSES,
    Param,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunOutputs,
    RunTag,
)
from cuvee.api.versions import ModelVersion, ModelVersionTag
from cuvee.errors import InvalidParameter


def _number(kind: str, names: dict[int, str], name: str) -> int:
    for number, known in names.items():
        if known == name:
            return number
    raise InvalidParameter(f"There is no {kind} {name!r}: choose from {', '.join(names.values())}.")


class ViewType:
    """Which of the deleted and the active things a search shows."""

    ACTIVE_ONLY = 1
    DELETED_ONLY = 2
    ALL = 3

    @classmethod
    def from_string(cls, view_type: str) -> int:
        """Return the number of a view's name, in any case."""
        return _number("view type", VIEW_TYPES, view_type.upper())

    @classmethod
    def to_string(cls, view_type: int) -> str:
        """Return the name of a view's number."""
        return VIEW_TYPES[view_type].lower()


class RunStatus:
    """How far a run is."""

    RUNNING = 1
    SCHEDULED = 2
    FINISHED = 3
    FAILED = 4
    KILLED = 5

    @staticmethod
    def from_string(status_str: str) -> int:
        """Return the number of a status name."""
        return _number("run status", RUN_STATUSES, status_str)

    @staticmethod
    def to_string(status: int) -> str:
        """Return the name of a status number."""
        return RUN_STATUSES[status]

    @staticmethod
    def is_terminated(status: int) -> bool:
        """Say whether a run of this status has ended."""
        return status in (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED)

    @staticmethod
    def all_status() -> list[int]:
        """Return every status number."""
        return list(RUN_STATUSES)


class LifecycleStage:
    """Whether something is deleted."""

    ACTIVE = "active"
    DELETED = "deleted"


class LoggedModelStatus:
    """Whether a logged model's files are complete."""

    UNSPECIFIED = "STATUS_UNSPECIFIED"
    PENDING = "PENDING"
    READY = "READY"
    FAILED = "FAILED"


class SourceType:
    """What kind of program started a run."""

    NOTEBOOK = "NOTEBOOK"
    JOB = "JOB"
    PROJECT = "PROJECT"
    LOCAL = "LOCAL"
    UNKNOWN = "UNKNOWN"


__all__ = [
    "Dataset",
    "DatasetInput",
    "Event",
    "Experiment",
    "ExperimentTag",
    "FileInfo",
    "InputTag",
    "LifecycleStage",
    "LoggedModel",
    "LoggedModelInput",
    "LoggedModelOutput",
    "LoggedModelParameter",
    "LoggedModelStatus",
    "LoggedModelTag",
    "Metric",
    "ModelVersion",
    "ModelVersionTag",
    "Param",
    "RegisteredModel",
    "RegisteredModelAlias",
    "RegisteredModelTag",
    "Run",
    "RunData",
    "RunInfo",
    "RunInputs",
    "RunOutputs",
    "RunStatus",
    "RunTag",
    "SourceType",
    "ViewType",
]
