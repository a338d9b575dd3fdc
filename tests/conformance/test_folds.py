"""Tails of runs that have ended are folded, and nobody can tell but by the room that they take."""

from __future__ import annotations

import contextlib
import math
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.charts import GetMetricSeries, GetMetricTail
from cuvee.api.forks import ForkRun, RewindRun
from cuvee.api.metrics import (
    FoldTails,
    GetMetricHistory,
    GetMetricHistoryBulk,
    GetMetricHistoryBulkInterval,
    LogMetric,
    Metric,
)
from cuvee.api.purge import Purge
from cuvee.api.runs import CreateRun, DeleteRun, GetRun, LogBatch, UpdateRun
from cuvee.errors import CuveeError
from cuvee.server import sweeper
from cuvee.server.sweeper import Sweeper
from cuvee.store import folds, points
from cuvee.store.series import to_bits
from cuvee.store.sql import SqlStore

Point = tuple[float, int, int]
ODD = (math.nan, math.inf, -math.inf, -0.0, 0.0, 5e-324, -1.7976931348623157e308)
SIZES = (1, folds.FEW - 1, folds.FEW, 50, 511, 700, 9000)


def new_run(store: Store) -> str:
    return store.do(CreateRun(experiment_id="0", start_time=1)).run.info.run_id


def set_status(store: Store, run: str, status: Any) -> None:
    store.do(UpdateRun(run_id=run, status=status, end_time=9 if status != "RUNNING" else None))


def history(store: Store, run: str, key: str) -> list[tuple[int, int, int]]:
    page = store.do(GetMetricHistory(run_id=run, metric_key=key))
    return [(m.timestamp, m.step, to_bits([m.value])[0]) for m in page.metrics]


def placed(given: list[Point]) -> list[tuple[int, int, int]]:
    """Return points as a history has them: by time, step and value, each once."""
    return sorted({(time, step, to_bits([value])[0]) for value, time, step in given})


