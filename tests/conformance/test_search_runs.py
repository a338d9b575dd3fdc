"""The search for runs: what a filter finds, in which order, on which page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.datasets import Dataset, DatasetInput, InputTag, LogInputs
from cuvee.api.experiments import CreateExperiment, DeleteExperiment
from cuvee.api.metrics import Metric
from cuvee.api.runs import (
    CreateRun,
    DeleteRun,
    DeleteTag,
    LogBatch,
    Param,
    RunTag,
    SearchRuns,
    UpdateRun,
)
from cuvee.errors import InvalidParameter


class Bench:
    """An experiment in which runs are made and looked for by name."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.experiment = store.do(CreateExperiment(name="bench")).experiment_id
        self.ids: dict[str, str] = {}
        self.time = 0

    def run(self, name: str, **given: Any) -> str:
        """Make a run: metrics, params, tags as dictionaries; the rest goes to ``CreateRun``."""
        data = {kind: given.pop(kind, {}) for kind in ("metrics", "params", "tags")}
        self.time += 1
        op = CreateRun(
            experiment_id=self.experiment,
            run_name=name,
            **{"start_time": self.time, **given},
        )
        run_id = self.store.do(op).run.info.run_id
        batch = LogBatch(
            run_id=run_id,
            metrics=[Metric(k, v, 0) for k, v in data["metrics"].items()],
            params=[Param(k, v) for k, v in data["params"].items()],
            tags=[RunTag(k, v) for k, v in data["tags"].items()],
        )
        self.store.do(batch)
        self.ids[name] = run_id
        return run_id

    def find(self, text: str = "", *order: str, **more: Any) -> str:
        """Return the names of the runs found, in their order."""
        page = self.store.do(
            SearchRuns(experiment_ids=[self.experiment], filter=text, order_by=list(order), **more)
        )
        return " ".join(run.info.run_name for run in page.runs)

    def found(self, text: str) -> set[str]:
        """Return the names of the runs found."""
        return set(self.find(text).split())

    def pages(self, size: int, text: str = "", *order: str) -> list[str]:
        """Return the names on each page."""
        found, token = [], ""
        while True:
            page = self.store.do(
                SearchRuns(
                    experiment_ids=[self.experiment],
                    filter=text,
                    order_by=list(order),
                    max_results=size,
                    page_token=token,
                )
            )
            found.append(" ".join(run.info.run_name for run in page.runs))
            if page.next_page_token is None:
                return found
            token = page.next_page_token


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(store)


def test_no_filter_finds_all_newest_first(bench: Bench) -> None:
    for name in "abc":
        bench.run(name)
    assert bench.find() == "c b a"


def test_equal_times_are_ordered_by_run_id(bench: Bench) -> None:
    ids = {bench.run(name, start_time=5): name for name in "abcde"}
    assert bench.find() == " ".join(ids[i] for i in sorted(ids))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("metrics.m > 1", "big inf"),
        ("metrics.m >= 1", "one big inf"),
        ("metrics.m < 1", "small"),
        ("metrics.m <= 1", "small one"),
        ("metrics.m = 1", "one"),
        ("metrics.m = 1.0", "one"),
        ("metric.m = 10e-1", "one"),
        ("metrics.m != 1", "small big inf nan"),
        ("metrics.m > -1e999", "small one big inf"),
        ("metrics.m >= 1e999", "inf"),
        ("metrics.m < -2.5 AND metrics.m > -3.5", "small"),
        ("metrics.m > 0 and metrics.m < 1e999", "one big"),
        ("metrics.unknown > 0", ""),
        ("metrics.unknown != 0", ""),
    ],
)
def test_metrics_compare_as_numbers(bench: Bench, text: str, names: str) -> None:
    values = {"small": -3.0, "one": 1.0, "big": 1e300, "inf": math.inf, "nan": math.nan}
    for name, value in values.items():
        bench.run(name, metrics={"m": value})
    bench.run("without")
    assert bench.found(text) == set(names.split())
    assert bench.found(text) == set(bench.find(text, "metrics.m ASC").split())


