"""What a name has stood for before is not told to who uses it now."""

from __future__ import annotations

from collections.abc import Callable

from cuvee.api.base import Actor
from cuvee.api.events import ListEvents
from cuvee.api.models import (
    CreateRegisteredModel,
    DeleteRegisteredModel,
    RenameRegisteredModel,
    SetRegisteredModelTag,
)
from cuvee.api.permissions import GrantPermission
from cuvee.store.sql import SqlStore
from permissions.conftest import add_user


def told(store: SqlStore, actor: Actor) -> str:
    """Return all that the history tells somebody."""
    return repr(store.do(ListEvents(), actor).events)


def test_who_renames_a_model_to_a_freed_name_does_not_read_the_former_ones_history(
    new_database: Callable[[], str],
) -> None:
    store = SqlStore.open(new_database())
    eve = add_user(store, "eve")
    store.do(GrantPermission(object="folder:", user="eve", permission="CAN_CREATE"))
    store.do(CreateRegisteredModel(name="mine"), eve)
    for name in ("deleted", "renamed"):
        store.do(CreateRegisteredModel(name=name, description="hush"))
        store.do(SetRegisteredModelTag(name=name, key="k", value="hush"))
    store.do(DeleteRegisteredModel(name="deleted"))
    store.do(RenameRegisteredModel(name="renamed", new_name="elsewhere"))
    former = "mine"
    for name in ("deleted", "renamed"):
        store.do(RenameRegisteredModel(name=former, new_name=name), eve)
        former = name
        assert "hush" not in told(store, eve)
        store.do(SetRegisteredModelTag(name=name, key="own", value=f"mark {name}"), eve)
        assert f"mark {name}" in told(store, eve)
    store.close()
