"""What is asked of a server that took no ids of ours goes by those that it gave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cuvee.api.logged_models import GetLoggedModel
from cuvee.api.runs import CreateRun, GetRun, RunTag
from cuvee.api.versions import CreateModelVersion
from cuvee.client.client import Client
from cuvee.client.journals import close_journals

OURS, THEIRS = "a" * 32, "b" * 32


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A client whose sender has exchanged two ids."""
    monkeypatch.setenv("CUVEE_JOURNAL_DIR", str(tmp_path / "journal"))
    monkeypatch.setenv("CUVEE_MODE", "offline")
    found = Client("http://127.0.0.1:9")
    names = {OURS: THEIRS, f"m-{OURS}": f"m-{THEIRS}"}
    (found.journal.session.folder / "aliases.json").write_text(json.dumps(names), "utf-8")
    yield found
    close_journals()


def test_ids_are_exchanged_wherever_an_operation_names_a_run_or_model(client: Client) -> None:
    assert client.named(GetRun(run_id=OURS)) == GetRun(run_id=THEIRS)
    assert client.named(GetRun(run_id="c")) == GetRun(run_id="c")
    asked = client.named(GetLoggedModel(model_id=f"m-{OURS}"))
    assert asked == GetLoggedModel(model_id=f"m-{THEIRS}")
    version = CreateModelVersion(name="n", source=f"models:/m-{OURS}", model_id=f"m-{OURS}")
    assert client.named(version).source == f"models:/m-{THEIRS}"  # type: ignore[attr-defined]


def test_a_parent_is_named_as_the_server_does(client: Client) -> None:
    tags = [RunTag("mlflow.parentRunId", OURS), RunTag("x", "y")]
    made = client.named(CreateRun(experiment_id="0", tags=tags))
    assert made.tags == [RunTag("mlflow.parentRunId", THEIRS), RunTag("x", "y")]  # type: ignore[attr-defined]
