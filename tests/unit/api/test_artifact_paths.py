"""Artifact paths and version digests."""

from __future__ import annotations

import hashlib
import posixpath
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuvee.api.artifacts import (
    StoredFile,
    artifact_directory,
    artifact_path,
    manifest_digest,
)
from cuvee.errors import InvalidParameter


@pytest.mark.parametrize(
    "path",
    [
        "MLmodel",
        "1/abc/artifacts/model/MLmodel",
        "a b",
        "ä/ö",
        "vin été 🍷.txt",
        "a+b",
        "x%",
        "100%25",
        "a%2Fb",
        ".hidden",
        "a..b",
        "...",
        "~backup",
        "CON",
        "what?.txt",
        "a:b",
        "x" * 255,
        "/".join(["y" * 200] * 10),
    ],
)
def test_an_ordinary_path_is_kept_exactly_as_it_was_sent(path: str) -> None:
    assert artifact_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/etc/passwd",
        "a/",
        "a//b",
        ".",
        "..",
        "a/./b",
        "../x",
        "a/../../x",
        "a/..",
        "%2e%2e/x",
        "..%2fx",
        "%252e%252e%252fx",
        "%25252e%25252e/x",
        "a/%2e%2e%2f%2e%2e",
        "%2fetc",
        "..\\x",
        "a\\b",
        "a%5cb",
        "C:/x",
        "c:",
        "c%3a/x",
        "file:/etc/passwd",
        "a#b",
        "nul\0",
        "nul%00",
        "tab\t",
        "line\n",
        "line%0a",
        "\x7f",
        "\x9f",
        "\ud800",
        "x" * 256,
        "ä" * 128,
        "/".join(["y" * 200] * 11),
    ],
)
def test_a_path_that_climbs_or_could_not_be_kept_is_refused(path: str) -> None:
    with pytest.raises(InvalidParameter, match="Invalid path"):
        artifact_path(path)


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("/.%2e5cf:"), max_size=40))
def test_no_decoding_of_an_accepted_path_leaves_the_root(path: str) -> None:
    try:
        spelling = artifact_path(path)
    except InvalidParameter:
        return
    for _ in range(40):
        assert posixpath.normpath(posixpath.join("/root", spelling)).startswith("/root/")
        spelling = unquote(spelling)


def test_a_path_that_is_encoded_again_and_again_is_decided_quickly() -> None:
    assert artifact_path("%" + "25" * 100) == "%" + "25" * 100
    with pytest.raises(InvalidParameter):
        artifact_path("%" + "25" * 100 + "2e%2e/x")


def test_a_directory_may_end_with_slashes_and_be_the_root() -> None:
    assert [artifact_directory(p) for p in ("", "a", "a/b/", "a//")] == ["", "a", "a/b", "a"]
    for path in ("/", "//", "/a", "a//b"):
        with pytest.raises(InvalidParameter):
            artifact_directory(path)


def test_a_dot_in_a_directory_is_the_directory_itself() -> None:
    for path, directory in ((".", ""), ("./", ""), ("./a", "a"), ("a/.", "a"), ("a/./b/.", "a/b")):
        assert artifact_directory(path) == directory, path
    assert artifact_directory("a/.b") == "a/.b"
    for path in ("/.", "./..", "a/./../b", "./%2e%2e", "a//."):
        with pytest.raises(InvalidParameter):
            artifact_directory(path)


def test_a_version_has_the_digest_of_what_sha256sum_would_print() -> None:
    one, two = (hashlib.sha256(data).hexdigest() for data in (b"1", b"2"))
    files = [
        StoredFile(path="model/a", digest=two, size=1),
        StoredFile(path="MLmodel", digest=one, size=1),
    ]

    lines = "".join(sorted([f"{one}  MLmodel\n", f"{two}  model/a\n"]))
    assert manifest_digest(files) == hashlib.sha256(lines.encode()).hexdigest()
    assert manifest_digest(reversed(files)) == manifest_digest(files)
    assert manifest_digest([]) == ""
