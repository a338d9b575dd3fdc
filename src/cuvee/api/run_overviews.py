"""A run as its page shows it: the first of its metrics and params, and how many there are."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Of, Read, Required
from cuvee.api.metrics import Metric
from cuvee.api.runs import Param, Run
from cuvee.api.searches import MaxText

MAX_VALUES = 100_000

Most = Annotated[int, Meta(ge=0, le=MAX_VALUES, description="metrics, or params, at most")]
Find = Annotated[str, Meta(max_length=500, description="part of the keys, in capitals or not")]


class RunOverview(Struct, frozen=True, omit_defaults=True):
    """A run with the first of its metrics and params, by their keys.

    Args:
        run: the run, with all of its tags; datasets are without schema and profile.
        metrics: how many metrics it has.
        system_metrics: how many of them are of the computer: their keys begin with ``system/``.
        params: how many params it has.
        last_step: the last step of any metric.
        cut: keys of the params of which only the beginning is here, as ``max_text`` asked.
    """

    run: Run
    metrics: int = 0
    system_metrics: int = 0
    params: int = 0
    last_step: int = 0
    cut: list[str] = []


class RunValues(Struct, frozen=True, omit_defaults=True):
    """Some of a run's metrics or params, by their keys.

    Args:
        count: how many have such keys.
        metrics: the first of them, if metrics were asked for.
        params: the first of them, if params were.
        keys: the first of them, if keys alone were.
        cut: keys of the params of which only the beginning is here, as ``max_text`` asked.
    """

    count: int
    metrics: list[Metric] = []
    params: list[Param] = []
    keys: list[str] = []
    cut: list[str] = []


class GetRunOverview(Read[RunOverview], frozen=True, kw_only=True):
    """Read a run as its page shows it, with the first of its metrics and params by their keys."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "runs/overview"
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required
    max_items: Most = 100
    max_text: MaxText = 0


class ListRunValues(Read[RunValues], frozen=True, kw_only=True):
    """List the latest metrics of a run, or its params, by their keys.

    Args:
        run_id: the run.
        kind: which of them.
        find: what the keys contain; all when empty.
        key: one key, exactly.
        only_keys: leave the values out.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "runs/values"
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required
    kind: Literal["metric", "param"]
    find: Find = ""
    key: Find = ""
    max_items: Most = 100
    max_text: MaxText = 0
    only_keys: bool = False
