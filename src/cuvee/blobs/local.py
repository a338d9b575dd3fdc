"""Blobs on a local disk: ``blobs/ab/ab12...`` below a root, ``tmp/`` while they come in."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from cuvee.blobs.hashing import Hashing, disk_errors
from cuvee.errors import InvalidParameter

DAY = 24 * 3600
_DIGEST = re.compile(r"[0-9a-f]{64}")


class LocalBlobs:
    """Blobs below a directory, readable by their owner only.

    Args:
        root: the directory; it is made when it is missing.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.blobs = root / "blobs"
        self.tmp = root / "tmp"
        for directory in (root, self.blobs, self.tmp):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in range(256):
            (self.blobs / f"{number:02x}").mkdir(mode=0o700, exist_ok=True)
        for directory in (self.blobs, root, root.parent):
            with contextlib.suppress(PermissionError):  # the parent may be another user's
                _sync_directory(directory)
        self._sweep()

    def begin(self, hashes: Iterable[str] = ()) -> LocalUpload:
        """Start an upload; see ``Blobs.begin``."""
        return LocalUpload(self, hashes)

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Store bytes; return their sha256 (hexadecimal) and size."""
        upload = self.begin()
        try:
            for chunk in chunks:
                upload.write(chunk)
            return upload.commit()
        finally:
            upload.abort()

    def path(self, digest: str) -> Path:
        """Return the file that holds the bytes of this sha256; it may not exist."""
        if not _DIGEST.fullmatch(digest):
            raise InvalidParameter(f"{digest[:80]!r} is not a sha256 in lower-case hexadecimal.")
        return self.blobs / digest[:2] / digest

    def size(self, digest: str) -> int | None:
        """Return how many bytes have this sha256, or None when they are not here."""
        try:
            return self.path(digest).stat().st_size
        except FileNotFoundError:
            return None

    def part(self, digest: str, first: int, most: int) -> bytes | None:
        """Return bytes of this sha256 from one on; see ``Blobs.part``."""
        try:
            with self.path(digest).open("rb") as file:
                file.seek(first)
                return file.read(most)
        except FileNotFoundError:
            return None

    def older(self, part: str, age: float) -> list[str]:
        """Return digests of bytes that are some seconds old; see ``Blobs.older``."""
        before = time.time() - age
        found = []
        with os.scandir(self.blobs / part) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):  # another has just removed it
                    if _DIGEST.fullmatch(entry.name) and entry.stat().st_mtime < before:
                        found.append(entry.name)
        return sorted(found)

    def remove(self, digest: str, age: float, *, dry_run: bool) -> int | None:
        """Remove bytes that are still some seconds old; see ``Blobs.remove``."""
        path = self.path(digest)
        with self.turn(shared=False):
            try:
                found = path.stat()
            except FileNotFoundError:
                return None
            if found.st_mtime >= time.time() - age:
                return None
            if not dry_run:
                path.unlink()
        return found.st_size

    @contextlib.contextmanager
    def turn(self, *, shared: bool) -> Iterator[None]:
        """Keep those who store and those who remove apart, in all processes."""
        fd = os.open(self.root / "turn.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

    def _sweep(self) -> None:
        """Remove what interrupted uploads have left: of dead processes, or older than a day."""
        for left in self.tmp.iterdir():
            with contextlib.suppress(OSError):
                host, _, rest = left.name.partition("-")
                dead = host == _host() and not _alive(rest.partition("-")[0])
                if dead or left.stat().st_mtime < time.time() - DAY:
                    left.unlink()


class LocalUpload:
    """Bytes on their way to a local disk; see ``Upload``."""

    def __init__(self, blobs: LocalBlobs, hashes: Iterable[str]) -> None:
        self._blobs = blobs
        self._lock = threading.Lock()
        self._hashing = Hashing(hashes)
        self._temporary = blobs.tmp / f"{_host()}-{os.getpid()}-{secrets.token_hex(8)}"
        self._file: int | None = None
        self._over = False
        self._renamed = False

    def write(self, data: bytes | bytearray) -> None:
        """Append bytes; see ``Upload.write``."""
        with self._lock:
            self._hashing.update(data)
            try:
                with disk_errors():
                    rest = memoryview(data)
                    while rest:
                        rest = rest[os.write(self._open_file(), rest) :]
            except BaseException:
                self._discard()
                raise

    def commit(self, expected: Mapping[str, bytes] | None = None) -> tuple[str, int]:
        """Make the bytes durable and visible; see ``Upload.commit``."""
        with self._lock:
            try:
                self._hashing.compare(expected or {})
                with disk_errors():
                    return self._keep()
            finally:
                self._discard()

    def abort(self) -> None:
        """Forget the bytes; after a commit this does nothing."""
        with self._lock:
            self._discard()

    def _open_file(self) -> int:
        if self._over:
            raise InvalidParameter("The upload is over: start another.")
        if self._file is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            self._file = os.open(self._temporary, flags, 0o400)
        return self._file

    def _keep(self) -> tuple[str, int]:
        file, digest = self._open_file(), self._hashing.digest
        size = self._hashing.size
        target = self._blobs.path(digest)
        # Bytes of this name and size are these bytes, and were synced before they got the name;
        # the directory is synced again because whoever renamed them may not have come that far.
        # They become young again, so that they are not removed before a row names them.
        synced = self._blobs.size(digest) != size
        if synced:
            os.fsync(file)
        with self._blobs.turn(shared=True):
            if self._blobs.size(digest) == size:
                os.utime(target)
            else:
                if not synced:  # they have been removed since
                    os.fsync(file)
                self._temporary.rename(target)
                self._renamed = True
        _sync_directory(target.parent)
        return digest, size

    def _discard(self) -> None:
        file, self._file = self._file, None
        self._over = True
        if file is not None:
            os.close(file)
            if not self._renamed:
                self._temporary.unlink()


def _sync_directory(directory: Path) -> None:
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@cache
def _host() -> str:
    """Name this computer: process ids of others that share the disk mean nothing here."""
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # it lives, and is another user's
    return True
