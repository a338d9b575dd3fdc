"""What stands on the left of a comparison and in an order: ``type.key`` or an attribute."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from cuvee.search.languages import FUNCTIONS, MEASURE, Field, Language, Space
from cuvee.search.tokens import Source, T, Token, Want
from cuvee.search.tree import Kind, Side
from cuvee.search.words import NO_NAME, bad_key


class Name(NamedTuple):
    """A name as it was read.

    Args:
        token: where it stands.
        space: what its type word opens.
        key: what follows the first dot, or all of it; without quotes.
        via: the relative that it belongs to, if any.
    """

    token: Token
    space: Space
    key: str
    via: str


def filter_side(source: Source, language: Language) -> tuple[Side, Field]:
    """Read a side of a comparison, a function or a name: what it is and how it is compared."""
    function = _function(source, language)
    if function is None:
        return _filter_name(source, language)
    token = source.peek()
    side, _ = _filter_name(source, language)
    _check_function(source, token, function, side.kind)
    if function == "at" and side.via:
        source.fail(token, "a metric of the run itself: at() is not of relatives")
    return _closed(source, function, side), MEASURE


def order_side(source: Source, language: Language) -> Side:
    """Read what to sort by: a function or a name."""
    function = _function(source, language)
    if function is None:
        return _order_name(source, language)
    token = source.peek()
    side = _order_name(source, language)
    _check_function(source, token, function, side.kind)
    if function == "at":
        source.fail(token, "another function: at() stands in filters only")
    return _closed(source, function, side)


def _function(source: Source, language: Language) -> str | None:
    """Take a function's name and its opening parenthesis, if they come next."""
    token = source.peek()
    opens = source.peek(1)
    if not language.functions or token.type is not T.NAME or opens.text != "(":
        return None
    if opens.type is not T.MARK or token.text not in FUNCTIONS:
        return None
    source.take()
    source.take()
    return token.text


def _check_function(source: Source, token: Token, function: str, kind: Kind) -> None:
    number = function == "number"
    if kind not in ((Kind.PARAM, Kind.TAG) if number else (Kind.METRIC,)):
        names = "params.<key> or tags.<key>" if number else "metrics.<key>"
        source.fail(token, f"{names} in {function}()")


def _closed(source: Source, function: str, side: Side) -> Side:
    """Read the rest of a function behind the name in it."""
    step = 0
    if function == "at":
        if not source.mark(","):
            source.fail(source.peek(), "a comma and a step, as in at(metrics.loss, 1000)")
        token = source.take()
        whole = token.type is T.NUMBER and token.text.removeprefix("-").isdecimal()
        if not whole or len(token.text) > 20 or not -(2**63) <= int(token.text) < 2**63:
            source.fail(token, "a step, which is a whole number of 64 bits")
        step = int(token.text)
    if not source.mark(")"):
        want = Want("word", words=(")",))
        source.fail(source.peek(), f"a closing parenthesis for {function}(", want)
    return replace(side, function="" if function == "last" else function, step=step)


def _filter_name(source: Source, language: Language) -> tuple[Side, Field]:
    fields = language.spaces[""].fields
    choice = _choice(list(fields), language, [s.kind for s in language.spaces.values()])
    token, space, key, via = _read(source, language, choice)
    if space.any_key is not None:
        return Side(space.kind, key, via=via), space.any_key
    if key not in space.fields:
        if space.kind is not Kind.ATTRIBUTE:
            word = token.text.rpartition(".")[0]
            choice = ", ".join(f"{word}.{name}" for name in space.fields)
        source.fail(token, "one of " + choice, words=bad_key(space.kind, key[:60]))
    name, field = space.fields[key]
    if via and name in ("root", "depth"):
        source.fail(token, f"another attribute: {name} is of the run itself")
    return Side(space.kind, name, via=via), field


def _order_name(source: Source, language: Language) -> Side:
    choice = _choice(list(language.order), language, language.order_kinds)
    token, space, key, via = _read(source, language, choice, order=True)
    if via:
        source.fail(token, "something of the run itself: one of " + choice)
    if space.kind in language.order_kinds:
        return Side(space.kind, key)
    if space.kind is not Kind.ATTRIBUTE or key not in language.order:
        words = bad_key(space.kind, key[:60])
        if space.kind is not Kind.ATTRIBUTE:
            words = f"Invalid order_by entity: {space.kind.value}"
        if language.words.order_key:
            named = key if space.kind is Kind.ATTRIBUTE else f"{space.kind.value}s.{key}"
            words = language.words.order_key.format(named[:60])
        source.fail(token, "one of " + choice, words=words)
    return Side(space.kind, language.order[key])


def _read(source: Source, language: Language, choice: str, *, order: bool = False) -> Name:
    token = source.take()
    # A name in double quotes looks like a text.
    if token.type is not T.NAME and not token.text.startswith('"'):
        unnamed = token.type in (T.NUMBER, T.TEXT) and not order
        words = NO_NAME.format(token.text[:60]) if unnamed else ""
        source.fail(token, "a name: one of " + choice, Want("name"), words=words)
    text, via = _relative(token.text, language)
    head, dot, rest = text.partition(".")
    if dot and len(head) > 2 and head[0] == head[-1] == "`":
        head = head[1:-1]
    if head[:1] in ("`", '"') or not dot:
        head, dot, rest = "", "", text
    space = language.spaces.get(head)
    if space is None or (dot and not head):
        types = ", ".join(word for word in language.spaces if word)
        expected = f"one of the type words {types} before the first dot"
        words = language.words.entity.format(head[:60])
        if order and language.words.order_key:
            words = language.words.order_key.format(text[:60])
        source.fail(token, expected, words=words)
    key = rest[1:-1] if rest[:1] in ("`", '"', "'") else rest
    if not key:
        source.fail(token, f"a key after '{head}.'" if dot else "a name")
    return Name(token, space, key, via)


def _relative(text: str, language: Language) -> tuple[str, str]:
    """Split a name into what is behind the word for a relative and that word."""
    head, dot, rest = text.partition(".")
    if dot and head in language.relatives and rest and text != "children.count":
        return rest, head
    return text, ""


def _choice(attributes: list[str], language: Language, kinds: Collection[Kind]) -> str:
    keyed = {
        space.kind: f"{word}.<key>"
        for word, space in language.spaces.items()
        if space.any_key is not None and space.kind in kinds
    }
    return ", ".join([*(name for name in attributes if " " not in name), *keyed.values()])
