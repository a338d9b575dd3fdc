"""Runs as their pages show them: few values of many, all keys found, long texts begun."""

from __future__ import annotations

import pytest

from cuvee.api.base import Store
from cuvee.api.datasets import Dataset, DatasetInput, LogInputs
from cuvee.api.metrics import Metric
from cuvee.api.run_overviews import GetRunOverview, ListRunValues, RunValues
from cuvee.api.runs import CreateRun, GetRun, LogBatch, Param, RunTag
from cuvee.errors import NotFound

LONG = "a\u00e9\U0001f347" * 200


@pytest.fixture
def run(store: Store) -> str:
    """A run of 30 metrics and 25 params, one of which is long."""
    run_id = store.do(CreateRun(experiment_id="0", run_name="many")).run.info.run_id
    metrics = [Metric(f"{'Lm'[i % 2]}oss/{i:02}", i / 8, 5, i) for i in range(30)]
    params = [Param(f"p{i:02}", str(i)) for i in range(24)] + [Param("Long", LONG)]
    tags = [RunTag("team", "x" * 3000)]
    store.do(LogBatch(run_id=run_id, metrics=metrics, params=params, tags=tags))
    data = Dataset("wine", "d1", "local", "{}", schema="{}", profile="{}")
    store.do(LogInputs(run_id=run_id, datasets=[DatasetInput(dataset=data)]))
    return run_id


def values(store: Store, run_id: str, kind: str, **asked: object) -> RunValues:
    return store.do(ListRunValues(run_id=run_id, kind=kind, **asked))  # type: ignore[arg-type]


def test_an_overview_has_the_first_by_their_keys_and_how_many_there_are(
    store: Store, run: str
) -> None:
    whole = store.do(GetRun(run_id=run)).run
    found = store.do(GetRunOverview(run_id=run, max_items=3, max_text=100))
    assert (found.metrics, found.params, found.last_step) == (30, 25, 29)
    assert [m.key for m in found.run.data.metric_items] == ["Loss/00", "Loss/02", "Loss/04"]
    assert found.run.data.param_items == [Param("Long", LONG[:100]), *_params("p00", "p01")]
    assert found.cut == ["Long"]
    assert (found.run.info, found.run.data.tags) == (whole.info, whole.data.tags)
    (read,) = found.run.inputs.dataset_inputs
    assert (read.dataset.name, read.dataset.schema, read.dataset.profile) == ("wine", None, None)
    everything = store.do(GetRunOverview(run_id=run)).run.data
    assert everything.metrics == whole.data.metrics
    assert (everything.params, everything.tags) == (whole.data.params, whole.data.tags)


def test_metrics_of_the_computer_are_counted_by_themselves(store: Store, run: str) -> None:
    assert store.do(GetRunOverview(run_id=run)).system_metrics == 0
    keys = ("system/cpu", "system/node_0/cpu", "System/mine", "my system/cpu")
    store.do(LogBatch(run_id=run, metrics=[Metric(key, 1, 5, 0) for key in keys]))
    found = store.do(GetRunOverview(run_id=run, max_items=1))
    assert (found.metrics, found.system_metrics) == (34, 2)


def _params(*keys: str) -> list[Param]:
    return [Param(key, str(int(key[1:]))) for key in keys]


def test_values_are_found_by_parts_of_all_keys(store: Store, run: str) -> None:
    found = values(store, run, "metric", find="OSS/1", max_items=2)
    assert (found.count, [m.key for m in found.metrics]) == (10, ["Loss/10", "Loss/12"])
    assert [(m.value, m.step, m.timestamp) for m in found.metrics] == [(1.25, 10, 5), (1.5, 12, 5)]
    keys = values(store, run, "metric", only_keys=True, max_items=1000)
    assert (keys.count, len(keys.keys), keys.metrics) == (30, 30, [])
    assert values(store, run, "param", find="P1").params == _params(*(f"p1{i}" for i in range(10)))
    assert values(store, run, "param", find="nothing") == RunValues(0)
    assert values(store, run, "metric", max_items=0) == RunValues(30)


def test_a_text_that_is_cut_can_be_read_whole(store: Store, run: str) -> None:
    begun = values(store, run, "param", find="long", max_text=len(LONG) - 1)
    assert (begun.params, begun.cut) == ([Param("Long", LONG[:-1])], ["Long"])
    for most in (0, len(LONG)):
        whole = values(store, run, "param", key="Long", max_text=most)
        assert (whole.params, whole.cut) == ([Param("Long", LONG)], [])
    assert values(store, run, "param", key="long").count == 0


def test_a_run_that_is_not_there_is_said_not_to_be(store: Store) -> None:
    for op in (GetRunOverview(run_id="f" * 32), ListRunValues(run_id="f" * 32, kind="param")):
        with pytest.raises(NotFound):
            store.do(op)


def test_a_run_of_nothing_has_nothing(store: Store) -> None:
    run_id = store.do(CreateRun(experiment_id="0")).run.info.run_id
    found = store.do(GetRunOverview(run_id=run_id))
    assert (found.metrics, found.params, found.last_step, found.cut) == (0, 0, 0, [])
