"""Past moves, replayed from the history against a policy that is not in force."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field, structs
from sqlalchemy import select

from cuvee.api.base import Level
from cuvee.api.policies import EVERYTHING
from cuvee.api.rehearsals import PastMove, Rehearsal, RehearsePolicy
from cuvee.errors import PermissionDenied
from cuvee.rules.checks import Facts, Posted, Result, evaluate
from cuvee.rules.decide import Approval, Case, decide
from cuvee.rules.documents import parse_document, scope_of
from cuvee.rules.expressions import Named, parse_check
from cuvee.rules.policy import Policy, Stage
from cuvee.store import schema
from cuvee.store.access import groups_of, level_on_model
from cuvee.store.activities import Past, past_of
from cuvee.store.engine import arg, hot
from cuvee.store.facts import facts_of
from cuvee.store.models import find_model
from cuvee.store.policies import bounds, lies_in_scope, policy_of, scopes_of
from cuvee.store.tx import Tx

Row = tuple[Any, ...]

_m = schema.registered_models
_v = schema.model_versions
_h = schema.holdings

_candidates = hot(
    lambda db: (
        select(_m.c.pk, _m.c.name, _m.c.folder, *_v.c)
        .join(_v, _v.c.model_pk == _m.c.pk)
        .where(
            lies_in_scope(),
            select(_h.c.pk)
            .where(
                _h.c.model_pk == _v.c.model_pk,
                _h.c.version == _v.c.version,
                db.among(_h.c.stage, "stages"),
            )
            .exists(),
        )
        .order_by(_v.c.created.desc(), _v.c.pk.desc())
        .limit(arg("most"))
    )
)
_held_then = hot(
    select(_h.c.version, _h.c.stage, _h.c.until)
    .where(_h.c.model_pk == arg("model_pk"), _h.c.since < arg("then"))
    .order_by(_h.c.version.desc())
)
_by_number = hot(select(_v).where(_v.c.model_pk == arg("model_pk"), _v.c.version == arg("version")))
_ACTIONS = [
    "version.transitioned",
    "request.created",
    "request.approved",
    "request.rejected",
    "request.cancelled",
    "check.set",
    "check.deleted",
]
_SAME = "the policy"
NOTES = [
    "Models that you do not manage are left out.",
    "Versions and models that were deleted since are not looked at.",
    "Groups are those of today: who was in them then is not on record.",
]
TODAY = (
    "Metrics, params, tags, datasets, descriptions and signatures are those of today: the history "
    "does not hold what they were."
)


class Record(Struct):
    """What the history says about one version, up to some event.

    Args:
        requests: number -> (stage, user, comment, whether it is open).
        approvals: number of the request -> approvals given on it.
        posted: results of checks, with the digest that they are for.
    """

    requests: dict[str, tuple[str, str, str, bool]] = field(default_factory=dict)
    approvals: dict[str, list[Approval]] = field(default_factory=dict)
    posted: dict[str, tuple[Posted, str]] = field(default_factory=dict)


def rehearse_policy(tx: Tx, op: RehearsePolicy) -> Rehearsal:
    asked = scope_of(op.document)
    scope = "" if asked == EVERYTHING else asked
    folder = not scope or scope.endswith("/")
    if not folder and level_on_model(tx, find_model(tx, scope)[0], scope) < Level.MANAGE:
        # A check can ask for any fact of a version's run, which not all who see the model may see.
        raise PermissionDenied(
            f"{tx.actor.name} may not test policies of {scope}: that needs CAN_MANAGE on it."
        )
    document = parse_document(op.document)
    gated = {s.name: s for s in document.policy.stages if s.review is not None}
    found: list[PastMove] = []
    levels: dict[str, Level] = {}
    rows = tx.all(
        _candidates,
        **bounds(scope),
        stages=tx.listed(list(gated)),
        most=op.max_versions + 1,
    )
    for pk, name, place, *version in rows[: op.max_versions]:
        if name not in levels:
            levels[name] = level_on_model(tx, pk, name)
        scopes = scopes_of(name, place)
        governs = scopes.index(policy_of(tx, name).scope) >= scopes.index(scope)
        if levels[name] >= Level.MANAGE and governs:
            found += _replay(tx, name, tuple(version), document.policy, gated)
    found.sort(key=lambda move: move.timestamp, reverse=True)
    notes = list(NOTES)
    if any(not isinstance(parse_check(c), Named) for s in gated.values() for c in _checks(s)):
        notes.append(TODAY)
    if len(rows) > op.max_versions:
        notes.append(f"Only the {op.max_versions} newest versions were looked at.")
    return Rehearsal(
        scope=asked,
        total=len(found),
        blocked=sum(move.blocked for move in found),
        moves=found,
        notes=notes,
    )


def _checks(stage: Stage) -> list[str]:
    return stage.review.checks if stage.review is not None else []


def _replay(tx: Tx, name: str, row: Row, policy: Policy, gated: dict[str, Stage]) -> list[PastMove]:
    record = Record()
    moves = []
    for event in reversed(past_of(tx, name, row[2], _ACTIONS)):
        stage = str(event.after.get("stage", ""))
        if event.action != "version.transitioned":
            _note(tx, record, event, stage)
            continue
        if stage in gated and not event.details.get("system"):
            moves.append(_judge(tx, name, row, policy, gated[stage], record, event))
        for number, (where, user, why, _) in record.requests.items():
            if where == stage:
                record.requests[number] = (where, user, why, False)
    return moves


def _note(tx: Tx, record: Record, event: Past, stage: str) -> None:
    """Take one event of a version's past into the record."""
    number = str(event.details.get("request", ""))
    digest = str(event.details.get("digest", ""))
    if event.action == "request.created":
        record.requests[number] = (stage, event.actor, event.comment, True)
    elif event.action == "request.approved":
        given = Approval(
            user=event.actor,
            groups=groups_of(tx, event.actor),
            digest=digest,
            policy=_SAME,
            time=event.time,
        )
        record.approvals.setdefault(number, []).append(given)
    elif event.action == "request.cancelled":
        record.requests.pop(number, None)
    elif event.action == "request.rejected":  # ends all that was asked for this stage before
        ended = [n for n, request in record.requests.items() if request[0] == stage]
        for one in ended:
            del record.requests[one]
    elif event.action == "check.set":
        result = Posted(
            passed=bool(event.after.get("passed")),
            user=event.actor,
            url=str(event.after.get("url", "")),
        )
        record.posted[str(event.after.get("check", ""))] = (result, digest)
    else:
        record.posted.pop(str(event.before.get("check", "")), None)


