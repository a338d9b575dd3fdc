"""Runs are found by who created them."""

from __future__ import annotations

from conformance.test_search_runs import Bench
from cuvee.api.base import Store
from cuvee.api.events import ListEvents
from cuvee.api.searches import CompleteSearch, SearchRunTable


def test_who_created_a_run_is_the_servers_word_and_not_the_clients(store: Store) -> None:
    bench = Bench(store)
    (creation,) = bench.store.do(ListEvents(action="experiment.created")).events
    bench.run("a", user_id="somebody else", start_time=100)
    bench.run("b", user_id="nobody", start_time=200)
    me = creation.actor
    assert me not in ("nobody", "somebody else")
    assert bench.find(f"created_by = '{me}'") == "b a"
    assert bench.find(f"attributes.created_by ILIKE '{me.upper()}' AND user_id = 'nobody'") == "b"
    assert bench.find("created_by IN ('nobody', 'somebody else')") == ""
    assert bench.find(f"NOT created_by = '{me}'") == ""
    assert bench.find("", "attributes.created_by ASC", "start_time ASC") == "a b"
    assert bench.find(f"parent.created_by = '{me}'") == ""
    table = bench.store.do(
        SearchRunTable(experiment_ids=[bench.experiment], columns=["created_by"])
    )
    assert [(one.name, one.texts) for one in table.columns] == [("created_by", [me, me])]
    text = "created_by = "
    op = CompleteSearch(text=text, cursor=len(text), experiment_ids=[bench.experiment])
    assert [one.text for one in bench.store.do(op).completions] == [f"'{me}'"]
