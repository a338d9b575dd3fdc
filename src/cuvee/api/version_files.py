"""Files of versions that clients wrote by themselves, below the artifact root; no addresses."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cuvee.api.artifacts import StoredFile
from cuvee.api.base import Empty, Permission, Read, Write


class OutsideVersion(Struct, frozen=True, kw_only=True):
    """A version whose files nobody has read yet.

    Args:
        number: its number among all versions of the registry.
        name: the model.
        version: its version.
        uri: where its files are.
    """

    number: int
    name: str
    version: str
    uri: str


class OutsideVersions(Struct, frozen=True):
    """Versions, the oldest first."""

    versions: list[OutsideVersion] = []


class ListOutsideVersions(Read[OutsideVersions], frozen=True, kw_only=True):
    """List versions without a digest whose files are not in the artifact store, some at a time.

    Args:
        after: number of the last one that is known.
    """

    needs: ClassVar[Permission] = Permission.ADMIN
    after: int = 0


class KeepVersionFiles(Write[Empty], frozen=True, kw_only=True):
    """Say which files a version without any has; their bytes are stored.

    Args:
        name: the model.
        version: its version.
        files: its files.
        texts: digest -> what a file named ``MLmodel`` holds.
    """

    needs: ClassVar[Permission] = Permission.ADMIN
    name: str
    version: str
    files: list[StoredFile]
    texts: dict[str, str] = {}
