"""Servers under test: started and stopped by their process ids, measured through ``/proc``."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from bench.load import Refused, ask, request

TICKS = os.sysconf("SC_CLK_TCK")
READY_WITHIN = 180.0
PIDS = "pids"
"""File in a launched server's directory that names further processes which belong to it."""


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/<pid>/stat after the name, or nothing if the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except (OSError, UnicodeDecodeError):
        return []


def tree(roots: list[int]) -> dict[int, str]:
    """Return the living processes below some roots, these included, with their start times."""
    children: dict[int, list[int]] = {}
    starts: dict[int, str] = {}
    for name in (path.name for path in Path("/proc").iterdir()):
        if name.isdigit() and (fields := _stat(int(name))) and fields[0] != "Z":
            children.setdefault(int(fields[1]), []).append(int(name))
            starts[int(name)] = fields[19]
    found: dict[int, str] = {}
    todo = list(roots)
    while todo:
        pid = todo.pop()
        if pid in starts and pid not in found:
            found[pid] = starts[pid]
            todo += children.get(pid, [])
    return found


def cpu_seconds(roots: list[int]) -> float:
    """Return user and system CPU seconds of process trees, their ended children's included."""
    fields = [_stat(pid) for pid in tree(roots)]
    return sum(sum(int(f) for f in stat[11:15]) for stat in fields if stat) / TICKS


def memory(roots: list[int]) -> dict[str, float]:
    """Return RSS and PSS in MB (pages shared by processes counted once in PSS) and the count."""
    totals = {"Rss": 0, "Pss": 0}
    pids = tree(roots)
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
        except OSError:
            continue
        for line in lines:
            name, _, rest = line.partition(":")
            if name in totals:
                totals[name] += int(rest.split()[0])
    return {
        "rss_mb": totals["Rss"] * 1024 / 1e6,
        "pss_mb": totals["Pss"] * 1024 / 1e6,
        "processes": len(pids),
    }


def free_port() -> int:
    """Return a port of 127.0.0.1 that is free now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Server:
    """A server: running already at a port, or launched from a command with {port} and {dir}.

    Args:
        name: its column in the table.
        port: port on 127.0.0.1 of a running server.
        command: command line of a server to start and stop here.
        directory: {dir} of the command; the server's working directory as well.
        pids: roots of further process trees whose CPU and memory count (a database server).
    """

    def __init__(
        self,
        name: str,
        *,
        port: int = 0,
        command: str = "",
        directory: Path | None = None,
        pids: list[int] | None = None,
    ) -> None:
        self.name, self.port, self.command = name, port, command
        self.directory, self.pids = directory, pids or []
        self.process: subprocess.Popen[bytes] | None = None
        self.loaded: dict[str, Any] = {}
        self.tables: Path | None = None
        """An SQLite file with MLflow's tables, in which rows may be repeated to load many."""
        self.version = ""

    def roots(self) -> list[int]:
        """Return the process ids to measure from; none if they are not known."""
        if self.process is None:
            return self.pids
        named = self.directory / PIDS if self.directory else None
        more = named.read_text("utf-8").split() if named and named.exists() else []
        return [*self.pids, self.process.pid, *map(int, more)]

    def cpu(self) -> float | None:
        """Return CPU seconds spent so far, None if the processes are not known."""
        return cpu_seconds(self.roots()) if self.roots() else None

    def start(self) -> float:
        """Start and return the seconds until /health answers 200; raise `Refused` if it does not.

        The port is chosen once, so that a restarted server is found at the same place.
        """
        if self.directory is None:
            raise ValueError("a server needs a directory to be started in")
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        line = self.command.replace("{port}", str(self.port)).replace("{host}", "127.0.0.1")
        line = line.replace("{dir}", str(self.directory))
        begin = time.perf_counter()
        with (self.directory / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                shlex.split(line),
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
            )
        self._await_health(begin)
        return time.perf_counter() - begin

    def rehearse(self) -> None:
        """Start and stop once, leaving nothing but the byte code that an installation brings."""
        self.start()
        self.stop()
        if self.directory is not None:
            shutil.rmtree(self.directory)

    def _await_health(self, begin: float) -> None:
        while time.perf_counter() - begin < READY_WITHIN:
            if self.process and self.process.poll() is not None:
                code, lines = self.process.returncode, self._log().strip().splitlines()[-3:]
                text = "\n".join([f"{self.name} ended with code {code} at its start:", *lines])
                raise Refused(0, text.encode())
            try:
                if ask(self.port, request("GET", "/health"), patience=30).ok:
                    return
            except Refused:
                time.sleep(0.005)
        raise Refused(0, f"{self.name} was not ready within {READY_WITHIN:.0f} s".encode())

    def _log(self) -> str:
        path = self.directory / "server.log" if self.directory else None
        return path.read_text("utf-8", "replace") if path and path.exists() else ""

    def settle(self, seconds: float = 10.0) -> None:
        """Wait, that many seconds at most, until the processes have stopped starting up."""
        end = time.perf_counter() + seconds
        spent = self.cpu()
        while spent is not None and time.perf_counter() < end:
            time.sleep(0.5)
            before, spent = spent, self.cpu()
            if spent is not None and spent - before < 0.05:
                return

    def stop(self) -> None:
        """Stop what was started here: ask it to end, then end what is left of its tree."""
        if self.process is None:
            return
        mine = tree([self.process.pid])
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(15)
        self.process = None
        for sign, pause in ((signal.SIGTERM, 1.0), (signal.SIGKILL, 0.2)):
            # A process id may have been given to somebody else: its start time tells.
            left = [pid for pid, start in mine.items() if tree([pid]).get(pid) == start]
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sign)
            if not left:
                return
            time.sleep(pause)
