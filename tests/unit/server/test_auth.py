"""Ways around a login that are no logins: guesses elsewhere, and the moment of a start."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.base import Actor
from cuvee.api.tokens import CreateToken
from cuvee.api.users import CreateUser
from cuvee.errors import Unauthenticated
from cuvee.rules.attempts import LIMITS
from cuvee.server.auth import Authenticator
from cuvee.server.guard import Guard
from cuvee.store.sql import SqlStore
from refusals.served import Site
from unit.server.test_login import JSON, PASSWORD, asked, basic, bearer


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A database with a user."""
    opened = SqlStore.open(f"sqlite:///{tmp_path}/cuvee.db")
    opened.do(CreateUser(username="fox", password=PASSWORD))
    yield opened
    opened.close()


@pytest.fixture
def site(store: SqlStore, tmp_path: Path) -> Iterator[Site]:
    """A server of it."""
    found = Site(store.database.url, tmp_path, "--workers", "1")
    yield found
    found.close()


def test_guesses_of_ones_own_password_are_slowed_down_too(site: Site, store: SqlStore) -> None:
    owner = Actor("fox", "password", user=1)
    token = store.do(CreateToken(name="found on a screen"), owner).secret

    def guess(i: int) -> int:
        current = PASSWORD if i == 99 else f"wrong password {i}"
        fields = {"username": "fox", "password": "a new password", "current_password": current}
        path = "/api/2.0/mlflow/users/update-password"
        body = json.dumps(fields).encode()
        return site.send("PATCH", path, body, headers={**JSON, **bearer(token)}).status

    found = [guess(i) for i in range(40)]
    assert 0 < found.count(401) <= LIMITS["pair"].free + 8
    assert found.count(429) == 40 - found.count(401)
    assert guess(99) == 429  # not even the right one is looked at
    assert asked(site.port, basic("fox", PASSWORD), "127.0.0.9") == 200


def test_nobody_slips_in_while_a_server_first_looks_for_users(store: SqlStore) -> None:
    readers = ThreadPoolExecutor(2)
    auth = Authenticator(store, Guard((), store.user), readers, open_without_users=True)

    async def ask_at_once() -> list[Any]:
        asked = [auth.actor("GET", {}, {}) for _ in range(20)]
        return await asyncio.gather(*asked, return_exceptions=True)

    assert {type(found) for found in asyncio.run(ask_at_once())} == {Unauthenticated}
    auth.close()
    readers.shutdown()
