"""Statements that are compiled once, the values they are given, and what databases call back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, Text, bindparam

from cuvee.errors import InvalidParameter
from cuvee.search.patterns import pattern as like_pattern

if TYPE_CHECKING:
    from sqlalchemy.sql import ClauseElement

    from cuvee.store.engine import Database

Prepared = tuple[str, tuple[str, ...], dict[str, Any]]
"""SQL, the names of its positional values, and the values it brings along."""


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


def fits(text: str, value: str | None) -> bool | None:
    """Say whether a value is like a pattern."""
    return None if value is None else like_pattern(text).matches(value)


def ifits(text: str, value: str | None) -> bool | None:
    """Say whether a value is like a pattern in small letters, whatever its own are."""
    return None if value is None else like_pattern(text).matches(value.lower())


def too_slow(seconds: float) -> InvalidParameter:
    """Return the refusal of a search that has taken longer than it may."""
    return InvalidParameter(
        f"The search was given up after {seconds:g} s, which is as long as a search may take on "
        "this server: look in fewer experiments, narrow the filter (clauses of LIKE, at() and "
        "children cost most; those with = or of metrics least), or leave out the total. "
        "The server's --search-timeout allows more."
    )
