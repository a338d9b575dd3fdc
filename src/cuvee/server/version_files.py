"""Keeps the files of versions that clients registered from a directory that they write to.

Such files may change after they were registered, so what was reviewed would not be what is used.
The server stores their bytes soon after the version was made, and the version has a digest then,
like one whose files came through the server. Large ones take as long as they take, on a thread.

A version may be registered before its files are written. Those are kept once nothing about them has
changed from one look to the next: who keeps the half of them would keep them for good.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from cuvee.api.artifacts import StoredFile, model_text
from cuvee.api.base import Actor, Store
from cuvee.api.version_files import KeepVersionFiles, ListOutsideVersions, OutsideVersion
from cuvee.blobs import Blobs
from cuvee.errors import CuveeError
from cuvee.server.reading import Opened, Outside

CHUNK = 1 << 20
AGAIN = 60.0
"""Seconds after which versions that still have no files are looked at once more."""

_State = tuple[tuple[str, int, int], ...]
"""Paths, sizes, and when they were changed last."""

_log = logging.getLogger("cuvee.files")


class VersionFiles:
    """Looks for new versions, and keeps their files, until it is closed.

    Args:
        store: where versions are.
        blobs: where bytes are kept.
        outside: what clients wrote by themselves.
        again: seconds until versions without files are looked at once more.
    """

    def __init__(
        self, store: Store, blobs: Blobs, outside: Outside, *, again: float = AGAIN
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._outside = outside
        self._actor = Actor("cuvee", via="server")
        self._threads = ThreadPoolExecutor(1, "cuvee-files")
        self._busy: Future[None] | None = None
        self._newest = 0
        self._at = 0
        """The last version seen again, while those without files are gone through."""
        self._again = again
        self._begun = time.monotonic()
        self._states: dict[int, _State] = {}
        self._said: set[int] = set()
        self._closed = False

    def look(self) -> Future[None] | None:
        """Begin with what is new, unless it is still at what was; return what is under way."""
        if self._closed or (self._busy is not None and not self._busy.done()):
            return self._busy
        found = self._new() or self._old()
        if found:
            mine = [version for version in found if self._outside.holds(version.uri)]
            self._busy = self._threads.submit(self._keep_all, mine)
        return self._busy

    def _new(self) -> list[OutsideVersion]:
        found = self._store.do(ListOutsideVersions(after=self._newest), self._actor).versions
        if found:
            self._newest = found[-1].number
        return found

    def _old(self) -> list[OutsideVersion]:
        """Return the next of those looked at before: those that are new never wait for them."""
        if not self._at:
            if time.monotonic() - self._begun < self._again:
                return []
            self._begun = time.monotonic()
        found = self._store.do(ListOutsideVersions(after=self._at), self._actor).versions
        last = found[-1].number if found else self._newest
        self._at = last if last < self._newest else 0
        return found

    def close(self) -> None:
        """Leave what is not done to the next start."""
        self._closed = True
        self._threads.shutdown(cancel_futures=True)

    def _keep_all(self, versions: list[OutsideVersion]) -> None:
        for version in versions:
            if not self._closed:
                self._attempt(version)

    def _attempt(self, version: OutsideVersion) -> None:
        try:
            self._keep(version)
        except (CuveeError, OSError) as problem:
            if version.number not in self._said:  # it is tried again and again
                self._said.add(version.number)
                what = f"version {version.version} of {version.name}"
                _log.warning("The files of %s are not kept, so it has no digest: %s", what, problem)

    def _keep(self, version: OutsideVersion) -> None:
        found = self._outside.within(version.uri, "")
        state = self._state(version, found)
        late = any(changed // 1_000_000 > version.created for _, _, changed in state)
        before = self._states.pop(version.number, None)
        if late and state != before:
            self._states[version.number] = state
            return
        files: list[StoredFile] = []
        texts: dict[str, str] = {}
        for file, opened in found:
            digest, size = self._blobs.put(_chunks(opened))
            if self._closed:
                return
            files.append(StoredFile(path=file.path, digest=digest, size=size))
            if text := model_text(file.path, self._blobs.path(digest)):
                texts[digest] = text
        if files and self._state(version, self._outside.within(version.uri, "")) == state:
            op = KeepVersionFiles(
                name=version.name, version=version.version, files=files, texts=texts, late=late
            )
            self._store.do(op, self._actor)

    def _state(self, version: OutsideVersion, files: list[tuple[StoredFile, Opened]]) -> _State:
        return tuple(
            (file.path, file.size, self._outside.changed(version.uri, file.path))
            for file, _ in files
        )


def _chunks(opened: Opened) -> Iterator[bytes]:
    fd = opened()
    try:
        while data := os.read(fd, CHUNK):
            yield data
    finally:
        os.close(fd)
