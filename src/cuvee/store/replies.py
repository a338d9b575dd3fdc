"""Answers to requests with a key, stored with what the requests have changed."""

from __future__ import annotations

from sqlalchemy import delete, select, tuple_

from cuvee.api.replies import REMEMBERED, Once, Reply, SweepReplies, Swept
from cuvee.errors import KeyReused
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.tx import Tx

SWEEP = 500

_r = schema.replies
_find = hot(
    select(_r.c.digest, _r.c.answer).where(_r.c.actor == arg("who"), _r.c.key == arg("key"))
)
_add = hot(insert(_r).values({c.name: arg(c.name) for c in _r.c}))
_old = (
    select(_r.c.actor, _r.c.key)
    .where(_r.c.created < arg("before"))
    .order_by(_r.c.created)
    .limit(SWEEP)
)
_forget = hot(delete(_r).where(tuple_(_r.c.actor, _r.c.key).in_(_old)))


def find_reply(tx: Tx, once: Once) -> Reply | None:
    """Return what was answered to a request of the actor's, if it was carried out before.

    Raises:
        KeyReused: its key belongs to another request.
    """
    row = tx.first(_find, who=tx.actor.name, key=once.key)
    if row is None:
        return None
    if row[0] != once.digest:
        raise KeyReused(
            "Another request had this Idempotency-Key, so nothing was done: make a new key for "
            "each request, and send the same key only with the same method, path and body."
        )
    return Reply(bytes(row[1]), replayed=True)


def keep_reply(tx: Tx, once: Once, answer: bytes) -> Reply:
    """Remember an answer in the transaction of what it tells."""
    tx.run(
        _add,
        actor=tx.actor.name,
        key=once.key,
        digest=once.digest,
        answer=answer,
        created=tx.now,
    )
    return Reply(answer, replayed=False)


def sweep_replies(tx: Tx, op: SweepReplies) -> Swept:  # noqa: ARG001  # the store's shape
    return Swept(tx.run(_forget, before=tx.now - 1000 * REMEMBERED))
