"""Runs by the first digits of their ids: found, unclear, and no business of some."""

from __future__ import annotations

import pytest

from conformance.people import NAMED, ROOT
from cuvee.api.base import Actor, Store
from cuvee.api.experiments import CreateExperiment
from cuvee.api.permissions import GrantPermission
from cuvee.api.runs import CreateRun, DeleteRun, ResolveRunIds
from cuvee.errors import InvalidParameter

ALICE = NAMED["alice"]
ONE, TWIN, OTHER = "0123456789abcdef" * 2, "0123456789abffff" + "0" * 16, "f" * 32


def make(store: Store, *ids: str, experiment: str = "0", actor: Actor | None = None) -> None:
    for run_id in ids:
        store.do(CreateRun(experiment_id=experiment, run_id=run_id), actor)


def test_runs_are_found_by_their_first_digits_in_the_order_asked_for(store: Store) -> None:
    make(store, ONE, OTHER)
    store.do(DeleteRun(run_id=OTHER))
    asked = ["ffffffff", ONE[:12], ONE, "00000000", "e" * 32, "ffffffff"]
    found = store.do(ResolveRunIds(ids=asked))
    assert [(run.asked, run.run_id) for run in found.runs] == [
        ("ffffffff", OTHER),
        (ONE[:12], ONE),
        (ONE, ONE),
    ]
    assert {run.short for run in found.runs} == {ONE[:12], OTHER[:12]}
    assert {run.experiment_id for run in found.runs} == {"0"}
    assert found.unclear == []


def test_digits_that_several_runs_begin_with_mean_none_of_them(store: Store) -> None:
    make(store, ONE)
    short = store.do(ResolveRunIds(ids=[ONE])).runs[0].short
    assert short == ONE[:12]
    make(store, TWIN)
    found = store.do(ResolveRunIds(ids=[short, ONE, TWIN[:13]]))
    assert found.unclear == [short]
    assert [(run.run_id, run.short) for run in found.runs] == [(ONE, ONE[:13]), (TWIN, TWIN[:13])]
    again = store.do(ResolveRunIds(ids=[run.short for run in found.runs]))
    assert [run.run_id for run in again.runs] == [ONE, TWIN]


def test_the_same_digits_never_mean_one_run_to_some_and_another_to_others(
    crowd: Store,
) -> None:
    hidden = crowd.do(CreateExperiment(name="hidden"), ROOT).experiment_id
    shown = crowd.do(CreateExperiment(name="shown"), ROOT).experiment_id
    given = GrantPermission(object=f"experiment:{shown}", user="alice", permission="CAN_READ")
    crowd.do(given, ROOT)
    make(crowd, ONE, OTHER, experiment=hidden, actor=ROOT)
    assert [run.run_id for run in crowd.do(ResolveRunIds(ids=[ONE[:12]]), ROOT).runs] == [ONE]
    nothing = crowd.do(ResolveRunIds(ids=[ONE[:12], OTHER, "e" * 8]), ALICE)
    assert (nothing.runs, nothing.unclear) == ([], []), "as if there were none"
    make(crowd, TWIN, experiment=shown, actor=ROOT)
    assert crowd.do(ResolveRunIds(ids=[ONE[:12]]), ALICE).unclear == [ONE[:12]]
    assert [run.run_id for run in crowd.do(ResolveRunIds(ids=[TWIN[:13]]), ALICE).runs] == [TWIN]


@pytest.mark.parametrize("asked", ["0123456", "0123456G", "0123456A", "", "a" * 33, "abcdefg%"])
def test_what_is_no_id_and_no_beginning_of_one_is_refused(store: Store, asked: str) -> None:
    with pytest.raises(InvalidParameter, match="ids"):
        store.do(ResolveRunIds(ids=[ONE, asked]))
