"""One's own object together with somebody else's: refused, and nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from cuvee.api.access_lists import (
    AccessEntry,
    GetModelPermissionLevels,
    GetModelPermissions,
    UpdateModelPermissions,
)
from cuvee.api.ancestry import GetRunLineage
from cuvee.api.artifacts import (
    AnnounceArtifact,
    DeleteArtifact,
    FindArtifact,
    ListStoredArtifacts,
    PutArtifact,
)
from cuvee.api.base import Actor, Op
from cuvee.api.charts import GetMetricSeries, GetMetricTail
from cuvee.api.datasets import LogInputs, LogOutputs, ModelInput, ModelOutput, SearchDatasets
from cuvee.api.experiments import CreateExperiment, UpdateExperiment
from cuvee.api.folders import ArchiveFolder, MoveFolder, RestoreFolder
from cuvee.api.forks import ForkRun, RewindRun
from cuvee.api.leases import GetLease, Heartbeat
from cuvee.api.logged_models import CreateLoggedModel, SearchLoggedModels
from cuvee.api.metrics import (
    GetMetricHistoryBulk,
    GetMetricHistoryBulkInterval,
    LogMetric,
    Metric,
)
from cuvee.api.models import CreateRegisteredModel, RenameRegisteredModel
from cuvee.api.outlines import SearchRunOutline
from cuvee.api.permissions import GrantPermission, RevokePermission
from cuvee.api.run_batches import DeleteRuns, RestoreRuns, TagRuns
from cuvee.api.runs import CreateRun, LogBatch, RunTag, SearchRuns, SetTag
from cuvee.api.searches import CompleteSearch, ListRunKeys, SearchRunTable
from cuvee.api.trees import GetRunTree, ListRunGroups
from cuvee.api.user_permissions import (
    AddRolePermission,
    GrantUserPermission,
    RemoveRolePermission,
    UpdateRolePermission,
)
from cuvee.api.versions import CreateModelVersion
from cuvee.errors import CuveeError, InvalidParameter, NotFound, PermissionDenied
from cuvee.store.sql import SqlStore
from permissions.conftest import add_user
from refusals.examples import seed
from refusals.served import dump

DIGEST = "0" * 64
PARENT = "mlflow.parentRunId"


class Yard(NamedTuple):
    """A store in which someone owns a little, and the rest is others'."""

    store: SqlStore
    owner: Actor
    mine: dict[str, str]
    theirs: dict[str, str]


@pytest.fixture(scope="module")
def yard(new_database: Callable[[], str]) -> Iterator[Yard]:
    """Return the store; the owner may create in ``own/`` and has made one of each there."""
    store = SqlStore.open(new_database())
    theirs = seed(store)
    file = f"{theirs['experiment']}/{theirs['run']}/artifacts/model/MLmodel"
    store.do(PutArtifact(path=f"{file}.new", digest=DIGEST, size=1))
    owner = add_user(store, "owner")
    store.do(GrantPermission(object="folder:own/", user="owner", permission="CAN_EDIT"))
    store.do(CreateRegisteredModel(name="mine"))
    store.do(GrantPermission(object="model:mine", user="owner", permission="CAN_MANAGE"))
    number = store.do(CreateExperiment(name="own/x"), owner).experiment_id
    run = store.do(CreateRun(experiment_id=number), owner).run.info.run_id
    model = store.do(CreateLoggedModel(experiment_id=number), owner).model.model_id
    mine = {"experiment": number, "run": run, "logged model": model}
    yield Yard(store, owner, mine, theirs)
    store.close()


