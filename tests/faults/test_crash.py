"""What a server has acknowledged survives its sudden death, and what was cut off is not seen."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

BATCH = 20
API = "/api/2.0/mlflow/"
OLD = b"old" * 1000
MIB = 1 << 20


class Server:
    """``cuvee server`` in a process group of its own, always at the same port.

    Args:
        folder: where it works, and keeps its output.
        store: its database.
        workers: its processes.
        shared: where its artifacts and keys are, when they are others' too.
    """

    def __init__(self, folder: Path, store: str, workers: int, shared: Path | None = None) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.folder = folder
        self.command = [sys.executable, "-m", "cuvee", "server", "--port", str(self.port)]
        self.command += ["--backend-store-uri", store, "--workers", str(workers)]
        self.command += ["--artifacts-destination", str((shared or folder) / "artifacts")]
        if shared:
            self.command += ["--log-key", str(shared / "log.key")]
            self.command += ["--secret-key", str(shared / "secret.key")]
        self.start()

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if self.call("GET", "/health")[0] == 200:
                    return
            time.sleep(0.02)
        self.kill()
        raise AssertionError((self.folder / "server.log").read_text("utf-8")[-3000:])

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would."""
        if self.alive():
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def terminate(self) -> tuple[float, int]:
        """Ask the server to stop; return the seconds that it took and its exit code."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        return time.monotonic() - begin, code

    def gone(self) -> bool:
        """Say whether no process of the server's group is left (their reaper gets a moment)."""
        end = time.monotonic() + 3
        while self.alive() and time.monotonic() < end:
            time.sleep(0.02)
        return not self.alive()

    def alive(self) -> bool:
        """Say whether a process of the server's group is there."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def call(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Send a request on a connection of its own; return the status and the answer."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Content-Type": "application/json"} if body is not None else {}
            link.request(method, path, body, headers)
            response = link.getresponse()
            return response.status, response.read()
        finally:
            link.close()

    def post(self, path: str, **fields: Any) -> Any:
        return self._value(*self.call("POST", API + path, json.dumps(fields).encode()))

    def get(self, path: str, **fields: Any) -> Any:
        return self._value(*self.call("GET", f"{API}{path}?{urlencode(fields)}"))

    @staticmethod
    def _value(status: int, body: bytes) -> Any:
        assert status == 200, body
        return json.loads(body)

    def new_run(self) -> str:
        info = self.post("runs/create", experiment_id="0", start_time=1)["run"]["info"]
        return str(info["run_id"])

    def home(self) -> str:
        """Return the path, at the artifact proxy, of a new run's files."""
        uri = self.get("runs/get", run_id=self.new_run())["run"]["info"]["artifact_uri"]
        return "/api/2.0/mlflow-artifacts/artifacts/" + str(uri).partition(":")[2].lstrip("/")


class Client(threading.Thread):
    """Sends requests until one gets no answer; knows which were acknowledged."""

    def __init__(self, server: Server, path: str, body: Callable[[int], dict[str, Any]]) -> None:
        super().__init__(daemon=True)
        self.server, self.path, self.body = server, API + path, body
        self.acknowledged: list[Any] = []
        self.refused: list[bytes] = []

    def run(self) -> None:
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        headers = {"Content-Type": "application/json"}
        try:
            while True:
                body = json.dumps(self.body(len(self.acknowledged)))
                link.request("POST", self.path, body, headers)
                response = link.getresponse()
                answer = response.read()
                if response.status != 200:
                    self.refused.append(answer)
                    return
                self.acknowledged.append(json.loads(answer))
        except (OSError, http.client.HTTPException):
            return  # nobody knows whether the last request was carried out
        finally:
            link.close()


def batch(run: str, number: int) -> dict[str, Any]:
    first = number * BATCH
    return {
        "run_id": run,
        "metrics": [
            {"key": "m", "value": step / 2, "timestamp": 1, "step": step}
            for step in range(first, first + BATCH)
        ],
        "params": [{"key": f"p{number}", "value": str(number)}],
        "tags": [{"key": "last", "value": str(number)}],
    }


