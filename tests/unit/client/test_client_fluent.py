"""What scripts log is what is read back."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cuvee as mlflow
from cuvee.entities import LoggedModelInput, Metric, Param, RunStatus, RunTag, ViewType
from cuvee.errors import InvalidParameter, NotFound

everywhere = pytest.mark.usefixtures("uri")


@everywhere
def test_params_metrics_and_tags_are_read_back() -> None:
    with mlflow.start_run() as run:
        assert mlflow.log_param("a", 0.5) == 0.5
        mlflow.log_params({"b": None, "c": "x"})
        for step in range(3):
            mlflow.log_metric("loss", np.float32(1 / (step + 1)), step=step, timestamp=step)
        mlflow.log_metrics({"nan": math.nan, "big": math.inf}, step=4)
        mlflow.set_tag("t", 1)
        mlflow.set_tags({"u": True, "v": "w"})
        mlflow.delete_tag("v")

    data = mlflow.get_run(run.info.run_id).data
    assert data.params == {"a": "0.5", "b": "None", "c": "x"}
    assert data.metrics["loss"] == pytest.approx(1 / 3)
    assert math.isnan(data.metrics["nan"])
    assert data.metrics["big"] == math.inf
    assert (data.tags["t"], data.tags["u"], data.tags.get("v")) == ("1", "True", None)
    history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
    assert [(m.step, m.timestamp) for m in history] == [(0, 0), (1, 1), (2, 2)]


@everywhere
def test_tags_are_removed_and_set_in_the_order_of_the_calls() -> None:
    client = mlflow.MlflowClient()
    with mlflow.start_run(tags={"a": "1", "b": "1"}) as run:
        mlflow.delete_tag("a")
        mlflow.set_tag("c", "1")
        mlflow.delete_tag("c")
        mlflow.delete_tag("b")
        mlflow.set_tag("b", "2")
        mlflow.delete_tag("b")
        mlflow.set_tag("b", "3")
        with pytest.raises(NotFound, match="name: a in"):
            mlflow.delete_tag("a")
        client.set_tag(run.info.run_id, "a", "4")
    tags = client.get_run(run.info.run_id).data.tags
    assert {key: tags.get(key) for key in "abc"} == {"a": "4", "b": "3", "c": None}


@everywhere
def test_asynchronous_logging_can_be_waited_for() -> None:
    with mlflow.start_run() as run:
        done = mlflow.log_metric("m", 1, synchronous=False)
        assert done
        done.wait()
        mlflow.log_param("p", 1, synchronous=False).wait()
        mlflow.flush_async_logging()
        assert mlflow.log_metric("m", 2) is None

    data = mlflow.get_run(run.info.run_id).data
    assert (data.metrics, data.params) == ({"m": 2.0}, {"p": "1"})


@everywhere
def test_a_metric_that_is_no_number_is_refused_by_name() -> None:
    with mlflow.start_run(), pytest.raises(InvalidParameter, match=r"'acc'.*str"):
        mlflow.log_metric("acc", "high")  # type: ignore[arg-type]


@everywhere
def test_a_step_that_is_not_whole_is_refused_and_never_cut() -> None:
    with mlflow.start_run() as run:
        for step in (1.5, "x", math.nan, [1]):
            with pytest.raises(InvalidParameter, match="whole number"):
                mlflow.log_metric("m", 1, step=step)  # type: ignore[arg-type]
            with pytest.raises(InvalidParameter, match="whole number"):
                mlflow.log_metrics({"m": 1}, step=step)  # type: ignore[arg-type]
        with pytest.raises(InvalidParameter, match="milliseconds"):
            mlflow.log_metric("m", 1, timestamp="now")  # type: ignore[arg-type]
        for whole in (np.int64(3), 4.0, None):
            mlflow.log_metric("m", 1, step=whole, timestamp=7)  # type: ignore[arg-type]
    history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "m")
    assert [(m.step, m.timestamp) for m in history] == [(0, 7), (3, 7), (4, 7)]


@everywhere
def test_names_and_keys_that_are_no_texts_are_refused() -> None:
    for name in (123, 0, -1.2, [], ["a"], {1: 2}, None):
        with pytest.raises(InvalidParameter):
            mlflow.create_experiment(name)  # type: ignore[arg-type]
    with mlflow.start_run():
        for log in ("log_metric", "log_param", "set_tag"):
            with pytest.raises(InvalidParameter):
                getattr(mlflow, log)(5, 1)


@everywhere
def test_a_batch_of_any_size_is_logged() -> None:
    client = mlflow.MlflowClient()
    with mlflow.start_run() as run:
        client.log_batch(
            run.info.run_id,
            metrics=[Metric("m", float(i), i, i) for i in range(2500)],
            params=[Param(f"p{i}", str(i)) for i in range(250)],
            tags=[RunTag(f"t{i}", str(i)) for i in range(150)],
        )

    data = client.get_run(run.info.run_id).data
    assert (len(data.params), data.metrics["m"]) == (250, 2499.0)
    assert len(client.get_metric_history(run.info.run_id, "m")) == 2500
    assert data.tags["t149"] == "149"


@everywhere
def test_runs_are_found_as_frame_and_as_list(name: str) -> None:
    mlflow.set_experiment(name)
    for alpha in (0.1, 0.2):
        with mlflow.start_run():
            mlflow.log_param("alpha", alpha)
            mlflow.log_metric("rmse", alpha * 2)
    with mlflow.start_run():
        mlflow.set_tag("odd", "yes")

    frame = mlflow.search_runs(order_by=["metrics.rmse DESC"])
    assert list(frame.columns[:6]) == [
        "run_id",
        "experiment_id",
        "status",
        "artifact_uri",
        "start_time",
        "end_time",
    ]
    assert frame["params.alpha"].tolist()[:2] == ["0.2", "0.1"]
    assert frame["metrics.rmse"].isna().tolist() == [False, False, True]
    assert str(frame["start_time"].dtype).startswith("datetime64[")
    assert frame["tags.odd"][2] == "yes"
    found = mlflow.search_runs(filter_string="metrics.rmse < 0.3", output_format="list")
    assert [run.data.params["alpha"] for run in found] == ["0.1"]
    assert mlflow.search_runs(experiment_names=[name], max_results=1).shape[0] == 1
    assert mlflow.search_runs(experiment_names=["no such"]).empty
    everywhere = mlflow.search_runs(search_all_experiments=True, output_format="list")
    assert {r.info.run_id for r in found} <= {r.info.run_id for r in everywhere}
    assert mlflow.search_runs(run_view_type=ViewType.DELETED_ONLY).empty
    with pytest.raises(InvalidParameter, match="output_format"):
        mlflow.search_runs(output_format="json")


@everywhere
def test_searches_are_paged(name: str) -> None:
    client = mlflow.MlflowClient()
    experiment = client.create_experiment(name)
    for _ in range(5):
        client.create_run(experiment)

    first = client.search_runs([experiment], max_results=2)
    second = client.search_runs([experiment], max_results=2, page_token=first.token)
    last = client.search_runs([experiment], max_results=2, page_token=second.token)
    assert (len(first), len(second), len(last), last.token) == (2, 2, 1, None)
    assert len({r.info.run_id for r in [*first, *second, *last]}) == 5


@everywhere
def test_experiments_have_tags_and_are_found(name: str) -> None:
    experiment_id = mlflow.create_experiment(name, tags={"team": "a"})
    mlflow.set_experiment(experiment_id=experiment_id)
    mlflow.set_experiment_tag("k", 1)
    mlflow.set_experiment_tags({"x": "y", "z": 2})
    mlflow.delete_experiment_tag("x")

    assert mlflow.get_experiment(experiment_id).tags == {"team": "a", "k": "1", "z": "2"}
    found = mlflow.search_experiments(filter_string=f"name = '{name}'")
    assert [e.experiment_id for e in found] == [experiment_id]
    mlflow.delete_experiment(experiment_id)
    assert mlflow.search_experiments(filter_string=f"name = '{name}'") == []
    deleted = mlflow.search_experiments(ViewType.DELETED_ONLY, filter_string=f"name = '{name}'")
    assert deleted[0].lifecycle_stage == "deleted"
    mlflow.restore_experiment(experiment_id)


@everywhere
def test_datasets_are_recorded_as_inputs() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    dataset = mlflow.data.from_pandas(frame, source="wine.csv", name="wine", targets="b")
    with mlflow.start_run() as run:
        mlflow.log_input(dataset, context="training", tags={"k": "v"})
        mlflow.log_inputs([mlflow.data.from_numpy(np.ones((2, 3)))], ["eval"], [None])
        mlflow.log_metric("m", 1, dataset=dataset)

    inputs = mlflow.get_run(run.info.run_id).inputs.dataset_inputs
    wine = next(i for i in inputs if i.dataset.name == "wine")
    assert {t.key: t.value for t in wine.tags} == {"k": "v", "mlflow.data.context": "training"}
    assert (wine.dataset.digest, wine.dataset.source_type) == (dataset.digest, "local")
    assert len(inputs) == 2


@everywhere
def test_logged_models_are_made_changed_and_found(name: str) -> None:
    mlflow.set_experiment(name)
    with mlflow.start_run() as run:
        model = mlflow.initialize_logged_model("net", params={f"p{i}": i for i in range(150)})
        mlflow.log_model_params({"late": "1"})
        mlflow.set_logged_model_tags(model.model_id, {"a": "b", "c": "d"})
        mlflow.delete_logged_model_tag(model.model_id, "c")
        mlflow.log_metric("acc", 0.9, model_id=model.model_id)
        mlflow.log_input(model=LoggedModelInput(model.model_id))
        ready = mlflow.finalize_logged_model(model.model_id, "READY")

    assert (ready.status, len(ready.params)) == ("READY", 151)
    assert ready.source_run_id == run.info.run_id
    assert ready.tags.get("a") == "b"
    assert "c" not in ready.tags
    last = mlflow.last_logged_model()
    assert last
    assert last.model_id == model.model_id
    assert [m.value for m in last.metrics] == [0.9]
    frame = mlflow.search_logged_models(order_by=[{"field_name": "metrics.acc"}])
    assert frame["model_id"].tolist() == [model.model_id]
    mlflow.MlflowClient().delete_logged_model(model.model_id, comment="done with it")
    assert mlflow.search_logged_models(output_format="list") == []


def test_nothing_chosen_means_an_embedded_store_in_the_working_directory(tmp_path: Path) -> None:
    with mlflow.start_run() as run:
        mlflow.log_text("x", "x.txt")

    assert Path(mlflow.get_tracking_uri()) == tmp_path / "cuvee-data"
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/x.txt") == "x"
    assert (tmp_path / "cuvee-data" / "artifacts").is_dir()


def test_statuses_and_views_have_mlflows_numbers() -> None:
    assert RunStatus.to_string(RunStatus.FINISHED) == "FINISHED"
    assert RunStatus.is_terminated(RunStatus.from_string("KILLED"))
    assert ViewType.from_string("all") == ViewType.ALL
    with pytest.raises(InvalidParameter, match="run status"):
        RunStatus.from_string("DONE")