def mixed(mine: dict[str, str], theirs: dict[str, str]) -> Iterator[Op[Any]]:
    """Yield operations on the owner's things that name others' as well."""
    run, model, number = mine["run"], mine["logged model"], mine["experiment"]
    their_run, their_model, their_number = (
        theirs["run"],
        theirs["logged model"],
        theirs["experiment"],
    )
    both = [number, their_number]
    point = Metric("m", 1.0, 1, 1, model_id=model)
    stray = Metric("m", 1.0, 1, 1, model_id=their_model)
    parent = RunTag(PARENT, their_run)
    yield LogMetric(run_id=run, key="m", value=1.0, timestamp=1, model_id=their_model)
    yield LogMetric(run_id=their_run, key="m", value=1.0, timestamp=1, model_id=model)
    yield LogBatch(run_id=run, metrics=[point, stray])
    yield LogBatch(run_id=run, metrics=[point], tags=[RunTag("a", "b"), parent])
    yield SetTag(run_id=run, key=PARENT, value=their_run)
    yield CreateRun(experiment_id=number, tags=[parent])
    yield LogInputs(run_id=run, models=[ModelInput(model), ModelInput(their_model)])
    yield LogOutputs(run_id=run, models=[ModelOutput(model), ModelOutput(their_model)])
    yield GetMetricHistoryBulk(run_id=[run, their_run], metric_key="rmse")
    yield GetMetricHistoryBulkInterval(run_ids=[run, their_run], metric_key="rmse")
    yield GetMetricSeries(run_ids=[run, their_run], keys=["rmse"])
    yield GetMetricTail(run_ids=[run, their_run])
    yield SearchRuns(experiment_ids=both)
    yield SearchRuns(experiment_ids=[f"+0{their_number}"])
    yield SearchRunTable(experiment_ids=both)
    yield SearchRunOutline(experiment_ids=both)
    yield ListRunKeys(experiment_ids=both)
    yield CompleteSearch(experiment_ids=both)
    yield SearchLoggedModels(experiment_ids=both)
    yield SearchDatasets(experiment_ids=both)
    yield CreateLoggedModel(experiment_id=number, source_run_id=their_run)
    yield CreateLoggedModel(experiment_id=their_number, source_run_id=run)
    for source, more in (
        (f"runs:/{their_run}/model", {"run_id": their_run}),
        (f"models:/{their_model}", {"model_id": their_model}),
        ("models:/grape/1", {}),
        ("models:/grape@best", {}),
        ("models:/grape/latest", {}),
        ("models:/grape/1", {"run_id": run}),
        (f"mlflow-artifacts:/{their_number}/{their_run}/artifacts/model", {"run_id": their_run}),
        ("s3://bucket/elsewhere", {"run_id": their_run}),
        ("s3://bucket/elsewhere", {"run_id": run, "model_id": their_model}),
    ):
        fields: dict[str, Any] = more
        yield CreateModelVersion(name="mine", source=source, **fields)
    yield CreateModelVersion(name="grape", source=f"runs:/{run}/model", run_id=run)
    yield RenameRegisteredModel(name="grape", new_name="own/grape".replace("/", "-"))
    yield UpdateExperiment(experiment_id=number, new_name="others/x")
    yield UpdateExperiment(experiment_id=their_number, new_name="own/y")
    for place in ("", "/", "1", "1/sub", "999", "01", "1/../1", "/1"):
        location = f"mlflow-artifacts:/{place}"
        yield CreateExperiment(name="own/z", artifact_location=location)
        yield CreateExperiment(name="own/z", artifact_location=location.upper())
    yield CreateExperiment(name="others/z")
    yield from permissions(theirs)
    yield from relatives(number, theirs)
    yield from batches(mine, theirs)
    yield from paths(mine, theirs)


def batches(mine: dict[str, str], theirs: dict[str, str]) -> Iterator[Op[Any]]:
    """Yield changes of many runs, of which some are somebody else's."""
    run, their_run = mine["run"], theirs["run"]
    both = [mine["experiment"], theirs["experiment"]]
    parent = RunTag(PARENT, their_run)
    for batch in (DeleteRuns, RestoreRuns):
        yield batch(run_ids=[run, their_run])
        yield batch(experiment_ids=both)
    for tags in ([RunTag("a", "b")], [parent]):
        yield TagRuns(run_ids=[run, their_run], tags=tags)
        yield TagRuns(experiment_ids=both, tags=tags)
    yield TagRuns(run_ids=[run], tags=[parent])


def relatives(number: str, theirs: dict[str, str]) -> Iterator[Op[Any]]:
    """Yield operations on runs and folders that belong together."""
    their_run = theirs["run"]
    yield CreateRun(experiment_name="wine")
    yield CreateRun(experiment_name="others/new")
    yield CreateRun(experiment_name="own/new", tags=[RunTag(PARENT, their_run)])
    yield Heartbeat(run_id=their_run)
    yield GetLease(run_id=their_run)
    yield GetRunTree(run_id=their_run)
    yield GetRunLineage(run_id=their_run)
    yield ListRunGroups(experiment_ids=[number, theirs["experiment"]])
    yield ForkRun(run_id=their_run, step=1)
    yield RewindRun(run_id=their_run, step=1)
    yield MoveFolder(folder="own", new_folder="others")
    yield MoveFolder(folder="cellar", new_folder="own")
    yield ArchiveFolder(folder="cellar")
    yield RestoreFolder(folder="cellar")


