"""Metrics come back exactly as they were sent, on every store."""

from __future__ import annotations

import math
import struct

import pytest

from cuvee.api.base import Store
from cuvee.api.metrics import (
    GetMetricHistory,
    GetMetricHistoryBulk,
    GetMetricHistoryBulkInterval,
    LogMetric,
    Metric,
)
from cuvee.api.runs import CreateRun, GetRun, LogBatch
from cuvee.errors import InvalidParameter, NotFound

VALUES = [
    0.0,
    -0.0,
    1.5,
    -2.25,
    0.1 + 0.2,
    5e-324,
    -5e-324,
    1.7976931348623157e308,
    -1.7976931348623157e308,
    math.inf,
    -math.inf,
    math.nan,
]


def create(store: Store) -> str:
    return store.do(CreateRun(experiment_id="0")).run.info.run_id


def history(store: Store, run_id: str, key: str = "m") -> list[tuple[float, int, int]]:
    page = store.do(GetMetricHistory(run_id=run_id, metric_key=key))
    assert page.next_page_token is None
    return [(m.value, m.timestamp, m.step) for m in page.metrics]


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_every_float_comes_back_exactly(store: Store, value: float) -> None:
    run_id = create(store)
    store.do(LogMetric(run_id=run_id, key="m", value=value, timestamp=1))

    ((found, _, _),) = history(store, run_id)

    assert bits(found) == bits(value)
    assert bits(store.do(GetRun(run_id=run_id)).run.data.metrics["m"]) == bits(value)


@pytest.mark.parametrize("number", [0, 1, -1, 2**53 + 1, 2**63 - 1, -(2**63)])
def test_every_step_comes_back_exactly(store: Store, number: int) -> None:
    run_id = create(store)
    store.do(LogMetric(run_id=run_id, key="m", value=1.0, timestamp=2**63 - 1, step=number))

    assert history(store, run_id) == [(1.0, 2**63 - 1, number)]


def test_logging_the_same_point_again_changes_nothing(store: Store) -> None:
    run_id = create(store)
    for value in (1.0, math.nan, 1.0, math.nan):
        store.do(LogMetric(run_id=run_id, key="m", value=value, timestamp=1))

    assert len(history(store, run_id)) == 2


def test_a_history_is_ordered_by_time_step_and_value(store: Store) -> None:
    run_id = create(store)
    points = [(3.0, 2, 0), (1.0, 1, 5), (-1.0, 1, 5), (-2.0, 1, 5), (0.0, 1, -7)]
    store.do(LogBatch(run_id=run_id, metrics=[Metric("m", *point) for point in points]))

    assert history(store, run_id) == [
        (0.0, 1, -7),
        (-2.0, 1, 5),
        (-1.0, 1, 5),
        (1.0, 1, 5),
        (3.0, 2, 0),
    ]


