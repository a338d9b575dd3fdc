"""What the history costs: ``python -m bench.log [EVENTS]`` on SQLite, in this process.

Measures what recording an event adds to a transaction, then loads a long history in bulk (rows as
the store writes them, put in order by the store itself) and measures the first page and proofs.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench.limits import machine
from bench.report import write
from cuvee.api.events import ListEvents
from cuvee.api.log import GetCheckpoint, GetConsistency, GetInclusion
from cuvee.log.note import SigningKey
from cuvee.store.engine import Database
from cuvee.store.sql import SqlStore

ROUNDS = 2000
CHUNK = 50_000


def milliseconds(work: Callable[[], Any], rounds: int) -> float:
    """Return the median duration of a call."""
    took = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        took.append(time.perf_counter() - begin)
    return statistics.median(took) * 1000


def append(store: SqlStore) -> float:
    """Return what recording an event with a comment and a description adds to a transaction."""
    cursor = store.database.connect().cursor()
    store.database.begin(cursor, write=True)
    tx = store._tx(cursor, store.user, {})  # noqa: SLF001
    after = {"description": "a description", "stage": "Production"}
    took = milliseconds(
        lambda: tx.record("model.created", "model:x", after=after, comment="because"), ROUNDS
    )
    cursor.execute("ROLLBACK")
    cursor.connection.close()
    return took


def load(database: Database, count: int) -> None:
    """Insert ``count`` events, as the store writes them."""
    connection: Any = database.connect()
    columns = "time, actor, via, action, object, before, after, comment, details"
    sql = f"INSERT INTO events ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    for start in range(0, count, CHUNK):
        connection.execute("BEGIN")
        connection.executemany(
            sql,
            (
                (
                    1_700_000_000_000 + i,
                    f"user{i % 50}",
                    "token",
                    "version.transitioned",
                    f"version:model{i % 1000}/{i // 1000 + 1}",
                    '{"stage":"None"}',
                    '{"stage":"Staging"}',
                    "",
                    "{}",
                )
                for i in range(start, min(start + CHUNK, count))
            ),
        )
        connection.execute("COMMIT")
    connection.close()


def measure(count: int) -> Iterator[tuple[str, float]]:
    """Load a history and give what was measured, in milliseconds, with its name."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
        store.signing = SigningKey.new()
        store.order_events()
        yield "recording an event adds to its transaction, p50", append(store)
        load(store.database, count)
        begin = time.perf_counter()
        while store.order_events():
            pass
        yield "putting an event in order, mean", (time.perf_counter() - begin) * 1000 / count
        last = store.do(GetCheckpoint()).size
        some = iter(range(1, last, last // 300))
        for newest in (True, False):
            page = partial(store.do, ListEvents(newest_first=newest, max_results=100))
            name = f"first page of 100 events, {'newest' if newest else 'oldest'} first, p50"
            yield name, milliseconds(page, 50)
        by_object = partial(store.do, ListEvents(object="version:model7/9", newest_first=True))
        yield "first page of one object's events, p50", milliseconds(by_object, 50)
        inclusion = milliseconds(lambda: store.do(GetInclusion(sequence=next(some))), 200)
        yield "inclusion proof, p50", inclusion
        grown = partial(store.do, GetConsistency(from_size=last // 3))
        yield "consistency proof, p50", milliseconds(grown, 50)
        store.close()


def main() -> None:
    """Measure, print, and write the table where it is wanted."""
    parser = argparse.ArgumentParser(prog="python -m bench.log", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=1_000_000, help="events")
    parser.add_argument("--markdown", type=Path, help="also write the table to this file")
    args = parser.parse_args()
    lines = ["| what | ms |", "|---|---|"]
    for name, value in measure(args.count):
        print(f"{name:55} {value:8.3f} ms", flush=True)
        lines.append(f"| {name} | {value:.3f} |")
    found = machine()
    lines += ["", f"{args.count:,} events. Machine: {found['cpu']}, {found['cores']} cores,"]
    lines += [f"{found['kernel']}, Python {found['python']}, {found['date']}."]
    lines += ["", f"    python -m bench.log {args.count} --markdown docs/benchmarks.md", ""]
    if args.markdown:
        write("\n".join(lines), args.markdown, "history")


if __name__ == "__main__":
    main()
