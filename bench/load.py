"""The load generator: closed loops over kept connections, in one thread.

A client is a *script*: a generator that yields the bytes of a request and is sent the answer.
Sockets are raw and polled with epoll, and a C parser reads the answers, so that a request costs
the generator some tens of microseconds; `Load.cpu` says how many, so that nobody has to trust it.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httptools

Request = bytes | bytearray
PATIENCE = 120.0
KEPT_BODY = 32 << 20
API = "/api/2.0/mlflow/"


@dataclass(frozen=True)
class Answer:
    """A response; ``body`` is empty where it was longer than 32 MiB, ``size`` is in bytes."""

    status: int
    body: bytes
    size: int

    @property
    def ok(self) -> bool:
        """Whether the server did what it was asked to."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Return the body's value; raise `Refused` if the server refused the request."""
        if not self.ok:
            raise Refused(self.status, self.body)
        return json.loads(self.body or b"{}")


class Refused(Exception):
    """The server answered with an error, or not at all (status 0)."""

    def __init__(self, status: int, body: bytes) -> None:
        text = body[:400].decode("utf-8", "replace").strip()
        super().__init__(f"HTTP {status} {text}" if status else text)
        self.status = status


Script = Generator[Request, Answer, None]


@dataclass
class Load:
    """What came of a load: counts, wall seconds, latencies (s) and the generator's own CPU (s)."""

    ops: int = 0
    errors: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    received: int = 0
    latencies: list[float] = field(default_factory=list)
    problem: Refused | None = None

    def note(self, answer: Answer, seconds: float) -> None:
        """Count one answer that took so many seconds."""
        self.received += answer.size
        if answer.ok:
            self.ops += 1
            self.latencies.append(seconds)
        else:
            self.fail(Refused(answer.status, answer.body))

    def fail(self, problem: Refused) -> None:
        """Count a failure and keep the first one."""
        self.errors += 1
        self.problem = self.problem or problem

    def quantile(self, q: float) -> float:
        """Return a quantile of the latencies in milliseconds."""
        ordered = sorted(self.latencies)
        return 1e3 * ordered[min(len(ordered) - 1, int(len(ordered) * q))] if ordered else 0.0


def request(method: str, path: str, body: Any = None) -> bytes:
    """Return the bytes of a request; a body that is not bytes is sent as JSON."""
    kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if body is not None:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(data)}\r\n"
    return head.encode() + b"\r\n" + data


def post(path: str, body: Any) -> bytes:
    """Return the bytes of a POST to one of MLflow's endpoints."""
    return request("POST", API + path, body)


def get(path: str) -> bytes:
    """Return the bytes of a GET of one of MLflow's endpoints."""
    return request("GET", API + path)


class _Link:
    """One kept connection; it asks its next question when the answer is complete."""

    def __init__(self, port: int, script: Script, poll: select.epoll) -> None:
        self.port, self.script, self.poll = port, script, poll
        self.buffer = bytearray(1 << 18)
        self.sock: socket.socket | None = None
        self.pending: Request | None = next(script, None)
        self.connect()

    def connect(self) -> socket.socket:
        self.close()
        self.sock = sock = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        self.parser = httptools.HttpResponseParser(self)
        self.poll.register(sock, select.EPOLLIN)
        self.waiting = False
        return sock

    def close(self) -> None:
        if self.sock is not None:
            self.poll.unregister(self.sock)
            self.sock.close()
            self.sock = None

    def ask(self) -> bool:
        """Send the pending request; return False if the script has ended."""
        if self.pending is None:
            return False
        self.chunks: list[bytes] = []
        self.size, self.done = 0, False
        self.rest = memoryview(self.pending)
        self.asked = time.perf_counter()
        self.write(self.sock or self.connect())
        return True

    def write(self, sock: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            while self.rest:
                self.rest = self.rest[sock.send(self.rest) :]
        if bool(self.rest) != self.waiting:  # asking epoll each time would cost a system call
            self.waiting = bool(self.rest)
            self.poll.modify(sock, select.EPOLLIN | select.EPOLLOUT * self.waiting)

    def ready(self, event: int) -> Answer | None:
        """Move bytes after an event; return the answer once it is complete."""
        sock = self.sock or self.connect()
        if event & select.EPOLLOUT and self.rest:
            self.write(sock)
        if not event & ~select.EPOLLOUT:
            return None
        count = sock.recv_into(self.buffer)
        if not count:
            raise ConnectionResetError("the server closed the connection")
        self.parser.feed_data(memoryview(self.buffer)[:count])
        if not self.done:
            return None
        answer = Answer(self.parser.get_status_code(), b"".join(self.chunks), self.size)
        if self.rest or not self.kept:
            self.close()
        return answer

    def advance(self, answer: Answer) -> None:
        """Hand the answer to the script and take its next request."""
        try:
            self.pending = self.script.send(answer)
        except StopIteration:
            self.pending = None

    def on_body(self, data: bytes) -> None:
        self.size += len(data)
        if self.size <= KEPT_BODY:
            self.chunks.append(data)
        else:
            self.chunks.clear()

    def on_message_complete(self) -> None:
        self.done = True
        self.kept = self.parser.should_keep_alive()  # the parser knows only here


def drive(port: int, scripts: Sequence[Script], seconds: float, patience: float = PATIENCE) -> Load:
    """Run each script on a connection of its own and return what came of it.

    Args:
        port: port of a server on 127.0.0.1.
        scripts: the clients.
        seconds: after this no new request is sent (scripts may end before).
        patience: seconds that unfinished requests may take beyond that.
    """
    load = Load()
    links: list[_Link] = []
    with select.epoll() as poll:
        try:
            links.extend(_Link(port, script, poll) for script in scripts)
            _loop(load, links, poll, seconds, patience)
        except OSError as error:
            load.fail(Refused(0, f"{type(error).__name__}: {error}".encode()))
        finally:
            for link in links:
                link.close()
    return load


def _loop(
    load: Load, links: list[_Link], poll: select.epoll, seconds: float, patience: float
) -> None:
    """Serve the links until the time is over and the last answer is there."""
    start, cpu = time.perf_counter(), time.process_time()
    active = {link.sock.fileno(): link for link in links if link.sock and link.ask()}
    now = start
    while active and now < start + seconds + patience:
        events = poll.poll(1.0)
        for fd, event in events:
            link = active.pop(fd, None)
            if link is None:
                continue
            try:
                answer = link.ready(event)
                now = time.perf_counter()
                if answer is not None:
                    load.note(answer, now - link.asked)
                    link.advance(answer)
                    if now >= start + seconds or not link.ask():
                        continue
            except (OSError, httptools.HttpParserError) as error:
                load.fail(Refused(0, f"{type(error).__name__}: {error}".encode()))
                continue  # this client is out; the count of errors says so
            if link.sock is not None:
                active[link.sock.fileno()] = link
        if not events:
            now = time.perf_counter()
    for _ in active:
        load.fail(Refused(0, f"no answer within {patience:.0f} s".encode()))
    load.seconds = time.perf_counter() - start
    load.cpu = time.process_time() - cpu


def ask(port: int, message: Request, patience: float = PATIENCE) -> Answer:
    """Send one request on a new connection and return the answer; raise `Refused` if none came."""
    answers: list[Answer] = []

    def script() -> Script:
        answers.append((yield message))

    load = drive(port, [script()], 0.0, patience)
    if not answers:
        raise load.problem or Refused(0, b"no answer")
    return answers[0]