def test_a_history_comes_in_pages(store: Store) -> None:
    run_id = create(store)
    store.do(LogBatch(run_id=run_id, metrics=[Metric("m", float(i), i // 3, i) for i in range(10)]))
    seen: list[int] = []
    token = ""
    for size in (4, 4, 2):
        page = store.do(
            GetMetricHistory(run_id=run_id, metric_key="m", max_results=4, page_token=token)
        )
        assert len(page.metrics) == size
        seen += [m.step for m in page.metrics]
        token = page.next_page_token or ""

    assert (seen, token) == (list(range(10)), "")


@pytest.mark.parametrize("token", ["x", "MQ==", "MSwyLDM5OTk5OTk5OTk5OTk5OTk5OTk5OQ==", "😀"])
def test_a_strange_page_token_is_refused(store: Store, token: str) -> None:
    with pytest.raises(InvalidParameter, match="page_token"):
        store.do(GetMetricHistory(run_id=create(store), metric_key="m", page_token=token))


def test_an_unknown_run_or_key_has_an_empty_history(store: Store) -> None:
    assert history(store, "f" * 32) == []
    assert history(store, create(store), "never logged") == []


@pytest.mark.parametrize(
    ("points", "latest"),
    [
        ([(1.0, 5, 1), (2.0, 1, 2)], 2.0),  # the step counts before the time
        ([(1.0, 5, 1), (2.0, 4, 1)], 1.0),  # then the time
        ([(1.0, 5, 1), (2.0, 5, 1)], 2.0),  # then the value
        ([(2.0, 5, 1), (1.0, 5, 1)], 2.0),
        ([(-5.0, 5, 1), (math.nan, 5, 1)], math.nan),  # NaN counts as 0
        ([(5.0, 5, 1), (math.nan, 5, 1)], 5.0),
        ([(math.nan, 5, 1), (5.0, 5, 1)], 5.0),
        ([(math.nan, 5, 1), (-5.0, 5, 1)], math.nan),
        ([(math.nan, 5, 1), (1.0, 5, 2)], 1.0),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_the_latest_value_is_of_the_greatest_step_time_and_value(
    store: Store, points: list[tuple[float, int, int]], latest: float, together: bool
) -> None:
    run_id = create(store)
    metrics = [Metric("m", *point) for point in points]
    for batch in [metrics] if together else [[m] for m in metrics]:
        store.do(LogBatch(run_id=run_id, metrics=batch))

    assert bits(store.do(GetRun(run_id=run_id)).run.data.metrics["m"]) == bits(latest)


def test_a_bulk_history_spans_runs(store: Store) -> None:
    runs = sorted(create(store) for _ in range(3))
    for i, run_id in enumerate(runs):
        metrics = [Metric("m", float(i), 10 - j, j) for j in range(3)]
        store.do(LogBatch(run_id=run_id, metrics=metrics))

    found = store.do(
        GetMetricHistoryBulk(run_id=[*reversed(runs), "f" * 32], metric_key="m", max_results=7)
    ).metrics

    assert [(m.run_id, m.step) for m in found] == [
        *((runs[0], step) for step in (2, 1, 0)),
        *((runs[1], step) for step in (2, 1, 0)),
        (runs[2], 2),
    ]


@pytest.mark.parametrize(
    ("limit", "steps"),
    [(1, [9]), (2, [0, 9]), (3, [0, 4, 9]), (4, [0, 3, 6, 9]), (10, list(range(10)))],
)
def test_an_interval_is_sampled_evenly(store: Store, limit: int, steps: list[int]) -> None:
    run_id = create(store)
    metrics = [Metric("m", 1.0, 100 - i, i) for i in range(12)]
    store.do(LogBatch(run_id=run_id, metrics=metrics))

    found = store.do(
        GetMetricHistoryBulkInterval(
            run_ids=[run_id], metric_key="m", start_step=0, end_step=9, max_results=limit
        )
    ).metrics

    assert [m.step for m in found] == steps


def test_an_interval_begins_groups_of_neighbours_as_mlflow_does(store: Store) -> None:
    run_id = create(store)
    twice = [Metric("m", 1.0, time, step) for time in (1, 2) for step in range(10)]
    store.do(LogBatch(run_id=run_id, metrics=twice))

    def places(limit: int) -> list[tuple[int, int]]:
        op = GetMetricHistoryBulkInterval(run_ids=[run_id], metric_key="m", max_results=limit)
        return [(m.step, m.timestamp) for m in store.do(op).metrics]

    assert places(5) == [(0, 1), (2, 1), (4, 1), (6, 1), (9, 2)]
    assert places(3) == [(0, 1), (3, 2), (9, 2)]
    assert places(13) == [*((step, 1) for step in range(8)), (7, 2), (8, 1), (8, 2), (9, 1), (9, 2)]


@pytest.mark.parametrize(
    "bounds", [{"start_step": 1}, {"end_step": 1}, {"start_step": 2, "end_step": 1}]
)
def test_an_interval_needs_both_ends_in_order(store: Store, bounds: dict[str, int]) -> None:
    with pytest.raises(InvalidParameter):
        store.do(GetMetricHistoryBulkInterval(run_ids=[create(store)], metric_key="m", **bounds))


def test_a_metric_of_an_unknown_model_is_refused_and_stores_nothing(store: Store) -> None:
    run_id = create(store)
    with pytest.raises(NotFound):
        store.do(LogMetric(run_id=run_id, key="m", value=1.0, timestamp=1, model_id="m-0"))

    assert history(store, run_id) == []


def test_a_thousand_keys_in_one_batch(store: Store) -> None:
    run_id = create(store)
    store.do(LogBatch(run_id=run_id, metrics=[Metric(f"k/{i}", float(i), 1) for i in range(1000)]))

    found = store.do(GetRun(run_id=run_id)).run.data.metrics
    assert found == {f"k/{i}": float(i) for i in range(1000)}
