"""The wine story: track, register, stage, load.

Two linear regressions are logged, the first goes to Production; a third with pH is better and goes
to Staging, which leaves Production undisturbed.
"""

from __future__ import annotations

import math
from typing import Any

FEATURES = {
    "alcohol only": ["alcohol"],
    "several": ["alcohol", "volatile acidity", "sulphates", "chlorides", "total sulfur dioxide"],
}
FEATURES["with pH"] = [*FEATURES["several"], "pH"]


def sample() -> Any:
    """Make 600 wines whose quality depends on their alcohol, acidity and pH."""
    import numpy as np
    import pandas as pd

    random = np.random.RandomState(1599)
    centre = {
        "alcohol": (10.4, 1.0),
        "volatile acidity": (0.53, 0.18),
        "sulphates": (0.66, 0.17),
        "chlorides": (0.087, 0.04),
        "total sulfur dioxide": (46.0, 30.0),
        "pH": (3.3, 0.15),
    }
    wine = pd.DataFrame({k: random.normal(mean, sd, 600) for k, (mean, sd) in centre.items()})
    quality = 0.3 * wine["alcohol"] - 1.1 * wine["volatile acidity"] - 1.0 * wine["pH"]
    return wine.assign(quality=7.0 + quality + random.normal(0, 0.6, 600))


def train(mlflow: Any, wine: Any, title: str) -> str:
    """Fit and log one regression, and return the id of its run."""
    from sklearn.linear_model import LinearRegression

    columns = FEATURES[title]
    cut = len(wine) * 3 // 4
    trained, tested = wine[:cut], wine[cut:]
    with mlflow.start_run(run_name=title) as active:
        model = LinearRegression().fit(trained[columns], trained["quality"])
        misses = model.predict(tested[columns]) - tested["quality"]
        mlflow.log_params({"features": ",".join(columns), "count": len(columns)})
        mlflow.log_metric("rmse", math.sqrt((misses**2).mean()))
        mlflow.set_tag("story", "wine")
        mlflow.sklearn.log_model(
            model,
            artifact_path="model",
            signature=mlflow.models.infer_signature(
                trained[columns], model.predict(trained[columns])
            ),
            input_example=trained[columns].head(3),
            pip_requirements=["scikit-learn"],
        )
    return str(active.info.run_id)


def predictions(mlflow: Any, uri: str, rows: Any) -> list[float]:
    """Load a model in both ways and return what it makes of rows."""
    by_pyfunc = mlflow.pyfunc.load_model(uri).predict(rows)
    native = mlflow.sklearn.load_model(uri)
    by_sklearn = native.predict(rows[list(native.feature_names_in_)])
    if not all(abs(a - b) < 1e-9 for a, b in zip(by_pyfunc, by_sklearn)):  # noqa: B905  Python 3.9
        raise AssertionError(f"{by_pyfunc} by pyfunc, {by_sklearn} by sklearn")
    return [round(float(p), 6) for p in by_pyfunc]


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Tell the story; `options["data"]` is the path of the wine-quality CSV, if there is one."""
    import pandas as pd

    wine = pd.read_csv(options["data"]) if options.get("data") else sample()
    rows = wine.drop(columns="quality").head(5)
    client = mlflow.MlflowClient()
    experiment = mlflow.set_experiment(prefix + "wine")
    name = prefix + "lr_wine_quality"
    runs = [train(mlflow, wine, "alcohol only"), train(mlflow, wine, "several")]

    first = mlflow.register_model(f"runs:/{runs[0]}/model", name)
    client.transition_model_version_stage(name, first.version, "Production")
    before = predictions(mlflow, f"models:/{name}/Production", rows)

    runs.append(train(mlflow, wine, "with pH"))
    second = mlflow.register_model(f"runs:/{runs[2]}/model", name)
    client.transition_model_version_stage(name, second.version, "Staging")
    staging = predictions(mlflow, f"models:/{name}/Staging", rows)
    after = predictions(mlflow, f"models:/{name}/Production", rows)

    client.update_registered_model(name, "Predicts the quality of a red wine.")
    client.update_model_version(name, first.version, "From alcohol only.")
    client.update_model_version(name, second.version, "With pH, the better one.")
    held = [client.get_model_version(name, number) for number in "12"]
    best = mlflow.search_runs(
        [experiment.experiment_id], "tags.story = 'wine'", order_by=["metrics.rmse ASC"]
    )
    return {
        "rmse": [round(client.get_run(r).data.metrics["rmse"], 6) for r in runs],
        "best first": list(best["tags.mlflow.runName"]),
        "versions": [str(first.version), str(second.version)],
        "stages": [v.current_stage for v in held],
        "descriptions": [v.description for v in held],
        "model": client.get_registered_model(name).description,
        "versions know their runs": [held[0].run_id == runs[0], held[1].run_id == runs[2]],
        "production undisturbed": before == after,
        "staging is another": staging != after,
        "production": after,
        "staging": staging,
        "by number": predictions(mlflow, f"models:/{name}/1", rows) == after,
        "latest": predictions(mlflow, f"models:/{name}/latest", rows) == staging,
        "by run": predictions(mlflow, f"runs:/{runs[2]}/model", rows) == staging,
    }