@pytest.mark.parametrize("kind", ["params", "tags"])
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("= 'Abc'", "Abc"),
        ("!= 'Abc'", "abc a%c quote empty Éa"),
        ("LIKE 'a%'", "abc a%c"),
        ("LIKE 'A%'", "Abc"),
        ("like '_bc'", "Abc abc"),
        ("ILIKE 'A%'", "Abc abc a%c"),
        ("ilike 'é_'", "Éa"),
        ("CONTAINS 'B'", "Abc abc"),
        ("contains '%'", "a%c"),
        ("CONTAINS 'é'", "Éa"),
        ('CONTAINS "\'"', "quote"),
        ("CONTAINS ''", "Abc abc a%c quote empty Éa"),
        ("LIKE '%'", "Abc abc a%c quote empty Éa"),
        ("LIKE '%b%'", "Abc abc"),
        ("LIKE ''", "empty"),
        ('= "it\'s"', "quote"),
        ("= ''", "empty"),
        ("= 'a''c'", ""),
        ("IS NULL", "without"),
        ("IS NOT NULL", "Abc abc a%c quote empty Éa"),
        ("is not null", "Abc abc a%c quote empty Éa"),
    ],
)
def test_params_and_tags_compare_as_texts(bench: Bench, kind: str, text: str, names: str) -> None:
    for name in ("Abc", "abc", "a%c", "Éa"):
        bench.run(name, **{kind: {"my key": name}})
    bench.run("quote", **{kind: {"my key": "it's"}})
    bench.run("empty", **{kind: {"my key": ""}})
    bench.run("without")
    filter_text = f"{kind}.`my key` {text}"
    assert bench.found(filter_text) == set(names.split())
    assert bench.found(filter_text) == set(bench.find(filter_text, "status").split())


def test_a_backslash_in_a_pattern_is_itself(bench: Bench) -> None:
    bench.run("path", params={"p": "C:\\tmp"})
    bench.run("other", params={"p": "C:/tmp"})
    assert bench.find("params.p LIKE 'C:\\t%'") == "path"
    assert bench.find("params.p ILIKE 'c:\\T%'") == "path"


def test_very_long_patterns_are_answered(bench: Bench) -> None:
    bench.run("a", params={"p": "x" * 5999 + "y"})
    for word in ("LIKE", "ILIKE"):
        assert bench.find(f"params.p {word} '{'%' * 70_000}y'") == "a"
        assert bench.find(f"params.p {word} '{'x%' * 3000}z'") == ""
        assert bench.find(f"params.p {word} '{'x' * 70_000}'") == ""


def test_all_clauses_must_hold(bench: Bench) -> None:
    bench.run("a", metrics={"m": 1, "n": 5}, params={"p": "x"}, tags={"t": "u"})
    bench.run("b", metrics={"m": 2, "n": 5}, params={"p": "x"})
    bench.run("c", metrics={"m": 2}, params={"p": "y"}, tags={"t": "u"})
    assert bench.find("metrics.n = 5 AND params.p = 'x'") == "b a"
    assert bench.find("metrics.n = 5 AND params.p = 'x' AND tags.t = 'u' AND") == "a"
    assert bench.find("params.p = 'x' AND params.p = 'y'") == ""
    assert bench.find("params.p != 'z' AND params.p != 'y'", "metrics.m") == "a b"


def test_attributes_are_compared(bench: Bench) -> None:
    a = bench.run("a", user_id="Ann", start_time=100)
    b = bench.run("b", user_id="bob", start_time=200)
    bench.store.do(UpdateRun(run_id=b, status="FINISHED", end_time=300))
    assert bench.find(f"run_id = '{a}'") == "a"
    assert bench.find(f"attributes.run_id IN ('{a}', '{b}', 'x')") == "b a"
    assert bench.find(f"run_id NOT IN ('{a}')") == "b"
    assert bench.find(f"run_id NOT IN ('{a}', 'x')") == "b"
    assert bench.find(f"run_id LIKE '{a[:20]}%'") == "a"
    assert bench.find("status = 'FINISHED'") == "b"
    assert bench.find("status = 'finished'") == ""
    assert bench.find("attr.status ILIKE 'finished'") == "b"
    assert bench.find("user_id != 'bob'") == "a"
    assert bench.find("run_name = 'a'") == "a"
    assert bench.find("attribute.`Run name` LIKE '_'") == "b a"
    assert bench.find("artifact_uri LIKE '%artifacts'") == "b a"
    assert bench.find("end_time > 0") == "b"
    assert bench.find("end_time != 5") == "b"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("start_time > 100", "b"),
        ("created >= 100", "b a"),
        ("Created < 100.5", "a"),
        ("start_time <= 199.999", "a"),
        ("start_time > 99.5 AND start_time < 100.5", "a"),
        ("start_time = 100.5", ""),
        ("start_time != 100.5", "b a"),
        ("start_time < 99999999999999999999999", "b a"),
        ("start_time > 99999999999999999999999", ""),
        ("start_time != 1e999", "b a"),
        ("start_time > -9223372036854775809", "b a"),
        ("start_time = 9223372036854775808", ""),
        ("start_time <= 9223372036854775807", "b a"),
        (f"start_time < {'9' * 100_000}", "b a"),
    ],
)
def test_times_compare_exactly_with_any_number(bench: Bench, text: str, names: str) -> None:
    bench.run("a", start_time=100)
    bench.run("b", start_time=200)
    assert bench.find(text) == names


