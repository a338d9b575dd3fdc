"""The language of checks, read: ``metrics.rmse <= production.metrics.rmse * 0.99`` and the like.

    check      = name
               | "no" "pickle"
               | "signature" "compatible" "with" stage
               | "dataset" "is" stage "." "dataset"
               | ( "description" | "signature" | "dataset" | fact ) "is" "set"
               | sum ( "<=" | "<" | ">=" | ">" | "==" | "!=" ) sum
    sum        = term { ( "+" | "-" ) term }
    term       = factor { ( "*" | "/" ) factor }
    factor     = "-" factor | number | text | fact | "(" sum ")"
    fact       = [ stage "." ] ( "metrics" | "params" | "tags" ) "." key { "." key }

A ``name`` is one word without a dot after ``metrics``, ``params`` or ``tags``, such as
``golden-set``: the result that somebody posts. Stages and keys are words, or texts in quotes.
"""

from __future__ import annotations

import math
import re
from typing import NoReturn

from msgspec import Struct

from cuvee.errors import InvalidParameter

KINDS = ("metrics", "params", "tags")
COMPARISONS = ("<=", ">=", "==", "!=", "<", ">")
MAX_DEPTH = 40

_NAME = re.compile(r"[^\W_][\w.:/@-]{0,249}")
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    | (?P<word>\w+)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<sign><=|>=|==|!=|[<>+\-*/().])
    )""",
    re.VERBOSE,
)


class Fact(Struct, frozen=True):
    """A metric, param or tag of the version, or of the version that holds ``stage``."""

    kind: str
    key: str
    stage: str = ""

    def __str__(self) -> str:
        return (
            f"{self.stage.lower()}.{self.kind}.{self.key}"
            if self.stage
            else f"{self.kind}.{self.key}"
        )


class Literal(Struct, frozen=True):
    """A number or a text."""

    value: float | str


class Sum(Struct, frozen=True):
    """Two operands and ``+``, ``-``, ``*`` or ``/``."""

    sign: str
    left: Term
    right: Term


Term = Fact | Literal | Sum


class Named(Struct, frozen=True):
    """A result that somebody must post."""

    name: str


class Comparison(Struct, frozen=True):
    """Two sides and how they must compare."""

    sign: str
    left: Term
    right: Term


class IsSet(Struct, frozen=True):
    """Something must be there: a fact, ``description``, ``signature`` or ``dataset``."""

    what: Fact | str


class SameDataset(Struct, frozen=True):
    """The runs of the version and of the stage's holder must have used the same data."""

    stage: str


class Compatible(Struct, frozen=True):
    """Who calls the stage's holder must be able to call the version."""

    stage: str


class NoPickle(Struct, frozen=True):
    """No file may be a pickle."""


Check = Named | Comparison | IsSet | SameDataset | Compatible | NoPickle


class Token(Struct, frozen=True):
    """A piece of a check; ``at`` is its first character, from 0."""

    kind: str
    text: str
    at: int


def parse_check(text: str) -> Check:
    """Read one required check of a policy.

    Args:
        text: the check as the policy says it.

    Raises:
        InvalidParameter: it is neither a name nor an expression; says where, and what was expected.
    """
    if _NAME.fullmatch(text) and text.partition(".")[0] not in KINDS:
        return Named(text)
    return _Parser(text).check()


def stages_of(check: Check) -> set[str]:
    """Return the stages whose holders a check looks at, as they are spelled in it."""
    if isinstance(check, (SameDataset, Compatible)):
        return {check.stage}
    if isinstance(check, Comparison):
        return _stages(check.left) | _stages(check.right)
    if isinstance(check, IsSet) and isinstance(check.what, Fact) and check.what.stage:
        return {check.what.stage}
    return set()


def metrics_of(check: Check) -> list[str]:
    """Return the keys of the metrics that a check looks at, in the order of its text."""
    if isinstance(check, Comparison):
        facts = [*_facts(check.left), *_facts(check.right)]
    else:
        facts = [check.what] if isinstance(check, IsSet) and isinstance(check.what, Fact) else []
    return list(dict.fromkeys(fact.key for fact in facts if fact.kind == "metrics"))


def _facts(term: Term) -> list[Fact]:
    found: list[Fact] = []
    waiting = [term]
    while waiting:  # a sum is as deep as it is long
        one = waiting.pop()
        if isinstance(one, Sum):
            waiting += [one.right, one.left]
        elif isinstance(one, Fact):
            found.append(one)
    return found


def _stages(term: Term) -> set[str]:
    return {fact.stage for fact in _facts(term) if fact.stage}


