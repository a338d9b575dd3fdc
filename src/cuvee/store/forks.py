"""Runs forked and rewound in SQL."""

from __future__ import annotations

from sqlalchemy import BigInteger, cast, insert, select

from cuvee.api.base import Empty
from cuvee.api.forks import FORKED_AT_TAG, FORKED_FROM_TAG, ForkRun, RewindRun
from cuvee.api.leases import LAST_SEEN_TAG, LOST_TAG, OUTPUT_TAG
from cuvee.api.runs import RUN_NAME_TAG, CreateRun, RunResult, RunTag
from cuvee.store import runs, schema
from cuvee.store.artifacts import copy_tree
from cuvee.store.cuts import copy_series, cut_series
from cuvee.store.engine import arg, hot
from cuvee.store.locations import proxy_path
from cuvee.store.makers import made_by_actor
from cuvee.store.run_data import load_runs
from cuvee.store.runs import find_run, require_writable
from cuvee.store.tx import Tx

LAST = 2**63 - 1
OWN_TAGS = frozenset({RUN_NAME_TAG, LOST_TAG, LAST_SEEN_TAG, OUTPUT_TAG})
"""Tags that a fork does not take over."""

_new = cast(arg("new_pk"), BigInteger)
_copies = [
    hot(
        insert(table).from_select(
            list(table.c.keys()),
            select(*(_new if c.name == "run_pk" else c for c in table.c)).where(
                table.c.run_pk == arg("old_pk")
            ),
        )
    )
    for table in (
        schema.params,
        schema.run_datasets,
        schema.run_dataset_tags,
        schema.run_model_inputs,
    )
]


def fork_run(tx: Tx, op: ForkRun) -> RunResult:
    old = find_run(tx, op.run_id)
    require_writable(old)
    data = load_runs(tx, [old])[0].data
    marks = {FORKED_FROM_TAG: op.run_id, FORKED_AT_TAG: str(op.step)}
    if op.new_run_id:
        made = made_by_actor(tx, "run.forked", f"run:{op.new_run_id}")
        if made == {"from": op.run_id, "step": op.step}:
            return RunResult(load_runs(tx, [find_run(tx, op.new_run_id)])[0])
    tags = {k: v for k, v in data.tags.items() if k not in OWN_TAGS} | marks
    created = runs.create_run(
        tx,
        CreateRun(
            experiment_id=str(old[2]),
            run_id=op.new_run_id,
            run_name=op.run_name or old[3],
            user_id=tx.actor.name,
            start_time=tx.now,
            tags=[RunTag(key, value) for key, value in tags.items()],
            comment=op.comment,
        ),
    ).run.info
    new = find_run(tx, created.run_id)
    for statement in _copies:
        tx.run(statement, new_pk=new[0], old_pk=old[0])
    copy_series(tx, old[0], new[0], op.step)
    roots = proxy_path(old[9]), proxy_path(new[9])
    if op.artifacts and roots[0] and roots[1]:
        copy_tree(tx, roots[0], roots[1])
    tx.record(
        "run.forked",
        f"run:{created.run_id}",
        after={"from": op.run_id, "step": op.step},
        comment=op.comment,
    )
    return RunResult(load_runs(tx, [new])[0])


def rewind_run(tx: Tx, op: RewindRun) -> Empty:
    row = find_run(tx, op.run_id, lock=True)
    require_writable(row)
    if op.step < LAST:
        cut_series(tx, row[0], op.step + 1)
    tx.record("run.rewound", f"run:{op.run_id}", after={"step": op.step}, comment=op.comment)
    return Empty()