def test_run_names_are_filtered_through_their_tag(bench: Bench) -> None:
    a = bench.run("a")
    bench.run("b")
    bench.store.do(DeleteTag(run_id=a, key="mlflow.runName"))
    assert bench.find("run_name LIKE '%'") == "b"
    assert bench.find("", "run_name") == "a b"


def test_dataset_clauses_may_be_met_by_different_inputs(bench: Bench) -> None:
    for name, sets in {"two": ("d1", "d2"), "one": ("d1",), "none": ()}.items():
        run_id = bench.run(name)
        inputs = [
            DatasetInput(
                dataset=Dataset(name=d, digest=f"x{d}", source_type="local", source="s"),
                tags=[InputTag("mlflow.data.context", f"c{d}")],
            )
            for d in sets
        ]
        bench.store.do(LogInputs(run_id=run_id, datasets=inputs))
    assert bench.find("dataset.name = 'd1'") == "one two"
    assert bench.find("dataset.name = 'd1' AND datasets.digest = 'xd2'") == "two"
    assert bench.find("dataset.name != 'd1'") == "two"
    assert bench.find("dataset.context ILIKE 'CD2'") == "two"
    assert bench.find("dataset.name IN ('d1', 'd2')") == "one two"
    assert bench.find("dataset.name NOT IN ('d1')") == "two"
    assert bench.find("dataset.name NOT IN ('d1', 'd3')") == "two"


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("metrics.m", "low zero high inf nan none"),
        ("metrics.m DESC", "inf high zero low nan none"),
        ("metrics.`m` desc", "inf high zero low nan none"),
        ("metrics.unknown", "none nan inf high zero low"),
    ],
)
def test_metrics_order_values_then_nan_then_missing(bench: Bench, order: str, names: str) -> None:
    for name, value in (("low", -1.5), ("zero", 0.0), ("high", 7.0), ("inf", math.inf)):
        bench.run(name, metrics={"m": value})
    bench.run("nan", metrics={"m": math.nan})
    bench.run("none")
    assert bench.find("", order) == names
    for size in (1, 2, 5):
        assert " ".join(bench.pages(size, "", order)) == names


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("params.p", "10 9 B a É none"),
        ("params.p DESC", "É a B 9 10 none"),
        ("tags.p asc", "10 9 B a É none"),
    ],
)
def test_texts_order_by_their_bytes_and_missing_last(bench: Bench, order: str, names: str) -> None:
    for value in ("a", "B", "É", "9", "10"):
        bench.run(value, params={"p": value}, tags={"p": value})
    bench.run("none")
    assert bench.find("", order) == names
    assert " ".join(bench.pages(2, "", order)) == names


def test_missing_end_times_come_last_in_both_directions(bench: Bench) -> None:
    for name, end in (("late", 20), ("early", 10)):
        bench.store.do(UpdateRun(run_id=bench.run(name), end_time=end))
    bench.run("open")
    assert bench.find("", "end_time") == "early late open"
    assert bench.find("", "end_time DESC") == "late early open"
    assert bench.pages(1, "", "end_time DESC") == ["late", "early", "open"]


def test_several_order_keys_count_in_turn(bench: Bench) -> None:
    bench.run("a", metrics={"m": 1}, params={"p": "x"})
    bench.run("b", metrics={"m": 2}, params={"p": "x"})
    bench.run("c", metrics={"m": 1}, params={"p": "y"})
    assert bench.find("", "params.p", "metrics.m DESC") == "b a c"
    assert bench.find("", "metrics.m", "start_time ASC") == "a c b"
    assert bench.pages(1, "", "metrics.m", "params.p DESC") == ["c", "a", "b"]


