"""Two versions of a model compared: exactly what has changed, and what could not be compared."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import pytest

from conformance.pairs import AFTER, BEFORE, register, register_pair
from conformance.people import NAMED
from cuvee.api.base import Store
from cuvee.api.comparisons import (
    ColumnChange,
    CompareVersions,
    FileChange,
    MetricChange,
    PackageChange,
    TextChange,
    VersionComparison,
)
from cuvee.api.experiments import CreateExperiment
from cuvee.api.models import CreateRegisteredModel, SetRegisteredModelAlias
from cuvee.api.permissions import GrantPermission
from cuvee.api.versions import CreateModelVersion, TransitionStage
from cuvee.blobs import Blobs
from cuvee.errors import InvalidParameter, NotFound
from cuvee.store.sql import SqlStore

COLUMNS = [
    ColumnChange(
        part="inputs",
        name="acid",
        before="double",
        after="string",
        breaks="input 'acid' was double and is string",
    ),
    ColumnChange(part="inputs", name="age", before="long"),
    ColumnChange(part="inputs", name="ph", after="double", breaks="input 'ph' is required now"),
    ColumnChange(part="outputs", name="sd", after="double"),
    ColumnChange(part="params", name="limit", before="double = 1.5", after="double = 2.5"),
]


BOMB = "z0: &z0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"z{n}: &z{n} [{', '.join([f'*z{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
"""Ten lines that unfold to billions of values."""
HALF = '[{"name": "\\ud800", "type": "long"}]'
"""A column whose name is half of a surrogate pair."""
ODD = ("a: !!timestamp x", "a: !!int ''", "a: !!bool x", "a: 2020-99-99", 'a: "\\uD800"', "&a [*a]")
"""What the library for YAML reads in part, or fails over in ways of its own."""


@pytest.fixture
def blobs(local_store: SqlStore, blobs: Blobs) -> Blobs:
    """The bytes that the store knows of, and the server if there is one."""
    local_store.blobs = blobs
    return blobs


def compare(store: Store, before: str = "1", after: str = "2", **more: Any) -> VersionComparison:
    return store.do(CompareVersions(name="wine", before=before, after=after, **more))


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_pair_with_one_change_of_each_kind_shows_exactly_those(
    store: Store, local_store: SqlStore, blobs: Blobs
) -> None:
    register_pair(local_store, blobs, "wine")

    found = compare(store)

    assert (found.before.version, found.after.version) == ("1", "2")
    assert found.metrics == [
        MetricChange(key="f1", after=0.9),
        MetricChange(key="mae", before=0.4),
        MetricChange(key="rmse", before=0.75, after=0.5, delta=-0.25),
    ]
    assert found.params == [TextChange(key="alpha", before="0.1", after="0.2")]
    assert found.signature == COLUMNS
    assert found.packages == [
        PackageChange(kind="pip", name="joblib", after=""),
        PackageChange(kind="pip", name="scikit-learn", before="1.7.1", after="1.7.2"),
        PackageChange(kind="pip", name="scipy", before=">=1.10"),
    ]
    assert [(f.path, f.before, f.after) for f in found.files] == [
        (path, before and sha(before), after and sha(after))
        for path in ("MLmodel", "model.skops", "notes.md", "plot.svg", "requirements.txt")
        for before in [BEFORE["files"].get(path)]
        for after in [AFTER["files"].get(path)]
    ]
    assert found.files[2] == FileChange(path="notes.md", before=sha("old"), before_size=3)
    assert found.data == [TextChange(key="wine", before="d1", after="d2")]
    assert found.code == [TextChange(key="commit", before="a" * 40, after="b" * 40)]
    assert found.tags == [TextChange(key="ticket", before="W-1", after="W-2")]
    assert found.description == TextChange(
        key="description", before="alcohol alone", after="with pH"
    )
    assert found.untold == []
    assert {same.part: same.count for same in found.same} == {
        "metrics": 1,
        "params": 1,
        "signature": 1,
        "packages": 3,
        "files": 1,
        "data": 0,
        "code": 1,
        "tags": 1,
    }


def test_what_is_the_same_is_told_when_asked_for(
    store: Store, local_store: SqlStore, blobs: Blobs
) -> None:
    register_pair(local_store, blobs, "wine")

    found = compare(store, everything=True)

    assert MetricChange(key="r2", before=0.5, after=0.5, delta=0.0) in found.metrics
    assert TextChange(key="depth", before="3", after="3") in found.params
    assert [c.name for c in found.signature] == ["acid", "age", "ph", "quality", "sd", "limit"]
    python = PackageChange(kind="python", name="python", before="3.13.0", after="3.13.0")
    assert python in found.packages
    itself = compare(store, "2", "2")
    assert (itself.metrics, itself.signature, itself.files) == ([], [], [])


def test_a_stage_and_an_alias_name_versions(
    store: Store, local_store: SqlStore, blobs: Blobs
) -> None:
    register_pair(local_store, blobs, "wine")
    with pytest.raises(NotFound, match="No version of wine is in Production"):
        compare(store, "Production")
    store.do(TransitionStage(name="wine", version="1", stage="Production"))
    store.do(SetRegisteredModelAlias(name="wine", alias="next", version="2"))

    found = compare(store, "production", "@next")

    assert (found.before.version, found.after.version) == ("1", "2")
    assert found.after.aliases == ["next"]
    with pytest.raises(InvalidParameter, match="Moon"):
        compare(store, "Moon")
    with pytest.raises(InvalidParameter, match="alias last not found"):
        compare(store, "@last")
    with pytest.raises(NotFound):
        compare(store, "9")
    with pytest.raises(NotFound, match="is in None"):
        compare(store, "None")


def test_what_is_not_known_is_said_and_not_compared(
    store: Store, local_store: SqlStore, blobs: Blobs
) -> None:
    register_pair(local_store, blobs, "wine")
    store.do(CreateModelVersion(name="wine", source="s3://bucket/3"))

    found = compare(store, "1", "3")

    told = {each.part: each.says for each in found.untold}
    assert told.keys() == {*["metrics", "params", "data", "code", "files", "signature", "packages"]}
    assert told["metrics"] == "Version 3 names no run that it comes from."
    assert told["files"] == "The files of version 3 are not in this registry."
    assert (found.metrics, found.signature, found.files, found.packages) == ([], [], [], [])
    assert [each.part for each in found.same] == ["tags"]
    assert len(found.tags) == 2


@pytest.mark.parametrize(
    ("path", "text", "part", "said"),
    [
        ("MLmodel", "signature: [", "signature", "has no MLmodel that can be read"),
        ("MLmodel", "signature:\n  inputs: '{'\n", "signature", "signatures cannot be read"),
        ("MLmodel", f"signature:\n  inputs: '{'[' * 9000}'\n", "signature", "cannot be read"),
        (
            "MLmodel",
            'signature:\n  inputs: \'[{"name": "\\ud800"}]\'\n',
            "signature",
            "cannot be read",
        ),
        (
            "MLmodel",
            BOMB + "signature: {inputs: *z9}",
            "signature",
            "has no MLmodel that can be read",
        ),
        *(("MLmodel", text, "signature", "has no MLmodel that can be read") for text in ODD),
        *(("conda.yaml", text, "packages", "conda.yaml is not YAML") for text in ODD),
        ("conda.yaml", BOMB + "dependencies: *z9", "packages", "conda.yaml is not YAML"),
        ("conda.yaml", "dependencies: [", "packages", "conda.yaml is not YAML"),
        ("conda.yaml", "- python", "packages", "conda.yaml holds no mapping"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    store: Store, local_store: SqlStore, blobs: Blobs, path: str, text: str, part: str, said: str
) -> None:
    register_pair(local_store, blobs, "wine")
    register(local_store, blobs, "wine", **{**AFTER, "files": {**AFTER["files"], path: text}})

    found = compare(store, "1", "3")

    ((named, says),) = [(each.part, each.says) for each in found.untold]
    assert named == part
    assert said in says
    assert getattr(found, part) == []
    assert path in [file.path for file in found.files]


def test_bytes_that_are_not_here_and_models_without_packages_are_not_compared(
    store: Store, local_store: SqlStore, blobs: Blobs
) -> None:
    register_pair(local_store, blobs, "wine")
    bare = {"MLmodel": AFTER["files"]["MLmodel"]}
    register(local_store, blobs, "wine", **{**AFTER, "files": bare})
    blobs.path(sha(AFTER["files"]["requirements.txt"])).unlink()

    (untold,) = compare(store, "1", "3").untold
    assert untold.says == ("Version 3 has none of requirements.txt, python_env.yaml, conda.yaml.")
    (untold,) = compare(store).untold
    assert untold.says == "requirements.txt of version 2 cannot be read here."


def test_nan_is_like_nan_and_infinity_has_no_distance(
    store: Store, local_store: SqlStore, blobs: Blobs
) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    for value in (1.0, math.inf):
        metrics = {"odd": math.nan, "loss": value}
        register(local_store, blobs, "wine", **{**BEFORE, "metrics": metrics})

    (found,) = compare(store).metrics

    assert found == MetricChange(key="loss", before=1.0, after=math.inf)


def test_a_run_that_one_may_not_read_stays_out(
    crowd: Store, local_store: SqlStore, blobs: Blobs
) -> None:
    secret = local_store.do(CreateExperiment(name="secret")).experiment_id
    register_pair(local_store, blobs, "wine", secret)
    crowd.do(GrantPermission(object="model:wine", user="alice", permission="CAN_READ"))
    asked = CompareVersions(name="wine", before="1", after="2", everything=True)

    found = crowd.do(asked, NAMED["alice"])

    assert (found.metrics, found.params, found.data, found.code) == ([], [], [], [])
    told = {each.part: each.says for each in found.untold}
    assert told.keys() == {"metrics", "params", "data", "code"}
    assert "alice, who asked, may not read" in told["metrics"]
    assert found.signature != []
    crowd.do(GrantPermission(object=f"experiment:{secret}", user="alice", permission="CAN_READ"))
    assert [m.key for m in crowd.do(asked, NAMED["alice"]).metrics] == ["f1", "mae", "r2", "rmse"]
