"""Requests to move versions to stages, in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from cuvee.api.names import plain, shown
from cuvee.api.reviews import (
    Activity,
    ActivityAction,
    ActivityResult,
    ActivityType,
    ApproveTransitionRequest,
    CheckResult,
    CreateTransitionRequest,
    DeleteTransitionRequest,
    ExplainTransition,
    Explanation,
    GetWorkspaceModel,
    ListTransitionRequests,
    RejectTransitionRequest,
    RequestList,
    TransitionRequestResult,
    TransitionWorkspaceVersion,
    WorkspaceModel,
    WorkspaceModelResult,
    WorkspaceModelVersion,
    WorkspaceModelVersionResult,
    permission_name,
)
from cuvee.api.versions import TransitionStage
from cuvee.errors import AlreadyExists, InvalidParameter, NotFound, PermissionDenied
from cuvee.rules.decide import Decision
from cuvee.store import schema, stages
from cuvee.store.access import level_on_model
from cuvee.store.engine import arg, hot
from cuvee.store.gates import (
    Look,
    breaks_glass,
    close_request,
    grounds,
    look,
    not_a_reviewer,
    not_an_approver,
    open_requests,
)
from cuvee.store.model_data import load_models
from cuvee.store.models import find_model
from cuvee.store.requests import actions_of, not_a_canceller, request_of, void_of
from cuvee.store.tx import Tx
from cuvee.store.version_data import load_versions
from cuvee.store.versions import find_both

Row = tuple[Any, ...]

_q = schema.requests
_j = schema.verdicts

_add = hot(
    insert(_q).values({c.name: arg(c.name) for c in _q.c if c.name != "pk"}).returning(_q.c.pk)
)
_judge = hot(
    insert(_j).values({c.name: arg(c.name) for c in _j.c if c.name != "pk"}).returning(_j.c.pk)
)


def create_transition_request(tx: Tx, op: CreateTransitionRequest) -> TransitionRequestResult:
    model, row = find_both(tx, op.name, op.version, lock=True)
    found = look(tx, model, row, op.stage, comment=op.comment)
    stage = found.stage
    if row[3] == stage.name:
        raise InvalidParameter(
            f"Version {row[2]} of {plain(op.name)} is in {stage.name} already: nothing to request."
        )
    if any(r[3] == tx.actor.name for r in found.requests):
        raise AlreadyExists(
            f"{tx.actor.name} has an open request to move version {row[2]} of {plain(op.name)} to "
            f"{stage.name}: wait for it, or cancel it first."
        )
    if stage.review is not None and stage.review.reason and not op.comment.strip():
        raise InvalidParameter(
            f"The policy of {stage.name} wants a reason: say in 'comment' why version {row[2]} "
            "should be moved there."
        )
    request = {
        "version_pk": row[0],
        "stage": stage.name,
        "user_id": tx.actor.name,
        "comment": op.comment,
        "state": "open",
        "digest": row[13],
        "policy": found.applied.id,
        "created": tx.now,
        "updated": tx.now,
        "closed_by": "",
        "closed_comment": "",
    }
    pk = tx.value(_add, **request)
    tx.record(
        "request.created",
        _subject(op.name, row),
        before={"stage": row[3]},
        after={"stage": stage.name},
        comment=op.comment,
        details={"request": str(pk), "policy": found.applied.id, "digest": row[13]},
    )
    found = look(tx, model, row, stage.name)
    return TransitionRequestResult(request_of(tx, model, row, (pk, *request.values()), found))


def list_transition_requests(tx: Tx, op: ListTransitionRequests) -> RequestList:
    model, row = find_both(tx, op.name, op.version)
    return RequestList(_open_activities(tx, model, row))


def approve_transition_request(tx: Tx, op: ApproveTransitionRequest) -> ActivityResult:
    model, row = find_both(tx, op.name, op.version, lock=True)
    found = _asked(tx, model, row, op.stage)
    problem = not_an_approver(tx, model, row, found)
    if problem:
        raise PermissionDenied(problem)
    stages.expect_holder(tx, model, found.stage, op.expected_holder)
    first = None
    for request in found.requests:
        pk = _verdict(
            tx, row, request, found, "approved", op.comment, archive=op.archive_existing_versions
        )
        first = first or pk
    asked = found.requests
    found = look(tx, model, row, found.stage.name)
    decision = found.decision
    details = {**grounds(found), "missing": decision.missing}
    for request in asked:
        tx.record(
            "request.approved",
            _subject(op.name, row),
            before={"stage": row[3]},
            after={"stage": found.stage.name},
            comment=op.comment,
            details={"request": str(request[0]), "requester": request[3], **details},
        )
    if decision.state == "allowed":
        for request in asked:
            close_request(tx, model, row, request, "approved", comment=op.comment)
        if op.archive_existing_versions:
            stages.require_archive(tx, model, row, found.applied, found.stage)
        stages.move(
            tx,
            model,
            row,
            found.stage,
            archive=op.archive_existing_versions,
            comment=op.comment or asked[0][4],
            details=grounds(found),
        )
    return ActivityResult(
        _activity(tx, "APPROVED_REQUEST", f"v{first}", asked[0], row, op.comment, decision)
    )


def reject_transition_request(tx: Tx, op: RejectTransitionRequest) -> ActivityResult:
    model, row = find_both(tx, op.name, op.version, lock=True)
    found = _asked(tx, model, row, op.stage)
    problem = not_a_reviewer(tx, model, row, found)
    if problem:
        raise PermissionDenied(problem)
    first = None
    for request in found.requests:
        pk = _verdict(tx, row, request, found, "rejected", op.comment)
        first = first or pk
        details = {"policy": found.applied.id, "digest": row[13]}
        close_request(tx, model, row, request, "rejected", comment=op.comment, details=details)
    return ActivityResult(
        _activity(tx, "REJECTED_REQUEST", f"v{first}", found.requests[0], row, op.comment)
    )


def delete_transition_request(tx: Tx, op: DeleteTransitionRequest) -> ActivityResult:
    model, row = find_both(tx, op.name, op.version, lock=True)
    found = look(tx, model, row, op.stage)
    mine = [r for r in found.requests if r[3] == op.creator]
    if not mine:
        raise NotFound(
            f"{shown(op.creator)} has no open request to move version {row[2]} of "
            f"{plain(op.name)} to {found.stage.name}: transition-requests/list shows what is open."
        )
    problem = not_a_canceller(tx, model, op.creator)
    if problem:
        raise PermissionDenied(problem)
    close_request(tx, model, row, mine[0], "cancelled", comment=op.comment)
    return ActivityResult(
        _activity(tx, "CANCELLED_REQUEST", f"r{mine[0][0]}", mine[0], row, op.comment)
    )


def transition_workspace_version(
    tx: Tx, op: TransitionWorkspaceVersion
) -> WorkspaceModelVersionResult:
    """Move as the protocol's own call does, and show the version with its open requests."""
    stages.transition_stage(
        tx,
        TransitionStage(
            name=op.name,
            version=op.version,
            stage=op.stage,
            archive_existing_versions=op.archive_existing_versions,
            comment=op.comment,
        ),
    )
    model, row = find_both(tx, op.name, op.version)
    held = load_versions(tx, [(op.name, row)])[0]
    shared = set(WorkspaceModelVersion.__struct_fields__) & set(held.__struct_fields__)
    return WorkspaceModelVersionResult(
        WorkspaceModelVersion(
            **{name: getattr(held, name) for name in shared},
            open_requests=_open_activities(tx, model, row),
            permission_level=permission_name(level_on_model(tx, model[0], op.name)),
        )
    )


