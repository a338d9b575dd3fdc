"""Stages and their review policies; the structs are those that travel."""

from __future__ import annotations

from cuvee.api.policies import BUILT_IN, Policy, Review, Stage, Subjects

__all__ = ["BUILT_IN", "Policy", "Review", "Stage", "Subjects"]
