"""Trees of nested runs in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from cuvee.api.base import Level
from cuvee.api.runs import PARENT_TAG
from cuvee.api.trees import (
    GetRunTree,
    MetricSummary,
    RunNode,
    RunTree,
    RunTreeResult,
    StatusCount,
)
from cuvee.store import access, schema
from cuvee.store.engine import arg, hot
from cuvee.store.nesting import ancestors
from cuvee.store.runs import find_run
from cuvee.store.texts import is_short
from cuvee.store.tx import Tx

MAX_WALK = 100_000
BATCH = 5000
ORDER = ("RUNNING", "FAILED", "KILLED", "SCHEDULED", "FINISHED")
"""Which status tells most about many runs."""

_r = schema.runs
_t = schema.tags
_l = schema.latest


_node = (
    _r.c.pk,
    _r.c.run_id,
    _r.c.name,
    _r.c.experiment_id,
    _r.c.status,
    _r.c.start_time,
    _r.c.end_time,
)
_children = hot(
    lambda db: (
        select(_t.c.value, *_node)
        .join(_r, _r.c.pk == _t.c.run_pk)
        .where(
            _t.c.key_id == arg("key_id"),
            db.among(_t.c.value, "parents"),
            is_short(_t.c.value),  # as every id is, and so found by an index
            _r.c.lifecycle == "active",
        )
        .order_by(_r.c.start_time, _r.c.pk)
        .limit(arg("most"))
    )
)
_by_ids = hot(lambda db: select(*_node).where(db.among(_r.c.run_id, "ids")))
FINITE = _l.c.value.between(-1.797e308, 1.797e308)
_summaries = hot(
    lambda db: (
        select(
            _l.c.key_id,
            func.count(),
            func.min(_l.c.value),
            func.max(_l.c.value),
            func.sum(_l.c.value),
        )
        .where(db.among(_l.c.run_pk, "pks"), db.among(_l.c.key_id, "key_ids"), FINITE)
        .group_by(_l.c.key_id)
    )
)
_squares = hot(
    lambda db: select(func.sum((_l.c.value - arg("mean")) * (_l.c.value - arg("mean")))).where(
        db.among(_l.c.run_pk, "pks"), _l.c.key_id == arg("key_id"), FINITE
    )
)


def get_run_tree(tx: Tx, op: GetRunTree) -> RunTreeResult:
    row = find_run(tx, op.run_id)
    walk = _Walk(tx, (row[0], row[1], row[3], row[2], *row[5:8]), op.max_nodes)
    complete = walk.descend()
    line = ancestors(tx, op.run_id)
    above = {r[1]: r for r in tx.all(_by_ids, ids=tx.listed(line))}
    parents = dict(zip([op.run_id, *line], line, strict=False))
    known = [i for i in reversed(line) if i in above and walk.may_read(above[i][3])]
    nodes = walk.nodes(parents.get(op.run_id, ""))
    statuses = [StatusCount(s, walk.statuses[s]) for s in ORDER if s in walk.statuses]  # type: ignore[arg-type]
    return RunTreeResult(
        RunTree(
            ancestors=[
                _as_node(above[i], parents.get(i, ""), -1 - line.index(i), -1) for i in known
            ],
            nodes=nodes,
            descendants=len(walk.pks),
            status=statuses[0].status if statuses else None,
            statuses=statuses,
            metrics=summarize(tx, walk.pks, op.metrics),
            complete=complete,
        )
    )


def _as_node(row: tuple[Any, ...], parent: str, depth: int, children: int) -> RunNode:
    _, run_id, name, experiment, status, start, end = row
    return RunNode(
        run_id=run_id,
        parent_run_id=parent,
        run_name=name,
        experiment_id=str(experiment),
        status=status,
        depth=depth,
        start_time=start,
        end_time=end,
        children=children,
    )


class _Walk:
    """A walk from a run down, level by level; a run that comes again is passed over."""

    def __init__(self, tx: Tx, root: tuple[Any, ...], most: int) -> None:
        self.tx = tx
        self.root = root
        self.most = most
        self.pks: list[int] = []
        self.statuses: dict[str, int] = {}
        self._listed: list[tuple[tuple[Any, ...], str, int]] = [(root, "", 0)]
        self._children: dict[str, int] = {root[1]: 0}
        self._readable: dict[int, bool] = {}

    def may_read(self, experiment: int) -> bool:
        """Say whether the actor may read the runs of an experiment."""
        if experiment not in self._readable:
            level = access.level_on_experiment(self.tx, experiment)
            self._readable[experiment] = level >= Level.READ
        return self._readable[experiment]

    def descend(self) -> bool:
        """Count all descendants and list the nearest; say whether that were all."""
        key_id = self.tx.key_ids([PARENT_TAG]).get(PARENT_TAG)
        seen = {self.root[1]}
        level = [self.root[1]]
        depth = 0
        while level and key_id is not None:
            depth += 1
            following = []
            for start in range(0, len(level), BATCH):
                some = self.tx.listed(level[start : start + BATCH])
                most = MAX_WALK - len(self.pks) + 1
                for parent, *row in self.tx.all(_children, key_id=key_id, parents=some, most=most):
                    if row[1] in seen or not self.may_read(row[3]):
                        continue
                    if len(self.pks) == MAX_WALK:
                        return False
                    seen.add(row[1])
                    following.append(row[1])
                    self._take(tuple(row), parent, depth)
            self._children.update((run_id, self._children.get(run_id, 0)) for run_id in level)
            level = following
        return True

    def _take(self, row: tuple[Any, ...], parent: str, depth: int) -> None:
        self.pks.append(row[0])
        self.statuses[row[4]] = self.statuses.get(row[4], 0) + 1
        self._children[parent] = self._children.get(parent, 0) + 1
        if len(self._listed) < self.most:
            self._listed.append((row, parent, depth))

    def nodes(self, parent: str) -> list[RunNode]:
        """Return the listed runs; the root's own parent is given."""
        return [
            _as_node(row, above or parent, depth, self._children.get(row[1], -1))
            for row, above, depth in self._listed
        ]


def summarize(tx: Tx, pks: list[int], metrics: list[str]) -> list[MetricSummary]:
    """Put the latest values of metrics over many runs together, in the order of the metrics."""
    ids = tx.key_ids(metrics)
    totals: dict[int, list[Any]] = {}
    parts = [tx.listed(pks[start : start + BATCH]) for start in range(0, len(pks), BATCH)]
    for part in parts if ids else []:
        rows = tx.all(_summaries, pks=part, key_ids=tx.listed(list(ids.values())))
        for key_id, count, least, most, total in rows:
            held = totals.setdefault(key_id, [0, least, most, 0.0])
            held[:] = [
                held[0] + count,
                min(held[1], least),
                max(held[2], most),
                held[3] + total,
            ]
    found = []
    for key in metrics:
        if ids.get(key) not in totals:
            continue
        count, least, most, total = totals[ids[key]]
        mean = total / count
        squares = sum(tx.value(_squares, pks=p, key_id=ids[key], mean=mean) or 0.0 for p in parts)
        sd = (squares / (count - 1)) ** 0.5 if count > 1 else None
        found.append(MetricSummary(key, count, least, most, mean, sd))
    return found
