"""Events as replays take them, and what comes of comparing: pages of objects, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, select, tuple_

from cuvee.api.log import Walked
from cuvee.api.names import plain, shown
from cuvee.log.entry import COLUMNS, FREE_TEXT, PREFIX
from cuvee.log.replay import ABSENT, Difference, Text, Told
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.events import event_texts
from cuvee.store.tx import Tx

OBJECTS = 200
"""Objects that a step compares."""
CHUNK = 2000
"""Events that are read at once."""

FREE_FIELD = re.compile(r"description|(.* )?(closed_)?comment( \d+)?( of .*)?")
"""Fields that hold what people write."""

Outcome = tuple[list[Difference], Walked | None]
"""What a step has found, and where the next one of its part begins; None after the last."""

_e, _l = schema.events, schema.log
_columns = tuple(_e.c[name] for name in COLUMNS)
_of_objects = hot(
    lambda db: (
        select(*_columns)
        .where(
            db.among(_e.c.object, "objects"),
            tuple_(_e.c.object, _e.c.sequence) > tuple_(arg("last"), arg("sequence")),
        )
        .order_by(_e.c.object, _e.c.sequence)
        .limit(CHUNK)
    )
)
_next_objects = hot(
    select(_e.c.object)
    .where(_e.c.object > arg("last"), _e.c.object < arg("end"))
    .distinct()
    .order_by(_e.c.object)
    .limit(OBJECTS)
)
_place = hot(select(_l.c.place).where(_l.c.event == arg("event")))


def events_of(tx: Tx, objects: Sequence[str]) -> Iterator[Told]:
    """Yield the events of some objects, those of each in order."""
    listed = tx.listed(list(objects))
    last, sequence = "", 0
    while objects:
        rows = tx.all(_of_objects, objects=listed, last=last, sequence=sequence)
        yield from told(tx, rows)
        if len(rows) < CHUNK:
            return
        last, sequence = rows[-1][5], rows[-1][0]


def events_where(tx: Tx, condition: ColumnElement[bool]) -> Iterator[Told]:
    """Yield the events that fulfil a condition, in order."""
    query = hot(
        select(*_columns)
        .where(and_(condition, _e.c.sequence > arg("sequence")))
        .order_by(_e.c.sequence)
        .limit(CHUNK)
    )
    sequence = 0
    while rows := tx.all(query, sequence=sequence):
        yield from told(tx, rows)
        sequence = rows[-1][0]


def told(tx: Tx, rows: list[tuple[Any, ...]]) -> Iterator[Told]:
    """Yield events for rows in the order of ``COLUMNS``."""
    with_texts = [r[0] for r in rows if any(PREFIX in r[i] for i in (6, 7, 8))]
    salts = {(e, field): salt for e, field, salt, _ in event_texts(tx, with_texts)}
    decode = msgspec.json.decode

    def text(pk: int, field: str, value: Any) -> Any:
        if isinstance(value, str) and value.startswith(PREFIX):
            return Text(pk, value, salts.get((pk, field)))
        return value

    def side(pk: int, name: str, raw: str) -> dict[str, Any]:
        found: dict[str, Any] = decode(raw)
        if PREFIX in raw:
            found |= {k: text(pk, f"{name}.{k}", found[k]) for k in FREE_TEXT & found.keys()}
        return found

    for pk, time, actor, via, action, subject, before, after, comment, details in rows:
        yield Told(
            pk,
            time,
            actor,
            via,
            action,
            subject,
            side(pk, "before", before),
            side(pk, "after", after),
            text(pk, "comment", comment),
            decode(details) if details else {},
        )


def next_objects(tx: Tx, noun: str, last: str) -> list[str]:
    """Return the next objects of a noun that have events, in the order of their names."""
    rows = tx.all(_next_objects, last=last or f"{noun}:", end=f"{noun};")
    return [subject for (subject,) in rows]


def only_in(where: str, subjects: Iterable[str]) -> list[Difference]:
    """Return the differences of objects that the ``log`` or the ``registry`` lacks."""
    return [Difference(subject, "", where, ABSENT) for subject in subjects]


def said(tx: Tx, one: Difference) -> str:
    """Return a difference as a sentence that names object, field, what is there and what not."""
    subject = plain(one.subject, 300)
    if not one.field:
        return f"{subject} is only in the {one.found}"
    found, expected = _shown(one.found), _shown(one.expected)
    if isinstance(one.expected, Text):
        place = tx.value(_place, event=one.expected.event)
        expected = "the text of " + ("a new event" if place is None else f"event {place + 1}")
    free = isinstance(one.expected, Text) or FREE_FIELD.fullmatch(one.field)
    if free and one.found != ABSENT:  # what people write is not for the log
        found = "another text" if one.found else "empty"
    return f"{subject}: {plain(one.field, 100)} is {found}, and by the log {expected}"


def _shown(value: Any) -> str:
    if value == ABSENT:
        return ABSENT
    return shown(value, 200) if isinstance(value, str) else f"{value}"
