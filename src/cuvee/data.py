"""Datasets as inputs of runs: a name, a digest of the content, where it came from, its shape."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cuvee.api.datasets import Dataset as DatasetEntity
from cuvee.errors import InvalidParameter
from cuvee.uris import scheme_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from cuvee.models.schema import Schema

MAX_SCHEMA = 1048575


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Data that a run has read.

    Args:
        name: what it is called.
        source: URI or path that it was read from; empty when it was made by the program.
    """

    name: str = "dataset"
    source: str = ""

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that change with the content."""
        raise NotImplementedError

    @property
    def profile(self) -> dict[str, Any]:
        """Sizes."""
        raise NotImplementedError

    @property
    def schema_dict(self) -> dict[str, Any]:
        """The schema as JSON holds it."""
        raise NotImplementedError

    @property
    def source_type(self) -> str:
        """``local``, ``http`` and so on; ``code`` when the program made the data."""
        if not self.source:
            return "code"
        scheme = scheme_of(self.source)
        return {"": "local", "file": "local", "https": "http"}.get(scheme, scheme)

    def to_entity(self) -> DatasetEntity:
        """Return it as a run records it; a schema too wide to store is left out."""
        if self.source:
            source = {("url" if self.source_type == "http" else "uri"): self.source}
        else:
            from cuvee.client.context import context_tags

            source = {"tags": context_tags()}  # type: ignore[dict-item]
        schema = json.dumps(self.schema_dict)
        return DatasetEntity(
            name=self.name,
            digest=self.digest,
            source_type=self.source_type,
            source=json.dumps(source),
            schema=schema if len(schema) <= MAX_SCHEMA else None,
            profile=json.dumps(self.profile),
        )


@dataclass(frozen=True, kw_only=True)
class PandasDataset(Dataset):
    """A DataFrame.

    Args:
        df: the data.
        targets: name of the column to predict.
        predictions: name of the column of predictions.
        given_digest: digest to use instead of the content's.
    """

    df: pd.DataFrame
    targets: str | None = None
    predictions: str | None = None
    given_digest: str | None = None

    @cached_property
    def digest(self) -> str:
        """Sixteen hexadecimal digits over column names and values."""
        if self.given_digest:
            return self.given_digest
        import pandas as pd

        found = hashlib.sha256(repr([str(c) for c in self.df.columns]).encode())
        for column in (self.df.iloc[:, i] for i in range(self.df.shape[1])):
            try:
                hashes = pd.util.hash_pandas_object(column, index=False)
            except TypeError:  # lists and dictionaries in cells have no hash of their own
                hashes = pd.util.hash_pandas_object(column.map(repr), index=False)
            found.update(hashes.to_numpy().tobytes())
        return found.hexdigest()[:16]

    @property
    def schema(self) -> Schema:
        """The columns with their types."""
        from cuvee.models.inference import infer_schema

        return infer_schema(self.df)

    @property
    def schema_dict(self) -> dict[str, Any]:
        """The columns with their types, as JSON holds them."""
        return {"mlflow_colspec": self.schema.to_dict()}

    @property
    def profile(self) -> dict[str, Any]:
        """Number of rows and of cells."""
        return {"num_rows": len(self.df), "num_elements": int(self.df.size)}


@dataclass(frozen=True, kw_only=True)
class NumpyDataset(Dataset):
    """One array, or several by name, and perhaps what to predict.

    Args:
        features: array of any shape whose first dimension is the row, or several by name.
        targets: the same for what to predict.
        given_digest: digest to use instead of the content's.
    """

    features: np.ndarray[Any, Any] | dict[str, np.ndarray[Any, Any]]
    targets: np.ndarray[Any, Any] | dict[str, np.ndarray[Any, Any]] | None = None
    given_digest: str | None = None

    @cached_property
    def digest(self) -> str:
        """Sixteen hexadecimal digits over names, types, shapes and values."""
        if self.given_digest:
            return self.given_digest
        import numpy as np

        found = hashlib.sha256()
        for kind, part in self._parts():
            for name, array in _named(part):
                found.update(f"{kind}/{name}:{array.dtype}{array.shape};".encode())
                values = repr(array.tolist()).encode() if array.dtype.hasobject else None
                found.update(values or np.ascontiguousarray(array).tobytes())
        return found.hexdigest()[:16]

    @property
    def schema_dict(self) -> dict[str, Any]:
        """The tensors with their types and shapes, as JSON holds them."""
        from cuvee.models.inference import infer_schema

        parts = {kind: infer_schema(part).to_json() for kind, part in self._parts()}
        return {"mlflow_tensorspec": {"targets": None, **parts}}

    @property
    def profile(self) -> dict[str, Any]:
        """Shapes, numbers of values and bytes."""
        found: dict[str, Any] = {}
        for kind, part in self._parts():
            for measure in ("shape", "size", "nbytes"):
                values = {n: _plain(getattr(array, measure)) for n, array in _named(part)}
                found[f"{kind}_{measure}"] = values if isinstance(part, dict) else values[""]
        return found

    def _parts(self) -> list[tuple[str, Any]]:
        parts = [("features", self.features), ("targets", self.targets)]
        return [(kind, part) for kind, part in parts if part is not None]


def from_pandas(
    df: pd.DataFrame,
    source: str | None = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> PandasDataset:
    """Describe a DataFrame as a dataset.

    Args:
        df: the data.
        source: URI or path that it was read from.
        targets: name of the column to predict.
        name: what it is called; ``dataset``.
        digest: digest to use instead of the content's, at most 36 characters.
        predictions: name of the column of predictions.

    Raises:
        InvalidParameter: there is no column of this name.
    """
    for role, column in (("targets", targets), ("predictions", predictions)):
        if column is not None and column not in df.columns:
            raise InvalidParameter(
                f"{role} names the column {column!r}, but the columns are "
                f"{', '.join(map(str, df.columns[:20]))}."
            )
    return PandasDataset(
        df=df,
        source=str(source or ""),
        targets=targets,
        predictions=predictions,
        name=name or "dataset",
        given_digest=digest,
    )


def from_numpy(
    features: np.ndarray[Any, Any] | dict[str, np.ndarray[Any, Any]],
    source: str | None = None,
    targets: np.ndarray[Any, Any] | dict[str, np.ndarray[Any, Any]] | None = None,
    name: str | None = None,
    digest: str | None = None,
) -> NumpyDataset:
    """Describe arrays as a dataset.

    Args:
        features: array whose first dimension is the row, or several by name.
        source: URI or path that they were read from.
        targets: the same for what to predict.
        name: what it is called; ``dataset``.
        digest: digest to use instead of the content's, at most 36 characters.
    """
    return NumpyDataset(
        features=features,
        source=str(source or ""),
        targets=targets,
        name=name or "dataset",
        given_digest=digest,
    )


def _named(part: Any) -> list[tuple[str, Any]]:
    return sorted(part.items()) if isinstance(part, dict) else [("", part)]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else int(value)
