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
from cuvee.server.auth import Authenticator, from_address
from cuvee.server.guard import Guard
from cuvee.store.sql import SqlStore
from refusals.served import Site
from unit.server.test_login import CUVEE, JSON, PASSWORD, asked, basic, bearer


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

    # On a thread of its own: in this one a browser of other tests may keep a loop running.
    with ThreadPoolExecutor(1) as pool:
        answers = pool.submit(asyncio.run, ask_at_once()).result()
    assert {type(found) for found in answers} == {Unauthenticated}
    auth.close()
    readers.shutdown()


def test_a_caller_behind_a_proxy_does_not_choose_the_address_that_guesses_count_by(
    site: Site,
) -> None:
    """On the proxy's machine all come from 127.0.0.1; what they say besides is theirs to invent."""

    def guess(i: int) -> int:
        headers = {**basic("fox", f"wrong password {i}"), "X-Forwarded-For": f"203.0.113.{i}"}
        return site.send("GET", CUVEE + "whoami", headers=headers).status

    found = [guess(i) for i in range(30)]
    assert found.count(429) >= 30 - LIMITS["pair"].free - 8


def test_a_proxy_that_is_named_is_believed(store: SqlStore, tmp_path: Path) -> None:
    site = Site(store.database.url, tmp_path, "--forwarded-allow-ips", "127.0.0.1")
    try:
        headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", **JSON}
        body = json.dumps({"username": "fox", "password": PASSWORD}).encode()
        answer = site.send("POST", CUVEE + "login", body, headers=headers)
        assert "; Secure" in answer.headers["set-cookie"]
        for i in range(12):
            site.send("GET", CUVEE + "whoami", headers={**headers, **basic("fox", f"no {i}")})
        connection = store.database.connect()
        rows = connection.execute("SELECT subject FROM failed_logins").fetchall()
        connection.close()
        assert any("203.0.113.7" in subject for (subject,) in rows)
        assert not any("127.0.0.1" in subject for (subject,) in rows)
    finally:
        site.close()


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ((), {"127.0.0.1"}),
        (("--forwarded-allow-ips", "127.0.0.1"), {"203.0.113.7"}),
        (("--forwarded-allow-ips", "192.0.2.1"), {"127.0.0.1"}),
        (("--no-addresses",), {""}),
    ],
)
def test_an_event_has_the_address_of_who_asked(
    store: SqlStore, tmp_path: Path, options: tuple[str, ...], seen: set[str]
) -> None:
    site = Site(store.database.url, tmp_path, *options)
    try:
        headers = {"X-Forwarded-For": "203.0.113.7", **JSON, **basic("fox", PASSWORD)}
        for way in ({}, {"Connection": "close"}):  # the short way, and the ordinary one
            body = json.dumps({"name": f"wine {len(way)}"}).encode()
            path = "/api/2.0/mlflow/registered-models/create"
            assert site.send("POST", path, body, headers={**headers, **way}).status == 200
        found = site.send("GET", CUVEE + "events?action=model.created", headers=headers).json
        assert {event.get("address", "") for event in found["events"]} == seen
        assert len(found["events"]) == 2
        assert not any("details" in event for event in found["events"])
    finally:
        site.close()


def test_an_address_is_written_in_one_way() -> None:
    fox = Actor("fox")
    assert from_address(fox, "::ffff:192.0.2.7").address == "192.0.2.7"
    assert from_address(fox, "2001:DB8:0::1").address == "2001:db8::1"
    for nothing in ("", "unix:", "<script>", "1.2.3"):
        assert from_address(fox, nothing) is fox
