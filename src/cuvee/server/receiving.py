"""Bodies that hold a file: taken in a mebibyte at a time, and visible when complete."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from functools import partial

from cuvee.blobs import Upload
from cuvee.errors import InvalidParameter
from cuvee.server.exchange import Exchange
from cuvee.server.headers import announced_hashes

CHUNK = 1 << 20
MAX_UI_UPLOAD = 10 << 20
Begin = Callable[[Iterable[str]], Upload]
"""Starts an upload that computes these hashes besides sha256."""


async def receive(
    exchange: Exchange, begin: Begin, threads: Executor, *, limited: bool = False
) -> tuple[str, int] | None:
    """Store the body; return its sha256 and size, or None when the client has gone.

    Args:
        exchange: the request.
        begin: starts the upload.
        threads: where disks are waited for.
        limited: refuse an empty body, and more than a page sends.

    Raises:
        InvalidParameter: the body is not what was announced; nothing was stored.
        StorageFull: there is no space left; nothing was stored.
    """
    expected = announced_hashes(exchange.header("content-md5"), exchange.header("content-digest"))
    upload = begin(expected.keys() - {"sha256"})
    kept = None
    try:
        kept = await _take(exchange, upload, expected, threads, limited=limited)
    finally:
        if kept is None:  # an append may still be under way, and aborting waits for it
            threads.submit(upload.abort)
    return kept


async def _take(
    exchange: Exchange,
    upload: Upload,
    expected: dict[str, bytes],
    threads: Executor,
    *,
    limited: bool,
) -> tuple[str, int] | None:
    """Take the body in, one chunk being received while the one before is written."""
    in_thread = partial(asyncio.get_running_loop().run_in_executor, threads)
    total = 0
    held = bytearray()
    writing: asyncio.Future[None] | None = None
    while True:
        message = await exchange.receive()
        if message["type"] == "http.disconnect":
            if writing is not None:
                await writing
            return None
        held += message.get("body", b"")
        more = message.get("more_body", False)
        if limited and (total + len(held) > MAX_UI_UPLOAD or not (more or total or held)):
            if writing is not None:  # or its failure, once aborted, is nobody's to hear
                await writing
            check_size(total + len(held))
        if more and len(held) < CHUNK:
            continue
        if writing is not None:
            await writing
        total += len(held)
        if not more:
            _check_length(exchange, total)
            return await in_thread(_finish, upload, held, expected)
        writing = in_thread(upload.write, held)
        held = bytearray()


def check_size(size: int) -> None:
    """Refuse what a page may not upload.

    Raises:
        InvalidParameter: it is empty, or too large.
    """
    if size == 0:
        raise InvalidParameter(
            "Request must specify data. Send the file's bytes as the body; an empty file is logged "
            "with a client."
        )
    if size > MAX_UI_UPLOAD:
        raise InvalidParameter(
            f"Artifact size is too large. Max size is {MAX_UI_UPLOAD >> 20}MB: log it with a "
            "client."
        )


def _check_length(exchange: Exchange, size: int) -> None:
    announced = exchange.header("content-length")
    if announced and announced != str(size):
        raise InvalidParameter(
            f"{size} bytes arrived, but the Content-Length is {announced[:40]}: nothing was stored."
        )


def _finish(upload: Upload, data: bytearray, expected: dict[str, bytes]) -> tuple[str, int]:
    upload.write(data)
    return upload.commit(expected)
