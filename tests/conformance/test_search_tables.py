"""Runs as tables: columns, windows, totals; and the keys that runs have."""

from __future__ import annotations

import math
from typing import Any

import pytest

from conformance.test_search_runs import Bench
from cuvee.api.base import Store
from cuvee.api.events import ListEvents
from cuvee.api.metrics import Metric
from cuvee.api.outlines import SearchRunOutline
from cuvee.api.runs import DeleteRun, LogBatch, SearchRuns
from cuvee.api.searches import ListRunKeys, RunTable, SearchRunTable, TableColumn
from cuvee.errors import InvalidParameter


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(store)


def ask(bench: Bench, **asked: Any) -> RunTable:
    return bench.store.do(SearchRunTable(experiment_ids=[bench.experiment], **asked))


def cells(table: RunTable) -> dict[str, dict[int, Any]]:
    """Return name -> row -> value."""
    return {column.name: dict(values(column, table.count)) for column in table.columns}


def values(column: TableColumn, count: int) -> list[tuple[int, Any]]:
    found: list[Any] = column.times or column.texts or list(column.numbers)
    for i in column.plus:
        found[i] = math.inf
    for i in column.minus:
        found[i] = -math.inf
    found = ["NaN" if value is None else value for value in found]
    rows = column.rows or list(range(count))
    return list(zip(rows, found, strict=True)) if found else []


def test_a_table_has_the_columns_asked_for_and_no_others(bench: Bench) -> None:
    run = bench.run("a", metrics={"m": 1}, params={"p": "x", "n": "0.5"}, tags={"t": "u"})
    bench.run("b", metrics={"m": math.inf, "other": 3}, params={"p": "y"})
    bench.run("c", metrics={"m": math.nan})
    bench.run("d", metrics={"m": -math.inf, "n": 1e-300})
    bench.store.do(LogBatch(run_id=run, metrics=[Metric("m", -4.5, 0, 1), Metric("m", 7, 0, 2)]))
    names = ["run_name", "metrics.m", "min(metrics.m)", "params.p", "number(params.n)", "tags.t",
             "metrics.never", "end_time", "first(metrics.`m`)"]  # fmt: skip
    table = ask(bench, columns=names)
    assert table.count == 4
    assert cells(table) == {
        "run_name": dict(enumerate("dcba")),
        "metrics.m": {0: -math.inf, 1: "NaN", 2: math.inf, 3: 7},
        "min(metrics.m)": {0: -math.inf, 1: "NaN", 2: math.inf, 3: -4.5},
        "first(metrics.`m`)": {0: -math.inf, 1: "NaN", 2: math.inf, 3: 1},
        "params.p": {2: "y", 3: "x"},
        "number(params.n)": {3: 0.5},
        "tags.t": {3: "u"},
        "metrics.never": {},
        "end_time": {},
    }


def test_all_columns_are_what_the_runs_themselves_have(bench: Bench) -> None:
    for i in range(12):
        metrics = {f"m{n}": i / 7 + n for n in range(i % 4)}
        params = {f"p{n}": f"v{i}" for n in range(i % 3)}
        bench.run(f"r{i}", metrics=metrics, params=params, tags={"t": str(i)}, user_id="ann")
    found = cells(ask(bench, columns=["*"]))
    maker = bench.store.do(ListEvents(action="run.created")).events[0].actor
    runs = bench.store.do(SearchRuns(experiment_ids=[bench.experiment])).runs
    for row, run in enumerate(runs):
        mine = {name: column[row] for name, column in found.items() if row in column}
        info = run.info
        expected: dict[str, Any] = {
            "run_id": info.run_id, "experiment_id": info.experiment_id, "run_name": info.run_name,
            "user_id": "ann", "created_by": maker, "status": "RUNNING",
            "start_time": info.start_time, "lifecycle_stage": "active",
            "artifact_uri": info.artifact_uri,
            **{f"metrics.{k}": v for k, v in run.data.metrics.items()},
            **{f"params.{k}": v for k, v in run.data.params.items()},
            **{f"tags.{k}": v for k, v in run.data.tags.items()},
        }  # fmt: skip
        assert mine == expected


