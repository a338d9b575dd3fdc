"""LIKE patterns in Python."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuvee.search.patterns import ESCAPE, Pattern, containing, escaped


@pytest.mark.parametrize(
    ("text", "fits", "does_not"),
    [
        ("", [""], ["a"]),
        ("a", ["a"], ["", "aa", "A"]),
        ("%", ["", "a", "a\nb"], []),
        ("a%", ["a", "ab"], ["ba"]),
        ("%a", ["a", "ba"], ["ab"]),
        ("a%a", ["aa", "aba"], ["a"]),
        ("_", ["a", "\n", "é"], ["", "ab"]),
        ("_%_", ["ab", "abc"], ["a"]),
        ("%ab%ab%", ["abab", "xabyabz"], ["ab", "aba"]),
        ("a.c", ["a.c"], ["abc"]),
        ("\\%", ["\\", "\\x"], ["%"]),
    ],
)
def test_a_pattern_fits_the_whole_value(text: str, fits: list[str], does_not: list[str]) -> None:
    pattern = Pattern(text)
    assert [v for v in fits + does_not if pattern.matches(v)] == fits


@given(st.text("ab%_\x1b", max_size=4), st.text("ab%_\x1b", max_size=10))
def test_a_text_that_is_contained_means_itself(text: str, value: str) -> None:
    assert Pattern(containing(text), ESCAPE).matches(value) == (text in value)


@given(st.text("ab%_\x1b", max_size=6), st.text("ab\x1b", max_size=8))
def test_an_escaped_pattern_means_what_it_did(text: str, value: str) -> None:
    assert Pattern(escaped(text), ESCAPE).matches(value) == Pattern(text).matches(value)


@given(st.text("ab%_", max_size=8), st.text("ab", max_size=10))
def test_a_pattern_means_what_the_regular_expression_means(text: str, value: str) -> None:
    expected = re.fullmatch(text.replace("%", ".*").replace("_", "."), value)
    assert Pattern(text).matches(value) == (expected is not None)


def test_no_pattern_takes_long() -> None:
    value = "a" * 8000
    start = time.process_time()
    assert not Pattern("%a" * 2000 + "b").matches(value)
    assert not Pattern("%_a" * 2000 + "b%").matches(value)
    assert time.process_time() - start < 2
