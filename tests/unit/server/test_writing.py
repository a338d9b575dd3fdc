"""Uploads through the server into a directory that clients write to by themselves."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import re
import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from cuvee.errors import Conflict, CuveeError, InvalidParameter, StorageFull
from cuvee.server import writing
from cuvee.server.reading import Outside
from cuvee.server.writing import NAMELESS, OutsideUpload
from refusals.served import API, Answer, Site

UPLOAD = "/ajax-api/2.0/mlflow/upload-artifact"
SECRET = b"nobody may write this"


@pytest.fixture(scope="module", params=["uri", "path"])
def site(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server whose artifact root is a directory that nobody has made yet."""
    folder = tmp_path_factory.mktemp("writing")
    root = folder / "root é"
    given = root.as_uri() if request.param == "uri" else str(root)
    found = Site(f"sqlite:///{folder}/cuvee.db", folder, "--default-artifact-root", given)
    (folder / "secret").write_bytes(SECRET)
    yield found
    found.close()


def new_run(site: Site) -> tuple[str, Path]:
    """Make a run; return its id and the directory that its client would write to."""
    info = site.api("runs/create", experiment_id="0")["run"]["info"]
    return info["run_id"], site.directory / "root é" / "0" / info["run_id"] / "artifacts"


def send(site: Site, run: str, path: str, data: bytes, **headers: str) -> Answer:
    return site.send("POST", f"{UPLOAD}?run_uuid={run}&path={quote(path)}", data, headers=headers)


def files(site: Site) -> dict[str, bytes]:
    root = site.directory / "root é"
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_a_file_is_written_where_clients_look_and_the_server_shows(site: Site) -> None:
    run, path = new_run(site)
    answer = send(site, run, "notes/über alles.txt", b"one")
    assert (answer.status, answer.json) == (200, {})
    assert (path / "notes" / "über alles.txt").read_bytes() == b"one"
    listed = site.send("GET", f"{API}artifacts/list?run_id={run}&path=notes").json["files"]
    assert listed == [{"path": "notes/über alles.txt", "is_dir": False, "file_size": 3}]
    address = f"/get-artifact?run_id={run}&path={quote('notes/über alles.txt')}"
    assert site.send("GET", address).body == b"one"

    # A page sends it again, or another in its place; nothing else lies there.
    for data in (b"one", b"two", bytes(10 << 20)):
        assert send(site, run, "notes/über alles.txt", data).status == 200
        assert site.send("GET", address).body == data
    assert [p.name for p in (path / "notes").iterdir()] == ["über alles.txt"]


