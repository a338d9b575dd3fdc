"""Trees, groups, forks, folders and purges from the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cuvee.api.base import Store
from cuvee.api.experiments import CreateExperiment, GetExperiment
from cuvee.api.metrics import LogMetric
from cuvee.api.runs import CreateRun, DeleteRun, GetRun, RunTag

Command = Callable[..., Any]


def new_run(store: Store, **tags: str) -> str:
    names = {"parent": "mlflow.parentRunId", "group": "cuvee.group"}
    items = [RunTag(names[key], value) for key, value in tags.items()]
    op = CreateRun(experiment_id="0", run_name=tags.get("group", "r"), tags=items)
    return store.do(op).run.info.run_id


def test_a_tree_is_shown_with_what_is_nested_where(cuvee: Command, store: Store) -> None:
    root = new_run(store)
    child, other = new_run(store, parent=root), new_run(store, parent=root)
    grandchild = new_run(store, parent=child)
    store.do(LogMetric(run_id=grandchild, key="m", value=2.0, timestamp=1))
    said = cuvee("runs", "tree", root, "--metric", "m")

    assert [line.strip().split(" ")[0] for line in said.out.splitlines()[1:5]] == [
        root,
        child,
        grandchild,
        other,
    ]
    assert f"    {grandchild}" in said.out
    assert "3 nested runs: 3 RUNNING." in said.out
    assert "m: min 2, mean 2, max 2 of 1" in said.out
    assert cuvee("runs", "tree", root, "--json").json["descendants"] == 3
    assert "--limit" in cuvee("runs", "tree", root, "--limit", "2").err


def test_groups_show_mean_and_spread(cuvee: Command, store: Store) -> None:
    for value in (1.0, 3.0):
        run = new_run(store, group="seeds")
        store.do(LogMetric(run_id=run, key="m", value=value, timestamp=1))
    said = cuvee("runs", "groups", "Default", "--metric", "m")

    assert "seeds" in said.out
    assert "2 (1.41421)" in said.out
    assert cuvee("runs", "groups", "0", "--json").json[0]["runs"] == 2


def test_a_run_is_forked_and_rewound(cuvee: Command, store: Store) -> None:
    run = new_run(store)
    for step in range(5):
        store.do(LogMetric(run_id=run, key="m", value=step, timestamp=1, step=step))
    fork = cuvee("runs", "fork", run, "--step", "3", "--name", "again").out.strip()
    assert store.do(GetRun(run_id=fork)).run.data.metrics == {"m": 3.0}
    assert store.do(GetRun(run_id=fork)).run.info.run_name == "again"
    assert "after step 1" in cuvee("runs", "rewind", run, "--step", "1").out
    assert store.do(GetRun(run_id=run)).run.data.metrics == {"m": 1.0}
    assert cuvee("runs", "fork", run).status == 2


def test_experiments_and_folders_are_moved_archived_and_restored(
    cuvee: Command, store: Store
) -> None:
    a, b = (store.do(CreateExperiment(name=f"team/{n}")).experiment_id for n in "ab")

    def names() -> list[str]:
        found = [store.do(GetExperiment(experiment_id=i)).experiment for i in (a, b)]
        return [f"{e.name} {e.lifecycle_stage}" for e in found]

    assert "2 experiments moved" in cuvee("experiments", "move", "team/", "lab/x/").out
    assert "lab/  (2)" in cuvee("experiments", "tree").out
    assert f"lab/x/a  [{a}]" in cuvee("experiments", "tree", "lab/x").out
    cuvee("experiments", "move", "lab/x/a", "top/")
    cuvee("experiments", "move", b, "")
    assert names() == ["top/a active", "b active"]
    assert "1 experiments archived" in cuvee("experiments", "archive", "top/").out
    cuvee("experiments", "archive", "b")
    assert names() == ["top/a deleted", "b deleted"]
    cuvee("experiments", "restore", "top/")
    cuvee("experiments", "restore", b)
    assert names() == ["top/a active", "b active"]
    assert cuvee("experiments", "move", "absent/", "x/").status == 1


def test_a_purge_shows_first_what_would_go(cuvee: Command, store: Store) -> None:
    run = new_run(store)
    store.do(DeleteRun(run_id=run))

    assert run not in cuvee("purge").out, "it was deleted just now"
    said = cuvee("purge", "--older-than", "0d")
    assert run in said.out
    assert "1 would be removed, 0 kept" in said.out
    assert "--no-dry-run" in said.err
    assert cuvee("runs", "show", run).status == 0
    done = cuvee("purge", "--older-than", "0d", "--no-dry-run", "--json").json
    assert [item["id"] for item in done["items"]] == [run]
    assert cuvee("runs", "show", run).status == 1
    assert cuvee("purge", "--older-than", "soon").status == 2
