"""Events: who changed what, when and why, in one order."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Id, Int64, Permission, Read, Recorded, Time


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change.

    Args:
        sequence: place in the order of all events, from 1 on, without gaps.
        time: milliseconds since 1970, by the server's clock.
        actor: who.
        via: how the name is known: ``password``, ``session``, ``token:`` and the token's id, or
            ``basic``, ``os`` and ``server`` where nobody logs in.
        action: ``<noun>.<verb>``, such as ``version.transitioned``.
        object: what changed, as ``<noun>:<id>``, such as ``version:lr_wine_quality/2``.
        before, after: the fields that changed, as they were and as they are.
        comment: why; ``[erased]`` where an admin has erased it.
        details: on what grounds, such as the policy, the request or the digest that counted.
        address: the IP address from which it was done, for admins; ``[erased]`` where it was
            erased since. What a training does, creating and ending runs, has none.
    """

    sequence: int
    time: int
    actor: str
    via: str
    action: str
    object: str
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    comment: str = ""
    details: dict[str, Any] = {}
    address: str = ""


class EventPage(Struct, frozen=True, omit_defaults=True):
    """A page of events; send ``next_page_token`` as ``page_token`` to go on.

    Args:
        events: the events of this page.
        next_page_token: where the next page begins.
        total: how many fit on all pages, if that was asked for.
    """

    events: list[Event] = []
    next_page_token: str | None = None
    total: int | None = None


class ListEvents(Read[EventPage], frozen=True, kw_only=True):
    """Read events in their order, oldest first unless ``newest_first``."""

    base: ClassVar[str] = CUVEE
    needs: ClassVar[Permission] = Permission.LOGIN
    history: ClassVar[bool] = True
    route: ClassVar[str] = "events"
    object: Annotated[str, Meta(max_length=1000)] = ""
    model: Annotated[
        str, Meta(max_length=256, description="only events of this model and its versions")
    ] = ""
    action: Annotated[
        str, Meta(max_length=100, description="all of a noun where it ends with a dot: `version.`")
    ] = ""
    actor: Id = ""
    token: Annotated[Id, Meta(description="only what was done with the token of this id")] = ""
    comment: Annotated[
        str, Meta(max_length=1000, description="only events with these words in their reason")
    ] = ""
    address: Annotated[
        Id, Meta(description="only what was done from this IP address; for admins")
    ] = ""
    since: Annotated[Int64, Meta(description="only events after this sequence")] = 0
    from_time: Annotated[Time | None, Meta(description="only events at or after this time")] = None
    to_time: Annotated[Time | None, Meta(description="only events before this time")] = None
    newest_first: bool = False
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: str = ""
    total: Annotated[bool, Meta(description="also count those that fit, on all pages")] = False


class TextsErased(Struct, frozen=True):
    """Which texts of an event are gone."""

    fields: list[str]


class EraseEventTexts(Recorded[TextsErased], frozen=True, kw_only=True):
    """Erase the free text of an event for good; who did what and when stays, and stays provable."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "events/erase"
    needs: ClassVar[Permission] = Permission.ADMIN
    sequence: Annotated[int, Meta(ge=1, le=2**63 - 1, description="the event's place")]


class AddressesErased(Struct, frozen=True):
    """How many events have lost their address."""

    events: int


class EraseEventAddresses(Recorded[AddressesErased], frozen=True, kw_only=True):
    """Erase, for good, the addresses that events before a time have come from."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "events/erase-addresses"
    needs: ClassVar[Permission] = Permission.ADMIN
    to_time: Annotated[Time, Meta(description="events at or after this time keep theirs")]
