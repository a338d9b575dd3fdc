"""Groups of runs in SQL: the runs that have the same tag ``cuvee.group``."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select

from cuvee.api.names import experiment_number
from cuvee.api.trees import GROUP_TAG, ListRunGroups, RunGroup, RunGroups, StatusCount
from cuvee.store import schema
from cuvee.store.engine import Database, arg, hot
from cuvee.store.run_groupings import group_runs, read_token, write_token
from cuvee.store.schema.tracking import SHORT
from cuvee.store.texts import with_key, with_value
from cuvee.store.trees import ORDER, summarize
from cuvee.store.tx import Tx

_r = schema.runs
_t = schema.tags
_KEY = _t.c.key_id == arg("key_id")


def _grouped(db: Database) -> list[ColumnElement[bool]]:
    """Return the conditions that the queries share."""
    return [
        db.among(_r.c.experiment_id, "experiments"),
        _r.c.lifecycle == "active",
    ]


_names = hot(
    lambda db: (
        select(_t.c.value)
        .join(_r, _r.c.pk == _t.c.run_pk)
        .where(*_grouped(db), with_key(_KEY, _t.c.value), _t.c.value > arg("after"))
        .group_by(_t.c.value)
        .order_by(_t.c.value)
        .limit(arg("most"))
    )
)
_counts = hot(
    lambda db: (
        select(
            _t.c.value,
            _r.c.status,
            func.count(),
            func.min(_r.c.start_time),
            func.max(_r.c.start_time),
        )
        .join(_r, _r.c.pk == _t.c.run_pk)
        .where(
            *_grouped(db),
            with_value(
                _KEY,
                _t.c.value,
                lambda value: db.among(value, "groups"),
                lambda head: db.among(head, "heads"),
            ),
        )
        .group_by(_t.c.value, _r.c.status)
    )
)
_members = hot(
    lambda db: (
        select(_r.c.pk)
        .join(_t, _r.c.pk == _t.c.run_pk)
        .where(
            *_grouped(db),
            with_value(
                _KEY,
                _t.c.value,
                lambda value: value == arg("group"),
                lambda head: head == arg("head"),
            ),
        )
    )
)


def list_run_groups(tx: Tx, op: ListRunGroups) -> RunGroups:
    if op.by:
        return group_runs(tx, op)
    after = read_token(op.page_token) if op.page_token else ""
    key_id = tx.key_ids([GROUP_TAG]).get(GROUP_TAG)
    if key_id is None:
        return RunGroups()
    where = {
        "key_id": key_id,
        "experiments": tx.listed([experiment_number(i) for i in op.experiment_ids]),
    }
    rows = tx.all(_names, after=after, most=op.max_results + 1, **where)
    names = [name for (name,) in rows[: op.max_results]]
    counts: dict[str, list[tuple[str, int, int, int]]] = {name: [] for name in names}
    heads = tx.listed([name[:SHORT] for name in names])
    for name, *row in tx.all(_counts, groups=tx.listed(names), heads=heads, **where):
        counts[name].append((row[0], row[1], row[2], row[3]))
    groups = []
    for name in names:
        by_status = {status: count for status, count, _, _ in counts[name]}
        pks = []
        if op.metrics:
            pks = [pk for (pk,) in tx.all(_members, head=name[:SHORT], group=name, **where)]
        groups.append(
            RunGroup(
                group=name,
                runs=sum(by_status.values()),
                statuses=[StatusCount(s, by_status[s]) for s in ORDER if s in by_status],  # type: ignore[arg-type]
                first_start=min(row[2] for row in counts[name]),
                last_start=max(row[3] for row in counts[name]),
                metrics=summarize(tx, pks, op.metrics),
            )
        )
    more = len(rows) > op.max_results
    return RunGroups(groups, write_token(names[-1]) if more else None)
