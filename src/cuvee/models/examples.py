"""Input examples: written beside the model, and read back as they were given."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cuvee.errors import InvalidParameter
from cuvee.models.directory import inside
from cuvee.models.inference import is_null, is_sparse

EXAMPLE = "input_example.json"
SERVING = "serving_input_example.json"


def split_params(example: Any) -> tuple[Any, dict[str, Any] | None]:
    """Take ``(data, params)`` apart; anything else is data alone."""
    if isinstance(example, tuple):
        if len(example) == 2 and isinstance(example[1], dict):
            return example
        raise InvalidParameter(
            "An input example that is a tuple must be (data, params), with params a dict."
        )
    return example, None


def write_example(root: Path, example: Any) -> dict[str, Any]:
    """Write both example files.

    Args:
        root: the model's directory.
        example: frame, ndarray, dict of ndarrays, sparse matrix, JSON value; or with params.

    Returns:
        ``saved_input_example_info`` for MLmodel.

    Raises:
        InvalidParameter: an example of this kind cannot be written.
    """
    data, params = split_params(example)
    kind, content, serving = _content(data)
    info = {"artifact_path": EXAMPLE, "serving_input_path": SERVING, **kind}
    if params is not None:
        info["params"] = "true"
        plain = _json(params)
        content, serving = {"inputs": content, "params": plain}, {**serving, "params": plain}
    (root / EXAMPLE).write_text(json.dumps(content), encoding="utf-8")
    (root / SERVING).write_text(json.dumps(serving, indent=2), encoding="utf-8")
    return info


def _content(data: Any) -> tuple[dict[str, str], Any, dict[str, Any]]:
    import numpy as np
    import pandas as pd

    if isinstance(data, pd.Series):
        raise InvalidParameter(
            "A series does not say whether it is a row or a column. Give a frame: "
            "series.to_frame() or series.to_frame().T."
        )
    if isinstance(data, pd.DataFrame):
        rows = [[_json(v) for v in row] for row in data.astype(object).to_numpy().tolist()]
        if data.columns.equals(pd.RangeIndex(len(data.columns))):
            found: dict[str, Any] = {"data": rows}
            return _frame("values"), found, {"dataframe_split": found}
        found = {"columns": [_json(c) for c in data.columns], "data": rows}
        return _frame("split"), found, {"dataframe_split": found}
    if is_sparse(data):
        parts = {k: getattr(data, k).tolist() for k in ("data", "indices", "indptr")}
        sparse = {"type": f"sparse_matrix_{data.format}"}
        return sparse, {**parts, "shape": list(data.shape)}, {"inputs": data.toarray().tolist()}
    arrays = isinstance(data, Mapping) and all(isinstance(v, np.ndarray) for v in data.values())
    kind = "ndarray" if isinstance(data, np.ndarray) or (arrays and data) else "json_object"
    plain = _json(data)
    return {"type": kind}, plain, {"inputs": plain}


def _frame(orient: str) -> dict[str, str]:
    return {"type": "dataframe", "pandas_orient": orient}


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(v) for v in value]
    if isinstance(value, (bytes, bytearray)):
        return base64.encodebytes(bytes(value)).decode("ascii")
    if isinstance(value, (str, bool, int, float)) or value is None:
        return value
    if is_null(value):  # NaT and NA, which JSON has no other word for
        return None
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if hasattr(value, "dtype") and value.dtype.kind == "M":
        return _json(value.astype("datetime64[us]").tolist())
    if hasattr(value, "tolist"):
        return _json(value.tolist())
    raise InvalidParameter(
        f"An input example cannot hold a {type(value).__name__}. Use frames, arrays, dicts, lists, "
        "strings, bytes, numbers, booleans or dates."
    )


def read_example(root: Path, info: Mapping[str, Any] | None) -> Any:
    """Read the example that MLmodel names, without its params; None if there is none.

    Args:
        root: the model's directory.
        info: ``saved_input_example_info``.

    Raises:
        InvalidParameter: the file leads out of the directory, or is missing.
    """
    if not info:
        return None
    text = inside(root, info.get("artifact_path")).read_text(encoding="utf-8")
    content = json.loads(text)
    if info.get("params") in ("true", True):
        content = content["inputs"]
    return _parse(content, str(info.get("type")))


def _parse(content: Any, kind: str) -> Any:
    import numpy as np
    import pandas as pd

    if kind == "dataframe":
        return pd.DataFrame(content["data"], columns=content.get("columns"))
    if kind == "ndarray":
        if isinstance(content, dict):
            return {k: np.array(v) for k, v in content.items()}
        return np.array(content)
    if kind in ("sparse_matrix_csr", "sparse_matrix_csc"):
        import scipy.sparse

        make = getattr(scipy.sparse, f"{kind[-3:]}_matrix")
        parts = (content["data"], content["indices"], content["indptr"])
        return make(parts, shape=tuple(content["shape"]))
    return content
