"""Signs of life of runs in a store of one's own, where no sender gives them."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import Any

from cuvee.api.leases import Heartbeat
from cuvee.errors import CuveeError

LEASE = 30
EVERY = 10.0
"""Seconds between signs of life."""
FIRST = 0.5
"""Seconds until the first, which runs that are as short as that do without."""


class _Signs:
    """The runs of this process, and the thread that speaks for them."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.runs: dict[str, Any] = {}
        self.lock = threading.Lock()
        self.news = threading.Event()
        self.thread: threading.Thread | None = None


_signs = _Signs()


def begin(store: Any, run_id: str) -> None:
    """Say from now on that a run's process lives.

    Args:
        store: the embedded store that the run is in.
        run_id: the run.
    """
    global _signs  # noqa: PLW0603  # a fork does not speak for its parent's runs
    if _signs.pid != os.getpid():
        _signs = _Signs()
    signs = _signs
    with signs.lock:
        signs.runs[run_id] = store
        if signs.thread is None:
            signs.thread = threading.Thread(
                target=_speak, args=(signs,), name="cuvee-signs", daemon=True
            )
            signs.thread.start()
    signs.news.set()


def end(run_id: str) -> None:
    """Say no more of a run, which ends."""
    _signs.runs.pop(run_id, None)


def _speak(signs: _Signs) -> None:
    known: set[str] = set()
    while True:
        fresh = signs.news.wait(EVERY)
        if fresh:
            signs.news.clear()
            threading.Event().wait(FIRST)
        with signs.lock:
            runs = dict(signs.runs)
            if not runs:
                signs.thread = None  # the next run begins another
                return
        for run_id, store in runs.items():
            if fresh and run_id in known:
                continue
            # A store that is closed, or busy, does not hear it: the next one may be heard.
            with suppress(CuveeError, OSError):
                if run_id in signs.runs:
                    store.do(Heartbeat(run_id=run_id, lease=LEASE))
                    known.add(run_id)
        known &= runs.keys()
