"""What must hold when many log in, set up or administer at once, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from cuvee.api.base import Actor, Op
from cuvee.api.logins import (
    BeginAttempt,
    CloseSession,
    FindCredential,
    OfferSetup,
    OpenSession,
    PassAttempt,
)
from cuvee.api.tokens import CreateToken
from cuvee.api.users import CreateUser, DeleteUser, ListUsers, SetUp, UpdateUserAdmin
from cuvee.errors import CuveeError, Unauthenticated
from cuvee.rules import passwords
from cuvee.rules.attempts import LIMITS
from cuvee.rules.passwords import hash_password
from cuvee.rules.tokens import new_secret
from cuvee.store.sql import SqlStore

PASSWORD = "correct horse battery"


def at_once(store: SqlStore, ops: list[Op[object]], actors: list[Actor] | None = None) -> list[str]:
    """Carry out operations at the same time; return how each ended."""

    def one(i: int) -> str:
        try:
            store.do(ops[i], actors[i] if actors else None)
        except CuveeError as problem:
            return type(problem).__name__
        return "done"

    with ThreadPoolExecutor(len(ops)) as threads:
        return sorted(threads.map(one, range(len(ops))))


def test_attempts_at_once_are_all_counted(local_store: SqlStore) -> None:
    op = BeginAttempt(name="ann", address="10.0.0.1")
    with ThreadPoolExecutor(16) as threads:
        waits = list(threads.map(lambda _: local_store.do(op).value, range(48)))
    free = LIMITS["pair"].free
    assert free <= waits.count(0) <= free + 3  # some seconds may pass
    assert max(waits) > 0
    assert local_store.do(BeginAttempt(name="ann", address="10.0.0.2")).value == 0
    assert local_store.do(BeginAttempt(name="bob", address="10.0.0.1")).value == 0


def test_an_address_that_tries_many_users_is_slowed_down_for_all(local_store: SqlStore) -> None:
    free = LIMITS["address"].free
    waits = [
        local_store.do(BeginAttempt(name=f"u{i}", address="10.0.0.1")).value
        for i in range(free + 8)
    ]
    assert waits[:free] == [0] * free
    assert max(waits) > 0
    assert local_store.do(BeginAttempt(name="u0", address="10.0.0.2")).value == 0


def test_an_address_that_has_to_wait_leaves_no_rows_for_names_it_makes_up(
    local_store: SqlStore,
) -> None:
    tries = LIMITS["address"].free + 50
    for i in range(tries):
        local_store.do(BeginAttempt(name=f"u{i}", address="10.0.0.1"))
    connection = local_store.database.connect()
    cursor = connection.cursor()
    cursor.execute("SELECT count(*) FROM failed_logins WHERE subject LIKE 'user %'")
    (kept,) = cursor.fetchone()
    connection.close()
    assert kept <= LIMITS["address"].free + 8  # some seconds may pass


def test_a_user_whom_many_addresses_guess_at_logs_in_where_known(local_store: SqlStore) -> None:
    home = {"name": "ann", "address": "home"}
    assert local_store.do(BeginAttempt(**home)).value == 0
    local_store.do(PassAttempt(**home))
    waits = [
        local_store.do(BeginAttempt(name="ann", address=f"10.0.{i}.1")).value
        for i in range(LIMITS["user"].free + 8)
    ]
    assert 0 < max(waits) <= LIMITS["user"].longest
    for _ in range(LIMITS["pair"].free):
        assert local_store.do(BeginAttempt(**home)).value == 0


def test_right_logins_count_nothing(local_store: SqlStore) -> None:
    for _ in range(3 * LIMITS["pair"].free):
        op = {"name": "ann", "address": "10.0.0.1"}
        assert local_store.do(BeginAttempt(**op)).value == 0
        local_store.do(PassAttempt(**op))


def test_of_many_setups_at_once_one_succeeds(local_store: SqlStore) -> None:
    secret = new_secret()
    local_store.do(OfferSetup(token_id=secret.token_id, digest=secret.digest, lifetime=3_600_000))
    ops: list[Op[object]] = [
        SetUp(token=secret.text, username=f"ann{i}", password=PASSWORD) for i in range(6)
    ]
    assert at_once(local_store, ops) == ["Unauthenticated"] * 5 + ["done"]
    assert [u.is_admin for u in local_store.do(ListUsers()).users] == [True]


def test_a_setup_token_ends_with_the_next_and_with_time(local_store: SqlStore) -> None:
    first, second = new_secret(), new_secret()
    for secret, lifetime in ((first, 3_600_000), (second, 0)):
        op = OfferSetup(token_id=secret.token_id, digest=secret.digest, lifetime=lifetime)
        local_store.do(op)
    ops: list[Op[object]] = [
        SetUp(token=secret.text, username="ann", password=PASSWORD) for secret in (first, second)
    ]
    assert at_once(local_store, ops) == ["Unauthenticated"] * 2
    assert local_store.do(ListUsers()).users == []


def test_a_stranger_without_a_setup_token_costs_no_hash(local_store: SqlStore) -> None:
    secret = new_secret()
    local_store.do(OfferSetup(token_id=secret.token_id, digest=secret.digest, lifetime=3_600_000))
    hash_password(PASSWORD)

    def hashes() -> int:
        return passwords.hasher.cache_info().hits  # one for each hash or comparison

    before = hashes()
    for token in ("", "guess", new_secret().text, secret.text[:-1] + "~"):
        with pytest.raises(Unauthenticated, match="setup token"):
            local_store.do(SetUp(token=token or "x", username="ann", password=PASSWORD))
    assert hashes() == before
    assert local_store.do(SetUp(token=secret.text, username="ann", password=PASSWORD)).user.is_admin
    assert hashes() == before + 1


def test_admins_who_demote_each_other_at_once_leave_one(local_store: SqlStore) -> None:
    actors = []
    for name in ("ann", "bob", "cat", "dog"):
        user = local_store.do(CreateUser(username=name, password=PASSWORD, is_admin=True)).user
        actors.append(Actor(name, "password", user.id, admin=True))
    ops: list[Op[object]] = [
        UpdateUserAdmin(username="bob", is_admin=False),
        DeleteUser(username="cat"),
        UpdateUserAdmin(username="dog", is_admin=False),
        UpdateUserAdmin(username="ann", is_admin=False),
    ]
    assert at_once(local_store, ops, actors) == ["BadRequest", "done", "done", "done"]
    assert sum(u.is_admin for u in local_store.do(ListUsers()).users) == 1


def test_equal_names_at_once_make_one_user(local_store: SqlStore) -> None:
    ops: list[Op[object]] = [CreateUser(username="ann", password=PASSWORD) for _ in range(6)]
    assert at_once(local_store, ops) == ["AlreadyExists"] * 5 + ["done"]


def test_a_session_is_found_until_it_is_closed(local_store: SqlStore) -> None:
    user = local_store.do(CreateUser(username="ann", password=PASSWORD)).user
    secret = new_secret()
    op = OpenSession(
        user=user.id, token_id=secret.token_id, digest=secret.digest, lifetime=3_600_000
    )
    local_store.do(op)
    look = FindCredential(token_id=secret.token_id)
    for found in (local_store.do(look), local_store.look_up(look)):
        assert (found.kind, found.name, found.revoked, found.digest) == (
            "session",
            "ann",
            False,
            secret.digest,
        )
        assert secret.digest not in repr(found)
    local_store.do(CloseSession(secret=f"cuvee_{secret.token_id}_{'x' * 43}"))
    assert not local_store.look_up(look).revoked
    local_store.do(CloseSession(secret=secret.text))
    assert local_store.look_up(look).revoked
    assert local_store.look_up(FindCredential(token_id="0" * 16)).user == 0


def test_logging_out_ends_no_token_whoever_knows_its_id_or_all_of_it(local_store: SqlStore) -> None:
    local_store.do(CreateUser(username="ann", password=PASSWORD))
    made = local_store.do(CreateToken(name="ci", username="ann"))
    look = FindCredential(token_id=made.token.token_id)
    for secret in (f"cuvee_{made.token.token_id}_{'x' * 43}", made.secret, ""):
        local_store.do(CloseSession(secret=secret))
        assert not local_store.look_up(look).revoked