def rows(store: SqlStore, table: str) -> int:
    with contextlib.closing(store.database.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def fold_all(store: SqlStore) -> int:
    return sum(iter(lambda: store.do(FoldTails(rest=0)).count, 0))


def wild(seed: int, count: int) -> list[Point]:
    """Return points with repeated steps and times, jumps back, and numbers that are none."""
    chance = random.Random(seed)
    given: list[Point] = []
    at, step = 1_700_000_000_000, 0
    for _ in range(count):
        step = chance.choice((step, step + 1, step + 1, chance.randint(-(2**63), 2**63 - 1)))
        at += chance.choice((0, 0, 1, 1000, -500))
        value = chance.choice(ODD) if chance.random() < 0.2 else chance.gauss(0, 1)
        given.append((value, at, step))
        step = step if abs(step) < 10**6 else 0
    return given


def log(store: Store, run: str, key: str, given: list[Point], size: int = 700) -> None:
    for i in range(0, len(given), size):
        metrics = [Metric(key, *point) for point in given[i : i + size]]
        store.do(LogBatch(run_id=run, metrics=metrics))


def readings(store: Store, run: str, keys: list[str]) -> list[Any]:
    """Return all that can be asked of a run's series, as text, in which NaN equals itself."""
    found: list[Any] = [sorted(store.do(GetRun(run_id=run)).run.data.metrics.items())]
    for key in keys:
        found += [
            history(store, run, key),
            store.do(GetMetricHistoryBulk(run_id=[run], metric_key=key)),
            store.do(GetMetricHistoryBulkInterval(run_ids=[run], metric_key=key, max_results=40)),
            store.do(
                GetMetricHistoryBulkInterval(
                    run_ids=[run], metric_key=key, start_step=3, end_step=90, max_results=20
                )
            ),
        ]
    for x in ("step", "time", "relative"):
        for most in (30, 10_000):
            asked: Any = {"run_ids": [run], "keys": keys, "points": most, "x": x}
            found.append(store.do(GetMetricSeries(**asked)))
    return [repr(reading) for reading in found]


def test_what_is_folded_reads_as_it_was_sent(store: Store, local_store: SqlStore) -> None:
    run = new_run(store)
    series = {f"m{size}": wild(size, size) for size in SIZES}
    for key, given in series.items():
        log(store, run, key, given)
    before = readings(store, run, list(series))
    set_status(store, run, "FINISHED")

    assert local_store.do(FoldTails()).count == 0, "it has ended a moment ago"
    assert fold_all(local_store) > 0
    assert fold_all(local_store) == 0, "once is enough"
    assert rows(local_store, "tails") == sum(size < folds.FEW for size in SIZES)
    assert readings(store, run, list(series)) == before
    for key, given in series.items():
        assert history(store, run, key) == placed(given)


@pytest.mark.parametrize("per_write", [1, 5])
def test_a_run_that_is_resumed_goes_on_behind_what_was_folded(
    store: Store, local_store: SqlStore, per_write: int
) -> None:
    run = new_run(store)
    given = wild(7, 120)
    for i in range(0, 120, 30):
        log(store, run, "m", given[i : i + 30], per_write)
        set_status(store, run, "FAILED")
        fold_all(local_store)
        assert history(store, run, "m") == placed(given[: i + 30])
        set_status(store, run, "RUNNING")
    assert rows(local_store, "tails") == 0
    assert rows(local_store, "chunks") == 1, "they grow rather than become many"


def test_runs_that_run_or_are_gone_are_passed_over(store: Store, local_store: SqlStore) -> None:
    given = wild(1, 40)
    again, deleted, ended = (new_run(store) for _ in range(3))
    for run in (again, deleted, ended):
        log(store, run, "m", given)
        set_status(store, run, "KILLED")
    set_status(store, again, "RUNNING")
    store.do(DeleteRun(run_id=deleted))
    local_store.do(Purge(older_than_days=0, dry_run=False))
    fold_all(local_store)

    assert rows(local_store, "tails") == 1, "of the run that runs again"
    assert [history(store, run, "m") for run in (again, ended)] == [placed(given)] * 2
    set_status(store, again, "FINISHED")
    fold_all(local_store)
    assert rows(local_store, "tails") == 0


def test_each_transaction_is_short_and_the_next_goes_on(
    local_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folds, "BUDGET", 0.0)
    runs = [new_run(local_store) for _ in range(3)]
    for run in runs:
        for step in range(20):
            metrics = [Metric(f"m{k}", step * k, step, step) for k in range(40)]
            local_store.do(LogBatch(run_id=run, metrics=metrics))
        set_status(local_store, run, "FINISHED")
    counts = []
    left = [rows(local_store, "tails")]
    while count := local_store.do(FoldTails(rest=0)).count:
        counts.append(count)
        left.append(rows(local_store, "tails"))

    assert left == sorted(left, reverse=True)
    assert left[-1] == 0
    assert max(a - b for a, b in pairwise(left)) <= 20, "one series at a time"
    assert rows(local_store, "chunks") == 120


def test_who_follows_is_told_of_what_was_folded_away(store: Store, local_store: SqlStore) -> None:
    run = new_run(store)
    log(store, run, "m", [(1.0, n, n) for n in range(20)], 1)
    early = store.do(GetMetricTail(run_ids=[run])).token
    log(store, run, "m", [(1.0, n, n) for n in range(20, 40)], 1)
    late = store.do(GetMetricTail(run_ids=[run])).token
    set_status(store, run, "FINISHED")
    fold_all(local_store)

    (missed,) = store.do(GetMetricTail(run_ids=[run], token=early)).series
    assert (missed.gap, missed.steps) == (True, [])
    assert store.do(GetMetricTail(run_ids=[run], token=late)).series == []
    set_status(store, run, "RUNNING")
    store.do(LogMetric(run_id=run, key="m", value=2.0, timestamp=99, step=99))
    (new,) = store.do(GetMetricTail(run_ids=[run], token=late)).series
    assert (new.gap, new.steps) == (False, [99])


# ---------------------------------------------------------------- at once


@contextlib.contextmanager
def meanwhile(*works: Callable[[], object]) -> Iterator[None]:
    """Do works over and over while the body runs; fail where one of them fails."""
    stop = threading.Event()
    problems: list[BaseException] = []

    def repeat(work: Callable[[], object]) -> None:
        try:
            while not stop.is_set():
                work()
        except BaseException as problem:  # noqa: BLE001  # raised below, in the test's thread
            problems.append(problem)

    threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    assert problems == []


@pytest.fixture
def other(database_url: str) -> Iterator[SqlStore]:
    """The same store, as another process has it."""
    opened = SqlStore.open(database_url)
    yield opened
    opened.close()


def test_a_run_is_written_read_ended_and_resumed_while_two_fold(
    store: Store, local_store: SqlStore, other: SqlStore
) -> None:
    runs = [new_run(store) for _ in range(3)]
    sent: dict[str, list[Point]] = {run: [] for run in runs}
    seen: dict[str, int] = dict.fromkeys(runs, 0)

    def look() -> None:
        for run in runs:
            known = len(sent[run])
            found = history(other, run, "m0")
            assert len(found) >= max(known, seen[run]), "points were away"
            seen[run] = len(found)

    def fold(by: SqlStore) -> None:
        by.do(FoldTails(rest=0))
        time.sleep(0.001)

    with meanwhile(partial(fold, local_store), partial(fold, other), look):
        for step in range(150):
            for run in runs:
                point = (step / 3, 1_700_000_000_000 + step, step)
                metrics = [Metric(f"m{k}", *point) for k in range(4)]
                store.do(LogBatch(run_id=run, metrics=metrics))
                sent[run].append(point)
                if step % 25 == 20:
                    set_status(store, run, "FINISHED")
                if step % 25 == 24:
                    set_status(store, run, "RUNNING")
    for run in runs:
        set_status(store, run, "FINISHED")
    fold_all(local_store)
    for run in runs:
        assert [history(store, run, f"m{k}") for k in range(4)] == [placed(sent[run])] * 4
        assert store.do(GetRun(run_id=run)).run.data.metrics["m0"] == 149 / 3
    assert rows(local_store, "tails") < 12 * folds.FEW


def test_forks_and_rewinds_lose_nothing_and_keep_nothing_while_runs_are_folded(
    store: Store, other: SqlStore
) -> None:
    given = [(n / 7, 1_700_000_000_000 + n, n) for n in range(60)]
    for _ in range(12):
        run = new_run(store)
        for key in ("a", "b", "c"):
            log(store, run, key, given, 7)
        set_status(store, run, "FINISHED")
        with meanwhile(lambda: other.do(FoldTails(rest=0))):
            fork = store.do(ForkRun(run_id=run, step=40)).run.info.run_id
            store.do(RewindRun(run_id=run, step=30))
        for key in ("a", "b", "c"):
            assert history(store, fork, key) == placed(given[:41])
            assert history(store, run, key) == placed(given[:31])


KILLED = """
import os, signal, sys
from cuvee.api.metrics import FoldTails
from cuvee.store import folds, points
from cuvee.store.sql import SqlStore

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

where, left = sys.argv[2], int(sys.argv[3])
real = getattr(points, where)

def sometimes(*given):
    global left
    left -= 1
    return die() if left < 0 else real(*given)

setattr(points, where, sometimes)
folds.BUDGET = 60.0
SqlStore.open(sys.argv[1]).do(FoldTails(rest=0))
"""


@pytest.mark.parametrize(("where", "left"), [("place", 3), ("drop_tail", 0), ("mark_folded", 3)])
def test_a_fold_that_is_killed_has_not_begun(
    local_store: SqlStore, database_url: str, where: str, left: int
) -> None:
    store = local_store
    run = new_run(store)
    series = {f"m{n}": wild(n, 30) for n in range(6)}
    for key, given in series.items():
        log(store, run, key, given, 3)
    set_status(store, run, "FINISHED")
    before = readings(store, run, list(series))
    held = rows(local_store, "tails")
    code = subprocess.run(
        [sys.executable, "-c", KILLED, database_url, where, str(left)], check=False
    ).returncode

    assert code == -9
    assert (rows(local_store, "tails"), rows(local_store, "chunks")) == (held, 0)
    assert readings(store, run, list(series)) == before
    end = time.monotonic() + 20  # a database server learns a little later that it is alone
    while rows(local_store, "tails") and time.monotonic() < end:
        with contextlib.suppress(CuveeError):
            local_store.do(FoldTails(rest=0))
    assert (rows(local_store, "tails"), rows(local_store, "chunks")) == (0, 6)
    assert readings(store, run, list(series)) == before


def test_servers_fold_by_themselves(
    local_store: SqlStore, other: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeper, "FoldTails", partial(FoldTails, rest=0))
    monkeypatch.setattr(sweeper, "FOLDS", 0.1)
    runs = [new_run(local_store) for _ in range(5)]
    given = wild(3, points.SMALL - 1)
    for run in runs:
        log(local_store, run, "m", given, 100)
        set_status(local_store, run, "FINISHED")
    both = [
        Sweeper(store, partial(store.hold, "sweeper"), poll=0.05) for store in (local_store, other)
    ]
    for one in both:
        one.start()
    end = time.monotonic() + 20
    while rows(local_store, "tails") and time.monotonic() < end:
        time.sleep(0.02)
    for one in both:
        one.close()

    assert rows(local_store, "tails") == 0
    assert [history(local_store, run, "m") for run in runs] == [placed(given)] * 5
