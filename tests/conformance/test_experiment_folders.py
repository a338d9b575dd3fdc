"""Folders of experiments: listed, moved, archived and restored with all that lies in them."""

from __future__ import annotations

import pytest

from cuvee.api.base import Level, Store
from cuvee.api.events import ListEvents
from cuvee.api.experiments import (
    CreateExperiment,
    DeleteExperiment,
    GetExperiment,
    GetExperimentByName,
)
from cuvee.api.folders import (
    ArchiveFolder,
    Folder,
    FolderListing,
    ListFolder,
    ListTopFolders,
    MoveFolder,
    RestoreFolder,
    TopFolder,
)
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.permissions import GrantPermission, level_name
from cuvee.api.runs import CreateRun, GetRun
from cuvee.errors import AlreadyExists, InvalidParameter, NotFound, PermissionDenied
from cuvee.store.sql import SqlStore
from permissions.conftest import add_user

NAMES = ["top", "team/a", "team/b", "team/deep/er/c", "team-x/d", "teams"]


@pytest.fixture
def ids(store: Store) -> dict[str, str]:
    """The ids of some experiments by their names."""
    return {name: store.do(CreateExperiment(name=name)).experiment_id for name in NAMES}


def names(store: Store, ids: dict[str, str]) -> list[str]:
    return [store.do(GetExperiment(experiment_id=i)).experiment.name for i in ids.values()]


def listed(store: Store, folder: str = "") -> FolderListing:
    return store.do(ListFolder(folder=folder))


def test_the_tree_is_listed_with_counts(store: Store, ids: dict[str, str]) -> None:
    top = listed(store)
    assert top.folders == [Folder("team-x/", 1), Folder("team/", 3)]
    assert [e.name for e in top.experiments] == ["Default", "teams", "top"]
    assert top.count == 7
    team = listed(store, "team")
    assert team == listed(store, "team/")
    assert team.folders == [Folder("team/deep/", 1)]
    assert [e.name for e in team.experiments] == ["team/a", "team/b"]
    assert team.count == 3
    assert listed(store, "team/deep").folders == [Folder("team/deep/er/", 1)]
    assert listed(store, "absent") == FolderListing()
    store.do(DeleteExperiment(experiment_id=ids["team/a"]))
    assert listed(store, "team").count == 2
    assert store.do(ListFolder(folder="team", view_type="DELETED_ONLY")).count == 1


def test_a_folder_moves_with_all_that_lies_in_it(store: Store, ids: dict[str, str]) -> None:
    run = store.do(CreateRun(experiment_id=ids["team/a"])).run
    store.do(DeleteExperiment(experiment_id=ids["team/b"]))
    moved = store.do(MoveFolder(folder="team", new_folder="lab/old", comment="renamed"))

    assert moved.count == 3
    assert names(store, ids) == [
        "top",
        "lab/old/a",
        "lab/old/b",
        "lab/old/deep/er/c",
        "team-x/d",
        "teams",
    ]
    assert store.do(GetRun(run_id=run.info.run_id)).run == run
    event = store.do(ListEvents(object=f"experiment:{ids['team/a']}")).events[-1]
    assert (event.action, event.comment) == ("experiment.renamed", "renamed")
    assert (event.before, event.after) == ({"name": "team/a"}, {"name": "lab/old/a"})
    store.do(MoveFolder(folder="lab/old/", new_folder=""))
    assert names(store, ids)[1:4] == ["a", "b", "deep/er/c"]


def test_a_folder_moves_whole_or_not_at_all(store: Store, ids: dict[str, str]) -> None:
    store.do(CreateExperiment(name="lab/deep/er/c"))
    with pytest.raises(AlreadyExists, match="nothing was moved"):
        store.do(MoveFolder(folder="team", new_folder="lab"))
    with pytest.raises(InvalidParameter, match="characters"):
        store.do(MoveFolder(folder="team", new_folder="n" * 492))
    for place in ("team", "team/", "team/deep/x"):
        with pytest.raises(InvalidParameter, match="into itself"):
            store.do(MoveFolder(folder="team", new_folder=place))
    with pytest.raises(NotFound):
        store.do(MoveFolder(folder="absent", new_folder="x"))
    for bad in ("/", "a//b", "/a", "a//"):
        with pytest.raises(InvalidParameter, match="not a folder"):
            store.do(MoveFolder(folder=bad, new_folder="x"))
    assert names(store, ids) == NAMES