def permissions(theirs: dict[str, str]) -> Iterator[Op[Any]]:
    """Yield attempts to give oneself more."""
    here = {"user": "owner", "permission": "CAN_MANAGE"}
    for where in ("folder:", "folder:own/", "models:", "model:grape", "experiment:1"):
        yield GrantPermission(object=where, **here)  # type: ignore[arg-type]
    yield RevokePermission(object="folder:own/", user="owner")
    for kind, number in (("experiment", "1"), ("registered_model", "grape"), ("experiment", "*")):
        yield GrantUserPermission(
            username="owner",
            resource_type=kind,  # type: ignore[arg-type]
            resource_id=number,
            permission="MANAGE",
        )
    yield AddRolePermission(
        role_id=0, resource_type="registered_model", resource_pattern="own/*", permission="MANAGE"
    )
    level = int(theirs["level"])
    yield UpdateRolePermission(role_permission_id=level, permission="MANAGE")
    yield RemoveRolePermission(role_permission_id=level)


def paths(mine: dict[str, str], theirs: dict[str, str]) -> Iterator[Op[Any]]:
    """Yield attempts on files that are others', or nobody's."""
    root = f"{theirs['experiment']}/{theirs['run']}/artifacts"
    model = f"{theirs['experiment']}/models/{theirs['logged model']}/artifacts"
    for path in (
        f"{root}/model/MLmodel.new",
        f"{root}/new",
        f"{model}/MLmodel",
        f"{theirs['experiment']}/{mine['run']}/artifacts/x",
        f"{theirs['experiment']}/models/{mine['logged model']}/artifacts/x",
        f"nobody/{mine['run']}/artifacts/x",
        "nobody",
        "99/x",
        f"0{mine['experiment']}/x",
    ):
        yield PutArtifact(path=path, digest=DIGEST, size=1)
        yield AnnounceArtifact(path=path)
        yield FindArtifact(path=path)
        yield DeleteArtifact(path=path)
        yield ListStoredArtifacts(path=path)
    yield ListStoredArtifacts()
    yield ListStoredArtifacts(path=theirs["experiment"])
    yield DeleteArtifact(path=theirs["experiment"])


def test_others_things_are_refused_wherever_they_are_named(yard: Yard) -> None:
    before = dump(yard.store.database.url)
    for op in mixed(yard.mine, yard.theirs):
        # A place for artifacts may be one that nobody can have.
        odd = getattr(op, "artifact_location", "")
        refusal: Any = (PermissionDenied, InvalidParameter) if odd else PermissionDenied
        try:
            with pytest.raises(refusal):
                yard.store.do(op, yard.owner)
        except BaseException as problem:
            raise AssertionError(f"{op}: {problem!r}") from problem
    assert dump(yard.store.database.url) == before


def test_ones_own_things_are_not(yard: Yard) -> None:
    """The same operations with the owner's ids in every place are accepted."""
    store, owner, mine = yard.store, yard.owner, yard.mine
    number, run, model = mine["experiment"], mine["run"], mine["logged model"]
    root = f"{number}/{run}/artifacts"
    parent = store.do(CreateRun(experiment_name="own/x"), owner).run.info.run_id
    for op in (
        LogMetric(run_id=run, key="m", value=1.0, timestamp=1, model_id=model),
        LogBatch(run_id=run, tags=[RunTag(PARENT, parent)]),
        LogInputs(run_id=run, models=[ModelInput(model)]),
        SearchRuns(experiment_ids=[number]),
        SearchRunTable(experiment_ids=[number]),
        ListRunKeys(experiment_ids=[number]),
        CompleteSearch(experiment_ids=[number]),
        CreateLoggedModel(experiment_id=number, source_run_id=run),
        PutArtifact(path=f"{root}/model/MLmodel", digest=DIGEST, size=1),
        FindArtifact(path=f"{root}/model/MLmodel"),
        ListStoredArtifacts(path=number),
        PutArtifact(path=f"{number}/models/{model}/artifacts/x", digest=DIGEST, size=1),
        CreateModelVersion(name="mine", source=f"runs:/{run}/model", run_id=run),
        CreateModelVersion(name="mine", source="models:/mine/1"),
        CreateRun(experiment_name="own/new"),
        Heartbeat(run_id=run),
        ForkRun(run_id=run, step=1, artifacts=True),
        GetRunTree(run_id=parent),
        GetRunLineage(run_id=parent),
        ListRunGroups(experiment_ids=[number]),
        CreateExperiment(name="own/place", artifact_location="mlflow-artifacts:/elsewhere/x"),
        CreateExperiment(name="own/bucket", artifact_location="s3://bucket/x"),
        DeleteArtifact(path=f"{number}/models/{model}/artifacts/x"),
    ):
        store.do(op, owner)


