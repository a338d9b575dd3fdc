"""Filter text -> tokens that know where they stand."""

from __future__ import annotations

import enum
import re
from typing import NamedTuple, NoReturn

from cuvee.errors import InvalidParameter

MAX_TEXT = 1_000_000


class T(enum.Enum):
    """Kinds of token."""

    NAME = "a name"
    NUMBER = "a number"
    TEXT = "a quoted text"
    OP = "an operator"
    MARK = "a mark"
    END = "the end"


class Token(NamedTuple):
    """A piece of the text.

    Args:
        type: what it is.
        text: as it stands in the text, quotes included.
        at: position of its first character, counted from 1.
    """

    type: T
    text: str
    at: int


# A name is a bare word, a word with a key behind its first dot, or something in backticks. Two
# quotes in a row are part of a quoted text, as they are in MLflow (they stand for two, not one).
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<name>[^\W\d]\w*(?:\.(?:`[^`]*`|"[^"]*"|'[^']*'|[\w.]*))?|`[^`]*`)
      | (?P<number>-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.]))
      | (?P<text>'[^']*(?:''[^']*)*'|"[^"]*(?:""[^"]*)*")
      | (?P<op>[=!<>]=|<>|[=<>])
      | (?P<mark>[(),])""",
    re.VERBOSE,
)
_TYPES = {
    "name": T.NAME,
    "number": T.NUMBER,
    "text": T.TEXT,
    "op": T.OP,
    "mark": T.MARK,
}


class Source:
    """A text to be read token by token, which knows how to complain about it."""

    def __init__(self, text: str, where: str) -> None:
        if len(text) > MAX_TEXT:
            raise InvalidParameter(
                f"{where} error: the text has {len(text)} characters; {MAX_TEXT} are allowed."
            )
        self.where = where
        self.tokens = self._split(text)
        self._next = 0

    def _split(self, text: str) -> list[Token]:
        found = []
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                self._unreadable(text, at)
            if match.lastgroup != "space":
                found.append(Token(_TYPES[str(match.lastgroup)], match.group(), at + 1))
            at = match.end()
        found.append(Token(T.END, "", len(text) + 1))
        return found

    def _unreadable(self, text: str, at: int) -> NoReturn:
        rest = text[at : at + 40]
        token = Token(T.MARK, (re.match(r"[\w.+-]+|.", rest, re.DOTALL) or [rest])[0], at + 1)
        if rest[0] in "'\"`":
            self.fail(token, f"a closing {rest[0]} for the quote that opens here")
        if rest[0] == ".":
            self.fail(token, "a key such as metrics.rmse, in backticks if it has other characters")
        if rest[0].isdigit() or rest[:2].strip("+-").isdigit():
            self.fail(token, "a number such as 3, -0.5 or 1e-3")
        self.fail(
            token,
            "letters, digits, '_' and '.' (a key with other characters stands in backticks, "
            "as in metrics.`my key`; a text value in single quotes)",
        )

    def peek(self) -> Token:
        """Return the token that comes next."""
        return self.tokens[self._next]

    def take(self) -> Token:
        """Return the token that comes next and go on; the end is never passed."""
        token = self.tokens[self._next]
        if token.type is not T.END:
            self._next += 1
        return token

    def word(self, *words: str, upper_only: bool = False) -> bool:
        """Take the next token if it is one of these words, which are in upper case."""
        token = self.peek()
        text = token.text if upper_only else token.text.upper()
        if token.type is T.NAME and text in words:
            self._next += 1
            return True
        return False

    def mark(self, mark: str) -> bool:
        """Take the next token if it is this mark."""
        token = self.peek()
        if token.type is T.MARK and token.text == mark:
            self._next += 1
            return True
        return False

    def fail(self, token: Token, expected: str) -> NoReturn:
        """Refuse the text: say where, what was found and what was expected."""
        shown = token.text if len(token.text) <= 60 else token.text[:60] + "…"
        found = f"found {shown}" if shown else "the text ends"
        raise InvalidParameter(
            f"{self.where} error at character {token.at}: {found}; expected {expected}."
        )
