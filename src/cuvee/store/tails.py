"""What is new in metrics, by a token that knows how far each of them has been read."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from cuvee.api.charts import (
    GetMetricTail,
    GetRunPositions,
    MetricTail,
    NewPoints,
    RunPositions,
    RunState,
)
from cuvee.errors import InvalidParameter
from cuvee.store import schema
from cuvee.store.engine import arg, hot

if TYPE_CHECKING:
    from cuvee.store.tx import Tx

MAX_SERIES = 1000
MAX_POINTS = 20_000
MAX_TOKEN = 1 << 20
"""Bytes of the largest token, unpacked."""

_r = schema.runs
_l = schema.latest
_t = schema.tails
_runs = hot(
    lambda db: select(_r.c.run_id, _r.c.pk, _r.c.status, _r.c.end_time).where(
        db.among(_r.c.run_id, "ids")
    )
)
_of_runs = (_l.c.run_pk, _l.c.key_id, _l.c.logged, _l.c.folded)
_all = hot(
    lambda db: select(*_of_runs).where(db.among(_l.c.run_pk, "run_pks")).limit(MAX_SERIES + 1)
)
_some = hot(
    lambda db: (
        select(*_of_runs)
        .where(db.among(_l.c.run_pk, "run_pks"), db.among(_l.c.key_id, "ids"))
        .limit(MAX_SERIES + 1)
    )
)
_positions = hot(
    lambda db: (
        select(_r.c.run_id, _r.c.status, func.coalesce(func.sum(_l.c.logged), 0))
        .select_from(_r.outerjoin(_l, _l.c.run_pk == _r.c.pk))
        .where(db.among(_r.c.run_id, "ids"))
        .group_by(_r.c.run_id, _r.c.status)
    )
)
_rows = hot(
    select(_t.c.data).where(
        _t.c.run_pk == arg("run_pk"),
        _t.c.key_id == arg("key_id"),
        _t.c.position >= arg("position"),
    )
)

Places = dict[str, dict[str, Any]]
"""Run id -> ``s``: its status, ``k``: number of a key -> how many points of it are known."""


def get_metric_tail(tx: Tx, op: GetMetricTail) -> MetricTail:
    runs = {run_id: row for run_id, *row in tx.all(_runs, ids=tx.listed(sorted(set(op.run_ids))))}
    series = _series(tx, op, [pk for pk, _, _ in runs.values()])
    if not op.token:
        return MetricTail(_write({
            run_id: {"s": status, "k": {k: logged for (pk, k), (logged, _) in series.items()
                                        if pk == run_pk}}
            for run_id, (run_pk, status, _) in runs.items()
        }))  # fmt: skip
    known = _read(op.token)
    states = [
        RunState(run_id, status, end_time)
        for run_id, (_, status, end_time) in runs.items()
        if known.setdefault(run_id, {"s": status, "k": {}})["s"] != status
    ]
    for state in states:
        known[state.run_id]["s"] = state.status
    ids = {run_pk: run_id for run_id, (run_pk, _, _) in runs.items()}
    names = tx.key_names({key_id for _, key_id in series})
    new: list[NewPoints] = []
    left = MAX_POINTS
    for (run_pk, key_id), (logged, folded) in series.items():
        run_id = ids[run_pk]
        places = known[run_id]["k"]
        since = places.get(str(key_id), 0)
        if since == logged:
            continue
        if left <= 0:
            break
        found = _since(tx, run_pk, key_id, since if folded <= since < logged else folded)
        gap = not folded <= since < logged
        new.append(NewPoints(run_id, names[key_id], *found, gap=gap))
        left -= len(found[0])
        places[str(key_id)] = logged
    return MetricTail(_write(known), new, states, more=left <= 0)


def get_run_positions(tx: Tx, op: GetRunPositions) -> RunPositions:
    rows = tx.all(_positions, ids=tx.listed(op.run_ids))
    return RunPositions({run_id: (int(logged), status) for run_id, status, logged in rows})


def _series(tx: Tx, op: GetMetricTail, run_pks: list[int]) -> dict[tuple[int, int], Any]:
    if op.keys:
        ids = tx.key_ids(dict.fromkeys(op.keys)).values()
        rows = tx.all(_some, run_pks=tx.listed(run_pks), ids=tx.listed(sorted(ids)))
    else:
        rows = tx.all(_all, run_pks=tx.listed(run_pks))
    if len(rows) > MAX_SERIES:
        raise InvalidParameter(
            f"These runs have more than {MAX_SERIES} metrics, which cannot be followed at once: "
            "name fewer runs, or the keys that you want."
        )
    return {(run_pk, key_id): (logged, folded) for run_pk, key_id, logged, folded in sorted(rows)}


def _since(
    tx: Tx, run_pk: int, key_id: int, position: int
) -> tuple[list[int], list[int], list[float]]:
    from cuvee.store.columns import loose

    rows = tx.all(_rows, run_pk=run_pk, key_id=key_id, position=position)
    points = loose([data for (data,) in rows])
    return points.steps.tolist(), points.times.tolist(), points.values().tolist()


def _write(known: Places) -> str:
    text = json.dumps(known, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(zlib.compress(text)).decode()


def _read(token: str) -> Places:
    try:
        packed = base64.b64decode(token, altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        known: Places = json.loads(unpacker.decompress(packed, MAX_TOKEN))
        return {
            str(run_id): {"s": str(of["s"]), "k": {str(k): int(n) for k, n in of["k"].items()}}
            for run_id, of in known.items()
        }
    except (
        binascii.Error,
        zlib.error,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        RecursionError,
    ):
        raise InvalidParameter(
            "The token is not one that this call gave out: leave it out to begin with what comes."
        ) from None
