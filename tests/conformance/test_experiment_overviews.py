"""Experiments at a glance: how many runs, how many go on, who owns them, and when runs began."""

from __future__ import annotations

import contextlib
import time

from conformance.people import NAMED, People
from cuvee.api.base import Store
from cuvee.api.experiment_overviews import (
    DAYS,
    MOST_OF_A_DAY,
    MOST_RUNS,
    ExperimentOverview,
    GetExperimentOverviews,
)
from cuvee.api.experiments import (
    CreateExperiment,
    DeleteExperiment,
    RestoreExperiment,
    SetExperimentTag,
)
from cuvee.api.metrics import LogMetric
from cuvee.api.permissions import GrantPermission
from cuvee.api.runs import CreateRun, DeleteRun, UpdateRun
from cuvee.store.sql import SqlStore

DAY = 24 * 60 * 60 * 1000
UNTIL = 1_700_000_000_000


def make(store: Store, name: str) -> str:
    return store.do(CreateExperiment(name=name)).experiment_id


def begin(store: Store, experiment_id: str, at: int) -> str:
    return store.do(CreateRun(experiment_id=experiment_id, start_time=at)).run.info.run_id


def glance(store: Store, *ids: str, until: int = UNTIL) -> list[ExperimentOverview]:
    return store.do(GetExperimentOverviews(experiment_ids=list(ids), until=until)).experiments


def test_runs_are_counted_by_what_they_are_and_when_they_began(store: Store) -> None:
    wine = make(store, "wine")
    first = UNTIL - DAYS * DAY
    runs = [begin(store, wine, at) for at in (first - 1, first, first, UNTIL - 1, UNTIL)]
    store.do(UpdateRun(run_id=runs[0], status="FINISHED", end_time=first))
    store.do(UpdateRun(run_id=runs[1], status="FAILED", end_time=first))
    gone = begin(store, wine, UNTIL + 9)
    store.do(DeleteRun(run_id=gone))
    begin(store, make(store, "beer"), UNTIL - 1)

    (seen,) = glance(store, wine)

    assert (seen.experiment_id, seen.runs, seen.more, seen.running) == (wine, 5, False, 3)
    assert seen.last_run == UNTIL
    assert seen.days == [2, *[0] * (DAYS - 2), 1]
    assert seen.user_id


def test_an_empty_experiment_has_nothing_to_show(store: Store) -> None:
    (seen,) = glance(store, make(store, "wine"))
    assert (seen.runs, seen.running, seen.last_run, seen.days) == (0, 0, None, [])


def test_the_last_day_is_today_unless_said_otherwise(store: Store) -> None:
    wine = make(store, "wine")
    begin(store, wine, int(time.time() * 1000) - 1000)
    (seen,) = glance(store, wine, until=0)
    assert seen.days == [*[0] * (DAYS - 1), 1]
    (ancient,) = glance(store, wine, until=1)
    assert ancient.days == []
    (far,) = glance(store, wine, until=2**63 - 1)
    assert (far.days, far.runs) == ([], 1)


def test_experiments_come_once_each_in_the_order_that_was_asked_for(store: Store) -> None:
    wine, beer = make(store, "wine"), make(store, "beer")
    found = glance(store, beer, wine, "999999", "-1", beer)
    assert [one.experiment_id for one in found] == [beer, wine]


def test_an_archived_experiment_has_the_runs_that_went_with_it(store: Store) -> None:
    wine = make(store, "wine")
    begin(store, wine, UNTIL - 1)
    store.do(DeleteExperiment(experiment_id=wine))
    (archived,) = glance(store, wine)
    assert (archived.runs, archived.last_run) == (1, UNTIL - 1)
    store.do(RestoreExperiment(experiment_id=wine))
    assert glance(store, wine) == [archived]


def test_the_owner_is_who_created_it(people: People) -> None:
    ann, bob = people("ann"), people("bob")
    wine = ann.do(CreateExperiment(name="wine")).experiment_id
    bob.do(CreateRun(experiment_id=wine))
    (seen,) = bob.do(GetExperimentOverviews(experiment_ids=[wine])).experiments
    assert seen.user_id == "ann"


