"""Column, tensor and parameter types as a model's signature spells them in JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from cuvee.errors import InvalidParameter


class DataType(Enum):
    """Scalar types; the value is the name in JSON."""

    boolean = "boolean"
    integer = "integer"
    long = "long"
    float = "float"
    double = "double"
    string = "string"
    binary = "binary"
    datetime = "datetime"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class AnyType:
    """Accepts every value."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {"type": "any"}

    def __str__(self) -> str:
        return "any"


@dataclass(frozen=True)
class OtherType:
    """A type that Cuvee does not know: kept as it was read, and never enforced."""

    raw: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object as it was read."""
        return dict(self.raw)

    def __str__(self) -> str:
        return str(self.raw.get("type"))


@dataclass(frozen=True)
class Array:
    """A list whose items share one type.

    Args:
        dtype: type of the items.
    """

    dtype: Any  # ValueType; a scalar's name is turned into one

    def __post_init__(self) -> None:
        object.__setattr__(self, "dtype", as_type(self.dtype))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {"type": "array", "items": type_to_dict(self.dtype)}

    def __str__(self) -> str:
        return f"array of {self.dtype}"


@dataclass(frozen=True)
class Map:
    """A dict with free keys whose values share one type.

    Args:
        value_type: type of the values.
    """

    value_type: Any

    def __post_init__(self) -> None:
        object.__setattr__(self, "value_type", as_type(self.value_type))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {"type": "map", "values": type_to_dict(self.value_type)}

    def __str__(self) -> str:
        return f"map of {self.value_type}"


@dataclass(frozen=True)
class Property:
    """One named value of an object."""

    name: str
    dtype: Any
    required: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "dtype", as_type(self.dtype))

    def to_dict(self) -> dict[str, Any]:
        """Return ``{name: {...}}``."""
        return {self.name: {**type_to_dict(self.dtype), "required": self.required}}


@dataclass(frozen=True)
class Object:
    """A dict with known keys.

    Args:
        properties: the keys; kept sorted by name, so that equal objects are equal JSON.
    """

    properties: Sequence[Property]

    def __post_init__(self) -> None:
        object.__setattr__(self, "properties", tuple(sorted(self.properties, key=lambda p: p.name)))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object."""
        found = {name: spec for p in self.properties for name, spec in p.to_dict().items()}
        return {"type": "object", "properties": found}

    def __str__(self) -> str:
        inner = ", ".join(f"{p.name}: {p.dtype}" for p in self.properties)
        return f"object {{{inner}}}"


ValueType: TypeAlias = "DataType | Array | Object | Map | AnyType | OtherType"


def as_type(given: ValueType | str) -> ValueType:
    """Accept a type or the name of a scalar type.

    Raises:
        InvalidParameter: no scalar type has this name.
    """
    if not isinstance(given, str):
        return given
    try:
        return DataType(given)
    except ValueError:
        known = ", ".join(t.value for t in DataType)
        raise InvalidParameter(f"Unknown type {given!r}. Use one of: {known}.") from None


def type_to_dict(dtype: ValueType) -> dict[str, Any]:
    """Return the JSON object that stands for a type."""
    return {"type": dtype.value} if isinstance(dtype, DataType) else dtype.to_dict()


def type_from_dict(raw: Mapping[str, Any]) -> ValueType:
    """Read a type from its JSON object; a type that Cuvee does not know is kept as it is."""
    kind = raw.get("type")
    if kind == "array":
        return Array(type_from_dict(raw["items"]))
    if kind == "map":
        return Map(type_from_dict(raw["values"]))
    if kind == "object":
        return Object(
            [
                Property(name, type_from_dict(spec), _required(spec))
                for name, spec in raw["properties"].items()
            ]
        )
    if kind == "any":
        return AnyType()
    if kind in DataType._value2member_map_:
        return DataType(kind)
    return OtherType({k: v for k, v in raw.items() if k not in ("name", "required")})


