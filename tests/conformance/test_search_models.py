"""The searches for registered models and for model versions."""

from __future__ import annotations

from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.models import (
    CreateRegisteredModel,
    RegisteredModelTag,
    SearchRegisteredModels,
    SetRegisteredModelAlias,
)
from cuvee.api.versions import (
    CreateModelVersion,
    DeleteModelVersion,
    ModelVersionTag,
    SearchModelVersions,
    TransitionStage,
)
from cuvee.errors import InvalidParameter
from cuvee.store.paging import MAX_GATHERED

PROMPT = "mlflow.prompt.is_prompt"


def make(store: Store, name: str, **tags: str) -> None:
    pairs = [RegisteredModelTag(k.replace("__", "."), v) for k, v in tags.items()]
    store.do(CreateRegisteredModel(name=name, tags=pairs))


def release(store: Store, name: str, run_id: str = "", **tags: str) -> None:
    pairs = [ModelVersionTag(k.replace("__", "."), v) for k, v in tags.items()]
    source = f"s3://bucket/{name}"
    store.do(CreateModelVersion(name=name, source=source, run_id=run_id, tags=pairs))


def models(store: Store, text: str = "", *order: str, **more: Any) -> list[str]:
    page = store.do(SearchRegisteredModels(filter=text, order_by=list(order), **more))
    return [m.name for m in page.registered_models]


def versions(store: Store, text: str = "", *order: str, **more: Any) -> list[str]:
    page = store.do(SearchModelVersions(filter=text, order_by=list(order), **more))
    return [f"{v.name}/{v.version}" for v in page.model_versions]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["Beer", "beer", "wine"]),
        ("name = 'wine'", ["wine"]),
        ("name != 'wine'", ["Beer", "beer"]),
        ("name LIKE 'b%'", ["beer"]),
        ("name CONTAINS 'EE'", ["Beer", "beer"]),
        ("name CONTAINS 'b_er' OR name CONTAINS '%'", []),
        ("name ilike 'b%'", ["Beer", "beer"]),
        ("name IN ('wine', 'beer', 'x')", ["beer", "wine"]),
        ("name NOT IN ('wine', 'beer')", ["Beer"]),
        ("tags.colour = 'red'", ["wine"]),
        ("tag.colour != 'red'", ["Beer"]),
        ("tag.colour LIKE '%e%' AND name = 'wine'", ["wine"]),
        (f"tag.`{PROMPT}` != 'true'", ["Beer", "beer", "wine"]),
        (f"name LIKE 'w%' AND tag.`{PROMPT}` != 'true'", ["wine"]),
        (f"tag.{PROMPT} = 'false'", ["Beer", "beer", "wine"]),
        (f"tag.{PROMPT} = 'true'", ["ask"]),
        (f"tag.{PROMPT} != 'false'", ["ask"]),
        (f"tag.{PROMPT} = 'true' AND tag.{PROMPT} != 'true'", []),
        ("name = 'ask'", []),
        ("tags.colour IS NULL", ["beer"]),
        ("tags.colour IN ('red') OR name = 'beer'", ["beer", "wine"]),
        ("NOT (tags.colour LIKE '%red' OR name = 'x')", ["beer"]),
        (f"name = 'beer' OR tag.{PROMPT} = 'true'", ["ask", "beer"]),
    ],
)
def test_filters_find_registered_models(store: Store, text: str, names: list[str]) -> None:
    make(store, "wine", colour="red")
    make(store, "beer")
    make(store, "Beer", colour="amber, red")
    make(store, "ask", mlflow__prompt__is_prompt="true")
    assert models(store, text) == names


@pytest.mark.parametrize(
    "text",
    [
        "description = 'x'",
        "name > 'a'",
        "creation_timestamp > 0",
    ],
)
def test_what_models_cannot_be_filtered_by_is_refused(store: Store, text: str) -> None:
    with pytest.raises(InvalidParameter, match="Filter error at character"):
        models(store, text)


