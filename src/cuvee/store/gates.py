"""What a policy demands of a move, looked at in the transaction that moves."""

from __future__ import annotations

from typing import Any

from cuvee.errors import PermissionDenied
from cuvee.rules.policy import Stage
from cuvee.store.policies import find_stage, policy_of
from cuvee.store.tx import Tx


def require(
    tx: Tx,
    model_row: tuple[Any, ...],
    version_row: tuple[Any, ...],  # noqa: ARG001
    stage_name: str,
    *,
    comment: str,  # noqa: ARG001
    break_glass: bool = False,  # noqa: ARG001
) -> dict[str, Any]:
    """Refuse a move that the stage's policy does not allow; return what the event should say.

    Raises:
        PermissionDenied: says what is missing, and what to do next.
    """
    if find_stage(policy_of(tx, model_row[1]), stage_name).review is None:
        return {}
    raise PermissionDenied(f"{stage_name} of {model_row[1]} takes versions by review only.")


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
