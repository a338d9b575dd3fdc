"""Verdicts that meet each other leave one outcome, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from conformance.people import gated, put_policy
from cuvee.api.artifacts import PutArtifact
from cuvee.api.base import Actor, Op
from cuvee.api.events import ListEvents
from cuvee.api.experiments import CreateExperiment
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.reviews import (
    Activity,
    ActivityResult,
    ApproveTransitionRequest,
    CreateTransitionRequest,
    DeleteTransitionRequest,
    ListTransitionRequests,
    RejectTransitionRequest,
)
from cuvee.api.runs import CreateRun
from cuvee.api.versions import CreateModelVersion, GetModelVersion
from cuvee.errors import CuveeError, NotFound
from cuvee.store.sql import SqlStore

WHERE = {"name": "wine", "version": "1", "stage": "Production"}
ROUNDS = 5


def begin(store: SqlStore, number: int) -> dict[str, str]:
    """Make a model with one version and an open request; return where to."""
    name = f"wine{number}"
    store.do(CreateRegisteredModel(name=name), Actor("ann"))
    store.do(CreateModelVersion(name=name, source="s3://b/1"), Actor("ann"))
    put_policy(store, gated(approvals=2), name)
    where = {**WHERE, "name": name}
    store.do(CreateTransitionRequest(**where), Actor("ann"))
    return where


def together(
    store: SqlStore, *moves: tuple[str, Op[ActivityResult]]
) -> list[Activity | CuveeError]:
    """Carry out operations of several people at the same moment; return what each was told."""
    barrier = Barrier(len(moves))

    def act(user: str, op: Op[ActivityResult]) -> Activity | CuveeError:
        barrier.wait(20)
        try:
            return store.do(op, Actor(user)).activity
        except CuveeError as problem:
            return problem

    with ThreadPoolExecutor(len(moves)) as threads:
        futures = [threads.submit(act, user, op) for user, op in moves]
        return [future.result(60) for future in futures]


def stage_of(store: SqlStore, where: dict[str, str]) -> str:
    op = GetModelVersion(name=where["name"], version="1")
    return store.do(op).model_version.current_stage


def transitions(store: SqlStore, where: dict[str, str]) -> int:
    op = ListEvents(object=f"version:{where['name']}/1", action="version.transitioned")
    return len(store.do(op).events)


def test_of_two_approvals_at_once_exactly_one_completes_the_quorum(local_store: SqlStore) -> None:
    for number in range(ROUNDS):
        where = begin(local_store, number)

        said = together(
            local_store,
            ("bob", ApproveTransitionRequest(**where)),  # type: ignore[arg-type]
            ("cat", ApproveTransitionRequest(**where)),  # type: ignore[arg-type]
        )

        assert sorted(a.state or "" for a in said if isinstance(a, Activity)) == [
            "allowed",
            "waiting",
        ]
        assert stage_of(local_store, where) == "Production"
        assert transitions(local_store, where) == 1


def test_an_approval_that_meets_its_end_moves_or_is_not_found(local_store: SqlStore) -> None:
    ends: list[Callable[[dict[str, str]], tuple[str, Op[ActivityResult]]]] = [
        lambda where: ("ann", DeleteTransitionRequest(**where, creator="ann")),
        lambda where: ("dan", RejectTransitionRequest(**where, comment="no")),
    ]
    for number in range(2 * ROUNDS):
        where = begin(local_store, number)
        local_store.do(ApproveTransitionRequest(**where), Actor("bob"))  # type: ignore[arg-type]

        approved, ended = together(
            local_store,
            ("cat", ApproveTransitionRequest(**where)),  # type: ignore[arg-type]
            ends[number % 2](where),
        )

        moved = stage_of(local_store, where) == "Production"
        assert isinstance(approved, Activity) == moved
        assert isinstance(ended, Activity) != moved
        assert isinstance(ended if moved else approved, NotFound)
        assert transitions(local_store, where) == int(moved)
        op = ListTransitionRequests(name=where["name"], version="1")
        assert local_store.do(op).requests == []


def test_of_two_equal_requests_at_once_one_is_kept(local_store: SqlStore) -> None:
    for number in range(ROUNDS):
        where = begin(local_store, number)
        barrier = Barrier(2)

        def ask(_: int, where: dict[str, str] = where, barrier: Barrier = barrier) -> bool:
            barrier.wait(20)
            try:
                local_store.do(CreateTransitionRequest(**where), Actor("bob"))
            except CuveeError:
                return False
            return True

        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(ask, range(2))) == [False, True]


def test_a_file_that_meets_an_approval_is_reviewed_or_not_taken(local_store: SqlStore) -> None:
    for number in range(4 * ROUNDS):
        name = f"late{number}"
        experiment = local_store.do(CreateExperiment(name=name)).experiment_id
        run = local_store.do(CreateRun(experiment_id=experiment)).run.info
        local_store.do(CreateRegisteredModel(name=name), Actor("ann"))
        source = f"runs:/{run.run_id}/model"
        new = CreateModelVersion(name=name, source=source, run_id=run.run_id)
        local_store.do(new, Actor("ann"))  # registered before its files are there
        put_policy(local_store, gated(approvals=1), name)
        where: dict[str, Any] = {**WHERE, "name": name}
        local_store.do(CreateTransitionRequest(**where), Actor("ann"))
        path = f"{run.artifact_uri.partition(':')[2].lstrip('/')}/model/MLmodel"
        barrier = Barrier(2)

        def act(op: Op[Any], user: str, barrier: Barrier = barrier) -> bool:
            barrier.wait(20)
            try:
                local_store.do(op, Actor(user))
            except CuveeError:
                return False
            return True

        with ThreadPoolExecutor(2) as threads:
            put = threads.submit(act, PutArtifact(path=path, digest="0" * 64, size=1), "ann")
            threads.submit(act, ApproveTransitionRequest(**where), "bob").result(60)

        found = local_store.do(GetModelVersion(name=name, version="1")).model_version
        if found.current_stage == "Production":
            moved = ListEvents(object=f"version:{name}/1", action="version.transitioned")
            (event,) = local_store.do(moved).events
            assert event.details["digest"] == found.digest
        assert bool(found.digest) == put.result()
