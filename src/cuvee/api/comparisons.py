"""Comparisons of two versions of a model: what has changed from the one to the other."""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import Struct

from cuvee.api.base import CUVEE, Key, Of, Read, Required
from cuvee.api.versions import ModelVersion

Part = Literal[
    "metrics", "params", "signature", "packages", "files", "data", "code", "tags", "description"
]


class MetricChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A metric; absent where a version has none of this key.

    Args:
        delta: by how much the second is above the first, when both are finite.
    """

    key: str
    before: float | None = None
    after: float | None = None
    delta: float | None = None


class TextChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A param, a tag or the like; absent where a version has none of this key."""

    key: str
    before: str | None = None
    after: str | None = None


class ColumnChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A column, or a param, of the signature.

    Args:
        name: the column's; its place where columns have no names.
        before, after: its type; absent where it is not there.
        breaks: why callers of the first version break with the second; empty when they do not.
    """

    part: Literal["inputs", "outputs", "params"]
    name: str
    before: str | None = None
    after: str | None = None
    breaks: str = ""


class PackageChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A package that the environment files name.

    Args:
        kind: who installs it; ``build`` is what pip itself needs.
        before, after: the version, empty for any; absent where it is not named.
    """

    kind: Literal["python", "pip", "conda", "build"]
    name: str
    before: str | None = None
    after: str | None = None


class FileChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file; digest (sha256) and size are absent where it is not there."""

    path: str
    before: str | None = None
    after: str | None = None
    before_size: int | None = None
    after_size: int | None = None


class Untold(Struct, frozen=True):
    """Something that could not be compared, and why."""

    part: Part
    says: str


class Same(Struct, frozen=True):
    """How many things of a part are the same."""

    part: Part
    count: int


class VersionComparison(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What has changed from one version of a model to another.

    Args:
        before, after: the versions.
        metrics, params: of the runs that they come from, and of the logged models.
        signature: columns of the inputs and outputs, and params of predictions.
        packages: what requirements.txt, python_env.yaml and conda.yaml name.
        files: by their digests.
        data: the datasets that the runs have read, with their digests.
        code: commit, branch and repository of the runs.
        tags, description: of the versions.
        same: how many are the same, of the parts that were compared.
        untold: what could not be compared.
    """

    floats: ClassVar[bool] = True
    before: ModelVersion
    after: ModelVersion
    metrics: list[MetricChange] = []
    params: list[TextChange] = []
    signature: list[ColumnChange] = []
    packages: list[PackageChange] = []
    files: list[FileChange] = []
    data: list[TextChange] = []
    code: list[TextChange] = []
    tags: list[TextChange] = []
    description: TextChange | None = None
    same: list[Same] = []
    untold: list[Untold] = []


class CompareVersions(Read[VersionComparison], frozen=True, kw_only=True):
    """Read what has changed from one version of a model to another.

    Args:
        before, after: a version's number, ``@<alias>``, or a stage for the version that holds it.
        everything: whether to answer what is the same, too.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "model-versions/compare"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    before: Key
    after: Key
    everything: bool = False