def test_what_a_page_may_not_send_leaves_nothing(site: Site) -> None:
    run, path = new_run(site)
    before = files(site)
    for data in (b"", bytes((10 << 20) + 1)):
        answer = send(site, run, "a/b", data)
        assert (answer.status, answer.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    md5 = base64.b64encode(hashlib.md5(b"other", usedforsecurity=False).digest()).decode()
    answer = send(site, run, "a/b", b"data", **{"Content-MD5": md5})
    assert answer.status == 400
    assert "nothing was stored" in answer.json["message"]
    assert send(site, "0" * 32, "a/b", b"data").status == 404
    assert files(site) == before
    assert not path.exists()


@pytest.mark.parametrize(
    "path",
    [
        "../x", "a/../../x", "/etc/x", "%2e%2e/x", "a\\..\\x", "a//b", ".", "a/.", "a\x00b", "C:/x",
        "file:/x", "a/%252e%252e/x", "x" * 300, "a/" * 1200 + "a", f".cuvee-{'0' * 32}.part",
        f"a/.cuvee-{'f' * 32}.part", f".cuvee-{'0' * 32}.part/x", "a\nb", "#",
    ],
)  # fmt: skip
def test_no_name_leads_elsewhere(site: Site, path: str) -> None:
    run, place = new_run(site)
    before = {p for p in site.directory.rglob("*") if "cuvee.db" not in p.name}
    answer = send(site, run, path, b"data")
    assert (answer.status, answer.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE"), answer
    assert {p for p in site.directory.rglob("*") if "cuvee.db" not in p.name} == before
    assert not place.exists()


def test_links_and_files_on_the_way_are_neither_followed_nor_replaced(site: Site) -> None:
    run, path = new_run(site)
    (path / "d").mkdir(parents=True)
    (path / "file").write_bytes(b"file")
    (path / "link").symlink_to(site.directory / "secret")
    (path / "dangling").symlink_to(site.directory / "new")
    (path / "up").symlink_to(site.directory)
    (path / "inner").symlink_to(path / "d")
    os.mkfifo(path / "pipe")
    before = sorted(p.name for p in site.directory.iterdir())
    for name in ("link", "dangling", "up", "up/secret", "up/new/x", "inner/x", "d", "pipe",
                 "file/x", "link/x", "pipe/x"):  # fmt: skip
        answer = send(site, run, name, b"evil")
        assert (answer.status, answer.json["error_code"]) == (409, "RESOURCE_CONFLICT"), name
        assert "Choose another path" in answer.json["message"]
    assert sorted(p.name for p in site.directory.iterdir()) == before
    assert (site.directory / "secret").read_bytes() == SECRET
    assert (path / "file").read_bytes() == b"file"
    assert list((path / "d").iterdir()) == []


def test_a_run_whose_directory_is_a_link_takes_nothing(site: Site) -> None:
    run, path = new_run(site)
    path.parent.mkdir(parents=True)
    target = site.directory / f"target-{run}"
    target.mkdir()
    path.symlink_to(target)
    assert send(site, run, "x", b"evil").status == 409
    assert list(target.iterdir()) == []


def test_another_name_of_a_file_elsewhere_keeps_its_bytes(site: Site) -> None:
    run, path = new_run(site)
    path.mkdir(parents=True)
    os.link(site.directory / "secret", path / "hard")
    assert send(site, run, "hard", b"mine").status == 200
    assert (path / "hard").read_bytes() == b"mine"
    assert (site.directory / "secret").read_bytes() == SECRET


def test_an_upload_that_breaks_off_is_never_seen(site: Site) -> None:
    run, path = new_run(site)
    assert send(site, run, "f", b"old").status == 200
    head = (
        f"POST {UPLOAD}?run_uuid={run}&path=f HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Length: {9 << 20}\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", site.port)) as client:
        client.sendall(head + bytes(5 << 20))
    assert send(site, run, "g", b"after").status == 200
    assert [(p.name, p.read_bytes()) for p in sorted(path.iterdir())] == [
        ("f", b"old"),
        ("g", b"after"),
    ]


def test_readers_see_one_file_or_the_other_while_pages_write(site: Site) -> None:
    run, _ = new_run(site)
    sent = [bytes([n]) * (400_000 + n) for n in range(4)]
    assert send(site, run, "d/f", sent[0]).status == 200
    wrong: list[Any] = []

    def upload(data: bytes) -> None:
        with closing(HTTPConnection("127.0.0.1", site.port, timeout=60)) as connection:
            for _ in range(10):
                connection.request("POST", f"{UPLOAD}?run_uuid={run}&path=d/f", data)
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200:
                    wrong.append(body)

    threads = [threading.Thread(target=upload, args=(data,)) for data in sent]
    for thread in threads:
        thread.start()
    seen = 0
    while any(thread.is_alive() for thread in threads):
        answer = site.send("GET", f"/get-artifact?run_id={run}&path=d/f")
        if answer.status == 200:  # or 409: it changed while it was read
            seen += 1
            assert answer.body in sent
        listed = site.send("GET", f"{API}artifacts/list?run_id={run}&path=d").json["files"]
        assert [f["path"] for f in listed] == ["d/f"]
    for thread in threads:
        thread.join()
    assert wrong == []
    assert seen


def test_files_of_a_version_are_not_written_over(site: Site) -> None:
    run, _ = new_run(site)
    assert send(site, run, "model/MLmodel", b"flavors: {}").status == 200
    assert send(site, run, "other/f", b"f").status == 200
    name = f"m-{run}"
    site.api("registered-models/create", name=name)
    info = site.send("GET", f"{API}runs/get?run_id={run}").json["run"]["info"]
    for source in (f"runs:/{run}/model", f"{info['artifact_uri']}/other"):
        site.api("model-versions/create", name=name, source=source, run_id=run)
    end = time.monotonic() + 30
    for version in (1, 2):
        address = f"/api/1.0/cuvee/model-versions/manifest?name={name}&version={version}"
        while not site.send("GET", address).json.get("files"):
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.1)
    for path in ("model/MLmodel", "model/new", "other/f", "other/d/g", "model", "other"):
        answer = send(site, run, path, b"evil")
        assert (answer.status, answer.json["error_code"]) == (409, "RESOURCE_CONFLICT"), path
    assert f"of model '{name}'" in send(site, run, "model/x", b"evil").json["message"]
    assert send(site, run, "models/x", b"x").status == send(site, run, "f", b"x").status == 200


def test_who_may_not_write_to_a_run_writes_no_file_of_it(tmp_path: Path) -> None:
    root = tmp_path / "root é"
    site = Site(f"sqlite:///{tmp_path}/c.db", tmp_path, "--default-artifact-root", str(root))
    try:
        run, path = new_run(site)
        people: dict[str, dict[str, str]] = {}
        for name in ("ann", "bob", "eve"):
            fields = {"username": name, "password": "correct horse battery"}
            headers = {"Content-Type": "application/json", **people.get("ann", {})}
            assert site.send("POST", API + "users/create", fields, headers=headers).status == 200
            login = base64.b64encode(f"{name}:correct horse battery".encode()).decode()
            people[name] = {"Authorization": f"Basic {login}"}
        grant = {"object": "experiment:0", "user": "bob", "permission": "CAN_READ"}
        headers = {"Content-Type": "application/json", **people["ann"]}
        answer = site.send("POST", "/api/1.0/cuvee/permissions/grant", grant, headers=headers)
        assert answer.status == 200, answer
        for who in ("bob", "eve"):
            assert send(site, run, "f", b"evil", **people[who]).status == 403
        assert send(site, run, "f", b"evil").status == 401
        assert not root.exists()
        assert send(site, run, "f", b"good", **people["ann"]).status == 200
        assert (path / "f").read_bytes() == b"good"
    finally:
        site.close()


