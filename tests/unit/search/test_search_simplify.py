"""Simplified trees mean the same and are smaller."""

from __future__ import annotations

import pytest

from cuvee.search.filters import parse_filter
from cuvee.search.languages import RUNS
from cuvee.search.simplify import simplify
from cuvee.search.tree import And, Node, clauses_of, leaf_of


def simple(text: str) -> Node:
    return simplify(parse_filter(text, RUNS))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("NOT (metrics.a = 1 AND metrics.b = 1)", "NOT metrics.a = 1 OR NOT metrics.b = 1"),
        ("NOT (metrics.a = 1 OR NOT metrics.b = 1)", "NOT metrics.a = 1 AND metrics.b = 1"),
        ("params.a = 'x' OR params.a = 'y'", "params.a IN ('x', 'y')"),
        ("params.a = 'x' OR params.a IN ('y', 'z')", "params.a IN ('x', 'y', 'z')"),
        ("params.a != 'x' AND params.a != 'y'", "params.a NOT IN ('x', 'y')"),
        ("NOT metrics.a = 1 AND NOT metrics.a = 2", "NOT metrics.a IN (1, 2)"),
        ("max(metrics.a) = 1 OR max(metrics.a) = 2", "max(metrics.a) IN (1, 2)"),
        ("NOT NOT metrics.a = 1", "metrics.a = 1"),
    ],
)  # fmt: skip
def test_equal_sides_are_compared_once_and_not_stands_before_clauses(text: str, same: str) -> None:
    wanted = parse_filter(same, RUNS)
    found = simple(text)
    parts = found.parts if isinstance(found, And) else (found,)
    assert And(parts) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "params.a = 'x' AND params.a = 'y'",
        "params.a != 'x' OR params.a != 'y'",
        "dataset.name != 'x' AND dataset.name != 'y'",  # different inputs may meet them
        "metrics.a = 1 OR max(metrics.a) = 1",
        "metrics.a < metrics.b OR metrics.a < metrics.c",
        "children.params.a != 'x' AND children.params.a != 'y'",
        "params.a = 'x' OR parent.params.a = 'x'",
    ],
)
def test_what_does_not_mean_the_same_is_left_alone(text: str) -> None:
    assert len(list(clauses_of(simple(text)))) == 2


def test_thousands_of_alternatives_are_one_clause() -> None:
    found = simple(" OR ".join(f"params.a = 'v{i}'" for i in range(20_000)))
    clause = leaf_of(found)
    assert clause is not None
    assert isinstance(clause.value, tuple)
    assert len(clause.value) == 20_000
