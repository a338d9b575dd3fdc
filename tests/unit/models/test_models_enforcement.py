"""Data are fitted to the signature, or refused with the column's name."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from cuvee.errors import EnforcementFailed
from cuvee.models.enforcement import enforce_inputs, enforce_params
from cuvee.models.signature import (
    AnyType,
    Array,
    ColSpec,
    Map,
    Object,
    ParamSchema,
    ParamSpec,
    Property,
    Schema,
    TensorSpec,
)

NEW_YEAR = dt.datetime(2020, 1, 1)  # noqa: DTZ001 - signatures know no zones


def fit(values: Any, kind: Any, *, required: bool = True) -> Any:
    frame = pd.DataFrame({"c": values})
    return enforce_inputs(frame, Schema([ColSpec(kind, "c", required)]))["c"]


def test_extra_columns_are_dropped_and_the_rest_put_in_order() -> None:
    frame = pd.DataFrame({"x": [0], "b": [2.0], "a": [1.0]}, index=["row"])
    fitted = enforce_inputs(frame, Schema([ColSpec("double", "a"), ColSpec("double", "b")]))
    assert fitted.columns.tolist() == ["a", "b"]
    assert fitted.index.tolist() == ["row"]
    assert frame.columns.tolist() == ["x", "b", "a"]


def test_a_missing_column_is_named_with_those_that_are_there() -> None:
    with pytest.raises(EnforcementFailed, match=r"lack the column 'alcohol'.* they have 'pH'"):
        enforce_inputs(pd.DataFrame({"pH": [3.0]}), Schema([ColSpec("double", "alcohol")]))


def test_a_missing_optional_column_is_added_empty() -> None:
    schema = Schema([ColSpec("long", "a"), *(ColSpec(t, t, required=False) for t in TYPES)])
    fitted = enforce_inputs(pd.DataFrame({"a": [1, 2]}), schema)
    assert fitted.columns.tolist() == ["a", *TYPES]
    assert fitted[TYPES].isna().all().all()
    assert fitted["double"].dtype == np.float64


TYPES = ["double", "string", "datetime", "long"]


@pytest.mark.parametrize(
    ("values", "kind", "dtype"),
    [
        (np.array([1], "int32"), "long", "int64"),
        (np.array([1], "int8"), "integer", "int32"),
        (np.array([1], "uint8"), "integer", "int32"),
        (np.array([1], "uint32"), "long", "int64"),
        (np.array([1], "float32"), "double", "float64"),
        (np.array([1], "int32"), "double", "float64"),
        (np.array([0, 1], "int64"), "double", "float64"),
        (pd.Series([1, 2], dtype=object), "long", "int64"),
        (pd.Series([1.5, None], dtype=object), "double", "float64"),
        (pd.array([1, None], dtype="Int32"), "long", "Int64"),
        (pd.to_datetime(["2020-01-01"]).astype("datetime64[s]"), "datetime", "datetime64[ns]"),
        (["2020-01-01T10:00:00"], "datetime", "datetime64[ns]"),
        ([dt.date(2020, 1, 1)], "datetime", "datetime64[ns]"),
    ],
)
def test_types_are_widened_where_no_value_changes(values: Any, kind: str, dtype: str) -> None:
    assert str(fit(values, kind).dtype) == dtype


@pytest.mark.parametrize(
    ("values", "kind", "got"),
    [
        ([2, 3], "double", "int64"),
        ([2, 3], "integer", "int64"),
        ([1.5], "float", "float64"),
        ([1.5], "long", "float64"),
        ([1], "boolean", "int64"),
        ([True], "long", "bool"),
        (["x"], "double", "str"),
        ([1], "string", "int64"),
        ([1, "x"], "string", "mixed-integer"),
        (["x"], "binary", "st"),
        ([1], "datetime", "int64"),
        (["soon"], "datetime", "no dates"),
        (np.array([1], "uint64"), "long", "uint64"),
        (pd.array([1], dtype="Int64"), "integer", "Int64"),
    ],
)
def test_a_type_that_does_not_fit_is_refused_by_column(values: Any, kind: str, got: str) -> None:
    with pytest.raises(EnforcementFailed, match=f"Column 'c' must be {kind}, but .*") as refused:
        fit(values, kind)
    assert got.replace("str", "") in refused.value.message


def test_integers_with_holes_get_advice() -> None:
    with pytest.raises(EnforcementFailed, match="nullable Int64"):
        fit([1.0, None], "long")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["x", None], "string"),
        (pd.Categorical(["x"]), "string"),
        ([b"x", None], "binary"),
        ([True, None], "boolean"),
        ([None, None], "double"),
        (pd.to_datetime(["2020-01-01"]).tz_localize("UTC"), "datetime"),
        ([1, "x"], AnyType()),
    ],
)
def test_missing_values_and_kindred_types_pass_unchanged(values: Any, kind: Any) -> None:
    given = pd.DataFrame({"c": values})["c"]
    pd.testing.assert_series_equal(fit(values, kind, required=False), given)


def test_columns_named_twice_are_refused() -> None:
    frame = pd.DataFrame([[1, 2]], columns=["c", "c"])
    with pytest.raises(EnforcementFailed, match="several columns named 'c'"):
        enforce_inputs(frame, Schema([ColSpec("long", "c")]))


@pytest.mark.parametrize(
    ("data", "schema", "expected"),
    [
        ({"a": 1, "b": "x"}, [ColSpec("long", "a"), ColSpec("string", "b")], [[1, "x"]]),
        ({"a": [1, 2]}, [ColSpec("long", "a")], [[1], [2]]),
        ([{"a": 1}, {"a": 2}], [ColSpec("long", "a")], [[1], [2]]),
        ([1, 2], [ColSpec("long")], [[1], [2]]),
        ("x", [ColSpec("string")], [["x"]]),
        ([[1, 2], [3]], [ColSpec(Array("long"))], [[[1, 2]], [[3]]]),
        ({"a": [1, 2]}, [ColSpec(Array("long"), "a")], [[[1, 2]]]),
        (np.array([[1, 2]]), [ColSpec("long"), ColSpec("long")], [[1, 2]]),
        (sp.csr_matrix([[1.5]]), [ColSpec("double")], [[1.5]]),
        (pd.Series([1], name="a"), [ColSpec("long", "a")], [[1]]),
    ],
)
def test_data_of_other_kinds_become_a_frame(
    data: Any, schema: list[ColSpec], expected: list[list[Any]]
) -> None:
    assert enforce_inputs(data, Schema(schema)).to_numpy().tolist() == expected


@pytest.mark.parametrize("data", [object(), np.zeros((1, 1, 1)), None])
def test_data_that_are_no_columns_are_refused(data: Any) -> None:
    with pytest.raises(EnforcementFailed, match="The model takes columns"):
        enforce_inputs(data, Schema([ColSpec("long", "a")]))


def test_too_few_unnamed_columns_are_refused() -> None:
    with pytest.raises(EnforcementFailed, match="takes 2 columns, but the data have 1"):
        enforce_inputs(pd.DataFrame({"a": [1]}), Schema([ColSpec("long"), ColSpec("long")]))


PERSON = Object([Property("age", "long"), Property("name", "string", required=False)])


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        ([1, "x"], Array("long"), r"Column 'c', item 1 must be long, but holds 'x'"),
        (3, Array("long"), r"Column 'c' must be array of long, but holds 3"),
        ({"name": "x"}, PERSON, r"Column 'c' lacks the key 'age'"),
        ({"age": 1, "x": 2}, PERSON, r"Column 'c' has the key 'x'"),
        ({"age": "1"}, PERSON, r"Column 'c', key 'age' must be long, but holds '1' of class str"),
        ({"k": "x"}, Map("long"), r"Column 'c', key 'k' must be long"),
        ({1: 2}, Map("long"), r"strings as keys"),
        ([True], Array("long"), r"must be long, but holds True"),
        ([2**31], Array("integer"), r"must be integer"),
        ([2], Array("double"), r"must be double"),
        (["soon"], Array("datetime"), r"must be datetime"),
    ],
)
def test_a_nested_value_that_does_not_fit_is_refused_with_its_place(
    value: Any, kind: Any, message: str
) -> None:
    with pytest.raises(EnforcementFailed, match=message):
        fit([value], kind)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ([1, 2], Array("long"), [1, 2]),
        ([0, 1.5], Array("double"), [0.0, 1.5]),
        ({"age": 1}, PERSON, {"age": 1}),
        ({"age": np.int64(1), "name": None}, PERSON, {"age": 1, "name": None}),
        ({"k": [1]}, Map(Array("long")), {"k": [1]}),
        (["2020-01-01T00:00:00"], Array("datetime"), [NEW_YEAR]),
        ([None, {}], Array(AnyType()), [None, {}]),
    ],
)
def test_a_nested_value_that_fits_passes(value: Any, kind: Any, expected: Any) -> None:
    assert fit([value], kind)[0] == expected


def test_an_optional_nested_value_may_be_missing() -> None:
    assert fit([None, [1]], Array("long"), required=False)[0] is None


IMAGE = Schema([TensorSpec("float32", (-1, 2, 2))])


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        (np.zeros((3, 2, 2), "float32"), "float32"),
        (np.zeros((3, 2, 2), "int16"), "float32"),
        (np.zeros((3, 2, 2), "float16").tolist(), None),
    ],
)
def test_an_unnamed_tensor_is_cast_where_that_is_safe(data: Any, dtype: str | None) -> None:
    if dtype is None:
        with pytest.raises(EnforcementFailed, match="must hold float32, but holds float64"):
            enforce_inputs(data, IMAGE)
    else:
        assert enforce_inputs(data, IMAGE).dtype == dtype


@pytest.mark.parametrize("shape", [(3, 2), (3, 2, 3), (2, 2)])
def test_a_tensor_of_another_shape_is_refused_with_both_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(EnforcementFailed, match=r"shape \[-1, 2, 2\].*but has"):
        enforce_inputs(np.zeros(shape, "float32"), IMAGE)


def test_named_tensors_come_from_a_dict_or_a_frame() -> None:
    schema = Schema([TensorSpec("int64", (-1,), "x"), TensorSpec("float32", (-1, 2), "y")])
    arrays = {"x": np.array([1, 2]), "y": np.zeros((2, 2), "float32"), "z": 0}
    assert set(enforce_inputs(arrays, schema)) == {"x", "y"}
    frame = pd.DataFrame({"x": [1, 2], "y": [[1, 2], [3, 4]]})
    assert enforce_inputs(frame, schema)["y"].tolist() == [[1, 2], [3, 4]]
    with pytest.raises(EnforcementFailed, match="lack the tensor 'y'"):
        enforce_inputs({"x": np.array([1])}, schema)
    with pytest.raises(EnforcementFailed, match="must hold float32, but holds int64"):
        enforce_inputs({"x": np.array([1]), "y": np.array([[1, 2]])}, schema)
    with pytest.raises(EnforcementFailed, match="by name"):
        enforce_inputs(np.zeros(2), schema)
    with pytest.raises(EnforcementFailed, match="Column 'y' must reshape"):
        enforce_inputs(pd.DataFrame({"x": [1], "y": [[1, 2, 3]]}), schema)


def test_a_frame_becomes_an_unnamed_tensor() -> None:
    schema = Schema([TensorSpec("float64", (-1, 2))])
    frame = pd.DataFrame({"a": [1, 2], "b": [3.0, 4.0]})
    assert enforce_inputs(frame, schema).tolist() == [[1, 3], [2, 4]]
    one = Schema([TensorSpec("float64", (-1,))])
    assert enforce_inputs(frame["a"], one).tolist() == [1, 2]


def test_sparse_and_ragged_tensors_pass() -> None:
    matrix = sp.csr_matrix(np.eye(2))
    assert enforce_inputs(matrix, Schema([TensorSpec("float64", (-1, 2))])) is matrix
    ragged = np.array([[1], [1, 2]], dtype=object)
    assert enforce_inputs(ragged, Schema([TensorSpec("float64", (-1, -1))])) is ragged


PARAMS = ParamSchema(
    [
        ParamSpec("n", "long", 3),
        ParamSpec("t", "double", 0.5),
        ParamSpec("w", "string", ["a"], (-1,)),
    ]
)


def test_params_get_defaults_and_unknown_ones_are_dropped_aloud(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        assert enforce_params({"t": 1, "x": 2}, PARAMS) == {"n": 3, "t": 1.0, "w": ["a"]}
    assert "['x']" in caplog.text


@pytest.mark.parametrize(
    "params", [{"n": "3"}, {"n": 1.5}, {"n": True}, {"t": "x"}, {"w": "a"}, {"w": [1]}]
)
def test_params_of_another_type_are_refused_by_name(params: dict[str, Any]) -> None:
    with pytest.raises(EnforcementFailed, match=f"Parameter '{next(iter(params))}'"):
        enforce_params(params, PARAMS)


def test_params_without_a_schema_are_dropped_aloud(caplog: pytest.LogCaptureFixture) -> None:
    assert enforce_params({"a": 1}, None) == {}
    assert "ignored" in caplog.text
    assert enforce_params(None, None) is None
