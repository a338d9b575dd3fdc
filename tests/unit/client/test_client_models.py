"""Models are logged, registered, staged, and found by every URI."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import cuvee as mlflow
from cuvee.client.models import (
    LoggedModelUpload,
    ModelContext,
    download_model,
    log_saved_model,
    resolve_model,
)
from cuvee.entities import ViewType
from cuvee.errors import BadRequest, CuveeError, InvalidParameter, NotFound

everywhere = pytest.mark.usefixtures("uri")


def log(text: str = "weights", **options: str) -> LoggedModelUpload:
    """Log a model of two files in a run of its own."""

    def save(directory: Path, context: ModelContext) -> None:
        (directory / "MLmodel").write_text(f"model_id: {context.model_id}\n")
        (directory / "data").mkdir()
        (directory / "data" / "w.bin").write_text(text)

    with mlflow.start_run():
        mlflow.log_param("alpha", 0.5)
        mlflow.log_metric("rmse", 0.7)
        return log_saved_model(save, name="model", **options)  # type: ignore[arg-type]


def text_of(uri: str) -> str:
    return (download_model(uri) / "data" / "w.bin").read_text()


@everywhere
def test_a_logged_model_is_ready_and_belongs_to_its_run() -> None:
    done = log()

    model = mlflow.get_logged_model(done.model_id)
    assert model.status == "READY"
    assert (model.params["alpha"], model.source_run_id) == ("0.5", done.run_id)
    assert [(m.key, m.value) for m in model.metrics] == [("rmse", 0.7)]
    outputs = mlflow.get_run(done.run_id).outputs.model_outputs
    assert [o.model_id for o in outputs] == [done.model_id]
    assert done.registered_model_version is None
    assert text_of(done.model_uri) == "weights"
    assert text_of(f"runs:/{done.run_id}/model") == "weights"
    assert download_model(f"runs:/{done.run_id}/model/MLmodel").is_file()
    listed = mlflow.MlflowClient().list_artifacts(done.run_id, "model")
    assert [f.path for f in listed] == ["model/MLmodel", "model/data"]


@everywhere
def test_a_failed_save_marks_the_model_as_failed(name: str) -> None:
    def save(directory: Path, context: ModelContext) -> None:
        raise RuntimeError(f"disk on fire: {directory.name} of {context.run_id}")

    mlflow.set_experiment(name)
    with mlflow.start_run(), pytest.raises(RuntimeError, match="fire"):
        log_saved_model(save, name="model")

    (model,) = mlflow.search_logged_models(output_format="list")
    assert model.status == "FAILED"


@everywhere
def test_every_uri_finds_its_version(name: str) -> None:
    first = log("one", registered_model_name=name)
    second = log("two")
    made = mlflow.register_model(f"runs:/{second.run_id}/model", name, tags={"k": "v"})
    client = mlflow.MlflowClient()
    client.transition_model_version_stage(name, 1, "Production", comment="agreed")
    client.set_registered_model_alias(name, "challenger", 2)

    assert (first.registered_model_version, made.version) == (1, "2")
    assert client.get_model_version(name, "2").tags == {"k": "v"}
    assert text_of(f"models:/{name}/1") == "one"
    assert text_of(f"models:/{name}/Production") == "one"
    assert text_of(f"models:/{name}/latest") == "two"
    assert text_of(f"models:/{name}@challenger") == "two"
    found = resolve_model(f"models:/{name}@challenger")
    assert (found.name, found.version, found.model_id) == (name, "2", second.model_id)
    meta = yaml.safe_load(
        (download_model(f"models:/{name}/1") / "registered_model_meta").read_text()
    )
    assert meta == {"model_name": name, "model_version": "1"}
    with pytest.raises(NotFound, match="transition_model_version_stage"):
        download_model(f"models:/{name}/Staging")
    with pytest.raises(NotFound):
        download_model(f"models:/{name}/9")
    with pytest.raises(BadRequest):
        download_model(f"models:/{name}@nobody")
    with pytest.raises(NotFound):
        mlflow.register_model(f"runs:/{second.run_id}/other", name)


@everywhere
def test_files_below_a_run_are_registered_too(name: str) -> None:
    with mlflow.start_run() as run:
        mlflow.log_text("old style", "old/data/w.bin")
    version = mlflow.register_model(f"runs:/{run.info.run_id}/old", name)

    assert version.source == f"{run.info.artifact_uri}/old"
    assert text_of(f"models:/{name}/1") == "old style"


def test_a_local_directory_stays_where_it_is(tmp_path: Path) -> None:
    assert download_model(str(tmp_path)) == tmp_path
    assert download_model(tmp_path.as_uri()) == tmp_path
    with pytest.raises(NotFound):
        download_model(str(tmp_path / "no such"))


def test_files_that_were_changed_are_not_loaded(name: str, tmp_path: Path) -> None:
    mlflow.set_tracking_uri(tmp_path / "data")
    log(registered_model_name=name)
    blobs = [p for p in (tmp_path / "data" / "artifacts").rglob("*") if p.is_file()]
    weights = next(p for p in blobs if p.read_bytes() == b"weights")
    weights.chmod(0o644)
    weights.write_bytes(b"malware")

    with pytest.raises(CuveeError, match="sha256"):
        download_model(f"models:/{name}/1")


@everywhere
def test_a_registered_model_lives_its_life(name: str) -> None:
    client = mlflow.MlflowClient()
    client.create_registered_model(name, tags={"a": "1"}, description="d", comment="new")
    log("one", registered_model_name=name)
    log("two", registered_model_name=name)
    client.update_registered_model(name, "better")
    client.set_registered_model_tag(name, "b", 2)
    client.delete_registered_model_tag(name, "a")
    client.update_model_version(name, 1, "first")
    client.set_model_version_tag(name, "1", "k", "v")
    client.transition_model_version_stage(name, "1", "staging")
    client.set_model_version_tag(name, key="s", value="t", stage="Staging")
    client.transition_model_version_stage(name, "2", "Staging", archive_existing_versions=True)

    model = client.get_registered_model(name)
    assert (model.description, model.tags) == ("better", {"b": "2"})
    assert client.get_model_version(name, "1").tags == {"k": "v", "s": "t"}
    client.delete_model_version_tag(name, "1", "k")
    stages = {v.version: v.current_stage for v in client.get_latest_versions(name)}
    assert stages == {"1": "Archived", "2": "Staging"}
    assert client.get_model_version_stages(name, "1")[1] == "Staging"
    copied = client.copy_model_version(f"models:/{name}/Staging", f"{name}-copy")
    assert (copied.version, text_of(f"models:/{name}-copy/1")) == ("1", "two")
    with pytest.raises(InvalidParameter, match="register_model"):
        client.copy_model_version("models:/m-" + "0" * 32, name)
    with pytest.raises(InvalidParameter, match="not both"):
        client.set_model_version_tag(name, "1", "k", "v", stage="Staging")
    found = mlflow.search_model_versions(filter_string=f"name = '{name}'")
    assert sorted(v.version for v in found) == ["1", "2"]
    assert [m.name for m in mlflow.search_registered_models(filter_string=f"name='{name}'")] == [
        name
    ]
    client.delete_model_version(name, "1", comment="too old")
    client.rename_registered_model(name, f"{name}-new")
    client.delete_registered_model(f"{name}-new", force=True)
    with pytest.raises(NotFound):
        client.get_registered_model(name)


@everywhere
def test_the_history_says_who_did_what_and_why(name: str) -> None:
    client = mlflow.MlflowClient()
    log(registered_model_name=name)
    client.transition_model_version_stage(name, "1", "Production", comment="passed review")

    events = client.get_events()
    last = events[-1]
    assert last.comment == "passed review"
    assert last.actor
    assert name in last.object
    assert [e.sequence for e in events] == sorted(e.sequence for e in events)
    newest = client.search_events(newest_first=True, max_results=1)
    assert newest[0].sequence == last.sequence
    assert newest.token


@everywhere
def test_runs_are_updated_ended_deleted_and_restored() -> None:
    client = mlflow.MlflowClient()
    run = client.create_run("0", start_time=1, tags={"x": 1}, run_name="n")
    run_id = run.info.run_id
    client.update_run(run_id, status="SCHEDULED", name="m")
    client.set_terminated(run_id, "FAILED", end_time=5)
    client.delete_run(run_id)

    info = client.get_run(run_id).info
    assert (info.run_name, info.status, info.end_time) == ("m", "FAILED", 5)
    assert info.lifecycle_stage == "deleted"
    found = client.search_runs(["0"], "run_name = 'm'", ViewType.DELETED_ONLY)
    assert run_id in [r.info.run_id for r in found]
    client.restore_run(run_id)
    with pytest.raises(InvalidParameter, match="run status"):
        client.set_terminated(run_id, "DONE")
