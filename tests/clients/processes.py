"""The processes of these tests: the server, and one process per client that runs flows."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

from clients.environments import ENVIRONMENTS, python_of

TESTS = Path(__file__).resolve().parents[1]

QUIET = {
    "CUVEE_CAPTURE_ENVIRONMENT": "0",
    "DO_NOT_TRACK": "true",
    "GIT_PYTHON_REFRESH": "quiet",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "PYTHONWARNINGS": "ignore",
    "TQDM_DISABLE": "1",
}


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def surroundings(module: str, extra: dict[str, str]) -> dict[str, str]:
    """Return the environment variables of a client: nothing of ours but what is needed."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "CUVEE_", "PYTHON"))
    }
    # Flows are found below `tests`; only the client that is Cuvee may find Cuvee's own source.
    paths = [str(TESTS)]
    if module == "cuvee" and "PYTHONPATH" in os.environ:
        paths.append(os.environ["PYTHONPATH"])
    return {**kept, **QUIET, "PYTHONPATH": os.pathsep.join(paths), **extra}


class FlowFailed(Exception):
    """A flow raised in the client's process; the message is its traceback."""


class Client:
    """A process in which one client is imported, and which runs flows on demand.

    Args:
        name: a key of `ENVIRONMENTS`.
        uri: the server's address.
        folder: where the process works and writes its log.
        extra: environment variables of this client alone.
    """

    def __init__(
        self, name: str, uri: str, folder: Path, extra: dict[str, str] | None = None
    ) -> None:
        module = ENVIRONMENTS[name].module
        self.name, self.log = name, folder / "client.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [python_of(name), "-m", "clients.driver", module, uri],
                cwd=folder,
                env=surroundings(
                    module, {"CUVEE_JOURNAL_DIR": str(folder / "journal"), **(extra or {})}
                ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
            )
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put("")

    def run(self, flow: str, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
        """Run a flow and return its facts.

        Raises:
            FlowFailed: it raised, took longer than two minutes, or ended the process.
        """
        assert self.process.stdin is not None
        request = {"flow": flow, "prefix": prefix, "options": options}
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            line = self.lines.get(timeout=120)
        except (BrokenPipeError, queue.Empty):
            line = ""
        if not line:
            self.close()
            said = self.log.read_text(encoding="utf-8", errors="replace")[-3000:]
            raise FlowFailed(f"{self.name} gave no answer to {flow!r} within 120 s:\n{said}")
        answer = json.loads(line)
        if "error" in answer:
            raise FlowFailed(f"{self.name} in {flow!r}:\n{answer['error']}")
        facts: dict[str, Any] = answer["facts"]
        return facts

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait(timeout=10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


class Server:
    """A Cuvee server in a process of its own.

    Args:
        folder: where artifacts, the log and, with no other store, the database lie.
        store: URI of the backend store; SQLite in `folder` if it is not given.
        options: further options of the command.
    """

    def __init__(self, folder: Path, store: str = "", *options: str) -> None:
        port = free_port()
        self.uri, self.log = f"http://127.0.0.1:{port}", folder / "server.log"
        store = store or f"sqlite:///{folder / 'cuvee.db'}"
        command = [sys.executable, "-m", "cuvee", "server", "--host", "127.0.0.1"]
        command += ["--port", str(port), "--backend-store-uri", store]
        command += ["--artifacts-destination", str(folder / "artifacts")]
        command += ["--allow-webhook-host", "127.0.0.1", *options]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=folder, stdout=log, stderr=subprocess.STDOUT
            )

    def wait(self) -> None:
        """Return when the server answers.

        Raises:
            RuntimeError: it ended, or does not answer within 30 seconds.
        """
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            if self.answers():
                return
            time.sleep(0.05)
        self.close()
        said = self.log.read_text(encoding="utf-8", errors="replace")[-3000:]
        raise RuntimeError(f"The server did not become ready:\n{said}")

    def answers(self) -> bool:
        """Say whether the server is ready."""
        try:
            with urllib.request.urlopen(self.uri + "/health", timeout=5):  # noqa: S310
                return True
        except OSError:
            return False

    def close(self) -> None:
        """Ask the server to stop, and end it if it does not within 10 seconds."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=10)
