"""Webhooks in SQL: the rows of all forms, the calls of our own form, and the deliveries."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import ColumnElement, Select, and_, func, select, update

from cuvee.api.base import Empty, Level
from cuvee.api.hooks import (
    CreateHook,
    DeleteHook,
    GetHook,
    Hook,
    HookPage,
    HookResult,
    ListHooks,
    Outgoing,
    PrepareTry,
    SuspendHook,
    TryHook,
    UpdateHook,
)
from cuvee.api.names import page_number, plain
from cuvee.api.webhooks import TryOutcome, TryResult
from cuvee.errors import NotFound, PermissionDenied
from cuvee.rules.webhooks import Listener, sample
from cuvee.store import access, hook_headers, hook_secrets, models, outbox, schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.hook_secrets import SECRETS, sealed
from cuvee.store.tx import Tx

_w = schema.webhooks
_d = schema.deliveries
_m = schema.registered_models

COLUMNS = [*_w.c, _m.c.name]
GONE = ("DELETED", "ENDED")
NO_SENDER = (
    "Tests are sent by a server, and this store is used without one: start 'cuvee server' and ask "
    "there."
)

_add = hot(insert(_w).values({c.name: arg(c.name) for c in _w.c if c.name != "pk"}))
_SET = [c for c in _w.c if c.name not in ("pk", "webhook_id", "form", "user_id", "created")]
_set = hot(
    update(_w)
    .where(_w.c.pk == arg("hook"))
    .values({c.name: arg(c.name) for c in _SET if c.name not in ("phase", "follows", "model_pk")})
)
_cancel = hot(
    update(_d)
    .where(_d.c.webhook_pk == arg("hook"), _d.c.state == "pending")
    .values(state="cancelled", updated=arg("now"))
)
_cancel_of = hot(
    update(_d)
    .where(
        _d.c.webhook_pk.in_(select(_w.c.pk).where(_w.c.webhook_id == arg("webhook_id"))),
        _d.c.state == "pending",
    )
    .values(state="cancelled", updated=arg("now"))
)
_counts = hot(
    lambda db: (
        select(_d.c.webhook_pk, _d.c.state, func.count())
        .where(db.among(_d.c.webhook_pk, "pks"), _d.c.state.in_(("pending", "dead")))
        .group_by(_d.c.webhook_pk, _d.c.state)
    )
)


class Row(NamedTuple):
    """A webhook's row, and the name that its model has now."""

    pk: int
    webhook_id: str
    form: str
    name: str
    description: str
    url: str
    events: str
    model_pk: int | None
    secret: str
    authorization: str
    verify: int
    job: str
    status: str
    phase: int
    follows: str
    user_id: str
    created: int
    updated: int
    vouched_by: str
    problem: str
    headers: str
    header_names: str
    model: str | None

    @property
    def event_names(self) -> list[str]:
        """The events, in the words of the webhook's form."""
        names: list[str] = msgspec.json.decode(self.events)
        return names

    @property
    def secrets(self) -> dict[str, str]:
        """What it keeps sealed."""
        return {name: getattr(self, name) for name in SECRETS}


# ---------------------------------------------------------------- rows of all forms


def add_hook(
    tx: Tx,
    form: str,
    fields: Mapping[str, Any],
    events: Sequence[str],
    model: str | None,
    comment: str,
) -> Row:
    """Store a new webhook; it hears of what happens after this transaction.

    Args:
        tx: the transaction.
        form: ``cuvee``, ``mlflow`` or ``databricks``.
        fields: the columns that users give; the others are empty.
        events: what it listens to, in the words of its form.
        model: the only model that it is about, if so.
        comment: why.

    Raises:
        NotFound: there is no such model.
        PermissionDenied: the actor may not manage that.
    """
    model_row = models.find_model(tx, model, lock=True) if model else None
    _require(tx, model_row[0] if model_row else None, model)
    outbox.start(tx)
    webhook_id = str(uuid.uuid4())
    fields = {**fields, **sealed(tx, webhook_id, fields, {})}
    texts = ("name", "description", "job", "header_names", *SECRETS)
    row = {
        **dict.fromkeys(texts, ""),
        "verify": 1,
        **fields,
        "webhook_id": webhook_id,
        "form": form,
        "events": encode_events(events),
        "model_pk": model_row[0] if model_row else None,
        "phase": outbox.NEW,
        "follows": model or "",
        "user_id": tx.actor.name,
        "created": tx.now,
        "updated": tx.now,
        "vouched_by": tx.actor.name,
        "problem": "",
    }
    tx.run(_add, **row)
    made = find_hook(tx, webhook_id)
    tx.record("webhook.created", f"webhook:{webhook_id}", after=_told(made), comment=comment)
    return made


