"""Artifacts: what is at which path, and what a registered version keeps from changing."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import threading
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import quote

import pytest

from cuvee.api.artifacts import (
    ArtifactPage,
    DeleteArtifact,
    FileInfo,
    FindArtifact,
    ListArtifacts,
    ListStoredArtifacts,
    PutArtifact,
    StoredFile,
    manifest_digest,
)
from cuvee.api.base import Actor, Empty, Op, Store
from cuvee.api.events import ListEvents
from cuvee.api.experiments import CreateExperiment
from cuvee.api.logged_models import (
    CreateLoggedModel,
    DeleteLoggedModel,
    ListLoggedModelArtifacts,
)
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.runs import CreateRun
from cuvee.api.versions import (
    CreateModelVersion,
    DeleteModelVersion,
    GetModelVersion,
    GetVersionManifest,
)
from cuvee.api.wire import decode_result
from cuvee.client.http import Http
from cuvee.client.remote import HttpStore
from cuvee.errors import AlreadyExists, Conflict, InvalidParameter, NotFound, from_wire
from cuvee.settings import Settings
from cuvee.store.sql import SqlStore
from cuvee.store.tx import Tx
from cuvee.uris import ServerUri

R = TypeVar("R")

PREFIX = "mlflow-artifacts:/"


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Proxied:
    """A store over HTTP, with the artifact operations as calls of the artifact proxy."""

    def __init__(self, url: str) -> None:
        self.address = url.removeprefix("http://")
        self.store = HttpStore(Http(ServerUri(url=url), Settings()))

    def do(self, op: Op[R], actor: Actor | None = None, *, key: str = "") -> R:
        del key
        answer: Any
        if isinstance(op, FindArtifact):
            headers, body = self.ask("GET", f"/{quote(op.path)}")
            modified = int(parsedate_to_datetime(headers["Last-Modified"]).timestamp() * 1000)
            digest = headers["ETag"].strip('"')
            answer = StoredFile(path=op.path, digest=digest, size=len(body), modified=modified)
        elif isinstance(op, ListStoredArtifacts):
            answer = decode_result(ArtifactPage, self.ask("GET", f"?path={quote(op.path)}")[1])
        elif isinstance(op, DeleteArtifact):
            answer = decode_result(Empty, self.ask("DELETE", f"/{quote(op.path)}")[1])
        else:
            answer = self.store.do(op, actor)
        found: R = answer
        return found

    def ask(self, method: str, target: str, body: bytes | None = None) -> tuple[Any, bytes]:
        """Call the proxy; return the answer's headers and body."""
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            connection.request(method, "/api/2.0/mlflow-artifacts/artifacts" + target, body)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status != 200:
            problem = json.loads(answer)
            raise from_wire(response.status, problem["error_code"], problem["message"])
        return response.headers, answer

    def close(self) -> None:
        self.store.close()


@pytest.fixture(params=["in process", "over HTTP"])
def store(request: pytest.FixtureRequest, local_store: SqlStore) -> Iterator[Store]:
    """A fresh store."""
    if request.param == "in process":
        yield local_store
        return
    remote = Proxied(request.getfixturevalue("served_url"))
    yield remote
    remote.close()


def put(store: Store, path: str, data: bytes = b"") -> None:
    if isinstance(store, Proxied):
        store.ask("PUT", f"/{quote(path)}", data)
    else:
        store.do(PutArtifact(path=path, digest=digest_of(data), size=len(data)))


def listed(store: Store, path: str = "") -> list[str]:
    """List a directory: names, directories with a slash at the end."""
    files = store.do(ListStoredArtifacts(path=path)).files
    return [f.path + "/" * f.is_dir for f in files]


def new_run(store: Store) -> tuple[str, str]:
    """Make a run; return its id and the path of its artifacts."""
    name = f"e{time.time_ns()}"
    experiment = store.do(CreateExperiment(name=name)).experiment_id
    info = store.do(CreateRun(experiment_id=experiment)).run.info
    return info.run_id, info.artifact_uri.removeprefix(PREFIX).lstrip("/")


def register(store: Store, path: str, name: str = "wine") -> str:
    """Register what is at ``path``, in a run's artifacts, as the next version of a model."""
    with contextlib.suppress(AlreadyExists):
        store.do(CreateRegisteredModel(name=name))
    run_id = path.split("/")[1]
    op = CreateModelVersion(name=name, source=PREFIX + path, run_id=run_id)
    return store.do(op).model_version.version


# ---------------------------------------------------------------- paths


def test_what_was_put_is_found(store: Store) -> None:
    put(store, "1/a b/ä+%2F🍷.txt", b"data")

    found = store.do(FindArtifact(path="1/a b/ä+%2F🍷.txt"))
    assert (found.digest, found.size) == (digest_of(b"data"), 4)
    assert abs(found.modified - time.time() * 1000) < 60_000


