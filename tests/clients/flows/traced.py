"""Training in traced functions, on a server that keeps no traces."""

from __future__ import annotations

import time
from typing import Any

from clients.flows.models import fitted


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Train with tracing and every autologging on; then ask for the traces."""
    del options
    experiment = mlflow.set_experiment(prefix + "traced")
    mlflow.autolog(silent=True, log_models=False)
    # What another flow has turned off by its own name stays off otherwise.
    mlflow.sklearn.autolog(silent=True, log_models=False)
    began = time.monotonic()
    try:

        def train(depth: int) -> str:
            with mlflow.start_run() as active:
                fitted()
                with mlflow.start_span("score") as span:
                    span.set_inputs({"depth": depth})
                    mlflow.log_metric("score", 0.5)
            return str(active.info.run_id)

        traced = mlflow.trace(train)
        run_ids = [traced(depth) for depth in range(3)]
        if hasattr(mlflow, "flush_trace_async_logging"):
            mlflow.flush_trace_async_logging()
    finally:
        mlflow.autolog(disable=True)
        mlflow.sklearn.autolog(disable=True)
    took = time.monotonic() - began
    try:
        mlflow.search_traces(experiment_ids=[experiment.experiment_id])
        asked = "answered"
    except mlflow.exceptions.MlflowException as problem:
        asked = problem.error_code
    runs = [mlflow.get_run(run_id) for run_id in run_ids]
    return {
        "statuses": [r.info.status for r in runs],
        "scores": [r.data.metrics["score"] for r in runs],
        "autologged": [r.data.params["fit_intercept"] for r in runs],
        "nothing is tried again": took < 60,
        "traces": asked,
    }
