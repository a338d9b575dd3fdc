"""Registered models, versions, stages, aliases and tags behave the same on every store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cuvee.api.base import Op, Store
from cuvee.api.experiments import CreateExperiment, DeleteExperiment
from cuvee.api.logged_models import CreateLoggedModel, DeleteLoggedModel, GetLoggedModel
from cuvee.api.models import (
    CreateRegisteredModel,
    DeleteRegisteredModel,
    DeleteRegisteredModelAlias,
    DeleteRegisteredModelTag,
    GetLatestVersions,
    GetModelVersionByAlias,
    GetRegisteredModel,
    RegisteredModel,
    RegisteredModelTag,
    RenameRegisteredModel,
    SetRegisteredModelAlias,
    SetRegisteredModelTag,
    UpdateRegisteredModel,
)
from cuvee.api.runs import CreateRun
from cuvee.api.versions import (
    CreateModelVersion,
    DeleteModelVersion,
    DeleteModelVersionTag,
    GetModelVersion,
    GetModelVersionDownloadUri,
    ModelVersion,
    ModelVersionTag,
    SetModelVersionTag,
    TransitionStage,
    UpdateModelVersion,
)
from cuvee.errors import AlreadyExists, Conflict, CuveeError, InvalidParameter, NotFound

S3 = "s3://bucket/model"


def model(store: Store, name: str = "wine", versions: int = 0) -> RegisteredModel:
    """Make a model with some versions."""
    store.do(CreateRegisteredModel(name=name))
    for _ in range(versions):
        store.do(CreateModelVersion(name=name, source=S3))
    return read(store, name)


def read(store: Store, name: str = "wine") -> RegisteredModel:
    return store.do(GetRegisteredModel(name=name)).registered_model


def version(store: Store, number: int, name: str = "wine") -> ModelVersion:
    return store.do(GetModelVersion(name=name, version=str(number))).model_version


def move(store: Store, number: int, stage: str, *, archive: bool = False) -> ModelVersion:
    op = TransitionStage(
        name="wine", version=str(number), stage=stage, archive_existing_versions=archive
    )
    return store.do(op).model_version


def test_a_model_is_read_back_as_it_was_made(store: Store) -> None:
    tags = [
        RegisteredModelTag("a", "1"),
        RegisteredModelTag("b", "2"),
        RegisteredModelTag("a", "3"),
    ]
    made = store.do(CreateRegisteredModel(name="my @ wine", description="d", tags=tags))

    found = read(store, "my @ wine")

    assert found == made.registered_model
    assert (found.description, found.tags) == ("d", {"a": "3", "b": "2"})
    assert (found.latest_versions, found.aliases) == ([], {})


def test_a_name_is_taken_once(store: Store) -> None:
    model(store)

    with pytest.raises(AlreadyExists):
        store.do(CreateRegisteredModel(name="wine"))
    assert model(store, "Wine")


@pytest.mark.parametrize("name", ["", " ", "a/b", "a:b", ".", "..", "x" * 257])
def test_a_name_that_could_not_stand_in_a_uri_is_refused(store: Store, name: str) -> None:
    with pytest.raises(InvalidParameter):
        store.do(CreateRegisteredModel(name=name))


def test_an_absent_description_clears_it(store: Store) -> None:
    store.do(CreateRegisteredModel(name="wine", description="old"))
    store.do(UpdateRegisteredModel(name="wine", description="new"))
    assert read(store).description == "new"
    store.do(UpdateRegisteredModel(name="wine"))
    assert read(store).description is None


def test_a_rename_takes_everything_along(store: Store) -> None:
    model(store, versions=2)
    store.do(SetRegisteredModelTag(name="wine", key="k", value="v"))
    store.do(SetRegisteredModelAlias(name="wine", alias="best", version="2"))
    move(store, 1, "Production")
    model(store, "taken")

    with pytest.raises(AlreadyExists):
        store.do(RenameRegisteredModel(name="wine", new_name="taken"))
    store.do(RenameRegisteredModel(name="wine", new_name="wine"))
    store.do(RenameRegisteredModel(name="wine", new_name="port"))

    found = read(store, "port")
    assert (found.tags, found.aliases) == ({"k": "v"}, {"best": "2"})
    assert version(store, 1, "port").current_stage == "Production"
    with pytest.raises(NotFound):
        read(store)
    assert model(store).latest_versions == []


def test_deleting_a_model_frees_its_name_and_numbers(store: Store) -> None:
    model(store, versions=2)
    store.do(SetRegisteredModelAlias(name="wine", alias="best", version="2"))
    store.do(SetModelVersionTag(name="wine", version="1", key="k", value="v"))
    store.do(DeleteRegisteredModel(name="wine"))

    with pytest.raises(NotFound):
        version(store, 1)
    assert model(store, versions=1).latest_versions[0].version == "1"
    assert (read(store).aliases, version(store, 1).tags) == ({}, {})


def test_versions_are_numbered_without_gaps_under_concurrency(store: Store) -> None:
    model(store)

    with ThreadPoolExecutor(8) as pool:
        made = pool.map(
            lambda _: store.do(CreateModelVersion(name="wine", source=S3)).model_version.version,
            range(24),
        )

    assert sorted(map(int, made)) == list(range(1, 25))


def test_a_deleted_version_keeps_its_number(store: Store) -> None:
    model(store, versions=3)
    store.do(SetRegisteredModelAlias(name="wine", alias="best", version="3"))
    store.do(DeleteModelVersion(name="wine", version="3"))

    assert read(store).aliases == {}
    with pytest.raises(NotFound):
        version(store, 3)
    with pytest.raises(NotFound):
        store.do(DeleteModelVersion(name="wine", version="3"))
    made = store.do(CreateModelVersion(name="wine", source=S3)).model_version
    assert made.version == "4"


def test_stages_are_spelled_in_any_case_and_kept_in_one(store: Store) -> None:
    model(store, versions=1)

    assert move(store, 1, "pRODUCTION").current_stage == "Production"
    assert move(store, 1, "none").current_stage == "None"
    with pytest.raises(InvalidParameter, match="Staging"):
        move(store, 1, "Live")


def test_moving_to_a_stage_archives_its_holders_only_when_asked(store: Store) -> None:
    model(store, versions=3)
    move(store, 1, "Production")
    move(store, 2, "Production")
    assert [version(store, i).current_stage for i in (1, 2, 3)] == [
        "Production",
        "Production",
        "None",
    ]
    move(store, 3, "Production", archive=True)
    assert [version(store, i).current_stage for i in (1, 2, 3)] == [
        "Archived",
        "Archived",
        "Production",
    ]
    for stage in ("Archived", "None"):
        with pytest.raises(InvalidParameter, match="archive_existing_versions"):
            move(store, 3, stage, archive=True)
    assert version(store, 3).current_stage == "Production"


def test_the_latest_versions_are_the_highest_of_each_stage(store: Store) -> None:
    model(store, versions=5)
    move(store, 2, "Production")
    move(store, 1, "Production")
    move(store, 3, "Staging")

    def latest(*stages: str) -> dict[str, str]:
        found = store.do(GetLatestVersions(name="wine", stages=list(stages))).model_versions
        return {v.current_stage: v.version for v in found}

    everything = {"Production": "2", "Staging": "3", "None": "5"}
    assert latest() == everything
    assert {v.current_stage: v.version for v in read(store).latest_versions} == everything
    assert latest("production", "Archived") == {"Production": "2"}
    with pytest.raises(InvalidParameter):
        latest("Live")


def test_an_alias_points_where_it_was_set_last(store: Store) -> None:
    model(store, versions=2)
    for number in ("1", "2"):
        store.do(SetRegisteredModelAlias(name="wine", alias="best", version=number))
        store.do(SetRegisteredModelAlias(name="wine", alias="Best", version="1"))

    def at(alias: str) -> ModelVersion:
        return store.do(GetModelVersionByAlias(name="wine", alias=alias)).model_version

    assert (at("best").version, at("Best").version, at("LATEST").version) == ("2", "1", "2")
    assert at("best").aliases == ["best"]
    assert read(store).aliases == {"best": "2", "Best": "1"}
    store.do(DeleteRegisteredModelAlias(name="wine", alias="best"))
    store.do(DeleteRegisteredModelAlias(name="wine", alias="best"))
    with pytest.raises(InvalidParameter):
        at("best")
    with pytest.raises(NotFound):
        store.do(GetModelVersionByAlias(name="nope", alias="best"))
    with pytest.raises(NotFound):
        store.do(SetRegisteredModelAlias(name="wine", alias="x", version="9"))


@pytest.mark.parametrize("alias", ["", "latest", "Latest", "v1", "V22", "a b", "a/b", "x" * 256])
def test_a_reserved_or_malformed_alias_is_refused(store: Store, alias: str) -> None:
    model(store, versions=1)

    with pytest.raises(InvalidParameter):
        store.do(SetRegisteredModelAlias(name="wine", alias=alias, version="1"))
    assert read(store).aliases == {}


def test_tags_are_set_replaced_and_deleted(store: Store) -> None:
    model(store, versions=1)
    for value in ("1", "2"):
        store.do(SetRegisteredModelTag(name="wine", key="k", value=value))
        store.do(SetModelVersionTag(name="wine", version="1", key="k", value=value))
    assert (read(store).tags, version(store, 1).tags) == ({"k": "2"}, {"k": "2"})
    for _ in range(2):
        store.do(DeleteRegisteredModelTag(name="wine", key="k"))
        store.do(DeleteModelVersionTag(name="wine", version="1", key="k"))
    assert (read(store).tags, version(store, 1).tags) == ({}, {})


def test_times_move_as_the_protocol_says(store: Store) -> None:
    model(store, versions=1)

    def times() -> tuple[int, int]:
        return read(store).last_updated_timestamp, version(store, 1).last_updated_timestamp

    before = times()
    store.do(SetRegisteredModelTag(name="wine", key="k", value="v"))
    store.do(SetRegisteredModelAlias(name="wine", alias="a", version="1"))
    store.do(SetModelVersionTag(name="wine", version="1", key="k", value="v"))
    assert times() == before
    store.do(UpdateModelVersion(name="wine", version="1", description="d"))
    assert times()[0] == before[0]
    assert times()[1] >= before[1]
    move(store, 1, "Staging")
    assert times()[0] > before[0]


def test_a_version_of_a_run_must_name_that_run(store: Store) -> None:
    run = store.do(CreateRun(experiment_id="0")).run.info
    other = store.do(CreateRun(experiment_id="0")).run.info
    model(store)

    for source in (f"runs:/{run.run_id}/m", f"{run.artifact_uri}/m"):
        made = store.do(CreateModelVersion(name="wine", source=source, run_id=run.run_id))
        assert (made.model_version.source, made.model_version.run_id) == (source, run.run_id)
        uri = store.do(
            GetModelVersionDownloadUri(name="wine", version=made.model_version.version)
        ).artifact_uri
        assert uri == source
        for run_id in ("", other.run_id, "f" * 32):
            with pytest.raises(CuveeError):
                store.do(CreateModelVersion(name="wine", source=source, run_id=run_id))


def test_a_version_of_a_logged_model_takes_its_run_along(store: Store) -> None:
    run_id = store.do(CreateRun(experiment_id="0")).run.info.run_id
    op = CreateLoggedModel(experiment_id="0", name="m", source_run_id=run_id)
    logged = store.do(op).model
    model(store)
    source = f"models:/{logged.model_id}"

    for model_id in ("", "m-0"):
        with pytest.raises(InvalidParameter):
            store.do(CreateModelVersion(name="wine", source=source, model_id=model_id))
    made = store.do(
        CreateModelVersion(name="wine", source=source, model_id=logged.model_id)
    ).model_version

    assert (made.run_id, made.model_id) == (run_id, logged.model_id)
    uri = store.do(GetModelVersionDownloadUri(name="wine", version="1")).artifact_uri
    assert uri == logged.artifact_location
    tags = store.do(GetLoggedModel(model_id=logged.model_id)).model.tags
    assert tags["mlflow.modelVersions"] == '[{"name": "wine", "version": 1}]'
    store.do(DeleteLoggedModel(model_id=logged.model_id))
    assert version(store, 1).source == source
    with pytest.raises(NotFound):
        store.do(CreateModelVersion(name="wine", source=source, model_id=logged.model_id))


def test_a_logged_model_is_registered_as_its_own_run_s(store: Store) -> None:
    """What was measured of another run must not speak for it."""
    run, better = (store.do(CreateRun(experiment_id="0")).run.info.run_id for _ in range(2))
    logged = store.do(CreateLoggedModel(experiment_id="0", name="m", source_run_id=run)).model
    store.do(CreateRegisteredModel(name="wine"))
    asked: dict[str, Any] = {
        "name": "wine",
        "source": f"models:/{logged.model_id}",
        "model_id": logged.model_id,
    }
    with pytest.raises(InvalidParameter, match=f"{run}.*{better}.*leave it out"):
        store.do(CreateModelVersion(**asked, run_id=better))
    for said in ("", run):
        version = store.do(CreateModelVersion(**asked, run_id=said)).model_version
        assert version.run_id == run


def test_the_experiment_of_a_logged_model_in_use_is_not_deleted(store: Store) -> None:
    number = store.do(CreateExperiment(name="of models only")).experiment_id
    logged = store.do(CreateLoggedModel(experiment_id=number)).model.model_id
    model(store, versions=0)
    store.do(CreateModelVersion(name="wine", source=f"models:/{logged}", model_id=logged))
    move(store, 1, "Production")

    with pytest.raises(Conflict, match=r"version 1 of wine \(Production\) would be without it"):
        store.do(DeleteExperiment(experiment_id=number))
    store.do(DeleteExperiment(experiment_id=number, force=True))


def test_a_copy_stays_valid_when_its_source_is_deleted(store: Store) -> None:
    model(store, versions=2)
    move(store, 1, "Production")
    store.do(SetRegisteredModelAlias(name="wine", alias="best", version="1"))
    model(store, "copy")

    for suffix in ("/1", "/production", "@best"):
        made = store.do(CreateModelVersion(name="copy", source=f"models:/wine{suffix}"))
        assert made.model_version.source == "models:/wine/1"
    newest = store.do(CreateModelVersion(name="copy", source="models:/wine/latest"))
    assert newest.model_version.source == "models:/wine/2"
    store.do(DeleteRegisteredModel(name="wine", force=True))
    uri = store.do(GetModelVersionDownloadUri(name="copy", version="1")).artifact_uri
    assert uri == S3


@pytest.mark.parametrize(
    "source",
    [
        "",
        "models:/nope/1",
        "models:/wine/9",
        "models:/wine/Live",
        "models:/wine@nope",
        "models:/m-0",
        "runs:/nope/m",
        "http://host/m",
        "/etc/passwd",
        "file:///etc/passwd",
        "etc/passwd",
        "mlflow-artifacts:/0/x/artifacts/m",
        "s3://bucket/../x",
        "s3://bucket/%2e%2e/x",
        "s3://bucket/%252e%252e/x",
    ],
)
def test_a_source_that_may_not_be_named_is_refused(store: Store, source: str) -> None:
    model(store)

    with pytest.raises(CuveeError) as caught:
        store.do(CreateModelVersion(name="wine", source=source))
    assert 400 <= caught.value.status < 500
    assert read(store).latest_versions == []


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_source_is_where_its_path_leads(store: Store, scheme: str) -> None:
    model(store)
    made = store.do(CreateExperiment(name="e", artifact_location=f"{scheme}/data/e"))
    run = store.do(CreateRun(experiment_id=made.experiment_id)).run.info
    root = run.artifact_uri
    assert root == f"{scheme}/data/e/{run.run_id}/artifacts"

    for sent, kept in (
        (f"{root}/m/..", root),
        (f"{root}/m/../n/./o/", f"{root}/n/o"),
        (f"{root}/../artifacts/m", f"{root}/m"),
    ):
        op = CreateModelVersion(name="wine", source=sent, run_id=run.run_id)
        assert store.do(op).model_version.source == kept
    for sent in (
        f"{root}/..",
        f"{root}/m/../../..",
        f"{root}/m/../../../other/artifacts",
        f"{root}/m/%2e%2e",
        f"{root}/m/%2e%2e/../m",
        f"{root}/m\\..",
        f"//data/../{root}/m",
        f"file://data/..{root.removeprefix(scheme)}",
    ):
        op = CreateModelVersion(name="wine", source=sent, run_id=run.run_id)
        with pytest.raises(InvalidParameter, match="Invalid model version source"):
            store.do(op)


def test_a_source_on_another_host_is_no_file_here(store: Store) -> None:
    model(store)
    run = store.do(CreateRun(experiment_id="0")).run.info
    for source in ("file://1.2.3.4/data/m", "FILE://host/data/m"):
        op = CreateModelVersion(name="wine", source=source, run_id=run.run_id)
        with pytest.raises(InvalidParameter, match="it is not a valid remote uri"):
            store.do(op)


def test_a_prompt_may_name_any_word_as_its_source(store: Store) -> None:
    prompt = {"mlflow.prompt.is_prompt": "true", "mlflow.prompt.text": "Taste {{ wine }}."}
    store.do(CreateRegisteredModel(name="taste"))

    def create(source: str, tags: dict[str, str]) -> ModelVersion:
        items = [ModelVersionTag(key, value) for key, value in tags.items()]
        op = CreateModelVersion(name="taste", source=source, tags=items)
        return store.do(op).model_version

    made = create("no-source", prompt)
    assert (made.version, made.source, made.tags) == ("1", "no-source", prompt)
    found = store.do(GetModelVersionDownloadUri(name="taste", version="1"))
    assert found.artifact_uri == "no-source"
    for source, tags in (
        ("no-source", {}),
        ("no-source", {**prompt, "mlflow.prompt.is_prompt": "false"}),
        ("no/source", prompt),
        ("%2fsource", prompt),
        ("/source", prompt),
        ("..", prompt),
        ("file:source", prompt),
        ("https://example.com/source", prompt),
    ):
        with pytest.raises(InvalidParameter, match="Invalid model version source"):
            create(source, tags)


def test_what_does_not_exist_is_not_found(store: Store) -> None:
    model(store)
    ops: list[Op[object]] = [
        GetRegisteredModel(name="nope"),
        UpdateRegisteredModel(name="nope"),
        RenameRegisteredModel(name="nope", new_name="x"),
        DeleteRegisteredModel(name="nope"),
        GetLatestVersions(name="nope"),
        SetRegisteredModelTag(name="nope", key="k"),
        DeleteRegisteredModelAlias(name="nope", alias="a"),
        CreateModelVersion(name="nope", source=S3),
        GetModelVersion(name="wine", version="1"),
        UpdateModelVersion(name="wine", version="1"),
        TransitionStage(name="wine", version="1", stage="Staging"),
        SetModelVersionTag(name="wine", version="1", key="k"),
        GetModelVersionDownloadUri(name="wine", version="1"),
    ]
    for op in ops:
        with pytest.raises(NotFound):
            store.do(op)


@pytest.mark.parametrize("number", ["-1", "0", "2", "9" * 18])
def test_a_number_that_no_version_has_is_not_there(store: Store, number: str) -> None:
    model(store, versions=1)

    with pytest.raises(NotFound, match=rf"name=wine, version={number}\) not found"):
        store.do(GetModelVersion(name="wine", version=number))


@pytest.mark.parametrize("number", ["", "x", "1.0", "--1", "9" * 40, "\uff11"])
def test_what_is_no_version_is_refused(store: Store, number: str) -> None:
    model(store, versions=1)

    with pytest.raises(InvalidParameter):
        store.do(GetModelVersion(name="wine", version=number))


def test_a_version_number_may_have_leading_zeros(store: Store) -> None:
    model(store, versions=1)

    assert store.do(GetModelVersion(name="wine", version="01")).model_version.version == "1"
