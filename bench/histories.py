"""Show what one long history costs: ``python -m bench.histories [POINTS]``.

Starts a server on a scratch SQLite database, logs a noisy loss of so many points (1,000,000 if none
is given) through runs/log-batch, and reads it in all ways. CPU is the server's. Needs about 10 MB
of disk per million points; 10,000,000 take some minutes.
"""

from __future__ import annotations

import argparse
import http.client
import json
import math
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.limits import machine
from bench.report import number, write

BATCH = 1000
START = 1_700_000_000_000


class Server:
    """A server of this program's own.

    Args:
        folder: where its data are.
    """

    def __init__(self, folder: Path) -> None:
        self.database = folder / "cuvee.db"
        command = [sys.executable, "-m", "cuvee", "server", "--port", "0"]
        command += ["--backend-store-uri", f"sqlite:///{self.database}"]
        self.process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
        line = next(line for line in self.process.stderr or () if "http://" in line)
        self.port = int(line.strip().rpartition(":")[2])
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def ask(self, method: str, path: str, body: Any = None) -> bytes:
        """Send a request and return the answer, of which nothing but the first 64 KiB is kept."""
        data = json.dumps(body) if body is not None else None
        headers = {"Content-Type": "application/json"} if data else {}
        self.connection.request(method, path, data, headers)
        answer = self.connection.getresponse()
        first = answer.read(1 << 16)
        while answer.read(1 << 16):
            pass
        if answer.status != 200:
            raise SystemExit(first.decode())
        return first

    def cpu(self) -> float:
        """Return the seconds of CPU that the server has used."""
        text = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8")
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / 100

    def memory(self, what: str) -> float:
        """Return MB of memory: ``VmRSS`` now, ``VmHWM`` at most."""
        text = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        return int(text.partition(what + ":")[2].split()[0]) / 1000


def batches(points: int) -> Iterator[list[dict[str, Any]]]:
    """Give a noisy loss, whose time stamps jitter, in batches."""
    chance = random.Random(0)  # noqa: S311  # a noise that is the same each time
    now = START
    for first in range(0, points, BATCH):
        batch = []
        for step in range(first, min(first + BATCH, points)):
            now += chance.randint(40, 60)
            value = math.exp(-3 * step / points) + chance.gauss(0, 0.05)
            batch.append({"key": "loss", "value": value, "timestamp": now, "step": step})
        yield batch


def timed(
    server: Server, name: str, rounds: int, method: str, path: str, body: Any = None
) -> tuple[str, float, float]:
    """Return what a call costs: its name, its median duration, and the server's mean CPU, in ms."""
    took = []
    cpu = server.cpu()
    for _ in range(rounds):
        began = time.perf_counter()
        server.ask(method, path, body)
        took.append(time.perf_counter() - began)
    spent = (server.cpu() - cpu) / rounds
    most = server.memory("VmHWM")
    wall = statistics.median(took)
    print(f"{name:34} {1000 * wall:8.1f} ms, {1000 * spent:6.1f} ms CPU, {most:5.0f} MB at most")
    return name, 1000 * wall, 1000 * spent


def main() -> None:
    """Log and read; print, and write the table where it is wanted."""
    parser = argparse.ArgumentParser(prog="python -m bench.histories", description=__doc__)
    parser.add_argument("points", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--markdown", type=Path, help="also write the table to this file")
    args = parser.parse_args()
    points = args.points
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            costs = show(server, points)
        finally:
            server.process.terminate()
            server.process.wait()
        size = server.database.stat().st_size
    print(f"disk: {size / points:.1f} MB for 1,000,000 points")
    found = machine()
    lines = [f"| {points:,} points, over HTTP | ms | ms of the server's CPU |", "|---|---|---|"]
    lines += [f"| {name} | {number(wall)} | {number(cpu)} |" for name, wall, cpu in costs]
    lines += ["", f"Disk: {size / points:.1f} MB for 1,000,000 points. Machine: {found['cpu']},"]
    lines += [f"{found['cores']} cores, {found['kernel']}, Python {found['python']},"]
    lines += [f"{found['date']}; load average {found['load_before']:.1f}.", ""]
    lines += [f"    python -m bench.histories {points} --markdown docs/benchmarks.md", ""]
    if args.markdown:
        write("\n".join(lines), args.markdown, "histories")


def show(server: Server, points: int) -> list[tuple[str, float, float]]:
    """Log a history to a running server and read it in all ways."""
    base = "/api/2.0/mlflow/"
    made = json.loads(server.ask("POST", base + "runs/create", {"experiment_id": "0"}))
    run = made["run"]["info"]["run_id"]
    print(f"idle: {server.memory('VmRSS'):.0f} MB")
    cpu = server.cpu()
    for batch in batches(points):
        server.ask("POST", base + "runs/log-batch", {"run_id": run, "metrics": batch})
    spent = server.cpu() - cpu
    print(f"logged {points} points: {points / spent:.0f} a second of CPU")
    history = f"{base}metrics/get-history?run_id={run}&metric_key=loss"
    some = f"{base}metrics/get-history-bulk-interval?run_ids={run}&metric_key=loss"
    chart = {"run_ids": [run], "keys": ["loss"], "points": 1000}
    series = "/api/1.0/cuvee/metrics/series"
    return [
        timed(server, "chart of 1,000 buckets (metrics/series)", 20, "POST", series, chart),
        timed(server, "2,500 points (get-history-bulk-interval)", 20, "GET", some),
        timed(server, "get-history of 100,000", 3, "GET", f"{history}&max_results=100000"),
        timed(server, f"get-history of {points:,}", 3, "GET", history),
    ]


if __name__ == "__main__":
    main()
