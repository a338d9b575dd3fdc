"""A server of its own for the demo."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cuvee.errors import ConnectionFailed

HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 20


def free_port(wanted: int) -> int:
    """Return ``wanted`` when nothing listens there, else a port that is free."""
    for port in (wanted, 0):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ConnectionFailed("No free port was found on 127.0.0.1.")


@contextmanager
def serving(directory: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``cuvee server`` on 127.0.0.1 until the block ends, its messages in ``server.log``.

    Args:
        directory: where database and artifacts are kept; created when it does not exist.
        port: a free port.

    Raises:
        ConnectionFailed: the server ended, or was not ready in time.
    """
    directory.mkdir(parents=True, exist_ok=True)
    log = directory / "server.log"
    command = [sys.executable, "-m", "cuvee", "server", "--host", HOST, "--port", str(port)]
    command += ["--backend-store-uri", f"sqlite:///{directory / 'cuvee.db'}"]
    command += ["--artifacts-destination", str(directory / "artifacts")]
    with log.open("wb") as messages:
        server = subprocess.Popen(  # noqa: S603 - our own command
            command,
            stdin=subprocess.DEVNULL,
            stdout=messages,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the block, which has something to send still
        )
    try:
        _wait_until_ready(server, port, log)
        yield server
    finally:
        stop(server)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ask a server to finish, and end it when it does not."""
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            raise ConnectionFailed(f"The server did not start: {_last_line(log)}")
        try:
            with closing(http.client.HTTPConnection(HOST, port, timeout=5)) as connection:
                connection.request("GET", "/health")
                if connection.getresponse().status == 200:
                    return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.05)
    raise ConnectionFailed(
        f"The server was not ready after {START_SECONDS} seconds: {_last_line(log)}"
    )


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
