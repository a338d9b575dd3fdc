"""Registered models at a glance: what is in their stages, who changed them, what waits."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest

from conformance.people import NAMED, People, Person, gated, put_policy
from cuvee.api.base import Store
from cuvee.api.experiments import CreateExperiment
from cuvee.api.metrics import LogMetric
from cuvee.api.models import (
    CreateRegisteredModel,
    DeleteRegisteredModel,
    RegisteredModelTag,
    RenameRegisteredModel,
    SetRegisteredModelAlias,
    SetRegisteredModelTag,
    UpdateRegisteredModel,
)
from cuvee.api.overviews import ModelOverview, SearchModelOverviews
from cuvee.api.permissions import GrantPermission
from cuvee.api.reviews import CreateTransitionRequest
from cuvee.api.runs import CreateRun
from cuvee.api.versions import CreateModelVersion, DeleteModelVersion, TransitionStage
from cuvee.store.sql import SqlStore


def glance(store: Store | Person, **asked: Any) -> dict[str, ModelOverview]:
    return {m.name: m for m in store.do(SearchModelOverviews(**asked)).models}


def release(store: Store | Person, name: str, stage: str = "", **metrics: float) -> str:
    """Register a version of a run with metrics, and move it to a stage; return its number."""
    run_id = store.do(CreateRun(experiment_id="0")).run.info.run_id
    for key, value in metrics.items():
        named = key.replace("__", "/")
        store.do(LogMetric(run_id=run_id, key=named, value=value, timestamp=1, step=0))
    op = CreateModelVersion(name=name, source=f"runs:/{run_id}/m", run_id=run_id)
    version = store.do(op).model_version.version
    if stage:
        store.do(TransitionStage(name=name, version=version, stage=stage))
    return version


def make(store: Store | Person, *names: str, **tags: str) -> None:
    pairs = [RegisteredModelTag(key, value) for key, value in tags.items()]
    for name in names:
        store.do(CreateRegisteredModel(name=name, tags=pairs))


def later() -> None:
    """Let the clock tell what happens next from what has happened."""
    time.sleep(0.005)


def test_a_model_at_a_glance(store: Store) -> None:
    make(store, "wine", team="cellar")
    before = int(time.time() * 1000) - 1000
    for stage in ("Archived", "Staging", "Staging", "Production", ""):
        release(store, "wine", stage, rmse=0.5)
    later()  # in the same millisecond as the alias, the alias would be told of
    store.do(SetRegisteredModelAlias(name="wine", alias="best", version="4"))
    store.do(CreateTransitionRequest(name="wine", version="5", stage="Production", comment="go"))
    store.do(CreateTransitionRequest(name="wine", version="5", stage="Staging", comment="go"))

    page = store.do(SearchModelOverviews(total=True, choices=True))
    (wine,) = page.models

    assert (page.total, page.stages) == (1, ["Production", "Staging"])
    assert page.owners == [wine.user_id]
    assert wine.changed_by == wine.user_id
    assert wine.changed == "version.created"
    assert [(s.stage, s.version, s.count) for s in wine.stages] == [
        ("None", "5", 1),
        ("Staging", "3", 2),
        ("Production", "4", 1),
        ("Archived", "1", 1),
    ]
    assert [s.since is None for s in wine.stages] == [True, False, False, False]
    assert all((s.since or before) >= before for s in wine.stages)
    assert wine.latest == "5"
    assert wine.requests == 2
    assert [(t.key, t.value) for t in wine.tag_items] == [("team", "cellar")]
    assert [(a.alias, a.version) for a in wine.alias_items] == [("best", "4")]
    assert wine.metric is not None
    assert (wine.metric.key, wine.metric.value) == ("rmse", 0.5)
    assert (wine.metric.version, wine.metric.stage) == ("4", "Production")


def test_a_model_without_versions_has_nothing_in_its_stages(store: Store) -> None:
    make(store, "wine")
    wine = glance(store)["wine"]
    assert (wine.latest, wine.stages, wine.metric, wine.requests) == ("", [], None, 0)
    assert wine.changed == "model.created"
    assert store.do(SearchModelOverviews(choices=True)).stages == []


def test_models_are_found_by_stage_owner_and_filter_together(
    people: People,
) -> None:
    ann, bob = people("ann"), people("bob")
    make(ann, "beer", "wine", team="cellar")
    make(bob, "cider", "mead", "perry")
    for name in ("wine", "mead", "beer"):
        release(ann, name, "Production")
    release(ann, "beer", "Staging")

    def names(**asked: Any) -> list[str]:
        page = ann.do(SearchModelOverviews(**asked, total=True, choices=True))
        assert page.total == len(page.models)
        assert page.owners == ["bob", "ann"]  # all that there are, those of most models first
        return [model.name for model in page.models]

    assert names() == ["beer", "cider", "mead", "perry", "wine"]
    assert names(stage="Production") == ["beer", "mead", "wine"]
    assert names(stage="Production", owner="ann") == ["beer", "wine"]
    assert names(stage="Staging", filter="name LIKE 'w%'") == []
    assert names(stage="None", owner="bob") == []
    assert names(owner="nobody") == []
    assert names(owner="ann", filter="tags.team = 'cellar'", order_by=["name DESC"]) == [
        "wine",
        "beer",
    ]


def test_windows_and_pages_walk_through_all_models(store: Store) -> None:
    make(store, *(f"m{i}" for i in range(5)))
    op = SearchModelOverviews(max_results=2, order_by=["name"], total=True)
    first = store.do(op)
    assert [m.name for m in first.models] == ["m0", "m1"]
    assert first.total == 5
    token = first.next_page_token or ""
    page = store.do(SearchModelOverviews(max_results=2, order_by=["name"], page_token=token))
    assert [m.name for m in page.models] == ["m2", "m3"]
    assert list(glance(store, order_by=["name"], offset=4)) == ["m4"]
    assert list(glance(store, offset=9)) == []


def test_the_last_change_is_said_with_who_made_it(people: People) -> None:
    ann, bob, cat = (people(name) for name in ("ann", "bob", "cat"))
    make(ann, "wine", "wine0")  # a name that begins with the other's

    def changed() -> tuple[str, str]:
        wine = glance(cat)["wine"]
        return wine.changed_by, wine.changed

    assert changed() == ("ann", "model.created")
    later()
    release(bob, "wine")
    assert changed() == ("bob", "version.created")
    later()
    cat.do(TransitionStage(name="wine", version="1", stage="Staging"))
    assert changed() == ("cat", "version.transitioned")
    later()
    ann.do(SetRegisteredModelTag(name="wine", key="a", value="b"))  # is none of its times
    release(ann, "wine0")
    assert changed() == ("cat", "version.transitioned")
    bob.do(UpdateRegisteredModel(name="wine", description="red"))
    assert changed() == ("bob", "model.description_set")
    later()
    cat.do(UpdateRegisteredModel(name="wine", description="red"))  # what it is already
    assert changed() == ("bob", "model.description_set")
    later()
    release(ann, "wine")
    later()
    cat.do(DeleteModelVersion(name="wine", version="2"))
    assert changed() == ("cat", "version.deleted")
    later()
    ann.do(DeleteRegisteredModel(name="wine0"))
    bob.do(RenameRegisteredModel(name="wine", new_name="wine0"))
    found = glance(cat)["wine0"]
    assert (found.changed_by, found.changed) == ("bob", "model.renamed")


def test_the_key_metric_is_one_that_a_check_names(people: People, local_store: SqlStore) -> None:
    ann = people("ann")
    make(ann, "beer", "mead", "wine")
    for name in ("beer", "wine"):
        release(ann, name, "Production", auc=0.9, rmse=0.5, zeta=7, system__cpu=99)
    release(ann, "mead", "Staging", rmse=0.4)
    checks = ["golden-set", "production.metrics.missing is set", "2 * metrics.rmse < 1"]
    put_policy(local_store, gated(checks=checks), scope="wine")

    def metrics(**asked: Any) -> dict[str, tuple[str, float] | None]:
        return {
            name: (model.metric.key, model.metric.value) if model.metric else None
            for name, model in glance(ann, **asked).items()
        }

    assert metrics() == {"beer": ("auc", 0.9), "mead": None, "wine": ("rmse", 0.5)}
    assert metrics(metric="zeta") == {"beer": ("zeta", 7), "mead": None, "wine": ("zeta", 7)}
    assert metrics(metric="nothing") == {"beer": None, "mead": None, "wine": None}


def test_a_key_metric_may_be_no_number(store: Store) -> None:
    make(store, "wine", "beer")
    release(store, "wine", "Production", loss=math.nan)
    release(store, "beer", "Production", loss=-math.inf)
    found = glance(store)
    wine, beer = found["wine"].metric, found["beer"].metric
    assert wine is not None
    assert math.isnan(wine.value)
    assert beer is not None
    assert beer.value == -math.inf


def test_a_model_in_a_folder_has_the_stages_and_metric_of_the_folders_policy(
    people: People, local_store: SqlStore
) -> None:
    ann = people("ann")
    ann.do(CreateRegisteredModel(name="wine", folder="team/red"))
    policy = gated(checks=["metrics.rmse < 1"])
    stages = [policy.stages[1], policy.stages[0]]
    last = type(policy)(stages=[*stages, type(stages[0])(name="Live")])
    release(ann, "wine", "Staging", auc=1, rmse=2)
    put_policy(local_store, last, scope="team/")
    wine = glance(ann)["wine"]
    assert wine.metric is None  # Production is empty, whatever is elsewhere
    assert [s.stage for s in wine.stages] == ["Staging"]
    assert glance(ann, stage="Staging").keys() == {"wine"}


def test_what_one_may_not_read_is_left_out(crowd: Store) -> None:
    make(crowd, "beer", "wine")
    secret = crowd.do(CreateExperiment(name="secret")).experiment_id
    run_id = crowd.do(CreateRun(experiment_id=secret)).run.info.run_id
    crowd.do(LogMetric(run_id=run_id, key="rmse", value=1, timestamp=1, step=0))
    for name in ("beer", "wine"):
        crowd.do(CreateModelVersion(name=name, source=f"runs:/{run_id}/m", run_id=run_id))
        crowd.do(TransitionStage(name=name, version="1", stage="Production"))
    crowd.do(GrantPermission(object="model:wine", user="bob", permission="CAN_READ"))

    def ask(who: str) -> Any:
        return crowd.do(SearchModelOverviews(total=True, choices=True), NAMED[who])

    nothing, some = ask("alice"), ask("bob")
    assert (nothing.models, nothing.total, nothing.owners, nothing.stages) == ([], 0, [], [])
    assert ([m.name for m in some.models], some.total) == (["wine"], 1)
    assert (some.owners, some.stages) == (["root"], ["Production"])
    assert some.models[0].metric is None
    crowd.do(GrantPermission(object=f"experiment:{secret}", user="bob", permission="CAN_READ"))
    metric = ask("bob").models[0].metric
    assert metric is not None
    assert metric.value == 1


@pytest.mark.parametrize("folder", ["", "team"])
def test_prompts_are_no_models(store: Store, folder: str) -> None:
    pairs = [RegisteredModelTag("mlflow.prompt.is_prompt", "true")]
    store.do(CreateRegisteredModel(name="ask", tags=pairs, folder=folder))
    page = store.do(SearchModelOverviews(total=True, choices=True))
    assert (page.models, page.total, page.owners) == ([], 0, [])
