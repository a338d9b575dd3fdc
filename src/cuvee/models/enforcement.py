"""Fit data to a model's signature before predict, or refuse them with the column's name."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from cuvee.errors import EnforcementFailed
from cuvee.models.inference import is_sparse
from cuvee.models.nested import enforce_value, is_datatype
from cuvee.models.schema import (
    ColSpec,
    DataType,
    Object,
    ParamSchema,
    ParamSpec,
    Schema,
    TensorSpec,
)

_log = logging.getLogger(__name__)

_NUMPY = {
    DataType.boolean: "bool",
    DataType.integer: "int32",
    DataType.long: "int64",
    DataType.float: "float32",
    DataType.double: "float64",
}


def enforce_inputs(data: Any, schema: Schema) -> Any:
    """Return the data as the schema wants them: columns in order, types widened where it is safe.

    Args:
        data: frame, series, ndarray, dict, list, scalar or sparse matrix.
        schema: the signature's inputs.

    Raises:
        EnforcementFailed: a column is missing, or has a type or shape that does not fit.
    """
    if schema.is_tensor_spec():
        return _enforce_tensors(data, schema)
    return _enforce_columns(_as_frame(data, schema), schema)


def _as_frame(data: Any, schema: Schema) -> Any:
    import numpy as np
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame()
    if is_sparse(data):
        return pd.DataFrame(data.toarray())
    if isinstance(data, Mapping):
        nested = any(not is_datatype(c.type) for c in schema.inputs)
        rows = all(isinstance(v, (list, tuple, np.ndarray, pd.Series)) for v in data.values())
        return pd.DataFrame([dict(data)]) if nested or not rows else pd.DataFrame(dict(data))
    if isinstance(data, (list, tuple)):
        # Rows that are lists themselves stay in one column where the signature has one.
        one = len(schema) == 1 and not is_datatype(schema.inputs[0].type)
        unnamed = not schema.has_input_names()
        return pd.DataFrame({0: list(data)}) if one and unnamed else pd.DataFrame(list(data))
    if isinstance(data, np.ndarray) and data.ndim:
        if data.ndim > 2:
            raise EnforcementFailed(
                f"The model takes columns, but the data are an array of {data.ndim} dimensions. "
                "Give a frame, or an array with one row per example."
            )
        return pd.DataFrame(data)
    if np.isscalar(data) or isinstance(data, (dt.date, bytearray)):
        return pd.DataFrame([data])
    raise EnforcementFailed(
        f"The model takes columns {_names(schema)}, but the data are a {type(data).__name__}. Give "
        "a frame, a dict or a list."
    )


def _names(schema: Schema) -> str:
    return ", ".join(repr(n) for n in schema.input_names())


def _enforce_columns(frame: Any, schema: Schema) -> Any:
    import pandas as pd

    if not schema.has_input_names():
        if len(frame.columns) < len(schema):
            raise EnforcementFailed(
                f"The model takes {len(schema)} columns, but the data have {len(frame.columns)}."
            )
        names = list(frame.columns[: len(schema)])
    else:
        names = schema.input_names()
        missing = [n for n in schema.required_input_names() if n not in frame.columns]
        if missing:
            raise EnforcementFailed(
                f"The data lack the column{'s' * (len(missing) > 1)} "
                f"{', '.join(map(repr, missing))} that the model needs; they have "
                f"{', '.join(map(repr, frame.columns)) or 'none'}."
            )
    columns = {}
    for name, spec in zip(names, schema.inputs, strict=True):
        assert isinstance(spec, ColSpec)  # noqa: S101 - the caller told tensors apart
        columns[name] = (
            _enforce_column(frame[name], spec, name)
            if name in frame.columns
            else _empty(spec, frame.index)
        )
    return pd.DataFrame(columns, index=frame.index, columns=pd.Index(names))


def _empty(spec: ColSpec, index: Any) -> Any:
    import pandas as pd

    dtype = spec.type
    if dtype in (DataType.float, DataType.double):
        assert isinstance(dtype, DataType)  # noqa: S101 - just compared
        return pd.Series(float("nan"), index=index, dtype=_NUMPY[dtype])
    if dtype is DataType.datetime:
        return pd.Series(pd.NaT, index=index, dtype="datetime64[ns]")
    return pd.Series([None] * len(index), index=index, dtype=object)


def _enforce_column(values: Any, spec: ColSpec, name: Any) -> Any:
    import pandas as pd

    if isinstance(values, pd.DataFrame):
        raise EnforcementFailed(f"The data have several columns named {name!r}; keep one of them.")
    if not isinstance(spec.type, DataType):
        where = f"Column {name!r}"
        fitted = [enforce_value(v, spec.type, where, spec.required) for v in values]
        return pd.Series(fitted, index=values.index, name=name, dtype=values.dtype)
    if spec.type in (DataType.string, DataType.binary):
        return _enforce_text(values, spec.type, name)
    if values.dtype == object:
        values = values.infer_objects()
    if spec.type is DataType.datetime:
        return _enforce_datetime(values, name)
    return _enforce_number(values, spec.type, name)


def _mismatch(name: Any, expected: DataType, got: Any, advice: str = "") -> EnforcementFailed:
    return EnforcementFailed(
        f"Column {name!r} must be {expected}, but the data have {got}, which does not convert "
        f"without loss.{advice}"
    )


def _enforce_text(values: Any, dtype: DataType, name: Any) -> Any:
    import pandas as pd

    if isinstance(values.dtype, pd.CategoricalDtype):
        kind = pd.api.types.infer_dtype(values.cat.categories, skipna=True)
    else:
        kind = pd.api.types.infer_dtype(values, skipna=True)
    wanted = "string" if dtype is DataType.string else "bytes"
    if kind in (wanted, "empty"):
        return values
    raise _mismatch(name, dtype, values.dtype if values.dtype != object else f"{kind} values")


def _enforce_datetime(values: Any, name: Any) -> Any:
    import pandas as pd

    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values  # a zone is information: a model that was trained with it gets it
    if values.dtype.kind == "M":
        return values.astype("datetime64[ns]")
    if values.dtype == object or isinstance(values.dtype, pd.StringDtype):
        try:
            return pd.to_datetime(values).astype("datetime64[ns]")
        except (ValueError, TypeError) as e:
            raise EnforcementFailed(
                f"Column {name!r} must be datetime, but holds values that are no dates: {e}."
            ) from e
    raise _mismatch(name, DataType.datetime, values.dtype)


def _enforce_number(values: Any, dtype: DataType, name: Any) -> Any:
    import numpy as np
    import pandas as pd

    target, have = np.dtype(_NUMPY[dtype]), values.dtype
    if have == target:
        return values
    if have.kind == "O":
        return _enforce_objects(values, dtype, name)
    if pd.api.types.is_extension_array_dtype(have):
        # pandas' nullable twin of the type keeps missing values apart from NaN.
        twin = {"bool": "boolean"}.get(target.name, target.name.capitalize())
        if _widens(have, target):
            return values.astype(twin)
    elif _widens(have, target) or (
        have == np.int64 and target.kind == "f" and bool(values.isin([0, 1]).all())
    ):
        return values.astype(target)
    raise _mismatch(name, dtype, have, _advice(values, dtype))


def _enforce_objects(values: Any, dtype: DataType, name: Any) -> Any:
    """Accept a column of Python objects that pandas has no dtype for."""
    import pandas as pd

    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind == "empty" or (kind == "boolean" and dtype is DataType.boolean):
        return values
    if kind == "decimal" and dtype is DataType.double:
        return pd.to_numeric(values)
    raise _mismatch(name, dtype, f"{kind} values")


def _widens(have: Any, target: Any) -> bool:
    """Whether every value of the one type exists in the other."""
    size = getattr(have, "itemsize", 8)
    if have.kind == target.kind:
        return bool(size <= target.itemsize)
    if have.kind == "u" and target.kind == "i":
        return bool(size < target.itemsize)
    # 32-bit integers fit in the 53 bits of a double; 64-bit ones do not.
    return have.kind in "iu" and target.name == "float64" and size <= 4


def _advice(values: Any, dtype: DataType) -> str:
    holes = values.dtype.kind == "f" and bool(values.isna().any())
    if holes and dtype in (DataType.integer, DataType.long):
        return (
            " pandas turns integers with missing values into floats: fill them, or use the "
            "nullable Int64, or train with the column as float64."
        )
    if dtype in (DataType.float, DataType.double) and values.dtype.kind in "iu":
        return f" Convert it yourself: data[column].astype('{_NUMPY[dtype]}')."
    return ""


def _enforce_tensors(data: Any, schema: Schema) -> Any:
    import pandas as pd

    if schema.has_input_names():
        return {spec.name: _named_tensor(data, spec) for spec in schema.inputs}
    spec = schema.inputs[0]
    assert isinstance(spec, TensorSpec)  # noqa: S101 - the caller told columns apart
    if isinstance(data, pd.Series):
        data = data.to_frame()
    if isinstance(data, pd.DataFrame):
        one = len(data.columns) == 1
        data = _stack(data.iloc[:, 0], spec, "input") if one else data.to_numpy()
    return _enforce_tensor(data, spec, "The input", cast=True)


def _named_tensor(data: Any, spec: ColSpec | TensorSpec) -> Any:
    import pandas as pd

    assert isinstance(spec, TensorSpec)  # noqa: S101 - the caller told columns apart
    if not isinstance(data, (Mapping, pd.DataFrame)):
        raise EnforcementFailed(
            f"The model takes tensors by name, {spec.name!r} among them, but the data are a "
            f"{type(data).__name__}. Give a dict of arrays or a frame."
        )
    if spec.name not in data:
        raise EnforcementFailed(
            f"The data lack the tensor {spec.name!r} that the model needs; they have "
            f"{', '.join(map(repr, data)) or 'none'}."
        )
    values = data[spec.name]
    if isinstance(data, pd.DataFrame):
        values = _stack(values, spec, spec.name)
    return _enforce_tensor(values, spec, f"Tensor {spec.name!r}", cast=False)


def _stack(column: Any, spec: TensorSpec, name: Any) -> Any:
    """Make one array of a frame's column, whose cells are numbers or flat lists."""
    import numpy as np

    cells = column.tolist()
    typed = bool(cells) and isinstance(cells[0], np.ndarray)
    try:
        stacked = np.array(cells) if typed else np.array(cells, dtype=spec.type)
        return stacked.reshape((len(cells), *spec.shape[1:]))
    except (ValueError, TypeError) as e:
        raise EnforcementFailed(
            f"Column {name!r} must reshape to {list(spec.shape)} of {spec.dtype}, but its values "
            f"do not: {e}."
        ) from e


