"""Who may do what, decided in the transaction that does it."""

from __future__ import annotations

from typing import Any

from cuvee.api.base import Level, Op, Permission
from cuvee.errors import PermissionDenied
from cuvee.store.tx import Tx


def authorize(tx: Tx, op: Op[Any]) -> None:
    """Refuse an operation that the actor may not do.

    Raises:
        PermissionDenied: says what is missing, and who can give it.
    """
    if op.needs in (Permission.PUBLIC, Permission.LOGIN):
        return
    if not tx.actor.admin:
        raise PermissionDenied(f"{tx.actor.name} may not do this: ask an admin.")


def level_on_model(tx: Tx, pk: int, name: str, stage: str = "") -> Level:  # noqa: ARG001
    """Return the actor's level on a registered model, or for moves in and out of one stage.

    Args:
        tx: the transaction.
        pk: the model's primary key.
        name: the model's name.
        stage: the stage; empty for the model itself.
    """
    return Level.MANAGE if tx.actor.user is None or tx.actor.admin else Level.NONE


def groups_of(tx: Tx, user: str) -> frozenset[str]:  # noqa: ARG001
    """Return the names of the groups that a user, by name, is a member of."""
    return frozenset()
