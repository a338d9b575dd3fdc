"""Files that clients wrote by themselves below the artifact root, and versions of them."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cuvee.api.artifacts import StoredFile, artifact_path
from cuvee.api.base import Empty, Of, Permission, Read, Required, Write


class OutsideVersion(Struct, frozen=True, kw_only=True):
    """A version whose files nobody has read yet.

    Args:
        number: its number among all versions of the registry.
        name: the model.
        version: its version.
        uri: where its files are.
        created: when it was registered, in milliseconds since 1970.
    """

    number: int
    name: str
    version: str
    uri: str
    created: int


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
        late: whether any of them was written after the registration.
    """

    needs: ClassVar[Permission] = Permission.ADMIN
    name: str
    version: str
    files: list[StoredFile]
    texts: dict[str, str] = {}
    late: bool = False


class AnnounceRunFile(Read[Empty], frozen=True, kw_only=True):
    """Ask whether the server may write a file where a run's client writes by itself.

    Args:
        run_id: the run.
        path: path below its root.
    """

    needs: ClassVar[Permission] = Permission.EDIT
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required
    path: Required

    def check(self) -> None:
        artifact_path(self.path)
