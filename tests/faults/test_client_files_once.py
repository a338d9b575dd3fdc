"""Files through the journal: each arrives once, and a model without one of them is not ready."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from faults.test_client_models_away import SAVED, environment, file, ran, rows, synced
from faults.test_client_outages import senders, shipped, until, uri_of
from faults.test_crash import Server

pytestmark = pytest.mark.parametrize("server", ["sqlite"], indirect=True)


def written(folder: Path, name: str, text: str) -> Path:
    found = folder / name
    found.write_text(textwrap.dedent(text), encoding="utf-8")
    return found


def check_failed(server: Server, model_id: str) -> None:
    """See that a model is not ready, says why, and is not registered."""
    info = server.get(f"logged-models/{model_id}")["model"]["info"]
    assert info["status"] == "LOGGED_MODEL_UPLOAD_FAILED"
    told = {t["key"]: t["value"] for t in info["tags"]}["cuvee.refused"]
    assert "'wei#ghts'" in told
    assert "leave out '#'" in told
    assert file(server, info["artifact_uri"], "MLmodel")
    assert server.call("GET", "/api/2.0/mlflow/registered-models/get?name=saved")[0] == 200
    assert server.call("GET", "/api/2.0/mlflow/model-versions/get?name=saved&version=1")[0] == 404


def test_a_model_logged_offline_whose_file_is_refused_becomes_failed(
    server: Server, tmp_path: Path
) -> None:
    script = written(tmp_path, "model.py", SAVED)
    out = ran(script, uri_of(server), "wei#ghts", CUVEE_MODE="offline")
    copy = tmp_path / "copy"
    shutil.copytree(tmp_path / "journal", copy)
    words = [sys.executable, "-m", "cuvee", "sync", "--tracking-uri", uri_of(server)]
    for journal in (tmp_path / "journal", copy):
        done = subprocess.run([*words, str(journal)], capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "2 refused" in done.stdout
        assert "the file 'wei#ghts' of the logged model m-" in done.stdout
        assert "It is not registered, for it is not complete: the file 'wei#ghts'" in done.stdout
        check_failed(server, out[1].split()[0])


def test_a_file_that_a_restarted_server_refuses_makes_the_model_failed(
    server: Server, tmp_path: Path
) -> None:
    script = written(tmp_path, "model.py", SAVED)
    command = [sys.executable, str(script), uri_of(server), "wei#ghts"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "saving\n"
        server.kill()
        out, err = process.communicate("\n", timeout=60)
    assert process.returncode == 0, err
    server.start()
    until(lambda: not senders(tmp_path))
    check_failed(server, out.split()[0])


def test_one_by_one_refused_files_are_told_by_the_model_that_is_returned(
    server: Server, tmp_path: Path
) -> None:
    (tmp_path / "wei#ghts").write_bytes(b"1")
    script = written(
        tmp_path,
        "own.py",
        """
        import sys
        import cuvee
        cuvee.set_tracking_uri(sys.argv[1])
        client = cuvee.MlflowClient()
        for name in ("wei#ghts", "own.py"):
            model = cuvee.initialize_logged_model("own")
            client.log_model_artifact(model.model_id, sys.argv[2] + "/" + name)
            print(cuvee.finalize_logged_model(model.model_id, "READY").status)
        """,
    )
    out = ran(script, uri_of(server), str(tmp_path))
    assert out[:2] == ["FAILED", "READY"]


def test_files_of_a_model_that_is_missing_are_refused_at_once_or_told_later(
    server: Server, tmp_path: Path
) -> None:
    script = written(
        tmp_path,
        "missing.py",
        """
        import sys, time
        import cuvee, cuvee.errors
        cuvee.set_tracking_uri(sys.argv[1])
        client = cuvee.MlflowClient()
        for log in (client.log_model_artifact, client.log_model_artifacts):
            begin = time.perf_counter()
            try:
                log("m-" + "0" * 32, sys.argv[2] if log == client.log_model_artifact else ".")
                print("kept", time.perf_counter() - begin)
            except cuvee.errors.NotFound as problem:
                print("refused", problem.message)
        """,
    )
    out = ran(script, uri_of(server), str(script))
    assert [line.split()[0] for line in out[:2]] == ["refused", "refused"]
    assert "0000" in out[0]

    server.kill()
    (tmp_path / "empty").mkdir()
    out = ran(script, uri_of(server), str(script))
    assert [line.split()[0] for line in out[:2]] == ["kept", "kept"]
    server.start()
    until(lambda: not senders(tmp_path))
    found = [
        json.loads(line)
        for path in tmp_path.glob("journal/*/*.rejects.jsonl")
        for line in path.read_text().splitlines()
    ]
    assert found
    assert all("not found" in entry["reason"] for entry in found)
    assert all(str(entry["record"]["path"]) in entry["reason"] for entry in found)


TABLE = """
    import sys, cuvee
    cuvee.set_tracking_uri(sys.argv[1])
    with cuvee.start_run(run_id=sys.argv[2] if len(sys.argv) > 2 else None) as run:
        print(run.info.run_id)
        for number in range(3):
            cuvee.log_table({"x": [1, 2]}, "rows.json")  # the same rows: each time counts
        cuvee.log_table({"x": [1.5], "y": ["a"]}, "rows.parquet")
        cuvee.log_table({"x": [None], "z": [[1, 2]]}, "rows.parquet")
