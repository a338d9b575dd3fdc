"""Artifacts: files of runs, logged models and versions, named by path and by digest.

File contents do not travel inside operations. A server (or the embedded client) first stores the
bytes under their sha256 and then makes them visible with ``PutArtifact``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, ClassVar
from urllib.parse import unquote

from msgspec import Meta, Struct

from cuvee.api.base import Empty, Of, Permission, Read, Required, Write
from cuvee.api.names import shown
from cuvee.errors import InvalidParameter

MAX_PATH = 2048
MAX_SEGMENT = 255
MAX_MODEL_TEXT = 1 << 20
MODEL_FILE = "MLmodel"
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="sha256, hexadecimal")]
Size = Annotated[int, Meta(ge=0, le=2**63 - 1, description="bytes")]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ABSOLUTE = re.compile(r"/|[A-Za-z]:(/|$)|file:/", re.IGNORECASE)


def artifact_path(raw: str) -> str:
    """Return ``raw`` as it is if it can name an artifact; a path is never rewritten.

    Every spelling that percent-decoding could turn it into is looked at too, so that no later
    decoder, here or in a client, can be led out of the artifact root.

    Args:
        raw: path below some root, already decoded as often as the protocol asks for.

    Raises:
        InvalidParameter: the path is absolute, climbs, or could not be kept as it was sent.
    """
    refuse = f"Invalid path {shown(raw)}: "
    if _too_long(raw):
        raise InvalidParameter(
            refuse + f"a path may have {MAX_PATH} bytes and each of its parts {MAX_SEGMENT}."
        )
    if "#" in raw:
        raise InvalidParameter(refuse + "leave out '#', which would start a URL's fragment.")
    if "" in raw.split("/"):
        raise InvalidParameter(refuse + "leave out leading, trailing and double slashes.")
    spelling = raw
    while True:
        if _CONTROL.search(spelling) or "\\" in spelling:
            raise InvalidParameter(refuse + "leave out control characters and backslashes.")
        if _ABSOLUTE.match(spelling) or not {".", ".."}.isdisjoint(spelling.split("/")):
            raise InvalidParameter(
                refuse + "it must stay below the artifact root: leave out '.' and '..' parts, "
                "and do not start it with a slash or a drive."
            )
        decoded = unquote(spelling)
        if decoded == spelling:
            return raw
        spelling = decoded


def artifact_directory(raw: str) -> str:
    """Return ``raw`` without trailing slashes if it can name a directory; the root is ``""``.

    Parts ``.`` are left out: clients join them to a root, and mean the directory itself.

    Raises:
        InvalidParameter: see ``artifact_path``.
    """
    path = raw.rstrip("/")
    if path.startswith(".") or "/." in path:
        path = "/".join(part for part in path.split("/") if part != ".")
    return artifact_path(path) if path or raw.startswith("/") else ""


def model_text(path: str, file: Path) -> str:
    """Return what a file named ``MLmodel`` holds; empty for other files, and for what is no text.

    Args:
        path: path in the artifact store.
        file: where its bytes are.
    """
    if path.rpartition("/")[2] != MODEL_FILE or file.stat().st_size > MAX_MODEL_TEXT:
        return ""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
    return "" if "\0" in text else text


def _too_long(path: str) -> bool:
    try:
        return len(path.encode()) > MAX_PATH or any(
            len(part.encode()) > MAX_SEGMENT for part in path.split("/")
        )
    except UnicodeEncodeError:  # half of a surrogate pair
        raise InvalidParameter(f"Invalid path {shown(path)}: it is not valid Unicode.") from None


def manifest_digest(files: Iterable[StoredFile]) -> str:
    """Return the digest of a version: sha256 over the sorted lines ``<sha256>  <path>``.

    These are the lines that ``sha256sum`` writes; a version without files has the digest ``""``.
    """
    lines = sorted(f"{file.digest}  {file.path}\n" for file in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest() if lines else ""


class FileInfo(Struct, frozen=True, gc=False, omit_defaults=True):
    """A file or directory in a listing; ``file_size`` (bytes) is absent for directories."""

    path: str
    is_dir: bool
    file_size: int | None = None


class ArtifactPage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The files of a directory."""

    root_uri: str | None = None
    files: list[FileInfo] = []
    next_page_token: str | None = None


class StoredFile(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
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
    alone: ClassVar[bool] = True
    legacy: ClassVar[dict[str, str]] = {"run_uuid": "run_id"}
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    run_id: Required
    path: str = ""
    page_token: str = ""

    def check(self) -> None:
        artifact_directory(self.path)


class ListStoredArtifacts(Read[ArtifactPage], frozen=True, kw_only=True):
    """List one directory of the artifact store; paths are base names."""

    of: ClassVar[tuple[Of, ...]] = (Of("path", "path"),)
    path: str = ""

    def check(self) -> None:
        artifact_directory(self.path)


class FindArtifact(Read[StoredFile], frozen=True, kw_only=True):
    """Find the stored file at a path of the artifact store."""

    of: ClassVar[tuple[Of, ...]] = (Of("path", "path"),)
    path: Required

    def check(self) -> None:
        artifact_path(self.path)


class AnnounceArtifact(Read[Empty], frozen=True, kw_only=True):
    """Ask whether a file may be stored at a path, before its bytes are sent."""

    needs: ClassVar[Permission] = Permission.EDIT
    of: ClassVar[tuple[Of, ...]] = (Of("path", "path"),)
    path: Required

    def check(self) -> None:
        artifact_path(self.path)


class PutArtifact(Write[Empty], frozen=True, kw_only=True):
    """Make stored bytes visible at a path of the artifact store.

    Args:
        text: what a file named ``MLmodel`` holds: what the model says about itself.
    """

    of: ClassVar[tuple[Of, ...]] = (Of("path", "path"),)
    path: Required
    digest: Digest
    size: Size
    text: str = ""

    def check(self) -> None:
        artifact_path(self.path)


class DeleteArtifact(Write[Empty], frozen=True, kw_only=True):
    """Remove a file or a tree of the artifact store; registered versions' files are refused."""

    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("path", "path"),)
    path: Required

    def check(self) -> None:
        artifact_path(self.path)
