"""What can stand at the cursor in a filter or an order."""

from __future__ import annotations

from typing import NamedTuple

from cuvee.search.filters import read_filter
from cuvee.search.languages import Language
from cuvee.search.orders import order_key
from cuvee.search.tokens import SearchError, Source, T, Want, split


class Place(NamedTuple):
    """What is wanted at the cursor.

    Args:
        start: where what is replaced begins, counted from 0.
        end: where it ends.
        typed: what of it stands before the cursor.
        want: what would be right; None if what stands before is wrong already.
        error: what is wrong with that.
    """

    start: int
    end: int
    typed: str
    want: Want | None
    error: SearchError | None = None


def find_place(text: str, cursor: int, language: Language, *, order: bool = False) -> Place:
    """Return what is wanted at a cursor.

    Args:
        text: a filter, or one text of an order.
        cursor: a place in it, counted from 0.
        language: what may be asked.
        order: whether it is an order.
    """
    cursor = min(cursor, len(text))
    before = text[:cursor]
    tokens, read = split(before)
    start = cursor
    if read < cursor:  # a quote that is not closed yet, or what is no part of the language
        if before[read] not in "'\"`":
            return _failed(before, cursor, read, language)
        start = read
        if tokens and tokens[-1].at - 1 + len(tokens[-1].text) == read and before[read - 1] == ".":
            start = tokens.pop().at - 1
    elif tokens and tokens[-1].type in (T.NAME, T.NUMBER) and not before[-1:].isspace():
        start = tokens.pop().at - 1
    end = cursor
    while end < len(text) and (text[end].isalnum() or text[end] in "_."):
        end += 1
    words = language.words.order if order else language.words.filter
    source = Source(before[:start], "Order" if order else "Filter", tokens, words)
    try:
        if order:
            order_key(source, language)
            want = Want("direction", words=("ASC", "DESC"))
        else:
            read_filter(source, language)
            want = Want("joint", words=("AND", "OR"))
    except SearchError as problem:
        at_end = problem.token.type is T.END
        return Place(
            start,
            end,
            before[start:],
            problem.want if at_end else None,
            None if at_end else problem,
        )
    if not order and tokens and tokens[-1].text.upper() == "AND":  # it may end there, or go on
        want = Want("name")
    return Place(start, end, before[start:], want)


def _failed(before: str, cursor: int, read: int, language: Language) -> Place:
    try:
        Source(before, "Filter", words=language.words.filter)
    except SearchError as problem:
        return Place(read, cursor, before[read:], None, problem)
    raise AssertionError("what cannot be split is refused")
