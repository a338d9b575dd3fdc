"""What a policy demands of a move, looked at in the transaction that moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, null, select, update

from cuvee.api.names import plain
from cuvee.errors import InvalidParameter, PermissionDenied
from cuvee.rules import abilities
from cuvee.rules.checks import Facts, Result, evaluate
from cuvee.rules.decide import Approval, Case, Decision, decide, exclusion, is_one_of
from cuvee.rules.policy import Stage
from cuvee.store import schema
from cuvee.store.access import groups_of, level_on_model
from cuvee.store.engine import arg, hot
from cuvee.store.facts import facts_of
from cuvee.store.holdings import holders_of
from cuvee.store.policies import (
    Applied,
    bounds,
    find_stage,
    lies_in_scope,
    policy_of,
    stage_named,
)
from cuvee.store.reviewers import approvals_of
from cuvee.store.tx import Tx

_q = schema.requests
_v = schema.verdicts
_e = schema.emergencies

_open_of_version = hot(
    select(_q).where(_q.c.version_pk == arg("version_pk"), _q.c.state == "open").order_by(_q.c.pk)
)
# Approvals stay good after the move that they were given for, until a rejection; those of requests
# that were cancelled or rejected are gone with them.
_standing = hot(
    select(_q)
    .where(
        _q.c.version_pk == arg("version_pk"),
        _q.c.state.in_(("open", "approved", "closed", "rejected")),
    )
    .order_by(_q.c.pk)
)
_m, _mv = schema.registered_models, schema.model_versions
_open_in_scope = hot(
    select(*_m.c, *_mv.c, *_q.c)
    .where(
        _m.c.pk == _mv.c.model_pk,
        _mv.c.pk == _q.c.version_pk,
        _q.c.state == "open",
        lies_in_scope(),
    )
    .order_by(_q.c.pk)
)
_approvals = hot(
    lambda db: (
        select(_v.c.user_id, _v.c.digest, _v.c.policy, _v.c.created)
        .where(db.among(_v.c.request_pk, "requests"), _v.c.verdict == "approved")
        .order_by(_v.c.pk)
    )
)
_close = hot(
    update(_q)
    .where(_q.c.pk == arg("request_pk"))
    .values(
        state=arg("state"),
        updated=arg("now"),
        closed_by=arg("user"),
        closed_comment=arg("comment"),
    )
)
_of_version = select(_q.c.pk).where(_q.c.version_pk == arg("version_pk"))
_forget = [
    hot(delete(_v).where(_v.c.request_pk.in_(_of_version))),
    *(
        hot(delete(table).where(table.c.version_pk == arg("version_pk")))
        for table in (_q, schema.comments, schema.checks)
    ),
]
_versions = hot(
    select(schema.model_versions).where(schema.model_versions.c.model_pk == arg("model_pk"))
)
_of_model = update(_e).where(_e.c.model_pk == arg("model_pk"))
_rename = hot(_of_model.values(model=arg("name")))
_detach = hot(_of_model.values(model_pk=null()))
_new_emergency = hot(
    insert(_e).values({c.name: arg(c.name) for c in _e.c if c.name != "pk"}).returning(_e.c.pk)
)


class Look(NamedTuple):
    """A version before a stage: the rules that apply, what is on record, and the decision.

    Args:
        requests: the open requests for the stage, in the order of ``schema.requests``.
    """

    applied: Applied
    stage: Stage
    requests: list[tuple[Any, ...]]
    case: Case
    decision: Decision


def look(
    tx: Tx,
    model_row: tuple[Any, ...],
    version_row: tuple[Any, ...],
    stage_name: str,
    *,
    comment: str = "",
) -> Look:
    """Decide whether a version may enter a stage now.

    Args:
        tx: the transaction.
        model_row: the model, in the order of ``schema.registered_models``.
        version_row: the version, in the order of ``schema.model_versions``.
        stage_name: the stage, in any case.
        comment: why; the open requests' comments count too.
    """
    applied = policy_of(tx, model_row[1], model_row[7])
    stage = find_stage(applied, stage_name)
    standing = standing_requests(tx, version_row[0], stage.name)
    asked = [r for r in standing if r[5] == "open"]
    review = stage.review
    case = Case(
        digest=version_row[13],
        policy=applied.id,
        now=tx.now,
        author=version_row[10],
        requesters=frozenset(r[3] for r in asked or standing),
        approvals=_given(tx, model_row, applied, stage, standing) if review else (),
        checks=_results(tx, applied, version_row, review.checks) if review else (),
        reason=comment or next((r[4] for r in asked if r[4]), ""),
    )
    return Look(applied, stage, asked, case, decide(stage, case))


def open_requests(tx: Tx, version_pk: int) -> list[tuple[Any, ...]]:
    """Return the open requests of a version, oldest first, in the order of ``schema.requests``."""
    return tx.all(_open_of_version, version_pk=version_pk)


def standing_requests(tx: Tx, version_pk: int, stage: str) -> list[tuple[Any, ...]]:
    """Return the requests whose approvals may count: a rejection ends all before it."""
    found: list[tuple[Any, ...]] = []
    for request in tx.all(_standing, version_pk=version_pk):
        if request[2].lower() == stage.lower():  # a policy may spell it otherwise by now
            found = [] if request[5] == "rejected" else [*found, request]
    return found


def _given(
    tx: Tx,
    model_row: tuple[Any, ...],
    applied: Applied,
    stage: Stage,
    asked: list[tuple[Any, ...]],
) -> list[Approval]:
    rows = tx.all(_approvals, requests=tx.listed([r[0] for r in asked])) if asked else []
    return approvals_of(tx, model_row, applied, stage, rows)


def _results(tx: Tx, applied: Applied, row: tuple[Any, ...], checks: list[str]) -> list[Result]:
    if not checks:
        return []
    held: dict[str, Facts | None] = {}

    def holder(text: str) -> Facts | None:
        name = find_stage(applied, text).name
        if name not in held:
            others = [r for r in holders_of(tx, row[1], name) if r[0] != row[0]]
            held[name] = facts_of(tx, others[0]) if others else None
        return held[name]

    facts = facts_of(tx, row)
    return [evaluate(text, facts, holder) for text in checks]


# ---------------------------------------------------------------- moves


def require(
    tx: Tx,
    model_row: tuple[Any, ...],
    version_row: tuple[Any, ...],
    stage: Stage,
    *,
    comment: str,
    break_glass: bool = False,
) -> dict[str, Any]:
    """Refuse a move that the stage's policy does not allow; return what the event should say.

    Args:
        tx: the transaction, with the model's row locked.
        model_row: the model, in the order of ``schema.registered_models``.
        version_row: the version, in the order of ``schema.model_versions``.
        stage: where it is to go; of the model's policy.
        comment: why.
        break_glass: move past the policy, which opens an emergency.

    Raises:
        PermissionDenied: says what is missing, and what to do next.
    """
    if stage.review is None or version_row[3] == stage.name:
        return {}  # there is no gate, or it has passed it before
    found = look(tx, model_row, version_row, stage.name, comment=comment)
    if found.decision.state == "allowed":
        return grounds(found)
    if break_glass:
        return _break_glass(tx, model_row, version_row, found, comment)
    raise PermissionDenied(blocked(model_row[1], version_row[2], found))


def grounds(found: Look) -> dict[str, Any]:
    """Return what the event of a move into a gated stage says about why it was allowed."""
    return {
        "policy": found.applied.id,
        "policy_digest": found.applied.digest,
        "digest": found.case.digest,
        "verdict": found.decision.state,
        "approvers": found.decision.approvals,
        "required_approvals": found.decision.required,
        "checks": {r.check: r.state for r in found.case.checks},
        "requests": [str(r[0]) for r in found.requests],
    }


def blocked(name: str, version: int, found: Look) -> str:
    """Say why a version may not enter a stage, and what to do next."""
    stage = found.stage.name
    said = [f"{plain(name)} takes versions into {stage} by review, and version {version} lacks:"]
    said.append("; ".join(found.decision.missing) + ".")
    if found.decision.void:
        void = "; ".join(f"{v.user}: {v.reason}" for v in found.decision.void)
        said.append(f"Approvals that do not count: {void}.")
    which = f"{name} {version} {stage}"
    review = found.stage.review
    if any(r.state != "passed" for r in found.case.checks):
        said.append(f"Post results with: cuvee check set {name} {version} <check> --pass.")
    if len(found.decision.approvals) < found.decision.required:
        verb, who = ("approve", "Reviewers approve") if found.requests else ("create", "Ask for it")
        said.append(f"{who} with: cuvee requests {verb} {which}.")
    if review and review.break_glass:
        said.append(f"In an emergency, {', '.join(review.break_glass)} may send break_glass.")
    return " ".join(said)


def breaks_glass(tx: Tx, found: Look) -> bool:
    """Say whether the policy lets the actor move past it in an emergency."""
    review, user = found.stage.review, tx.actor.name
    return review is not None and is_one_of(review.break_glass, user, groups_of(tx, user))


def _break_glass(
    tx: Tx, model: tuple[Any, ...], row: tuple[Any, ...], found: Look, comment: str
) -> dict[str, Any]:
    review = found.stage.review
    user = tx.actor.name
    if not breaks_glass(tx, found):
        who = ", ".join(review.break_glass if review else []) or "nobody"
        raise PermissionDenied(
            f"{user} may not break the glass of {found.stage.name} of {plain(model[1])}: its "
            f"policy lets {who} do that. {blocked(model[1], row[2], found)}"
        )
    if not comment.strip():
        raise InvalidParameter("Breaking the glass needs a reason: say it in 'comment'.")
    pk = tx.value(
        _new_emergency,
        model=model[1],
        model_pk=model[0],
        version=row[2],
        stage=found.stage.name,
        user_id=user,
        comment=comment,
        created=tx.now,
        closed=None,
        closed_by="",
        closed_comment="",
    )
    details = {**grounds(found), "emergency": str(pk), "missing": found.decision.missing}
    tx.record(
        "emergency.opened",
        f"version:{model[1]}/{row[2]}",
        after={"stage": found.stage.name},
        comment=comment,
        details=details,
    )
    return details


def moved(
    tx: Tx, model_row: tuple[Any, ...], version_row: tuple[Any, ...], stage: Stage | None
) -> None:
    """Take note, after every move, of what it means for the version's open requests.

    Args:
        tx: the transaction, after the move.
        model_row: the model, as it was before.
        version_row: the version, as it was before.
        stage: the version's new stage; None when the version is being deleted.
    """
    for request in open_requests(tx, version_row[0]):
        if stage is None:
            why = f"version {version_row[2]} was deleted"
            close_request(tx, model_row, version_row, request, "cancelled", system=why)
        elif request[2].lower() == stage.name.lower():
            why = f"version {version_row[2]} is in {stage.name} now"
            close_request(tx, model_row, version_row, request, "closed", system=why)
    if stage is None:  # the version's key may be given out again
        for statement in _forget:
            tx.run(statement, version_pk=version_row[0])


def policy_changed(
    tx: Tx, scope: str, applied: Applied, governs: Callable[[str, str], bool]
) -> None:
    """Cancel the open requests for stages that models have no more.

    Args:
        tx: the transaction, after the change.
        scope: the model, folder or registry whose models may have another policy now.
        applied: that policy.
        governs: says of a model's name and folder whether it does.
    """
    known = {name.lower() for name in applied.names}
    for line in tx.all(_open_in_scope, **bounds(scope)):
        model, rest = line[: len(_m.c)], line[len(_m.c) :]
        version, request = rest[: len(_mv.c)], rest[len(_mv.c) :]
        if request[2].lower() not in known and governs(model[1], model[7]):
            why = f"the policy has no stage {request[2]}"
            close_request(tx, model, version, request, "cancelled", system=why)


def model_deleted(tx: Tx, model_row: tuple[Any, ...]) -> None:
    """Take note that a model is being deleted, with all its versions."""
    for row in tx.all(_versions, model_pk=model_row[0]):
        moved(tx, model_row, row, None)
    tx.run(_detach, model_pk=model_row[0])  # another model may get the name, and the key


def model_renamed(tx: Tx, model_pk: int, name: str) -> None:
    """Take note of a model's new name; requests stand on its versions and come along."""
    tx.run(_rename, model_pk=model_pk, name=name)


