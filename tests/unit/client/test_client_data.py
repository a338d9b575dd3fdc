"""Datasets are described by content, source and shape."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from cuvee.data import from_numpy, from_pandas
from cuvee.errors import InvalidParameter


def test_the_digest_follows_the_content() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]})

    assert from_pandas(frame).digest == from_pandas(frame.copy()).digest
    assert from_pandas(frame).digest != from_pandas(frame.rename(columns={"a": "c"})).digest
    assert from_pandas(frame).digest != from_pandas(frame[::-1]).digest
    assert from_pandas(frame, digest="given").digest == "given"
    assert from_numpy(np.ones(3)).digest != from_numpy(np.ones((3, 1))).digest
    assert from_numpy(np.ones(3), targets=np.ones(1)).digest != from_numpy(np.ones(3)).digest


def test_cells_of_any_kind_have_a_digest() -> None:
    frame = pd.DataFrame({"a": [[1], [2]], "b": [{"k": 1}, {}]})

    assert len(from_pandas(frame).digest) == 16


def test_a_frame_becomes_what_mlflow_records() -> None:
    entity = from_pandas(
        pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]}), source="https://x/y.csv", name="n"
    ).to_entity()

    assert (entity.name, entity.source_type) == ("n", "http")
    assert json.loads(entity.source) == {"url": "https://x/y.csv"}
    assert json.loads(entity.profile or "") == {"num_rows": 2, "num_elements": 4}
    columns = json.loads(entity.schema or "")["mlflow_colspec"]
    assert [(c["name"], c["type"]) for c in columns] == [("a", "double"), ("b", "string")]


def test_arrays_become_what_mlflow_records() -> None:
    entity = from_numpy(np.ones((3, 2)), targets={"y": np.ones(3)}).to_entity()

    assert entity.source_type == "code"
    profile = json.loads(entity.profile or "")
    assert profile["features_shape"] == [3, 2]
    assert profile["targets_size"] == {"y": 3}
    assert set(json.loads(entity.schema or "")["mlflow_tensorspec"]) == {"features", "targets"}


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="columns are a"):
        from_pandas(pd.DataFrame({"a": [1]}), targets="b")
