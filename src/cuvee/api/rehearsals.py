"""Rehearsals: what a new policy would have said to the moves of the past."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Permission, Read


class PastMove(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A move of the past, and what the policy would have said to it.

    Args:
        name, version, from_stage, to_stage, user_id, timestamp: who moved what where, and when
            (milliseconds since 1970).
        blocked: whether the policy would have refused it.
        missing: one sentence for each thing that was missing, as far as it is on record.
        emergency: whether it went past the policy of its time.
    """

    name: str
    version: str
    from_stage: str
    to_stage: str
    user_id: str
    timestamp: int
    blocked: bool
    missing: list[str] = []
    emergency: bool = False


class Rehearsal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a policy would have said to past moves, newest first.

    Args:
        scope: where it would apply.
        total: how many moves into its gated stages were looked at.
        blocked: how many of them it would have refused.
        moves: all of them.
        notes: what was not recorded, and what was assumed instead.
    """

    scope: str
    total: int
    blocked: int
    moves: list[PastMove] = []
    notes: list[str] = []


class RehearsePolicy(Read[Rehearsal], frozen=True, kw_only=True):
    """Replay past moves against a policy that is not in force, and say which it would refuse."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "policies/test"
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    needs: ClassVar[Permission] = Permission.LOGIN
    document: Annotated[
        str, Meta(min_length=1, max_length=500_000, description="the policy, in YAML or JSON")
    ]
    max_versions: Annotated[
        int, Meta(ge=1, le=10_000, description="how many versions to look at, newest first")
    ] = 1000
