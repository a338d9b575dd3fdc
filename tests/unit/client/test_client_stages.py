"""Stages of a model's own, time travel, pinned bytes, rollbacks and swaps through the client."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from pathlib import Path

import pytest

import cuvee as mlflow
from cuvee.api.times import moment_text
from cuvee.artifacts import download_artifacts
from cuvee.client.models import ModelContext, download_model, log_saved_model
from cuvee.errors import Conflict, InvalidParameter, NotFound

everywhere = pytest.mark.usefixtures("uri")


def log(text: str, name: str) -> None:
    """Register a model of two files as the next version."""

    def save(directory: Path, context: ModelContext) -> None:
        (directory / "MLmodel").write_text(f"model_id: {context.model_id}\n")
        (directory / "data").mkdir()
        (directory / "data" / "w.bin").write_text(text)

    with mlflow.start_run():
        log_saved_model(save, name="model", registered_model_name=name)


def text_of(uri: str) -> str:
    return (download_model(uri) / "data" / "w.bin").read_text()


@everywhere
def test_a_model_moves_through_stages_of_its_own(name: str) -> None:
    client = mlflow.MlflowClient()
    for text in ("one", "two"):
        log(text, name)
    change = client.apply_policy(
        f"{{scope: '{name}', stages: [{{name: UAT}}, {{name: Live, holders: one}}]}}",
        comment="ours",
    )
    assert change.after.stages == ["None", "UAT", "Live", "Archived"]
    assert client.get_model_version_stages(name, "1") == change.after.stages
    client.transition_model_version_stage(name, 1, "uat")
    assert text_of(f"models:/{name}/UAT") == "one"
    client.transition_model_version_stage(name, 1, "Live", expected_holder="")
    client.transition_model_version_stage(name, 2, "Live", expected_holder=1)
    with pytest.raises(Conflict, match="held by version 2"):
        client.transition_model_version_stage(name, 1, "Live", expected_holder=1)
    assert client.rollback_stage(name, "Live", comment="drifts").version == "1"
    client.transition_model_version_stage(name, 2, "UAT")
    swapped = client.swap_stages(name, 2, "Live", expected_holder=1)
    assert [(v.version, v.current_stage) for v in swapped] == [("2", "Live"), ("1", "UAT")]
    assert [v.id for v in client.list_policy_versions(name)] == [f"{name}@1"]


@everywhere
def test_what_held_a_stage_once_is_loaded(name: str) -> None:
    client = mlflow.MlflowClient()
    for text in ("one", "two"):
        log(text, name)
    client.transition_model_version_stage(name, 1, "Production")
    time.sleep(0.01)
    then = datetime.now(timezone.utc)
    time.sleep(0.01)
    client.transition_model_version_stage(name, 2, "Production", archive_existing_versions=True)
    written = then.isoformat().replace("+", "%2B")

    assert text_of(f"models:/{name}/Production") == "two"
    for at in (written, then.replace(tzinfo=None).isoformat(), str(int(then.timestamp() * 1000))):
        assert text_of(f"models:/{name}/Production?at={at}") == "one"
    assert client.get_stage_holder(name, "Production", then).model_version.version == "1"
    assert client.get_stage_holder(name, "Production").model_version.version == "2"
    assert [h.version for h in client.get_stage_history(name, "Production")] == ["2", "1"]
    with pytest.raises(NotFound, match="held Production at 1970"):
        download_model(f"models:/{name}/Production?at=1970-01-02")
    with pytest.raises(InvalidParameter, match="when a stage was held"):
        download_model(f"models:/{name}/1?at=2026-01-01")
    assert moment_text(int(then.timestamp() * 1000)).startswith(f"{then:%Y-%m-%dT}")


@everywhere
def test_bytes_are_pinned_under_any_name(name: str, tmp_path: Path) -> None:
    client = mlflow.MlflowClient()
    for text in ("one", "two"):
        log(text, name)
    digest = client.get_model_version(name, 1).digest
    client.copy_model_version(f"models:/{name}/1", f"{name}-copy")

    for pin in (digest, digest[:12], digest.upper()):
        assert text_of(f"models:/{name}@sha256:{pin}") == "one"
    assert (download_model(f"models:/{name}@sha256:{digest}/data") / "w.bin").read_text() == "one"
    fetched = download_artifacts(f"models:/{name}@sha256:{digest}/data/w.bin", dst_path=tmp_path)
    assert Path(fetched).read_text() == "one"
    client.rename_registered_model(name, f"{name}-new")
    assert text_of(f"models:/{name}@sha256:{digest}") == "one"
    client.delete_model_version(f"{name}-new", 1)
    found = client.get_model_version_by_digest(name, f"sha256:{digest}")
    assert found.name == f"{name}-copy"
    with pytest.raises(NotFound, match="digest"):
        download_model(f"models:/{name}@sha256:{'0' * 64}")
    with pytest.raises(InvalidParameter, match="sha256"):
        download_model(f"models:/{name}@sha256:12ab")


def test_pinned_bytes_that_were_changed_are_not_handed_over(name: str, tmp_path: Path) -> None:
    mlflow.set_tracking_uri(tmp_path / "data")
    log("weights", name)
    digest = mlflow.MlflowClient().get_model_version(name, 1).digest
    blobs = [p for p in (tmp_path / "data" / "artifacts").rglob("*") if p.is_file()]
    weights = next(p for p in blobs if p.read_bytes() == b"weights")
    weights.chmod(0o644)
    weights.write_bytes(b"malware")

    for uri in (f"models:/{name}@sha256:{digest}", f"models:/{name}@sha256:{digest}/data"):
        with pytest.raises(Conflict, match="sha256"):
            download_model(uri)
        with pytest.raises(Conflict, match="sha256"):
            download_artifacts(uri, dst_path=tmp_path / "out")


def test_loads_are_counted_by_a_server_and_listed(server: str, name: str) -> None:
    mlflow.set_tracking_uri(server)
    log("one", name)
    client = mlflow.MlflowClient()
    text_of(f"models:/{name}/1")
    begun = datetime.now(timezone.utc)
    end = time.monotonic() + 20
    while not (found := client.get_model_loads(name, 1)) and time.monotonic() < end:
        time.sleep(0.05)

    assert [one.count for one in found] == [1]
    assert client.get_model_loads(name, by="day", from_time=begun)[0].count == 1
    assert client.get_model_loads(name, to_time="2026-01-01") == []
    assert [one.version for one in client.get_model_loads(name, by="version")] == ["1"]