def test_putting_again_replaces_and_the_same_bytes_change_nothing(store: Store) -> None:
    put(store, "x/f", b"1")
    put(store, "x/f", b"22")
    second = store.do(FindArtifact(path="x/f"))
    put(store, "x/f", b"22")

    assert second.size == 2
    assert store.do(FindArtifact(path="x/f")) == second


def test_what_is_missing_is_not_found_and_a_directory_is_not_a_file(store: Store) -> None:
    put(store, "x/d/f")

    for path in ("nothing", "x/d/f/g", "x/d/ff", "x/d/", "X/d/f"):
        with pytest.raises((NotFound, InvalidParameter)) as problem:
            store.do(FindArtifact(path=path))
        assert isinstance(problem.value, NotFound) or path.endswith("/")
    with pytest.raises(InvalidParameter, match="directory"):
        store.do(FindArtifact(path="x/d"))


def test_a_path_is_never_both_a_file_and_a_directory(store: Store) -> None:
    put(store, "x/a", b"file")
    put(store, "x/d/f", b"file")

    with pytest.raises(InvalidParameter, match="'x/a' is a file"):
        put(store, "x/a/b/c")
    with pytest.raises(InvalidParameter, match="directory"):
        put(store, "x/d")
    put(store, "x/a.txt")
    put(store, "x/d-2")
    assert listed(store, "x") == ["a", "a.txt", "d/", "d-2"]


@pytest.mark.parametrize("path", ["../x", "/x", "x/", "a//b", "a\\b", "%2e%2e/x", "a#b", "a\nb"])
def test_a_dangerous_path_is_refused_by_every_operation(store: Store, path: str) -> None:
    run_id, _ = new_run(store)
    operations: list[Op[Any]] = [
        FindArtifact(path=path),
        DeleteArtifact(path=path),
        ListStoredArtifacts(path=path),
        ListArtifacts(run_id=run_id, path=path),
    ]
    with pytest.raises(InvalidParameter):
        put(store, path)
    for op in operations:
        if path == "x/" and isinstance(op, (ListStoredArtifacts, ListArtifacts)):
            continue
        with pytest.raises(InvalidParameter):
            store.do(op)


def test_a_wrong_digest_or_size_is_refused(local_store: SqlStore) -> None:
    store = local_store
    for digest, size in (("x", 1), ("A" * 64, 1), ("0" * 64, -1), ("0" * 64, 2**63)):
        with pytest.raises(InvalidParameter):
            store.do(PutArtifact(path="f", digest=digest, size=size))
    assert listed(store) == []


# ---------------------------------------------------------------- listing


def test_a_directory_is_listed_by_base_names_in_their_order(store: Store) -> None:
    for path in ("r/b", "r/a/x", "r/a/y/z", "r/a.txt", "r/a-1/q", "r/B", "r/é", "rr", "q"):
        put(store, path, path.encode())

    assert listed(store) == ["q", "r/", "rr"]
    assert listed(store, "r") == ["B", "a/", "a-1/", "a.txt", "b", "é"]
    assert listed(store, "r/a") == listed(store, "r/a/") == ["x", "y/"]
    assert store.do(ListStoredArtifacts(path="r/a")).files == [
        FileInfo("x", is_dir=False, file_size=5),
        FileInfo("y", is_dir=True),
    ]


def test_a_file_and_a_missing_path_have_an_empty_listing(store: Store) -> None:
    put(store, "r/f")

    assert listed(store, "r/f") == listed(store, "nothing") == listed(store, "r/f/g") == []


@pytest.mark.parametrize("size", [1, 99, 100, 101, 250])
def test_listings_are_whole_whatever_lies_in_subdirectories(
    local_store: SqlStore, size: int
) -> None:
    store = local_store
    expected = []
    for n in range(4):
        for name in [f"{n}-first", *(f"{n}-mid/{k:03}" for k in range(size)), f"{n}-zlast"]:
            put(store, f"r/{name}")
        expected += [f"{n}-first", f"{n}-mid/", f"{n}-zlast"]

    assert listed(store, "r") == expected
    assert listed(store, "r/2-mid") == [f"{k:03}" for k in range(size)]


