"""The text of tokens, and what is kept of it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import NamedTuple

PREFIX = "cuvee_"
_TOKEN = re.compile(r"cuvee_([0-9a-f]{16})_([\w-]{43})", re.ASCII)


class NewSecret(NamedTuple):
    """A new token.

    Args:
        token_id: names the token; may be shown.
        text: the token itself, of which 256 bits are secret.
        digest: what is kept of it.
    """

    token_id: str
    text: str
    digest: str

    def __repr__(self) -> str:
        return f"NewSecret({self.token_id})"


def new_secret() -> NewSecret:
    """Return a new token; its text has a prefix by which scanners find leaked ones."""
    token_id = secrets.token_hex(8)
    text = f"{PREFIX}{token_id}_{secrets.token_urlsafe(32)}"
    return NewSecret(token_id, text, _digest(text))


def token_id_of(text: str) -> str:
    """Return the id of a token; empty when the text is none."""
    found = _TOKEN.fullmatch(text)
    return found[1] if found else ""


def is_secret(digest: str, text: str) -> bool:
    """Say whether ``text`` is the token of which ``digest`` was kept."""
    # A fast hash is enough: nobody can try 2^256 secrets.
    return hmac.compare_digest(digest, _digest(text))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
