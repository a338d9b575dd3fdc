"""Metrics: special values, steps, history, large batches."""

from __future__ import annotations

import math
from typing import Any


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Log metrics of every kind and read them back."""
    del options
    client = mlflow.MlflowClient()
    mlflow.set_experiment(prefix + "metrics")
    facts: dict[str, Any] = {}
    with mlflow.start_run() as active:
        run_id = active.info.run_id
        mlflow.log_metric("nan", math.nan)
        mlflow.log_metric("inf", math.inf)
        mlflow.log_metric("minus inf", -math.inf)
        mlflow.log_metrics({"tiny": 5e-324, "exact": 0.1 + 0.2, "zero": 0, "true": True}, step=3)
        for step in (2, -1, 5, 3):
            mlflow.log_metric("loss", step * 1.5, step=step)
        mlflow.log_metric("loss", 100.0, step=5)
        batch = [
            mlflow.entities.Metric("many", float(i), 1_700_000_000_000 + i, i) for i in range(1000)
        ]
        client.log_batch(run_id, metrics=batch)
        client.log_batch(run_id, metrics=batch)
    values = client.get_run(run_id).data.metrics
    facts["NaN stays"] = math.isnan(values["nan"])
    # MLflow's own server keeps the largest double for an infinity; Cuvee keeps the infinity.
    facts["infinities keep their sign"] = values["inf"] > 1e308 and values["minus inf"] < -1e308
    facts["exact"] = {k: values[k] for k in ("tiny", "exact", "zero", "true")}
    facts["latest is of the greatest step"] = values["loss"]
    history = client.get_metric_history(run_id, "loss")
    facts["history"] = sorted([m.step, m.value] for m in history)
    facts["history is in time order"] = history == sorted(history, key=lambda m: m.timestamp)
    many = client.get_metric_history(run_id, "many")
    facts["many, repeated"] = [len(many), many[0].timestamp, many[-1].step, many[-1].value]
    facts["no such metric"] = client.get_metric_history(run_id, "nothing")
    return facts
