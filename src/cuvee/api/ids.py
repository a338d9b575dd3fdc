"""Ids of runs and logged models, made by the server or by a client that creates them."""

from __future__ import annotations

import os
import time

WINDOW = 0.016
"""Seconds whose ids begin alike."""
DIGITS = 5
"""Hexadecimal digits that tell the window; they begin anew after four and a half hours."""


def new_id(at: float | None = None) -> str:
    """Return 32 hexadecimal digits that nobody else has: 20 bits of the time, and 108 at random.

    What is created together lies together in an index then, so that a commit of many writes a few
    of its pages and not one for each. With no more of the time than that, the first eight digits
    still tell apart what a reader sees side by side.

    Args:
        at: Unix time in seconds; now when None.
    """
    window = int((time.time() if at is None else at) / WINDOW) % 16**DIGITS
    return f"{window:0{DIGITS}x}{os.urandom(14).hex()[: 32 - DIGITS]}"
