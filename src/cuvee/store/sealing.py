"""Secrets of webhooks at rest: sealed with a key that is not in the database.

Each is sealed with AES-256-GCM for the place that it stands in, so that it is of no use in another
row. A key file has one key a line: the first seals, all of them open.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cuvee.errors import InvalidParameter

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_HEAD = "sealed:1:"
_NONCE = 12


class Unreadable(Exception):
    """A secret was sealed with a key that is not there, or for another place."""


class Sealing:
    """Seals and opens texts.

    Args:
        path: the key's file, made when the first text is sealed; None where there is no place.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def seal(self, text: str, place: str) -> str:
        """Return what to keep of a text; an empty one is kept as it is.

        Raises:
            InvalidParameter: there is no key.
        """
        if not text:
            return ""
        keys = self._keys
        if not keys:
            raise InvalidParameter(
                "Secrets are kept sealed, and this store has no key: ask the server, or set "
                "CUVEE_SECRET_KEY to the server's key file."
            )
        name = next(iter(keys))
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + keys[name].encrypt(nonce, text.encode(), place.encode())
        return f"{_HEAD}{name}:{base64.b64encode(sealed).decode()}"

    def open(self, kept: str, place: str) -> str:
        """Return the text of which something was kept; what was never sealed is the text itself.

        Raises:
            Unreadable: it was sealed with another key, or stands in another place.
        """
        if not kept.startswith(_HEAD):
            return kept
        from cryptography.exceptions import InvalidTag

        name, _, encoded = kept.removeprefix(_HEAD).partition(":")
        try:
            sealed = base64.b64decode(encoded, validate=True)
            found = self._keys[name].decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
        except (KeyError, InvalidTag, binascii.Error, ValueError):
            raise Unreadable(place) from None
        return found.decode()

    def is_sealed(self, kept: str) -> bool:
        """Say whether nothing better can be kept: it is empty, or sealed with the first key."""
        return not kept or kept.startswith(f"{_HEAD}{next(iter(self._keys), '')}:")

    @cached_property
    def _keys(self) -> dict[str, AESGCM]:
        """The keys by the names that sealed texts give them."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if self.path is None:
            return {}
        if not self.path.exists():
            _make(self.path)
        try:
            lines = self.path.read_text("ascii").split()
            found = [base64.b64decode(line, validate=True) for line in lines]
            keys = {hashlib.sha256(b"cuvee-seal" + k).hexdigest()[:16]: AESGCM(k) for k in found}
        except (OSError, ValueError) as problem:
            reason = getattr(problem, "strerror", None) or "it holds none"
            raise InvalidParameter(
                f"The key that seals secrets cannot be read from {self.path} ({reason}): restore "
                "the file from a backup, or name another with --secret-key."
            ) from None
        if not keys:
            raise InvalidParameter(f"The file {self.path} holds no key that seals secrets.")
        return keys


def _make(path: Path) -> None:
    """Write a file with a new key that only its owner may read; whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        file.flush()
        os.fsync(handle)
    try:
        with contextlib.suppress(FileExistsError):  # another process was faster
            os.link(draft, path)
    finally:
        draft.unlink()
