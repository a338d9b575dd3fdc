"""Where a webhook may point, as far as its address alone tells."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta

from cuvee.api.names import shown
from cuvee.errors import InvalidParameter

Url = Annotated[str, Meta(min_length=1, max_length=2048)]
Secret = Annotated[str, Meta(max_length=1000, description="never returned")]
Authorization = Annotated[
    str, Meta(max_length=8000, description='"<type> <credentials>"; empty sends no header')
]

_URL = re.compile(r"[!-~]+")
_HEADER = re.compile(r"[ -~]*")


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
