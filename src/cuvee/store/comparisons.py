"""Comparisons of two versions of a model in SQL."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from cuvee.api.artifacts import MODEL_FILE, StoredFile
from cuvee.api.comparisons import (
    ColumnChange,
    CompareVersions,
    FileChange,
    MetricChange,
    PackageChange,
    Part,
    Same,
    TextChange,
    Untold,
    VersionComparison,
)
from cuvee.api.models import GetModelVersionByAlias
from cuvee.api.names import plain
from cuvee.api.stages import NONE
from cuvee.api.versions import ModelVersion
from cuvee.errors import NotFound
from cuvee.evidence.facts import COMMIT, MAX_TEXT, REPOSITORY
from cuvee.evidence.packages import FILES, Kind, packages
from cuvee.rules import signatures
from cuvee.store import versions
from cuvee.store.artifacts import files_of_version
from cuvee.store.facts import model_text_of, signature_of
from cuvee.store.holdings import holders_of
from cuvee.store.models import find_model
from cuvee.store.origins import logged_model_of, run_of
from cuvee.store.policies import find_stage, policy_of
from cuvee.store.tx import Tx
from cuvee.store.version_data import load_versions
from cuvee.store.versions import version_of

Row = tuple[Any, ...]
K = TypeVar("K")
V = TypeVar("V")
C = TypeVar("C")

CODE = {
    "commit": COMMIT,
    "branch": ("mlflow.source.git.branch",),
    "repository": REPOSITORY,
    "uncommitted changes": ("cuvee.git.dirty", "mlflow.git.dirty"),
    "source": ("mlflow.source.name",),
}
"""What of a run's tags says which code it has run."""


class _Side(NamedTuple):
    """What is known of one of the versions; None for what is not, and ``untold`` says why."""

    version: ModelVersion
    metrics: dict[str, float] | None
    params: dict[str, str] | None
    data: dict[str, str] | None
    code: dict[str, str] | None
    files: dict[str, StoredFile] | None
    signature: dict[str, Any] | None
    packages: dict[tuple[Kind, str], str] | None
    untold: dict[Part, str]


def compare_versions(tx: Tx, op: CompareVersions) -> VersionComparison:
    model = find_model(tx, op.name)
    old = _side(tx, model, _chosen(tx, model, op.before))
    new = _side(tx, model, _chosen(tx, model, op.after))
    told = _Told(old, new, everything=op.everything)
    described = [old.version.description, new.version.description]
    return VersionComparison(
        before=old.version,
        after=new.version,
        metrics=told.of("metrics", _metric, old.metrics, new.metrics),
        params=told.of("params", TextChange, old.params, new.params),
        signature=told.signature(),
        packages=told.of("packages", _package, old.packages, new.packages),
        files=told.of("files", _file, old.files, new.files),
        data=told.of("data", TextChange, old.data, new.data),
        code=told.of("code", TextChange, old.code, new.code),
        tags=told.of("tags", TextChange, old.version.tags, new.version.tags),
        description=TextChange(key="description", before=described[0], after=described[1])
        if described[0] != described[1]
        else None,
        same=[Same(part, count) for part, count in told.same.items()],
        untold=[Untold(part, says) for part, says in told.untold.items()],
    )


def _chosen(tx: Tx, model: Row, text: str) -> Row:
    """Return the version that a number, an alias or a stage names."""
    name: str = model[1]
    if text.lstrip("+").isdecimal():
        return version_of(tx, model, text)
    if text.startswith("@"):
        asked = GetModelVersionByAlias(name=name, alias=text[1:])
        text = versions.get_model_version_by_alias(tx, asked).model_version.version
        return version_of(tx, model, text)
    stage = find_stage(policy_of(tx, name), text).name
    held = holders_of(tx, model[0], stage) if stage != NONE else []
    if not held:
        raise NotFound(
            f"No version of {plain(name)} is in {stage}: name the version that you want to compare."
        )
    return held[0]


def _side(tx: Tx, model: Row, row: Row) -> _Side:
    version = load_versions(tx, [(model[1], row)], aliases=True)[0]
    untold: dict[Part, str] = {}
    run, why = run_of(tx, version.run_id)
    logged = logged_model_of(tx, version.model_id)
    metrics = {m.key: m.value for m in logged.data.metrics} if logged and logged.data else {}
    params = {p.key: p.value for p in logged.data.param_items} if logged and logged.data else {}
    known = run is not None or logged is not None
    if run is not None:
        metrics.update(run.data.metrics)
        params.update(run.data.params)
    else:
        why = why or f"Version {version.version} names no run that it comes from."
        untold.update(dict.fromkeys(("data", "code"), why))
        if logged is None:
            untold.update(dict.fromkeys(("metrics", "params"), why))
    files = {file.path: file for file in files_of_version(tx, row[0])} if version.digest else None
    return _Side(
        version=version,
        metrics=metrics if known else None,
        params=params if known else None,
        data=None if run is None else _data(run),
        code=None if run is None else _code(run.data.tags),
        files=files,
        signature=_signature(tx, version, files, untold),
        packages=_packages(tx, version, files, untold),
        untold=untold,
    )


