"""URIs are taken apart, or refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuvee.errors import InvalidParameter
from cuvee.uris import (
    DatabaseUri,
    DirectoryUri,
    LocalUri,
    ModelUri,
    RunUri,
    ServerUri,
    StoredUri,
    check_path,
    join,
    parse_artifact_uri,
    parse_model_uri,
    parse_tracking_uri,
)

MODEL_ID = "m-" + "0" * 32


@pytest.mark.parametrize(
    ("uri", "found"),
    [
        ("models:/wine/3", ModelUri(name="wine", version="3")),
        ("models:/wine/007", ModelUri(name="wine", version="7")),
        ("models:/wine/Production", ModelUri(name="wine", stage="Production")),
        ("models:/wine/latest", ModelUri(name="wine", latest=True)),
        ("models:/wine/Latest", ModelUri(name="wine", latest=True)),
        ("models:/wine@champion", ModelUri(name="wine", alias="champion")),
        ("models:/a@b@champion", ModelUri(name="a@b", alias="champion")),
        ("models:/a@b/3", ModelUri(name="a@b", version="3")),
        ("models:/a b/3/sub/MLmodel", ModelUri(name="a b", version="3", path="sub/MLmodel")),
        ("models:/wine@champion/MLmodel", ModelUri(name="wine", alias="champion", path="MLmodel")),
        (f"models:/{MODEL_ID}", ModelUri(model_id=MODEL_ID)),
        (f"models:/{MODEL_ID}/MLmodel", ModelUri(model_id=MODEL_ID, path="MLmodel")),
    ],
)
def test_a_model_uri_names_a_version_stage_alias_or_logged_model(uri: str, found: ModelUri) -> None:
    assert parse_model_uri(uri) == found


@pytest.mark.parametrize(
    "uri",
    [
        "models:/",
        "models:/wine",
        "models:/wine/",
        "models://wine/3",
        "models:wine/3",
        "models:/@a",
        "models:/wine@",
        "wine/3",
        "runs:/a/b",
        "models:/wine/3/../../x",
        "models:/ /3",
    ],
)
def test_a_malformed_model_uri_is_refused_in_words(uri: str) -> None:
    with pytest.raises(InvalidParameter, match=r"models:/|\.\."):
        parse_model_uri(uri)


@pytest.mark.parametrize(
    ("uri", "found"),
    [
        ("runs:/abc/model", RunUri("abc", "model")),
        ("runs:/abc", RunUri("abc", "")),
        ("mlflow-artifacts:/1/x/artifacts", StoredUri("", "1/x/artifacts")),
        ("mlflow-artifacts://host:5000/1/x", StoredUri("host:5000", "1/x")),
        ("file:///tmp/a%20b", LocalUri(Path("/tmp/a b"))),  # noqa: S108  # never opened
        ("some/where", LocalUri(Path("some/where"))),
        ("models:/wine/3", ModelUri(name="wine", version="3")),
    ],
)
def test_artifact_uris_of_every_scheme_are_understood(uri: str, found: object) -> None:
    assert parse_artifact_uri(uri) == found


@pytest.mark.parametrize("uri", ["s3://bucket/x", "runs:/", "file://host/x", "runs:/a/../../b"])
def test_artifact_uris_that_cannot_be_read_are_refused(uri: str) -> None:
    with pytest.raises(InvalidParameter):
        parse_artifact_uri(uri)


@pytest.mark.parametrize(
    ("uri", "found"),
    [
        ("http://host:5000", ServerUri("http://host:5000")),
        ("https://host/pre/", ServerUri("https://host/pre")),
        ("http://u%40:p%3A@host/", ServerUri("http://host", "u@", "p:")),
        ("some-database://host/name", DatabaseUri("some-database://host/name")),
        ("runs", DirectoryUri(Path("runs"))),
        ("file:///data", DirectoryUri(Path("/data"))),
    ],
)
def test_tracking_uris_name_a_server_a_database_or_a_directory(uri: str, found: object) -> None:
    assert parse_tracking_uri(uri) == found


@pytest.mark.parametrize("uri", ["http://", "databricks:x"])
def test_a_tracking_uri_that_names_nothing_is_refused(uri: str) -> None:
    with pytest.raises(InvalidParameter, match="tracking URI"):
        parse_tracking_uri(uri)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../b", "a\0b", "C:\\x"])
def test_a_path_that_leaves_the_artifact_directory_is_refused(path: str) -> None:
    with pytest.raises(InvalidParameter, match="artifact directory"):
        check_path(path)


def test_paths_are_normalised_and_joined() -> None:
    assert check_path("a//b/./c") == "a/b/c"
    assert check_path("./") == ""
    assert join("mlflow-artifacts:/1", "a/b") == "mlflow-artifacts:/1/a/b"
    assert join("mlflow-artifacts:/1", "") == "mlflow-artifacts:/1"
