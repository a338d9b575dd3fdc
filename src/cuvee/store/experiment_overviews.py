"""Experiments at a glance in SQL: two statements, whose cost does not grow with the runs.

Each count stops at a bound, so an experiment of a million runs costs what one of ten thousand does.
The best of a metric, for who asks for it, is read from all runs.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    case,
    cast,
    func,
    literal_column,
    select,
)

from cuvee.api.experiment_overviews import (
    DAYS,
    MOST_OF_A_DAY,
    MOST_RUNS,
    BestRun,
    ExperimentOverview,
    ExperimentOverviews,
    GetExperimentOverviews,
)
from cuvee.api.names import experiment_number
from cuvee.api.times import DAY
from cuvee.store import schema
from cuvee.store.best_runs import best_runs
from cuvee.store.engine import arg, hot
from cuvee.store.levels import EXPERIMENT
from cuvee.store.schema.tracking import IS_RUNNING
from cuvee.store.tx import Tx
from cuvee.store.visible import readable

_x = schema.experiments
_r = schema.runs
_e = schema.events
_its_own = (_r.c.experiment_id == _x.c.id, _r.c.lifecycle == _x.c.lifecycle)


def _counted(most: int, *which: ColumnElement[bool]) -> ColumnElement[int]:
    """Return how many runs an experiment has, as far as ``most``."""
    some: Select[Any] = select(literal_column("1")).select_from(_r).where(*_its_own, *which)
    some = some.correlate(_x).limit(literal_column(str(most)))
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _of_day(day: int) -> ColumnElement[int]:
    since = cast(arg("since"), BigInteger)  # a driver sends an early one as a shorter number
    begin = since + literal_column(str(day * DAY))
    end = since + literal_column(str((day + 1) * DAY))
    return _counted(MOST_OF_A_DAY, _r.c.start_time >= begin, _r.c.start_time < end)


# The first event of an experiment tells of its creation, or there is none that does.
_owner = (
    select(case((_e.c.action == "experiment.created", _e.c.actor), else_=""))
    .where(_e.c.object == "experiment:" + cast(_x.c.id, Text))
    .order_by(_e.c.sequence)
    .limit(literal_column("1"))
    .correlate(_x)
    .scalar_subquery()
)
_last_run = select(func.max(_r.c.start_time)).where(*_its_own).correlate(_x).scalar_subquery()
_glance = hot(
    lambda db: select(
        _x.c.id,
        _owner,
        _counted(MOST_RUNS + 1),
        _counted(MOST_RUNS, IS_RUNNING),
        _last_run,
        *(_of_day(day) for day in range(DAYS)),
    ).where(db.among(_x.c.id, "ids"))
)


def get_experiment_overviews(tx: Tx, op: GetExperimentOverviews) -> ExperimentOverviews:
    asked = dict.fromkeys(experiment_number(one) for one in op.experiment_ids)
    mine = readable(tx, EXPERIMENT, _x.c.id, _x.c.name)
    there = select(_x.c.id).where(tx.database.among(_x.c.id, "ids"), mine.condition())
    ids = [number for (number,) in tx.all(there, ids=tx.listed(list(asked)), **mine.values)]
    if not ids:
        return ExperimentOverviews()
    since = (op.until or tx.now) - DAYS * DAY
    rows = {row[0]: row for row in tx.all(_glance, ids=tx.listed(ids), since=since)}
    best = best_runs(tx, ids, op.metric) if op.metric else {}
    return ExperimentOverviews(
        [_overview(best.get(number), *rows[number]) for number in asked if number in rows]
    )


def _overview(
    best: BestRun | None,
    number: int,
    owner: str | None,
    runs: int,
    running: int,
    last_run: int | None,
    *days: int,
) -> ExperimentOverview:
    return ExperimentOverview(
        experiment_id=str(number),
        user_id=owner or None,
        runs=min(runs, MOST_RUNS),
        more=runs > MOST_RUNS,
        running=running,
        last_run=last_run,
        days=list(days) if any(days) else [],
        best=best,
    )
