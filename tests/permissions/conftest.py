"""A seeded store with users of every level, and operations that leave no trace."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from cuvee.api.base import Actor, Level, Op
from cuvee.api.permissions import GrantPermission, level_name
from cuvee.errors import CuveeError
from cuvee.store.dispatch import FUNCTIONS, carry_out
from cuvee.store.sealing import Sealing
from cuvee.store.sql import SqlStore
from postgres import running_postgres
from refusals.examples import seed, seed_users

LEVELS = [level for level in Level if level >= Level.READ]


class Place(NamedTuple):
    """A seeded store, its ids, and the users in it."""

    store: SqlStore
    ids: dict[str, str]
    people: dict[str, Actor]

    def attempt(self, op: Op[Any], actor: Actor) -> Any:
        """Carry out an operation and undo it, whatever it answers."""
        assert type(op) in FUNCTIONS
        store = self.store
        op.check()
        cursor = store._cursor(write=True)  # noqa: SLF001  # to look, not to change
        store.database.begin(cursor, write=True)
        try:
            return carry_out(store._tx(cursor, actor, {}), op)  # noqa: SLF001
        finally:
            cursor.execute("ROLLBACK")

    def refusal(self, op: Op[Any], actor: Actor) -> CuveeError | None:
        """Return how an operation is refused, if it is."""
        try:
            self.attempt(op, actor)
        except CuveeError as problem:
            return problem
        return None


def add_user(store: SqlStore, name: str) -> Actor:
    """Put a user into a store without the cost of a password."""
    connection = store.database.connect()
    cursor = connection.execute(
        "INSERT INTO users (name, kind, password, admin, active, created, updated) "
        f"VALUES ('{name}', 'person', '', 0, 1, 0, 0) RETURNING pk"
    )
    (pk,) = cursor.fetchone()
    connection.commit()
    connection.close()
    return Actor(name, "token", user=pk)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a real PostgreSQL."""
    with running_postgres(durable=False) as url:
        yield url


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Makes databases of one kind, and returns their URLs."""

    def make() -> str:
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path_factory.mktemp('place')}/cuvee.db"
        import psycopg

        postgres: str = request.getfixturevalue("postgres")
        name = f"place_{os.urandom(4).hex()}"
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return postgres.replace("/postgres?", f"/{name}?")

    return make


@pytest.fixture(scope="session")
def place(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Return the store.

    ``no grant`` has nothing, ``exact READ`` and so on have a level on each object of the examples,
    ``all READ`` and so on on everything, ``denied`` and ``all denied`` manage everything but for a
    DENY; ``admin`` is one.
    """
    store = SqlStore.open(new_database())
    store.sealing = Sealing(tmp_path_factory.mktemp("sealing") / "secret.key")
    ids = seed(store)
    seed_users(store)
    people = {"no grant": add_user(store, "nobody")}
    people["admin"] = Actor("root", "token", user=add_user(store, "root").user, admin=True)
    objects = [f"experiment:{ids['experiment']}", f"experiment:{ids['deleted experiment']}"]
    objects += ["model:grape", "model:other", "model:kept", "model:spare"]

    def give(name: str, where: str, level: str) -> None:
        store.do(GrantPermission(object=where, user=name, permission=level))  # type: ignore[arg-type]

    for level in LEVELS:
        name = level_name(level)
        people[f"all {level.name}"] = add_user(store, f"all_{name}")
        give(f"all_{name}", "folder:", name)
        people[f"exact {level.name}"] = add_user(store, f"exact_{name}")
        for where in objects:
            here = name
            if where.startswith("experiment") and name.startswith("CAN_MANAGE_"):
                here = "CAN_EDIT"
            give(f"exact_{name}", where, here)
    people["all CREATE"] = add_user(store, "creator")
    give("creator", "folder:", "CAN_CREATE")
    people["denied"] = add_user(store, "denied")
    give("denied", "folder:", "CAN_MANAGE")
    for where in objects:
        give("denied", where, "DENY")
    people["all denied"] = add_user(store, "all_denied")
    give("all_denied", "folder:", "DENY")
    for where in objects:
        give("all_denied", where, "CAN_MANAGE")
    yield Place(store, ids, people)
    store.close()
