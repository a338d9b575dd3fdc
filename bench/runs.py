"""What searches cost among few and many runs: ``python -m bench.runs [RUNS ...]``, in this process.

Runs are inserted in bulk, as rows like those that the store writes (25 values each), into one
experiment, and 100,000 experiments beside it; one run has 20,000 metrics. Each size has a database
of its own, and the sizes take turns in each row.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench.limits import machine
from bench.report import number, write
from cuvee.api.experiments import CreateExperiment, SearchExperiments
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, GetRun, LogBatch, SearchRuns
from cuvee.api.searches import ListRunKeys, SearchRunTable
from cuvee.client.finding import RUN_COLUMNS
from cuvee.client.tables import FoundRuns
from cuvee.store import schema
from cuvee.store.engine import hot, insert
from cuvee.store.series import to_bits
from cuvee.store.settling import parsed_number
from cuvee.store.sql import SqlStore
from cuvee.store.tx import Tx

CHUNK = 5_000
METRICS, PARAMS, TAGS = 10, 10, 5
T0 = 1_750_000_000_000
KEYS = 20_000
Work = Callable[[int], Any]

_runs, _params, _tags, _latest = (
    hot(insert(table)) for table in (schema.runs, schema.params, schema.tags, schema.latest)
)
_experiments = hot(insert(schema.experiments))


@contextmanager
def transaction(store: SqlStore) -> Iterator[Tx]:
    """Give a transaction that commits at its end."""
    cursor = store.database.connect().cursor()
    store.database.begin(cursor, write=True)
    tx = store._tx(cursor, store.user, {})  # noqa: SLF001
    yield tx
    cursor.execute("COMMIT")
    store.known_keys.update(tx.new_keys)
    cursor.connection.close()


def load_runs(store: SqlStore, home: int, count: int) -> None:
    """Insert runs with their latest values, params and tags; their histories are left out."""
    rng = random.Random(1)  # noqa: S311  # the same runs each time
    for start in range(0, count, CHUNK):
        with transaction(store) as tx:
            names = [f"metric_{i}" for i in range(METRICS)] + [f"param_{i}" for i in range(PARAMS)]
            names += [*(f"tag_{i}" for i in range(TAGS - 1)), "mlflow.runName"]
            ids = tx.key_ids(names, create=True)
            pks = range(start + 1, min(start + CHUNK, count) + 1)
            tx.bulk(_runs, (run(pk, home) for pk in pks))
            tx.bulk(_params, [row for pk in pks for row in texts(pk, ids, "param", PARAMS)])
            tx.bulk(_tags, [row for pk in pks for row in texts(pk, ids, "tag", TAGS - 1)])
            tx.bulk(_tags, [(pk, ids["mlflow.runName"], f"run-{pk}", None) for pk in pks])
            tx.bulk(_latest, [row for pk in pks for row in points(pk, ids, rng)])


def run(pk: int, home: int) -> tuple[Any, ...]:
    """Return a row of ``runs``."""
    run_id = f"{pk * 0x9E3779B97F4A7C15 % 2**128:032x}"
    uri = f"mlflow-artifacts:/{home}/{run_id}/artifacts"
    start = T0 + pk * 1000
    times = (start, start + 500)
    return (pk, run_id, home, f"run-{pk}", "ann", "FINISHED", *times, "active", uri, "ann")


def texts(pk: int, ids: dict[str, int], noun: str, count: int) -> Iterator[tuple[Any, ...]]:
    """Yield rows of ``params`` or ``tags``: of the n-th one 5 (n + 1) values occur."""
    for i in range(count):
        value = str(pk * 2654435761 % 2**32 % (5 * (i + 1)))
        yield pk, ids[f"{noun}_{i}"], value, parsed_number(value)


def points(pk: int, ids: dict[str, int], rng: random.Random) -> Iterator[tuple[Any, ...]]:
    """Yield rows of ``latest`` as one point of each metric leaves them."""
    values = [rng.random() for _ in range(METRICS)]
    for i, (value, bits) in enumerate(zip(values, to_bits(values), strict=True)):
        at = (value, bits, 0)
        yield pk, ids[f"metric_{i}"], *at, T0, *at, T0, *at, *at, 1, 0


def load_experiments(store: SqlStore, count: int) -> None:
    """Insert experiments."""
    with transaction(store) as tx:
        rows = []
        for i in range(count):
            number = 10**9 + i
            place = f"mlflow-artifacts:/{number}"
            rows.append((number, f"team{i % 100}/project-{i}", place, "active", T0 + i, T0 + i))
        tx.bulk(_experiments, rows)


def milliseconds(work: Work, rounds: int) -> float:
    """Return the median duration of a call."""
    took = []
    work(-1)  # writes the SQL
    for n in range(rounds):
        begin = time.perf_counter()
        work(n)
        took.append(time.perf_counter() - begin)
    return statistics.median(took) * 1000


def searches(store: SqlStore, home: str, count: int) -> list[tuple[str, Work, int]]:
    """Return searches for runs of an experiment of so many, with what to repeat them."""
    ids = [home]
    order = ["metrics.metric_3 DESC"]

    def clause(n: int) -> str:
        return f"metrics.metric_1 > 0.5{n % 1000:03d} AND params.param_1 = '{n % 10}'"

    def page(text: Callable[[int], str], by: list[str] = order) -> Callable[[int], Any]:
        return lambda n: store.do(
            SearchRuns(experiment_ids=ids, filter=text(n), order_by=by, max_results=100)
        )

    def table(text: Callable[[int], str], **asked: Any) -> Callable[[int], Any]:
        columns = ["run_id", "run_name", "metrics.metric_3", "min(metrics.metric_1)"]
        return lambda n: store.do(
            SearchRunTable(experiment_ids=ids, filter=text(n), columns=columns, **asked)
        )

    def frame(_: int) -> Any:
        op = SearchRunTable(experiment_ids=ids, columns=list(RUN_COLUMNS), limit=10_000)
        return FoundRuns(store.do, op, 10_000).to_pandas()

    def everything(_: int) -> str:
        return ""

    rare = f"metrics.metric_1 > {1 - 50 / count} AND params.param_0 = '1'"
    either = "(params.param_1 = '1' OR metrics.metric_1 < 0.1) AND NOT tags.tag_1 = '3'"
    return [
        ("metric and param, by a metric: page of 100", page(clause), 50),
        ("the same, 4 columns", table(clause, order_by=order), 50),
        ("the same with its total", table(clause, order_by=order, total=True), 5),
        ("few pass, by a metric: page", page(lambda _: rare), 20),
        ("OR and NOT, by a metric: page", page(lambda _: either), 20),
        ("all, newest first: page", page(everything, []), 20),
        (
            "all, by the least value of a metric: page",
            page(everything, ["min(metrics.metric_2)"]),
            20,
        ),
        ("total of all", table(everything, limit=1, total=True), 5),
        ("window of 100 in the middle", table(everything, offset=count // 2), 5),
        ("keys of the newest 10,000", lambda _: store.do(ListRunKeys(experiment_ids=ids)), 3),
        ("10,000 runs to a DataFrame", frame, 3),
    ]


def others(store: SqlStore, wide: str) -> list[tuple[str, Work, int]]:
    """Return searches for experiments, and what a run of 20,000 metrics is asked."""

    def find(**asked: Any) -> Work:
        return lambda n: store.do(
            SearchExperiments(max_results=100, **{k: v.format(n) for k, v in asked.items()})
        )

    return [
        ("experiments: the newest 100", find(), 10),
        ("experiments: by the beginning of the name", find(filter="name LIKE 'team{}/%'"), 10),
        (f"a run of {KEYS:,} metrics", lambda _: store.do(GetRun(run_id=wide)), 5),
        (
            "one of its metrics, among all runs by it",
            lambda n: store.do(SearchRuns(filter=f"metrics.`wide_{n}` >= 0", experiment_ids=["0"])),
            20,
        ),
    ]


def fill(url: str, count: int, experiments: int) -> tuple[SqlStore, str, str]:
    """Fill an empty database; return its store, the experiment's id and the wide run's."""
    store = SqlStore.open(url)
    begin = time.perf_counter()
    home = store.do(CreateExperiment(name="many")).experiment_id
    load_runs(store, int(home), count)
    load_experiments(store, experiments)
    wide = store.do(CreateRun(experiment_id="0")).run.info.run_id
    for first in range(0, KEYS, 1000):
        keys = [f"wide_{i}" for i in range(first, first + 1000)]
        metrics = [Metric(key=key, value=1.0, timestamp=T0, step=0) for key in keys]
        store.do(LogBatch(run_id=wide, metrics=metrics))
    if not store.database.group_commit:  # what its own keeper does sooner or later
        store.database.connect().execute("VACUUM ANALYZE")
    print(f"{count:,} runs loaded in {time.perf_counter() - begin:.0f} s", flush=True)
    return store, home, wide


def main() -> None:
    """Load, measure, print, and write the table where it is wanted."""
    parser = argparse.ArgumentParser(prog="python -m bench.runs", description=__doc__)
    parser.add_argument("runs", type=int, nargs="*", default=[10_000, 1_000_000], help="sizes")
    parser.add_argument("--experiments", type=int, default=100_000, help="others beside it")
    parser.add_argument("--url", help="an empty database for one size, such as a PostgreSQL")
    parser.add_argument("--markdown", type=Path, help="also write the table to this file")
    args = parser.parse_args()
    if args.url and len(args.runs) > 1:
        parser.error("one database takes one size")
    lines = ["| ms, median | " + " | ".join(f"{n:,} runs" for n in args.runs) + " | ratio |"]
    lines += ["|---" * (len(args.runs) + 2) + "|"]
    with ExitStack() as stack:
        plans = []
        for count in args.runs:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            store, home, wide = fill(
                args.url or f"sqlite:///{folder}/cuvee.db", count, args.experiments
            )
            stack.callback(store.close)
            plans.append([*searches(store, home, count), *others(store, wide)])
        for row in zip(*plans, strict=True):
            costs = [milliseconds(work, rounds) for _, work, rounds in row]
            cells = [*(number(cost) for cost in costs), f"{costs[-1] / costs[0]:.1f}x"]
            print(f"{row[0][0]:45} " + " ".join(f"{cell:>9}" for cell in cells), flush=True)
            lines.append("| " + " | ".join([row[0][0], *cells]) + " |")
    found = machine()
    lines += ["", f"Machine: {found['cpu']}, {found['cores']} cores, {found['kernel']},"]
    lines += [f"Python {found['python']}, {found['date']}.", ""]
    sizes = " ".join(map(str, args.runs))
    lines += [f"    python -m bench.runs {sizes} --markdown docs/benchmarks.md", ""]
    if args.markdown:
        write("\n".join(lines), args.markdown, "runs")


if __name__ == "__main__":
    main()
