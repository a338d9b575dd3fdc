"""Real servers on both databases, seeded once; every test leaves them as they were."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cuvee.blobs.local import LocalBlobs
from cuvee.log.note import SigningKey
from cuvee.store.sql import SqlStore
from postgres import running_postgres
from refusals.examples import seed, seed_users
from refusals.served import Site


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Return the URL of a real PostgreSQL that does not wait for the disk."""
    with running_postgres(durable=False) as url:
        yield url


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('db')}/cuvee.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def ids(database: str) -> dict[str, str]:
    """Seed the database and return the ids of what is in it."""
    store = SqlStore.open(database)
    found = seed(store)
    store.close()
    return found


@pytest.fixture(scope="session")
def site(
    database: str,
    ids: dict[str, str],  # noqa: ARG001  # the database is seeded before the server opens it
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """Return a server on the seeded database."""
    found = Site(database, tmp_path_factory.mktemp("site"))
    yield found
    found.close()


@pytest.fixture
def unchanged(site: Site) -> Iterator[None]:
    """Check that the test leaves every row as it was, and that the server did not fail inside."""
    before, said = site.dump(), len(site.log)
    yield
    assert site.dump() == before
    assert [line for line in site.log[said:] if "Invalid HTTP request" not in line] == []
    assert site.process.poll() is None


@pytest.fixture(scope="session")
def _own_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("own")
    found = Site(f"sqlite:///{directory}/cuvee.db", directory)
    yield found
    found.close()


@pytest.fixture
def own_site(_own_site: Site) -> Site:
    """Return a server on a store that holds nothing but what every store has."""
    return _own_site


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return a seeded database file, to be copied, and the ids of what is in it."""
    path = tmp_path_factory.mktemp("seeded") / "cuvee.db"
    store = SqlStore.open(f"sqlite:///{path}")
    store.signing = SigningKey.new()
    found = seed(store)
    seed_users(store)
    store.close()
    return path, found


@pytest.fixture
def own(seeded: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[SqlStore]:
    """Return a seeded store in this process, for this test alone."""
    shutil.copy(seeded[0], tmp_path / "cuvee.db")
    store = SqlStore.open(f"sqlite:///{tmp_path}/cuvee.db")
    store.blobs = LocalBlobs(tmp_path / "artifacts")
    yield store
    store.close()
