"""The client's calls for nested, grouped and forked runs, leases, folders and purges."""

from __future__ import annotations

from pathlib import Path

import pytest

import cuvee
from cuvee.client.connect import close_all


@pytest.fixture
def client(tmp_path: Path) -> cuvee.Client:
    """A client of an embedded store."""
    return cuvee.Client(f"sqlite:///{tmp_path}/cuvee.db")


@pytest.fixture(autouse=True)
def _closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_many_runs_are_changed_at_once(client: cuvee.Client) -> None:
    runs = [client.create_run("0", start_time=n + 1).info.run_id for n in range(3)]
    assert client.tag_runs(runs, tags={"team": 1}, remove=["none"]).run_ids == runs
    found = client.search_run_outline(["0"], "tags.team = '1'", columns=["run_id"])
    assert (found.passing, found.runs) == (3, 3)
    gone = client.delete_runs(experiment_ids=["0"], filter_string="tags.team = '1'", comment="x")
    assert (gone.run_ids, gone.refused) == (runs[::-1], [])
    back = client.restore_runs([*runs, "f" * 32])
    assert (back.run_ids, [r.run_id for r in back.refused]) == (runs, ["f" * 32])


def test_runs_that_belong_together(client: cuvee.Client) -> None:
    root = client.create_run("0").info.run_id
    tags = {"mlflow.parentRunId": root, "cuvee.group": "seeds"}
    runs = [client.create_run("0", tags=tags).info.run_id for _ in range(2)]
    for step in range(4):
        client.log_metric(runs[0], "m", step, step=step)
    tree = client.get_run_tree(root, ["m"])
    groups = client.list_run_groups(["0"], ["m"])

    assert (tree.descendants, tree.metrics[0].mean) == (2, 3.0)
    assert [(g.group, g.runs) for g in groups] == [("seeds", 2)]
    fork = client.fork_run(runs[0], 1, "again")
    assert (fork.info.run_name, fork.data.metrics) == ("again", {"m": 1.0})
    client.rewind_run(runs[0], 2, comment="diverged")
    assert client.get_run(runs[0]).data.metrics == {"m": 2.0}
    assert client.heartbeat(root, tail="epoch 1").status == "RUNNING"
    assert client.get_lease(root).tail == "epoch 1"
    close_all()


def test_folders_of_experiments(client: cuvee.Client) -> None:
    number = client.create_experiment("team/a")
    assert client.list_experiment_folder().folders[0].path == "team/"
    assert client.move_experiment_folder("team", "lab") == 1
    assert client.get_experiment(number).name == "lab/a"
    assert client.archive_experiment_folder("lab", comment="done") == 1
    assert client.list_experiment_folder("lab").count == 0
    assert client.restore_experiment_folder("lab") == 1
    assert client.list_experiment_folder("lab").count == 1
    close_all()


def test_a_purge_changes_nothing_until_it_is_told_to(client: cuvee.Client) -> None:
    run = client.create_run("0").info.run_id
    client.delete_run(run)
    assert client.purge()[0] == []
    assert [item.id for item in client.purge(0)[0]] == [run]
    assert client.get_run(run).info.lifecycle_stage == "deleted"
    items, blobs = client.purge(0, dry_run=False)
    assert ([item.id for item in items], blobs.count) == ([run], 0)
    with pytest.raises(cuvee.exceptions.MlflowException, match="not found"):
        client.get_run(run)
    close_all()
