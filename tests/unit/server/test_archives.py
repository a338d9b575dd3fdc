"""Folders as ZIP archives: whole, under their names, and never held in memory."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from refusals.served import Site

PROXY = "/api/2.0/mlflow-artifacts/artifacts/"
BIG = 96 << 20


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with a run."""
    folder = tmp_path_factory.mktemp("archives")
    found = Site(f"sqlite:///{folder}/cuvee.db", folder)
    yield found
    found.close()


def new_run(site: Site, files: dict[str, bytes]) -> tuple[str, str]:
    """Make a run with files; return its id and where they are."""
    info = site.api("runs/create", experiment_id="0")["run"]["info"]
    root = info["artifact_uri"].partition(":")[2].strip("/")
    for path, data in files.items():
        answer = site.send("PUT", f"{PROXY}{root}/{quote(path)}", data, headers={})
        assert answer.status == 200, answer
    return info["run_id"], root


def opened(site: Site, address: str) -> dict[str, bytes]:
    answer = site.send("GET", address)
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_folder_a_run_and_a_version_are_downloaded_whole(site: Site) -> None:
    files = {"m/MLmodel": b"flavors: {}\n", "m/d/é %2.txt": b"x" * 3000, "top": b""}
    run, _ = new_run(site, files)

    address = f"/get-artifact-archive?run_id={run}"
    assert opened(site, address) == {f"{run}/{path}": data for path, data in files.items()}
    assert opened(site, f"{address}&path=m/d") == {"d/é %2.txt": b"x" * 3000}
    site.api("registered-models/create", name="wine")
    site.api("model-versions/create", name="wine", source=f"runs:/{run}/m", run_id=run)
    address = "/model-versions/get-artifact-archive?name=wine&version=1"
    assert sorted(opened(site, address)) == ["wine-1/MLmodel", "wine-1/d/é %2.txt"]
    answer = site.send("GET", f"{address}&path=d")
    assert answer.headers["content-disposition"] == "attachment; filename=d.zip"
    assert site.send("HEAD", address).body == b""


def test_what_is_not_there_is_refused(site: Site) -> None:
    run, _ = new_run(site, {"a": b"1"})
    for address, status in (
        (f"/get-artifact-archive?run_id={run}&path=none", 404),
        (f"/get-artifact-archive?run_id={run}&path=a", 404),
        (f"/get-artifact-archive?run_id={run}&path=../x", 400),
        (f"/get-artifact-archive?run_id={'0' * 32}", 404),
        ("/get-artifact-archive", 400),
        ("/logged-models/m-0/get-artifact-archive", 404),
        ("/model-versions/get-artifact-archive?name=none&version=1", 404),
    ):
        assert site.send("GET", address).status == status, address
    answer = site.send("POST", f"/get-artifact-archive?run_id={run}", b"")
    assert answer.status == 405


def test_an_archive_of_any_size_needs_little_memory(site: Site, tmp_path: Path) -> None:
    run, _ = new_run(site, {f"big/{i}": bytes([i]) * (BIG // 3) for i in range(3)})
    before = site.memory()
    target = tmp_path / "big.zip"
    address = f"http://127.0.0.1:{site.port}/get-artifact-archive?run_id={run}&path=big"
    subprocess.run(["curl", "-sf", "-o", target, address], check=True, timeout=60)

    assert target.stat().st_size > BIG
    assert site.peak_memory() - before < BIG // 2
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
    _stop_early(site, run)


def _stop_early(site: Site, run: str) -> None:
    """Leave in the middle of a download; the server goes on."""
    with site.raw() as connection:
        line = (
            f"GET /get-artifact-archive?run_id={run}&path=big HTTP/1.1\r\nHost: localhost\r\n\r\n"
        )
        connection.sendall(line.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
    assert site.send("GET", "/health").status == 200
