"""A store in which something of everything has happened, for tests that look at all of it."""

from __future__ import annotations

from typing import Any

from cuvee.api.artifacts import PutArtifact
from cuvee.api.base import Actor, Op
from cuvee.api.checks import CloseEmergency, SetCheck
from cuvee.api.comments import CreateComment
from cuvee.api.deployments import EndDeployment, RecordDeployment
from cuvee.api.events import EraseEventTexts, ListEvents
from cuvee.api.experiments import (
    CreateExperiment,
    DeleteExperiment,
    ExperimentTag,
    RestoreExperiment,
    SetExperimentTag,
    UpdateExperiment,
)
from cuvee.api.groups import AddMember, CreateGroup, UpdateGroup
from cuvee.api.logged_models import CreateLoggedModel, DeleteLoggedModel
from cuvee.api.models import (
    CreateRegisteredModel,
    MoveRegisteredModel,
    RegisteredModelTag,
    RenameRegisteredModel,
    SetRegisteredModelAlias,
    SetRegisteredModelTag,
    UpdateRegisteredModel,
)
from cuvee.api.permissions import GrantPermission
from cuvee.api.policies import ApplyPolicy
from cuvee.api.reviews import ApproveTransitionRequest, CreateTransitionRequest
from cuvee.api.runs import CreateRun, UpdateRun
from cuvee.api.tokens import CreateToken
from cuvee.api.users import CreateUser
from cuvee.api.versions import (
    CreateModelVersion,
    ModelVersionTag,
    SetModelVersionTag,
    TransitionStage,
    UpdateModelVersion,
)
from cuvee.store.sql import SqlStore

DIGEST = "ab" * 32
POLICY = """
scope: port
stages:
  - name: Staging
  - name: Production
    holders: one
    review: {approvals: 1, exclude: [], break_glass: [user:ann]}
"""


def actor(store: SqlStore, name: str, **fields: Any) -> Actor:
    """Make a user and return them, logged in."""
    made = store.do(
        CreateUser(username=name, password=f"{name} likes the red one best", **fields)
    ).user
    return Actor(name, "password", user=made.id, admin=made.is_admin)


def furnish(store: SqlStore) -> None:
    """Let something of everything happen, so that each table of the registry has rows."""
    ann = actor(store, "ann")
    bob = actor(store, "bob")
    for op in (
        CreateGroup(name="reds", description="who like red"),
        UpdateGroup(name="reds", new_name="reviewers"),
        AddMember(name="reviewers", username="bob"),
        GrantPermission(object="models:", user="bob", permission="CAN_MANAGE"),
    ):
        store.do(op, ann)
    store.do(CreateToken(name="laptop"), ann)
    _experiments(store, ann)
    _models(store, ann, bob)
    _reviews(store, ann, bob)


def _experiments(store: SqlStore, ann: Actor) -> None:
    tags = [ExperimentTag("team", "red")]
    number = store.do(CreateExperiment(name="x", tags=tags), ann).experiment_id
    run = store.do(CreateRun(experiment_id=number, user_id="ann", start_time=5), ann).run
    ops: list[Op[Any]] = [
        UpdateExperiment(experiment_id=number, new_name="grapes"),
        SetExperimentTag(experiment_id=number, key="description", value="free text"),
        DeleteExperiment(experiment_id=number, force=True),
        RestoreExperiment(experiment_id=number),
        UpdateRun(run_id=run.info.run_id, status="FINISHED", end_time=7),
        UpdateRun(run_id=run.info.run_id, end_time=8),
        GrantPermission(object=f"experiment:{number}", group="reviewers", permission="CAN_READ"),
        GrantPermission(object="experiments:team/", group="everyone", permission="CAN_READ"),
    ]
    for op in ops:
        store.do(op, ann)
    made = store.do(CreateLoggedModel(experiment_id=number), ann).model.info.model_id
    store.do(DeleteLoggedModel(model_id=made), ann)
    path = f"{number}/{run.info.run_id}/artifacts/model/MLmodel"
    store.do(PutArtifact(path=path, digest=DIGEST, size=1), ann)


def _models(store: SqlStore, ann: Actor, bob: Actor) -> None:
    run = next(e.object[4:] for e in store.do(ListEvents(action="run.created")).events)
    wine = [RegisteredModelTag("a", "b")]
    ops: list[tuple[Op[Any], Actor]] = [
        (CreateRegisteredModel(name="wine", description="red", tags=wine, folder="team"), ann),
        (CreateRegisteredModel(name="beer"), bob),
        (UpdateRegisteredModel(name="wine", description="red and white"), ann),
        (SetRegisteredModelTag(name="wine", key="comment", value="free text"), ann),
        (
            CreateModelVersion(
                name="wine",
                source=f"runs:/{run}/model",
                run_id=run,
                run_link="http://ci",
                tags=[ModelVersionTag("k", "v")],
            ),
            ann,
        ),
        (CreateModelVersion(name="wine", source="s3://b/2", description="second"), ann),
        (RenameRegisteredModel(name="wine", new_name="port"), ann),
        (CreateRegisteredModel(name="wine"), bob),
        (CreateModelVersion(name="wine", source="s3://b/other"), bob),
        (MoveRegisteredModel(name="port", folder="other"), ann),
        (SetRegisteredModelAlias(name="port", alias="best", version="2"), ann),
        (UpdateModelVersion(name="port", version="1", description="first"), ann),
        (SetModelVersionTag(name="port", version="1", key="k", value="w"), ann),
        (GrantPermission(object="model:port", user="bob", permission="CAN_EDIT"), ann),
        (
            GrantPermission(
                object="model:port",
                user="bob",
                stage="Staging",
                permission="CAN_MANAGE_STAGING_VERSIONS",
            ),
            ann,
        ),
    ]
    for op, who in ops:
        store.do(op, who)


def _reviews(store: SqlStore, ann: Actor, bob: Actor) -> None:
    store.do(ApplyPolicy(document=POLICY), ann)
    first = {"name": "port", "version": "1"}
    asked = {**first, "stage": "Production"}
    ops: list[tuple[Op[Any], Actor]] = [
        (CreateComment(**first, comment="looks fine"), bob),
        (SetCheck(**first, check_name="golden", passed=True, url="http://ci/1"), bob),
        (RecordDeployment(**first, target="eu", url="http://eu/1", comment="build 7"), bob),
        (RecordDeployment(name="port", version="2", target="eu"), ann),
        (RecordDeployment(name="port", version="2", target="eu", url="http://eu/2"), bob),
        (RecordDeployment(**first, target="us"), ann),
        (EndDeployment(name="port", target="us", comment="too dear"), bob),
        (CreateTransitionRequest(**asked, comment="please"), bob),
        (ApproveTransitionRequest(**asked), ann),  # type: ignore[arg-type]
        (
            TransitionStage(
                name="port", version="2", stage="Production", break_glass=True, comment="fire"
            ),
            ann,
        ),
        (CreateTransitionRequest(**asked), bob),
    ]
    for op, who in ops:
        store.do(op, who)
    chief = actor(store, "chief", is_admin=True)
    store.do(CloseEmergency(id="1", comment="was right"), chief)
    (first_event,) = store.do(ListEvents(object="model:beer", action="model.created")).events
    store.do(EraseEventTexts(sequence=first_event.sequence))
