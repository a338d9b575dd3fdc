"""The search for experiments."""

from __future__ import annotations

from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.experiments import (
    CreateExperiment,
    DeleteExperiment,
    ExperimentTag,
    SearchExperiments,
)
from cuvee.errors import InvalidParameter


def make(store: Store, name: str, **tags: str) -> str:
    op = CreateExperiment(name=name, tags=[ExperimentTag(k, v) for k, v in tags.items()])
    return store.do(op).experiment_id


def find(store: Store, text: str = "", *order: str, **more: Any) -> list[str]:
    given = {"max_results": 1000, **more}
    page = store.do(SearchExperiments(filter=text, order_by=list(order), **given))
    return [e.name for e in page.experiments]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", {"Default", "wine", "Wine", "beer"}),
        ("name = 'wine'", {"wine"}),
        ('attribute.name != "wine"', {"Default", "Wine", "beer"}),
        ("name LIKE 'W%'", {"Wine"}),
        ("name ILIKE 'w%' AND", {"wine", "Wine"}),
        ("name CONTAINS 'INE'", {"wine", "Wine"}),
        ("name CONTAINS 'w_ne' OR name CONTAINS '%'", set()),
        ("tags.colour CONTAINS 're'", {"wine"}),
        ("name ILIKE 'w%' and tags.colour = 'red'", {"wine"}),
        ("tag.colour != 'red'", {"beer"}),
        ("tags.colour IS NULL", {"Default", "Wine"}),
        ("tags.colour IS NOT NULL", {"wine", "beer"}),
        ("tags.colour is not null", {"wine", "beer"}),
        ("tags.unknown = 'x'", set()),
        ("experiment_id = '0'", {"Default"}),
        ("experiment_id != '0'", {"wine", "Wine", "beer"}),
        ("experiment_id IN ('0', '1', 'x', '01')", {"Default", "wine"}),
        ("experiment_id NOT IN ('0', '1')", {"Wine", "beer"}),
        ("experiment_id IN ('x')", set()),
        ("experiment_id NOT IN ('x')", {"Default", "wine", "Wine", "beer"}),
        ("experiment_id = 'x'", set()),
        ("creation_time > 0", {"Default", "wine", "Wine", "beer"}),
        ("last_update_time < 5", set()),
        ("name IN ('wine', 'beer')", {"wine", "beer"}),
        ("NOT name IN ('wine', 'beer')", {"Default", "Wine"}),
        ("name = 'beer' OR (name ILIKE 'w%' AND NOT tags.colour = 'red')", {"beer", "Wine"}),
        ("creation_time BETWEEN 0 AND 9000000000000 AND name LIKE 'W%'", {"Wine"}),
        ("creation_time NOT IN (1, 2) AND tags.colour IN ('amber', 'x')", {"beer"}),
    ],
)
def test_filters_find_what_they_say(store: Store, text: str, names: set[str]) -> None:
    make(store, "wine", colour="red")
    make(store, "Wine")
    make(store, "beer", colour="amber")
    assert set(find(store, text)) == names


@pytest.mark.parametrize(
    "text",
    [
        "name like 'w%'",
        "attributes.name = 'x'",
        "experiment_id = 1",
        "creation_time > 1.5",
        "lifecycle_stage = 'active'",
    ],
)
def test_a_filter_with_an_error_is_refused_with_its_place(store: Store, text: str) -> None:
    with pytest.raises(InvalidParameter, match="Filter error at character"):
        find(store, text)


def test_orders_and_ties(store: Store) -> None:
    for name in ("b", "a", "B"):
        make(store, name)
    assert find(store, "", "name") == ["B", "Default", "a", "b"]
    assert find(store, "", "attribute.name DESC", "name ASC") == ["b", "a", "Default", "B"]
    assert find(store, "", "experiment_id") == ["Default", "b", "a", "B"]
    assert find(store, "", "experiment_id DESC") == ["B", "a", "b", "Default"]
    with pytest.raises(InvalidParameter, match="Order error"):
        find(store, "", "tags.x")


def test_default_order_is_newest_first(store: Store) -> None:
    for name in "abc":
        make(store, name)
    page = store.do(SearchExperiments(max_results=10)).experiments
    expected = sorted(page, key=lambda e: (-e.creation_time, int(e.experiment_id)))
    assert page == expected


def test_the_view_chooses_by_life_cycle(store: Store) -> None:
    make(store, "a")
    store.do(DeleteExperiment(experiment_id=make(store, "b")))
    assert set(find(store)) == {"Default", "a"}
    assert find(store, view_type="DELETED_ONLY") == ["b"]
    assert set(find(store, view_type="ALL")) == {"Default", "a", "b"}


def test_pages_resume_and_refuse_other_questions(store: Store) -> None:
    for i in range(5):
        make(store, f"e{i}", number=str(i))
    whole = find(store, "", "name DESC")
    seen: list[str] = []
    token: str | None = ""
    while token is not None:
        op = SearchExperiments(max_results=2, order_by=["name DESC"], page_token=token)
        page = store.do(op)
        seen += [e.name for e in page.experiments]
        token = page.next_page_token
        if token:
            with pytest.raises(InvalidParameter, match="page_token"):
                find(store, "", "name", page_token=token)
    assert seen == whole


def test_found_experiments_carry_their_tags(store: Store) -> None:
    make(store, "a", colour="red")
    found = store.do(SearchExperiments(max_results=1, filter="name = 'a'")).experiments[0]
    assert found.tags == {"colour": "red"}


def test_windows_and_totals_are_those_of_the_whole_answer(store: Store) -> None:
    for i in range(7):
        make(store, f"e{i}", colour="red" if i % 2 else "amber")
    whole = find(store, "", "name")
    assert [find(store, "", "name", max_results=3, offset=i) for i in (0, 3, 6, 9)] == [
        *(whole[:3], whole[3:6], whole[6:], []),
    ]
    page = store.do(SearchExperiments(max_results=1, filter="tags.colour = 'red'", total=True))
    assert (len(page.experiments), page.total) == (1, 3)
    assert store.do(SearchExperiments(max_results=1)).total is None
