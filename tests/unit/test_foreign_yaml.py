"""YAML by strangers: read, or refused in one way, and quickly."""

from __future__ import annotations

import time

import pytest

from cuvee import foreign_yaml


def test_a_document_may_refer_to_its_own_parts() -> None:
    assert foreign_yaml.load("a: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}
    assert foreign_yaml.load("") is None


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "a: !!timestamp x",
        "a: !!int ''",
        "a: !!float ''",
        "a: !!bool x",
        "a: !!python/name:os.system ''",
        "a: 2020-99-99",
        'a: "\\uD800"',
        '"\\uD800": a',
        "? [a]\n: b",
        "a: &x [*x]",
        "a: &x {b: *x}",
        "[" * 900 + "]" * 900,
        "[" * 100_000,
        "a: \0",
    ],
)
def test_what_cannot_be_read_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        foreign_yaml.load(text)


def test_references_to_references_are_counted_and_not_followed() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 40)]
    begin = time.monotonic()
    with pytest.raises(ValueError, match="more than 200000 values"):
        foreign_yaml.load("\n".join(lines))
    assert time.monotonic() - begin < 2
