"""How a database finds the things of runs: by the runs, whatever else there is few of."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.experiments import CreateExperiment
from cuvee.api.logged_models import CreateLoggedModel
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.runs import CreateRun
from cuvee.api.searches import SearchRunTable
from cuvee.store.sql import SqlStore
from cuvee.store.tx import Tx

INDEXES = {
    "run_datasets": "PRIMARY KEY (run_pk=?)",
    "model_versions": "ix_model_versions_run_id",
    "logged_models": "ix_logged_models_source_run_id",
}


def test_things_of_runs_are_found_by_the_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, list[Any]]] = []
    ask = Tx.all

    def noted(tx: Tx, statement: Any, **values: Any) -> Any:
        sql, names, own = tx.database.prepare(statement)
        asked.append((sql, [values.get(name, own.get(name)) for name in names]))
        return ask(tx, statement, **values)

    with closing(SqlStore.open(f"sqlite:///{tmp_path}/c.db")) as store:
        home = store.do(CreateExperiment(name="a")).experiment_id
        store.do(CreateRegisteredModel(name="wine"))
        for i in range(120):
            run = store.do(CreateRun(experiment_id=home)).run.info.run_id
            op = CreateLoggedModel(experiment_id=home, name=f"m{i}", source_run_id=run)
            store.do(op)
        monkeypatch.setattr(Tx, "all", noted)
        with closing(store.database.connect()) as connection:
            for told in (False, True):  # whether the database knows how many there are of each
                if told:
                    connection.execute("ANALYZE")
                asked.clear()
                columns = ["datasets", "models"]
                store.do(SearchRunTable(experiment_ids=[home], columns=columns, limit=5))
                plans = [
                    [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
                    for sql, values in asked
                    if "row_number" in sql
                ]
                assert len(plans) == len(INDEXES)
                for plan, (table, index) in zip(plans, INDEXES.items(), strict=True):
                    assert f"SEARCH {table} USING" in " ".join(plan)
                    assert any(table in step and index in step for step in plan), plan
