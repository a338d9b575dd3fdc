"""List, search and show, and what changes stages and aliases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.events import ListEvents
from cuvee.api.experiments import CreateExperiment
from cuvee.api.models import GetModelVersionByAlias
from cuvee.api.runs import CreateRun

Command = Callable[..., Any]


def test_experiments_are_listed_and_shown_by_name_or_id(cuvee: Command, store: Store) -> None:
    created = store.do(CreateExperiment(name="wine")).experiment_id

    assert "wine" in cuvee("experiments", "list").out
    assert [e["name"] for e in cuvee("experiments", "list", "--json").json] == ["wine", "Default"]
    assert cuvee("experiments", "show", "wine", "--json").json["experiment_id"] == created
    assert cuvee("experiments", "show", created, "--json").json["name"] == "wine"
    assert "artifacts" in cuvee("experiments", "show", "wine").out


def test_an_experiment_is_found_by_name_before_id(cuvee: Command, store: Store) -> None:
    named = store.do(CreateExperiment(name="0")).experiment_id

    assert cuvee("experiments", "show", "0", "--json").json["experiment_id"] == named


def test_experiments_are_searched(cuvee: Command, store: Store) -> None:
    store.do(CreateExperiment(name="wine"))

    found = cuvee("experiments", "search", "name LIKE 'wi%'", "--json").json
    assert [e["name"] for e in found] == ["wine"]
    assert cuvee("experiments", "search", "name = 'beer'", "--json").json == []


@pytest.mark.parametrize("command", ["list", "search"])
def test_a_run_is_found_in_its_experiment(cuvee: Command, run_id: str, command: str) -> None:
    query = ["metrics.rmse < 0.7"] if command == "search" else []
    said = cuvee("runs", command, *query, "--experiment", "wine")

    assert run_id in said.out
    assert "rmse=0.65" in said.out
    assert "5.0 s" in said.out
    found = cuvee("runs", command, *query, "--json").json
    assert [run["info"]["run_id"] for run in found] == [run_id]


def test_runs_of_another_experiment_are_left_out(cuvee: Command, run_id: str) -> None:
    assert run_id not in cuvee("runs", "list", "--experiment", "Default").out


def test_a_run_is_shown_with_params_metrics_and_tags(cuvee: Command, run_id: str) -> None:
    out = cuvee("runs", "show", run_id).out

    lines = {tuple(line.split(None, 2)) for line in out.splitlines()}
    assert ("metric", "rmse", "0.65") in lines
    assert ("param", "features", "alcohol, pH") in lines
    assert ("tag", "team", "cellar") in lines
    assert cuvee("runs", "show", run_id, "--json").json["info"]["status"] == "FINISHED"


def test_a_filter_that_is_wrong_says_where(cuvee: Command, store: Store) -> None:  # noqa: ARG001
    said = cuvee("runs", "search", "status = 'FINISHED'\nAND metrics.rmse < x")

    assert said.status == 1
    assert said.err.splitlines()[:2] == ["  AND metrics.rmse < x", "                     ^"]
    words = "Error: Expected numeric value type for metric. "
    assert said.err.splitlines()[2].startswith(f"{words}Filter error at character 40: found x;")


def test_an_experiment_that_does_not_exist_is_named(cuvee: Command, store: Store) -> None:  # noqa: ARG001
    said = cuvee("runs", "list", "--experiment", "beer")

    assert said.status == 1
    assert "'beer'" in said.err


def test_models_are_listed_with_their_stages(cuvee: Command, run_id: str) -> None:  # noqa: ARG001
    said = cuvee("models", "list")

    assert "Production 1" in said.out
    assert "predicts quality" in said.out
    assert cuvee("models", "show", "lr", "--json").json["name"] == "lr"
    assert "Production 1" in cuvee("models", "show", "lr").out
    assert cuvee("models", "search", "name = 'beer'", "--json").json == []


def test_models_are_moved_to_folders(cuvee: Command, run_id: str) -> None:  # noqa: ARG001
    assert "team/red/" in cuvee("models", "move", "lr", "team/red/", "--comment", "why").out
    assert "team/red" in cuvee("models", "show", "lr").out
    assert [m["name"] for m in cuvee("models", "list", "--folder", "team/red/", "--json").json] == [
        "lr"
    ]
    assert cuvee("models", "list", "--folder", "team", "--json").json == []
    assert "no folder" in cuvee("models", "move", "lr", "").out


def test_versions_are_listed_highest_first(cuvee: Command, run_id: str) -> None:
    found = cuvee("versions", "list", "lr", "--json").json

    assert [v["version"] for v in found] == ["2", "1"]
    assert run_id in cuvee("versions", "list", "lr").out
    assert "the baseline" in cuvee("versions", "show", "lr", "1").out
    found = cuvee("versions", "search", f"run_id = '{run_id}'", "--json").json
    assert len(found) == 2


def test_versions_of_a_model_that_does_not_exist_are_an_error(
    cuvee: Command,
    store: Store,  # noqa: ARG001
) -> None:
    assert cuvee("versions", "list", "beer").status == 1


def test_a_version_is_moved_with_a_reason_that_events_show(
    cuvee: Command,
    store: Store,
    run_id: str,  # noqa: ARG001
) -> None:
    said = cuvee(
        "versions", "stage", "lr", "2", "production", "--archive-existing", "--comment", "better"
    )

    assert said.out == "lr version 2 is in Production.\n"
    assert cuvee("versions", "show", "lr", "1", "--json").json["current_stage"] == "Archived"
    event = store.do(ListEvents(newest_first=True, object="version:lr/2")).events[0]
    assert event.comment == "better"
    assert "better" in cuvee("events", "--object", "version:lr/2").out
    assert cuvee("events", "--limit", "1", "--json").json[0]["comment"] == "better"


def test_an_alias_is_set(cuvee: Command, store: Store, run_id: str) -> None:  # noqa: ARG001
    said = cuvee("versions", "alias", "lr", "2", "champion")

    assert said.out == "models:/lr@champion is version 2.\n"
    found = store.do(GetModelVersionByAlias(name="lr", alias="champion")).model_version
    assert found.version == "2"


def test_a_limit_is_kept_and_said(cuvee: Command, store: Store) -> None:
    for _ in range(3):
        store.do(CreateRun(experiment_id="0"))
    said = cuvee("runs", "list", "--limit", "2", "--json")

    assert len(said.json) == 2
    assert "--limit" in said.err
    assert cuvee("runs", "list", "--limit", "3").err == ""


def test_the_schema_of_a_database_is_told_and_brought_up(cuvee: Command, tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path}/new.db"

    assert "empty" in cuvee("db", "status", url).out
    assert "up to date" in cuvee("db", "upgrade", url).out
    assert "up to date" in cuvee("db", "status", url).out
