"""The workspace registry's published SDK, pointed at Cuvee by users with tokens of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk import errors as sdk_errors
from databricks.sdk.service.ml import ActivityAction, ActivityType, ModelRegistryAPI

from conformance.people import gated, put_policy
from cuvee.api.base import Actor
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.permissions import GrantPermission, LevelName
from cuvee.api.tokens import CreateToken
from cuvee.api.users import CreateUser
from cuvee.api.versions import CreateModelVersion
from cuvee.store.sql import SqlStore

ROOT = Actor("root", "token", user=99, admin=True)
LEVELS: dict[str, LevelName] = {
    "ann": "CAN_EDIT",
    "bob": "CAN_READ",
    "cat": "CAN_MANAGE_PRODUCTION_VERSIONS",
    "dan": "CAN_MANAGE_STAGING_VERSIONS",
    "eve": "CAN_MANAGE",
}
Registry = Callable[[str], ModelRegistryAPI]
APPROVE = ActivityAction.APPROVE_TRANSITION_REQUEST
REJECT = ActivityAction.REJECT_TRANSITION_REQUEST
CANCEL = ActivityAction.CANCEL_TRANSITION_REQUEST


@pytest.fixture
def registry(served_url: str, local_store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Return the SDK's registry service by the name of a user with one of the five levels."""
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", "/nonexistent")
    store = local_store
    store.do(CreateRegisteredModel(name="wine"), ROOT)
    store.do(CreateUser(username="root", password="correct horse battery", is_admin=True), ROOT)
    tokens = {}
    for name, level in LEVELS.items():
        store.do(CreateUser(username=name, kind="service"), ROOT)
        tokens[name] = store.do(CreateToken(username=name, name="sdk"), ROOT).secret
        store.do(GrantPermission(object="model:wine", user=name, permission=level), ROOT)
    store.do(CreateModelVersion(name="wine", source="s3://b/1"), ROOT)

    def connect(name: str) -> ModelRegistryAPI:
        return WorkspaceClient(host=served_url, token=tokens[name]).model_registry

    return connect


def test_the_sdk_asks_rejects_approves_and_reads_every_enum(registry: Registry) -> None:
    ann, bob, cat = (registry(name) for name in ("ann", "bob", "cat"))
    asked = bob.create_transition_request("wine", "1", "Staging", comment="please").request
    assert asked is not None
    assert (asked.to_stage, asked.user_id, asked.comment) == ("Staging", "bob", "please")
    assert asked.available_actions == [CANCEL]
    assert (asked.creation_timestamp or 0) > 1_600_000_000_000

    (seen,) = cat.list_transition_requests("wine", "1")
    assert seen.activity_type is ActivityType.REQUESTED_TRANSITION
    assert (seen.from_stage, seen.to_stage, seen.user_id) == ("None", "Staging", "bob")

    with pytest.raises(sdk_errors.BadRequest, match="needs a reason"):
        cat.reject_transition_request("wine", "1", "Staging")
    said = cat.reject_transition_request("wine", "1", "Staging", comment="not yet").activity
    assert said is not None
    assert said.activity_type is ActivityType.REJECTED_REQUEST
    assert list(cat.list_transition_requests("wine", "1")) == []

    bob.create_transition_request("wine", "1", "Staging")
    with pytest.raises(sdk_errors.ResourceAlreadyExists, match="bob has an open request"):
        bob.create_transition_request("wine", "1", "Staging")
    with pytest.raises(sdk_errors.PermissionDenied, match="ask someone who manages"):
        ann.approve_transition_request("wine", "1", "Staging", archive_existing_versions=False)
    moved = cat.approve_transition_request(
        "wine", "1", "Staging", archive_existing_versions=True, comment="good"
    ).activity
    assert moved is not None
    assert moved.activity_type is ActivityType.APPROVED_REQUEST
    assert ann.get_model_version("wine", "1").model_version.current_stage == "Staging"  # type: ignore[union-attr]


def test_the_sdk_cancels_by_query_parameters(registry: Registry) -> None:
    ann, bob, eve = (registry(name) for name in ("ann", "bob", "eve"))
    for client in (ann, bob):
        client.create_transition_request("wine", "1", "Production")

    with pytest.raises(sdk_errors.PermissionDenied, match="The request is bob's"):
        ann.delete_transition_request("wine", "1", "Production", "bob")
    said = bob.delete_transition_request("wine", "1", "Production", "bob", comment="later")
    assert said.activity is not None
    assert said.activity.activity_type is ActivityType.CANCELLED_REQUEST
    with pytest.raises(sdk_errors.NotFound):
        bob.delete_transition_request("wine", "1", "Production", "bob")
    eve.delete_transition_request("wine", "1", "Production", "ann")  # CAN_MANAGE may cancel any

    assert list(ann.list_transition_requests("wine", "1")) == []


