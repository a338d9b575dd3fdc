"""Where a webhook may point, as far as its address alone tells."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from cuvee.api.names import shown
from cuvee.errors import InvalidParameter

Url = Annotated[str, Meta(min_length=1, max_length=2048)]
Secret = Annotated[str, Meta(max_length=1000, description="never returned")]
Authorization = Annotated[
    str, Meta(max_length=8000, description='"<type> <credentials>"; empty sends no header')
]

_URL = re.compile(r"[!-~]+")
_HEADER = re.compile(r"[ -~]*")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
MAX_HEADERS, MAX_HEADER_NAME, MAX_HEADER_VALUE = 20, 100, 4096
SET_HERE = {
    "connection",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
}
SET_HERE_BEGINNINGS = (
    "ce-",
    "content-",
    "proxy-",
    "webhook-",
    "x-databricks-",
    "x-mlflow-",
)
"""Headers that HTTP, the body or the signatures of all forms need; and what could pass for one."""


class HookHeader(Struct, frozen=True):
    """A header that a webhook is sent with.

    Args:
        name: as RFC 9110 has it; unique whatever its case.
        value: printable ASCII, never returned; absent in a change, it stays what it is.
    """

    name: str
    value: str | None = None


def check_url(url: str) -> None:
    """Refuse an address that no request can be sent to; whether it may be is the server's."""
    write = "Write it as https://hooks.example.com/path."
    if not url.strip():
        raise InvalidParameter(f"Webhook URL cannot be empty or just whitespace. {write}")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InvalidParameter(f"Invalid webhook URL {shown(url)}. {write}") from None
    if parts.scheme not in ("https", "http"):
        scheme = shown(parts.scheme)
        raise InvalidParameter(f"Invalid webhook URL scheme: {scheme} of {shown(url)}. {write}")
    if not host:
        raise InvalidParameter(f"Webhook URL must include a hostname: {shown(url)}. {write}")
    if not _URL.fullmatch(url) or "\\" in url or "#" in url:
        raise InvalidParameter(
            f"The URL {shown(url)} has a character that is not allowed: percent-encode what is "
            "not ASCII (and write the host as punycode), and leave out spaces, '\\' and '#'."
        )
    if parts.username is not None or parts.password is not None:
        raise InvalidParameter(
            "The URL has a user name or password in it: leave it out, and send a secret or an "
            "authorization instead, which are never shown."
        )


def check_authorization(value: str | None) -> None:
    """Refuse a header value that could not be sent, without repeating it."""
    if value and not _HEADER.fullmatch(value):
        raise InvalidParameter(
            "The authorization has a character that a header cannot carry: use printable ASCII, "
            'as in "Bearer <token>".'
        )


def check_headers(headers: list[HookHeader], *, kept: bool = False) -> None:
    """Refuse headers that cannot be sent, or that are not the sender's to choose.

    Names are repeated only where they are names: what is pasted into a wrong field may be a secret.

    Args:
        headers: the headers.
        kept: whether one without a value stands for what the webhook has.
    """
    if len(headers) > MAX_HEADERS:
        raise InvalidParameter(f"There are {len(headers)} headers; {MAX_HEADERS} are allowed.")
    names: set[str] = set()
    for number, header in enumerate(headers, 1):
        _check_header_name(header.name, number)
        if header.name.lower() in names:
            raise InvalidParameter(
                f"The header {header.name} is there twice: names are the same whatever their case."
            )
        names.add(header.name.lower())
        if header.value is not None or not kept:
            _check_header_value(header.name, header.value or "")


def _check_header_name(name: str, number: int) -> None:
    if not name:
        raise InvalidParameter(f"Header {number} has no name: write one, such as X-Team.")
    if len(name) > MAX_HEADER_NAME:
        raise InvalidParameter(
            f"The name of header {number} has {len(name)} characters; {MAX_HEADER_NAME} are "
            "allowed."
        )
    if not _TOKEN.fullmatch(name):
        raise InvalidParameter(
            f"The name of header {number} has a character that is not allowed: use letters, digits "
            "and '-', as in X-Team, and send the value apart from it."
        )
    low = name.lower()
    if low == "authorization":
        raise InvalidParameter(
            "Authorization has a field of its own: send its value as authorization, not among the "
            "headers."
        )
    if low in SET_HERE or low.startswith(SET_HERE_BEGINNINGS):
        raise InvalidParameter(
            f"The header {name} is not for you to set: HTTP, or the server for the body and its "
            "signature, does. Choose another name."
        )


def _check_header_value(name: str, value: str) -> None:
    """Refuse a value without repeating it."""
    if not value:
        raise InvalidParameter(f"The header {name} has no value: send one, or leave it out.")
    if len(value) > MAX_HEADER_VALUE:
        raise InvalidParameter(
            f"The value of the header {name} has {len(value)} characters; {MAX_HEADER_VALUE} are "
            "allowed."
        )
    if not _HEADER.fullmatch(value):
        raise InvalidParameter(
            f"The value of the header {name} has a character that a header cannot carry: use "
            "printable ASCII, without line breaks."
        )
    if value != value.strip(" "):
        raise InvalidParameter(
            f"The value of the header {name} begins or ends with a space, which does not arrive: "
            "leave it out."
        )
