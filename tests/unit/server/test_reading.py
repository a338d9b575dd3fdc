"""Files that clients wrote by themselves below the server's artifact root."""

from __future__ import annotations

import base64
import io
import os
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from cuvee.errors import Conflict
from cuvee.log.comparison import steps
from cuvee.server.reading import Outside
from cuvee.store.sql import SqlStore
from refusals.served import API, Answer, Site

LIST = API + "artifacts/list"
SECRET = b"nobody may read this"


@pytest.fixture(scope="module", params=["uri", "path"])
def site(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server whose artifact root is a directory."""
    folder = tmp_path_factory.mktemp("reading")
    root = folder / "root é"
    given = root.as_uri() if request.param == "uri" else str(root)
    found = Site(f"sqlite:///{folder}/cuvee.db", folder, "--default-artifact-root", given)
    (folder / "secret").write_bytes(SECRET)
    yield found
    found.close()


def new_run(site: Site, **fields: Any) -> tuple[str, Path]:
    """Make a run; return its id and the directory that its client would write to."""
    info = site.api("runs/create", **{"experiment_id": "0", **fields})["run"]["info"]
    path = site.directory / "root é" / "0" / info["run_id"] / "artifacts"
    assert info["artifact_uri"] in (path.as_uri(), str(path))
    (path / "d" / "e").mkdir(parents=True)
    (path / "a.txt").write_text("abc")
    (path / "d" / "b.json").write_text("{}")
    return info["run_id"], path


def listed(site: Site, run_id: str, path: str = "") -> Any:
    answer = site.send("GET", f"{LIST}?run_id={run_id}&path={quote(path)}")
    assert answer.status == 200, answer
    return answer.json.get("files", [])


def got(site: Site, run_id: str, path: str, **headers: str) -> Answer:
    address = f"/get-artifact?run_id={run_id}&path={quote(path)}"
    return site.send("GET", address, headers=headers)


def test_a_run_is_listed_one_directory_at_a_time(site: Site) -> None:
    run, _ = new_run(site)
    assert listed(site, run) == [
        {"path": "a.txt", "is_dir": False, "file_size": 3},
        {"path": "d", "is_dir": True},
    ]
    inside = [
        {"path": "d/b.json", "is_dir": False, "file_size": 2},
        {"path": "d/e", "is_dir": True},
    ]
    assert listed(site, run, "d") == listed(site, run, "./d/") == inside
    assert listed(site, run, "d/e") == listed(site, run, "a.txt") == listed(site, run, "no") == []


def test_a_run_without_files_is_empty(site: Site) -> None:
    run = site.api("runs/create", experiment_id="0")["run"]["info"]["run_id"]
    assert listed(site, run) == []


def test_a_file_is_downloaded_and_shown(site: Site) -> None:
    run, _ = new_run(site)
    answer = got(site, run, "d/b.json")
    assert (answer.status, answer.body) == (200, b"{}")
    assert answer.headers["content-type"] == "text/plain"
    assert answer.headers["content-disposition"] == "attachment; filename=b.json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "etag" not in answer.headers  # its digest is not known
    assert "last-modified" in answer.headers
    assert got(site, run, "a.txt", **{"If-None-Match": "*"}).body == b"abc"
    part = got(site, run, "a.txt", Range="bytes=1-")
    assert (part.status, part.body) == (206, b"bc")
    shown = site.send("GET", f"/view/get-artifact?run_id={run}&path=a.txt")
    assert shown.headers["content-disposition"] == "inline"


def test_a_large_file_comes_whole(site: Site) -> None:
    run, path = new_run(site)
    data = os.urandom((5 << 20) + 1)
    (path / "big").write_bytes(data)
    assert got(site, run, "big").body == data


def test_a_logged_model_is_listed_and_read(site: Site) -> None:
    info = site.api("logged-models", experiment_id="0", name="m")["model"]["info"]
    path = site.directory / "root é" / "0" / "models" / info["model_id"] / "artifacts"
    path.mkdir(parents=True)
    (path / "MLmodel").write_text("flavors: {}")
    base = f"/ajax-api/2.0/mlflow/logged-models/{info['model_id']}/artifacts"
    files = site.send("GET", f"{base}/directories").json["files"]
    assert files == [{"path": "MLmodel", "is_dir": False, "file_size": 11}]
    assert site.send("GET", f"{base}/files?artifact_file_path=MLmodel").body == b"flavors: {}"


def test_what_is_no_file_is_refused(site: Site) -> None:
    run, path = new_run(site)
    os.mkfifo(path / "pipe")
    assert got(site, run, "no").status == got(site, run, "a.txt/x").status == 404
    assert got(site, run, "pipe").status == 404
    assert got(site, run, "d").status == 400
    assert "pipe" not in str(listed(site, run))


def test_links_are_neither_shown_nor_followed(site: Site) -> None:
    run, path = new_run(site)
    (path / "link").symlink_to(site.directory / "secret")
    (path / "up").symlink_to(site.directory)
    assert [file["path"] for file in listed(site, run)] == ["a.txt", "d"]
    assert listed(site, run, "up") == []
    for name in ("link", "up/secret"):
        answer = got(site, run, name)
        assert answer.status == 404
        assert SECRET not in answer.body


def test_a_run_whose_directory_is_a_link_shows_nothing(site: Site) -> None:
    run = site.api("runs/create", experiment_id="0")["run"]["info"]["run_id"]
    place = site.directory / "root é" / "0" / run
    place.mkdir(parents=True)
    (place / "artifacts").symlink_to(site.directory)
    assert listed(site, run) == []
    assert got(site, run, "secret").status == 404


@pytest.mark.parametrize("path", ["../a.txt", "d/../../x", "/etc/passwd", "%2e%2e/x", "d\\..\\x"])
def test_nothing_climbs_out(site: Site, path: str) -> None:
    run, _ = new_run(site)
    answer = got(site, run, path)
    assert (answer.status, answer.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_what_lies_elsewhere_is_not_shown(site: Site) -> None:
    elsewhere = site.directory / "elsewhere"
    made = site.api("experiments/create", name="elsewhere", artifact_location=str(elsewhere))
    info = site.api("runs/create", experiment_id=made["experiment_id"])["run"]["info"]
    path = elsewhere / info["run_id"] / "artifacts"
    path.mkdir(parents=True)
    (path / "secret").write_bytes(SECRET)
    assert listed(site, info["run_id"]) == []
    assert SECRET not in got(site, info["run_id"], "secret").body


def test_a_name_that_no_answer_can_carry_is_left_out(site: Site) -> None:
    run, path = new_run(site)
    with open(os.fsencode(path) + b"/\xff", "wb"):  # noqa: PTH123  # no str has this name
        pass
    assert [file["path"] for file in listed(site, run)] == ["a.txt", "d"]


def test_a_root_that_is_no_directory_of_this_computer_holds_nothing() -> None:
    for uri in ("mlflow-artifacts:", "s3://bucket/x", "relative", "file://host/x"):
        assert Outside.at(uri) is None
    outside = Outside.at("file:///data/place")
    assert outside is not None
    assert outside.holds("file:///data/place/0/r/artifacts")
    assert outside.holds("/data/place/0")
    for uri in (
        "/data/place",
        "/data/places/0",
        "/data/place/../x",
        "/data/place/%2e%2e/x",
        "s3://b",
    ):
        assert not outside.holds(uri if uri.startswith("s3") else f"file://{uri}"), uri


def test_who_may_not_read_a_run_reads_no_file_of_it(tmp_path: Path) -> None:
    root = tmp_path / "root é"
    site = Site(f"sqlite:///{tmp_path}/c.db", tmp_path, "--default-artifact-root", str(root))
    try:
        run, _ = new_run(site)
        people: dict[str, dict[str, str]] = {}
        for name in ("ann", "bob"):
            fields = {"username": name, "password": "correct horse battery"}
            answer = site.send("POST", API + "users/create", fields, headers={
                "Content-Type": "application/json", **people.get("ann", {}),
            })  # fmt: skip
            assert answer.status == 200, answer
            login = base64.b64encode(f"{name}:correct horse battery".encode()).decode()
            people[name] = {"Authorization": f"Basic {login}"}
        for path in (f"{LIST}?run_id={run}", f"/get-artifact?run_id={run}&path=a.txt"):
            assert site.send("GET", path, headers=people["ann"]).status == 200
            refused = site.send("GET", path, headers=people["bob"])
            assert refused.status in (403, 404)
            assert b"a.txt" not in refused.body
            assert site.send("GET", path).status == 401
    finally:
        site.close()


def test_a_file_that_changed_meanwhile_is_not_mixed(tmp_path: Path) -> None:
    place = tmp_path / "0" / "r" / "artifacts"
    place.mkdir(parents=True)
    (place / "a").write_text("abc")
    outside, uri = Outside(tmp_path), place.as_uri()
    found = outside.find(uri, "a")
    os.close(outside.open(uri, found))
    (place / "a").write_text("abcd")
    with pytest.raises(Conflict, match="changed while it was read"):
        outside.open(uri, found)


def test_a_directory_is_downloaded_as_a_whole(site: Site) -> None:
    run, path = new_run(site)
    (path / "d" / "e" / "c.txt").write_text("c")
    (path / "d" / "link").symlink_to(site.directory / "secret")
    (path / "d" / "folder").symlink_to(site.directory)
    whole = {"a.txt": b"abc", "d/b.json": b"{}", "d/e/c.txt": b"c"}
    assert unpacked(site, f"/get-artifact-archive?run_id={run}") == {
        f"{run}/{name}": data for name, data in whole.items()
    }
    inner = {"d/b.json": b"{}", "d/e/c.txt": b"c"}
    assert unpacked(site, f"/get-artifact-archive?run_id={run}&path=d") == inner
    for wrong, status in (("d/link", 404), ("d/folder", 404), ("none", 404), ("../..", 400)):
        answer = site.send("GET", f"/get-artifact-archive?run_id={run}&path={wrong}")
        assert answer.status == status


def test_files_of_a_version_that_clients_wrote_are_downloaded(site: Site) -> None:
    run, path = new_run(site)
    name = f"m-{run}"
    site.api("registered-models/create", name=name)
    info = site.send("GET", f"{API}runs/get?run_id={run}").json["run"]["info"]
    source = f"{info['artifact_uri']}/d"
    site.api("model-versions/create", name=name, source=source, run_id=run)
    address = f"/model-versions/get-artifact?name={name}&version=1&path="
    assert site.send("GET", address + "b.json").body == b"{}"
    assert site.send("GET", address + "a.txt").status == 404
    assert site.send("GET", address + "../a.txt").status == 400
    archive = f"/model-versions/get-artifact-archive?name={name}&version=1"
    assert unpacked(site, archive) == {f"{name}-1/b.json": b"{}"}

    # Soon the server has kept them: then they are what was registered, whatever clients do.
    manifest = kept(site, name)
    assert manifest == [{"path": "b.json", "digest": sha256(b"{}").hexdigest(), "size": 2}]
    (path / "d" / "b.json").write_text('{"other": 1}')
    (path / "d" / "new").write_text("new")
    assert site.send("GET", address + "b.json").body == b"{}"
    (path / "d" / "b.json").unlink()
    assert unpacked(site, archive) == {f"{name}-1/b.json": b"{}"}
    version = site.send("GET", f"{API}model-versions/get?name={name}&version=1").json
    line = f"{sha256(b'{}').hexdigest()}  b.json\n"
    assert version["model_version"]["digest"] == sha256(line.encode()).hexdigest()


def test_versions_of_models_and_of_runs_that_clients_wrote_are_kept_with_what_they_say(
    site: Site,
) -> None:
    run, path = new_run(site)
    (path / "model").mkdir()
    (path / "model" / "MLmodel").write_text("flavors: {}\n")
    (path / "model" / "weights").write_bytes(b"w" * 3_000_000)
    (path / "model" / "link").symlink_to(site.directory / "secret")
    name = f"n-{run}"
    site.api("registered-models/create", name=name)
    site.api("model-versions/create", name=name, source=f"runs:/{run}/model", run_id=run)
    files = {file["path"]: file for file in kept(site, name)}
    assert files.keys() == {"MLmodel", "weights"}
    assert files["weights"]["digest"] == sha256(b"w" * 3_000_000).hexdigest()

    site.api("model-versions/create", name=name, source=f"runs:/{run}/none", run_id=run)
    site.api("model-versions/create", name=name, source="s3://far/away")
    source = f"models:/{name}/1"
    site.api("model-versions/create", name=name, source=source)
    assert {file["path"] for file in kept(site, name, 4)} == {"MLmodel", "weights"}
    for empty in (2, 3):
        assert manifest_of(site, name, empty) == []
    with closing(SqlStore.open(site.url)) as store:
        assert [finding for found in steps(store.do) for finding in found] == []


def manifest_of(site: Site, name: str, version: int) -> Any:
    address = f"/api/1.0/cuvee/model-versions/manifest?name={name}&version={version}"
    return site.send("GET", address).json.get("files", [])


def kept(site: Site, name: str, version: int = 1) -> Any:
    """Wait until a version has its files, and return them."""
    end = time.monotonic() + 30
    while not (found := manifest_of(site, name, version)):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
    return found


def unpacked(site: Site, address: str) -> dict[str, bytes]:
    answer = site.send("GET", address)
    assert answer.status == 200, answer
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}
