"""Read a schema off data: frames, arrays, dicts, lists, scalars and sparse matrices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from cuvee.errors import InvalidParameter
from cuvee.models.schema import (
    AnyType,
    Array,
    ColSpec,
    DataType,
    Object,
    ParamSchema,
    ParamSpec,
    Property,
    Schema,
    TensorSpec,
    ValueType,
)

_BY_CLASS: dict[type, DataType] = {
    bool: DataType.boolean,
    int: DataType.long,
    float: DataType.double,
    str: DataType.string,
    bytes: DataType.binary,
    bytearray: DataType.binary,
    dt.datetime: DataType.datetime,
    dt.date: DataType.datetime,
}


def infer_schema(data: Any) -> Schema:
    """Return the schema that the data fit.

    Args:
        data: frame, series, ndarray, dict of ndarrays, sparse matrix, dict, list or scalar.

    Raises:
        InvalidParameter: data of this kind cannot be described.
    """
    import numpy as np
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return Schema([_column(data[name], name) for name in data.columns])
    if isinstance(data, pd.Series):
        return Schema([_column(data, data.name)])
    if isinstance(data, np.ndarray) or is_sparse(data):
        return Schema([_tensor(data)])
    if isinstance(data, Mapping):
        if data and all(isinstance(v, np.ndarray) for v in data.values()):
            return Schema([_tensor(v, name) for name, v in data.items()])
        return Schema([_key(name, value) for name, value in data.items()])
    if isinstance(data, (list, tuple)):
        if data and all(isinstance(v, Mapping) for v in data):
            merged = infer_type(data)
            if isinstance(merged, Object):
                return Schema([ColSpec(p.dtype, p.name, p.required) for p in merged.properties])
        return Schema([ColSpec(infer_type(data))])
    return Schema([ColSpec(_type_of(data))])


def is_sparse(data: Any) -> bool:
    """Whether this is a scipy CSR or CSC matrix, told without importing scipy."""
    kind = type(data)
    return kind.__module__.startswith("scipy.sparse") and getattr(data, "format", "") in (
        "csr",
        "csc",
    )


def _tensor(data: Any, name: Any = None) -> TensorSpec:
    # The first dimension counts the rows, so it is never part of the contract.
    return TensorSpec(data.dtype, (-1, *data.shape[1:]) if data.shape else (), name)


def _key(name: Any, value: Any) -> ColSpec:
    if is_null(value):
        return ColSpec(AnyType(), name, required=False)
    return ColSpec(_type_of(value), name)


def _column(values: Any, name: Any) -> ColSpec:
    import pandas as pd

    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.dtype.categories.dtype)
    required = not bool(values.isna().any())
    dtype = column_type(values.dtype)
    if dtype is None:
        present = [v for v in values if not is_null(v)]
        if not present:
            return ColSpec(AnyType(), name, required=False)
        dtype = infer_type(present)
    return ColSpec(dtype, name, required)


def column_type(dtype: Any) -> ValueType | None:
    """Return the type of a column with this dtype, None where the values must tell."""
    import pandas as pd

    kind, size = dtype.kind, getattr(dtype, "itemsize", 8)
    if isinstance(dtype, pd.StringDtype):
        return DataType.string
    if kind == "O":
        return None
    if kind == "b":
        return DataType.boolean
    if (kind == "i" and size <= 4) or (kind == "u" and size < 4):
        return DataType.integer
    if kind == "i" or (kind == "u" and size == 4):
        return DataType.long
    if kind == "f":
        return DataType.float if size <= 4 else DataType.double
    return {"M": DataType.datetime, "U": DataType.string, "S": DataType.binary}.get(kind, AnyType())


def is_null(value: Any) -> bool:
    """Whether this stands for a missing value: None, NaN, NaT or NA."""
    if value is None:
        return True
    import pandas as pd

    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def infer_type(values: Iterable[Any]) -> ValueType:
    """Return the one type that all values have, ``any`` where they differ.

    Args:
        values: the values; missing ones are passed over.

    Raises:
        InvalidParameter: values of this class cannot be described.
    """
    found: ValueType | None = None
    for value in values:
        if is_null(value):
            continue
        each = _type_of(value)
        found = each if found is None else _merge(found, each)
    return AnyType() if found is None else found


def _type_of(value: Any) -> ValueType:
    import numpy as np

    if isinstance(value, np.ndarray):
        inner: ValueType = column_type(value.dtype) or infer_type(value.ravel().tolist())
        for _ in range(max(value.ndim, 1)):
            inner = Array(inner)
        return inner
    if isinstance(value, np.generic):
        return column_type(value.dtype) or AnyType()
    if isinstance(value, Mapping):
        return Object([_property(str(k), v) for k, v in value.items()]) if value else AnyType()
    if isinstance(value, (list, tuple)):
        return Array(infer_type(value)) if value else AnyType()
    for cls in type(value).__mro__:
        if cls in _BY_CLASS:
            return _BY_CLASS[cls]
    raise InvalidParameter(
        f"Cannot describe a value of class {type(value).__name__} in a signature. Use frames, "
        "arrays, dicts, lists, strings, bytes, numbers, booleans or dates."
    )


def _property(name: str, value: Any) -> Property:
    if is_null(value):
        return Property(name, AnyType(), required=False)
    return Property(name, _type_of(value))


def _merge(a: ValueType, b: ValueType) -> ValueType:
    if a == b:
        return a
    if isinstance(a, Array) and isinstance(b, Array):
        return Array(_merge_known(a.dtype, b.dtype))
    if isinstance(a, Object) and isinstance(b, Object):
        left = {p.name: p for p in a.properties}
        right = {p.name: p for p in b.properties}
        return Object([_merge_property(left.get(n), right.get(n)) for n in {**left, **right}])
    return AnyType()


def _merge_known(a: ValueType, b: ValueType) -> ValueType:
    # An empty list or a null says nothing about the type, so the other one decides.
    if isinstance(a, AnyType):
        return b
    return a if isinstance(b, AnyType) else _merge(a, b)


def _merge_property(a: Property | None, b: Property | None) -> Property:
    if a is None or b is None:
        only = a or b
        assert only is not None  # noqa: S101 - one of the two named it
        return Property(only.name, only.dtype, required=False)
    null = not (a.required and b.required)
    dtype = _merge_known(a.dtype, b.dtype) if null else _merge(a.dtype, b.dtype)
    return Property(a.name, dtype, required=not null)


def infer_params(params: Mapping[str, Any]) -> ParamSchema:
    """Return the schema of ``predict``'s parameters, with the values given as defaults.

    Raises:
        InvalidParameter: a value is None, bytes, or a list of unlike values.
    """
    return ParamSchema([_param(name, value) for name, value in params.items()])


def _param(name: str, value: Any) -> ParamSpec:
    many = isinstance(value, (list, tuple)) or getattr(value, "ndim", 0) == 1
    dtype = infer_type(value) if many else _key(name, value).type
    if (
        isinstance(dtype, AnyType)
        or dtype is DataType.binary
        or not isinstance(dtype, (DataType, Object))
    ):
        raise InvalidParameter(
            f"Cannot infer a type for the parameter {name!r} from its default {value!r}. Give a "
            "string, number, boolean, date or dict, or a list of values of one such type."
        )
    if many:
        return ParamSpec(name, dtype, [_native(v) for v in value], (-1,))
    return ParamSpec(name, dtype, _native(value))


def _native(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
