"""YAML that came with a model: read where it can be, whoever wrote it."""

from __future__ import annotations

from typing import Any

MOST_VALUES = 200_000
"""Values of a document, each counted wherever it is referred to."""


def load(text: str) -> Any:
    """Read one YAML document, which may refer to its own parts.

    Args:
        text: the document.

    Raises:
        ValueError: it cannot be read, holds a text that is none, or unfolds to too much.
    """
    import yaml

    try:
        found = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe loaders
    except (yaml.YAMLError, AttributeError, LookupError, TypeError, ArithmeticError) as problem:
        # What the library raises for a tag that does not fit its text, besides its own.
        raise ValueError("not YAML") from problem
    except RecursionError:
        raise ValueError("nested too deeply") from None
    check(found)
    return found


def check(value: Any) -> None:
    """Refuse what no answer and no database can hold.

    Args:
        value: lists, dictionaries and what they hold, as a document has them.

    Raises:
        ValueError: a text has half of a surrogate pair, a part contains itself, or ten lines of
            references to references unfold to billions of values.
    """
    try:
        most = _weight(value, {})
    except RecursionError:
        raise ValueError("nested too deeply, or a part of itself") from None
    if most > MOST_VALUES:
        raise ValueError(f"more than {MOST_VALUES} values")


def _weight(value: Any, known: dict[int, int]) -> int:
    """Return how many values there are in one, looking at each part once."""
    if isinstance(value, str):
        value.encode()
        return 1
    if not isinstance(value, (dict, list, tuple, set)):
        return 1
    if id(value) not in known:
        inner = [*value, *value.values()] if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_weight(one, known) for one in inner)
    return known[id(value)]
