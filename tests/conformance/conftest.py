"""Every conformance test runs on {SQLite, PostgreSQL} x {in process, over HTTP}."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from conformance.people import Crowd, People, make_people, make_root
from cuvee.api.base import Store
from cuvee.blobs.local import LocalBlobs
from cuvee.log.comparison import compare
from cuvee.rules.targets import Allowed
from cuvee.store import migrate
from cuvee.store.engine import open_database
from cuvee.store.schema import metadata
from cuvee.store.sealing import Sealing
from cuvee.store.sql import SqlStore
from cuvee.store.tx import Keys
from postgres import running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a real PostgreSQL that does not wait for the disk, which these tests need not."""
    with running_postgres(durable=False) as url:
        migrate.upgrade(url)
        yield url


_USED = " UNION ALL ".join(
    f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in metadata.tables
)


@pytest.fixture(scope="session")
def empty_postgres(postgres: str) -> Iterator[Callable[[], None]]:
    """Return what leaves in the database the rows of a new one, a good deal quicker to have.

    It keeps one connection, for the server plans the question of what is used only once on each.
    """
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # the history's trigger rests

        def used() -> list[str]:
            return [name for (name,) in connection.execute(_USED).fetchall()]

        new = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in used()}

        def empty() -> None:
            with connection.transaction():
                # Emptying a table costs a new file for it and each index: only those in use.
                connection.execute(f"TRUNCATE {', '.join(used() or new)} RESTART IDENTITY")
                for name, rows in new.items():
                    for row in rows:
                        marks = ", ".join(["%s"] * len(row))
                        connection.execute(f"INSERT INTO {name} VALUES ({marks})", row)

        yield empty


@pytest.fixture
def postgres_url(postgres: str, empty_postgres: Callable[[], None]) -> str:
    """The URL of the database, emptied: as good as a new one."""
    empty_postgres()
    return postgres


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with Cuvee's tables in it."""
    path = tmp_path_factory.mktemp("template") / "cuvee.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "cuvee.db")
        return f"sqlite:///{tmp_path}/cuvee.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, for those of an earlier version."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/old.db"
        return
    import psycopg

    postgres: str = request.getfixturevalue("postgres")
    name = f"old_{os.urandom(4).hex()}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}")


class Served:
    """A real server on a real socket, whose application each test replaces by its own."""

    def __init__(self) -> None:
        import uvicorn

        from cuvee.server.run import bind

        self.app: ASGIApp | None = None
        self.listener = bind("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        config = uvicorn.Config(self.answer, interface="asgi3", log_level="warning", lifespan="off")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(
            target=self.server.run, kwargs={"sockets": [self.listener]}, daemon=True
        )
        self.thread.start()

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the application of the running test."""
        assert self.app is not None
        await self.app(scope, receive, send)

    def stop(self) -> None:
        """Stop listening."""
        self.server.should_exit = True
        self.thread.join(20)
        self.listener.close()


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """The server of the session."""
    server = Served()
    yield server
    server.stop()


BEHIND = re.compile("(policy|user|group):|token:0{12}|.* of user '(#99|root)'|.*: created is ")
"""What tests put into the database without an event (``put_policy``, ``make_people``), what is said
of an actor who is no user, and the times of events that a test has made older."""


@pytest.fixture(scope="session")
def postgres_auditor(postgres: str) -> Iterator[SqlStore]:
    """A store that only compares: its connection and the server's plans are worth keeping."""
    auditor = SqlStore(open_database(postgres))
    yield auditor
    auditor.close()


@pytest.fixture
def auditor(database_url: str, request: pytest.FixtureRequest) -> Iterator[SqlStore]:
    """A store that has seen nothing of the test, and compares what it leaves."""
    if not database_url.startswith("sqlite:"):
        kept: SqlStore = request.getfixturevalue("postgres_auditor")
        kept.known_keys = Keys()  # names had other numbers in the tests before
        yield kept
        return
    opened = SqlStore(open_database(database_url))
    yield opened
    opened.close()


@pytest.fixture
def local_store(database_url: str, auditor: SqlStore, tmp_path: Path) -> Iterator[SqlStore]:
    """A fresh store in this process."""
    opened = SqlStore.open(database_url)
    opened.sealing = Sealing(tmp_path / "secret.key")
    yield opened
    opened.close()
    found = [finding for finding in compare(auditor.do) if not BEHIND.match(finding)]
    assert found == [], "the log tells something else than what the test has left"


@pytest.fixture(scope="session")
def spare_blobs() -> list[LocalBlobs]:
    """Places for bytes that tests have left empty: 257 directories, which take long to make."""
    return []


@pytest.fixture
def blobs(
    spare_blobs: list[LocalBlobs], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalBlobs]:
    """An empty place for bytes, for this test alone."""
    found = spare_blobs.pop() if spare_blobs else LocalBlobs(tmp_path_factory.mktemp("blobs"))
    yield found
    left = {file for _, _, files in os.walk(found.root) for file in files}
    if left <= {"turn.lock"}:
        spare_blobs.append(found)


@pytest.fixture
def served_url(served: Served, local_store: SqlStore, blobs: LocalBlobs) -> Iterator[str]:
    """The URL under which the test's store is served."""
    from cuvee.server.app import App

    served.app = app = App(local_store, blobs)
    yield served.url
    app.close()


@pytest.fixture(params=["in process", "over HTTP"])
def store(request: pytest.FixtureRequest, local_store: SqlStore) -> Iterator[Store]:
    """A fresh store."""
    if request.param == "in process":
        yield local_store
        return
    from cuvee.client.http import Http
    from cuvee.client.remote import HttpStore
    from cuvee.settings import Settings
    from cuvee.uris import ServerUri

    url = request.getfixturevalue("served_url")
    remote = HttpStore(Http(ServerUri(url=url), Settings()))
    yield remote
    remote.close()


@pytest.fixture
def people(store: Store, request: pytest.FixtureRequest) -> Iterator[People]:
    """The store as several people see it."""
    remote = not isinstance(store, SqlStore)
    found = People(store, request.getfixturevalue("served_url") if remote else None)
    yield found
    found.leave()


@pytest.fixture
def enter(
    store: Store, local_store: SqlStore, request: pytest.FixtureRequest
) -> Iterator[Callable[[], Store]]:
    """Return what lets alice, bob, carol and an admin in; over HTTP they log in from then on."""
    opened: list[Store] = []

    def let_in() -> Store:
        make_people(local_store)
        make_root(local_store)
        if store is local_store:
            return local_store
        opened.append(Crowd(local_store, request.getfixturevalue("served_url")))
        return opened[-1]

    yield let_in
    for crowd in opened:
        crowd.close()


@pytest.fixture
def crowd(enter: Callable[[], Store]) -> Store:
    """A store with alice, bob, carol and an admin, who over HTTP log in with tokens."""
    return enter()


@pytest.fixture
def near(store: Store, local_store: SqlStore, request: pytest.FixtureRequest) -> None:
    """Let the server, if one is asked, send webhooks to this machine."""
    if store is not local_store:
        request.getfixturevalue("served_url")
        app = request.getfixturevalue("served").app
        app.webhooks.outbound.allowed = Allowed(["127.0.0.1"])
