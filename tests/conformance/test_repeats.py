"""What clients repeat by themselves, without a key, leaves the same when it is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from cuvee.api.base import Op, Store
from cuvee.api.datasets import (
    Dataset,
    DatasetInput,
    LogInputs,
    LogOutputs,
    ModelInput,
    ModelOutput,
)
from cuvee.api.events import ListEvents
from cuvee.api.logged_models import (
    CreateLoggedModel,
    FinalizeLoggedModel,
    GetLoggedModel,
    LoggedModelParameter,
    LoggedModelTag,
    LogLoggedModelParams,
    SetLoggedModelTags,
)
from cuvee.api.metrics import GetMetricHistory, LogMetric, Metric
from cuvee.api.runs import (
    CreateRun,
    DeleteRun,
    GetRun,
    LogBatch,
    LogModel,
    LogParam,
    Param,
    RestoreRun,
    RunTag,
    SetTag,
    UpdateRun,
)
from cuvee.errors import InvalidParameter

MODEL = '{"artifact_path": "m", "flavors": {}, "utc_time_created": "1", "run_id": "r"}'


def logged(run: str, model: str) -> Iterator[Op[Any]]:
    """Yield every call that logs to a run or a logged model, with what it logs."""
    dataset = Dataset(name="d", digest="1", source_type="local", source="{}")
    point = Metric("m", 1.5, 1, 1)
    yield LogMetric(run_id=run, key="m", value=0.5, timestamp=1, step=1, model_id=model)
    yield LogBatch(run_id=run, metrics=[point], params=[Param("q", "1")], tags=[RunTag("a", "b")])
    yield LogParam(run_id=run, key="p", value="1")
    yield SetTag(run_id=run, key="t", value="v")
    yield LogInputs(
        run_id=run, datasets=[DatasetInput(dataset=dataset)], models=[ModelInput(model)]
    )
    yield LogOutputs(run_id=run, models=[ModelOutput(model)])
    yield LogModel(run_id=run, model_json=MODEL)
    yield LogLoggedModelParams(model_id=model, params=[LoggedModelParameter("p", "1")])
    yield SetLoggedModelTags(model_id=model, tags=[LoggedModelTag("k", "v")])
    yield FinalizeLoggedModel(model_id=model, status="LOGGED_MODEL_READY")
    yield UpdateRun(run_id=run, status="FINISHED", end_time=9, run_name="done")
    yield DeleteRun(run_id=run)
    yield RestoreRun(run_id=run)


def state(store: Store, run: str, model: str) -> Any:
    found = msgspec.to_builtins(store.do(GetRun(run_id=run)))
    made = msgspec.to_builtins(store.do(GetLoggedModel(model_id=model)))
    made["model"]["info"].pop("last_updated_timestamp_ms")
    points = store.do(GetMetricHistory(run_id=run, metric_key="m")).metrics
    events = [e.action for e in store.do(ListEvents(max_results=100)).events]
    return found, made, points, events


def test_logging_twice_leaves_what_logging_once_leaves(store: Store) -> None:
    run = store.do(CreateRun(experiment_id="0")).run.info.run_id
    model = store.do(CreateLoggedModel(experiment_id="0", name="m")).model.info.model_id
    for op in logged(run, model):
        store.do(op)
        once = state(store, run, model)
        store.do(op)
        assert state(store, run, model) == once, type(op).__name__


def test_a_param_of_a_logged_model_keeps_its_value(store: Store) -> None:
    model = store.do(CreateLoggedModel(experiment_id="0", name="m")).model.info.model_id
    for value in ("1", "1"):
        store.do(LogLoggedModelParams(model_id=model, params=[LoggedModelParameter("p", value)]))
    with pytest.raises(InvalidParameter, match="never change"):
        store.do(LogLoggedModelParams(model_id=model, params=[LoggedModelParameter("p", "2")]))
