"""Signs of life of runs in SQL, and the end of runs that give none."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from cuvee.api.leases import (
    GRACE,
    LAST_SEEN_TAG,
    LOST_TAG,
    OUTPUT_TAG,
    CountLostRuns,
    EndLostRuns,
    Lease,
)
from cuvee.api.replies import Swept
from cuvee.errors import Unavailable
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.run_tags import drop_tags, put_tags
from cuvee.store.tx import Tx

if TYPE_CHECKING:
    from cuvee.store.sql import SqlStore

BATCH = 200
MAX_OUTPUT = 8_000
"""Characters of a lost run's last output that are kept."""

_l = schema.leases
_r = schema.runs
_find = hot(select(_l).where(_l.c.run_pk == arg("run_pk")))
_new = insert(_l).values({c.name: arg(c.name) for c in _l.c})
_put = hot(
    _new.on_conflict_do_update(
        index_elements=["run_pk"],
        set_={c: _new.excluded[c] for c in ("last_seen", "expires", "tail")},
    )
)
_lose = hot(update(_l).where(_l.c.run_pk == arg("run_pk")).values(expires=None))
_end = hot(delete(_l).where(_l.c.run_pk == arg("run_pk")))
_over = hot(
    select(_l.c.run_pk).where(_l.c.expires < arg("before")).order_by(_l.c.expires).limit(BATCH)
)
_run_by_pk = hot(select(_r).where(_r.c.pk == arg("run_pk")).with_for_update())
_set = hot(
    update(_r)
    .where(_r.c.pk == arg("run_pk"))
    .values(status=arg("status"), end_time=arg("end_time"))
)


def renew(tx: Tx, row: tuple[Any, ...], seconds: int, tail: str | None) -> Lease:
    """Note a sign of life of a run; one that was lost runs again.

    Args:
        tx: the transaction.
        row: the run, in the order of ``schema.runs``; locked.
        seconds: until the next sign of life is overdue.
        tail: the last lines of the process's output; as before when None.
    """
    pk, run_id, status = row[0], row[1], row[5]
    held = tx.first(_find, run_pk=pk)
    lost = held is not None and held[2] is None
    if status != "RUNNING" and not lost:  # somebody has ended it, which its process reads here
        return Lease(run_id=run_id, status=status)
    if tail is None:
        tail = held[3] if held else ""
    expires = tx.now + 1000 * seconds
    tx.run(_put, run_pk=pk, last_seen=tx.now, expires=expires, tail=tail)
    if lost:
        tx.run(_set, run_pk=pk, status="RUNNING", end_time=None)
        _reopened(tx, row, {"status": "RUNNING", "end_time": None})
    return Lease(
        run_id=run_id, status="RUNNING", last_seen=tx.now, expires=expires, reopened=lost, tail=tail
    )


def status_set(tx: Tx, row: tuple[Any, ...], status: str) -> bool:
    """End a run's lease because its status is set; say whether it was lost, and so is not.

    Args:
        tx: the transaction.
        row: the run as it was, in the order of ``schema.runs``; locked.
        status: what it is now.
    """
    held = tx.first(_find, run_pk=row[0])
    if held is None:
        return False
    tx.run(_end, run_pk=row[0])
    lost: bool = held[2] is None
    if lost:
        _reopened(tx, row, {"status": status})
    return lost


def _reopened(tx: Tx, row: tuple[Any, ...], after: dict[str, Any]) -> None:
    drop_tags(tx, row[0], [LOST_TAG, LAST_SEEN_TAG, OUTPUT_TAG])
    tx.record(
        "run.reopened",
        f"run:{row[1]}",
        before={"status": row[5], "lost": True},
        after=after,
    )


def settle_lost(store: SqlStore) -> None:
    """End the runs of an embedded store whose processes have died; it has no server to do it.

    Costs one look when there are none. A process that lives after all re-opens its run.
    """
    before = int(time.time() * 1000) - GRACE
    try:
        if store.look_up(CountLostRuns(before=before)).count:
            while store.do(EndLostRuns()).count:
                pass
    except Unavailable:
        return  # another process writes just now; the next one will do


def count_lost_runs(tx: Tx, op: CountLostRuns) -> Swept:
    return Swept(len(tx.all(_over, before=op.before)))


def end_lost_runs(tx: Tx, op: EndLostRuns) -> Swept:  # noqa: ARG001  # the store's shape
    before = tx.now - GRACE
    count = 0
    for (pk,) in tx.all(_over, before=before):
        row = tx.first(_run_by_pk, run_pk=pk)
        held = tx.first(_find, run_pk=pk)  # again, now that nobody renews it meanwhile
        if held is None or held[2] is None or held[2] >= before:
            continue
        count += 1
        if row is None or row[5] != "RUNNING":
            tx.run(_end, run_pk=pk)
            continue
        _lose_run(tx, row, held)
    return Swept(count)


def _lose_run(tx: Tx, row: tuple[Any, ...], held: tuple[Any, ...]) -> None:
    pk, seen, _, tail = held
    tags = {LOST_TAG: "true", LAST_SEEN_TAG: str(seen)}
    if tail:
        tags[OUTPUT_TAG] = last_lines(tail, MAX_OUTPUT)
    tx.run(_lose, run_pk=pk)
    tx.run(_set, run_pk=pk, status="FAILED", end_time=seen)
    put_tags(tx, pk, tags)
    tx.record(
        "run.lost",
        f"run:{row[1]}",
        before={"status": row[5]},
        after={"status": "FAILED", "end_time": seen},
    )


def last_lines(text: str, limit: int) -> str:
    """Return the end of a text, from the start of a line, of at most ``limit`` characters."""
    if len(text) <= limit:
        return text
    cut = text[-limit:]
    _, newline, whole = cut.partition("\n")
    return whole if newline and whole else cut
