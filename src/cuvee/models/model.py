"""The file MLmodel: what a model directory says about itself."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from cuvee import foreign_yaml
from cuvee.errors import InvalidParameter, NotFound
from cuvee.models.schema import ParamSchema, Schema
from cuvee.models.signature import ModelSignature

FILE_NAME = "MLmodel"


def utc_now() -> str:
    """Return the time of day as MLmodel writes it: UTC, microseconds, no zone."""
    return dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")


@dataclass(frozen=True)
class Model:
    """One MLmodel file.

    Args:
        flavors: settings by flavour name.
        artifact_path: URI of the logged model's root; a path below the run in older models.
        run_id: the run that logged it.
        model_id: the logged model.
        model_uuid: the logged model, or 32 random hexadecimal digits when saved locally.
        utc_time_created: when it was saved, UTC.
        signature: what it takes and gives.
        saved_input_example_info: which files hold the example, and in which form.
        metadata: the user's own.
        model_size_bytes: size of the files beside MLmodel, bytes.
        mlflow_version: the MLflow that wrote it; None where that was Cuvee.
        extra: every other key, kept as it was read.
    """

    flavors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    artifact_path: str | None = None
    run_id: str | None = None
    model_id: str | None = None
    model_uuid: str | None = field(default_factory=lambda: uuid.uuid4().hex)
    utc_time_created: str = field(default_factory=utc_now)
    signature: ModelSignature | None = None
    saved_input_example_info: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] | None = None
    model_size_bytes: int | None = None
    mlflow_version: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return what MLmodel holds; keys without a value are left out."""
        out = {
            f.name: getattr(self, f.name)
            for f in fields(self)
            if f.name != "extra" and getattr(self, f.name) is not None
        }
        if self.signature is not None:
            out["signature"] = self.signature.to_dict()
            # MLflow writes these beside every signature; neither is inferred here.
            out["is_signature_from_type_hint"] = False
            out["type_hint_from_example"] = False
        return {**out, "model_id": self.model_id, **self.extra}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Model:
        """Build a model from what MLmodel holds.

        Raises:
            InvalidParameter: it is not the content of an MLmodel file.
        """
        flavors = raw.get("flavors")
        if not isinstance(flavors, Mapping) or not all(
            isinstance(v, Mapping) for v in flavors.values()
        ):
            raise InvalidParameter("The file MLmodel has no map of flavors, so it is no model.")
        names = {f.name for f in fields(cls)} - {"extra"}
        known = {k: v for k, v in raw.items() if k in names}
        known.setdefault("model_uuid", None)
        known["utc_time_created"] = str(known.get("utc_time_created") or "")
        if known.get("signature") is not None:
            known["signature"] = ModelSignature.from_dict(known["signature"])
        return cls(**known, extra={k: v for k, v in raw.items() if k not in names})

    def to_yaml(self) -> str:
        """Return the text of MLmodel, keys sorted."""
        import yaml

        return str(yaml.safe_dump(_plain(self.to_dict()), sort_keys=True, allow_unicode=True))

    @classmethod
    def from_yaml(cls, text: str) -> Model:
        """Read the text of MLmodel, with YAML's plain types only.

        Raises:
            InvalidParameter: it is not YAML, unfolds to too much, or is not a model.
        """
        try:
            raw = foreign_yaml.load(text)
        except ValueError as e:
            raise InvalidParameter(f"The file MLmodel is not valid YAML: {e.__cause__ or e}") from e
        if not isinstance(raw, Mapping):
            raise InvalidParameter("The file MLmodel is not a YAML map, so it is no model.")
        return cls.from_dict(raw)

    def save(self, path: str | Path) -> None:
        """Write MLmodel.

        Args:
            path: a directory, or the file itself.
        """
        _file(path).write_text(self.to_yaml(), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Model:
        """Read MLmodel.

        Args:
            path: a directory, or the file itself.

        Raises:
            NotFound: there is no such file.
            InvalidParameter: it is not an MLmodel file.
        """
        file = _file(path)
        try:
            return cls.from_yaml(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise NotFound(
                f"There is no model at {file.parent}: it has no file named {FILE_NAME}."
            ) from None
        except UnicodeDecodeError as e:
            raise InvalidParameter(f"{file} is not a text file, so it is no model.") from e

    def with_flavor(self, name: str, settings: Mapping[str, Any]) -> Model:
        """Return the model with one more flavour."""
        return replace(self, flavors={**self.flavors, name: dict(settings)})

    def flavor(self, name: str) -> Mapping[str, Any]:
        """Return one flavour's settings.

        Raises:
            InvalidParameter: the model has no such flavour.
        """
        if name not in self.flavors:
            have = ", ".join(self.flavors) or "none"
            raise InvalidParameter(f"The model has no flavor {name!r}; it has: {have}.")
        return self.flavors[name]

    def get_input_schema(self) -> Schema | None:
        """Return the signature's inputs."""
        return self.signature.inputs if self.signature else None

    def get_output_schema(self) -> Schema | None:
        """Return the signature's outputs."""
        return self.signature.outputs if self.signature else None

    def get_params_schema(self) -> ParamSchema | None:
        """Return the signature's parameters."""
        return self.signature.params if self.signature else None

    def load_input_example(self, path: str | Path) -> Any:
        """Read the input example.

        Args:
            path: the model's directory.
        """
        from cuvee.models.examples import read_example

        return read_example(Path(path), self.saved_input_example_info)


def _file(path: str | Path) -> Path:
    path = Path(path)
    return path / FILE_NAME if path.is_dir() or path.name != FILE_NAME else path


def _plain(value: Any) -> Any:
    """Turn tuples and other maps into what safe YAML writes without tags."""
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else value
