"""Metrics: points, latest values and histories."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct, field

from cuvee.api.base import (
    Empty,
    Id,
    Int64,
    Key,
    Of,
    Permission,
    Read,
    Required,
    Time,
    Write,
)
from cuvee.api.names import MAX_DATASET_DIGEST, MAX_DATASET_NAME, check_key
from cuvee.api.replies import Swept
from cuvee.errors import InvalidParameter

MAX_HISTORY_PAGE = 25_000
MAX_INTERVAL_POINTS = 2500
DatasetName = Annotated[str, Meta(max_length=MAX_DATASET_NAME)]
DatasetDigest = Annotated[str, Meta(max_length=MAX_DATASET_DIGEST)]
RunIds = Annotated[list[Key], Meta(min_length=1, max_length=100)]


class Metric(Struct, frozen=True, gc=False, omit_defaults=True):
    """One point of a metric.

    Args:
        key: metric name.
        value: any float64; NaN and the infinities are kept.
        timestamp: milliseconds since 1970.
        step: any int64.
        model_id: logged model that the point belongs to as well.
        dataset_name, dataset_digest: dataset that the point was measured on.
        run_id: run of the point, where the answer spans runs.
    """

    key: Required
    value: float
    timestamp: Time
    step: Int64 = field(default_factory=int)
    model_id: Id | None = None
    dataset_name: DatasetName | None = None
    dataset_digest: DatasetDigest | None = None
    run_id: Id | None = None


def check_dataset(name: str | None, digest: str | None) -> None:
    """Refuse half a dataset: MLflow's clients could not read a model with such a point."""
    if bool(name) != bool(digest):
        lacking = "dataset_digest" if name else "dataset_name"
        raise InvalidParameter(
            "Both dataset_name and dataset_digest must be provided if one is provided: send "
            f"{lacking}, too, or neither."
        )


class MetricPage(Struct, frozen=True, omit_defaults=True):
    """Points of a history and the token of the next page."""

    metrics: list[Metric] = []
    next_page_token: str | None = None


class MetricList(Struct, frozen=True):
    """Points of several histories; the list is there when it is empty, too, as in MLflow."""

    metrics: list[Metric]


class LogMetric(Write[Empty], frozen=True, kw_only=True):
    """Log one point of a metric; logging the same point again changes nothing."""

    route: ClassVar[str] = "runs/log-metric"
    legacy: ClassVar[dict[str, str]] = {"run_uuid": "run_id"}
    of: ClassVar[tuple[Of, ...]] = (
        Of("run", "run_id"),
        Of("logged_model", "model_id"),
    )
    run_id: Required
    key: Required
    value: float
    timestamp: Time
    step: Int64 = 0
    model_id: Id | None = None
    dataset_name: DatasetName | None = None
    dataset_digest: DatasetDigest | None = None

    def check(self) -> None:
        check_key("metric", self.key)
        check_dataset(self.dataset_name, self.dataset_digest)

    def point(self) -> Metric:
        """Return what is logged as a point."""
        return Metric(
            self.key,
            self.value,
            self.timestamp,
            self.step,
            self.model_id,
            self.dataset_name,
            self.dataset_digest,
        )


class GetMetricHistory(Read[MetricPage], frozen=True, kw_only=True):
    """Read a metric's points, ordered by time, step and value."""

    route: ClassVar[str] = "metrics/get-history"
    alone: ClassVar[bool] = True
    legacy: ClassVar[dict[str, str]] = {"run_uuid": "run_id"}
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Key
    metric_key: Key
    page_token: str = ""
    max_results: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


class GetMetricHistoryBulk(Read[MetricList], frozen=True, kw_only=True):
    """Read one metric of up to 100 runs, ordered by run, time, step and value."""

    route: ClassVar[str] = "metrics/get-history-bulk"
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: RunIds
    metric_key: Key
    max_results: Annotated[int, Meta(ge=1, le=2**31 - 1)] = MAX_HISTORY_PAGE


class GetMetricHistoryBulkInterval(Read[MetricPage], frozen=True, kw_only=True):
    """Read an evenly spread sample of one metric of up to 100 runs."""

    route: ClassVar[str] = "metrics/get-history-bulk-interval"
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_ids"),)
    run_ids: RunIds
    metric_key: Key
    start_step: Int64 | None = None
    end_step: Int64 | None = None
    max_results: Annotated[int, Meta(ge=1, le=MAX_INTERVAL_POINTS)] = MAX_INTERVAL_POINTS

    def check(self) -> None:
        if (self.start_step is None) != (self.end_step is None):
            raise InvalidParameter(
                "If either start step or end step are specified, both must be specified."
            )
        if self.start_step is not None and self.start_step > (self.end_step or 0):
            raise InvalidParameter(
                "end_step must be greater than start_step. Found "
                f"start_step={self.start_step} and end_step={self.end_step}."
            )


class FoldTails(Write[Swept], frozen=True, kw_only=True):
    """Fold what runs that have ended left in the tails of their metrics, some at a time.

    The answer counts the events that were passed and the series that were folded; 0 when there is
    nothing to do.
    """

    needs: ClassVar[Permission] = Permission.ADMIN
    rest: Annotated[int, Meta(ge=0)] = 600
    """Seconds since the end of a run."""
