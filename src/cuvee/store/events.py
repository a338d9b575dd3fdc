"""The history in SQL: one table, in one order, never changed."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from cuvee.api.events import Event, EventPage, ListEvents
from cuvee.errors import InvalidParameter
from cuvee.store import schema
from cuvee.store.tx import EVENT_COLUMNS, Tx
from cuvee.store.visible import readable_events

_e = schema.events


def list_events(tx: Tx, op: ListEvents) -> EventPage:
    """Read a page of the history."""
    query = select(*EVENT_COLUMNS).where(_e.c.sequence > op.since)
    mine = readable_events(tx, _e.c.object, _e.c.time)
    query = query.where(mine.condition())
    for column, wanted in (
        (_e.c.object, op.object),
        (_e.c.action, op.action),
        (_e.c.actor, op.actor),
    ):
        if wanted:
            query = query.where(column == wanted)
    if op.page_token:
        last = _sequence(op.page_token)
        query = query.where(_e.c.sequence < last if op.newest_first else _e.c.sequence > last)
    order = _e.c.sequence.desc() if op.newest_first else _e.c.sequence
    rows = tx.all(query.order_by(order).limit(op.max_results + 1), **mine.values)
    page = [
        Event(
            sequence=sequence,
            time=time,
            actor=actor,
            via=via,
            action=action,
            object=subject,
            before=msgspec.json.decode(before),
            after=msgspec.json.decode(after),
            comment=comment,
            details=msgspec.json.decode(details) if details else {},
        )
        for sequence, time, actor, via, action, subject, before, after, comment, details in rows[
            : op.max_results
        ]
    ]
    more = len(rows) > op.max_results
    return EventPage(page, str(page[-1].sequence) if more else None)


def _sequence(token: str) -> int:
    if token.isascii() and token.isdecimal() and len(token) <= 18:
        return int(token)
    raise InvalidParameter(
        "The page_token is not one that this call gave out: leave it out to start anew."
    )
