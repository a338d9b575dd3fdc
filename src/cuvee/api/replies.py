"""Requests with a key: carried out once, however often they are sent."""

from __future__ import annotations

import hashlib
import re
from typing import ClassVar

from msgspec import Struct

from cuvee.api.base import Permission, Write
from cuvee.errors import InvalidParameter

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
RETENTION = "Idempotency-Retention"
"""Header of answers: for how many seconds this server remembers keys."""
REMEMBERED = 86_400
_KEY = re.compile(r"[\x20-\x7e]{1,255}")


class Once(Struct, frozen=True):
    """A request that is to be carried out once.

    Args:
        key: the name that its sender gives it, among its own.
        digest: sha256 of what is asked, hexadecimal: another request cannot take the name.
    """

    key: str
    digest: str


class Reply(Struct, frozen=True):
    """What was answered to a request with a key.

    Args:
        body: the answer's JSON.
        replayed: the request had been carried out before.
    """

    body: bytes
    replayed: bool


class Swept(Struct, frozen=True):
    """How many were removed, or changed."""

    count: int


class SweepReplies(Write[Swept], frozen=True, kw_only=True):
    """Forget some of the answers that need not be remembered any more."""

    needs: ClassVar[Permission] = Permission.ADMIN


def once(key: str, method: str, target: str, body: bytes) -> Once:
    """Return a request with a key.

    Args:
        key: the header's value.
        method: HTTP method.
        target: path and query.
        body: the request's body, or the digest of one that is not kept in memory.

    Raises:
        InvalidParameter: no key looks like that.
    """
    if not _KEY.fullmatch(key):
        raise InvalidParameter(
            f"The header {HEADER} must have 1 to 255 printable ASCII characters, such as a UUID."
        )
    asked = hashlib.sha256(f"{method} {target}\n".encode() + body)
    return Once(key, asked.hexdigest())
