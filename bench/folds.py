"""What short histories cost before and after they are folded: ``python -m bench.folds [RUNS]``.

Runs of 20 metrics with 50 points each, whose steps are logged one at a time, in this process on
SQLite; they end, and what the server does ten minutes later is done at once. CPU is this process's.
Bytes are those of the tables' pages in use, and of nothing else that a run has.
"""

from __future__ import annotations

import argparse
import math
import random
import tempfile
import time
from pathlib import Path

from bench.limits import machine
from bench.report import number, write
from cuvee.api.charts import GetMetricSeries
from cuvee.api.metrics import FoldTails, Metric
from cuvee.api.runs import CreateRun, LogBatch, UpdateRun
from cuvee.store.sql import SqlStore

KEYS = [f"metric_{i}" for i in range(20)]
STEPS = 50
START = 1_700_000_000_000
CHARTS = 100


def fill(store: SqlStore, count: int) -> list[str]:
    """Log runs step by step and end them."""
    chance = random.Random(0)  # noqa: S311  # a noise that is the same each time
    runs = []
    for _ in range(count):
        run = store.do(CreateRun(experiment_id="0")).run.info.run_id
        now = START
        for step in range(STEPS):
            now += chance.randint(900, 1100)
            course = math.exp(-3 * step / STEPS)
            metrics = [Metric(key, course + chance.gauss(0, 0.05), now, step) for key in KEYS]
            store.do(LogBatch(run_id=run, metrics=metrics))
        store.do(UpdateRun(run_id=run, status="FINISHED", end_time=now))
        runs.append(run)
    return runs


def room(store: SqlStore) -> int:
    """Return the bytes that points take."""
    query = "SELECT sum(pgsize) FROM dbstat WHERE name IN ('tails', 'chunks')"
    return int(store.database.connect().execute(query).fetchone()[0])


def chart(store: SqlStore, runs: list[str]) -> float:
    """Return the milliseconds of CPU of a chart of all metrics of a run."""
    took = []
    for _ in range(3):
        begin = time.process_time()
        for run in runs[:CHARTS]:
            store.do(GetMetricSeries(run_ids=[run], keys=KEYS))
        took.append((time.process_time() - begin) / min(CHARTS, len(runs)))
    return 1000 * min(took)


def fold(store: SqlStore) -> tuple[float, float]:
    """Fold everything; return the CPU of it, and the longest transaction, in seconds."""
    begin, longest = time.process_time(), 0.0
    while True:
        since = time.perf_counter()
        if not store.do(FoldTails(rest=0)).count:
            return time.process_time() - begin, longest
        longest = max(longest, time.perf_counter() - since)


def main() -> None:
    """Fill, measure, fold, measure again; print, and write the table where it is wanted."""
    parser = argparse.ArgumentParser(prog="python -m bench.folds", description=__doc__)
    parser.add_argument("runs", type=int, nargs="?", default=1000)
    parser.add_argument("--markdown", type=Path, help="also write the table to this file")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
        runs = fill(store, args.runs)
        millions = len(runs) * len(KEYS) * STEPS / 1e6
        sizes, charts = [room(store) / 1e6], [chart(store, runs)]
        spent, longest = fold(store)
        sizes.append(room(store) / 1e6)
        charts.append(chart(store, runs))
        store.close()
    each = 1e6 * spent / (len(runs) * len(KEYS))
    found = machine()
    rows = {
        "MB": sizes,
        "MB for 1,000,000 points": [size / millions for size in sizes],
        f"a chart of a run's {len(KEYS)} metrics, ms of CPU": charts,
    }
    lines = [f"| {len(runs):,} runs, {len(KEYS)} metrics, {STEPS} points | as logged | folded |"]
    lines += ["|---|---|---|"]
    lines += [f"| {name} | {' | '.join(map(number, values))} |" for name, values in rows.items()]
    lines += ["", f"Folding takes {each:.0f} µs of CPU a series, the longest transaction took"]
    lines += [f"{1000 * longest:.0f} ms. Machine: {found['cpu']}, {found['cores']} cores,"]
    lines += [f"{found['kernel']}, Python {found['python']}, {found['date']}.", ""]
    lines += [f"    python -m bench.folds {len(runs)} --markdown docs/benchmarks.md", ""]
    print("\n".join(lines))
    if args.markdown:
        write("\n".join(lines), args.markdown, "folds")


if __name__ == "__main__":
    main()
