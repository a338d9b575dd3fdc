"""Who follows which registered models, in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update

from cuvee.api.base import Empty, Level
from cuvee.api.follows import (
    MOST,
    FollowedModel,
    FollowedModels,
    FollowModel,
    ListFollowedModels,
    MarkModelsSeen,
    UnfollowHiddenModels,
    UnfollowModel,
)
from cuvee.errors import InvalidParameter, NotFound
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.events import IN_ORDER, load_events
from cuvee.store.levels import MODEL, Thing, level_on_model, levels_on
from cuvee.store.models import find_model, found_model
from cuvee.store.tx import Tx

_f = schema.follows
_m = schema.registered_models
_e, _l = schema.events, schema.log

NOBODY = 0
"""Who follows where nobody logs in: all who use such a server are one person."""

_mine = _f.c.user_pk == arg("who")
_one = and_(_mine, _f.c.model_pk == arg("model_pk"))
_add = hot(insert(_f).values({c.name: arg(c.name) for c in _f.c}).on_conflict_do_nothing())
_find = hot(select(_f.c.seen).where(_one))
_count = hot(select(func.count()).select_from(_f).where(_mine))
_drop = hot(delete(_f).where(_one))
_later = _f.c.seen < arg("sequence")
_see = hot(update(_f).where(_one, _later).values(seen=arg("sequence")))
_see_all = hot(update(_f).where(_mine, _later).values(seen=arg("sequence")))
_size = hot(select(func.max(_l.c.place) + 1))
_followed = hot(
    select(_m.c.pk, _m.c.name, _m.c.folder, _f.c.since, _f.c.seen)
    .join(_m, _m.c.pk == _f.c.model_pk)
    .where(_mine)
    .order_by(_m.c.name)
)
_named = hot(
    select(func.max(_l.c.place))
    .select_from(_e.join(_l, _l.c.event == _e.c.sequence))
    .where(
        _e.c.object == arg("model"),
        or_(_e.c.action == "model.created", _e.c.action == "model.renamed"),
    )
)
_about = or_(
    _e.c.object == arg("model"),
    and_(_e.c.object >= arg("versions"), _e.c.object < arg("behind")),
)
_unread = hot(
    select(_l.c.place)
    .select_from(_e.join(_l, _l.c.event == _e.c.sequence))
    .where(_about, _l.c.place >= arg("first"), _e.c.actor != arg("me"))
    .order_by(_l.c.place.desc())
    .limit(MOST)
)
_newest = hot(lambda db: IN_ORDER.where(db.among(_l.c.place, "places")).order_by(_l.c.place.desc()))


def follow_model(tx: Tx, op: FollowModel) -> Empty:
    pk = find_model(tx, op.name, lock=True)[0]  # its deletion waits, or has come before
    who = _who(tx)
    if tx.value(_find, who=who, model_pk=pk) is None:
        if tx.value(_count, who=who) >= MOST:
            raise InvalidParameter(
                f"You follow {MOST} models, which is the most: unfollow one of those that "
                "registered-models/followed lists to follow another."
            )
        tx.run(_add, user_pk=who, model_pk=pk, since=tx.now, seen=_sequence(tx))
    return Empty()


def unfollow_model(tx: Tx, op: UnfollowModel) -> Empty:
    """Follow a model no longer.

    Whoever follows it knows its name, and may stop after a right to read it was withdrawn. To
    others who may not read it, it is not there.
    """
    followed = {row[1]: row[0] for row in _rows(tx)}
    if op.name in followed:
        tx.run(_drop, who=_who(tx), model_pk=followed[op.name])
    elif level_on_model(tx, *find_model(tx, op.name)[:2]) < Level.READ:
        found_model(tx, op.name, None)
    return Empty()


def unfollow_hidden_models(tx: Tx, op: UnfollowHiddenModels) -> Empty:  # noqa: ARG001
    rows = _rows(tx)
    shown = {row[0] for row in _readable(tx, rows)}
    for row in rows:
        if row[0] not in shown:
            tx.run(_drop, who=_who(tx), model_pk=row[0])
    return Empty()


def mark_models_seen(tx: Tx, op: MarkModelsSeen) -> Empty:
    newest = _sequence(tx)
    if op.sequence > newest:
        raise InvalidParameter(
            f"There is no event {op.sequence} yet, the newest is {newest}: send the sequence that "
            "registered-models/followed gave."
        )
    if not op.name:
        tx.run(_see_all, who=_who(tx), sequence=op.sequence)
        return Empty()
    followed = {row[1]: row[0] for row in _readable(tx, _rows(tx))}
    if op.name not in followed:
        raise NotFound(
            "You follow no model of this name: registered-models/followed lists those you do."
        )
    tx.run(_see, who=_who(tx), model_pk=followed[op.name], sequence=op.sequence)
    return Empty()


def list_followed_models(tx: Tx, op: ListFollowedModels) -> FollowedModels:
    found = []
    followed = _rows(tx)
    readable = _readable(tx, followed)
    for _, name, _, since, seen in readable:
        places = _places(tx, name, seen)
        shown = tx.listed(places[: op.max_events])
        rows = tx.all(_newest, places=shown) if places and op.max_events else []
        model = FollowedModel(
            name=name,
            since=since,
            seen=seen,
            unread=len(places),
            events=load_events(tx, rows),
        )
        found.append((places[0] if places else -1, model))
    found.sort(key=lambda pair: -pair[0])  # the others stay by name
    hidden = len(followed) - len(readable)
    return FollowedModels(_sequence(tx), [model for _, model in found], hidden)


def _who(tx: Tx) -> int:
    return NOBODY if tx.actor.user is None else tx.actor.user


def _sequence(tx: Tx) -> int:
    return int(tx.value(_size) or 0)


def _rows(tx: Tx) -> list[tuple[Any, ...]]:
    """Return the models that the actor follows, by name, with since when and what was seen."""
    return tx.all(_followed, who=_who(tx))


def _readable(tx: Tx, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return those of the followed models that the actor may read now."""
    if tx.actor.user is None or tx.actor.admin:
        return rows
    needs = [(Thing(MODEL, *row[:3]), Level.READ) for row in rows]
    mine = {thing.number for thing, needed, level in levels_on(tx, needs) if level >= needed}
    return [row for row in rows if row[0] in mine]


def _places(tx: Tx, name: str, seen: int) -> list[int]:
    """Return where the events of a model that were not seen stand in the log, newest first.

    What came before the model had its name happened to another.
    """
    model = f"model:{name}"
    first = max(seen, tx.value(_named, model=model) or 0)
    bounds = {"versions": f"version:{name}/", "behind": f"version:{name}0"}  # "0" is behind "/"
    me = "" if tx.actor.user is None else tx.actor.name  # what one did oneself is no news
    return [place for (place,) in tx.all(_unread, model=model, first=first, me=me, **bounds)]
