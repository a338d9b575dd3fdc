"""Answers: their headers, and what is said when a call is refused."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Sequence
from http import HTTPStatus

from starlette.types import Send

from cuvee.api import wire
from cuvee.api.replies import REMEMBERED, RETENTION
from cuvee.errors import CuveeError, Internal, TooManyRequests, Unauthenticated

Headers = Sequence[tuple[bytes, bytes]]

SAFE = [(b"x-content-type-options", b"nosniff"), (b"x-frame-options", b"SAMEORIGIN")]
KEEPS_KEYS = (RETENTION.lower().encode(), str(REMEMBERED).encode())
JSON_HEADERS = [
    (b"content-type", b"application/json"),
    (b"vary", b"Origin"),
    KEEPS_KEYS,
    *SAFE,
]
_OLD_CLIENT = re.compile(rb"mlflow-python-client/(?:1\.|2\.[0-8](?:\.|$))")
_OLD_CODES = {
    "NOT_IMPLEMENTED": "FEATURE_DISABLED",
    "RESOURCE_CONFLICT": "INVALID_STATE",
    "RESOURCE_EXHAUSTED": "QUOTA_EXCEEDED",
    "UNAUTHENTICATED": "PERMISSION_DENIED",
}
"""Clients before MLflow 2.9 fail with a ValueError at codes that came after them, which hides what
the refusal says; they know these."""
_log = logging.getLogger("cuvee.server")


async def send_bytes(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Answer with a status, headers and a body."""
    length = [(b"content-length", str(len(body)).encode())] if status != 304 else []
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body})


def written_head(status: int, headers: Headers) -> bytes:
    """Return a head as it is sent, up to the length of the body."""
    lines = b"".join(b"%s: %s\r\n" % pair for pair in headers)
    return b"HTTP/1.1 %d %s\r\n%s" % (status, HTTPStatus(status).phrase.encode(), lines)


def refusal(problem: CuveeError, asked: Headers) -> tuple[int, Headers, bytes]:
    """Return the status, headers and body that say why a request is refused.

    Args:
        problem: why.
        asked: the headers of the request.
    """
    headers = JSON_HEADERS
    if isinstance(problem, Unauthenticated):
        # To a page's script Basic would make the browser ask for a password in a window of its own.
        scheme = b"Session" if (b"sec-fetch-dest", b"empty") in asked else b"Basic"
        headers = [*headers, (b"www-authenticate", scheme + b' realm="mlflow"')]
    elif isinstance(problem, TooManyRequests):
        headers = [*headers, (b"retry-after", str(problem.retry_after).encode())]
    return problem.status, headers, wire.encode_error(_code(problem, asked), problem.message)


def _code(problem: CuveeError, asked: Headers) -> str:
    """Return the code of a refusal, in words that the client's version has."""
    code = problem.error_code
    if code in _OLD_CODES and any(n == b"user-agent" and _OLD_CLIENT.match(v) for n, v in asked):
        return _OLD_CODES[code]
    return code


def unforeseen(problem: BaseException, method: str, path: str) -> Internal:
    """Write down a failure of the server, and return what its caller is told of it."""
    ticket = uuid.uuid4().hex[:12]
    _log.error("request %s %s failed [%s]", method, path, ticket, exc_info=problem)
    return Internal(f"The server failed; its log has the details under {ticket}.")
