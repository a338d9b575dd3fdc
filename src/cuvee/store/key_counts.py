"""How many runs have each key, and whether it varies: run by run, or key by key.

Run by run, the values of 10,000 runs are sorted by their keys. Where the store has few other runs
all of it is counted instead, as the indexes have it, in the order of the keys, and what the other
runs have is taken away. That a key varies is seen in a few runs, mostly; of the other keys their
one value is counted, in the same way.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, func, literal_column, select

from cuvee.search.tree import Kind
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.run_subject import RUNS
from cuvee.store.schema.tracking import SHORT
from cuvee.store.series import NAN_BITS, from_bits
from cuvee.store.texts import is_long, is_short
from cuvee.store.tx import Tx

SAMPLE = 50
"""Runs by which is told how many values runs have, and of most keys that they vary."""

SLICE = 500
"""Runs that are read at once: sorting their values by key fits into a processor's cache."""

SHARE = 2
"""How many times as many as the others, runs and values, those that are counted must be."""

_runs = hot(select(schema.runs.c.pk))
_last = hot(select(func.max(schema.runs.c.pk)))


class Found(NamedTuple):
    """A key.

    Args:
        key: its number.
        runs: how many runs have it.
        differ: whether their values do.
    """

    key: int
    runs: int
    differ: bool


class Values:
    """The metrics, the params or the tags of runs.

    Args:
        kind: which of them.
    """

    def __init__(self, kind: Kind) -> None:
        self.of_metrics = kind is Kind.METRIC
        table: Any = RUNS.keyed[kind].table
        t = table.c
        value = t.bits if self.of_metrics else t.value
        keys = select(t.key_id, func.count(), func.min(value), func.max(value)).group_by(t.key_id)
        one: Select[Any] = select(literal_column("1")).select_from(table)
        each = select(t.key_id, func.count()).group_by(t.key_id)
        same = select(func.count()).where(t.key_id == arg("key"), t.value == arg("value"))
        self._keys = hot(lambda db: keys.where(db.among(t.run_pk, "pks")))
        self._one_key = hot(
            lambda db: keys.where(db.among(t.run_pk, "pks"), t.key_id == arg("key"))
        )
        self._some = hot(
            lambda db: select(func.count()).select_from(
                one.where(db.among(t.run_pk, "pks")).limit(arg("most")).subquery()
            )
        )
        # Texts have an index for short ones and another for long ones.
        parts = [[]] if self.of_metrics else [[is_short(t.value)], [is_long(t.value)]]
        self.whole = [hot(each.where(*part)) for part in parts]
        """How many runs of the store have each key, as an index has it."""
        self._same = hot(same.where(*parts[0]))
        self._same_of = hot(lambda db: same.where(db.among(t.run_pk, "pks")))

    def count(self, tx: Tx, pks: Sequence[int], most: int = sys.maxsize) -> int:
        """Return how many values runs have, up to so many."""
        return int(tx.value(self._some, pks=tx.listed(pks), most=most))

    def by_run(self, tx: Tx, pks: Sequence[int]) -> list[Found]:
        """Return the keys of runs, read run by run."""
        found = self._read(tx, pks)
        return [Found(key, runs, low != high) for key, (runs, low, high) in found.items()]

    def _read(self, tx: Tx, pks: Sequence[int]) -> dict[int, tuple[int, Any, Any]]:
        """Return how many runs have each key, and its least and greatest value."""
        found: dict[int, tuple[int, Any, Any]] = {}
        for start in range(0, len(pks), SLICE):
            for key, runs, low, high in tx.all(
                self._keys, pks=tx.listed(pks[start : start + SLICE])
            ):
                if key in found:
                    count, least, greatest = found[key]
                    found[key] = count + runs, min(least, low), max(greatest, high)
                else:
                    found[key] = runs, low, high
        return found

    def by_key(self, tx: Tx, pks: Sequence[int], others: Sequence[int]) -> list[Found]:
        """Return the keys of runs, read key by key.

        Args:
            tx: the transaction.
            pks: the runs.
            others: all other runs of the store.
        """
        counts: dict[int, int] = {}
        for part in self.whole:
            for key, runs in tx.all(part):
                counts[key] = counts.get(key, 0) + runs
        for key, (runs, _, _) in self._read(tx, others).items():
            counts[key] -= runs
        seen = self._read(tx, pks[:SAMPLE])
        found = []
        for key, runs in counts.items():
            _, least, greatest = seen.get(key, (0, None, None))
            # What some runs lack varies anyway, and what all have is in the sample.
            may = runs == len(pks) and least == greatest
            if runs:
                alike = may and self._all(tx, key, least, pks, others)
                found.append(Found(key, runs, not alike))
        return found

    def _all(self, tx: Tx, key: int, value: Any, pks: Sequence[int], others: Sequence[int]) -> bool:
        """Say whether runs that have a key all have one value of it."""
        asked = self._comparable(value)
        if asked is None:
            ((_, _, least, greatest),) = tx.all(self._one_key, key=key, pks=tx.listed(pks))
            return bool(least == greatest)
        runs = tx.value(self._same, key=key, value=asked)
        if others and runs >= len(pks):
            runs -= tx.value(self._same_of, key=key, value=asked, pks=tx.listed(others))
        return bool(runs == len(pks))

    def _comparable(self, value: Any) -> Any:
        """Return what the index has a value as; None where it does not tell it from all others."""
        if not self.of_metrics:
            return value if len(value) <= SHORT else None
        number = from_bits([value])[0] if value != NAN_BITS else 0.0
        return number or None


KINDS = {kind: Values(kind) for kind in (Kind.METRIC, Kind.PARAM, Kind.TAG)}


def find_keys(
    tx: Tx, kinds: Sequence[Kind], pks: Sequence[int], each: int
) -> dict[Kind, list[Found]]:
    """Return the keys of each kind that runs have.

    Args:
        tx: the transaction.
        kinds: the kinds.
        pks: the runs.
        each: how many values one of them has.
    """
    others = _others(tx, pks, each)
    if others is None:
        return {kind: KINDS[kind].by_run(tx, pks) for kind in kinds}
    return {kind: KINDS[kind].by_key(tx, pks, others) for kind in kinds}


def _others(tx: Tx, pks: Sequence[int], each: int) -> list[int] | None:
    """Return the other runs of the store; None if they, or their values, are many."""
    last = tx.value(_last)
    if last is None or last > len(pks) + len(pks) // SHARE:
        return None
    looked = set(pks)
    others = [pk for (pk,) in tx.all(_runs) if pk not in looked]
    few = len(pks) * each // SHARE
    values = sum(kind.count(tx, others, few + 1) for kind in KINDS.values()) if others else 0
    return others if values <= few else None
