"""What MLflow 1 lists by calls that later versions have dropped."""

from __future__ import annotations

import warnings
from typing import Any


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Make experiments and models, delete one, and list them."""
    client = mlflow.tracking.MlflowClient()
    names = [f"{prefix}{name}" for name in ("b", "a", "gone")]
    *_, gone = [client.create_experiment(name) for name in names]
    client.delete_experiment(gone)
    for name in names:
        client.create_registered_model(name)

    def told(found: list[Any]) -> list[str]:
        return [one.name[len(prefix) :] for one in found if one.name.startswith(prefix)]

    def paged(page: Any, **asked: Any) -> list[Any]:
        found = page(max_results=2, **asked)
        every = list(found)
        while found.token:
            found = page(max_results=2, page_token=found.token, **asked)
            every += found
        return every

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are deprecated there
        return {
            "experiments": told(client.list_experiments()),
            "all": told(paged(client.list_experiments, view_type=mlflow.entities.ViewType.ALL)),
            "models": told(paged(client.list_registered_models)),
        }
