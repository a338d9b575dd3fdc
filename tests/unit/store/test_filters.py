"""Comparisons -> SQL conditions, tried on SQLite without tables."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Double,
    Text,
    create_engine,
    literal,
    null,
    select,
)
from sqlalchemy import (
    cast as sql_cast,
)

from cuvee.search.tree import And, Clause, Kind, Node, clauses_of
from cuvee.store.conditions import compare
from cuvee.store.engine import open_database
from cuvee.store.settling import settle

OPS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
INT64 = st.integers(-(2**63), 2**63 - 1)
ENGINE = create_engine("sqlite://")


DATABASE = open_database("sqlite:///x.db")


def holds(stored: Any, op: str, value: Any) -> bool:
    """Compare a stored value with a literal in SQL."""
    kind = int if isinstance(stored, int) else float
    column = (
        literal(stored, BigInteger if kind is int else Double)
        if stored is not None
        else sql_cast(null(), Double)
    )
    op, bound = settle(kind, op, value)
    with ENGINE.connect() as connection:
        query = select(compare(DATABASE, column, None, op, "v"))
        return bool(connection.execute(query, {"v": bound}).scalar())


@given(INT64, st.sampled_from(list(OPS)), INT64 | st.floats(allow_nan=False) | st.integers())
def test_whole_numbers_compare_exactly_with_any_number(stored: int, op: str, value: float) -> None:
    assert holds(stored, op, value) == OPS[op](stored, value)


@given(st.integers(-3, 3), st.sampled_from(list(OPS)), st.floats(-4, 4))
def test_whole_numbers_compare_exactly_with_fractions(stored: int, op: str, value: float) -> None:
    assert holds(stored, op, value) == OPS[op](stored, value)


@given(st.floats(allow_nan=False), st.sampled_from(list(OPS)), st.floats(allow_nan=False))
def test_floats_compare_as_floats(stored: float, op: str, value: float) -> None:
    assert holds(stored, op, value) == OPS[op](stored, value)


@pytest.mark.parametrize("op", list(OPS))
def test_nan_differs_from_every_number_and_that_is_all(op: str) -> None:
    assert holds(None, op, 1.0) == (op == "!=")


@pytest.mark.parametrize("op", ["=", "!=", "IN", "NOT IN"])
@pytest.mark.parametrize("url", ["sqlite:///x.db", "postgresql://u@h/d"])
def test_a_list_of_any_length_is_one_bound_value(op: str, url: str) -> None:
    database = open_database(url)
    values = tuple(str(i) for i in range(100_000)) if "IN" in op else "x"
    op, _ = settle(str, op, values)
    found = compare(database, literal("x", Text), None, op, "v")
    sql, names, _ = database.prepare(select(found))
    assert len(names) <= 3
    assert len(sql) < 300


def test_a_deep_tree_is_walked_without_recursion() -> None:
    clause = Clause(Kind.TAG, "x", "IS NULL", None)
    tree: And = And((clause,))
    for _ in range(100_000):
        tree = And((clause, tree)) if _ % 50_000 == 0 else And((tree,))
    assert list(clauses_of(tree)) == [clause] * 3
    parts: tuple[Node, ...] = tree.parts  # taken apart gently: Python frees it recursively
    while parts:
        parts = tuple(p for part in parts if isinstance(part, And) for p in part.parts)
