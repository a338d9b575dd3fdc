"""Who is a reviewer now, in SQL: an approval counts as long as who gave it could give it again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from cuvee.api.stages import NONE
from cuvee.rules import abilities
from cuvee.rules.decide import Approval
from cuvee.rules.policy import Stage
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.levels import groups_of, level_of_user, model_thing
from cuvee.store.policies import Applied
from cuvee.store.tx import Tx

_u = schema.users

_any = hot(select(_u.c.pk).limit(1))
_user = hot(select(_u.c.pk, _u.c.active, _u.c.admin).where(_u.c.name == arg("name")))


def approvals_of(
    tx: Tx,
    model_row: tuple[Any, ...],
    applied: Applied,
    stage: Stage,
    rows: list[tuple[Any, ...]],
) -> list[Approval]:
    """Return approvals with what their users are now.

    Args:
        tx: the transaction.
        model_row: the model, in the order of ``schema.registered_models``.
        applied: the policy that applies now.
        stage: what was approved is a move to it.
        rows: user, digest, policy and time of each; who approved twice for one stage did so once.
    """
    users = {row[0] for row in rows}
    groups = {user: groups_of(tx, user) for user in users}
    lost = {user: _lost(tx, model_row, applied, stage, user, groups[user]) for user in users}
    return [
        Approval(
            user=user, groups=groups[user], digest=digest, policy=policy, time=time, lost=lost[user]
        )
        for user, digest, policy, time in dict.fromkeys(rows)
    ]


def _lost(
    tx: Tx,
    model_row: tuple[Any, ...],
    applied: Applied,
    stage: Stage,
    user: str,
    groups: frozenset[str],
) -> str:
    """Return why a user could not approve any more; empty when they could.

    Without users names are not checked, so there is nothing to lose.
    """
    row = tx.first(_user, name=user)
    if row is None:
        return f"{user} is no user of this server" if tx.first(_any) is not None else ""
    if row[1] != 1:
        return f"the account of {user} is {'switched off' if row[1] == 0 else 'deleted'}"
    named = stage.review is not None and stage.review.reviewers
    if named or row[2]:
        return ""
    thing = model_thing(tx, model_row[0], model_row[1])
    able = abilities.may_move(
        applied.policy,
        Stage(name=NONE),
        stage,
        level=lambda name: level_of_user(tx, row[0], thing, name),
        subjects={f"user:{user}", *(f"group:{group}" for group in groups)},
    )
    return "" if able else f"{user} may not move versions to {stage.name} now"
