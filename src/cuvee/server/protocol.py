"""HTTP/1.1 as uvicorn speaks it, with refusals in the API's shape and a limit on the head."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from functools import partial
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from cuvee.api import wire
from cuvee.errors import InvalidParameter
from cuvee.server.answers import ANSWER
from cuvee.server.feed import ABORT, END

MAX_URL = 65_535  # as far as the parser can count
MAX_HEAD = 256 << 10
LINGER = 2.0  # seconds
SHORT = 4096  # bytes of a write that may wait for the next one
BIG = 65_536  # bytes of a body that is not copied behind its head


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


def _answer(cycle: RequestResponseCycle, head: bytes, body: bytes) -> bool:
    """Send a whole answer of known headers and say so; or do nothing, where there is more to it.

    uvicorn would look at each byte of each header again, for 10 µs of a short call's 110.
    """
    ready = cycle.keep_alive and not (cycle.response_started or cycle.disconnected)
    more = cycle.default_headers or cycle.scope["method"] == "HEAD"
    if not ready or more or cycle.flow.write_paused:
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cast("Joined", cycle.transport).write_whole(head, body)
    cycle.message_event.set()
    cycle.on_response()
    return True


class Protocol(HttpToolsProtocol):
    """One connection.

    The parser has no limit of its own: without one here, a single request line could fill the
    memory before any code of the application sees it.
    """

    _head = 0
    _in_head = True
    _refused = False

    def connection_made(self, transport: Any) -> None:
        """Begin a connection."""
        super().connection_made(Joined(transport, self.loop))  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        """Parse what has come; uvicorn calls the application once the head is complete."""
        if self._refused:
            return
        if self._in_head:
            self._head += len(data)
            if self._head > MAX_HEAD + len(data):
                self._refuse(431, f"The URL and headers are longer than {MAX_HEAD >> 10} KiB.")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._head, self._in_head = 0, True
        self.scope[ABORT] = self.transport.abort  # type: ignore[literal-required]

    def shutdown(self) -> None:
        """Finish: a request is answered first, but a stream would not end by itself."""
        scope: dict[str, Any] = dict(self.scope or {})
        if END in scope:
            scope[END]()
        super().shutdown()

    def on_headers_complete(self) -> None:
        """Stop counting: the application limits bodies."""
        self._in_head = False
        super().on_headers_complete()
        self.scope[ANSWER] = partial(_answer, self.cycle)  # type: ignore[literal-required]

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn's words
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
        body = wire.encode_error(InvalidParameter.error_code, message)
        head = (
            f"HTTP/1.1 {status} Refused\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self._refused = True
        self.transport.write(head.encode() + body)
        # A connection that is closed while bytes still arrive is reset, and the client may never
        # see the answer: let it finish, for a moment.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER, self.transport.close)

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: clients that offer HTTP/2 go on with HTTP/1.1."""
