"""Three servers of one PostgreSQL: any may die, and nothing that it alone knew is missed."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cuvee.store.audit import audit_database
from faults.test_crash import API, Server, batch, version_numbers, whole_batches

ALIVE = 0.7  # seconds between two deaths
PATIENCE = 60.0
EVENTS = "/api/1.0/cuvee/events"


class Fleet:
    """Three servers that share a database, the folder of artifacts and the keys, and no more."""

    def __init__(self, folder: Path, store: str) -> None:
        self.store = store
        self.folder = folder
        homes = [folder / f"server-{n}" for n in range(3)]
        for home in homes:
            home.mkdir()
        # One after another: the first makes the tables and the keys.
        self.servers = [Server(home, store, 1, folder) for home in homes]

    def close(self) -> None:
        """Kill what is left of it."""
        for server in self.servers:
            server.kill()


class Caller:
    """Sends each request, under a key of its own, to one server after another until one answers."""

    def __init__(self, fleet: Fleet, first: int) -> None:
        self.fleet, self.at = fleet, first
        self.moves = 0
        self.refused: list[Any] = []

    def post(self, path: str, body: dict[str, Any]) -> Any:
        key = os.urandom(8).hex()
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            server = self.fleet.servers[self.at % 3]
            link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            try:
                link.request("POST", API + path, json.dumps(body), headers)
                response = link.getresponse()
                status, answer = response.status, json.loads(response.read())
            except (OSError, http.client.HTTPException, ValueError):
                self.at += 1
                self.moves += 1
                time.sleep(0.01)
                continue
            finally:
                link.close()
            if status != 200:
                self.refused.append((path, status, answer))
                raise AssertionError(self.refused[-1])
            return answer
        raise AssertionError(f"no server has answered {path} for {PATIENCE:g} s")


class Follower(threading.Thread):
    """Follows the history, from where it was cut off on, at one server after another."""

    def __init__(self, fleet: Fleet) -> None:
        super().__init__(daemon=True)
        self.fleet = fleet
        self.seen: list[int] = []
        self.enough: int | None = None
        self.reached = 0

    def run(self) -> None:
        for turn in itertools.count():
            server = self.fleet.servers[turn % 3]
            link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            try:
                after = {"Last-Event-ID": str(self.seen[-1])} if self.seen else {}
                link.request("GET", f"{EVENTS}/stream?since=0", headers=after)
                response = link.getresponse()
                self.reached += response.status == 200
                while line := response.readline():
                    if line.startswith(b"data:"):
                        self.seen.append(int(json.loads(line[5:])["sequence"]))
                    if self.enough is not None and self.seen and self.seen[-1] >= self.enough:
                        return
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            finally:
                link.close()


@pytest.fixture
def fleet(postgres: str, tmp_path: Path) -> Iterator[Fleet]:
    """Three servers of a database of their own."""
    import psycopg

    name = f"fleet_{os.urandom(4).hex()}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    running = Fleet(tmp_path, postgres.replace("/postgres?", f"/{name}?"))
    yield running
    running.close()


def keep_killing(fleet: Fleet, rounds: int) -> None:
    """Let each of the servers die so often, while the other two go on."""
    for server in fleet.servers * rounds:
        time.sleep(ALIVE)
        server.kill()
        time.sleep(ALIVE)
        server.start()


def test_servers_that_die_under_load_lose_nothing_and_repeat_nothing(fleet: Fleet) -> None:
    first = fleet.servers[0]
    first.post("registered-models/create", name="wine")
    runs = [first.new_run() for _ in range(4)]
    stop = threading.Event()
    callers = [Caller(fleet, n) for n in range(7)]
    follower = Follower(fleet)
    follower.start()

    def until_stopped(act: Callable[[int], Any]) -> list[Any]:
        done: list[Any] = []
        while not stop.is_set():
            done.append(act(len(done)))
        return done

    def poster(caller: Caller, path: str, body: Callable[[int], Any]) -> Callable[[int], Any]:
        return lambda n: caller.post(path, body(n))

    version = {"name": "wine", "source": "s3://bucket/model"}
    acts = [
        *(
            poster(c, "runs/log-batch", partial(batch, run))
            for c, run in zip(callers, runs, strict=False)
        ),
        *(poster(c, "model-versions/create", lambda _: version) for c in callers[4:6]),
        poster(callers[6], "experiments/create", lambda n: {"name": f"e{n}"}),
    ]
    with ThreadPoolExecutor(len(acts)) as pool:
        work = [pool.submit(until_stopped, act) for act in acts]
        try:
            keep_killing(fleet, rounds=2)
        finally:
            stop.set()
        done = [future.result() for future in work]

    assert all(caller.moves for caller in callers), "no caller met a dead server"
    registered = {int(a["model_version"]["version"]) for made in done[4:6] for a in made}
    for server in fleet.servers:
        for run, acknowledged in zip(runs, done, strict=False):
            assert whole_batches(server, run) == len(acknowledged) > 0
        numbers = version_numbers(server, "wine")
        assert numbers == sorted(registered) == list(range(1, len(registered) + 1))
        found = server.post("experiments/search", max_results=50_000)["experiments"]
        names = {e["name"]: e["experiment_id"] for e in found}
        assert len(names) == len(done[6]) + 1
        assert [names[f"e{n}"] for n in range(len(done[6]))] == [
            answer["experiment_id"] for answer in done[6]
        ]
    check_history(fleet, follower)


def check_history(fleet: Fleet, follower: Follower) -> None:
    """The history is whole, in order, signed, and was followed without a gap."""
    newest = [
        json.loads(server.call("GET", f"{EVENTS}?newest_first=true&max_results=1")[1])["events"]
        for server in fleet.servers
    ]
    assert newest[0] == newest[1] == newest[2]
    follower.enough = int(newest[0][0]["sequence"])
    follower.join(30)
    assert not follower.is_alive(), (len(follower.seen), follower.enough)
    assert follower.reached > 1, "the follower was never cut off"
    assert follower.seen == list(range(1, follower.enough + 1))
    kept = (fleet.folder / "log.key.checkpoint").read_text("utf-8")
    assert audit_database(fleet.store, kept=kept, patience=5).problems == []


def test_what_one_server_has_taken_all_others_know_at_once(fleet: Fleet) -> None:
    one, two, three = fleet.servers
    home = one.home()
    assert one.call("PUT", f"{home}/model.bin", b"grapes")[0] == 200
    one.post("registered-models/create", name="wine")
    two.post("model-versions/create", name="wine", source="s3://bucket/model")
    three.post(
        "model-versions/transition-stage",
        name="wine",
        version="1",
        stage="Production",
        archive_existing_versions=False,
    )
    one.kill()
    for server in (two, three):
        assert server.call("GET", f"{home}/model.bin") == (200, b"grapes")
        held = server.post("registered-models/get-latest-versions", name="wine")["model_versions"]
        assert [(v["version"], v["current_stage"]) for v in held] == [("1", "Production")]
