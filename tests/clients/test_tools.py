"""Tools of others log through MLflow's client as they would to MLflow's own server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.clients

RunFlow = Callable[..., dict[str, Any]]
CLIENT = "mlflow-3.17"


@pytest.mark.parametrize("server", ["cuvee_server", "postgres_server"])
def test_optuna_logs_a_run_for_each_trial(
    run: RunFlow, server: str, request: pytest.FixtureRequest
) -> None:
    assert run(CLIENT, "tools", request.getfixturevalue(server), part="optuna") == {
        "runs": 6,
        "best is the study's": [True, True],
        "directions": ["MINIMIZE"],
    }


def test_kedro_saves_and_loads_metrics_files_and_registered_models(run: RunFlow) -> None:
    assert run(CLIENT, "tools", part="kedro") == {
        "metric": 0.25,
        "history": [3.0, 2.0, 1.0],
        "artifacts": ["report.pkl"],
        "registered model predicts": 6.0,
    }


def test_autologging_records_a_fit_and_each_candidate_of_a_search(run: RunFlow) -> None:
    assert run(CLIENT, "tools", part="scikit-learn") == {
        "param": "0.5",
        "metrics": [
            "training_mean_absolute_error",
            "training_mean_squared_error",
            "training_r2_score",
            "training_root_mean_squared_error",
            "training_score",
        ],
        "estimator": "sklearn.linear_model._ridge.Ridge",
        "dataset": ["dataset"],
        "model predicts": 4,
        "candidates": ["0.1", "1.0", "10.0"],
        "best": True,
        "status": ["FINISHED", "FINISHED"],
    }


def test_autologging_records_every_round_of_boosting(run: RunFlow) -> None:
    assert run(CLIENT, "tools", part="lightgbm") == {
        "rounds": list(range(25)),
        "falls": True,
        "last is latest": True,
        "param": "25",
        "plots": ["feature_importance_gain.json", "feature_importance_gain.png"],
        "status": "FINISHED",
    }
