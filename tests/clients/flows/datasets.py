"""Datasets as inputs of runs (since 2.4)."""

from __future__ import annotations

from typing import Any


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Log datasets, as a frame and as an entity, and find runs by them."""
    del options
    import pandas as pd

    entities = mlflow.entities
    client = mlflow.MlflowClient()
    experiment = mlflow.set_experiment(prefix + "datasets")
    frame = pd.DataFrame({"alcohol": [9.4, 9.8, 10.1], "quality": [5, 5, 6]})
    with mlflow.start_run() as active:
        red = mlflow.data.from_pandas(frame, name="red", targets="quality")
        mlflow.log_input(red, context="training")
        mlflow.log_input(red, context="again")
    by_hand = client.create_run(experiment.experiment_id)
    white = entities.Dataset("white", "abc123", "local", '{"uri": "white.csv"}', None, None)
    tag = entities.InputTag("mlflow.data.context", "eval")
    client.log_inputs(by_hand.info.run_id, [entities.DatasetInput(white, [tag])])

    def found(filter_string: str) -> int:
        return len(client.search_runs([experiment.experiment_id], filter_string))

    inputs = mlflow.get_run(active.info.run_id).inputs.dataset_inputs
    other = client.get_run(by_hand.info.run_id).inputs.dataset_inputs[0]
    return {
        "inputs": len(inputs),
        "name": inputs[0].dataset.name,
        "digest is the frame's": inputs[0].dataset.digest == red.digest,
        "profile": inputs[0].dataset.profile,
        "context": [[t.key, t.value] for t in inputs[0].tags],
        "by hand": [other.dataset.name, other.dataset.digest, other.dataset.source],
        "search by name": found("dataset.name = 'red'"),
        "search by digest": found("dataset.digest = 'abc123'"),
        "search by context": found("dataset.context = 'training'"),
        "search by list": found("dataset.name IN ('red', 'white')"),
        "search in vain": found("dataset.name = 'red' AND dataset.context = 'eval'"),
    }
