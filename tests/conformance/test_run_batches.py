"""Changes of many runs in one call, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.events import ListEvents
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.run_batches import DeleteRuns, RestoreRuns, RunsChanged, TagRuns
from cuvee.api.runs import CreateRun, DeleteRun, GetRun, RunTag, SearchRuns
from cuvee.api.versions import CreateModelVersion, TransitionStage
from cuvee.errors import InvalidParameter

NO_RUN = "f" * 32


def create(store: Store, name: str, **fields: Any) -> str:
    asked = CreateRun(experiment_id="0", run_name=name, **fields)
    return store.do(asked).run.info.run_id


def tags(store: Store, run_id: str) -> dict[str, str]:
    found = store.do(GetRun(run_id=run_id)).run.data.tags
    return {key: value for key, value in found.items() if key != "mlflow.runName"}


def names(store: Store, view: Any = "ACTIVE_ONLY") -> set[str]:
    found = store.do(SearchRuns(experiment_ids=["0"], run_view_type=view))
    return {run.info.run_name for run in found.runs}


def test_tags_of_many_runs_are_set_and_removed(store: Store) -> None:
    a = create(store, "a", tags=[RunTag("old", "1"), RunTag("kept", "1")])
    b = create(store, "b")
    found = store.do(TagRuns(run_ids=[b, a, b], tags=[RunTag("team", "red")], remove=["old"]))
    assert found == RunsChanged([b, a])
    assert (tags(store, a), tags(store, b)) == ({"kept": "1", "team": "red"}, {"team": "red"})
    store.do(TagRuns(run_ids=[a], tags=[RunTag("mlflow.runName", "new name")]))
    assert store.do(GetRun(run_id=a)).run.info.run_name == "new name"


def test_what_may_not_be_changed_holds_up_no_other_and_says_why(store: Store) -> None:
    parent = create(store, "parent")
    child = create(store, "child", tags=[RunTag("mlflow.parentRunId", parent)])
    gone = create(store, "gone")
    store.do(DeleteRun(run_id=gone))
    other = create(store, "other")
    asked = [parent, NO_RUN, child, gone, other]
    nest = [RunTag("a", "b"), RunTag("mlflow.parentRunId", child)]
    found = store.do(TagRuns(run_ids=asked, tags=nest))
    assert found.run_ids == [other]
    assert [(r.run_id, r.error_code) for r in found.refused] == [
        (parent, "INVALID_PARAMETER_VALUE"),
        (NO_RUN, "RESOURCE_DOES_NOT_EXIST"),
        (child, "INVALID_PARAMETER_VALUE"),
        (gone, "INVALID_PARAMETER_VALUE"),
    ]
    assert "ancestor" in found.refused[0].message
    assert tags(store, parent) == tags(store, gone) == {}, "a refused run is as it was"
    assert tags(store, child) == {"mlflow.parentRunId": parent}


def test_deletion_stops_at_what_a_stage_rests_on(store: Store) -> None:
    used, free = create(store, "used"), create(store, "free")
    store.do(CreateRegisteredModel(name="wine"))
    store.do(CreateModelVersion(name="wine", source=f"runs:/{used}/model", run_id=used))
    store.do(TransitionStage(name="wine", version="1", stage="Production"))
    found = store.do(DeleteRuns(run_ids=[used, free], comment="tidy"))
    assert found.run_ids == [free]
    assert [(r.run_id, r.error_code) for r in found.refused] == [(used, "RESOURCE_CONFLICT")]
    assert names(store) == {"used"}
    (event,) = store.do(ListEvents(object=f"run:{free}", action="run.deleted")).events
    assert event.comment == "tidy"
    assert store.do(DeleteRuns(run_ids=[used], force=True)) == RunsChanged([used])
    assert store.do(RestoreRuns(run_ids=[used, free])) == RunsChanged([used, free])
    assert names(store) == {"used", "free"}


def test_all_that_pass_a_filter_are_changed_a_part_at_a_time(store: Store) -> None:
    for i in range(5):
        create(store, f"run {i}", start_time=i + 1, tags=[RunTag("t", str(i % 2))])
    where = {"experiment_ids": ["0"], "filter": "tags.t = '0'", "max_runs": 2}
    first = store.do(DeleteRuns(**where))  # type: ignore[arg-type]
    assert len(first.run_ids) == 2
    assert names(store, "DELETED_ONLY") == {"run 4", "run 2"}
    second = store.do(DeleteRuns(**where, page_token=first.next_page_token))  # type: ignore[arg-type]
    assert (len(second.run_ids), second.next_page_token) == (1, None)
    assert names(store) == {"run 1", "run 3"}
    found = store.do(RestoreRuns(experiment_ids=["0"], filter="tags.t = '0'"))
    assert (len(found.run_ids), names(store, "DELETED_ONLY")) == (3, set())
    # What still passes once it is changed is not changed again.
    tag = [RunTag("seen", "1")]
    found = store.do(TagRuns(experiment_ids=["0"], tags=tag, max_runs=3))
    rest = store.do(
        TagRuns(experiment_ids=["0"], tags=tag, max_runs=3, page_token=found.next_page_token or "")
    )
    assert (len(found.run_ids), len(rest.run_ids), rest.next_page_token) == (3, 2, None)
    assert not {*found.run_ids} & {*rest.run_ids}


def test_a_batch_says_which_runs_it_means(store: Store) -> None:
    for op in (
        DeleteRuns(),
        DeleteRuns(run_ids=["a"], experiment_ids=["0"]),
        RestoreRuns(run_ids=["a"], filter="x"),
        TagRuns(run_ids=["a"]),
    ):
        with pytest.raises(InvalidParameter, match=r"[Ss]end|page token"):
            store.do(op)