def _required(raw: Mapping[str, Any]) -> bool:
    # Models of 2023 say "optional": true where later ones say "required": false.
    return bool(raw.get("required", not raw.get("optional", False)))


@dataclass(frozen=True)
class ColSpec:
    """One column.

    Args:
        type: its type, or the name of a scalar type.
        name: absent for the single unnamed column of a list or a scalar.
        required: whether data without the column are refused.
    """

    type: Any
    name: str | int | None = None
    required: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", as_type(self.type))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object."""
        named = {} if self.name is None else {"name": self.name}
        return {**type_to_dict(self.type), **named, "required": self.required}


@dataclass(frozen=True, init=False)
class TensorSpec:
    """One tensor.

    Args:
        type: numpy dtype, or its name.
        shape: sizes; -1 where any size will do.
        name: absent for a single unnamed tensor.
    """

    dtype: str
    shape: tuple[int, ...]
    name: str | int | None = None

    def __init__(self, type: Any, shape: Sequence[int], name: str | int | None = None) -> None:  # noqa: A002 - MLflow's name
        object.__setattr__(self, "dtype", dtype_name(type))
        object.__setattr__(self, "shape", tuple(int(n) for n in shape))
        object.__setattr__(self, "name", name)

    @property
    def type(self) -> Any:
        """The numpy dtype."""
        import numpy as np

        return np.dtype(self.dtype)

    @property
    def required(self) -> bool:
        """Tensors are always required."""
        return True

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object."""
        named = {} if self.name is None else {"name": self.name}
        spec = {"dtype": self.dtype, "shape": list(self.shape)}
        return {**named, "type": "tensor", "tensor-spec": spec}


def dtype_name(dtype: Any) -> str:
    """Return a numpy dtype's name without the width of strings (``<U5`` is ``str``)."""
    if isinstance(dtype, str):
        return dtype
    import numpy as np

    found = np.dtype(dtype)
    return {"U": "str", "S": "bytes"}.get(found.kind, str(found.name))


@dataclass(frozen=True)
class Schema:
    """The inputs or outputs of a model: all columns or all tensors.

    Args:
        inputs: the columns or tensors, in order.

    Raises:
        InvalidParameter: columns and tensors are mixed, or only some have names.
    """

    inputs: Sequence[ColSpec | TensorSpec] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", tuple(self.inputs))
        tensors = sum(isinstance(i, TensorSpec) for i in self.inputs)
        if not self.inputs:
            raise InvalidParameter("A schema needs at least one column or tensor.")
        if tensors not in (0, len(self.inputs)):
            raise InvalidParameter("A schema holds columns or tensors, not both.")
        named = sum(i.name is not None for i in self.inputs)
        if named not in (0, len(self.inputs)):
            raise InvalidParameter("Give a name to every column or tensor of a schema, or to none.")
        if tensors > 1 and not named:
            raise InvalidParameter("A schema of several tensors needs a name for each of them.")

    def __len__(self) -> int:
        return len(self.inputs)

    def __iter__(self) -> Iterator[ColSpec | TensorSpec]:
        return iter(self.inputs)

    def is_tensor_spec(self) -> bool:
        """Whether the schema holds tensors."""
        return isinstance(self.inputs[0], TensorSpec)

    def has_input_names(self) -> bool:
        """Whether columns or tensors have names."""
        return self.inputs[0].name is not None

    def input_names(self) -> list[str | int]:
        """Names in order; positions where there are none."""
        return [i if spec.name is None else spec.name for i, spec in enumerate(self.inputs)]

    def required_input_names(self) -> list[str | int]:
        """Names that must be there."""
        return [n for n, s in zip(self.input_names(), self.inputs, strict=True) if s.required]

    def optional_input_names(self) -> list[str | int]:
        """Names that may be missing."""
        return [n for n, s in zip(self.input_names(), self.inputs, strict=True) if not s.required]

    def input_types(self) -> list[Any]:
        """Types in order."""
        return [spec.type for spec in self.inputs]

    def input_dict(self) -> dict[str | int, ColSpec | TensorSpec]:
        """The columns or tensors by name."""
        return dict(zip(self.input_names(), self.inputs, strict=True))

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the JSON list."""
        return [spec.to_dict() for spec in self.inputs]

    def to_json(self) -> str:
        """Return the JSON text."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> Schema:
        """Read the JSON text.

        Raises:
            InvalidParameter: it is not the JSON of a schema.
        """
        try:
            return cls([_spec_from_dict(raw) for raw in json.loads(text)])
        except (ValueError, TypeError, KeyError, AttributeError) as e:
            raise InvalidParameter(f"This is not the JSON of a schema: {text[:200]!r}.") from e

    def __repr__(self) -> str:
        parts = []
        for spec in self.inputs:
            name = "" if spec.name is None else f"{spec.name!r}: "
            if isinstance(spec, TensorSpec):
                parts.append(f"{name}tensor {spec.dtype}{list(spec.shape)}")
            else:
                parts.append(f"{name}{spec.type} ({'required' if spec.required else 'optional'})")
        return f"[{', '.join(parts)}]"


