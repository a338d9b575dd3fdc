"""Whether callers of one model can call another, by what their signatures say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from cuvee import foreign_yaml

Part = Literal["inputs", "outputs", "params"]
Signature = Mapping[str, Any]
"""``inputs``, ``outputs`` and ``params`` as MLmodel holds them: JSON texts, or None."""

_Breaking = Callable[[str, Any, Any, bool], str]
"""Says why callers break: a name, its old and new spec, whether the old signature has the part."""

_WIDER = {"integer": {"long", "double"}, "float": {"double"}}
"""Scalar types -> those that take their values unchanged."""


class Change(Struct, frozen=True, kw_only=True):
    """A column, or a param, of two signatures.

    Args:
        part: ``inputs``, ``outputs`` or ``params``.
        name: the column's; its place where columns have no names.
        before, after: its type; None where it is not there.
        breaks: why callers of the old one break; empty when they do not.
    """

    part: Part
    name: str
    before: str | None = None
    after: str | None = None
    breaks: str = ""

    @property
    def differs(self) -> bool:
        """Whether it is not the same in both."""
        return self.before != self.after or bool(self.breaks)


def breaks(old: Signature, new: Signature) -> list[str]:
    """Return what would break for callers of ``old`` that call ``new`` instead; empty for nothing.

    What the old model takes the new one must take: it may ignore inputs and accept wider types,
    but not require more. What the old one gives the new one must give.

    Raises:
        ValueError: a signature is not the JSON of one.
    """
    return [change.breaks for change in changes(old, new) if change.breaks]


def changes(old: Signature, new: Signature) -> list[Change]:
    """Return the columns and params of two signatures, those that are the same among them.

    Raises:
        ValueError: a signature is not the JSON of one.
    """
    try:
        return [
            change
            for part, breaking in _PARTS.items()
            for change in _changes(part, _specs(old, part), _specs(new, part), breaking)
        ]
    except (TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise ValueError(f"not a signature: {problem}") from None


def _specs(signature: Signature, part: str) -> dict[str, Any]:
    raw = signature.get(part)
    listed = json.loads(raw) if isinstance(raw, str) and raw else []
    foreign_yaml.check(listed)
    return {str(spec.get("name", place)): spec for place, spec in enumerate(listed or [])}


def _changes(
    part: Part, old: dict[str, Any], new: dict[str, Any], breaking: _Breaking
) -> Iterator[Change]:
    """Compare all columns of a part: those of the old signature first, in its order."""
    for name in dict.fromkeys((*old, *new)):
        held, spec = old.get(name), new.get(name)
        yield Change(
            part=part,
            name=name,
            before=None if held is None else described(held),
            after=None if spec is None else described(spec),
            breaks=breaking(name, held, spec, bool(old)),
        )


def _input(name: str, held: Any, spec: Any, known: bool) -> str:
    if spec is None:
        return ""
    if held is None:
        return f"input {name!r} is required now" if known and _required(spec) else ""
    if not _takes(spec, held):
        return f"input {name!r} was {_shown(held)} and is {_shown(spec)}"
    if _required(spec) and not _required(held):
        return f"input {name!r} was optional and is required now"
    return ""


def _output(name: str, held: Any, spec: Any, known: bool) -> str:  # noqa: ARG001  # see _Breaking
    if held is None:
        return ""
    if spec is None:
        return f"output {name!r} is gone"
    if not _takes(held, spec):
        return f"output {name!r} was {_shown(held)} and is {_shown(spec)}"
    if _required(held) and not _required(spec):
        return f"output {name!r} may be missing now"
    return ""


def _param(name: str, held: Any, spec: Any, known: bool) -> str:  # noqa: ARG001  # see _Breaking
    if held is None:
        return ""
    if spec is None:
        return f"param {name!r} is gone"
    if not _takes(spec, held) or spec.get("shape") != held.get("shape"):
        return f"param {name!r} was {_shown(held)} and is {_shown(spec)}"
    return ""


_PARTS: dict[Part, _Breaking] = {"inputs": _input, "outputs": _output, "params": _param}


def _required(spec: Mapping[str, Any]) -> bool:
    return bool(spec.get("required", not spec.get("optional", False)))


def _takes(spec: Mapping[str, Any], held: Mapping[str, Any]) -> bool:
    """Say whether every value of ``held`` is one of ``spec``."""
    kind, other = spec["type"], held["type"]
    if kind == "any":
        return True
    if kind != other:
        return kind in _WIDER.get(other, ())
    if kind == "tensor":
        mine, theirs = spec["tensor-spec"], held["tensor-spec"]
        sizes = zip(mine["shape"], theirs["shape"], strict=False)
        return (
            mine["dtype"] == theirs["dtype"]
            and len(mine["shape"]) == len(theirs["shape"])
            and all(m in (-1, t) for m, t in sizes)
        )
    if kind == "array":
        return _takes(spec["items"], held["items"])
    if kind == "map":
        return _takes(spec["values"], held["values"])
    if kind == "object":
        mine, theirs = spec["properties"], held["properties"]
        names = dict.fromkeys((*theirs, *mine))
        return not any(
            _input(name, theirs.get(name), mine.get(name), bool(theirs)) for name in names
        )
    return bool(kind in _WIDER or kind in _SCALARS or spec == held)


_SCALARS = {"boolean", "long", "double", "string", "binary", "datetime"}


def _shown(spec: Mapping[str, Any]) -> str:
    if spec["type"] == "tensor":
        tensor = spec["tensor-spec"]
        return f"tensor {tensor['dtype']}{tensor['shape']}"
    return str(spec["type"])


def described(spec: Mapping[str, Any]) -> str:
    """Write a column's or param's type in full: ``array of long``, ``double, optional``."""
    text = _whole(spec)
    if "default" in spec:
        shape = spec.get("shape")
        text += f"{list(shape) if shape else ''} = {json.dumps(spec['default'])}"
    elif not _required(spec):
        text += ", optional"
    return text


def _whole(spec: Mapping[str, Any]) -> str:
    kind = spec["type"]
    if kind == "array":
        return f"array of {_whole(spec['items'])}"
    if kind == "map":
        return f"map of {_whole(spec['values'])}"
    if kind == "object":
        inner = (f"{name}: {described(each)}" for name, each in spec["properties"].items())
        return f"object {{{'; '.join(inner)}}}"
    return _shown(spec)
