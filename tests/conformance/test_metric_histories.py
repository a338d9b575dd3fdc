"""A history is what was logged, in whatever order and however often, folded or not."""

from __future__ import annotations

import math
import random
import struct
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuvee.api.base import Store
from cuvee.api.metrics import (
    GetMetricHistory,
    GetMetricHistoryBulk,
    GetMetricHistoryBulkInterval,
    LogMetric,
    Metric,
)
from cuvee.api.runs import CreateRun, LogBatch
from cuvee.store import points as folding
from cuvee.store.series import to_bits
from cuvee.store.sql import SqlStore

Point = tuple[float, int, int]
EDGES = [0, 1, 2, 3, 1_700_000_000_000, 2**53 + 1, 2**63 - 2, 2**63 - 1]
numbers = st.one_of(st.integers(0, 40), st.sampled_from(EDGES))
steps = st.one_of(numbers, st.sampled_from([-(2**63), 1 - 2**63, -1]), st.integers(-5, 60))
values = st.one_of(
    st.sampled_from([0.0, -0.0, 1.5, -1.5, math.inf, -math.inf, math.nan, 5e-324]),
    st.floats(width=64),
)
batches = st.lists(st.tuples(values, numbers, steps), min_size=1, max_size=25)
logged = st.lists(st.one_of(batches, st.integers(0, 30)), min_size=1, max_size=14)
"""Batches of points, or which earlier batch is sent again."""
many = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(params=[(2, 4, 1, 2, 8), (4, 8, 3, 3, 64)], ids=["tiny", "small"])
def thresholds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folds that come after a few points, and many lanes."""
    names = ("SMALL", "CHUNK", "TOUCHED", "LANES", "MERGED")
    for name, size in zip(names, request.param, strict=True):
        monkeypatch.setattr(folding, name, size)


def create(store: Store) -> str:
    return store.do(CreateRun(experiment_id="0")).run.info.run_id


def log(store: Store, run_id: str, batch: list[Point], key: str = "m") -> None:
    if len(batch) == 1:
        value, time, step = batch[0]
        store.do(LogMetric(run_id=run_id, key=key, value=value, timestamp=time, step=step))
    else:
        metrics = [Metric(key, *point) for point in batch]
        store.do(LogBatch(run_id=run_id, metrics=metrics))


def exact(metrics: list[Metric]) -> list[tuple[bytes, int, int]]:
    return [(_bytes(m.value), m.timestamp, m.step) for m in metrics]


def _bytes(value: float) -> bytes:
    return struct.pack("<d", math.nan if math.isnan(value) else value)


def model(batches: list[list[Point]]) -> list[tuple[bytes, int, int]]:
    """Return what a history must be, from a plain dict of what was logged."""
    found = {(t, s, to_bits([v])[0]): (_bytes(v), t, s) for batch in batches for v, t, s in batch}
    return [found[place] for place in sorted(found)]


def sent(plan: list[Any]) -> list[list[Point]]:
    """Return the batches of a plan in order, with those that are sent again."""
    out: list[list[Point]] = []
    for item in plan:
        if isinstance(item, list):
            out.append(item)
        elif out:
            out.append(out[item % len(out)])
    return out


def sampled(rows: list[Any], most: int, low: int, high: int) -> list[Any]:
    """Return an even sample of a history by step: the heads of groups as even as can be.

    Groups that are one point longer come first, and the last group is stood for by the last point.
    """
    rows = sorted((row for row in rows if low <= row[2] <= high), key=lambda row: row[2])
    if len(rows) <= most:
        return rows
    sizes = [len(rows) // most + (group < len(rows) % most) for group in range(most)]
    return [rows[sum(sizes[:group])] for group in range(most - 1)] + [rows[-1]]


@pytest.mark.usefixtures("thresholds")
@many
@given(plan=logged, most=st.integers(1, 9), ends=st.tuples(steps, steps))
def test_what_was_logged_comes_back(
    store: Store, plan: list[Any], most: int, ends: tuple[int, int]
) -> None:
    run_id = create(store)
    batches = sent(plan)
    for batch in batches:
        log(store, run_id, batch)
    wanted = model(batches)

    whole = store.do(GetMetricHistory(run_id=run_id, metric_key="m"))
    assert (exact(whole.metrics), whole.next_page_token) == (wanted, None)
    paged: list[Metric] = []
    token = ""
    while True:
        page = store.do(
            GetMetricHistory(run_id=run_id, metric_key="m", max_results=most, page_token=token)
        )
        paged += page.metrics
        token = page.next_page_token or ""
        if not token:
            break
        assert len(page.metrics) == most
    assert exact(paged) == wanted
    bulk = store.do(GetMetricHistoryBulk(run_id=[run_id], metric_key="m", max_results=most))
    assert exact(bulk.metrics) == wanted[:most]
    low, high = sorted(ends)
    for bounds in ({}, {"start_step": low, "end_step": high}):
        some = store.do(
            GetMetricHistoryBulkInterval(
                run_ids=[run_id], metric_key="m", max_results=most, **bounds
            )
        )
        first, last = (low, high) if bounds else (-(2**63), 2**63 - 1)
        assert exact(some.metrics) == sampled(wanted, most, first, last)


@pytest.mark.parametrize("shape", ["in order", "backwards", "spread", "two writers", "again"])
def test_long_histories_of_any_order_are_folded_and_come_back(
    local_store: SqlStore, shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "SMALL", 32)
    monkeypatch.setattr(folding, "CHUNK", 128)
    monkeypatch.setattr(folding, "MERGED", 1024)
    chance = random.Random(7)
    points = [(chance.gauss(0, 1), 1_700_000_000_000 + 50 * i, i) for i in range(6000)]
    if shape == "backwards":
        points.reverse()
    elif shape == "spread":
        chance.shuffle(points)
    elif shape == "two writers":
        points = [p for pair in zip(points[:3000], points[3000:], strict=True) for p in pair]
    batches = [points[i : i + 40] for i in range(0, len(points), 40)]
    if shape == "again":
        batches += batches[:20] + batches[-20:]
    run_id = create(local_store)
    for batch in batches:
        log(local_store, run_id, batch)

    page = local_store.do(GetMetricHistory(run_id=run_id, metric_key="m"))
    assert exact(page.metrics) == model(batches)
    some = local_store.do(
        GetMetricHistoryBulkInterval(run_ids=[run_id], metric_key="m", max_results=25)
    )
    assert exact(some.metrics) == sampled(model(batches), 25, 0, 6000)


@pytest.mark.usefixtures("thresholds")
def test_writers_at_once_lose_and_double_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "SMALL", 16)
    run_id = create(store)
    keys = ["a", "b"]

    def work(writer: int) -> list[list[Point]]:
        chance = random.Random(writer)
        mine = []
        for i in range(12):
            batch = [(chance.random(), 100 * i + j, writer) for j in range(chance.randint(1, 9))]
            for key in keys if writer % 2 else keys[::-1]:
                log(store, run_id, batch, key)
                if chance.random() < 0.2:
                    log(store, run_id, batch, key)  # as after an answer that was lost
            mine.append(batch)
        return mine

    with ThreadPoolExecutor(4) as pool:
        batches = [batch for mine in pool.map(work, range(4)) for batch in mine]

    for key in keys:
        page = store.do(GetMetricHistory(run_id=run_id, metric_key=key))
        assert exact(page.metrics) == model(batches)
