"""Runs behave the same on every store."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from cuvee.api.base import Store
from cuvee.api.metrics import LogMetric, Metric
from cuvee.api.runs import (
    CreateRun,
    DeleteRun,
    DeleteTag,
    GetRun,
    LogBatch,
    LogModel,
    LogParam,
    Param,
    RestoreRun,
    Run,
    RunTag,
    SearchRuns,
    SetTag,
    UpdateRun,
)
from cuvee.errors import CuveeError, InvalidParameter, NotFound


def create(store: Store, **fields: object) -> str:
    op = CreateRun(experiment_id="0", **fields)  # type: ignore[arg-type]  # a test's shorthand
    return store.do(op).run.info.run_id


def read(store: Store, run_id: str) -> Run:
    return store.do(GetRun(run_id=run_id)).run


def test_a_new_run_is_running_and_named(store: Store) -> None:
    run = store.do(CreateRun(experiment_id="0", user_id="ann", run_name="first", start_time=5)).run

    assert len(run.info.run_id) == 32
    assert run.info.run_uuid == run.info.run_id
    assert (run.info.status, run.info.lifecycle_stage) == ("RUNNING", "active")
    assert (run.info.user_id, run.info.start_time, run.info.end_time) == ("ann", 5, None)
    assert run.data.tags == {"mlflow.runName": "first"}
    assert run.info.artifact_uri == f"mlflow-artifacts:/0/{run.info.run_id}/artifacts"
    assert read(store, run.info.run_id) == run


def test_a_run_without_a_name_gets_one(store: Store) -> None:
    run = read(store, create(store))

    assert 0 < len(run.info.run_name) <= 20
    assert run.data.tags["mlflow.runName"] == run.info.run_name


def test_the_name_tag_and_the_name_are_one(store: Store) -> None:
    tagged = create(store, tags=[RunTag("mlflow.runName", "by tag")])
    assert read(store, tagged).info.run_name == "by tag"
    store.do(SetTag(run_id=tagged, key="mlflow.runName", value="again"))
    assert read(store, tagged).info.run_name == "again"
    store.do(LogBatch(run_id=tagged, tags=[RunTag("mlflow.runName", "batch")]))
    assert read(store, tagged).info.run_name == "batch"
    store.do(UpdateRun(run_id=tagged, run_name="updated"))
    assert read(store, tagged).data.tags["mlflow.runName"] == "updated"
    store.do(DeleteTag(run_id=tagged, key="mlflow.runName"))
    assert read(store, tagged).info.run_name == "updated"
    with pytest.raises(InvalidParameter, match="differ"):
        create(store, run_name="a", tags=[RunTag("mlflow.runName", "b")])


def test_an_empty_name_leaves_a_run_the_one_that_it_has(store: Store) -> None:
    run_id = create(store, run_name="kept")
    other = RunTag("t", "1")

    store.do(SetTag(run_id=run_id, key="mlflow.runName", value=""))
    store.do(LogBatch(run_id=run_id, tags=[RunTag("mlflow.runName", ""), other]))
    store.do(UpdateRun(run_id=run_id, run_name=""))

    run = read(store, run_id)
    assert (run.info.run_name, run.data.tags) == ("kept", {"mlflow.runName": "kept", "t": "1"})


def test_status_and_end_time_change_as_told(store: Store) -> None:
    run_id = create(store)

    info = store.do(UpdateRun(run_id=run_id, status="FINISHED", end_time=9)).run_info

    assert (info.status, info.end_time) == ("FINISHED", 9)
    assert store.do(UpdateRun(run_id=run_id)).run_info == info
    again = store.do(UpdateRun(run_id=run_id, status="RUNNING")).run_info
    assert (again.status, again.end_time) == ("RUNNING", 9)


def test_a_run_may_be_from_before_1970(store: Store) -> None:
    run = create(store, start_time=-(2**63))
    store.do(UpdateRun(run_id=run, status="FINISHED", end_time=-5))
    later = create(store, start_time=-1)

    assert (read(store, run).info.start_time, read(store, run).info.end_time) == (-(2**63), -5)
    search = SearchRuns(experiment_ids=["0"], filter="start_time < 0", order_by=["start_time"])
    assert [found.info.run_id for found in store.do(search).runs] == [run, later]


def test_params_never_change(store: Store) -> None:
    run_id = create(store)
    store.do(LogParam(run_id=run_id, key="lr", value="0.1"))
    store.do(LogParam(run_id=run_id, key="lr", value="0.1"))
    store.do(LogParam(run_id=run_id, key="empty"))

    told = rf"key='lr' was already logged with value='0.1' for run ID='{run_id}'\. Attempted log"
    with pytest.raises(InvalidParameter, match=told):
        store.do(LogParam(run_id=run_id, key="lr", value="0.2"))
    assert read(store, run_id).data.params == {"lr": "0.1", "empty": ""}


def test_a_batch_is_whole_or_absent(store: Store) -> None:
    run_id = create(store)
    store.do(LogParam(run_id=run_id, key="lr", value="0.1"))
    before = read(store, run_id)
    good = [Metric("m", 1.0, 1)]
    tags = [RunTag("t", "1")]

    for batch in (
        LogBatch(run_id=run_id, metrics=good, tags=tags, params=[Param("lr", "0.2")]),
        LogBatch(run_id=run_id, metrics=[*good, Metric("m", 2.0, 1, model_id="m-0")], tags=tags),
        LogBatch(run_id=run_id, metrics=good, tags=tags, params=[Param("p", "x" * 65_537)]),
        LogBatch(run_id=run_id, metrics=good, tags=[*tags, RunTag("t", "x" * 65_537)]),
        LogBatch(run_id=run_id, metrics=[*good, Metric("a//b", 1.0, 1)], tags=tags),
        LogBatch(run_id=run_id, metrics=good, params=[Param("q", "1"), Param("q", "1")]),
    ):
        with pytest.raises(CuveeError):
            store.do(batch)
    assert read(store, run_id) == before


def test_a_full_batch_is_taken_and_a_fuller_one_refused(store: Store) -> None:
    run_id = create(store)
    metrics = [Metric("m", float(i), 1, i) for i in range(900)]
    params = [Param(f"p{i}", str(i)) for i in range(50)]
    tags = [RunTag(f"t{i}", str(i)) for i in range(51)]

    with pytest.raises(InvalidParameter, match="1001"):
        store.do(LogBatch(run_id=run_id, metrics=metrics, params=params, tags=tags))
    store.do(LogBatch(run_id=run_id, metrics=metrics, params=params, tags=tags[:50]))

    data = read(store, run_id).data
    assert data.metrics == {"m": 899.0}
    assert (len(data.params), len(data.tags)) == (50, 51)


def test_values_of_the_greatest_allowed_length_are_kept(store: Store) -> None:
    run_id = create(store)
    store.do(LogParam(run_id=run_id, key="k" * 250, value="ü" * 65_536))
    store.do(SetTag(run_id=run_id, key="k" * 250, value="😀" * 65_536))

    data = read(store, run_id).data
    assert data.params == {"k" * 250: "ü" * 65_536}
    assert data.tags["k" * 250] == "😀" * 65_536


def test_a_deleted_run_is_not_written_to_and_comes_back_whole(store: Store) -> None:
    run_id = create(store)
    store.do(LogParam(run_id=run_id, key="p", value="1"))
    before = read(store, run_id)
    store.do(DeleteRun(run_id=run_id))
    store.do(DeleteRun(run_id=run_id))

    for op in (
        LogMetric(run_id=run_id, key="m", value=1.0, timestamp=1),
        LogParam(run_id=run_id, key="q", value="1"),
        SetTag(run_id=run_id, key="q", value="1"),
        DeleteTag(run_id=run_id, key="mlflow.runName"),
        LogBatch(run_id=run_id),
        UpdateRun(run_id=run_id, status="FINISHED"),
        LogModel(run_id=run_id, model_json="{}"),
    ):
        with pytest.raises(InvalidParameter, match="deleted"):
            store.do(op)
    assert read(store, run_id).info.lifecycle_stage == "deleted"
    store.do(RestoreRun(run_id=run_id))
    store.do(RestoreRun(run_id=run_id))
    assert read(store, run_id) == before


def test_an_unknown_run_is_not_found(store: Store) -> None:
    for op in (
        GetRun(run_id="f" * 32),
        DeleteRun(run_id="f" * 32),
        LogBatch(run_id="f" * 32),
        LogMetric(run_id="f" * 32, key="m", value=1.0, timestamp=1),
    ):
        with pytest.raises(NotFound):
            store.do(op)
    with pytest.raises(NotFound):
        store.do(CreateRun(experiment_id="77"))


def test_a_missing_tag_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.do(DeleteTag(run_id=create(store), key="nope"))


def test_old_clients_note_logged_models_in_a_tag(store: Store) -> None:
    run_id = create(store)
    model = {"artifact_path": "m", "flavors": {}, "utc_time_created": "now", "run_id": run_id}

    store.do(LogModel(run_id=run_id, model_json=json.dumps(model)))
    store.do(LogModel(run_id=run_id, model_json=json.dumps(model | {"artifact_path": "n"})))

    history = json.loads(read(store, run_id).data.tags["mlflow.log-model.history"])
    assert [m["artifact_path"] for m in history] == ["m", "n"]
    for bad in ("", "{", "[]", "{}", '"x"'):
        with pytest.raises(InvalidParameter):
            store.do(LogModel(run_id=run_id, model_json=bad))


def test_the_same_write_at_once_from_many_threads_is_done_once(store: Store) -> None:
    run_id = create(store)
    ops = [
        LogParam(run_id=run_id, key="p", value="1"),
        LogMetric(run_id=run_id, key="m", value=math.pi, timestamp=1),
        SetTag(run_id=run_id, key="t", value="1"),
    ]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(store.do, ops * 8))

    data = read(store, run_id).data
    assert (data.params, data.metrics) == ({"p": "1"}, {"m": math.pi})


def test_of_different_values_at_once_one_wins_and_the_others_hear_of_it(store: Store) -> None:
    run_id = create(store)

    def log(i: int) -> bool:
        try:
            store.do(LogParam(run_id=run_id, key="p", value=str(i)))
        except InvalidParameter:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(log, range(16)))

    assert won.count(True) == 1
    assert read(store, run_id).data.params == {"p": str(won.index(True))}
