"""Calls that only write to the journal wait for no server, whether it is dead or silent."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from faults.test_client_models_away import environment
from faults.test_client_outages import shipped, until, uri_of
from faults.test_crash import Server

pytestmark = pytest.mark.parametrize("server", ["sqlite"], indirect=True)

MOST = 0.05
"""Seconds that a call may take."""
ONCE = 6.0
"""Seconds that all calls together may wait for a server that has just become silent."""

TIMED = """
    import json, pathlib, sys, time
    import cuvee
    from cuvee.client.models import log_saved_model

    cuvee.set_tracking_uri(sys.argv[1])
    client = cuvee.MlflowClient()
    times = {}

    def timed(what, call, *args, **kwargs):
        begin = time.perf_counter()
        found = call(*args, **kwargs)
        times.setdefault(what, []).append(time.perf_counter() - begin)
        return found

    def save(path, context):
        (path / "MLmodel").write_text(f"artifact_path: {context.artifact_uri}\\n")
        (path / "weights").write_bytes(b"1234")
        if "log_model" not in times:
            print("saving", flush=True)
            sys.stdin.readline()
            global begin
            begin = time.perf_counter()

    run = cuvee.start_run()
    cuvee.log_metric("before", 1.0)
    log_saved_model(save, name="first", registered_model_name="all")
    times["log_model"] = []
    first = time.perf_counter() - begin
    for number in range(5):
        timed("log_metric", cuvee.log_metric, "m", 1.0, step=number)
        timed("log_params", cuvee.log_params, {f"p{number}": 1})
        timed("set_tag", cuvee.set_tag, "t", number)
        timed("log_text", cuvee.log_text, "text", f"{number}.txt")
        timed("log_dict", cuvee.log_dict, {"a": 1}, f"{number}.json")
        timed("log_artifact", cuvee.log_artifact, __file__, str(number))
        timed("log_model", log_saved_model, save, name="m", registered_model_name="all")
        model = timed("initialize_logged_model", cuvee.initialize_logged_model, "own")
        timed("log_model_artifact", client.log_model_artifact, model.model_id, __file__)
        timed("set_logged_model_tags", cuvee.set_logged_model_tags, model.model_id, {"a": "b"})
        timed("finalize", client.finalize_logged_model, model.model_id, "READY")
        with timed("start_run", cuvee.start_run, nested=True):
            timed("end_run", cuvee.end_run)
    timed("end_run", cuvee.end_run)
    print(json.dumps([run.info.run_id, first, {k: min(v) for k, v in times.items()}]), flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_no_call_waits_for_a_server_that_dies_or_falls_silent_while_a_model_is_logged(
    server: Server, tmp_path: Path, number: signal.Signals
) -> None:
    script = tmp_path / "timed.py"
    script.write_text(textwrap.dedent(TIMED), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), uri_of(server)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "saving\n"
        if number == signal.SIGKILL:
            server.kill()
        else:
            server.process.send_signal(number)
        out, err = process.communicate("\n", timeout=120)
        if number == signal.SIGKILL:
            server.start()
        else:
            server.process.send_signal(signal.SIGCONT)
    assert process.returncode == 0, err
    run_id, first, least = json.loads(out)
    assert first < (1.0 if number == signal.SIGKILL else ONCE)
    assert {name: taken for name, taken in least.items() if taken > MOST} == {}

    until(lambda: shipped(tmp_path), 60.0)
    asked = json.dumps({"filter": f"source_run_id = '{run_id}'", "experiment_ids": ["0"]}).encode()
    status, found = server.call("POST", "/api/2.0/mlflow/logged-models/search", asked)
    assert status == 200, found
    models = json.loads(found)["models"]
    assert len(models) == 11
    assert {m["info"]["status"] for m in models} == {"LOGGED_MODEL_READY"}
    for version in range(1, 7):
        assert server.get("model-versions/get", name="all", version=str(version))["model_version"]
    missing = server.call("GET", "/api/2.0/mlflow/model-versions/get?name=all&version=7")
    assert missing[0] == 404