def find_hook(tx: Tx, webhook_id: str, form: str = "") -> Row:
    """Return a webhook that the actor may manage.

    Args:
        tx: the transaction.
        webhook_id: its id.
        form: the form that it must have; empty for any.

    Raises:
        NotFound: there is none with this id (and form).
        PermissionDenied: it is not the actor's to manage.
    """
    wanted = _w.c.webhook_id == webhook_id
    rows = tx.all(_hooks(and_(wanted, _w.c.form == form) if form else wanted))
    if not rows:
        raise NotFound(
            f"Webhook with ID {plain(webhook_id)} not found: GET webhooks lists those that you see."
        )
    row = Row(*rows[0])
    _require(tx, row.model_pk, row.model)
    return row


def list_rows(
    tx: Tx, *conditions: ColumnElement[bool], limit: int, token: str
) -> tuple[list[Row], str | None]:
    """Return a page of the webhooks that the actor may manage, newest first.

    Args:
        tx: the transaction.
        conditions: what must hold of them.
        limit: most to return.
        token: the page's token; empty for the first.
    """
    found: list[Row] = []
    last = page_number(token)
    while len(found) <= limit:
        query = _hooks(*conditions, *([_w.c.pk < last] if last else []))
        rows = [Row(*row) for row in tx.all(query.order_by(_w.c.pk.desc()).limit(limit + 1))]
        found += [row for row in rows if _may(tx, row.model_pk, row.model)]
        if len(rows) <= limit:
            break
        last = rows[-1].pk
    page = found[:limit]
    return page, str(page[-1].pk) if len(found) > limit else None


def change_hook(tx: Tx, row: Row, fields: Mapping[str, Any], comment: str) -> Row:
    """Change the columns of a webhook whose new value is not None; its id and model stay.

    The values of its headers do not follow to another host: who may change a webhook may not read
    them that way.
    """
    given = {k: v for k, v in fields.items() if v is not None}
    if moves(row, given.get("url")) or given.get("job", row.job) != row.job:
        given = {"authorization": "", "headers": "", "header_names": "", **given}
    given |= sealed(tx, row.webhook_id, given, row.secrets)
    changed = row._replace(**given, updated=tx.now)
    if changed._replace(updated=row.updated) == row:
        return row
    changed = changed._replace(vouched_by=tx.actor.name, problem="")
    tx.run(_set, hook=row.pk, **changed._asdict())
    before, after = _told(row), _told(changed)
    differ = {k for k in after if before[k] != after[k]}
    # A secret's value is not told; that it was changed is.
    differ |= {k for k in SECRETS if getattr(row, k) != getattr(changed, k)}
    tx.record(
        "webhook.updated",
        f"webhook:{row.webhook_id}",
        before={k: before[k] for k in sorted(differ)},
        after={k: after[k] for k in sorted(differ)},
        comment=comment,
    )
    return changed


def drop_hook(tx: Tx, row: Row, comment: str) -> Empty:
    """End a webhook; its deliveries that wait are cancelled."""
    tx.run(_set, hook=row.pk, **row._replace(status="DELETED", updated=tx.now)._asdict())
    tx.run(_cancel, hook=row.pk, now=tx.now)
    told = _told(row)
    tx.record("webhook.deleted", f"webhook:{row.webhook_id}", before=told, comment=comment)
    return Empty()


def suspend_hook(tx: Tx, op: SuspendHook) -> Empty:
    rows = tx.all(_hooks(_w.c.webhook_id == op.webhook_id))
    if rows and rows[0][12] == "ACTIVE":
        row = Row(*rows[0])
        changed = row._replace(status="DISABLED", problem=op.reason, updated=tx.now)
        tx.run(_set, hook=row.pk, **changed._asdict())
        tx.record(
            "webhook.disabled",
            f"webhook:{row.webhook_id}",
            before={"status": row.status},
            after={"status": changed.status},
            details={"reason": op.reason},
        )
    elif not rows:  # its model is gone: there is nothing that anybody could set right
        tx.run(_cancel_of, webhook_id=op.webhook_id, now=tx.now)
    return Empty()


def _hooks(*conditions: ColumnElement[bool]) -> Select[Any]:
    source = _w.outerjoin(_m, _m.c.pk == _w.c.model_pk)
    return select(*COLUMNS).select_from(source).where(_w.c.status.not_in(GONE), *conditions)


def _may(tx: Tx, model_pk: int | None, model: str | None) -> bool:
    if tx.actor.user is None or (tx.actor.admin and not tx.actor.scopes):
        return True
    return model_pk is not None and access.level_on_model(tx, model_pk, model or "") >= Level.MANAGE


def _require(tx: Tx, model_pk: int | None, model: str | None) -> None:
    if not _may(tx, model_pk, model):
        what = (
            f"manage the model {plain(model)} (CAN_MANAGE)"
            if model
            else "administer the server, for it is about the whole registry"
        )
        raise PermissionDenied(
            f"{tx.actor.name} may not do this: to see or change this webhook, one must {what}."
        )


