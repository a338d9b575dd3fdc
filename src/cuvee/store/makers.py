"""Who made what, by the history."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import select

from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.tx import Tx

_e = schema.events
_creation = hot(
    select(_e.c.actor, _e.c.after)
    .where(_e.c.object == arg("subject"), _e.c.action == arg("action"))
    .order_by(_e.c.sequence.desc())
    .limit(1)
)


def made_by_actor(tx: Tx, action: str, subject: str) -> dict[str, Any] | None:
    """Return what an object was created as, if the actor created it.

    Args:
        tx: the transaction.
        action: the event, such as ``run.created``.
        subject: the object, such as ``run:<id>``.
    """
    row = tx.first(_creation, subject=subject, action=action)
    if row is None or row[0] != tx.actor.name:
        return None
    found: dict[str, Any] = msgspec.json.decode(row[1])
    return found
