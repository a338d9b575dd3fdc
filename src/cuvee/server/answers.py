"""Answers: their headers, and the short way to the connection for the most frequent of them."""

from __future__ import annotations

from starlette.types import Scope, Send

from cuvee.api.replies import REMEMBERED, RETENTION

ANSWER = "cuvee.answer"
"""Where a connection's scope has what sends a head and a body at once, or says that it cannot."""

SAFE = [(b"x-content-type-options", b"nosniff"), (b"x-frame-options", b"SAMEORIGIN")]
KEEPS_KEYS = (RETENTION.lower().encode(), str(REMEMBERED).encode())
JSON_HEADERS = [
    (b"content-type", b"application/json"),
    (b"vary", b"Origin"),
    KEEPS_KEYS,
    *SAFE,
]

_JSON_HEAD = b"HTTP/1.1 200 OK\r\n%s" % b"".join(b"%s: %s\r\n" % pair for pair in JSON_HEADERS)


async def send_json(scope: Scope, send: Send, body: bytes) -> None:
    """Answer 200 with JSON: in one piece made beforehand, where the connection takes it."""
    answer = scope.get(ANSWER)
    head = b"%scontent-length: %d\r\n\r\n" % (_JSON_HEAD, len(body))
    if answer is None or not answer(head, body):
        await send_bytes(send, 200, JSON_HEADERS, body)


async def send_bytes(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    """Answer with a status, headers and a body."""
    length = [(b"content-length", str(len(body)).encode())] if status != 304 else []
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body})
