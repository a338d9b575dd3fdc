"""Log, register, stage and load a model of wine quality: ``python wine.py [wines.csv]``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sklearn.linear_model import LinearRegression
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import train_test_split

import cuvee as mlflow
from cuvee.demo.data import make_wines, read_wines

FEATURES = {
    "alcohol only": ["alcohol"],
    "several fields": ["alcohol", "volatile acidity", "sulphates", "chlorides"],
}

wines = read_wines(Path(sys.argv[1])) if len(sys.argv) > 1 else make_wines()
train, test = train_test_split(wines, test_size=0.2, random_state=0)

mlflow.set_tracking_uri(os.environ.get("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000"))
mlflow.set_experiment("wine-example")
best_rmse, best_uri = float("inf"), ""
for name, features in FEATURES.items():
    with mlflow.start_run(run_name=name):
        model = LinearRegression().fit(train[features], train["quality"])
        rmse = root_mean_squared_error(test["quality"], model.predict(test[features]))
        mlflow.log_param("features", ", ".join(features))
        mlflow.log_metric("rmse", rmse)
        logged = mlflow.sklearn.log_model(model, name="model", input_example=test[features][:3])
        print(f"{name}: RMSE {rmse:.4f}")
        if rmse < best_rmse:
            best_rmse, best_uri = rmse, logged.model_uri

version = mlflow.register_model(best_uri, "wine_example").version
client = mlflow.MlflowClient()
client.update_model_version("wine_example", version, description=f"RMSE {best_rmse:.4f}")
client.transition_model_version_stage(
    "wine_example", version, "Production", archive_existing_versions=True
)

loaded = mlflow.pyfunc.load_model("models:/wine_example/Production")
print(f"Version {version} is in Production and predicts {loaded.predict(test)[:3].round(2)}")
