"""The keys that runs have, and which of them tell the runs apart."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from cuvee.api.searches import KeyKind, ListRunKeys, RunKey, RunKeys
from cuvee.search.tree import Kind
from cuvee.store.engine import hot
from cuvee.store.run_subject import RUNS
from cuvee.store.search_runs import find_run_pks, read_question
from cuvee.store.tx import Tx

MAX_LOOKED = 10_000
"""Runs whose keys are read."""

MAX_READ = 2_000_000
"""Values that are read; runs with very many are fewer."""

SAMPLE = 50
"""Runs by which is told how many values runs have."""

_KINDS: dict[KeyKind, Kind] = {"metric": Kind.METRIC, "param": Kind.PARAM, "tag": Kind.TAG}


def _of_keys(kind: Kind) -> tuple[hot, hot]:
    table: Any = RUNS.keyed[kind].table
    value = table.c.bits if kind is Kind.METRIC else table.c.value
    keys = hot(
        lambda db: (
            select(table.c.key_id, func.count(), func.min(value) != func.max(value))
            .where(db.among(table.c.run_pk, "pks"))
            .group_by(table.c.key_id)
        )
    )
    count = hot(lambda db: select(func.count()).where(db.among(table.c.run_pk, "pks")))
    return keys, count


_QUERIES = {kind: _of_keys(kind) for kind in _KINDS.values()}


def list_run_keys(tx: Tx, op: ListRunKeys, *, most: int = MAX_LOOKED) -> RunKeys:
    question = read_question(tx, op.experiment_ids, op.filter, [], op.run_view_type)
    if question is None:
        return RunKeys(runs=0, complete=True)
    pks, more = find_run_pks(tx, question, limit=most)
    looked = affordable(tx, pks)
    found = [
        key
        for name, kind in _KINDS.items()
        if name in (op.kinds or _KINDS)
        for key in _keys(tx, name, kind, looked)
        if op.contains in key.key and (key.varies or not op.varying)
    ]
    found.sort(key=lambda key: (-key.runs, key.kind, key.key))
    complete = not more and len(looked) == len(pks)
    return RunKeys(runs=len(looked), complete=complete, keys=found[: op.limit])


def affordable(tx: Tx, pks: list[int]) -> list[int]:
    """Return as many of the runs as have values that can be read."""
    some = tx.listed(pks[:SAMPLE])
    values = sum(int(tx.value(count, pks=some)) for _, count in _QUERIES.values())
    each = max(1, values // max(1, min(SAMPLE, len(pks))))
    return pks[: max(1, MAX_READ // each)]


def _keys(tx: Tx, name: KeyKind, kind: Kind, pks: list[int]) -> list[RunKey]:
    rows = tx.all(_QUERIES[kind][0], pks=tx.listed(pks))
    names = tx.key_names(row[0] for row in rows)
    return [
        RunKey(kind=name, key=names[key], runs=count, varies=bool(differ) or count < len(pks))
        for key, count, differ in rows
    ]
