"""Views that stand in addresses by their ids: the same for all, and bounded."""

from __future__ import annotations

import pytest

from conformance.people import NAMED
from cuvee.api.base import Store
from cuvee.api.events import ListEvents
from cuvee.api.kept_views import LONGEST_VIEW, GetView, KeepView
from cuvee.api.times import DAY
from cuvee.errors import InvalidParameter, NotFound
from cuvee.store import kept_views
from cuvee.store.sql import SqlStore

ALICE, BOB = NAMED["alice"], NAMED["bob"]
QUERY = "filter=metrics.rmse+%3C+1&sort=-metrics.rmse"


def keep(store: Store, *queries: str) -> list[str]:
    return [store.do(KeepView(query=query)).view_id for query in queries]


def test_the_same_view_has_the_same_id_for_all_and_is_kept_once(store: Store) -> None:
    kept = store.do(KeepView(query=QUERY))
    assert kept.query == QUERY
    assert store.do(KeepView(query=QUERY)) == kept
    assert store.do(KeepView(query=QUERY + "&view=split")).view_id != kept.view_id
    assert store.do(GetView(view_id=kept.view_id)) == kept
    assert store.do(ListEvents()).events == [], "no event tells of it"


def test_whoever_has_the_id_reads_the_view(crowd: SqlStore) -> None:
    kept = crowd.do(KeepView(query=QUERY), ALICE)
    assert crowd.do(GetView(view_id=kept.view_id), BOB) == kept
    assert crowd.do(KeepView(query=QUERY), BOB) == kept


def test_an_id_that_no_view_has_is_said_not_to_be_kept(store: Store) -> None:
    with pytest.raises(NotFound, match=f"keeps no view {'0' * 32}: "):
        store.do(GetView(view_id="0" * 32))


def test_a_view_is_as_long_as_it_may_be_and_no_longer(store: Store) -> None:
    longest = "filter=" + "x" * (LONGEST_VIEW - len("filter="))
    (view_id,) = keep(store, longest)
    assert store.do(GetView(view_id=view_id)).query == longest
    for wrong in (longest + "x", "", "?" + QUERY, "filter=a b", "filter=\u00e9", "a=\n1", "a=\0"):
        with pytest.raises(InvalidParameter):
            store.do(KeepView(query=wrong))


def test_views_of_one_person_are_bounded_and_those_used_last_stay(
    crowd: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_views, "MOST_VIEWS", 3)
    now = [1_000_000 * DAY]
    monkeypatch.setattr("cuvee.store.tx.time.time", lambda: now[0] / 1000)
    of_bob = crowd.do(KeepView(query="filter=bob"), BOB).view_id
    ids = []
    for query in ("a=1", "a=2", "a=3"):
        ids.append(crowd.do(KeepView(query=query), ALICE).view_id)
        now[0] += 2 * DAY
    crowd.do(KeepView(query="a=1"), BOB)  # somebody has opened it
    now[0] += 2 * DAY
    crowd.do(KeepView(query="a=4"), ALICE)
    crowd.do(KeepView(query="a=5"), ALICE)
    for gone in ids[1:]:
        with pytest.raises(NotFound):
            crowd.do(GetView(view_id=gone), ALICE)
    assert crowd.do(GetView(view_id=ids[0]), ALICE).query == "a=1"
    assert crowd.do(GetView(view_id=of_bob), ALICE).query == "filter=bob"
