"""What a model takes and gives, and how to read that off data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cuvee.errors import InvalidParameter
from cuvee.models.schema import (
    AnyType,
    Array,
    ColSpec,
    DataType,
    Map,
    Object,
    ParamSchema,
    ParamSpec,
    Property,
    Schema,
    TensorSpec,
)

__all__ = [
    "AnyType",
    "Array",
    "ColSpec",
    "DataType",
    "Map",
    "ModelSignature",
    "Object",
    "ParamSchema",
    "ParamSpec",
    "Property",
    "Schema",
    "TensorSpec",
    "infer_signature",
]


@dataclass(frozen=True)
class ModelSignature:
    """Schemas of a model's inputs, outputs and parameters.

    Args:
        inputs: what ``predict`` takes.
        outputs: what it gives.
        params: its parameters with their defaults.

    Raises:
        InvalidParameter: none of the three is given.
    """

    inputs: Schema | None = None
    outputs: Schema | None = None
    params: ParamSchema | None = None

    def __post_init__(self) -> None:
        if self.inputs is None and self.outputs is None and self.params is None:
            raise InvalidParameter("A signature needs inputs, outputs or params.")

    def to_dict(self) -> dict[str, str | None]:
        """Return the three schemas as JSON texts, as MLmodel holds them."""
        return {
            "inputs": None if self.inputs is None else self.inputs.to_json(),
            "outputs": None if self.outputs is None else self.outputs.to_json(),
            "params": None if self.params is None else self.params.to_json(),
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, str | None]) -> ModelSignature:
        """Read the three JSON texts.

        Raises:
            InvalidParameter: one of them is not the JSON of a schema.
        """
        inputs, outputs, params = (raw.get(k) for k in ("inputs", "outputs", "params"))
        return cls(
            Schema.from_json(inputs) if inputs else None,
            Schema.from_json(outputs) if outputs else None,
            ParamSchema.from_json(params) if params else None,
        )


def infer_signature(
    model_input: Any = None, model_output: Any = None, params: Mapping[str, Any] | None = None
) -> ModelSignature:
    """Describe a model by data that it took and gave.

    Args:
        model_input: frame, ndarray, dict of ndarrays, sparse matrix, dict, list or scalar.
        model_output: what the model made of it.
        params: defaults of ``predict``'s parameters.

    Raises:
        InvalidParameter: nothing is given, or something cannot be described.
    """
    from cuvee.models.inference import infer_params, infer_schema

    return ModelSignature(
        None if model_input is None else infer_schema(model_input),
        None if model_output is None else infer_schema(model_output),
        infer_params(params) if params else None,
    )
