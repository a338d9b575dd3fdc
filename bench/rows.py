"""The rows of the table: what is asked of each server, and what is made of the answers.

A row's function is called once per repeat and server. What it needs loaded is loaded once, over
HTTP like everything else, and kept in `Server.loaded`.
"""

from __future__ import annotations

import itertools
import os
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from bench.load import Answer, Load, Refused, Request, Script, drive, post
from bench.servers import Server

T0 = 1_750_000_000_000
Sample = dict[str, float]


class Unsupported(Exception):
    """The server lacks what the row measures."""


@dataclass(frozen=True)
class Settings:
    """How long and how much.

    Args:
        seconds: length of one measurement.
        load_cap: most seconds for loading data, per step and server.
        big_mib: size of the big artifact.
        small_files: number of small artifacts.
        runs: numbers of runs in the searched experiments.
        points: length of the metric history.
        versions: registered versions to read from, spread over 100 models.
        models: registered models to search among, and versions of the one that has most.
    """

    seconds: float = 2.0
    load_cap: float = 900.0
    big_mib: int = 64
    small_files: int = 1000
    runs: tuple[int, int] = (1000, 10_000)
    points: int = 100_000
    versions: int = 1000
    models: int = 10_000


Measure = Callable[[Server, Settings], Sample]


@dataclass(frozen=True)
class Row:
    """A row: what is measured, in which unit, and which limits of the machine bound it."""

    name: str
    doc: str
    unit: str
    measure: Measure
    limits: tuple[str, ...] = ()

    @property
    def lower(self) -> bool:
        """Whether less is better."""
        return self.unit in {"ms", "s", "MB"}


def sample(
    server: Server, scripts: Sequence[Script], seconds: float, scale: float | None = 1.0
) -> Sample:
    """Drive scripts against a server; raise `Unsupported` if it answers none of them.

    Args:
        server: the server.
        scripts: the clients.
        seconds: length of the measurement.
        scale: units per request of a rate; None for the median latency in milliseconds.
    """
    before = server.cpu()
    load = drive(server.port, scripts, seconds)
    after = server.cpu()
    if not load.ops:
        raise Unsupported(str(load.problem))
    rate = scale * load.ops / load.seconds if scale is not None else load.quantile(0.5)
    result = {
        "value": rate,
        "ops": load.ops,
        "errors": load.errors,
        "p50_ms": load.quantile(0.5),
        "p99_ms": load.quantile(0.99),
        "client_share": load.cpu / load.seconds,
        "client_us_per_op": 1e6 * load.cpu / load.ops,
        "bytes_per_op": load.received / load.ops,
    }
    if before is not None and after is not None:
        result["cpu_ms_per_op"] = 1e3 * (after - before) / load.ops
    return result


def repeat(make: Callable[[int], Request], count: Iterator[int] | None = None) -> Script:
    """Ask for ever, or as long as the shared count goes on, numbering the requests."""
    for n in itertools.count() if count is None else count:
        yield make(n)


def insist(message: Request) -> Generator[Request, Answer, Answer]:
    """Send a request up to five times, as busy servers refuse some; raise `Refused` after that."""
    answer = yield message
    for _ in range(4):
        if answer.ok:
            break
        answer = yield message
    answer.json()
    return answer


def loading(server: Server, scripts: Sequence[Script], settings: Settings) -> Load:
    """Load data; raise `Refused` if the server took none of it."""
    load = drive(server.port, scripts, settings.load_cap)
    if load.problem and not load.ops:
        raise load.problem
    return load


def chance(*parts: object) -> float:
    """Return a number in [0, 1) that looks random and is the same for every server."""
    return zlib.crc32(repr(parts).encode()) / 2**32


def answer_to(server: Server, message: Request) -> dict[str, object]:
    """Send one request; return the JSON object it is answered with."""
    found: list[dict[str, object]] = []

    def script() -> Script:
        found.append((yield message).json())

    load = drive(server.port, [script()], 0.0)
    if not found:
        raise load.problem or Refused(0, b"no answer")
    return found[0]


def experiment(server: Server, name: str = "bench") -> str:
    """Return the id of an experiment, created on first use."""
    key = f"experiment {name}"
    if key not in server.loaded:
        unique = f"{name} {os.urandom(6).hex()}"
        made = answer_to(server, post("experiments/create", {"name": unique}))
        server.loaded[key] = str(made["experiment_id"])
    return str(server.loaded[key])


def run_message(experiment_id: str, name: str = "bench", tags: int = 3) -> bytes:
    """Return the request that creates a run with some tags."""
    values = [f"v{int(10 * chance(name, k))}" for k in range(tags)]
    pairs = [{"key": f"tag_{k}", "value": value} for k, value in enumerate(values)]
    body = {"experiment_id": experiment_id, "start_time": T0, "run_name": name, "tags": pairs}
    return post("runs/create", body)


