"""Deletion for good: what was deleted long enough ago, and bytes that nothing names."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Permission, Read, Recorded
from cuvee.errors import InvalidParameter

GRACE_DAYS = 30
SAFE_HOURS = 24
KINDS = ("logged_model", "run", "experiment")
"""In the order in which they go: an experiment when it is empty."""
PurgeKind = Literal["logged_model", "run", "experiment"]
_TOKEN = re.compile(r"(logged_model|run|experiment):(-?[0-9]{1,18})")


class PurgeItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something deleted, and what becomes of it.

    Args:
        kind: ``run``, ``experiment`` or ``logged_model``.
        id: its id.
        name: its name.
        deleted: when it was deleted, in milliseconds since 1970; 0 when that is not known.
        files: how many stored files go with it.
        size: their bytes; fewer are freed if others have the same contents.
        kept: why it stays; empty when it goes, or has gone.
    """

    kind: PurgeKind
    id: str
    name: str
    deleted: int = 0
    files: int = 0
    size: int = 0
    kept: str = ""


class PurgePage(Struct, frozen=True, omit_defaults=True):
    """What went, what stays, and where to go on."""

    items: list[PurgeItem] = []
    next_page_token: str | None = None


class Purge(Recorded[PurgePage], frozen=True, kw_only=True):
    """Remove for good some of what was deleted, or say what would go; ask again with the token.

    Args:
        older_than_days: how long ago it must have been deleted.
        dry_run: change nothing.
        max_items: how many to look at.
        page_token: where to go on.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "purge"
    needs: ClassVar[Permission] = Permission.ADMIN
    older_than_days: Annotated[int, Meta(ge=0, le=36_500)] = GRACE_DAYS
    dry_run: bool = True
    max_items: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: str = ""

    def check(self) -> None:
        purge_place(self.page_token)


class Collected(Struct, frozen=True, omit_defaults=True):
    """Bytes that nothing names: how many blobs, their size, and where to go on."""

    count: int = 0
    size: int = 0
    next_page_token: str | None = None


class CollectBlobs(Read[Collected], frozen=True, kw_only=True):
    """Remove stored bytes that nothing names, or say how many there are.

    Args:
        older_than_hours: how long ago they must have come: an upload under way has no name yet.
        dry_run: change nothing.
        page_token: where to go on.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "purge/blobs"
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    needs: ClassVar[Permission] = Permission.ADMIN
    older_than_hours: Annotated[int, Meta(ge=1, le=1_000_000)] = SAFE_HOURS
    dry_run: bool = True
    page_token: Annotated[str, Meta(pattern="^([0-9a-f]{2})?$")] = ""


def purge_place(token: str) -> tuple[str, int]:
    """Return the kind and number after which a purge goes on.

    Raises:
        InvalidParameter: the token is not one.
    """
    match = _TOKEN.fullmatch(token or f"{KINDS[0]}:-1")
    if match is None:
        raise InvalidParameter("The page_token is not one that purge gave: leave it out.")
    return match[1], int(match[2])
