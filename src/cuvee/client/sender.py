"""The sender: a process that ships a session's journals and outlives the program that logs.

One per session, by a lock. It ends when everything is shipped and the session's processes are gone.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cuvee.client.answers import Away
from cuvee.client.http import Http
from cuvee.client.leases import Leases
from cuvee.client.output import tail
from cuvee.client.session import INFO, LOCK, adopt, held, lock_sender
from cuvee.client.shipping import Shipment
from cuvee.errors import InvalidParameter
from cuvee.settings import Settings
from cuvee.uris import ServerUri, parse_tracking_uri

BUSY_POLL = 0.02
IDLE_POLL = 0.1
LONGEST_PAUSE = 10.0
SYNC_EVERY = 1.0
GIVE_UP = 3600.0
"""Seconds without a server after which a sender ends whose program is gone."""
PROBE = (0.01, 1.0)
"""Least and most seconds between two looks whether a server on this computer is back."""


def open_shipment(folder: Path, uri: str) -> Shipment:
    """Return the shipment of a session to a server; it sends nothing by itself."""
    server = parse_tracking_uri(uri)
    if not isinstance(server, ServerUri):
        raise InvalidParameter(f"{uri!r} is no server: a journal is sent to http://host:5000.")
    settings = replace(Settings.read(), http_max_retries=0)
    http = Http(server, settings)

    def place(root: str) -> Any:
        from cuvee.client.connect import Connection
        from cuvee.client.files import HttpFiles
        from cuvee.uris import LocalUri, StoredUri, parse_artifact_uri

        where = parse_artifact_uri(root)
        if not isinstance(where, (StoredUri, LocalUri)):
            raise InvalidParameter(f"Files cannot be sent to {root!r}.")
        connection: Any = Connection(server.url, None, HttpFiles(http))  # type: ignore[arg-type]
        return connection.place(where)

    return Shipment(folder, http, place)


class Sender:
    """Ships until there is nothing left.

    Args:
        shipment: what to ship.
    """

    def __init__(self, shipment: Shipment) -> None:
        self.shipment = shipment
        self.leases = Leases(shipment, lambda: tail(shipment.folder))
        self._near = _loopback(shipment.http.url)
        self._failing = 0.0
        self._looked = self._synced = self._moved = 0.0

    def run(self) -> None:
        """Ship until everything is shipped and nobody is left who could add to it."""
        self.leases.start()
        while True:
            now = time.monotonic()
            if now - self._looked > BUSY_POLL:
                self.shipment.look()
                self._looked = now
            try:
                moved = self.shipment.step()
                if not moved:
                    self._bury()
            except Away:
                if self._hopeless():
                    return
                self._wait()
                continue
            if self._failing:
                self._failing = 0.0
                self.shipment.fail(0)
            if moved:
                self._moved = now
                continue
            self._rest(now)
            self.shipment.sweep()
            if not self.shipment.lines:
                busy = held(self.shipment.folder)
                self.shipment.look()
                if not self.shipment.lines and not busy:
                    return
            time.sleep(BUSY_POLL if now - self._moved < 2.0 else IDLE_POLL)

    def _bury(self) -> None:
        """Tell of runs whose processes have died."""
        for line, run in list(self.shipment.live()):
            if line.done():
                self.leases.witness(line, run)

    def _rest(self, now: float) -> None:
        if now - self._synced > SYNC_EVERY:
            self._synced = now
            for line in self.shipment.lines.values():
                line.sync()

    def _hopeless(self) -> bool:
        """Say whether to leave it to the next program, or to ``cuvee sync``."""
        away = self._failing and time.monotonic() - self._failing > GIVE_UP
        lines = list(self.shipment.lines.values())
        return bool(away) and not any(line.owned() for line in lines)

    def _wait(self) -> None:
        """Wait until the server may be back: longer, the longer it is away."""
        now = time.monotonic()
        if not self._failing:
            self._failing = now
            self.shipment.fail(time.time_ns() // 1_000_000)
        pause = min(LONGEST_PAUSE, max(0.02, (now - self._failing) * 0.004))
        pause *= random.uniform(0.75, 1.25)  # noqa: S311
        if self._near is None:
            time.sleep(pause)
            return
        end = now + pause
        least, most = PROBE
        probe = min(most, max(least, (now - self._failing) * 0.002))
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, probe))
            with suppress(OSError), socket.create_connection(self._near, 0.1):
                return


def _loopback(url: str) -> tuple[str, int] | None:
    """Return host and port of a server on this computer, which may be knocked at often."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host == "localhost" or host.startswith("127."):
        return host, parts.port or 80
    return None


def finish(folder: Path) -> None:
    """Remove a session that is over; what was refused stays to be looked at."""
    if any(folder.glob("*.rejects.jsonl")):
        return
    for path in (
        *folder.glob("files/*"),
        *folder.glob("*.log"),
        *folder.glob("*.hold"),
        *folder.glob("output.*"),  # of a process that was killed
        folder / INFO,
    ):
        path.unlink(missing_ok=True)
    for path in (folder / "aliases.json", folder / LOCK):
        path.unlink(missing_ok=True)
    for directory in (folder / "files", folder):
        with suppress(OSError):  # it is not there, or somebody has begun another journal
            directory.rmdir()


def main(session: str, _: str = "") -> int:
    """Ship a session; what ``cuvee`` starts beside a program that logs."""
    folder = Path(session)
    if lock_sender(folder) < 0:  # kept open: the lock lasts as long as this process
        return 0
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.chdir("/")
    settings = Settings.read()
    adopt(folder, settings.tracking_uri)
    shipment = open_shipment(folder, settings.tracking_uri)
    Sender(shipment).run()
    if not shipment.lines:
        finish(folder)
    return 0
