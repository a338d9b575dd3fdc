"""The protocol as curl speaks it, with no client library in between."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from clients.processes import Client

pytestmark = pytest.mark.clients

Curl = Callable[..., tuple[int, Any]]
API = "/api/2.0/mlflow"
PROXY = "/api/2.0/mlflow-artifacts/artifacts"
JSON = ("-H", "Content-Type: application/json")


@pytest.fixture
def curl(cuvee_server: str) -> Curl:
    """Return a function that calls a path with curl and returns the status and the body."""
    if shutil.which("curl") is None:
        pytest.fail("These tests need curl: install it, as in `apt-get install curl`.")

    def call(
        path: str, *options: str, body: Any = None, stdin: bytes | None = None
    ) -> tuple[int, Any]:
        sent = () if body is None else (*JSON, "--data-binary", json.dumps(body))
        done = subprocess.run(
            [
                "curl",
                "-sS",
                "-m",
                "20",
                "-w",
                "\n%{http_code}",
                *options,
                *sent,
                cuvee_server + path,
            ],
            input=stdin,
            capture_output=True,
            timeout=30,
            check=True,
        )
        answer, _, status = done.stdout.rpartition(b"\n")
        try:
            return int(status), json.loads(answer or b"{}")
        except ValueError:
            return int(status), answer

    return call


@pytest.fixture
def experiment_id(curl: Curl) -> str:
    """Return the id of a new experiment."""
    _, made = curl(f"{API}/experiments/create", body={"name": f"curl-{uuid.uuid4().hex}"})
    return str(made["experiment_id"])


@pytest.fixture
def run_id(curl: Curl, experiment_id: str) -> str:
    """Return the id of a new run."""
    _, made = curl(f"{API}/runs/create", body={"experiment_id": experiment_id, "start_time": 1})
    return str(made["run"]["info"]["run_id"])


def test_the_server_says_that_it_is_well(curl: Curl) -> None:
    assert curl("/health") == (200, b"OK")


def test_a_run_is_logged_and_found(curl: Curl, experiment_id: str, run_id: str) -> None:
    metric = {"run_id": run_id, "key": "m", "timestamp": "2", "step": "-1"}

    assert curl(f"{API}/runs/log-metric", body={**metric, "value": "NaN"}) == (200, {})
    assert curl(f"{API}/runs/log-metric", body={**metric, "value": 0.5, "step": 3}) == (200, {})
    assert curl(
        f"{API}/runs/log-batch",
        body={"run_id": run_id, "params": [{"key": "p", "value": "ü"}], "tags": []},
    ) == (200, {})
    status, found = curl(
        f"{API}/runs/search",
        body={"experiment_ids": [experiment_id], "filter": "metrics.m > 0.4 and params.p = 'ü'"},
    )
    assert status == 200
    [run] = found["runs"]
    assert run["info"]["run_id"] == run["info"]["run_uuid"] == run_id
    assert run["data"]["metrics"] == [{"key": "m", "value": 0.5, "timestamp": 2, "step": 3}]
    assert "next_page_token" not in found
    status, history = curl(f"{API}/metrics/get-history?run_id={run_id}&metric_key=m")
    assert [(m["step"], m["value"]) for m in history["metrics"]] == [(-1, "NaN"), (3, 0.5)]


def test_a_file_is_put_listed_got_in_part_and_deleted(
    curl: Curl, run_id: str, experiment_id: str, tmp_path: Path
) -> None:
    folder = f"{experiment_id}/{run_id}/artifacts"
    path = f"{PROXY}/{folder}/a/{quote('vin été+.txt')}"
    (tmp_path / "file").write_bytes(b"0123456789")

    assert curl(path, "-T", str(tmp_path / "file"))[0] == 200
    assert curl(path) == (200, 123456789) or curl(path)[1] == b"0123456789"
    assert curl(path, "-r", "2-4")[0] == 206
    assert curl(f"{PROXY}?path={folder}/a") == (
        200,
        {"files": [{"path": "vin été+.txt", "is_dir": False, "file_size": 10}]},
    )
    assert curl(f"{API}/artifacts/list?run_id={run_id}")[1]["files"] == [
        {"path": "a", "is_dir": True}
    ]
    assert curl(f"{PROXY}/{folder}/a")[0] == 400
    assert curl(path, "-X", "DELETE") == (200, {})
    status, refused = curl(path)
    assert (status, refused["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_an_upload_without_a_length_is_taken_whole(
    curl: Curl, run_id: str, experiment_id: str
) -> None:
    """Clients send an empty file in chunks, and so does curl what it reads from a pipe."""
    for number, content in enumerate((b"", b"x" * 100_000)):
        path = f"{PROXY}/{experiment_id}/{run_id}/artifacts/{number}"
        assert curl(path, "-T", "-", stdin=content)[0] == 200
        status, got = curl(path)
        assert (status, got) == (200, content or {})


def test_a_path_that_climbs_is_refused_in_any_spelling(curl: Curl) -> None:
    for climbing in ("../x", "a/../../x", "%2e%2e/x", "a/%252e%252e/%252e%252e/x", "%2Fetc/x"):
        for command in (("-T", "/dev/null"), ("-X", "GET"), ("-X", "DELETE")):
            status, _ = curl(f"{PROXY}/{climbing}", "--path-as-is", *command)
            assert 400 <= status < 500, (climbing, command)


@pytest.mark.parametrize("api", [API, "/api/2.0/preview/mlflow", "/ajax-api/2.0/mlflow"])
def test_a_model_is_registered_and_staged_under_every_prefix(
    curl: Curl, run_id: str, api: str
) -> None:
    name = f"curl-{uuid.uuid4().hex}"

    assert curl(f"{api}/registered-models/create", body={"name": name})[0] == 200
    status, made = curl(
        f"{api}/model-versions/create",
        body={"name": name, "source": f"runs:/{run_id}/model", "run_id": run_id},
    )
    assert (status, made["model_version"]["version"]) == (200, "1")
    stage = {"name": name, "version": "1", "stage": "staging", "archive_existing_versions": False}
    status, moved = curl(f"{api}/model-versions/transition-stage", body=stage)
    assert moved["model_version"]["current_stage"] == "Staging"
    status, found = curl(f"{api}/registered-models/get?name={name}")
    assert found["registered_model"]["latest_versions"][0]["version"] == "1"
    status, _ = curl(
        f"{api}/registered-models/update", "-X", "PATCH", body={"name": name, "description": "d"}
    )
    assert status == 200
    delete = (f"{api}/registered-models/delete", "-X", "DELETE")
    assert curl(*delete, body={"name": name})[0] == 409  # a version of it is in Staging
    assert curl(*delete, body={"name": name, "force": True}) == (200, {})
    assert curl(f"{api}/registered-models/get?name={name}")[0] == 404


def test_refusals_have_their_status_their_code_and_a_sentence(curl: Curl, run_id: str) -> None:
    log = f"{API}/runs/log-metric"
    point = {"run_id": run_id, "key": "m", "value": 1, "timestamp": 1}
    cases: list[tuple[int, str, tuple[int, Any]]] = [
        (404, "RESOURCE_DOES_NOT_EXIST", curl(f"{API}/runs/get?run_id={'0' * 32}")),
        (400, "INVALID_PARAMETER_VALUE", curl(f"{API}/runs/get")),
        (400, "INVALID_PARAMETER_VALUE", curl(log, body={**point, "key": 5})),
        (400, "INVALID_PARAMETER_VALUE", curl(log, body={**point, "value": "one"})),
        (400, "INVALID_PARAMETER_VALUE", curl(log, *JSON, "-d", "{not json")),
        (400, "INVALID_PARAMETER_VALUE", curl(log, "-d", json.dumps(point))),
        (400, "INVALID_PARAMETER_VALUE", curl(f"{API}/experiments/create", body={"name": ""})),
        (
            400,
            "RESOURCE_ALREADY_EXISTS",
            curl(f"{API}/experiments/create", body={"name": "Default"}),
        ),
    ]

    for status, code, (got, refused) in cases:
        assert (got, refused["error_code"]) in ((status, code), (415, code)), refused
        assert " " in refused["message"]


def test_credentials_are_accepted_where_none_are_needed(curl: Curl) -> None:
    get = f"{API}/experiments/get?experiment_id=0"

    assert curl(get, "-u", "alice:secret")[0] == 200
    assert curl(get, "-H", "Authorization: Bearer token")[0] == 200


def test_a_client_with_a_password_is_who_it_says_in_the_events(
    client: Callable[..., Client], cuvee_server: str, curl: Curl
) -> None:
    """The actor is bound by the server, from the name that basic authentication gives."""
    name = f"alice-{uuid.uuid4().hex[:8]}"
    alice = client(
        "mlflow-3.17",
        cuvee_server,
        MLFLOW_TRACKING_USERNAME=name,
        MLFLOW_TRACKING_PASSWORD=base64.b64encode(b"\xff:secret").decode(),
    )
    alice.run("tables", f"{name}.", {})

    _, page = curl(f"/api/1.0/cuvee/events?actor={name}")
    actions = [event["action"] for event in page["events"]]

    assert actions[:2] == ["experiment.created", "run.created"]