def test_models_are_ordered_by_name_or_last_update(store: Store) -> None:
    for name in "bca":
        make(store, name)
    assert models(store) == ["a", "b", "c"]
    assert models(store, "", "name DESC") == ["c", "b", "a"]
    for key in ("timestamp", "last_updated_timestamp"):
        found = store.do(SearchRegisteredModels(order_by=[key + " desc"])).registered_models
        assert found == sorted(found, key=lambda m: (-m.last_updated_timestamp, m.name))
    for order in ("creation_timestamp", "tags.x", "foo"):
        with pytest.raises(InvalidParameter, match="Order error"):
            models(store, "", order)
    with pytest.raises(InvalidParameter, match="twice"):
        models(store, "", "timestamp", "last_updated_timestamp DESC")


def test_model_pages_resume(store: Store) -> None:
    for i in range(5):
        make(store, f"m{i}")
    first = store.do(SearchRegisteredModels(max_results=3))
    assert [m.name for m in first.registered_models] == ["m0", "m1", "m2"]
    token = first.next_page_token
    assert models(store, max_results=3, page_token=token) == ["m3", "m4"]
    with pytest.raises(InvalidParameter, match="page_token"):
        models(store, "name LIKE 'm%'", page_token=token)
    with pytest.raises(InvalidParameter, match="page_token"):
        versions(store, page_token=token)


def test_found_models_carry_tags_aliases_and_latest_versions(store: Store) -> None:
    make(store, "wine", colour="red")
    release(store, "wine")
    release(store, "wine")
    store.do(TransitionStage(name="wine", version="1", stage="Production"))
    store.do(SetRegisteredModelAlias(name="wine", alias="best", version="1"))
    found = store.do(SearchRegisteredModels()).registered_models[0]
    assert found.tags == {"colour": "red"}
    assert found.aliases == {"best": "1"}
    assert [(v.version, v.current_stage) for v in found.latest_versions] == [
        ("1", "Production"),
        ("2", "None"),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("name = 'wine'", ["wine/2", "wine/1"]),
        ("name='wine' AND version_number = 2", ["wine/2"]),
        ("name='wine' AND version_number = '2'", ["wine/2"]),
        ("version_number >= 2", ["wine/2"]),
        ("version_number > -1 and name ilike 'BEER'", ["beer/1"]),
        ("run_id = 'r1'", ["wine/1"]),
        ("run_id IN ('r1', 'r2')", ["wine/2", "wine/1"]),
        ("run_id NOT IN ('r1', 'r2')", ["beer/1"]),
        ("run_id = ''", ["beer/1"]),
        ("source_path LIKE 's3://bucket/b%'", ["beer/1"]),
        ("source_path CONTAINS 'bucket/B'", ["beer/1"]),
        ("source_path CONTAINS 'b_cket'", []),
        ("tags.colour = 'red'", ["wine/2"]),
        ("name IN ('wine') AND tag.colour != 'blue'", ["wine/2"]),
        (
            "NOT name != 'wine' AND (version_number IN (2, 7) OR version_number BETWEEN 8 AND 9)",
            ["wine/2"],
        ),
        (f"tag.{PROMPT} = 'true'", ["ask/1"]),
        (f"tag.{PROMPT} != 'true'", ["beer/1", "wine/2", "wine/1"]),
        ("name = 'ask'", []),
    ],
)
def test_filters_find_versions(store: Store, text: str, names: list[str]) -> None:
    for name in ("wine", "beer"):
        make(store, name)
    make(store, "ask", mlflow__prompt__is_prompt="true")
    release(store, "wine", "r1")
    release(store, "wine", "r2", colour="red")
    release(store, "beer")
    release(store, "ask", mlflow__prompt__is_prompt="true")
    assert versions(store, text, "name") == names


@pytest.mark.parametrize(
    "text",
    [
        "status = 'READY'",
        "creation_timestamp > 0",
        "version_number = 'x'",
        "version_number > 1.5",
        "model_id = 'm'",
    ],
)
def test_what_versions_cannot_be_filtered_by_is_refused(store: Store, text: str) -> None:
    with pytest.raises(InvalidParameter, match="Filter error at character"):
        versions(store, text)