def _enforce_tensor(data: Any, spec: TensorSpec, where: str, *, cast: bool) -> Any:
    import numpy as np

    if isinstance(data, (list, tuple)) and cast:
        data = np.asarray(data)
    if not isinstance(data, np.ndarray) and not is_sparse(data):
        raise EnforcementFailed(
            f"{where} must be an array of {spec.dtype}, but the data are a {type(data).__name__}."
        )
    # Object arrays stand for ragged data, whose inner shape numpy does not know.
    ragged = data.dtype == object and (spec.dtype == "object" or -1 in spec.shape[1:])
    if ragged and data.ndim == 1:
        return data
    fits = data.ndim == len(spec.shape) and all(
        want in (-1, got) for want, got in zip(spec.shape, data.shape, strict=True)
    )
    if not fits:
        raise EnforcementFailed(
            f"{where} must have the shape {list(spec.shape)} (-1 is any size), but has "
            f"{list(data.shape)}."
        )
    have = TensorSpec(data.dtype, ()).dtype
    if have == spec.dtype:
        return data
    if cast and spec.dtype not in ("str", "bytes") and np.can_cast(data.dtype, spec.type, "safe"):
        return data.astype(spec.type)
    raise EnforcementFailed(
        f"{where} must hold {spec.dtype}, but holds {have}. Convert it: "
        f"data.astype({spec.dtype!r})."
    )


