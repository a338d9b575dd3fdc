"""Reviews from Python, embedded and on a server; checks look into models as they were logged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sklearn.linear_model import LinearRegression

import cuvee
import cuvee.sklearn
from cuvee import MlflowClient
from cuvee.api.policies import ApplyPolicy
from cuvee.errors import NotFound, PermissionDenied

everywhere = pytest.mark.usefixtures("uri")
CHECKS = ["signature is set", "no pickle", "signature compatible with production"]


def register(name: str, columns: list[str], **options: Any) -> str:
    """Log a model that takes these columns, register it, and return the version."""
    import pandas as pd

    data = pd.DataFrame({column: [0.0, 1.0, 2.0] for column in columns})
    model = LinearRegression().fit(data, [0.0, 1.0, 2.0])
    with cuvee.start_run():
        done = cuvee.sklearn.log_model(
            model, name="model", input_example=data, registered_model_name=name, **options
        )
    version = done.registered_model_version
    assert version is not None
    return str(version)


def gate(client: MlflowClient, name: str, **review: Any) -> None:
    stages = [{"name": "Staging"}, {"name": "Production", "review": review}]
    client.do_registry(ApplyPolicy(document=json.dumps({"scope": name, "stages": stages})))


@everywhere
def test_checks_look_into_models_as_they_were_logged(name: str) -> None:
    client = MlflowClient()
    first = register(name, ["acid"])
    client.transition_model_version_stage(name, first, "Production")
    gate(client, name, approvals=0, checks=CHECKS)
    same = register(name, ["acid"])
    wider = register(name, ["acid", "ph"])

    found = client.explain_transition(name, same, "Production")
    assert {c.check: c.state for c in found.checks} == dict.fromkeys(CHECKS, "passed"), found
    found = client.explain_transition(name, wider, "Production")
    assert {c.check: c.state for c in found.checks} == {
        **dict.fromkeys(CHECKS, "passed"),
        CHECKS[2]: "failed",
    }
    with pytest.raises(PermissionDenied, match="input 'ph' is required now"):
        client.transition_model_version_stage(name, wider, "Production")
    client.transition_model_version_stage(name, same, "Production")


@everywhere
def test_a_pickled_model_is_told_from_its_mlmodel_and_its_files(name: str) -> None:
    client = MlflowClient()
    version = register(name, ["acid"], serialization_format="pickle")
    gate(client, name, approvals=0, checks=["no pickle"])

    (check,) = client.explain_transition(name, version, "Production").checks

    assert (check.state, "pickled: " in check.reason) == ("failed", True), check


@everywhere
def test_a_request_is_asked_for_rejected_and_told(name: str) -> None:
    client = MlflowClient()
    client.create_registered_model(name)
    version = client.create_model_version(name, "s3://b/m").version

    asked = client.request_transition(name, version, "Staging", comment="try")
    assert [r.request_id for r in client.list_transition_requests(name, version)] == [asked.id]
    client.reject_transition(name, version, "Staging", comment="not yet")
    client.request_transition(name, version, "Staging")
    client.cancel_transition(name, version, "Staging", asked.user_id)
    client.request_transition(name, version, "Staging")
    assert name in {r.name for r in client.search_waiting_requests(1000)}
    client.approve_transition(name, version, "Staging")
    made = client.create_comment(name, version, "fruity")
    client.update_comment(made.id, "dry")
    assert [c.comment for c in client.list_comments(name, version)] == ["dry"]
    client.delete_comment(made.id)
    client.set_check(name, version, "golden-set", True, url="https://ci.example/1")
    assert [c.name for c in client.list_checks(name, version)] == ["golden-set"]
    client.delete_check(name, version, "golden-set")
    assert client.list_emergencies(name) == []
    with pytest.raises(NotFound):
        client.close_emergency("999999", "was right")

    told = [a.activity_type for a in client.search_activities(name, version)]
    assert told == [
        "NEW_COMMENT",
        "APPLIED_TRANSITION",
        "APPROVED_REQUEST",
        "REQUESTED_TRANSITION",
        "CANCELLED_REQUEST",
        "REQUESTED_TRANSITION",
        "REJECTED_REQUEST",
        "REQUESTED_TRANSITION",
    ]


@everywhere
def test_requests_are_found_and_read(name: str) -> None:
    client = MlflowClient()
    first, second = register(name, ["acid"]), register(name, ["acid", "ph"])
    client.transition_model_version_stage(name, first, "Production")
    asked = client.request_transition(name, second, "Production", comment="wider")

    (found,) = client.search_transition_requests(name, role="requester")
    assert found == client.get_transition_request(asked.id)
    assert (found.holder, found.from_stage, found.comment) == (first, "None", "wider")
    changed = client.compare_model_versions(name, "Production", second)
    assert [c.breaks for c in changed.signature] == ["input 'ph' is required now"]
    client.reject_transition(name, second, "Production", comment="callers break")
    assert client.search_transition_requests(name) == []
    (ended,) = client.search_transition_requests(name, state="closed", max_results=1)
    assert (ended.status, ended.closed_comment) == ("rejected", "callers break")
