"""Stages: where a model version stands on its way to Production."""

from __future__ import annotations

from collections.abc import Sequence

from cuvee.errors import InvalidParameter

NONE = "None"
ARCHIVED = "Archived"
ACTIVE_STAGES: tuple[str, ...] = ("Staging", "Production")
"""The stages of models without a policy of their own, besides ``None`` and ``Archived``."""


def is_resting(stage: str) -> bool:
    """Say whether a stage is ``None`` or ``Archived``, in any case: no version there is in use."""
    return stage.lower() in (NONE.lower(), ARCHIVED.lower())


def unknown_stage(stage: str, known: Sequence[str]) -> InvalidParameter:
    """Return the refusal of a stage that a model does not have."""
    return InvalidParameter(
        f"Invalid Model Version stage: {stage[:60]}. Value must be one of {', '.join(known)}."
    )
