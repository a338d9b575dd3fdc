"""The keys of many runs: read as the indexes have them, not sorted."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.experiments import CreateExperiment
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch, Param
from cuvee.api.searches import ListRunKeys
from cuvee.store import key_counts
from cuvee.store.key_counts import Values
from cuvee.store.sql import SqlStore


def test_values_are_not_sorted_where_the_store_has_few_other_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def noted(way: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            read.append(way.__name__)
            return way(*args)

        return call

    monkeypatch.setattr(Values, "by_run", noted(Values.by_run))
    monkeypatch.setattr(Values, "by_key", noted(Values.by_key))
    with closing(SqlStore.open(f"sqlite:///{tmp_path}/c.db")) as store:
        for home, count, expected in (("many", 60, "by_key"), ("few", 20, "by_run")):
            number = store.do(CreateExperiment(name=home)).experiment_id
            for n in range(count):
                run = store.do(CreateRun(experiment_id=number)).run.info.run_id
                metrics = [Metric(f"m{i}", n, 0) for i in range(5)]
                store.do(LogBatch(run_id=run, metrics=metrics, params=[Param("p", "x")]))
            found = store.do(ListRunKeys(experiment_ids=[number]))
            assert (found.runs, len(found.keys)) == (count, 7)
            assert set(read) == {expected}
            read.clear()
        with closing(store.database.connect()) as connection:
            for kind in key_counts.KINDS.values():
                for statement in kind.whole:
                    sql, _, _ = store.database.prepare(statement)
                    plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
                    assert "USING" in plan[0][3]
                    assert len(plan) == 1, "it would be sorted"


def test_what_is_read_in_slices_is_what_is_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(SqlStore.open(f"sqlite:///{tmp_path}/c.db")) as store:
        for home in ("many", "few"):
            number = store.do(CreateExperiment(name=home)).experiment_id
            for n in range(30):
                run = store.do(CreateRun(experiment_id=number)).run.info.run_id
                metrics = [Metric("same", 1, 0), Metric("first", float(n == 0), 0)]
                metrics += [Metric("last", math.nan if n == 29 else 1, 0)]
                params = [Param("p", "x"), Param(f"q{n % 20}", "y"), Param("r", str(n // 29))]
                store.do(LogBatch(run_id=run, metrics=metrics, params=params))
        op = ListRunKeys(experiment_ids=[number])
        whole = store.do(op)
        assert {key.key for key in whole.keys if not key.varies} == {"same", "p"}
        for size in (1, 7, 29):
            monkeypatch.setattr(key_counts, "SLICE", size)
            assert store.do(op) == whole
