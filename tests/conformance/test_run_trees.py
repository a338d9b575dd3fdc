"""Nested runs to any depth, and groups of runs."""

from __future__ import annotations

import math

import pytest

from cuvee.api.base import Store
from cuvee.api.datasets import Dataset, DatasetInput, LogInputs
from cuvee.api.events import ListEvents
from cuvee.api.experiments import CreateExperiment
from cuvee.api.metrics import LogMetric, Metric
from cuvee.api.permissions import GrantPermission
from cuvee.api.runs import (
    CreateRun,
    DeleteRun,
    GetRun,
    LogBatch,
    Param,
    RunTag,
    SearchRuns,
    SetTag,
    UpdateRun,
)
from cuvee.api.trees import (
    GetRunTree,
    ListRunGroups,
    MetricSummary,
    RunGroup,
    RunTree,
    StatusCount,
)
from cuvee.errors import InvalidParameter
from cuvee.store.sql import SqlStore
from permissions.conftest import add_user

PARENT = "mlflow.parentRunId"


def new_run(store: Store, parent: str = "", experiment: str = "0", **fields: object) -> str:
    tags = [RunTag(PARENT, parent)] if parent else []
    op = CreateRun(experiment_id=experiment, tags=tags, **fields)  # type: ignore[arg-type]
    return store.do(op).run.info.run_id


def tree(store: Store, run: str, *metrics: str, most: int = 200) -> RunTree:
    return store.do(GetRunTree(run_id=run, metrics=list(metrics), max_nodes=most)).tree


def test_a_run_without_children_is_a_tree_of_itself(store: Store) -> None:
    run = new_run(store, run_name="alone")
    found = tree(store, run, "loss")

    assert [(n.run_id, n.run_name, n.depth, n.children) for n in found.nodes] == [
        (run, "alone", 0, 0)
    ]
    assert (found.descendants, found.status, found.statuses, found.metrics) == (0, None, [], [])
    assert found.complete


def test_descendants_are_counted_to_any_depth(store: Store) -> None:
    root = new_run(store, run_name="sweep")
    children = [new_run(store, root, start_time=n) for n in range(3)]
    grand = [new_run(store, child) for child in children[:2]]
    line = [grand[0]]
    for _ in range(20):
        line.append(new_run(store, line[-1]))
    store.do(UpdateRun(run_id=children[0], status="FAILED"))
    for run in line:
        store.do(UpdateRun(run_id=run, status="FINISHED"))
    found = tree(store, root)

    assert found.descendants == 3 + 2 + 20
    assert found.status == "RUNNING"
    assert found.statuses == [
        StatusCount("RUNNING", 3),
        StatusCount("FAILED", 1),
        StatusCount("FINISHED", 21),
    ]
    assert [n.run_id for n in found.nodes[:4]] == [root, *children]
    assert [n.children for n in found.nodes[:4]] == [3, 1, 1, 0]
    assert found.nodes[-1].depth == 22
    assert {n.run_id: n.parent_run_id for n in found.nodes}[grand[1]] == children[1]
    few = tree(store, root, most=2)
    assert (len(few.nodes), few.descendants) == (2, 25)
    below = tree(store, line[-1])
    assert [n.run_id for n in below.ancestors] == [root, children[0], *line[:-1]]
    assert [n.depth for n in below.ancestors] == list(range(-22, 0))
    assert below.nodes[0].parent_run_id == line[-2]


def test_metrics_of_descendants_are_put_together(store: Store) -> None:
    root = new_run(store)
    store.do(LogMetric(run_id=root, key="loss", value=100.0, timestamp=1))
    middle = new_run(store, root)
    for value in (1.0, 2.0, 6.0, math.nan, math.inf):
        run = new_run(store, middle)
        store.do(LogMetric(run_id=run, key="loss", value=9.0, timestamp=1, step=1))
        store.do(LogMetric(run_id=run, key="loss", value=value, timestamp=2, step=2))
    found = tree(store, root, "loss", "absent").metrics

    assert len(found) == 1
    assert found[0].key == "loss"
    assert (found[0].count, found[0].min, found[0].max, found[0].mean) == (3, 1.0, 6.0, 3.0)
    assert found[0].sd == pytest.approx(math.sqrt(7))


