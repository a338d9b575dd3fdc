"""Sudden death between a commit and its place in the log loses nothing, and is no tampering."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

from cuvee.store.audit import audit_database
from faults.test_crash import Server


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
