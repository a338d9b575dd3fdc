"""Filters tell nothing of what one may not read.

Each question is asked before somebody else's models, parents and children are there, and again
when they are: who may not read them gets the very same answers, and an admin gets others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from cuvee.api.ancestry import GetRunLineage
from cuvee.api.base import Actor, Op
from cuvee.api.datasets import Dataset, DatasetInput, LogInputs
from cuvee.api.experiments import CreateExperiment, SetExperimentTag
from cuvee.api.metrics import Metric
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.outlines import SearchRunOutline
from cuvee.api.permissions import GrantPermission
from cuvee.api.runs import CreateRun, LogBatch, Param, RunTag, SearchRuns, UpdateRun
from cuvee.api.searches import CompleteSearch, ListRunKeys, SearchRunTable
from cuvee.api.trees import GetRunTree, ListRunGroups
from cuvee.api.versions import CreateModelVersion, TransitionStage
from cuvee.store.sql import SqlStore
from permissions.conftest import add_user

PARENT = "mlflow.parentRunId"
GROUP = "cuvee.group"
HIDDEN = "ab" * 16
"""The id of the parent to come, which the child's tag names already."""

OF_MODELS = [
    "model.name = 'secret'",
    "model.name != 'grape'",
    "model.name LIKE 's%'",
    "model.name ILIKE '%CRET'",
    "model.name IN ('secret', 'x')",
    "model.name NOT IN ('x')",
    "model.name IS NOT NULL",
    "model.version > 0",
    "model.version BETWEEN 1 AND 3",
    "model.version IS NOT NULL",
    "model.stage = 'Production'",
    "model.stage IS NOT NULL",
    "children.model.name = 'secret'",
    "parent.model.version > 0",
]
OF_RELATIVES = [
    f"{relative}.{rest}"
    for relative in ("parent", "children")
    for rest in (
        "metrics.m > 0",
        "metrics.m IS NOT NULL",
        "metrics.m != 7",
        "metrics.m IN (5, 6)",
        "metrics.m BETWEEN 0 AND 9",
        "params.p = 'x'",
        "params.p LIKE 'x%'",
        "params.p IS NOT NULL",
        "tags.t = 'x'",
        "tags.t != 'y'",
        "status = 'FINISHED'",
        "run_name LIKE 'hid%'",
        "user_id = 'them'",
        "start_time > 0",
        "end_time IS NOT NULL",
        "artifact_uri LIKE '%'",
        "dataset.name = 'wine'",
        "dataset.digest IS NOT NULL",
    )
] + [
    "min(parent.metrics.m) > 0",
    "best(parent.metrics.m) > 0",
    "first(children.metrics.m) > 0",
    "number(parent.params.n) > 1",
    "number(children.params.n) > 1",
    "parent.metrics.m > parent.metrics.less",
    "min(children.metrics.m) < last(children.metrics.m)",
    "children.count > 0",
    "children.count BETWEEN 1 AND 9",
    f"children.run_id = '{'cd' * 16}'",
    "depth > 0",
    "depth IN (1, 2)",
    f"root = '{HIDDEN}'",
]
WITHIN = ["{}", "{} OR params.lr = 'never'", "NOT ({} AND params.lr = '0.1')"]
NULLS = [f.replace("IS NOT NULL", "IS NULL") for f in (*OF_MODELS, *OF_RELATIVES) if "IS NOT" in f]


class Yard(NamedTuple):
    """A store before and after somebody has put into it what others may not read.

    Args:
        store: the store.
        home: the experiment that all may read.
        hide: puts the rest into the store.
        people: who asks: ``stranger`` and ``denied`` may not read the rest, ``reader`` may.
    """

    store: SqlStore
    home: str
    hide: Callable[[], None]
    people: dict[str, Actor]


def fill(store: SqlStore, home: str, name: str, run_id: str, *tags: RunTag) -> None:
    op = CreateRun(experiment_id=home, run_name=name, run_id=run_id, start_time=9, user_id="them")
    store.do(op)
    metrics = [Metric("m", 5.0, 1, 1), Metric("m", 6.0, 1, 2), Metric("less", 1.0, 1)]
    params = [Param("p", "x"), Param("n", "2.5"), Param("lr", "0.1")]
    tagged = [RunTag("t", "x"), RunTag(GROUP, "seeds"), *tags]
    store.do(LogBatch(run_id=run_id, metrics=metrics, params=params, tags=tagged))
    dataset = Dataset(name="wine", digest="d", source_type="local", source="x")
    store.do(LogInputs(run_id=run_id, datasets=[DatasetInput(dataset)]))
    store.do(UpdateRun(run_id=run_id, status="FINISHED", end_time=10))


