"""The inbox of reviews in SQL: requests of all models, and what the caller may do with each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, or_, select

from cuvee.api.base import Level
from cuvee.api.comments import comment_number
from cuvee.api.names import page_number, plain
from cuvee.api.requests import GetTransitionRequest, SearchTransitionRequests, place_of
from cuvee.api.reviews import (
    ActivityAction,
    CheckResult,
    ListWaitingRequests,
    Refusal,
    RequestPage,
    TransitionRequest,
    TransitionRequestResult,
    Verdict,
    VoidApproval,
)
from cuvee.api.stages import NONE, is_resting
from cuvee.errors import NotFound
from cuvee.rules.decide import Decision
from cuvee.store import schema
from cuvee.store.access import level_on_model
from cuvee.store.engine import arg, hot
from cuvee.store.gates import Look, look, not_a_reviewer, not_an_approver
from cuvee.store.holdings import holders_of
from cuvee.store.tx import Tx

Row = tuple[Any, ...]

_q = schema.requests
_j = schema.verdicts
_v = schema.model_versions
_m = schema.registered_models
_h = schema.holdings

_with_version = (
    select(*_q.c, *_v.c, *_m.c)
    .join(_v, _v.c.pk == _q.c.version_pk)
    .join(_m, _m.c.pk == _v.c.model_pk)
)
_one = hot(_with_version.where(_q.c.pk == arg("pk")))
_open = hot(
    _with_version.where(_q.c.state == "open", _q.c.pk > arg("after"))
    .order_by(_q.c.pk)
    .limit(arg("most"))
)
_ended = hot(
    _with_version.where(
        _q.c.state != "open",
        or_(
            _q.c.updated < arg("time"),
            and_(_q.c.updated == arg("time"), _q.c.pk < arg("before")),
        ),
    )
    .order_by(_q.c.updated.desc(), _q.c.pk.desc())
    .limit(arg("most"))
)
_verdicts = hot(select(_j).where(_j.c.request_pk == arg("request_pk")).order_by(_j.c.pk))
_during = and_(
    _h.c.model_pk == arg("model_pk"),
    _h.c.since <= arg("at"),
    or_(_h.c.until.is_(None), _h.c.until > arg("at")),
)
_stage_at = hot(
    select(_h.c.stage)
    .where(_during, _h.c.version == arg("version"))
    .order_by(_h.c.pk.desc())
    .limit(1)
)
_holder_then = hot(
    select(_h.c.version)
    .where(_during, _h.c.stage == arg("stage"))
    .order_by(_h.c.version.desc())
    .limit(1)
)
_BATCH = 200
_END = 2**62
_WIDTHS = len(_q.c), len(_q.c) + len(_v.c)


def get_transition_request(tx: Tx, op: GetTransitionRequest) -> TransitionRequestResult:
    line = tx.first(_one, pk=comment_number(op.id))
    if line is None or not _readable(tx, line):
        raise NotFound(f"There is no request with the id {op.id}: requests/search has the ids.")
    return TransitionRequestResult(_whole(tx, line))


def search_transition_requests(tx: Tx, op: SearchTransitionRequests) -> RequestPage:
    """Go through the requests of all models, and keep those that were asked for."""
    place = place_of(op.page_token)
    found: list[TransitionRequest] = []
    for line in _open_lines(tx, place[1]) if op.state == "open" else _ended_lines(tx, place):
        tx.keep_time()
        name = line[_WIDTHS[1] + 1]
        if op.name not in ("", name) or (op.role == "requester" and line[3] != tx.actor.name):
            continue
        request = _whole(tx, line) if _readable(tx, line) else None
        if request is None or (op.role == "reviewer" and not _reviews(tx, request)):
            continue
        if len(found) == op.max_results:
            last = found[-1]
            return RequestPage(found, f"{last.closed_timestamp or 0}.{last.id}")
        found.append(request)
    return RequestPage(found)


def list_waiting_requests(tx: Tx, op: ListWaitingRequests) -> RequestPage:
    """Go through the open requests of all models, and keep those that the caller may approve."""
    found: list[TransitionRequest] = []
    for line in _open_lines(tx, page_number(op.page_token)):
        if not _readable(tx, line):
            continue
        request = _whole(tx, line)
        if request.waits:
            if len(found) == op.max_results:
                return RequestPage(found, found[-1].id)
            found.append(request)
    return RequestPage(found)


# ---------------------------------------------------------------- rows


def _open_lines(tx: Tx, after: int) -> Iterator[Row]:
    while True:
        lines = tx.all(_open, after=after, most=_BATCH)
        yield from lines
        if len(lines) < _BATCH:
            return
        after = lines[-1][0]


def _ended_lines(tx: Tx, place: tuple[int, int]) -> Iterator[Row]:
    time, before = place if place[0] else (_END, _END)
    while True:
        lines = tx.all(_ended, time=time, before=before, most=_BATCH)
        yield from lines
        if len(lines) < _BATCH:
            return
        time, before = lines[-1][9], lines[-1][0]


def _readable(tx: Tx, line: Row) -> bool:
    pk, name = line[_WIDTHS[1]], line[_WIDTHS[1] + 1]
    return level_on_model(tx, pk, name) >= Level.READ


def _whole(tx: Tx, line: Row) -> TransitionRequest:
    """Return a request from a row that has the request, its version and its model."""
    request, row, model = line[: _WIDTHS[0]], line[_WIDTHS[0] : _WIDTHS[1]], line[_WIDTHS[1] :]
    if request[5] == "open":
        return request_of(tx, model, row, request, look(tx, model, row, request[2]))
    return TransitionRequest(
        **_about(tx, model, row, request),
        status=request[5],
        closed_timestamp=request[9],
        closed_by=request[10],
        closed_comment=request[11],
    )


def _about(tx: Tx, model: Row, row: Row, request: Row) -> dict[str, Any]:
    """Return what is said of a request whatever has become of it."""
    return {
        "creation_timestamp": request[8],
        "user_id": request[3],
        "to_stage": request[2],
        "comment": request[4],
        "id": str(request[0]),
        "name": model[1],
        "version": str(row[2]),
        "from_stage": _stage_then(tx, row, request),
        "verdicts": [
            Verdict(user_id=user, verdict=verdict, comment=comment, creation_timestamp=created)
            for _, _, user, verdict, comment, _, _, _, created in tx.all(
                _verdicts, request_pk=request[0]
            )
        ],
    }


def _reviews(tx: Tx, request: TransitionRequest) -> bool:
    """Say whether the caller may approve an open request, or has judged one that was ended."""
    if request.status == "open":
        return "APPROVE_TRANSITION_REQUEST" in request.available_actions
    return any(verdict.user_id == tx.actor.name for verdict in request.verdicts)


# ---------------------------------------------------------------- one request


def request_of(tx: Tx, model: Row, row: Row, request: Row, found: Look) -> TransitionRequest:
    """Return an open request as the caller sees it.

    Args:
        tx: the transaction.
        model: the model, in the order of ``schema.registered_models``.
        row: the version, in the order of ``schema.model_versions``.
        request: the request, in the order of ``schema.requests``.
        found: what the stage's policy says now.
    """
    about = _about(tx, model, row, request)
    refusals = refusals_of(tx, model, row, request, found)
    refused = {refusal.action for refusal in refusals}
    may = [action for action in _ACTIONS if action not in refused]
    decision = found.decision
    approves = "APPROVE_TRANSITION_REQUEST" in may
    resting = is_resting(found.stage.name)
    holder = "" if resting else _newest(holders_of(tx, model[0], found.stage.name))
    return TransitionRequest(
        **about,
        available_actions=may,
        refusals=refusals,
        state=decision.state,
        approvals=decision.approvals,
        required_approvals=decision.required,
        missing=decision.missing,
        void_approvals=void_of(decision),
        checks=[CheckResult(r.check, r.state, r.sentence) for r in found.case.checks],
        holder=holder,
        stale=list(_stale(tx, model, row, request, found, holder)),
        waits=approves and (tx.actor.name not in decision.approvals or decision.state == "allowed"),
    )


_ACTIONS: tuple[ActivityAction, ...] = (
    "APPROVE_TRANSITION_REQUEST",
    "REJECT_TRANSITION_REQUEST",
    "CANCEL_TRANSITION_REQUEST",
)


def refusals_of(tx: Tx, model: Row, row: Row, request: Row, found: Look) -> list[Refusal]:
    """Return what the caller may not do with an open request, and why."""
    why = (
        not_an_approver(tx, model, row, found),
        not_a_reviewer(tx, model, row, found),
        not_a_canceller(tx, model, request[3]),
    )
    return [Refusal(action, reason) for action, reason in zip(_ACTIONS, why, strict=True) if reason]


def not_a_canceller(tx: Tx, model: Row, creator: str) -> str:
    """Return why the actor may not cancel somebody's request; empty when they may."""
    if creator == tx.actor.name or level_on_model(tx, model[0], model[1]) >= Level.MANAGE:
        return ""
    return (
        f"The request is {creator}'s: only who made it, or who manages {plain(model[1])}, may "
        "cancel it."
    )


