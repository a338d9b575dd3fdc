"""Several people who use one store, each in their own name, and a policy for them."""

from __future__ import annotations

import hashlib
import time
from typing import Any, TypeVar

import msgspec
from sqlalchemy import insert

from cuvee.api.base import Actor, Op, Store
from cuvee.rules.policy import Policy, Review, Stage
from cuvee.store import schema
from cuvee.store.sql import SqlStore

R = TypeVar("R")


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
    sql, names, own = store.database.prepare(insert(schema.policies).values(row))
    connection = store.database.connect()
    connection.cursor().execute(sql, [own[n] for n in names])
    connection.close()
    return f"{scope}@{version}"