@pytest.fixture(scope="module")
def yard(new_database: Callable[[], str]) -> Iterator[Yard]:
    """Return a store with runs ``0`` to ``3``, of which the first is to be registered.

    Run 1 names a parent to come, run 2 will get a child; run 3 is run 0's child, for all to see.
    """
    store = SqlStore.open(new_database())
    home = store.do(CreateExperiment(name="open")).experiment_id
    other = store.do(CreateExperiment(name="closed/one")).experiment_id
    ids = [f"{i:032x}" for i in range(4)]
    tags = {1: [RunTag(PARENT, HIDDEN)], 3: [RunTag(PARENT, ids[0])]}
    for i, run_id in enumerate(ids):
        fill(store, home, str(i), run_id, *tags.get(i, []))
    people = {name: add_user(store, name) for name in ("stranger", "denied", "reader")}

    def give(name: str, where: str, level: str) -> None:
        store.do(GrantPermission(object=where, user=name, permission=level))  # type: ignore[arg-type]

    for name in people:
        give(name, f"experiment:{home}", "CAN_READ")
    give("denied", "folder:", "CAN_MANAGE")
    give("reader", "folder:", "CAN_READ")
    give("denied", f"experiment:{other}", "DENY")

    def hide() -> None:
        fill(store, other, "hidden", HIDDEN)
        fill(store, other, "hidden child", "cd" * 16, RunTag(PARENT, ids[2]))
        store.do(SetExperimentTag(experiment_id=other, key="cuvee.goal.m", value="minimize"))
        store.do(CreateRegisteredModel(name="secret"))
        give("denied", "model:secret", "DENY")
        for run_id in (ids[0], HIDDEN, ids[3]):
            store.do(CreateModelVersion(name="secret", source=f"runs:/{run_id}/m", run_id=run_id))
        store.do(TransitionStage(name="secret", version="1", stage="Production"))

    yield Yard(store, home, hide, people)
    store.close()


def questions(home: str) -> dict[str, Op[Any]]:
    """Return every question that could tell something, by what it says."""
    homes = [home]
    found: dict[str, Op[Any]] = {
        "tree": GetRunTree(run_id=f"{2:032x}", metrics=["m"]),
        "tree of the child": GetRunTree(run_id=f"{1:032x}", metrics=["m"]),
        "lineage": GetRunLineage(run_id=f"{2:032x}"),
        "groups": ListRunGroups(experiment_ids=homes, metrics=["m"]),
        "keys": ListRunKeys(experiment_ids=homes),
        "outline": SearchRunOutline(experiment_ids=homes, unfold=True),
    }
    for text in (
        *("model.name = '", "model.stage = '", "parent.params.p = '", "parent.metrics."),
        *("children.run_id = '", "parent.run_name = '", "parent.dataset.name = '", "tags.t = '"),
    ):
        found[f"complete {text}"] = CompleteSearch(
            text=text, cursor=len(text), experiment_ids=homes, limit=1000
        )
    filters = [w.format(f) for f in (*OF_MODELS, *OF_RELATIVES, *NULLS) for w in WITHIN]
    for text in filters:
        found[f"total {text}"] = SearchRunTable(
            experiment_ids=homes, filter=text, columns=["run_id", "*"], total=True
        )
    for text in (*OF_MODELS[::3], *OF_RELATIVES[::3], *NULLS[::3]):
        found[f"outline {text}"] = SearchRunOutline(experiment_ids=homes, filter=text, unfold=True)
        found[f"keys {text}"] = ListRunKeys(experiment_ids=homes, filter=text, varying=True)
        found[f"page {text}"] = SearchRuns(
            experiment_ids=homes, filter=text, max_results=1, order_by=["metrics.m DESC"]
        )
        found[f"window {text}"] = SearchRunTable(
            experiment_ids=homes,
            filter=f"NOT {text}",
            order_by=["best(metrics.m) ASC", "params.p DESC"],
            limit=2,
            offset=1,
        )
    return found


def test_filters_tell_nothing_of_what_one_may_not_read(yard: Yard) -> None:
    every = questions(yard.home)
    some = [f"total {clause}" for clause in (*OF_MODELS, *OF_RELATIVES)]
    some += ["tree", "complete model.name = '"]
    asked: dict[str, set[str]] = {who: set(every) for who in ("stranger", "denied")}
    asked |= {who: set(some) for who in ("reader", "admin")}

    def ask() -> dict[str, dict[str, Any]]:
        found = {}
        for who, said in asked.items():
            actor = yard.people.get(who)
            found[who] = {q: yard.store.do(every[q], actor) for q in said}
        return found

    before = ask()
    yard.hide()
    after = ask()
    told = {
        who: [q for q in every if q in asked[who] and before[who][q] != after[who][q]]
        for who in asked
    }
    assert told["stranger"] == told["denied"] == []
    for who in ("reader", "admin"):
        assert set(some) - set(told[who]) == set(), f"{who} learns nothing by these"
