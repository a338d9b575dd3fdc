"""Where the bytes of artifacts are kept: by sha256, each content once.

Laws of ``Blobs`` (each has a test of the same words in ``tests/unit/blobs``):

* Bytes are visible whole and durable, or not at all.
* The same bytes are stored once.
* What was aborted leaves nothing.
* Storing never replaces bytes that are there.
* Bytes that were just stored, again or for the first time, are not removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol


class Upload(Protocol):
    """Bytes on their way in; safe for use by several threads, one after another."""

    def write(self, data: bytes | bytearray) -> None:
        """Append bytes.

        Raises:
            StorageFull: there is no space left; the upload is aborted.
        """
        ...

    def commit(self, expected: Mapping[str, bytes] | None = None) -> tuple[str, int]:
        """Make the bytes durable and visible; return their sha256 (hexadecimal) and size.

        Args:
            expected: name of a hash (of those that ``begin`` was told) -> digest to be met.

        Raises:
            InvalidParameter: a digest differs; nothing was stored.
            StorageFull: there is no space left; nothing was stored.
        """
        ...

    def abort(self) -> None:
        """Forget the bytes; after a commit this does nothing."""
        ...


class Blobs(Protocol):
    """A store of bytes by digest."""

    def begin(self, hashes: Iterable[str] = ()) -> Upload:
        """Start an upload.

        Args:
            hashes: ``md5`` or ``sha512``, to be computed besides sha256.
        """
        ...

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Store bytes; return their sha256 (hexadecimal) and size."""
        ...

    def path(self, digest: str) -> Path:
        """Return the file that holds the bytes of this sha256; it may not exist."""
        ...

    def size(self, digest: str) -> int | None:
        """Return how many bytes have this sha256, or None when they are not here."""
        ...

    def part(self, digest: str, first: int, most: int) -> bytes | None:
        """Return bytes of this sha256 from one on, up to some; None when they are not here."""
        ...

    def older(self, part: str, age: float) -> list[str]:
        """Return the digests of bytes that were stored, the last time, some seconds ago.

        Args:
            part: how the digests begin: two hexadecimal digits.
            age: seconds.
        """
        ...

    def remove(self, digest: str, age: float, *, dry_run: bool) -> int | None:
        """Remove bytes that are still that old and return how many they were.

        Args:
            digest: their sha256.
            age: seconds since they were stored the last time.
            dry_run: leave them.

        Returns:
            None when they are younger: somebody has just stored the same bytes, and will use them.
        """
        ...
