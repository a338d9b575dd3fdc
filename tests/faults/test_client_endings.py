"""A run tells how its program has ended, what it has printed, and what it ran in."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from faults.test_client_outages import senders, uri_of
from faults.test_crash import Server

BEGIN = """
    import ctypes, os, subprocess, sys, time
    import cuvee
    cuvee.set_tracking_uri(sys.argv[1])
    run = cuvee.start_run()
    print("from python")
    sys.stdout.flush()
    libc = ctypes.CDLL(None)
    libc.puts(b"from C")
    libc.fflush(None)
    subprocess.run(["echo", "from a child"])
    os.write(2, b"to standard error\\n")
"""

FULL_STACKS = """def endless(): return sum(endless() for _ in "x")
    def deep(spare): return deep(spare - 1) if spare else endless()
    for spare in range(40):
        try: deep(spare)
        except RecursionError: pass"""

IN_A_THREAD = """import threading
    thread = threading.Thread(target=sys.exit, args=(5,))
    thread.start(); thread.join()"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for all of these programs."""
    folder = tmp_path_factory.mktemp("server")
    found = Server(folder, f"sqlite:///{folder}/cuvee.db", 1)
    yield found
    found.kill()


def program(server: Server, folder: Path, code: str, **variables: str) -> list[Any]:
    """Return the words and the options by which a program is started."""
    script = folder / "train.py"
    script.write_text(textwrap.dedent(code), encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CUVEE_")}
    environment |= {"CUVEE_JOURNAL_DIR": str(folder / "journal"), **variables}
    return [[sys.executable, str(script), uri_of(server)], {"cwd": folder, "env": environment}]


def finished(server: Server, folder: Path, out: bytes) -> dict[str, Any]:
    """Wait until nothing of a program is left to send; return its run, by the link it printed."""
    end = time.monotonic() + 60
    while (list((folder / "journal").glob("*")) or senders(folder)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not list((folder / "journal").glob("*"))
    [run_id] = {w.rpartition("/")[2] for w in out.decode().split() if "/runs/" in w}
    run: dict[str, Any] = server.get("runs/get", run_id=run_id)["run"]
    run["tags"] = {t["key"]: t["value"] for t in run["data"]["tags"]}
    return run


def artifact(server: Server, run: dict[str, Any], name: str) -> bytes:
    """Return a file of a run."""
    root = run["info"]["artifact_uri"].partition(":")[2].lstrip("/")
    status, body = server.call("GET", f"/api/2.0/mlflow-artifacts/artifacts/{root}/cuvee/{name}")
    assert status == 200, body
    return body


@pytest.mark.parametrize(
    ("ending", "status", "code", "said"),
    [
        ("", "FINISHED", 0, ""),
        ("1 / 0", "FAILED", 1, "ZeroDivisionError"),
        ("sys.exit(3)", "FAILED", 3, ""),
        ("raise SystemExit(3)", "FAILED", 3, ""),
        ("raise SystemExit('no grapes left')", "FAILED", 1, "no grapes left"),
        ("sys.exit('no grapes left')", "FAILED", 1, "no grapes left"),
        ("raise SystemExit(None)", "FINISHED", 0, ""),
        ("try: sys.exit(4)\n    except SystemExit: pass", "FINISHED", 0, ""),
        ("try: raise SystemExit(4)\n    finally: time.sleep(0)", "FAILED", 4, ""),
        (IN_A_THREAD, "FINISHED", 0, ""),
        (FULL_STACKS, "FINISHED", 0, ""),
        ("raise KeyboardInterrupt", "KILLED", 130, "KeyboardInterrupt"),
        ("os.kill(os.getpid(), 15); time.sleep(9)", "KILLED", 143, ""),
    ],
)
def test_a_run_knows_how_its_program_ended_and_what_it_printed(
    server: Server, tmp_path: Path, ending: str, status: str, code: int, said: str
) -> None:
    words, options = program(server, tmp_path, BEGIN + f"    {ending}\n")
    done = subprocess.run(words, capture_output=True, check=False, timeout=60, **options)

    assert done.returncode in (code, code - 128 - 2 * (code - 128))  # -15 for 143
    assert done.stdout.splitlines() == [b"from python", b"from C", b"from a child"]
    assert b"to standard error" in done.stderr
    run = finished(server, tmp_path, done.stderr)
    assert run["info"]["status"] == status
    assert run["tags"]["cuvee.exit_code"] == str(code)
    assert said in run["tags"].get("cuvee.exception", "")
    assert ("cuvee.exception" in run["tags"]) == bool(said)
    kept = artifact(server, run, "output.log")
    for line in (b"from python", b"from C", b"from a child", b"to standard error", said.encode()):
        assert line in kept


def test_a_block_that_raises_is_kept_though_the_program_goes_on(
    server: Server, tmp_path: Path
) -> None:
    code = """
        import sys
        import cuvee
        cuvee.set_tracking_uri(sys.argv[1])
        try:
            with cuvee.start_run():
                raise ValueError("no grapes")
        except ValueError:
            pass
    """
    words, options = program(server, tmp_path, code)
    done = subprocess.run(words, capture_output=True, check=True, timeout=60, **options)
    run = finished(server, tmp_path, done.stderr)
    assert run["info"]["status"] == "FAILED"
    assert run["tags"]["cuvee.exception"].endswith("ValueError: no grapes\n")


@pytest.mark.parametrize(
    ("ending", "status", "code", "said"),
    [
        ("raise SystemExit(3)", "FAILED", "3", ""),
        ("sys.exit('no grapes')", "FAILED", "1", "SystemExit: no grapes"),
        ("sys.exit()", "FINISHED", "0", ""),
        ("raise SystemExit(0)", "FINISHED", "0", ""),
    ],
)
def test_a_block_that_ends_the_program_has_its_exit_code(
    server: Server, tmp_path: Path, ending: str, status: str, code: str, said: str
) -> None:
    text = f"""
        import sys
        import cuvee
        cuvee.set_tracking_uri(sys.argv[1])
        with cuvee.start_run():
            {ending}
    """
    words, options = program(server, tmp_path, text)
    done = subprocess.run(words, capture_output=True, check=False, timeout=60, **options)
    assert done.returncode == int(code)
    run = finished(server, tmp_path, done.stderr)
    assert run["info"]["status"] == status
    assert run["tags"]["cuvee.exit_code"] == code
    assert said in run["tags"].get("cuvee.exception", "")
    assert ("cuvee.exception" in run["tags"]) == bool(said)


def test_a_run_knows_what_it_ran_in(server: Server, tmp_path: Path) -> None:
    words, options = program(server, tmp_path, BEGIN)

    def git(*asked: str) -> str:
        command = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b", *asked]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    (tmp_path / "notes.txt").write_text("first\n", encoding="utf-8")
    git("init", "-q")
    git("add", "notes.txt", "train.py")
    git("commit", "-qm", "x")
    (tmp_path / "notes.txt").write_text("second\n", encoding="utf-8")
    done = subprocess.run(
        [*words, "--lr=1"], capture_output=True, check=True, timeout=60, **options
    )
    run = finished(server, tmp_path, done.stderr)

    assert run["tags"]["mlflow.source.git.commit"] == git("rev-parse", "HEAD")
    assert run["tags"]["cuvee.git.dirty"] == "true"
    assert run["tags"]["cuvee.command"].endswith("--lr=1")
    assert run["tags"]["cuvee.host"] == os.uname().nodename
    assert b"-first\n+second\n" in artifact(server, run, "diff.patch")
    found = json.loads(artifact(server, run, "environment.json"))
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert found["cpus"] == os.cpu_count()
    assert "msgspec" in found["packages"]
    assert b"msgspec==" in artifact(server, run, "requirements.lock")


def test_a_terminal_stays_one_and_all_that_is_printed_reaches_it(
    server: Server, tmp_path: Path
) -> None:
    code = BEGIN + '    print("terminal", sys.stdout.isatty(), os.get_terminal_size(1).columns)\n'
    words, options = program(server, tmp_path, code)
    main, side = pty.openpty()
    with subprocess.Popen(words, stdin=side, stdout=side, stderr=side, **options) as process:
        os.close(side)
        out = b""
        while True:
            try:
                data = os.read(main, 4096)
            except OSError:  # how a terminal ends
                break
            if not data:
                break
            out += data
        process.wait(30)
    os.close(main)
    lines = out.replace(b"\r\n", b"\n").splitlines()
    order = [lines.index(x) for x in (b"from python", b"from C", b"from a child")]
    assert order == sorted(order)
    assert any(line.startswith(b"terminal True") for line in lines)
    run = finished(server, tmp_path, out)
    assert b"terminal True" in artifact(server, run, "output.log")


def test_output_survives_the_death_of_the_process_that_passes_it_on(
    server: Server, tmp_path: Path
) -> None:
    """It dies with nothing in its hands: all that is printed after that is there, in order.

    Not in order, but whole, are the lines after the last death, when the program prints by itself.
    """
    code = """
        import sys, time
        import cuvee
        cuvee.set_tracking_uri(sys.argv[1])
        cuvee.start_run()
        for part in range(4):
            print("ready", flush=True)
            input()
            for number in range(part * 1000, part * 1000 + 1000):
                print(f"{number} {'x' * 1000}", flush=True)
                time.sleep(0.002)
    """
    words, options = program(server, tmp_path, code)
    pipe, seen, numbers = subprocess.PIPE, set[int](), []
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, **options) as process:
        assert process.stdin
        assert process.stdout
        for line in process.stdout:
            if line != b"ready\n":
                number, _, rest = line.partition(b" ")
                assert rest == b"x" * 1000 + b"\n"
                numbers.append(int(number))
                continue
            if len(seen) < 3:
                seen |= {_kill_passer(tmp_path)}
            process.stdin.write(b"\n")
            process.stdin.flush()
        assert process.stderr
        err = process.stderr.read()
    assert process.returncode == 0, err
    assert len(seen) == 3
    assert numbers[:2000] == list(range(2000))
    assert sorted(numbers) == list(range(4000))
    finished(server, tmp_path, err)


def test_what_is_printed_after_such_a_death_is_kept_too(server: Server, tmp_path: Path) -> None:
    code = """
        import sys
        import cuvee
        cuvee.set_tracking_uri(sys.argv[1])
        cuvee.start_run()
        print("before it", flush=True)
        input()
        print("after it")
    """
    words, options = program(server, tmp_path, code)
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, **options) as process:
        assert process.stdout
        assert process.stdout.readline() == b"before it\n"
        tails = (tmp_path / "journal").rglob
        while not any(b"before it" in tail.read_bytes() for tail in tails("output.tail")):
            time.sleep(0.05)  # it is written once a second
        _kill_passer(tmp_path)
        out, err = process.communicate(b"\n", timeout=60)
    assert (process.returncode, out) == (0, b"after it\n"), err
    kept = artifact(server, finished(server, tmp_path, err), "output.log")
    lines = kept.splitlines()
    assert lines[-1] == b"after it"
    assert b"before it" in lines


