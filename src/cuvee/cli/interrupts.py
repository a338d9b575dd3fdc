"""How Ctrl-C ends commands that wait."""

from __future__ import annotations

import signal


def heed_one_interrupt() -> None:
    """Let Ctrl-C raise KeyboardInterrupt once, and do nothing from then on.

    ``timeout -s INT`` sends it twice; the second would break what the first has begun to end.
    """

    def end(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, end)
