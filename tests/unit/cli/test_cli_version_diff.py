"""Comparing versions of a model: a table for people, JSON and an exit status for scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.pairs import register_pair
from cuvee.api.base import Store
from cuvee.blobs.local import LocalBlobs
from cuvee.client.client import Client

Command = Callable[..., Any]


@pytest.fixture
def pair(store: Store, tmp_path: Path) -> str:
    """A model of which versions 1 and 2 differ in one thing of each kind."""
    blobs = LocalBlobs(tmp_path / "cuvee-data" / "artifacts")
    store.blobs = blobs  # type: ignore[attr-defined]  # a store in this process has them
    register_pair(store, blobs, "wine")
    return "wine"


def test_what_has_changed_is_a_table(cuvee: Command, pair: str) -> None:
    said = cuvee("versions", "diff", pair, "1", "2")

    lines = [line.split() for line in said.out.splitlines()]
    assert lines[0] == ["PART", "NAME", "VERSION", "1", "VERSION", "2", "NOTE"]
    assert ["metrics", "rmse", "0.75", "0.5", "-0.25"] in lines
    column = next(line for line in lines if line[:2] == ["inputs", "acid"])
    assert column[2:5] == ["double", "string", "breaks:"]
    assert ["pip", "scikit-learn", "1.7.1", "1.7.2"] in lines
    assert ["tags", "ticket", "W-1", "W-2"] in lines
    assert ["about", "description", "alcohol", "alone", "with", "pH"] in lines
    assert said.out.splitlines()[-1] == "9 values are the same."
    assert len([line for line in lines if line[0] == "files"]) == 5


def test_json_and_the_exit_status_are_for_scripts(cuvee: Command, pair: str) -> None:
    told = cuvee("versions", "diff", pair, "1", "2", "--json", "--exit-code")
    same = cuvee("versions", "diff", pair, "2", "2", "--exit-code", "--all")

    assert (told.status, same.status) == (3, 0)
    assert cuvee("versions", "diff", pair, "1", "2").status == 0
    assert told.json["params"] == [{"key": "alpha", "before": "0.1", "after": "0.2"}]
    assert "Nothing differs" not in same.out
    assert "Nothing differs in 25 values" in cuvee("versions", "diff", pair, "2", "2").out
    found = Client().compare_model_versions(pair, 1, "2")
    assert [m.key for m in found.metrics] == [m["key"] for m in told.json["metrics"]]


def test_a_version_that_is_not_there_and_what_is_not_known_are_said(
    cuvee: Command, store: Store, pair: str
) -> None:
    from cuvee.api.versions import CreateModelVersion

    store.do(CreateModelVersion(name=pair, source="s3://bucket/3"))

    assert "No version of wine is in Staging" in cuvee("versions", "diff", pair, "Staging", "2").err
    said = cuvee("versions", "diff", pair, "2", "3")
    assert "Not compared: files. The files of version 3 are not in this registry." in said.err
