"""Where a server puts the artifacts of new experiments."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from cuvee.errors import InvalidParameter
from cuvee.server.run import artifact_root

PATH = "/api/2.0/mlflow-artifacts/artifacts"
LISTED = "/api/2.0/mlflow/artifacts/list?run_id="


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        (f"http://localhost:5000{PATH}", "mlflow-artifacts:"),
        (f"http://127.0.0.1:5000{PATH}/", "mlflow-artifacts:"),
        (f"http://[::1]:5000{PATH}/team/a", "mlflow-artifacts:/team/a"),
        (f"https://ml.example{PATH}", "mlflow-artifacts:"),
        (f"https://ml.example:5000{PATH}/x", "mlflow-artifacts:/x"),
        (f"http://localhost:5001{PATH}", f"http://localhost:5001{PATH}"),
        (f"https://ml.example:8443{PATH}", f"https://ml.example:8443{PATH}"),
        (f"https://other.example{PATH}", f"https://other.example{PATH}"),
        (f"http://localhost:5000{PATH}s", f"http://localhost:5000{PATH}s"),
        (f"http://localhost:5000/x{PATH}", f"http://localhost:5000/x{PATH}"),
        (f"s3://localhost:5000{PATH}", f"s3://localhost:5000{PATH}"),
        ("s3://bucket/a/", "s3://bucket/a"),
        ("a/b", f"{Path.cwd()}/a/b"),
        ("../a", f"{Path.cwd().parent}/a"),
        ("./a:b", f"{Path.cwd()}/a:b"),
        ("file:a/b/", f"file://{Path.cwd()}/a/b"),
        ("file:../a", f"file://{Path.cwd().parent}/a"),
        ("file:/a/b", "file:/a/b"),
        ("file:///a/b/", "file:///a/b"),
    ],
)
def test_a_server_knows_itself_by_its_address(root: str, expected: str) -> None:
    assert artifact_root(root, 5000, ["127.0.0.1", "ml.example"]) == expected


def test_a_server_knows_itself_below_a_prefix() -> None:
    own = f"http://localhost:5000/cuvee{PATH}/x"
    assert artifact_root(own, 5000, prefix="/cuvee/") == "mlflow-artifacts:/x"
    assert artifact_root(f"http://localhost:5000{PATH}", 5000, prefix="/cuvee").startswith("http:")


def test_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="--default-artifact-root http://localhost:a"):
        artifact_root("http://localhost:a/x", 5000)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The port of a server whose artifact root is its own address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    command = [sys.executable, "-m", "cuvee", "server", "--port", str(number)]
    command += ["--default-artifact-root", f"http://localhost:{number}{PATH}"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) as process:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                call(number, "GET", "/health")
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        yield number
        process.terminate()


def call(port: int, method: str, path: str, body: bytes | None = None) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"content-type": "application/json"} if method == "POST" else {}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    found = answer.read()
    connection.close()
    assert answer.status == 200
    return found


def test_what_is_kept_at_its_own_address_is_listed_and_read(port: int) -> None:
    made = call(port, "POST", "/api/2.0/mlflow/runs/create", b'{"experiment_id": "0"}')
    run = json.loads(made)["run"]["info"]["run_id"]
    call(port, "PUT", f"{PATH}/0/{run}/artifacts/a.txt", b"hello")

    assert json.loads(call(port, "GET", LISTED + run))["files"][0]["path"] == "a.txt"
    assert call(port, "GET", f"/get-artifact?run_id={run}&path=a.txt") == b"hello"
