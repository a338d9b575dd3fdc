"""Runs, experiments and logged models with ids of their creators' making: created once."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.people import People
from cuvee.api.base import Store
from cuvee.api.events import ListEvents
from cuvee.api.experiments import (
    CreateExperiment,
    DeleteExperiment,
    GetExperiment,
    GetExperimentByName,
    UpdateExperiment,
)
from cuvee.api.logged_models import CreateLoggedModel, FinalizeLoggedModel, SearchLoggedModels
from cuvee.api.runs import CreateRun, DeleteRun, GetRun, RunTag, SearchRuns, UpdateRun
from cuvee.errors import AlreadyExists, InvalidParameter


def run_id() -> str:
    return secrets.token_hex(16)


def number() -> str:
    return str(10**16 + secrets.randbelow(10**16))


def test_a_run_gets_the_id_that_its_creator_made(store: Store) -> None:
    mine = run_id()
    run = store.do(CreateRun(experiment_id="0", run_id=mine, run_name="r")).run

    assert run.info.run_id == mine
    assert run.info.artifact_uri == f"mlflow-artifacts:/0/{mine}/artifacts"
    assert store.do(GetRun(run_id=mine)).run == run


def test_creating_a_run_again_returns_it_as_it_is_now(store: Store) -> None:
    op = CreateRun(experiment_id="0", run_id=run_id(), user_id="me", start_time=5)
    store.do(op)
    store.do(UpdateRun(run_id=op.run_id, status="FINISHED", end_time=9))
    again = store.do(op).run

    assert (again.info.status, again.info.end_time) == ("FINISHED", 9)
    assert again == store.do(GetRun(run_id=op.run_id)).run
    events = store.do(ListEvents(object=f"run:{op.run_id}", action="run.created")).events
    assert len(events) == 1


def test_an_id_that_belongs_to_another_run_is_refused(store: Store) -> None:
    other = store.do(CreateExperiment(name="other")).experiment_id
    op = CreateRun(experiment_id="0", run_id=run_id(), user_id="me", start_time=5)
    store.do(op)

    for fields in (
        {"start_time": 6},
        {"user_id": "you"},
        {"experiment_id": other},
    ):
        changed = {"experiment_id": "0", "user_id": "me", "start_time": 5, **fields}
        with pytest.raises(AlreadyExists, match="belongs to another run"):
            store.do(CreateRun(run_id=op.run_id, **changed))  # type: ignore[arg-type]
    assert len(store.do(SearchRuns(experiment_ids=["0", other])).runs) == 1


def test_an_id_that_belongs_to_somebody_else_is_refused(people: People) -> None:
    op = CreateRun(experiment_id="0", run_id=run_id())
    people("ann").do(op)
    with pytest.raises(AlreadyExists):
        people("bob").do(op)

    experiment = CreateExperiment(name="x", experiment_id=number())
    people("ann").do(experiment)
    with pytest.raises(AlreadyExists):
        people("bob").do(experiment)


def test_a_deleted_run_is_not_created_again(store: Store) -> None:
    op = CreateRun(experiment_id="0", run_id=run_id())
    store.do(op)
    store.do(DeleteRun(run_id=op.run_id))

    assert store.do(op).run.info.lifecycle_stage == "deleted"


def test_an_experiment_gets_the_id_that_its_creator_made(store: Store) -> None:
    op = CreateExperiment(name="mine", experiment_id=number())

    assert store.do(op).experiment_id == op.experiment_id
    assert store.do(op).experiment_id == op.experiment_id
    assert store.do(GetExperiment(experiment_id=op.experiment_id)).experiment.name == "mine"
    run = store.do(CreateRun(experiment_id=op.experiment_id)).run
    assert run.info.experiment_id == op.experiment_id
    events = store.do(ListEvents(object=f"experiment:{op.experiment_id}")).events
    assert [e.action for e in events] == ["experiment.created"]


def test_ids_of_the_server_stay_small(store: Store) -> None:
    store.do(CreateExperiment(name="big", experiment_id="9" * 18))

    assert store.do(CreateExperiment(name="next")).experiment_id == "1"
    assert store.do(CreateExperiment(name="after")).experiment_id == "2"


def test_an_experiment_that_was_renamed_since_is_still_the_same(store: Store) -> None:
    op = CreateExperiment(name="old", experiment_id=number())
    store.do(op)
    store.do(UpdateExperiment(experiment_id=op.experiment_id, new_name="new"))

    assert store.do(op).experiment_id == op.experiment_id
    with pytest.raises(AlreadyExists, match="belongs to another experiment"):
        store.do(CreateExperiment(name="new", experiment_id=op.experiment_id))
    with pytest.raises(AlreadyExists, match="already exists"):
        store.do(CreateExperiment(name="new", experiment_id=number()))


def test_a_run_names_an_experiment_that_need_not_be_there(store: Store) -> None:
    op = CreateRun(experiment_name="team/new", run_id=run_id())
    run = store.do(op).run
    made = store.do(GetExperimentByName(experiment_name="team/new")).experiment

    assert run.info.experiment_id == made.experiment_id
    assert store.do(op).run == run
    second = store.do(CreateRun(experiment_name="team/new")).run
    assert second.info.experiment_id == made.experiment_id
    events = store.do(ListEvents(object=f"experiment:{made.experiment_id}")).events
    assert [e.action for e in events] == ["experiment.created"]


def test_a_refused_run_leaves_no_experiment(store: Store) -> None:
    taken = store.do(CreateRun(experiment_id="0")).run.info.run_id
    with pytest.raises(AlreadyExists):
        store.do(CreateRun(experiment_name="new", run_id=taken, tags=[RunTag("k", "v")]))

    assert store.do(CreateExperiment(name="new")).experiment_id == "1"


def test_a_run_cannot_name_a_deleted_experiment(store: Store) -> None:
    gone = store.do(CreateExperiment(name="gone")).experiment_id
    store.do(DeleteExperiment(experiment_id=gone))
    with pytest.raises(InvalidParameter, match="restore it first"):
        store.do(CreateRun(experiment_name="gone"))


def test_a_logged_model_gets_the_id_that_its_creator_made_once(store: Store) -> None:
    run = store.do(CreateRun(experiment_id="0")).run.info.run_id
    mine = "m-" + run_id()
    op = CreateLoggedModel(experiment_id="0", model_id=mine, name="n", source_run_id=run)
    model = store.do(op).model
    assert model.model_id == mine
    assert model.artifact_location == f"mlflow-artifacts:/0/models/{mine}/artifacts"

    store.do(FinalizeLoggedModel(model_id=mine, status="LOGGED_MODEL_READY"))
    assert store.do(op).model.status == "READY"
    assert len(store.do(SearchLoggedModels(experiment_ids=["0"])).models) == 1
    with pytest.raises(AlreadyExists, match="belongs to another logged model"):
        store.do(CreateLoggedModel(experiment_id="0", model_id=mine, name="other"))
    for wrong in ("m-1", mine.upper(), run, mine + "0", "x" * 100_000):
        with pytest.raises(InvalidParameter, match="32 random hexadecimal digits"):
            store.do(CreateLoggedModel(experiment_id="0", model_id=wrong))


def test_many_who_create_the_same_at_once_create_one(store: Store) -> None:
    op = CreateRun(experiment_name="together", run_id=run_id(), start_time=1)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: store.do(op).run.info, range(16)))

    assert len({(a.run_id, a.experiment_id) for a in answers}) == 1
    assert len(store.do(SearchRuns(experiment_ids=[answers[0].experiment_id])).runs) == 1
