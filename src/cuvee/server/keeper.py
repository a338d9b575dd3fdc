"""Keeps the log: a thread that puts events in order and signs them, soon after each commit."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cuvee.api.log import CheckProjection, NoteProjection, Ordered
from cuvee.log import note
from cuvee.log.note import SigningKey

if TYPE_CHECKING:
    from cuvee.store.sql import SqlStore

POLL = 0.9
"""Seconds between two looks for what other servers have committed."""
COMPARE = 600.0
"""Seconds between two comparisons of the registry with the log."""
PAUSE = 0.3
"""Seconds that events gather before they are signed together."""

_log = logging.getLogger("cuvee.log")


class Keeper:
    """Puts events in order and signs the log, until it is closed.

    Args:
        store: whose events.
        path: the key's file, made where there is none; the latest checkpoint stands beside it.
    """

    def __init__(self, store: SqlStore, path: Path) -> None:
        self.store = store
        self.path = path
        store.signing = SigningKey.at(path)
        self._written = ""
        self._problem = ""
        self._stop = threading.Event()
        self._compared = float("-inf")
        self._thread = threading.Thread(target=self._run, name="cuvee-log", daemon=True)

    def start(self) -> None:
        """Begin; what was committed before is signed when this returns."""
        self._round()
        self._thread.start()

    def close(self) -> None:
        """Put the last events in order, sign them, and stop."""
        self._stop.set()
        self.store.recorded.set()
        if self._thread.is_alive():
            self._thread.join(20)

    def _run(self) -> None:
        while True:
            stopping = self._stop.is_set()
            self._round()
            if stopping:
                return
            if time.monotonic() - self._compared > COMPARE:
                self._compare()
            if self.store.recorded.wait(POLL):
                self._stop.wait(PAUSE)

    def _round(self) -> None:
        self.store.recorded.clear()
        try:
            done = self.store.order_events()
            if done is not None:
                self._note(done)
        except Exception:  # noqa: BLE001  # said, and tried again in the next round
            _log.exception("The log could not be written")

    def _compare(self) -> None:
        """Compare the registry with the log; a difference becomes an event, and is logged."""
        self._compared = time.monotonic()
        try:
            findings = self.store.do(CheckProjection()).findings
            self.store.do(NoteProjection(findings=findings))
        except Exception:  # noqa: BLE001  # said, and tried again the next time
            _log.exception("The registry could not be compared with the log")
            return
        for finding in findings:
            _log.error("The registry and the log disagree: %s", finding)

    def _note(self, done: Ordered) -> None:
        """Write the checkpoint beside the key, or say why there is none."""
        if done.problem:
            self.store.signing = SigningKey.at(self.path)  # it may have been rotated
            if done.problem != self._problem:
                _log.error("%s", done.problem)
        self._problem = done.problem
        if done.note not in ("", self._written):
            note.keep(self.path, done.note)
            self._written = done.note
