"""Tables of runs as CSV, sent page by page: any number of runs, with little memory."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from msgspec.structs import replace
from starlette.types import Receive, Scope, Send

from cuvee.api.searches import RunTable, SearchRunTable, TableColumn
from cuvee.errors import InvalidParameter
from cuvee.server.guard import Headers
from cuvee.server.histories import RawHeaders, cut, gone, send_body

CSV = b"text/csv"
PAGE = 1_000
"""Runs that are in memory at a time."""
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(inf|infinity|nan)", re.IGNORECASE)


class Page(NamedTuple):
    """A page of a table, written.

    Args:
        columns: names of the columns.
        token: of the next page.
        text: its lines, without the head.
    """

    columns: list[str]
    token: str | None
    text: bytes


def wants_csv(headers: Headers) -> bool:
    """Say whether a request asks for its answer as CSV."""
    return CSV in headers.get(b"accept", b"")


def page(table: RunTable, columns: Sequence[str]) -> Page:
    """Write a page of a table.

    Args:
        table: the page.
        columns: what was asked for, or the columns of the page before.
    """
    place = {name.removeprefix("attributes."): i for i, name in enumerate(columns)}
    whole = place.get("*", len(place))
    found = sorted(table.columns, key=lambda column: place.get(column.name, whole))
    cells = [_cells(column, table.count) for column in found]
    names = [column.name for column in found]
    return Page(names, table.next_page_token, _lines(zip(*cells, strict=True)))


async def send_table(
    op: SearchRunTable,
    read: Callable[[SearchRunTable, Sequence[str]], Awaitable[Page]],
    headers: RawHeaders,
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    """Answer a search with all that it finds, as CSV.

    Args:
        op: what is asked for; its limit says nothing.
        read: reads and writes a page with the columns named, without blocking the loop.
        headers: of the answer.
        scope: the request's.
        receive: tells when the reader has gone.
        send: takes the answer.

    Raises:
        InvalidParameter: the columns are not named one by one.
    """
    if any(name.endswith("*") and name != "attributes.*" for name in op.columns):
        raise InvalidParameter(
            "CSV has a head, so name its columns one by one, such as metrics.loss: a * can only "
            "stand for attributes (runs/keys lists the metrics, params and tags that there are)."
        )
    found = await read(replace(op, limit=PAGE, total=False), op.columns)
    columns = found.columns
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    leaving = asyncio.ensure_future(gone(receive))
    try:
        await send_body(send, _lines([columns]) + found.text, more=True)
        while found.token is not None and not leaving.done():
            asked = replace(op, limit=PAGE, total=False, offset=0, page_token=found.token)
            found = await read(asked, columns)
            await send_body(send, found.text, more=True)
        await send_body(send, b"", more=False)
    except Exception:  # noqa: BLE001  # said, and the connection cut
        cut("a table of runs", scope)
    finally:
        leaving.cancel()


def _cells(column: TableColumn, count: int) -> list[str]:
    values: Iterable[str]
    if column.numbers:
        values = map(_number, range(len(column.numbers)), [column] * len(column.numbers))
    elif column.times:
        values = map(_moment, column.times)
    elif column.cells:
        values = map(_text, map(str, column.cells))
    else:
        values = map(_text, column.texts)
    if not column.rows:
        return list(values) or [""] * count
    cells = [""] * count
    for row, value in zip(column.rows, values, strict=True):
        cells[row] = value
    return cells


def _number(place: int, column: TableColumn) -> str:
    value = column.numbers[place]
    if value is not None:
        return repr(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if place in column.plus:
        return "Infinity"
    return "-Infinity" if place in column.minus else "NaN"


def _moment(milliseconds: int) -> str:
    try:
        found = _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return str(milliseconds)
    return found.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; numbers stay as they are."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _lines(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
