"""Prompts, which are registered models whose versions are texts (since 2.21)."""

from __future__ import annotations

from typing import Any

from clients.flows.refusals import refusal


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Register two versions of a prompt, read them back in several ways, and delete one."""
    del options
    client = mlflow.MlflowClient()
    genai = getattr(mlflow, "genai", None)
    calls: Any = genai if hasattr(genai, "register_prompt") else mlflow
    name = prefix.replace(".", "-") + "taste"
    first = calls.register_prompt(name, "Taste {{ wine }}.", commit_message="first")
    second = calls.register_prompt(name, "Describe {{ wine }} in a word.")
    calls.set_prompt_alias(name, "live", 1)
    facts: dict[str, Any] = {
        "versions": [int(first.version), int(second.version)],
        "text": calls.load_prompt(name, version=2).template,
        "filled": calls.load_prompt(f"prompts:/{name}@live").format(wine="Riesling"),
        "message": calls.load_prompt(f"prompts:/{name}/1").commit_message,
        "among the models": len(client.search_registered_models(f"name = '{name}'")),
        "as a model": refusal(client.create_registered_model, name),
    }
    calls.delete_prompt_alias(name, "live")
    delete = getattr(client, "delete_prompt_version", None) or mlflow.delete_prompt
    delete(name, "1")
    found = client.search_model_versions(
        f"name = '{name}' AND tags.`mlflow.prompt.is_prompt` = 'true'"
    )
    facts["left"] = [int(version.version) for version in found]
    return facts