def _kill_passer(folder: Path) -> int:
    """Kill the process that passes a program's output on; return its id."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        for entry in Path("/proc").iterdir():
            words = _words(entry) if entry.name.isdigit() else b""
            if b"\0output\0" in words and str(folder).encode() in words:
                os.kill(int(entry.name), signal.SIGKILL)
                return int(entry.name)
        time.sleep(0.01)
    raise AssertionError("Nobody passes the output on.")


def _words(entry: Path) -> bytes:
    try:
        return (entry / "cmdline").read_bytes()
    except OSError:
        return b""


def test_nothing_is_kept_of_who_does_not_want_it(server: Server, tmp_path: Path) -> None:
    off = {"CUVEE_CAPTURE_OUTPUT": "0", "CUVEE_CAPTURE_ENVIRONMENT": "0"}
    words, options = program(server, tmp_path, BEGIN, **off)
    done = subprocess.run(words, capture_output=True, check=True, timeout=60, **options)
    run = finished(server, tmp_path, done.stderr)
    assert "cuvee.command" not in run["tags"]
    listed = server.get("artifacts/list", run_id=run["info"]["run_id"])
    assert listed.get("files", []) == []


def test_a_link_is_printed_once_and_not_at_all_when_quiet(server: Server, tmp_path: Path) -> None:
    words, options = program(server, tmp_path, BEGIN)
    done = subprocess.run(words, capture_output=True, check=True, timeout=60, **options)
    run = finished(server, tmp_path, done.stderr)
    assert done.stderr.count(f"{uri_of(server)}/runs/{run['info']['run_id']}".encode()) == 1
    words, options = program(server, tmp_path, BEGIN, CUVEE_QUIET="1")
    quiet = subprocess.run(words, capture_output=True, check=True, timeout=60, **options)
    assert quiet.stderr == b"to standard error\n"


def test_a_journal_that_has_grown_since_it_was_copied_is_synced_again(
    server: Server, tmp_path: Path
) -> None:
    code = """
        import sys
        import cuvee
        with cuvee.start_run() as run:
            for step in range(600):
                if step == 250:
                    print(run.info.run_id, flush=True)
                    sys.stdin.readline()
                cuvee.log_metric("m", step, step=step)
    """
    off = {"CUVEE_MODE": "offline", "CUVEE_CAPTURE_ENVIRONMENT": "0", "CUVEE_CAPTURE_OUTPUT": "0"}
    words, options = program(server, tmp_path, code, **off)
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, **options
    ) as process:
        assert process.stdout
        run_id = process.stdout.readline().decode().strip()
        shutil.copytree(tmp_path / "journal", tmp_path / "copy")
        process.communicate(b"\n", timeout=60)

    for folder, count in (("copy", 250), ("journal", 600)):
        command = [sys.executable, "-m", "cuvee", "sync", str(tmp_path / folder)]
        command += ["--tracking-uri", uri_of(server)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, "0 refused" in done.stdout) == (0, True), done.stdout
        history = server.get("metrics/get-history", run_id=run_id, metric_key="m")["metrics"]
        assert sorted(float(m["value"]) for m in history) == [float(i) for i in range(count)]
    run = server.get("runs/get", run_id=run_id)["run"]
    assert run["info"]["status"] == "FINISHED"


def test_a_journal_without_a_server_is_synced_elsewhere_with_its_files(
    server: Server, tmp_path: Path
) -> None:
    code = """
        import sys
        import cuvee
        cuvee.set_experiment("air/gap")
        with cuvee.start_run(run_name="far away") as run:
            cuvee.log_param("a", 1)
            for step in range(1500):
                cuvee.log_metric("m", step, step=step)
            cuvee.log_text("hello", "note.txt")
        print(run.info.run_id)
    """
    words, options = program(server, tmp_path, code, CUVEE_MODE="offline")
    done = subprocess.run(words[:-1], capture_output=True, check=True, timeout=60, **options)
    run_id = done.stdout.decode().strip()
    end = time.monotonic() + 30
    while list(tmp_path.glob("journal/*/*.hold")) and time.monotonic() < end:
        time.sleep(0.05)
    moved = (tmp_path / "journal").rename(tmp_path / "stick")

    def sync(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cuvee", "sync", str(moved), *more]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert sync().returncode == 1  # it was written for no server
    for more in (("--keep",), ()):
        assert sync("--tracking-uri", uri_of(server), *more).returncode == 0
    run = server.get("runs/get", run_id=run_id)["run"]
    assert (run["info"]["status"], run["info"]["run_name"]) == ("FINISHED", "far away")
    assert run["data"]["params"] == [{"key": "a", "value": "1"}]
    experiment = server.get("experiments/get", experiment_id=run["info"]["experiment_id"])
    assert experiment["experiment"]["name"] == "air/gap"
    history = server.get("metrics/get-history", run_id=run_id, metric_key="m")["metrics"]
    assert len(history) == 1500
    paths = {f["path"] for f in server.get("artifacts/list", run_id=run_id)["files"]}
    assert paths == {"note.txt", "cuvee"}
    assert b"msgspec==" in artifact(server, run, "requirements.lock")
