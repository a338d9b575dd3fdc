"""``best()`` of runs whose experiments have different goals: each run by the goal of its own."""

from __future__ import annotations

from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.experiments import CreateExperiment, SetExperimentTag
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch, RunTag, SearchRuns
from cuvee.api.searches import SearchRunTable

POINTS = {"low": (1.0, 4.0), "mid": (2.0, 5.0), "high": (3.0, 6.0)}
"""Least and greatest value of each run."""


class Homes:
    """Experiments ``less``, ``plain`` and ``more``, named by what is the goal of both metrics.

    Each has runs ``low``, ``mid`` and ``high`` with ``score`` and ``loss``.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ids: dict[str, str] = {}
        self.runs: dict[str, str] = {}
        for name, goal in (("less", "minimize"), ("plain", "soon"), ("more", "maximize")):
            home = store.do(CreateExperiment(name=name)).experiment_id
            self.ids[name] = home
            for key in ("score", "loss"):
                tag = SetExperimentTag(experiment_id=home, key=f"cuvee.goal.{key}", value=goal)
                store.do(tag)
            for run, values in POINTS.items():
                self.run(f"{name}.{run}", values)

    def run(self, name: str, values: tuple[float, ...], parent: str = "") -> None:
        home = self.ids[name.partition(".")[0]]
        run_id = self.store.do(CreateRun(experiment_id=home, run_name=name)).run.info.run_id
        metrics = [Metric(k, v, 0, i) for k in ("score", "loss") for i, v in enumerate(values)]
        tags = [RunTag("mlflow.parentRunId", self.runs[parent])] if parent else []
        self.store.do(LogBatch(run_id=run_id, metrics=metrics, tags=tags))
        self.runs[name] = run_id

    def find(self, text: str, *order: str, homes: str = "less plain more", **more: Any) -> str:
        ids = [self.ids[home] for home in homes.split()]
        op = SearchRuns(experiment_ids=ids, filter=text, order_by=[*order, "run_name"], **more)
        return " ".join(run.info.run_name for run in self.store.do(op).runs)


@pytest.fixture
def homes(store: Store) -> Homes:
    return Homes(store)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("best(metrics.score) > 4", "more.high more.mid plain.high plain.mid"),
        ("best(metrics.score) <= 1", "less.low"),
        ("best(metrics.loss) > 4", "more.high more.mid"),
        ("best(metrics.loss) IN (1, 6)", "less.low more.high plain.low"),
        ("NOT best(metrics.loss) < 4", "more.high more.low more.mid"),
        ("best(metrics.score) > best(metrics.loss)", "plain.high plain.low plain.mid"),
        ("best(metrics.score) = min(metrics.score)", "less.high less.low less.mid"),
        ("best(metrics.score) BETWEEN 2 AND 4", "less.high less.mid more.low plain.low"),
    ],
)
def test_each_run_counts_by_the_goal_of_its_experiment(homes: Homes, text: str, names: str) -> None:
    assert homes.find(text) == names
    for home in ("less", "plain", "more"):
        mine = [name for name in names.split() if name.startswith(home)]
        assert homes.find(text, homes=home) == " ".join(mine), "alone as together"


def test_runs_are_sorted_by_what_is_best_of_each(homes: Homes) -> None:
    assert homes.find("", "best(metrics.score) DESC") == (
        "more.high plain.high more.mid plain.mid more.low plain.low less.high less.mid less.low"
    )
    assert homes.find("", "best(metrics.loss) ASC") == (
        "less.low plain.low less.mid plain.mid less.high plain.high more.low more.mid more.high"
    )
    seen, token = [], ""
    while True:
        op = SearchRuns(
            experiment_ids=list(homes.ids.values()),
            order_by=["best(metrics.score) DESC", "run_name DESC"],
            max_results=2,
            page_token=token,
        )
        page = homes.store.do(op)
        seen += [run.info.run_name for run in page.runs]
        token = page.next_page_token or ""
        if not token:
            break
    assert " ".join(seen) == (
        "plain.high more.high plain.mid more.mid plain.low more.low less.high less.mid less.low"
    )


def test_a_column_has_what_is_best_of_each(homes: Homes) -> None:
    op = SearchRunTable(
        experiment_ids=list(homes.ids.values()),
        order_by=["run_name"],
        columns=["run_name", "best(metrics.score)"],
        filter="run_name LIKE '%.mid'",
    )
    name, best = homes.store.do(op).columns
    assert dict(zip(name.texts, best.numbers, strict=True)) == {
        "less.mid": 2.0,
        "more.mid": 5.0,
        "plain.mid": 5.0,
    }


def test_a_change_of_the_goal_counts_at_once(homes: Homes) -> None:
    assert homes.find("best(metrics.score) > 5", homes="plain") == "plain.high"
    goal = {"experiment_id": homes.ids["plain"], "key": "cuvee.goal.score"}
    homes.store.do(SetExperimentTag(**goal, value="minimize"))
    assert homes.find("best(metrics.score) > 5", homes="plain") == ""
    assert homes.find("best(metrics.score) > 2", homes="plain") == "plain.high"


def test_parents_and_children_count_by_the_goals_of_their_own_experiments(homes: Homes) -> None:
    for home in ("less", "plain", "more"):
        homes.run(f"plain.under {home}", (9.0,), parent=f"{home}.mid")

    assert homes.find("best(parent.metrics.score) > 4", homes="plain") == (
        "plain.under more plain.under plain"
    )
    assert homes.find("best(parent.metrics.loss) > 4", homes="plain") == "plain.under more"
    assert homes.find("best(parent.metrics.loss) > 4") == "plain.under more"
    assert homes.find("NOT best(parent.metrics.loss) < 4", homes="plain", max_results=2) == (
        "plain.high plain.low"
    )
    homes.run("less.child", (1.0, 9.0), parent="plain.high")
    homes.run("more.child", (1.0, 9.0), parent="plain.low")
    assert homes.find("best(children.metrics.loss) > 8", homes="plain") == ("plain.low plain.mid")
    assert homes.find("best(children.metrics.score) < 2", homes="plain") == "plain.high"
