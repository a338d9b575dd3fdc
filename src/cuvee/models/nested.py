"""Fit one value to a type: scalars, arrays, objects and maps inside a column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from cuvee.errors import EnforcementFailed
from cuvee.models.inference import is_null
from cuvee.models.schema import Array, DataType, Map, Object, ValueType

_PYTHON: dict[DataType, tuple[type, ...]] = {
    DataType.boolean: (bool,),
    DataType.integer: (int,),
    DataType.long: (int,),
    DataType.float: (float,),
    DataType.double: (float,),
    DataType.string: (str,),
    DataType.binary: (bytes, bytearray),
    DataType.datetime: (dt.date,),
}


def is_datatype(dtype: Any) -> bool:
    """Whether this is a scalar type."""
    return isinstance(dtype, DataType)


def enforce_value(
    value: Any,
    dtype: ValueType,
    where: str,
    required: bool = True,
    *,
    widen_integers: bool = False,
) -> Any:
    """Return the value as the type wants it.

    Args:
        value: what the caller gave.
        dtype: what the signature says.
        where: names the column or parameter in errors.
        required: whether a missing value is refused.
        widen_integers: whether an integer will do for a float.

    Raises:
        EnforcementFailed: the value does not fit.
    """
    if isinstance(dtype, (Array, Object, Map)):
        if is_null(value) and not required:
            return None
        if isinstance(dtype, Array):
            return _array(value, dtype, where)
        if not isinstance(value, Mapping):
            raise _unfit(value, dtype, where)
        return (
            _object(value, dtype, where) if isinstance(dtype, Object) else _map(value, dtype, where)
        )
    if isinstance(dtype, DataType):
        if is_null(value) and not required:
            return None
        return _scalar(value, dtype, where, widen_integers=widen_integers)
    return value


def _unfit(value: Any, dtype: ValueType, where: str) -> EnforcementFailed:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:60] + "…"
    return EnforcementFailed(
        f"{where} must be {dtype}, but holds {shown} of class {type(value).__name__}."
    )


def _array(value: Any, dtype: Array, where: str) -> Any:
    import numpy as np

    if not isinstance(value, (list, tuple, np.ndarray)):
        raise _unfit(value, dtype, where)
    fitted = [enforce_value(v, dtype.dtype, f"{where}, item {i}") for i, v in enumerate(value)]
    return np.array(fitted) if isinstance(value, np.ndarray) else fitted


def _object(value: Mapping[str, Any], dtype: Object, where: str) -> dict[str, Any]:
    known = {p.name: p for p in dtype.properties}
    missing = [n for n, p in known.items() if p.required and n not in value]
    if missing:
        raise EnforcementFailed(f"{where} lacks the key {missing[0]!r} that the model needs.")
    extra = [k for k in value if k not in known]
    if extra:
        raise EnforcementFailed(
            f"{where} has the key {extra[0]!r}, which the model does not know. It knows "
            f"{', '.join(map(repr, known))}."
        )
    return {
        k: enforce_value(v, known[k].dtype, f"{where}, key {k!r}", known[k].required)
        for k, v in value.items()
    }


def _map(value: Mapping[str, Any], dtype: Map, where: str) -> dict[str, Any]:
    for key in value:
        if not isinstance(key, str):
            raise EnforcementFailed(f"{where} must have strings as keys, but has {key!r}.")
    return {k: enforce_value(v, dtype.value_type, f"{where}, key {k!r}") for k, v in value.items()}


def _scalar(value: Any, dtype: DataType, where: str, *, widen_integers: bool) -> Any:
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if dtype is DataType.datetime and isinstance(value, str):
        try:
            return dt.datetime.fromisoformat(value)
        except ValueError:
            raise _unfit(value, dtype, where) from None
    kinds = _PYTHON[dtype]
    if isinstance(value, bool) and bool not in kinds:
        raise _unfit(value, dtype, where)
    if isinstance(value, kinds):
        given: Any = value
        if dtype is DataType.integer and not -(2**31) <= given < 2**31:
            raise _unfit(value, dtype, where)
        return value
    # Small integers are exact in every float, as they are in columns.
    exact = isinstance(value, int) and (widen_integers or value in (0, 1))
    if exact and dtype in (DataType.float, DataType.double):
        return float(value)
    raise _unfit(value, dtype, where)