def test_versions_are_ordered_and_paged(store: Store) -> None:
    for name in ("b", "a"):
        make(store, name)
        for _ in range(3):
            release(store, name)
    by_name = ["a/3", "a/2", "a/1", "b/3", "b/2", "b/1"]
    assert versions(store, "", "name") == by_name
    assert versions(store, "", "version_number") == ["a/1", "b/1", "a/2", "b/2", "a/3", "b/3"]
    found = store.do(SearchModelVersions()).model_versions
    assert found == sorted(
        found, key=lambda v: (-v.last_updated_timestamp, v.name, -int(v.version))
    )
    first = store.do(SearchModelVersions(max_results=4, order_by=["name"]))
    token = first.next_page_token
    assert versions(store, "", "name", max_results=4, page_token=token) == by_name[4:]
    with pytest.raises(InvalidParameter, match="Order error"):
        versions(store, "", "current_stage")
    with pytest.raises(InvalidParameter, match="twice"):
        versions(store, "", "name", "name DESC")


def test_deleted_versions_are_not_found_and_aliases_not_filled(store: Store) -> None:
    make(store, "wine")
    release(store, "wine")
    release(store, "wine")
    store.do(SetRegisteredModelAlias(name="wine", alias="best", version="2"))
    store.do(DeleteModelVersion(name="wine", version="1"))
    found = store.do(SearchModelVersions()).model_versions
    assert [(v.version, v.aliases) for v in found] == [("2", [])]


def test_thousands_of_clauses_on_versions_are_answered(store: Store) -> None:
    for name in ("wine", "beer"):
        make(store, name)
        release(store, name)
    many = " AND ".join(f"name != 'm{i}'" for i in range(1200))
    assert versions(store, many + " AND name != 'beer'") == ["wine/1"]
    assert models(store, many + " AND name != 'beer'") == ["wine"]


def test_windows_and_totals_are_those_of_the_whole_answer(store: Store) -> None:
    for name in "abcde":
        make(store, name)
        for _ in range(2):
            release(store, name)
    assert models(store, max_results=2, offset=3) == ["d", "e"]
    assert versions(store, "", "name", max_results=3, offset=8) == ["e/2", "e/1"]
    found = store.do(SearchRegisteredModels(filter="name != 'a'", max_results=1, total=True))
    assert (len(found.registered_models), found.total) == (1, 4)
    page = store.do(SearchModelVersions(filter="version_number = 2", max_results=1, total=True))
    assert (len(page.model_versions), page.total) == (1, 5)


def test_texts_of_any_characters_come_back_from_searches(store: Store) -> None:
    text = '\x01\x1f\t\r\n"\\/\x7f\u2028 é 模型 \U0001f377 {[,]}'
    tags = [RegisteredModelTag("b", text), RegisteredModelTag("a", "")]
    store.do(CreateRegisteredModel(name="wine", description=text, tags=tags))
    pairs = [ModelVersionTag("b", text), ModelVersionTag("a", "")]
    made = CreateModelVersion(name="wine", source="s3://b/x", description=text, tags=pairs)
    store.do(made)
    for most in (1, MAX_GATHERED):
        [model] = store.do(SearchRegisteredModels(max_results=most)).registered_models
        assert (model.description, list(model.tags.items())) == (text, [("a", ""), ("b", text)])
        [latest] = model.latest_versions
        [version] = store.do(SearchModelVersions(max_results=most)).model_versions
        assert latest == version
        assert (version.description, list(version.tags.items())) == (text, [("a", ""), ("b", text)])


def test_long_pages_hold_what_short_ones_do(store: Store) -> None:
    count = 501
    for n in range(count):
        make(store, f"m{n:03d}", kind="a", last=str(n))
    for n in range(count):
        release(store, "m000", last=str(n))
    release(store, "m500", last="x")
    every = store.do(SearchRegisteredModels(max_results=MAX_GATHERED)).registered_models
    assert [(m.name, m.tags["last"]) for m in every] == [
        (f"m{n:03d}", str(n)) for n in range(count)
    ]
    latest = {m.name: [v.version for v in m.latest_versions] for m in every if m.latest_versions}
    assert latest == {"m000": [str(count)], "m500": ["1"]}

    def found(most: int) -> list[tuple[str, str, str]]:
        page = store.do(SearchModelVersions(max_results=most, order_by=["name", "version_number"]))
        return [(v.name, v.version, v.tags["last"]) for v in page.model_versions]

    numbered = [("m000", str(n + 1), str(n)) for n in range(count)]
    assert found(MAX_GATHERED) == found(MAX_GATHERED + 1) == [*numbered, ("m500", "1", "x")]
