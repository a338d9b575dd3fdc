"""What this machine can do at all: a commit, an insert, a bare answer, and this generator."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sqlite3
import time
from pathlib import Path
from typing import Any

from bench.load import request
from bench.registry import transfer
from bench.rows import Sample, Settings, repeat, sample
from bench.servers import Server

MESSAGE = request("POST", "/", {"run_id": "0" * 32, "key": "loss", "value": 0.25, "step": 1})
UNITS = {
    "sync": "write + fdatasync per s",
    "commit": "SQLite commits of one row per s (WAL, synchronous=FULL)",
    "insert": "rows/s into SQLite, 1000 per commit (WAL, synchronous=FULL)",
    "echo 1": "req/s of a bare ASGI echo on uvicorn, 1 client",
    "echo 4": "the same, 4 clients, 10 KiB bodies",
    "echo 8": "the same, 8 clients, small bodies",
    "up": "MB/s into the echo",
    "down": "MB/s out of the echo",
}


def sync(folder: Path, seconds: float) -> float:
    """Return how often per second 100 bytes can be appended and synced."""
    path = folder / "sync"
    count, begin = 0, time.perf_counter()
    with path.open("wb", buffering=0) as file:
        while time.perf_counter() - begin < seconds:
            file.write(b"x" * 100)
            os.fdatasync(file.fileno())
            count += 1
    path.unlink()
    return count / (time.perf_counter() - begin)


def insert(folder: Path, seconds: float, rows: int) -> float:
    """Return rows per second into SQLite, so many in each durable transaction."""
    path = folder / f"insert-{time.time_ns()}.db"
    with sqlite3.connect(path, isolation_level=None) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute(
            "CREATE TABLE m (run TEXT, key TEXT, step INTEGER, ts INTEGER, value REAL,"
            " PRIMARY KEY (run, key, step, ts))"
        )
        count, begin = 0, time.perf_counter()
        while time.perf_counter() - begin < seconds:
            points = [("0" * 32, "loss", n, 17 * 10**11, 0.5) for n in range(count, count + rows)]
            db.execute("BEGIN")
            db.executemany("INSERT INTO m VALUES (?, ?, ?, ?, ?)", points)
            db.execute("COMMIT")
            count += rows
        took = time.perf_counter() - begin
    db.close()
    for file in folder.glob(path.name + "*"):
        file.unlink()
    return count / took


def measure(echo: Server, folder: Path, settings: Settings) -> dict[str, Sample]:
    """Measure each limit once; names as in `UNITS`."""
    seconds, size = settings.seconds, settings.big_mib << 20
    upload = request("PUT", "/", bytes(size))
    small = request("PUT", "/", bytes(10240))
    return {
        "sync": {"value": sync(folder, seconds)},
        "commit": {"value": insert(folder, seconds, 1)},
        "insert": {"value": insert(folder, seconds, 1000)},
        "echo 1": sample(echo, [repeat(lambda _: MESSAGE)], seconds),
        "echo 4": sample(echo, [repeat(lambda _: small) for _ in range(4)], seconds),
        "echo 8": sample(echo, [repeat(lambda _: MESSAGE) for _ in range(8)], seconds),
        "up": transfer(echo, upload, size, ""),
        "down": transfer(echo, request("GET", f"/{settings.big_mib}"), size, "", size),
    }


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    cpus = Path("/proc/cpuinfo").read_text("utf-8")
    model = next((x.split(":")[1].strip() for x in cpus.splitlines() if "model name" in x), "?")
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(pages / 1e9),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "date": dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%d"),
        "load_before": os.getloadavg()[0],
    }
