"""Secrets lie in the database sealed; a key that does not fit is refused, and nothing is lost."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.test_erasures import left
from cuvee.api.base import Store
from cuvee.api.hooks import CreateHook, PrepareTry, SealSecrets, UpdateHook
from cuvee.api.targets import HookHeader
from cuvee.errors import Conflict, InvalidParameter
from cuvee.store.sealing import Sealing, Unreadable
from cuvee.store.sql import SqlStore

SECRET, HEADER = "whsec_555-0199", "Bearer 555-0199"
URL = "https://hooks.example.com/"
OWN = {"X-Key": "555-0199 of its own"}


def make(store: Store) -> str:
    own = [HookHeader(*pair) for pair in OWN.items()]
    op = CreateHook(url=URL, secret=SECRET, authorization=HEADER, headers=own)
    return store.do(op).webhook.webhook_id


def sent(store: SqlStore, hook: str) -> tuple[str, str, dict[str, str]]:
    found = store.do(PrepareTry(webhook_id=hook))
    return found.secret, found.authorization, found.headers


def run(store: SqlStore, statement: str) -> Any:
    connection = store.database.connect()
    cursor = connection.cursor()
    cursor.execute(statement)
    found = cursor.fetchall() if cursor.description else None
    connection.close()
    return found


def test_secrets_are_nowhere_in_the_database_and_are_sent(
    store: Store, local_store: SqlStore, tmp_path: Path
) -> None:
    hook = make(store)
    assert left(local_store) == []
    assert sent(local_store, hook) == (SECRET, HEADER, OWN)
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
    kept = run(local_store, "SELECT secret, headers FROM webhooks")
    store.do(UpdateHook(webhook_id=hook, name="x"))
    store.do(UpdateHook(webhook_id=hook, secret=SECRET))  # the same: no change
    store.do(UpdateHook(webhook_id=hook, headers=[HookHeader("X-Key")]))
    store.do(UpdateHook(webhook_id=hook, headers=[HookHeader("X-Key", OWN["X-Key"])]))
    assert run(local_store, "SELECT secret, headers FROM webhooks") == kept
    store.do(UpdateHook(webhook_id=hook, secret="another one"))
    assert sent(local_store, hook) == ("another one", HEADER, OWN)


def test_a_key_that_does_not_fit_is_refused_and_changes_nothing(
    local_store: SqlStore, tmp_path: Path
) -> None:
    hook = make(local_store)
    before = run(local_store, "SELECT * FROM webhooks")
    right, local_store.sealing = local_store.sealing, Sealing(tmp_path / "other.key")
    with pytest.raises(InvalidParameter, match="another key than the one in"):
        local_store.do(SealSecrets())
    for op in (
        CreateHook(url=URL, secret="x" * 20),
        CreateHook(url=URL, headers=[HookHeader("X-Key", "x")]),
        UpdateHook(webhook_id=hook, headers=[HookHeader("X-Key")]),
        PrepareTry(webhook_id=hook),
    ):
        with pytest.raises(Conflict, match="--secret-key"):
            local_store.do(op)
    local_store.sealing = Sealing(None)
    with pytest.raises((InvalidParameter, Conflict)):
        local_store.do(CreateHook(url=URL, secret="x" * 20))
    assert run(local_store, "SELECT * FROM webhooks") == before
    local_store.sealing = right
    assert sent(local_store, hook) == (SECRET, HEADER, OWN)


def test_a_server_with_the_wrong_key_does_not_start(database_url: str, tmp_path: Path) -> None:
    with_key = SqlStore.open(database_url)
    with_key.sealing = Sealing(tmp_path / "right.key")
    make(with_key)
    with_key.close()
    command = [sys.executable, "-m", "cuvee", "server", "--port", "0"]
    command += ["--backend-store-uri", database_url, "--secret-key", str(tmp_path / "wrong.key")]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "sealed with another key" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_lay_open_is_sealed_and_keys_can_be_changed(
    local_store: SqlStore, tmp_path: Path
) -> None:
    hook = make(local_store)
    run(
        local_store,
        f"UPDATE webhooks SET secret = '{SECRET}', \"authorization\" = '{HEADER}', "
        f"headers = '{json.dumps(OWN)}'",
    )
    local_store.do(SealSecrets())
    assert left(local_store) == []
    assert sent(local_store, hook) == (SECRET, HEADER, OWN)
    old = (tmp_path / "secret.key").read_text()
    new = base64.b64encode(secrets.token_bytes(32)).decode() + "\n"
    for text in (new + old, new):
        (tmp_path / "secret.key").write_text(text)
        local_store.sealing = Sealing(tmp_path / "secret.key")
        local_store.do(SealSecrets())
        assert sent(local_store, hook) == (SECRET, HEADER, OWN)


@pytest.mark.parametrize("column", ["secret", "headers"])
def test_a_sealed_secret_is_of_no_use_in_another_row(local_store: SqlStore, column: str) -> None:
    theirs, mine = make(local_store), make(local_store)
    run(
        local_store,
        f"UPDATE webhooks SET {column} = (SELECT {column} FROM webhooks "
        f"WHERE webhook_id = '{theirs}') WHERE webhook_id = '{mine}'",
    )
    with pytest.raises(Conflict):
        local_store.do(PrepareTry(webhook_id=mine))


def test_a_broken_key_file_is_refused_in_words(tmp_path: Path) -> None:
    for text in ("", "not a key!", "AAAA"):
        (tmp_path / "k").write_text(text)
        with pytest.raises(InvalidParameter, match="key"):
            Sealing(tmp_path / "k").seal("x", "y")
    with pytest.raises(Unreadable):
        Sealing(tmp_path / "new").open("sealed:1:0:AAAA", "y")
