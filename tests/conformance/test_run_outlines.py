"""Runs as an outline: each below the run that it is nested in, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.test_run_trees import new_run
from cuvee.api.base import Store
from cuvee.api.experiments import CreateExperiment
from cuvee.api.metrics import LogMetric
from cuvee.api.outlines import RunOutline, SearchRunOutline
from cuvee.api.runs import DeleteRun
from cuvee.errors import InvalidParameter
from cuvee.store.tx import Tx

SWEEPS = 3
TRIALS = 4
ALL = SWEEPS * (1 + TRIALS)


def outline(store: Store, experiment: str = "0", **asked: Any) -> RunOutline:
    return store.do(SearchRunOutline(experiment_ids=[experiment], **asked))


def lines(found: RunOutline, column: str = "run_name") -> list[str]:
    """Return the runs of a window by name, with a dot for each level."""
    texts = next(c.texts for c in found.table.columns if c.name == column)
    return ["." * node.depth + text for node, text in zip(found.nodes, texts, strict=True)]


def sweeps(store: Store) -> dict[str, str]:
    """Make 15 runs, of which 12 are nested in three; return ids by name."""
    ids = {}
    for s in range(SWEEPS):
        ids[f"sweep {s}"] = new_run(store, run_name=f"sweep {s}", start_time=1000 + s)
        for t in range(TRIALS):
            name = f"trial {s}.{t}"
            ids[name] = new_run(store, ids[f"sweep {s}"], run_name=name, start_time=t)
            store.do(LogMetric(run_id=ids[name], key="m", value=t, timestamp=1, step=0))
    return ids


def test_nested_runs_stand_below_their_parents_once_these_are_unfolded(local_store: Store) -> None:
    ids = sweeps(local_store)
    found = outline(local_store)
    assert lines(found) == [f"sweep {s}" for s in reversed(range(SWEEPS))]
    assert (found.lines, found.passing, found.runs) == (SWEEPS, ALL, ALL)
    assert {(n.nested, n.passing, n.unfolded) for n in found.nodes} == {(TRIALS, TRIALS, False)}
    found = outline(local_store, except_runs=[ids["sweep 1"]], order_by=["metrics.m"], limit=4)
    assert lines(found)[:2] == ["sweep 2", "sweep 1"]
    assert lines(found)[2:] == [".trial 1.0", ".trial 1.1"]
    assert [n.unfolded for n in found.nodes] == [False, True, False, False]
    assert found.lines == SWEEPS + TRIALS
    found = outline(local_store, unfold=True, except_runs=[ids["sweep 2"]], offset=1, limit=2)
    assert lines(found) == ["sweep 1", ".trial 1.3"]
    assert found.lines == ALL - TRIALS


def test_what_passes_brings_the_runs_that_it_is_nested_in(local_store: Store) -> None:
    sweeps(local_store)
    found = outline(local_store, filter="metrics.m >= 2", unfold=True, limit=1000)
    assert (found.passing, found.runs, found.lines) == (SWEEPS * 2, ALL, SWEEPS * 3)
    roots = [n for n in found.nodes if n.depth == 0]
    assert {(n.passes, n.passing, n.nested) for n in roots} == {(False, 2, 4)}
    assert all(n.passes for n in found.nodes if n.depth)
    found = outline(local_store, filter="run_name = 'trial 2.3'", unfold=True)
    assert lines(found) == ["sweep 2", ".trial 2.3"]
    found = outline(local_store, filter="run_name LIKE 'sweep%'", unfold=True)
    assert {(n.passes, n.passing, n.unfolded) for n in found.nodes} == {(True, 0, False)}
    assert len(found.nodes) == SWEEPS
    assert outline(local_store, filter="metrics.m > 99") == RunOutline(
        table=outline(local_store, filter="metrics.m > 99").table, runs=ALL
    )


def test_no_run_is_hidden_whatever_its_parent_is(store: Store) -> None:
    other = store.do(CreateExperiment(name="elsewhere")).experiment_id
    outside = new_run(store, experiment=other, run_name="outside")
    gone = new_run(store, run_name="gone")
    new_run(store, "0" * 32, run_name="of none", start_time=5)
    new_run(store, outside, run_name="of another experiment", start_time=4)
    child = new_run(store, gone, run_name="of a deleted one", start_time=3)
    new_run(store, child, run_name="below", start_time=2)
    store.do(DeleteRun(run_id=gone))
    found = outline(store, unfold=True)
    assert lines(found) == ["of none", "of another experiment", "of a deleted one", ".below"]
    found = store.do(SearchRunOutline(experiment_ids=["0", other], unfold=True))
    assert ".of another experiment" in lines(found)
    assert lines(outline(store, run_view_type="DELETED_ONLY")) == ["gone"]
    assert lines(outline(store, run_view_type="ALL", unfold=True))[2:] == [
        "gone",
        ".of a deleted one",
        "..below",
    ]


def test_an_outline_has_the_columns_of_a_table(store: Store) -> None:
    root = new_run(store, run_name="root")
    run = new_run(store, root, run_name="leaf")
    store.do(LogMetric(run_id=run, key="m", value=2.5, timestamp=1, step=0))
    found = outline(store, unfold=True, columns=["run_id", "metrics.m"])
    assert lines(found, "run_id") == [root, "." + run]
    (column,) = (c for c in found.table.columns if c.name == "metrics.m")
    assert (column.rows, column.numbers) == ([1], [2.5])
    assert store.do(SearchRunOutline()).table.count == 0
    assert outline(store, offset=9).nodes == []
    with pytest.raises(InvalidParameter, match="Order"):
        outline(store, order_by=["sideways"])


def test_nested_runs_are_found_beside_many_of_other_experiments(local_store: Store) -> None:
    store = local_store
    home = store.do(CreateExperiment(name="small")).experiment_id
    root = new_run(store, experiment=home, run_name="root", start_time=3)
    new_run(store, root, experiment=home, run_name="leaf", start_time=2)
    new_run(store, "x" * 100, experiment=home, run_name="of no id", start_time=4)
    found = outline(store, home, unfold=True)
    assert lines(found) == ["of no id", "root", ".leaf"]
    sweeps(store)
    assert outline(store, home, unfold=True) == found
    new_run(store, root, run_name="of another experiment")
    assert outline(store, home, unfold=True) == found
    both = store.do(SearchRunOutline(experiment_ids=["0", home], except_runs=[root]))
    assert ".of another experiment" in lines(both)


def test_only_the_runs_of_the_window_are_read(
    local_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = sweeps(local_store)
    read = []
    ask = Tx.all

    def noted(tx: Tx, statement: Any, **values: Any) -> Any:
        rows = ask(tx, statement, **values)
        read.append(len(rows))
        return rows

    monkeypatch.setattr(Tx, "all", noted)
    for asked in ({}, {"unfold": True}, {"filter": "metrics.m >= 1"}, {"order_by": ["metrics.m"]}):
        read.clear()
        found = outline(local_store, limit=2, offset=1, except_runs=[ids["sweep 1"]], **asked)
        assert len(found.nodes) == 2
        assert max(read) <= 2
