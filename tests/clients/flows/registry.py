"""The registry: models, versions, stages, tags, searches."""

from __future__ import annotations

from typing import Any

from clients.flows.refusals import refusal


def versions(client: Any, name: str, run_id: str) -> dict[str, Any]:
    """Create versions and change what may be changed."""
    facts: dict[str, Any] = {}
    source = client.get_run(run_id).info.artifact_uri + "/model"
    made = client.create_model_version(name, source, run_id, tags={"t": "1"}, description="one")
    facts["made"] = [str(made.version), made.current_stage, made.status, made.description]
    client.create_model_version(name, f"runs:/{run_id}/model", run_id)
    client.create_model_version(name, source, run_id)
    client.update_model_version(name, "2", "described later")
    client.set_model_version_tag(name, "2", "reviewed", "yes")
    client.set_model_version_tag(name, "2", "gone", "soon")
    client.delete_model_version_tag(name, "2", "gone")
    second = client.get_model_version(name, "2")
    facts["second"] = [second.description, second.tags, second.run_id == run_id]
    facts["uri is the source"] = client.get_model_version_download_uri(name, "1") == source
    facts["stages there are"] = sorted(client.get_model_version_stages(name, "1"))
    found = client.search_model_versions(f"name = '{name}'")
    facts["search"] = sorted(int(v.version) for v in found)
    found = client.search_model_versions(f"run_id = '{run_id}'")
    facts["search by run"] = sorted(int(v.version) for v in found)
    return facts


def stages(client: Any, name: str) -> dict[str, Any]:
    """Move versions between stages."""
    move = client.transition_model_version_stage

    def held() -> dict[str, str]:
        latest = client.get_latest_versions(name)
        return {v.current_stage: str(v.version) for v in latest}

    moved = move(name, "1", "production")
    facts: dict[str, Any] = {"moved, in any case": moved.current_stage, "first": held()}
    move(name, "2", "Staging")
    move(name, "3", "Production")
    facts["two in one stage"] = [held(), client.get_model_version(name, "1").current_stage]
    move(name, "2", "Production", archive_existing_versions=True)
    facts["archived"] = [client.get_model_version(name, v).current_stage for v in "123"]
    facts["asked by stage"] = [
        str(v.version) for v in client.get_latest_versions(name, stages=["Production"])
    ]
    move(name, "3", "None")
    facts["moved back"] = client.get_model_version(name, "3").current_stage
    facts["unknown stage"] = refusal(move, name, "3", "Cellar")
    return facts


def models(client: Any, prefix: str) -> dict[str, Any]:
    """Describe, tag, rename, search and delete models."""
    facts: dict[str, Any] = {}
    made = client.create_registered_model(prefix + "b", tags={"k": "v"}, description="a model")
    facts["made"] = [made.name[len(prefix) :], made.tags, made.description]
    client.update_registered_model(prefix + "b", "described anew")
    client.set_registered_model_tag(prefix + "b", "k", "w")
    client.set_registered_model_tag(prefix + "b", "gone", "soon")
    client.delete_registered_model_tag(prefix + "b", "gone")
    for letter in "cde":
        client.create_registered_model(prefix + letter)
    client.rename_registered_model(prefix + "b", prefix + "a")
    renamed = client.get_registered_model(prefix + "a")
    facts["renamed"] = [renamed.description, renamed.tags]
    facts["old name"] = refusal(client.get_registered_model, prefix + "b")
    pages: list[list[str]] = []
    token = None
    while not pages or token:
        page = client.search_registered_models(
            f"name LIKE '{prefix}%'", order_by=["name DESC"], max_results=3, page_token=token
        )
        pages.append([m.name[len(prefix) :] for m in page])
        token = page.token
    facts["pages"] = pages
    client.delete_registered_model(prefix + "c")
    facts["deleted"] = refusal(client.get_registered_model, prefix + "c")
    return facts


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Walk through the registry."""
    del options
    client = mlflow.MlflowClient()
    mlflow.set_experiment(prefix + "registry")
    with mlflow.start_run() as active:
        mlflow.log_text("flavors: {}", "model/MLmodel")
    name = prefix + "with versions"
    client.create_registered_model(name)
    facts = {"versions": versions(client, name, active.info.run_id), "stages": stages(client, name)}
    client.transition_model_version_stage(name, "2", "Archived")  # what runs is not deleted
    client.delete_model_version(name, "2")
    facts["deleted version"] = {
        "asked for": refusal(client.get_model_version, name, "2"),
        "left": sorted(int(v.version) for v in client.search_model_versions(f"name = '{name}'")),
    }
    client.rename_registered_model(name, name + " renamed")
    moved = client.get_model_version(name + " renamed", "1")
    facts["versions follow a rename"] = {"description": moved.description, "tags": moved.tags}
    facts["models"] = models(client, prefix)
    return facts
