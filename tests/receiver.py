"""A real receiver of webhooks, which can fail, hang, lie and redirect."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple


class Got(NamedTuple):
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    time: float

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


Behave = Callable[["Handler", Got], None]


class Handler(http.server.BaseHTTPRequestHandler):
    """Records a request and answers as the receiver is told to."""

    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {k.lower(): v for k, v in self.headers.items()}
        got = Got(self.path, headers, body, time.monotonic())
        self.server.receiver.got.append(got)
        self.server.receiver.behave(self, got)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Answer with a status; ``Content_Length`` and others may be set."""
        self.send_response(status)
        fields = {"Content_Length": str(len(body)), **headers}
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    """A server that does not mind when its clients hang up."""

    daemon_threads = True
    block_on_close = False
    receiver: Receiver

    def handle_error(self, *args: object) -> None:
        """Say nothing."""


class Receiver:
    """A listening receiver; ``got`` holds what came, ``behave`` decides the answer."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.got: list[Got] = []
        self.behave: Behave = lambda handler, _: handler.answer(200, b"thanks")
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.receiver = self
        self.port = int(self.server.server_address[1])
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self.thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    def wait(self, count: int, seconds: float = 15) -> list[Got]:
        """Wait until so many requests have come; return them."""
        end = time.monotonic() + seconds
        while len(self.got) < count and time.monotonic() < end:
            time.sleep(0.01)
        assert len(self.got) >= count, [(g.path, g.body) for g in self.got]
        return list(self.got)

    def stop(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)


@contextmanager
def receiving(*, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Give a receiver that listens."""
    receiver = Receiver(tls=tls)
    try:
        yield receiver
    finally:
        receiver.stop()


def eventually(true: Callable[[], object], seconds: float = 15) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    assert true()
