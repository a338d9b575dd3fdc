"""``cuvee audit`` looks at the database itself, whether a server works on it or not."""

from __future__ import annotations

import itertools
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cuvee.log import verifier
from cuvee.log.note import SigningKey, extensions
from postgres import running_postgres
from refusals.served import Site, wait_for


def audit(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the command; return its exit status and what it printed."""
    command = [sys.executable, "-m", "cuvee", "audit", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


Audit = Callable[..., tuple[int, str]]


@pytest.fixture
def here(cuvee: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Audit:
    """Runs the command as ``audit`` does, but in this process: it need not load everything anew."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        said = cuvee("audit", *arguments)
        return said.status, said.out + said.err

    return run


def edit(data: str, *statements: str) -> None:
    """Change the database behind everybody's back."""
    if data.startswith("sqlite"):
        file = data.removeprefix("sqlite:///")
        with closing(sqlite3.connect(file, timeout=20)) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        return
    import psycopg

    with psycopg.connect(data) as session:
        for statement in statements:
            session.execute(statement)


@pytest.fixture(params=["sqlite", "postgresql"])
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/cuvee.db"
    else:
        with running_postgres(durable=False) as url:
            yield url


UNPROTECT = {
    "sqlite": "DROP TRIGGER events_no_update",
    "postgresql": "DROP TRIGGER events_append_only ON events",
}


def test_the_log_is_verified_and_exported_with_and_without_a_server(
    data: str, tmp_path: Path
) -> None:
    key = ("--log-key", str(tmp_path / "log.key"))
    site = Site(data, tmp_path, *key)
    url = f"http://127.0.0.1:{site.port}"
    try:
        site.api("registered-models/create", name="wine", description="red")
        status = "/api/1.0/cuvee/log/status"
        wait_for(lambda: site.send("GET", status).json["signed"] > 1)
        for target in (data, url):
            found, said = audit(tmp_path, "verify", target)
            assert (found, "The history holds." in said) == (0, True), said
        running = audit(tmp_path, "export", "running.zip", "--tracking-uri", url)
        edit(data, "UPDATE registered_models SET description = 'white'")
        found, said = audit(tmp_path, "verify", data)
        assert (found, "model:wine" in said) == (1, True), said
        edit(data, "UPDATE registered_models SET description = 'red'")
        assert audit(tmp_path, "verify", data)[0] == 0
    finally:
        site.close()
    assert audit(tmp_path, "verify", data)[0] == 0
    stopped = audit(tmp_path, "export", "stopped.zip", "--tracking-uri", data)
    assert (running[0], stopped[0]) == (0, 0), (running, stopped)
    for bundle in ("running.zip", "stopped.zip"):
        alone = [sys.executable, "-I", str(verifier.__file__), bundle]
        checked = subprocess.run(alone, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
    with pytest.raises(Exception, match="append-only"):
        edit(data, "UPDATE events SET actor = 'eve'")
    edit(data, UNPROTECT[data.partition(":")[0]], "UPDATE events SET actor = 'eve'")
    found, said = audit(tmp_path, "verify", data)
    assert found == 1
    assert "event" in said.lower()


def test_a_log_that_is_written_to_all_the_time_holds(data: str, tmp_path: Path) -> None:
    site = Site(data, tmp_path, "--log-key", str(tmp_path / "log.key"))
    done = threading.Event()

    def write() -> None:
        for number in itertools.count():
            if done.is_set():
                return
            site.api("registered-models/create", name=f"wine {number}")

    with ThreadPoolExecutor(1) as other:
        writing = other.submit(write)
        try:
            for _ in range(3):
                found, said = audit(tmp_path, "verify", data)
                assert (found, "The history holds." in said) == (0, True), said
        finally:
            done.set()
            writing.result()
            site.close()
    assert audit(tmp_path, "verify", data)[0] == 0


def test_the_store_of_the_directory_is_verified_when_nothing_else_is_named(tmp_path: Path) -> None:
    data = tmp_path / "cuvee-data"
    data.mkdir()
    site = Site(f"sqlite:///{data}/cuvee.db", tmp_path, "--log-key", str(data / "log.key"))
    try:
        wait_for(lambda: site.send("GET", "/api/1.0/cuvee/log/status").json["signed"] > 0)
        found, said = audit(tmp_path, "verify")
    finally:
        site.close()
    assert (found, "The history holds." in said) == (0, True), said
    assert audit(tmp_path, "verify", "cuvee-data") == audit(tmp_path, "verify")
    found, said = audit(tmp_path, "rotate-key")
    assert (found, "The history is signed by" in said) == (0, True), said


def test_a_directory_without_a_database_is_named_and_not_made(tmp_path: Path) -> None:
    found, said = audit(tmp_path, "verify", "nowhere")
    assert found == 1
    assert "There is no database in nowhere: name one as sqlite:///" in said
    assert list(tmp_path.iterdir()) == []
    found, said = audit(tmp_path, "rotate-key", "http://127.0.0.1:5000")
    assert found == 1
    assert "is a server, and this works on a database" in said


def test_a_text_that_was_changed_is_found_also_through_the_server(
    data: str, here: Audit, tmp_path: Path
) -> None:
    site = Site(data, tmp_path, "--log-key", str(tmp_path / "log.key"))
    url = f"http://127.0.0.1:{site.port}"
    try:
        site.api("registered-models/create", name="wine", description="do not use")
        wait_for(lambda: site.send("GET", "/api/1.0/cuvee/log/status").json["signed"] > 1)
        assert here("verify", url)[0] == 0
        edit(data, "UPDATE event_texts SET text = 'use' WHERE field = 'after.description'")
        for target in (url, data):
            status, said = here("verify", target)
            assert status == 1, said
            assert "the text 'after.description' is not what was recorded" in said
        moved = "salt = salt || '646f206e6f7420'"  # its first words are in the salt now
        edit(data, f"UPDATE event_texts SET {moved} WHERE field = 'after.description'")
        for target in (url, data):
            assert here("verify", target)[0] == 1, target
    finally:
        site.close()


DAMAGE = {
    "an event": "DELETE FROM events WHERE sequence = 2",
    "a place": "DELETE FROM log WHERE place = 1",
    "what an event says": "UPDATE events SET after = 'rubbish' WHERE sequence = 2",
    "a checkpoint": "UPDATE checkpoints SET note = ''",
}
"""What an insider does, who has taken the triggers away."""


@pytest.mark.parametrize("deed", DAMAGE.values(), ids=DAMAGE)
def test_what_is_gone_or_damaged_is_found_through_the_server_and_hides_nothing_else(
    deed: str, data: str, here: Audit, tmp_path: Path
) -> None:
    site = Site(data, tmp_path, "--log-key", str(tmp_path / "log.key"))
    url = f"http://127.0.0.1:{site.port}"
    base = "/api/1.0/cuvee"
    try:
        for number in range(4):
            site.api("registered-models/create", name=f"wine{number}")
        wait_for(lambda: site.send("GET", f"{base}/log/status").json["signed"] > 4)
        engine = data.partition(":")[0]
        tables = ("events", "log", "checkpoints")
        if engine == "sqlite":
            away = [f"DROP TRIGGER {t}_no_{what}" for t in tables for what in ("update", "delete")]
        else:
            away = [f"DROP TRIGGER {t}_append_only ON {t}" for t in tables]
        edit(data, *away, deed)
        for target in (url, data):
            found, said = here("verify", target)
            assert (found, "WRONG" in said) == (1, True), said
        for path in ("events", "log/status", "log/entries", "log/checkpoints", "log/checkpoint"):
            answer = site.send("GET", f"{base}/{path}")
            assert answer.status == 200, (path, answer)
        shown = site.send("GET", f"{base}/events").json["events"]
        assert {"model:wine2", "model:wine3"} <= {event["object"] for event in shown}
    finally:
        site.close()


def test_a_checkpoint_that_somebody_kept_is_of_the_log(
    data: str, here: Audit, tmp_path: Path
) -> None:
    kept, other, empty = tmp_path / "kept", tmp_path / "other", tmp_path / "empty"
    empty.write_text("nothing", "utf-8")
    site = Site(data, tmp_path, "--log-key", str(tmp_path / "log.key"))
    url = f"http://127.0.0.1:{site.port}"
    try:
        status = "/api/1.0/cuvee/log/status"
        site.api("registered-models/create", name="wine")
        wait_for(lambda: site.send("GET", status).json["signed"] > 1)
        note = site.send("GET", "/api/1.0/cuvee/log/checkpoint").json["note"]
        kept.write_text(note, "utf-8")
        key = SigningKey.load(tmp_path / "log.key")
        size = extensions(note).size
        other.write_text(key.checkpoint(size, b"x" * 32, previous=1, time=1), "utf-8")
        larger = tmp_path / "larger"
        larger.write_text(key.checkpoint(size + 9, b"x" * 32, previous=1, time=1), "utf-8")
        site.api("registered-models/create", name="port")
        wait_for(lambda: site.send("GET", status).json["signed"] > size)
        for target in (url, data):
            found, said = here("verify", target, "--checkpoint", str(kept))
            assert found == 0, said
            for wrong in (other, larger, empty):
                found, said = here("verify", target, "--checkpoint", str(wrong))
                assert found == 1, (target, wrong, said)
                assert "Traceback" not in said
    finally:
        site.close()


def test_only_the_latest_key_hands_over(data: str, tmp_path: Path) -> None:
    """A retired one would break the chain of keys, for ever."""
    key, retired = tmp_path / "log.key", tmp_path / "retired.key"
    site = Site(data, tmp_path, "--log-key", str(key))
    try:
        site.api("registered-models/create", name="wine")
        retired.write_bytes(key.read_bytes())
        named = ("--log-key", str(key))
        assert audit(tmp_path, "rotate-key", data, *named)[0] == 0
        status, said = audit(tmp_path, "rotate-key", data, "--log-key", str(retired))
        assert (status, "not the log's key now" in said) == (1, True), said
        with ThreadPoolExecutor(3) as others:
            many = others.map(lambda _: audit(tmp_path, "rotate-key", data, *named), range(3))
            assert 0 in [status for status, _ in many]
        site.api("registered-models/create", name="port")
    finally:
        site.close()
    status, said = audit(tmp_path, "verify", data, *named)
    assert status == 0, said
    assert {path.name for path in tmp_path.glob("*.key*")} == {
        "log.key",
        "log.key.checkpoint",
        "retired.key",
    }


def test_a_key_that_cannot_be_kept_is_not_the_logs(data: str, tmp_path: Path) -> None:
    site = Site(data, tmp_path, "--log-key", str(tmp_path / "log.key"))
    site.close()
    long = tmp_path / ("k" * 250)  # nothing longer can stand beside it
    (tmp_path / "log.key").rename(long)
    assert audit(tmp_path, "rotate-key", data, "--log-key", str(long))[0] == 1
    long.rename(tmp_path / "log.key")
    status, said = audit(tmp_path, "verify", data, "--log-key", str(tmp_path / "log.key"))
    assert status == 0, said


def test_addresses_are_forgotten_from_the_command_line(here: Audit, tmp_path: Path) -> None:
    data = f"sqlite:///{tmp_path}/cuvee.db"
    site = Site(data, tmp_path)
    url = f"http://127.0.0.1:{site.port}"
    try:
        for name in ("wine", "beer"):
            site.send("POST", "/api/2.0/mlflow/registered-models/create", {"name": name})
        where = ("--tracking-uri", url)
        assert here("forget-addresses", "--older-than", "1d", *where) == (
            0,
            "Erased the addresses of 0 events.\n",
        )
        status, said = here("forget-addresses", "--older-than", "0d", "--comment", "asked", *where)
        assert (status, said) == (0, "Erased the addresses of 2 events.\n")
        found = site.send("GET", "/api/1.0/cuvee/events?action=model.created").json["events"]
        assert [event["address"] for event in found] == ["[erased]", "[erased]"]
        status, said = here("forget-addresses", *where)
        assert status != 0
        assert "--older-than" in said
        status, said = here("forget-addresses", "--older-than", "soon", *where)
        assert status != 0
        assert "write 30d, for example" in said
    finally:
        site.close()
