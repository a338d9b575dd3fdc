"""A purge that is killed leaves no row without its bytes, and the next one ends the work."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import threading
import time
from pathlib import Path
from typing import Any

from faults.test_crash import API, Server

PURGE = "/api/1.0/cuvee/purge"
PROXY = "/api/2.0/mlflow-artifacts/artifacts/"
RUNS = 40


def ask(server: Server, path: str, **fields: Any) -> Any:
    status, body = server.call("POST", path, json.dumps(fields).encode())
    assert status == 200, body
    return json.loads(body)


def purge(server: Server, most: int = 3) -> None:
    """Purge everything that is deleted, and all bytes without a name, in small steps."""
    for path, fields in (
        (PURGE, {"older_than_days": 0, "max_items": most}),
        (PURGE + "/blobs", {"older_than_hours": 1}),
    ):
        token = ""
        while token is not None:
            token = ask(server, path, dry_run=False, page_token=token, **fields).get(
                "next_page_token"
            )


def make_old(folder: Path) -> None:
    past = time.time() - 86_400
    for path in (folder / "artifacts" / "blobs").rglob("*"):
        if path.is_file():
            os.utime(path, (past, past))


def test_a_purge_that_is_killed_leaves_nothing_half(server: Server, tmp_path: Path) -> None:
    kept: list[tuple[str, str, int]] = []
    gone: list[tuple[str, str, int]] = []
    for number in range(RUNS):
        home = server.home()
        run = home.split("/")[-2]
        for name, data in (("own", f"own {number}"), ("shared", f"shared {number // 2}")):
            assert server.call("PUT", f"{home}/{name}", data.encode())[0] == 200
        points = [{"key": "m", "value": n, "timestamp": 1, "step": n} for n in range(50)]
        server.post("runs/log-batch", run_id=run, metrics=points)
        (kept, gone)[number % 2].append((run, home, number))
        if number % 2:
            server.post("runs/delete", run_id=run)
    make_old(tmp_path)
    for delay in (0.02, 0.1, 0.3):
        thread = threading.Thread(target=_until_it_dies, args=(server,), daemon=True)
        thread.start()
        time.sleep(delay)
        server.kill()
        thread.join(30)
        server.start()
        _check_whole(server, kept + gone)
    purge(server)

    for run, _, _ in gone:
        assert server.call("GET", f"{API}runs/get?run_id={run}")[0] == 404
    _check_whole(server, kept)
    blobs = [p for p in (tmp_path / "artifacts" / "blobs").rglob("*") if p.is_file()]
    assert len(blobs) == len(kept) * 2, "a file of its own each, and one that was shared"


def _until_it_dies(server: Server) -> None:
    with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
        purge(server, 1)


def _check_whole(server: Server, runs: list[tuple[str, str, int]]) -> None:
    """Each run is there with its points and files, or not at all."""
    for run, home, number in runs:
        status, _ = server.call("GET", f"{API}runs/get?run_id={run}")
        history = server.get("metrics/get-history", run_id=run, metric_key="m").get("metrics", [])
        files = [server.call("GET", f"{home}/{name}") for name in ("own", "shared")]
        if status == 200:
            assert len(history) == 50
            data = [f"own {number}".encode(), f"shared {number // 2}".encode()]
            assert files == [(200, d) for d in data]
        else:
            assert (status, history, [f[0] for f in files]) == (404, [], [404, 404])
