"""The artifact proxy and downloads, over real sockets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.client
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import uvicorn

from cuvee.api.artifacts import FindArtifact
from cuvee.api.logged_models import CreateLoggedModel
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.runs import CreateRun
from cuvee.api.versions import CreateModelVersion
from cuvee.blobs.local import LocalBlobs
from cuvee.server.app import App
from cuvee.store.sql import SqlStore

PROXY = "/api/2.0/mlflow-artifacts/artifacts"
PREFIX = "mlflow-artifacts:/"


@dataclass
class Answer:
    """What a server answered."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> tuple[int, str]:
        return self.status, self.json["error_code"]


@dataclass
class Site:
    """A running server and its parts."""

    port: int
    store: SqlStore
    blobs: LocalBlobs

    def ask(self, method: str, target: str, body: Any = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            sent = {k.replace("_", "-"): v for k, v in headers.items()}
            connection.request(method, target, body, sent)
            response = connection.getresponse()
            received = {k.lower(): v for k, v in response.getheaders()}
            return Answer(response.status, response.read(), received)
        finally:
            connection.close()

    def put(self, path: str, body: Any, **headers: str) -> Answer:
        return self.ask("PUT", f"{PROXY}/{quote(path)}", body, **headers)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", f"{PROXY}/{quote(path)}", **headers)

    def listing(self, path: str) -> Any:
        return self.ask("GET", f"{PROXY}?{urlencode({'path': path})}").json

    def temporary(self) -> list[str]:
        return [path.name for path in self.blobs.tmp.iterdir()]

    def run(self) -> tuple[str, str]:
        """Make a run; return its id and the path of its artifacts."""
        info = self.store.do(CreateRun(experiment_id="0")).run.info
        return info.run_id, info.artifact_uri.removeprefix(PREFIX).lstrip("/")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    store = SqlStore.open(f"sqlite:///{tmp_path}/cuvee.db")
    blobs = LocalBlobs(tmp_path / "artifacts")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(App(store, blobs), log_level="error")
        server = uvicorn.Server(config)
        # Not ``server.run``: its event-loop policy is deprecated in newer Pythons.
        thread = threading.Thread(target=asyncio.run, args=(server.serve([listener]),))
        thread.start()
        wait_for(lambda: server.started)
        yield Site(listener.getsockname()[1], store, blobs)
        server.should_exit = True
        thread.join(20)
    assert not thread.is_alive()


def wait_for(met: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


# ---------------------------------------------------------------- round trips


@pytest.mark.parametrize(
    "path", ["f", "1/r/artifacts/a b+c.txt", "vin été 🍷", "x%", "a%2Fb", "what?", "d/.h"]
)
def test_a_file_comes_back_under_the_name_it_was_sent_with(site: Site, path: str) -> None:
    data = os.urandom(1000)

    answer = site.put(path, data)
    assert (answer.status, answer.body) == (200, b"")
    assert site.get(path).body == data
    assert site.store.do(FindArtifact(path=path)).size == 1000


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_of_any_size_comes_back_whole(site: Site, size: int, *, chunked: bool) -> None:
    data = os.urandom(size)
    pieces = (data[i : i + 300_000] for i in range(0, size, 300_000))

    assert site.put("f", pieces if chunked else data).status == 200
    answer = site.get("f")
    assert answer.body == data
    assert answer.headers["content-length"] == str(size)
    assert site.temporary() == []


def test_a_second_upload_replaces_the_first(site: Site) -> None:
    site.put("f", b"first")
    site.put("f", b"second")

    assert site.get("f").body == b"second"


def test_the_browser_s_address_works_too(site: Site) -> None:
    site.put("f", b"x")

    assert site.ask("GET", "/ajax-api/2.0/mlflow-artifacts/artifacts/f").body == b"x"


def test_a_listing_has_base_names_and_is_empty_for_files_and_nothing(site: Site) -> None:
    site.put("r/d/x y", b"12")
    site.put("r/f", b"")

    assert site.listing("r") == {
        "files": [
            {"path": "d", "is_dir": True},
            {"path": "f", "is_dir": False, "file_size": 0},
        ]
    }
    assert site.listing("r/d") == {"files": [{"path": "x y", "is_dir": False, "file_size": 2}]}
    assert site.listing("r/f") == site.listing("none") == {}
    assert site.ask("GET", PROXY).json == {"files": [{"path": "r", "is_dir": True}]}


def test_deleting_takes_a_file_or_a_tree_and_forgives_nothing(site: Site) -> None:
    site.put("r/d/x", b"")
    site.put("r/f", b"")

    for path in ("r/d", "r/none", "r/f"):
        answer = site.ask("DELETE", f"{PROXY}/{path}")
        assert (answer.status, answer.json) == (200, {})
    assert site.listing("r") == {}


# ---------------------------------------------------------------- answers to downloads


def test_headers_say_what_a_file_is_and_keep_browsers_from_running_it(site: Site) -> None:
    site.put("d/été.html", b"<script>")
    headers = site.get("d/été.html").headers

    assert headers["content-type"] == "text/html"
    assert headers["content-disposition"].endswith("filename*=UTF-8''%C3%A9t%C3%A9.html")
    assert headers["content-disposition"].startswith("attachment;")
    assert headers["content-security-policy"] == "sandbox"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["etag"] == f'"{hashlib.sha256(b"<script>").hexdigest()}"'
    assert headers["last-modified"].endswith("GMT")


@pytest.mark.parametrize("size", [1000, 3_000_000])
def test_a_range_gives_that_part(site: Site, size: int) -> None:
    data = os.urandom(size)
    site.put("f", data)

    answer = site.get("f", Range="bytes=10-")
    assert (answer.status, answer.body) == (206, data[10:])
    assert answer.headers["content-range"] == f"bytes 10-{size - 1}/{size}"
    assert site.get("f", Range="bytes=-5").body == data[-5:]
    assert site.get("f", Range="bytes=1-3").body == data[1:4]
    answer = site.get("f", Range=f"bytes={size}-")
    assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{size}")
    assert site.get("f", Range="bytes=0-1,5-6").status == 200
    assert site.get("f", Range="bytes=0-1", If_Range='"other"').body == data


def test_an_unchanged_file_is_not_sent_again(site: Site) -> None:
    site.put("f", b"x")
    etag = site.get("f").headers["etag"]

    answer = site.get("f", If_None_Match=etag)
    assert (answer.status, answer.body) == (304, b"")
    site.put("f", b"y")
    assert site.get("f", If_None_Match=etag).body == b"y"


def test_head_has_the_headers_without_the_bytes(site: Site) -> None:
    site.put("f", b"12345")

    answer = site.ask("HEAD", f"{PROXY}/f")
    assert (answer.status, answer.headers["content-length"], answer.body) == (200, "5", b"")
    assert site.ask("HEAD", f"{PROXY}?path=").status == 200
    assert site.ask("HEAD", f"{PROXY}/none").status == 404


def test_missing_files_and_directories_are_told_apart(site: Site) -> None:
    site.put("d/f", b"")

    assert site.get("d/none").error == (404, "RESOURCE_DOES_NOT_EXIST")
    assert site.get("d").error == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("size", [100, 3_000_000])
def test_bytes_that_the_disk_has_lost_are_not_passed_off_as_the_file(site: Site, size: int) -> None:
    site.put("f", os.urandom(size))
    blob = site.blobs.path(site.store.do(FindArtifact(path="f")).digest)
    blob.chmod(0o600)
    os.truncate(blob, size // 2)
    assert site.get("f").error == (500, "INTERNAL_ERROR")
    blob.unlink()
    assert site.get("f").error == (500, "INTERNAL_ERROR")


# ---------------------------------------------------------------- uploads that fail


def header_block(site: Site, *lines: str) -> bytes:
    head = [f"PUT {PROXY}/cut HTTP/1.1", f"Host: 127.0.0.1:{site.port}", *lines, "", ""]
    return "\r\n".join(head).encode()


@pytest.mark.parametrize("size", [1000, 3 << 20])
@pytest.mark.parametrize("how", ["length", "chunked", "reset"])
@pytest.mark.parametrize("over", [False, True])
def test_an_upload_that_is_cut_leaves_nothing_and_keeps_the_old(
    site: Site, size: int, how: str, *, over: bool
) -> None:
    if over:
        site.put("cut", b"old")
    before = sorted(site.blobs.blobs.rglob("*"))
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as cut:
        if how == "chunked":
            cut.sendall(header_block(site, "Transfer-Encoding: chunked"))
            cut.sendall(f"{size:x}\r\n".encode() + bytes(size) + b"\r\n")
        else:
            cut.sendall(header_block(site, f"Content-Length: {2 * size}") + bytes(size))
        if size > 1 << 20:
            wait_for(lambda: site.temporary() != [])
        if how == "reset":
            cut.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    wait_for(lambda: site.temporary() == [])
    time.sleep(0.05)

    answer = site.get("cut")
    assert answer.body == b"old" if over else answer.status == 404
    assert sorted(site.blobs.blobs.rglob("*")) == before
    assert site.temporary() == []


def test_an_announced_digest_is_verified(site: Site) -> None:
    data = os.urandom(2_000_000)

    def header(algorithm: str, content: bytes) -> str:
        digest = hashlib.new(algorithm.replace("-", ""), content, usedforsecurity=False).digest()
        return base64.b64encode(digest).decode()

    for algorithm in ("sha-256", "sha-512"):
        wrong = f"{algorithm}=:{header(algorithm, b'other')}:"
        assert site.put("f", data, Content_Digest=wrong).error == (400, "INVALID_PARAMETER_VALUE")
    wrong = header("md5", b"other")
    assert site.put("f", data, Content_MD5=wrong).error == (400, "INVALID_PARAMETER_VALUE")
    assert site.put("f", data, Content_MD5="?").error == (400, "INVALID_PARAMETER_VALUE")
    wait_for(lambda: site.temporary() == [])
    assert site.get("f").status == 404

    right = ", ".join(f"{a}=:{header(a, data)}:" for a in ("sha-256", "sha-512"))
    answer = site.put("f", data, Content_Digest=right, Content_MD5=header("md5", data))
    assert answer.status == 200
    assert site.get("f").body == data


def test_a_full_disk_is_507_and_leaves_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.put("f", b"old")
    real = os.write

    def full(fd: int, data: Any) -> int:
        if Path(f"/proc/self/fd/{fd}").readlink().parent == site.blobs.tmp:
            raise OSError(28, "No space left on device")
        return real(fd, data)

    monkeypatch.setattr(os, "write", full)
    for size in (10, 3_000_000):
        assert site.put("f", bytes(size)).error == (507, "RESOURCE_EXHAUSTED")
    wait_for(lambda: site.temporary() == [])
    assert site.get("f").body == b"old"


@pytest.mark.parametrize(
    "spelling",
    [
        "../x",
        "..%2fx",
        "%2e%2e/x",
        "%2e%2e%2fx",
        "%252e%252e%252fx",
        "a/../../x",
        "..%5cx",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "a//b",
        "a/",
        "C%3A%5Cx",
        "a%23b",
        "a%00",
        "a%0a",
        "%ff",
        "%c0%ae%c0%ae/x",
        "x" * 256,
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused_by_every_call(
    site: Site, spelling: str
) -> None:
    run_id, _ = site.run()
    query = f"path={spelling}"
    for method, target in (
        ("PUT", f"{PROXY}/{spelling}"),
        ("GET", f"{PROXY}/{spelling}"),
        ("DELETE", f"{PROXY}/{spelling}"),
        ("GET", f"{PROXY}?{query}"),
        ("GET", f"/get-artifact?run_id={run_id}&{query}"),
        ("GET", f"/model-versions/get-artifact?name=m&version=1&{query}"),
        ("GET", f"/ajax-api/2.0/mlflow/logged-models/m-1/artifacts/files?artifact_file_{query}"),
        ("POST", f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run_id}&{query}"),
    ):
        if target == f"{PROXY}?path=a/":
            continue  # a directory may be written so
        answer = site.ask(method, target, b"x" if method in ("PUT", "POST") else None)
        assert answer.error == (400, "INVALID_PARAMETER_VALUE"), (method, target)
    assert site.listing("") == {}


def test_other_methods_and_calls_are_answered_in_json(site: Site) -> None:
    assert site.ask("POST", f"{PROXY}/f", b"x").error[0] == 405
    assert site.ask("DELETE", PROXY).error[0] == 405
    assert site.ask("PUT", "/get-artifact?path=x", b"x").error[0] == 405
    assert site.ask("GET", "/api/2.0/mlflow-artifacts/other").error[0] == 404
    for call in ("mpu/create/x", "mpu/complete/x", "mpu/abort/x"):
        answer = site.ask("POST", f"/api/2.0/mlflow-artifacts/{call}", b"{}")
        assert answer.error == (501, "NOT_IMPLEMENTED")
    answer = site.ask("GET", "/api/2.0/mlflow-artifacts/presigned/x")
    assert answer.error == (501, "NOT_IMPLEMENTED")


def test_a_refused_upload_leaves_the_connection_usable(site: Site) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    for path, status in (("a//b", 400), ("f", 200), ("f/g", 400), ("g", 200)):
        connection.request("PUT", f"{PROXY}/{path}", os.urandom(3_000_000))
        response = connection.getresponse()
        response.read()
        assert response.status == status
    connection.close()


# ---------------------------------------------------------------- many at once


def test_a_reader_never_sees_a_mixture_of_two_writers(site: Site) -> None:
    contents = [bytes([n]) * 3_000_000 for n in (1, 2)]
    site.put("f", contents[0])
    seen: list[bytes] = []
    threads = [threading.Thread(target=site.put, args=("f", data)) for data in contents * 3]
    threads += [threading.Thread(target=lambda: seen.append(site.get("f").body)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 6
    assert all(body in contents for body in seen)


def test_a_large_transfer_takes_little_memory(site: Site) -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    block = bytes(1 << 20)
    sink = bytearray(1 << 20)
    site.put("warm", block * 4)
    before = peak = resident()

    def source() -> Iterator[bytes]:
        nonlocal peak
        for _ in range(150):
            yield block
            peak = max(peak, resident())

    assert site.put("f", source()).status == 200
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.request("GET", f"{PROXY}/f")
    response = connection.getresponse()
    size = 0
    while count := response.readinto(sink):
        size += count
        peak = max(peak, resident())
    connection.close()
    assert size == 150 << 20
    assert peak - before < 32 << 20


def test_a_download_that_is_cut_short_does_not_disturb_the_server(site: Site) -> None:
    site.put("f", bytes(8 << 20))
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", site.port), timeout=10) as cut:
            cut.sendall(f"GET {PROXY}/f HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            cut.recv(1000)
    assert len(site.get("f").body) == 8 << 20


# ---------------------------------------------------------------- runs, models, versions


def test_files_of_runs_and_logged_models_are_downloaded_by_their_ids(site: Site) -> None:
    run_id, root = site.run()
    site.put(f"{root}/d/a b.txt", b"run")
    model = site.store.do(CreateLoggedModel(experiment_id="0", name="m")).model
    site.put(f"{model.artifact_location.removeprefix(PREFIX).lstrip('/')}/MLmodel", b"model")

    for name in ("run_id", "run_uuid"):
        answer = site.ask("GET", f"/get-artifact?{name}={run_id}&path=d%2Fa+b.txt")
        assert answer.body == b"run"
    assert answer.headers["content-disposition"] == 'attachment; filename="a b.txt"'
    files = f"/ajax-api/2.0/mlflow/logged-models/{model.model_id}/artifacts/files"
    assert site.ask("GET", f"{files}?artifact_file_path=MLmodel").body == b"model"
    assert site.ask("GET", files).error == (400, "INVALID_PARAMETER_VALUE")
    assert site.ask("GET", f"/get-artifact?run_id={run_id}").error[0] == 400
    assert site.ask("GET", f"/get-artifact?run_id={run_id}&path=d").error[0] == 400
    assert site.ask("GET", f"/get-artifact?run_id={run_id}&path=no").error[0] == 404
    assert site.ask("GET", f"/get-artifact?run_id={'0' * 32}&path=no").error[0] == 404


def test_the_page_uploads_small_files_into_a_run(site: Site) -> None:
    run_id, root = site.run()
    target = f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run_id}&path=notes/n.txt"

    answer = site.ask("POST", target, b"note")
    assert (answer.status, answer.json) == (200, {})
    assert site.get(f"{root}/notes/n.txt").body == b"note"
    for body in (bytes((10 << 20) + 1), b""):
        assert site.ask("POST", target, body).error == (400, "INVALID_PARAMETER_VALUE")
    assert site.get(f"{root}/notes/n.txt").body == b"note"
    wait_for(lambda: site.temporary() == [])


def test_no_route_changes_the_files_of_a_version(site: Site) -> None:
    run_id, root = site.run()
    site.put(f"{root}/model/MLmodel", b"approved")
    site.store.do(CreateRegisteredModel(name="wine"))
    source = f"{PREFIX}{root}/model"
    site.store.do(CreateModelVersion(name="wine", source=source, run_id=run_id))
    upload = f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run_id}&path=model/"

    for answer in (
        site.put(f"{root}/model/MLmodel", b"evil"),
        site.put(f"{root}/model/new", b"evil"),
        site.ask("POST", upload + "MLmodel", b"evil"),
        site.ask("DELETE", f"{PROXY}/{root}/model/MLmodel"),
        site.ask("DELETE", f"{PROXY}/{root.partition('/')[0]}"),
    ):
        assert answer.error == (409, "RESOURCE_CONFLICT")
        assert "version 1 of model 'wine'" in answer.json["message"]
    wanted = "/model-versions/get-artifact?name=wine&version=1&path="
    assert site.ask("GET", wanted + "MLmodel").body == b"approved"
    assert site.ask("GET", wanted + "other").error == (404, "RESOURCE_DOES_NOT_EXIST")
    assert site.put(f"{root}/model/MLmodel", b"approved").status == 200
