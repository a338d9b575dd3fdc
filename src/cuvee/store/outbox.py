"""The outbox in SQL: events become deliveries, in the commit that moves the cursor over them.

The log is the outbox: what is committed is in it. ``follow_log`` reads on from its cursor, so an
event is turned into deliveries exactly once however often the server dies, and a webhook hears of
what comes after its own creation in the log, at whatever time the log is followed.
"""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from sqlalchemy import and_, delete, func, literal, select, update

from cuvee.api.base import Empty, Level
from cuvee.api.events import Event, ListEvents
from cuvee.api.hooks import (
    FindWork,
    Followed,
    FollowLog,
    ForgetDelivered,
    NoteAttempt,
    Outgoing,
    Work,
)
from cuvee.api.names import plain
from cuvee.rules.webhooks import PROMPT_TAG, Listener, lane_of, messages, model_of
from cuvee.store import events as history
from cuvee.store import schema
from cuvee.store.accounts import account_of
from cuvee.store.engine import arg, hot, insert
from cuvee.store.hook_headers import values_of
from cuvee.store.levels import level_of_user, model_thing
from cuvee.store.log import any_unordered
from cuvee.store.sealing import Unreadable
from cuvee.store.tx import Tx

NEW, FOLLOWED, OVER = 0, 1, 2
"""Phases of a webhook, as the follower sees it."""

CURSOR = "webhooks"
KEPT_ATTEMPTS = 25
"""Requests of a delivery that stay on record; all of them, unless it was queued again."""
LANES_AT_ONCE = 4
"""Most lanes of one webhook that are looked at in one round."""

_w = schema.webhooks
_d = schema.deliveries
_a = schema.attempts
_c = schema.cursors
_m = schema.registered_models
_t = schema.registered_model_tags

_cursor = hot(select(_c.c.place).where(_c.c.name == CURSOR).with_for_update())
_place = hot(select(_c.c.place).where(_c.c.name == CURSOR))
_new_cursor = hot(
    insert(_c).values(name=literal(CURSOR), place=arg("place")).on_conflict_do_nothing()
)
_advance = hot(update(_c).where(_c.c.name == CURSOR).values(place=arg("place")))
_newest = hot(select(func.coalesce(func.max(schema.log.c.place) + 1, 0)))
_alive = hot(select(_w).where(_w.c.phase < OVER).order_by(_w.c.pk))
_any_alive = hot(select(_w.c.pk).where(_w.c.phase < OVER).limit(1))
_phase = hot(update(_w).where(_w.c.webhook_id == arg("id")).values(phase=arg("phase")))
_cancel = hot(
    update(_d)
    .where(
        _d.c.webhook_pk.in_(select(_w.c.pk).where(_w.c.webhook_id == arg("id"))),
        _d.c.state == "pending",
    )
    .values(state="cancelled", updated=arg("now"))
)
_orphaned = hot(
    update(_w)
    .where(_w.c.model_pk.is_not(None), _w.c.follows == arg("model"), _w.c.phase < OVER)
    .values(phase=OVER)
)
_renamed = hot(
    update(_w)
    .where(_w.c.model_pk.is_not(None), _w.c.follows == arg("old"), _w.c.phase < OVER)
    .values(follows=arg("new"))
)
_relaned = hot(
    update(_d).where(_d.c.lane == arg("old"), _d.c.state == "pending").values(lane=arg("new"))
)
_NEW = [c.name for c in _d.c if c.name not in ("pk", "answer")]
_deliver = hot(insert(_d).values({name: arg(name) for name in _NEW}))
_prompts = hot(
    lambda db: (
        select(_m.c.name)
        .join(_t, and_(_t.c.model_pk == _m.c.pk, _t.c.key == PROMPT_TAG))
        .where(db.among(_m.c.name, "names"), func.lower(_t.c.value) == "true")
    )
)
_heads = select(func.min(_d.c.pk).label("pk")).where(_d.c.state == "pending")
_heads_of_lanes = _heads.group_by(_d.c.webhook_pk, _d.c.lane).scalar_subquery()
_turn = func.row_number().over(partition_by=_d.c.webhook_pk, order_by=(_d.c.due, _d.c.pk))
_ready = (
    select(
        *(_d.c[name] for name in ("pk", "delivery_id", "kind", "payload", "attempts", "due")),
        *(_w.c[name] for name in ("webhook_id", "form", "url", "secret", "authorization")),
        _w.c.headers,
        _w.c.verify,
        _w.c.job,
        *(_w.c[name] for name in ("model_pk", "follows", "vouched_by", "status")),
        _turn.label("turn"),
    )
    .join(_w, _w.c.pk == _d.c.webhook_pk)
    .where(_d.c.pk.in_(_heads_of_lanes), _w.c.status.in_(("ACTIVE", "ENDED")))
    .subquery()
)
_waiting = hot(
    select(_ready).where(_ready.c.turn <= LANES_AT_ONCE).order_by(_ready.c.due).limit(200)
)
_note = hot(
    update(_d)
    .where(_d.c.pk == arg("delivery"), _d.c.state == "pending")
    .values(
        state=arg("state"),
        attempts=_d.c.attempts + 1,
        due=arg("due"),
        answer=arg("answer"),
        problem=arg("problem"),
        updated=arg("now"),
    )
)
_over = (_d.c.state.in_(("delivered", "cancelled")), _d.c.updated < arg("before"))
_forget = hot(delete(_d).where(*_over))
_forget_attempts = hot(delete(_a).where(_a.c.delivery_pk.in_(select(_d.c.pk).where(*_over))))
_attempt = hot(insert(_a).values({c.name: arg(c.name) for c in _a.c if c.name != "pk"}))
_of_delivery = _a.c.delivery_pk == arg("delivery")
_oldest = hot(
    select(_a.c.pk).where(_of_delivery).order_by(_a.c.pk.desc()).offset(KEPT_ATTEMPTS - 1).limit(1)
)
_drop_older = hot(delete(_a).where(_of_delivery, _a.c.pk < arg("oldest")))


