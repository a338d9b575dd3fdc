"""Autologging of scikit-learn: what MLflow's client logs by itself."""

from __future__ import annotations

from typing import Any

from clients.flows.models import fitted


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Fit with autologging on, alone and in a grid search."""
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import GridSearchCV

    experiment = mlflow.set_experiment(prefix + "autolog")
    client = mlflow.MlflowClient()
    mlflow.sklearn.autolog(log_models=bool(options.get("models")), silent=True)
    try:
        with mlflow.start_run() as active:
            fitted()
        with mlflow.start_run() as searched:
            x = pd.DataFrame({"a": np.arange(20.0), "b": np.arange(20.0) % 3})
            GridSearchCV(Ridge(), {"alpha": [0.1, 0.5]}, cv=2).fit(x, np.arange(20.0))
    finally:
        mlflow.sklearn.autolog(disable=True)
    data = client.get_run(active.info.run_id).data
    runs = client.search_runs(
        [experiment.experiment_id], f"tags.mlflow.parentRunId = '{searched.info.run_id}'"
    )
    return {
        "params": data.params["fit_intercept"],
        "estimator": data.tags["estimator_name"],
        "has an error": "training_mse" in data.metrics
        or "training_mean_squared_error" in data.metrics,
        "best alpha": client.get_run(searched.info.run_id).data.params["best_alpha"],
        "children": sorted(r.data.params["alpha"] for r in runs),
        "files": sorted(f.path for f in client.list_artifacts(searched.info.run_id)),
    }