def enforce_params(
    params: Mapping[str, Any] | None, schema: ParamSchema | None
) -> dict[str, Any] | None:
    """Return the parameters with defaults filled in and unknown ones dropped, with a warning.

    Args:
        params: what the caller gave.
        schema: the signature's parameters.

    Raises:
        EnforcementFailed: a parameter has another type than the signature says.
    """
    if params is not None and not isinstance(params, Mapping):
        raise EnforcementFailed(f"params must be a dict, but is a {type(params).__name__}.")
    given = {str(k): v for k, v in (params or {}).items()}
    if schema is None:
        if given:
            _log.warning("The model's signature has no params: %s ignored.", ", ".join(given))
        return {} if params is not None else None
    unknown = set(given) - {p.name for p in schema}
    if unknown:
        _log.warning("The model's signature has no params named %s: ignored.", sorted(unknown))
    return {p.name: _param(given[p.name], p) if p.name in given else p.default for p in schema}


def _param(value: Any, spec: ParamSpec) -> Any:
    where = f"Parameter {spec.name!r}"
    if spec.shape is None:
        if isinstance(spec.dtype, Object) or value is None:
            return value if value is None else enforce_value(value, spec.dtype, where)
        return enforce_value(value, spec.dtype, where, widen_integers=True)
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, (list, tuple)):
        raise EnforcementFailed(
            f"{where} must be a list of {spec.dtype}, but is a {type(value).__name__}."
        )
    return [enforce_value(v, spec.dtype, where, widen_integers=True) for v in value]
