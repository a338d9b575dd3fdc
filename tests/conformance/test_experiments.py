"""Experiments behave the same on every store."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuvee.api.base import Store
from cuvee.api.experiments import (
    CreateExperiment,
    DeleteExperiment,
    DeleteExperimentTag,
    ExperimentTag,
    GetExperiment,
    GetExperimentByName,
    RestoreExperiment,
    SetExperimentTag,
    UpdateExperiment,
)
from cuvee.api.runs import CreateRun, DeleteRun, GetRun
from cuvee.errors import AlreadyExists, InvalidParameter, NotFound


def test_the_default_experiment_exists_from_the_start(store: Store) -> None:
    found = store.do(GetExperiment(experiment_id="0")).experiment

    assert (found.name, found.lifecycle_stage) == ("Default", "active")
    assert found.artifact_location == "mlflow-artifacts:/0"


def test_what_is_read_back_is_what_was_written(store: Store) -> None:
    tags = [ExperimentTag("a b/ü", "1"), ExperimentTag("mlflow.note.content", "long\ntext 😀")]
    made = store.do(CreateExperiment(name="wine 🍷 'q' \"d\"", tags=tags)).experiment_id

    found = store.do(GetExperimentByName(experiment_name="wine 🍷 'q' \"d\"")).experiment

    assert found.experiment_id == made
    assert found.tags == {t.key: t.value for t in tags}
    assert found.creation_time == found.last_update_time > 0


def test_ids_are_increasing_numbers(store: Store) -> None:
    made = [store.do(CreateExperiment(name=f"e{i}")).experiment_id for i in range(3)]

    assert [int(i) for i in made] == sorted({int(i) for i in made})


def test_a_name_is_taken_even_by_a_deleted_experiment(store: Store) -> None:
    made = store.do(CreateExperiment(name="wine")).experiment_id
    store.do(DeleteExperiment(experiment_id=made))
    other = store.do(CreateExperiment(name="other")).experiment_id

    with pytest.raises(AlreadyExists, match="restore"):
        store.do(CreateExperiment(name="wine"))
    with pytest.raises(AlreadyExists):
        store.do(UpdateExperiment(experiment_id=other, new_name="wine"))
    assert store.do(GetExperiment(experiment_id=other)).experiment.name == "other"


def test_names_are_case_sensitive(store: Store) -> None:
    store.do(CreateExperiment(name="wine"))

    assert store.do(CreateExperiment(name="Wine")).experiment_id


def test_renaming_to_the_own_name_is_fine(store: Store) -> None:
    made = store.do(CreateExperiment(name="wine")).experiment_id

    store.do(UpdateExperiment(experiment_id=made, new_name="wine"))

    assert store.do(GetExperiment(experiment_id=made)).experiment.name == "wine"


def test_deleting_takes_the_runs_along_and_restoring_brings_all_back(store: Store) -> None:
    made = store.do(CreateExperiment(name="wine")).experiment_id
    runs = [store.do(CreateRun(experiment_id=made)).run.info.run_id for _ in range(2)]
    store.do(DeleteRun(run_id=runs[0]))

    def stages() -> list[str]:
        return [store.do(GetRun(run_id=run)).run.info.lifecycle_stage for run in runs]

    store.do(DeleteExperiment(experiment_id=made))
    assert stages() == ["deleted", "deleted"]
    with pytest.raises(NotFound):
        store.do(DeleteExperiment(experiment_id=made))
    store.do(RestoreExperiment(experiment_id=made))
    assert stages() == ["active", "active"]
    with pytest.raises(NotFound):
        store.do(RestoreExperiment(experiment_id=made))


def test_a_deleted_experiment_is_not_written_to(store: Store) -> None:
    made = store.do(CreateExperiment(name="wine")).experiment_id
    store.do(DeleteExperiment(experiment_id=made))

    for op in (
        UpdateExperiment(experiment_id=made, new_name="x"),
        SetExperimentTag(experiment_id=made, key="a", value="b"),
        CreateRun(experiment_id=made),
    ):
        with pytest.raises(InvalidParameter, match="deleted"):
            store.do(op)
    found = store.do(GetExperiment(experiment_id=made)).experiment
    assert (found.name, found.tags, found.lifecycle_stage) == ("wine", {}, "deleted")


def test_tags_are_set_replaced_and_deleted(store: Store) -> None:
    made = store.do(CreateExperiment(name="wine")).experiment_id

    store.do(SetExperimentTag(experiment_id=made, key="a", value="1"))
    store.do(SetExperimentTag(experiment_id=made, key="a", value="2"))
    store.do(SetExperimentTag(experiment_id=made, key="empty"))
    assert store.do(GetExperiment(experiment_id=made)).experiment.tags == {"a": "2", "empty": ""}
    store.do(DeleteExperimentTag(experiment_id=made, key="a"))
    assert store.do(GetExperiment(experiment_id=made)).experiment.tags == {"empty": ""}
    with pytest.raises(NotFound):
        store.do(DeleteExperimentTag(experiment_id=made, key="a"))


@pytest.mark.parametrize("experiment_id", ["77", "0077"])
def test_an_unknown_id_is_not_found(store: Store, experiment_id: str) -> None:
    with pytest.raises(NotFound):
        store.do(GetExperiment(experiment_id=experiment_id))


@pytest.mark.parametrize("experiment_id", ["", "x", "1.0", "1" * 40, "\u0661"])
def test_what_is_no_id_is_refused(store: Store, experiment_id: str) -> None:
    with pytest.raises(InvalidParameter):
        store.do(GetExperiment(experiment_id=experiment_id))


@pytest.mark.parametrize(
    "location",
    [
        "runs:/abc/model",
        "http://host/x",
        "hdfs://host/x",
        "mlflow-artifacts://host/x",
        "s3://bucket/../x",
        "/srv/%2e%2e/etc",
        "s3://bucket/x#y",
        "s3://bucket/x?a=..",
    ],
)
def test_a_location_elsewhere_or_upwards_is_refused(store: Store, location: str) -> None:
    with pytest.raises(InvalidParameter):
        store.do(CreateExperiment(name="wine", artifact_location=location))
    with pytest.raises(NotFound):
        store.do(GetExperimentByName(experiment_name="wine"))


def test_a_location_may_be_given(store: Store) -> None:
    made = store.do(CreateExperiment(name="wine", artifact_location="s3://bucket/wine"))
    run = store.do(CreateRun(experiment_id=made.experiment_id)).run.info

    assert run.artifact_uri == f"s3://bucket/wine/{run.run_id}/artifacts"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a/b", f"{Path.cwd()}/a/b"),
        ("file:a/b/", f"file://{Path.cwd()}/a/b"),
        ("file:///a/b/", "file:///a/b"),
    ],
)
def test_a_relative_location_is_below_the_working_directory(
    store: Store, given: str, kept: str
) -> None:
    made = store.do(CreateExperiment(name="wine", artifact_location=given))
    found = store.do(GetExperiment(experiment_id=made.experiment_id)).experiment
    assert found.artifact_location == kept
