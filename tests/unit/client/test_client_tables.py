"""Runs as DataFrames and Arrow tables, in chunks."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from cuvee.api.metrics import Metric
from cuvee.api.runs import Param
from cuvee.client.client import Client
from cuvee.client.frames import runs_frame


@pytest.fixture
def client(tmp_path: Path) -> Client:
    found = Client(f"sqlite:///{tmp_path}/c.db")
    home = found.create_experiment("tables")
    values = [1.5, math.nan, math.inf, -math.inf]
    for i in range(11):
        run = found.create_run(home, start_time=i, run_name=f"r{i}", tags={"n": str(i)})
        metrics = [Metric("m", values[i % 4], 0), Metric(f"only{i % 3}", i, 0)]
        params = [Param("p", f"v{i}")] if i % 2 else []
        found.log_batch(run.info.run_id, metrics, params)
        if i % 5 == 0:
            found.set_terminated(run.info.run_id, end_time=100 + i)
    return found


COLUMNS = ("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time",
           "metrics.*", "params.*", "tags.*")  # fmt: skip


@pytest.mark.parametrize("chunk", [1, 4, 100])
def test_a_frame_is_what_one_made_of_runs_is(client: Client, chunk: int) -> None:
    expected = runs_frame(client.search_runs(["1"]))
    found = client.search(["1"], columns=COLUMNS, chunk=chunk).to_pandas()
    pd.testing.assert_frame_equal(found, expected)


def test_chunks_go_on_where_the_last_one_ended(client: Client) -> None:
    found = client.search(["1"], "params.p IS NOT NULL", ["tags.n DESC"], ["tags.n"], chunk=2)
    assert [list(frame["tags.n"]) for frame in found] == [["9", "7"], ["5", "3"], ["1"]]
    assert found.total == 5
    some = client.search(["1"], columns=["tags.n"], max_results=5, chunk=3, offset=1)
    assert [list(frame["tags.n"]) for frame in some] == [["9", "8", "7"], ["6", "5"]]


def test_polars_and_arrow_have_the_same_cells(client: Client) -> None:
    found = client.search(["1"], columns=COLUMNS, chunk=4)
    table = found.to_arrow()
    frame = found.to_polars()
    assert table.column_names == frame.columns
    assert str(table["start_time"].type) == "timestamp[ms, tz=UTC]"
    for name in ("params.p", "tags.n", "metrics.only1", "end_time", "run_id"):
        assert table[name].to_pylist() == frame[name].to_list(), name
    assert table["metrics.only1"].null_count == 7
    values = table["metrics.m"].to_pylist()
    assert [v for v in values if not math.isnan(v)] == [
        v for v in frame["metrics.m"].to_list() if not math.isnan(v)
    ]
    assert sum(math.isnan(v) for v in values) == 3
    assert values.count(math.inf) == 3


def test_nothing_found_is_an_empty_frame_with_the_attributes(client: Client) -> None:
    for ids in ([], ["1"]):
        found = client.search(ids, "tags.n = 'never'", columns=COLUMNS).to_pandas()
        assert list(found.columns) == list(COLUMNS[:6])
        assert found.empty


def test_keys_checks_and_completions_are_calls_of_the_client(client: Client) -> None:
    assert {key.key for key in client.list_run_keys(["1"], kinds=["metric"]).keys} == {
        *("m", "only0", "only1", "only2")
    }
    assert client.check_search("metrics.m <").start == 11
    found = client.complete_search("metrics.only", experiment_ids=["1"])
    assert len(found.completions) == 3
