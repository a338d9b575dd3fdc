"""Binding policies in SQL: no document, move or new name takes a model out from under one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from cuvee.api.names import plain
from cuvee.api.policies import EVERYTHING
from cuvee.errors import InvalidParameter, PermissionDenied
from cuvee.rules.bindings import reviews, unreviewed, weaknesses
from cuvee.rules.policy import Policy
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.policies import (
    Applied,
    bounds,
    decode,
    find_stage,
    folders_around,
    newest_policies,
    newest_version,
    policy_id,
    stage_named,
    stages_held,
)
from cuvee.store.tx import Tx

_p = schema.policies
_m = schema.registered_models
_k = schema.kept_names

_in_force = hot(
    select(_p.c.scope, _p.c.version, _p.c.document, _m.c.folder)
    .outerjoin(_m, _m.c.name == _p.c.scope)
    .where(_p.c.document != "", _p.c.version == newest_version(_p.c.scope))
    .order_by(_p.c.scope)
)
_kept = hot(select(_k.c.folder).where(_k.c.name == arg("name")))
_new = insert(_k).values(name=arg("name"), folder=arg("folder"))
_keep = hot(
    _new.on_conflict_do_update(index_elements=["name"], set_={"folder": _new.excluded.folder})
)


def binding_policies(tx: Tx, scopes: list[str]) -> list[Applied]:
    """Return the policies of some scopes that bind narrower ones, in the order of the scopes."""
    found = []
    for _, scope, version, document, digest, *_ in newest_policies(tx, scopes):
        policy = decode(document) if document else None
        if policy is not None and policy.binding:
            found.append(
                Applied(id=policy_id(scope, version), policy=policy, scope=scope, digest=digest)
            )
    return found


def require_bound(tx: Tx, above: list[str], policy: Policy, name: str) -> None:
    """Refuse a policy that is weaker than a binding one of a larger scope.

    Args:
        tx: the transaction.
        above: the larger scopes.
        policy: the policy that is to apply.
        name: whose it is, for the sentence.

    Raises:
        InvalidParameter: says which rules of which scope it would weaken.
    """
    for binding in binding_policies(tx, above):
        lost = weaknesses(binding.policy, policy)
        if lost:
            raise InvalidParameter(
                f"The policy of {plain(name)} would be weaker than {binding.id}, which binds all "
                f"in {binding.scope or EVERYTHING}: {'; '.join(lost)}. Make it at least as "
                "strict, or let an admin change the policy there."
            )


def require_narrower_bound(tx: Tx, scope: str, policy: Policy) -> None:
    """Refuse a binding policy while narrower documents in its scope are weaker.

    Raises:
        InvalidParameter: names them, and what they lack.
    """
    if not policy.binding:
        return
    low, high = bounds(scope)["low"], bounds(scope)["high"]
    found = []
    for name, version, document, folder in tx.all(_in_force):
        place = name if name.endswith("/") else f"{folder}/"
        own = name in (scope, "") or (folder is None and not name.endswith("/"))
        if own or not low <= place < high:
            continue
        lost = weaknesses(policy, decode(document))
        if lost:
            found.append(f"{plain(policy_id(name, version))} ({'; '.join(lost)})")
    if found:
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        raise InvalidParameter(
            f"The policy of {scope or EVERYTHING} would bind documents that are weaker: "
            f"{', '.join(found[:3])}{more}. Take them away (cuvee policy remove) or make them "
            "stricter first, or write binding: false."
        )


def require_reviewed(
    tx: Tx,
    above: list[str],
    before: Applied,
    after: Applied,
    leaving: Iterable[tuple[str, tuple[Any, ...], str]],
) -> None:
    """Refuse a policy that would bring versions of a dropped stage past a review.

    A review that a larger scope demands is not passed by one that the narrower document had.

    Args:
        tx: the transaction.
        above: the larger scopes.
        before: the policy that applies now.
        after: the policy that is to apply.
        leaving: the versions, by model, row and new stage.

    Raises:
        InvalidParameter: says which version would come where.
    """
    bindings = binding_policies(tx, above)
    for name, row, target in leaving:
        lost = unreviewed(stage_named(before, row[3]), find_stage(after, target))
        bound = any(reviews(binding.policy, target) for binding in bindings)
        if row[3].lower() != target.lower() and (lost or bound):
            raise InvalidParameter(
                f"move: version {row[2]} of {plain(name)} would come from {row[3]} to {target} "
                "past its review: say a stage without one, and request the move from there."
            )


def require_place(tx: Tx, name: str, old: str, new: str) -> None:
    """Refuse to take a model out from under a binding policy, but to admins.

    Args:
        tx: the transaction, with the policies locked.
        name: the model.
        old: the folder that it is in, or that its name is kept for.
        new: the folder that it is to be in.

    Raises:
        PermissionDenied: no binding policy of the new place is as strict.
    """
    if tx.actor.user is None or tx.actor.admin:
        return
    there = binding_policies(tx, folders_around(new))
    for binding in binding_policies(tx, folders_around(old)):
        if not any(not weaknesses(binding.policy, other.policy) for other in there):
            raise PermissionDenied(
                f"{tx.actor.name} may not take {plain(name)} out of {binding.scope}: its policy "
                f"{binding.id} binds, and none that binds {f'{new}/' if new else 'the new place'} "
                "is as strict. Ask an admin to do it."
            )


def require_arrival(tx: Tx, row: tuple[Any, ...], new: str) -> None:
    """Refuse to bring versions into a stage past the review of a binding policy, but to admins.

    Args:
        tx: the transaction, with the policies locked.
        row: the model, in the order of ``schema.registered_models``.
        new: the folder that it is to be in.

    Raises:
        PermissionDenied: a version holds a stage there that no policy as strict let it into.
    """
    if tx.actor.user is None or tx.actor.admin:
        return
    here = binding_policies(tx, folders_around(row[7]))
    for binding in binding_policies(tx, folders_around(new)):
        if any(not weaknesses(binding.policy, other.policy) for other in here):
            continue
        for stage, version in stages_held(tx, row[0]):
            if reviews(binding.policy, stage):
                raise PermissionDenied(
                    f"{tx.actor.name} may not bring {plain(row[1])} into {new}/: version {version} "
                    f"is in {stage}, which {binding.id} gives by review only. Archive it first "
                    "and request the move there, or ask an admin."
                )


def require_name(tx: Tx, name: str, folder: str) -> None:
    """Refuse a name that a model under a binding policy had, to a model outside of its folder.

    Raises:
        PermissionDenied: says which policy the name is kept under.
    """
    kept = tx.value(_kept, name=name)
    if kept is not None:
        tx.database.lock(tx.cursor, "policies", shared=True)
        require_place(tx, name, kept, folder)


def keep_name(tx: Tx, row: tuple[Any, ...]) -> None:
    """Keep the name of a model that is renamed or deleted for the folder whose policy binds it."""
    if row[7] and binding_policies(tx, folders_around(row[7])[:-1]):
        tx.run(_keep, name=row[1], folder=row[7])
