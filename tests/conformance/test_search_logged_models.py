"""The search for logged models."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.experiments import CreateExperiment
from cuvee.api.logged_models import (
    CreateLoggedModel,
    DatasetFilter,
    DeleteLoggedModel,
    FinalizeLoggedModel,
    GetLoggedModel,
    LoggedModelOrder,
    LoggedModelParameter,
    LoggedModelTag,
    SearchLoggedModels,
    SetLoggedModelTags,
)
from cuvee.api.metrics import LogMetric
from cuvee.api.runs import CreateRun
from cuvee.errors import InvalidParameter


class Bench:
    """An experiment with a run that logs models."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.experiment = store.do(CreateExperiment(name="bench")).experiment_id
        self.run_id = store.do(CreateRun(experiment_id=self.experiment)).run.info.run_id
        self.time = 0

    def model(self, name: str, **given: Any) -> str:
        """Log a model; params and tags as dictionaries."""
        params = [LoggedModelParameter(k, v) for k, v in given.pop("params", {}).items()]
        tags = [LoggedModelTag(k, v) for k, v in given.pop("tags", {}).items()]
        op = CreateLoggedModel(
            experiment_id=self.experiment, name=name, params=params, tags=tags, **given
        )
        return self.store.do(op).model.model_id

    def measure(self, model_id: str, key: str, value: float, dataset: str = "") -> None:
        """Log a point for a model, later than all before, perhaps on dataset ``name:digest``."""
        self.time += 1
        name, _, digest = dataset.partition(":")
        op = LogMetric(
            run_id=self.run_id,
            key=key,
            value=value,
            timestamp=self.time,
            model_id=model_id,
            dataset_name=name or None,
            dataset_digest=digest or None,
        )
        self.store.do(op)

    def find(self, text: str = "", *order: str, **more: Any) -> list[str]:
        """Return the names of the models found; an order that begins with - descends."""
        by = [
            LoggedModelOrder(field_name=o.lstrip("-"), ascending=not o.startswith("-"))
            for o in order
        ]
        given = {"order_by": by, **more}
        op = SearchLoggedModels(experiment_ids=[self.experiment], filter=text, **given)
        return [m.name for m in self.store.do(op).models]


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(store)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", {"tree", "Line"}),
        ("name = 'tree'", {"tree"}),
        ('name = "tree"', {"tree"}),
        ("name = tree", {"tree"}),
        ("attributes.name LIKE 'l%'", set()),
        ("attributes.name CONTAINS 'l'", {"Line"}),
        ("params.depth CONTAINS '_'", set()),
        ("attributes.`name` ilike 'l%' and", {"Line"}),
        ("name IN ('tree', 'x')", {"tree"}),
        ("name NOT IN ('tree', 'x')", {"Line"}),
        ("params.depth = '3'", {"tree"}),
        ("params.depth = 3", {"tree"}),
        ("params.depth IN ('3', '4')", {"tree"}),
        ("params.`depth` != '3'", set()),
        ("tags.colour = 'red' AND params.depth LIKE '_'", {"tree"}),
        ("model_type = 'sklearn'", {"tree"}),
        ("status = 2", {"tree"}),
        ("status = 'READY'", {"tree"}),
        ("status != 2", {"Line"}),
        ("status IN (1, 2)", {"tree", "Line"}),
        ("status NOT IN ('2')", {"Line"}),
        ("creation_timestamp > 0 AND creation_time > 0", {"tree", "Line"}),
        ("last_updated_timestamp_ms < 5.5", set()),
        ("experiment_id = '1'", {"tree", "Line"}),
        ("experiment_id = 2", set()),
        ("artifact_location LIKE '%/models/m-%' AND name = 'tree'", {"tree"}),
        ("attributes.artifact_location = 'elsewhere'", set()),
        ("experiment_id LIKE '1%'", {"tree", "Line"}),
        ("metrics.rmse < 1", {"tree"}),
        ("metrics.rmse > 1", {"tree", "Line"}),
        ("metrics.rmse != 0.5", {"tree", "Line"}),
        ("metrics.unknown > 0", set()),
        ("NOT metrics.rmse < 1", {"Line"}),
        ("metrics.rmse BETWEEN 0.4 AND 0.6", {"tree"}),
        ("metrics.rmse IN (0.5, 8)", {"tree"}),
        ("tags.colour IS NULL", {"Line"}),
        ("metrics.unknown IS NULL AND NOT metrics.rmse IS NULL", {"tree", "Line"}),
        ("name = tree OR (status = 1 AND NOT params.depth = 3)", {"tree", "Line"}),
    ],
)
def test_filters_find_what_they_say(bench: Bench, text: str, names: set[str]) -> None:
    tree = bench.model("tree", params={"depth": "3"}, tags={"colour": "red"}, model_type="sklearn")
    line = bench.model("Line")
    bench.store.do(FinalizeLoggedModel(model_id=tree, status="LOGGED_MODEL_READY"))
    bench.measure(tree, "rmse", 0.5)
    bench.measure(tree, "rmse", 2.5)
    bench.measure(line, "rmse", 7)
    assert set(bench.find(text)) == names


