"""How Ctrl-C ends commands that wait."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

AGAIN = 1.0
"""Seconds after which another Ctrl-C is meant: the first has not ended the command."""


@contextmanager
def one_interrupt() -> Iterator[None]:
    """Let Ctrl-C raise KeyboardInterrupt, and one that follows at once leave that end alone.

    ``timeout -s INT`` sends it twice. What is left of the process then only ends, and would be
    killed by the second: the interpreter puts the usual handler back before it is gone.
    """
    heeded = -AGAIN

    def heed(_number: int, _frame: object) -> None:
        nonlocal heeded
        now = time.monotonic()
        if now - heeded >= AGAIN:
            heeded = now
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, heed)
    try:
        yield
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise
