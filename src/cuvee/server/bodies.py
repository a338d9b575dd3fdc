"""What a request says: fields in its URL, or a JSON body that is read no further than allowed."""

from __future__ import annotations

from typing import Any

from starlette.types import Message, Receive

from cuvee.api import wire
from cuvee.api.base import Op
from cuvee.errors import InvalidParameter, TooLarge, UnsupportedMediaType

CODINGS = (b"gzip", b"x-gzip", b"deflate", b"br", b"zstd", b"compress")
"""Encodings of bodies that are known, and not read."""


def _has_no_body(headers: dict[bytes, bytes]) -> bool:
    return headers.get(b"content-length", b"") in (b"", b"0") and (
        b"transfer-encoding" not in headers
    )


def in_url(method: str, query: bytes, headers: dict[bytes, bytes]) -> bool:
    """Say whether the fields are in the URL; a GET without any there may have a JSON body."""
    if method == "GET":
        return bool(query) or _has_no_body(headers)
    return method == "DELETE" and bool(query) and _has_no_body(headers)


def read_op(
    kind: type[Op[Any]],
    method: str,
    query: bytes,
    headers: dict[bytes, bytes],
    body: bytes,
    fields: dict[str, str] | None = None,
) -> Op[Any]:
    """Read an operation from where its fields are, and check it.

    Args:
        kind: the operation's class.
        method: HTTP method.
        query: the URL's query string.
        headers: the request's headers.
        body: the whole body.
        fields: fields in the URL's path.
    """
    beside = method == "DELETE" and body == b"{}" and bool(query)
    if beside or in_url(method, query, headers):
        op = wire.decode_query(kind, query, fields)
    else:
        op = wire.decode_body(kind, body, fields)
    op.check()
    return op


def needs_none(kind: type[Op[Any]], headers: dict[bytes, bytes]) -> bool:
    """Say whether a body is neither sent nor needed: the path says everything."""
    return "DELETE" in kind.methods and _has_no_body(headers)


def check_head(kind: type[Op[Any]], method: str, headers: dict[bytes, bytes]) -> None:
    """Refuse a body that its headers say will not be read."""
    length = headers.get(b"content-length", b"")
    content_type = headers.get(b"content-type", b"")
    if content_type != b"application/json":
        content_type = content_type.partition(b";")[0].strip().lower()
    # Pages of other origins can send a POST only without being asked first, so that one must say.
    unsaid = method in ("GET", "PATCH", "DELETE") and not content_type
    if content_type != b"application/json" and not unsaid:
        got = content_type.decode("latin-1")[:100]
        words = f"must be one of ['application/json'], not {got}" if got else "header is missing"
        raise InvalidParameter(
            f"Bad Request. Content-Type {words}: send the parameters as a JSON object, and "
            "application/json in that header."
        )
    coding = headers.get(b"content-encoding", b"").strip().lower()
    if coding in CODINGS:
        raise UnsupportedMediaType(
            f"The body is encoded as {coding.decode()}: send JSON as it is, without "
            "Content-Encoding."
        )
    if length.isdigit() and len(length) < 20 and int(length) > kind.max_body:
        raise _too_large(kind)


async def read_body(
    kind: type[Op[Any]], method: str, headers: dict[bytes, bytes], receive: Receive
) -> bytes:
    """Read a JSON body, no further than the operation allows."""
    if needs_none(kind, headers):
        return b"{}"
    check_head(kind, method, headers)
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return _complete(kind, body, message)
    chunks = [body]
    size = len(body)
    while message.get("more_body"):
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > kind.max_body:
            raise _too_large(kind)
    return _complete(kind, b"".join(chunks), message)


def _complete(kind: type[Op[Any]], body: bytes, last: Message) -> bytes:
    if last["type"] == "http.disconnect":
        raise InvalidParameter("The connection was cut before the body was whole: try again.")
    if len(body) > kind.max_body:
        raise _too_large(kind)
    return body


def _too_large(kind: type[Op[Any]]) -> TooLarge:
    return TooLarge(
        f"The body is larger than the {kind.max_body >> 20} MiB that this call accepts: "
        "split the request, or log large values as artifacts."
    )
