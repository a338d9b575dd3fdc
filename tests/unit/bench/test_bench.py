"""The benchmark runs to its end, measures what it says, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ECHO = f"{sys.executable} -m uvicorn bench.echo:app --port {{port}} --app-dir {ROOT}"


def bench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    options = ["--seconds", "0.1", "--repeats", "1", "--big-mib", "1", "--out", "out.json"]
    return subprocess.run(
        [sys.executable, "-m", "bench", *options, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_launched_server_is_measured_and_stopped(tmp_path: Path) -> None:
    rows = ("--rows", "ready*,memory,create*,log batch,by alias,history", "--work", "work")
    done = bench(tmp_path, "--launch", f"one={ECHO}", "--launch", f"two={ECHO}", *rows)
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "out.json").read_text("utf-8"))
    # The echo has no points to give back: the row says so instead of naming a time.
    assert results["notes"] == {
        f"{name}: Unsupported: 0 of 100000 points were read: there was no further page": ["history"]
        for name in ("one", "two")
    }
    assert results["rows"]["create run x8"]["cells"]["one"][0]["value"] > 100
    assert 0 < results["rows"]["ready"]["cells"]["two"][0]["value"] < 20
    assert 1 < results["rows"]["memory"]["cells"]["one"][0]["value"] < 200
    echo = results["limits"]["echo 8"]["samples"]
    assert len(echo) == 2
    assert all(s["value"] > 100 and s["errors"] == 0 and s["cpu_ms_per_op"] > 0 for s in echo)
    assert "| row | unit | one | two | limit | two : one |" in done.stdout
    assert "python -m bench --seconds 0.1" in done.stdout
    assert not survivors(tmp_path)


def test_only_servers_of_this_machine_are_measured(tmp_path: Path) -> None:
    done = bench(tmp_path, "--server", "far=http://example.org:80")
    assert done.returncode != 0
    assert "give a server of this machine" in done.stderr


def test_a_server_that_ends_at_once_is_reported(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("raise SystemExit('no disk')", "utf-8")
    done = bench(tmp_path, "--launch", f"broken={sys.executable} {tmp_path / 'broken.py'}")
    assert done.returncode != 0
    assert "broken ended with code 1 at its start:\nno disk" in done.stderr


def survivors(folder: Path) -> list[str]:
    """Return the processes that still work in a folder."""
    links = [path / "cwd" for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [str(link) for link in links if _target(link).startswith(str(folder))]


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""
