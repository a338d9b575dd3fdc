"""Passwords are kept as argon2id hashes, which cost an attacker 46 MiB and some 50 ms a guess."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher


def hash_password(password: str) -> str:
    """Return the hash to keep; takes tens of milliseconds of CPU."""
    return hasher().hash(password)


def is_password(kept: str, password: str) -> bool:
    """Say whether a password is the one of a hash; takes as long when there is no hash.

    Args:
        kept: what ``hash_password`` returned; empty for who has no password.
        password: what was sent.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        found = hasher().verify(kept or _decoy(), password)
    except (InvalidHashError, VerificationError):
        return False
    return found and bool(kept)


@cache
def hasher() -> PasswordHasher:
    """Return what hashes and compares passwords."""
    from argon2 import PasswordHasher

    # The first choice of OWASP's advice for argon2id. One lane: with several, the threads of one
    # comparison wait for each other on a busy machine, and it takes ten times as long.
    return PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)


@cache
def _decoy() -> str:
    """Return a hash against which the passwords of strangers are checked, to take as long."""
    return hasher().hash("nobody has this password")
