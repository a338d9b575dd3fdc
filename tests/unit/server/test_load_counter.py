"""What a server counts as a load, and that nobody waits for the counting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.base import Actor
from cuvee.api.loads import CountLoads
from cuvee.server.loads import MOST, LoadCounter
from refusals.served import Site

URI = "/api/2.0/mlflow/model-versions/get-download-uri?name=wine&version="
LOADS = "/api/1.0/cuvee/model-versions/loads?name=wine"
ARCHIVE = "/model-versions/get-artifact-archive?name=wine&version="
FILE = "/model-versions/get-artifact?name=wine&version=1&path="


class Wine:
    """A server with two versions of a model, and what it has counted so far."""

    def __init__(self, folder: Path) -> None:
        self.site = Site(f"sqlite:///{folder}/cuvee.db", folder)
        info = self.site.api("runs/create", experiment_id="0")["run"]["info"]
        root = info["artifact_uri"].partition(":")[2].strip("/")
        for path in ("m/MLmodel", "m/d/w.bin"):
            address = f"/api/2.0/mlflow-artifacts/artifacts/{root}/{path}"
            assert self.site.send("PUT", address, b"x" * 10, headers={}).status == 200
        self.site.api("registered-models/create", name="wine")
        run = info["run_id"]
        for _ in range(2):
            self.site.api("model-versions/create", name="wine", source=f"runs:/{run}/m", run_id=run)

    def get(self, address: str) -> Any:
        answer = self.site.send("GET", address)
        assert answer.status == 200, answer
        return answer

    def counts(self) -> dict[str, int]:
        found = self.get(f"{LOADS}&by=version").json.get("loads", [])
        return {one["version"]: one["count"] for one in found}

    def becomes(self, expected: dict[str, int]) -> None:
        """Wait until so much is counted, and see that it stays so."""
        end = time.monotonic() + 20
        while (found := self.counts()) != expected and time.monotonic() < end:
            time.sleep(0.05)
        assert found == expected


@pytest.fixture
def wine(tmp_path: Path) -> Iterator[Wine]:
    """Return the server."""
    found = Wine(tmp_path)
    yield found
    found.site.close()


def test_each_question_where_the_files_are_is_a_load(wine: Wine) -> None:
    for _ in range(3):
        wine.get(f"{URI}1")
    wine.get(f"{URI}2")
    wine.becomes({"1": 3, "2": 1})

    wine.get(f"{URI}1")
    wine.becomes({"1": 4, "2": 1})
    (by,) = wine.get(LOADS).json["loads"]
    assert by["count"] == 5
    assert by["user_id"]
    assert 0 < by["last"] - by["first"] < 60_000
    events = wine.get("/api/1.0/cuvee/events?object=version:wine/1").json["events"]
    assert [one["action"] for one in events] == ["version.created"], "the history is of changes"


def test_a_version_fetched_whole_is_loaded_and_a_look_at_a_file_is_not(wine: Wine) -> None:
    wine.get(f"{FILE}MLmodel")
    wine.get(f"/view{FILE}d/w.bin")
    wine.get(f"{ARCHIVE}1&path=d")
    wine.site.send("HEAD", f"{ARCHIVE}1")
    wine.get("/api/2.0/mlflow/model-versions/get?name=wine&version=1")
    wine.get("/api/1.0/cuvee/model-versions/manifest?name=wine&version=1")
    assert wine.site.send("GET", f"{URI}3").status == 404
    wine.get(f"{ARCHIVE}2")

    wine.becomes({"2": 1})


def test_a_server_that_stops_writes_down_what_it_has_counted(tmp_path: Path) -> None:
    wine = Wine(tmp_path)
    wine.get(f"{URI}1")
    wine.site.close()

    again = Site(f"sqlite:///{tmp_path}/cuvee.db", tmp_path)
    try:
        (by,) = again.send("GET", LOADS).json["loads"]
        assert by["count"] == 1
    finally:
        again.close()


# ------------------------------------------------------------ the counter alone


def counter(delay: float) -> tuple[LoadCounter, list[CountLoads]]:
    written: list[CountLoads] = []
    return LoadCounter(written.append, delay=delay), written


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_many_loads_are_one_write() -> None:
    loads, written = counter(0.5)

    def load() -> None:
        for _ in range(500):
            loads.count("wine", "1", Actor("alice"))

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: sum(one.count for op in written for one in op.loaded) == 2000)
    assert len(written) <= 2  # two where the threads took longer than the delay
    loads.count("wine", "1", Actor("bob"))
    until(lambda: any(one.user_id == "bob" for op in written for one in op.loaded))


def test_what_is_held_in_memory_is_bounded() -> None:
    loads, written = counter(3600)
    for number in range(MOST):
        assert written == []
        loads.count("wine", str(number + 1), Actor("alice"))

    assert [len(op.loaded) for op in written] == [MOST]
    loads.close()
    assert len(written) == 1, "there was nothing more"


def test_what_is_counted_while_the_server_stops_is_written_at_once() -> None:
    loads, written = counter(3600)
    loads.count("wine", "1", Actor("alice"))
    loads.close()
    loads.count("wine", "2", Actor("alice"))

    assert [[one.version for one in op.loaded] for op in written] == [["1"], ["2"]]
