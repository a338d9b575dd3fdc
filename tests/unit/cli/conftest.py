"""The command, run in this process on a store of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cuvee.api.base import Store
from cuvee.api.experiments import CreateExperiment
from cuvee.api.metrics import Metric
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.runs import CreateRun, LogBatch, Param, RunTag, UpdateRun
from cuvee.api.versions import CreateModelVersion, TransitionStage
from cuvee.cli.main import main
from cuvee.client.connect import close_all, connect


class Said(NamedTuple):
    """What a command said: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The output, read as JSON."""
        return json.loads(self.out)


class Cuvee:
    """Runs the command as a shell would."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str) -> Said:
        with pytest.raises(SystemExit) as exit_:
            main(arguments)
        out, err = self.capsys.readouterr()
        return Said(int(exit_.value.code or 0), out, err)


@pytest.fixture
def cuvee(capsys: pytest.CaptureFixture[str]) -> Cuvee:
    return Cuvee(capsys)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store that commands use when they are not told another one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUVEE_TRACKING_URI", f"sqlite:///{tmp_path}/cuvee.db")
    monkeypatch.setenv("COLUMNS", "100")
    yield connect(f"sqlite:///{tmp_path}/cuvee.db").store
    close_all()


@pytest.fixture
def run_id(store: Store) -> str:
    """A finished run in the experiment ``wine``, registered as ``lr`` version 1 in Production."""
    experiment = store.do(CreateExperiment(name="wine")).experiment_id
    info = store.do(
        CreateRun(experiment_id=experiment, run_name="first", user_id="alice", start_time=10**12)
    ).run.info
    store.do(
        LogBatch(
            run_id=info.run_id,
            metrics=[Metric(key="rmse", value=0.65, timestamp=1)],
            params=[Param(key="features", value="alcohol, pH")],
            tags=[RunTag(key="team", value="cellar")],
        )
    )
    store.do(UpdateRun(run_id=info.run_id, status="FINISHED", end_time=10**12 + 5000))
    store.do(CreateRegisteredModel(name="lr", description="predicts quality"))
    source = f"{info.artifact_uri}/model"
    for description in ("the baseline", "with pH"):
        store.do(
            CreateModelVersion(
                name="lr", source=source, run_id=info.run_id, description=description
            )
        )
    store.do(TransitionStage(name="lr", version="1", stage="Production", comment="baseline"))
    return info.run_id
