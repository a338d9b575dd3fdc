"""The right side of a comparison as values that a column is compared with."""

from __future__ import annotations

import math
from typing import Any

from cuvee.errors import InvalidParameter
from cuvee.search.patterns import containing, escaped
from cuvee.search.tree import Literal, Value
from cuvee.store.conditions import MINUS_ZERO
from cuvee.store.engine import MAX_LIKE
from cuvee.store.series import to_bits

_INT64 = (-(2**63), 2**63 - 1)


def settle(kind: type, op: str, value: Literal, *, bits: bool = False) -> tuple[str, Any]:
    """Return the operator and the value or values with which a column is compared.

    The operator is one of those of clauses, or ``ALL``, ``NONE`` or ``PRESENT`` (not NULL) where no
    value of the column would make a difference, or ``LONG LIKE``.

    Args:
        kind: the column's type in Python.
        op: the clause's operator.
        value: the clause's value.
        bits: the column holds floats as integers that sort as they do.
    """
    if op == "CONTAINS":
        return "ILIKE", containing(str(value).lower())
    if op in ("LIKE", "ILIKE"):
        pattern = str(value)
        if op == "ILIKE":
            return op, escaped(pattern.lower())
        return "LONG LIKE" if len(pattern) > MAX_LIKE else op, pattern
    if op in ("BETWEEN", "NOT BETWEEN"):
        return _range(kind, op, value, bits=bits)
    if isinstance(value, tuple):
        return _listed(kind, op, value, bits=bits)
    if isinstance(value, (int, float)):
        if bits:
            return op, number_bits(value)
        return _whole(op, value) if kind is int else (op, _float(value))
    return _listed(kind, op, (value,), bits=bits)


def number_bits(value: float) -> int:
    """Return a number as an integer that sorts as the numbers do; both zeros are 0."""
    return to_bits([_float(value) + 0.0])[0]


def parsed_number(text: str) -> int | None:
    """Return what ``number()`` of a text is, as a sortable integer; None if it is no number."""
    if len(text) > 100 or "_" in text or (text[:1].isalpha() and text[0] not in "iInN"):
        return None  # the last without asking: a refusal costs more than all the rest
    try:
        number = float(text)
    except ValueError:
        return None
    return None if math.isnan(number) else number_bits(number)


def _float(value: Value) -> float:
    try:
        return float(value)
    except OverflowError:  # 40 digits fit, but what is computed from a text need not
        return math.inf if float(str(value)) > 0 else -math.inf


def _listed(kind: type, op: str, given: tuple[Any, ...], *, bits: bool) -> tuple[str, Any]:
    values: list[Any] = list(given)
    equal = op in ("=", "IN")
    if bits:
        values = [number_bits(v) for v in values]
    elif kind is float:
        return "IN" if equal else "NOT IN", float_list(values)
    elif kind is int and values and isinstance(values[0], str):
        values = [n for n in map(_id_number, values) if n is not None]
    elif kind is int:
        exact = [_whole("=", v) for v in values]
        values = [n for found, n in exact if found == "="]
        if not values:
            return "NONE" if equal else "PRESENT", None
    if len(values) == 1:
        return "=" if equal else "!=", values[0]
    if not values:
        return "NONE" if equal else "ALL", None
    return "IN" if equal else "NOT IN", values


def float_list(values: list[Any]) -> list[int]:
    """Return floats as the sortable integers that a metric which equals one of them can have."""
    found = to_bits([_float(v) for v in values])
    return [*found, MINUS_ZERO, 0] if any(v == 0 for v in values) else found


def _range(kind: type, op: str, value: Literal, *, bits: bool) -> tuple[str, Any]:
    if not isinstance(value, tuple):
        raise InvalidParameter("BETWEEN needs two bounds.")
    low, high = (_float(v) if kind is float or bits else v for v in value)
    if bits:
        return op, (number_bits(float(low)), number_bits(float(high)))
    if kind is float:
        return op, (low, high)
    lowest, highest = _INT64
    nothing = "NONE" if op == "BETWEEN" else "PRESENT"
    if low > highest or high < lowest or low > high:  # type: ignore[operator]
        return nothing, None
    low = lowest if low < lowest else math.ceil(low)  # type: ignore[operator,arg-type]
    high = highest if high > highest else math.floor(high)  # type: ignore[operator,arg-type]
    return (nothing, None) if low > high else (op, (low, high))


def _id_number(text: str) -> int | None:
    """Return the number that is written so; other texts are no ids, so they equal none."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 18):
        return None
    return int(text) if str(int(text)) == text else None


def _whole(op: str, value: float) -> tuple[str, Any]:
    """Compare int64 exactly with any number, which may be a fraction or out of range."""
    low, high = _INT64
    if not low <= value <= high:  # the infinities too
        always = {"!=", "<", "<="} if value > high else {"!=", ">", ">="}
        return "PRESENT" if op in always else "NONE", None
    if isinstance(value, float) and not value.is_integer():
        if op in ("=", "!="):
            return "NONE" if op == "=" else "PRESENT", None
        # x < 1.5 and x <= 1.5 are x <= 1; x > 1.5 and x >= 1.5 are x >= 2.
        down = op in ("<", "<=")
        op, value = ("<=", math.floor(value)) if down else (">=", math.ceil(value))
    return op, int(value)
