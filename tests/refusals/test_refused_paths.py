"""Artifact paths that climb, in any spelling, on every call that takes one."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from refusals.served import API, Answer, Site, check_refusal

PROXY = "/api/2.0/mlflow-artifacts/artifacts"
AJAX = "/ajax-api/2.0/mlflow-artifacts/artifacts"

# As they stand in a URL; what is decoded once by the protocol is written so here.
CLIMBING = [
    "..", "../x", "a/../../x", "a/..", "./x", "a/./b", "%2e%2e/x", "%2E%2E%2Fx", "..%2fx",
    "..%2f..%2fetc%2fpasswd",
    "%252e%252e%252fx", "%25252e%25252e/x", "..%5cx", "..%255cx", "..\\x", "%2fetc%2fpasswd",
    "/etc/passwd",
    "//etc/passwd", "C:%5cx", "C:/x", "c:", "file:///etc/passwd", "file:%2fetc", "%2f%2fhost/x",
    "x%00y", "%00",
    "x%0ay", "x%0d%0aSet-Cookie: a=b", "x%7f", "x%23y", "a//b", "x/", "%ff", "%ed%a0%80",
    "%c0%ae%c0%ae/x",
    "a" * 256, "/".join(["a" * 200] * 15), "%e0%80%ae%e0%80%ae/x", "x%", "%2e", "a%2f..%2f..%2fb",
    "a%c2%85b",
    "..;/x", "..%00/x", ".%2e/x", "%2e./x", "%u002e%u002e/x",
]  # fmt: skip
HARMLESS = {"..;/x", "x%", "%u002e%u002e/x"}  # names like others: no decoder makes a climb of them

STAYING = {"./x": "x", "a/./b": "a/b", "%2e": ""}
"""Directories that clients name so when they list them, and what they mean."""


@pytest.fixture
def stored(site: Site, ids: dict[str, str]) -> str:
    """Return the artifact root of the seeded run, as the proxy names it."""
    answer = site.send("GET", f"{API}runs/get?run_id={ids['run']}")
    uri: str = answer.json["run"]["info"]["artifact_uri"]
    return uri.removeprefix("mlflow-artifacts:/")


def files(site: Site) -> set[Path]:
    """Return every file below the server's directory, but what a database changes by itself."""
    return {p for p in site.directory.rglob("*") if p.is_file()}


def refused(answer: Answer, what: Any) -> None:
    """Check a refusal; an empty listing or a missing file leads nowhere either."""
    check_refusal(answer, what)


@pytest.mark.usefixtures("unchanged")
def test_no_path_climbs_out_of_the_artifact_store(site: Site, stored: str) -> None:
    before = files(site)
    outside = site.directory.parent / "x"
    failed: list[str] = []
    for base in (PROXY, AJAX):
        for path in CLIMBING:
            for prefix in ("", stored + "/"):
                for method in ("PUT", "GET", "DELETE"):
                    if path in HARMLESS and method != "GET":
                        continue
                    if prefix and path in (
                        "c:",
                        "C:/x",
                        "C:%5cx",
                        "file:///etc/passwd",
                        "file:%2fetc",
                    ):
                        continue
                    target = f"{base}/{prefix}{path}".replace(" ", "%20").replace("\\", "%5c")
                    body = b"stolen" if method == "PUT" else None
                    answer = site.send(method, target, body, headers={})
                    try:
                        refused(answer, (method, target[:100]))
                    except AssertionError as problem:
                        failed.append(f"{problem!s:.300}")
    assert not failed, "\n".join(failed)
    assert files(site) == before
    assert not outside.exists()


@pytest.mark.usefixtures("unchanged")
def test_no_path_in_a_query_climbs(site: Site, ids: dict[str, str]) -> None:
    run, model = ids["run"], ids["logged model"]
    listings = [
        f"{PROXY}?path=", f"{AJAX}?path=", f"{API}artifacts/list?run_id={run}&path=",
        f"{API}logged-models/{model}/artifacts/directories?artifact_directory_path=",
    ]  # fmt: skip
    calls = [
        *listings,
        f"/get-artifact?run_id={run}&path=",
        "/model-versions/get-artifact?name=grape&version=1&path=",
        f"/ajax-api/2.0/mlflow/logged-models/{model}/artifacts/files?artifact_file_path=",
    ]  # fmt: skip
    failed: list[str] = []
    for call in calls:
        for path in CLIMBING:
            if path in HARMLESS or path == "x/":
                continue
            if call in listings and path in STAYING:
                found, meant = (site.send("GET", call + p) for p in (path, STAYING[path]))
                assert (found.status, found.body) == (200, meant.body), (call, path)
                continue
            target = call + path.replace(" ", "%20").replace("\\", "%5c")
            answer = site.send("GET", target)
            try:
                refused(answer, target[:150])
            except AssertionError as problem:
                failed.append(f"{problem!s:.300}")
    assert not failed, "\n".join(failed)