def _data(run: Any) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for item in run.inputs.dataset_inputs:
        found.setdefault(item.dataset.name, []).append(item.dataset.digest)
    return {name: ", ".join(sorted(set(digests))) for name, digests in found.items()}


def _code(tags: Mapping[str, str]) -> dict[str, str]:
    found = {
        name: next((tags[key] for key in keys if tags.get(key)), "") for name, keys in CODE.items()
    }
    return {name: value for name, value in found.items() if value}


def _signature(
    tx: Tx,
    version: ModelVersion,
    files: Mapping[str, StoredFile] | None,
    untold: dict[Part, str],
) -> dict[str, Any] | None:
    if files is None:
        why = f"The files of version {version.version} are not in this registry."
        untold.update(dict.fromkeys(("files", "signature", "packages"), why))
        return None
    found = None
    if MODEL_FILE in files:
        found = signature_of(model_text_of(tx, files[MODEL_FILE].digest))
    if found is None:
        untold["signature"] = f"Version {version.version} has no {MODEL_FILE} that can be read."
    return found


def _packages(
    tx: Tx,
    version: ModelVersion,
    files: Mapping[str, StoredFile] | None,
    untold: dict[Part, str],
) -> dict[tuple[Kind, str], str] | None:
    named = [path for path in FILES if files and path in files]
    if files is None:
        return None
    if not named:
        untold["packages"] = f"Version {version.version} has none of {', '.join(FILES)}."
        return None
    texts = {}
    for path in named:
        data = tx.blobs.part(files[path].digest, 0, MAX_TEXT + 1) if tx.blobs else None
        if data is None or len(data) > MAX_TEXT:
            untold["packages"] = f"{path} of version {version.version} cannot be read here."
            return None
        texts[path] = data.decode("utf-8", "replace")
    try:
        return packages(texts)
    except ValueError as problem:
        untold["packages"] = f"Of version {version.version}, {problem}."
        return None


class _Told:
    """Puts what differs together, and counts what does not."""

    def __init__(self, old: _Side, new: _Side, *, everything: bool) -> None:
        self._old, self._new = old, new
        self._everything = everything
        self.same: dict[Part, int] = {}
        self.untold: dict[Part, str] = {**new.untold, **old.untold}

    def of(
        self,
        part: Part,
        make: Callable[..., C],
        old: Mapping[K, V] | None,
        new: Mapping[K, V] | None,
    ) -> list[C]:
        """Return the changes of a part, by key; nothing where one side is not known."""
        if old is None or new is None:
            return []
        keys = sorted({*old, *new})  # type: ignore[type-var]  # texts, and pairs of texts
        equal = {key for key in keys if key in old and key in new and _same(old[key], new[key])}
        self.same[part] = len(equal)
        return [
            make(key=key, before=old.get(key), after=new.get(key))
            for key in keys
            if self._everything or key not in equal
        ]

    def signature(self) -> list[ColumnChange]:
        """Return the columns that differ."""
        old, new = self._old.signature, self._new.signature
        if old is None or new is None:
            return []
        try:
            found = signatures.changes(old, new)
        except ValueError:
            self.untold["signature"] = "One of the signatures cannot be read."
            return []
        different = [each for each in found if each.differs]
        self.same["signature"] = len(found) - len(different)
        return [
            ColumnChange(
                part=each.part,
                name=each.name,
                before=each.before,
                after=each.after,
                breaks=each.breaks,
            )
            for each in (found if self._everything else different)
        ]


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, StoredFile):
        return bool(old.digest == new.digest)
    return bool(old == new or (old != old and new != new))  # noqa: PLR0124  # NaN is like NaN


def _metric(*, key: str, before: float | None, after: float | None) -> MetricChange:
    both = before is not None and after is not None
    delta = after - before if both else None  # type: ignore[operator]  # both are there
    finite = delta is not None and math.isfinite(delta)
    return MetricChange(key=key, before=before, after=after, delta=delta if finite else None)


def _package(*, key: tuple[Kind, str], before: str | None, after: str | None) -> PackageChange:
    return PackageChange(kind=key[0], name=key[1], before=before, after=after)


def _file(*, key: str, before: StoredFile | None, after: StoredFile | None) -> FileChange:
    return FileChange(
        path=key,
        before=before.digest if before else None,
        after=after.digest if after else None,
        before_size=before.size if before else None,
        after_size=after.size if after else None,
    )