def test_long_texts_are_cut_where_that_is_asked_for(bench: Bench) -> None:
    long, just = "\u00e9" * 65_536, "j" * 10
    for name, text in (("a", long), ("b", just), ("c", just + "k")):
        bench.run(name, params={"p": text, "n": "0.5"}, tags={"t": text}, metrics={"m": 1})
    bench.run("d", params={"q": "short"})
    names = ["params.p", "tags.t", "number(params.n)", "metrics.m", "run_name"]
    for columns in (names, ["*"]):
        table = ask(bench, columns=columns, max_text=10, order_by=["run_name"])
        found = {column.name: column for column in table.columns}
        for name in ("params.p", "tags.t"):
            assert cells(table)[name] == {0: "\u00e9" * 10, 1: just, 2: just}
            assert found[name].cut == [0, 2]
        assert cells(table)["run_name"] == dict(enumerate("abcd"))
        assert cells(table)["metrics.m"] == {0: 1, 1: 1, 2: 1}
        whole = ask(bench, columns=columns, order_by=["run_name"])
        assert cells(whole)["params.p"] == {0: long, 1: just, 2: just + "k"}
        assert not any(column.cut for column in whole.columns)
    asked = SearchRunOutline(
        experiment_ids=[bench.experiment], columns=["params.p"], order_by=["run_name"], max_text=10
    )
    (column,) = bench.store.do(asked).table.columns
    assert (column.texts[0], column.cut) == ("\u00e9" * 10, [0, 2])


def test_best_follows_the_goal_of_the_experiment(bench: Bench) -> None:
    run = bench.run("a", metrics={"acc": 1, "loss": 1})
    more = [Metric(key, value, 0, value) for key in ("acc", "loss") for value in (3, 2)]
    bench.store.do(LogBatch(run_id=run, metrics=more))
    assert cells(ask(bench, columns=["best(metrics.acc)", "best(metrics.loss)"])) == {
        "best(metrics.acc)": {0: 3},
        "best(metrics.loss)": {0: 1},
    }


@pytest.mark.parametrize("order", [[], ["metrics.m DESC"], ["min(metrics.m)"], ["params.p"]])
def test_windows_by_index_and_pages_by_token_show_the_same_rows(
    bench: Bench, order: list[str]
) -> None:
    for i in range(23):
        metrics = {} if i % 5 == 0 else {"m": math.nan if i % 7 == 0 else i % 6}
        bench.run(f"r{i}", metrics=metrics, params={"p": str(i % 3)} if i % 2 else {})
    asked: dict[str, Any] = {"columns": ["run_name"], "order_by": order}
    whole = ask(bench, **asked).columns[0].texts
    assert len(set(whole)) == 23
    for size in (1, 4, 10):
        windows = [
            name
            for offset in range(0, 30, size)
            for column in ask(bench, **asked, limit=size, offset=offset).columns
            for name in column.texts
        ]
        assert windows == whole
        pages, token = [], ""
        while True:
            table = ask(bench, **asked, limit=size, page_token=token)
            pages += table.columns[0].texts
            token = table.next_page_token or ""
            if not token:
                break
        assert pages == whole
    beyond = ask(bench, **asked, limit=5, offset=23)
    assert (beyond.count, beyond.next_page_token) == (0, None)
    second = ask(bench, **asked, limit=3).next_page_token or ""
    assert ask(bench, **asked, limit=3, page_token=second, offset=2).columns[0].texts == whole[5:8]


def test_totals_count_all_that_pass(bench: Bench) -> None:
    for i in range(9):
        bench.run(f"r{i}", metrics={"m": i}, params={"p": str(i % 2)})
    bench.store.do(DeleteRun(run_id=bench.ids["r8"]))
    assert ask(bench, limit=2, total=True).total == 8
    assert ask(bench, limit=2).total is None
    assert ask(bench, limit=1, total=True, run_view_type="ALL").total == 9
    found = ask(bench, limit=1, total=True, filter="metrics.m > 2 AND params.p = '1'")
    assert (found.count, found.total) == (1, 3)
    assert ask(bench, total=True, filter="metrics.never = 1").total == 0
    nowhere = bench.store.do(SearchRunTable(total=True))
    assert (nowhere.count, nowhere.total) == (0, 0)


