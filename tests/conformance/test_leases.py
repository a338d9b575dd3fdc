"""A run whose process died says so, and lives on when its process does."""

from __future__ import annotations

import time
from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.events import ListEvents
from cuvee.api.leases import EndLostRuns, GetLease, Heartbeat, Lease
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, DeleteRun, GetRun, LogBatch, Run, UpdateRun
from cuvee.errors import InvalidParameter
from cuvee.server.sweeper import Sweeper
from cuvee.store.sql import SqlStore

MINUTE = 60_000


def new_run(store: Store) -> str:
    return store.do(CreateRun(experiment_id="0", start_time=1)).run.info.run_id


def beat(store: Store, run: str, **fields: Any) -> Lease:
    return store.do(Heartbeat(run_id=run, **fields)).lease


def read(store: Store, run: str) -> Run:
    return store.do(GetRun(run_id=run)).run


def pass_time(store: SqlStore, run: str, by: int = MINUTE) -> None:
    """Let a run's last sign of life be longer ago."""
    connection = store.database.connect()
    connection.execute(
        f"UPDATE leases SET last_seen = last_seen - {by}, expires = expires - {by} "
        f"WHERE run_pk = (SELECT pk FROM runs WHERE run_id = '{run}')"
    )
    connection.commit()
    connection.close()


def actions(store: Store, run: str) -> list[str]:
    return [e.action for e in store.do(ListEvents(object=f"run:{run}")).events][1:]


def test_a_run_whose_lease_is_over_failed_when_it_was_last_seen(
    store: Store, local_store: SqlStore
) -> None:
    run = new_run(store)
    beat(store, run, tail="epoch 1\nepoch 2\n")
    pass_time(local_store, run)
    seen = store.do(GetLease(run_id=run)).lease.last_seen
    assert local_store.do(EndLostRuns()).count == 1

    lost = read(store, run)
    assert (lost.info.status, lost.info.end_time) == ("FAILED", seen)
    assert lost.data.tags["cuvee.lost"] == "true"
    assert lost.data.tags["cuvee.lost.last_seen"] == str(seen)
    assert lost.data.tags["cuvee.lost.output"] == "epoch 1\nepoch 2\n"
    assert actions(store, run) == ["run.lost"]
    assert store.do(GetLease(run_id=run)).lease.lost
    assert local_store.do(EndLostRuns()).count == 0, "once is enough"


def test_long_output_is_kept_whole_and_its_end_is_a_tag(
    store: Store, local_store: SqlStore
) -> None:
    run = new_run(store)
    lines = "".join(f"line {n}\n" for n in range(3000))
    beat(store, run, tail=lines)
    beat(store, run)
    pass_time(local_store, run)
    local_store.do(EndLostRuns())

    tag = read(store, run).data.tags["cuvee.lost.output"]
    assert tag.startswith("line ")
    assert lines.endswith(tag)
    assert 7900 < len(tag) <= 8000
    assert store.do(GetLease(run_id=run)).lease.tail == lines


def test_a_lease_has_ten_seconds_of_grace(store: Store, local_store: SqlStore) -> None:
    run = new_run(store)
    beat(store, run, lease=1)
    pass_time(local_store, run, 8_000)
    assert local_store.do(EndLostRuns()).count == 0
    pass_time(local_store, run, 4_000)
    assert local_store.do(EndLostRuns()).count == 1


def test_runs_that_never_had_a_lease_are_left_alone(store: Store, local_store: SqlStore) -> None:
    run = new_run(store)
    local_store.do(EndLostRuns())

    assert read(store, run).info.status == "RUNNING"
    assert store.do(GetLease(run_id=run)).lease == Lease(run_id=run, status="RUNNING")


@pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED", "SCHEDULED"])
def test_ending_a_run_ends_its_lease(store: Store, local_store: SqlStore, status: Any) -> None:
    run = new_run(store)
    beat(store, run)
    store.do(UpdateRun(run_id=run, status=status, end_time=7))
    pass_time(local_store, run)
    assert local_store.do(EndLostRuns()).count == 0

    late = beat(store, run)
    assert (late.status, late.expires) == (status, 0), "the process learns that it was ended"
    ended = read(store, run)
    assert (ended.info.status, ended.info.end_time) == (status, 7)
    assert not any(tag.startswith("cuvee.lost") for tag in ended.data.tags)


def lose(store: Store, local_store: SqlStore) -> str:
    run = new_run(store)
    beat(store, run, tail="last words")
    pass_time(local_store, run)
    local_store.do(EndLostRuns())
    return run


def check_back(store: Store, run: str, status: str, end: int | None) -> None:
    back = read(store, run)
    assert (back.info.status, back.info.end_time) == (status, end)
    assert not any(tag.startswith("cuvee.lost") for tag in back.data.tags)
    assert "run.reopened" in actions(store, run)


def test_a_sign_of_life_reopens_a_lost_run(store: Store, local_store: SqlStore) -> None:
    run = lose(store, local_store)
    lease = beat(store, run)

    assert (lease.status, lease.reopened, lease.lost) == ("RUNNING", True, False)
    check_back(store, run, "RUNNING", None)
    assert actions(store, run) == ["run.lost", "run.reopened"]
    pass_time(local_store, run)
    assert local_store.do(EndLostRuns()).count == 1, "it has a lease again"


def test_a_batch_with_the_lease_reopens_a_lost_run(store: Store, local_store: SqlStore) -> None:
    run = lose(store, local_store)
    store.do(LogBatch(run_id=run, metrics=[Metric("m", 1.0, 1)]))
    assert read(store, run).info.status == "FAILED", "anybody may add to a lost run"
    store.do(LogBatch(run_id=run, metrics=[Metric("m", 2.0, 2)], lease=20))

    check_back(store, run, "RUNNING", None)
    assert store.do(GetLease(run_id=run)).lease.expires > 0


@pytest.mark.parametrize("status", ["RUNNING", "FINISHED"])
def test_whoever_resumes_or_ends_a_lost_run_finds_it_not_lost(
    store: Store, local_store: SqlStore, status: Any
) -> None:
    run = lose(store, local_store)
    end = 9 if status == "FINISHED" else None
    store.do(UpdateRun(run_id=run, status=status, end_time=end))

    check_back(store, run, status, end)


def test_a_deleted_run_has_no_signs_of_life(store: Store) -> None:
    run = new_run(store)
    store.do(DeleteRun(run_id=run))
    with pytest.raises(InvalidParameter, match="restore it first"):
        beat(store, run)


def test_the_server_ends_lost_runs_by_itself_and_only_one_process_does(
    local_store: SqlStore,
) -> None:
    run = new_run(local_store)
    beat(local_store, run)
    pass_time(local_store, run)
    sweepers = [
        Sweeper(local_store, lambda: local_store.hold("sweeper"), poll=0.05, settle=0.3)
        for _ in range(2)
    ]
    began = time.monotonic()
    for sweeper in sweepers:
        sweeper.start()
    while read(local_store, run).info.status == "RUNNING" and time.monotonic() < began + 10:
        time.sleep(0.02)
    assert time.monotonic() - began >= 0.3, "it may be renewed first"
    for sweeper in sweepers:
        sweeper.close()

    assert read(local_store, run).info.status == "FAILED"
    assert actions(local_store, run) == ["run.lost"]
