"""Entries are canonical JSON, whatever an event holds."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from cuvee.log.entry import (
    COLUMNS,
    PREFIX,
    Texts,
    canonical,
    commitment,
    committed,
    entry,
    exact,
)

numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | numbers | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=20,
)
fields = st.dictionaries(words, values, max_size=3).map(lambda v: canonical(exact(v)))
rows = st.tuples(
    st.integers(1, 2**53 - 1),
    st.integers(0, 2**53 - 1),
    words,
    words,
    words,
    words,
    *[fields] * 2,
    words,
    fields,
)


@settings(max_examples=300, deadline=None)
@given(values)
def test_canonical_json_is_that_of_an_independent_implementation(value: Any) -> None:
    assert canonical(value).encode() == rfc8785.dumps(value)


@settings(max_examples=2000, deadline=None)
@given(st.binary(min_size=8, max_size=8))
def test_every_double_is_written_as_another_implementation_writes_it(raw: bytes) -> None:
    (value,) = struct.unpack("<d", raw)
    if math.isfinite(value):
        assert canonical(value).encode() == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1e21, "1e+21"), (1e20, "100000000000000000000"), (1e-6, "0.000001"), (1e-7, "1e-7"),
        (-0.0, "0"), (123.456, "123.456"), (5e-324, "5e-324"), (0.1, "0.1"), (1.5e300, "1.5e+300"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_in_ecmascript(value: float, written: str) -> None:
    assert canonical(value) == written


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**53, -(2**60), {1, 2}, b"x"])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


@given(rows)
def test_an_entry_is_the_canonical_json_of_its_event(row: tuple[Any, ...]) -> None:
    event = dict(zip(COLUMNS, row, strict=True))
    event["id"] = event.pop("sequence")
    for name in ("before", "after", "details"):
        event[name] = json.loads(event[name])
    assert entry(row) == rfc8785.dumps(event)


def test_numbers_that_json_cannot_hold_become_text() -> None:
    assert exact({"a": [2**60, math.inf, 1e20, 1, True, None, 0.5]}) == {
        "a": [str(2**60), "inf", "1e+20", 1, True, None, 0.5]
    }


def test_free_text_leaves_a_commitment_and_other_fields_stay() -> None:
    texts = Texts()
    comment = texts.take("comment", "because")
    after = json.loads(texts.without("after", {"description": "red", "stage": "Production"}))
    before = json.loads(texts.without("before", {"description": None, "reason": ""}))

    assert before == {"description": None, "reason": ""}
    assert after["stage"] == "Production"
    assert [(field, text) for field, _, text in texts.rows] == [
        ("comment", "because"),
        ("after.description", "red"),
    ]
    found = committed(comment, before, after)
    assert found == {field: commitment(salt, text) for field, salt, text in texts.rows}
    assert all(value.startswith(PREFIX) and "red" not in value for value in found.values())


def test_the_same_text_never_has_the_same_commitment() -> None:
    texts = Texts()
    assert len({texts.take("comment", "yes") for _ in range(100)}) == 100
