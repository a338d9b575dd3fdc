"""Models, tables and figures are kept while the server is away, and reach it when it is back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from faults.test_client_outages import points, shipped, until, uri_of
from faults.test_crash import Server

SQLITE = pytest.mark.parametrize("server", ["sqlite"], indirect=True)
LOG = """
    import sys, time
    import cuvee
    from sklearn.linear_model import LinearRegression

    class Figure:
        def savefig(self, target, **options):
            target.write_bytes(b"drawn")

    uri, how = sys.argv[1:3]
    cuvee.set_tracking_uri(uri)
    cuvee.set_experiment("team/away")
    begin = time.perf_counter()
    with cuvee.start_run(run_id=sys.argv[3] if len(sys.argv) > 3 else None) as run:
        print(run.info.run_id, flush=True)
        cuvee.log_param("depth", 3)
        cuvee.log_metric("rmse", 0.5, step=4)
        cuvee.log_metric("other", 9.0, step=3)
        cuvee.log_table({"x": [1, 2], "note": ["a", None]}, "rows.json")
        cuvee.log_table({"x": [3], "more": [0.25]}, "rows.json")
        cuvee.log_figure(Figure(), "plots/a.png")
        model = LinearRegression().fit([[0], [1], [2]], [1, 3, 5])
        info = cuvee.sklearn.log_model(
            model, name="line", step=4, params={"p": 1}, registered_model_name="lines"
        )
        print(info.model_id, info.registered_model_version, flush=True)
        mine = cuvee.initialize_logged_model("second", params={str(i): i for i in range(150)})
        cuvee.MlflowClient().log_model_artifact(mine.model_id, __file__, "code")
        cuvee.set_logged_model_tags(mine.model_id, {"kind": "extra"})
        cuvee.finalize_logged_model(mine.model_id, "READY")
        print(mine.model_id, flush=True)
    print(time.perf_counter() - begin, flush=True)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A training that logs a table twice, a figure and two models."""
    found = tmp_path / "train.py"
    found.write_text(textwrap.dedent(LOG), encoding="utf-8")
    return found


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CUVEE_")}
    off = {"CUVEE_QUIET": "1", "CUVEE_CAPTURE_ENVIRONMENT": "0"}
    return {**kept, **off, "CUVEE_JOURNAL_DIR": str(folder / "journal"), **more}


def ran(script: Path, *words: str, **more: str) -> list[str]:
    """Run a script to its end and return what it has printed."""
    done = subprocess.run(
        [sys.executable, str(script), *words],
        cwd=script.parent,
        env=environment(script.parent, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")


def synced(folder: Path, server: Server) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cuvee", "sync", str(folder), "--tracking-uri", uri_of(server)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def file(server: Server, uri: str, path: str) -> bytes:
    """Return a stored file."""
    where = uri.removeprefix("mlflow-artifacts:")
    status, body = server.call("GET", f"/api/2.0/mlflow-artifacts/artifacts{where}/{path}")
    assert status == 200, body
    return body


def check_all(server: Server, run_id: str, model_id: str, second: str) -> None:
    """Look for everything that the script has logged."""
    run = server.get("runs/get", run_id=run_id)["run"]
    root = run["info"]["artifact_uri"]
    assert run["info"]["status"] == "FINISHED"
    tags = {t["key"]: t["value"] for t in run["data"]["tags"]}
    assert tags["mlflow.loggedArtifacts"] == '[{"path": "rows.json", "type": "table"}]'
    assert file(server, root, "plots/a.png") == b"drawn"
    assert [m["model_id"] for m in run["outputs"]["model_outputs"]] == [model_id]

    model = server.get(f"logged-models/{model_id}")["model"]
    info = model["info"]
    assert info["status"] == "LOGGED_MODEL_READY"
    assert info["experiment_id"] == run["info"]["experiment_id"]
    assert {p["key"]: p["value"] for p in model["data"]["params"]} == {"depth": "3", "p": "1"}
    assert [(m["key"], m["value"], m["step"]) for m in model["data"]["metrics"]] == [
        ("rmse", 0.5, 4)
    ]
    text = file(server, info["artifact_uri"], "MLmodel").decode()
    assert f'artifact_path: "{info["artifact_uri"]}"' in text
    assert f"model_id: {model_id}" in text
    version = server.get("model-versions/get", name="lines", version="1")["model_version"]
    assert (version["model_id"], version["status"]) == (model_id, "READY")
    assert version["source"] == f"models:/{model_id}"

    model = server.get(f"logged-models/{second}")["model"]
    assert model["info"]["status"] == "LOGGED_MODEL_READY"
    assert model["info"]["source_run_id"] == run_id
    assert len(model["data"]["params"]) == 150
    assert {"key": "kind", "value": "extra"} in model["info"]["tags"]
    assert b"LinearRegression" in file(server, model["info"]["artifact_uri"], "code/train.py")


def rows(server: Server, run_id: str) -> Any:
    root = server.get("runs/get", run_id=run_id)["run"]["info"]["artifact_uri"]
    return json.loads(file(server, root, "rows.json"))


ROWS = [[1, "a", None], [2, None, None], [3, None, 0.25]]


@SQLITE
def test_a_training_logs_models_and_tables_while_the_server_is_away(
    server: Server, script: Path, tmp_path: Path
) -> None:
    server.kill()
    run_id, model, second, seconds, _ = ran(script, uri_of(server), "online")
    model_id, version = model.split()
    assert version == "None"
    assert float(seconds) < 30
    server.start()

    until(lambda: shipped(tmp_path))
    check_all(server, run_id, model_id, second)
    assert rows(server, run_id) == {"columns": ["x", "note", "more"], "data": ROWS}


@SQLITE
def test_offline_models_and_tables_are_sent_from_another_folder(
    server: Server, script: Path, tmp_path: Path
) -> None:
    server.kill()
    out = ran(script, uri_of(server), "offline", CUVEE_MODE="offline")
    run_id, model, second, *_ = out
    assert "cuvee sync" not in "".join(out)
    elsewhere = tmp_path / "stick" / "journal"
    elsewhere.parent.mkdir()
    shutil.move(tmp_path / "journal", elsewhere)
    server.start()

    copy = tmp_path / "copy"
    shutil.copytree(elsewhere, copy)
    assert "0 refused" in synced(elsewhere, server)
    check_all(server, run_id, model.split()[0], second)
    assert rows(server, run_id)["data"] == ROWS

    synced(copy, server)  # again, from a copy
    check_all(server, run_id, model.split()[0], second)
    assert points(server, run_id, "other") == [9.0]
    assert rows(server, run_id)["data"] == ROWS


@SQLITE
def test_rows_that_are_logged_offline_come_below_those_that_the_server_has(
    server: Server, script: Path, tmp_path: Path
) -> None:
    run_id, model, *_ = ran(script, uri_of(server), "online")
    assert model.split()[1] == "1"
    until(lambda: shipped(tmp_path))
    assert rows(server, run_id)["data"] == ROWS

    server.kill()
    table = tmp_path / "table.py"
    table.write_text(
        "import sys, cuvee\n"
        "cuvee.set_tracking_uri(sys.argv[1])\n"
        "with cuvee.start_run(run_id=sys.argv[2]):\n"
        "    cuvee.log_table({'x': [4]}, 'rows.json')\n"
        "    cuvee.log_table({'y': [5]}, 'others.json')\n",
        encoding="utf-8",
    )
    ran(table, uri_of(server), run_id, CUVEE_MODE="offline")
    server.start()
    assert "0 refused" in synced(tmp_path / "journal", server)

    assert rows(server, run_id)["data"] == [*ROWS, [4, None, None]]
    tags = {
        t["key"]: t["value"] for t in server.get("runs/get", run_id=run_id)["run"]["data"]["tags"]
    }
    assert tags["mlflow.loggedArtifacts"].count("path") == 2


# What is saved by hand, with the name of its second file; it waits until it is told to go on.
SAVED = """
    import sys
    import cuvee
    from cuvee.client.models import log_saved_model

    def save(path, context):
        (path / "MLmodel").write_text(f"artifact_path: {context.artifact_uri}\\n")
        (path / sys.argv[2]).write_bytes(b"1234")
        print("saving", flush=True)
        sys.stdin.readline()

    cuvee.set_tracking_uri(sys.argv[1])
    with cuvee.start_run() as run:
        found = log_saved_model(save, name="m", registered_model_name="saved")
    print(found.model_id, found.logged_model.status, found.registered_model_version, flush=True)
