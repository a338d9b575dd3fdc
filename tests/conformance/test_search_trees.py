"""Random filters find what a plain evaluation of the same tree finds, on both databases."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from conformance.trees import KEYS, NUMBERS, STATUSES, TEXTS, Model, Test, filters
from cuvee.api.experiments import CreateExperiment, SetExperimentTag
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch, Param, RunTag, SearchRuns, UpdateRun
from cuvee.errors import InvalidParameter
from cuvee.store.sql import SqlStore

RUNS = 40


def models(seed: int) -> list[Model]:
    """Make runs, in every way in which values can be there or not."""
    rng = random.Random(seed)

    def texts() -> dict[str, str]:
        return {key: rng.choice(TEXTS) for key in KEYS if rng.random() < 0.7}

    found: list[Model] = []
    for i in range(RUNS):
        points = {
            key: [(step, rng.choice(NUMBERS)) for step in range(rng.randint(1, 4))]
            for key in KEYS
            if rng.random() < 0.8
        }
        status = rng.choice(STATUSES)
        end = rng.choice([None, 10, 20])
        parent = rng.randrange(i) if i and rng.random() < 0.5 else None
        found.append(Model(points, texts(), texts(), status, end, parent))
        if parent is not None:
            found[parent].children.append(found[i])
    return found


class World:
    """The same runs in a store."""

    def __init__(self, store: SqlStore, runs: Sequence[Model]) -> None:
        self.store = store
        self.runs = list(runs)
        self.home = store.do(CreateExperiment(name="trees")).experiment_id
        store.do(SetExperimentTag(experiment_id=self.home, key="cuvee.goal.b", value="minimize"))
        self.ids: list[str] = []
        for i, run in enumerate(runs):
            op = CreateRun(experiment_id=self.home, run_name=str(i), start_time=1000 - i)
            run_id = store.do(op).run.info.run_id
            self.ids.append(run_id)
            tags = dict(run.tags)
            if run.parent is not None:
                tags["mlflow.parentRunId"] = self.ids[run.parent]
            metrics = [Metric(k, v, 0, step) for k, p in run.points.items() for step, v in p]
            params = [Param(k, v) for k, v in run.params.items()]
            pairs = [RunTag(k, v) for k, v in tags.items()]
            store.do(LogBatch(run_id=run_id, metrics=metrics, params=params, tags=pairs))
            store.do(UpdateRun(run_id=run_id, status=run.status, end_time=run.end_time))  # type: ignore[arg-type]

    def find(self, text: str, *order: str, **more: Any) -> list[int]:
        """Return the numbers of the runs found."""
        op = SearchRuns(experiment_ids=[self.home], filter=text, order_by=list(order), **more)
        return [int(run.info.run_name) for run in self.store.do(op).runs]


@pytest.fixture
def world(local_store: SqlStore) -> World:
    return World(local_store, models(seed=7))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(filters)
def test_a_filter_finds_what_a_plain_evaluation_finds(
    world: World, asked: tuple[str, Test]
) -> None:
    text, test = asked
    expected = [i for i, run in enumerate(world.runs) if test(run, world.runs)]
    assert world.find(text) == expected
    assert sorted(world.find(text, "max(metrics.a) DESC")) == expected
    assert sorted(world.find(f"NOT ({text})") + expected) == list(range(RUNS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" OR ".join("params.a = '1'" for _ in range(20_000)), "params.a = '1'"),
        (" AND ".join(f"params.a != 'v{i}'" for i in range(20_000)), "params.a IS NOT NULL"),
        (" OR ".join(f"params.a = 'v{i}'" for i in range(20_000)), "params.a IN ('v')"),
        (" OR ".join(f"tags.k{i} = 'x'" for i in range(20_000)) + " OR tags.a = 'x'",
         "tags.a = 'x'"),
        (" AND ".join(f"tags.k{i} IS NULL" for i in range(20_000)) + " AND tags.a = 'x'",
         "tags.a = 'x'"),
        ("NOT (" + " AND ".join(f"metrics.k{i} = 1" for i in range(20_000)) + ")", ""),
        (f"metrics.a IN ({', '.join(map(str, range(20_000)))})", "metrics.a IN (1, 2, 0)"),
        (" OR ".join(f"metrics.a = {i}" for i in range(20_000)), "metrics.a IN (1, 2, 0)"),
        (" OR ".join(f"number(params.a) = {i}" for i in range(1100)),
         "number(params.a) IN (1, 2, 3, 1000)"),
    ],
    ids=range(9),
)  # fmt: skip
def test_very_many_clauses_mean_what_a_few_mean(world: World, text: str, expected: str) -> None:
    assert world.find(text) == world.find(expected)


@pytest.mark.parametrize("joint", ["AND", "OR"])
@pytest.mark.parametrize("negated", ["", "NOT "])
@pytest.mark.parametrize(
    "clause", ["{} = '1'", "{} != '1'", "{} IS NULL", "{} IS NOT NULL", "{} IN ('1', 'x')"]
)
def test_many_keys_at_once_mean_what_they_mean_one_by_one(
    world: World, joint: str, negated: str, clause: str
) -> None:
    names = [f"{space}.{key}" for space in ("params", "tags") for key in (*KEYS, "never")]
    single = [set(world.find(negated + clause.format(name))) for name in names]
    together = set.intersection if joint == "AND" else set.union
    # A clause that is always, or never, there makes more than a few of each sort.
    others = [f"tags.`mlflow.runName` != 'v{i}'" for i in range(3)] if joint == "AND" else []
    for spaces in (("params",), ("tags",), ("params", "tags")):
        chosen = [i for i, name in enumerate(names) if name.split(".")[0] in spaces]
        text = f" {joint} ".join([*(negated + clause.format(names[i]) for i in chosen), *others])
        assert set(world.find(text)) == together(*(single[i] for i in chosen))


def test_more_conditions_than_one_statement_should_have_are_refused(world: World) -> None:
    most = " AND ".join(f"params.a LIKE '%{i}%'" for i in range(500))
    assert world.find(most) == []
    some = most.partition(" AND params.a LIKE '%220%'")[0]
    deep = "".join(f"(params.b LIKE '{i}%' OR NOT (" for i in range(10)) + some + "))" * 10
    assert world.find(f"({deep}) AND NOT ({deep})") == []
    with pytest.raises(InvalidParameter, match="500 are allowed"):
        world.find(most + " AND params.b LIKE 'x'")
