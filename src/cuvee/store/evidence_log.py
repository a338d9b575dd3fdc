"""What proves the events of an evidence pack: entries, proofs, texts and a signed checkpoint."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
from msgspec import Struct

from cuvee.api.evidence import Gap
from cuvee.api.log import GetCheckpoint
from cuvee.errors import NotFound
from cuvee.log.entry import ADDRESS, committed, entry
from cuvee.log.merkle import Tree
from cuvee.store import log, schema
from cuvee.store.engine import arg, hot
from cuvee.store.events import IN_ORDER, event_texts
from cuvee.store.tx import Tx

Row = tuple[Any, ...]
_of_object = hot(
    IN_ORDER.where(schema.events.c.object == arg("object")).order_by(schema.log.c.place)
)


class Proofs(Struct, frozen=True, kw_only=True):
    """What proves some events.

    Args:
        files: in the form of a bundle of the log, by path.
        erased: sequences of the events of which a text was erased.
        missing: what is not proved.
        signed: whether this process has the key that has signed the log.
    """

    files: dict[str, str] = {}
    erased: list[int] = []
    missing: list[Gap] = []
    signed: bool = False


def rows_of(tx: Tx, subject: str) -> list[Row]:
    """Return the events of an object, as rows of ``IN_ORDER``, oldest first."""
    return tx.all(_of_object, object=subject)


def proofs(tx: Tx, rows: list[Row]) -> Proofs:
    """Return what proves the events of these rows."""
    texts = [text for text in event_texts(tx, [row[1] for row in rows]) if text[1] != ADDRESS]
    erased = _erased(rows, {(event, field) for event, field, *_ in texts})
    try:
        checkpoint = log.get_checkpoint(tx, GetCheckpoint())
    except NotFound:
        says = "No server has signed the log yet, so that nothing in this pack is proved."
        return Proofs(erased=erased, missing=[Gap("proof", says)])
    missing = []
    late = [row[0] + 1 for row in rows if row[0] >= checkpoint.size]
    if late:
        missing.append(Gap("proof", f"No checkpoint covers event {late[0]} and later ones yet."))
    signed = tx.signing is not None and tx.signing.verifier == checkpoint.key
    if not signed:
        says = "Whoever wrote this pack has not the log's key: only the events in it are proved."
        missing.append(Gap("proof", says))
    # The keys are entries themselves; from the first one on they prove each other.
    wanted = {row[0]: row for row in (*rows_of(tx, log.KEY), *rows) if row[0] < checkpoint.size}
    tree = log.tree(tx, checkpoint.size)
    return Proofs(
        files={
            "checkpoints.jsonl": _lines([{"size": checkpoint.size, "note": checkpoint.note}]),
            "entries.jsonl": _lines([_proved(tree, wanted[place]) for place in sorted(wanted)]),
            "texts.jsonl": _lines(
                [
                    dict(zip(("event", "field", "salt", "text"), text, strict=True))
                    for text in texts
                    if text[0] in {row[1] for row in wanted.values()}
                ]
            ),
        },
        erased=erased,
        missing=missing,
        signed=signed,
    )


def _proved(tree: Tree, row: Row) -> dict[str, Any]:
    return {
        "place": row[0],
        "entry": entry(row[1:]).decode(),
        "proof": [base64.b64encode(one).decode() for one in tree.inclusion(row[0])],
    }


def _erased(rows: list[Row], held: set[tuple[int, str]]) -> list[int]:
    found = []
    for place, pk, *_, before, after, comment, _ in rows:
        old, new = msgspec.json.decode(before), msgspec.json.decode(after)
        if any((pk, field) not in held for field in committed(comment, old, new)):
            found.append(place + 1)
    return found


def _lines(items: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(item, sort_keys=True) + "\n" for item in items)
