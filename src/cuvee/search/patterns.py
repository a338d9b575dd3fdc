"""LIKE patterns matched in Python, in time that no pattern can blow up."""

from __future__ import annotations

import re
from functools import lru_cache

ESCAPE = "\x1b"
"""Before a character of a pattern that stands for itself, where patterns have this at all."""


class Pattern:
    """A LIKE pattern: ``%`` is any run of characters, ``_`` is one character.

    The pieces between the ``%`` are found from left to right, each at the first place where it
    fits: a later one would only leave less room for the rest. So nothing is ever tried again,
    where a regular expression with many ``.*`` can take exponential time.

    Args:
        text: the pattern.
        escape: what stands before a character that means itself; nothing does if it is empty.
    """

    def __init__(self, text: str, escape: str = "") -> None:
        self.pieces = _pieces(text, escape)
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


def _pieces(text: str, escape: str) -> list[list[str]]:
    """Return what stands between the ``%``, each as expressions for one character."""
    pieces: list[list[str]] = [[]]
    letters = iter(text)
    for letter in letters:
        if letter == escape:
            pieces[-1].append(re.escape(next(letters, "")))
        elif letter != "%":
            pieces[-1].append("." if letter == "_" else re.escape(letter))
        elif pieces[-1] or len(pieces) == 1:
            pieces.append([])
    return pieces


def _compiled(piece: list[str]) -> re.Pattern[str]:
    return re.compile("".join(piece), re.DOTALL)


@lru_cache(maxsize=64)
def pattern(text: str, escape: str = "") -> Pattern:
    """Return a pattern that is ready for many values."""
    return Pattern(text, escape)


def escaped(text: str, special: str = ESCAPE) -> str:
    """Return a pattern in which some characters stand for themselves.

    Args:
        text: the pattern.
        special: these characters.
    """
    return "".join(ESCAPE + letter if letter in special else letter for letter in text)


def containing(text: str) -> str:
    """Return a pattern of what has a text in it, which means nothing but itself."""
    return f"%{escaped(text, special='%_' + ESCAPE)}%"
