"""Tables of runs as CSV over HTTP: all runs, in order, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
import pytest

from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch, Param
from cuvee.server.tables import PAGE
from cuvee.store.sql import SqlStore
from refusals.served import Answer, Site

RUNS = PAGE + 5
ODD = {0: "Infinity", 1: "-Infinity", 2: "NaN"}
TEXTS = {0: "=1+1", 1: "-0.5", 2: "-x", 3: 'a, "b"\nc', 4: "+1e-3", 5: "@me"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("tables")
    url = f"sqlite:///{folder}/cuvee.db"
    store = SqlStore.open(url)

    def log(i: int) -> None:
        asked = CreateRun(experiment_id="0", run_name=f"run {i}", start_time=1000 * i + 1)
        run = store.do(asked).run.info.run_id
        if i < 100:
            metrics = [Metric("a", float(ODD.get(i, i / 4)), 1, 0)]
            params = [Param("text", TEXTS[i])] if i in TEXTS else []
            store.do(LogBatch(run_id=run, metrics=metrics, params=params))

    with ThreadPoolExecutor(64) as many:  # so that one commit takes many
        list(many.map(log, range(RUNS)))
    store.close()
    opened = Site(url, folder)
    yield opened
    opened.close()


def ask(site: Site, **fields: Any) -> Answer:
    body = json.dumps({"experiment_ids": ["0"], **fields}).encode()
    headers = {"Accept": "text/csv", "Content-Type": "application/json"}
    return site.send("POST", "/api/1.0/cuvee/runs/search", body, headers=headers)


def rows(answer: Answer) -> list[list[str]]:
    assert answer.status == 200, answer
    return list(csv.reader(io.StringIO(answer.body.decode(), newline="")))


ORDER = {"order_by": ["start_time ASC"]}


def test_all_runs_come_whatever_the_limit_with_the_columns_in_the_order_asked(site: Site) -> None:
    columns = ["metrics.a", "attributes.run_name", "params.none", "start_time"]
    answer = ask(site, columns=columns, limit=3, **ORDER)
    assert dict(answer.headers)["content-type"].startswith("text/csv")
    head, *found = rows(answer)
    assert head == ["metrics.a", "run_name", "params.none", "start_time"]
    assert [row[1] for row in found] == [f"run {i}" for i in range(RUNS)]
    assert [row[0] for row in found[:5]] == ["Infinity", "-Infinity", "NaN", "0.75", "1"]
    assert found[0][3] == "1970-01-01T00:00:00.001Z"
    assert found[-1] == ["", f"run {RUNS - 1}", "", "1970-01-01T00:16:44.001Z"]


def test_a_filter_and_an_offset_count(site: Site) -> None:
    head, *found = rows(
        ask(site, filter="metrics.a BETWEEN 20.25 AND 99", columns=["run_name"], offset=2, **ORDER)
    )
    assert head == ["run_name"]
    assert [row[0] for row in found] == [f"run {i}" for i in range(83, 100)]


def test_texts_that_look_like_formulas_are_quoted_and_numbers_are_not(site: Site) -> None:
    _, *found = rows(ask(site, filter="params.text IS NOT NULL", columns=["params.text"], **ORDER))
    assert [row[0] for row in found] == ["'=1+1", "-0.5", "'-x", 'a, "b"\nc', "+1e-3", "'@me"]


def test_datasets_stand_in_a_cell_as_a_text_that_is_no_formula(site: Site) -> None:
    found = site.api("runs/search", experiment_ids=["0"], filter="attributes.run_name = 'run 7'")
    data = [
        {"dataset": {"name": name, "digest": "d1", "source_type": "code", "source": "{}"}}
        for name in ("whites", "=reds")
    ]
    run_id = found["runs"][0]["info"]["run_id"]
    site.api("runs/log-inputs", run_id=run_id, datasets=data)
    columns = ["attributes.models", "run_name", "attributes.datasets"]
    head, *lines = rows(ask(site, columns=columns, **ORDER))
    assert head == ["models", "run_name", "datasets"]
    assert lines[6:8] == [["", "run 6", ""], ["", "run 7", "'=reds (d1); whites (d1)"]]


def test_pandas_reads_what_is_sent(site: Site) -> None:
    answer = ask(site, columns=["attributes.*", "metrics.a"], **ORDER)
    frame = pd.read_csv(io.BytesIO(answer.body))
    assert len(frame) == RUNS
    assert frame["metrics.a"][3] == 0.75
    assert list(frame.columns[:2]) == ["run_id", "experiment_id"]


def test_columns_that_are_not_named_are_refused(site: Site) -> None:
    answer = ask(site, columns=["run_id", "metrics.*"])
    assert answer.status == 400
    assert "name its columns one by one" in answer.json["message"]


def test_a_filter_that_cannot_be_read_is_refused_as_ever(site: Site) -> None:
    answer = ask(site, filter="metrics.a >")
    assert answer.status == 400
    assert answer.json["error_code"] == "INVALID_PARAMETER_VALUE"


def test_without_runs_there_is_a_head(site: Site) -> None:
    found = rows(ask(site, filter="metrics.a = 0.1", columns=["run_name", "metrics.a"]))
    assert found == [["run_name", "metrics.a"]]
