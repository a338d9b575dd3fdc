"""Users and roles, by the client of MLflow's own login app; and what a wrong login meets."""

from __future__ import annotations

import importlib
import os
import sys
import types
from pathlib import Path
from typing import Any

from clients.flows.refusals import refusal

PASSWORD = "correct horse battery"


def auth_client(mlflow: Any) -> Any:
    """Return MLflow's client for users and roles.

    It lives in the package of MLflow's login server, whose import asks for packages of a server;
    the client itself needs none of them.
    """
    package = types.ModuleType("mlflow.server.auth")
    package.__path__ = [str(Path(mlflow.__file__).parent / "server" / "auth")]
    sys.modules.setdefault("mlflow.server.auth", package)
    module = importlib.import_module("mlflow.server.auth.client")
    return module.AuthServiceClient(mlflow.get_tracking_uri())


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Log something with the login of the environment, then manage users with it."""
    login = {k: os.environ.pop(k) for k in list(os.environ) if k.startswith("MLFLOW_TRACKING_")}
    client = mlflow.MlflowClient()
    facts: dict[str, Any] = {"without": refusal(client.create_experiment, prefix + "x")}
    os.environ.update({"MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_PASSWORD": "wrong"})
    facts["wrong"] = refusal(client.create_experiment, prefix + "x")
    del os.environ["MLFLOW_TRACKING_USERNAME"], os.environ["MLFLOW_TRACKING_PASSWORD"]
    os.environ.update(login)
    mlflow.set_experiment(prefix + "experiment")
    with mlflow.start_run() as active:
        mlflow.log_metric("rmse", 0.5)
        mlflow.log_text("hello", "note.txt")
    run_id = active.info.run_id
    facts["metrics"] = client.get_run(run_id).data.metrics
    facts["files"] = [f.path for f in client.list_artifacts(run_id)]
    facts["text"] = mlflow.artifacts.load_text(f"runs:/{run_id}/note.txt")
    if options.get("manage"):
        facts.update(_manage(auth_client(mlflow), prefix))
    return facts


def _manage(auth: Any, prefix: str) -> dict[str, Any]:
    name = prefix + "bob"
    made = auth.create_user(name, PASSWORD)
    auth.update_user_admin(name, is_admin=True)
    found = auth.get_user(name)
    auth.update_user_admin(name, is_admin=False)
    auth.update_user_password(name, PASSWORD + " staple")
    role = auth.create_role(workspace="default", name=prefix + "risk", description="approves")
    renamed = auth.update_role(role.id, name=prefix + "risks")
    assigned = auth.assign_role(name, role.id)
    facts = {
        "user": [made.username == name, made.is_admin, found.is_admin, found.id == made.id],
        "role": [role.name == prefix + "risk", role.workspace, role.description],
        "renamed": [renamed.name == prefix + "risks", auth.get_role(role.id).name == renamed.name],
        "assigned": [assigned.user_id == made.id, assigned.role_id == role.id],
        "roles of user": [r.id == role.id for r in auth.list_user_roles(name)],
        "users of role": [a.user_id == made.id for a in auth.list_role_users(role.id)],
        "listed": role.id in [r.id for r in auth.list_roles("default")],
        "listed anywhere": role.id in [r.id for r in auth.list_all_roles()],
        "duplicate": refusal(auth.create_user, name, PASSWORD),
        "short password": refusal(auth.create_user, prefix + "eve", "short"),
        "own account": refusal(auth.delete_user, "ann"),
        "unknown": refusal(auth.get_user, prefix + "nobody"),
    }
    auth.unassign_role(name, role.id)
    facts["unassigned"] = auth.list_role_users(role.id)
    auth.delete_role(role.id)
    auth.delete_user(name)
    return {**facts, "deleted": refusal(auth.get_user, name)}
