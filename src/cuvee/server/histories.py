"""Long answers, sent piece by piece: histories without end, and charts as the caller wants them."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from msgspec.structs import asdict, replace
from starlette.types import Receive, Scope, Send

from cuvee.api import wire
from cuvee.api.charts import Chart, packed
from cuvee.api.histories import GetMetricColumns, HistoryColumns
from cuvee.api.metrics import GetMetricHistory
from cuvee.server.feed import ABORT
from cuvee.server.guard import Headers

RawHeaders = list[tuple[bytes, bytes]]

PIECE = 20_000
"""Points that are in memory at a time."""
BINARY = b"application/vnd.cuvee.chart"
SMALL = 1024
"""Bytes below which compression is not worth it."""
_HEAD = b'{"metrics":['
_log = logging.getLogger("cuvee.server")


class Piece(NamedTuple):
    """A page of a history, written.

    Args:
        points: how many they are.
        token: of the next page.
        text: the page in JSON, without the token.
    """

    points: int
    token: str | None
    text: bytes


def asked_of(op: GetMetricHistory) -> GetMetricColumns:
    """Return the question that a page of a history is read by."""
    return GetMetricColumns(**asdict(op))


def piece(page: HistoryColumns) -> Piece:
    """Write a page of a history."""
    return Piece(len(page.values), page.next_page_token, page.written())


async def send_history(
    op: GetMetricHistory,
    read: Callable[[GetMetricHistory], Awaitable[Piece]],
    headers: RawHeaders,
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    """Answer a request for a history, however long, with little memory.

    Each piece is a page of its own, so no snapshot is held while a slow reader reads.

    Args:
        op: what is asked for.
        read: reads and writes a page, without blocking the loop.
        headers: of the answer.
        scope: the request's.
        receive: tells when the reader has gone.
        send: takes the answer.
    """
    left = op.max_results or 2**62
    found = await read(replace(op, max_results=min(PIECE, left)))
    left -= found.points
    if found.token is None or not left:
        body = found.text[:-1] + _end(found.token)
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*headers, length]})
        await send({"type": "http.response.body", "body": body})
        return
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    leaving = asyncio.ensure_future(gone(receive))
    try:
        await send_body(send, found.text[:-2], more=True)
        while found.token is not None and left and not leaving.done():
            asked = replace(op, max_results=min(PIECE, left), page_token=found.token)
            found = await read(asked)
            left -= found.points
            await send_body(send, b"," + found.text[len(_HEAD) : -2], more=True)
        await send_body(send, b"]" + _end(found.token), more=False)
    except Exception:  # noqa: BLE001  # said, and the connection cut
        cut("a history", scope)
    finally:
        leaving.cancel()


def _end(token: str | None) -> bytes:
    return b',"next_page_token":"%s"}' % token.encode() if token else b"}"


def cut(what: str, scope: Scope) -> None:
    """Note the exception that ended an answer, and cut it off so that nobody takes it for whole."""
    _log.exception("%s was cut off", what)
    scope.get(ABORT, lambda: None)()


async def send_body(send: Send, body: bytes, *, more: bool) -> None:
    """Send a part of an answer's body."""
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def gone(receive: Receive) -> None:
    """Wait until the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def chart_answer(chart: Chart, asked: Headers) -> tuple[int, RawHeaders, bytes]:
    """Return status, headers and body for a chart, as the request's headers want it."""
    binary = BINARY in asked.get(b"accept", b"")
    body = packed(chart) if binary else wire.encode(chart)
    tag = b'"%s"' % hashlib.sha256(body).hexdigest()[:32].encode()
    headers = [
        (b"content-type", BINARY if binary else b"application/json"),
        (b"etag", tag),
        (b"cache-control", b"private, no-cache"),
        (b"vary", b"Accept, Accept-Encoding, Origin"),
    ]
    if asked.get(b"if-none-match") == tag:
        return 304, headers, b""
    if len(body) >= SMALL and _takes_gzip(asked.get(b"accept-encoding", b"")):
        body = gzip.compress(body, 1, mtime=0)
        headers.append((b"content-encoding", b"gzip"))
    return 200, headers, body


def _takes_gzip(accepted: bytes) -> bool:
    for item in accepted.lower().split(b","):
        name, _, quality = item.partition(b";")
        if name.strip() in (b"gzip", b"*"):
            return quality.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False
