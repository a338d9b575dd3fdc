"""Files of an artifact store: over HTTP, in this process, or on this computer's disk."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from cuvee.api.artifacts import (
    ArtifactPage,
    DeleteArtifact,
    FileInfo,
    FindArtifact,
    ListStoredArtifacts,
    PutArtifact,
    model_text,
)
from cuvee.api.base import Store
from cuvee.api.wire import decode_result
from cuvee.client.http import CHUNK, Http, Response, read_all
from cuvee.errors import BadRequest, CuveeError, NotFound
from cuvee.uris import PROXY_PATH

WORKERS = 8
FileInfos = list[FileInfo]


class Files(Protocol):
    """Files by path; a file is never seen half-written."""

    def put(self, path: str, source: Path) -> None:
        """Store the file ``source`` under ``path``."""
        ...

    def get(self, path: str, target: Path) -> None:
        """Fetch the file at ``path`` into the file ``target``.

        Raises:
            NotFound: there is no file at ``path``.
        """
        ...

    def list(self, path: str) -> FileInfos:
        """List a directory by base names; a file or a missing path gives an empty list."""
        ...

    def delete(self, path: str) -> None:
        """Remove a file or a tree; a missing one is not an error."""
        ...


class HttpFiles:
    """The artifact proxy of a tracking server.

    Args:
        http: connections to the server.
        patience: seconds of silence after which to give up; 0: as the settings say.
    """

    def __init__(self, http: Http, patience: float = 0.0) -> None:
        self._http = http
        self._patience = patience

    def impatient(self, patience: float) -> HttpFiles:
        """Return the same files, for who can do something else when the server is silent."""
        return HttpFiles(self._http, patience)

    def put(self, path: str, source: Path) -> None:
        self._send("PUT", path, body=source)

    def get(self, path: str, target: Path) -> None:
        def receive(response: Response) -> None:
            with incoming(target) as part, part.open("wb") as file:
                # Stored bytes are wanted as they are, so nothing is decoded.
                file.writelines(response.stream(CHUNK, decode_content=False))

        try:
            self._send("GET", path, receive=receive)
        except BadRequest as problem:  # how a server refuses to send a directory
            raise NotFound(f"There is no file at {path!r}: {problem.message}") from problem

    def list(self, path: str) -> FileInfos:
        answer: bytes = self._http.send(
            "GET",
            f"{PROXY_PATH}?path={quote(path)}",
            repeatable=True,
            receive=read_all,
        )
        return decode_result(ArtifactPage, answer).files

    def delete(self, path: str) -> None:
        self._send("DELETE", path)

    def _send(
        self,
        method: str,
        path: str,
        body: Path | None = None,
        receive: Callable[[Response], Any] = read_all,
    ) -> None:
        self._http.send(
            method,
            f"{PROXY_PATH}/{quote(path)}",
            body=body,
            content_type="application/octet-stream",
            repeatable=True,
            key="" if method == "GET" else uuid.uuid4().hex,
            patience=self._patience,
            receive=receive,
        )


class Blobs(Protocol):
    """Bytes by their sha256."""

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Store bytes durably; return their digest and size."""
        ...

    def path(self, digest: str) -> Path:
        """Return the file that holds the bytes."""
        ...


class EmbeddedFiles:
    """The artifact store of this process.

    Args:
        store: where paths are kept.
        blobs: where bytes are kept.
    """

    def __init__(self, store: Store, blobs: Blobs) -> None:
        self._store = store
        self._blobs = blobs

    def put(self, path: str, source: Path) -> None:
        digest, size = self._blobs.put(read_chunks(source))
        text = model_text(path, self._blobs.path(digest))
        self._store.do(PutArtifact(path=path, digest=digest, size=size, text=text))

    def get(self, path: str, target: Path) -> None:
        found = self._store.do(FindArtifact(path=path))
        with incoming(target) as part:
            shutil.copyfile(self._blobs.path(found.digest), part)

    def list(self, path: str) -> FileInfos:
        return self._store.do(ListStoredArtifacts(path=path)).files

    def delete(self, path: str) -> None:
        self._store.do(DeleteArtifact(path=path))


class LocalFiles:
    """Files of this computer; paths are paths of the operating system."""

    def put(self, path: str, source: Path) -> None:
        with incoming(Path(path)) as part:
            shutil.copyfile(source, part)

    def get(self, path: str, target: Path) -> None:
        if not Path(path).is_file():
            raise NotFound(f"There is no file at {path!r}.")
        with incoming(target) as part:
            shutil.copyfile(path, part)

    def list(self, path: str) -> FileInfos:
        if not Path(path).is_dir():
            return []
        with os.scandir(path) as entries:
            found = [
                FileInfo(e.name, e.is_dir(), None if e.is_dir() else e.stat().st_size)
                for e in entries
            ]
        return sorted(found, key=lambda f: f.path)

    def delete(self, path: str) -> None:
        if Path(path).is_dir():
            shutil.rmtree(path)
        else:
            Path(path).unlink(missing_ok=True)


def below(root: str, path: str) -> str:
    """Return ``path`` below ``root``."""
    return f"{root.rstrip('/')}/{path}" if root and path else root or path


def upload_tree(files: Files, root: str, source: Path) -> None:
    """Store every file below the directory ``source`` under ``root``."""
    found = [p for p in sorted(source.rglob("*")) if p.is_file()]
    _parallel(lambda p: files.put(below(root, p.relative_to(source).as_posix()), p), found)


def download(files: Files, root: str, target: Path) -> Path:
    """Fetch the file or tree at ``root`` as ``target`` and return it.

    Raises:
        NotFound: nothing is stored there.
    """
    first = files.list(root)
    if not first:
        files.get(root, target)
        return target
    download_files(files, root, list(_walk(files, root, first)), target)
    return target


def download_files(files: Files, root: str, paths: Iterable[str], target: Path) -> None:
    """Fetch the files ``paths`` below ``root`` into the directory ``target``."""
    target.mkdir(parents=True, exist_ok=True)
    for path in (paths := list(paths)):
        _check_inside(path)
    _parallel(lambda path: files.get(below(root, path), target / path), paths)


def read_chunks(source: Path) -> Iterator[bytes]:
    """Read a file piece by piece."""
    with source.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def digest_of(source: Path) -> str:
    """Return the sha256 of a file, hexadecimal."""
    digest = hashlib.sha256()
    for chunk in read_chunks(source):
        digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def incoming(target: Path) -> Iterator[Path]:
    """Give a temporary file that becomes ``target`` at once, when it is complete."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".incoming-", dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.chmod(0o644)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _walk(files: Files, root: str, first: FileInfos) -> Iterator[str]:
    waiting = [("", first)]
    while waiting:
        above, entries = waiting.pop()
        for entry in entries:
            path = below(above, entry.path)
            _check_inside(path)
            if entry.is_dir:
                waiting.append((path, files.list(below(root, path))))
            else:
                yield path


def _check_inside(path: str) -> None:
    """Refuse what a dishonest server could use to write outside the target directory."""
    parts = path.split("/")
    if not all(parts) or ".." in parts or "." in parts or "\\" in path or ":" in parts[0][1:2]:
        raise CuveeError(
            f"The server names a file {path!r}, which is not a safe path: not fetched."
        )


def _parallel(work: Callable[[Any], None], items: Iterable[Any]) -> None:
    items = list(items)
    if len(items) < 2:
        for item in items:
            work(item)
        return
    with ThreadPoolExecutor(min(WORKERS, len(items))) as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