def test_the_spread_of_large_values_is_exact(store: Store) -> None:
    root = new_run(store)
    for value in (1e9, 1e9 + 1, 1e9 + 2):
        store.do(LogMetric(run_id=new_run(store, root), key="m", value=value, timestamp=1))
    assert tree(store, root, "m").metrics == [MetricSummary("m", 3, 1e9, 1e9 + 2, 1e9 + 1, 1.0)]


def test_deleted_runs_are_left_out_with_what_is_nested_in_them(store: Store) -> None:
    root = new_run(store)
    gone, kept = new_run(store, root), new_run(store, root)
    new_run(store, gone)
    store.do(DeleteRun(run_id=gone))

    assert [n.run_id for n in tree(store, root).nodes] == [root, kept]


def test_a_parent_that_does_not_exist_makes_a_root(store: Store) -> None:
    for text in ("nobody", "x" * 8000, "0" * 32):
        run = new_run(store, text)
        found = tree(store, run)
        assert found.ancestors == []
        assert store.do(GetRun(run_id=run)).run.data.tags[PARENT] == text


def test_a_run_cannot_be_its_own_ancestor(store: Store) -> None:
    a = new_run(store)
    b = new_run(store, a)
    c = new_run(store, b)
    tag = RunTag(PARENT, c)
    for refused in (
        SetTag(run_id=a, key=PARENT, value=a),
        SetTag(run_id=a, key=PARENT, value=c),
        LogBatch(run_id=a, tags=[tag, RunTag("other", "x")]),
    ):
        with pytest.raises(InvalidParameter, match="cannot be its own ancestor"):
            store.do(refused)
    own = "a" * 32
    child = new_run(store, own)
    with pytest.raises(InvalidParameter, match="cannot be its own ancestor"):
        store.do(CreateRun(experiment_id="0", run_id=own, tags=[RunTag(PARENT, child)]))

    assert store.do(GetRun(run_id=a)).run.data.tags.keys() == {"mlflow.runName"}
    store.do(SetTag(run_id=c, key=PARENT, value=a))
    assert tree(store, a).descendants == 2


def test_children_of_other_experiments_are_found(store: Store) -> None:
    other = store.do(CreateExperiment(name="other")).experiment_id
    root = new_run(store)
    child = new_run(store, root, other)
    nodes = tree(store, root).nodes

    assert [(n.run_id, n.experiment_id) for n in nodes] == [(root, "0"), (child, other)]


def test_runs_that_one_may_not_read_are_not_in_the_tree(local_store: SqlStore) -> None:
    do = local_store.do
    mine, other = (do(CreateExperiment(name=n)).experiment_id for n in ("mine", "other"))
    ann = add_user(local_store, "ann")
    do(GrantPermission(object=f"experiment:{mine}", user="ann", permission="CAN_READ"))
    top = new_run(local_store, experiment=other)
    root = new_run(local_store, top, mine)
    hidden, seen = new_run(local_store, root, other), new_run(local_store, root, mine)
    new_run(local_store, hidden, mine)
    found = local_store.do(GetRunTree(run_id=root), ann).tree

    assert [n.run_id for n in found.nodes] == [root, seen]
    assert (found.descendants, found.ancestors) == (1, [])
    assert local_store.do(GetRunTree(run_id=root)).tree.descendants == 3


def groups(store: Store, **fields: object) -> list[RunGroup]:
    op = ListRunGroups(experiment_ids=["0"], **fields)  # type: ignore[arg-type]
    return store.do(op).groups


