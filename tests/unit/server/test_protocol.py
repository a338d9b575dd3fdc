"""One connection: how long it waits, and for what."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from cuvee.server import protocol
from cuvee.server.protocol import Protocol

started, ended = threading.Event(), threading.Event()
"""When a stream was, which ends with its reader."""


async def count(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the length of the body; a page that is called slow takes its time."""
    if scope["type"] != "http":
        return
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    if scope["path"] == "/slow":
        await asyncio.sleep(0.8)
    if scope["path"] == "/stream":
        ended.clear()
        started.set()
        assert (await receive())["type"] == "http.disconnect"
        ended.set()
        return
    text = str(size).encode()
    headers = [(b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Return the port of a server that waits half a second for what does not come."""
    monkeypatch.setattr(protocol, "PATIENCE", 0.5)
    config = uvicorn.Config(
        count, http=Protocol, ws="none", lifespan="off", log_level="error", log_config=None
    )
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join(10)
    listening.close()


def talk(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """Send pieces and return all that comes until the server ends the connection."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        while data := connection.recv(65_536):
            found += data
    return found


def test_a_request_that_does_not_go_on_is_given_up(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
    for start in (b"P", head, head + b"\r\n", head + b"\r\nhalf"):
        found = talk(port, start)
        assert found.startswith(b"HTTP/1.1 408 "), (start, found)
        assert b"send it again." in found


def test_who_says_nothing_is_told_nothing(port: int) -> None:
    assert talk(port) == b""


def test_a_head_has_one_wait_and_each_piece_of_a_body_its_own(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\n"
    with monkeypatch.context() as patch:
        # The pieces take longer than one wait, and none is late if the machine halts for a second.
        patch.setattr(protocol, "PATIENCE", 2.0)
        pieces = (b"abcd"[i : i + 1] for i in range(4))
        assert talk(port, head, *pieces, pause=0.6).endswith(b"\r\n4")
    with pytest.raises(OSError, match=r"reset|pipe|closed"):
        talk(port, *(head[i : i + 1] for i in range(40)), pause=0.1)


def test_who_waits_for_the_server_is_not_late(port: int) -> None:
    asked = b"GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert talk(port, asked).startswith(b"HTTP/1.1 200 ")


def test_who_leaves_is_noticed_behind_other_requests_too(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    for path, seen in ((b"/stream", ended), (b"/slow", None)):
        for behind in range(3):
            started.clear()
            asked = b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % path
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(asked + b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * behind)
                assert seen is None or started.wait(5)
            assert seen is None or seen.wait(5), behind
    time.sleep(1)
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]
