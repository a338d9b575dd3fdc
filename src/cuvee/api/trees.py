"""Nested runs, and groups of runs: who belongs to whom, and what they are together."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Key, Of, Read, Required
from cuvee.api.experiments import ViewType
from cuvee.api.names import check_key, check_unique, experiment_number
from cuvee.api.runs import RunStatus
from cuvee.errors import InvalidParameter

GROUP_TAG = "cuvee.group"
MetricKeys = Annotated[list[Required], Meta(max_length=50)]


class StatusCount(Struct, frozen=True):
    """How many runs have a status."""

    status: RunStatus
    count: int


class MetricSummary(Struct, frozen=True, omit_defaults=True):
    """The latest values of a metric over some runs.

    Args:
        key: the metric.
        count: how many runs have a finite value; the others are left out.
        min, max, mean: over these.
        sd: their standard deviation (n - 1); absent below two runs.
    """

    key: str
    count: int
    min: float
    max: float
    mean: float
    sd: float | None = None


class RunNode(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run in a tree.

    Args:
        run_id: the run.
        parent_run_id: the run that it is nested in.
        depth: how far below the root of the answer; those above it have negative ones.
        children: how many runs are nested in it directly; -1 when the walk did not come there.
    """

    run_id: str
    run_name: str
    experiment_id: str
    status: RunStatus
    depth: int
    start_time: int
    end_time: int | None = None
    parent_run_id: str = ""
    children: int = 0


class RunTree(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run and those nested in it.

    Args:
        ancestors: from the outermost to its parent.
        nodes: the run and its descendants, nearest first.
        descendants: how many there are; deleted ones, and those nested in them, are left out.
        status: of all descendants together: what runs comes first, then what failed.
        statuses: how many descendants have which status.
        metrics: over all descendants.
        complete: whether all descendants were counted; the walk ends at 100,000.
    """

    ancestors: list[RunNode] = []
    nodes: list[RunNode] = []
    descendants: int = 0
    status: RunStatus | None = None
    statuses: list[StatusCount] = []
    metrics: list[MetricSummary] = []
    complete: bool


class RunTreeResult(Struct, frozen=True):
    """One tree."""

    tree: RunTree


class GetRunTree(Read[RunTreeResult], frozen=True, kw_only=True):
    """Read the runs nested in a run, to any depth, and what they are together.

    Args:
        run_id: the run.
        metrics: whose values to put together over all descendants.
        max_nodes: how many runs to list; all are counted.
    """

    base: ClassVar[str] = CUVEE
    searches: ClassVar[bool] = True
    route: ClassVar[str] = "runs/tree"
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required
    metrics: MetricKeys = []
    max_nodes: Annotated[int, Meta(ge=1, le=10_000)] = 200

    def check(self) -> None:
        _check_metrics(self.metrics)


class RunGroup(Struct, frozen=True, kw_only=True):
    """The runs that have the same value of the tag ``cuvee.group``, or of the column asked for.

    Args:
        group: the value.
        runs: how many there are; deleted ones are left out, unless they are asked for.
        statuses: how many have which status.
        first_start, last_start: when they started.
        metrics: over all of them.
        absent: whether these are the runs that have no value.
    """

    group: str
    runs: int
    statuses: list[StatusCount]
    first_start: int
    last_start: int
    metrics: list[MetricSummary] = []
    absent: bool = False


class RunGroups(Struct, frozen=True, omit_defaults=True):
    """A page of groups, by name; the runs that have no value are the last group.

    Args:
        groups: the groups.
        next_page_token: resumes behind the page; absent on the last.
        total: groups on all pages, where a column was asked for.
        runs: their runs on all pages, where a column was asked for.
    """

    groups: list[RunGroup] = []
    next_page_token: str | None = None
    total: int | None = None
    runs: int | None = None


class ListRunGroups(Read[RunGroups], frozen=True, kw_only=True):
    """List the groups of runs of some experiments, and what their runs are together.

    Args:
        experiment_ids: where to look.
        metrics: whose values to put together over the runs of a group.
        max_results: groups in a page.
        page_token: token of the page.
        by: a param, a tag or an attribute, as a column of a search, or ``dataset.name`` or
            ``dataset.digest``, where a run is in the group of each of its datasets; the tag
            ``cuvee.group`` when empty.
        filter: which runs to group, with ``by``; all when empty.
        run_view_type: whether deleted runs are meant, with ``by``.
    """

    base: ClassVar[str] = CUVEE
    searches: ClassVar[bool] = True
    route: ClassVar[str] = "runs/groups"
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "experiment_ids"),)
    experiment_ids: Annotated[list[Key], Meta(min_length=1, max_length=100)]
    metrics: MetricKeys = []
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: str = ""
    by: Annotated[str, Meta(max_length=300)] = ""
    filter: str = ""
    run_view_type: ViewType = "ACTIVE_ONLY"

    def check(self) -> None:
        if not self.by and (self.filter or self.run_view_type != "ACTIVE_ONLY"):
            raise InvalidParameter("A filter or a view of groups needs 'by': name a column.")
        for experiment_id in self.experiment_ids:
            experiment_number(experiment_id)
        _check_metrics(self.metrics)


def _check_metrics(keys: list[str]) -> None:
    for key in keys:
        check_key("metric", key)
    check_unique("metric", keys)
