"""Datasets, versions and logged models as columns of tables of runs, on every store."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from conformance.people import NAMED
from conformance.test_ancestry import register, run, use
from cuvee.api.base import Actor, Store
from cuvee.api.experiments import CreateExperiment
from cuvee.api.logged_models import CreateLoggedModel, DeleteLoggedModel
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.outlines import SearchRunOutline
from cuvee.api.permissions import GrantPermission
from cuvee.api.searches import SearchRunTable, TableColumn
from cuvee.api.trees import ListRunGroups
from cuvee.api.versions import TransitionStage
from cuvee.client.tables import FoundRuns
from cuvee.errors import InvalidParameter
from cuvee.store.run_items import MAX_ITEMS
from cuvee.store.sql import SqlStore
from cuvee.store.tx import Tx

BOTH = ["run_name", "attributes.datasets", "models"]
OLDEST = ["start_time ASC", "run_name ASC"]


def columns(store: Store, *names: str, actor: Actor | None = None, **asked: Any) -> Any:
    """Return the columns of the runs of the first experiment, by their names."""
    op = SearchRunTable(
        **{"experiment_ids": ["0"], "columns": list(names), "order_by": OLDEST, **asked}
    )
    table = store.do(op, actor) if actor else store.do(op)
    return {column.name: column for column in table.columns}


def said(column: TableColumn) -> dict[int, str]:
    """Return the cells of a column by their rows."""
    rows = column.rows or range(len(column.cells))
    return {row: str(cell) for row, cell in zip(rows, column.cells, strict=True)}


def log(store: Store, name: str, run_id: str, experiment: str = "0") -> str:
    op = CreateLoggedModel(experiment_id=experiment, name=name, source_run_id=run_id)
    return store.do(op).model.model_id


def test_a_table_has_the_datasets_and_models_of_its_runs(store: Store) -> None:
    for name in ("wine", "ale"):
        store.do(CreateRegisteredModel(name=name))
    first, second, _ = (run(store, f"run {i}") for i in range(3))
    use(store, first, "whites", "reds")
    use(store, second, "reds")
    tree, stump = log(store, "tree", first), log(store, "stump", first)
    register(store, "wine", f"models:/{tree}", model_id=tree)
    register(store, "ale", f"runs:/{first}/m", run_id=first)
    register(store, "wine", f"runs:/{first}/m", run_id=first)
    store.do(TransitionStage(name="wine", version="1", stage="Production"))

    found = columns(store, *BOTH)

    assert list(found) == ["run_name", "datasets", "models"]
    assert said(found["datasets"]) == {0: "reds (d1); whites (d1)", 1: "reds (d1)"}
    models = f"wine/1 (Production); ale/1; wine/2; stump ({stump}); tree ({tree})"
    assert said(found["models"]) == {0: models}
    version = found["models"].cells[0].items[0]
    assert (version.kind, version.name, version.ref) == ("version", "wine", "1")
    assert version.stage == "Production"

    store.do(DeleteLoggedModel(model_id=stump))
    assert "stump" not in said(columns(store, "models")["models"])[0]
    outline = SearchRunOutline(experiment_ids=["0"], columns=["datasets"], order_by=OLDEST)
    (column,) = store.do(outline).table.columns
    assert said(column) == said(found["datasets"])


def test_what_is_not_asked_for_is_not_there(store: Store) -> None:
    use(store, run(store, "a"), "reds")
    assert {"datasets", "models"}.isdisjoint(columns(store, "*"))
    assert {"datasets", "models"}.isdisjoint(columns(store, "attributes.*"))
    assert columns(store, "datasets", filter="run_name = 'b'")["datasets"].cells == []
    with pytest.raises(InvalidParameter, match=r"datasets\.name"):
        store.do(ListRunGroups(experiment_ids=["0"], by="datasets"))
    with pytest.raises(InvalidParameter, match="Order"):
        columns(store, "run_id", order_by=["models"])


def test_a_cell_names_a_few_things_and_counts_the_others(store: Store) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    source = run(store, "a")
    names = [f"d{i:02d}" for i in range(MAX_ITEMS + 3)]
    use(store, source, *names)
    for i in range(MAX_ITEMS - 1):
        log(store, f"model {i}", source)
    for _ in range(2):
        register(store, "wine", f"runs:/{source}/m", run_id=source)
    found = columns(store, *BOTH)
    (cell,) = found["datasets"].cells
    assert [item.name for item in cell.items] == names[:MAX_ITEMS]
    assert (cell.more, str(cell)[-12:]) == (3, "; and 3 more")
    (cell,) = found["models"].cells
    assert [item.kind for item in cell.items] == ["version"] * 2 + ["logged_model"] * 8
    assert (len(cell.items), cell.more) == (MAX_ITEMS, 1)
    assert str(cell).startswith("wine/2; wine/1; model 8 (")


def test_models_that_one_may_not_read_are_neither_named_nor_counted(crowd: Store) -> None:
    places = [crowd.do(CreateExperiment(name=n)).experiment_id for n in ("open", "secret")]
    for name in ("wine", "beer"):
        crowd.do(CreateRegisteredModel(name=name))
    source = run(crowd, "trial", experiment=places[0])
    use(crowd, source, "reds")
    for place in places:
        log(crowd, f"of {place}", source, place)
    for name in ("beer", "wine"):
        register(crowd, name, f"runs:/{source}/m", run_id=source)
    for thing in (f"experiment:{places[0]}", "model:wine"):
        crowd.do(GrantPermission(object=thing, user="bob", permission="CAN_READ"))

    found = columns(crowd, *BOTH, actor=NAMED["bob"], experiment_ids=places[:1])

    (cell,) = found["models"].cells
    assert [item.name for item in cell.items] == ["wine", f"of {places[0]}"]
    assert cell.more == 0
    assert said(found["datasets"]) == {0: "reds (d1)"}
    (all_of_them,) = columns(crowd, "models", experiment_ids=places[:1])["models"].cells
    assert len(all_of_them.items) == 4


def test_a_window_costs_the_same_queries_whatever_its_runs(
    local_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    ask = Tx.all

    def noted(tx: Tx, statement: Any, **values: Any) -> Any:
        asked.append(statement)
        return ask(tx, statement, **values)

    for i in range(30):
        use(local_store, run(local_store, f"run {i}"), "reds")
    monkeypatch.setattr(Tx, "all", noted)
    counts = []
    for names in (["run_name"], BOTH):
        for limit in (1, 30):
            asked.clear()
            columns(local_store, *names, limit=limit)
            counts.append(len(asked))
    few, many, with_few, with_many = counts
    assert few == many
    assert with_few == with_many == few + 3


def test_frames_have_things_as_texts(store: Store) -> None:
    run(store, "a")
    use(store, run(store, "b"), "reds", "whites")
    op = SearchRunTable(experiment_ids=["0"], columns=["run_name", "datasets"], order_by=OLDEST)
    frame: pd.DataFrame = FoundRuns(store.do, op).to_pandas()
    assert list(frame["datasets"].isna()) == [True, False]
    assert frame["datasets"][1] == "reds (d1); whites (d1)"
