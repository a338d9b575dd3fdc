"""Pages that resume behind the last row seen, and the opaque tokens that say where that is.

A token holds the last row's sort terms, so the next page costs what the first did and neither
skips nor repeats rows when others come and go. It also holds a digest of the question it belongs
to: with another question it would silently leave rows out, so it is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Sequence
from typing import Any, NoReturn

from sqlalchemy import ColumnElement, and_, bindparam, or_, select

from cuvee.errors import InvalidParameter
from cuvee.store.filters import Condition, Search, Term

_INT64 = (-(2**63), 2**63 - 1)


def find_page(
    search: Search,
    columns: Sequence[ColumnElement[Any]],
    *,
    limit: int,
    token: str,
    question: object,
) -> tuple[list[tuple[Any, ...]], str | None]:
    """Find a page of things and the token of the next page.

    Args:
        search: what to look for; its terms together tell any two things apart.
        columns: what to return of each thing.
        limit: most things to return.
        token: where to resume; empty for the first page.
        question: everything that the order and the choice of things depend on.

    Raises:
        InvalidParameter: the token is malformed or belongs to another question.
    """
    terms = search.terms
    asked = _digest(question)
    query = select(*columns, *(term.value for term in terms)).select_from(search.source)
    query = query.where(*search.where)
    if token:
        query = query.where(_behind(terms, _open(token, asked, terms)))
    order = (t.value.desc() if t.descending else t.value.asc() for t in terms)
    # One row more than the page tells whether there is another page.
    rows = search.tx.all(query.order_by(*order).limit(limit + 1))
    page = rows[:limit]
    width = len(columns)
    resume = _seal(asked, page[-1][width:]) if len(rows) > limit else None
    return [row[:width] for row in page], resume


def _behind(terms: Sequence[Term], last: Sequence[Any]) -> Condition:
    """Return "comes after": greater in the first term, or equal there and so on."""
    ways: list[Condition] = []
    equal: list[Condition] = []
    bounds = [bindparam(None, v, type_=t.value.type) for t, v in zip(terms, last, strict=True)]
    for term, bound in zip(terms, bounds, strict=True):
        further = term.value < bound if term.descending else term.value > bound
        ways.append(and_(*equal, further))
        equal.append(term.value == bound)
    first, bound = terms[0], bounds[0]
    # Says nothing new, but lets an index on the first term start at the right place.
    start = first.value <= bound if first.descending else first.value >= bound
    return and_(start, or_(*ways))


def _digest(question: object) -> str:
    return hashlib.sha256(json.dumps(question).encode()).hexdigest()[:16]


def _seal(asked: str, last: Sequence[Any]) -> str:
    text = json.dumps([asked, *last], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def _open(token: str, asked: str, terms: Sequence[Term]) -> list[Any]:
    try:
        held = json.loads(base64.b64decode(token.encode("ascii"), b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        _refuse("is not one that this server gave out")
    if not isinstance(held, list) or len(held) < 2:
        _refuse("is not one that this server gave out")
    if held[0] != asked or len(held) != len(terms) + 1:
        _refuse("belongs to a search with another filter, order or scope")
    for value, term in zip(held[1:], terms, strict=True):
        if type(value) is not term.type or not _storable(value):
            _refuse("is not one that this server gave out")
    return held[1:]


def _storable(value: Any) -> bool:
    if isinstance(value, int):
        return _INT64[0] <= value <= _INT64[1]
    if isinstance(value, str):
        return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)
    return not math.isnan(value)


def _refuse(why: str) -> NoReturn:
    raise InvalidParameter(
        f"The page_token {why}: send the next_page_token of the previous answer with otherwise "
        "the same request, or leave it out to start at the first page."
    )
