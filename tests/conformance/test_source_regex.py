"""Sources of versions that a server takes, by an expression in its environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from cuvee.errors import InvalidParameter
from cuvee.server.run import OPTIONS, Options, from_environment
from refusals.served import API, Site

NAME = "CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX"
PROMPT = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]


@pytest.mark.parametrize("prefix", ["MLFLOW_", "CUVEE_"])
def test_a_source_without_a_match_is_refused(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    monkeypatch.setenv(prefix + NAME, "^s3://models/|^models:/taken/")
    site = Site(database_url, tmp_path)

    def register(source: str, **more: Any) -> tuple[int, str]:
        body = {"name": "taken", "source": source, **more}
        answer = site.send("POST", API + "model-versions/create", body)
        return answer.status, answer.json.get("message", "")

    try:
        site.api("registered-models/create", name="taken")
        assert register("s3://models/a") == (200, "")
        assert register("models:/taken/1") == (200, "")
        refused = [("s3://other/a", {}), ("text", {"tags": PROMPT}), ("a s3://models/a", {})]
        for source, more in refused:
            status, message = register(source, **more)
            assert status == 400
            assert message.startswith(f"Invalid model version source: '{source}'. ")
        query = "model-versions/search?filter=name%3D'taken'"
        found = site.send("GET", API + query).json["model_versions"]
        assert [version["version"] for version in found] == ["2", "1"]
    finally:
        site.close()


def test_a_match_may_stand_anywhere_in_the_source_as_it_was_sent(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_" + NAME, "models/[ab]")
    site = Site(database_url, tmp_path)
    try:
        site.api("registered-models/create", name="taken")
        site.api("model-versions/create", name="taken", source="gs://bucket/models/a/x")
    finally:
        site.close()


def test_an_expression_that_is_none_keeps_the_server_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_" + NAME, "(")
    options = Options(
        backend_store_uri=f"sqlite:///{tmp_path}/a.db", artifacts_destination=str(tmp_path)
    )
    monkeypatch.setenv(OPTIONS, msgspec.json.encode(options).decode())
    with pytest.raises(InvalidParameter, match=f"MLFLOW_{NAME} is '\\(', which is not a regular"):
        from_environment()
