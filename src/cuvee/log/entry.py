"""The entry of the log that stands for an event: canonical JSON, free text as commitments.

An event's ``before``, ``after`` and ``details`` are stored as canonical JSON (RFC 8785), so that an
entry is put together from them as they are, and every changed byte changes the entry.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from collections.abc import Mapping
from json.encoder import encode_basestring as quoted
from typing import Any

FREE_TEXT = frozenset({"description", "comment", "reason", "conclusion"})
"""Fields of ``before`` and ``after`` that people write; events hold commitments to them. An event's
own ``comment`` is one, too."""

ADDRESS = "details.address"
"""The field of an event that holds a commitment to the address from which somebody has asked."""

PREFIX = "commitment:"
ERASED = "[erased]"
"""What stands where a text was."""

COLUMNS = (
    "sequence", "time", "actor", "via", "action", "object", "before", "after", "comment", "details"
)  # fmt: skip
"""The columns of an event, in the order in which ``entry`` takes them."""

SALT = 32
"""Hexadecimal digits of a salt."""
MAX_NUMBER = 2**53 - 1


def canonical(value: Any) -> str:
    """Return a value as JSON in the one form that RFC 8785 gives it.

    Args:
        value: what JSON can hold; its integers within +-(2^53 - 1), its floats finite.

    Raises:
        ValueError: the value has no such form.
    """
    if isinstance(value, str):
        return quoted(value)
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        if abs(value) > MAX_NUMBER:
            raise ValueError(f"{value} is beyond what JSON numbers hold exactly")
        return str(int(value))
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, (dict, Mapping)):
        plain = "".join(value).isascii()  # then both orders are the same
        keys = sorted(value) if plain else sorted(value, key=_order)
        return "{" + ",".join([f"{quoted(k)}:{_item(value[k])}" for k in keys]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(canonical, value)) + "]"
    raise ValueError(f"{type(value).__name__} has no canonical JSON")


def _item(value: Any) -> str:
    return quoted(value) if type(value) is str else canonical(value)  # most are


def _order(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _number(value: float) -> str:
    """Return a number as ECMAScript writes it."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is no JSON number")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0)  # where the point stands, counted from the left
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    if 0 < point <= 21:
        if len(digits) <= point:
            return sign + digits.ljust(point, "0")
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def exact(value: Any) -> Any:
    """Return a value with the numbers that JSON cannot hold exactly as strings."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return value if abs(value) <= MAX_NUMBER else str(value)
    if isinstance(value, float):
        return value if abs(value) <= MAX_NUMBER else str(value)  # NaN is not, either
    if isinstance(value, (dict, Mapping)):
        return {str(key): item if type(item) is str else exact(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [exact(item) for item in value]
    return value


def entry(row: tuple[Any, ...]) -> bytes:
    """Return the entry for an event.

    Args:
        row: the event's columns, in the order of ``COLUMNS``.
    """
    pk, time, actor, via, action, subject, before, after, comment, details = row
    return (
        f'{{"action":{quoted(action)},"actor":{quoted(actor)},"after":{after},"before":{before},'
        f'"comment":{quoted(comment)},"details":{details or "null"},"id":{pk},'
        f'"object":{quoted(subject)},"time":{time},"via":{quoted(via)}}}'
    ).encode()


def commitment(salt: str, text: str) -> str:
    """Return what stands for a free text in an event.

    Args:
        salt: 16 random bytes, as 32 hexadecimal digits.
        text: the text.

    Raises:
        ValueError: it is no such salt; of another length, it could take in words of the text.
    """
    if len(salt) != SALT or not salt.isalnum():
        raise ValueError("that is no salt")
    return PREFIX + hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()


class Texts:
    """Takes the free text out of an event, and leaves commitments in its place."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []
        """(field, salt, text) of what was taken out."""

    def take(self, field: str, text: str) -> str:
        """Return the commitment to a text, which is kept apart; nothing for no text."""
        if not text:
            return ""
        salt = secrets.token_hex(SALT // 2)
        self.rows.append((field, salt, text))
        return commitment(salt, text)

    def without(self, side: str, fields: Mapping[str, Any] | None, action: str = "") -> str:
        """Return ``before`` or ``after`` of an event as canonical JSON without text.

        Args:
            side: its name.
            fields: what it holds.
            action: the event's.
        """
        if not fields:
            return "{}"
        # An alias may have the name of such a field; what it stands for must not be erasable.
        free: frozenset[str] = frozenset() if action.startswith("model.alias_") else FREE_TEXT
        kept = exact(fields)
        for key in free & kept.keys():
            if isinstance(kept[key], str):
                kept[key] = self.take(f"{side}.{key}", kept[key])
        return canonical(kept)


def committed(
    comment: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    details: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Return the commitments that an event holds, by field; without ``details`` those to texts."""
    found = {"comment": comment} if comment else {}
    address = (details or {}).get("address")
    if isinstance(address, str) and address.startswith(PREFIX):
        found[ADDRESS] = address
    for side, fields in (("before", before), ("after", after)):
        for key in FREE_TEXT & fields.keys():
            value = fields[key]
            if isinstance(value, str) and value.startswith(PREFIX):
                found[f"{side}.{key}"] = value
    return found
