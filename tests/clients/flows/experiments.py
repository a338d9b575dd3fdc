"""Experiments: create, tag, rename, delete, restore, search."""

from __future__ import annotations

import time
from typing import Any

from clients.flows.refusals import refusal


def names(experiments: Any, prefix: str) -> list[str]:
    """Return the names of experiments, without the prefix."""
    return [e.name[len(prefix) :] for e in experiments if e.name.startswith(prefix)]


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Walk through the life of experiments."""
    del options
    client = mlflow.MlflowClient()
    view = mlflow.entities.ViewType
    facts: dict[str, Any] = {}

    first = mlflow.create_experiment(prefix + "first", tags={"team": "wine", "empty": ""})
    found = mlflow.get_experiment(first)
    facts["created"] = [found.name[len(prefix) :], found.lifecycle_stage, found.tags]
    facts["location is proxied"] = found.artifact_location == f"mlflow-artifacts:/{first}"
    facts["times are kept"] = 0 < found.creation_time <= found.last_update_time

    client.set_experiment_tag(first, "team", "cellar")
    client.rename_experiment(first, prefix + "renamed")
    facts["renamed"] = mlflow.get_experiment_by_name(prefix + "renamed").tags["team"]
    facts["old name is gone"] = mlflow.get_experiment_by_name(prefix + "first") is None

    chosen = mlflow.set_experiment(prefix + "chosen")
    again = mlflow.set_experiment(prefix + "chosen")
    facts["set_experiment finds it again"] = chosen.experiment_id == again.experiment_id
    with mlflow.start_run() as active:
        facts["run is in the chosen one"] = active.info.experiment_id == chosen.experiment_id

    mlflow.delete_experiment(first)
    facts["deleted"] = mlflow.get_experiment(first).lifecycle_stage
    facts["deleted keeps its name"] = refusal(client.create_experiment, prefix + "renamed")
    facts["deleted takes no runs"] = refusal(client.create_run, first)
    deleted = mlflow.search_experiments(view_type=view.DELETED_ONLY)
    facts["search for deleted"] = names(deleted, prefix)
    client.restore_experiment(first)
    facts["restored"] = mlflow.get_experiment(first).lifecycle_stage

    for number in range(5):
        time.sleep(0.005)  # the newest is told by its millisecond
        client.create_experiment(f"{prefix}page-{number}", tags={"parity": str(number % 2)})
    like = f"name LIKE '{prefix}page-%'"
    facts["odd"] = names(
        mlflow.search_experiments(
            filter_string=f"{like} AND tags.parity = '1'", order_by=["name ASC"]
        ),
        prefix,
    )
    pages: list[list[str]] = []
    token = None
    while not pages or token:
        page = client.search_experiments(
            filter_string=like, order_by=["name DESC"], max_results=2, page_token=token
        )
        pages.append(names(page, prefix))
        token = page.token
    facts["pages"] = pages
    facts["newest first"] = names(mlflow.search_experiments(max_results=1), prefix)
    return facts
