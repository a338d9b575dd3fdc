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
PASSWORD = "correct horse battery"
"""Of those who log in by a password."""
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
    """A server that users ask, each by a login; the admin asks what is in nobody's name."""

    def __init__(self, local: SqlStore, url: str) -> None:
        self._local = local
        self._url = url
        self._stores: dict[Actor, Store] = {}

    def do(self, op: Op[R], actor: Actor | None = None, *, key: str = "") -> R:
        """Carry out an operation for a user, who logs in by what ``actor`` says."""
        who = actor or ROOT
        if who not in self._stores:
            self._stores[who] = self._log_in(who)
        return self._stores[who].do(op, key=key)

    def _log_in(self, who: Actor) -> Store:
        from cuvee.client.http import Http
        from cuvee.client.remote import HttpStore
        from cuvee.settings import Settings
        from cuvee.uris import ServerUri

        secret = PASSWORD if who.via == "password" else self._token(who)
        return HttpStore(Http(ServerUri(self._url, username=who.name, password=secret), Settings()))

    def _token(self, who: Actor) -> str:
        token_id = f"{len(self._stores):016x}"  # the comparison with the log passes it over
        secret = f"{PREFIX}{token_id}_{'x' * 43}"
        digest = hashlib.sha256(secret.encode()).hexdigest()
        row = {"token_id": token_id, "digest": digest, "kind": "token", "user_pk": who.user}
        scopes = " ".join(who.scopes)
        _put(self._local, schema.tokens, **row, name="test", scopes=scopes, expires=2**62)
        return secret

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
