"""Everything that can be wrong with a field, made from the field's type."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from msgspec import inspect

from cuvee.api.fields import bare

LONG = 1_000_001
HUGE = 10**30
ARABIC_ONE = "\u0661"  # a digit to Python, not to the protocol
ARABIC_THREE = "\u0663"


class Token:
    """JSON that no Python value is written as.

    Args:
        text: how it stands in the body.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return f"Token({self.text})"


BROKEN_TEXTS = ["a\0b", "\ud800", "x\udfff", Token('"\\ud83d"'), Token('"a\tb"'), Token('"\\x"')]
NUMBER = 5
NOT_TEXTS: list[Any] = [NUMBER, 1.5, True, [], {}, ["a"], HUGE, Token("NaN")]
NOT_WHOLE: list[Any] = [
    "x", "", " 1", "1 ", "1.0", "1e3", "0x10", "1_000", "--1", "+1", ARABIC_ONE, "null", "NaN",
    "Infinity",
    1.5, True, [], {}, HUGE, -HUGE, str(HUGE), "9" * 5000, "0" * 60 + "5", 2**63, -(2**63) - 1,
    Token("NaN"), Token("-Infinity"), Token("1e400"), Token("1e30"), Token("9" * 5000),
]  # fmt: skip
NOT_FLOATS: list[Any] = [
    "x", "", " 1", "1_0", ARABIC_ONE, "0x1p3", "null", "nanana", "1e400", True, [], {}, HUGE**20,
    Token("1e400"), Token("-1e999"), Token("9" * 400), Token("9" * 5000),
]  # fmt: skip
NOT_BOOLS: list[Any] = ["maybe", "", "yes", 5, 2.5, [], {}, Token("NaN")]
NOT_NAMES: list[Any] = [
    "X",
    "",
    "finished ",
    99,
    -1,
    "99",
    HUGE,
    True,
    1.5,
    [],
    {},
    ARABIC_THREE,
    ["A"],
]
NOT_LISTS: list[Any] = ["x", "", 5, True, {}, {"0": "a"}, Token("NaN")]
NOT_OBJECTS: list[Any] = ["x", 5, True, [], [1], Token("NaN")]


_WRONG: dict[type[inspect.Type], list[Any]] = {
    inspect.StrType: [*NOT_TEXTS, *BROKEN_TEXTS],
    inspect.IntType: NOT_WHOLE,
    inspect.FloatType: NOT_FLOATS,
    inspect.BoolType: NOT_BOOLS,
    inspect.LiteralType: NOT_NAMES,
    inspect.ListType: [*NOT_LISTS, [[]]],
    inspect.StructType: NOT_OBJECTS,
    inspect.DictType: NOT_OBJECTS,
}


def wrong_values(info: inspect.Type) -> Iterator[Any]:
    """Yield values that do not fit a type."""
    info = bare(info)
    yield from _WRONG[type(info)]
    if isinstance(info, inspect.StrType) and (info.max_length or 0) < LONG:
        yield "n" * LONG
    elif isinstance(info, inspect.IntType):
        if info.ge is not None:
            yield info.ge - 1
        if info.le is not None:
            yield info.le + 1
    elif isinstance(info, inspect.ListType) and info.max_length:
        yield [{}] * (info.max_length + 1)


Change = tuple[str, Any, dict[str, Any]]


def changes(kind: Any, fields: dict[str, Any]) -> Iterator[Change]:
    """Yield requests with one thing wrong: where, what, and the fields.

    Args:
        kind: the operation.
        fields: an acceptable request.
    """
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    for path, wrong in _in_object(info, fields):
        if wrong is NUMBER and path[1:] == (0,) and path[0] in getattr(kind, "numbered", ()):
            continue  # the one text that may be sent as a number
        changed = copy.deepcopy(fields)
        at: Any = changed
        for step in path[:-1]:
            at = at[step]
        if wrong is _ABSENT:
            del at[path[-1]]
        else:
            at[path[-1]] = wrong
        yield ".".join(map(str, path)), "absent" if wrong is _ABSENT else wrong, changed


_ABSENT = object()
Path = tuple[str | int, ...]


def _in_object(info: inspect.StructType, value: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    for field in info.fields:
        name = field.encode_name
        for wrong in wrong_values(field.type):
            yield (name,), wrong
        if field.required:
            yield (name,), None
            if name in value:
                yield (name,), _ABSENT
            kind = bare(field.type)
            if isinstance(kind, inspect.StrType) and kind.min_length:
                yield (name,), ""
        if name in value:
            for path, wrong in _inside(bare(field.type), value[name]):
                yield (name, *path), wrong


def _inside(info: inspect.Type, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(info, inspect.StructType):
        yield from _in_object(info, value)
    elif isinstance(info, inspect.ListType) and value:
        item = bare(info.item_type)
        for wrong in wrong_values(item):
            yield (0,), wrong
        yield (0,), None
        for path, wrong in _inside(item, value[0]):
            yield (0, *path), wrong
