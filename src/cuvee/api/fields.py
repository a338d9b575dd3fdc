"""Fields of operations: their types, and their other names.

Protocol buffers have two names for a field in JSON, ``run_name`` and ``runName``. MLflow's server
reads both in bodies, and programs that are made from its definitions, as in Java and Go, may send
the second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from msgspec import inspect

from cuvee.errors import InvalidParameter


def bare(info: inspect.Type) -> inspect.Type:
    """Strip descriptions and ``| None``: null means absent."""
    while isinstance(info, inspect.Metadata):
        info = info.type
    if isinstance(info, inspect.UnionType):
        return bare(next(t for t in info.types if not isinstance(t, inspect.NoneType)))
    return info


def camel_case(name: str) -> str:
    """Return the other name of a field; that of a single word is the same."""
    first, *others = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def may_have_other_names(kind: Any, body: bytes) -> bool:
    """Say whether other names of an operation's fields occur in a body, as names or as texts."""
    capitals, search = _other_names(kind)
    for capital in capitals:  # to look for one byte takes a hundredth of the time
        if capital in body:
            return search(body) is not None
    return False


def by_own_names(kind: Any, raw: dict[str, Any]) -> dict[str, Any]:
    """Return a request with its fields under their own names.

    Raises:
        InvalidParameter: a field is there under both.
    """
    found: dict[str, Any] = _renamed(inspect.type_info(kind), raw, _legacy(kind))
    return found


@cache
def _other_names(kind: Any) -> tuple[list[bytes], Callable[[bytes], re.Match[bytes] | None]]:
    """Return capitals of which each other name of a field has one, and what looks for the names."""
    names = {*_names(inspect.type_info(kind), set()), *_legacy(kind)}
    others = sorted({camel_case(name) for name in names} - names)
    capitals = {next(letter for letter in other if letter.isupper()) for other in others}
    search = re.compile(f'"(?:{"|".join(others)})"'.encode()).search
    return [capital.encode() for capital in sorted(capitals)], search


def _legacy(kind: Any) -> tuple[str, ...]:
    return tuple(getattr(kind, "legacy", ()))


def _names(info: inspect.Type, seen: set[type]) -> Iterator[str]:
    info = bare(info)
    if isinstance(info, inspect.ListType):
        yield from _names(info.item_type, seen)
    elif isinstance(info, inspect.StructType) and info.cls not in seen:
        seen.add(info.cls)
        for field in info.fields:
            yield field.encode_name
            yield from _names(field.type, seen)


def _renamed(info: inspect.Type, value: Any, legacy: tuple[str, ...] = ()) -> Any:
    info = bare(info)
    if isinstance(info, inspect.ListType) and isinstance(value, list):
        return [_renamed(info.item_type, item) for item in value]
    if not isinstance(info, inspect.StructType) or not isinstance(value, dict):
        return value
    found = dict(value)
    types = {field.encode_name: field.type for field in info.fields}
    for name in (*types, *legacy):
        other = camel_case(name)
        if other != name and other in found and other not in types:
            if name in found:
                raise InvalidParameter(
                    f"Request specifies both '{name}' and '{other}'; provide only one of them."
                )
            found[name] = found.pop(other)
        if name in types and name in found:
            found[name] = _renamed(types[name], found[name])
    return found
