"""Experiments at a glance: how many runs they have, how many go on, when the last began."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Key, Permission, Read, Time
from cuvee.api.names import MAX_KEY, experiment_number

DAYS = 14
"""Days whose runs are counted one by one."""

MOST_RUNS = 10_000
"""Runs of an experiment that are counted."""

MOST_OF_A_DAY = 500
"""Runs of a day that are counted."""


class BestRun(Struct, frozen=True, kw_only=True):
    """The run of an experiment in which a metric was at its best, and how good that was.

    Args:
        key: the metric.
        value: its best value in that run, at whatever step.
        less: whether less of it is better, by the experiment's tag ``cuvee.goal.<key>``, else by
            the metric's name.
        run_id: the run; of several with the same value the one that began first.
        run_name: its name.
    """

    key: str
    value: float
    less: bool
    run_id: str
    run_name: str


class ExperimentOverview(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The runs of an experiment at a glance; those of a deleted one are its deleted runs.

    Args:
        experiment_id: the experiment.
        user_id: its owner: who created it; absent where the history does not tell.
        runs: how many runs it has, up to 10,000.
        more: whether it has more than that.
        running: how many of them are running, up to 10,000.
        last_run: when the last of them to start has started; absent when there is none.
        days: how many have started on each of 14 days, the last day at the end, each up to 500;
            absent when none has.
        best: the best of the metric that was asked for; absent when none of its runs has it.
    """

    experiment_id: str
    user_id: str | None = None
    runs: int = 0
    more: bool = False
    running: int = 0
    last_run: int | None = None
    days: list[int] = []
    best: BestRun | None = None


class ExperimentOverviews(Struct, frozen=True, omit_defaults=True):
    """Experiments at a glance, in the order in which they were asked for."""

    experiments: list[ExperimentOverview] = []


class GetExperimentOverviews(Read[ExperimentOverviews], frozen=True, kw_only=True):
    """Read how much goes on in experiments; those that the caller may not read are left out.

    Args:
        experiment_ids: which experiments.
        until: where the last of the 14 days ends; now when it is 0.
        metric: a metric of which the best is read, too.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "experiments/overview"
    methods: ClassVar[tuple[str, ...]] = ("POST", "GET")
    needs: ClassVar[Permission] = Permission.LOGIN
    experiment_ids: Annotated[list[Key], Meta(min_length=1, max_length=100)]
    until: Time = 0
    metric: Annotated[str, Meta(max_length=MAX_KEY)] = ""

    def check(self) -> None:
        for experiment_id in self.experiment_ids:
            experiment_number(experiment_id)
