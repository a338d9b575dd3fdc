"""A training goes on, and loses nothing, whatever happens to the server, the sender or itself."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from faults.test_crash import Server

pytestmark = pytest.mark.parametrize("server", ["sqlite"], indirect=True)

TRAIN = """
    import os, sys, time
    import cuvee
    uri, steps, pause = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    cuvee.set_tracking_uri(uri)
    run = cuvee.start_run(run_id=sys.argv[4] if len(sys.argv) > 4 else None)
    print(run.info.run_id, flush=True)
    longest = 0.0
    for step in range(steps):
        begin = time.perf_counter()
        cuvee.log_metric(f"loss{os.getpid()}", float(step), step=step)
        longest = max(longest, time.perf_counter() - begin)
        os.write(1, b".")
        time.sleep(pause)
    cuvee.log_param(f"last{os.getpid()}", steps)
    cuvee.end_run()
    print(f"\\n{longest}", flush=True)
"""


class Training:
    """A script that logs a metric of its own at each step, and prints a dot after each call."""

    def __init__(self, uri: str, folder: Path, steps: int, pause: float, run: str = "") -> None:
        code = textwrap.dedent(TRAIN)
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, uri, str(steps), str(pause), *([run] if run else [])],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=_environment(folder),
            bufsize=0,
        )
        assert self.process.stdout
        self.run_id = self.process.stdout.readline().decode().strip()
        self.key = f"loss{self.process.pid}"

    def end(self) -> tuple[int, float, str]:
        """Wait for it; return how many calls returned, the longest, and what it complained of."""
        out, err = self.process.communicate(timeout=60)
        dots, _, longest = out.partition(b"\n")
        return dots.count(b"."), float(longest or 0), err.decode()


def uri_of(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def points(server: Server, run: str, key: str) -> list[float]:
    found = server.get("metrics/get-history", run_id=run, metric_key=key).get("metrics", [])
    return [float(m["value"]) for m in found]


def until(what: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Return what a function returns once it is true."""
    end = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < end:
        time.sleep(0.05)
    assert found, "not in time"
    return found


