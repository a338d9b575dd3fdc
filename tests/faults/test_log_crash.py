"""Sudden death between a commit and its place in the log loses nothing, and is no tampering."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from cuvee.cli.main import main
from cuvee.store.audit import audit_database
from cuvee.store.sql import SqlStore
from faults.test_crash import Server
from refusals.served import wait_for


def test_events_whose_server_died_at_once_get_their_place(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cuvee.db'}"
    server = Server(tmp_path, url, 1)
    numbers = itertools.count()
    made = []
    try:
        for _ in range(4):
            for _ in range(7):
                made.append(f"m{next(numbers)}")
                server.post("registered-models/create", name=made[-1], comment="why")
            server.kill()
            server.start()
        status, body = server.call("GET", "/api/1.0/cuvee/events?max_results=1000")
        assert status == 200
        events = json.loads(body)["events"]
    finally:
        server.kill()

    assert [e["sequence"] for e in events] == list(range(1, len(events) + 1))
    assert [e["object"] for e in events if e["action"] == "model.created"] == [
        f"model:{name}" for name in made
    ]
    kept = (tmp_path / "log.key.checkpoint").read_text("utf-8")
    assert audit_database(url, kept=kept, patience=1).problems == []


def test_a_database_that_was_put_back_is_noticed_and_the_evidence_kept(tmp_path: Path) -> None:
    """What is signed on top of an older state never replaces the checkpoint that tells of it."""
    url = f"sqlite:///{tmp_path / 'cuvee.db'}"
    beside = tmp_path / "log.key.checkpoint"
    server = Server(tmp_path, url, 1)
    try:
        server.post("registered-models/create", name="first")
        server.terminate()
        older = (tmp_path / "cuvee.db").read_bytes()
        server.start()
        server.post("registered-models/create", name="hidden")
        server.terminate()
        kept = beside.read_text("utf-8")
        (tmp_path / "cuvee.db").write_bytes(older)
        server.start()
        for number in range(4):  # more than were taken away
            server.post("registered-models/create", name=f"forged{number}")
        wait_for(lambda: status(server)["problems"])
        server.terminate()
        assert beside.read_text("utf-8") == kept
        assert audit_database(url, kept=kept, patience=1).problems
        server.start()
        (problem,) = status(server)["problems"]
        assert "put back to an older state" in problem
        beside.rename(tmp_path / "evidence")  # whoever knows why says so
        server.terminate()
        server.start()
        wait_for(lambda: not status(server)["problems"])
        server.post("registered-models/create", name="last")
        wait_for(beside.exists)
    finally:
        server.kill()
    events = audit_database(url, kept=beside.read_text("utf-8"), patience=1)
    assert events.problems == []


def test_a_checkpoint_file_that_is_damaged_stops_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cuvee.db'}"
    beside = tmp_path / "log.key.checkpoint"
    SqlStore.open(url).close()
    for number, content in enumerate((b"\xff\xfe\0", b"x\n" + b"9" * 5000 + b"\n", b"", b"\n" * 9)):
        beside.write_bytes(content)
        with pytest.raises(SystemExit):  # an end in words
            main(["audit", "verify", url])
        server = Server(tmp_path, url, 1)
        try:
            server.post("registered-models/create", name=f"m{number}")
        finally:
            server.terminate()
        assert audit_database(url, kept=beside.read_text("utf-8"), patience=1).problems == []


def test_an_erased_text_is_not_left_in_the_files(tmp_path: Path) -> None:
    """Not in free pages, and not in the write-ahead log; also where the text fills many pages."""
    server = Server(tmp_path, f"sqlite:///{tmp_path / 'cuvee.db'}", 1)
    secret = "call Ann, 555-0199; "
    try:
        server.post("registered-models/create", name="wine")
        server.post("model-versions/create", name="wine", source="s3://b/m")
        stages = itertools.cycle(["Staging", "None"])
        for number in range(60):
            server.post(
                "model-versions/transition-stage",
                name="wine",
                version="1",
                stage=next(stages),
                archive_existing_versions=False,
                comment=secret * (number * 15) if number % 2 else f"for {number} reasons",
            )
        assert left_in(tmp_path, b"555-0199")
        events = json.loads(server.call("GET", "/api/1.0/cuvee/events?max_results=1000")[1])
        for event in events["events"]:
            if secret in event.get("comment", ""):
                body = json.dumps({"sequence": event["sequence"]}).encode()
                assert server.call("POST", "/api/1.0/cuvee/events/erase", body)[0] == 200
        wait_for(lambda: not left_in(tmp_path, b"555-0199"))
    finally:
        server.kill()
    assert left_in(tmp_path, b"for 2 reasons")


def left_in(folder: Path, text: bytes) -> list[str]:
    """Return the database's files in a folder in which a text is."""
    return [path.name for path in folder.glob("cuvee.db*") if text in path.read_bytes()]


def status(server: Server) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(server.call("GET", "/api/1.0/cuvee/log/status")[1])
    return found