def test_pages_lose_and_repeat_nothing(bench: Bench) -> None:
    for i in range(23):
        bench.run(f"r{i}", metrics={"m": i % 3}, start_time=i % 2)
    for order in ((), ("metrics.m DESC",), ("run_id",), ("start_time", "metrics.m")):
        whole = bench.find("", *order).split()
        assert len(set(whole)) == 23
        pages = bench.pages(5, "", *order)
        assert " ".join(pages).split() == whole
        assert len(pages) == 5


def test_a_full_last_page_has_no_token(bench: Bench) -> None:
    for name in "abcd":
        bench.run(name)
    assert bench.pages(2) == ["d c", "b a"]
    assert bench.pages(4) == ["d c b a"]


def test_pages_resume_behind_the_last_row_though_others_come_and_go(bench: Bench) -> None:
    for name in "abcd":
        bench.run(name)
    op = SearchRuns(experiment_ids=[bench.experiment], max_results=2)
    token = bench.store.do(op).next_page_token
    bench.run("e")
    bench.store.do(DeleteRun(run_id=bench.ids["c"]))
    assert bench.find(max_results=2, page_token=token) == "b a"


@pytest.mark.parametrize(
    "token", ["x", "é", "e30=", "W10=", "eyJvZmZzZXQiOiAyfQ==", "W1tbW1tb", "bnVsbA==", "[" * 9999]
)
def test_a_token_that_was_not_given_out_is_refused(bench: Bench, token: str) -> None:
    bench.run("a")
    with pytest.raises(InvalidParameter, match="page_token"):
        bench.find(page_token=token)


def test_a_token_of_another_search_is_refused(bench: Bench) -> None:
    for name in "abc":
        bench.run(name)
    op = SearchRuns(experiment_ids=[bench.experiment], max_results=1)
    token = bench.store.do(op).next_page_token
    others: Sequence[dict[str, Any]] = (
        {"filter": "status = 'RUNNING'"},
        {"order_by": ["status"]},
        {"run_view_type": "ALL"},
        {"experiment_ids": [bench.experiment, "0"]},
    )
    for other in others:
        given = {"experiment_ids": [bench.experiment], **other}
        with pytest.raises(InvalidParameter, match="page_token"):
            bench.store.do(SearchRuns(page_token=token or "", **given))
    assert bench.find(page_token=token, max_results=2) == "b a"


def test_view_type_chooses_by_the_run_s_own_stage(bench: Bench) -> None:
    bench.run("a")
    bench.store.do(DeleteRun(run_id=bench.run("b")))
    assert bench.find() == "a"
    assert bench.find(run_view_type="DELETED_ONLY") == "b"
    assert bench.find(run_view_type="ALL") == "b a"
    bench.store.do(DeleteExperiment(experiment_id=bench.experiment))
    assert bench.find() == ""
    assert bench.find(run_view_type="ALL") == "b a"


def test_experiments_are_those_asked_for(bench: Bench) -> None:
    bench.run("a")
    first, bench.experiment = (
        bench.experiment,
        bench.store.do(CreateExperiment(name="other")).experiment_id,
    )
    bench.run("b")

    def names(*ids: str) -> list[str]:
        page = bench.store.do(SearchRuns(experiment_ids=list(ids)))
        return [run.info.run_name for run in page.runs]

    assert names(first) == ["a"]
    assert names(first, bench.experiment, "987654") == ["b", "a"]
    assert names() == []
    assert names("987654") == []
    assert names(first, *(str(n) for n in range(1000, 50_000))) == ["a"]
    with pytest.raises(InvalidParameter):
        names("wine")


def test_found_runs_carry_their_data(bench: Bench) -> None:
    run_id = bench.run("a", metrics={"m": math.nan}, params={"p": "x"}, tags={"t": "u"})
    bench.run("b")
    page = bench.store.do(SearchRuns(experiment_ids=[bench.experiment], order_by=["run_name"]))
    run = page.runs[0]
    assert run.info.run_id == run_id
    assert math.isnan(run.data.metrics["m"])
    assert run.data.params == {"p": "x"}
    assert run.data.tags == {"mlflow.runName": "a", "t": "u"}


