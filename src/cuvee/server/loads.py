"""Counts who loads which versions.

A client that loads ``models:/name/1`` asks the server once where the version's files are, whichever
way it then reads them. That is counted in memory and written down a moment later, together with
all else of that moment: neither the answer nor the one thread that writes waits for it, and a
server that dies loses a second's counts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from cuvee.api.base import Actor
from cuvee.api.loads import CountLoads, Loaded
from cuvee.api.times import DAY

DELAY = 1.0
"""Seconds from the first load to be written to its writing."""
MOST = 1000
"""Users and versions that are written at once; what comes beyond is written sooner."""


class LoadCounter:
    """Counts loads, for use by many threads, until it is closed.

    Args:
        write: writes counts down; nobody waits for it.
        delay: seconds for which they are gathered.
    """

    def __init__(self, write: Callable[[CountLoads], None], *, delay: float = DELAY) -> None:
        self._write_down = write
        self._delay = delay
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str, str, int], tuple[int, int, int]] = {}
        self._timer: threading.Timer | None = None
        self._closed = False

    def count(self, name: str, version: str, actor: Actor) -> None:
        """Count a load of a version by an actor."""
        now = int(time.time() * 1000)
        key = (name, version, actor.name, now // DAY)
        with self._lock:
            number, first, _ = self._counts.get(key, (0, now, now))
            self._counts[key] = (number + 1, first, now)
            full = len(self._counts) >= MOST
            if self._timer is None and not self._closed:
                self._timer = threading.Timer(self._delay, self._write)
                self._timer.daemon = True
                self._timer.start()
        if full or self._closed:
            self._write()

    def close(self) -> None:
        """Have what is counted written now, and from here on at once."""
        with self._lock:
            self._closed = True
        self._write()

    def _write(self) -> None:
        with self._lock:
            counts, self._counts = self._counts, {}
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        if counts:
            loaded = [
                Loaded(
                    name=name, version=version, user_id=user, count=number, first=first, last=last
                )
                for (name, version, user, _), (number, first, last) in counts.items()
            ]
            self._write_down(CountLoads(loaded=loaded))
