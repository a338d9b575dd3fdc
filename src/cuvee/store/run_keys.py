"""The keys that runs have, and which of them tell the runs apart."""

from __future__ import annotations

from cuvee.api.searches import KeyKind, ListRunKeys, RunKey, RunKeys
from cuvee.search.tree import Kind
from cuvee.store.key_counts import KINDS, SAMPLE, find_keys
from cuvee.store.search_runs import find_run_pks, read_question
from cuvee.store.tx import Tx

MAX_LOOKED = 10_000
"""Runs whose keys are read."""

MAX_READ = 2_000_000
"""Values that are read; runs with very many are fewer."""

_KINDS: dict[KeyKind, Kind] = {"metric": Kind.METRIC, "param": Kind.PARAM, "tag": Kind.TAG}


def list_run_keys(tx: Tx, op: ListRunKeys, *, most: int = MAX_LOOKED) -> RunKeys:
    question = read_question(tx, op.experiment_ids, op.filter, [], op.run_view_type)
    if question is None:
        return RunKeys(runs=0, complete=True)
    pks, more = find_run_pks(tx, question, limit=most)
    each = values_of_each(tx, pks)
    looked = pks[: max(1, MAX_READ // each)]
    kinds = {name: kind for name, kind in _KINDS.items() if name in (op.kinds or _KINDS)}
    found = find_keys(tx, list(kinds.values()), looked, each)
    names = tx.key_names(key.key for keys in found.values() for key in keys)
    keys = [
        RunKey(
            kind=name,
            key=names[key],
            runs=runs,
            varies=differ or runs < len(looked),
        )
        for name, kind in kinds.items()
        for key, runs, differ in found[kind]
    ]
    keys = [key for key in keys if op.contains in key.key and (key.varies or not op.varying)]
    keys.sort(key=lambda key: (-key.runs, key.kind, key.key))
    complete = not more and len(looked) == len(pks)
    return RunKeys(runs=len(looked), complete=complete, keys=keys[: op.limit])


def values_of_each(tx: Tx, pks: list[int]) -> int:
    """Return how many values a run has, judged by a few; at least one."""
    some = pks[:SAMPLE]
    values = sum(kind.count(tx, some) for kind in KINDS.values())
    return max(1, values // max(1, len(some)))
