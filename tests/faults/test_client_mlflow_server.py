"""The journal and its sender against MLflow's own server, which takes no ids and keeps no keys."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from clients.environments import python_of
from faults.test_client_models_away import environment
from faults.test_client_outages import senders, shipped, until

API = "/api/2.0/mlflow/"
SCRIPT = """
    import pathlib, sys
    import cuvee
    from cuvee.client.models import log_saved_model

    def save(path, context):
        (path / "MLmodel").write_text(f"artifact_path: {context.artifact_uri}\\n")
        (path / "weights").write_bytes(b"1234")

    def wait(word):
        print(word, flush=True)
        sys.stdin.readline()

    cuvee.set_tracking_uri(sys.argv[1])
    cuvee.set_experiment("team/there")
    wait("begin")
    with cuvee.start_run(run_name="trained", tags={"kind": "test"}) as run:
        cuvee.log_params({"a": 1, "b": "x"})
        for step in range(400):
            if step == 200:
                wait("middle")
            cuvee.log_metric("loss", 1.0 / (step + 1), step=step)
        cuvee.set_tag("late", "tag")
        cuvee.log_text("hello", "notes/hello.txt")
        cuvee.log_table({"x": [1, 2]}, "rows.json")
        cuvee.log_table({"x": [3]}, "rows.json")
        with cuvee.start_run(run_name="child", nested=True):
            cuvee.log_metric("m", 2.0)
        found = log_saved_model(save, name="m", registered_model_name="there")
        wait("end")
        if len(sys.argv) > 2:  # the server is back: what is asked goes by its ids
            assert cuvee.get_run(run.info.run_id).data.params == {"a": "1", "b": "x"}
            assert run.info.artifact_uri.startswith("mlflow-artifacts:/")
            assert cuvee.get_logged_model(found.model_id).status == "READY"
    print("done", flush=True)
"""


class MlflowServer:
    """MLflow's server, that can be killed and started again at the same place."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.uri = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.start()

    def start(self) -> None:
        words = [python_of("mlflow-3.17"), "-m", "mlflow", "server", "--port", str(self.port)]
        words += ["--backend-store-uri", f"sqlite:///{self.folder}/mlflow.db", "--workers", "1"]
        words += ["--artifacts-destination", str(self.folder / "stored")]
        clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
        # Eight processes for jobs of its own, which nothing here asks for.
        clean["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
        with (self.folder / "mlflow.log").open("ab") as log:
            self.process = subprocess.Popen(
                words, cwd=self.folder, env=clean, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + 120
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if self.call("GET", "/health")[0] == 200:
                    return
            time.sleep(0.1)
        raise AssertionError((self.folder / "mlflow.log").read_text()[-3000:])

    def kill(self) -> None:
        """End every process of the server at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def call(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        link = HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(link):
            link.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            answer = link.getresponse()
            return answer.status, answer.read()

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        status, found = self.call("POST" if data else "GET", path, data)
        assert status == 200, found
        return json.loads(found)

    def file(self, root: str, path: str) -> bytes:
        where = quote(root.removeprefix("mlflow-artifacts:") + "/" + path)
        status, found = self.call("GET", f"/api/2.0/mlflow-artifacts/artifacts{where}")
        assert status == 200, found
        return found


@pytest.fixture
def mlflow(tmp_path: Path) -> Iterator[MlflowServer]:
    """MLflow's own server."""
    found = MlflowServer(tmp_path)
    yield found
    found.kill()
    for pid in senders(tmp_path):  # of a test that has failed
        os.kill(pid, signal.SIGKILL)


def check(mlflow: MlflowServer) -> None:
    """Look for all that the script has logged, once."""
    found = mlflow.ask(f"{API}experiments/get-by-name?experiment_name=team/there")
    asked = {"experiment_ids": [found["experiment"]["experiment_id"]]}
    runs = {r["info"]["run_name"]: r for r in mlflow.ask(API + "runs/search", asked)["runs"]}
    assert sorted(runs) == ["child", "trained"]
    info, data = runs["trained"]["info"], runs["trained"]["data"]
    assert info["status"] == runs["child"]["info"]["status"] == "FINISHED"
    assert {p["key"]: p["value"] for p in data["params"]} == {"a": "1", "b": "x"}
    tags = {t["key"]: t["value"] for t in data["tags"]}
    assert (tags["kind"], tags["late"]) == ("test", "tag")
    parent = {t["key"]: t["value"] for t in runs["child"]["data"]["tags"]}["mlflow.parentRunId"]
    assert parent == info["run_id"]
    history = mlflow.ask(f"{API}metrics/get-history?run_id={info['run_id']}&metric_key=loss")
    points = [(m["step"], m["value"]) for m in history["metrics"]]
    assert sorted(points) == [(step, 1.0 / (step + 1)) for step in range(400)]
    root = info["artifact_uri"]
    assert mlflow.file(root, "notes/hello.txt") == b"hello"
    assert json.loads(mlflow.file(root, "rows.json"))["data"] == [[1], [2], [3]]
    assert tags["mlflow.loggedArtifacts"].count("rows.json") == 1

    models = mlflow.ask(API + "logged-models/search", asked)["models"]
    assert [m["info"]["status"] for m in models] == ["LOGGED_MODEL_READY"]
    model = models[0]["info"]
    assert model["source_run_id"] == info["run_id"]
    assert mlflow.file(model["artifact_uri"], "weights") == b"1234"
    query = quote("name = 'there'")
    versions = mlflow.ask(f"{API}model-versions/search?filter={query}")["model_versions"]
    source = f"models:/{model['model_id']}"
    assert [(v["version"], v["source"]) for v in versions] == [("1", source)]


@pytest.mark.parametrize("killed", ["", "begin", "middle", "end"])
def test_a_training_on_mlflows_server_loses_nothing_and_sends_nothing_twice(
    mlflow: MlflowServer, tmp_path: Path, killed: str
) -> None:
    script = tmp_path / "train.py"
    script.write_text(textwrap.dedent(SCRIPT), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), mlflow.uri],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        for word in ("begin", "middle", "end"):
            said = process.stdout.readline()
            if said != word + "\n":
                break
            if word == killed:
                mlflow.kill()
            elif word == "end" and killed:
                mlflow.start()
            process.stdin.write("\n")
            process.stdin.flush()
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (0, "done\n"), err
    if killed == "end":
        mlflow.start()
    until(lambda: shipped(tmp_path), 60.0)
    check(mlflow)