def get_workspace_model(tx: Tx, op: GetWorkspaceModel) -> WorkspaceModelResult:
    row = find_model(tx, op.name)
    held = load_models(tx, [row])[0]
    shared = set(WorkspaceModel.__struct_fields__) & set(held.__struct_fields__)
    return WorkspaceModelResult(
        WorkspaceModel(
            **{name: getattr(held, name) for name in shared},
            id=str(row[0]),
            permission_level=permission_name(level_on_model(tx, row[0], op.name)),
        )
    )


def explain_transition(tx: Tx, op: ExplainTransition) -> Explanation:
    model, row = find_both(tx, op.name, op.version)
    found = look(tx, model, row, op.stage, comment=op.comment)
    refused = stages.not_a_mover(tx, model, row, found.applied, found.stage)
    lacks = row[3] != found.stage.name and found.decision.state != "allowed"
    return Explanation(
        state=found.decision.state,
        policy=found.applied.id,
        digest=row[13],
        gated=found.stage.review is not None,
        approvals=found.decision.approvals,
        required_approvals=found.decision.required,
        missing=found.decision.missing,
        void_approvals=void_of(found.decision),
        checks=[CheckResult(r.check, r.state, r.sentence) for r in found.case.checks],
        refused=refused,
        break_glass=lacks and not refused and breaks_glass(tx, found),
    )


# ---------------------------------------------------------------- pieces


def _asked(tx: Tx, model: Row, row: Row, stage_name: str) -> Look:
    found = look(tx, model, row, stage_name)
    if not found.requests:
        raise NotFound(
            f"There is no open request to move version {row[2]} of {plain(model[1])} to "
            f"{found.stage.name}: make one with transition-requests/create."
        )
    return found


def _verdict(
    tx: Tx,
    row: Row,
    request: Row,
    found: Look,
    verdict: str,
    comment: str,
    *,
    archive: bool = False,
) -> int:
    pk: int = tx.value(
        _judge,
        request_pk=request[0],
        user_id=tx.actor.name,
        verdict=verdict,
        comment=comment,
        archive=int(archive),
        digest=row[13],
        policy=found.applied.id,
        created=tx.now,
    )
    return pk


def _open_activities(tx: Tx, model: Row, row: Row) -> list[Activity]:
    looks: dict[str, Look] = {}
    activities = []
    for request in open_requests(tx, row[0]):
        found = looks.get(request[2]) or look(tx, model, row, request[2])
        looks[request[2]] = found
        actions = actions_of(tx, model, row, request, found)
        activities.append(
            _activity(
                tx,
                "REQUESTED_TRANSITION",
                f"r{request[0]}",
                request,
                row,
                request[4],
                found.decision,
                actions=actions,
            )
        )
    return activities


def _activity(
    tx: Tx,
    kind: ActivityType,
    number: str,
    request: Row,
    row: Row,
    comment: str,
    decision: Decision | None = None,
    *,
    actions: list[ActivityAction] | None = None,
) -> Activity:
    asked = kind == "REQUESTED_TRANSITION"
    time = request[8] if asked else tx.now
    return Activity(
        id=number,
        activity_type=kind,
        user_id=request[3] if asked else tx.actor.name,
        comment=comment,
        from_stage=row[3],
        to_stage=request[2],
        creation_timestamp=time,
        last_updated_timestamp=request[9] if asked else time,
        request_id=str(request[0]),
        available_actions=actions or [],
        state=decision.state if decision else None,
        approvals=decision.approvals if decision else [],
        required_approvals=decision.required if decision else 0,
        missing=decision.missing if decision else [],
        void_approvals=void_of(decision) if decision else [],
    )


def _subject(name: str, row: Row) -> str:
    return f"version:{name}/{row[2]}"
