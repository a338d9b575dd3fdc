"""Several questions at once: each is answered as if asked alone, and all from one moment."""

from __future__ import annotations

import threading
from typing import Any

import msgspec
import pytest

from conformance.people import NAMED
from cuvee.api import wire
from cuvee.api.base import Store
from cuvee.api.experiments import CreateExperiment
from cuvee.api.log import GetLogStatus
from cuvee.api.metrics import LogMetric
from cuvee.api.models import CreateRegisteredModel, GetRegisteredModel, RenameRegisteredModel
from cuvee.api.questions import MOST, Answers, AskTogether, Question
from cuvee.api.runs import CreateRun, GetRun
from cuvee.errors import CuveeError, InvalidParameter


def ask(store: Any, *questions: tuple[str, dict[str, Any]]) -> list[tuple[int, Any]]:
    """Return statuses and bodies."""
    found: Answers = store.do(AskTogether(questions=[Question(*one) for one in questions]))
    return [(one.status, msgspec.json.decode(one.body)) for one in found.answers]


def test_each_is_answered_as_if_it_had_been_asked_alone(store: Store) -> None:
    run = store.do(CreateRun(experiment_id="0")).run.info.run_id
    store.do(LogMetric(run_id=run, key="loss", value=float("nan"), timestamp=1, step=0))
    store.do(CreateRegisteredModel(name="wine"))
    read, model, status, events = ask(
        store,
        ("getRun", {"run_id": run}),
        ("getRegisteredModel", {"name": "wine"}),
        ("getLogStatus", {}),
        ("listEvents", {"object": "model:wine"}),
    )
    assert read == (200, msgspec.json.decode(wire.encode(store.do(GetRun(run_id=run)))))
    assert read[1]["run"]["data"]["metrics"][0]["value"] == "NaN"
    assert model[1] == msgspec.json.decode(wire.encode(store.do(GetRegisteredModel(name="wine"))))
    assert status[1].keys() == msgspec.json.decode(wire.encode(store.do(GetLogStatus()))).keys()
    assert [one["action"] for one in events[1]["events"]] == ["model.created"]


def test_one_that_is_refused_says_so_in_its_place(store: Store) -> None:
    with pytest.raises(CuveeError) as alone:
        store.do(GetRegisteredModel(name="none"))
    missing, wrong, good = ask(
        store,
        ("getRegisteredModel", {"name": "none"}),
        ("searchRuns", {"experiment_ids": 3}),
        ("getExperiment", {"experiment_id": "0"}),
    )
    assert missing == (404, {"error_code": alone.value.error_code, "message": alone.value.message})
    assert wrong[0] == 400
    assert "experiment_ids" in wrong[1]["message"]
    assert good[0] == 200


@pytest.mark.parametrize(
    "operation",
    ["deleteRun", "listArtifacts", "tryHook", "getMetricHistory", "askTogether", "GetRun", "none"],
)
def test_changes_files_and_what_there_is_not_are_no_questions(store: Store, operation: str) -> None:
    with pytest.raises(InvalidParameter, match=operation):
        ask(store, ("getExperiment", {"experiment_id": "0"}), (operation, {}))


@pytest.mark.parametrize("number", [0, MOST + 1])
def test_so_many_questions_and_no_more(store: Store, number: int) -> None:
    with pytest.raises(InvalidParameter, match="questions"):
        ask(store, *[("whoAmI", {})] * number)
    assert len(ask(store, *[("whoAmI", {})] * MOST)) == MOST


def test_each_needs_its_own_right(crowd: Store) -> None:
    experiment = crowd.do(CreateExperiment(name="secret")).experiment_id
    asked = ("getExperiment", {"experiment_id": experiment})
    assert ask(crowd, asked)[0][0] == 200
    refused, known, users = ask(Alice(crowd), asked, ("whoAmI", {}), ("listWebhooks", {}))
    assert (refused[0], refused[1]["error_code"]) == (403, "PERMISSION_DENIED")
    assert known[1]["username"] == "alice"
    assert users[0] == 403


class Alice:
    """A user to whom nothing was given."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def do(self, op: AskTogether) -> Answers:
        """Ask in her name."""
        return self._store.do(op, NAMED["alice"])


def test_all_are_answered_from_one_moment(store: Store) -> None:
    store.do(CreateRegisteredModel(name="here"))
    done = threading.Event()

    def rename() -> None:
        names = ["here", "there"]
        while not done.is_set():
            store.do(RenameRegisteredModel(name=names[0], new_name=names[1]))
            names.reverse()

    renaming = threading.Thread(target=rename)
    renaming.start()
    try:
        both = [("getRegisteredModel", {"name": name}) for name in ("here", "there")]
        found = [sorted(status for status, _ in ask(store, *both)) for _ in range(40)]
    finally:
        done.set()
        renaming.join()
    assert found == [[200, 404]] * 40
