"""Data for the tests of the web UI, made through the public library and calls."""

from __future__ import annotations

import contextlib
import math
import subprocess
import sys
from collections.abc import Iterator

import cuvee
from cuvee.demo.data import make_wines
from cuvee.demo.story import Story

SWEEP = "team/sweep"


@contextlib.contextmanager
def _step(_: str) -> Iterator[None]:
    yield


def tell_the_wine_story(url: str) -> None:
    """Log the wine models, register them and move them, as ``cuvee demo`` does.

    In a process of its own, since the story chooses a tracking URI and an experiment for its.
    """
    subprocess.run([sys.executable, __file__, url], check=True, timeout=120)


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


if __name__ == "__main__":
    Story(sys.argv[1], make_wines(300), _step).tell()
