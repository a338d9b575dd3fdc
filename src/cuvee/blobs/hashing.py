"""Digests of bytes that come in piece by piece, compared with what was announced."""

from __future__ import annotations

import contextlib
import errno
import hashlib
from collections.abc import Iterable, Iterator, Mapping

from cuvee.errors import InvalidParameter, StorageFull


class Hashing:
    """The sha256 of an upload, and what else its sender asked for.

    Args:
        others: names of hashes besides sha256.
    """

    def __init__(self, others: Iterable[str]) -> None:
        self._sha256 = hashlib.sha256()
        self._others = {h: hashlib.new(h, usedforsecurity=False) for h in others}
        self.size = 0

    def update(self, data: bytes | bytearray) -> None:
        """Add bytes."""
        self._sha256.update(data)
        for other in self._others.values():
            other.update(data)
        self.size += len(data)

    @property
    def digest(self) -> str:
        """The sha256 so far, hexadecimal."""
        return self._sha256.hexdigest()

    def compare(self, expected: Mapping[str, bytes]) -> None:
        """Refuse bytes that are others than was announced.

        Raises:
            InvalidParameter: a digest differs.
        """
        hashes = {**self._others, "sha256": self._sha256}
        for name, digest in expected.items():
            found = hashes[name].digest()
            if found != digest:
                raise InvalidParameter(
                    f"The bytes that arrived have {name} {found.hex()}, but {digest.hex()} was "
                    "announced: nothing was stored, send them again."
                )


@contextlib.contextmanager
def disk_errors() -> Iterator[None]:
    """Say of a full disk what the caller can do.

    Raises:
        StorageFull: there is no space left.
    """
    try:
        yield
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(
                "The server has no space left for this file; nothing of it was stored. "
                "Free some space and send it again."
            ) from problem
        raise
