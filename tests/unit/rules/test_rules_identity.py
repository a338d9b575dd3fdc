"""Passwords, tokens, scopes, and how long wrong logins wait."""

from __future__ import annotations

import pytest

from cuvee.api import ROUTED
from cuvee.api.experiments import CreateExperiment
from cuvee.api.models import CreateRegisteredModel, GetRegisteredModel
from cuvee.api.users import CreateUser, ListUsers, SetUp, UpdateUserPassword, check_username
from cuvee.errors import InvalidParameter, PermissionDenied
from cuvee.rules.attempts import FORGOTTEN, wait
from cuvee.rules.passwords import hash_password, is_password
from cuvee.rules.scopes import area, check_scopes
from cuvee.rules.tokens import is_secret, new_secret, token_id_of

NOW = 10**12
PASSWORD = "correct horse battery"


def test_a_password_is_kept_as_argon2id_and_found_again() -> None:
    kept = hash_password(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert kept != hash_password(PASSWORD)
    assert is_password(kept, PASSWORD)
    assert not is_password(kept, PASSWORD + "x")


@pytest.mark.parametrize("kept", ["", "x", "$argon2id$", "\0"])
@pytest.mark.parametrize("password", ["", "x", "nobody has this password", "\u20ac" * 1000])
def test_who_has_no_password_has_none_that_fits(kept: str, password: str) -> None:
    assert not is_password(kept, password)


def test_a_token_is_recognised_by_its_digest_alone() -> None:
    first, second = new_secret(), new_secret()
    assert token_id_of(first.text) == first.token_id != second.token_id
    assert is_secret(first.digest, first.text)
    assert not is_secret(first.digest, second.text)
    assert first.text.partition(first.token_id)[2] not in first.digest
    assert first.text not in repr(first)
    for text in ("", "cuvee_", first.text + "x", first.text[:-1], first.text.upper(), "x" * 66):
        assert token_id_of(text) == "", text


@pytest.mark.parametrize(
    ("counted", "seconds"),
    [
        ({}, 0),
        ({"pair": (9, NOW)}, 0),
        ({"pair": (10, NOW)}, 1),
        ({"pair": (12, NOW - 1000)}, 3),
        ({"pair": (10**9, NOW)}, 300),
        ({"pair": (10**9, NOW - FORGOTTEN - 1)}, 0),
        ({"address": (49, NOW)}, 0),
        ({"address": (60, NOW)}, 300),
        ({"user": (10**6, NOW)}, 10),
        ({"user": (10**6, NOW), "known": (0, NOW - 10**9)}, 0),
        ({"user": (10**6, NOW), "known": (0, NOW), "pair": (11, NOW)}, 2),
    ],
)
def test_wrong_logins_wait_longer_and_longer(
    counted: dict[str, tuple[int, int]], seconds: int
) -> None:
    assert max(0, wait(counted, NOW)) == seconds * 1000


def test_scopes_allow_what_they_name_and_reading() -> None:
    check_scopes(["read"], GetRegisteredModel)
    check_scopes(["tracking"], CreateExperiment)
    check_scopes(["registry"], CreateRegisteredModel)
    check_scopes(["tracking", "registry"], CreateRegisteredModel)
    for scopes, op in (
        (["read"], CreateExperiment),
        (["registry"], CreateExperiment),
        (["tracking"], CreateRegisteredModel),
        (["read", "tracking", "registry"], CreateUser),
        (["registry"], UpdateUserPassword),
    ):
        with pytest.raises(PermissionDenied, match="scopes"):
            check_scopes(scopes, op)
    check_scopes(["read"], ListUsers)


def test_every_operation_is_in_one_area() -> None:
    assert {area(op) for op in ROUTED} == {"", "tracking", "registry"}
    for op in ROUTED:
        if op.needs.value in ("admin", "public"):
            assert area(op) == "", op


@pytest.mark.parametrize(
    "name", ["", " ", "a:b", "a/b", "a\\b", " a", "a ", "token", "TOKEN", "a\u202eb", "n" * 257]
)
def test_a_name_that_a_login_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(InvalidParameter, match="user name"):
        check_username(name)


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 40, "x" * 1025, "cuvee_" * 9])
def test_a_weak_password_is_refused_without_repeating_it(password: str) -> None:
    for op in (
        CreateUser(username="ann", password=password),
        UpdateUserPassword(username="ann", password=password),
        SetUp(username="ann", password=password, token="t"),
    ):
        with pytest.raises(InvalidParameter) as caught:
            op.check()
        assert not password or password not in str(caught.value)


def test_no_secret_is_in_a_repr() -> None:
    for op in (
        CreateUser(username="ann", password=PASSWORD),
        UpdateUserPassword(username="ann", password=PASSWORD, current_password="horse"),
        SetUp(username="ann", password=PASSWORD, token="horse"),
    ):
        assert "horse" not in repr(op)
