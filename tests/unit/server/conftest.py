"""A server of its own process, for tests that talk to it byte by byte."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clients.processes import Server


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Return the port of a server, one for all tests of a file."""
    started = Server(tmp_path_factory.mktemp("server"))
    started.wait()
    yield int(started.uri.rpartition(":")[2])
    started.close()
