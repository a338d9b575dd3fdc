"""Tables and images, which clients put together from several artifacts and tags (since 2.4)."""

from __future__ import annotations

from typing import Any


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Log a table in two parts and read it back."""
    del options
    import pandas as pd

    mlflow.set_experiment(prefix + "tables")
    with mlflow.start_run() as active:
        mlflow.log_table({"wine": ["Syrah", "Merlot"], "points": [91, 87]}, "t/scores.json")
        mlflow.log_table(pd.DataFrame({"wine": ["Malbec"], "points": [89]}), "t/scores.json")
    frame = mlflow.load_table("t/scores.json", run_ids=[active.info.run_id])
    tags = mlflow.get_run(active.info.run_id).data.tags
    return {
        "columns": sorted(frame.columns),
        "rows": frame[["wine", "points"]].to_numpy().tolist(),
        "tag": tags["mlflow.loggedArtifacts"],
    }
