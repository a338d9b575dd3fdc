"""Deliveries of webhooks in SQL: what was sent, how each request ended, and sending again."""

from __future__ import annotations

from sqlalchemy import func, select, update

from cuvee.api.hooks import (
    Attempt,
    Delivery,
    DeliveryPage,
    ListDeliveries,
    Redelivered,
    RedeliverHook,
)
from cuvee.api.names import page_number
from cuvee.errors import NotFound
from cuvee.store import schema
from cuvee.store.engine import hot
from cuvee.store.hooks import find_hook
from cuvee.store.tx import Tx

_d = schema.deliveries
_a = schema.attempts

_attempts = hot(
    lambda db: (
        select(_a.c.delivery_pk, _a.c.started, _a.c.duration, _a.c.status, _a.c.problem)
        .where(db.among(_a.c.delivery_pk, "pks"))
        .order_by(_a.c.pk)
    )
)


def list_deliveries(tx: Tx, op: ListDeliveries) -> DeliveryPage:
    hook = find_hook(tx, op.webhook_id)
    query = select(_d).where(_d.c.webhook_pk == hook.pk)
    if op.state:
        query = query.where(_d.c.state == op.state)
    if op.page_token:
        query = query.where(_d.c.pk < page_number(op.page_token))
    rows = tx.all(query.order_by(_d.c.pk.desc()).limit(op.max_results + 1))
    names = [c.name for c in _d.c]
    page = [dict(zip(names, row, strict=True)) for row in rows[: op.max_results]]
    sent: dict[int, list[Attempt]] = {}
    for delivery, *fields in tx.all(_attempts, pks=tx.listed([d["pk"] for d in page])):
        sent.setdefault(delivery, []).append(Attempt(*fields))
    found = [
        Delivery(
            delivery_id=d["delivery_id"],
            webhook_id=hook.webhook_id,
            event=d["event"],
            kind=d["kind"],
            state=d["state"],
            attempts=d["attempts"],
            due=d["due"] if d["state"] == "pending" else None,
            status=d["answer"],
            problem=d["problem"],
            payload=d["payload"],
            attempt_log=sent.get(d["pk"], []),
            creation_timestamp=d["created"],
            last_updated_timestamp=d["updated"],
        )
        for d in page
    ]
    return DeliveryPage(found, str(page[-1]["pk"]) if len(rows) > op.max_results else None)


def redeliver_hook(tx: Tx, op: RedeliverHook) -> Redelivered:
    hook = find_hook(tx, op.webhook_id)
    wanted = set(op.delivery_ids)
    again = update(_d).where(_d.c.webhook_pk == hook.pk, _d.c.payload != "")
    if wanted:
        chosen = tx.array(_d.c.delivery_id, sorted(wanted))
        known = select(func.count()).where(_d.c.webhook_pk == hook.pk, chosen)
        if tx.value(known) != len(wanted):
            raise NotFound(
                "Not all of these deliveries are this webhook's: "
                f"webhooks/{hook.webhook_id}/deliveries lists them. Nothing was queued."
            )
        again = again.where(chosen)
    else:
        again = again.where(_d.c.state == "dead")
    count = tx.run(again.values(state="pending", attempts=0, due=tx.now, updated=tx.now))
    if count:
        tx.record(
            "webhook.redelivered",
            f"webhook:{hook.webhook_id}",
            after={"deliveries": sorted(wanted) or "all dead ones", "count": count},
            comment=op.comment,
        )
    return Redelivered(count)