def senders(folder: Path) -> list[int]:
    """Return the processes that ship the journals of a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"\0sender\0" in words and str(folder).encode() in words:
                found.append(int(entry.name))
    return found


def shipped(folder: Path) -> bool:
    """Say whether nothing is left of the journals, and no process that ships them."""
    return not list((folder / "journal").glob("*")) and not senders(folder)


def test_a_server_that_is_killed_and_restarted_is_not_noticed(
    server: Server, tmp_path: Path
) -> None:
    training = Training(uri_of(server), tmp_path, 300, 0.01)
    time.sleep(1.0)
    server.kill()
    returned, longest, complaints = training.end()
    server.start()

    assert training.process.returncode == 0, complaints
    assert returned == 300
    assert longest < 1.0  # no call waits for the server; how long one takes is measured elsewhere
    run = training.run_id
    until(lambda: server.get("runs/get", run_id=run)["run"]["info"]["status"] == "FINISHED")
    assert sorted(points(server, run, training.key)) == [float(i) for i in range(300)]
    until(lambda: shipped(tmp_path))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_script_that_is_killed_has_lost_nothing(
    server: Server, tmp_path: Path, number: signal.Signals
) -> None:
    training = Training(uri_of(server), tmp_path, 100_000, 0.001)
    time.sleep(1.0)
    training.process.send_signal(number)
    returned, _, _ = training.end()

    assert returned > 10
    until(lambda: shipped(tmp_path))
    have = points(server, training.run_id, training.key)
    assert len(have) in (returned, returned + 1)
    assert sorted(have) == [float(i) for i in range(len(have))]
    run = server.get("runs/get", run_id=training.run_id)["run"]
    if number in (signal.SIGINT, signal.SIGTERM):
        assert run["info"]["status"] == "KILLED"
    elif run["info"]["status"] == "RUNNING":  # lost when its last lease, of a second, is over
        _, body = server.call("GET", f"/api/1.0/cuvee/runs/lease?run_id={training.run_id}")
        lease = json.loads(body)["lease"]
        assert int(lease["expires"]) - int(lease["last_seen"]) == 1000
    else:  # it died before its first sign of life
        assert run["info"]["status"] == "FAILED"
        assert {"key": "cuvee.lost", "value": "true"} in run["data"]["tags"]


def test_a_sender_that_is_killed_is_replaced_and_doubles_nothing(
    server: Server, tmp_path: Path
) -> None:
    training = Training(uri_of(server), tmp_path, 400, 0.015)
    for _ in range(2):
        [sender] = until(lambda: senders(tmp_path))
        time.sleep(0.7)
        os.kill(sender, signal.SIGKILL)
        until(lambda dead=sender: dead not in senders(tmp_path))  # type: ignore[misc]
    returned, _, complaints = training.end()

    assert (returned, training.process.returncode) == (400, 0), complaints
    until(lambda: shipped(tmp_path))
    have = points(server, training.run_id, training.key)
    assert sorted(have) == [float(i) for i in range(400)]
    assert server.get("runs/get", run_id=training.run_id)["run"]["info"]["status"] == "FINISHED"


def test_what_script_and_sender_leave_behind_is_synced_by_hand(
    server: Server, tmp_path: Path
) -> None:
    training = Training(uri_of(server), tmp_path, 100_000, 0.001)
    until(lambda: senders(tmp_path))
    server.kill()
    time.sleep(0.5)
    for pid in (training.process.pid, *senders(tmp_path)):
        os.kill(pid, signal.SIGKILL)
    returned, _, _ = training.end()
    server.start()
    assert senders(tmp_path) == []

    def sync(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cuvee", "sync", str(tmp_path / "journal"), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert uri_of(server) in sync("--list").stdout.replace("\n", "")
    done = sync()
    assert done.returncode == 0, done.stderr
    have = points(server, training.run_id, training.key)
    assert len(have) in (returned, returned + 1)
    assert sorted(have) == [float(i) for i in range(len(have))]
    run = server.get("runs/get", run_id=training.run_id)["run"]
    assert run["info"]["status"] == "FAILED"
    assert {"key": "cuvee.lost", "value": "true"} in run["data"]["tags"]
    assert "no journals" in sync().stdout


def test_what_is_left_behind_goes_with_the_next_program(server: Server, tmp_path: Path) -> None:
    training = Training(uri_of(server), tmp_path, 100_000, 0.001)
    until(lambda: senders(tmp_path))
    server.kill()
    time.sleep(0.3)
    for pid in (training.process.pid, *senders(tmp_path)):
        os.kill(pid, signal.SIGKILL)
    returned, _, _ = training.end()
    server.start()
    Training(uri_of(server), tmp_path, 1, 0.0).end()

    until(lambda: shipped(tmp_path))
    have = points(server, training.run_id, training.key)
    assert len(have) in (returned, returned + 1)
    assert sorted(have) == [float(i) for i in range(len(have))]


def test_ranks_log_to_one_run(server: Server, tmp_path: Path) -> None:
    run = server.new_run()
    ranks = [Training(uri_of(server), tmp_path, 100, 0.002, run) for _ in range(3)]
    for rank in ranks:
        returned, _, complaints = rank.end()
        assert (returned, rank.process.returncode) == (100, 0), complaints
    until(lambda: shipped(tmp_path))
    for rank in ranks:
        assert sorted(points(server, run, rank.key)) == [float(i) for i in range(100)]
    params = {p["key"] for p in server.get("runs/get", run_id=run)["run"]["data"]["params"]}
    assert params == {f"last{rank.process.pid}" for rank in ranks}


WORKERS = """
    import multiprocessing, sys
    import cuvee

    def work(number, run):
        for step in range(50):
            cuvee.log_metric(f"worker{number}", step, step=step, run_id=run)

    if __name__ == "__main__":
        cuvee.set_tracking_uri(sys.argv[1])
        with cuvee.start_run() as run:
            print(run.info.run_id, flush=True)
            context = multiprocessing.get_context(sys.argv[2])
            workers = [context.Process(target=work, args=(n, run.info.run_id)) for n in range(3)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
                assert worker.exitcode == 0
            found = cuvee.MlflowClient().get_run(run.info.run_id)
            assert found.info.status == "RUNNING"
"""


@pytest.mark.parametrize("how", ["fork", "spawn", "forkserver"])
def test_workers_log_to_the_run_of_their_parent(server: Server, tmp_path: Path, how: str) -> None:
    script = tmp_path / "train.py"
    script.write_text(textwrap.dedent(WORKERS), encoding="utf-8")
    done = _ran(tmp_path, str(script), uri_of(server), how)
    assert done.returncode == 0, done.stderr
    until(lambda: shipped(tmp_path))
    for number in range(3):
        have = points(server, done.stdout.strip(), f"worker{number}")
        assert have == [float(i) for i in range(50)]


def test_what_the_server_refuses_is_set_aside_and_holds_nothing_up(
    server: Server, tmp_path: Path
) -> None:
    run = server.new_run()
    server.post("runs/log-parameter", run_id=run, key="a", value="1")
    script = tmp_path / "train.py"
    code = """
        import sys
        import cuvee
        cuvee.set_tracking_uri(sys.argv[1])
        with cuvee.start_run(run_id=sys.argv[2]):
            cuvee.MlflowClient().get_run(sys.argv[2])
            import urllib.request, json
            body = {"run_id": sys.argv[2], "key": "b", "value": "theirs"}
            asked = urllib.request.Request(
                sys.argv[1] + "/api/2.0/mlflow/runs/log-parameter",
                json.dumps(body).encode(), {"Content-Type": "application/json"},
            )
            urllib.request.urlopen(asked).close()
            cuvee.log_metric("before", 1)
            cuvee.log_params({"b": "ours", "c": "fine"})
            cuvee.log_param("d", 4)
            cuvee.log_metric("after", 2)
    """
    script.write_text(textwrap.dedent(code), encoding="utf-8")
    done = _ran(tmp_path, str(script), uri_of(server), run)
    assert done.returncode == 0, done.stderr
    until(lambda: not senders(tmp_path))

    found = server.get("runs/get", run_id=run)["run"]
    assert found["info"]["status"] == "FINISHED"
    assert {m["key"] for m in found["data"]["metrics"]} == {"before", "after"}
    params = {p["key"]: p["value"] for p in found["data"]["params"]}
    assert params == {"a": "1", "b": "theirs", "d": "4"}  # a call is kept whole or not at all
    assert "1 calls were refused" in done.stderr
    command = [sys.executable, "-m", "cuvee", "sync", str(tmp_path / "journal"), "--list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert run in listed.stdout
    assert "INVALID_PARAMETER_VALUE" in listed.stdout


def test_a_tag_is_removed_in_its_turn_and_one_that_is_missing_holds_nothing_up(
    server: Server, tmp_path: Path
) -> None:
    run = server.new_run()
    server.post("runs/set-tag", run_id=run, key="old", value="1")
    script = tmp_path / "train.py"
    code = """
        import sys
        import cuvee
        cuvee.set_tracking_uri(sys.argv[1])
        with cuvee.start_run(run_id=sys.argv[2]):
            cuvee.delete_tag("never")
            cuvee.delete_tag("old")
            cuvee.set_tag("new", "1")
            cuvee.delete_tag("new")
            cuvee.set_tag("new", "2")
            cuvee.log_metric("after", 1)
    """
    script.write_text(textwrap.dedent(code), encoding="utf-8")
    began = time.monotonic()
    done = _ran(tmp_path, str(script), uri_of(server), run)
    assert done.returncode == 0, done.stderr
    until(lambda: not senders(tmp_path))
    assert time.monotonic() - began < 20
    found = server.get("runs/get", run_id=run)["run"]["data"]
    tags = {t["key"]: t["value"] for t in found["tags"]}
    assert {key: tags.get(key) for key in ("old", "new")} == {"old": None, "new": "2"}
    assert [m["key"] for m in found["metrics"]] == ["after"]
    assert "1 calls were refused" in done.stderr


def test_a_strict_program_is_told_at_the_end_of_its_run(server: Server, tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    code = """
        import sys
        import cuvee
        cuvee.set_tracking_uri(sys.argv[1])
        run = cuvee.start_run().info.run_id
        other = cuvee.MlflowClient(sys.argv[1])
        other.log_param(run, "a", 1, synchronous=True)
        cuvee.log_param("a", 2)
        try:
            cuvee.end_run()
        except cuvee.CuveeError as problem:
            print(problem)
    """
    script.write_text(textwrap.dedent(code), encoding="utf-8")
    done = _ran(tmp_path, str(script), uri_of(server), CUVEE_STRICT="1")
    assert "1 calls were refused" in done.stdout, done.stderr


def test_a_read_says_so_when_the_server_is_away(server: Server, tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    code = """
        import sys, time
        import cuvee
        cuvee.set_tracking_uri(sys.argv[1])
        run = cuvee.start_run().info.run_id
        print(cuvee.get_run(run).info.status, flush=True)
        sys.stdin.readline()
        cuvee.log_metric("m", 1)
        try:
            cuvee.get_run(run)
        except cuvee.CuveeError as problem:
            print(type(problem).__name__, flush=True)
        sys.stdin.readline()
        print(cuvee.get_run(run).data.metrics, flush=True)
    """
    script.write_text(textwrap.dedent(code), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), uri_of(server)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd=tmp_path,
        env=_environment(tmp_path, CUVEE_HTTP_REQUEST_MAX_RETRIES="1"),
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == b"RUNNING\n"
        server.kill()
        process.stdin.write(b"\n")
        assert process.stdout.readline() == b"ConnectionFailed\n"
        server.start()
        process.stdin.write(b"\n")
        out, err = process.communicate(timeout=60)
    assert out == b"{'m': 1.0}\n"
    assert b"have not reached" in err


def _environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CUVEE_")}
    off = {"CUVEE_QUIET": "1", "CUVEE_CAPTURE_ENVIRONMENT": "0"}
    return {**kept, **off, "CUVEE_JOURNAL_DIR": str(folder / "journal"), **more}


def _ran(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a script to its end."""
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=folder,
        env=_environment(folder, **more),
    )


