"""Servers and clients for these tests, all of them real.

``CUVEE_TEST_SERVER=http://...`` lets the flows run against another server, such as MLflow's own,
which is how the expected facts were found.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from clients.environments import python_of
from clients.processes import Client, Server
from postgres import running_postgres

RunFlow = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def cuvee_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server on SQLite."""
    if "CUVEE_TEST_SERVER" in os.environ:
        yield os.environ["CUVEE_TEST_SERVER"]
        return
    server = Server(tmp_path_factory.mktemp("sqlite-server"))
    server.wait()
    yield server.uri
    server.close()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server on PostgreSQL."""
    with running_postgres() as url:
        server = Server(tmp_path_factory.mktemp("postgres-server"), url)
        server.wait()
        yield server.uri
        server.close()


@pytest.fixture(scope="session")
def client(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Client]]:
    """Return a factory of clients by name and server; each is started once."""
    started: dict[Any, Client] = {}
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def say(sentence: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n{sentence}", flush=True)  # noqa: T201

    def start(name: str, uri: str, **extra: str) -> Client:
        key = (name, uri, *sorted(extra.items()))
        if key not in started or started[key].process.poll() is not None:
            python_of(name, say)
            started[key] = Client(name, uri, tmp_path_factory.mktemp(name), extra)
        return started[key]

    yield start
    for each in started.values():
        each.close()


@pytest.fixture
def run(client: Callable[..., Client], cuvee_server: str) -> RunFlow:
    """Return a function that runs a flow with a client and returns the facts it found."""

    def run_flow(name: str, flow: str, uri: str = "", **options: Any) -> dict[str, Any]:
        prefix = f"{name}.{uuid.uuid4().hex[:8]}."
        return client(name, uri or cuvee_server).run(flow, prefix, options)

    return run_flow
