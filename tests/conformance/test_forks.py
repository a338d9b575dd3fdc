"""Runs forked and rewound at a step."""

from __future__ import annotations

import hashlib

import pytest

from cuvee.api.artifacts import FindArtifact, PutArtifact
from cuvee.api.base import Store
from cuvee.api.datasets import Dataset, DatasetInput, LogInputs
from cuvee.api.events import ListEvents
from cuvee.api.forks import ForkRun, RewindRun
from cuvee.api.metrics import GetMetricHistory, Metric
from cuvee.api.runs import CreateRun, DeleteRun, GetRun, LogBatch, Param, Run, RunTag, UpdateRun
from cuvee.errors import AlreadyExists, InvalidParameter
from cuvee.store.sql import SqlStore

POINTS = 2500


@pytest.fixture
def trained(store: Store) -> Run:
    """A run with two metrics, one of them long."""
    tags = [RunTag("k", "v"), RunTag("cuvee.lost", "true")]
    run = store.do(CreateRun(experiment_id="0", run_name="base", start_time=1, tags=tags)).run
    run_id = run.info.run_id
    for start in range(0, POINTS, 500):
        steps = range(start, start + 500)
        store.do(LogBatch(run_id=run_id, metrics=[Metric("m", s / 2, s, s) for s in steps]))
    late = [Metric("late", 1.0, 1, 2000), Metric("early", -3.0, 1, -3)]
    store.do(LogBatch(run_id=run_id, params=[Param("p", "1")], metrics=late))
    dataset = Dataset(name="d", digest="1", source_type="local", source="{}")
    store.do(LogInputs(run_id=run_id, datasets=[DatasetInput(dataset=dataset)]))
    store.do(UpdateRun(run_id=run_id, status="FINISHED", end_time=9))
    return store.do(GetRun(run_id=run_id)).run


def steps(store: Store, run_id: str, key: str = "m") -> list[int]:
    page = store.do(GetMetricHistory(run_id=run_id, metric_key=key))
    return sorted(m.step for m in page.metrics)


@pytest.mark.parametrize("step", [0, 1233, 5000])
def test_a_fork_goes_on_from_a_step(store: Store, trained: Run, step: int) -> None:
    op = ForkRun(run_id=trained.info.run_id, step=step)
    fork = store.do(op).run

    assert fork.info.run_id != trained.info.run_id
    assert (fork.info.status, fork.info.end_time) == ("RUNNING", None)
    assert fork.info.run_name == "base"
    assert fork.info.experiment_id == "0"
    assert fork.data.params == {"p": "1"}
    assert fork.data.tags == {
        "mlflow.runName": "base",
        "k": "v",
        "cuvee.forked_from": trained.info.run_id,
        "cuvee.forked_at": str(step),
    }
    assert fork.inputs == trained.inputs
    last = min(step, POINTS - 1)
    assert steps(store, fork.info.run_id) == list(range(last + 1))
    wanted = {"m": last / 2, "early": -3.0, **({"late": 1.0} if step >= 2000 else {})}
    assert fork.data.metrics == wanted
    assert store.do(GetRun(run_id=trained.info.run_id)).run == trained, "the other is untouched"
    events = store.do(ListEvents(object=f"run:{fork.info.run_id}")).events
    assert [e.action for e in events] == ["run.created", "run.forked"]
    assert events[1].after == {"from": trained.info.run_id, "step": step}
    store.do(LogBatch(run_id=fork.info.run_id, metrics=[Metric("m", 7.0, 9999, 9999)]))
    assert steps(store, trained.info.run_id) == list(range(POINTS))


def test_a_fork_with_an_id_of_ones_own_is_made_once(store: Store, trained: Run) -> None:
    op = ForkRun(run_id=trained.info.run_id, step=5, new_run_id="f" * 32, run_name="mine")
    fork = store.do(op).run
    assert (fork.info.run_id, fork.info.run_name) == ("f" * 32, "mine")
    assert store.do(op).run.info == fork.info
    with pytest.raises(AlreadyExists):
        store.do(ForkRun(run_id=trained.info.run_id, step=6, new_run_id="f" * 32))


def test_a_rewound_run_has_no_points_after_the_step(store: Store, trained: Run) -> None:
    run = trained.info.run_id
    store.do(RewindRun(run_id=run, step=1000, comment="diverged"))
    back = store.do(GetRun(run_id=run)).run

    assert steps(store, run) == list(range(1001))
    assert steps(store, run, "late") == []
    assert back.data.metrics == {"m": 500.0, "early": -3.0}
    assert back.data.params == {"p": "1"}
    event = store.do(ListEvents(object=f"run:{run}")).events[-1]
    assert (event.action, event.after, event.comment) == ("run.rewound", {"step": 1000}, "diverged")
    store.do(LogBatch(run_id=run, metrics=[Metric("m", -1.0, 1, 1001)]))
    assert steps(store, run)[-1] == 1001
    assert store.do(GetRun(run_id=run)).run.data.metrics["m"] == -1.0
    store.do(RewindRun(run_id=run, step=2**63 - 1))
    assert len(steps(store, run)) == 1002
    store.do(RewindRun(run_id=run, step=-(2**63)))
    assert store.do(GetRun(run_id=run)).run.data.metrics == {}


def test_deleted_runs_are_neither_forked_nor_rewound(store: Store, trained: Run) -> None:
    run = trained.info.run_id
    store.do(DeleteRun(run_id=run))
    for op in (ForkRun(run_id=run, step=1), RewindRun(run_id=run, step=1)):
        with pytest.raises(InvalidParameter, match="restore it first"):
            store.do(op)


def test_a_fork_has_the_files_only_if_they_are_asked_for(
    store: Store, local_store: SqlStore, trained: Run
) -> None:
    run = trained.info.run_id
    digest = hashlib.sha256(b"x").hexdigest()
    local_store.do(PutArtifact(path=f"0/{run}/artifacts/a/b", digest=digest, size=1))
    bare = store.do(ForkRun(run_id=run, step=1)).run.info.run_id
    full = store.do(ForkRun(run_id=run, step=1, artifacts=True)).run.info.run_id

    assert local_store.do(FindArtifact(path=f"0/{full}/artifacts/a/b")).digest == digest
    with pytest.raises(Exception, match="No such artifact"):
        local_store.do(FindArtifact(path=f"0/{bare}/artifacts/a/b"))
