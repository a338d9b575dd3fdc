"""LIKE patterns matched in Python, in time that no pattern can blow up."""

from __future__ import annotations

import re
from functools import lru_cache


class Pattern:
    """A LIKE pattern: ``%`` is any run of characters, ``_`` is one character, nothing escapes.

    The pieces between the ``%`` are found from left to right, each at the first place where it
    fits: a later one would only leave less room for the rest. So nothing is ever tried again,
    where a regular expression with many ``.*`` can take exponential time.
    """

    def __init__(self, text: str) -> None:
        self.pieces = re.sub("%+", "%", text).split("%")
        self.first, *middle = map(_compiled, self.pieces)
        self.last = middle.pop() if middle else None
        self.middle = middle

    def matches(self, value: str) -> bool:
        """Say whether the whole of ``value`` fits."""
        if self.last is None:
            return self.first.fullmatch(value) is not None
        found = self.first.match(value)
        for piece in self.middle:
            if found is None:
                return False
            found = piece.search(value, found.end())
        # A piece is as long as what it fits.
        start = len(value) - len(self.pieces[-1])
        return (
            found is not None and start >= found.end() and self.last.match(value, start) is not None
        )


def _compiled(piece: str) -> re.Pattern[str]:
    return re.compile("".join("." if c == "_" else re.escape(c) for c in piece), re.DOTALL)


@lru_cache(maxsize=64)
def pattern(text: str) -> Pattern:
    """Return a pattern that is ready for many values."""
    return Pattern(text)
