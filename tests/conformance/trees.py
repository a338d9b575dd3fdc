"""Random filters, and what they mean to a plain dictionary."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

OPS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
KEYS = ("a", "b", "c")
NUMBERS = (-math.inf, -2.5, -1.0, -0.0, 0.0, 1.0, 2.0, 3.5, 1e300, math.inf, math.nan)
TEXTS = ("", "x", "X", "xy", "é", "1", "2.0", "1e3", " 3 ", "nan", "long" * 40, "long" * 40 + "er")
STATUSES = ("RUNNING", "FINISHED", "FAILED")


@dataclass
class Model:
    """A run as a dictionary has it.

    Args:
        points: key -> (step, value), in the order of the steps.
        params: key -> value.
        tags: likewise.
        status: its status.
        end_time: when it ended, if it did.
        parent: the number of its parent, if it has one.
    """

    points: dict[str, list[tuple[int, float]]]
    params: dict[str, str]
    tags: dict[str, str]
    status: str
    end_time: int | None
    parent: int | None = None
    children: list[Model] = field(default_factory=list)


Test = Callable[[Model, list[Model]], bool]
"""Whether a run passes, given all runs."""
Side = tuple[str, Callable[[Model], float | None]]

numbers = st.sampled_from(NUMBERS).filter(lambda x: not math.isnan(x)) | st.integers(-3, 4)


def spelled(value: float) -> str:
    """Write a number as filters do."""
    if math.isinf(value):
        return "1e999" if value > 0 else "-1e999"
    return repr(value)


def statistic(function: str, key: str) -> Callable[[Model], float | None]:
    """Return what a function of a metric is; None where there is no such metric."""

    def find(run: Model) -> float | None:
        points = run.points.get(key)
        if not points:
            return None
        values = [v for _, v in points if not math.isnan(v)]
        if function in ("min", "max"):
            return {"min": min, "max": max}[function](values, default=math.nan)
        return points[0 if function == "first" else -1][1]

    return find


def at(key: str, step: int) -> Callable[[Model], float | None]:
    """Return what a metric is at one step."""
    return lambda run: dict(run.points.get(key, [])).get(step)


def number(kind: str, key: str) -> Callable[[Model], float | None]:
    """Return what a text is as a number."""

    def find(run: Model) -> float | None:
        text = getattr(run, kind).get(key)
        if text is None or not re.fullmatch(r"\s*[+-]?[0-9.]+(e[0-9]+)?\s*", text):
            return None
        return float(text)

    return find


@st.composite
def sides(draw: st.DrawFn) -> Side:
    """Return something that is a number: its text and what it is."""
    key = draw(st.sampled_from(KEYS))
    kind = draw(st.sampled_from(["last", "min", "max", "first", "best", "at", "number", "plain"]))
    if kind == "at":
        step = draw(st.integers(0, 3))
        return f"at(metrics.{key}, {step})", at(key, step)
    if kind == "number":
        space = draw(st.sampled_from(["params", "tags"]))
        return f"number({space}.{key})", number(space, key)
    if kind == "best":  # b is told to be minimized, see the test
        return f"best(metrics.{key})", statistic("min" if key == "b" else "max", key)
    if kind == "plain":
        return f"metrics.{key}", statistic("last", key)
    return f"{kind}(metrics.{key})", statistic(kind, key)


@st.composite
def numeric(draw: st.DrawFn) -> tuple[str, Test]:
    """Return a comparison of numbers."""
    text, find = draw(sides())
    how = draw(st.sampled_from(["op", "op", "in", "between", "null", "side"]))
    negated = draw(st.booleans())
    if how == "null":
        present = "IS NOT NULL" if negated else "IS NULL"
        if text.startswith("number"):
            text = text.replace("number(", "").rstrip(")")
            space, _, key = text.partition(".")
            return f"{text} {present}", lambda run, _: (key in getattr(run, space)) == negated
        return f"{text} {present}", lambda run, _: (find(run) is not None) == negated
    if how == "side":
        op = draw(st.sampled_from(list(OPS)))
        other_text, other = draw(sides())

        def both(run: Model, _: list[Model]) -> bool:
            left, right = find(run), other(run)
            return left is not None and right is not None and OPS[op](left, right)

        return f"{text} {op} {other_text}", both
    if how == "op":
        op, value = draw(st.sampled_from(list(OPS))), draw(numbers)
        return f"{text} {op} {spelled(value)}", lambda run, _: holds(find(run), OPS[op], value)
    values = draw(st.lists(numbers, min_size=1, max_size=3))
    if how == "in":
        listed = ", ".join(map(spelled, values))
        word = "NOT IN" if negated else "IN"
        return f"{text} {word} ({listed})", lambda run, _: holds(
            find(run), lambda x, v: (x in v) != negated, values
        )
    low, high = values[0], values[-1]
    word = "NOT BETWEEN" if negated else "BETWEEN"
    return f"{text} {word} {spelled(low)} AND {spelled(high)}", lambda run, _: holds(
        find(run), lambda x, _: (low <= x <= high) != negated, None
    )


def holds(left: Any, compare: Callable[[Any, Any], bool], right: Any) -> bool:
    """Say whether a comparison holds; nothing holds of what is not there."""
    return left is not None and compare(left, right)


@st.composite
def textual(draw: st.DrawFn) -> tuple[str, Test]:
    """Return a comparison of texts."""
    where = draw(st.sampled_from(["params", "tags", "status"]))
    key = draw(st.sampled_from((*KEYS, "never")))
    name = where if where == "status" else f"{where}.{key}"

    def find(run: Model) -> str | None:
        return run.status if where == "status" else getattr(run, where).get(key)

    how = draw(st.sampled_from(["=", "!=", "IN", "NOT IN", "LIKE", "ILIKE", "CONTAINS", "IS NULL"]))
    choice = st.sampled_from(STATUSES if where == "status" else TEXTS)
    if how == "IS NULL":
        return f"{name} IS NULL", lambda run, _: find(run) is None
    if how.endswith("IN"):
        values = draw(st.lists(choice, min_size=1, max_size=3))
        listed = ", ".join(f"'{v}'" for v in values)
        return f"{name} {how} ({listed})", lambda run, _: holds(
            find(run), lambda x, v: (x in v) == (how == "IN"), values
        )
    value = draw(choice)
    if how == "CONTAINS":
        return f"{name} {how} '{value[1:]}'", lambda run, _: holds(
            find(run), lambda x, v: v.lower() in x.lower(), value[1:]
        )
    if how.endswith("LIKE"):
        start = value[:1]
        folded = (
            (lambda x, v: x.lower().startswith(v.lower())) if how == "ILIKE" else str.startswith
        )
        return f"{name} {how} '{start}%'", lambda run, _: holds(find(run), folded, start)
    return f"{name} {how} '{value}'", lambda run, _: holds(find(run), OPS[how], value)


def depth_of(run: Model, runs: Sequence[Model]) -> int:
    """Return how many runs are above one."""
    return 0 if run.parent is None else 1 + depth_of(runs[run.parent], runs)


@st.composite
def related(draw: st.DrawFn) -> tuple[str, Test]:
    """Return a comparison of relatives."""
    how = draw(st.sampled_from(["root", "depth", "count", "parent", "children", "parent metric"]))
    if how == "root":
        return "parent IS NULL", lambda run, _: run.parent is None
    if how == "depth":
        op, depth = draw(st.sampled_from(list(OPS))), draw(st.integers(-1, 4))
        return f"depth {op} {depth}", lambda run, runs: OPS[op](depth_of(run, runs), depth)
    if how == "count":
        op, count = draw(st.sampled_from(list(OPS))), draw(st.integers(0, 3))
        return f"children.count {op} {count}", lambda run, _: OPS[op](len(run.children), count)
    if how == "parent metric":
        key, value = draw(st.sampled_from(KEYS)), draw(numbers)
        find = statistic("max", key)
        return (
            f"max(parent.metrics.{key}) >= {spelled(value)}",
            lambda run, runs: (
                run.parent is not None and holds(find(runs[run.parent]), operator.ge, value)
            ),
        )
    text, test = draw(textual().filter(lambda found: not found[0].startswith("never")))
    return f"{how}.{text}", lambda run, runs: any(
        test(other, runs)
        for other in (
            run.children
            if how == "children"
            else [runs[run.parent]]
            if run.parent is not None
            else []
        )
    )


def _negated(inner: tuple[str, Test]) -> tuple[str, Test]:
    text, test = inner
    return f"NOT ({text})", lambda run, runs: not test(run, runs)


def _joined(joint: str, parts: list[tuple[str, Test]]) -> tuple[str, Test]:
    text = f" {joint} ".join(f"({text})" for text, _ in parts)
    together = all if joint == "AND" else any
    return text, lambda run, runs: together(test(run, runs) for _, test in parts)


filters = st.recursive(
    numeric() | textual() | related(),
    lambda inner: (
        inner.map(_negated)
        | st.builds(
            _joined, st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=1, max_size=12)
        )
    ),
    max_leaves=30,
)
