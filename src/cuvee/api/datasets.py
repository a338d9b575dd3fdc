"""Datasets that runs have read, and the models that went in and came out."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct, field

from cuvee.api.base import Empty, Int64, Key, Of, Permission, Read, Required, Write
from cuvee.api.names import (
    MAX_DATASET_DIGEST,
    MAX_DATASET_NAME,
    check_length,
    check_run_id,
    experiment_number,
)


class InputTag(Struct, frozen=True, gc=False):
    """A key and a value on the use of a dataset by a run."""

    key: Annotated[str, Meta(min_length=1, max_length=255)]
    value: Annotated[str, Meta(max_length=500)] = field(default_factory=str)


class Dataset(Struct, frozen=True, omit_defaults=True):
    """Data that a run has read, identified by name and digest within an experiment."""

    name: Annotated[str, Meta(min_length=1, max_length=MAX_DATASET_NAME)]
    digest: Annotated[str, Meta(min_length=1, max_length=MAX_DATASET_DIGEST)]
    source_type: str
    source: Annotated[str, Meta(max_length=65535)]
    schema: Annotated[str, Meta(max_length=1048575)] | None = None
    profile: Annotated[str, Meta(max_length=16777215)] | None = None


class DatasetInput(Struct, frozen=True, omit_defaults=True):
    """A dataset as a run used it."""

    dataset: Dataset
    tags: list[InputTag] = []


class ModelInput(Struct, frozen=True, gc=False):
    """A logged model that a run has read."""

    model_id: Key


class ModelOutput(Struct, frozen=True, gc=False):
    """A logged model that a run has made, at a step."""

    model_id: Key
    step: Int64 = field(default_factory=int)


class DatasetSummary(Struct, frozen=True, omit_defaults=True):
    """A dataset's name, digest and context in an experiment."""

    experiment_id: str
    name: str
    digest: str
    context: str | None = None


class DatasetSummaries(Struct, frozen=True, omit_defaults=True):
    """The datasets of some experiments."""

    dataset_summaries: list[DatasetSummary] = []


class LogInputs(Write[Empty], frozen=True, kw_only=True):
    """Record datasets and models as inputs of a run."""

    route: ClassVar[str] = "runs/log-inputs"
    max_body: ClassVar[int] = 24 << 20
    of: ClassVar[tuple[Of, ...]] = (
        Of("run", "run_id"),
        Of("logged_model", "models.model_id", Permission.READ),
    )
    run_id: Required
    datasets: list[DatasetInput] = []
    models: list[ModelInput] = []

    def check(self) -> None:
        check_run_id(self.run_id)
        for item in self.datasets:
            check_length("source type", item.dataset.source_type, 36, "source_type")


class LogOutputs(Write[Empty], frozen=True, kw_only=True):
    """Record models as outputs of a run; a repeated model keeps its first step."""

    route: ClassVar[str] = "runs/outputs"
    of: ClassVar[tuple[Of, ...]] = (
        Of("run", "run_id"),
        Of("logged_model", "models.model_id"),
    )
    run_id: Required
    models: Annotated[list[ModelOutput], Meta(min_length=1)]

    def check(self) -> None:
        check_run_id(self.run_id)


class SearchDatasets(Read[DatasetSummaries], frozen=True, kw_only=True):
    """List the distinct datasets of up to 20 experiments."""

    searches: ClassVar[bool] = True
    route: ClassVar[str] = "experiments/search-datasets"
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "experiment_ids"),)
    numbered: ClassVar[tuple[str, ...]] = ("experiment_ids",)
    experiment_ids: Annotated[list[str], Meta(min_length=1, max_length=20)]

    def check(self) -> None:
        for experiment_id in self.experiment_ids:
            experiment_number(experiment_id)
