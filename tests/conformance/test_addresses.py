"""From which address something was done: admins see it, it can be erased, and the proof stays."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace

from conformance.people import NAMED, ROOT
from cuvee.api.base import Actor, Op, Store
from cuvee.api.events import EraseEventAddresses, EraseEventTexts, Event, ListEvents
from cuvee.api.evidence import GetEvidence
from cuvee.api.log import ListLogEntries
from cuvee.api.models import CreateRegisteredModel, UpdateRegisteredModel
from cuvee.api.permissions import GrantPermission
from cuvee.api.runs import CreateRun, DeleteRun, UpdateRun
from cuvee.api.versions import CreateModelVersion
from cuvee.errors import PermissionDenied
from cuvee.log import bundle
from cuvee.log.entry import ADDRESS
from cuvee.log.note import SigningKey
from cuvee.store.audit import audit_database
from cuvee.store.sql import SqlStore

HERE = "127.0.0.1"
LATER = 2**50


class Asker:
    """Who asks from this machine: over HTTP by themselves, in process by what their actor says."""

    def __init__(self, store: Store, local: SqlStore) -> None:
        self._store = store
        self._near = store is local

    def do(self, op: Op[object], actor: Actor = ROOT) -> object:
        return self._store.do(op, replace(actor, address=HERE) if self._near else actor)


@pytest.fixture
def asker(crowd: Store, local_store: SqlStore) -> Asker:
    local_store.signing = SigningKey.new()
    return Asker(crowd, local_store)


def events(store: Store, who: Actor = ROOT, **asked: object) -> list[Event]:
    return store.do(ListEvents(**asked), who).events  # type: ignore[arg-type]


def problems(url: str) -> list[str]:
    """Return what is wrong with the log itself; the users stand in no event, and never did."""
    found = audit_database(url).problems
    return [problem for problem in found if "registry and the log disagree" not in problem]


def texts(store: SqlStore) -> list[tuple[str, str]]:
    connection = store.database.connect()
    found = connection.execute("SELECT field, text FROM event_texts").fetchall()
    connection.close()
    return [(field, text) for field, text in found]


def test_an_admin_sees_from_where_and_finds_by_it(
    asker: Asker, crowd: Store, local_store: SqlStore
) -> None:
    asker.do(CreateRegisteredModel(name="wine", comment="why"))
    local_store.do(CreateRegisteredModel(name="beer"))  # by nobody who asked from anywhere
    (wine,) = events(crowd, model="wine", action="model.created")
    assert (wine.address, wine.comment, wine.details) == (HERE, "why", {})
    assert [e.address for e in events(crowd, model="beer")] == [""]
    found = events(crowd, address=HERE)
    assert "model:wine" in {e.object for e in found}
    assert "model:beer" not in {e.object for e in found}
    assert events(crowd, address="192.0.2.1") == []


def test_nobody_else_does(asker: Asker, crowd: Store) -> None:
    alice = NAMED["alice"]
    asker.do(CreateRegisteredModel(name="wine"))
    asker.do(GrantPermission(object="model:wine", user="alice", permission="CAN_EDIT"))
    asker.do(UpdateRegisteredModel(name="wine", description="red"), alice)
    (wine,) = events(crowd, alice, model="wine", actor="alice")
    assert (wine.address, wine.details) == ("", {})
    with pytest.raises(PermissionDenied, match="Only admins"):
        events(crowd, alice, address=HERE)
    seen = [e for e in crowd.do(ListLogEntries(), alice).entries if e.entry]
    assert any("model:wine" in (e.entry or "") for e in seen)
    assert not any(text.field == ADDRESS for e in seen for text in e.texts)
    shown = [e for e in crowd.do(ListLogEntries(), ROOT).entries if e.entry]
    assert any(text.text == HERE for e in shown for text in e.texts)


def test_what_a_training_does_has_none(asker: Asker, crowd: Store) -> None:
    asker.do(CreateRun(experiment_id="0", run_id="a" * 32))
    asker.do(UpdateRun(run_id="a" * 32, status="FINISHED"))
    asker.do(DeleteRun(run_id="a" * 32))
    found = {e.action: e.address for e in events(crowd, object="run:" + "a" * 32)}
    assert found == {"run.created": "", "run.finished": "", "run.deleted": HERE}


def test_what_leaves_the_house_has_none(
    asker: Asker, crowd: Store, local_store: SqlStore, tmp_path: Path
) -> None:
    asker.do(CreateRegisteredModel(name="wine"))
    asker.do(CreateModelVersion(name="wine", source="s3://b/m"))
    local_store.order_events()
    pack = local_store.do(GetEvidence(name="wine", version="1"), replace(ROOT, address=HERE))
    assert HERE not in str(pack)
    bundle.write(lambda op: crowd.do(op, ROOT), tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as written:
        assert all(HERE not in written.read(name).decode() for name in written.namelist())


def test_addresses_are_erased_and_the_proof_stays(
    asker: Asker, crowd: Store, local_store: SqlStore, database_url: str
) -> None:
    asker.do(CreateRegisteredModel(name="wine", comment="why"))
    (event,) = events(crowd, object="model:wine")
    before = crowd.do(ListLogEntries(), ROOT).entries
    asked = EraseEventAddresses(to_time=event.time)
    assert local_store.do(asked, ROOT).events == 0  # its own time is not before
    erased = local_store.do(EraseEventAddresses(to_time=LATER, comment="90 days"), ROOT)
    assert erased.events >= 1
    assert ADDRESS not in [field for field, _ in texts(local_store)]
    (event,) = events(crowd, object="model:wine")
    assert (event.address, event.comment) == ("[erased]", "why")
    after = crowd.do(ListLogEntries(), ROOT).entries
    assert [e.leaf for e in after[: len(before)]] == [e.leaf for e in before]
    assert events(crowd)[-1].action == "event.addresses_erased"
    assert problems(database_url) == []


def test_one_that_is_gone_without_an_event_is_noticed(
    asker: Asker, local_store: SqlStore, database_url: str
) -> None:
    asker.do(CreateRegisteredModel(name="wine"))
    local_store.do(EraseEventAddresses(to_time=LATER), ROOT)
    asker.do(UpdateRegisteredModel(name="wine", description="red"))
    local_store.order_events()
    assert problems(database_url) == []
    connection = local_store.database.connect()
    connection.execute(f"DELETE FROM event_texts WHERE field = '{ADDRESS}'")
    connection.commit()
    connection.close()
    (problem,) = problems(database_url)
    assert f"the text '{ADDRESS}' is gone, and no event says who erased it" in problem


def test_an_address_that_was_changed_is_noticed(
    asker: Asker, local_store: SqlStore, database_url: str
) -> None:
    asker.do(CreateRegisteredModel(name="wine"))
    local_store.order_events()
    connection = local_store.database.connect()
    connection.execute(f"UPDATE event_texts SET text = '192.0.2.9' WHERE field = '{ADDRESS}'")
    connection.commit()
    connection.close()
    found = problems(database_url)
    assert found
    assert all(f"the text '{ADDRESS}' is not what was recorded" in problem for problem in found)


def test_a_text_that_is_erased_leaves_the_address(
    asker: Asker, crowd: Store, local_store: SqlStore
) -> None:
    asker.do(CreateRegisteredModel(name="wine", comment=HERE))
    (event,) = events(crowd, object="model:wine")
    local_store.do(EraseEventTexts(sequence=event.sequence), ROOT)
    (event,) = events(crowd, object="model:wine")
    assert (event.comment, event.address) == ("[erased]", HERE)
