"""What commands print: tables for people, JSON for machines."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

PLAIN_WIDTH = 10_000
"""Columns of a table that goes to a file or a pipe, where nothing must be wrapped."""

NARROWEST = 16
"""Columns that a text which may be wrapped gets at least."""


def print_items(
    items: list[Any],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    wrap: Sequence[str],
    as_json: bool,
) -> None:
    """Print ``items`` as JSON, or the ``rows`` made of them as a table; see ``print_table``."""
    if as_json:
        print_json(items)
    else:
        print_table(columns, rows, wrap=wrap)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], *, wrap: Sequence[str]
) -> None:
    """Print a table; nothing in it is cut.

    Args:
        columns: headings.
        rows: one value per column; None prints as nothing.
        wrap: headings of columns that may take several lines on a terminal.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    lines = [[Text(printable(value)) for value in row] for row in rows]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    needed = 0
    for place, name in enumerate(columns):
        widest = max([len(name), *(line[place].cell_len for line in lines)])
        least = min(widest, NARROWEST) if name in wrap else widest
        table.add_column(name, no_wrap=name not in wrap, min_width=least, overflow="fold")
        needed += least + 2
    for line in lines:
        table.add_row(*line)
    console = Console()
    console.width = max(console.width, needed) if sys.stdout.isatty() else PLAIN_WIDTH
    console.print(table)


def print_fields(fields: Mapping[str, Any]) -> None:
    """Print names and values one below the other, values as they are."""
    widest = max(len(name) for name in fields)
    for name, value in fields.items():
        text = printable(value)
        click.echo(f"{name:<{widest}}  {text}" if text else name)


def print_json(value: Any) -> None:
    """Print an entity, or a list of entities, in the protocol's JSON."""
    import msgspec

    from cuvee.api.wire import encode

    body = b"[" + b",".join(map(encode, value)) + b"]" if isinstance(value, list) else encode(value)
    click.echo(msgspec.json.format(body, indent=2))


def printable(value: Any) -> str:
    """Return ``value`` as one line that a terminal shows and never obeys."""
    if value is None:
        return ""
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return "".join(
        char if unicodedata.category(char) not in ("Cc", "Cf", "Zl", "Zp") else " " for char in text
    )


def moment(milliseconds: int | None) -> str:
    """Return a time of the protocol in the local time zone, to the second."""
    if not milliseconds:
        return ""
    try:
        return f"{datetime.fromtimestamp(milliseconds / 1000).astimezone():%Y-%m-%d %H:%M:%S}"
    except (OverflowError, ValueError, OSError):
        return str(milliseconds)  # what a client sent may lie beyond the calendar


def duration(start: int | None, end: int | None) -> str:
    """Return the time between two moments (milliseconds since 1970), such as ``1 h 02 min``."""
    if not start or not end or end < start:
        return ""
    seconds = (end - start) / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return (
        f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
    )


def pairs(values: Mapping[str, Any], most: int | None = None) -> str:
    """Return ``key=value`` for each value, at most ``most`` of them."""
    shown = sorted(values.items())[:most]
    more = len(values) - len(shown)
    return "  ".join(f"{k}={printable(v)}" for k, v in shown) + (f"  +{more} more" if more else "")