def start(tx: Tx) -> None:
    """Note, before the first webhook is made, that it need not hear of what was before it."""
    tx.run(_new_cursor, place=0)
    tx.value(_cursor)  # waits for whoever makes another one now, and then sees it
    if tx.first(_any_alive) is None:
        tx.run(_advance, place=tx.value(_newest))


def follow_log(tx: Tx, op: FollowLog) -> Followed:
    place = tx.value(_cursor)
    if place is None:
        return Followed(0)
    events = history.list_events(tx, ListEvents(since=place, max_results=op.limit)).events
    if not events:
        return Followed(0)
    alive = {row[1]: _Follower(row) for row in tx.all(_alive)}
    prompts = _prompts_among(tx, events) if alive else set()
    for event in events:
        _follow(tx, event, alive, prompts)
    tx.run(_advance, place=events[-1].sequence)
    return Followed(len(events))


class _Follower:
    """A webhook while the log is followed: its state at the place that was reached."""

    def __init__(self, row: tuple[Any, ...]) -> None:
        named = dict(zip((c.name for c in _w.c), row, strict=True))
        self.pk: int = named["pk"]
        self.phase: int = named["phase"]
        self.of_model = named["model_pk"] is not None
        self.on = named["status"] in ("ACTIVE", "ENDED")
        events: list[str] = msgspec.json.decode(named["events"])
        self.listener = Listener(named["webhook_id"], named["form"], events, named["follows"])

    def follow(self, model: str) -> None:
        """Go on with another name of the model."""
        self.listener = msgspec.structs.replace(self.listener, model=model)


def _follow(tx: Tx, event: Event, alive: dict[str, _Follower], prompts: set[str]) -> None:
    if event.action == "model.renamed":
        _rename(tx, event, alive)
    prompt = model_of(event.object)[0] in prompts or PROMPT_TAG in (event.after.get("tags") or {})
    for follower in alive.values():
        if follower.phase == FOLLOWED and follower.on:
            for message in messages(follower.listener, event, prompt=prompt):
                _queue(tx, follower.pk, event, message.kind, message.body)
    _change(tx, event, alive)


def _rename(tx: Tx, event: Event, alive: dict[str, _Follower]) -> None:
    """Let webhooks and what waits go on under a model's new name, with the event itself."""
    old, new = str(event.before.get("name", "")), event.object.partition(":")[2]
    tx.run(_renamed, old=old, new=new)
    tx.run(_relaned, old=f"model:{old}", new=f"model:{new}")
    for follower in alive.values():
        if follower.of_model and follower.listener.model == old:
            follower.follow(new)


