"""HTTP headers of uploads and downloads."""

from __future__ import annotations

import base64
import hashlib

import pytest

from cuvee.api.artifacts import StoredFile
from cuvee.errors import InvalidParameter
from cuvee.server.headers import (
    announced_hashes,
    content_disposition,
    content_type,
    download_headers,
    wanted_range,
)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_announced_digests_are_read_and_unknown_ones_passed_over() -> None:
    md5, sha256, sha512 = (
        hashlib.new(name, b"x", usedforsecurity=False).digest()
        for name in ("md5", "sha256", "sha512")
    )
    digest = f"sha-256=:{b64(sha256)}:, sha-512=:{b64(sha512)}:,unixsum=:AAAA:"

    assert announced_hashes("", "") == {}
    assert announced_hashes(b64(md5), digest) == {"md5": md5, "sha256": sha256, "sha512": sha512}


@pytest.mark.parametrize(
    ("md5", "digest"),
    [
        ("x", ""),
        (b64(b"short"), ""),
        ("", "sha-256"),
        ("", "sha-256=abc"),
        ("", "sha-256=:abc:"),
        ("", f"sha-256=:{b64(b'short')}:"),
        ("", f"sha-256=:{b64(bytes(32))}:,"),
    ],
)
def test_a_digest_that_cannot_be_read_is_refused(md5: str, digest: str) -> None:
    with pytest.raises(InvalidParameter, match="malformed"):
        announced_hashes(md5, digest)


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("", None),
        ("bytes=0-9", (0, 10)),
        ("bytes=5-", (5, 100)),
        ("bytes=-7", (93, 100)),
        ("bytes=-700", (0, 100)),
        ("bytes=90-900", (90, 100)),
        ("Bytes=99-99", (99, 100)),
        ("bytes=100-", (100, 100)),
        ("bytes=-0", (100, 100)),
        ("bytes=9-5", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=x-", None),
        ("bytes=" + "9" * 200 + "-", None),
    ],
)
def test_a_range_is_understood_or_passed_over(header: str, span: tuple[int, int] | None) -> None:
    assert wanted_range(header, 100) == span


def test_an_empty_file_satisfies_no_range() -> None:
    assert wanted_range("bytes=0-", 0) == (0, 0)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("MLmodel", "text/plain"),
        ("conda.yaml", "text/plain"),
        ("a.JSON", "text/plain"),
        ("app.js", "text/plain"),
        ("page.html", "text/html"),
        ("plot.png", "image/png"),
        ("plot.svg", "image/svg+xml"),
        ("paper.pdf", "application/pdf"),
        ("a.tar.gz", "application/octet-stream"),
        ("model.pkl", "application/octet-stream"),
        ("data:text", "application/octet-stream"),
        ("été", "application/octet-stream"),
    ],
)
def test_the_type_follows_from_the_name(name: str, kind: str) -> None:
    assert content_type(name) == kind


def test_a_download_is_saved_under_its_name() -> None:
    assert content_disposition("dog+step+20.png") == "attachment; filename=dog+step+20.png"
    assert content_disposition("a;b.txt") == 'attachment; filename="a;b.txt"'
    assert content_disposition("a b.txt") == 'attachment; filename="a b.txt"'
    assert content_disposition('a"%b.txt') == (
        "attachment; filename=\"a__b.txt\"; filename*=UTF-8''a%22%25b.txt"
    )
    assert content_disposition("été.txt") == (
        "attachment; filename=\"_t_.txt\"; filename*=UTF-8''%C3%A9t%C3%A9.txt"
    )


def test_headers_keep_a_browser_from_running_a_file() -> None:
    digest = hashlib.sha256(b"x").digest()
    file = StoredFile(path="a/b.html", digest=digest.hex(), size=1, modified=86_400_000)
    headers = dict(download_headers(file))

    assert headers[b"content-security-policy"] == b"sandbox"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"content-disposition"].startswith(b"attachment")
    assert headers[b"etag"] == f'"{digest.hex()}"'.encode()
    assert headers[b"repr-digest"] == f"sha-256=:{b64(digest)}:".encode()
    assert headers[b"last-modified"] == b"Fri, 02 Jan 1970 00:00:00 GMT"
