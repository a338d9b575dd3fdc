"""Experiments and runs become active, nest, and end as their block ends."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from contextlib import nullcontext
from pathlib import Path

import pytest

import cuvee as mlflow
from cuvee.errors import InvalidParameter, NotFound

everywhere = pytest.mark.usefixtures("uri")


@everywhere
def test_a_run_ends_as_its_block_ends() -> None:
    ends: dict[str, type[BaseException] | None] = {
        "FINISHED": None,
        "FAILED": ValueError,
        "KILLED": KeyboardInterrupt,
    }
    for status, problem in ends.items():
        with pytest.raises(problem) if problem else nullcontext(), mlflow.start_run() as run:
            assert mlflow.get_run(run.info.run_id).info.status == "RUNNING"
            if problem:
                raise problem
        ended = mlflow.get_run(run.info.run_id)
        assert ended.info.status == status
        assert (ended.info.end_time or 0) >= ended.info.start_time
    assert mlflow.active_run() is None


@everywhere
def test_runs_are_found_in_the_order_in_which_they_began(name: str) -> None:
    mlflow.set_experiment(name)
    begun = []
    for _ in range(8):
        with mlflow.start_run() as run:
            begun.append(run.info.run_id)

    found = mlflow.search_runs(output_format="list")
    assert [run.info.run_id for run in found] == begun[::-1]


@everywhere
def test_runs_nest_and_know_their_parent() -> None:
    with mlflow.start_run(run_name="parent") as parent:
        with pytest.raises(InvalidParameter, match="nested=True"):
            mlflow.start_run()
        with mlflow.start_run(nested=True) as child:
            current = mlflow.active_run()
            assert current
            assert current.info.run_id == child.info.run_id
        current = mlflow.active_run()
        assert current
        assert current.info.run_id == parent.info.run_id

    found = mlflow.get_parent_run(child.info.run_id)
    assert found
    assert found.info.run_name == "parent"
    last = mlflow.last_active_run()
    assert last
    assert last.info.run_id == parent.info.run_id
    assert mlflow.get_parent_run(parent.info.run_id) is None


@everywhere
def test_a_run_left_open_inside_a_block_ends_with_it() -> None:
    with mlflow.start_run():
        child = mlflow.start_run(nested=True)

    assert mlflow.active_run() is None
    assert mlflow.get_run(child.info.run_id).info.status == "FINISHED"


@everywhere
def test_a_run_takes_tags_description_and_context() -> None:
    with mlflow.start_run(tags={"a": 1}, description="why", run_name="r") as run:
        pass

    tags = mlflow.get_run(run.info.run_id).data.tags
    assert tags["a"] == "1"
    assert tags["mlflow.note.content"] == "why"
    assert tags["mlflow.runName"] == "r"
    assert tags["mlflow.source.type"] == "LOCAL"
    assert tags["mlflow.user"] == run.info.user_id
    with pytest.raises(InvalidParameter, match="differ"):
        mlflow.start_run(tags={"mlflow.note.content": "x"}, description="y")


@everywhere
def test_a_run_is_resumed_by_id_and_by_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with mlflow.start_run() as run:
        mlflow.log_param("a", 1)
    with mlflow.start_run(run_id=run.info.run_id, tags={"again": "yes"}) as again:
        assert again.info.run_id == run.info.run_id
        assert again.info.status == "RUNNING"
        assert again.data.params == {"a": "1"}
    monkeypatch.setenv("MLFLOW_RUN_ID", run.info.run_id)
    with mlflow.start_run() as third:
        assert third.info.run_id == run.info.run_id
    with mlflow.start_run() as fourth:
        assert fourth.info.run_id != run.info.run_id
    assert mlflow.get_run(run.info.run_id).data.tags["again"] == "yes"


@everywhere
def test_a_deleted_run_is_neither_resumed_nor_a_parent() -> None:
    with mlflow.start_run() as run:
        pass
    mlflow.delete_run(run.info.run_id)

    with pytest.raises(InvalidParameter, match="restore_run"):
        mlflow.start_run(run_id=run.info.run_id)
    with pytest.raises(InvalidParameter, match="deleted"):
        mlflow.start_run(parent_run_id=run.info.run_id)
    mlflow.restore_run(run.info.run_id)
    with mlflow.start_run(parent_run_id=run.info.run_id) as child:
        pass
    parent = mlflow.get_parent_run(child.info.run_id)
    assert parent
    assert parent.info.run_id == run.info.run_id


@everywhere
def test_set_experiment_creates_finds_and_refuses_deleted_ones(name: str) -> None:
    made = mlflow.set_experiment(name)
    assert mlflow.set_experiment(experiment_id=made.experiment_id).name == name
    with mlflow.start_run() as run:
        assert run.info.experiment_id == made.experiment_id
    mlflow.delete_experiment(made.experiment_id)

    with pytest.raises(InvalidParameter, match="restore_experiment"):
        mlflow.set_experiment(name)
    with pytest.raises(InvalidParameter, match="not both"):
        mlflow.set_experiment()
    with pytest.raises(NotFound):
        mlflow.set_experiment(experiment_id="999999")


@everywhere
def test_the_environment_chooses_the_experiment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", name)
    with mlflow.start_run() as run:
        pass

    found = mlflow.get_experiment_by_name(name)
    assert found
    assert found.experiment_id == run.info.experiment_id


@everywhere
def test_logging_starts_a_run_when_none_is_active() -> None:
    mlflow.log_metric("m", 1)

    run = mlflow.active_run()
    assert run
    assert mlflow.get_run(run.info.run_id).data.metrics == {"m": 1.0}


@everywhere
def test_each_thread_has_its_own_active_run() -> None:
    seen: list[object] = []

    def work() -> None:
        seen.append(mlflow.active_run())
        with mlflow.start_run() as run:
            seen.append(run.info.run_id)

    with mlflow.start_run() as outer:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        current = mlflow.active_run()
        assert current
        assert current.info.run_id == outer.info.run_id

    assert seen[0] is None
    assert seen[1] not in (None, outer.info.run_id)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_has_no_active_run_but_can_log(uri: str) -> None:
    script = """
        import os, sys
        import cuvee
        cuvee.set_tracking_uri(sys.argv[1])
        with cuvee.start_run() as run:
            cuvee.log_metric("m", 1)
            child = os.fork()
            if child == 0:
                ok = cuvee.active_run() is None
                cuvee.log_metric("child", 2, run_id=run.info.run_id)
                os._exit(0 if ok else 1)
            assert os.waitpid(child, 0)[1] == 0
        assert cuvee.get_run(run.info.run_id).data.metrics == {"m": 1.0, "child": 2.0}
    """
    done = _python(script, uri)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("ending", "status"),
    [("", "FINISHED"), ("1 / 0", "FAILED"), ("raise KeyboardInterrupt", "KILLED")],
)
def test_a_run_left_open_ends_with_the_program(uri: str, ending: str, status: str) -> None:
    script = f"""
        import sys
        import cuvee
        cuvee.set_tracking_uri(sys.argv[1])
        print(cuvee.start_run().info.run_id, flush=True)
        {ending}
    """
    run_id = _python(script, uri).stdout.strip()

    assert mlflow.get_run(run_id).info.status == status


def test_the_git_commit_of_the_script_is_noted(uri: str, tmp_path: Path) -> None:
    def git(*words: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        command = ["git", "-C", str(tmp_path), *who, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    script = tmp_path / "train.py"
    script.write_text(
        "import sys, cuvee\ncuvee.set_tracking_uri(sys.argv[1])\n"
        "with cuvee.start_run() as run: print(run.info.run_id)\n"
    )
    git("init", "-q")
    git("add", "train.py")
    git("commit", "-qm", "x")
    done = subprocess.run(
        [sys.executable, str(script), uri], capture_output=True, text=True, check=True, timeout=60
    )

    tags = mlflow.get_run(done.stdout.strip()).data.tags
    assert tags["mlflow.source.git.commit"] == git("rev-parse", "HEAD")
    assert tags["mlflow.source.name"] == str(script)


def _python(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