def test_runs_with_the_same_tag_are_a_group(store: Store) -> None:
    assert groups(store) == []
    other = store.do(CreateExperiment(name="other")).experiment_id
    for number, (name, value, experiment) in enumerate(
        (
            ("a", 1.0, "0"),
            ("a", 3.0, "0"),
            ("b", 5.0, "0"),
            ("", 7.0, "0"),
            ("a", 9.0, other),
            ("z" * 8000, 2.0, "0"),
        )
    ):
        tags = [RunTag("cuvee.group", name)] if name else []
        op = CreateRun(experiment_id=experiment, tags=tags, start_time=number)
        run = store.do(op).run.info.run_id
        store.do(LogMetric(run_id=run, key="m", value=value, timestamp=1))
    store.do(UpdateRun(run_id=run, status="FINISHED"))
    found = groups(store, metrics=["m"])

    assert [(g.group, g.runs) for g in found] == [("a", 2), ("b", 1), ("z" * 8000, 1)]
    assert found[0] == RunGroup(
        group="a",
        runs=2,
        statuses=[StatusCount("RUNNING", 2)],
        first_start=0,
        last_start=1,
        metrics=[MetricSummary("m", 2, 1.0, 3.0, 2.0, math.sqrt(2))],
    )
    assert found[1].metrics == [MetricSummary("m", 1, 5.0, 5.0, 5.0, None)]
    assert found[2].statuses == [StatusCount("FINISHED", 1)]
    both = store.do(ListRunGroups(experiment_ids=["0", other], metrics=["m"])).groups
    assert (both[0].runs, both[0].metrics[0].mean) == (3, 13.0 / 3)


def test_names_of_groups_may_begin_with_all_that_an_index_has_of_them(store: Store) -> None:
    names = ["a" * 64 + end for end in ("", "b", "c" * 100)]
    for value, name in enumerate(name for name in names for _ in range(2)):
        run = new_run(store)
        store.do(SetTag(run_id=run, key="cuvee.group", value=name))
        store.do(LogMetric(run_id=run, key="m", value=value, timestamp=1, step=0))
    groups = store.do(ListRunGroups(experiment_ids=["0"], metrics=["m"])).groups
    found = [(group.group, group.runs, group.metrics[0].mean) for group in groups]
    assert found == [(name, 2, 2 * place + 0.5) for place, name in enumerate(names)]


def test_groups_come_in_pages(store: Store) -> None:
    names = [f"g{n:02}" for n in range(7)]
    for name in names:
        store.do(CreateRun(experiment_id="0", tags=[RunTag("cuvee.group", name)]))
    found: list[str] = []
    token: str | None = ""
    while token is not None:
        page = store.do(ListRunGroups(experiment_ids=["0"], max_results=3, page_token=token))
        assert len(page.groups) <= 3
        found += [g.group for g in page.groups]
        token = page.next_page_token
    assert found == names
    assert len(store.do(ListEvents(action="run.created")).events) == 7


def numbered(store: Store, number: int) -> None:
    """Log a run whose params, tags and metrics say which it is."""
    params = [Param("alpha", str(number % 3))] if number < 9 else []
    asked = CreateRun(
        experiment_id="0",
        run_name=f"r{number}",
        start_time=number + 1,
        tags=[RunTag("team", "a'b" if number % 2 else "c")],
    )
    run = store.do(asked).run.info.run_id
    values = [Metric("m", float(number), 1, 0)]
    if number == 1:
        values.append(Metric("odd", math.nan, 1, 0))
    store.do(LogBatch(run_id=run, metrics=values, params=params))
    if number == 0:
        store.do(UpdateRun(run_id=run, status="FAILED", end_time=5))


def test_runs_are_grouped_by_any_column(store: Store) -> None:
    for number in range(12):
        numbered(store, number)
    asked = ListRunGroups(experiment_ids=["0"], by="params.alpha", metrics=["m", "odd", "none"])
    found = store.do(asked)
    names = [(g.group, g.absent, g.runs) for g in found.groups]
    assert names == [("0", False, 3), ("1", False, 3), ("2", False, 3), ("", True, 3)]
    assert (found.total, found.runs) == (4, 12)
    first, second = found.groups[0], found.groups[1]
    assert first.metrics == [MetricSummary("m", 3, 0.0, 6.0, 3.0, 3.0)]
    assert first.statuses == [StatusCount("RUNNING", 2), StatusCount("FAILED", 1)]
    assert (first.first_start, first.last_start) == (1, 7)
    assert [m.key for m in second.metrics] == ["m"], "what is not finite is left out"
    by_team = groups(store, by="tags.team", filter="metrics.m >= 9", metrics=["m"])
    assert [(g.group, g.runs) for g in by_team] == [("a'b", 2), ("c", 1)]
    assert by_team[1].metrics == [MetricSummary("m", 1, 10.0, 10.0, 10.0, None)]
    assert [g.group for g in groups(store, by="status")] == ["FAILED", "RUNNING"]
    assert groups(store, by="params.none")[0].absent
    assert groups(store, by="params.alpha", run_view_type="DELETED_ONLY") == []


