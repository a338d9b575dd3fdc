"""Order texts -> keys to sort by."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from cuvee.errors import InvalidParameter
from cuvee.search.languages import Language
from cuvee.search.names import order_side
from cuvee.search.tokens import Source, T, Want
from cuvee.search.tree import OrderKey, Side
from cuvee.search.words import DIRECTION, TWICE

MAX_KEYS = 30
"""Each key is a join; SQLite joins at most 64 tables."""

MAX_REMEMBERED = 1000
"""Characters of the longest text whose key is kept."""


def parse_order(texts: Sequence[str], language: Language) -> tuple[OrderKey, ...]:
    """Read an order.

    Args:
        texts: one ``<key> [ASC|DESC]`` each, the first counts most.
        language: what can be sorted by.

    Raises:
        InvalidParameter: a text is not an order, or a key occurs twice.
    """
    found: dict[Side, OrderKey] = {}
    for number, text in enumerate(texts, start=1):
        where = "Order" if len(texts) == 1 else f"Order {number}"
        read = _remembered if len(text) <= MAX_REMEMBERED else _read
        key = read(text, where, language)
        if key.side in found and not language.repeated_order:
            raise InvalidParameter(
                f"{TWICE}. {where} error: '{key.key[:60]}' occurs twice: send it once."
            )
        found.setdefault(key.side, key)
    check_count(len(found))
    return tuple(found.values())


def _read(text: str, where: str, language: Language) -> OrderKey:
    return order_key(Source(text, where, words=language.words.order), language)


_remembered = lru_cache(256)(_read)


def check_count(count: int) -> None:
    """Refuse an order with more keys than a database can join."""
    if count > MAX_KEYS:
        raise InvalidParameter(
            f"The order has {count} keys; {MAX_KEYS} are allowed, and the first few decide."
        )


def order_key(source: Source, language: Language) -> OrderKey:
    """Read one key to sort by, to the end of the text."""
    side = order_side(source, language)
    ascending = source.word("ASC")
    descending = not ascending and source.word("DESC")
    token = source.peek()
    if token.type is not T.END:
        want = Want("direction", words=("ASC", "DESC"))
        named = token.type is T.NAME and source.peek(1).type is T.END
        words = DIRECTION if named and not (ascending or descending) else ""
        source.fail(token, "ASC, DESC or the end (send one text for each key)", want, words=words)
    return OrderKey(side.kind, side.key, descending, side.function, side.step)
