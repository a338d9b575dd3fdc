"""Filter text -> tokens that know where they stand."""

from __future__ import annotations

import enum
import re
from typing import Any, NamedTuple, NoReturn

from cuvee.errors import InvalidParameter
from cuvee.search.words import SEVERAL

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


class Want(NamedTuple):
    """What would have been right in some place.

    Args:
        what: ``name``, ``operator``, ``value``, ``joint``, ``word`` or ``direction``.
        field: how what stands before is compared, where operators or values are wanted.
        side: what stands before.
        words: words that would be right.
    """

    what: str
    field: Any = None
    side: Any = None
    words: tuple[str, ...] = ()


class SearchError(InvalidParameter):
    """A text that is no filter, or no order.

    Args:
        where: the text that is wrong: ``Filter``, ``Order`` or ``Order 2``.
        token: what is wrong in it.
        expected: what would have been right, in words.
        want: the same for programs.
        words: what sort of mistake it is, in the words that are looked for (search/words.py).
    """

    def __init__(
        self, where: str, token: Token, expected: str, want: Want | None, words: str = ""
    ) -> None:
        shown = token.text if len(token.text) <= 60 else token.text[:60] + "…"
        found = f"found {shown}" if shown else "the text ends"
        place = f"{where} error at character {token.at}: {found}; expected {expected}."
        super().__init__(f"{words}. {place}" if words else place)
        self.where = where
        self.token = token
        self.found = shown
        self.expected = expected
        self.want = want


# A name is a bare word, a word with a key behind its first dot, or something in backticks; the word
# may stand in backticks, too. That of a relative begins with a word for it. Two quotes in a row are
# part of a quoted text, as they are in MLflow (they stand for two, not one). No operator has a ~,
# but who writes one means one.
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<name>(?:(?:parent|children)\.)?(?:[^\W\d]\w*|`\w+`(?=\.))
                 (?:\.(?:`[^`]*`|"[^"]*"|'[^']*'|[\w.]*))?|`[^`]*`)
      | (?P<number>-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.]))
      | (?P<text>'[^']*(?:''[^']*)*'|"[^"]*(?:""[^"]*)*")
      | (?P<op>[=!<>~]=|<>|[=<>~])
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


def split(text: str) -> tuple[list[Token], int]:
    """Split a text into tokens; return them and how many characters could be read."""
    found = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            break
        if match.lastgroup != "space":
            found.append(Token(_TYPES[str(match.lastgroup)], match.group(), at + 1))
        at = match.end()
    return found, at


class Source:
    """A text to be read token by token, which knows how to complain about it.

    Args:
        text: the text.
        where: what it is called in complaints.
        tokens: its tokens, where they are known.
        words: what complaints begin with that say nothing better.
    """

    def __init__(
        self, text: str, where: str, tokens: list[Token] | None = None, words: str = ""
    ) -> None:
        if len(text) > MAX_TEXT:
            raise InvalidParameter(
                f"{where} error: the text has {len(text)} characters; {MAX_TEXT} are allowed."
            )
        self.where = where
        self.words = words
        self.depth = 0
        """How many groups the place to be read stands in."""
        if tokens is None:
            tokens, read = split(text)
            if read < len(text):
                self._unreadable(text, read)
        self.tokens = [*tokens, Token(T.END, "", len(text) + 1)]
        self._next = 0

    def _unreadable(self, text: str, at: int) -> NoReturn:
        rest = text[at : at + 40]
        token = Token(T.MARK, (re.match(r"[\w.+-]+|.", rest, re.DOTALL) or [rest])[0], at + 1)
        if rest[0] in "'\"`":
            self.fail(token, f"a closing {rest[0]} for the quote that opens here")
        if rest[0] == ".":
            self.fail(token, "a key such as metrics.rmse, in backticks if it has other characters")
        if rest[0] == ";":
            self.fail(token, "AND between two comparisons, and no ;", words=SEVERAL)
        if rest[0].isdigit() or rest[:2].strip("+-").isdigit():
            self.fail(token, "a number such as 3, -0.5 or 1e-3")
        self.fail(
            token,
            "letters, digits, '_' and '.' (a key with other characters stands in backticks, "
            "as in metrics.`my key`; a text value in single quotes)",
        )

    def peek(self, ahead: int = 0) -> Token:
        """Return the token that comes next, or one behind it."""
        return self.tokens[min(self._next + ahead, len(self.tokens) - 1)]

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

    def fail(
        self, token: Token, expected: str, want: Want | None = None, *, words: str = ""
    ) -> NoReturn:
        """Refuse the text: say what sort of mistake it is, where, and what was expected."""
        raise SearchError(self.where, token, expected, want, words or self.words)
