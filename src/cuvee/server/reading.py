"""Files as downloads read them: stored bytes, and what clients wrote below the artifact root.

When ``--default-artifact-root`` names a directory, clients write their files there by themselves,
and the server shows them. Every run and logged model has a directory of its own, named by its id:
who may read the run may read what lies in it and nothing else. A symbolic link is never followed,
for the server may be able to read more than who made the link.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from cuvee.api.artifacts import (
    ArtifactPage,
    FileInfo,
    ListArtifacts,
    StoredFile,
    artifact_directory,
)
from cuvee.api.logged_models import ListLoggedModelArtifacts
from cuvee.api.names import shown
from cuvee.api.wordings import artifact_missing
from cuvee.errors import Conflict, Internal, InvalidParameter, NotFound
from cuvee.uris import LocalUri, parse_artifact_uri

Opened = Callable[[], int]
"""Opens a file and returns its descriptor."""
MOST_FILES = 100_000
"""Files that a directory may have to be sent as a whole."""
PART = re.compile(r"\.cuvee-[0-9a-f]{32}\.part")
"""Names of files that the server is still writing, or was when it died; nobody sees them."""
Listing = ListArtifacts | ListLoggedModelArtifacts


def open_stored(path: Path, file: StoredFile) -> int:
    """Open stored bytes.

    Args:
        path: the file that holds them.
        file: what they should be.

    Raises:
        Internal: they are missing or damaged.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Internal(f"The bytes of {shown(file.path)} are missing from the server.") from None
    if os.fstat(fd).st_size == file.size:
        return fd
    os.close(fd)
    raise Internal(f"The bytes of {shown(file.path)} are damaged on the server.")


def read_span(opened: Opened, first: int, behind: int) -> bytes:
    """Return a span of a file: from the first byte to the one before the last."""
    fd = opened()
    try:
        return os.pread(fd, behind - first, first)
    finally:
        os.close(fd)