class _Parser:
    """Reads one expression from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._split())
        self.place = 0

    def _split(self) -> list[Token]:
        found, at = [], 0
        end = len(self.text.rstrip())
        while at < end:
            match = _TOKEN.match(self.text, at)
            if match is None:
                at += len(self.text[at:]) - len(self.text[at:].lstrip())
                self._refuse(Token("sign", self.text[at], at), "a name, a number or an operator")
            kind = match.lastgroup or ""
            found.append(Token(kind, match[kind], match.start(kind)))
            at = match.end()
        return [*found, Token("end", "", end)]

    def check(self) -> Check:
        found = self._phrase() or self._comparison()
        if self._next.kind != "end":
            self._refuse(self._next, "the end of the check")
        return found

    @property
    def _next(self) -> Token:
        return self.tokens[self.place]

    def _words(self, *words: str) -> bool:
        """Pass over these words, if they come next."""
        coming = self.tokens[self.place : self.place + len(words)]
        if [(t.kind, t.text.lower()) for t in coming] != [("word", w) for w in words]:
            return False
        self.place += len(words)
        return True

    def _sign(self, *signs: str) -> str:
        """Pass over one of these signs, if it comes next, and return it."""
        token = self._next
        if token.kind != "sign" or token.text not in signs:
            return ""
        self.place += 1
        return token.text

    def _phrase(self) -> Check | None:
        if self._words("no"):
            return NoPickle() if self._words("pickle") else self._refuse(self._next, "'pickle'")
        if self._words("signature", "compatible"):
            if not self._words("with"):
                self._refuse(self._next, "'with' and a stage")
            return Compatible(self._stage())
        for what in ("description", "signature", "dataset"):
            if self._words(what):
                if not self._words("is"):
                    self._refuse(self._next, "'is'")
                if self._words("set"):
                    return IsSet(what)
                if what != "dataset":
                    self._refuse(self._next, "'set'")
                return self._same_dataset()
        return None

    def _same_dataset(self) -> Check:
        stage = self._stage()
        if not (self._sign(".") and self._words("dataset")):
            self._refuse(self._next, "'.dataset', as in production.dataset")
        return SameDataset(stage)

    def _stage(self) -> str:
        token = self._next
        if token.kind not in ("word", "text"):
            self._refuse(token, "a stage such as production")
        self.place += 1
        return _bare(token)

    def _comparison(self) -> Check:
        left = self._sum(0)
        if isinstance(left, Fact) and self._words("is"):
            return IsSet(left) if self._words("set") else self._refuse(self._next, "'set'")
        sign = self._sign(*COMPARISONS)
        if not sign:
            wanted = "'is set' or a comparison" if isinstance(left, Fact) else "a comparison"
            self._refuse(self._next, f"{wanted} ({', '.join(COMPARISONS)})")
        right = self._sum(0)
        if isinstance(left, Literal) and isinstance(right, Literal):
            self._refuse(Token("check", self.text, 0), "a fact on one side, such as metrics.rmse")
        return Comparison(sign, left, right)

    def _sum(self, depth: int) -> Term:
        found = self._term(depth)
        while sign := self._sign("+", "-"):
            found = Sum(sign, found, self._term(depth))
        return found

    def _term(self, depth: int) -> Term:
        found = self._factor(depth)
        while sign := self._sign("*", "/"):
            found = Sum(sign, found, self._factor(depth))
        return found

    def _factor(self, depth: int) -> Term:
        token = self._next
        if depth > MAX_DEPTH:
            self._refuse(token, "no more than 40 signs and parentheses within each other")
        if self._sign("-"):
            return Sum("-", Literal(0.0), self._factor(depth + 1))
        if self._sign("("):
            found = self._sum(depth + 1)
            return found if self._sign(")") else self._refuse(self._next, "')'")
        if token.kind == "number":
            self.place += 1
            value = float(token.text)
            return (
                Literal(value) if math.isfinite(value) else self._refuse(token, "a smaller number")
            )
        following = self.tokens[self.place + 1 : self.place + 2]
        if token.kind == "word" or (token.kind == "text" and following[0].text == "."):
            return self._fact()
        if token.kind == "text":
            self.place += 1
            return Literal(_bare(token))
        return self._refuse(token, "a fact such as metrics.rmse, a number or a text in quotes")

    def _fact(self) -> Fact:
        first = self._next
        self.place += 1
        stage = ""
        if first.kind == "text" or first.text not in KINDS:
            stage = _bare(first)
            self._dot(first)
            first = self._next
            self.place += 1
        if first.kind != "word" or first.text not in KINDS:
            self._refuse(first, f"one of {', '.join(KINDS)}")
        self._dot(first)
        keys = [self._key()]
        while self._sign("."):
            keys.append(self._key())
        return Fact(first.text, ".".join(keys), stage)

    def _dot(self, before: Token) -> None:
        if not self._sign("."):
            known = ", ".join(f"{kind}.<key>" for kind in KINDS)
            wanted = (
                f"'.' and a key after {before.text}"
                if before.text in KINDS
                else f"a fact ({known}, or <stage>.metrics.<key>) instead of {before.text}"
            )
            self._refuse(self._next if before.text in KINDS else before, wanted)

    def _key(self) -> str:
        token = self._next
        if token.kind not in ("word", "text", "number"):
            self._refuse(token, "a key; quote one that is not a word, as in metrics.'val/rmse'")
        self.place += 1
        return _bare(token)

    def _refuse(self, token: Token, wanted: str) -> NoReturn:
        found = f"found {token.text[:40]!r}" if token.text else "the check ends there"
        raise InvalidParameter(
            f"The check {self.text[:200]!r} cannot be read at character {token.at + 1}: expected "
            f"{wanted}; {found}. A check that somebody posts is one word, such as golden-set."
        )


def _bare(token: Token) -> str:
    return token.text[1:-1] if token.kind == "text" else token.text
