"""Writes that are committed together: each has its own answer; a refused one changes nothing."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from cuvee.api.base import Op
from cuvee.api.events import ListEvents
from cuvee.api.experiments import CreateExperiment, GetExperiment
from cuvee.api.models import CreateRegisteredModel, SearchRegisteredModels, SetRegisteredModelTag
from cuvee.api.runs import CreateRun, GetRun, SetTag
from cuvee.errors import CuveeError, InvalidParameter, NotFound
from cuvee.store.dispatch import FUNCTIONS
from cuvee.store.gathering import Batch, Job
from cuvee.store.sql import CALM, SqlStore
from cuvee.store.tx import Tx


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore.open(f"sqlite:///{tmp_path}/c.db")
    yield store
    store.close()


def together(store: SqlStore, ops: list[Op[Any]]) -> list[Any]:
    """Commit operations as a group and return the result or the refusal of each."""
    told: list[list[Any]] = []
    half = len(ops) // 2
    batches = [
        Batch([Job(op, store.user, None) for op in part], lambda answers: told.append([*answers]))
        for part in (ops[:half], ops[half:])
        if part
    ]
    store._write_group(batches)  # noqa: SLF001  # as the writer does
    assert len(told) == len(batches)  # told once, also when done twice
    return [
        result if problem is None else problem for answers in told for result, problem in answers
    ]


def told_of(store: SqlStore) -> list[str]:
    return [event.object for event in store.do(ListEvents(max_results=1000)).events]


def names_in(store: SqlStore) -> list[str]:
    found = store.do(SearchRegisteredModels(max_results=1000)).registered_models
    return sorted(model.name for model in found)


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse models of the name ``late`` once all is written."""
    create = FUNCTIONS[CreateRegisteredModel]

    def refuse(tx: Tx, op: Any) -> Any:
        found = create(tx, op)
        if op.name == "late":
            raise InvalidParameter("Too late.")
        return found

    monkeypatch.setitem(cast("dict[Any, Any]", FUNCTIONS), CreateRegisteredModel, refuse)


@pytest.mark.usefixtures("late")
@pytest.mark.parametrize("place", [0, 3, 7])
@pytest.mark.parametrize("calm", [True, False])
def test_one_that_is_refused_takes_nobody_along(store: SqlStore, place: int, calm: bool) -> None:
    store.do(CreateRegisteredModel(name="m"))
    if not calm:
        together(store, [CreateRegisteredModel(name="late")])
    ops: list[Op[Any]] = [CreateRegisteredModel(name=f"new{i}") for i in range(8)]
    ops[place] = CreateRegisteredModel(name="late")

    answers = together(store, ops)

    assert isinstance(answers[place], InvalidParameter)
    made = [f"new{i}" for i in range(8) if i != place]
    assert [one.registered_model.name for i, one in enumerate(answers) if i != place] == made
    assert names_in(store) == ["m", *made]
    assert told_of(store) == [f"model:{name}" for name in ["m", *made]]


def test_groups_do_what_the_same_writes_do_alone(store: SqlStore, tmp_path: Path) -> None:
    """Whatever is refused in them, and whoever was refused before."""
    alone = SqlStore.open(f"sqlite:///{tmp_path}/alone.db")
    chance = random.Random(7)
    names = [f"m{i}" for i in range(40)]
    refused = 0
    for turn in range(60):
        new = 0.3 if turn % 10 > 6 else 0.99  # most are made once, so that calm returns
        ops = [written(chance, names, new) for _ in range(chance.randint(1, 24))]
        expected = [outcome(alone, op) for op in ops]
        found = [
            str(answer) if isinstance(answer, CuveeError) else "" for answer in together(store, ops)
        ]
        assert found == expected
        refused += sum(map(bool, found))
        assert names_in(store) == names_in(alone)
    assert 50 < refused < 400
    assert told_of(store) == told_of(alone)
    alone.close()


def written(chance: random.Random, names: list[str], new: float) -> Op[Any]:
    if chance.random() < new:
        return CreateRegisteredModel(name=f"n{chance.getrandbits(60)}")
    name = chance.choice(names)
    if chance.random() < 0.5:
        return CreateRegisteredModel(name=name)
    return SetRegisteredModelTag(name=name, key="k", value="v")


def outcome(store: SqlStore, op: Op[Any]) -> str:
    try:
        store.do(op)
    except CuveeError as refusal:
        return str(refusal)
    return ""


def test_nothing_is_done_twice_while_one_was_refused_lately(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that is refused again and again does not double the work of the others."""
    done: list[str] = []
    create = FUNCTIONS[CreateExperiment]

    def counted(tx: Tx, op: Any) -> Any:
        done.append(op.name)
        return create(tx, op)

    monkeypatch.setitem(cast("dict[Any, Any]", FUNCTIONS), CreateExperiment, counted)
    for turn in range(20):
        answers = together(
            store,
            [
                CreateExperiment(name=f"a{turn}"),
                CreateRun(experiment_id="999"),
                CreateExperiment(name=f"b{turn}"),
            ],
        )
        assert isinstance(answers[1], NotFound)
    twice = [name for name in done if done.count(name) > 1]
    assert set(twice) == {"a0"}
    for number in range(CALM):
        store.do(SetTag(run_id=run_of(store), key="k", value=str(number)))
    done.clear()
    together(store, [CreateExperiment(name="after"), CreateRun(experiment_id="999")])
    assert done == ["after", "after"]


def run_of(store: SqlStore) -> str:
    return str(store.do(CreateRun(experiment_id="0")).run.info.run_id)


def test_names_of_keys_that_were_taken_back_are_not_remembered(store: SqlStore) -> None:
    """Their numbers are given to other names by the next transaction."""
    run = run_of(store)
    wrong = SetTag(run_id="0" * 32, key="k", value="v")
    first = together(store, [SetTag(run_id=run, key="first", value="1"), wrong])
    second = together(store, [SetTag(run_id=run, key="second", value="2"), wrong])
    assert [isinstance(answer, NotFound) for answer in first + second] == [False, True] * 2
    other = SqlStore.open(store.database.url)
    for seen in (store, other):
        tags = {tag.key: tag.value for tag in seen.do(GetRun(run_id=run)).run.data.tag_items}
        assert (tags["first"], tags["second"]) == ("1", "2")
    other.close()


def test_a_database_that_fails_answers_all_and_keeps_nothing(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = FUNCTIONS[CreateExperiment]

    def broken(tx: Tx, op: Any) -> Any:
        found = create(tx, op)
        if op.name == "b":
            raise sqlite3.OperationalError("database or disk is full")
        return found

    monkeypatch.setitem(cast("dict[Any, Any]", FUNCTIONS), CreateExperiment, broken)
    answers = together(store, [CreateExperiment(name=name) for name in "abc"])
    assert [getattr(answer, "status", 0) for answer in answers] == [507] * 3
    monkeypatch.undo()
    made = together(store, [CreateExperiment(name=name) for name in "abc"])
    found = [store.do(GetExperiment(experiment_id=one.experiment_id)).experiment for one in made]
    assert [experiment.name for experiment in found] == ["a", "b", "c"]
