"""Real clients on a server with a login."""

from __future__ import annotations

import base64
import json
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from clients.environments import since
from clients.processes import Client, Server
from cuvee.api.tokens import CreateToken
from cuvee.api.users import CreateUser
from cuvee.store.sql import SqlStore

pytestmark = pytest.mark.clients

PASSWORD = "correct horse battery"
WORKS = {
    "without": "",
    "wrong": "",
    "metrics": {"rmse": 0.5},
    "files": ["note.txt"],
    "text": "hello",
}


class Locked(NamedTuple):
    """A server with a login: its address, and a token of its admin ``ann``."""

    uri: str
    token: str


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Locked]:
    """A server that asks for a login."""
    folder: Path = tmp_path_factory.mktemp("locked")
    store = SqlStore.open(f"sqlite:///{folder}/cuvee.db")
    store.do(CreateUser(username="ann", password=PASSWORD))
    token = store.do(CreateToken(name="test", username="ann")).secret
    store.close()
    server = Server(folder)
    server.wait()
    yield Locked(server.uri, token)
    server.close()


@pytest.mark.parametrize("name", [name for name in since(1) if name != "cuvee"])
@pytest.mark.parametrize("way", ["password", "token", "token as password"])
def test_a_client_works_with_its_login_in_the_environment(
    client: Callable[..., Client], locked: Locked, name: str, way: str
) -> None:
    extra = {"MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_PASSWORD": PASSWORD}
    if way == "token":
        extra = {"MLFLOW_TRACKING_TOKEN": locked.token}
    elif way == "token as password":
        extra["MLFLOW_TRACKING_PASSWORD"] = locked.token
    manage = name in since(3) and way == "password"
    prefix = f"{uuid.uuid4().hex[:8]}."

    facts = client(name, locked.uri, **extra).run("users", prefix, {"manage": manage})

    # MLflow 1 does not know the code, and is told the nearest that it knows.
    refused = "UNAUTHENTICATED" if name in since(2) else "PERMISSION_DENIED"
    assert {k: facts[k] for k in WORKS} == {**WORKS, "without": refused, "wrong": refused}
    if manage:
        assert {k: v for k, v in facts.items() if k not in WORKS} == {
            "user": [True, False, True, True],
            "role": [True, "default", "approves"],
            "renamed": [True, True],
            "assigned": [True, True],
            "roles of user": [True],
            "users of role": [True],
            "listed": True,
            "listed anywhere": True,
            "duplicate": "RESOURCE_ALREADY_EXISTS",
            "short password": "INVALID_PARAMETER_VALUE",
            "own account": "BAD_REQUEST",
            "unknown": "RESOURCE_DOES_NOT_EXIST",
            "unassigned": [],
            "deleted": "RESOURCE_DOES_NOT_EXIST",
        }


def test_the_history_names_who_logged_in(locked: Locked) -> None:
    login = base64.b64encode(f"ann:{PASSWORD}".encode()).decode()
    for target, fields in (
        ("/api/2.0/mlflow/registered-models/create", {"name": "mine"}),
        ("/api/1.0/cuvee/events?newest_first=true&max_results=1", None),
    ):
        request = urllib.request.Request(  # noqa: S310
            locked.uri + target,
            json.dumps(fields).encode() if fields else None,
            {"Authorization": f"Basic {login}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            found: Any = json.loads(answer.read())
    assert (found["events"][0]["actor"], found["events"][0]["via"]) == ("ann", "password")