def close_request(
    tx: Tx,
    model_row: tuple[Any, ...],
    version_row: tuple[Any, ...],
    request: tuple[Any, ...],
    state: str,
    *,
    comment: str = "",
    system: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """End a request, and record it.

    Args:
        tx: the transaction.
        model_row: the model.
        version_row: the version, as it was before whatever ends the request.
        request: the request, in the order of ``schema.requests``.
        state: ``approved``, ``rejected``, ``cancelled`` or ``closed``.
        comment: why, in the actor's words.
        system: why, when the registry ends it by itself.
        details: what else the event says.
    """
    tx.run(
        _close,
        request_pk=request[0],
        state=state,
        now=tx.now,
        user=tx.actor.name,
        comment=system or comment,
    )
    if state == "approved":
        return  # the approval has been recorded
    said = {"request": str(request[0]), "requester": request[3], **(details or {})}
    if system:
        said["system"] = system
    tx.record(
        f"request.{state}",
        f"version:{model_row[1]}/{version_row[2]}",
        before={"stage": version_row[3]},
        after={"stage": request[2]},
        comment=comment,
        details=said,
    )


# ---------------------------------------------------------------- rights


def may_move(
    tx: Tx, model_row: tuple[Any, ...], source: str, applied: Applied, stage: Stage
) -> bool:
    """Say whether the actor may move a version from one stage to another without a request."""
    if tx.actor.user is None or tx.actor.admin:
        return True
    name = tx.actor.name
    return abilities.may_move(
        applied.policy,
        stage_named(applied, source),
        stage,
        level=lambda stage: level_on_model(tx, model_row[0], model_row[1], stage),
        subjects={f"user:{name}", *(f"group:{group}" for group in groups_of(tx, name))},
    )


def not_a_reviewer(
    tx: Tx, model_row: tuple[Any, ...], version_row: tuple[Any, ...], found: Look
) -> str:
    """Return why the actor may neither approve nor reject; empty when they may."""
    user, stage = tx.actor.name, found.stage
    if stage.review is not None and stage.review.reviewers:
        if is_one_of(stage.review.reviewers, user, groups_of(tx, user)):
            return ""
        who = ", ".join(stage.review.reviewers)
        return f"{user} does not review moves to {stage.name} of {plain(model_row[1])}: ask {who}."
    if may_move(tx, model_row, version_row[3], found.applied, stage):
        return ""
    return (
        f"{user} may not move versions of {plain(model_row[1])} to {stage.name}, and so not judge "
        "requests for it: ask someone who manages its versions."
    )


def not_an_approver(
    tx: Tx, model_row: tuple[Any, ...], version_row: tuple[Any, ...], found: Look
) -> str:
    """Return why the actor's approval cannot count; empty when it can."""
    review = found.stage.review
    excluded = exclusion(review, found.case, tx.actor.name) if review else ""
    return f"{excluded}." if excluded else not_a_reviewer(tx, model_row, version_row, found)