def test_what_one_may_not_read_is_left_out(crowd: Store) -> None:
    wine, beer = make(crowd, "wine"), make(crowd, "beer")
    begin(crowd, wine, UNTIL - 1)
    crowd.do(GrantPermission(object=f"experiment:{beer}", user="bob", permission="CAN_READ"))

    def ask(who: str) -> list[str]:
        op = GetExperimentOverviews(experiment_ids=[wine, beer], until=UNTIL)
        return [one.experiment_id for one in crowd.do(op, NAMED[who]).experiments]

    assert ask("alice") == []
    assert ask("bob") == [beer]


MANY = """
INSERT INTO runs (
  run_id, experiment_id, name, user_id, status, start_time, lifecycle, artifact_uri, created_by
)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {runs})
SELECT 'r' || i, {experiment}, 'n', 'ann', 'RUNNING', {until} - i, 'active', '', 'ann' FROM n
"""


def test_counts_stop_where_they_say(database_url: str) -> None:
    with contextlib.closing(SqlStore.open(database_url)) as store:
        wine = make(store, "wine")
        with contextlib.closing(store.database.connect()) as connection:
            connection.cursor().execute(
                MANY.format(runs=MOST_RUNS + 5, experiment=wine, until=UNTIL)
            )
            connection.commit()
        (seen,) = glance(store, wine)
    assert (seen.runs, seen.more, seen.running) == (MOST_RUNS, True, MOST_RUNS)
    assert seen.days == [*[0] * (DAYS - 1), MOST_OF_A_DAY]


def log(store: Store, run_id: str, key: str, *values: float) -> None:
    for step, value in enumerate(values):
        store.do(LogMetric(run_id=run_id, key=key, value=value, timestamp=step, step=step))


def best(store: Store, key: str, *ids: str) -> list[tuple[float, bool, str] | None]:
    op = GetExperimentOverviews(experiment_ids=list(ids), metric=key)
    found = [one.best for one in store.do(op).experiments]
    assert all(one is None or one.key == key for one in found)
    return [None if one is None else (one.value, one.less, one.run_id) for one in found]


def test_the_best_of_a_metric_is_that_of_its_goal_at_any_step(store: Store) -> None:
    wine, beer, cider = (make(store, name) for name in ("wine", "beer", "cider"))
    first, second, gone = (begin(store, wine, at) for at in (1, 2, 3))
    log(store, first, "rmse", 0.5, 0.25, 4.0)
    log(store, second, "rmse", 0.3, float("nan"))
    log(store, gone, "rmse", 0.1)
    store.do(DeleteRun(run_id=gone))
    other = begin(store, beer, 1)
    log(store, other, "rmse", 1.5, 2.5, float("-inf"))
    log(store, other, "r2", 0.5, 0.75)
    log(store, begin(store, cider, 1), "rmse", float("nan"))

    assert best(store, "rmse", beer, wine, cider) == [
        (float("-inf"), True, other),
        (0.25, True, first),
        None,
    ]
    assert best(store, "r2", wine, beer) == [None, (0.75, False, other)]
    assert best(store, "never", wine, beer) == [None, None]
    assert best(store, "", wine) == [None]
    store.do(SetExperimentTag(experiment_id=wine, key="cuvee.goal.rmse", value="maximize"))
    assert best(store, "rmse", wine, beer) == [
        (4.0, False, first),
        (float("-inf"), True, other),
    ]


def test_of_equal_runs_the_first_is_the_best(store: Store) -> None:
    wine = make(store, "wine")
    late, early = begin(store, wine, 20), begin(store, wine, 10)
    for run in (late, early):
        log(store, run, "acc", 0.5)
    assert best(store, "acc", wine) == [(0.5, False, early)]
    store.do(DeleteExperiment(experiment_id=wine))
    assert best(store, "acc", wine) == [(0.5, False, early)]


def test_the_best_of_what_one_may_not_read_is_not_told(crowd: Store) -> None:
    wine, beer = make(crowd, "wine"), make(crowd, "beer")
    for experiment in (wine, beer):
        log(crowd, begin(crowd, experiment, 1), "rmse", 0.5)
    crowd.do(GrantPermission(object=f"experiment:{beer}", user="bob", permission="CAN_READ"))
    op = GetExperimentOverviews(experiment_ids=[wine, beer], metric="rmse")
    (seen,) = crowd.do(op, NAMED["bob"]).experiments
    assert seen.experiment_id == beer
    assert seen.best is not None
    assert seen.best.value == 0.5
