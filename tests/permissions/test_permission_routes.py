"""Over real HTTP: nobody without a login, and files only for those whose they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cuvee import api
from cuvee.api.base import Permission
from cuvee.api.experiments import CreateExperiment
from cuvee.api.logged_models import CreateLoggedModel
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.permissions import GrantPermission
from cuvee.api.runs import CreateRun
from cuvee.api.tokens import CreateToken
from cuvee.api.users import CreateUser
from cuvee.api.versions import CreateModelVersion
from cuvee.store.sql import SqlStore
from refusals.examples import PASSWORD
from refusals.served import Answer, Site
from refusals.test_refused_fields import target

FILES = "/api/2.0/mlflow-artifacts/artifacts"
BYTES = {"Content-Type": "application/octet-stream"}


class Served(NamedTuple):
    """A server with users and their tokens."""

    site: Site
    ids: dict[str, str]
    secrets: dict[str, str]

    def send(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request as someone."""
        if who:
            headers["Authorization"] = f"Bearer {self.secrets[who]}"
        if body is not None and not isinstance(body, bytes):
            headers.setdefault("Content-Type", "application/json")
        return self.site.send(method, path, body, headers=headers)


@pytest.fixture(scope="module")
def site(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Return a server with an admin, an owner, a reader of the model only, and a stranger."""
    directory = tmp_path_factory.mktemp("served")
    url = new_database()
    store = SqlStore.open(url)
    do = store.do
    for name in ("admin", "owner", "reader", "viewer", "stranger"):
        do(CreateUser(username=name, password=PASSWORD, is_admin=name == "admin"))
    number = do(CreateExperiment(name="x")).experiment_id
    run = do(CreateRun(experiment_id=number)).run.info.run_id
    model = do(CreateLoggedModel(experiment_id=number)).model.model_id
    do(CreateRegisteredModel(name="m"))
    do(GrantPermission(object=f"experiment:{number}", user="owner", permission="CAN_MANAGE"))
    do(GrantPermission(object=f"experiment:{number}", user="viewer", permission="CAN_READ"))
    do(GrantPermission(object="model:m", user="reader", permission="CAN_READ"))
    names = ("admin", "owner", "reader", "viewer", "stranger")
    secrets = {name: do(CreateToken(username=name, name="t")).secret for name in names}
    server = Site(url, directory)
    found = Served(server, {"experiment": number, "run": run, "model": model}, secrets)
    root = f"{number}/{run}/artifacts"
    for path in ("model/MLmodel", "notes.txt"):
        answer = found.send("owner", "PUT", f"{FILES}/{root}/{path}", path.encode(), **BYTES)
        assert answer.status == 200, answer
    file = f"{FILES}/{number}/models/{model}/artifacts/MLmodel"
    assert found.send("owner", "PUT", file, b"logged", **BYTES).status == 200
    do(CreateModelVersion(name="m", source=f"runs:/{run}/model", run_id=run))
    store.close()
    yield found
    server.close()


def test_no_call_but_the_public_ones_is_answered_without_a_login(site: Served) -> None:
    answered = []
    for op in api.ROUTED:
        path = target(op, {"id": "1", "model_id": site.ids["model"], "tag_key": "k"})
        for method in op.methods:
            for where in (path, path.replace("/api/", "/ajax-api/", 1)):
                body: Any = None if method == "GET" else {}
                answer = site.send("", method, where, body)
                # Not all of our own calls have a twin for the web UI.
                if answer.status != 401 and (where == path or answer.status != 404):
                    answered.append((op.needs, method, where, answer.status))
    assert [a for a in answered if a[0] is not Permission.PUBLIC] == []


def routes(ids: dict[str, str]) -> Iterator[tuple[str, str, str, set[str]]]:
    """Yield a kind of access, a method, a path, and who may."""
    number, run, model = ids["experiment"], ids["run"], ids["model"]
    readers = {"admin", "owner", "viewer"}
    editors = {"admin", "owner"}
    root = f"{FILES}/{number}/{run}/artifacts"
    ajax = "/ajax-api/2.0/mlflow"
    yield "of the version", "GET", f"{root}/model/MLmodel", readers | {"reader"}
    yield "of the version", "HEAD", f"{root}/model/MLmodel", readers | {"reader"}
    yield "beside", "GET", f"{root}/notes.txt", readers
    yield "beside", "HEAD", f"{root}/notes.txt", readers
    ajax_root = root.replace("/api/", "/ajax-api/", 1)
    yield "beside", "GET", f"{ajax_root}/notes.txt", readers
    yield "encoded", "GET", f"{FILES}/{number}/{run}/artifacts%2Fnotes.txt", readers
    yield "listed", "GET", f"{FILES}?path={number}/{run}/artifacts", readers
    yield "listed", "GET", f"{FILES}?path={number}", readers
    yield "listed", "GET", f"{FILES}?path={number}/{run}/artifacts/model", readers | {"reader"}
    yield "root", "GET", FILES, {"admin"}
    yield "logged", "GET", f"{FILES}/{number}/models/{model}/artifacts/MLmodel", readers
    path = f"{ajax}/logged-models/{model}/artifacts/files?artifact_file_path=MLmodel"
    yield "logged", "GET", path, readers
    yield "download", "GET", f"/get-artifact?run_uuid={run}&path=notes.txt", readers
    yield "archive", "GET", f"/get-artifact-archive?run_id={run}", readers
    yield "archive", "GET", f"/logged-models/{model}/get-artifact-archive", readers
    path = "/model-versions/get-artifact?name=m&version=1&path=MLmodel"
    yield "version", "GET", path, {"admin", "reader"}
    path = "/model-versions/get-artifact-archive?name=m&version=1"
    yield "version archive", "GET", path, {"admin", "reader"}
    yield "put", "PUT", f"{root}/new.txt", editors
    yield "upload", "POST", f"{ajax}/upload-artifact?run_uuid={run}&path=up.txt", editors
    yield "delete", "DELETE", f"{root}/new.txt", editors


def test_files_are_for_those_whose_they_are(site: Served) -> None:
    wrong = []
    for kind, method, path, allowed in routes(site.ids):
        for who in ("", "stranger", "reader", "viewer", "owner", "admin"):
            body = b"data" if method in ("PUT", "POST") else None
            answer = site.send(who, method, path, body, **(BYTES if body else {}))
            wanted = 401 if not who else 200 if who in allowed else 403
            if answer.status != wanted:
                wrong.append((kind, who, method, path, answer.status, answer.body[:200]))
    assert wrong == []


def test_a_refused_upload_keeps_no_bytes(site: Served) -> None:
    def blobs() -> set[Path]:
        return {p for p in (site.site.directory / "artifacts").rglob("*") if p.is_file()}

    before = blobs()
    path = f"{FILES}/{site.ids['experiment']}/{site.ids['run']}/artifacts/big"
    for who in ("", "stranger", "viewer"):
        answer = site.send(who, "PUT", path, b"unheard of" * 1000, **BYTES)
        assert answer.status in (401, 403)
    assert blobs() == before
