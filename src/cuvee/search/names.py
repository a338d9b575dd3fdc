"""What stands on the left of a comparison and in an order: ``type.key`` or an attribute."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from cuvee.search.languages import Field, Language, Space
from cuvee.search.tokens import Source, T, Token
from cuvee.search.tree import Kind


class Name(NamedTuple):
    """A name as it was read.

    Args:
        token: where it stands.
        space: what its type word opens.
        key: what follows the first dot, or all of it; without quotes.
    """

    token: Token
    space: Space
    key: str


def filter_name(source: Source, language: Language) -> tuple[Kind, str, Field]:
    """Read the left side of a comparison: its kind, its key and how it is compared.

    The key of an attribute is its one name, whatever the spelling.
    """
    fields = language.spaces[""].fields
    choice = _choice(list(fields), language, [s.kind for s in language.spaces.values()])
    token, space, key = _read(source, language, choice)
    if space.any_key is not None:
        return space.kind, key, space.any_key
    if key not in space.fields:
        if space.kind is not Kind.ATTRIBUTE:
            word = token.text.partition(".")[0]
            choice = ", ".join(f"{word}.{name}" for name in space.fields)
        source.fail(token, "one of " + choice)
    name, field = space.fields[key]
    return space.kind, name, field


def order_name(source: Source, language: Language) -> tuple[Kind, str]:
    """Read what to sort by: its kind and its key."""
    choice = _choice(list(language.order), language, language.order_kinds)
    token, space, key = _read(source, language, choice)
    if space.kind in language.order_kinds:
        return space.kind, key
    if space.kind is not Kind.ATTRIBUTE or key not in language.order:
        source.fail(token, "one of " + choice)
    return space.kind, language.order[key]


def _read(source: Source, language: Language, choice: str) -> Name:
    token = source.take()
    # A name in double quotes looks like a text.
    if token.type is not T.NAME and not token.text.startswith('"'):
        source.fail(token, "a name: one of " + choice)
    head, dot, rest = token.text.partition(".")
    if token.text[0] in '`"' or not dot:
        head, dot, rest = "", "", token.text
    space = language.spaces.get(head)
    if space is None or (dot and not head):
        words = ", ".join(word for word in language.spaces if word)
        source.fail(token, f"one of the type words {words} before the first dot")
    key = rest[1:-1] if rest[:1] in ("`", '"', "'") else rest
    if not key:
        source.fail(token, f"a key after '{head}.'" if dot else "a name")
    return Name(token, space, key)


def _choice(attributes: list[str], language: Language, kinds: Collection[Kind]) -> str:
    keyed = {
        space.kind: f"{word}.<key>"
        for word, space in language.spaces.items()
        if space.any_key is not None and space.kind in kinds
    }
    return ", ".join([*(name for name in attributes if " " not in name), *keyed.values()])