def _spec_from_dict(raw: Mapping[str, Any]) -> ColSpec | TensorSpec:
    if raw["type"] == "tensor":
        spec = raw["tensor-spec"]
        return TensorSpec(spec["dtype"], spec["shape"], raw.get("name"))
    return ColSpec(type_from_dict(raw), raw.get("name"), _required(raw))


@dataclass(frozen=True)
class ParamSpec:
    """One parameter of ``predict``.

    Args:
        name: its key in ``params``.
        dtype: a scalar type or an object.
        default: value when the caller gives none.
        shape: ``(-1,)`` for a list, None for a single value.
    """

    name: str
    dtype: Any
    default: Any = None
    shape: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "dtype", as_type(self.dtype))
        if self.shape is not None:
            object.__setattr__(self, "shape", tuple(self.shape))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object."""
        shape = None if self.shape is None else list(self.shape)
        plain = {"name": self.name, "default": _plain(self.default), "shape": shape}
        return {**plain, **type_to_dict(self.dtype)}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> ParamSpec:
        """Read the JSON object."""
        # 2023's first models with params named the type "dtype".
        dtype = type_from_dict({**raw, "type": raw.get("type", raw.get("dtype"))})
        default = raw["default"]
        if dtype is DataType.datetime and default is not None:
            many = isinstance(default, list)
            default = [_parse_time(v) for v in default] if many else _parse_time(default)
        shape = raw.get("shape")
        return cls(raw["name"], dtype, default, None if shape is None else tuple(shape))


def _parse_time(value: Any) -> Any:
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return value.tolist() if hasattr(value, "tolist") else value


@dataclass(frozen=True)
class ParamSchema:
    """The parameters that ``predict`` takes.

    Raises:
        InvalidParameter: two of them have the same name.
    """

    params: Sequence[ParamSpec]

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", tuple(self.params))
        names = [p.name for p in self.params]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise InvalidParameter(f"Parameters are named twice: {', '.join(twice)}.")

    def __len__(self) -> int:
        return len(self.params)

    def __iter__(self) -> Iterator[ParamSpec]:
        return iter(self.params)

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the JSON list."""
        return [p.to_dict() for p in self.params]

    def to_json(self) -> str:
        """Return the JSON text."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> ParamSchema:
        """Read the JSON text.

        Raises:
            InvalidParameter: it is not the JSON of parameters.
        """
        try:
            return cls([ParamSpec.from_dict(raw) for raw in json.loads(text)])
        except (ValueError, TypeError, KeyError, AttributeError) as e:
            raise InvalidParameter(f"This is not the JSON of parameters: {text[:200]!r}.") from e