def _change(tx: Tx, event: Event, alive: dict[str, _Follower]) -> None:
    """Let webhooks begin, and end, behind the event that says so."""
    subject = event.object.partition(":")[2]
    if event.action == "webhook.created" and subject in alive:
        alive[subject].phase = FOLLOWED
        tx.run(_phase, id=subject, phase=FOLLOWED)
    elif event.action == "webhook.deleted":
        tx.run(_phase, id=subject, phase=OVER)
        tx.run(_cancel, id=subject, now=tx.now)
        alive.pop(subject, None)
    elif event.action == "model.deleted":
        tx.run(_orphaned, model=subject)
        for key in [k for k, f in alive.items() if f.of_model and f.listener.model == subject]:
            del alive[key]


def _queue(tx: Tx, hook: int, event: Event, kind: str, body: str) -> None:
    tx.run(
        _deliver,
        delivery_id=str(uuid.uuid4()),
        webhook_pk=hook,
        event=event.sequence,
        lane=lane_of(event.object),
        kind=kind,
        payload=body,
        state="pending",
        attempts=0,
        due=tx.now,
        problem="",
        created=tx.now,
        updated=tx.now,
    )


def _prompts_among(tx: Tx, events: list[Event]) -> set[str]:
    names = sorted({model_of(event.object)[0] for event in events} - {""})
    return {name for (name,) in tx.all(_prompts, names=tx.listed(names))} if names else set()


# ---------------------------------------------------------------- what the sender asks for


def find_work(tx: Tx, op: FindWork) -> Work:
    place = tx.value(_place)
    if place is None:  # there has never been a webhook
        return Work(behind=False, due=[], next_due=None)
    alive = tx.first(_any_alive) is not None
    behind = alive and (tx.value(_newest) > place or any_unordered(tx))
    due: list[Outgoing] = []
    next_due: int | None = None
    rights: dict[str, str] = {}
    for row in tx.all(_waiting) if op.look else []:
        if row[5] > tx.now:
            next_due = row[5]
            break
        pk, delivery_id, kind, payload, attempts, _, *hook, _turn = row
        webhook_id, form, url, secret, authorization, headers, verify, job, *vouched = hook
        if webhook_id not in rights:
            rights[webhook_id] = _lost(tx, *vouched)
        if rights[webhook_id]:
            continue
        try:
            secret = tx.sealing.open(secret, f"{webhook_id}.secret")
            authorization = tx.sealing.open(authorization, f"{webhook_id}.authorization")
            headers = tx.sealing.open(headers, f"{webhook_id}.headers")
        except Unreadable:
            rights[webhook_id] = "its secrets cannot be read with the key of the server that sends"
            continue
        due.append(
            Outgoing(
                pk=pk,
                delivery_id=delivery_id,
                webhook_id=webhook_id,
                form=form,
                url=url,
                secret=secret,
                authorization=authorization,
                headers=values_of(headers),
                verify=bool(verify),
                job=job,
                kind=kind,
                payload=payload,
                attempts=attempts,
            )
        )
    return Work(behind, due, next_due, {hook: why for hook, why in rights.items() if why})


def _lost(tx: Tx, model_pk: int | None, model: str, user: str, status: str) -> str:
    """Return why who vouches for a webhook may not manage it now; empty when they may."""
    found = account_of(tx, user)
    if found.problem or found.admin or found.pk is None:
        return found.problem
    if model_pk is None:
        return f"{user} is no admin, and it is about the whole registry"
    if status == "ENDED":  # it tells of the end of its model, on which nobody has a level now
        return ""
    level = level_of_user(tx, found.pk, model_thing(tx, model_pk, model))
    return "" if level >= Level.MANAGE else f"{user} does not manage {plain(model)}"


def note_attempt(tx: Tx, op: NoteAttempt) -> Empty:
    tx.run(
        _note,
        delivery=op.pk,
        state=op.state,
        due=op.due,
        answer=op.status,
        problem=op.problem,
        now=tx.now,
    )
    tx.run(
        _attempt,
        delivery_pk=op.pk,
        started=op.started,
        duration=op.duration,
        status=op.status,
        problem=op.problem,
    )
    oldest = tx.value(_oldest, delivery=op.pk)
    if oldest is not None:
        tx.run(_drop_older, delivery=op.pk, oldest=oldest)
    return Empty()


def forget_delivered(tx: Tx, op: ForgetDelivered) -> Empty:
    tx.run(_forget_attempts, before=op.before)
    tx.run(_forget, before=op.before)
    return Empty()
