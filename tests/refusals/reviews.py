"""What a store holds of reviews before requests go wrong, and requests that are right."""

from __future__ import annotations

from getpass import getuser
from typing import Any

from cuvee.api.checks import SetCheck
from cuvee.api.comments import CreateComment
from cuvee.api.reviews import CreateTransitionRequest


def seed_reviews(store: Any) -> str:
    """Ask for a move, post a check, and comment; return the id of the comment."""
    do = store.do
    version = {"name": "grape", "version": "1"}
    do(CreateTransitionRequest(**version, stage="Staging"))
    do(SetCheck(**version, check_name="golden-set", passed=True))
    found: str = do(CreateComment(**version, comment="fruity")).comment.id
    _emergency(store)
    return found


def _emergency(store: Any) -> None:
    """Put a move of somebody else's past a policy into the database, as the store would."""
    from sqlalchemy import insert

    from cuvee.store.schema import emergencies, events

    row = {"model": "grape", "version": 2, "stage": "Production", "user_id": "eve", "created": 1}
    row |= {"comment": "down", "closed_by": "", "closed_comment": ""}
    row["model_pk"] = 1  # the first model of the seed
    told = {"time": 1, "actor": "eve", "via": "os", "action": "emergency.opened"}
    told |= {"object": "version:grape/2", "before": "{}", "after": '{"stage": "Production"}'}
    told |= {"comment": "down", "details": '{"emergency": "1"}'}
    connection = store.database.connect()
    for statement in (insert(emergencies).values(row), insert(events).values(told)):
        sql, names, values = store.database.prepare(statement)
        connection.cursor().execute(sql, [values[name] for name in names])
    connection.close()


def review_examples(ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Return one acceptable request for each operation of a review; see ``examples``."""
    version = {"name": "grape", "version": "1"}
    request = {**version, "stage": "Staging"}
    comment = {"id": ids["comment"]}
    return {
        "CreateTransitionRequest": {**version, "stage": "Production"},
        "ListTransitionRequests": version,
        "ApproveTransitionRequest": {**request, "archive_existing_versions": True},
        "RejectTransitionRequest": {**request, "comment": "sour"},
        "DeleteTransitionRequest": {**request, "creator": getuser()},
        "TransitionWorkspaceVersion": {**request, "archive_existing_versions": True},
        "GetWorkspaceModel": {"name": "grape"},
        "ExplainTransition": request,
        "RehearsePolicy": {
            "document": "{scope: grape, stages: [{name: Production, review: {}}]}",
            "max_versions": 5,
        },
        "ListWaitingRequests": {"max_results": 5},
        "GetTransitionRequest": {"id": "1"},
        "SearchTransitionRequests": {
            "name": "grape",
            "state": "open",
            "role": "requester",
            "max_results": 5,
        },
        "ListActivities": {**version, "max_results": 5},
        "CreateComment": {**version, "comment": "round"},
        "UpdateComment": {**comment, "comment": "dry"},
        "DeleteComment": comment,
        "FollowModel": {"name": "grape"},
        "UnfollowModel": {"name": "grape"},
        "UnfollowHiddenModels": {},
        "ListFollowedModels": {"max_events": 2},
        "MarkModelsSeen": {"sequence": 1},
        "ListComments": {**version, "max_results": 5},
        "SetCheck": {
            **version,
            "check_name": "load",
            "passed": True,
            "url": "https://ci.example/1",
            "details": "ok",
        },
        "ListChecks": version,
        "DeleteCheck": {**version, "check_name": "golden-set"},
        "CloseEmergency": {"id": "1", "comment": "reviewed"},
        "ListEmergencies": {"name": "grape", "open_only": True, "max_results": 5},
    }