def test_a_listing_does_not_read_the_files_of_subdirectories(
    local_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = local_store
    names = [f"r/model-{d}/f{k:05}" for d in range(5) for k in range(4000)]
    with contextlib.closing(store.database.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute("BEGIN")
        mark = "?" if store.database.group_commit else "%s"
        cursor.executemany(
            f"INSERT INTO artifact_files VALUES ({mark}, '{'0' * 64}', 1, 1)", [(n,) for n in names]
        )
        cursor.execute("COMMIT")
        cursor.close()
    read = []
    original = Tx.all

    def counting(tx: Tx, statement: Any, **values: Any) -> list[tuple[Any, ...]]:
        rows = original(tx, statement, **values)
        read.append(len(rows))
        return rows

    monkeypatch.setattr(Tx, "all", counting)
    assert listed(store, "r") == [f"model-{d}/" for d in range(5)]
    assert sum(read) <= 600
    read.clear()
    assert len(listed(store, "r/model-3")) == 4000
    assert sum(read) <= 4000
    assert len(read) <= 10


def test_artifacts_of_a_run_are_listed_by_paths_relative_to_its_root(store: Store) -> None:
    run_id, root = new_run(store)
    put(store, f"{root}/d/f.txt", b"12")
    put(store, f"{root}/top", b"1")

    page = store.do(ListArtifacts(run_id=run_id))
    assert page.root_uri is not None
    assert page.root_uri.startswith(PREFIX)
    assert page.files == [FileInfo("d", is_dir=True), FileInfo("top", is_dir=False, file_size=1)]
    page = store.do(ListArtifacts(run_id=run_id, path="d"))
    assert page.files == [FileInfo("d/f.txt", is_dir=False, file_size=2)]
    assert store.do(ListArtifacts(run_id=run_id, path="./d/.")) == page
    assert listed(store, f"{root}/.") == ["d/", "top"]
    assert store.do(ListArtifacts(run_id=run_id, path="top")).files == []
    with pytest.raises(NotFound):
        store.do(ListArtifacts(run_id="0" * 32))


def test_artifacts_of_a_logged_model_are_listed_until_it_is_deleted(store: Store) -> None:
    model = store.do(CreateLoggedModel(experiment_id="0", name="m")).model
    root = model.artifact_location.removeprefix(PREFIX).lstrip("/")
    put(store, f"{root}/data/x", b"1")

    op = ListLoggedModelArtifacts(model_id=model.model_id, artifact_directory_path="data")
    page = store.do(op)
    assert page.root_uri == model.artifact_location
    assert page.files == [FileInfo("data/x", is_dir=False, file_size=1)]
    store.do(DeleteLoggedModel(model_id=model.model_id))
    with pytest.raises(NotFound):
        store.do(op)


def test_artifacts_elsewhere_are_left_to_the_client(store: Store) -> None:
    op = CreateExperiment(name="far", artifact_location="s3://bucket/x")
    experiment = store.do(op).experiment_id
    run = store.do(CreateRun(experiment_id=experiment)).run

    page = store.do(ListArtifacts(run_id=run.info.run_id))
    assert (page.root_uri, page.files) == (run.info.artifact_uri, [])


# ---------------------------------------------------------------- deleting


def test_a_file_or_a_tree_is_deleted_and_a_missing_one_is_no_error(store: Store) -> None:
    for path in ("r/a/x", "r/a/y/z", "r/a.txt", "r/ab", "r/a0"):
        put(store, path)

    store.do(DeleteArtifact(path="r/a"))
    assert listed(store, "r") == ["a.txt", "a0", "ab"]
    store.do(DeleteArtifact(path="r/ab"))
    store.do(DeleteArtifact(path="r/ab"))
    assert listed(store, "r") == ["a.txt", "a0"]
    put(store, "r/a")
    assert listed(store, "r") == ["a", "a.txt", "a0"]


# ---------------------------------------------------------------- versions


def test_a_version_freezes_its_files_with_their_digests(store: Store) -> None:
    _, root = new_run(store)
    put(store, f"{root}/model/MLmodel", b"m")
    put(store, f"{root}/model/data/w", b"ww")
    put(store, f"{root}/model-2/other", b"o")
    version = register(store, f"{root}/model")

    files = store.do(GetVersionManifest(name="wine", version=version)).files
    assert [(f.path, f.digest, f.size) for f in files] == [
        ("MLmodel", digest_of(b"m"), 1),
        ("data/w", digest_of(b"ww"), 2),
    ]
    found = store.do(GetModelVersion(name="wine", version=version)).model_version
    assert found.digest == manifest_digest(files) != ""
    with pytest.raises(NotFound):
        store.do(GetVersionManifest(name="wine", version="99"))
    with pytest.raises(NotFound):
        store.do(GetVersionManifest(name="beer", version="1"))


def test_files_of_a_version_cannot_be_changed_added_or_deleted(store: Store) -> None:
    _, root = new_run(store)
    put(store, f"{root}/model/MLmodel", b"m")
    put(store, f"{root}/model/d/w", b"w")
    put(store, f"{root}/notes", b"n")
    register(store, f"{root}/model")

    for path, data in (("model/MLmodel", b"evil"), ("model/new", b""), ("model/d/new", b"")):
        with pytest.raises(Conflict, match="version 1 of model 'wine'"):
            put(store, f"{root}/{path}", data)
    above = root.partition("/")[0]
    for path in (f"{root}/model/MLmodel", f"{root}/model/d", f"{root}/model", root, above):
        with pytest.raises(Conflict, match="version 1 of model 'wine'"):
            store.do(DeleteArtifact(path=path))
    assert listed(store, f"{root}/model") == ["MLmodel", "d/"]

    put(store, f"{root}/model/MLmodel", b"m")  # a retry of the same upload
    put(store, f"{root}/notes", b"changed")
    put(store, f"{root}/model-2/x")
    put(store, f"{root}/mode")
    store.do(DeleteArtifact(path=f"{root}/notes"))
    store.do(DeleteArtifact(path=f"{root}/model/nothing"))


def test_a_version_registered_before_its_files_takes_each_file_once(store: Store) -> None:
    _, root = new_run(store)
    version = register(store, f"{root}/late")
    before = store.do(GetModelVersion(name="wine", version=version)).model_version
    assert before.digest == ""

    put(store, f"{root}/late/MLmodel", b"m")
    put(store, f"{root}/late/MLmodel", b"m")
    put(store, f"{root}/late/d/w", b"w")
    with pytest.raises(Conflict):
        put(store, f"{root}/late/MLmodel", b"other")
    with pytest.raises(Conflict):
        store.do(DeleteArtifact(path=f"{root}/late"))

    files = store.do(GetVersionManifest(name="wine", version=version)).files
    assert [f.path for f in files] == ["MLmodel", "d/w"]
    found = store.do(GetModelVersion(name="wine", version=version)).model_version
    assert found.digest == manifest_digest(files)
    events = store.do(ListEvents(object=f"version:wine/{version}")).events
    added = [e.after["path"] for e in events if e.action == "version.file_added"]
    assert added == ["MLmodel", "d/w"]
    assert events[-1].after["digest"] == found.digest


def test_once_another_version_has_frozen_the_late_files_no_more_are_taken(store: Store) -> None:
    _, root = new_run(store)
    register(store, f"{root}/late")
    put(store, f"{root}/late/MLmodel", b"m")
    register(store, f"{root}/late", "beer")

    with pytest.raises(Conflict, match="version 1 of model 'beer'"):
        put(store, f"{root}/late/more")


def test_an_empty_version_does_not_keep_other_files_from_being_deleted(store: Store) -> None:
    _, root = new_run(store)
    put(store, f"{root}/notes")
    register(store, f"{root}/late")

    store.do(DeleteArtifact(path=root))
    assert listed(store, root) == []


def test_files_are_free_again_when_the_last_version_that_holds_them_is_deleted(
    store: Store,
) -> None:
    _, root = new_run(store)
    put(store, f"{root}/model/MLmodel", b"m")
    versions = [register(store, f"{root}/model") for _ in range(2)]

    store.do(DeleteModelVersion(name="wine", version=versions[0]))
    with pytest.raises(Conflict, match="version 2"):
        put(store, f"{root}/model/MLmodel", b"new")
    store.do(DeleteModelVersion(name="wine", version=versions[1]))
    put(store, f"{root}/model/MLmodel", b"new")
    store.do(DeleteArtifact(path=f"{root}/model"))


def test_a_file_is_not_changed_while_it_is_registered(store: Store) -> None:
    """Uploads and a registration at once: the manifest is what the paths show ever after."""
    _, root = new_run(store)
    put(store, f"{root}/model/f", b"0")
    register(store, f"{root}/other")
    refused: list[int] = []
    refusing = contextlib.suppress(Conflict)

    def upload(k: int) -> None:
        for n in range(15):
            with refusing:
                put(store, f"{root}/model/f", f"{k} {n}".encode())
                put(store, f"{root}/model/g-{k}-{n}")
                continue
            refused.append(k)

    threads = [threading.Thread(target=upload, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    version = register(store, f"{root}/model")
    for thread in threads:
        thread.join()

    files = store.do(GetVersionManifest(name="wine", version=version)).files
    assert {f.path: f.digest for f in files} == {
        name: store.do(FindArtifact(path=f"{root}/model/{name}")).digest
        for name in listed(store, f"{root}/model")
    }
    assert refused


def test_late_files_uploaded_at_once_are_all_in_the_digest(store: Store) -> None:
    _, root = new_run(store)
    version = register(store, f"{root}/late")
    threads = [
        threading.Thread(target=put, args=(store, f"{root}/late/f{k:02}", b"%d" % k))
        for k in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    files = store.do(GetVersionManifest(name="wine", version=version)).files
    assert [f.path for f in files] == [f"f{k:02}" for k in range(12)]
    found = store.do(GetModelVersion(name="wine", version=version)).model_version
    assert found.digest == manifest_digest(files)