class Slow(BaseHTTPRequestHandler):
    """A proxy that keeps every answer back for a while, and drops every fifth."""

    protocol_version = "HTTP/1.1"
    port = 0
    count = 0

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def pass_on(self) -> None:
        """Let the server work, and answer late or never."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        link.request(self.command, self.path, body, dict(self.headers))
        answer = link.getresponse()
        content = answer.read()
        link.close()
        time.sleep(0.3)
        type(self).count += 1
        if type(self).count % 5 == 0:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(answer.status)
        for key, value in answer.getheaders():
            if key.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on  # noqa: N815  # the library's names


def test_a_slow_way_that_drops_answers_holds_nothing_up_and_doubles_nothing(
    server: Server, tmp_path: Path
) -> None:
    handler = type("Handler", (Slow,), {"port": server.port})
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True).start()
    try:
        training = Training(f"http://127.0.0.1:{proxy.server_port}", tmp_path, 500, 0.005)
        returned, longest, complaints = training.end()
        assert (returned, training.process.returncode) == (500, 0), complaints
        assert longest < 0.3
        until(lambda: shipped(tmp_path), 60)
    finally:
        proxy.shutdown()
        proxy.server_close()
    have = points(server, training.run_id, training.key)
    assert sorted(have) == [float(i) for i in range(500)]
    assert server.get("runs/get", run_id=training.run_id)["run"]["info"]["status"] == "FINISHED"
