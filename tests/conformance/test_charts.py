"""Charts keep extremes, ends and counts, whatever the points are and however few they may be."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.charts import Curve, GetMetricSeries, GetMetricTail
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch, UpdateRun
from cuvee.errors import InvalidParameter
from cuvee.store import points as folding
from cuvee.store.buckets import Buckets
from cuvee.store.sql import SqlStore

Point = tuple[float, int, int]


@pytest.fixture(autouse=True, params=[(16, 64), (512, 8192)], ids=["folded", "tails"])
def thresholds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Series that are in chunks, and such that are in tails."""
    monkeypatch.setattr(folding, "SMALL", request.param[0])
    monkeypatch.setattr(folding, "CHUNK", request.param[1])


def create(store: Store, start: int = 1000) -> str:
    return store.do(CreateRun(experiment_id="0", start_time=start)).run.info.run_id


def log(store: Store, run_id: str, key: str, points: list[Point], size: int = 50) -> None:
    for i in range(0, len(points), size):
        metrics = [Metric(key, *point) for point in points[i : i + size]]
        store.do(LogBatch(run_id=run_id, metrics=metrics))


def chart(store: Store, run_id: str, key: str = "m", **more: Any) -> Curve:
    (curve,) = store.do(GetMetricSeries(run_ids=[run_id], keys=[key], **more)).series
    assert (curve.run_id, curve.key) == (run_id, key)
    return curve


def walk(seed: int, count: int = 700) -> list[Point]:
    chance = random.Random(seed)
    return [
        (math.nan if chance.random() < 0.1 else chance.gauss(0, 1), 5000 + 10 * i, 2 * i)
        for i in range(count)
    ]


def same(found: list[float], wanted: list[float]) -> bool:
    return len(found) == len(wanted) and all(
        math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(a) and math.isnan(b))
        for a, b in zip(found, wanted, strict=True)
    )


