"""Series are copied, cut off, and asked for their value at a step."""

from __future__ import annotations

import contextlib
import math
import random
from collections.abc import Iterator
from typing import Any

import pytest

from cuvee.api.base import Actor
from cuvee.api.metrics import GetMetricHistory, Metric
from cuvee.api.runs import CreateRun, LogBatch
from cuvee.store import points as folding
from cuvee.store.cuts import copy_series, cut_series, value_at
from cuvee.store.series import to_bits
from cuvee.store.sql import SqlStore
from cuvee.store.tx import Tx

Point = tuple[float, int, int]
SUMMARY = "value, bits, step, timestamp, first_bits, first_step, min_bits, min_step, max_bits"


@pytest.fixture(autouse=True, params=[(8, 32), (512, 8192)], ids=["folded", "tails"])
def thresholds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Series that are in chunks, and such that are in tails."""
    small, chunk = request.param
    monkeypatch.setattr(folding, "SMALL", small)
    monkeypatch.setattr(folding, "CHUNK", chunk)


@contextlib.contextmanager
def transaction(store: SqlStore) -> Iterator[Tx]:
    with contextlib.closing(store.database.connect()) as connection:
        cursor = connection.cursor()
        store.database.begin(cursor, write=True)
        yield Tx(
            store.database,
            cursor,
            actor=Actor("ann"),
            known_keys=store.known_keys,
            pending_keys={},
            artifact_root="",
        )
        cursor.execute("COMMIT")


def create(store: SqlStore) -> tuple[str, int]:
    run_id = store.do(CreateRun(experiment_id="0")).run.info.run_id
    with transaction(store) as tx:
        mark = "?" if store.database.group_commit else "%s"
        tx.cursor.execute(f"SELECT pk FROM runs WHERE run_id = {mark}", (run_id,))
        return run_id, tx.cursor.fetchone()[0]


def log(store: SqlStore, run_id: str, key: str, points: list[Point]) -> None:
    for i in range(0, len(points), 30):
        metrics = [Metric(key, *point) for point in points[i : i + 30]]
        store.do(LogBatch(run_id=run_id, metrics=metrics))


def history(store: SqlStore, run_id: str, key: str) -> list[tuple[int, int, int]]:
    page = store.do(GetMetricHistory(run_id=run_id, metric_key=key))
    return [(m.timestamp, m.step, to_bits([m.value])[0]) for m in page.metrics]


def summaries(store: SqlStore, run_pk: int) -> list[Any]:
    with transaction(store) as tx:
        tx.cursor.execute(f"SELECT {SUMMARY} FROM latest WHERE run_pk = {run_pk} ORDER BY key_id")
        return [tuple(row) for row in tx.cursor.fetchall()]


def walk(seed: int, count: int = 400) -> list[Point]:
    """Return a history with jumps back to earlier steps, as after resuming."""
    chance = random.Random(seed)
    points, step = [], 0
    for i in range(count):
        step = max(0, step - 60) if chance.random() < 0.02 else step + 1
        value = math.nan if chance.random() < 0.05 else chance.gauss(0, 1)
        points.append((value, 1_700_000_000_000 + 10 * i, step))
    return points


@pytest.mark.parametrize("step", [-1, 0, 37, 150, 10**6])
def test_a_cut_leaves_what_was_logged_before_the_step(local_store: SqlStore, step: int) -> None:
    run_id, run_pk = create(local_store)
    other_id, other_pk = create(local_store)
    points = walk(1)
    kept = [point for point in points if point[2] < step]
    log(local_store, run_id, "m", points)
    log(local_store, run_id, "one", [(1.0, 5, 3)])
    if kept:
        log(local_store, other_id, "m", kept)
    if step > 3:
        log(local_store, other_id, "one", [(1.0, 5, 3)])

    with transaction(local_store) as tx:
        cut_series(tx, run_pk, step)

    assert history(local_store, run_id, "m") == history(local_store, other_id, "m")
    assert history(local_store, run_id, "one") == history(local_store, other_id, "one")
    assert summaries(local_store, run_pk) == summaries(local_store, other_pk)
    more = [(2.0, 1_800_000_000_000 + i, 7) for i in range(60)]
    for run in (run_id, other_id):
        log(local_store, run, "m", more)
    assert history(local_store, run_id, "m") == history(local_store, other_id, "m")
    assert summaries(local_store, run_pk) == summaries(local_store, other_pk)


@pytest.mark.parametrize("step", [-1, 0, 37, 150, 10**6])
def test_a_copy_has_what_was_logged_up_to_the_step(local_store: SqlStore, step: int) -> None:
    run_id, run_pk = create(local_store)
    copy_id, copy_pk = create(local_store)
    other_id, other_pk = create(local_store)
    points = walk(2)
    log(local_store, run_id, "m", points)
    if kept := [point for point in points if point[2] <= step]:
        log(local_store, other_id, "m", kept)

    with transaction(local_store) as tx:
        copy_series(tx, run_pk, copy_pk, step)

    assert history(local_store, copy_id, "m") == history(local_store, other_id, "m")
    assert summaries(local_store, copy_pk) == summaries(local_store, other_pk)
    log(local_store, copy_id, "m", points)
    assert history(local_store, copy_id, "m") == history(local_store, run_id, "m")


def test_the_value_at_a_step_is_the_last_by_time(local_store: SqlStore) -> None:
    runs = [create(local_store) for _ in range(5)]
    wanted: dict[int, dict[int, float]] = {}
    for seed, (run_id, run_pk) in enumerate(runs[:4]):
        points = walk(seed, 100 + 90 * seed)
        log(local_store, run_id, "m", points)
        for value, _, step in points:  # in the order of their times
            wanted.setdefault(step, {})[run_pk] = value
    log(local_store, runs[4][0], "m", [(-1.0, 9, 5), (math.nan, 9, 5), (-2.0, 9, 5), (7.0, 8, 5)])
    wanted.setdefault(5, {})[runs[4][1]] = math.nan

    with transaction(local_store) as tx:
        key_id = tx.key_ids(["m"])["m"]
        for step in (*range(0, 200, 7), 5, 10**9):
            found = value_at(tx, [run_pk for _, run_pk in runs], key_id, step)
            assert _bits(found) == _bits(wanted.get(step, {}))


def _bits(values: dict[int, float]) -> dict[int, int]:
    return {run_pk: to_bits([value])[0] for run_pk, value in values.items()}
