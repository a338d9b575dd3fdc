"""Ends what has run out: leases of runs, and answers that need not be remembered any more.

It also folds what runs that have ended left in the tails of their metrics, and removes parts of
uploads that a dead server left. One process does it for all that share a database.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from cuvee.api.base import Actor, Op, Store
from cuvee.api.leases import EndLostRuns
from cuvee.api.metrics import FoldTails
from cuvee.api.replies import SweepReplies, Swept
from cuvee.api.runs import MAX_LEASE
from cuvee.blobs import Blobs
from cuvee.server.leftovers import Leftovers
from cuvee.server.reading import Outside
from cuvee.server.version_files import VersionFiles

POLL = 2.0
"""Seconds between looks for leases that are over."""
SETTLE = float(MAX_LEASE)
"""Seconds without a look at leases: while no server was there, none could be renewed."""
REPLIES = 30.0
"""Seconds between looks for answers that may be forgotten."""
FOLDS = 30.0
"""Seconds between looks for runs whose points may be folded."""

_log = logging.getLogger("cuvee.sweeper")


class Held(Protocol):
    """The right to be the one who sweeps."""

    def alive(self) -> bool:
        """Say whether it is still held."""
        ...

    def release(self) -> None:
        """Let another have it."""
        ...


class Sweeper:
    """Ends what has run out, until it is closed.

    Args:
        store: where leases and answers are.
        hold: takes the right to be the one who does it; None while another has it.
        poll: seconds between looks.
        settle: seconds after a start, or a pause, in which leases may still be renewed.
        blobs: where bytes are kept.
        outside: what clients wrote by themselves; the files of versions among it are kept, and
            parts of uploads that a server left there are removed.
    """

    def __init__(
        self,
        store: Store,
        hold: Callable[[], Held | None],
        *,
        poll: float = POLL,
        settle: float = SETTLE,
        blobs: Blobs | None = None,
        outside: Outside | None = None,
    ) -> None:
        self._store = store
        self._hold = hold
        self._poll = poll
        self._settle = settle
        self._files: VersionFiles | None = None
        if blobs is not None and outside is not None:
            self._files = VersionFiles(store, blobs, outside)
        self._leftovers = Leftovers(outside) if outside is not None else None
        self._actor = Actor("cuvee", via="server")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cuvee-sweeper", daemon=True)

    def start(self) -> None:
        """Begin, or stand by while another does it."""
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._stop.set()
        if self._files is not None:
            self._files.close()
        if self._leftovers is not None:
            self._leftovers.close()
        if self._thread.is_alive():
            self._thread.join(20)

    def _run(self) -> None:
        while not self._stop.is_set():
            held = None
            try:
                held = self._hold()
                if held is not None:
                    self._serve(held)
            except Exception:  # noqa: BLE001  # the database may be away for a while
                _log.exception("sweeping is interrupted, and goes on")
            finally:
                if held is not None:
                    held.release()
            self._stop.wait(self._poll)

    def _serve(self, held: Held) -> None:
        looked = begun = time.time()
        replies = folds = 0.0
        while held.alive():
            now = time.time()
            if not -self._poll < now - looked < 5 * self._poll + 1:  # the machine slept, perhaps
                begun = now
            looked = now
            more = False
            if self._files is not None:
                self._files.look()
            if self._leftovers is not None:
                self._leftovers.look()
            if now - begun >= self._settle:
                more = self._any(EndLostRuns())
            if now - replies >= REPLIES:
                more = self._any(SweepReplies()) or more
                replies = replies if more else now
            if now - folds >= FOLDS:
                left = self._any(FoldTails())
                more = left or more
                folds = folds if left else now
            if self._stop.wait(0.05 if more else self._poll):
                return

    def _any(self, op: Op[Swept]) -> bool:
        return self._store.do(op, self._actor).count > 0