@pytest.mark.parametrize(
    "text",
    [
        "attribute.name = 'x'",
        "metric.rmse < 1",
        "foo = 1",
        "status = 9",
        "metrics.rmse < 'a'",
        "params.x > '1'",
        " ",
    ],
)
def test_a_filter_with_an_error_is_refused_with_its_place(bench: Bench, text: str) -> None:
    with pytest.raises(InvalidParameter, match="Filter error at character"):
        bench.find(text)


def test_datasets_restrict_metrics(bench: Bench) -> None:
    a, b = bench.model("a"), bench.model("b")
    bench.model("c")
    bench.measure(a, "rmse", 0.5, "train:1")
    bench.measure(a, "rmse", 0.9, "test:1")
    bench.measure(b, "rmse", 0.7, "test:2")
    train, test = DatasetFilter("train"), DatasetFilter("test")
    assert set(bench.find(datasets=[test])) == {"a", "b"}
    assert bench.find(datasets=[DatasetFilter("test", "2")]) == ["b"]
    assert set(bench.find(datasets=[train, DatasetFilter("test", "2")])) == {"a", "b"}
    assert bench.find("metrics.rmse < 0.8", datasets=[test]) == ["b"]
    assert bench.find("metrics.rmse < 0.8", datasets=[train]) == ["a"]
    assert bench.find("name != 'x'", datasets=[train]) == ["a"]
    assert bench.find(datasets=[DatasetFilter("none")]) == []


def test_metrics_order_by_the_latest_point_nan_and_missing_last(bench: Bench) -> None:
    for name, values in {"low": (9, 1), "high": (0, 5), "nan": (1, math.nan), "none": ()}.items():
        model_id = bench.model(name)
        for value in values:
            bench.measure(model_id, "rmse", value)
    assert bench.find("", "metrics.rmse") == ["low", "high", "nan", "none"]
    assert bench.find("", "-metrics.rmse") == ["high", "low", "nan", "none"]
    pages, token = [], ""
    while token is not None:
        op = SearchLoggedModels(
            experiment_ids=[bench.experiment],
            order_by=[LoggedModelOrder("metrics.rmse", ascending=False)],
            max_results=1,
            page_token=token,
        )
        page = bench.store.do(op)
        pages += [m.name for m in page.models]
        token = page.next_page_token  # type: ignore[assignment]
    assert pages == ["high", "low", "nan", "none"]


def test_metrics_can_be_ordered_on_one_dataset(bench: Bench) -> None:
    for name, value in {"a": 2.0, "b": 1.0}.items():
        model_id = bench.model(name)
        bench.measure(model_id, "rmse", value, "train:1")
        bench.measure(model_id, "rmse", -value, "test:1")
    on = LoggedModelOrder("metrics.rmse", dataset_name="train")
    assert bench.find(order_by=[on]) == ["b", "a"]
    on = LoggedModelOrder("metrics.rmse", dataset_name="test", dataset_digest="1")
    assert bench.find(order_by=[on]) == ["a", "b"]


def test_metrics_can_be_ordered_on_one_digest(bench: Bench) -> None:
    for name, value in {"a": 2.0, "b": 1.0}.items():
        model_id = bench.model(name)
        bench.measure(model_id, "rmse", value, "train:1")
        bench.measure(model_id, "rmse", -value, "train:2")
    bench.measure(bench.model("c"), "rmse", 1.5)
    on = LoggedModelOrder("metrics.rmse", dataset_digest="1")
    assert bench.find(order_by=[on]) == ["b", "a", "c"]
    on = LoggedModelOrder("metrics.rmse", dataset_digest="2")
    assert bench.find(order_by=[on]) == ["a", "b", "c"]


def test_attributes_order_and_ties(bench: Bench) -> None:
    for name in ("b", "a", "B"):
        bench.model(name)
    assert bench.find("", "name") == ["B", "a", "b"]
    assert bench.find("", "-attributes.name") == ["b", "a", "B"]
    op = SearchLoggedModels(experiment_ids=[bench.experiment])
    found = bench.store.do(op).models
    assert found == sorted(found, key=lambda m: (-m.info.creation_timestamp_ms, m.model_id))
    for field in ("foo", "params.x", "name DESC", "tags.x"):
        with pytest.raises(InvalidParameter, match="Order error"):
            bench.find("", field)


