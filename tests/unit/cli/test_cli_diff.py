"""Comparing runs: what differs, in params, metrics, tags, data, code and environment."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.datasets import Dataset, DatasetInput, InputTag, LogInputs
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch, Param, RunTag
from cuvee.client.client import Client

Command = Callable[..., Any]


def create(store: Store, lr: str, rmse: float, numpy: str, patch: str = "") -> str:
    run_id = store.do(CreateRun(experiment_id="0", run_name=f"lr {lr}")).run.info.run_id
    params = [Param("lr", lr), Param("depth", "3")]
    metrics = [Metric("rmse", rmse, 1), Metric("odd", math.nan, 1)]
    tags = [
        RunTag("team", "cellar"),
        RunTag("mlflow.source.git.commit", "c" * 40),
        RunTag("cuvee.command", f"train.py --lr {lr}"),
    ]
    store.do(LogBatch(run_id=run_id, params=params, metrics=metrics, tags=tags))
    dataset = Dataset(name="wine", digest="d1", source_type="local", source="x")
    tagged = [InputTag("mlflow.data.context", "training")]
    store.do(LogInputs(run_id=run_id, datasets=[DatasetInput(dataset, tagged)]))
    client = Client()
    packages = {"numpy": numpy, "pandas": "2.2"}
    environment = {"python": "3.13.0", "captured": rmse, "packages": packages}
    client.log_text(run_id, json.dumps(environment), "cuvee/environment.json")
    if patch:
        client.log_text(run_id, patch, "cuvee/diff.patch")
    return run_id


def rows(said: Any) -> dict[tuple[str, str], list[Any]]:
    return {(row["part"], row["name"]): row["values"] for row in said.json["rows"]}


def test_what_differs_is_shown_and_what_is_the_same_is_counted(
    cuvee: Command, store: Store
) -> None:
    a, b = create(store, "0.1", 0.75, "1.26"), create(store, "0.2", 0.5, "2.1", "+ a line")
    said = cuvee("runs", "diff", a, b)

    assert said.status == 0
    table = [line.split() for line in said.out.splitlines()]
    assert table[0][:2] == ["1", a]
    assert table[1][:2] == ["2", b]
    assert table[3] == ["PART", "NAME", "1", "2", "CHANGE"]
    assert table[4] == ["params", "lr", "0.1", "0.2"]
    assert table[5] == ["metrics", "rmse", "0.75", "0.5", "-0.25"]
    assert table[6][:2] == ["git", "diff.patch"]
    assert [line[0] for line in table[7:-1]] == ["environment"] * 2
    assert table[-2] == ["environment", "package", "numpy", "1.26", "2.1"]
    assert said.out.splitlines()[-1] == "7 values are the same."


def test_json_has_the_values_run_by_run(cuvee: Command, store: Store) -> None:
    a, b, c = (create(store, lr, 0.5, "2.1") for lr in ("0.1", "0.2", "0.1"))
    store.do(LogBatch(run_id=c, params=[Param("more", "x")], metrics=[Metric("odd", 2.0, 2)]))
    said = cuvee("runs", "diff", a, b, c, "--json", "--only", "params", "--only", "metrics")

    assert said.json["run_ids"] == [a, b, c]
    assert rows(said) == {
        ("params", "lr"): ["0.1", "0.2", "0.1"],
        ("params", "more"): [None, None, "x"],
        ("metrics", "odd"): ["NaN", "NaN", 2.0],
    }
    whole = rows(cuvee("runs", "diff", a, b, "--json", "--all"))
    assert whole["params", "depth"] == ["3", "3"]
    assert whole["data", "training"] == ["wine d1", "wine d1"]
    assert whole["git", "commit"] == ["c" * 40] * 2
    assert whole["environment", "package pandas"] == ["2.2", "2.2"]
    assert ("tags", "mlflow.runName") not in whole


@pytest.mark.parametrize(("only", "status"), [("environment", 3), ("params", 0), ("metrics", 3)])
def test_the_exit_status_tells_a_difference_when_asked(
    cuvee: Command, store: Store, only: str, status: int
) -> None:
    a, b = create(store, "0.1", 0.75, "1.26"), create(store, "0.1", 0.5, "2.1")

    assert cuvee("runs", "diff", a, b, "--only", only, "--exit-code").status == status
    assert cuvee("runs", "diff", a, b, "--only", only).status == 0
    if not status:
        assert "Nothing differs in 2 values." in cuvee("runs", "diff", a, b, "--only", only).out


def test_a_run_without_a_record_of_its_environment_is_compared_too(
    cuvee: Command, store: Store, run_id: str
) -> None:
    other = create(store, "0.1", 0.65, "2.1")
    Client().log_text(other, "{", "cuvee/environment.json")
    said = cuvee("runs", "diff", run_id, other, "--json")

    assert said.status == 0
    assert "cannot be read" in said.err
    assert ("metrics", "rmse") not in rows(said)
    assert rows(said)["params", "features"] == ["alcohol, pH", None]


def test_a_comparison_needs_two_runs_that_exist(cuvee: Command, run_id: str) -> None:
    assert cuvee("runs", "diff", run_id, run_id).status == 2
    assert cuvee("runs", "diff").status == 2
    assert cuvee("runs", "diff", run_id, "0" * 32).status == 1