def test_a_folder_is_archived_and_restored(store: Store, ids: dict[str, str]) -> None:
    assert store.do(ArchiveFolder(folder="team")).count == 3
    stages = [
        store.do(GetExperiment(experiment_id=i)).experiment.lifecycle_stage for i in ids.values()
    ]
    assert stages == ["active", "deleted", "deleted", "deleted", "active", "active"]
    assert store.do(ArchiveFolder(folder="team")).count == 0
    assert store.do(RestoreFolder(folder="team/deep")).count == 1
    assert store.do(RestoreFolder(folder="team")).count == 2
    assert names(store, ids) == NAMES
    assert store.do(GetExperimentByName(experiment_name="team/a")).experiment.lifecycle_stage == (
        "active"
    )


def test_both_ends_must_allow_a_move(local_store: SqlStore) -> None:
    do = local_store.do
    ids = {n: do(CreateExperiment(name=n)).experiment_id for n in ("team/a", "team/b", "lab/c")}
    ann = add_user(local_store, "ann")

    def give(where: str, level: Level | str) -> None:
        name = level if isinstance(level, str) else level_name(level)
        do(GrantPermission(object=where, user="ann", permission=name))  # type: ignore[arg-type]

    move = MoveFolder(folder="team", new_folder="lab")
    give("folder:team/", Level.EDIT)
    give("folder:lab/", Level.EDIT)
    with pytest.raises(PermissionDenied):
        local_store.do(move, ann)
    give("folder:team/", Level.MANAGE)
    give("folder:lab/", Level.READ)
    with pytest.raises(PermissionDenied):
        local_store.do(move, ann)
    give("folder:lab/", "CAN_CREATE")
    give(f"experiment:{ids['team/b']}", "DENY")
    with pytest.raises(PermissionDenied):
        local_store.do(move, ann)
    for op in (ArchiveFolder(folder="team"), RestoreFolder(folder="team")):
        with pytest.raises(PermissionDenied):
            local_store.do(op, ann)
    found = local_store.do(ListFolder(folder="team"), ann)
    assert [e.name for e in found.experiments] == ["team/a"], "what she may not read is not there"
    give(f"experiment:{ids['team/b']}", Level.MANAGE)
    assert local_store.do(move, ann).count == 2


def test_the_outermost_folders_are_listed_once_with_what_lies_in_them(
    store: Store, ids: dict[str, str]
) -> None:
    for name, folder in (("a", "team/deep"), ("b", "Models"), ("c", ""), ("d", "team-x/y")):
        store.do(CreateRegisteredModel(name=name, folder=folder))
    found = store.do(ListTopFolders())
    both = {"experiments": True, "models": True}
    only = TopFolder("Models", models=True)
    assert found.folders == [only, TopFolder("team", **both), TopFolder("team-x", **both)]
    assert not found.more
    store.do(DeleteExperiment(experiment_id=ids["team-x/d"]))
    assert store.do(ListTopFolders()).folders[-1] == TopFolder("team-x", models=True)
    first = store.do(ListTopFolders(limit=2))
    assert [folder.path for folder in first.folders] == ["Models", "team"]
    assert first.more


def test_an_outermost_folder_is_listed_to_who_may_read_something_in_it(
    local_store: SqlStore,
) -> None:
    do = local_store.do
    ann = add_user(local_store, "ann")
    for name in ("open/a", "secret/b", "mixed/c", "mixed/d"):
        do(CreateExperiment(name=name))
    do(CreateRegisteredModel(name="m", folder="hidden"))
    assert do(ListTopFolders(), ann).folders == []
    for what in ("experiments:open/", "experiments:mixed/"):
        do(GrantPermission(object=what, user="ann", permission="CAN_READ"))
    assert [f.path for f in do(ListTopFolders(), ann).folders] == ["mixed", "open"]
