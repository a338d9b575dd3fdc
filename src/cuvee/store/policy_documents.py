"""Policies applied and removed in SQL, and the versions that have to move because of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import func, select

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
from cuvee.rules.documents import canonical, check_scope, digest_of, parse_document, scope_of
from cuvee.store import access, schema
from cuvee.store.bindings import require_bound, require_narrower_bound, require_reviewed
from cuvee.store.engine import arg, hot
from cuvee.store.gates import policy_changed
from cuvee.store.levels import MODEL
from cuvee.store.models import find_model
from cuvee.store.policies import (
    Applied,
    bounds,
    decode,
    find_stage,
    folder_of,
    folders_around,
    lies_in_scope,
    nearest,
    newest_policies,
    no_stage,
    policy_id,
    policy_of,
    scopes_of,
    stages_are,
    store_policy,
)
from cuvee.store.stages import move
from cuvee.store.tx import Tx
from cuvee.store.visible import MODEL_PATH, readable

_p = schema.policies
_m = schema.registered_models
_v = schema.model_versions

_row = hot(select(_p).where(_p.c.scope == arg("scope"), _p.c.version == arg("version")))
_before = _p.alias()
_gone = func.coalesce(
    select(func.max(_before.c.version))
    .where(_before.c.scope == arg("scope"), _before.c.gone == 1)
    .scalar_subquery(),
    0,
)
# What stands before a name was left is about another model.
_versions = hot(
    select(_p).where(_p.c.scope == arg("scope"), _p.c.version > _gone).order_by(_p.c.version.desc())
)
_lock_all = hot(select(_m.c.pk).where(lies_in_scope()).order_by(_m.c.pk).with_for_update())
_held = hot(
    lambda db: (
        select(_m.c.name, _m.c.folder, _v)
        .where(
            _m.c.pk == _v.c.model_pk,
            lies_in_scope(),
            _v.c.stage.not_in([NONE, ARCHIVED]),
            ~db.among(_v.c.stage, "known"),
        )
        .order_by(_m.c.name, _v.c.version)
    )
)


def apply_policy(tx: Tx, op: ApplyPolicy) -> PolicyChange:
    # Rights come first: a long document takes a while to read.
    scope = _scope(tx, scope_of(op.document))
    document = parse_document(op.document)
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
    require_bound(tx, _above(tx, scope), document.policy, scope)
    require_narrower_bound(tx, scope, document.policy)
    leaving = _leaving(tx, scope, after, document.move)
    require_reviewed(tx, _above(tx, scope), before, after, leaving)
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
    policy_changed(tx, scope, after, lambda *model: _governs(tx, scope, scopes_of(*model)))
    return PolicyChange(before=_shown(tx, before), after=_shown(tx, after), moved=_changes(leaving))


def remove_policy(tx: Tx, op: RemovePolicy) -> PolicyChange:
    scope = _scope(tx, check_scope(op.scope))
    before = _applied(tx, scope)
    if not before.id or before.scope != scope:
        raise NotFound(
            f"{shown(op.scope)} has no policy of its own to remove: policies/of-model says which "
            "policy applies to a model."
        )
    after = nearest(newest_policies(tx, _above(tx, scope)))
    leaving = _leaving(tx, scope, after, {})
    store_policy(tx, scope, "", "")
    _record(tx, "policy.removed", scope, before, after, op.comment)
    _move_all(tx, leaving, after, op.comment)
    policy_changed(tx, scope, after, lambda *model: _governs(tx, scope, scopes_of(*model)))
    return PolicyChange(before=_shown(tx, before), after=_shown(tx, after), moved=_changes(leaving))


def get_model_policy(tx: Tx, op: GetModelPolicy) -> PolicyResult:
    find_model(tx, op.name)
    return PolicyResult(_shown(tx, policy_of(tx, op.name)))


def list_policy_versions(tx: Tx, op: ListPolicyVersions) -> PolicyList:
    scope = check_scope(op.scope)
    stored = "" if scope == EVERYTHING else scope
    if scope.endswith("/"):
        if not _reads_in(tx, stored):
            raise PermissionDenied(
                f"{tx.actor.name} may read no model in {scope}, and so not its policies: ask "
                "somebody who manages it."
            )
    else:
        model = find_model(tx, scope)
        if access.level_on_model(tx, model[0], scope) < Level.READ:
            raise PermissionDenied(
                f"{tx.actor.name} may not read {scope}: ask somebody who manages it."
            )
    rows = tx.all(_versions, scope=stored)
    return PolicyList([_from_row(row) for row in rows])


def _reads_in(tx: Tx, folder: str) -> bool:
    """Say whether the actor may read a folder, or any model in it."""
    if access.level_on(tx, access.Thing(MODEL, None, folder)) >= Level.READ:
        return True
    mine = readable(tx, MODEL, _m.c.pk, MODEL_PATH)
    query = select(_m.c.pk).where(lies_in_scope(), mine.condition()).limit(1)
    return bool(tx.all(query, **bounds(folder), **mine.values))


def _scope(tx: Tx, scope: str) -> str:
    """Return a scope as it is stored, its models locked; refuse those who may not set it."""
    if scope.endswith("/"):
        if tx.actor.user is not None and not tx.actor.admin:
            raise PermissionDenied(
                f"{tx.actor.name} may not set the policy of {scope}: policies of folders, and of "
                "all models, are set by admins."
            )
        stored = "" if scope == EVERYTHING else scope
        # Models that are just being moved into the folder come before, or after.
        tx.database.lock(tx.cursor, "policies")
        tx.all(_lock_all, **bounds(stored))
        return stored
    tx.database.lock(tx.cursor, "policies", shared=True)  # a binding one comes before, or after
    model = find_model(tx, scope, lock=True)
    if access.level_on_model(tx, model[0], scope) < Level.MANAGE:
        raise PermissionDenied(
            f"{tx.actor.name} may not set the policy of {scope}: that needs CAN_MANAGE on it."
        )
    return scope


def _above(tx: Tx, scope: str) -> list[str]:
    if scope and not scope.endswith("/"):
        return folders_around(folder_of(tx, scope))
    return folders_around(scope.removesuffix("/"))[1:]


def _applied(tx: Tx, scope: str) -> Applied:
    return nearest(newest_policies(tx, [scope, *_above(tx, scope)]))


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
    for name, folder, *row in tx.all(_held, known=tx.listed(after.names), **bounds(scope)):
        if not _governs(tx, scope, scopes_of(name, folder)):
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
        raise InvalidParameter(
            f"{no_stage(stage, held)}: say where they go, as in move: "
            f"{{{stage}: {after.names[-1]}}}, or move them first. {stages_are(after)}"
        )
    return found


def _governs(tx: Tx, scope: str, scopes: list[str]) -> bool:
    """Say whether a policy of this scope is the one that applies to a model in some scopes."""
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
    _, scope, version, document, digest, user_id, created, _ = row
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
