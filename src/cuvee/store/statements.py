"""Statements that are compiled once, the values they are given, and what databases call back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, Text, bindparam

from cuvee.errors import InvalidParameter
from cuvee.search.patterns import ESCAPE as ESCAPE  # noqa: PLC0414  # with the rest from here
from cuvee.search.patterns import pattern as like_pattern

if TYPE_CHECKING:
    from sqlalchemy.sql import ClauseElement

    from cuvee.store.engine import Database

Prepared = tuple[str, tuple[str, ...], dict[str, Any]]
"""SQL, the names of its positional values, and the values it brings along."""

Rows = Iterable[Sequence[Any]]


class hot:  # noqa: N801  # reads as a mark on a statement, like a decorator
    """A statement that is compiled once per kind of database.

    Args:
        statement: the statement, or a function that writes it for a database.
    """

    def __init__(self, statement: ClauseElement | Callable[[Database], ClauseElement]) -> None:
        self.statement = statement
        self.compiled: dict[str, Prepared] = {}


def arg(name: str) -> BindParameter[Any]:
    """Return a value to be given by name when the statement runs."""
    return bindparam(name, required=False)


def text_arg(name: str) -> BindParameter[Any]:
    """Return a text to be given by name when the statement runs."""
    return bindparam(name, required=False, type_=Text)


def teach(connection: Any) -> None:
    """Give a connection of SQLite the functions that its statements call."""
    connection.create_function("fits", 2, _fits, deterministic=True)
    connection.create_function("ifits", 2, _ifits, deterministic=True)


def _fits(text: str, value: str | None) -> bool | None:
    """Say whether a value is like a pattern."""
    return None if value is None else like_pattern(text).matches(value)


def _ifits(text: str, value: str | None) -> bool | None:
    """Say whether a value is like a pattern in small letters with escapes, whatever its own are."""
    return None if value is None else like_pattern(text, ESCAPE).matches(value.lower())


def eventually(work: Callable[[], object], refused: str, patience: float = 30.0) -> None:
    """Do what a database refuses while somebody else is in the way, rather than wait.

    Args:
        work: what is tried again.
        refused: stands in what the refusal says; any other problem is raised at once.
        patience: seconds after which the refusal stands.
    """
    end = time.monotonic() + patience
    while True:
        try:
            work()
        except Exception as problem:  # noqa: PERF203  # the database is what is waited for
            if refused not in str(problem) or time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return


def too_late(connection: Any, end: float) -> bool:
    """Say whether a transaction of SQLite has gone on beyond a moment of the monotonic clock."""
    # What is no transaction, or the next one, has another limit or none.
    return connection.in_transaction and time.monotonic() > end


def too_slow(seconds: float) -> InvalidParameter:
    """Return the refusal of a search that has taken longer than it may."""
    return InvalidParameter(
        f"The search was given up after {seconds:g} s, which is as long as a search may take on "
        "this server: look in fewer experiments, narrow the filter (clauses of LIKE, at() and "
        "children cost most; those with = or of metrics least), or leave out the total. "
        "The server's --search-timeout allows more."
    )
