"""Datasets, model inputs and outputs, and logged models behave the same on every store."""

from __future__ import annotations

import math

import pytest

from cuvee.api.base import Store
from cuvee.api.datasets import (
    Dataset,
    DatasetInput,
    InputTag,
    LogInputs,
    LogOutputs,
    ModelInput,
    ModelOutput,
    SearchDatasets,
)
from cuvee.api.experiments import CreateExperiment
from cuvee.api.logged_models import (
    CreateLoggedModel,
    DeleteLoggedModel,
    DeleteLoggedModelTag,
    FinalizeLoggedModel,
    GetLoggedModel,
    LoggedModelParameter,
    LoggedModelTag,
    LogLoggedModelParams,
    SetLoggedModelTags,
)
from cuvee.api.metrics import LogMetric
from cuvee.api.runs import CreateRun, DeleteRun, GetRun, RunInputs
from cuvee.errors import CuveeError, InvalidParameter, NotFound


def create(store: Store, experiment: str = "0") -> str:
    return store.do(CreateRun(experiment_id=experiment)).run.info.run_id


def inputs(store: Store, run_id: str) -> RunInputs:
    return store.do(GetRun(run_id=run_id)).run.inputs


def use(name: str = "wine", digest: str = "1", source: str = "{}", **tags: str) -> DatasetInput:
    return DatasetInput(
        dataset=Dataset(name, digest, "code", source, schema="s", profile="p"),
        tags=[InputTag(k, v) for k, v in tags.items()],
    )


def test_a_dataset_is_shared_by_name_and_digest(store: Store) -> None:
    one, two = create(store), create(store)
    store.do(LogInputs(run_id=one, datasets=[use(context="train"), use(context="again")]))
    store.do(LogInputs(run_id=one, datasets=[use(context="later")]))
    store.do(LogInputs(run_id=two, datasets=[use(source="other"), use(digest="2")]))

    assert inputs(store, one).dataset_inputs == [use(context="train")]
    assert inputs(store, two).dataset_inputs == [use(), use(digest="2")]


def test_datasets_are_listed_once_for_each_context(store: Store) -> None:
    experiment = store.do(CreateExperiment(name="e")).experiment_id
    context = {"mlflow.data.context": "train"}
    for tags in (context, context, {}):
        store.do(LogInputs(run_id=create(store, experiment), datasets=[use(**tags)]))
    gone = create(store, experiment)
    store.do(LogInputs(run_id=gone, datasets=[use(digest="gone")]))
    store.do(DeleteRun(run_id=gone))

    found = store.do(SearchDatasets(experiment_ids=[experiment, "0"])).dataset_summaries

    assert {(s.experiment_id, s.name, s.digest, s.context) for s in found} == {
        (experiment, "wine", "1", "train"),
        (experiment, "wine", "1", None),
    }
    assert len(found) == 2


@pytest.mark.parametrize(
    "dataset",
    [
        Dataset("", "1", "code", "{}"),
        Dataset("n", "", "code", "{}"),
        Dataset("n", "d" * 37, "", ""),
    ],
)
def test_a_dataset_needs_a_name_and_a_digest(store: Store, dataset: Dataset) -> None:
    run_id = create(store)
    with pytest.raises(InvalidParameter):
        store.do(LogInputs(run_id=run_id, datasets=[use(), DatasetInput(dataset=dataset)]))
    assert inputs(store, run_id).dataset_inputs == []


def test_models_that_went_in_and_came_out_are_kept_once(store: Store) -> None:
    run_id = create(store)
    for _ in range(2):
        store.do(LogInputs(run_id=run_id, models=[ModelInput("m-1")]))
    for step in (3, 4):
        store.do(LogOutputs(run_id=run_id, models=[ModelOutput("m-2", step)]))

    run = store.do(GetRun(run_id=run_id)).run
    assert run.inputs.model_inputs == [ModelInput("m-1")]
    assert run.outputs.model_outputs == [ModelOutput("m-2", 3)]
    with pytest.raises(InvalidParameter):
        store.do(LogOutputs(run_id=run_id, models=[]))


def test_a_logged_model_is_read_back_as_it_was_made(store: Store) -> None:
    op = CreateLoggedModel(
        experiment_id="0",
        name="m",
        model_type="t",
        source_run_id="r",
        params=[LoggedModelParameter("a", "1")],
        tags=[LoggedModelTag("k", "v")],
    )
    made = store.do(op).model

    assert made.model_id.startswith("m-")
    assert len(made.model_id) == 34
    assert made.artifact_location == f"mlflow-artifacts:/0/models/{made.model_id}/artifacts"
    assert made.info.status == "LOGGED_MODEL_PENDING"
    assert (made.params, made.tags, made.source_run_id) == ({"a": "1"}, {"k": "v"}, "r")
    assert store.do(GetLoggedModel(model_id=made.model_id)).model == made


def test_a_logged_model_is_finished_tagged_and_deleted(store: Store) -> None:
    model_id = store.do(CreateLoggedModel(experiment_id="0")).model.model_id
    done = FinalizeLoggedModel(model_id=model_id, status="LOGGED_MODEL_READY")
    assert store.do(done).model.info.status == "LOGGED_MODEL_READY"
    store.do(SetLoggedModelTags(model_id=model_id, tags=[LoggedModelTag("k", "1")]))
    store.do(SetLoggedModelTags(model_id=model_id, tags=[LoggedModelTag("k", "2")]))
    store.do(LogLoggedModelParams(model_id=model_id, params=[LoggedModelParameter("p", "1")]))
    with pytest.raises(InvalidParameter):
        store.do(LogLoggedModelParams(model_id=model_id, params=[LoggedModelParameter("p", "2")]))

    found = store.do(GetLoggedModel(model_id=model_id)).model
    assert (found.tags, found.params) == ({"k": "2"}, {"p": "1"})
    store.do(DeleteLoggedModelTag(model_id=model_id, tag_key="k"))
    with pytest.raises(NotFound):
        store.do(DeleteLoggedModelTag(model_id=model_id, tag_key="k"))
    store.do(DeleteLoggedModel(model_id=model_id))
    store.do(DeleteLoggedModel(model_id=model_id))
    with pytest.raises(NotFound):
        store.do(GetLoggedModel(model_id=model_id))
    assert store.do(GetLoggedModel(model_id=model_id, allow_deleted=True)).model.name == found.name


def test_metrics_of_a_logged_model_are_kept_for_it_too(store: Store) -> None:
    run_id = create(store)
    model_id = store.do(CreateLoggedModel(experiment_id="0")).model.model_id
    for value in (1.5, math.nan):
        store.do(
            LogMetric(
                run_id=run_id,
                key="m",
                value=value,
                timestamp=1,
                step=2,
                model_id=model_id,
                dataset_name="d",
                dataset_digest="1",
            )
        )

    points = store.do(GetLoggedModel(model_id=model_id)).model.metrics
    assert {str(p.value) for p in points} == {"1.5", "nan"}
    one = points[0]
    assert (one.run_id, one.model_id, one.step) == (run_id, model_id, 2)
    assert (one.dataset_name, one.dataset_digest) == ("d", "1")
    assert "m" in store.do(GetRun(run_id=run_id)).run.data.metrics


@pytest.mark.parametrize("name", ["a/b", "a:b", "a.b", "a%b", 'a"b', "a'b", "x" * 1000])
def test_a_logged_model_name_that_could_not_stand_in_a_uri_is_refused(
    store: Store, name: str
) -> None:
    with pytest.raises(CuveeError):
        store.do(CreateLoggedModel(experiment_id="0", name=name))
