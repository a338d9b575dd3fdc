"""Where versions come from: runs and logged models, as far as the actor may read them."""

from __future__ import annotations

from cuvee.api.logged_models import GetLoggedModel, LoggedModel
from cuvee.api.runs import GetRun, Run
from cuvee.errors import NotFound, PermissionDenied
from cuvee.store import access, logged_models, runs
from cuvee.store.tx import Tx


def run_of(tx: Tx, run_id: str) -> tuple[Run | None, str]:
    """Return a run that the actor may read; else why it is absent, if one is named at all."""
    if not run_id:
        return None, ""
    asked = GetRun(run_id=run_id)
    try:
        if tx.actor.user is not None:
            access.authorize(tx, asked)
        return runs.get_run(tx, asked).run, ""
    except PermissionDenied:
        return None, f"The run {run_id} is one that {tx.actor.name}, who asked, may not read."
    except NotFound:
        return None, f"The run {run_id} is not in this registry."


def logged_model_of(tx: Tx, model_id: str | None) -> LoggedModel | None:
    """Return a logged model that is there and that the actor may read."""
    if not model_id:
        return None
    asked = GetLoggedModel(model_id=model_id)
    try:
        if tx.actor.user is not None:
            access.authorize(tx, asked)
        return logged_models.get_logged_model(tx, asked).model
    except (NotFound, PermissionDenied):
        return None
