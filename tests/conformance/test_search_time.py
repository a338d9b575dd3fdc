"""A search that takes too long is given up, and says how to narrow it; nothing else is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cuvee.api.base import Store
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch, Param, RunTag, SearchRuns
from cuvee.api.searches import ListRunKeys, SearchRunTable
from cuvee.errors import InvalidParameter
from cuvee.store.sql import SqlStore
from refusals.served import API, Site

RUNS = 400
LIMIT = 0.5
SLOW = " OR ".join(f"params.text LIKE '%a%b{i}%c'" for i in range(480))
"""Every pattern has to be tried on every value, from each of its letters on."""


@pytest.fixture
def home(local_store: SqlStore) -> str:
    """An experiment in which ``SLOW`` takes many seconds."""
    fill(local_store)
    return "0"


def fill(store: Store) -> None:
    text = "ab" * 3000
    for i in range(RUNS):
        run_id = store.do(CreateRun(experiment_id="0", run_name=f"r{i}")).run.info.run_id
        params, tags = [Param("text", text)], [RunTag("t", str(i))]
        op = LogBatch(run_id=run_id, params=params, tags=tags, metrics=[Metric("m", i, 0, 1)])
        store.do(op)


@pytest.fixture
def limited(local_store: SqlStore) -> Iterator[SqlStore]:
    """The store, in which a search may take half a second."""
    local_store.database.patience = LIMIT
    yield local_store
    local_store.database.patience = 0.0


def test_a_search_that_takes_too_long_is_given_up(
    home: str, limited: SqlStore, store: Store
) -> None:
    homes = [home]
    for op in (
        SearchRuns(experiment_ids=homes, filter=SLOW),
        SearchRunTable(experiment_ids=homes, filter=f"NOT ({SLOW})", total=True, limit=1),
        ListRunKeys(experiment_ids=homes, filter=SLOW),
    ):
        began = time.monotonic()
        with pytest.raises(InvalidParameter, match=r"given up after 0\.5 s.*fewer experiments"):
            store.do(op)
        assert time.monotonic() - began < LIMIT + 5
        found = store.do(SearchRuns(experiment_ids=homes, filter="metrics.m < 3")).runs
        assert len(found) == 3, "the same connection goes on"
    limited.database.patience = 0.0
    few = " OR ".join(SLOW.split(" OR ")[:40])
    assert store.do(SearchRuns(experiment_ids=homes, filter=few)).runs == []


def test_what_is_read_otherwise_may_take_its_time(home: str, limited: SqlStore) -> None:
    limited.database.patience = 1e-6
    with pytest.raises(InvalidParameter, match="given up"):
        limited.do(SearchRuns(experiment_ids=[home], filter=SLOW))
    run_id = limited.do(CreateRun(experiment_id=home)).run.info.run_id
    for start in range(0, 20_000, 1000):
        metrics = [Metric("m", float(step), step, step) for step in range(start, start + 1000)]
        limited.do(LogBatch(run_id=run_id, metrics=metrics))
    with pytest.raises(InvalidParameter, match="given up"):
        limited.do(SearchRuns(experiment_ids=[home], filter="at(metrics.m, 77) = 77"))
    limited.database.patience = 0.0
    found = limited.do(SearchRuns(experiment_ids=[home], filter="at(metrics.m, 77) = 77")).runs
    assert [run.info.run_id for run in found] == [run_id]


def test_the_server_has_an_option_for_it(database_url: str, tmp_path: Path) -> None:
    site = Site(database_url, tmp_path, "--search-timeout", "0.5")
    try:
        store = SqlStore.open(database_url)
        fill(store)
        store.close()
        slow = site.send("POST", API + "runs/search", {"experiment_ids": ["0"], "filter": SLOW})
        assert slow.status == 400
        assert slow.json["error_code"] == "INVALID_PARAMETER_VALUE"
        assert "--search-timeout" in slow.json["message"]
        quick = site.send(
            "POST", API + "runs/search", {"experiment_ids": ["0"], "filter": "metrics.m < 3"}
        )
        assert len(quick.json["runs"]) == 3
    finally:
        site.close()
