"""Pages that resume behind the last row seen, and the opaque tokens that say where that is.

A token holds the last row's sort terms, so the next page costs what the first did and neither
skips nor repeats rows when others come and go. It also holds a digest of the question it belongs
to: with another question it would silently leave rows out, so it is refused. Where a question is
given in named parts each has a digest of its own, so that the refusal can say which differs.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from cuvee.errors import InvalidParameter
from cuvee.store.conditions import Condition
from cuvee.store.engine import Prepared, arg
from cuvee.store.filters import WHOLE, Search, Term
from cuvee.store.tx import Tx

_INT64 = (-(2**63), 2**63 - 1)
_columns = msgspec.json.Decoder(list[list[Any]])
_numbers = msgspec.json.Decoder(tuple[list[int]])

MAX_PLANS = 256
"""Shapes of questions whose SQL is kept in memory."""

MAX_SHAPE = 40
"""Parts and values of the longest question whose SQL is kept."""

MAX_GATHERED = 1000
"""Rows of the longest page that is fetched as one text, which must fit into memory."""


class Plan(NamedTuple):
    """The SQL for questions of one shape.

    Args:
        statement: the query.
        types: what Python gets for each term.
        places: where in a row the value of each term stands.
        gathered: whether the query gathers its columns into one text, rather than return rows.
    """

    statement: Prepared
    types: tuple[type[int | float | str], ...]
    places: tuple[int, ...] = ()
    gathered: bool = False


def find_page(
    search: Search,
    columns: Sequence[ColumnElement[Any]],
    *,
    limit: int,
    token: str,
    question: object,
    offset: int = 0,
    keep: Callable[[list[tuple[Any, ...]]], int] = len,
) -> tuple[list[tuple[Any, ...]], str | None]:
    """Find a page of things and the token of the next page.

    Args:
        search: what to look for; its terms together tell any two things apart.
        columns: what to return of each thing.
        limit: most things to return.
        token: where to resume; empty for the first page.
        question: everything that the order and the choice of things depend on; by the words for
            each part of it where the part that a token does not fit to is to be named.
        offset: things to pass over first; with a token, behind where it resumes.
        keep: how many of the things found are to be returned at this time, one at least.

    Raises:
        InvalidParameter: the token is malformed or belongs to another question.
    """
    asked = _digest(question)
    values = dict(search.values)
    parts = search.parts
    gathered = limit <= MAX_GATHERED
    if token:
        plan = _plan(search, columns, parts[0], resumed=True, gathered=gathered)
        last = _open(token, asked, plan.types, question if isinstance(question, Mapping) else ())
        values.update((f"last{i}", value) for i, value in enumerate(last))
        if len(parts) > 1:
            parts = tuple(part for part in parts if part >= last[0])
    rows: list[tuple[Any, ...]] = []
    for place, part in enumerate(parts):
        resumed = bool(token) and place == 0
        plan = _plan(search, columns, part, resumed=resumed, offset=bool(offset), gathered=gathered)
        # One row more than the page tells whether there is another page.
        values.update(limit=limit + 1 - len(rows), offset=offset)
        rows += _fetch(search.tx, plan, values)
        if len(rows) > limit:
            break
        if offset and part != parts[-1]:
            offset = 0 if rows else offset - count_found(search, part, resumed=resumed, **values)
    page = rows[:limit]
    page = page[: keep(page)] if page else page
    resume = None
    if len(rows) > len(page):
        resume = _seal(asked, [page[-1][place] for place in plan.places])
    width = len(columns)
    return page if width > max(plan.places) else [row[:width] for row in page], resume


def _fetch(tx: Tx, plan: Plan, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    rows = tx.all(plan.statement, **values)
    return list(zip(*_columns.decode(rows[0][0]), strict=True)) if plan.gathered else rows


def find_numbers(search: Search, column: ColumnElement[int], *, limit: int) -> list[int]:
    """Return a whole number of each of the first things, in their order.

    They come as one text, however many, which costs a tenth of a row for each; there is no token.
    """

    def write() -> Plan:
        found = search.write(part)
        terms = (t for t in found.terms if not t.same)
        order = (t.value.desc() if t.descending else t.value.asc() for t in terms)
        query = select(column.label("number")).select_from(found.source).where(*found.where)
        page = query.order_by(*order).limit(arg("limit")).subquery()
        database = search.tx.database
        return Plan(database.prepare(select(database.gather(page.c.number))), ())

    numbers: list[int] = []
    for part in search.parts:
        plan = _kept(search, ("numbers", part), write)
        left = limit - len(numbers)
        text = search.tx.all(plan.statement, **search.values, limit=left)[0][0]
        numbers += _numbers.decode(text)[0]
        if len(numbers) >= limit:
            break
    return numbers


def count_found(search: Search, part: int = WHOLE, *, resumed: bool = False, **values: Any) -> int:
    """Count the things that are found, or those of one part of the answer."""

    def write() -> Plan:
        found = search.write(part)
        query = select(func.count()).select_from(found.source).where(*found.where)
        if resumed:
            query = query.where(_behind(found.terms))
        return Plan(search.tx.database.prepare(query), ())

    plan = _kept(search, ("count", part, resumed), write)
    return int(search.tx.all(plan.statement, **{**search.values, **values})[0][0])


def _plan(
    search: Search,
    columns: Sequence[ColumnElement[Any]],
    part: int,
    *,
    resumed: bool,
    offset: bool = False,
    gathered: bool = False,
) -> Plan:
    def write() -> Plan:
        found = search.write(part)
        terms = found.terms
        fetched, places = list(columns), list[int]()
        for term in terms:
            at = next((i for i, column in enumerate(fetched) if column is term.value), len(fetched))
            fetched += [term.value] if at == len(fetched) else []
            places.append(at)
        query = select(*(c.label(f"c{i}") for i, c in enumerate(fetched)))
        query = query.select_from(found.source)
        query = query.where(*found.where)
        if resumed:
            query = query.where(_behind(terms))
        order = (t.value.desc() if t.descending else t.value.asc() for t in terms if not t.same)
        query = query.order_by(*order).limit(arg("limit"))
        if offset:
            query = query.offset(arg("offset"))
        database = search.tx.database
        types = tuple(term.type for term in terms)
        # SQLite writes no float into JSON as exactly as it is.
        if not gathered or any(c.type.python_type is float for c in fetched):
            return Plan(database.prepare(query), types, tuple(places))
        page = query.subquery()
        query = select(database.gather(*page.c))
        return Plan(database.prepare(query), types, tuple(places), gathered=True)

    return _kept(search, (part, resumed, offset, gathered, len(columns)), write)


def _kept(search: Search, said: tuple[Any, ...], write: Callable[[], Plan]) -> Plan:
    """Return the plan for a question: the one for its shape, or a new one."""
    plans = search.tx.database.plans
    shape = None if search.shape is None else (*search.shape, said)
    plan: Plan | None = plans.get(shape)
    if plan is None:
        plan = write()
        if shape is not None and len(shape) + len(search.values) < MAX_SHAPE:
            if len(plans) >= MAX_PLANS:
                plans.clear()  # starts anew rather than grow for ever
            plans[shape] = plan
    return plan


def _behind(terms: Sequence[Term]) -> Condition:
    """Return "comes after": greater in the first term, or equal there and so on."""
    ways: list[Condition] = []
    equal: list[Condition] = []
    bounded = [
        (term, bindparam(f"last{i}", required=False, type_=term.value.type))
        for i, term in enumerate(terms)
        if not term.same
    ]
    for term, bound in bounded:
        further = term.value < bound if term.descending else term.value > bound
        ways.append(and_(*equal, further))
        equal.append(term.value == bound)
    first, bound = bounded[0]
    # Says nothing new, but lets an index on the first term start at the right place.
    start = first.value <= bound if first.descending else first.value >= bound
    return and_(start, or_(*ways))


def _digest(question: object) -> str:
    if isinstance(question, Mapping):
        return ".".join(map(_digest, question.values()))
    return hashlib.sha256(json.dumps(question).encode()).hexdigest()[:16]


def _seal(asked: str, last: Sequence[Any]) -> str:
    text = json.dumps([asked, *last], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def _open(token: str, asked: str, types: Sequence[type], parts: Collection[str] = ()) -> list[Any]:
    try:
        held = json.loads(base64.b64decode(token.encode("ascii"), b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        _refuse("is not one that this server gave out", ", could not base64-decode it")
    if not isinstance(held, list) or len(held) < 2:
        _refuse("is not one that this server gave out")
    if held[0] != asked or len(held) != len(types) + 1:
        pairs = zip(parts, str(held[0]).split("."), asked.split("."), strict=False)
        other = next((words for words, his, ours in pairs if his != ours), "")
        _refuse("belongs to a search with another filter, order or scope", about=other)
    for value, kind in zip(held[1:], types, strict=True):
        if type(value) is not kind or not _storable(value):
            _refuse("is not one that this server gave out")
    return held[1:]


def _storable(value: Any) -> bool:
    if isinstance(value, int):
        return _INT64[0] <= value <= _INT64[1]
    if isinstance(value, str):
        return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)
    return not math.isnan(value)


def _refuse(why: str, how: str = "", about: str = "") -> NoReturn:
    words = f"{about}. Invalid page token" if about else "Invalid page token"
    raise InvalidParameter(
        f"{words}{how}: it {why}. Send the next_page_token of the previous answer with otherwise "
        "the same request, or leave page_token out to start at the first page."
    )