class Load:
    """Four clients that log batches, each to a run of its own, and two that register versions."""

    def __init__(self, server: Server, model: str) -> None:
        self.server, self.model = server, model
        server.post("registered-models/create", name=model)
        self.runs = [server.new_run() for _ in range(4)]
        self.writers = [
            Client(server, "runs/log-batch", lambda n, run=run: batch(run, n))  # type: ignore[misc]
            for run in self.runs
        ]
        version = {"name": model, "source": "s3://bucket/model"}
        self.registrars = [
            Client(server, "model-versions/create", lambda _: version) for _ in range(2)
        ]

    def begin(self, acknowledgements: int = 15) -> None:
        """Return once each client has been acknowledged so often."""
        clients = self.writers + self.registrars
        for client in clients:
            client.start()
        end = time.monotonic() + 20
        while any(len(c.acknowledged) < acknowledgements for c in clients):
            assert time.monotonic() < end, [(len(c.acknowledged), c.refused) for c in clients]
            time.sleep(0.005)

    def join(self) -> None:
        for client in self.writers + self.registrars:
            client.join(30)
            assert not client.is_alive()

    def check(self) -> None:
        """Nothing acknowledged is lost, no batch is torn, sending one again is harmless."""
        for run, writer in zip(self.runs, self.writers, strict=True):
            done = len(writer.acknowledged)
            assert whole_batches(self.server, run) in (done, done + 1)
            self.server.post("runs/log-batch", **batch(run, done))
            assert whole_batches(self.server, run) == done + 1
        numbers = version_numbers(self.server, self.model)
        known = {
            int(a["model_version"]["version"]) for r in self.registrars for a in r.acknowledged
        }
        assert numbers == list(range(1, len(numbers) + 1))
        assert known <= set(numbers)
        assert len(numbers) <= len(known) + len(self.registrars)


def whole_batches(server: Server, run: str) -> int:
    """Return how many batches a run holds; they must be whole and without a gap."""
    points, token = [], ""
    while True:
        more = {"page_token": token} if token else {}
        page = server.get("metrics/get-history", run_id=run, metric_key="m", **more)
        points += page.get("metrics", [])
        token = page.get("next_page_token", "")
        if not token:
            break
    steps = sorted(p.get("step", 0) for p in points)
    count = len(steps) // BATCH
    assert steps == list(range(count * BATCH)), "a batch is torn, lost or there twice"
    assert all(p["value"] == p.get("step", 0) / 2 for p in points)
    data = server.get("runs/get", run_id=run)["run"]["data"]
    params = {p["key"]: p["value"] for p in data["params"]}
    assert params == {f"p{n}": str(n) for n in range(count)}
    assert {"key": "last", "value": str(count - 1)} in data["tags"]
    return count


def version_numbers(server: Server, model: str) -> list[int]:
    """Return the numbers of the registered versions, in order."""
    page = server.get("model-versions/search", filter=f"name='{model}'")
    return sorted(int(v["version"]) for v in page["model_versions"])


def test_what_was_acknowledged_survives_kill_9(server: Server) -> None:
    loads = []
    for cycle in range(2):
        loads.append(Load(server, f"model-{cycle}"))
        loads[-1].begin()
        server.kill()
        loads[-1].join()
        server.start()
    for load in loads:
        load.check()


def test_a_server_told_to_stop_finishes_what_it_has_begun(server: Server) -> None:
    load = Load(server, "model")
    load.begin()
    seconds, code = server.terminate()
    load.join()
    assert code == 0
    assert seconds < 12
    assert server.gone()
    server.start()
    load.check()


@pytest.mark.parametrize("way", ["closed", "reset", "unterminated", "server killed"])
@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_an_upload_that_was_cut_is_not_seen(server: Server, way: str) -> None:
    home = server.home()
    assert server.call("PUT", f"{home}/old.bin", OLD)[0] == 200
    for name in ("new.bin", "old.bin"):
        cut_upload(server, f"{home}/{name}", way)
    if way == "server killed":
        server.kill()
        server.start()
    end = time.monotonic() + 0.5  # the server may take a moment to see the end of the connection
    while time.monotonic() < end:
        assert server.call("GET", f"{home}/new.bin")[0] == 404
        assert server.call("GET", f"{home}/old.bin") == (200, OLD)
        time.sleep(0.1)
    run = home.split("/")[-2]
    files = server.get("artifacts/list", run_id=run)["files"]
    assert [(f["path"], int(f["file_size"])) for f in files] == [("old.bin", len(OLD))]


def cut_upload(server: Server, path: str, way: str) -> None:
    """Send the first half of an upload and no more."""
    chunked = way == "unterminated"
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {MIB}"
    half = bytes(MIB // 2)
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as link:
        head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{length}\r\n\r\n"
        link.sendall(head.encode() + (b"%x\r\n%s\r\n" % (len(half), half) if chunked else half))
        time.sleep(0.1)  # long enough for the server to have read it
        if way == "server killed" and path.endswith("old.bin"):
            server.kill()
        if way == "reset":
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
