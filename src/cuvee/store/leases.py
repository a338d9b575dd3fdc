"""Leases of runs in SQL: what can be asked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from cuvee.api.leases import GetLease, Heartbeat, Lease, LeaseResult
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.lost_runs import renew
from cuvee.store.runs import find_run, require_writable
from cuvee.store.tx import Tx

_l = schema.leases
_find = hot(select(_l).where(_l.c.run_pk == arg("run_pk")))


def heartbeat(tx: Tx, op: Heartbeat) -> LeaseResult:
    row = find_run(tx, op.run_id, lock=True)
    require_writable(row)
    return LeaseResult(renew(tx, row, op.lease, op.tail))


def get_lease(tx: Tx, op: GetLease) -> LeaseResult:
    row = find_run(tx, op.run_id)
    held = tx.first(_find, run_pk=row[0])
    return LeaseResult(_lease(row, held))


def _lease(row: tuple[Any, ...], held: tuple[Any, ...] | None) -> Lease:
    if held is None:
        return Lease(run_id=row[1], status=row[5])
    _, seen, expires, tail = held
    return Lease(
        run_id=row[1],
        status=row[5],
        last_seen=seen,
        expires=expires or 0,
        lost=expires is None,
        tail=tail,
    )