def _told(row: Row) -> dict[str, Any]:
    """Return what the history keeps of a webhook: of its URL, too, only what is no secret."""
    parts = urlsplit(row.url)
    return {
        "form": row.form,
        "name": row.name,
        "host": parts.netloc,
        "events": row.event_names,
        "model": row.model or "",
        "status": row.status,
        "secret": bool(row.secret),
        "authorization": bool(row.authorization),
        "headers": hook_headers.names_of(row.header_names),
        "verify": bool(row.verify),
    }


def moves(row: Row, url: str | None) -> bool:
    """Say whether a new URL of a webhook, if there is one, is on another host."""
    return url is not None and _origin(url) != _origin(row.url)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def encode_events(names: Sequence[str]) -> str:
    """Return the events that a webhook listens to as its row keeps them, each once."""
    return msgspec.json.encode(list(dict.fromkeys(names))).decode()


# ---------------------------------------------------------------- our own form


def create_hook(tx: Tx, op: CreateHook) -> HookResult:
    fields = {
        "name": op.name,
        "description": op.description,
        "url": op.url,
        "secret": op.secret,
        "authorization": op.authorization,
        "verify": int(op.verify),
        "status": op.status,
        **hook_headers.columns(op.headers, {}),
    }
    row = add_hook(tx, "cuvee", fields, op.actions, op.model, op.comment)
    return HookResult(_show(tx, [row])[0])


def list_hooks(tx: Tx, op: ListHooks) -> HookPage:
    about = [_m.c.name == op.model] if op.model else []
    rows, token = list_rows(tx, *about, limit=op.max_results, token=op.page_token)
    return HookPage(_show(tx, rows), token)


def get_hook(tx: Tx, op: GetHook) -> HookResult:
    return HookResult(_show(tx, [find_hook(tx, op.webhook_id)])[0])


def update_hook(tx: Tx, op: UpdateHook) -> HookResult:
    row = find_hook(tx, op.webhook_id, "cuvee")
    fields = {
        "url": op.url,
        "events": None if op.actions is None else encode_events(op.actions),
        "name": op.name,
        "description": op.description,
        "secret": op.secret,
        "authorization": op.authorization,
        "verify": None if op.verify is None else int(op.verify),
        "status": op.status,
    }
    if op.headers is not None:
        kept = {}
        if not moves(row, op.url) and any(header.value is None for header in op.headers):
            text = hook_secrets.opened(tx, row.webhook_id, {"headers": row.headers})["headers"]
            kept = hook_headers.values_of(text)
        fields |= hook_headers.columns(op.headers, kept)
    return HookResult(_show(tx, [change_hook(tx, row, fields, op.comment)])[0])


def delete_hook(tx: Tx, op: DeleteHook) -> Empty:
    return drop_hook(tx, find_hook(tx, op.webhook_id), op.comment)


def try_hook(tx: Tx, op: TryHook) -> TryResult:
    find_hook(tx, op.webhook_id)
    return TryResult(TryOutcome(error_message=NO_SENDER))


def prepare_try(tx: Tx, op: PrepareTry) -> Outgoing:
    row = find_hook(tx, op.webhook_id, op.form)
    secrets = hook_secrets.opened(tx, row.webhook_id, row.secrets)
    names = row.event_names
    kind = op.event or (names[0] if names and row.form != "cuvee" else "")
    listener = Listener(row.webhook_id, row.form, names, row.model or "")
    message = sample(listener, kind, tx.now)
    return Outgoing(
        pk=0,
        delivery_id=str(uuid.uuid4()),
        webhook_id=row.webhook_id,
        form=row.form,
        url=row.url,
        secret=secrets["secret"],
        authorization=secrets["authorization"],
        headers=hook_headers.values_of(secrets["headers"]),
        verify=bool(row.verify),
        job=row.job,
        kind=message.kind,
        payload=message.body,
        attempts=0,
    )


def _show(tx: Tx, rows: list[Row]) -> list[Hook]:
    pks = tx.listed([row.pk for row in rows])
    counts = {(pk, state): n for pk, state, n in tx.all(_counts, pks=pks)}
    return [
        Hook(
            webhook_id=row.webhook_id,
            form=row.form,
            name=row.name,
            description=row.description,
            url=row.url,
            actions=row.event_names,
            model=row.model,
            status=row.status,
            signed=bool(row.secret),
            authorized=bool(row.authorization),
            header_names=hook_headers.names_of(row.header_names),
            verify=bool(row.verify),
            user_id=row.user_id,
            vouched_by=row.vouched_by,
            problem=row.problem,
            pending=counts.get((row.pk, "pending"), 0),
            dead=counts.get((row.pk, "dead"), 0),
            creation_timestamp=row.created,
            last_updated_timestamp=row.updated,
        )
        for row in rows
    ]