# ---------------------------------------------------------------- without a server


def upload(root: Path, path: str, data: bytes) -> None:
    made = OutsideUpload(Outside(root), (root / "0" / "r").as_uri(), path)
    made.write(data)
    made.commit()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize(
    ("call", "flag"),
    [("fsync", NAMELESS), ("link", NAMELESS), ("mkdir", NAMELESS), ("fsync", 0), ("rename", 0)],
)
def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str, flag: int
) -> None:
    monkeypatch.setattr(writing, "NAMELESS", flag)

    def full(*_: object, **__: object) -> None:
        raise OSError(number, "full")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(StorageFull, match="send it again"):
            upload(tmp_path, "a/b/c", b"data")
    assert list(tmp_path.iterdir()) == []
    upload(tmp_path, "a/b/c", b"data")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageFull):
            upload(tmp_path, "a/b/c", b"other")
    place = tmp_path / "0" / "r" / "a" / "b"
    assert [(p.name, p.read_bytes()) for p in place.iterdir()] == [("c", b"data")]


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.EACCES, Conflict), (errno.EROFS, Conflict), (errno.ENAMETOOLONG, InvalidParameter)],
)
def test_a_directory_that_the_server_may_not_write_to_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[CuveeError]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(expected, match="'a/b' cannot be stored"):
        upload(tmp_path, "a/b", b"data")


def test_what_is_made_is_as_open_as_the_directory_that_it_is_in(tmp_path: Path) -> None:
    for mode, directories, plain in ((0o700, 0o700, 0o600), (0o777, 0o775, 0o664),
                                     (0o2775, 0o2775, 0o664), (0o755, 0o755, 0o644)):  # fmt: skip
        root = tmp_path / f"{mode:o}"
        root.mkdir()
        root.chmod(mode)
        old = os.umask(0o077)
        try:
            upload(root, "a/f", b"x")
        finally:
            os.umask(old)
        found = [stat.S_IMODE((root / p).stat().st_mode) for p in ("0", "0/r", "0/r/a", "0/r/a/f")]
        assert found == [directories, directories, directories, plain]


@pytest.mark.parametrize(("flag", "file"), [(NAMELESS, "deleted"), (0, ".part")])
def test_the_file_and_the_names_of_what_was_made_are_on_the_disk_before_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: int, file: str
) -> None:
    monkeypatch.setattr(writing, "NAMELESS", flag)
    synced: list[str] = []
    real = os.fsync

    def fsync(fd: int) -> None:
        found = Path(f"/proc/self/fd/{fd}").readlink()
        nameless = re.fullmatch(r"#\d+ \((deleted)\)", found.name)
        synced.append(nameless[1] if nameless else found.suffix or found.name)
        real(fd)

    monkeypatch.setattr(os, "fsync", fsync)
    upload(tmp_path, "a/f", b"x")
    assert synced == [tmp_path.name, "0", "r", file, "a"]
    upload(tmp_path, "a/f", b"y")  # in place of the other
    assert synced[5:] == [file, "a"]


@pytest.mark.parametrize("flag", [NAMELESS, 0])
def test_a_disk_that_fills_up_while_a_file_is_replaced_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: int
) -> None:
    monkeypatch.setattr(writing, "NAMELESS", flag)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    upload(tmp_path, "f", b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", full)
        with pytest.raises(StorageFull):
            upload(tmp_path, "f", b"new")
    place = tmp_path / "0" / "r"
    assert [(p.name, p.read_bytes()) for p in place.iterdir()] == [("f", b"old")]


def test_a_file_that_cannot_be_given_a_name_is_written_under_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_proc(*_: object, **__: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "no /proc")

    monkeypatch.setattr(os, "link", without_proc)
    for data in (b"x", b"longer"):
        upload(tmp_path, "f", data)
        place = tmp_path / "0" / "r"
        assert [(p.name, p.read_bytes()) for p in place.iterdir()] == [("f", data)]


def test_what_was_left_by_a_server_that_died_is_not_shown(tmp_path: Path) -> None:
    upload(tmp_path, "f", b"x")
    part = f".cuvee-{'a' * 32}.part"
    (tmp_path / "0" / "r" / part).write_bytes(b"half")
    outside, uri = Outside(tmp_path), (tmp_path / "0" / "r").as_uri()
    assert [file.path for file, _ in outside.within(uri, "")] == ["f"]
    with pytest.raises(CuveeError, match="No such artifact"):
        outside.find(uri, part)
