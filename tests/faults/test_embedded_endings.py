"""A run in a store of one's own ends as its program does, also when that dies."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

TRAIN = """
    import sys, time
    import cuvee
    run = cuvee.start_run()
    print(run.info.run_id, flush=True)
    {ending}
"""


def start(folder: Path, ending: str) -> subprocess.Popen[str]:
    code = textwrap.dedent(TRAIN).replace("{ending}", ending)
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        cwd=folder,
        env=environment(),
        text=True,
    )


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("CUVEE_")}


def show(folder: Path, run_id: str) -> dict[str, Any]:
    """Return a run as another program sees it, which opens the store anew."""
    words = [sys.executable, "-m", "cuvee", "runs", "show", run_id, "--json"]
    done = subprocess.run(
        words, capture_output=True, check=True, cwd=folder, env=environment(), timeout=60
    )
    run: dict[str, Any] = json.loads(done.stdout)
    run["tags"] = {tag["key"]: tag["value"] for tag in run["data"].get("tags", [])}
    return run


def leases(folder: Path, change: str = "") -> list[tuple[int, int]]:
    """Return when runs were last seen and are overdue, after a change."""
    with closing(sqlite3.connect(folder / "cuvee-data" / "cuvee.db", timeout=30)) as database:
        if change:
            database.execute(change)
            database.commit()
        return database.execute("SELECT last_seen, expires FROM leases").fetchall()


def wait_for_a_sign(folder: Path) -> None:
    end = time.monotonic() + 30
    while not leases(folder):
        assert time.monotonic() < end, "it gave no sign of life"
        time.sleep(0.1)


LATER = "UPDATE leases SET expires = expires - 60000"
"""As good as a minute that has gone by."""


def test_a_run_whose_process_died_is_failed_for_whoever_opens_the_store_next(
    tmp_path: Path,
) -> None:
    train = start(tmp_path, "time.sleep(60)")
    try:
        assert train.stdout
        run_id = train.stdout.readline().strip()
        wait_for_a_sign(tmp_path)
    finally:
        train.send_signal(signal.SIGKILL)
        train.communicate()
    assert show(tmp_path, run_id)["info"]["status"] == "RUNNING", "its lease is not over"
    ((seen, _),) = leases(tmp_path, LATER)
    run = show(tmp_path, run_id)
    assert run["info"]["status"] == "FAILED"
    assert run["info"]["end_time"] == seen
    assert run["tags"]["cuvee.lost"] == "true"


def test_a_run_that_lives_is_reopened_by_its_next_sign(tmp_path: Path) -> None:
    train = start(tmp_path, "time.sleep(14)")
    assert train.stdout
    run_id = train.stdout.readline().strip()
    wait_for_a_sign(tmp_path)
    leases(tmp_path, LATER)
    assert show(tmp_path, run_id)["info"]["status"] == "FAILED"
    assert train.wait(60) == 0
    train.stdout.close()
    run = show(tmp_path, run_id)
    assert run["info"]["status"] == "FINISHED"
    assert "cuvee.lost" not in run["tags"]
    assert leases(tmp_path) == []


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("", "FINISHED"),
        ("sys.exit(3)", "FAILED"),
        ("raise SystemExit(3)", "FAILED"),
        ("raise SystemExit(0)", "FINISHED"),
        ("raise ValueError", "FAILED"),
        ("raise KeyboardInterrupt", "KILLED"),
    ],
)
def test_a_run_ends_as_its_program_does(tmp_path: Path, ending: str, status: str) -> None:
    train = start(tmp_path, ending)
    out, _ = train.communicate(timeout=60)
    assert show(tmp_path, out.strip())["info"]["status"] == status
    assert leases(tmp_path) == []
