"""Artifacts: files of runs, logged models and versions, named by path and by digest.

File contents do not travel inside operations. A server (or the embedded client) first stores the
bytes under their sha256 and then makes them visible with ``PutArtifact``.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import Empty, Int64, Permission, Read, Required, Write

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="sha256, hexadecimal")]


class FileInfo(Struct, frozen=True, omit_defaults=True):
    """A file or directory in a listing; ``file_size`` (bytes) is absent for directories."""

    path: str
    is_dir: bool
    file_size: int | None = None


class ArtifactPage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The files of a directory."""

    root_uri: str | None = None
    files: list[FileInfo] = []
    next_page_token: str | None = None


class StoredFile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file as it is stored.

    Args:
        path: path below the artifact root, or below the version's root in a manifest.
        digest: sha256 of the bytes, hexadecimal.
        size: bytes.
        modified: milliseconds since 1970.
    """

    path: str
    digest: str
    size: int
    modified: int = 0


class StoredFiles(Struct, frozen=True, omit_defaults=True):
    """Files with their digests."""

    files: list[StoredFile] = []


class ListArtifacts(Read[ArtifactPage], frozen=True, kw_only=True):
    """List the files of a run, one directory at a time; paths are relative to the run's root."""

    route: ClassVar[str] = "artifacts/list"
    legacy: ClassVar[dict[str, str]] = {"run_uuid": "run_id"}
    run_id: Required
    path: str = ""
    page_token: str = ""


class ListStoredArtifacts(Read[ArtifactPage], frozen=True, kw_only=True):
    """List one directory of the artifact store; paths are base names."""

    path: str = ""


class FindArtifact(Read[StoredFile], frozen=True, kw_only=True):
    """Find the stored file at a path of the artifact store."""

    path: Required


class PutArtifact(Write[Empty], frozen=True, kw_only=True):
    """Make stored bytes visible at a path of the artifact store."""

    path: Required
    digest: Digest
    size: Int64


class DeleteArtifact(Write[Empty], frozen=True, kw_only=True):
    """Remove a file or a tree of the artifact store; registered versions' files are refused."""

    needs: ClassVar[Permission] = Permission.EDIT
    path: Required
