"""Aliases and copies of versions (since 2.3 and 2.8)."""

from __future__ import annotations

from typing import Any

from clients.flows.refusals import refusal


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Give, move and take away aliases, and copy a version to another model."""
    del options
    client = mlflow.MlflowClient()
    mlflow.set_experiment(prefix + "aliases")
    with mlflow.start_run() as active:
        mlflow.log_text("flavors: {}", "model/MLmodel")
    name = prefix + "aliased"
    client.create_registered_model(name)
    source = client.get_run(active.info.run_id).info.artifact_uri + "/model"
    for _ in range(3):
        client.create_model_version(name, source, active.info.run_id, description="origin")

    def holder(alias: str) -> str:
        return str(client.get_model_version_by_alias(name, alias).version)

    facts: dict[str, Any] = {}
    client.set_registered_model_alias(name, "champion", "1")
    client.set_registered_model_alias(name, "Champion", "2")
    client.set_registered_model_alias(name, "second", "1")
    facts["case matters"] = [holder("champion"), holder("Champion")]
    facts["of a version"] = sorted(client.get_model_version(name, "1").aliases)
    client.set_registered_model_alias(name, "champion", "3")
    facts["moved"] = holder("champion")
    found = client.get_registered_model(name).aliases
    facts["of the model"] = {alias: str(version) for alias, version in sorted(found.items())}
    facts["reserved"] = [
        refusal(client.set_registered_model_alias, name, alias, "1") for alias in ("latest", "v1")
    ]
    facts["unknown version"] = refusal(client.set_registered_model_alias, name, "x", "9")
    client.delete_registered_model_alias(name, "second")
    facts["taken away"] = refusal(client.get_model_version_by_alias, name, "second")
    client.delete_model_version(name, "3")
    facts["gone with its version"] = refusal(client.get_model_version_by_alias, name, "champion")

    copied = client.copy_model_version(f"models:/{name}/2", prefix + "copy")
    facts["copied"] = [str(copied.version), copied.description, copied.run_id == active.info.run_id]
    client.delete_registered_model(name)
    facts["copy outlives the origin"] = (
        client.get_model_version_download_uri(prefix + "copy", "1") == source
    )
    return facts
