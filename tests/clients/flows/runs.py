"""Runs: life, nesting, params, tags, search."""

from __future__ import annotations

from typing import Any

from clients.flows.refusals import refusal


def lives(mlflow: Any) -> dict[str, Any]:
    """Start, nest, fail, resume, kill, delete and restore runs."""
    client = mlflow.MlflowClient()
    facts: dict[str, Any] = {}
    with mlflow.start_run(run_name="parent", description="a note") as parent:
        facts["while running"] = [parent.info.status, parent.info.end_time]
        with mlflow.start_run(run_name="child", nested=True) as child:
            mlflow.log_param("depth", 1)
        facts["active again"] = mlflow.active_run().info.run_id == parent.info.run_id
    tags = mlflow.get_run(parent.info.run_id).data.tags
    facts["name and note"] = [tags["mlflow.runName"], tags["mlflow.note.content"]]
    facts["source type"] = tags["mlflow.source.type"]
    facts["user is known"] = bool(tags["mlflow.user"])
    child_tags = mlflow.get_run(child.info.run_id).data.tags
    facts["child knows its parent"] = child_tags["mlflow.parentRunId"] == parent.info.run_id
    ended = mlflow.get_run(parent.info.run_id).info
    facts["ended"] = [ended.status, ended.end_time >= ended.start_time]
    facts["last active"] = mlflow.last_active_run().info.run_id == parent.info.run_id

    try:
        with mlflow.start_run() as failed:
            int("broken")
    except ValueError:
        facts["failed"] = client.get_run(failed.info.run_id).info.status
    facts["a name is made up"] = (
        "-" in client.get_run(failed.info.run_id).data.tags["mlflow.runName"]
    )
    with mlflow.start_run(run_id=failed.info.run_id) as resumed:
        facts["resumed"] = client.get_run(resumed.info.run_id).info.status
        mlflow.log_metric("late", 1)
    resumed = client.get_run(failed.info.run_id)
    facts["resumed and ended"] = [resumed.info.status, resumed.data.metrics]
    client.set_terminated(failed.info.run_id, "KILLED")
    facts["killed"] = client.get_run(failed.info.run_id).info.status

    mlflow.delete_run(failed.info.run_id)
    facts["deleted"] = client.get_run(failed.info.run_id).info.lifecycle_stage
    facts["deleted takes no param"] = refusal(client.log_param, failed.info.run_id, "p", 1)
    facts["deleted takes no metric"] = refusal(client.log_metric, failed.info.run_id, "m", 1)
    client.restore_run(failed.info.run_id)
    facts["restored"] = client.get_run(failed.info.run_id).info.lifecycle_stage
    return facts


def params_and_tags(mlflow: Any) -> dict[str, Any]:
    """Log params and tags, and try to change what is settled."""
    client = mlflow.MlflowClient()
    entities = mlflow.entities
    facts: dict[str, Any] = {}
    with mlflow.start_run() as active:
        run_id = active.info.run_id
        mlflow.log_param("alpha", 0.5)
        mlflow.log_param("alpha", 0.5)
        mlflow.log_params({"vin rouge/cépage": "Syrah 🍷", "empty": "", "none": None, "n": 3})
        facts["changed param"] = refusal(mlflow.log_param, "alpha", 0.6)
        mlflow.log_params({f"many/{i}": i for i in range(90)})
        mlflow.set_tag("phase", "first")
        mlflow.set_tags({"phase": "second", "quality": 7, "gone": "soon"})
        mlflow.delete_tag("gone")
        facts["missing tag"] = refusal(mlflow.delete_tag, "gone")
        batch = [entities.Param("twice", "1"), entities.Param("twice", "2")]
        facts["torn batch"] = refusal(
            client.log_batch, run_id, [entities.Metric("torn", 1.0, 1, 0)], batch, []
        )
    data = client.get_run(run_id).data
    facts["params"] = {k: v for k, v in sorted(data.params.items()) if "many" not in k}
    facts["many params"] = sum("many" in k for k in data.params)
    facts["tags"] = {k: v for k, v in sorted(data.tags.items()) if "mlflow" not in k}
    facts["torn batch left"] = data.metrics
    return facts


def search(mlflow: Any, experiment_id: str) -> dict[str, Any]:
    """Search runs by filter, order and page, as list and as data frame."""
    client = mlflow.MlflowClient()
    for number in range(6):
        with mlflow.start_run(run_name=f"run-{number}"):
            mlflow.log_param("model", "lr" if number % 2 else "tree")
            mlflow.log_metric("rmse", 0.9 - number / 10)
            mlflow.log_metric("steps", number, step=number)
            if number:
                mlflow.set_tag("vintage", 2000 + number)
    client.delete_run(client.search_runs([experiment_id], "run_name = 'run-5'")[0].info.run_id)

    def found(filter_string: str = "", order: str = "attributes.start_time ASC") -> list[str]:
        runs = client.search_runs([experiment_id], filter_string, order_by=[order])
        return [r.data.tags["mlflow.runName"][len("run-") :] for r in runs]

    facts: dict[str, Any] = {
        "all": found("", "metrics.rmse ASC"),
        "default order": [
            r.data.tags["mlflow.runName"][len("run-") :] for r in client.search_runs(experiment_id)
        ],
        "metric": found("metrics.rmse < 0.75"),
        "metric and param": found("metrics.rmse <= 0.8 and params.model = 'lr'"),
        "param like": found("params.model LIKE 't%'"),
        "param ilike": found("params.model ILIKE 'T%'"),
        "tag": found("tags.vintage != '2001'"),
        "status": found("attributes.status = 'FINISHED' AND metrics.steps >= 3"),
        "name": found("tags.mlflow.runName = 'run-2'"),
        "tag last where missing": found("", "tags.vintage DESC"),
    }
    pages: list[list[str]] = []
    token = None
    while not pages or token:
        page = client.search_runs(
            [experiment_id], order_by=["metrics.rmse DESC"], max_results=2, page_token=token
        )
        pages.append([r.data.params["model"] for r in page])
        token = page.token
    facts["pages"] = pages
    view = mlflow.entities.ViewType
    deleted = client.search_runs([experiment_id], "", view.DELETED_ONLY)
    facts["deleted only"] = [r.data.tags["mlflow.runName"] for r in deleted]
    listed = mlflow.search_runs([experiment_id], output_format="list", max_results=3)
    facts["as a list"] = len(listed)
    frame = mlflow.search_runs([experiment_id], "metrics.rmse < 0.75", order_by=["metrics.rmse"])
    columns = ["params.model", "metrics.rmse", "tags.vintage", "status"]
    facts["as a frame"] = frame[columns].round(3).to_numpy().tolist()
    return facts


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Run one part, which `options["part"]` names: "lives", "params and tags" or "search"."""
    experiment = mlflow.set_experiment(prefix + "runs")
    if options["part"] == "search":
        return search(mlflow, experiment.experiment_id)
    return lives(mlflow) if options["part"] == "lives" else params_and_tags(mlflow)
