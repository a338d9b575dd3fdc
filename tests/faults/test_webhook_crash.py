"""No message of a webhook is lost, whenever the server is killed; what is repeated keeps its id."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from postgres import running_postgres
from receiver import Got, Handler, Receiver, eventually, receiving


class Server:
    """``cuvee server`` that may send webhooks to this machine, always at the same port."""

    def __init__(self, folder: Path, store: str, workers: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.folder = folder
        self.command = [sys.executable, "-m", "cuvee", "server", "--port", str(self.port)]
        self.command += ["--backend-store-uri", store, "--workers", str(workers)]
        self.command += ["--artifacts-destination", str(folder / "artifacts")]
        self.command += ["--allow-webhook-host", "127.0.0.1", "--webhook-retry", "0.05"]
        self.start()

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.call("GET", "/health")[0] == 200:
                    return
            time.sleep(0.02)
        self.kill()
        raise AssertionError((self.folder / "server.log").read_text("utf-8")[-3000:])

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def call(self, method: str, path: str, fields: object = None) -> tuple[int, Any]:
        """Send a request; return the status and the answer."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            body = None if fields is None else json.dumps(fields)
            link.request(method, path, body, {"Content-Type": "application/json"})
            response = link.getresponse()
            answer = response.read()
            return response.status, json.loads(answer) if answer[:1] == b"{" else answer
        finally:
            link.close()

    def post(self, path: str, **fields: object) -> Any:
        status, answer = self.call("POST", path, fields)
        assert status == 200, answer
        return answer


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    with contextlib.ExitStack() as stack:
        store, workers = f"sqlite:///{tmp_path}/cuvee.db", 1
        if request.param == "postgresql":
            store, workers = stack.enter_context(running_postgres(durable=True)), 2
        made = Server(tmp_path, store, workers)
        stack.callback(made.kill)
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


MLFLOW = "/api/2.0/mlflow/"
HOOKS = "/api/1.0/cuvee/webhooks"


def prepare(server: Server, receiver: Receiver) -> str:
    server.post(MLFLOW + "registered-models/create", name="wine")
    made = server.post(HOOKS, url=receiver.url, model="wine", actions=["model.tag_set"])
    return str(made["webhook"]["webhook_id"])


def tag(server: Server, value: int) -> None:
    server.post(MLFLOW + "registered-models/set-tag", name="wine", key="k", value=str(value))


def told(receiver: Receiver) -> list[int]:
    """Return what the receiver has heard of, each once, in the order of the first time."""
    heard = [int(g.json["data"]["after"]["k"]) for g in list(receiver.got)]
    return list(dict.fromkeys(heard))


def delivered(server: Server, hook: str) -> bool:
    path = f"{HOOKS}/{hook}/deliveries?max_results=1000"
    found = server.call("GET", path)[1].get("deliveries", [])
    return bool(found) and {d["state"] for d in found} == {"delivered"}


def test_what_was_acknowledged_is_told_after_a_kill_at_any_time(
    server: Server, receiver: Receiver
) -> None:
    hook = prepare(server, receiver)
    chance = random.Random(3)
    acknowledged = 0
    for _ in range(4):
        for _ in range(chance.randrange(1, 6)):
            tag(server, acknowledged)
            acknowledged += 1
        time.sleep(chance.choice([0, 0, 0.02, 0.3, 0.6]))
        server.kill()
        server.start()
    eventually(lambda: told(receiver) == list(range(acknowledged)), 30)
    eventually(lambda: delivered(server, hook), 30)
    assert told(receiver) == list(range(acknowledged))
    by_id = {(g.headers["webhook-id"], g.body) for g in receiver.got}
    assert len(by_id) == acknowledged


def test_a_kill_between_the_answer_and_its_record_repeats_the_same_message(
    server: Server, receiver: Receiver
) -> None:
    hook = prepare(server, receiver)
    killed = threading.Event()

    def behave(handler: Handler, _: Got) -> None:
        if not killed.is_set():
            # The status is out before the kill, and its record cannot be in the database yet.
            os.killpg(server.process.pid, signal.SIGSTOP)
            handler.answer(200)
            os.killpg(server.process.pid, signal.SIGKILL)
            killed.set()
        else:
            handler.answer(200)

    receiver.behave = behave
    with contextlib.suppress(OSError, http.client.HTTPException):  # the answer may be cut off
        tag(server, 0)
    assert killed.wait(20)
    server.process.wait(10)
    server.start()
    tag(server, 1)
    eventually(lambda: told(receiver) == [0, 1], 30)
    eventually(lambda: delivered(server, hook), 30)
    assert [int(g.json["data"]["after"]["k"]) for g in receiver.got] == [0, 0, 1]
    first, again, _ = receiver.got
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert first.body == again.body
