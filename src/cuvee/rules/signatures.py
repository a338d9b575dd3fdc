"""Whether callers of one model can call another, by what their signatures say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Signature = Mapping[str, Any]
"""``inputs``, ``outputs`` and ``params`` as MLmodel holds them: JSON texts, or None."""

_WIDER = {"integer": {"long", "double"}, "float": {"double"}}
"""Scalar types -> those that take their values unchanged."""


def breaks(old: Signature, new: Signature) -> list[str]:
    """Return what would break for callers of ``old`` that call ``new`` instead; empty for nothing.

    What the old model takes the new one must take: it may ignore inputs and accept wider types,
    but not require more. What the old one gives the new one must give.

    Raises:
        ValueError: a signature is not the JSON of one.
    """
    try:
        return [
            *_inputs(_specs(old, "inputs"), _specs(new, "inputs")),
            *_outputs(_specs(old, "outputs"), _specs(new, "outputs")),
            *_params(_specs(old, "params"), _specs(new, "params")),
        ]
    except (TypeError, KeyError, AttributeError) as problem:
        raise ValueError(f"not a signature: {problem}") from None


def _specs(signature: Signature, part: str) -> dict[str, Any]:
    raw = signature.get(part)
    listed = json.loads(raw) if isinstance(raw, str) and raw else []
    return {str(spec.get("name", place)): spec for place, spec in enumerate(listed)}


def _inputs(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    found = []
    for name, spec in new.items():
        held = old.get(name)
        if held is None:
            if old and _required(spec):
                found.append(f"input {name!r} is required now")
        elif not _takes(spec, held):
            found.append(f"input {name!r} was {_shown(held)} and is {_shown(spec)}")
        elif _required(spec) and not _required(held):
            found.append(f"input {name!r} was optional and is required now")
    return found


def _outputs(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    found = []
    for name, held in old.items():
        spec = new.get(name)
        if spec is None:
            found.append(f"output {name!r} is gone")
        elif not _takes(held, spec):
            found.append(f"output {name!r} was {_shown(held)} and is {_shown(spec)}")
        elif _required(held) and not _required(spec):
            found.append(f"output {name!r} may be missing now")
    return found


def _params(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    found = []
    for name, held in old.items():
        spec = new.get(name)
        if spec is None:
            found.append(f"param {name!r} is gone")
        elif not _takes(spec, held) or spec.get("shape") != held.get("shape"):
            found.append(f"param {name!r} was {_shown(held)} and is {_shown(spec)}")
    return found


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
        return not _inputs(theirs, mine)
    return bool(kind in _WIDER or kind in _SCALARS or spec == held)


_SCALARS = {"boolean", "long", "double", "string", "binary", "datetime"}


def _shown(spec: Mapping[str, Any]) -> str:
    if spec["type"] == "tensor":
        tensor = spec["tensor-spec"]
        return f"tensor {tensor['dtype']}{tensor['shape']}"
    return str(spec["type"])