def buckets(points: list[tuple[float, float]], low: float, high: float, most: int) -> Any:
    """Return what is to be in buckets of points (x, value) in order, bucket by bucket."""
    of: dict[int, list[tuple[float, float]]] = {}
    for x, value in points:
        of.setdefault(min(int((x - low) * most / (high - low)), most - 1), []).append((x, value))
    rows = []
    for _, some in sorted(of.items()):
        real = [(v, x) for x, v in some if not math.isnan(v)]
        nothing = math.nan
        least = min(real, default=(nothing, nothing))
        most_ = max(real, key=lambda p: (p[0], -p[1]), default=(nothing, nothing))
        mean = sum(v for v, _ in real) / len(real) if real else nothing
        rows.append((*some[-1], *least, *most_, mean, len(some), len(some) - len(real)))
    return [list(column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize("most", [1, 7, 100])
@pytest.mark.parametrize("x", ["step", "time", "relative"])
def test_buckets_have_the_extremes_mean_last_and_count_of_their_points(
    store: Store, x: str, most: int
) -> None:
    run_id = create(store)
    points = walk(1)
    log(store, run_id, "m", points)
    placed = {
        "step": [(float(s), v) for v, _, s in points],
        "time": [(float(t), v) for v, t, _ in points],
        "relative": [(float(t - 1000), v) for v, t, _ in points],
    }[x]

    curve = chart(store, run_id, x=x, points=most)
    wanted = buckets(placed, placed[0][0], placed[-1][0], most)
    found = (curve.x, curve.last, curve.min, curve.x_min, curve.max, curve.x_max, curve.mean)
    assert all(same(f, w) for f, w in zip(found, wanted[:-2], strict=True))
    assert [curve.count, curve.nans] == wanted[-2:]
    assert sum(curve.nans) > 0
    low, high = placed[100][0], placed[480][0]
    ranged = chart(store, run_id, x=x, points=most, start=low, end=high)
    wanted = buckets(placed[100:481], low, high, most)
    assert same(ranged.max, wanted[4])
    assert [ranged.count, ranged.nans] == wanted[-2:]


@pytest.mark.parametrize("x", ["step", "time"])
def test_points_that_are_sent_again_when_they_are_folded_count_once(store: Store, x: str) -> None:
    run_id = create(store)
    points = walk(5, 300)
    log(store, run_id, "m", points)
    log(store, run_id, "m", points[270:])

    for most in (10, 1000):
        curve = chart(store, run_id, x=x, points=most)
        assert sum(curve.count) == 300
    late = [(1.0, 5000 + 10 * i, 2 * i) for i in range(300, 303)]
    log(store, run_id, "m", [*late, points[100]])
    assert sum(chart(store, run_id, x=x, points=10).count) == 303


def test_a_mean_with_an_infinity_is_it_however_great_the_others_are(store: Store) -> None:
    run_id = create(store)
    log(store, run_id, "m", [(-1.7e308, i, i) for i in range(200)])
    log(store, run_id, "m", [(math.inf, 200, 200)])

    (mean,) = chart(store, run_id, points=1).mean
    assert mean == math.inf


def test_a_short_history_comes_point_by_point_and_exact(store: Store) -> None:
    run_id = create(store)
    values = [1.5, math.inf, -math.inf, math.nan, -0.0]
    log(store, run_id, "m", [(value, 10 + i, 9 - i) for i, value in enumerate(values)])

    curve = chart(store, run_id)

    assert curve.x == [5.0, 6.0, 7.0, 8.0, 9.0]
    assert same(curve.last, values[::-1])
    assert same(curve.min, values[::-1])
    assert curve.count == [1] * 5
    assert curve.nans == [0, 1, 0, 0, 0]


def test_a_chart_against_another_metric_takes_its_value_at_the_same_step(store: Store) -> None:
    run_id = create(store)
    log(store, run_id, "loss", [(float(10 - i), 100 + i, i) for i in range(8)])
    log(store, run_id, "epoch", [(i / 2, 100 + i, i) for i in range(0, 8, 2)])
    log(store, run_id, "epoch", [(7.0, 500, 2)])

    curve = chart(store, run_id, "loss", x="metric", x_key="epoch")

    assert (curve.x, curve.last) == ([0.0, 2.0, 3.0, 7.0], [10.0, 6.0, 4.0, 8.0])
    nothing = GetMetricSeries(run_ids=[run_id], keys=["loss"], x="metric", x_key="none")
    assert store.do(nothing).series == []


def test_curves_come_by_run_and_key_and_empty_ones_are_left_out(store: Store) -> None:
    runs = [create(store) for _ in range(3)]
    for run_id in runs[:2]:
        log(store, run_id, "a", walk(1, 5))
    log(store, runs[0], "b", walk(2, 5))

    asked = GetMetricSeries(run_ids=[runs[1], runs[0], runs[2], "f" * 32], keys=["b", "a", "c"])

    found = [(curve.run_id, curve.key) for curve in store.do(asked).series]
    assert found == [(runs[1], "a"), (runs[0], "b"), (runs[0], "a")]


@pytest.mark.parametrize("ends", [(-1.7e308, 1.7e308), (0.0, 5e-324), (1.0, 1.0)])
def test_buckets_of_any_width_hold_every_point(ends: tuple[float, float]) -> None:
    import numpy as np

    found = Buckets(*ends, 10)
    found.add(np.array([*ends, ends[0]]), np.array([1e308, 1.7e308, 1e308]))
    rows = found.rows()

    assert rows.counts.sum() == 3
    assert np.isfinite(rows.mean).all()


def test_too_many_points_are_refused_with_a_sentence(
    local_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cuvee.store.charts.MAX_READ", 99)
    run_id = create(local_store)
    log(local_store, run_id, "m", walk(1, 100))

    with pytest.raises(InvalidParameter, match="100 points in all; 99 are read"):
        chart(local_store, run_id)


def test_a_tail_has_what_is_new_since_its_token_and_changes_of_state(store: Store) -> None:
    run_id, other = create(store), create(store)
    log(store, run_id, "m", walk(1, 30))
    asked = GetMetricTail(run_ids=[run_id, other])
    begun = store.do(asked)
    assert (begun.series, begun.runs) == ([], [])

    log(store, run_id, "m", [(math.nan, 9000, 1), (2.0, 9001, 2)])
    log(store, other, "new", [(3.0, 7, 8)])
    store.do(UpdateRun(run_id=other, status="FINISHED", end_time=77))
    found = store.do(GetMetricTail(run_ids=[run_id, other], token=begun.token))

    (one, two) = sorted(found.series, key=lambda series: series.key)
    assert (one.run_id, one.key, one.steps, one.timestamps) == (run_id, "m", [1, 2], [9000, 9001])
    assert math.isnan(one.values[0])
    assert one.values[1:] == [2.0]
    assert (two.run_id, two.key, two.steps, two.values) == (other, "new", [8], [3.0])
    assert [(r.run_id, r.status, r.end_time) for r in found.runs] == [(other, "FINISHED", 77)]
    again = store.do(GetMetricTail(run_ids=[run_id, other], token=found.token))
    assert (again.series, again.runs, again.more) == ([], [], False)


def test_a_tail_says_when_points_have_gone_into_chunks(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "SMALL", 16)
    run_id = create(store)
    begun = store.do(GetMetricTail(run_ids=[run_id]))
    points = walk(3, 100)
    log(store, run_id, "m", points, size=4)

    (series,) = store.do(GetMetricTail(run_ids=[run_id], token=begun.token)).series

    assert series.gap
    assert series.steps == [step for _, _, step in points][-len(series.steps) :]


def test_a_follower_of_a_steady_run_misses_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "SMALL", 16)
    run_id = create(store)
    token = store.do(GetMetricTail(run_ids=[run_id])).token
    points = walk(4, 200)
    seen: list[int] = []
    for i in range(0, 200, 2):
        log(store, run_id, "m", points[i : i + 2])
        found = store.do(GetMetricTail(run_ids=[run_id], token=token))
        token = found.token
        assert not found.series[0].gap
        seen += found.series[0].steps

    assert seen == [step for _, _, step in points]
