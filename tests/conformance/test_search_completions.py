"""What is wrong with a search, and how it can go on."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.test_search_runs import Bench
from cuvee.api.base import Store
from cuvee.api.datasets import Dataset, DatasetInput, LogInputs
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.searches import CheckSearch, CompleteSearch


@pytest.fixture
def bench(store: Store) -> Bench:
    found = Bench(store)
    for i in range(3):
        metrics = {"loss": i, "val loss": i} | ({"acc": 1} if i else {})
        run = found.run(f"r{i}", metrics=metrics, params={"opt": "adam" if i else "it's"})
    data = Dataset(name="wine", digest="d", source_type="local", source="s")
    store.do(LogInputs(run_id=run, datasets=[DatasetInput(dataset=data)]))
    store.do(CreateRegisteredModel(name="lr_wine"))
    return found


def complete(bench: Bench, text: str, **asked: Any) -> tuple[str, list[str]]:
    """Return what would be replaced and by what, for the place of ``|`` in a text."""
    cursor = text.index("|")
    text = text.replace("|", "")
    op = CompleteSearch(text=text, cursor=cursor, experiment_ids=[bench.experiment], **asked)
    found = bench.store.do(op)
    return text[found.start : found.end], [completion.text for completion in found.completions]


@pytest.mark.parametrize(
    ("text", "replaced", "first"),
    [
        ("metrics.|", "metrics.", ["metrics.loss", "metrics.`val loss`", "metrics.acc"]),
        ("metrics.lo|", "metrics.lo", ["metrics.loss"]),
        ("metrics.lo|ss < 1", "metrics.loss", ["metrics.loss"]),
        ("metrics.`val|", "metrics.`val", ["metrics.`val loss`"]),
        ("los|", "los", ["metrics.loss", "metrics.`val loss`"]),
        ("min(|", "", ["run_id"]),
        ("metrics.loss |", "", ["=", "!=", ">", ">=", "<", "<=", "IN"]),
        ("params.opt |", "", ["=", "!=", "LIKE", "ILIKE", "CONTAINS", "IN"]),
        ("params.opt con|", "con", ["CONTAINS"]),
        ("params.opt CONTAINS |", "", ["'adam'"]),
        ("params.opt = |", "", ["'adam'", '"it\'s"']),
        ("params.opt = 'ad|", "'ad", ["'adam'"]),
        ("params.opt IN ('adam'|", "", [",", ")"]),
        ("status = 'F|", "'F", ["'FINISHED'", "'FAILED'"]),
        ("metrics.loss < 1 |", "", ["AND", "OR"]),
        ("(metrics.loss < 1 |", "", ["AND", "OR", ")"]),
        ("metrics.loss < 1 a|", "a", ["AND"]),
        ("metrics.loss < 1 AND p|", "p", ["parent", "metrics.loss"][:1]),
        ("metrics.loss BETWEEN 1 |", "", ["AND"]),
        ("model.name = |", "", ["'lr_wine'"]),
        ("dataset.name = |", "", ["'wine'"]),
        ("run_name = 'r|", "'r", ["'r0'", "'r1'", "'r2'"]),
        ("metrics.acc < m|", "m", ["metrics.loss"]),
    ],
)
def test_completions_are_what_exists_and_fits(
    bench: Bench, text: str, replaced: str, first: list[str]
) -> None:
    found = complete(bench, text)
    assert found[0] == replaced
    assert sorted(found[1][: len(first)]) == sorted(first)


def test_orders_are_completed_too(bench: Bench) -> None:
    assert complete(bench, "metrics.lo|", order=True) == ("metrics.lo", ["metrics.loss"])
    assert complete(bench, "metrics.loss |", order=True) == ("", ["ASC", "DESC"])
    assert "at(" not in complete(bench, "|", order=True)[1]


def test_other_things_are_completed_by_their_own_language(bench: Bench) -> None:
    assert complete(bench, "na|", subject="registered_models")[1] == ["name"]
    assert complete(bench, "name = '|", subject="registered_models")[1] == ["'lr_wine'"]
    assert complete(bench, "metrics.|", subject="experiments")[1] == []


@pytest.mark.parametrize("text", ["metrics.loss < < |", "@ |", "foo = 'x' AND |", "at(params.x, |"])
def test_behind_a_mistake_nothing_is_suggested_and_the_mistake_is_told(
    bench: Bench, text: str
) -> None:
    cursor = text.index("|")
    op = CompleteSearch(
        text=text.replace("|", ""), cursor=cursor, experiment_ids=[bench.experiment]
    )
    found = bench.store.do(op)
    assert found.completions == []
    assert found.check is not None
    assert "expected" in found.check.message


def test_a_check_names_place_and_what_was_expected(store: Store) -> None:
    assert store.do(CheckSearch(filter="metrics.x < 1", order_by=["metrics.x"])).valid
    assert store.do(CheckSearch()).valid
    wrong = store.do(CheckSearch(filter="metrics.x < 1 XOR status = 'A'"))
    assert (wrong.valid, wrong.where, wrong.start, wrong.end) == (False, "Filter", 14, 17)
    assert (wrong.found, wrong.expected) == ("XOR", "AND, OR or the end")
    assert wrong.message == (
        "Invalid clause(s) in filter string. "
        "Filter error at character 15: found XOR; expected AND, OR or the end."
    )
    order = store.do(CheckSearch(order_by=["status", "metrics.x UP"]))
    assert (order.where, order.start) == ("Order 2", 10)
    assert not store.do(CheckSearch(subject="experiments", filter="metrics.x < 1")).valid
    assert not store.do(CheckSearch(order_by=["status", "status"])).valid