def test_the_sdk_comments(registry: Registry) -> None:
    ann, bob, eve = (registry(name) for name in ("ann", "bob", "eve"))
    made = ann.create_comment("wine", "1", "fruity").comment
    assert made is not None
    assert made.id is not None
    assert made.available_actions is not None
    assert [a.value for a in made.available_actions] == ["EDIT_COMMENT", "DELETE_COMMENT"]

    changed = ann.update_comment(made.id, "dry").comment
    assert changed is not None
    assert changed.comment == "dry"
    with pytest.raises(sdk_errors.PermissionDenied, match="The comment is ann's"):
        bob.update_comment(made.id, "x")
    with pytest.raises(sdk_errors.PermissionDenied, match="The comment is ann's"):
        bob.delete_comment(made.id)
    eve.delete_comment(made.id)
    with pytest.raises(sdk_errors.NotFound):
        ann.update_comment(made.id, "x")


def test_the_sdk_moves_versions_and_sees_its_permission_level(registry: Registry) -> None:
    dan, cat = registry("dan"), registry("cat")
    registry("bob").create_transition_request("wine", "1", "Production")

    moved = dan.transition_stage(
        "wine", "1", "Staging", archive_existing_versions=False
    ).model_version_databricks
    assert moved is not None
    assert moved.current_stage == "Staging"
    assert moved.permission_level is not None
    assert moved.permission_level.value == "CAN_MANAGE_STAGING_VERSIONS"
    assert moved.open_requests is not None
    assert [r.to_stage for r in moved.open_requests] == ["Production"]
    assert moved.status is not None
    assert moved.status.value == "READY"
    with pytest.raises(sdk_errors.PermissionDenied, match="CAN_MANAGE_PRODUCTION_VERSIONS"):
        dan.transition_stage("wine", "1", "Production", archive_existing_versions=False)
    cat.transition_stage("wine", "1", "Production", archive_existing_versions=False)

    for name, level in LEVELS.items():
        model = registry(name).get_model("wine").registered_model_databricks
        assert model is not None
        assert model.id is not None
        assert model.id.isdecimal()
        assert model.permission_level is not None
        assert model.permission_level.value == level


@pytest.mark.parametrize(
    ("name", "staging", "production"),
    [
        ("ann", [], []),
        ("bob", [], []),
        ("cat", [APPROVE, REJECT], [APPROVE, REJECT]),
        ("dan", [APPROVE, REJECT], []),
        ("eve", [APPROVE, REJECT, CANCEL], [APPROVE, REJECT, CANCEL]),
    ],
)
def test_available_actions_are_those_of_the_caller(
    registry: Registry,
    local_store: SqlStore,
    name: str,
    staging: list[ActivityAction],
    production: list[ActivityAction],
) -> None:
    from cuvee.api.reviews import CreateTransitionRequest, ListTransitionRequests

    for stage in ("Staging", "Production"):
        local_store.do(CreateTransitionRequest(name="wine", version="1", stage=stage), ROOT)
    registry(name).list_transition_requests("wine", "1")
    connection = local_store.database.connect()
    rows = connection.execute("SELECT pk, name FROM users").fetchall()
    connection.close()
    actor = Actor(name, "token", user=next(pk for pk, held in rows if held == name))

    op = ListTransitionRequests(name="wine", version="1")
    found = {r.to_stage: r.available_actions for r in local_store.do(op, actor).requests}

    assert found == {
        "Staging": [a.value for a in staging],
        "Production": [a.value for a in production],
    }


def test_groups_review_and_who_is_in_none_of_them_does_not(
    registry: Registry, local_store: SqlStore
) -> None:
    from cuvee.api.groups import AddMember, CreateGroup

    local_store.do(CreateGroup(name="risk"), ROOT)
    local_store.do(AddMember(name="risk", username="bob"), ROOT)
    put_policy(local_store, gated(reviewers=["group:risk"]))
    registry("ann").create_transition_request("wine", "1", "Production")

    with pytest.raises(sdk_errors.PermissionDenied, match="ask group:risk"):
        registry("eve").approve_transition_request(
            "wine", "1", "Production", archive_existing_versions=False
        )
    registry("bob").approve_transition_request(  # a reader, and a reviewer
        "wine", "1", "Production", archive_existing_versions=False
    )

    found = registry("ann").get_model_version("wine", "1").model_version
    assert found is not None
    assert found.current_stage == "Production"
