"""Who has loaded which version: what is counted, by whom it is told, and to whom."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.people import NAMED, ROOT, make_people
from cuvee.api.base import Store
from cuvee.api.loads import CountLoads, ListLoads, Loaded, Loads
from cuvee.api.models import CreateRegisteredModel, DeleteRegisteredModel
from cuvee.api.permissions import GrantPermission
from cuvee.api.versions import CreateModelVersion, DeleteModelVersion
from cuvee.errors import InvalidParameter, NotFound, PermissionDenied
from cuvee.store.sql import SqlStore

DAY = 86_400_000
SOME = 20_000 * DAY  # 2024-10-04
ALICE = NAMED["alice"]


def make(store: Store, name: str, versions: int) -> None:
    store.do(CreateRegisteredModel(name=name))
    for _ in range(versions):
        store.do(CreateModelVersion(name=name, source="s3://bucket/model"))


def count(
    store: SqlStore, name: str, version: str, user: str, *when: int, actor: Any = None
) -> None:
    """Count loads on one day; times are milliseconds from its midnight on."""
    one = Loaded(
        name=name,
        version=version,
        user_id=user,
        count=len(when),
        first=SOME + when[0],
        last=SOME + when[-1],
    )
    store.do(CountLoads(loaded=[one]), actor)


def loads(store: Store, name: str, **asked: Any) -> list[Loads]:
    return store.do(ListLoads(name=name, **asked)).loads


@pytest.fixture
def counted(store: Store, local_store: SqlStore) -> Store:
    """A store with two versions that two users have loaded on three days."""
    make(store, "wine", 2)
    make(store, "beer", 1)
    count(local_store, "wine", "1", "alice", 10, 20, 30)
    count(local_store, "wine", "1", "bob", 15)
    count(local_store, "wine", "2", "alice", 40)
    count(local_store, "wine", "2", "alice", DAY + 5, DAY + 6)
    count(local_store, "wine", "2", "bob", 3 * DAY)
    count(local_store, "beer", "1", "carol", 1)
    return store


def test_loads_are_told_by_user_by_day_and_by_version(counted: Store) -> None:
    at = SOME.__add__

    assert loads(counted, "wine") == [
        Loads(count=6, first=at(10), last=at(DAY + 6), user_id="alice"),
        Loads(count=2, first=at(15), last=at(3 * DAY), user_id="bob"),
    ]
    assert loads(counted, "wine", version="1") == [
        Loads(count=3, first=at(10), last=at(30), user_id="alice"),
        Loads(count=1, first=at(15), last=at(15), user_id="bob"),
    ]
    assert loads(counted, "wine", by="day") == [
        Loads(count=1, first=at(3 * DAY), last=at(3 * DAY), day="2024-10-07"),
        Loads(count=2, first=at(DAY + 5), last=at(DAY + 6), day="2024-10-05"),
        Loads(count=5, first=at(10), last=at(40), day="2024-10-04"),
    ]
    assert loads(counted, "wine", by="version") == [
        Loads(count=4, first=at(40), last=at(3 * DAY), version="2"),
        Loads(count=4, first=at(10), last=at(30), version="1"),
    ]


def test_a_window_has_whole_days(counted: Store) -> None:
    def days(**window: int) -> list[str]:
        return [one.day[-2:] for one in loads(counted, "wine", by="day", **window)]

    assert days(from_time=SOME) == ["07", "05", "04"]
    assert days(from_time=SOME + DAY - 1) == ["07", "05", "04"]
    assert days(from_time=SOME + DAY) == ["07", "05"]
    assert days(to_time=SOME + DAY) == ["04"]
    assert days(to_time=SOME + DAY + 1) == ["05", "04"]
    assert days(from_time=SOME + DAY, to_time=SOME + 2 * DAY) == ["05"]
    assert days(from_time=2**63 - 1) == days(to_time=0) == []


def test_loads_are_told_of_each_user_on_each_day(counted: Store) -> None:
    at = SOME.__add__

    assert loads(counted, "wine", version="2", by="user_day") == [
        Loads(count=1, first=at(3 * DAY), last=at(3 * DAY), user_id="bob", day="2024-10-07"),
        Loads(count=2, first=at(DAY + 5), last=at(DAY + 6), user_id="alice", day="2024-10-05"),
        Loads(count=1, first=at(40), last=at(40), user_id="alice", day="2024-10-04"),
    ]
    on_a_day = loads(counted, "wine", by="user_day", to_time=at(1))
    assert [(one.user_id, one.count) for one in on_a_day] == [("alice", 4), ("bob", 1)]


@pytest.mark.parametrize("by", ["user", "day", "version", "user_day"])
def test_pages_go_on_where_the_one_before_has_ended(counted: Store, by: Any) -> None:
    whole = loads(counted, "wine", by=by)
    found: list[Loads] = []
    token: str | None = ""
    while token is not None:
        page = counted.do(ListLoads(name="wine", by=by, max_results=1, page_token=token))
        assert len(page.loads) == 1
        found += page.loads
        token = page.next_page_token

    assert found == whole


def test_a_token_of_another_question_is_refused(counted: Store) -> None:
    token = counted.do(ListLoads(name="wine", max_results=1)).next_page_token
    assert token

    for wrong in (token, "day:x", "day:", f"day:{'9' * 19}", "day", "version:-1"):
        with pytest.raises(InvalidParameter, match="page token"):
            counted.do(ListLoads(name="wine", by="day", page_token=wrong))


def test_what_does_not_exist_is_refused(counted: Store) -> None:
    with pytest.raises(NotFound):
        counted.do(ListLoads(name="gin"))
    with pytest.raises(NotFound):
        counted.do(ListLoads(name="wine", version="3"))
    with pytest.raises(InvalidParameter):
        counted.do(ListLoads(name="wine", version="x"))


def test_a_version_and_a_model_take_their_counts_with_them(
    counted: Store, local_store: SqlStore
) -> None:
    counted.do(DeleteModelVersion(name="wine", version="2"))
    assert [one.count for one in loads(counted, "wine")] == [3, 1]

    count(local_store, "wine", "2", "alice", 1)  # it was loaded, and then deleted
    count(local_store, "gin", "1", "alice", 1)
    assert [one.count for one in loads(counted, "wine")] == [3, 1]
    counted.do(DeleteRegisteredModel(name="wine"))
    make(counted, "wine", 2)
    assert loads(counted, "wine") == []
    assert [one.user_id for one in loads(counted, "beer")] == ["carol"]


def test_counts_of_one_group_may_repeat_each_other_and_come_late(
    store: Store, local_store: SqlStore
) -> None:
    make(store, "wine", 1)
    late = Loaded(name="wine", version="1", user_id="a", count=2, first=SOME + 7, last=SOME + 9)
    same = Loaded(name="wine", version="01", user_id="a", count=1, first=SOME + 3, last=SOME + 4)
    local_store.do(CountLoads(loaded=[late, same]))
    local_store.do(CountLoads(loaded=[same]))

    assert loads(store, "wine") == [Loads(count=4, first=SOME + 3, last=SOME + 9, user_id="a")]


def test_readers_are_told_and_nobody_else(local_store: SqlStore) -> None:
    make(local_store, "wine", 1)
    count(local_store, "wine", "1", "bob", 1)
    make_people(local_store)
    op = ListLoads(name="wine")

    with pytest.raises(PermissionDenied):
        local_store.do(op, ALICE)
    grant = GrantPermission(user="alice", object="model:wine", permission="CAN_READ")
    local_store.do(grant, ROOT)
    assert [one.user_id for one in local_store.do(op, ALICE).loads] == ["bob"]
    with pytest.raises(PermissionDenied):  # a server alone says what it has counted
        count(local_store, "wine", "1", "bob", 1, actor=ALICE)
