"""What webhooks keep sealed: their secrets, and the values of their headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select, update

from cuvee.api.base import Empty
from cuvee.api.hooks import SealSecrets
from cuvee.errors import Conflict, InvalidParameter
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.sealing import Unreadable
from cuvee.store.tx import Tx

_w = schema.webhooks

SECRETS = ("secret", "authorization", "headers")
_secrets = hot(
    select(_w.c.webhook_id, *(_w.c[name] for name in SECRETS))
    .where(_w.c.status != "DELETED", or_(*(_w.c[name] != "" for name in SECRETS)))
    .order_by(_w.c.pk)
)
_reseal = hot(
    update(_w).where(_w.c.webhook_id == arg("hook")).values({name: arg(name) for name in SECRETS})
)


def sealed(
    tx: Tx, webhook_id: str, fields: Mapping[str, Any], kept: Mapping[str, str]
) -> dict[str, str]:
    """Return the secrets among some fields as they are kept; one that stays is kept as it is.

    Args:
        tx: the transaction.
        webhook_id: the webhook's id.
        fields: new values of columns.
        kept: the secrets that its row has, sealed.

    Raises:
        Conflict: those that are kept were sealed with another key.
    """
    given = {k: fields[k] for k in SECRETS if fields.get(k)}
    if not given:
        return {}
    require_readable(tx)
    found = {}
    for name, text in given.items():
        place, old = f"{webhook_id}.{name}", kept.get(name, "")
        same = old and tx.sealing.open(old, place) == text
        found[name] = old if same else tx.sealing.seal(text, place)
    return found


def opened(tx: Tx, webhook_id: str, kept: Mapping[str, str]) -> dict[str, str]:
    """Return some of a webhook's secrets as they are sent.

    Raises:
        Conflict: those that are kept were sealed with another key.
    """
    require_readable(tx)
    return {name: tx.sealing.open(text, f"{webhook_id}.{name}") for name, text in kept.items()}


def require_readable(tx: Tx) -> None:
    """Refuse a key with which kept secrets cannot be opened.

    Raises:
        Conflict: says what to do.
    """
    refusal = unreadable(tx)
    if refusal:
        raise Conflict(refusal)


def unreadable(tx: Tx) -> str:
    """Return the sentence that refuses a key with which kept secrets cannot be opened; else ''."""
    rows = tx.all(_secrets)
    try:
        for webhook_id, *kept in rows:
            for name, text in zip(SECRETS, kept, strict=True):
                tx.sealing.open(text, f"{webhook_id}.{name}")
    except Unreadable:
        return (
            "The secrets of webhooks in this database are sealed with another key than the one in "
            f"{tx.sealing.path}: start the server with --secret-key and the file that the other "
            "servers of the database have, or restore it from a backup."
        )
    return ""


def seal_secrets(tx: Tx, op: SealSecrets) -> Empty:  # noqa: ARG001
    refusal = unreadable(tx)
    if refusal:
        raise InvalidParameter(refusal)
    for webhook_id, *kept in tx.all(_secrets):
        places = [f"{webhook_id}.{name}" for name in SECRETS]
        if not all(map(tx.sealing.is_sealed, kept)):
            texts = [tx.sealing.open(t, place) for t, place in zip(kept, places, strict=True)]
            values = [tx.sealing.seal(t, place) for t, place in zip(texts, places, strict=True)]
            tx.run(_reseal, hook=webhook_id, **dict(zip(SECRETS, values, strict=True)))
    return Empty()
