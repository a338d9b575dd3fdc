"""Signatures: JSON as MLflow has it, and inference from data."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from cuvee.errors import InvalidParameter
from cuvee.models.signature import (
    AnyType,
    Array,
    ColSpec,
    DataType,
    Map,
    ModelSignature,
    Object,
    ParamSchema,
    ParamSpec,
    Property,
    Schema,
    TensorSpec,
    infer_signature,
)


def inputs_of(data: Any) -> list[dict[str, Any]]:
    text = infer_signature(data).to_dict()["inputs"]
    assert text is not None
    found: list[dict[str, Any]] = json.loads(text)
    return found


def col(kind: str, name: Any = None, *, required: bool = True, **more: Any) -> dict[str, Any]:
    return {"type": kind, **more, **({} if name is None else {"name": name}), "required": required}


def tensor(dtype: str, *shape: int, **name: str) -> dict[str, Any]:
    return {**name, "type": "tensor", "tensor-spec": {"dtype": dtype, "shape": list(shape)}}


NEW_YEAR = dt.datetime(2020, 1, 1)  # noqa: DTZ001 - signatures know no zones
LONG = {"type": "long"}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], col("long", "c")),
        (np.array([1, 2], "int32"), col("integer", "c")),
        (np.array([1, 2], "int8"), col("integer", "c")),
        (np.array([1, 2], "uint32"), col("long", "c")),
        (np.array([1, 2], "uint64"), col("any", "c")),
        (np.array([1, 2], "float32"), col("float", "c")),
        ([1.5, 2.5], col("double", "c")),
        ([1.5, None], col("double", "c", required=False)),
        ([True, False], col("boolean", "c")),
        ([True, None], col("boolean", "c", required=False)),
        (["x", "y"], col("string", "c")),
        (["x", None], col("string", "c", required=False)),
        ([b"x", b"y"], col("binary", "c")),
        ([None, None], col("any", "c", required=False)),
        (pd.Categorical(["a", "b"]), col("string", "c")),
        (pd.Categorical([1, 2]), col("long", "c")),
        (pd.to_datetime(["2020-01-01"]), col("datetime", "c")),
        (pd.to_datetime(["2020-01-01"]).tz_localize("UTC"), col("datetime", "c")),
        ([dt.date(2020, 1, 1)], col("datetime", "c")),
        (pd.array([1, None], dtype="Int64"), col("long", "c", required=False)),
        (pd.array([1, None], dtype="Float32"), col("float", "c", required=False)),
        (pd.array([True, None], dtype="boolean"), col("boolean", "c", required=False)),
        ([[1, 2], [3]], col("array", "c", items=LONG)),
        ([[[1], [2]]], col("array", "c", items={"type": "array", "items": LONG})),
        ([np.array([1.5])], col("array", "c", items={"type": "double"})),
        (
            [{"p": 1, "q": "x"}, {"p": 2}],
            col(
                "object",
                "c",
                properties={
                    "p": {"type": "long", "required": True},
                    "q": {"type": "string", "required": False},
                },
            ),
        ),
        ([1, "x"], col("any", "c")),
    ],
)
def test_a_column_is_described_by_its_values(values: Any, expected: dict[str, Any]) -> None:
    assert inputs_of(pd.DataFrame({"c": values})) == [expected]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (np.zeros((3, 4), "float32"), [tensor("float32", -1, 4)]),
        (np.array(["a"]), [tensor("str", -1)]),
        (np.array(["a"], dtype=object), [tensor("object", -1)]),
        ({"x": np.zeros((3, 2))}, [tensor("float64", -1, 2, name="x")]),
        (sp.csr_matrix(np.eye(3)), [tensor("float64", -1, 3)]),
        (sp.csc_matrix(np.eye(3, dtype="float32")), [tensor("float32", -1, 3)]),
        (["a", "b"], [col("string")]),
        ([1, None], [col("long")]),
        ([[1, 2], [3]], [col("array", items=LONG)]),
        ([1, "a"], [col("any")]),
        ([], [col("any")]),
        ([{"a": 1, "b": "x"}, {"a": 2}], [col("long", "a"), col("string", "b", required=False)]),
        ([{"a": None}, {"a": 2}], [col("long", "a", required=False)]),
        ({"a": 1, "b": ["x"]}, [col("long", "a"), col("array", "b", items={"type": "string"})]),
        ({"n": None}, [col("any", "n", required=False)]),
        (1, [col("long")]),
        (float("nan"), [col("double")]),
        (np.int32(1), [col("integer")]),
        ("a", [col("string")]),
        (b"a", [col("binary")]),
        (True, [col("boolean")]),
        (pd.Series([1], name="s"), [col("long", "s")]),
        (pd.DataFrame(np.zeros((1, 1))), [col("double", 0)]),
    ],
)
def test_data_of_every_kind_are_described(data: Any, expected: list[dict[str, Any]]) -> None:
    assert inputs_of(data) == expected


def test_params_are_described_by_their_defaults() -> None:
    params = {"n": 1, "t": 0.5, "words": ["a"], "day": NEW_YEAR, "o": {"x": 1}}
    text = infer_signature(params=params).to_dict()["params"]
    assert text is not None
    assert json.loads(text) == [
        {"name": "n", "default": 1, "shape": None, "type": "long"},
        {"name": "t", "default": 0.5, "shape": None, "type": "double"},
        {"name": "words", "default": ["a"], "shape": [-1], "type": "string"},
        {"name": "day", "default": "2020-01-01T00:00:00", "shape": None, "type": "datetime"},
        {
            "name": "o",
            "default": {"x": 1},
            "shape": None,
            "type": "object",
            "properties": {"x": {"type": "long", "required": True}},
        },
    ]
    again = ModelSignature.from_dict({"params": text})
    assert again == infer_signature(params=params)


@pytest.mark.parametrize("default", [None, b"x", [], [1, "a"], object()])
def test_a_parameter_without_a_clear_type_is_refused_by_name(default: Any) -> None:
    with pytest.raises(InvalidParameter, match=r"'odd'|class object"):
        infer_signature(params={"odd": default})


def test_every_type_survives_json() -> None:
    signature = ModelSignature(
        Schema(
            [
                *(ColSpec(t, t.value) for t in DataType),
                ColSpec(Map("long"), "m", required=False),
                ColSpec(Array(Object([Property("a", "string", required=False)])), "o"),
                ColSpec(AnyType(), "any"),
            ]
        ),
        Schema([TensorSpec(np.dtype("float32"), (-1, 28, 28), "img")]),
        ParamSchema([ParamSpec("a", "double", 1.0)]),
    )
    assert ModelSignature.from_dict(signature.to_dict()) == signature


def test_a_type_from_a_newer_mlflow_is_kept() -> None:
    text = '[{"type": "sparkml_vector", "name": "v", "required": true}]'
    assert Schema.from_json(text).to_json() == text


def test_a_schema_without_required_takes_the_older_optional() -> None:
    schema = Schema.from_json(
        '[{"type": "long", "name": "a"}, {"type": "long", "name": "b", "optional": true}]'
    )
    assert schema.required_input_names() == ["a"]
    assert schema.optional_input_names() == ["b"]


@pytest.mark.parametrize(
    "specs",
    [
        [],
        [ColSpec("long", "a"), TensorSpec("float32", (-1,), "b")],
        [ColSpec("long", "a"), ColSpec("long")],
        [TensorSpec("float32", (-1,)), TensorSpec("float32", (-1,))],
    ],
)
def test_a_schema_that_means_nothing_is_refused(specs: list[Any]) -> None:
    with pytest.raises(InvalidParameter):
        Schema(specs)


@pytest.mark.parametrize("text", ["", "{", "[]", '[{"name": "a"}]', '["a"]', "3"])
def test_json_that_is_no_schema_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameter):
        Schema.from_json(text)


def test_an_unknown_type_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidParameter, match="boolean, integer, long"):
        ColSpec("int")


def test_a_parameter_named_twice_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="twice: a"):
        ParamSchema([ParamSpec("a", "long", 1), ParamSpec("a", "long", 2)])


def test_a_signature_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidParameter):
        infer_signature()


def test_importing_the_models_room_loads_no_data_packages() -> None:
    heavy = "{'numpy', 'pandas', 'sklearn', 'skops', 'yaml', 'cloudpickle', 'msgspec'}"
    code = f"import sys, cuvee.pyfunc, cuvee.sklearn; print({heavy} & set(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == "set()"
