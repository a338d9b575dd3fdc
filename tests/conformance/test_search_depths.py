"""The search for runs by their place in the nesting."""

from __future__ import annotations

import pytest

from conformance.test_search_runs import Bench
from cuvee.api.base import Store
from cuvee.api.experiments import CreateExperiment
from cuvee.api.runs import CreateRun, DeleteRun, DeleteTag
from cuvee.errors import InvalidParameter


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(store)


def test_runs_are_found_by_the_root_that_they_are_nested_in_and_by_their_depth(
    bench: Bench,
) -> None:
    def nested(name: str, parent: str) -> str:
        return bench.run(name, tags={"mlflow.parentRunId": parent})

    top = bench.run("top")
    mid = nested("mid", top)
    low = nested("low", mid)
    nested("leaf", low)
    lost = nested("lost", "0" * 32)
    nested("found", lost)
    bench.run("alone")
    other = bench.store.do(CreateExperiment(name="other")).experiment_id
    far = bench.store.do(CreateRun(experiment_id=other)).run.info.run_id
    nested("guest", far)

    assert bench.found(f"root = '{top}'") == {"top", "mid", "low", "leaf"}
    assert bench.found(f"root = '{top}' AND depth > 1") == {"low", "leaf"}
    assert bench.found(f"root = '{mid}'") == set()
    assert bench.found(f"root IN ('{lost}', '{far}', '{bench.ids['alone']}')") == {
        "lost", "found", "guest", "alone"
    }  # fmt: skip
    assert bench.found(f"root != '{top}'") == {"lost", "found", "alone", "guest"}
    assert bench.found("depth = 0") == {"top", "lost", "alone"}
    assert bench.found("depth BETWEEN 2 AND 3") == {"low", "leaf"}
    assert bench.found("depth NOT IN (0, 1) OR NOT depth < 3") == {"low", "leaf"}
    assert bench.found("depth <= 0 AND status = 'RUNNING'") == {"top", "lost", "alone"}
    bench.store.do(DeleteRun(run_id=mid))
    assert bench.found(f"root = '{top}'") == {"top", "low", "leaf"}
    bench.store.do(DeleteTag(run_id=low, key="mlflow.parentRunId"))
    assert bench.found(f"root = '{top}'") == {"top"}
    assert bench.found("depth = 1") == {"leaf", "found", "guest"}
    with pytest.raises(InvalidParameter, match="one of"):
        bench.find("", "depth")
