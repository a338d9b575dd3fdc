"""What a filter and an order mean, as frozen values."""

from __future__ import annotations

import enum
from dataclasses import dataclass

Literal = str | int | float | tuple[str, ...] | None


class Kind(enum.Enum):
    """What the left side of a comparison belongs to."""

    ATTRIBUTE = "attribute"
    METRIC = "metric"
    PARAM = "param"
    TAG = "tag"
    DATASET = "dataset"


@dataclass(frozen=True)
class Clause:
    """One comparison.

    Args:
        kind: what is compared.
        key: metric, param or tag key, or the attribute's one name whatever its spelling was.
        op: ``= != > >= < <= LIKE ILIKE IN``, ``NOT IN``, ``IS NULL`` or ``IS NOT NULL``.
        value: number, text, texts of a list, or None for the two that have no right side.
    """

    kind: Kind
    key: str
    op: str
    value: Literal


@dataclass(frozen=True)
class And:
    """All of the parts hold; no parts: everything matches."""

    parts: tuple[Node, ...]


Node = Clause | And  # OR and NOT will stand here


@dataclass(frozen=True)
class OrderKey:
    """One key to sort by; what lacks it comes last, whatever the direction.

    Args:
        kind: what is sorted by.
        key: metric, param or tag key, or the attribute's name.
        descending: whether the greatest value comes first.
    """

    kind: Kind
    key: str
    descending: bool = False
