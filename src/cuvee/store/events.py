"""The history in SQL: events in the order of the log, with their free texts put back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select

from cuvee.api.events import (
    AddressesErased,
    EraseEventAddresses,
    EraseEventTexts,
    Event,
    EventPage,
    ListEvents,
    TextsErased,
)
from cuvee.api.names import page_number
from cuvee.errors import NotFound, PermissionDenied
from cuvee.log.entry import ADDRESS, COLUMNS, ERASED, PREFIX, committed
from cuvee.search.patterns import containing
from cuvee.store import schema
from cuvee.store.engine import Database, arg, hot
from cuvee.store.erasures import Words, erase_copies
from cuvee.store.tx import Tx
from cuvee.store.visible import readable_events
from cuvee.store.wiping import leave_nothing

_e, _l, _t = schema.events, schema.log, schema.event_texts

IN_ORDER = select(_l.c.place, *(_e.c[name] for name in COLUMNS)).select_from(
    _l.join(_e, _e.c.sequence == _l.c.event)
)
"""Places of the log and their events; ``load_events`` takes its rows."""

LAST = 2**62
"""A key above those of all events."""
NEAR = 20_000
"""Places of the log, from where a page begins, that are looked at first."""

_texts = hot(
    lambda db: (
        select(_t.c.event, _t.c.field, _t.c.salt, _t.c.text)
        .where(db.among(_t.c.event, "events"))
        .order_by(_t.c.event, _t.c.field)
    )
)
_place_of = hot(select(_l.c.place).where(_l.c.event == arg("event")))
_size = hot(select(func.max(_l.c.place) + 1))
_erase = hot(delete(_t).where(_t.c.event == arg("event"), _t.c.field != ADDRESS))
_last_before = hot(select(func.max(_e.c.sequence)).where(_e.c.time < arg("time")))
_erase_addresses = hot(delete(_t).where(_t.c.field == ADDRESS, _t.c.event <= arg("last")))


def seen(tx: Tx, query: Select[Any]) -> tuple[Select[Any], dict[str, Any]]:
    """Leave out, of a query over events, what the actor may not read; returns values to bind."""
    mine = readable_events(tx, _e.c.object, _e.c.time)
    return query.where(or_(mine.condition(), _e.c.object == "log:key")), mine.values


def list_events(tx: Tx, op: ListEvents) -> EventPage:
    """Read a page of the history."""
    query, values = seen(tx, IN_ORDER.where(*_asked(op)))
    if op.comment:  # its texts are looked through once: for each event by itself takes ten times
        worded, values["words"] = _worded(tx.database, op.comment)
        found = _with_text("comment").where(worded)
        query = query.where(_e.c.sequence.in_(found))
    if op.address:
        if not sees_addresses(tx):
            raise PermissionDenied("Only admins see from which address something was done.")
        here = _with_text(ADDRESS).where(_t.c.text == op.address)
        query = query.where(_e.c.sequence.in_(here))
    values |= {"lowest": 0, "highest": LAST}
    total = _count(tx, query, values) if op.total else None
    last = page_number(op.page_token) if op.page_token else None
    if last is not None:
        query = query.where(_l.c.place < last if op.newest_first else _l.c.place > last)
    by = op.actor or op.action or op.token or op.comment or op.address
    scans = by or op.from_time is not None or op.to_time is not None
    if scans and not (op.object or op.model):
        rows = _look_through(tx, query, values, op, last)
    else:
        order = _l.c.place.desc() if op.newest_first else _l.c.place
        rows = tx.all(query.order_by(order).limit(op.max_results + 1), **values)
    page = load_events(tx, rows[: op.max_results], addresses=sees_addresses(tx))
    more = len(rows) > op.max_results
    return EventPage(page, str(rows[op.max_results - 1][0]) if more else None, total)


def _with_text(field: str) -> Select[Any]:
    """Return a query for the events that have a text, between those bound as its ends."""
    within = _t.c.event.between(arg("lowest"), arg("highest"))
    return select(_t.c.event).where(_t.c.field == field, within)


def _worded(database: Database, words: str) -> tuple[ColumnElement[bool], str]:
    """Return "a text has these words, in capitals or not", and what is bound as ``words``."""
    if words.isascii() and not {"%", "_"}.intersection(words):
        # The databases' own functions fold ASCII, and SQLite's take a quarter of the time.
        return database.like(func.lower(_t.c.text), "words"), f"%{words.lower()}%"
    return database.ilike(_t.c.text, "words"), containing(words.lower())


def _count(tx: Tx, query: Select[Any], values: dict[str, Any]) -> int:
    return int(tx.value(query.with_only_columns(func.count()), **values))


def _asked(op: ListEvents) -> Iterator[ColumnElement[bool]]:
    """Return the conditions on events and their places that a caller has set."""
    if op.since > 0:
        yield _l.c.place >= op.since
    via = f"token:{op.token}" if op.token else ""
    for column, wanted in ((_e.c.object, op.object), (_e.c.actor, op.actor), (_e.c.via, via)):
        if wanted:
            yield column == wanted
    if op.action.endswith("."):
        behind = op.action[:-1] + "/"  # "/" comes after "."
        yield and_(_e.c.action >= op.action, _e.c.action < behind)
    elif op.action:
        yield _e.c.action == op.action
    if op.model:
        first, behind = f"version:{op.model}/", f"version:{op.model}0"  # "0" comes after "/"
        versions = and_(_e.c.object >= first, _e.c.object < behind)
        yield or_(_e.c.object == f"model:{op.model}", versions)
    if op.from_time is not None:
        yield _e.c.time >= op.from_time
    if op.to_time is not None:
        yield _e.c.time < op.to_time


def _look_through(
    tx: Tx, query: Select[Any], values: dict[str, Any], op: ListEvents, last: int | None
) -> list[tuple[Any, ...]]:
    """Return a page, and one row more, of what no index answers.

    What much passes of is found within the places that come first. Otherwise all events are looked
    through as they lie, with a look at the log for those that pass only: along the log, from its
    newest place back, it would take several times as long.
    """
    limit = op.max_results + 1
    order = _l.c.place.desc() if op.newest_first else _l.c.place.asc()
    size = int(tx.value(_size) or 0)
    if op.newest_first:
        top = size if last is None else min(last, size)
        edge = top - NEAR
        near, everything = _l.c.place.between(edge, top), edge <= max(op.since, 0)
    else:
        edge = min(max(op.since, 0 if last is None else last + 1) + NEAR, size)
        near, everything = _l.c.place.between(edge - NEAR, edge - 1), edge == size
    ends = select(func.min(_l.c.event), func.max(_l.c.event)).where(near)
    lowest, highest = tx.all(ends)[0]
    texts = {"lowest": lowest or 0, "highest": highest or 0}  # of these only are looked through
    rows = tx.all(query.where(near).order_by(order).limit(limit), **{**values, **texts})
    if everything or len(rows) == limit:
        return rows
    computed = _l.c.place + 0  # which is in no index
    found = query.with_only_columns(_l.c.place).limit(limit)
    found = found.order_by(computed.desc() if op.newest_first else computed.asc())
    places = [place for (place,) in tx.all(found, **values)]
    return tx.all(IN_ORDER.where(tx.array(_l.c.place, places)).order_by(order))


def load_events(tx: Tx, rows: list[tuple[Any, ...]], *, addresses: bool = False) -> list[Event]:
    """Return events, with their texts, for rows of ``IN_ORDER``; addresses where that is asked."""
    texts = {(e, f): t for e, f, _, t in event_texts(tx, [row[1] for row in rows])}
    return [_event(row, texts, addresses=addresses) for row in rows]


def sees_addresses(tx: Tx) -> bool:
    """Say whether the actor may see from which address something was done."""
    return tx.actor.user is None or tx.actor.admin


def event_texts(tx: Tx, events: list[int]) -> list[tuple[int, str, str, str]]:
    """Return (event, field, salt, text) of the free texts that events (primary keys) have."""
    return tx.all(_texts, events=tx.listed(events)) if events else []


def _event(row: tuple[Any, ...], texts: dict[tuple[int, str], str], *, addresses: bool) -> Event:
    place, pk, time, actor, via, action, subject, old, new, comment, grounds = row
    before, after, details = map(_object, (old, new, grounds))
    address = ""
    if str(details.get("address", "")).startswith(PREFIX):
        del details["address"]
        address = texts.get((pk, ADDRESS), ERASED) if addresses else ""
    for field in committed(comment, before, after):
        text = texts.get((pk, field), ERASED)
        side, _, key = field.rpartition(".")
        if side:
            (before if side == "before" else after)[key] = text
        else:
            comment = text
    return Event(
        sequence=place + 1,
        time=time,
        actor=actor,
        via=via,
        action=action,
        object=subject,
        before=before,
        after=after,
        comment=comment,
        details=details,
        address=address,
    )


def _object(raw: str) -> dict[str, Any]:
    """Return a column of an event; what was damaged is shown as that, and hides no other event."""
    try:
        return msgspec.json.decode(raw or "{}", type=dict[str, Any])
    except msgspec.MsgspecError:
        return {"damaged": str(raw)[:1000]}


def erase_event_texts(tx: Tx, op: EraseEventTexts) -> TextsErased:
    row = tx.first(select(_l.c.event).where(_l.c.place == op.sequence - 1))
    if row is None:
        raise NotFound(f"There is no event {op.sequence}: 'cuvee events' lists those there are.")
    texts = [
        Words(row[0], field, text)
        for _, field, _, text in event_texts(tx, [row[0]])
        if field != ADDRESS
    ]
    fields = [words.field for words in texts]
    if texts:
        leave_nothing(tx)
        copies = erase_copies(tx, [words for words in texts if words.text])
        tx.run(_erase, event=row[0])
        for event, gone in {row[0]: fields, **copies}.items():
            place = tx.value(_place_of, event=event)
            tx.record(
                "event.texts_erased",
                f"event:{event}",
                details={"sequence": None if place is None else place + 1, "fields": gone},
                comment=op.comment,
            )
    return TextsErased(fields)


def erase_event_addresses(tx: Tx, op: EraseEventAddresses) -> AddressesErased:
    last = tx.value(_last_before, time=op.to_time) or 0
    leave_nothing(tx)
    erased = tx.run(_erase_addresses, last=last)
    if erased:
        tx.record(
            "event.addresses_erased",
            "event:addresses",
            details={"to": last, "events": erased},
            comment=op.comment,
        )
    return AddressesErased(erased)
