"""Removes what servers that died have left of uploads into a directory that clients write to.

Only a replaced file, or a file system without nameless files, leaves a part behind, and seldom; so
the directories are gone through once a day, slowly, on a thread of its own.
"""

from __future__ import annotations

import logging
import os
import stat
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

from cuvee.server.reading import PART, Outside

DAY = 86_400.0
PAUSE = 0.001
"""Seconds of rest after each directory: others need the disk, too."""

_log = logging.getLogger("cuvee.leftovers")


class Leftovers:
    """Sweeps parts of uploads, until it is closed.

    Args:
        outside: the directory that clients, and uploads of pages, are written to.
        every: seconds between two sweeps.
        age: seconds after which nobody is at a part any more.
    """

    def __init__(self, outside: Outside, *, every: float = DAY, age: float = DAY) -> None:
        self._root = outside.root
        self._every = every
        self._age = age
        self._next = 0.0
        self._stop = threading.Event()
        self._busy: Future[None] | None = None
        self._threads = ThreadPoolExecutor(1, "cuvee-leftovers")

    def look(self) -> None:
        """Begin a sweep when it is time for one."""
        busy = self._busy is not None and not self._busy.done()
        if not busy and not self._stop.is_set() and time.monotonic() >= self._next:
            self._next = time.monotonic() + self._every
            self._busy = self._threads.submit(self._attempt)

    def close(self) -> None:
        """Leave what is not done to the next start."""
        self._stop.set()
        self._threads.shutdown(cancel_futures=True)

    def _attempt(self) -> None:
        try:
            self._sweep()
        except (OSError, RecursionError) as problem:
            _log.warning("Parts of uploads are not looked for in %s: %s", self._root, problem)

    def _sweep(self) -> None:
        """Go through all directories, without following a link."""
        try:
            root = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:  # nobody has written anything yet
            return
        try:
            for _, _, names, fd in os.fwalk(".", dir_fd=root, follow_symlinks=False):
                for name in filter(PART.fullmatch, names):
                    self._remove(name, fd)
                if self._stop.wait(PAUSE):
                    return
        finally:
            os.close(root)

    def _remove(self, name: str, directory: int) -> None:
        """Remove a part, if it is one of this server's and nobody can be at it any more."""
        try:
            found = os.stat(name, dir_fd=directory, follow_symlinks=False)
            old = found.st_mtime < time.time() - self._age
            if old and stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid():
                os.unlink(name, dir_fd=directory)
        except FileNotFoundError:  # another server has just removed it
            pass
        except OSError as problem:
            _log.warning("The part %s of an upload stays: %s", name, problem)
