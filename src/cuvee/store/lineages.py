"""The names that registered models had, read from the events: a model's history has all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from sqlalchemy import select

from cuvee.log.entry import canonical
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.tx import Tx

END = 2**62
_e = schema.events
BIRTHS = ("model.created", "model.renamed")
_lives = hot(
    lambda db: (
        select(_e.c.object, _e.c.sequence, _e.c.action, _e.c.before)
        .where(
            db.among(_e.c.object, "objects"),
            _e.c.action.in_([*BIRTHS, "model.deleted"]),
        )
        .order_by(_e.c.object, _e.c.sequence)
    )
)
_renamed = hot(
    lambda db: select(_e.c.before, _e.c.sequence).where(
        _e.c.sequence > arg("since"),
        _e.c.action == "model.renamed",
        db.among(_e.c.before, "names"),
    )
)


class Span(NamedTuple):
    """Events, by their numbers, in which a name means one model.

    Args:
        name: the name.
        start: number of the event with which it began.
        end: number of the event with which another model of this name began.
    """

    name: str
    start: int
    end: int


class Life(NamedTuple):
    """The beginning, the renaming from another name, or the end of a model of some name."""

    sequence: int
    action: str
    before: str


def lineages(tx: Tx, names: Iterable[str]) -> dict[str, list[Span]]:
    """Return the spans of models by their present names; there are none for a deleted model."""
    lives: dict[str, list[Life]] = {}
    found: dict[str, list[Span]] = {name: [] for name in names}
    wanted = {name: (name, END) for name in found}  # by present name: former name, and until when
    while wanted:
        _load(tx, lives, {name for name, _ in wanted.values()} - lives.keys())
        following = {}
        for present, (name, until) in wanted.items():
            before = [life for life in lives[name] if life.sequence < until]
            if not before or before[-1].action not in BIRTHS:
                continue
            last = before[-1]
            end = min((x.sequence for x in lives[name] if x.sequence > until), default=END)
            found[present].append(Span(name, last.sequence, end))
            if last.action == "model.renamed":
                former = str(msgspec.json.decode(last.before).get("name", ""))
                following[present] = (former, last.sequence)
        wanted = following
    return found


def _load(tx: Tx, lives: dict[str, list[Life]], names: set[str]) -> None:
    read = defaultdict(list)
    objects = tx.listed([f"model:{name}" for name in sorted(names)])
    for subject, *life in tx.all(_lives, objects=objects):
        read[subject.partition(":")[2]].append(Life(*life))
    lives.update((name, read[name]) for name in names)


def renamed_away(tx: Tx, born: dict[str, int]) -> set[str]:
    """Return which models got another name.

    Args:
        tx: the transaction; it looks through all events behind the first of those given.
        born: names, and the number of the event with which each began.
    """
    if not born:
        return set()
    texts = {canonical({"name": name}): name for name in born}
    rows = tx.all(_renamed, since=min(born.values()), names=tx.listed(list(texts)))
    return {texts[text] for text, sequence in rows if sequence > born[texts[text]]}
