"""Asynchronous logging (since 2.8): writes that are sent while the script goes on."""

from __future__ import annotations

from typing import Any


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Log without waiting, then wait for all of it."""
    del options
    mlflow.set_experiment(prefix + "asynchronous")
    with mlflow.start_run() as active:
        for step in range(200):
            mlflow.log_metric("loss", 1 / (step + 1), step=step, synchronous=False)
        mlflow.log_param("alpha", 0.5, synchronous=False)
        mlflow.log_params({"a": 1, "b": 2}, synchronous=False)
        mlflow.set_tag("t", "1", synchronous=False)
        mlflow.log_metrics({"last": 7.0}, step=9, synchronous=False).wait()
        mlflow.flush_async_logging()
    run_id = active.info.run_id
    data = mlflow.get_run(run_id).data
    history = mlflow.MlflowClient().get_metric_history(run_id, "loss")
    return {
        "steps": sorted(m.step for m in history) == list(range(200)),
        "latest": data.metrics["loss"],
        "last": data.metrics["last"],
        "params": data.params,
        "tag": data.tags["t"],
    }
