"""Who asks, and from where: the checks that come before any operation."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Sequence

from cuvee.api.base import Actor
from cuvee.errors import BadRequest, PermissionDenied, Unauthenticated

Headers = dict[bytes, bytes]
_ONCE = frozenset(
    {
        b"host",
        b"origin",
        b"authorization",
        b"content-type",
        b"content-length",
        b"idempotency-key",
    }
)


def collect(sent: Sequence[tuple[bytes, bytes]]) -> Headers:
    """Return headers by name.

    Raises:
        BadRequest: one that decides who asks, or for what, stands there twice: a proxy may have
            looked at the other; or the body is encoded for the transfer in a way that is not read.
    """
    found = dict(sent)
    if found.get(b"transfer-encoding", b"chunked").strip().lower() != b"chunked":
        raise BadRequest("Of transfer encodings only 'chunked' is known: send the body as it is.")
    if len(found) < len(sent):
        names = [name for name, _ in sent]
        for name in _ONCE & found.keys():
            if names.count(name) > 1:
                raise BadRequest(f"The header {name.decode()} occurs twice: send it once.")
    return found


class Guard:
    """Refuses requests that a web page elsewhere may have sent in a user's name.

    Args:
        allowed_hosts: names, besides local and private addresses, that the server answers to;
            ``*`` for all.
        user: the actor of requests without a login.
    """

    def __init__(self, allowed_hosts: Sequence[str], user: Actor) -> None:
        self.allowed = {host.lower() for host in allowed_hosts}
        self.user = user
        self._known: set[bytes] = set()

    def check(self, method: str, headers: Headers) -> None:
        """Refuse a foreign ``Host``, or a change that a page of another origin asks for.

        Raises:
            PermissionDenied: with what to configure if the name is a right one.
        """
        host = headers.get(b"host", b"")
        if host not in self._known:
            if not self._is_ours(_host_name(host.decode("latin-1"))):
                raise PermissionDenied(
                    f"This server does not answer to the host name {host.decode('latin-1')[:100]!r}"
                    ": start it with --allowed-hosts to add it."
                )
            if len(self._known) < 100:
                self._known.add(host)
        origin = headers.get(b"origin")
        if origin is None or method in ("GET", "HEAD", "OPTIONS"):
            return
        if not self._is_ours(_host_name(origin.decode("latin-1").partition("://")[2])):
            raise PermissionDenied(
                "A page of another origin may not change anything here: "
                "start the server with --allowed-hosts to allow its host."
            )

    def _is_ours(self, name: str) -> bool:
        if "*" in self.allowed or name in self.allowed or name == "localhost":
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or address.is_private

    def actor(self, headers: Headers) -> Actor:
        """Return who asks: the name of HTTP Basic, or the user that the server runs as.

        Raises:
            Unauthenticated: the header cannot be read.
        """
        scheme, _, value = headers.get(b"authorization", b"").strip().partition(b" ")
        if scheme.lower() != b"basic":
            return self.user
        return Actor(self.basic(value)[0], "basic")

    @staticmethod
    def basic(value: bytes) -> tuple[str, str]:
        """Return the user name and password of HTTP Basic.

        Args:
            value: what follows the word in the header.

        Raises:
            Unauthenticated: it cannot be read.
        """
        try:
            text = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise Unauthenticated(
                "The Authorization header is not HTTP Basic: send base64 of user:password."
            ) from None
        name, _, password = text.partition(":")
        if len(name) > 256 or not name.isprintable():
            raise Unauthenticated("The user name has more than 256 or unprintable characters.")
        if not name:
            raise Unauthenticated("The Authorization header names no user: send user:password.")
        return name, password

    @staticmethod
    def check_session(method: str, headers: Headers) -> None:
        """Refuse a change that came with a browser's cookie, unless from a page of this server.

        Raises:
            PermissionDenied: the page has another origin, or does not say which.
        """
        if method in ("GET", "HEAD", "OPTIONS"):
            return
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        # Browsers send JSON to other origins only after asking, and they say where from.
        if not from_own_page(headers, unsaid=kind == b"application/json"):
            raise PermissionDenied(
                "A login by cookie may change things from this server's own pages only: log in "
                "with a token instead."
            )


def from_own_page(headers: Headers, *, unsaid: bool) -> bool:
    """Say whether a browser sent this from a page of the server itself.

    Args:
        headers: the request's.
        unsaid: the answer when nothing says where it comes from.
    """
    site = headers.get(b"sec-fetch-site")  # no page can set it
    if site is not None:
        return site == b"same-origin"
    origin = headers.get(b"origin")
    if origin is None:
        return unsaid
    return origin.lower().partition(b"://")[2] == headers.get(b"host", b"").lower()


def _host_name(host: str) -> str:
    """Return a ``Host`` header's name without its port; exactly, not by pattern."""
    host = host.strip().lower()
    if host.startswith("["):
        name, closed, port = host[1:].partition("]")
        ends = not port or (port[0] == ":" and port[1:].isdecimal())
        return name if closed and ends else ""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host
