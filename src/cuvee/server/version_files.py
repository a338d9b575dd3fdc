"""Keeps the files of versions that clients registered from a directory that they write to.

Such files may change after they were registered, so what was reviewed would not be what is used.
The server stores their bytes soon after the version was made, and the version has a digest then,
like one whose files came through the server. Large ones take as long as they take, on a thread.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from cuvee.api.artifacts import StoredFile, model_text
from cuvee.api.base import Actor, Store
from cuvee.api.version_files import KeepVersionFiles, ListOutsideVersions, OutsideVersion
from cuvee.blobs import Blobs
from cuvee.errors import CuveeError
from cuvee.server.reading import Opened, Outside

CHUNK = 1 << 20

_log = logging.getLogger("cuvee.files")


class VersionFiles:
    """Looks for new versions, and keeps their files, until it is closed.

    Args:
        store: where versions are.
        blobs: where bytes are kept.
        outside: what clients wrote by themselves.
    """

    def __init__(self, store: Store, blobs: Blobs, outside: Outside) -> None:
        self._store = store
        self._blobs = blobs
        self._outside = outside
        self._actor = Actor("cuvee", via="server")
        self._threads = ThreadPoolExecutor(1, "cuvee-files")
        self._busy: Future[None] | None = None
        self._after = 0
        self._closed = False

    def look(self) -> None:
        """Begin with what is new, unless it is still at what was."""
        if self._closed or (self._busy is not None and not self._busy.done()):
            return
        found = self._store.do(ListOutsideVersions(after=self._after), self._actor).versions
        if found:
            self._after = found[-1].number
            mine = [version for version in found if self._outside.holds(version.uri)]
            self._busy = self._threads.submit(self._keep_all, mine)

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
            what = f"version {version.version} of {version.name}"
            _log.warning("The files of %s were not kept, so it has no digest: %s", what, problem)

    def _keep(self, version: OutsideVersion) -> None:
        files: list[StoredFile] = []
        texts: dict[str, str] = {}
        for file, opened in self._outside.within(version.uri, ""):
            digest, size = self._blobs.put(_chunks(opened))
            if self._closed:
                return
            files.append(StoredFile(path=file.path, digest=digest, size=size))
            if text := model_text(file.path, self._blobs.path(digest)):
                texts[digest] = text
        if files:
            op = KeepVersionFiles(
                name=version.name, version=version.version, files=files, texts=texts
            )
            self._store.do(op, self._actor)


def _chunks(opened: Opened) -> Iterator[bytes]:
    fd = opened()
    try:
        while data := os.read(fd, CHUNK):
            yield data
    finally:
        os.close(fd)