@pytest.mark.usefixtures("unchanged")
def test_uploads_that_cannot_be_kept_as_they_are_sent_leave_nothing(
    site: Site, ids: dict[str, str], stored: str
) -> None:
    before = files(site)
    put = f"{PROXY}/{stored}/fine.txt"
    for headers in (
        {"Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA=="},
        {"Content-MD5": "x"},
        {"Content-Digest": "sha-256=:AAAA:"},
        {"Content-Digest": "sha-256=x"},
        {"Content-Range": "bytes 0-3/9"},
    ):
        check_refusal(site.send("PUT", put, b"text", headers=headers), headers)
    check_refusal(site.send("PUT", put + "?x=1", b"text", headers={}), "query")
    check_refusal(site.send("PUT", PROXY, b"text", headers={}), "no name")
    check_refusal(site.send("PUT", PROXY + "/", b"text", headers={}), "no name")
    check_refusal(site.send("POST", put, b"text", headers={}), "method")
    upload = f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={ids['run']}&path="
    for path in ("..%2fx", "", "%ff", "a%00"):
        check_refusal(site.send("POST", upload + path, b"text", headers={}), path)
    check_refusal(
        site.send("POST", upload + "large", b"x" * (11 << 20), headers={}),
        "more than people upload",
    )
    gone = upload.replace(ids["run"], "0" * 32) + "f"
    check_refusal(site.send("POST", gone, b"text", headers={}), "no run")
    deadline = time.monotonic() + 10  # what came in is thrown away after the answer
    while files(site) != before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert files(site) == before


@pytest.mark.usefixtures("unchanged")
def test_a_path_as_long_as_an_index_can_hold_is_the_callers_mistake_beyond(site: Site) -> None:
    import random

    rng = random.Random(1)  # text that does not compress, or PostgreSQL would squeeze it in
    letters = [chr(c) for c in range(0x4E00, 0x9FFF)]
    for parts in (12, 30, 60):
        path = "/".join("".join(rng.choice(letters) for _ in range(80)) for _ in range(parts))
        check_refusal(site.send("PUT", f"{PROXY}/{quote(path)}", b"x", headers={}), parts)


@pytest.mark.usefixtures("unchanged")
def test_downloads_of_what_is_not_there_are_refused(site: Site, ids: dict[str, str]) -> None:
    run = ids["run"]
    for target in (
        f"{PROXY}/none", f"/get-artifact?run_id={run}&path=none", f"/get-artifact?run_id={run}",
        "/get-artifact",
        "/get-artifact?run_id=none&path=x", "/get-artifact?path=x", "/model-versions/get-artifact",
        "/model-versions/get-artifact?name=grape&version=9&path=x",
        "/model-versions/get-artifact?name=none&version=1&path=x",
        "/model-versions/get-artifact?name=grape&version=x&path=x",
        "/model-versions/get-artifact?name=grape&version=1&path=none",
        "/ajax-api/2.0/mlflow/logged-models/none/artifacts/files?artifact_file_path=x",
        "/ajax-api/2.0/mlflow/logged-models/%ff/artifacts/files?artifact_file_path=x",
        "/api/2.0/mlflow-artifacts/", "/api/2.0/mlflow-artifacts/nothing",
        "/api/2.0/mlflow-artifacts/artifacts/",
    ):  # fmt: skip
        check_refusal(site.send("GET", target), target)


def test_multipart_is_said_to_be_missing_in_the_words_that_clients_know(site: Site) -> None:
    for call in ("mpu/create/x", "mpu/complete/x", "mpu/abort/x"):
        answer = site.send("POST", f"/api/2.0/mlflow-artifacts/{call}", json.dumps({}).encode())
        assert (answer.status, answer.json["error_code"]) == (501, "NOT_IMPLEMENTED")
        assert answer.json["message"].startswith("Multipart upload is not supported for the cur")
    answer = site.send("GET", "/api/2.0/mlflow-artifacts/presigned/x")
    assert answer.status == 501
    assert answer.json["message"].startswith("Multipart download is not supported for the curr")
