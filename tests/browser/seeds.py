"""Data for the tests of the web UI, made through the public library and calls."""

from __future__ import annotations

import contextlib
import math
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import cuvee
from cuvee.api.demo import MODEL
from cuvee.demo.data import make_wines
from cuvee.demo.story import Story

if TYPE_CHECKING:
    from refusals.served import Site

SWEEP = "team/sweep"


@contextlib.contextmanager
def _step(_: str) -> Iterator[None]:
    yield


def tell_the_wine_story(url: str) -> None:
    """Log the wine models, register them and move them, as ``cuvee demo`` does.

    In a process of its own, since the story chooses a tracking URI and an experiment for its.
    """
    subprocess.run([sys.executable, __file__, url], check=True, timeout=120)


def ask_for_a_move(url: str) -> None:
    """Ask for the wine story's second version to go to Production, and comment on it."""
    client = cuvee.MlflowClient(tracking_uri=url)
    client.request_transition(MODEL, "2", "Production", comment="pH lowers the RMSE")
    client.create_comment(MODEL, "2", "Tried on the 2026 harvest, too.")


def log_many_runs(url: str, number: int) -> None:
    """Log runs whose params and metrics vary, with histories; one fails, one goes on."""
    client = cuvee.MlflowClient(tracking_uri=url)
    experiment = client.create_experiment(SWEEP, tags={"team": "cellar"})
    for i in range(number):
        run = client.create_run(experiment, run_name=f"trial-{i:03}").info.run_id
        client.log_param(run, "alpha", 0.1 * (i % 10))
        client.log_param(run, "solver", "saga" if i % 2 else "lbfgs")
        client.log_param(run, "seed", 7)
        for step in range(5):
            client.log_metric(run, "rmse", 1 / (1 + step) + math.sin(i) / 9, step=step)
        client.log_metric(run, "r2", 0.3 + i / 100)
        client.set_tag(run, "mlflow.note.content", f"Trial {i} of the sweep.")
        if i < number - 1:
            client.set_terminated(run, "FAILED" if i == 3 else "FINISHED")
    cuvee.flush_async_logging()  # or a page may be opened before the last metrics are there


def log_histories(site: Site, points: int = 2000) -> str:
    """Log a run with histories in groups of metrics, NaN and infinities among them."""
    about = {"experiment_id": "0", "run_name": "curves"}
    start = int(time.time() * 1000) - points * 1000
    run = site.api("runs/create", start_time=start, **about)["run"]["info"]["run_id"]
    noise = random.Random(7)
    histories: dict[str, list[Any]] = {"lr": [1e-3 * 0.999**i for i in range(points)]}
    for part, floor in (("train", 0.1), ("val", 0.25)):
        loss = [floor + 2 * math.exp(-i / points * 6) for i in range(points)]
        histories[f"{part}/loss"] = [value * noise.uniform(0.8, 1.25) for value in loss]
        histories[f"{part}/accuracy"] = [1 - value / 3 for value in loss]
    histories["grad/norm"] = [noise.lognormvariate(0, 0.8) for _ in range(points)]
    histories["grad/norm"][points // 4] = "Infinity"
    histories["grad/norm"][points // 2] = "NaN"
    histories["score"] = [0.73]
    for key, values in histories.items():
        _log(site, run, [
            {"key": key, "value": value, "timestamp": start + i * 1000, "step": i}
            for i, value in enumerate(values)
        ])  # fmt: skip
    return str(run)


def log_many_keys(site: Site, number: int) -> str:
    """Log a run with many metrics in groups of 100, a point each."""
    about = {"experiment_id": "0", "run_name": "many keys"}
    run = site.api("runs/create", start_time=1, **about)["run"]["info"]["run_id"]
    keys = (f"layer{i // 100}/m{i}" for i in range(number))
    _log(site, run, [{"key": key, "value": i, "timestamp": 1} for i, key in enumerate(keys)])
    site.api("runs/update", run_id=run, status="FINISHED", end_time=2)
    return str(run)


def _log(site: Site, run: str, metrics: list[dict[str, Any]]) -> None:
    for first in range(0, len(metrics), 1000):
        site.api("runs/log-batch", run_id=run, metrics=metrics[first : first + 1000])


if __name__ == "__main__":
    Story(sys.argv[1], make_wines(300), _step).tell()
