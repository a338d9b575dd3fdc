"""Tools of others that log through MLflow's client, and MLflow's own autologging."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def optuna(mlflow: Any, experiment: str) -> dict[str, Any]:
    """Tune with Optuna, whose callback logs one run a trial."""
    import optuna as tuner
    from optuna_integration import MLflowCallback

    tuner.logging.set_verbosity(tuner.logging.ERROR)
    callback = MLflowCallback(tracking_uri=mlflow.get_tracking_uri(), metric_name="loss")
    study = tuner.create_study(study_name=experiment, direction="minimize")
    study.optimize(
        lambda trial: (trial.suggest_float("x", -5, 5) - 2) ** 2, n_trials=6, callbacks=[callback]
    )
    found = mlflow.search_runs(experiment_names=[experiment], order_by=["metrics.loss"])
    return {
        "runs": len(found),
        "best is the study's": [
            float(found["metrics.loss"][0]) == study.best_value,
            float(found["params.x"][0]) == study.best_params["x"],
        ],
        "directions": sorted({text.rpartition(".")[2] for text in found["tags.direction"]}),
    }


def kedro(mlflow: Any, experiment: str) -> dict[str, Any]:
    """Save and load what Kedro's plugin for MLflow calls data sets."""
    from kedro_mlflow.io.artifacts import MlflowArtifactDataset
    from kedro_mlflow.io.metrics import MlflowMetricDataset, MlflowMetricHistoryDataset
    from kedro_mlflow.io.models import MlflowModelRegistryDataset, MlflowModelTrackingDataset
    from sklearn.linear_model import LinearRegression

    mlflow.set_experiment(experiment)
    model = LinearRegression().fit([[1.0], [2.0]], [2.0, 4.0])
    with mlflow.start_run() as run:
        MlflowMetricDataset(key="rmse").save(0.25)
        MlflowMetricHistoryDataset(key="loss", save_args={"mode": "list"}).save([3.0, 2.0, 1.0])
        report = {"type": "pickle.PickleDataset", "filepath": str(Path("report.pkl").resolve())}
        MlflowArtifactDataset(report).save("all is well")
        tracked = MlflowModelTrackingDataset(
            "mlflow.sklearn", save_args={"name": "lr", "registered_model_name": experiment}
        )
        tracked.save(model)
    loss = MlflowMetricHistoryDataset(
        key="loss", run_id=run.info.run_id, load_args={"mode": "list"}
    )
    registered = MlflowModelRegistryDataset(experiment, stage_or_version=1, flavor="mlflow.sklearn")
    return {
        "metric": mlflow.get_run(run.info.run_id).data.metrics["rmse"],
        "history": loss.load(),
        "artifacts": [f.path for f in mlflow.MlflowClient().list_artifacts(run.info.run_id)],
        "registered model predicts": round(float(registered.load().predict([[3.0]])[0]), 6),
    }


def sklearn_autolog(mlflow: Any, experiment: str) -> dict[str, Any]:
    """Fit under scikit-learn's autologging: one model, and a search with a run a candidate."""
    import numpy as np
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import GridSearchCV

    mlflow.set_experiment(experiment)
    mlflow.sklearn.autolog(max_tuning_runs=None, silent=True)
    rows = np.arange(60.0).reshape(30, 2)
    target = rows @ [2.0, 1.0]
    try:
        Ridge(alpha=0.5).fit(rows, target)
        single = mlflow.last_active_run()
        GridSearchCV(Ridge(), {"alpha": [0.1, 1.0, 10.0]}, cv=3).fit(rows, target)
        search = mlflow.last_active_run()
    finally:
        mlflow.sklearn.autolog(disable=True, silent=True)
    children = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string=f"tags.mlflow.parentRunId = '{search.info.run_id}'",
    )
    loaded = mlflow.pyfunc.load_model(f"models:/{single.outputs.model_outputs[0].model_id}")
    return {
        "param": single.data.params["alpha"],
        "metrics": sorted(single.data.metrics),
        "estimator": single.data.tags["estimator_class"],
        "dataset": [i.dataset.name for i in single.inputs.dataset_inputs],
        "model predicts": len(loaded.predict(rows[:4])),
        "candidates": sorted(children["params.alpha"]),
        "best": "best_alpha" in search.data.params,
        "status": [single.info.status, search.info.status],
    }


def lightgbm_autolog(mlflow: Any, experiment: str) -> dict[str, Any]:
    """Train under LightGBM's autologging, which logs a point of each metric every round."""
    import lightgbm
    import numpy as np

    mlflow.set_experiment(experiment)
    mlflow.lightgbm.autolog(silent=True)
    rows = np.arange(200.0).reshape(100, 2)
    data = lightgbm.Dataset(rows, label=rows[:, 0] * 3)
    settings = {"objective": "regression", "metric": ["l2"], "verbose": -1, "num_threads": 1}
    try:
        lightgbm.train(settings, data, num_boost_round=25, valid_sets=[data], valid_names=["train"])
    finally:
        mlflow.lightgbm.autolog(disable=True, silent=True)
    run = mlflow.last_active_run()
    client = mlflow.MlflowClient()
    points = client.get_metric_history(run.info.run_id, "train-l2")
    values = [p.value for p in sorted(points, key=lambda p: p.step)]
    return {
        "rounds": [p.step for p in points],
        "falls": values == sorted(values, reverse=True),
        "last is latest": run.data.metrics["train-l2"] == values[-1],
        "param": run.data.params["num_boost_round"],
        "plots": sorted(f.path for f in client.list_artifacts(run.info.run_id))[:2],
        "status": run.info.status,
    }


PARTS = {
    "optuna": optuna,
    "kedro": kedro,
    "scikit-learn": sklearn_autolog,
    "lightgbm": lightgbm_autolog,
}


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Run the part that the options name."""
    return PARTS[options["part"]](mlflow, prefix + "tools")
