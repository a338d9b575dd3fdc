"""Runs as an outline: each below the run that it is nested in."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct, field

from cuvee.api.base import CUVEE, Key, Of, Offset, Read
from cuvee.api.experiments import ViewType
from cuvee.api.names import experiment_number
from cuvee.api.searches import MAX_COLUMNS, MaxText, RunTable


class OutlineNode(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a run stands in an outline.

    Args:
        depth: in how many runs of the outline it is nested.
        nested: runs nested in it, to any depth.
        passing: how many of these pass the filter.
        passes: whether it does itself; else it is there for the sake of those nested in it.
        unfolded: whether those nested in it follow it.
    """

    depth: int
    nested: int = 0
    passing: int = 0
    passes: bool = True
    unfolded: bool = False


class RunOutline(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A window of an outline.

    Args:
        table: the runs of the window, column by column.
        nodes: where each of them stands.
        lines: lines of the whole outline, as far as it is unfolded.
        passing: runs that pass the filter, unfolded or not.
        runs: runs with and without the filter.
    """

    table: RunTable
    nodes: list[OutlineNode] = []
    lines: int = 0
    passing: int = 0
    runs: int = 0


class SearchRunOutline(Read[RunOutline], frozen=True, kw_only=True):
    """Find runs as an outline: those that pass, and the runs that they are nested in.

    A run whose parent is deleted, or in none of the experiments, stands at the outermost level.

    Args:
        experiment_ids: where to look.
        filter: which runs to find; all when empty.
        run_view_type: whether deleted runs are meant.
        order_by: the order of the runs that are nested in the same run.
        columns: as of a table of runs.
        unfold: whether all runs are unfolded, or none.
        except_runs: runs that are the other way.
        limit: lines of the window; it is shorter where their values would be too many.
        offset: lines to pass over first.
        max_text: characters of a param or a tag; all when 0.
    """

    base: ClassVar[str] = CUVEE
    searches: ClassVar[bool] = True
    route: ClassVar[str] = "runs/outline"
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    of: ClassVar[tuple[Of, ...]] = (Of("experiment", "experiment_ids"),)
    experiment_ids: list[str] = []
    filter: str = ""
    run_view_type: ViewType = "ACTIVE_ONLY"
    order_by: list[str] = []
    columns: Annotated[list[str], Meta(max_length=MAX_COLUMNS)] = field(
        default_factory=lambda: ["attributes.*"]
    )
    unfold: bool = False
    except_runs: Annotated[list[Key], Meta(max_length=10_000)] = []
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    offset: Offset = 0
    max_text: MaxText = 0

    def check(self) -> None:
        for experiment_id in self.experiment_ids:
            experiment_number(experiment_id)
