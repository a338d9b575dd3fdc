"""A real server process, seeded, and the bytes that go to it and come back."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

API = "/api/2.0/mlflow/"
TYPE = {"Content-Type": "application/json"}
LEAKS = re.compile(
    r"Traceback|File \"|SELECT |INSERT |UPDATE \w+ SET|DELETE FROM|sqlite3?\b|psycopg|sqlalchemy|"
    r"msgspec|site-packages|\.py\b|OperationalError|ValidationError| object at 0x",
    re.IGNORECASE,
)


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class Site:
    """A server process and its database.

    Args:
        url: database URL.
        directory: where its files are.
        options: further options of the command.
    """

    def __init__(self, url: str, directory: Path, *options: str) -> None:
        self.url = url
        self.directory = directory
        command = [sys.executable, "-m", "cuvee", "server", "--port", "0"]
        command += ["--backend-store-uri", url]
        command += ["--artifacts-destination", str(directory / "artifacts"), *options]
        self.process = subprocess.Popen(
            command, cwd=directory, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        self.log: list[str] = []
        ready = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(ready,), daemon=True)
        self._reader.start()
        assert ready.wait(60), f"the server did not start: {''.join(self.log)}"
        # Other lines may have followed the one that says so.
        found = re.search(r"ready at http://[\w.]+:(\d+)", "".join(self.log))
        assert found, self.log
        self.port = int(found[1])
        self._connection: http.client.HTTPConnection | None = None

    def _read(self, ready: threading.Event) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line)
            if "ready at" in line:
                ready.set()
        ready.set()

    def close(self) -> None:
        """Stop the server."""
        if self._connection:
            self._connection.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self._reader.join(10)
        if self.process.stderr:
            self.process.stderr.close()

    # ------------------------------------------------------------ requests

    def send(
        self,
        method: str,
        target: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        timeout: float = 30,
    ) -> Answer:
        """Send a request on a kept connection.

        Args:
            method: HTTP method.
            target: path and query, exactly as they go out.
            body: bytes as they are; anything else as JSON.
            headers: sent as they are; by default JSON's content type if there is a body.
            timeout: seconds to wait.
        """
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if headers is None:
            headers = TYPE if body is not None else {}
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            self._connection.putrequest(
                method, target, skip_host="Host" in headers, skip_accept_encoding=True
            )
            for name, value in headers.items():
                self._connection.putheader(name, value.encode("latin-1"))
            if body is not None and "Content-Length" not in headers:
                self._connection.putheader("Content-Length", str(len(body)))
            self._connection.endheaders(body)
            response = self._connection.getresponse()
            answer = Answer(
                response.status,
                {k.lower(): v for k, v in response.getheaders()},
                response.read(),
            )
        except Exception:
            self._connection.close()
            self._connection = None
            raise
        if response.will_close:
            self._connection.close()
            self._connection = None
        return answer

    def api(self, call: str, **fields: Any) -> Any:
        """Make a POST call that must be accepted and return its answer."""
        answer = self.send("POST", API + call, fields)
        assert answer.status == 200, answer
        return answer.json

    @contextlib.contextmanager
    def raw(self, timeout: float = 10) -> Iterator[socket.socket]:
        """Open a connection without any HTTP on it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            yield connection

    def exchange(self, data: bytes, *, timeout: float = 10) -> bytes:
        """Send bytes and return what comes back until the server is silent for a moment."""
        with self.raw(timeout) as connection:
            connection.sendall(data)
            found = b""
            try:
                while chunk := connection.recv(1 << 16):
                    found += chunk
                    connection.settimeout(0.3)
            except (TimeoutError, ConnectionResetError):
                pass
            return found

    # ------------------------------------------------------------ the state

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all rows of all tables."""
        return dump(self.url)

    def peak_memory(self) -> int:
        """Return the most memory that the process has held, in bytes."""
        text = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.findall(r"VmHWM:\s+(\d+) kB", text)[0]) << 10

    def memory(self) -> int:
        """Return the memory that the process holds, in bytes."""
        text = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.findall(r"VmRSS:\s+(\d+) kB", text)[0]) << 10


def dump(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables of a database, sorted."""
    if url.startswith("sqlite"):
        import sqlite3

        connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"))
        names = "SELECT name FROM sqlite_master WHERE type = 'table'"
    else:
        import psycopg

        connection = psycopg.connect(url, autocommit=True)
        names = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    try:
        cursor = connection.cursor()
        cursor.execute(names)
        found: dict[str, list[tuple[Any, ...]]] = {}
        for (name,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{name}"')
            found[name] = sorted(cursor.fetchall(), key=repr)
        found.pop("sqlite_sequence", None)  # a counter may run ahead; numbers are never reused
        for own in ("log", "log_tiles", "checkpoints", "cursors"):  # grow in the background
            found.pop(own)
        found["events"] = [row for row in found["events"] if "log:key" not in row]
        return found
    finally:
        connection.close()


def check_refusal(answer: Answer, what: object) -> None:
    """Check that an answer is a 4xx in the protocol's shape, with a sentence for people."""
    assert 400 <= answer.status < 500, (what, answer)
    assert answer.headers.get("content-type") == "application/json", (what, answer)
    found = answer.json
    assert found.keys() >= {"error_code", "message"}, (what, found)
    assert re.fullmatch(r"[A-Z_]+", found["error_code"]), (what, found)
    check_sentence(found["message"], what)


def check_sentence(message: str, what: object) -> None:
    """Check that a message is meant for people and says nothing about the inside."""
    assert 10 < len(message) < 1200, (what, message)
    assert message.rstrip()[-1] in ".)!", (what, message)
    assert " " in message, (what, message)
    assert not LEAKS.search(message), (what, message)
    assert os.getcwd() not in message, (what, message)  # noqa: PTH109  # as the server sees it


def wait_for(condition: Any, *, seconds: float = 10) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)