def test_deleted_models_are_not_found(bench: Bench) -> None:
    bench.store.do(DeleteLoggedModel(model_id=bench.model("a")))
    bench.model("b")
    assert bench.find() == ["b"]


def test_no_experiments_have_no_models(bench: Bench) -> None:
    bench.model("a")
    assert bench.store.do(SearchLoggedModels(experiment_ids=[])).models == []


def test_long_names_and_params_are_kept_whole_or_refused(bench: Bench) -> None:
    bench.model("n" * 500, params={"prompt": "p" * 8000})
    found = bench.store.do(SearchLoggedModels(experiment_ids=[bench.experiment])).models[0]
    assert (found.name, found.params) == ("n" * 500, {"prompt": "p" * 8000})
    assert bench.find("params.prompt = '" + "p" * 8000 + "'") == ["n" * 500]
    with pytest.raises(InvalidParameter, match="maximum length of 500"):
        bench.model("n" * 501)
    with pytest.raises(InvalidParameter, match="maximum length of 8000"):
        bench.model("a", params={"prompt": "p" * 8001})


def test_zero_results_mean_a_hundred(bench: Bench) -> None:
    for name in "abc":
        bench.model(name)
    assert len(bench.find(max_results=0)) == 3
    assert len(bench.find(max_results=2)) == 2


def test_tokens_belong_to_their_question(bench: Bench) -> None:
    for name in "abc":
        bench.model(name)
    op = SearchLoggedModels(experiment_ids=[bench.experiment], max_results=1)
    token = bench.store.do(op).next_page_token
    assert len(bench.find(page_token=token)) == 2
    for other in ({"datasets": [DatasetFilter("x")]}, {"filter": "name != 'x'"}):
        given: dict[str, Any] = {"experiment_ids": [bench.experiment], **other}
        with pytest.raises(InvalidParameter, match="page_token"):
            bench.store.do(SearchLoggedModels(page_token=token or "", **given))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"experiment_ids": ["0"]}, "Experiment IDs in the page token do not match"),
        ({"order_by": [LoggedModelOrder("name")]}, "Order by in the page token does not match"),
        ({"filter": "name = 'a'"}, "Filter string in the page token does not match"),
        ({"datasets": [DatasetFilter("x")]}, "Datasets in the page token do not match"),
    ],
)
def test_what_a_token_does_not_fit_to_is_named(
    bench: Bench, other: dict[str, Any], words: str
) -> None:
    for name in "abc":
        bench.model(name)
    given: dict[str, Any] = {"experiment_ids": [bench.experiment]}
    token = bench.store.do(SearchLoggedModels(max_results=1, **given)).next_page_token
    with pytest.raises(InvalidParameter, match=f"^{words} the requested .* another filter, order"):
        bench.store.do(SearchLoggedModels(page_token=token or "", **given | other))


def test_thousands_of_clauses_are_answered(bench: Bench) -> None:
    bench.model("a", params={"p": "x"})
    bench.model("b")
    many = " AND ".join(f"name != 'm{i}'" for i in range(1200))
    assert bench.find(many + " AND params.p = 'x'") == ["a"]


@pytest.mark.parametrize("key", ["a$", "a/../b", "/x", "learning rate [%]", "größe", "k" * 250])
def test_keys_of_a_logged_model_may_have_any_characters(store: Store, key: str) -> None:
    bench = Bench(store)
    model_id = bench.model("one", params={key: "1"}, tags={key: "2"})
    bench.model("other", params={"k": "1"}, tags={"k": "2"})

    model = store.do(GetLoggedModel(model_id=model_id)).model
    assert (model.params, model.tags) == ({key: "1"}, {key: "2"})
    assert bench.find(f"params.`{key}` = '1' AND tags.`{key}` = '2'") == ["one"]
    store.do(SetLoggedModelTags(model_id=model_id, tags=[LoggedModelTag(key, "3")]))
    assert bench.find(f"tags.`{key}` = '3'") == ["one"]


def test_an_empty_or_a_long_key_of_a_logged_model_is_refused(store: Store) -> None:
    bench = Bench(store)
    for key in ("", "k" * 251):
        with pytest.raises(InvalidParameter):
            bench.model("one", params={key: "1"})
        with pytest.raises(InvalidParameter):
            bench.model("one", tags={key: "1"})
    assert bench.find() == []