def _judge(
    tx: Tx, name: str, row: Row, policy: Policy, stage: Stage, record: Record, event: Past
) -> PastMove:
    digest = str(event.details.get("digest") or row[13])
    standing = {n: r for n, r in record.requests.items() if r[0] == stage.name}
    asked = [r for r in standing.values() if r[3]] or list(standing.values())
    case = Case(
        digest=digest,
        policy=_SAME,
        now=event.time,
        author=row[10],
        requesters=frozenset(r[1] for r in asked),
        approvals=[a for n in standing for a in record.approvals.get(n, [])],
        checks=_results(tx, row, policy, stage, record, digest, event.time),
        reason=event.comment or next((r[2] for r in asked if r[2]), ""),
    )
    decision = decide(stage, case)
    return PastMove(
        name=name,
        version=str(row[2]),
        from_stage=str(event.before.get("stage", "")),
        to_stage=stage.name,
        user_id=event.actor,
        timestamp=event.time,
        blocked=decision.state != "allowed",
        missing=decision.missing,
        emergency="emergency" in event.details,
    )


def _results(
    tx: Tx, row: Row, policy: Policy, stage: Stage, record: Record, digest: str, then: int
) -> list[Result]:
    texts = _checks(stage)
    if not texts:
        return []
    posted = {n: result for n, (result, of) in record.posted.items() if of == digest}
    facts = structs.replace(facts_of(tx, row), posted=posted)

    def holder(text: str) -> Facts | None:
        wanted = next((s.name for s in policy.stages if s.name.lower() == text.lower()), text)
        for number, held, until in tx.all(_held_then, model_pk=row[1], then=then):
            if held == wanted and number != row[2] and (until is None or until >= then):
                other = tx.first(_by_number, model_pk=row[1], version=number)
                return facts_of(tx, other) if other else Facts(version=str(number))
        return None

    return [evaluate(text, facts, holder) for text in texts]