def actions_of(tx: Tx, model: Row, row: Row, request: Row, found: Look) -> list[ActivityAction]:
    """Return what the caller may do with an open request."""
    refused = {refusal.action for refusal in refusals_of(tx, model, row, request, found)}
    return [action for action in _ACTIONS if action not in refused]


def void_of(decision: Decision) -> list[VoidApproval]:
    """Return the approvals that do not count any more."""
    return [VoidApproval(void.user, void.reason) for void in decision.void]


def _newest(holders: list[Row]) -> str:
    return str(holders[0][2]) if holders else ""


def _stage_then(tx: Tx, row: Row, request: Row) -> str:
    """Return where the version was when it was asked for."""
    asked = {"model_pk": row[1], "version": row[2], "at": request[8]}
    return str(tx.value(_stage_at, **asked) or NONE)


def _stale(tx: Tx, model: Row, row: Row, request: Row, found: Look, holder: str) -> Iterator[str]:
    """Say what has changed since a move was asked for."""
    version, stage = row[2], found.stage.name
    if request[6] != row[13]:
        yield f"The files of version {version} have changed since it was asked for."
    if request[7] != found.applied.id:
        was, now = (policy or "none" for policy in (request[7], found.applied.id))
        yield f"The policy has changed since it was asked for: from {was} to {now}."
    then = _stage_then(tx, row, request)
    if then != row[3]:
        yield f"Version {version} was in {then} when it was asked for, and is in {row[3]} now."
    if is_resting(stage):
        return
    asked = {"model_pk": model[0], "stage": stage, "at": request[8]}
    held = str(tx.value(_holder_then, **asked) or "")
    if held != holder:
        before, after = (f"version {number}" if number else "nobody" for number in (held, holder))
        yield f"{stage} was held by {before} when it was asked for, and is held by {after} now."