@pytest.mark.parametrize(
    "column",
    ["", "nonsense", "metrics.", "metrics.x y", "at(metrics.m, 1)", "metric.*", "dataset.name"],
)
def test_what_is_no_column_is_refused_with_its_place(bench: Bench, column: str) -> None:
    with pytest.raises(InvalidParameter, match="error at character"):
        ask(bench, columns=[column])


def test_keys_are_counted_and_those_that_vary_are_known(bench: Bench) -> None:
    for i in range(4):
        bench.run(
            f"r{i}",
            metrics={"same": 1, "m": i} | ({"rare": 1} if i == 3 else {}),
            params={"p": "x", "q": str(i % 2)},
        )

    def keys(**asked: Any) -> dict[str, int]:
        op = ListRunKeys(experiment_ids=[bench.experiment], kinds=["metric", "param"], **asked)
        answer = bench.store.do(op)
        assert answer.complete
        return {f"{key.kind}.{key.key}": key.runs for key in answer.keys}

    every = {"metric.m": 4, "metric.same": 4, "param.p": 4, "param.q": 4, "metric.rare": 1}
    assert keys() == every
    assert list(keys()) == list(every)
    assert keys(varying=True) == {"metric.m": 4, "param.q": 4, "metric.rare": 1}
    assert keys(filter="params.q = '1'", varying=True) == {"metric.m": 2, "metric.rare": 1}
    assert keys(contains="ar") == {"metric.rare": 1}
    assert keys(limit=2) == {"metric.m": 4, "metric.same": 4}
    assert keys(filter="metrics.m > 99") == {}
    tags = bench.store.do(ListRunKeys(experiment_ids=[bench.experiment], kinds=["tag"]))
    assert [(key.key, key.varies) for key in tags.keys] == [("mlflow.runName", True)]


ALIKE: dict[str, dict[str, Any]] = {
    "metrics": {"same": 1.5, "zero": 0.0, "none": math.nan, "high": math.inf},
    "params": {"same": "x", "long": "x" * 100, "empty": ""},
    "tags": {"same": "ü"},
}
ODD: dict[str, dict[str, Any]] = {
    "metrics": {"same": 2, "zero": -0.0, "none": 7, "high": -math.inf, "rare": 1},
    "params": {"same": "y", "long": "x" * 99 + "y", "empty": "-", "rare": "z" * 70},
    "tags": {"same": "v", "rare": ""},
}


@pytest.mark.parametrize("others", [0, 3, 30])
def test_keys_are_told_alike_beside_few_other_runs_and_beside_many(
    bench: Bench, others: int
) -> None:
    def keys() -> dict[str, tuple[int, bool]]:
        answer = bench.store.do(ListRunKeys(experiment_ids=[bench.experiment]))
        found = {f"{key.kind}s.{key.key}": (key.runs, key.varies) for key in answer.keys}
        return {name: what for name, what in found.items() if "mlflow" not in name}

    bench.time = 1
    for i in range(others):
        bench.store.do(DeleteRun(run_id=bench.run(f"gone{i}", **ODD)))
    for i in range(60):
        bench.run(f"r{i}", **ALIKE)
    alike = {f"{kind}.{key}": (60, False) for kind, of in ALIKE.items() for key in of}
    assert keys() == alike
    # The oldest is not among those by which most keys are told.
    bench.run("odd", **ODD, start_time=1)
    vary = {
        f"{kind}.{key}": (1 if key == "rare" else 61, True) for kind in ODD for key in ODD[kind]
    }
    assert keys() == vary
    bench.store.do(DeleteRun(run_id=bench.ids["odd"]))
    assert keys() == alike