def test_groups_by_a_column_come_in_pages_without_values_last(store: Store) -> None:
    for number in range(12):
        numbered(store, number)
    for size in (1, 2, 3, 4):
        found: list[tuple[str, bool]] = []
        token: str | None = ""
        while token is not None:
            op = ListRunGroups(
                experiment_ids=["0"], by="params.alpha", max_results=size, page_token=token
            )
            page = store.do(op)
            assert page.total == 4
            found += [(g.group, g.absent) for g in page.groups]
            token = page.next_page_token
        assert found == [("0", False), ("1", False), ("2", False), ("", True)]


def test_values_far_from_zero_have_a_mean_and_a_deviation(store: Store) -> None:
    for value in (1e308, -1e308, 1.7e308):
        run = store.do(CreateRun(experiment_id="0", tags=[RunTag("g", "x")])).run.info.run_id
        store.do(LogMetric(run_id=run, key="m", value=value, timestamp=1))
    (summary,) = groups(store, by="tags.g", metrics=["m"])[0].metrics
    assert summary.mean == pytest.approx(1.7e308 / 3)
    assert summary.sd == pytest.approx(1.4012e308, rel=1e-4)


@pytest.mark.parametrize(
    "fields",
    [
        {"by": "metrics.m"},
        {"by": "number(params.alpha)"},
        {"by": "start_time"},
        {"by": "*"},
        {"by": "params.alpha extra"},
        {"by": "params.alpha", "filter": "metrics.m >"},
        {"filter": "metrics.m > 1"},
        {"run_view_type": "ALL"},
    ],
)
def test_what_nothing_is_grouped_by_is_refused(store: Store, fields: dict[str, str]) -> None:
    numbered(store, 1)
    with pytest.raises(InvalidParameter):
        groups(store, **fields)


def test_runs_are_grouped_by_each_dataset_that_they_read(store: Store) -> None:
    def read(name: str, *datasets: tuple[str, str]) -> None:
        run = new_run(store, run_name=name)
        inputs = [
            DatasetInput(dataset=Dataset(name=n, digest=d, source_type="local", source="{}"))
            for n, d in datasets
        ]
        store.do(LogBatch(run_id=run, metrics=[Metric("m", float(len(name)), 1, 0)]))
        if inputs:
            store.do(LogInputs(run_id=run, datasets=inputs))

    read("a", ("wine", "1"))
    read("bb", ("wine", "2"), ("wine", "1"))
    read("ccc", ("it's water", "9"), ("wine", "2"))
    read("dddd")
    found = store.do(ListRunGroups(experiment_ids=["0"], by="dataset.name", metrics=["m"]))
    assert [(g.group, g.absent, g.runs) for g in found.groups] == [
        ("it's water", False, 1),
        ("wine", False, 3),
        ("", True, 1),
    ]
    assert (found.total, found.runs) == (3, 4)
    assert found.groups[1].metrics == [MetricSummary("m", 3, 1.0, 3.0, 2.0, 1.0)]
    digests = groups(store, by="datasets.digest", filter="run_name != 'a'")
    assert [(g.group, g.runs) for g in digests] == [("1", 1), ("2", 2), ("9", 1), ("", 1)]
    for group in found.groups:  # a group's runs are those that its value finds
        one = f'dataset.name = "{group.group}"' if not group.absent else "dataset.name IS NULL"
        assert len(store.do(SearchRuns(experiment_ids=["0"], filter=one)).runs) == group.runs
    with pytest.raises(InvalidParameter, match="dataset"):
        groups(store, by="dataset.context")