def test_thousands_of_clauses_are_answered(bench: Bench) -> None:
    bench.run("a", params={"p": "x", "q": "y"}, metrics={"m": 1})
    bench.run("b", params={"p": "x"}, metrics={"m": 2})
    many = " AND ".join(f"params.p != 'v{i}'" for i in range(1500))
    assert bench.find(many) == "b a"
    assert bench.find(many, "metrics.m") == "a b"
    assert bench.find(many + " AND params.q = 'y'") == "a"
    unknown = " AND ".join(f"params.k{i} IS NULL" for i in range(3000))
    assert bench.find(unknown + " AND metrics.m > 1") == "b"
    assert bench.find(" AND ".join(f"tags.k{i} = 'x'" for i in range(20_000))) == ""


def test_lists_of_any_length_are_answered(bench: Bench) -> None:
    a = bench.run("a")
    bench.run("b")
    others = ", ".join(f"'{i:032x}'" for i in range(20_000))
    assert bench.find(f"run_id IN ({others}, '{a}')") == "a"
    assert bench.find(f"run_id NOT IN ({others}, '{a}')") == "b"


def test_thirty_order_keys_are_sorted_by_and_more_refused(bench: Bench) -> None:
    bench.run("a", metrics={"m29": 1})
    bench.run("b", metrics={"m29": 0})
    keys = [f"metrics.m{i}" for i in range(30)]
    assert bench.find("metrics.m29 >= 0", *keys) == "b a"
    assert bench.pages(1, "", *keys) == ["b", "a"]
    with pytest.raises(InvalidParameter, match="31 keys"):
        bench.find("", *keys, "metrics.more")


@pytest.mark.parametrize(
    "text",
    ["params.p = x", " ", "params.p = 'x' XOR", "experiment_id = '1'", "(" * 100_000],
)
def test_a_filter_with_an_error_is_refused_with_its_place(bench: Bench, text: str) -> None:
    with pytest.raises(InvalidParameter, match=r"Filter error at character [0-9]+: "):
        bench.find(text)


@pytest.mark.parametrize("order", ["", "foo", "dataset.name", "metrics.m UP", "experiment_id"])
def test_an_order_with_an_error_is_refused(bench: Bench, order: str) -> None:
    with pytest.raises(InvalidParameter, match="Order error at character"):
        bench.find("", order)


def test_an_order_with_a_repeated_key_is_refused(bench: Bench) -> None:
    with pytest.raises(InvalidParameter, match="twice"):
        bench.find("", "metrics.m", "metrics.m DESC")


def test_questions_that_differ_in_their_values_only_have_their_own_answers(bench: Bench) -> None:
    for i in range(6):
        bench.run(f"r{i}", metrics={"a": i, "b": -i}, params={"p": str(i)})
    for i in range(6):
        assert bench.find(f"metrics.a >= {i}", "metrics.a") == " ".join(
            f"r{n}" for n in range(i, 6)
        )
        assert bench.found(f"metrics.b < -{i}.5") == {f"r{n}" for n in range(i + 1, 6)}
        assert bench.found(f"metrics.a > {i} AND metrics.b > -3") == {
            f"r{n}" for n in range(i + 1, 3)
        }
        assert bench.found(f"params.p LIKE '{i}%' AND start_time > 0.5") == {f"r{i}"}
        assert bench.found(f"run_id IN ('{bench.ids[f'r{i}']}', 'x', 'y')") == {f"r{i}"}
        assert bench.found(f"start_time >= {i + 1}") == {f"r{n}" for n in range(i, 6)}
        assert bench.pages(2, f"metrics.a != {i}")[0] == ("r5 r4" if i < 4 else f"r{9 - i} r3")


def test_a_key_that_nothing_had_is_found_once_something_has_it(bench: Bench) -> None:
    bench.run("old")
    for _ in range(2):
        assert bench.find("metrics.new > 0") == bench.find("tags.new = 'x'", "params.new") == ""
        assert bench.find("params.new IS NULL", "metrics.new DESC") == "old"
    bench.run("new", metrics={"new": 1}, params={"new": "1"}, tags={"new": "x"})
    assert bench.find("metrics.new > 0") == bench.find("tags.new = 'x'", "params.new") == "new"
    assert bench.find("params.new IS NULL", "metrics.new DESC") == "old"
    assert bench.find("", "metrics.new DESC") == "new old"


def test_large_pages_carry_the_data_of_every_run(bench: Bench) -> None:
    for i in range(510):
        bench.run(f"r{i}", tags={"i": str(i)})
    page = bench.store.do(SearchRuns(experiment_ids=[bench.experiment], max_results=1000))
    assert [run.data.tags["i"] for run in page.runs] == [str(i) for i in reversed(range(510))]
