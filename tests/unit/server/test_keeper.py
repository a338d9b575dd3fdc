"""The keeper of the log looks again and again at whether the registry is what the log tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cuvee.api.log import GetLogStatus
from cuvee.api.models import CreateRegisteredModel
from cuvee.server import keeper
from cuvee.store.sql import SqlStore
from postgres import running_postgres
from refusals.served import wait_for


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """A store that a keeper looks after, which compares again after a moment."""
    if request.param == "sqlite":
        store = SqlStore.open(f"sqlite:///{tmp_path}/cuvee.db")
        yield store
        store.close()
        return
    with running_postgres(durable=False) as url:
        store = SqlStore.open(url)
        yield store
        store.close()


def edit(store: SqlStore, description: str) -> None:
    """Change the description of the model wine behind the store's back."""
    connection = store.database.connect()
    connection.cursor().execute(f"UPDATE registered_models SET description = '{description}'")
    connection.close()


def problems(store: SqlStore) -> list[str]:
    return store.do(GetLogStatus()).problems


def test_an_edit_is_found_by_the_timer_and_so_is_its_end(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "COMPARE", 0.2)
    store.do(CreateRegisteredModel(name="wine", description="red"))
    kept = keeper.Keeper(store, tmp_path / "log.key")
    kept.start()
    try:
        wait_for(lambda: store.do(GetLogStatus()).compared)
        assert problems(store) == []
        edit(store, "white")
        wait_for(lambda: problems(store))
        assert "model:wine: description" in problems(store)[0]
        edit(store, "red")
        wait_for(lambda: not problems(store))
    finally:
        kept.close()