def test_who_reads_a_model_reads_its_files_but_not_the_run(yard: Yard) -> None:
    store = yard.store
    reader = add_user(store, "reader")
    number, run = yard.theirs["experiment"], yard.theirs["run"]
    inside = f"{number}/{run}/artifacts/model/MLmodel.new"
    beside = f"{number}/{run}/artifacts/notes.txt"
    store.do(PutArtifact(path=beside, digest=DIGEST, size=1))
    with pytest.raises(PermissionDenied):
        store.do(FindArtifact(path=inside), reader)
    store.do(GrantPermission(object="model:grape", user="reader", permission="CAN_READ"))
    assert store.do(FindArtifact(path=inside), reader).digest == DIGEST
    listed = store.do(ListStoredArtifacts(path=f"{number}/{run}/artifacts/model"), reader).files
    assert [f.path for f in listed] == ["MLmodel.new"]
    for op in (
        FindArtifact(path=beside),
        ListStoredArtifacts(path=f"{number}/{run}/artifacts"),
        PutArtifact(path=inside, digest=DIGEST, size=1),
        DeleteArtifact(path=inside),
    ):
        with pytest.raises(PermissionDenied):
            store.do(op, reader)


def test_a_sealed_path_does_not_tell_the_model_to_who_cannot_see_it(yard: Yard) -> None:
    store, owner = yard.store, yard.owner
    editor = add_user(store, "editor")
    number, run = yard.mine["experiment"], yard.mine["run"]
    path = f"{number}/{run}/artifacts/sealed/x"
    store.do(PutArtifact(path=path, digest=DIGEST, size=1))
    store.do(CreateModelVersion(name="mine", source=f"runs:/{run}/sealed", run_id=run), owner)
    store.do(GrantPermission(object=f"experiment:{number}", user="editor", permission="CAN_MANAGE"))
    for op in (PutArtifact(path=path, digest="1" * 64, size=1), DeleteArtifact(path=path)):
        with pytest.raises(CuveeError, match="that you cannot see") as caught:
            store.do(op, editor)
        assert "mine" not in caught.value.message


@contextmanager
def suppress_to(said: list[str]) -> Iterator[None]:
    """Go on after a refusal, and keep what it said."""
    try:
        yield
    except (PermissionDenied, NotFound) as problem:
        said.append(problem.message)


def test_numbers_that_are_tried_out_tell_no_names(yard: Yard) -> None:
    store = yard.store
    guest = add_user(store, "guest")
    add_user(store, "host")
    hidden = "grape", "kept", "hidden/"
    for text in ("model:grape", "model:kept", "models:hidden/"):
        store.do(GrantPermission(object=text, user="host", permission="CAN_READ"))
    listed = [AccessEntry(user_name="guest", permission_level="CAN_MANAGE")]
    said: list[str] = []
    for number in range(1, 40):
        for op in (
            GetModelPermissions(id=str(number)),
            GetModelPermissionLevels(id=str(number)),
            UpdateModelPermissions(id=str(number), access_control_list=listed),
            RemoveRolePermission(role_permission_id=number),
            UpdateRolePermission(role_permission_id=number, permission="EDIT"),
        ):
            with suppress_to(said):
                store.do(op, guest)  # everyone may read one of them
    assert any("number 1 of registered models" in text for text in said)
    assert any("a folder of registered models" in text for text in said)
    assert not [text for text in said for name in hidden if name in text]
