"""What a client sees when a call is refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def refusal(call: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """Return the error code with which a call is refused.

    Clients retry an answer of 5xx for minutes, so a refusal that takes long was one.

    Raises:
        AssertionError: the call was not refused, or not within 5 seconds.
    """
    started = time.monotonic()
    try:
        answer = call(*args, **kwargs)
    except Exception as error:
        if time.monotonic() - started > 5:
            raise AssertionError(f"{call} was tried again and again before: {error}") from error
        return str(getattr(error, "error_code", type(error).__name__))
    raise AssertionError(f"{call} was not refused but answered {answer!r}")


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Ask for what does not exist or may not be, and tell how it was refused."""
    del options
    client = mlflow.MlflowClient()
    experiment_id = client.create_experiment(prefix + "refusals")
    run_id = client.create_run(experiment_id).info.run_id
    client.create_registered_model(prefix + "model")
    search, bad_token = client.search_runs, "no token"
    used = client.create_run(experiment_id).info
    client.create_registered_model(prefix + "used")
    client.create_model_version(prefix + "used", f"{used.artifact_uri}/model", used.run_id)
    client.transition_model_version_stage(prefix + "used", "1", "Production")
    return {
        "duplicate experiment": refusal(client.create_experiment, prefix + "refusals"),
        "duplicate model": refusal(client.create_registered_model, prefix + "model"),
        "experiment without a name": refusal(client.create_experiment, ""),
        "unknown experiment": refusal(client.get_experiment, "999999999"),
        "experiment id of letters": refusal(client.get_experiment, "abc"),
        "unknown run": refusal(client.get_run, "0" * 32),
        "metric of an unknown run": refusal(client.log_metric, "0" * 32, "m", 1.0),
        "run in an unknown experiment": refusal(client.create_run, "999999999"),
        "bad metric key": refusal(client.log_metric, run_id, "a@b", 1.0),
        "long key": refusal(client.set_tag, run_id, "k" * 300, "v"),
        "path as a key": refusal(client.set_tag, run_id, "../up", "v"),
        "filter with a syntax error": refusal(search, [experiment_id], "metrics.m >"),
        "filter on an unknown attribute": refusal(search, [experiment_id], "colour = 'red'"),
        "too many results": refusal(search, [experiment_id], max_results=50_001),
        "order by nonsense": refusal(search, [experiment_id], order_by=["nonsense.x"]),
        "bad page token": refusal(search, [experiment_id], page_token=bad_token),
        "unknown model": refusal(client.get_registered_model, prefix + "nothing"),
        "unknown version": refusal(client.get_model_version, prefix + "model", "7"),
        "model with a slash": refusal(client.create_registered_model, prefix + "a/b"),
        "version of an unknown model": refusal(
            client.create_model_version, prefix + "nothing", f"runs:/{run_id}/model", run_id
        ),
        "unknown stage": refusal(
            client.transition_model_version_stage, prefix + "model", "1", "Cellar"
        ),
        "run in use": refusal(client.delete_run, used.run_id),
    }