def new_runs(server: Server, count: int) -> list[str]:
    """Create runs and return their ids."""
    message, ids = run_message(experiment(server)), list[str]()

    def script() -> Script:
        for _ in range(count):
            ids.append((yield message).json()["run"]["info"]["run_id"])

    drive(server.port, [script()], 120.0)
    if len(ids) < count:
        raise Refused(0, f"only {len(ids)} of {count} runs were created".encode())
    return ids


def create_run(clients: int) -> Measure:
    """Measure runs/create."""

    def measure(server: Server, settings: Settings) -> Sample:
        message = run_message(experiment(server))
        scripts = [repeat(lambda _: message) for _ in range(clients)]
        return sample(server, scripts, settings.seconds)

    return measure


def log_metric(clients: int) -> Measure:
    """Measure runs/log-metric, each client on a run of its own, another step each time."""

    def measure(server: Server, settings: Settings) -> Sample:
        def script(run: str) -> Script:
            point = {"run_id": run, "key": "loss", "value": 0.25, "timestamp": T0, "step": 10**9}
            head, _, tail = post("runs/log-metric", point).partition(b"1000000000")
            return repeat(lambda n: b"%s%d%s" % (head, 10**9 + n, tail))

        scripts = [script(run) for run in new_runs(server, clients)]
        return sample(server, scripts, settings.seconds)

    return measure


def batch_script(run: str, keys: int = 10, steps: int = 100, batches: int | None = None) -> Script:
    """Log batches of keys times steps points, other steps in each (numbered in seven digits)."""
    points = [
        {"key": f"metric_{k}", "value": chance(k, s), "timestamp": T0, "step": 123456700000 + s}
        for s in range(steps)
        for k in range(keys)
    ]
    template = post("runs/log-batch", {"run_id": run, "metrics": points})
    for n in range(10**7 - 1) if batches is None else range(batches):
        yield template.replace(b"1234567", b"%d" % (10**6 + n))


def log_batch(clients: int) -> Measure:
    """Measure runs/log-batch of 1000 points, each client on a run of its own."""

    def measure(server: Server, settings: Settings) -> Sample:
        scripts = [batch_script(run) for run in new_runs(server, clients)]
        return sample(server, scripts, settings.seconds, 1000)

    return measure


def log_params(server: Server, settings: Settings) -> Sample:
    """Measure runs/log-batch of 100 params and 100 tags, to a fresh run each time."""
    params = [{"key": f"param_{i}", "value": f"value-{i * 7}"} for i in range(100)]
    tags = [{"key": f"tag_{i}", "value": f"value-{i * 3}"} for i in range(100)]
    messages = [
        post("runs/log-batch", {"run_id": run, "params": params, "tags": tags})
        for run in new_runs(server, 40)
    ]
    scripts = [repeat(messages.__getitem__, iter(range(40)))]
    return sample(server, scripts, settings.seconds, None)


def load_runs(server: Server, settings: Settings, count: int) -> str:
    """Return the id of an experiment with that many runs of 10 params, 10 metrics and 5 tags."""
    key = f"search {count}"
    if key in server.loaded:
        if isinstance(server.loaded[key], Unsupported):
            raise server.loaded[key]
        return str(server.loaded[key])
    home, numbers, done = experiment(server, key), iter(range(count)), list[int]()

    def script() -> Script:
        for i in numbers:
            made = yield from insist(run_message(home, f"run-{i}", 5))
            run = made.json()["run"]["info"]["run_id"]
            metrics = [
                {"key": f"metric_{k}", "value": chance("m", i, k), "timestamp": T0 + i, "step": 0}
                for k in range(10)
            ]
            digits = [int(10 * chance("p", i, k)) for k in range(10)]
            params = [{"key": f"param_{k}", "value": str(d)} for k, d in enumerate(digits)]
            body = {"run_id": run, "metrics": metrics, "params": params}
            yield from insist(post("runs/log-batch", body))
            done.append(i)

    loading(server, [script() for _ in range(8)], settings)
    server.loaded[key] = home
    if len(done) < count:
        problem = Unsupported(f"loaded only {len(done)} runs in {settings.load_cap:.0f} s")
        server.loaded[key] = problem
        raise problem
    return home


def search(index: int, clients: int = 1) -> Measure:
    """Measure runs/search by a metric and a param, ordered by a metric, the first 100."""

    def measure(server: Server, settings: Settings) -> Sample:
        home = load_runs(server, settings, settings.runs[index])

        def message(n: int) -> bytes:  # differs each time, so that nobody answers from a cache
            clause = f"metrics.metric_1 > 0.5{n % 1000:03d} AND params.param_2 = '{n % 10}'"
            order = ["metrics.metric_3 DESC"]
            body = {"experiment_ids": [home], "filter": clause, "order_by": order}
            return post("runs/search", {**body, "max_results": 100})

        scripts = [repeat(message) for _ in range(clients)]
        return sample(server, scripts, settings.seconds, None if clients == 1 else 1.0)

    return measure
