"""What a filter and an order mean, as frozen values."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass


class Kind(enum.Enum):
    """What a side of a comparison belongs to."""

    ATTRIBUTE = "attribute"
    METRIC = "metric"
    PARAM = "param"
    TAG = "tag"
    DATASET = "dataset"
    MODEL = "model"
    """The registered versions of a run's model."""
    CHILDREN = "children"
    """What is known of all of a run's children together."""


@dataclass(frozen=True)
class Side:
    """What is compared, or sorted by.

    Args:
        kind: what it belongs to.
        key: metric, param or tag key, or the attribute's one name whatever its spelling was.
        function: ``min``, ``max``, ``first``, ``best`` or ``at`` of a metric, ``number`` of a text;
            empty for the value itself, which is a metric's last.
        step: the step that ``at`` names.
        via: ``parent`` or ``children``: of these runs rather than of the run itself.
    """

    kind: Kind
    key: str
    function: str = ""
    step: int = 0
    via: str = ""


Value = str | int | float
Literal = Value | tuple[Value, ...] | Side | None


@dataclass(frozen=True)
class Clause:
    """One comparison.

    Args:
        kind: what is compared, as in ``Side``.
        key: likewise.
        op: ``= != > >= < <= LIKE ILIKE CONTAINS IN``, ``NOT IN``, ``BETWEEN``,
            ``NOT BETWEEN``, ``IS NULL`` or ``IS NOT NULL``.
        value: number, text, values of a list, both bounds, another side, or None for the two that
            have no right side.
        function: as in ``Side``.
        step: likewise.
        via: likewise; the other side has the same.
    """

    kind: Kind
    key: str
    op: str
    value: Literal
    function: str = ""
    step: int = 0
    via: str = ""

    @property
    def side(self) -> Side:
        """The left side."""
        return Side(self.kind, self.key, self.function, self.step, self.via)


@dataclass(frozen=True)
class And:
    """All of the parts hold; no parts: everything matches."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    """Some of the parts hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold: this is found wherever the part alone would not be."""

    part: Node


Node = Clause | And | Or | Not


def leaf_of(node: Node) -> Clause | None:
    """Return the comparison that a node is, or whose opposite it is; None if it is more."""
    inner = node.part if isinstance(node, Not) else node
    return inner if isinstance(inner, Clause) else None


def clauses_of(node: Node) -> Iterator[Clause]:
    """Yield all comparisons in a filter; without recursion, however deep."""
    waiting: list[Node] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Clause):
            yield part
        elif isinstance(part, Not):
            waiting.append(part.part)
        else:
            waiting.extend(reversed(part.parts))


def replaced(node: Node, change: Callable[[Clause], Node]) -> Node:
    """Return a filter with each comparison replaced."""
    if isinstance(node, Clause):
        return change(node)
    if isinstance(node, Not):
        return Not(replaced(node.part, change))
    return type(node)(tuple(replaced(part, change) for part in node.parts))


@dataclass(frozen=True)
class OrderKey:
    """One key to sort by; what lacks it comes last, whatever the direction.

    Args:
        kind: what is sorted by, as in ``Side``.
        key: likewise.
        descending: whether the greatest value comes first.
        function: as in ``Side``.
        step: likewise.
    """

    kind: Kind
    key: str
    descending: bool = False
    function: str = ""
    step: int = 0

    @property
    def side(self) -> Side:
        """What is sorted by, whatever the direction."""
        return Side(self.kind, self.key, self.function, self.step)
