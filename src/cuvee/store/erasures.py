"""Copies of erased texts in SQL: what the history must not say is said nowhere else either."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Text, and_, case, cast, delete, func, literal, or_, select, tuple_, update

from cuvee.log.entry import ADDRESS, ERASED
from cuvee.rules.webhooks import model_of
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.tx import Tx

_e = schema.events
_x = schema.event_texts
_d = schema.deliveries
_l = schema.log
_r = schema.replies
_q = schema.requests
_j = schema.verdicts
_g = schema.emergencies
_v = schema.model_versions
_m = schema.registered_models

_event = hot(select(_e.c.object).where(_e.c.sequence == arg("event")))
_renamings = hot(
    select(_e.c.object, _e.c.before)
    .where(_e.c.action == "model.renamed", _e.c.sequence > arg("event"))
    .order_by(_e.c.sequence)
)
_began = hot(
    select(_e.c.sequence, _e.c.action, _e.c.before)
    .where(
        _e.c.object == arg("subject"),
        _e.c.action.in_(["model.created", "model.renamed"]),
        _e.c.sequence < arg("event"),
    )
    .order_by(_e.c.sequence.desc())
    .limit(1)
)
_version = hot(
    select(_v.c.pk, _v.c.model_pk)
    .join(_m, _m.c.pk == _v.c.model_pk)
    .where(_m.c.name == arg("name"), _v.c.version == arg("version"))
)
# A version that makes room for another keeps the mover's words, with a remark behind them.
_opening = func.substr(_x.c.text, 1, func.length(cast(arg("opening"), Text)), type_=Text)
_same = or_(_x.c.text == arg("text"), _opening == arg("opening"))
_copies = hot(
    select(_x.c.event, _x.c.field)
    .join(_e, _e.c.sequence == _x.c.event)
    .where(
        _same,
        _x.c.field != ADDRESS,
        or_(
            _e.c.object == arg("subject"),
            and_(_e.c.object >= arg("low"), _e.c.object < arg("high")),
        ),
    )
)
_drop = hot(delete(_x).where(_x.c.event == arg("event"), _x.c.field == arg("field")))
_of_version = select(_q.c.pk).where(_q.c.version_pk == arg("version_pk"))


def _blank(table: Any, column: str, where: Any) -> hot:
    return hot(
        update(table).where(where, table.c[column] == arg("text")).values({column: literal(ERASED)})
    )


_rows = [
    _blank(_q, "comment", _q.c.version_pk == arg("version_pk")),
    _blank(_q, "closed_comment", _q.c.version_pk == arg("version_pk")),
    _blank(_j, "comment", _j.c.request_pk.in_(_of_version)),
    _blank(schema.comments, "comment", schema.comments.c.version_pk == arg("version_pk")),
    _blank(schema.checks, "details", schema.checks.c.version_pk == arg("version_pk")),
]
_emergencies = [
    _blank(_g, column, and_(_g.c.model == arg("name"), _g.c.version == arg("version")))
    for column in ("comment", "closed_comment")
]
_messages = hot(
    lambda db: (
        update(_d)
        .where(_d.c.event.in_(select(_l.c.place + 1).where(db.among(_l.c.event, "events"))))
        .values(
            payload="",
            state=case((_d.c.state == "pending", "cancelled"), else_=_d.c.state),
            problem=literal("A text in it was erased."),
            updated=arg("now"),
        )
    )
)


_answers = hot(
    select(_r)
    .where(tuple_(_r.c.actor, _r.c.key) > tuple_(arg("actor"), arg("key")))
    .order_by(_r.c.actor, _r.c.key)
    .limit(500)
)
_drop_answer = hot(delete(_r).where(_r.c.actor == arg("actor"), _r.c.key == arg("key")))


class Words(NamedTuple):
    """A text of an event."""

    event: int
    field: str
    text: str


def erase_copies(tx: Tx, texts: list[Words]) -> dict[int, list[str]]:
    """Erase what says the same about the same model, and messages that tell of it.

    What the registry holds now, such as a description, is not a copy: it is changed by its own
    call.

    Args:
        tx: the transaction.
        texts: the texts, of one event, as they were.

    Returns:
        The other events of which texts were erased, and which.
    """
    if not texts:
        return {}
    event = texts[0].event
    subject = tx.value(_event, event=event)
    name, number = model_of(subject)
    found: dict[int, list[str]] = {}
    for held in _names(tx, event, name) if name else [""]:
        model = f"model:{held}" if held else subject
        versions = f"version:{held}/" if held else ""
        for words in texts:
            for other, field in _erase_events(tx, words, model, versions):
                if other != event:
                    found.setdefault(other, []).append(field)
            if number.isdecimal():
                _erase_rows(tx, held, int(number), words.text)
    _erase_answers(tx, [msgspec.json.encode(words.text)[1:-1] for words in texts])
    tx.run(_messages, events=tx.listed(sorted({event, *found})), now=tx.now)
    return found


def _erase_events(tx: Tx, words: Words, model: str, versions: str) -> list[tuple[Any, ...]]:
    bounds = {"subject": model, "low": versions, "high": versions and versions[:-1] + "0"}
    rows = tx.all(_copies, text=words.text, opening=f"{words.text} (", **bounds)
    for event, field in rows:
        tx.run(_drop, event=event, field=field)
    return rows


def _erase_rows(tx: Tx, name: str, number: int, text: str) -> None:
    for statement in _emergencies:
        tx.run(statement, name=name, version=number, text=text)
    row = tx.first(_version, name=name, version=number)
    for statement in _rows if row is not None else []:
        tx.run(statement, version_pk=row[0] if row else 0, text=text)


def _erase_answers(tx: Tx, texts: list[bytes]) -> None:
    """Forget the kept answers to requests that say a text; whoever repeats one is answered anew."""
    last = ("", "")
    while rows := tx.all(_answers, actor=last[0], key=last[1]):
        for actor, key, _, answer, *_ in rows:
            last = (actor, key)
            if any(text in bytes(answer) for text in texts):
                tx.run(_drop_answer, actor=actor, key=key)


def _names(tx: Tx, event: int, name: str) -> list[str]:
    """Return the names that a model had at an event, before it, and since."""
    earlier, until = [name], event
    while (row := tx.first(_began, subject=f"model:{earlier[-1]}", event=until)) is not None:
        until, action, before = row
        if action == "model.created":
            break
        earlier.append(str(msgspec.json.decode(before).get("name")))
    found = [name]
    for subject, before in tx.all(_renamings, event=event):
        if msgspec.json.decode(before).get("name") == found[-1]:
            found.append(str(subject).partition(":")[2])
    return list(dict.fromkeys([*found, *earlier]))
