"""Requests that the server sends because somebody asked it to: to public addresses only.

The name is resolved once; every address must be public; the connection goes to an address that was
looked at, and is looked at again once it stands. Nothing is taken from the environment (proxies),
no redirect is followed, and time and size are bounded whatever the other side does.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from cuvee.rules.targets import Allowed, is_public, not_public, refusal

TIMEOUT = 10.0
"""Seconds from the first packet to the status."""
CONNECT_TIMEOUT = 5.0
MAX_ANSWER = 64 << 10
"""Bytes of an answer's body that are read, so that its sender sees it taken; none is kept."""
BODY_TIMEOUT = 2.0

Resolve = Callable[..., list[Any]]


class Answer(Struct, frozen=True):
    """What came back: a status, or why there is none.

    Args:
        status: HTTP status; None when there was no answer.
        problem: why there was none, in our words.
        retry_after: seconds that the receiver asked to be left alone.
        body: what it said, as far as that was to be kept.
    """

    status: int | None = None
    problem: str = ""
    retry_after: int = 0
    body: bytes = b""


class Refused(Exception):
    """The address must not be called."""


class Outbound:
    """Sends requests to where they may go.

    Args:
        allowed: hosts that an admin allows besides public ones.
        resolve: stands for ``socket.getaddrinfo``.
        timeout: seconds until there must be a status.
    """

    def __init__(
        self,
        allowed: Allowed | None = None,
        *,
        resolve: Resolve = socket.getaddrinfo,
        timeout: float = TIMEOUT,
    ) -> None:
        self.allowed = allowed or Allowed()
        self.timeout = timeout
        self._resolve = resolve
        self._open: set[_Line] = set()
        self._contexts: dict[bool, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self._closed = False

    def refusal(self, url: str) -> str:
        """Say why a URL must not be called, as far as that shows without resolving it."""
        scheme, host, port, _ = _parts(url)
        return refusal(scheme, host, port, self.allowed)

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, verify: bool, keep: int = 0
    ) -> Answer:
        """Send a POST and return its status; whatever goes wrong is an answer too.

        Args:
            url: absolute URL.
            body: the body.
            headers: further headers.
            verify: whether the receiver's certificate must be a right one.
            keep: bytes of the answer's body that are wanted; it has the same time as the status.
        """
        scheme, host, port, path = _parts(url)
        refused = refusal(scheme, host, port, self.allowed)
        if refused:
            return Answer(problem=refused)
        end = time.monotonic() + self.timeout
        line = _Line(end)
        try:
            line.use(self._connect(host, port, end))
            self._open_line(line)
            if scheme == "https":
                line.secure(self._context(verify=verify), host)
            response = _exchange(line, host, port, path, body, headers)
            return _kept(response, keep) if keep else _status(response, line)
        except Refused as problem:
            return Answer(problem=str(problem))
        except socket.gaierror:
            return Answer(problem=f"The host {host} has no address.")
        except ssl.SSLCertVerificationError as problem:
            return Answer(problem=f"The certificate is not accepted: {problem.verify_message}.")
        except (OSError, http.client.HTTPException, ValueError) as problem:
            return Answer(problem=_told(problem, late=line.late()))
        finally:
            with self._lock:
                self._open.discard(line)
            line.close()

    def close(self) -> None:
        """Cut what is under way; nothing more is sent."""
        with self._lock:
            self._closed = True
            for line in self._open:
                line.cut()

    def _open_line(self, line: _Line) -> None:
        with self._lock:
            self._open.add(line)
            if self._closed:
                line.cut()

    def _context(self, *, verify: bool) -> ssl.SSLContext:
        if verify not in self._contexts:
            context = ssl.create_default_context()
            if not verify:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            self._contexts[verify] = context
        return self._contexts[verify]

    def _connect(self, host: str, port: int, end: float) -> socket.socket:
        found = self._resolve(host, port, type=socket.SOCK_STREAM)
        free = self.allowed.has(host, port)
        if not found or not (free or all(is_public(entry[4][0]) for entry in found)):
            raise Refused(not_public(host))
        problem: OSError = socket.gaierror()
        for family, kind, protocol, _, address in found:
            connection = socket.socket(family, kind, protocol)
            connection.settimeout(max(0.1, min(CONNECT_TIMEOUT, end - time.monotonic())))
            try:
                connection.connect(address)
                peer = connection.getpeername()[0]
            except OSError as failed:
                connection.close()
                problem = failed
                continue
            if free or is_public(peer):
                connection.settimeout(self.timeout)
                return connection
            connection.close()
            raise Refused(not_public(host))
        raise problem


