"""Conditions on the values of params and tags, written as their indexes answer them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, Integer, Text, and_, func, literal_column, or_

from cuvee.store.engine import TEXT
from cuvee.store.schema.tracking import SHORT

Condition = ColumnElement[bool]
_MOST = literal_column(str(SHORT), Integer)


def is_short(value: ColumnElement[str]) -> Condition:
    """Return whether the index of short values has a value."""
    return func.length(value) <= _MOST


def is_long(value: ColumnElement[str]) -> Condition:
    """Return whether the index of long values has a value."""
    return func.length(value) > _MOST


def head_of(value: ColumnElement[str]) -> ColumnElement[str]:
    """Return the beginning of a value, as the index of long values has it."""
    return func.substr(value, literal_column("1"), _MOST, type_=TEXT)


def with_key(key: Condition, value: ColumnElement[str]) -> Condition:
    """Return a condition on a key as one that both indexes together answer."""
    return or_(and_(key, is_short(value)), and_(key, is_long(value)))


def with_value(
    key: Condition,
    value: ColumnElement[str],
    equals: Callable[[ColumnElement[str]], Condition],
    begins: Callable[[ColumnElement[str]], Condition],
) -> Condition:
    """Return a condition on a key and its value as one that both indexes together answer.

    Args:
        key: the condition on the key.
        value: the column of the value.
        equals: writes what a value must equal.
        begins: writes what the beginning of a long value must equal.
    """
    # Not the bare column: with what that equals SQLite would spoil the other condition.
    whole = value + literal_column("''", Text)
    return or_(
        and_(key, is_short(value), equals(value)),
        and_(key, is_long(value), begins(head_of(value)), equals(whole)),
    )