"""
PUTS = """
import os, pathlib, sys
from cuvee.cli.main import main
from cuvee.client.files import HttpFiles

fatal, when = int(sys.argv.pop(1)), sys.argv.pop(1)
put, count = HttpFiles.put, 0

def counted(self, path, source):
    global count
    count += 1
    if count == fatal and when == "before":
        os._exit(9)
    put(self, path, source)
    if count == fatal and when == "after":
        os._exit(9)

HttpFiles.put = counted
sys.exit(main())
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_copy_of_a_journal_adds_no_rows_wherever_the_first_sender_died(
    server: Server, tmp_path: Path, when: str
) -> None:
    script = written(tmp_path, "table.py", TABLE)
    run_id = ran(script, uri_of(server), CUVEE_MODE="offline")[0]
    first, second = tmp_path / "journal", tmp_path / "second"
    shutil.copytree(first, second)
    sync = ["sync", str(first), "--tracking-uri", uri_of(server)]
    for fatal in (1, 2, 3):  # a note and a table for each
        command = [sys.executable, "-c", PUTS, str(fatal), when, *sync]
        assert subprocess.run(command, check=False, timeout=60).returncode == 9
    midway = tmp_path / "midway"
    shutil.copytree(first, midway)
    for journal in (second, first, midway):
        assert "0 refused" in synced(journal, server)
    assert [row[0] for row in rows(server, run_id)["data"]] == [1, 2] * 3
    root = server.get("runs/get", run_id=run_id)["run"]["info"]["artifact_uri"]

    import pandas as pd

    (tmp_path / "found.parquet").write_bytes(file(server, root, "rows.parquet"))
    assert len(pd.read_parquet(tmp_path / "found.parquet")) == 2


def test_copies_of_two_programs_journals_come_in_any_order(server: Server, tmp_path: Path) -> None:
    script = written(tmp_path, "table.py", TABLE)
    run_id = ran(script, uri_of(server))[0]
    until(lambda: shipped(tmp_path))
    journals = []
    for name in ("one", "two"):
        folder = tmp_path / name
        ran(script, uri_of(server), run_id, CUVEE_MODE="offline", CUVEE_JOURNAL_DIR=str(folder))
        shutil.copytree(folder, tmp_path / f"{name}-copy")
        journals += [folder, tmp_path / f"{name}-copy"]
    for journal in (journals[0], journals[2], journals[3], journals[1]):
        assert "0 refused" in synced(journal, server)
    assert [row[0] for row in rows(server, run_id)["data"]] == [1, 2] * 9
