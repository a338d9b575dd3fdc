"""Bytes over HTTP: the artifact proxy, and downloads for people.

Names, limits and refusals are the store's; this room streams. Disk work happens in threads of its
own, a mebibyte at a time, so that neither memory nor the event loop feels the size of a file.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote_to_bytes

from cuvee.api import wire
from cuvee.api.artifacts import (
    AnnounceArtifact,
    DeleteArtifact,
    FindArtifact,
    ListArtifacts,
    ListStoredArtifacts,
    PutArtifact,
    StoredFile,
    artifact_directory,
    artifact_path,
    model_text,
)
from cuvee.api.base import Actor, Op
from cuvee.api.files import FindArtifacts
from cuvee.api.logged_models import GetLoggedModel
from cuvee.api.names import shown
from cuvee.api.replies import Once, once
from cuvee.api.runs import GetRun
from cuvee.api.version_files import AnnounceRunFile
from cuvee.api.versions import GetModelVersionDownloadUri, GetVersionManifest
from cuvee.blobs import Blobs
from cuvee.errors import (
    EndpointNotFound,
    Internal,
    InvalidParameter,
    MethodNotAllowed,
    NotFound,
    NotImplementedHere,
)
from cuvee.server.archives import archive_headers, inside, pieces, with_bytes
from cuvee.server.exchange import Exchange, Receive, Scope, Send
from cuvee.server.headers import download_headers, view_headers, wanted_range
from cuvee.server.reading import Opened, Outside, open_stored, read_span
from cuvee.server.receiving import check_size, receive
from cuvee.server.writing import OutsideUpload
from cuvee.uris import StoredUri, parse_artifact_uri

T = TypeVar("T")


class Do(Protocol):
    """Carries out an operation for an actor, once only if it has a name."""

    def __call__(self, op: Op[Any], actor: Actor, named: Once | None = None, /) -> Awaitable[Any]:
        """Check and carry out."""
        ...


CHUNK = 1 << 20
THREADS = 16

_MODEL_FILES = re.compile(r".*/logged-models/([^/]+)/artifacts/files")
# Clients fall back to plain uploads and downloads only if the message begins with these words.
_NO_MULTIPART = (
    "Multipart {} is not supported for the current artifact repository: PUT the whole file to "
    ".../mlflow-artifacts/artifacts/<path>, and GET it from there."
)


class Transfer:
    """Serves uploads and downloads.

    Args:
        do: carries out an operation for an actor; ``check()`` is its duty too.
        blobs: where the bytes are.
        outside: what clients wrote by themselves, and may be shown.
        loaded: told which version somebody has fetched whole.
    """

    def __init__(
        self,
        do: Do,
        blobs: Blobs,
        outside: Outside | None = None,
        loaded: Callable[[str, str, Actor], None] | None = None,
    ) -> None:
        self._do = do
        self._blobs = blobs
        self._outside = outside
        self._loaded = loaded
        self._threads = ThreadPoolExecutor(THREADS, "cuvee-transfer")

    async def handle(self, scope: Scope, receive: Receive, send: Send, actor: Actor) -> None:
        """Answer a request for artifacts.

        Raises:
            CuveeError: the request is refused, and nothing was sent yet.
        """
        exchange = Exchange(scope, receive, send, actor)
        path = _path(scope)
        proxied = path.partition("/mlflow-artifacts/")[2]
        if proxied:
            await self._proxy(exchange, proxied)
        elif path.endswith("/mlflow/upload-artifact"):
            _allow(exchange, "POST")
            await self._upload_to_run(exchange)
        elif path.endswith("/get-artifact-archive"):
            _allow(exchange, "GET")
            await self._send_archive(exchange, path)
        else:
            _allow(exchange, "GET")
            found, opened = await self._find_download(exchange, path)
            viewed = path.startswith("/view/")
            await self._send_file(exchange, found, opened, shown_in_page=viewed)

    def close(self) -> None:
        """Finish the disk work under way."""
        self._threads.shutdown()

    # ------------------------------------------------------------ the proxy

    async def _proxy(self, exchange: Exchange, path: str) -> None:
        kind, _, name = path.partition("/")
        if kind in ("mpu", "presigned"):
            raise NotImplementedHere(
                _NO_MULTIPART.format("upload" if kind == "mpu" else "download")
            )
        if path == "artifacts":
            _allow(exchange, "GET")
            op = wire.decode_query(ListStoredArtifacts, exchange.scope["query_string"])
            page = await self._do(op, exchange.actor)
            await exchange.answer_json(wire.encode(page))
        elif kind != "artifacts":
            raise EndpointNotFound(
                "The artifact proxy has no such call: send GET, PUT or DELETE to "
                ".../mlflow-artifacts/artifacts/<path>."
            )
        elif exchange.method == "PUT":
            await self._put(exchange, artifact_path(name))
        elif exchange.method == "DELETE":
            await self._do_once(exchange, DeleteArtifact(path=artifact_path(name)))
            await exchange.answer_json(b"{}")
        else:
            _allow(exchange, "GET")
            found = await self._do(FindArtifact(path=artifact_path(name)), exchange.actor)
            await self._send_file(exchange, found)

    async def _put(self, exchange: Exchange, path: str) -> None:
        if exchange.scope["query_string"]:
            raise InvalidParameter(
                "An upload takes no query string; a '?' in a file name is sent as %3F."
            )
        if exchange.header("content-range"):
            raise InvalidParameter("A part of a file cannot be stored: PUT the whole file.")
        if await self._receive_file(exchange, path):
            await exchange.answer(200, [(b"content-length", b"0")])

    # ------------------------------------------------------------ uploads

    async def _upload_to_run(self, exchange: Exchange) -> None:
        run_id = exchange.field("run_uuid")
        path = artifact_path(exchange.field("path"))
        announced = exchange.header("content-length")
        if announced.isdecimal():  # said before the run is looked at, as MLflow's server does
            check_size(int(announced))
        uri = (await self._do(GetRun(run_id=run_id), exchange.actor)).run.info.artifact_uri
        if self._outside is not None and self._outside.holds(uri):
            await self._do(AnnounceRunFile(run_id=run_id, path=path), exchange.actor)
            begin = partial(OutsideUpload, self._outside, uri, path)
            taken = await receive(exchange, begin, self._threads, limited=True) is not None
        else:
            taken = await self._receive_file(exchange, _below(uri, path), limited=True)
        if taken:
            await exchange.answer_json(b"{}")

    async def _receive_file(self, exchange: Exchange, path: str, *, limited: bool = False) -> bool:
        """Store the body and make it visible at a path; False when the client has gone."""
        if exchange.actor.user is not None:  # before anything of the body is kept
            await self._do(AnnounceArtifact(path=path), exchange.actor)
        kept = await receive(exchange, self._blobs.begin, self._threads, limited=limited)
        if kept is None:
            return False
        digest, size = kept
        text = await self._in_thread(model_text, path, self._blobs.path(digest))
        op = PutArtifact(path=path, digest=digest, size=size, text=text)
        await self._do_once(exchange, op, digest.encode())
        return True

    async def _do_once(self, exchange: Exchange, op: Op[Any], body: bytes = b"") -> None:
        """Carry out a change; once only, if the request has a key."""
        key = exchange.header("idempotency-key")
        target = exchange.scope["raw_path"] + b"?" + exchange.scope["query_string"]
        named = once(key, exchange.method, target.decode("latin-1"), body) if key else None
        await self._do(op, exchange.actor, named)

    def _in_thread(self, work: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    # ------------------------------------------------------------ downloads

    async def _find_download(
        self, exchange: Exchange, path: str
    ) -> tuple[StoredFile, Opened | None]:
        """Find the file that a download for people names, and how it is opened if not stored."""
        query = exchange.scope["query_string"]
        if path.endswith("/model-versions/get-artifact"):
            op = wire.decode_query(GetVersionManifest, query)
            wanted = artifact_path(exchange.field("path"))
            manifest = await self._do(op, exchange.actor)
            for file in manifest.files:
                if file.path == wanted:
                    return file, None
            if not manifest.files and (uri := await self._outside_of(op, exchange.actor)):
                return await self._find_outside(uri, wanted)
            raise NotFound(
                f"Version {op.version} of {shown(op.name)} has no file {shown(wanted)}: "
                "model-versions/manifest lists those that it has."
            )
        model = _MODEL_FILES.fullmatch(path)
        if model:
            wanted = artifact_path(exchange.field("artifact_file_path"))
            answer = await self._do(GetLoggedModel(model_id=model[1]), exchange.actor)
            uri = answer.model.info.artifact_uri
        elif path.endswith("/get-artifact"):
            run_id = wire.decode_query(ListArtifacts, query).run_id
            wanted = artifact_path(exchange.field("path"))
            answer = await self._do(GetRun(run_id=run_id), exchange.actor)
            uri = answer.run.info.artifact_uri
        else:
            raise EndpointNotFound(
                "There is no such download: a run's file is at /get-artifact?run_id=<id>&path=."
            )
        if self._outside is not None and self._outside.holds(uri):
            return await self._find_outside(uri, wanted)
        return await self._do(FindArtifact(path=_below(uri, wanted)), exchange.actor), None

    async def _outside_of(self, op: GetVersionManifest, actor: Actor) -> str:
        """Return where clients wrote a version's files, when that lies here."""
        asked = GetModelVersionDownloadUri(name=op.name, version=op.version)
        uri = (await self._do(asked, actor)).artifact_uri
        return uri if self._outside is not None and self._outside.holds(uri) else ""

    async def _find_outside(self, uri: str, path: str) -> tuple[StoredFile, Opened]:
        assert self._outside is not None  # noqa: S101  # that is how the URI was found
        found = await self._in_thread(self._outside.find, uri, path)
        return found, partial(self._outside.open, uri, found)

    async def _send_file(
        self,
        exchange: Exchange,
        file: StoredFile,
        opened: Opened | None = None,
        *,
        shown_in_page: bool = False,
    ) -> None:
        etag = f'"{file.digest}"' if file.digest else ""
        headers = view_headers(file) if shown_in_page else download_headers(file)
        known = exchange.header("if-none-match")
        if etag and (etag in known or known == "*"):
            await exchange.answer(304, headers)
            return
        span = None
        if exchange.header("if-range") in ("", etag):
            span = wanted_range(exchange.header("range"), file.size)
        first, behind = span or (0, file.size)
        if first >= behind and span:
            headers.append((b"content-range", f"bytes */{file.size}".encode()))
            await exchange.answer(416, [*headers, (b"content-length", b"0")])
            return
        headers.append((b"content-length", str(behind - first).encode()))
        if span:
            headers.append((b"content-range", f"bytes {first}-{behind - 1}/{file.size}".encode()))
        status = 206 if span else 200
        opened = opened or partial(open_stored, self._blobs.path(file.digest), file)
        if exchange.scope["method"] == "HEAD":
            await exchange.answer(status, headers)
        elif behind - first <= CHUNK:
            data = await self._in_thread(read_span, opened, first, behind)
            await exchange.answer(status, headers, data)
        else:
            fd = await self._in_thread(opened)
            try:
                start = {"type": "http.response.start", "status": status, "headers": headers}
                await exchange.send(start)
                await self._stream(exchange, fd, first, behind)
            finally:
                self._threads.submit(os.close, fd)

    async def _stream(self, exchange: Exchange, fd: int, first: int, behind: int) -> None:
        """Send a span of a file, reading a chunk while the one before is sent."""
        gone = asyncio.ensure_future(_gone(exchange.receive))
        try:
            reading = self._in_thread(os.pread, fd, min(CHUNK, behind - first), first)
            while first < behind and not gone.done():
                data = await reading
                first += len(data)
                if not data:
                    raise Internal("A stored file became shorter while it was read.")
                if first < behind:
                    reading = self._in_thread(os.pread, fd, min(CHUNK, behind - first), first)
                await exchange.send(
                    {"type": "http.response.body", "body": data, "more_body": first < behind}
                )
        finally:
            gone.cancel()

    async def _send_archive(self, exchange: Exchange, path: str) -> None:
        """Send a folder of a run, a logged model or a version as a ZIP archive."""
        folder, files = await self._find_folder(exchange, path)
        if not files:
            raise NotFound(
                "There are no files in this folder: artifacts/list shows where some are."
            )
        headers = archive_headers(folder)
        if exchange.scope["method"] == "HEAD":
            await exchange.answer(200, headers)
            return
        archive = pieces(folder, files)
        gone = asyncio.ensure_future(_gone(exchange.receive))
        try:
            await exchange.send({"type": "http.response.start", "status": 200, "headers": headers})
            data = await self._in_thread(next, archive, None)
            while data is not None and not gone.done():
                body = {"type": "http.response.body", "body": data, "more_body": True}
                await exchange.send(body)
                data = await self._in_thread(next, archive, None)
            await exchange.send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()
            self._threads.submit(archive.close)

    async def _find_folder(
        self, exchange: Exchange, path: str
    ) -> tuple[str, list[tuple[StoredFile, Opened]]]:
        """Return what a folder is called, and its files by their paths in it."""
        query = exchange.scope["query_string"]
        directory = artifact_directory(exchange.optional("path"))
        last, root = directory.rpartition("/")[2], directory
        if "model-versions/" in path:
            op = wire.decode_query(GetVersionManifest, query)
            files = (await self._do(op, exchange.actor)).files
            owner, uri = f"{op.name}-{op.version}", ""
            if not files:
                uri = await self._outside_of(op, exchange.actor)
            whole = exchange.scope["method"] == "GET" and not directory and (files or uri)
            if whole and self._loaded is not None:
                self._loaded(op.name, op.version, exchange.actor)
        elif "/logged-models/" in path:
            owner = path.split("/")[-2]
            model = (await self._do(GetLoggedModel(model_id=owner), exchange.actor)).model
            files, uri = None, model.info.artifact_uri
        else:
            owner = wire.decode_query(ListArtifacts, query).run_id
            run = (await self._do(GetRun(run_id=owner), exchange.actor)).run
            files, uri = None, run.info.artifact_uri
        if uri and self._outside is not None and self._outside.holds(uri):
            return last or owner, await self._in_thread(self._outside.within, uri, directory)
        if files is None:
            root = _below(uri, directory) if directory else _below(uri, "").rstrip("/")
            files = (await self._do(FindArtifacts(path=root), exchange.actor)).files
        found = inside(files, root)
        return last or owner, await self._in_thread(with_bytes, self._blobs, found)


def _path(scope: Scope) -> str:
    """Return the request's path decoded once; a server's own decoding would hide bad UTF-8."""
    raw = scope.get("raw_path") or scope["path"].encode()
    try:
        return unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidParameter("The path is not valid UTF-8: percent-encode it.") from None


def _allow(exchange: Exchange, method: str) -> None:
    if exchange.method != method:
        raise MethodNotAllowed(f"This call takes {method}, not {exchange.method}.")


def _below(root_uri: str, path: str) -> str:
    root = parse_artifact_uri(root_uri)
    if isinstance(root, StoredUri) and not root.host:
        return f"{root.path}/{path}" if root.path else path
    raise InvalidParameter(
        f"The files at {shown(root_uri)} are not kept by this server: read them there."
    )


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
