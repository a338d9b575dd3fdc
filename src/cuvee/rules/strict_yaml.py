"""YAML for documents that people review: nothing twice, nothing by reference.

Where the library has its parser in C, that reads a document, in a fifth of the time. What it
refuses is read by the other one, which says better what is wrong, unless that would take long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

import yaml

T = TypeVar("T")
SHORT = 20_000
"""Characters of the longest document that is read a second time."""
_RESOLVERS = {
    # Dates stay texts, and so do on, off, yes and no: people mean them as names.
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge")
        and not (tag == "tag:yaml.org,2002:bool" and first not in "tTfF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Strict:
    """Refuses names that occur twice."""

    yaml_implicit_resolvers = _RESOLVERS

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{key.value!r} occurs twice", problem_mark=key.start_mark
                )
            seen.add(key.value if isinstance(key.value, str) else id(key))
        return super().construct_mapping(node, deep)  # type: ignore[misc]  # a loader's


class _Loader(_Strict, yaml.SafeLoader):
    """Reads plain data."""


class _Fast(_Strict, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # which it is
    """Reads plain data, in C where that is there."""


def load(text: str) -> Any:
    """Read one YAML document.

    Raises:
        yaml.YAMLError: it is not YAML, or uses what is not allowed here.
    """

    def read(loads: Any) -> Any:
        for _ in _events(text, loads):
            pass
        return _using(loads(text), lambda loader: loader.get_single_data())

    return _either(text, read)


def field(text: str, name: str) -> Any:
    """Return what a document has for one name, reading no further than that needs.

    Args:
        text: the document.
        name: a name of its outermost mapping.

    Returns:
        None if it is not there, or has more than one value.

    Raises:
        yaml.YAMLError: it is not YAML so far, or uses what is not allowed here.
    """
    return _either(text, lambda loads: _field(text, name, loads))


def _either(text: str, read: Callable[[Any], T]) -> T:
    try:
        return read(_Fast)
    except yaml.YAMLError:
        if len(text) > SHORT:
            raise
        return read(_Loader)


def _field(text: str, name: str, loads: Any) -> Any:
    depth, place = 0, 0
    found = False
    for event in _events(text, loads):
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        elif depth == 1:
            if place % 2 and found:
                return _value(event) if isinstance(event, yaml.ScalarEvent) else None
            if not place % 2:
                found = isinstance(event, yaml.ScalarEvent) and event.value == name
            place += 1
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
    return None


def _events(text: str, loads: Any) -> Iterator[yaml.Event]:
    for event in yaml.parse(text, Loader=loads):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(
                problem="anchors (&) and references (*) are not allowed",
                problem_mark=cast("yaml.Mark", event.start_mark),
            )
        yield event


def _value(event: yaml.ScalarEvent) -> Any:
    def read(loader: Any) -> Any:
        tag = event.tag or loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        return loader.construct_object(yaml.ScalarNode(tag, event.value))

    return _using(_Loader(""), read)


def _using(loader: Any, read: Callable[[Any], Any]) -> Any:
    try:
        return read(loader)
    except (AttributeError, LookupError, TypeError) as problem:
        # What the library raises for a name that is a list, or a tag that does not fit its text.
        raise yaml.YAMLError("a name in it is no text, or a tag does not fit") from problem
    finally:
        loader.dispose()
