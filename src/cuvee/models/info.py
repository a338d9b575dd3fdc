"""What logging a model, or asking about one, answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cuvee.models.model import Model
from cuvee.models.signature import ModelSignature


@dataclass(frozen=True)
class ModelInfo:
    """A logged model, under MLflow's attribute names.

    Args:
        model_uri: URI that ``load_model`` takes.
        artifact_path: URI of its files; a path below the run in older models.
        flavors: settings by flavour name.
        model_uuid: equals ``model_id`` where the model was logged.
        run_id: the run that logged it.
        model_id: the logged model.
        signature: what it takes and gives.
        utc_time_created: when it was saved, UTC.
        saved_input_example_info: which files hold the example.
        metadata: the user's own.
        mlflow_version: the MLflow that wrote it; None where that was Cuvee.
        registered_model_version: the version that logging it made, if it was registered.
        name: the logged model's name.
        params: the logged model's parameters.
        tags: the logged model's tags.
        metrics: the logged model's metrics.
        creation_timestamp: when the logged model was created, milliseconds since 1970.
    """

    model_uri: str
    artifact_path: str | None = None
    flavors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    model_uuid: str | None = None
    run_id: str | None = None
    model_id: str | None = None
    signature: ModelSignature | None = None
    utc_time_created: str = ""
    saved_input_example_info: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] | None = None
    mlflow_version: str | None = None
    registered_model_version: int | None = None
    name: str | None = None
    params: Mapping[str, str] | None = None
    tags: Mapping[str, str] | None = None
    metrics: Any = None
    creation_timestamp: int | None = None

    @property
    def signature_dict(self) -> dict[str, str | None] | None:
        """The signature as MLmodel holds it."""
        return self.signature.to_dict() if self.signature else None

    @classmethod
    def of(cls, model: Model, model_uri: str, **more: Any) -> ModelInfo:
        """Build the answer from an MLmodel file.

        Args:
            model: what MLmodel holds.
            model_uri: where it came from.
            more: what else is known; None keeps what MLmodel says.
        """
        same = (
            "artifact_path flavors model_uuid run_id model_id signature utc_time_created "
            "saved_input_example_info metadata mlflow_version"
        )
        found = {name: getattr(model, name) for name in same.split()}
        found.update({k: v for k, v in more.items() if v is not None})
        return cls(model_uri=model_uri, **found)
