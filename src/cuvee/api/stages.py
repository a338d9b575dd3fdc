"""Stages: where a model version stands on its way to Production."""

from __future__ import annotations

from cuvee.errors import InvalidParameter

STAGES: tuple[str, ...] = ("None", "Staging", "Production", "Archived")
ACTIVE_STAGES: tuple[str, ...] = ("Staging", "Production")


def canonical_stage(stage: str) -> str:
    """Return the stage as it is spelled, whatever the case it was sent in.

    Raises:
        InvalidParameter: there is no such stage.
    """
    for known in STAGES:
        if known.lower() == stage.lower():
            return known
    raise InvalidParameter(
        f"Invalid Model Version stage: {stage[:60]}. Value must be one of {', '.join(STAGES)}."
    )
