"""Folders as ZIP archives, made while they are sent: no more than a chunk is held."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Sequence
from functools import partial
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from cuvee.api.artifacts import StoredFile
from cuvee.api.names import shown
from cuvee.blobs import Blobs
from cuvee.errors import Internal
from cuvee.server.headers import content_disposition
from cuvee.server.reading import Opened, open_stored

CHUNK = 1 << 20
FIRST_YEAR = 1980  # the first that a ZIP archive can name


class _Held:
    """What the archive has written and nobody has taken yet."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)

    def flush(self) -> None:
        """Nothing is to be done."""

    def take(self) -> bytes:
        taken = bytes(self.data)
        self.data.clear()
        return taken


def inside(files: list[StoredFile], directory: str) -> list[StoredFile]:
    """Return the files in a directory, with their paths below it."""
    if not directory:
        return files
    start = f"{directory}/"
    return [
        StoredFile(path=f.path[len(start) :], digest=f.digest, size=f.size, modified=f.modified)
        for f in files
        if f.path.startswith(start)
    ]


def with_bytes(blobs: Blobs, files: list[StoredFile]) -> list[tuple[StoredFile, Opened]]:
    """Return files and how they are opened.

    Raises:
        Internal: those of a file are not there.
    """
    for file in files:
        if blobs.size(file.digest) != file.size:
            raise Internal(f"The bytes of {shown(file.path)} are missing from the server.")
    return [(file, partial(open_stored, blobs.path(file.digest), file)) for file in files]


def archive_headers(folder: str) -> list[tuple[bytes, bytes]]:
    """Return the headers of a folder's archive."""
    return [
        (b"content-type", b"application/zip"),
        (b"content-disposition", content_disposition(f"{folder}.zip").encode("latin-1")),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]


def pieces(folder: str, files: Sequence[tuple[StoredFile, Opened]]) -> Generator[bytes, None, None]:
    """Yield an archive piece by piece; its files are stored as they are.

    Args:
        folder: what all files lie in, in the archive.
        files: files with paths below the folder, and how they are opened.
    """
    held = _Held()
    with ZipFile(held, "w", ZIP_STORED) as archive:  # type: ignore[call-overload]  # writes only
        for file, opened in files:
            about = ZipInfo(f"{folder}/{file.path}", _moment(file.modified))
            about.external_attr = 0o644 << 16
            about.file_size = file.size
            with archive.open(about, "w") as target, os.fdopen(opened(), "rb") as source:
                left = file.size  # what is added to it meanwhile is not part of it
                while data := source.read(min(CHUNK, left)):
                    left -= len(data)
                    target.write(data)
                    if len(held.data) >= CHUNK:
                        yield held.take()
    yield held.take()


def _moment(modified: int) -> tuple[int, int, int, int, int, int]:
    found = time.gmtime(modified / 1000)[:6]
    return found if found[0] >= FIRST_YEAR else (FIRST_YEAR, 1, 1, 0, 0, 0)
