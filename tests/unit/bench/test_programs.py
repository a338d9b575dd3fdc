"""The benchmark's other programs run to their ends, on data of few rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SERVER = (
    f"{sys.executable} -m cuvee server --port {{port}} --backend-store-uri sqlite:///{{dir}}/c.db"
)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CUVEE_JOURNAL_DIR": str(folder / "journals")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_client_is_measured_and_loses_nothing(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "bench.client",
        *("--client", f"ours={sys.executable} cuvee", "--launch", f"ours={SERVER}"),
        *("--calls", "400", "--runs", "20", "--markdown", "out.md"),
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    figures = json.loads(done.stdout.partition("\n")[0].removeprefix("ours "))
    assert figures["points lost by kill -9, of those whose calls returned"] == 0
    assert len(figures) == 8
    assert 0 < figures["log_metric, median (µs)"] <= 1e3 * figures["log_metric, longest (ms)"]
    written = (tmp_path / "out.md").read_text("utf-8")
    assert "| search_runs of 20 runs to a DataFrame (ms) |" in written


def test_searches_among_few_and_many_runs_are_compared(tmp_path: Path) -> None:
    done = run(tmp_path, "bench.runs", "50", "200", "--experiments", "300", "--markdown", "out.md")
    assert done.returncode == 0, done.stderr
    assert "200 runs loaded in" in done.stdout
    written = (tmp_path / "out.md").read_text("utf-8")
    assert "| ms, median | 50 runs | 200 runs | ratio |" in written
    assert "| a run of 20,000 metrics |" in written
    assert written.count("x |") == 15