"""


@SQLITE
def test_a_server_that_dies_while_a_model_is_logged_is_not_noticed(
    server: Server, tmp_path: Path
) -> None:
    script = tmp_path / "saved.py"
    script.write_text(textwrap.dedent(SAVED), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), uri_of(server), "weights"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment(tmp_path, CUVEE_HTTP_REQUEST_MAX_RETRIES="1"),
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "saving\n"
        server.kill()
        out, err = process.communicate("\n", timeout=60)
    assert process.returncode == 0, err
    server.start()

    until(lambda: shipped(tmp_path))
    model_id = out.split()[0]
    info = server.get(f"logged-models/{model_id}")["model"]["info"]
    assert info["status"] == "LOGGED_MODEL_READY"
    assert file(server, info["artifact_uri"], "weights") == b"1234"
    version = server.get("model-versions/get", name="saved", version="1")["model_version"]
    assert version["model_id"] == model_id


def test_disabled_logs_no_model_and_asks_nobody(script: Path, tmp_path: Path) -> None:
    out = ran(script, "http://127.0.0.1:9", "disabled", CUVEE_MODE="disabled")
    assert out[1].startswith("m-")
    assert not (tmp_path / "journal").exists()


KILLED = """
import os, pathlib, sys
from cuvee.cli.main import main
from cuvee.client.line import Line

seen = pathlib.Path(sys.argv.pop(1))
acknowledge = Line.acknowledge

def die_once(line, items, rejected):
    for item in items:
        text = f"{line.id}-{item.seq}\\n"
        if item.kind == b"A" and text not in (seen.read_text() if seen.exists() else ""):
            seen.open("a").write(text)
            os._exit(9)
    acknowledge(line, items, rejected)

Line.acknowledge = die_once
sys.exit(main())
"""


@SQLITE
def test_a_sender_that_dies_after_each_upload_sends_it_again(
    server: Server, script: Path, tmp_path: Path
) -> None:
    run_id, model, second, *_ = ran(script, uri_of(server), "offline", CUVEE_MODE="offline")
    sync = ["sync", str(tmp_path / "journal"), "--tracking-uri", uri_of(server)]
    command = [sys.executable, "-c", KILLED, str(tmp_path / "seen"), *sync]
    codes = [9]
    while codes[-1] == 9:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        codes.append(done.returncode)
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 refused" in done.stdout
    assert len(codes) > 8  # two tables, a figure, a model's files and another's
    check_all(server, run_id, model.split()[0], second)
    assert rows(server, run_id)["data"] == ROWS
