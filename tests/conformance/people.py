"""Several people who use one store, each in their own name, and a policy for them."""

from __future__ import annotations

import hashlib
import time
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Table, insert

from cuvee.api.base import Actor, Op, Store
from cuvee.rules.policy import Policy, Review, Stage
from cuvee.rules.tokens import PREFIX
from cuvee.store import schema
from cuvee.store.sql import SqlStore

R = TypeVar("R")
ROOT = Actor("root", "token", user=99, admin=True)
NAMED = {
    name: Actor(name, "token", user=pk) for pk, name in enumerate(("alice", "bob", "carol"), 1)
}
"""Those whom ``make_people`` puts into a store, as a server knows them."""


class Person:
    """Somebody who uses a store."""

    def __init__(self, store: Store, name: str) -> None:
        self.name = name
        self._store = store

    def do(self, op: Op[R]) -> R:
        """Carry out an operation in this person's name."""
        return self._store.do(op, Actor(self.name))


class Remote(Person):
    """Somebody who uses a server."""

    def do(self, op: Op[R]) -> R:
        """Carry out an operation in this person's name, which the connection has."""
        return self._store.do(op)


class People:
    """The people of a test, by name."""

    def __init__(self, store: Store, url: str | None) -> None:
        self._store = store
        self._url = url
        self._open: list[Any] = []

    def __call__(self, name: str) -> Person:
        if self._url is None:
            return Person(self._store, name)
        from cuvee.client.http import Http
        from cuvee.client.remote import HttpStore
        from cuvee.settings import Settings
        from cuvee.uris import ServerUri

        where = ServerUri(url=self._url, username=name, password="-")  # not looked at
        self._open.append(HttpStore(Http(where, Settings())))
        return Remote(self._open[-1], name)

    def leave(self) -> None:
        """Close the connections."""
        for store in self._open:
            store.close()


class Crowd:
    """A server that users ask, each with a token; the admin asks what is in nobody's name."""

    def __init__(self, local: SqlStore, url: str) -> None:
        from cuvee.client.http import Http
        from cuvee.client.remote import HttpStore
        from cuvee.settings import Settings
        from cuvee.uris import ServerUri

        self._stores: dict[str, HttpStore] = {}
        for who in (ROOT, *NAMED.values()):
            token_id = f"{who.user:016x}"  # by which the comparison with the log passes it over
            secret = f"{PREFIX}{token_id}_{'x' * 43}"
            digest = hashlib.sha256(secret.encode()).hexdigest()
            token = {"token_id": token_id, "digest": digest, "kind": "token", "user_pk": who.user}
            _put(local, schema.tokens, **token, name="test", expires=2**62)
            where = ServerUri(url=url, username=who.name, password=secret)
            self._stores[who.name] = HttpStore(Http(where, Settings()))

    def do(self, op: Op[R], actor: Actor | None = None, *, key: str = "") -> R:
        """Carry out an operation for one of those who have a token."""
        return self._stores[(actor or ROOT).name].do(op, key=key)

    def close(self) -> None:
        """Close the connections."""
        for store in self._stores.values():
            store.close()


def make_people(store: SqlStore) -> dict[str, Actor]:
    """Put the users alice, bob and carol into a store, and the group red with the first two."""
    for name, actor in NAMED.items():
        _put(store, schema.users, pk=actor.user, name=name, kind="person", active=1)
    _put(store, schema.groups, pk=7, name="red")
    for user in (1, 2):
        _put(store, schema.group_members, group_pk=7, user_pk=user)
    return NAMED


def make_root(store: SqlStore) -> None:
    """Put the admin root into a store."""
    _put(store, schema.users, pk=ROOT.user, name=ROOT.name, kind="person", admin=1, active=1)


def gated(**review: Any) -> Policy:
    """Return a policy with an open stage and a gated Production."""
    return Policy(
        stages=[
            Stage(name="Staging"),
            Stage(name="Production", holders="one", review=Review(**review)),
        ]
    )


def put_policy(store: SqlStore, policy: Policy, scope: str = "wine", version: int = 1) -> str:
    """Put a policy into force behind the store's back, and return its id."""
    text = msgspec.json.encode(policy).decode()
    digest = hashlib.sha256(text.encode()).hexdigest()
    row = {
        "scope": scope,
        "version": version,
        "document": text,
        "digest": digest,
        "user_id": "admin",
        "created": int(time.time() * 1000),
    }
    _put(store, schema.policies, **row)
    return f"{scope}@{version}"


def _put(store: SqlStore, table: Table, **row: Any) -> None:
    """Put a row into a table without an event; what is not given is empty or 0."""
    for column in table.columns:
        if not column.nullable and column.name not in row and column.autoincrement is not True:
            row[column.name] = 0 if column.type.python_type is int else ""
    sql, names, own = store.database.prepare(insert(table).values(row))
    connection = store.database.connect()
    connection.cursor().execute(sql, [own[n] for n in names])
    connection.close()
