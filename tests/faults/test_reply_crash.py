"""Whoever sends a change again, because the server died before it answered, makes one object."""

from __future__ import annotations

import http.client
import json
import threading
import time
from contextlib import closing
from typing import Any

import pytest

from faults.test_crash import API, Server

CREATIONS: list[tuple[str, dict[str, Any]]] = [
    ("runs/create", {"experiment_id": "0", "start_time": 1, "run_name": "only"}),
    ("experiments/create", {"name": "only"}),
    ("registered-models/create", {"name": "only"}),
    ("model-versions/create", {"name": "wine", "source": "s3://bucket/model"}),
    ("logged-models", {"experiment_id": "0", "name": "only"}),
]


def send(server: Server, call: str, fields: dict[str, Any], key: str) -> http.client.HTTPConnection:
    """Send a request and return the connection, before the answer."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    try:
        link.request("POST", API + call, json.dumps(fields), headers)
    except OSError:
        link.close()
        raise
    return link


def answer(link: http.client.HTTPConnection) -> tuple[int, str | None, Any]:
    """Return an answer's status, whether it says that it is a repetition, and its fields."""
    with closing(link):
        response = link.getresponse()
        text = response.read()
        return response.status, response.getheader("Idempotency-Replayed"), json.loads(text)


def counts(server: Server) -> list[int]:
    """Return how many objects of each kind there are."""
    runs = server.post("runs/search", experiment_ids=["0"], max_results=1000)
    experiments = server.post("experiments/search", max_results=1000)
    models = server.get("registered-models/search")
    versions = server.get("model-versions/search", filter="name='wine'")
    logged = server.post("logged-models/search", experiment_ids=["0"])
    return [
        len(runs.get("runs", [])),
        len(experiments["experiments"]) - 1,
        len(models.get("registered_models", [])) - 1,
        len(versions.get("model_versions", [])),
        len(logged.get("models", [])),
    ]


def test_a_change_whose_answer_died_with_the_server_is_there_once(server: Server) -> None:
    server.post("registered-models/create", name="wine")
    for place, (call, fields) in enumerate(CREATIONS):
        link = send(server, call, fields, f"key-{place}")
        end = time.monotonic() + 10
        while counts(server)[place] == 0:
            assert time.monotonic() < end
            time.sleep(0.01)
        link.close()  # the answer is nobody's
    server.kill()
    server.start()
    for place, (call, fields) in enumerate(CREATIONS):
        status, replayed, first = answer(send(server, call, fields, f"key-{place}"))
        assert (status, replayed) == (200, "true"), first
        assert answer(send(server, call, fields, f"key-{place}")) == (200, "true", first)
    assert counts(server) == [1] * len(CREATIONS)


@pytest.mark.parametrize("cycles", [3])
def test_what_nobody_knows_of_becomes_one_object_when_sent_again(
    server: Server, cycles: int
) -> None:
    sent: list[str] = []
    known: dict[str, str] = {}

    def create(name: str) -> None:
        number = 0
        while True:
            key = f"{name}-{number}"
            number += 1
            sent.append(key)
            try:
                status, _, run = answer(send(server, "runs/create", run_of(key), key))
            except (OSError, http.client.HTTPException, ValueError):
                return
            assert status == 200, run
            known[key] = run["run"]["info"]["run_id"]

    for cycle in range(cycles):
        threads = [
            threading.Thread(target=create, args=(f"{cycle}-{n}",), daemon=True) for n in range(6)
        ]
        for thread in threads:
            thread.start()
        goal = len(known) + 60
        while len(known) < goal:
            time.sleep(0.002)
        server.kill()
        for thread in threads:
            thread.join(30)
        server.start()
    for key in sent:
        status, _, run = answer(send(server, "runs/create", run_of(key), key))
        assert status == 200, run
        assert known.setdefault(key, run["run"]["info"]["run_id"]) == run["run"]["info"]["run_id"]
    runs = server.post("runs/search", experiment_ids=["0"], max_results=50_000)["runs"]
    assert len(runs) == len(sent) == len(set(known.values()))


def run_of(key: str) -> dict[str, Any]:
    return {"experiment_id": "0", "start_time": 1, "run_name": key}
