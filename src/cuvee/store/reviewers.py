"""Who is a reviewer now, in SQL: an approval counts as long as who gave it could give it again."""

from __future__ import annotations

from typing import Any

from cuvee.api.base import Level
from cuvee.api.stages import NONE
from cuvee.rules import abilities
from cuvee.rules.decide import Approval
from cuvee.rules.policy import Stage
from cuvee.store.accounts import account_of
from cuvee.store.levels import groups_of, level_of_user, model_thing
from cuvee.store.policies import Applied
from cuvee.store.tx import Tx


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
    """Return why a user could not approve any more; empty when they could."""
    found = account_of(tx, user)
    if found.problem:
        return found.problem
    if found.admin or found.pk is None:
        return ""
    pk = found.pk
    thing = model_thing(tx, model_row[0], model_row[1])
    if level_of_user(tx, pk, thing) < Level.READ:
        return f"{user} may not read the model now"
    if stage.review is not None and stage.review.reviewers:
        return ""  # whether it is one of them is looked at by the decision
    able = abilities.may_move(
        applied.policy,
        Stage(name=NONE),
        stage,
        level=lambda name: level_of_user(tx, pk, thing, name),
        subjects={f"user:{user}", *(f"group:{group}" for group in groups)},
    )
    return "" if able else f"{user} may not move versions to {stage.name} now"
