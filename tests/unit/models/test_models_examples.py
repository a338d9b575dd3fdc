"""Input examples are written as MLflow writes them, and read back as they were given."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from cuvee.errors import InvalidParameter
from cuvee.models.examples import read_example, write_example

NEW_YEAR = dt.datetime(2020, 1, 1)  # noqa: DTZ001 - signatures know no zones
FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
SPLIT = {"columns": ["a", "b"], "data": [[1.0, "x"], [2.0, "y"]]}
EYE = {"data": [1.0, 1.0], "indices": [0, 1], "indptr": [0, 1, 2], "shape": [2, 2]}


@pytest.mark.parametrize(
    ("example", "kind", "content", "serving"),
    [
        (FRAME, "dataframe", SPLIT, {"dataframe_split": SPLIT}),
        (pd.DataFrame([[1, 2]]), "dataframe", {"data": [[1, 2]]}, None),
        (np.zeros((1, 2)), "ndarray", [[0.0, 0.0]], {"inputs": [[0.0, 0.0]]}),
        ({"x": np.zeros(1)}, "ndarray", {"x": [0.0]}, {"inputs": {"x": [0.0]}}),
        (sp.csr_matrix(np.eye(2)), "sparse_matrix_csr", EYE, None),
        (sp.csc_matrix(np.eye(2)), "sparse_matrix_csc", EYE, None),
        ({"a": [1]}, "json_object", {"a": [1]}, {"inputs": {"a": [1]}}),
        ("s", "json_object", "s", {"inputs": "s"}),
        (b"ab", "json_object", "YWI=\n", {"inputs": "YWI=\n"}),
        (NEW_YEAR, "json_object", "2020-01-01T00:00:00", None),
        (
            ([1], {"n": 2}),
            "json_object",
            {"inputs": [1], "params": {"n": 2}},
            {"inputs": [1], "params": {"n": 2}},
        ),
        (
            (FRAME, {"n": 2}),
            "dataframe",
            {"inputs": SPLIT, "params": {"n": 2}},
            {"dataframe_split": SPLIT, "params": {"n": 2}},
        ),
    ],
)
def test_an_example_of_each_kind_is_written_and_read_back(
    tmp_path: Path, example: Any, kind: str, content: Any, serving: Any
) -> None:
    info = write_example(tmp_path, example)
    assert info["type"] == kind
    assert json.loads((tmp_path / "input_example.json").read_text()) == content
    if serving is not None:
        assert json.loads((tmp_path / "serving_input_example.json").read_text()) == serving
    again = read_example(tmp_path, info)
    data = example[0] if isinstance(example, tuple) else example
    if isinstance(data, pd.DataFrame):
        assert again.to_dict() == data.to_dict()
    elif sp.issparse(data):
        assert again.format == data.format
        assert again.toarray().tolist() == data.toarray().tolist()
    elif kind == "ndarray":
        np.testing.assert_equal(again, data)
    else:
        assert again == (content["inputs"] if isinstance(example, tuple) else content)


def test_odd_values_of_a_frame_are_written(tmp_path: Path) -> None:
    times = pd.Series(["2020-01-01", None], dtype="datetime64[ns]")
    write_example(tmp_path, pd.DataFrame({"t": times, "b": [b"xy", None], "n": [1.5, np.nan]}))
    text = (tmp_path / "input_example.json").read_text()
    assert text == (
        '{"columns": ["t", "b", "n"], "data": [["2020-01-01T00:00:00", "eHk=\\n", 1.5], '
        "[null, null, NaN]]}"
    )


@pytest.mark.parametrize("example", [pd.Series([1]), object(), (1, 2), [object()]])
def test_an_example_that_cannot_be_written_is_refused(tmp_path: Path, example: Any) -> None:
    with pytest.raises(InvalidParameter):
        write_example(tmp_path, example)


def test_an_example_outside_the_model_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="outside"):
        read_example(tmp_path, {"artifact_path": "../../etc/passwd", "type": "json_object"})