class Outside:
    """What clients wrote below a directory.

    Args:
        root: the directory.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def at(cls, uri: str) -> Outside | None:
        """Return what lies below a URI, or None when that is no directory of this computer."""
        path = _local(uri)
        return None if path is None or not path.is_absolute() else cls(path)

    def holds(self, uri: str) -> bool:
        """Say whether an artifact URI names a place below the directory."""
        return self.parts(uri) is not None

    def listed(self, page: ArtifactPage, op: Listing) -> ArtifactPage:
        """Return a page with the names in one directory, when its root lies here.

        Args:
            page: the answer to the operation.
            op: which directory of which run or logged model is listed.
        """
        path = op.path if isinstance(op, ListArtifacts) else op.artifact_directory_path
        directory = artifact_directory(path)
        root = self.parts(page.root_uri or "")
        if root is None:
            return page
        names = [*root, *filter(None, directory.split("/"))]
        try:
            with self._opened(names) as fd, os.scandir(fd) as entries:
                found = [_named(entry, directory) for entry in entries if _plain(entry)]
        except OSError:  # there is none, or it is a file or a link: nothing is below it
            found = []
        return ArtifactPage(root_uri=page.root_uri, files=sorted(found, key=lambda f: f.path))

    def find(self, uri: str, path: str) -> StoredFile:
        """Find a file; it has no digest, for nobody has read it yet.

        Args:
            uri: root of a run or logged model, which lies here.
            path: path below it.

        Raises:
            NotFound: there is no such file.
            InvalidParameter: it is a directory.
        """
        with self._file(uri, path) as fd:
            about = os.fstat(fd)
        modified = about.st_mtime_ns // 1_000_000
        return StoredFile(path=path, digest="", size=about.st_size, modified=modified)

    def within(self, uri: str, directory: str) -> list[tuple[StoredFile, Opened]]:
        """Find all files in a directory, with their paths below it, and how they are opened.

        Args:
            uri: root of a run, logged model or version, which lies here.
            directory: path below it; empty for all.

        Raises:
            InvalidParameter: there are too many.
        """
        root = self.parts(uri) or ()
        found: list[tuple[StoredFile, Opened]] = []
        waiting = [""]
        while waiting and root:
            inner = waiting.pop()
            path = "/".join(filter(None, (directory, inner)))
            names = [*root, *filter(None, path.split("/"))]
            try:
                with self._opened(names) as fd, os.scandir(fd) as entries:
                    here = [_named(entry, inner) for entry in entries if _plain(entry)]
            except OSError:  # as in a listing
                continue
            waiting += [entry.path for entry in here if entry.is_dir]
            for entry in here:
                if not entry.is_dir:
                    whole = f"{directory}/{entry.path}" if directory else entry.path
                    with suppress(NotFound):  # it has just been removed
                        file = self.find(uri, whole)
                        inside = replace(file, path=entry.path)
                        found.append((inside, partial(self.open, uri, file)))
            if len(found) > MOST_FILES:
                raise InvalidParameter(
                    f"There are more than {MOST_FILES:,} files: get its directories one by one."
                )
        return sorted(found, key=lambda f: f[0].path)

    def changed(self, uri: str, path: str) -> int:
        """Return when a file was changed last, in nanoseconds since 1970.

        This is the file system's own note; a copy may take the time of writing along.

        Raises:
            NotFound: there is no such file.
        """
        with self._file(uri, path) as fd:
            return os.fstat(fd).st_ctime_ns

    def open(self, uri: str, file: StoredFile) -> int:
        """Open a file that was found.

        Raises:
            NotFound: it is gone.
            Conflict: it has changed since.
        """
        with self._file(uri, file.path) as fd:
            if os.fstat(fd).st_size == file.size:
                return os.dup(fd)
        raise Conflict(f"{shown(file.path)} changed while it was read: ask again.")

    @contextmanager
    def _file(self, uri: str, path: str) -> Iterator[int]:
        missing = NotFound(artifact_missing(path))
        root = self.parts(uri)
        if root is None:
            raise missing
        try:
            with self._opened([*root, *path.split("/")]) as fd:
                mode = os.fstat(fd).st_mode
                if stat.S_ISDIR(mode):
                    raise InvalidParameter(
                        f"{shown(path)} is a directory: list it, and get its files one by one."
                    )
                if not stat.S_ISREG(mode):
                    raise missing
                yield fd
        except OSError:
            raise missing from None

    @contextmanager
    def _opened(self, names: list[str]) -> Iterator[int]:
        """Open what has a path below the directory, part by part, following no link."""
        fd = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for name in names:
                if PART.fullmatch(name):
                    raise FileNotFoundError(name)
                # Opening a pipe would wait for who writes to it.
                flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
                inner = os.open(name, flags, dir_fd=fd)
                os.close(fd)
                fd = inner
            yield fd
        finally:
            os.close(fd)

    def parts(self, uri: str) -> tuple[str, ...] | None:
        """Return the names that lead from the directory to a place below it; None elsewhere."""
        path = _local(uri)
        if path is None or ".." in path.parts or not path.is_relative_to(self.root):
            return None
        return path.relative_to(self.root).parts or None


def _local(uri: str) -> Path | None:
    try:
        found = parse_artifact_uri(uri)
    except InvalidParameter:
        return None
    return found.path if isinstance(found, LocalUri) else None


def _plain(entry: os.DirEntry[str]) -> bool:
    """Say whether a name in a directory is a file or directory that an answer can name."""
    if not (entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)):
        return False
    if PART.fullmatch(entry.name):
        return False
    try:
        entry.name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _named(entry: os.DirEntry[str], directory: str) -> FileInfo:
    path = f"{directory}/{entry.name}" if directory else entry.name
    if entry.is_dir(follow_symlinks=False):
        return FileInfo(path, is_dir=True)
    return FileInfo(path, is_dir=False, file_size=entry.stat(follow_symlinks=False).st_size)
