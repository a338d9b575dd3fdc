"""Tails of runs that have ended are folded, so that short series take as little room as long ones.

Writers fold tails of 512 points and more (store/points.py). What a run leaves below that lies in
rows, of 38 bytes or more a point. The history tells which runs have ended: this follows it, as
webhooks do, so that no write costs more for it. The place that it has come to moves in the commit
of the folds behind it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import literal, select, update

from cuvee.api.metrics import FoldTails
from cuvee.api.replies import Swept
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.points import fold_whole
from cuvee.store.runs import ENDED

if TYPE_CHECKING:
    from cuvee.store.tx import Tx

FEW = 16
"""Points of a tail that is left as it is: its rows take no more room than a chunk does."""
BUDGET = 0.005
"""Seconds after which a transaction ends, for whoever waits for it; one series is always folded."""
EVENTS = 500
"""Events that are read in one transaction."""
SERIES = 16
"""Series that are locked at a time."""
CURSOR = "folds"
ENDS = frozenset({*ENDED.values(), "run.lost"})
"""Actions of events after which a run's points are folded."""

_c = schema.cursors
_e = schema.events
_l = schema.latest
_r = schema.runs
_begin = hot(insert(_c).values(name=literal(CURSOR), place=literal(0)).on_conflict_do_nothing())
_cursor = hot(select(_c.c.place).where(_c.c.name == CURSOR).with_for_update())
_advance = hot(update(_c).where(_c.c.name == CURSOR).values(place=arg("place")))
_next = hot(
    select(_e.c.sequence, _e.c.time, _e.c.action, _e.c.object)
    .where(_e.c.sequence > arg("place"))
    .order_by(_e.c.sequence)
    .limit(EVENTS)
)
_run = hot(select(_r.c.pk, _r.c.status).where(_r.c.run_id == arg("run_id")))
_long = (_l.c.run_pk == arg("run_pk"), _l.c.logged - _l.c.folded >= arg("few"))
_some = hot(
    select(_l.c.key_id, _l.c.logged)
    .where(*_long)
    .order_by(_l.c.key_id)
    .limit(SERIES)
    .with_for_update(skip_locked=True)
)
_any = hot(select(_l.c.key_id).where(*_long).limit(1))


def fold_tails(tx: Tx, op: FoldTails) -> Swept:
    end = time.monotonic() + BUDGET
    begun = place = _place(tx)
    count = 0
    for sequence, at, action, subject in tx.all(_next, place=place):
        # What is written by a transaction that is still open is younger, so nothing is passed over.
        if at > tx.now - 1000 * op.rest or (count and time.monotonic() > end):
            break
        if action in ENDS:
            folded, done = _fold_run(tx, subject.removeprefix("run:"), end)
            count += folded
            if not done:
                break
        place = sequence
        count += 1
    if place != begun:
        tx.run(_advance, place=place)
    return Swept(count)


def _place(tx: Tx) -> int:
    """Return how far the history is read; whoever else folds waits until this one is through."""
    place = tx.value(_cursor)
    if place is None:
        tx.run(_begin)
        place = tx.value(_cursor)
    return int(place)


def _fold_run(tx: Tx, run_id: str, end: float) -> tuple[int, bool]:
    """Fold series of a run; return how many, and whether none is left.

    A series that somebody writes to just now is left for the next time, rather than waited for. A
    run that is running again is passed over: its next end is another event.
    """
    row = tx.first(_run, run_id=run_id)
    if row is None or row[1] not in ENDED:
        return 0, True
    count = 0
    while some := tx.all(_some, run_pk=row[0], few=FEW):
        for key_id, logged in some:
            if count and time.monotonic() > end:
                return count, False
            fold_whole(tx, row[0], key_id, logged)
            count += 1
    return count, tx.first(_any, run_pk=row[0], few=FEW) is None
