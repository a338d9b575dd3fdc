"""Registered models that somebody follows, and what has happened to them since they looked."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Empty, Id, Of, Permission, Read, Required, Write
from cuvee.api.events import Event

MOST = 1000
"""Models that one person follows; unread events of one that are counted."""


class FollowedModel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A model that the caller follows.

    Args:
        name: its name.
        since: when the caller began to, in milliseconds since 1970.
        seen: the sequence up to which they have seen its events.
        unread: how many came after it, counted up to 1,000.
        events: the newest of those.
    """

    name: str
    since: int
    seen: int
    unread: int = 0
    events: list[Event] = []


class FollowedModels(Struct, frozen=True, omit_defaults=True):
    """The models that the caller follows and may read, those with the newest events first.

    Args:
        sequence: the newest event of all; ``registered-models/seen`` takes it once this was
            looked at.
        models: the models.
        hidden: how many more the caller follows, and may not read any longer.
    """

    sequence: int
    models: list[FollowedModel] = []
    hidden: int = 0


class FollowModel(Write[Empty], frozen=True, kw_only=True):
    """Follow a registered model; the events until now count as seen. No event tells of it."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "registered-models/follow"
    needs: ClassVar[Permission] = Permission.READ
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    history: ClassVar[bool] = True
    name: Required


class UnfollowModel(Write[Empty], frozen=True, kw_only=True):
    """Follow a registered model no longer, also one that the caller may not read any longer."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "registered-models/unfollow"
    needs: ClassVar[Permission] = Permission.LOGIN
    name: Required


class UnfollowHiddenModels(Write[Empty], frozen=True, kw_only=True):
    """Follow no longer those models that the caller may not read any longer."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "registered-models/unfollow-hidden"
    needs: ClassVar[Permission] = Permission.LOGIN


class MarkModelsSeen(Write[Empty], frozen=True, kw_only=True):
    """Mark the events of a model that the caller follows, or of all, as seen up to a sequence."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "registered-models/seen"
    needs: ClassVar[Permission] = Permission.LOGIN
    history: ClassVar[bool] = True
    sequence: Annotated[int, Meta(ge=0, le=2**63 - 1, description="of the last event seen")]
    name: Annotated[Id, Meta(description="all models when left out")] = ""


class ListFollowedModels(Read[FollowedModels], frozen=True, kw_only=True):
    """List the models that the caller follows, with what has happened since they looked."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "registered-models/followed"
    needs: ClassVar[Permission] = Permission.LOGIN
    history: ClassVar[bool] = True
    max_events: Annotated[int, Meta(ge=0, le=20, description="of each model")] = 3
