"""Where files of runs and logged models belong, and where they are refused."""

from __future__ import annotations

import pytest

from cuvee.api.artifacts import (
    AnnounceArtifact,
    FileInfo,
    FindArtifact,
    ListStoredArtifacts,
    PutArtifact,
)
from cuvee.api.experiments import CreateExperiment
from cuvee.api.logged_models import CreateLoggedModel
from cuvee.api.runs import CreateRun
from cuvee.errors import InvalidParameter
from cuvee.store.sql import SqlStore


def test_a_file_below_another_experiment_than_its_run_s_is_refused(local_store: SqlStore) -> None:
    def put(path: str) -> None:
        local_store.do(PutArtifact(path=path, digest="0" * 64, size=1))

    def listed(path: str) -> list[FileInfo]:
        return local_store.do(ListStoredArtifacts(path=path)).files

    other = local_store.do(CreateExperiment(name="other")).experiment_id
    far = local_store.do(
        CreateExperiment(name="far", artifact_location="s3://bucket/x")
    ).experiment_id
    run_id = local_store.do(CreateRun(experiment_id=other)).run.info.run_id
    away = local_store.do(CreateRun(experiment_id=far)).run.info.run_id
    first = local_store.do(CreateRun(experiment_id="0")).run.info.run_id
    model_id = local_store.do(CreateLoggedModel(experiment_id=other, name="m")).model.model_id
    for path in (
        f"0/{run_id}/artifacts/x",
        f"0/{run_id}",
        f"0/{away}/artifacts/x",
        f"0/models/{model_id}/artifacts/x",
        f"{other}/{first}/artifacts/x",
    ):
        with pytest.raises(InvalidParameter, match="upload below its artifact_uri"):
            put(path)
        with pytest.raises(InvalidParameter, match="upload below its artifact_uri"):
            local_store.do(AnnounceArtifact(path=path))
    assert listed("0") == listed(other) == []
    for path in (
        f"{other}/{run_id}/artifacts/x",
        f"0/{first}/artifacts/beside/{run_id}/x",
        f"{other}/models/{model_id}/artifacts/x",
        f"0/{'0' * 32}/artifacts/x",
        f"results/{run_id}/x",
    ):
        put(path)
        assert local_store.do(FindArtifact(path=path)).path == path
