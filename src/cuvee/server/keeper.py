"""Keeps the log: a thread that puts events in order and signs them, soon after each commit."""

from __future__ import annotations

import logging
import threading
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from cuvee.api.log import GetConsistency, GetLogStatus, NoteProjection, Ordered
from cuvee.errors import NotFound
from cuvee.log import note
from cuvee.log.comparison import MORE, TOLD, steps
from cuvee.log.note import SigningKey

if TYPE_CHECKING:
    from cuvee.store.sql import SqlStore

POLL = 0.9
"""Seconds between two looks for what other servers have committed."""
COMPARE = 600.0
"""Seconds between two comparisons of the registry with the log."""
SHARE = 0.2
"""How much of the time a comparison may work; otherwise it rests, so that calls go first."""
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
        self._astray = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cuvee-log", daemon=True)
        self._comparer = threading.Thread(
            target=self._compare_for_ever, name="cuvee-comparison", daemon=True
        )

    def start(self) -> None:
        """Begin; what was committed before is signed when this returns."""
        self._round()
        self._thread.start()
        self._comparer.start()

    def close(self) -> None:
        """Put the last events in order, sign them, and stop."""
        self._stop.set()
        self.store.recorded.set()
        for thread in (self._comparer, self._thread):
            if thread.is_alive():
                thread.join(20)

    def _run(self) -> None:
        while True:
            stopping = self._stop.is_set()
            self._round()
            if stopping:
                return
            if self.store.recorded.wait(POLL):
                self._stop.wait(PAUSE)

    def _round(self) -> None:
        self.store.recorded.clear()
        try:
            done = self.store.order_events()
            if done is not None and done.problem:
                self.store.signing = SigningKey.at(self.path)  # it may have been rotated
                done = self.store.order_events()
            if done is not None:
                self._note(done)
            self.store.wipe()
        except Exception:  # noqa: BLE001  # said, and tried again in the next round
            _log.exception("The log could not be written")

    def _compare_for_ever(self) -> None:
        """Compare at the start, and again when no server has done so for a while."""
        self._compare_if(due=True)
        while not self._stop.wait(COMPARE):
            self._compare_if(due=False)

    def _compare_if(self, *, due: bool) -> None:
        try:
            ago = time.time() - self.store.do(GetLogStatus()).compared / 1000
            if due or ago > COMPARE / 2:
                self._compare()
        except Exception:  # noqa: BLE001  # said, and tried again the next time
            _log.exception("The registry could not be compared with the log")

    def _compare(self) -> None:
        """Compare everything once; a difference is logged and becomes an event at once."""
        found: list[str] = []
        began = time.monotonic()
        astray = self._look_behind()
        for findings in chain([[astray]] if astray else [], steps(self.store.do)):
            for finding in findings:
                _log.error("The registry and the log disagree: %s", finding)
            if findings:
                self.store.do(NoteProjection(findings=findings, complete=False))
            found += findings[: TOLD - len(found)]
            if self._stop.wait((time.monotonic() - began) * (1 / SHARE - 1)):
                return
            began = time.monotonic()
        self.store.do(NoteProjection(findings=found if len(found) < TOLD else [*found, MORE]))

    def _note(self, done: Ordered) -> None:
        """Write the checkpoint beside the key, or say why there is none."""
        if done.problem not in ("", self._problem):
            _log.error("%s", done.problem)
        self._problem = done.problem
        if done.note not in ("", self._written):
            astray = self._look_behind()
            if not astray:  # otherwise what is kept is the evidence
                note.keep(self.path, done.note)
                self._written = done.note
            elif astray != self._astray:
                _log.error("The registry and the log disagree: %s", astray)
                self.store.do(NoteProjection(findings=[astray], complete=False))
            self._astray = astray

    def _look_behind(self) -> str:
        """Say what is wrong by the checkpoint beside the key; nothing where the log continues it.

        A database that was put back to an older state goes on from there like any other, and only
        what is kept outside of it can tell.
        """
        kept = note.kept(self.path)  # before the log is looked at, which grows meanwhile
        size = note.extensions(kept).size
        if not size:
            return ""
        try:
            root = self.store.do(GetConsistency(from_size=size, to_size=size)).from_root
        except NotFound:
            root = ""
        if root == [*kept.split("\n"), ""][2]:
            return ""
        return (
            f"log: the checkpoint of {size} entries that is kept beside the key is not of what the "
            "database has: it was put back to an older state, changed, or is another one"
        )
