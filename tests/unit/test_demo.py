"""The wine story and its data."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cuvee.demo.data import COLUMNS, make_wines, read_wines
from cuvee.demo.run import free_port, serving
from cuvee.errors import InvalidParameter

EXAMPLE = Path(__file__).parents[2] / "examples" / "wine" / "wine.py"
PATIENCE = 120


def cuvee_demo(cwd: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cuvee", "demo", *options],
        cwd=cwd,
        env=os.environ | {"MLFLOW_RUN_ID": "f" * 32, "MLFLOW_TRACKING_URI": "http://127.0.0.1:1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@contextmanager
def staying_demo(
    directory: Path, port: int, until: str = "runs until Ctrl-C"
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A demo that has told its story and keeps its server; with what it has said.

    It leads a group of processes, as a terminal's program does.
    """
    command = [sys.executable, "-m", "cuvee", "demo", "--port", str(port)]
    with subprocess.Popen(
        [*command, "--directory", str(directory)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        limit = threading.Timer(PATIENCE, process.kill)
        limit.start()
        try:
            assert process.stdout
            said = ""
            for line in process.stdout:
                said += line
                if until in line:
                    break
            yield process, said
        finally:
            limit.cancel()
            process.kill()


def left(folder: Path) -> list[str]:
    """The processes whose words or surroundings name a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            said = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            if str(folder).encode() in said:
                found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_sample_is_the_same_every_time() -> None:
    pd.testing.assert_frame_equal(make_wines(), make_wines())


def test_the_sample_looks_like_wine() -> None:
    wines = make_wines()

    assert tuple(wines.columns) == COLUMNS
    assert len(wines) == 1599
    assert not wines.isna().to_numpy().any()
    assert wines["pH"].between(2.7, 4.1).all()
    assert wines["alcohol"].between(8, 15).all()
    assert (wines["total sulfur dioxide"] >= 6).all()
    assert set(wines["quality"]) <= {3.0, 4.0, 5.0, 6.0, 7.0, 8.0}


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_csv_is_read_with_either_separator(tmp_path: Path, separator: str) -> None:
    wines = make_wines(60)
    wines.assign(other="x").to_csv(tmp_path / "wines.csv", sep=separator, index=False)

    pd.testing.assert_frame_equal(read_wines(tmp_path / "wines.csv"), wines)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "cannot be read"),
        ("alcohol,quality\n9.4,5\n", "no column 'fixed acidity'"),
        (make_wines(60).assign(pH="sour").to_csv(index=False), "no number"),
        (make_wines(60).assign(pH=np.nan).to_csv(index=False), "a value in every column"),
        (make_wines(10).to_csv(index=False), "at least 50 wines"),
        ("\0\x01", "wines.csv"),
    ],
)
def test_a_csv_that_cannot_be_used_is_refused_in_words(
    tmp_path: Path, content: str, said: str
) -> None:
    (tmp_path / "wines.csv").write_text(content)

    with pytest.raises(InvalidParameter, match=re.escape(said)):
        read_wines(tmp_path / "wines.csv")


def test_the_story_is_told_once_and_leaves_nothing(tmp_path: Path) -> None:
    done = cuvee_demo(tmp_path, "--once", "--port", "0")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "These are made up" in done.stdout
    assert re.search(r"1 +Production +1 +0\.\d{4}", done.stdout)
    assert re.search(r"2 +Staging +6 +0\.\d{4}", done.stdout)
    assert list(tmp_path.iterdir()) == []


def test_a_story_that_does_not_come_out_fails_with_a_sentence(tmp_path: Path) -> None:
    wines = make_wines()
    held_out = np.arange(len(wines)) % 5 == 0
    wines["pH"] = 3.3 + (wines["quality"] - 5.6) * np.where(held_out, -0.1, 0.1)
    wines.to_csv(tmp_path / "wines.csv", index=False)
    done = cuvee_demo(tmp_path, "--once", "--port", "0", "--data", "wines.csv")

    assert done.returncode == 1
    assert "Error: The story did not come out as told: with pH the RMSE is" in done.stderr


def test_data_that_are_not_there_are_an_error(tmp_path: Path) -> None:
    done = cuvee_demo(tmp_path, "--once", "--data", "none.csv")

    assert done.returncode == 1
    assert done.stderr.startswith("Error: The data file none.csv cannot be read")


def test_a_second_demo_goes_on_and_both_stop_when_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1]
        with staying_demo(tmp_path, wanted) as (process, said):
            first = int(said.rpartition("127.0.0.1:")[2].split()[0])
            assert f"Port {wanted} is in use" in said
            assert answers(first)
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
        assert not answers(first)

    with staying_demo(tmp_path, free_port(0)) as (process, said):
        assert re.search(r"3 +Production +1 ", said)
        assert re.search(r"4 +Staging +6 ", said)
        second = int(said.rpartition("127.0.0.1:")[2].split()[0])
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 128 + signal.SIGTERM
    assert not answers(second)


def test_the_example_runs(tmp_path: Path) -> None:
    port = free_port(0)
    with serving(tmp_path / "server", port):
        done = subprocess.run(
            [sys.executable, str(EXAMPLE)],
            cwd=tmp_path,
            env=os.environ
            | {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{port}", "CUVEE_QUIET": "1"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    assert "Version 1 is in Production" in done.stdout
    assert done.stderr == ""


def test_the_demo_leaves_nothing_that_waits_for_its_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    done = cuvee_demo(tmp_path, "--once", "--port", "0")
    assert done.returncode == 0, done.stderr
    journals = tmp_path / ".local" / "state" / "cuvee" / "journal"
    assert journals.is_dir()
    limit = time.monotonic() + 30
    while any(path.is_dir() for path in journals.iterdir()):
        assert time.monotonic() < limit, list(journals.iterdir())
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("runs until Ctrl-C", signal.SIGINT),
        ("Logging the run 'alcohol only'", signal.SIGINT),
        ("runs until Ctrl-C", signal.SIGHUP),
    ],
)
def test_a_demo_that_is_interrupted_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, number: signal.Signals
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with staying_demo(tmp_path / "data", free_port(0), said) as (process, _):
        assert len(left(tmp_path)) > 1
        os.killpg(process.pid, number)  # what a terminal does
        process.wait(PATIENCE)

    limit = time.monotonic() + 10
    while left(tmp_path):
        assert time.monotonic() < limit, left(tmp_path)
        time.sleep(0.1)
    journals = tmp_path / ".local" / "state" / "cuvee" / "journal"
    assert list(journals.iterdir()) == []
