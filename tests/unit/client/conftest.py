"""The client on an embedded store and on a server, each with nothing left over from before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import cuvee
from clients.processes import Server
from cuvee.client import active
from cuvee.client.connect import close_all
from cuvee.client.journals import close_journals


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on a store of its own."""
    started = Server(tmp_path_factory.mktemp("server"))
    started.wait()
    yield started.uri
    close_journals(10.0)
    started.close()


@pytest.fixture(scope="session")
def journals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of this process's journals, which are shipped in the end."""
    return tmp_path_factory.mktemp("journals")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, journals: Path) -> Iterator[None]:
    """No variables, no active experiment or run; the working directory is empty."""
    for name in list(os.environ):
        if name.startswith(("CUVEE_", "MLFLOW_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CUVEE_HTTP_REQUEST_MAX_RETRIES", "2")
    monkeypatch.setenv("CUVEE_JOURNAL_DIR", str(journals))
    monkeypatch.setenv("CUVEE_QUIET", "1")
    monkeypatch.setenv("CUVEE_CAPTURE_ENVIRONMENT", "0")
    monkeypatch.setattr(active, "_experiment", None)
    monkeypatch.chdir(tmp_path)
    yield
    while cuvee.active_run():
        cuvee.end_run()
    cuvee.set_tracking_uri("")
    cuvee.set_registry_uri("")
    os.environ.pop("CUVEE_EXPERIMENT_ID", None)
    os.environ.pop("CUVEE_EXPERIMENT_NAME", None)
    close_all()


@pytest.fixture(params=["embedded", "server"])
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A tracking URI that is chosen already."""
    found = (
        str(tmp_path / "data")
        if request.param == "embedded"
        else str(request.getfixturevalue("server"))
    )
    cuvee.set_tracking_uri(found)
    return found


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A name that no other test uses."""
    return f"{request.node.name[:150].replace('/', '-')}-{os.urandom(4).hex()}"
