"""Who loads the versions of a model, counted by day.

Loading changes nothing, so no event tells of it, and a count may be lost with the process that has
counted: what must be proven stands in the history.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Empty, Of, Permission, Read, Required, Time, Write
from cuvee.api.names import version_number


class Loads(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How often a model was loaded: by a user, on a day, by a user on it, or one of its versions.

    Args:
        count: how often.
        first, last: when for the first and for the last time, in milliseconds since 1970.
        user_id: who has loaded it, when asked by user, or by user and day.
        day: such as ``2026-11-28``, in UTC, when asked by day, or by user and day.
        version: its number, when asked by version.
    """

    count: int
    first: int
    last: int
    user_id: str = ""
    day: str = ""
    version: str = ""


class LoadsPage(Struct, frozen=True, omit_defaults=True):
    """A page of counts, and the token of the next."""

    loads: list[Loads] = []
    next_page_token: str | None = None


class ListLoads(Read[LoadsPage], frozen=True, kw_only=True):
    """Read how often a model's versions were loaded: by whom, on which days, or which of them.

    Users come by their names, days and versions newest first; ``user_day`` tells of each user on
    each day.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "model-versions/loads"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    version: Annotated[str, Meta(description="all versions when left out")] = ""
    by: Literal["user", "day", "version", "user_day"] = "user"
    from_time: Annotated[
        Time | None, Meta(description="only the day of this time and later ones, in UTC")
    ] = None
    to_time: Annotated[
        Time | None, Meta(description="only days that began before this time, in UTC")
    ] = None
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: str = ""

    def check(self) -> None:
        if self.version:
            version_number(self.version)


class Loaded(Struct, frozen=True, kw_only=True):
    """What a server has counted of a version since it has written its counts down.

    Args:
        name: the model.
        version: its version.
        user_id: who has loaded it.
        count: how often.
        first, last: when, on one day in UTC.
    """

    name: str
    version: str
    user_id: str
    count: int
    first: int
    last: int


class CountLoads(Write[Empty], frozen=True, kw_only=True):
    """Write down what a server has counted; what is gone by now is passed over."""

    needs: ClassVar[Permission] = Permission.ADMIN
    loaded: list[Loaded]
