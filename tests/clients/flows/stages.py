"""Stages of a model's own, through the calls that every client has."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from clients.flows.refusals import refusal


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Give a model its own stages and move versions through them."""
    del options
    client = mlflow.MlflowClient()
    mlflow.set_experiment(prefix + "stages")
    name = prefix + "model"
    client.create_registered_model(name)
    for text in ("one", "two"):
        with mlflow.start_run() as active:
            mlflow.log_text(text, "model/MLmodel")
        root = active.info.artifact_uri
        client.create_model_version(name, root + "/model", active.info.run_id)
    stages = [{"name": "Dev"}, {"name": "UAT", "holders": "one"}, {"name": "Production"}]
    policy = {"document": json.dumps({"scope": name, "stages": stages})}
    request = urllib.request.Request(  # noqa: S310  # the test's own server
        mlflow.get_tracking_uri() + "/api/1.0/cuvee/policies/apply",
        json.dumps(policy).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # the same
        facts: dict[str, Any] = {"stages": json.load(answer)["after"]["stages"]}
    move = client.transition_model_version_stage
    facts["moved"] = move(name, "1", "uat").current_stage
    facts["unknown stage"] = refusal(move, name, "1", "Staging")
    move(name, "2", "UAT")
    facts["one may hold it"] = client.get_model_version(name, "1").current_stage
    facts["latest"] = {v.current_stage: str(v.version) for v in client.get_latest_versions(name)}
    facts["by stage"] = [str(v.version) for v in client.get_latest_versions(name, ["uat"])]
    where = mlflow.artifacts.download_artifacts("models:/" + name + "/UAT")
    facts["loaded"] = (Path(where) / "MLmodel").read_text(encoding="utf-8")
    found = client.search_model_versions("name = '" + name + "'")
    facts["searched"] = sorted([str(v.version), v.current_stage] for v in found)
    move(name, "1", "Dev", archive_existing_versions=True)
    # MLflow 1.30 does not know the code of the refusal and wraps it into an error of its own.
    refusal(client.delete_model_version, name, "2")
    facts["what runs is kept"] = client.get_model_version(name, "2").current_stage
    return facts
