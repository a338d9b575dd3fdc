"""First, least, greatest and latest values are kept beside each history."""

from __future__ import annotations

import contextlib
import math
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from cuvee.api.metrics import GetMetricHistory, LogMetric, Metric
from cuvee.api.runs import CreateRun, LogBatch
from cuvee.store import migrate
from cuvee.store.engine import open_database
from cuvee.store.series import NAN_BITS, to_bits
from cuvee.store.sql import SqlStore

COLUMNS = (
    *("value", "bits", "step", "timestamp"),
    *("first_value", "first_bits", "first_step", "first_timestamp"),
    *("min_value", "min_bits", "min_step", "max_value", "max_bits", "max_step"),
)
Point = tuple[float, int, int]
VALUES = [0.0, -0.0, 1.5, -2.0, 5e-324, math.inf, -math.inf, math.nan]


def kept(url: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(open_database(url).connect()) as connection:
        cursor = connection.cursor()
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM latest ORDER BY run_pk, key_id")
        return [tuple(row) for row in cursor.fetchall()]


def expected(points: list[Point]) -> tuple[Any, ...]:
    """Return what is to be kept of points (value, time, step), written in another way."""

    def rank(point: Point) -> tuple[int, int, float]:
        value, time, step = point
        return (step, time, 0.0 if math.isnan(value) else value)

    def of(point: Point) -> tuple[Any, ...]:
        value, time, step = point
        return (None if math.isnan(value) else value, to_bits([value])[0], step, time)

    numbers = sorted((to_bits([v])[0], step, v) for v, _, step in points if not math.isnan(v))
    least: tuple[Any, ...] = (None, None, None)
    most = least
    if numbers:
        least = (numbers[0][2], numbers[0][0], numbers[0][1])
        top = min(n for n in numbers if n[0] == numbers[-1][0])
        most = (top[2], top[0], top[1])
    return (*of(max(points, key=rank)), *of(min(points, key=rank)), *least, *most)


def hostile(chance: random.Random, count: int) -> list[Point]:
    """Return points in no order, no two of them of equal rank."""
    places = [(t, s) for t in (0, 1, 5, 2**63 - 1) for s in (-(2**63), -1, 0, 7, 2**63 - 1)]
    return [(chance.choice(VALUES), *place) for place in chance.sample(places, count)]


def test_many_metrics_may_rise_and_fall_in_one_batch(
    local_store: SqlStore, database_url: str
) -> None:
    run = local_store.do(CreateRun(experiment_id="0")).run.info.run_id
    sent: dict[str, list[Point]] = {f"m{k:02}": [] for k in range(40)}
    for step in range(4):
        for number, points in enumerate(sent.values()):
            points.append(((-1.0) ** number * step * (number + 1), step, step))
        metrics = [Metric(key, *points[-1]) for key, points in sent.items()]
        local_store.do(LogBatch(run_id=run, metrics=metrics))

    assert kept(database_url) == [expected(sent[key]) for key in sorted(sent)]


@pytest.mark.parametrize("seed", range(12))
def test_summaries_are_those_of_all_points_however_they_come(
    local_store: SqlStore, database_url: str, seed: int
) -> None:
    chance = random.Random(seed)
    run_id = local_store.do(CreateRun(experiment_id="0")).run.info.run_id
    points = hostile(chance, 1 + seed)
    left = list(points)
    while left:
        size = chance.choice([1, 1, 2, 5])
        batch, left = left[:size], left[size:]
        if len(batch) == 1:
            value, time, step = batch[0]
            op = LogMetric(run_id=run_id, key="m", value=value, timestamp=time, step=step)
            local_store.do(op)
        else:
            metrics = [Metric("m", *point) for point in batch]
            local_store.do(LogBatch(run_id=run_id, metrics=metrics))

    assert kept(database_url) == [expected(points)]
    assert to_bits([math.nan])[0] == NAN_BITS


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of the schema before."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/old.db"
        command.upgrade(migrate.config(open_database(url)), "0003")
        yield url
        return
    import psycopg

    postgres: str = request.getfixturevalue("postgres")
    name = f"old_{os.urandom(4).hex()}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = postgres.replace("/postgres?", f"/{name}?")
    command.upgrade(migrate.config(open_database(url)), "0003")
    yield url
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}")


def test_an_upgrade_keeps_each_history_and_summarizes_it(old_url: str) -> None:
    chance = random.Random(5)
    series: list[list[Point]] = [hostile(chance, 1 + i) for i in range(12)]
    series.append([(chance.gauss(0, 1), 1000 + i, i) for i in range(25_000)])  # many steps
    series.append([(chance.gauss(0, 1), i // 3, -i) for i in range(8192 + 511)])
    series.append([(chance.gauss(0, 1), i // 3, -i) for i in range(512)])
    points, latest, keys = [], [], []
    for i, found in enumerate(series):
        bits = to_bits([value for value, _, _ in found])
        points += [(1, i, t, s, b) for (_, t, s), b in zip(found, bits, strict=True)]
        latest.append((1, i, *expected(found)[:4]))
        keys.append((i, f"m{i}"))
    with contextlib.closing(SqlStore(open_database(old_url))) as store:
        run = (1, "a" * 32, 0, "r", "", "RUNNING", 1, None, "active", "x")
        for table, rows in (
            ("points", points),
            ("latest", latest),
            ("keys", keys),
            ("runs", [run]),
        ):
            put(store, table, rows)

    migrate.upgrade(old_url)

    assert kept(old_url) == [expected(found) for found in series]
    with contextlib.closing(SqlStore.open(old_url)) as store:
        for i, found in enumerate(series):
            metrics = [Metric(f"m{i}", 0.5, 2**63 - 1, s) for s in range(3)]
            store.do(LogBatch(run_id="a" * 32, metrics=metrics))
            page = store.do(GetMetricHistory(run_id="a" * 32, metric_key=f"m{i}"))
            wanted = {(to_bits([v])[0], t, s) for v, t, s in found}
            wanted |= {(to_bits([0.5])[0], 2**63 - 1, s) for s in range(3)}
            rows = [(to_bits([m.value])[0], m.timestamp, m.step) for m in page.metrics]
            assert rows == sorted(wanted, key=lambda row: (row[1], row[2], row[0]))


def put(store: SqlStore, table: str, rows: list[tuple[Any, ...]]) -> None:
    mark = "?" if store.database.group_commit else "%s"
    with contextlib.closing(store.database.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute("BEGIN")
        marks = ", ".join([mark] * len(rows[0]))
        cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        cursor.execute("COMMIT")
