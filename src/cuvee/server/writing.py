"""Uploads through the server into a directory that clients write to by themselves.

A page of MLflow's cannot write there, so the server does. A file is visible when it is complete and
durable: it has no name until then. One that it replaces has its name, so it gets another first,
which nobody sees, and is renamed; so it is from the start where the file system has no nameless
files. What a server leaves that dies in between, ``leftovers.py`` removes. No symbolic link is
followed or replaced, as when files are read. What is made is as open to others as the directory
that it is in, but never for all to write: the clients that share a directory are not the server's
user.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from tempfile import SpooledTemporaryFile
from typing import IO

from cuvee.api.names import shown
from cuvee.blobs.hashing import Hashing, disk_errors
from cuvee.errors import Conflict, InvalidParameter
from cuvee.server.reading import PART, Outside

CHUNK = 1 << 20
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
NAMELESS: int = getattr(os, "O_TMPFILE", 0)
"""Opens a file without a name, which goes when its process does; 0 where the system has none."""
_NO_NAMELESS = frozenset({errno.EISDIR, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOENT})
_NOT_OURS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_DIRECTORY = frozenset({errno.ENOTDIR, errno.ELOOP})


class OutsideUpload:
    """Bytes on their way into a directory that clients write to; see ``Upload``.

    Args:
        outside: what clients wrote by themselves.
        uri: root of a run, which lies there.
        path: the file's path below it.
        hashes: what is to be computed besides sha256.

    Raises:
        InvalidParameter: the path is one that nobody would see.
    """

    def __init__(self, outside: Outside, uri: str, path: str, hashes: Iterable[str] = ()) -> None:
        self._root = outside.root
        self._names = [*(outside.parts(uri) or ()), *path.split("/")]
        self._path = path
        if any(PART.fullmatch(name) for name in self._names):
            raise InvalidParameter(
                f"{shown(path)} has a name that the server gives to files that are not complete: "
                "choose another."
            )
        self._hashing = Hashing(hashes)
        self._lock = threading.Lock()
        # What leaves nothing behind, whenever the server dies.
        self._held = SpooledTemporaryFile(CHUNK)  # noqa: SIM115  # closed by ``abort``

    def write(self, data: bytes | bytearray) -> None:
        """Append bytes; see ``Upload.write``."""
        with self._lock, disk_errors():
            self._hashing.update(data)
            self._held.write(data)

    def commit(self, expected: Mapping[str, bytes] | None = None) -> tuple[str, int]:
        """Make the bytes durable and visible; see ``Upload.commit``.

        Raises:
            Conflict: a link, or something else that is no file, is in the way, or the server may
                not write there.
        """
        with self._lock:
            try:
                self._hashing.compare(expected or {})
                with disk_errors(), self._refusals():
                    self._place()
            finally:
                self._held.close()
        return self._hashing.digest, self._hashing.size

    def abort(self) -> None:
        """Forget the bytes; after a commit this does nothing."""
        with self._lock:
            self._held.close()

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            if problem.errno in _NO_DIRECTORY:
                raise Conflict(
                    f"{shown(self._path)} cannot be stored: something on its way is a file or a "
                    "symbolic link, not a directory. Choose another path."
                ) from problem
            if problem.errno == errno.ENAMETOOLONG:
                raise InvalidParameter(
                    f"{shown(self._path)} cannot be stored: a name in it is too long for the disk."
                ) from problem
            if problem.errno in _NOT_OURS:
                raise Conflict(
                    f"{shown(self._path)} cannot be stored: the server may not write into the "
                    "run's directory. Log the file with a client, or have the server's user given "
                    "the right."
                ) from problem
            raise

    def _place(self) -> None:
        *above, name = self._names
        self._root.mkdir(parents=True, exist_ok=True)
        with _descended(os.open(self._root, _DIRECTORY & ~os.O_NOFOLLOW), above) as directory:
            self._require_free(directory, name)
            self._write_into(directory, name)

    def _require_free(self, directory: int, name: str) -> None:
        try:
            there = os.stat(name, dir_fd=directory, follow_symlinks=False)
        except FileNotFoundError:
            return
        if not stat.S_ISREG(there.st_mode):
            raise Conflict(
                f"{shown(self._path)} cannot be stored: a directory or a symbolic link is there. "
                "Choose another path."
            )

    def _write_into(self, directory: int, name: str) -> None:
        if not self._link_into(directory, name):
            part = _part()
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            fd = os.open(part, flags, 0o600, dir_fd=directory)
            with _replacing(directory, part, name), os.fdopen(fd, "wb") as file:
                self._fill(file, directory)
        os.fsync(directory)

    def _link_into(self, directory: int, name: str) -> bool:
        """Write a file that has no name until it is whole; False where there are none such."""
        try:
            fd = os.open(".", os.O_WRONLY | NAMELESS | os.O_CLOEXEC, 0o600, dir_fd=directory)
        except OSError as problem:
            if problem.errno in _NO_NAMELESS:
                return False
            raise
        with os.fdopen(fd, "wb") as file:
            self._fill(file, directory)
            nameless = f"/proc/self/fd/{fd}"
            try:
                os.link(nameless, name, dst_dir_fd=directory, follow_symlinks=True)
            except FileNotFoundError:  # without /proc nobody can give it a name
                return False
            except FileExistsError:
                part = _part()
                with _replacing(directory, part, name):
                    os.link(nameless, part, dst_dir_fd=directory, follow_symlinks=True)
        return True

    def _fill(self, file: IO[bytes], directory: int) -> None:
        self._held.seek(0)
        shutil.copyfileobj(self._held, file, CHUNK)
        file.flush()
        os.fchmod(file.fileno(), _mode(directory) & 0o664 | 0o600)
        os.fsync(file.fileno())


def _part() -> str:
    return f".cuvee-{secrets.token_hex(16)}.part"


@contextmanager
def _replacing(directory: int, part: str, name: str) -> Iterator[None]:
    """Rename a part that was made to the name of the file that it replaces, or remove it."""
    try:
        yield
        os.rename(part, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        with suppress(OSError):
            os.unlink(part, dir_fd=directory)
        raise


@contextmanager
def _descended(fd: int, names: list[str]) -> Iterator[int]:
    """Open a directory name by name, making what is missing; what stays empty is removed."""
    opened = [fd]
    made: list[tuple[int, str]] = []
    try:
        for name in names:
            above = opened[-1]
            with suppress(FileExistsError):
                os.mkdir(name, 0o700, dir_fd=above)
                made.append((above, name))
            opened.append(os.open(name, _DIRECTORY, dir_fd=above))
            if made and made[-1] == (above, name):
                mode = stat.S_IMODE(os.fstat(opened[-1]).st_mode)
                os.fchmod(opened[-1], mode & 0o7000 | _mode(above) & 0o775 | 0o700)
                os.fsync(above)
        yield opened[-1]
    except BaseException:
        for above, name in reversed(made):
            with suppress(OSError):  # a client has put something there
                os.rmdir(name, dir_fd=above)
        raise
    finally:
        for each in opened:
            os.close(each)


def _mode(directory: int) -> int:
    return os.fstat(directory).st_mode
