"""What a text is as a number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuvee.store.settling import number_bits, parsed_number


@pytest.mark.parametrize("text", ["", "x", "1_000", "0x10", "nan", "1,5", "1e", "é", "1" * 101])
def test_other_texts_are_no_numbers(text: str) -> None:
    assert parsed_number(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-1.5e-3", -0.0015),
        (" 2 ", 2),
        ("inf", math.inf),
        ("-0.0", 0),
        ("1e999", math.inf),
    ],
)
def test_numbers_are_those_of_python(text: str, value: float) -> None:
    assert parsed_number(text) == number_bits(value)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_their_integers_sort_as_they_do(a: float, b: float) -> None:
    assert (number_bits(a) < number_bits(b)) == (a < b)
    assert (number_bits(a) == number_bits(b)) == (a == b)
