"""HTTP/1.1 as uvicorn speaks it, with refusals in the API's shape and a limit on the head."""

from __future__ import annotations

from asyncio import AbstractEventLoop, TimerHandle
from typing import Any, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from cuvee.api import wire
from cuvee.errors import InvalidParameter
from cuvee.server.express import EXPRESS, Express
from cuvee.server.feed import ABORT, END

MAX_URL = 65_535  # as far as the parser can count
MAX_HEAD = 256 << 10
LINGER = 2.0  # seconds
PATIENCE = 60.0  # seconds for a head, and for each piece of a body
SHORT = 4096  # bytes of a write that may wait for the next one
BIG = 65_536  # bytes of a body that is not copied behind its head
SHORT_BODY = 256 << 10  # bytes of a body on the short way


class Joined:
    """A transport that sends what is written in one go, such as an answer's head and its body.

    uvicorn writes them apart, which is a call of the system more for each answer, and wakes the
    client for the head alone. A short write waits for the next one, or for the loop's next turn.

    Args:
        transport: what it writes to, and is in all else.
        loop: the loop of the transport.
    """

    def __init__(self, transport: Any, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiting = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send data, unless they are so few that they can wait for more."""
        if self._transport.is_closing():  # nobody is there any more
            return
        if self._waiting:
            before, self._waiting = self._waiting, b""
            self._transport.writelines((before, data))
        elif len(data) < SHORT:
            self._waiting = data
            self._loop.call_soon(self._flush)
        else:
            self._transport.write(data)

    def write_whole(self, head: bytes, body: bytes) -> None:
        """Send an answer behind what waits, and wait for nothing more."""
        before, self._waiting = self._waiting, b""
        if self._transport.is_closing():
            return
        if len(body) < BIG:
            self._transport.write(before + head + body)
        else:
            self._transport.writelines((before + head, body))

    def write_eof(self) -> None:
        """Send what waits, and say that it was the last."""
        self._flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Send what waits, and close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        data, self._waiting = self._waiting, b""
        if data and not self._transport.is_closing():
            self._transport.write(data)


def _is_long(size: bytes) -> bool:
    return len(size) > len(str(SHORT_BODY)) or int(size) > SHORT_BODY


class _Nobody:
    """Whom uvicorn wakes where a call has no task that waits."""

    def set(self) -> None:
        """Wake nobody."""


class Ride:
    """A call on the short way (server/express.py), as far as uvicorn looks at its requests.

    Args:
        connection: where it came from.
        kind: the operation that is asked for.
        path, query: the two parts of the URL.
    """

    response_started = False
    more_body = False
    message_event = _Nobody()

    def __init__(self, connection: Protocol, kind: Any, path: bytes, query: bytes) -> None:
        self.kind = kind
        self.method = connection.parser.get_method().decode("ascii")
        self.path = path
        self.query = query
        self.headers = connection.headers
        self.host = connection.client[0] if connection.client else ""
        self.body = b""
        self.keep_alive = True
        self.disconnected = False
        self.response_complete = False
        self._connection = connection

    def answer(self, head: bytes, body: bytes) -> None:
        """Send the answer, and go on to the next request."""
        self.response_complete = True
        if self.disconnected:
            return
        transport = cast("Joined", self._connection.transport)
        end = b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n"
        transport.write_whole(head + end, body)
        if not self.keep_alive:  # the server is about to stop
            transport.close()
        self._connection.on_response_complete()


class Protocol(HttpToolsProtocol):
    """One connection.

    The parser has no limit of its own: without one here, a single request line, or the trailers
    behind a body, could fill the memory before any code of the application sees it.
    """

    _head = 0
    _in_head = True
    _in_message = False
    _declining = False
    _refused = False
    _refusal: tuple[int, str] | None = None
    _late: TimerHandle | None = None
    _active: RequestResponseCycle | None = None
    _ride: Ride | None = None
    _ridden = False
    _express: Express | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin a connection."""
        if not self.server_state.default_headers:
            self._express = self.app_state.get(EXPRESS)
        super().connection_made(Joined(transport, self.loop))  # type: ignore[arg-type]
        self._late = self.loop.call_later(PATIENCE, self._too_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection, and tell the request under way, which others may stand behind."""
        self._stop_waiting()
        self.pipeline.clear()
        if self._active is not None and not self._active.response_complete:
            self._active.disconnected = True
            self._active.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what has come; uvicorn calls the application once the head is complete."""
        if self._refused or self._refusal:
            return
        self._head += len(data)
        if self._head > MAX_HEAD + len(data):
            self._refuse(431, f"The URL and headers are longer than {MAX_HEAD >> 10} KiB.")
            return
        self._unset_keepalive_if_required()
        self._ridden = False
        self._parse(data)
        if self._late is not None and not (self._in_message and self._in_head):
            self._stop_waiting()
        if self._in_message and self._late is None:
            self._late = self.loop.call_later(PATIENCE, self._too_late)

    def _parse(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            if self._declining:
                self._decline(data[upgrade.args[0] :])
        except HttpParserError:
            self.logger.warning("Invalid HTTP request received.")
            self._refuse_malformed()

    def _decline(self, rest: bytes) -> None:
        """Read a request that offers another protocol as if it did not.

        The parser takes all that follows for the other protocol, be it the request's own body.
        """
        self._declining = False
        kept = [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        line = b"%s %s HTTP/%s" % (
            self.parser.get_method(), self.url, self.parser.get_http_version().encode(),
        )  # fmt: skip
        self.parser = HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._parse(b"\r\n".join([line, *kept, b"", rest]))

    # ------------------------------------------------------------ what the parser has found

    def on_message_begin(self) -> None:
        """Begin to count; what uvicorn notes of a request is made where it is needed."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self.scope = None  # type: ignore[assignment]
        self._head, self._in_head, self._in_message = 0, True, True
        self._ride = None

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes behind the body is none, for it has been acted on by then."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Choose a way: the short one for a call that is alone on its connection."""
        self._head = 0
        if self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT":
            self._declining = True
            return
        self._ride = self._short_way()
        if self._ride is None:
            self._begin()
        self._in_head = False

    def _short_way(self) -> Ride | None:
        """Return the call, if it is one that may go the short way."""
        if self._express is None or self._ridden or self.expect_100_continue:
            return None  # of what comes at once only the first, so that all connections have turns
        if self.cycle is not None and not self.cycle.response_complete:
            return None
        if any(name == b"content-length" and _is_long(size) for name, size in self.headers):
            return None  # the ordinary way may refuse it before it comes
        path, _, query = self.url.partition(b"?")
        kind = self._express.kinds.get((self.parser.get_method(), path))
        if kind is None or b"#" in query or self.flow.write_paused:
            return None
        if self.parser.get_http_version() != "1.1" or not self.parser.should_keep_alive():
            return None
        return Ride(self, kind, path, query)

    def _begin(self) -> None:
        """Begin the application: it limits bodies itself."""
        self._unset_keepalive_if_required()
        url, headers, invite = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, invite
        self.headers += headers
        self.scope[ABORT] = self.transport.abort  # type: ignore[literal-required]
        super().on_headers_complete()  # fails where the URL is none: then the head is malformed

    def _leave(self, ride: Ride) -> None:
        """Go on with a call on the ordinary way."""
        self._ride = None
        self._begin()
        if ride.body:
            super().on_body(ride.body)

    def on_body(self, body: bytes) -> None:
        """Hand on a piece of the body, or wait for the rest of it."""
        self._head = 0
        ride = self._ride
        if ride is not None:
            if len(ride.body) + len(body) <= SHORT_BODY:
                ride.body += body
                return
            self._leave(ride)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request."""
        if self._declining:
            return
        self._in_message = False
        ride, self._ride = self._ride, None
        if ride is not None:
            former, self.cycle = self.cycle, cast("RequestResponseCycle", ride)
            self._active = self.cycle
            self._ridden = True
            if self._express is not None and self._express.take(ride.kind, ride):
                return
            self.cycle = former
            self._leave(ride)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on to the next request of the connection, or to why there is none."""
        last = not self.pipeline
        super().on_response_complete()
        if last and self._refusal:
            self._send_refusal(*self._refusal)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._active = cycle
        super()._start_asgi_task(cycle, app)

    # ------------------------------------------------------------ refusals

    def shutdown(self) -> None:
        """Finish: a request is answered first, but a stream would not end by itself."""
        scope: dict[str, Any] = dict(self.scope or {})
        if END in scope:
            scope[END]()
        super().shutdown()

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        """Give up a request that does not come to its end; the server may be who keeps it."""
        self._late = None
        if self.flow.read_paused:
            self._late = self.loop.call_later(PATIENCE, self._too_late)
        elif self._in_message:
            self._refuse(
                408,
                f"Nothing more of the request came within {PATIENCE:.0f} seconds: send it again.",
            )
        else:  # it never said anything
            self.transport.close()

    def _refuse_malformed(self) -> None:
        """Refuse what cannot be parsed."""
        if len(getattr(self, "url", b"")) > MAX_URL:
            self._refuse(
                414,
                f"The URL is longer than {MAX_URL} bytes: shorten it, or use POST if the call "
                "has it.",
            )
        else:
            self._refuse(400, "This is not a well-formed HTTP/1.1 request.")

    def _refuse(self, status: int, message: str) -> None:
        """Answer what is coming in with a refusal, after all that came whole before it."""
        self._stop_waiting()
        cycle = self.cycle
        begun = self._in_message and not self._in_head and self._ride is None
        self._ride = None
        if begun and cycle.more_body:  # its own body is broken
            if cycle.response_started:
                self.transport.close()
                return
            cycle.disconnected = True
            cycle.message_event.set()
            if not self.pipeline:
                self._send_refusal(status, message)
                return
            self.pipeline.popleft()
        elif cycle is None or cycle.response_complete:
            self._send_refusal(status, message)
            return
        self._refusal = (status, message)

    def _send_refusal(self, status: int, message: str) -> None:
        body = wire.encode_error(InvalidParameter.error_code, message)
        head = (
            f"HTTP/1.1 {status} Refused\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self._refused = True
        self._unset_keepalive_if_required()
        self.transport.write(head.encode() + body)
        # A connection that is closed while bytes still arrive is reset, and the client may never
        # see the answer: let it finish, for a moment.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER, self.transport.close)
