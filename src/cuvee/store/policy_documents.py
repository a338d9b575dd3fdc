"""Policies applied and removed in SQL, and the versions that have to move because of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import select

from cuvee.api.base import Level
from cuvee.api.names import shown
from cuvee.api.policies import (
    EVERYTHING,
    ApplyPolicy,
    GetModelPolicy,
    ListPolicyVersions,
    Policy,
    PolicyChange,
    PolicyList,
    PolicyResult,
    PolicyVersion,
    RemovePolicy,
    StageChange,
)
from cuvee.api.stages import ARCHIVED, NONE
from cuvee.errors import InvalidParameter, NotFound, PermissionDenied
from cuvee.rules.documents import canonical, check_scope, digest_of, parse_document
from cuvee.store import access, schema
from cuvee.store.engine import arg, hot
from cuvee.store.models import find_model
from cuvee.store.policies import (
    Applied,
    decode,
    find_stage,
    nearest,
    newest_policies,
    policy_id,
    scopes_of,
    store_policy,
)
from cuvee.store.stages import move
from cuvee.store.tx import Tx

_p = schema.policies
_m = schema.registered_models
_v = schema.model_versions

_row = hot(select(_p).where(_p.c.scope == arg("scope"), _p.c.version == arg("version")))
_versions = hot(select(_p).where(_p.c.scope == arg("scope")).order_by(_p.c.version.desc()))
_lock_all = hot(
    select(_m.c.pk)
    .where(_m.c.name >= arg("low"), _m.c.name <= arg("high"))
    .order_by(_m.c.pk)
    .with_for_update()
)
_held = hot(
    lambda db: (
        select(_m.c.name, _v)
        .where(
            _m.c.pk == _v.c.model_pk,
            _m.c.name >= arg("low"),
            _m.c.name <= arg("high"),
            _v.c.stage.not_in([NONE, ARCHIVED]),
            ~db.among(_v.c.stage, "known"),
        )
        .order_by(_m.c.name, _v.c.version)
    )
)


def apply_policy(tx: Tx, op: ApplyPolicy) -> PolicyChange:
    document = parse_document(op.document)
    scope = _scope(tx, document.scope)
    text = canonical(document.policy)
    digest = digest_of(text)
    before = _applied(tx, scope)
    if before.scope == scope and before.digest == digest and before.id:
        return PolicyChange(before=_shown(tx, before), after=_shown(tx, before), unchanged=True)
    newest = newest_policies(tx, [scope])
    after = Applied(
        id=policy_id(scope, newest[0][2] + 1 if newest else 1),
        policy=document.policy,
        scope=scope,
        digest=digest,
    )
    leaving = _leaving(tx, scope, after, document.move)
    if op.dry_run:
        new = PolicyVersion(
            id=after.id,
            scope=scope or EVERYTHING,
            digest=digest,
            policy=after.policy,
            stages=after.names,
        )
        return PolicyChange(before=_shown(tx, before), after=new, moved=_changes(leaving))
    store_policy(tx, scope, text, digest)
    _record(tx, "policy.applied", scope, before, after, op.comment)
    _move_all(tx, leaving, after, op.comment)
    return PolicyChange(before=_shown(tx, before), after=_shown(tx, after), moved=_changes(leaving))


def remove_policy(tx: Tx, op: RemovePolicy) -> PolicyChange:
    scope = _scope(tx, check_scope(op.scope))
    before = _applied(tx, scope)
    if not before.id or before.scope != scope:
        raise NotFound(f"{shown(op.scope)} has no policy of its own.")
    after = nearest(newest_policies(tx, _above(scope)))
    leaving = _leaving(tx, scope, after, {})
    store_policy(tx, scope, "", "")
    _record(tx, "policy.removed", scope, before, after, op.comment)
    _move_all(tx, leaving, after, op.comment)
    return PolicyChange(before=_shown(tx, before), after=_shown(tx, after), moved=_changes(leaving))


def get_model_policy(tx: Tx, op: GetModelPolicy) -> PolicyResult:
    find_model(tx, op.name)
    return PolicyResult(_shown(tx, nearest(newest_policies(tx, scopes_of(op.name)))))


def list_policy_versions(tx: Tx, op: ListPolicyVersions) -> PolicyList:
    scope = check_scope(op.scope)
    if not scope.endswith("/"):
        model = find_model(tx, scope)
        if access.level_on_model(tx, model[0], scope) < Level.READ:
            raise PermissionDenied(
                f"{tx.actor.name} may not read {scope}: ask somebody who manages it."
            )
    rows = tx.all(_versions, scope="" if scope == EVERYTHING else scope)
    return PolicyList([_from_row(row) for row in rows])


def _scope(tx: Tx, scope: str) -> str:
    """Return a scope as it is stored, its models locked; refuse those who may not set it."""
    if scope.endswith("/"):
        if tx.actor.user is not None and not tx.actor.admin:
            raise PermissionDenied(
                f"{tx.actor.name} may not set the policy of {scope}: policies of folders, and of "
                "all models, are set by admins."
            )
        stored = "" if scope == EVERYTHING else scope
        tx.all(_lock_all, **_names(stored))
        return stored
    model = find_model(tx, scope, lock=True)
    if access.level_on_model(tx, model[0], scope) < Level.MANAGE:
        raise PermissionDenied(
            f"{tx.actor.name} may not set the policy of {scope}: that needs CAN_MANAGE on it."
        )
    return scope


def _names(scope: str) -> dict[str, str]:
    """Return the lowest and the highest name that a model in a scope can have."""
    if scope and not scope.endswith("/"):
        return {"low": scope, "high": scope}
    return {"low": scope, "high": scope + "\U0010ffff"}


def _above(scope: str) -> list[str]:
    return [s for s in scopes_of(scope.removesuffix("/")) if s not in (scope, scope[:-1])]


def _applied(tx: Tx, scope: str) -> Applied:
    return nearest(newest_policies(tx, list(dict.fromkeys([scope, *_above(scope)]))))


def _leaving(
    tx: Tx, scope: str, after: Applied, wanted: Mapping[str, str]
) -> list[tuple[str, tuple[Any, ...], str]]:
    """Return the versions whose stage is dropped, by model, row and new stage.

    Raises:
        InvalidParameter: it is not said where some of them go.
    """
    known = {name.lower(): name for name in after.names}
    found = []
    lost: dict[str, list[str]] = {}
    for name, *row in tx.all(_held, known=tx.listed(after.names), **_names(scope)):
        if not _governs(tx, scope, name):
            continue
        stage = row[3]
        # A stage that is only spelled differently takes its versions along.
        target = known.get(stage.lower()) or wanted.get(stage.lower())
        if target is None:
            lost.setdefault(stage, []).append(f"{name} {row[2]}")
        else:
            found.append((name, tuple(row), target))
    if lost:
        stage, held = next(iter(lost.items()))
        more = f" and {len(held) - 3} more" if len(held) > 3 else ""
        raise InvalidParameter(
            f"The policy has no stage {stage}, which {', '.join(held[:3])}{more} (model and "
            f"version) hold: say where they go, as in move: {{{stage}: {after.names[-1]}}}, or "
            f"move them first. Its stages: {', '.join(after.names)}."
        )
    return found


def _governs(tx: Tx, scope: str, name: str) -> bool:
    """Say whether a policy of this scope is the one that applies to a model."""
    scopes = scopes_of(name)
    if scope not in scopes:
        return False
    nearer = scopes[: scopes.index(scope)]
    return not nearer or not nearest(newest_policies(tx, nearer)).id


def _move_all(
    tx: Tx, leaving: list[tuple[str, tuple[Any, ...], str]], after: Applied, comment: str
) -> None:
    """Carry out what the policy says about dropped stages; the highest version moves last."""
    for name, row, target in leaving:
        move(
            tx,
            find_model(tx, name, lock=True),
            row,
            find_stage(after, target),
            comment=f"{comment} (the policy has no stage {row[3]})".strip(),
            details={"system": True, "policy": after.id},
        )


def _changes(leaving: list[tuple[str, tuple[Any, ...], str]]) -> list[StageChange]:
    return [StageChange(name, str(row[2]), row[3], target) for name, row, target in leaving]


def _record(tx: Tx, action: str, scope: str, before: Applied, after: Applied, comment: str) -> None:
    tx.record(
        action,
        f"policy:{scope or EVERYTHING}",
        before={"policy": before.id, "digest": before.digest},
        after={
            "policy": after.id,
            "digest": after.digest,
            "document": msgspec.to_builtins(after.policy),
        },
        comment=comment,
    )


def _shown(tx: Tx, applied: Applied) -> PolicyVersion:
    row = None
    if applied.id:
        version = int(applied.id.rpartition("@")[2])
        row = tx.first(_row, scope=applied.scope, version=version)
    if row is not None:
        return _from_row(row)
    return PolicyVersion(policy=applied.policy, stages=applied.names)


def _from_row(row: tuple[Any, ...]) -> PolicyVersion:
    _, scope, version, document, digest, user_id, created = row
    policy: Policy | None = decode(document) if document else None
    return PolicyVersion(
        id=policy_id(scope, version),
        scope=scope or EVERYTHING,
        version=version,
        digest=digest,
        user_id=user_id,
        creation_timestamp=created,
        policy=policy,
        stages=Applied(policy=policy).names if policy else [],
    )