class _Line:
    """A connection that is cut at a set time: a byte now and then would outlive any timeout."""

    def __init__(self, end: float) -> None:
        self.socket: socket.socket | None = None
        self.end = end
        self._watch: threading.Timer | None = None

    def use(self, connection: socket.socket) -> None:
        """Go on with a connection, until the time is up."""
        self.socket = connection
        self.limit(self.end - time.monotonic())

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Speak TLS from here on."""
        assert self.socket is not None  # noqa: S101
        wrapped = context.wrap_socket(
            self.socket, server_hostname=host, do_handshake_on_connect=False
        )
        self.socket = wrapped  # before the handshake, so that it can be cut too
        wrapped.do_handshake()

    def limit(self, seconds: float) -> None:
        """Cut in so many seconds, instead of when it was to be."""
        if self._watch is not None:
            self._watch.cancel()
        self._watch = threading.Timer(max(0.0, seconds), self.cut)
        self._watch.daemon = True
        self._watch.start()

    def late(self) -> bool:
        """Say whether the time is up."""
        return time.monotonic() >= self.end - 0.05

    def cut(self) -> None:
        """Wake whoever waits for the other side."""
        if self.socket is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.socket, socket.SHUT_RDWR)  # TLS has its own, slower

    def close(self) -> None:
        """Let go of the connection."""
        if self._watch is not None:
            self._watch.cancel()
        if self.socket is not None:
            self.socket.close()


def _exchange(
    line: _Line, host: str, port: int, path: str, body: bytes, headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    default = 443 if isinstance(line.socket, ssl.SSLSocket) else 80
    shown = f"[{host}]" if ":" in host else host
    name = shown if port == default else f"{shown}:{port}"
    connection = http.client.HTTPConnection(host, port)
    connection.sock = line.socket
    connection.request("POST", path, body, {**headers, "Host": name, "Connection": "close"})
    return connection.getresponse()


def _status(response: http.client.HTTPResponse, line: _Line) -> Answer:
    retry = response.getheader("Retry-After", "")
    # The status is all that counts; what follows it, or does not, changes nothing.
    with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
        line.limit(BODY_TIMEOUT)
        response.read(MAX_ANSWER)
    wait = int(retry) if retry.isascii() and retry.isdecimal() and len(retry) < 6 else 0
    return Answer(response.status, retry_after=wait)


def _kept(response: http.client.HTTPResponse, keep: int) -> Answer:
    parts: list[bytes] = []
    while keep > 0 and (part := response.read1(keep)):
        parts.append(part)
        keep -= len(part)
    if keep > 0 and response.length:  # it ended, or was cut, before it was whole
        raise http.client.IncompleteRead(b"", response.length)
    return Answer(response.status, body=b"".join(parts))


def _parts(url: str) -> tuple[str, str, int, str]:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname or "", port, path


def _told(problem: Exception, *, late: bool) -> str:
    if isinstance(problem, TimeoutError) or late:
        return "The receiver did not answer in time."
    if isinstance(problem, ConnectionRefusedError):
        return "The receiver refuses connections."
    if isinstance(problem, ssl.SSLError):
        return "The receiver does not speak TLS as it should."
    if isinstance(problem, http.client.HTTPException):
        return "The receiver's answer is not HTTP."
    return "The connection to the receiver failed."
