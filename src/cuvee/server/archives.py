"""Folders as ZIP archives, made while they are sent: no more than a chunk is held."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from cuvee.api.artifacts import StoredFile
from cuvee.api.names import shown
from cuvee.blobs import Blobs
from cuvee.errors import Internal

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


def with_bytes(blobs: Blobs, files: list[StoredFile]) -> list[tuple[StoredFile, Path]]:
    """Return files and where their bytes are.

    Raises:
        Internal: those of a file are not there.
    """
    for file in files:
        if blobs.size(file.digest) != file.size:
            raise Internal(f"The bytes of {shown(file.path)} are missing from the server.")
    return [(file, blobs.path(file.digest)) for file in files]


def pieces(folder: str, files: Sequence[tuple[StoredFile, Path]]) -> Generator[bytes, None, None]:
    """Yield an archive piece by piece; its files are stored as they are.

    Args:
        folder: what all files lie in, in the archive.
        files: files with paths below the folder, and where their bytes are.
    """
    held = _Held()
    with ZipFile(held, "w", ZIP_STORED) as archive:  # type: ignore[call-overload]  # writes only
        for file, source in files:
            about = ZipInfo(f"{folder}/{file.path}", _moment(file.modified))
            about.external_attr = 0o644 << 16
            about.file_size = file.size
            with archive.open(about, "w") as target, source.open("rb") as opened:
                while data := opened.read(CHUNK):
                    target.write(data)
                    if len(held.data) >= CHUNK:
                        yield held.take()
    yield held.take()


def _moment(modified: int) -> tuple[int, int, int, int, int, int]:
    found = time.gmtime(modified / 1000)[:6]
    return found if found[0] >= FIRST_YEAR else (FIRST_YEAR, 1, 1, 0, 0, 0)
