"""Logged models as things of their own (since 3.0)."""

from __future__ import annotations

from typing import Any

from clients.flows.refusals import refusal


def search(mlflow: Any, experiment_id: str) -> dict[str, Any]:
    """Search logged models by name, param and metric."""

    def found(filter_string: str | None = None, **options: Any) -> list[str]:
        models = mlflow.search_logged_models(
            experiment_ids=[experiment_id],
            filter_string=filter_string,
            output_format="list",
            **options,
        )
        return [m.name for m in models]

    best_first = [{"field_name": "metrics.acc", "ascending": False}]
    return {
        "all": sorted(found()),
        "by metric": found("metrics.acc > 0.75"),
        "by param": found("params.depth = '1'"),
        "by tag": found("tags.colour = 'red'"),
        "by name": found("name LIKE 'model-%' AND metrics.acc < 0.75"),
        "best first": found("name != 'draft'", order_by=best_first),
    }


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Walk through the life of a logged model."""
    del options
    facts: dict[str, Any] = {}
    experiment = mlflow.set_experiment(prefix + "logged models")
    draft = mlflow.initialize_logged_model(name="draft", params={"a": "1"}, tags={"t": "x"})
    facts["new"] = [draft.status, draft.params, draft.tags["t"]]
    mlflow.log_model_params({"b": "2"}, model_id=draft.model_id)
    # MLflow's own server says BAD_REQUEST.
    changed = refusal(mlflow.log_model_params, {"b": "3"}, model_id=draft.model_id)
    facts["changed param is refused"] = changed in ("BAD_REQUEST", "INVALID_PARAMETER_VALUE")
    mlflow.set_logged_model_tags(draft.model_id, {"t": "y", "u": "z"})
    mlflow.delete_logged_model_tag(draft.model_id, "u")
    mlflow.finalize_logged_model(draft.model_id, "READY")
    found = mlflow.get_logged_model(draft.model_id)
    facts["ready"] = [found.status, found.params, found.tags["t"], "u" in found.tags]
    location = f"mlflow-artifacts:/{experiment.experiment_id}/models/{draft.model_id}/artifacts"
    facts["has a place of its own"] = found.artifact_location == location

    for number in range(3):
        with mlflow.start_run() as active:
            model = mlflow.initialize_logged_model(
                name=f"model-{number}",
                source_run_id=active.info.run_id,
                params={"depth": str(number)},
                tags={"colour": "white" if number else "red"},
            )
            mlflow.log_metric("acc", 0.6 + number / 10, model_id=model.model_id)
            mlflow.log_metric("acc", 0.5 + number / 5, step=2, model_id=model.model_id)
            mlflow.finalize_logged_model(model.model_id, "READY")
    facts["search"] = search(mlflow, experiment.experiment_id)
    last = mlflow.get_logged_model(model.model_id)
    facts["knows its run"] = last.source_run_id == active.info.run_id
    facts["points"] = sorted([m.step, m.value] for m in last.metrics)
    facts["run has them too"] = mlflow.get_run(active.info.run_id).data.metrics

    mlflow.MlflowClient().delete_logged_model(draft.model_id)
    facts["deleted"] = refusal(mlflow.get_logged_model, draft.model_id)
    return facts
