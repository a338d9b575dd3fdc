"""Where versions and runs come from and what has come of them, on every store."""

from __future__ import annotations

from typing import Any

from conformance.people import NAMED
from cuvee.api.ancestry import GetRunLineage, GetVersionLineage, Lineage
from cuvee.api.base import Store
from cuvee.api.datasets import Dataset, DatasetInput, LogInputs, ModelInput
from cuvee.api.experiments import CreateExperiment
from cuvee.api.forks import ForkRun
from cuvee.api.logged_models import CreateLoggedModel, DeleteLoggedModel
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.permissions import GrantPermission
from cuvee.api.runs import PARENT_TAG, CreateRun, DeleteRun, RunTag, SetTag
from cuvee.api.versions import CreateModelVersion, DeleteModelVersion, TransitionStage
from cuvee.store.sql import SqlStore

NOWHERE = "ab" * 16


def run(store: Store, name: str, parent: str = "", experiment: str = "0") -> str:
    tags = [RunTag(PARENT_TAG, parent)] if parent else []
    op = CreateRun(experiment_id=experiment, run_name=name, tags=tags)
    return store.do(op).run.info.run_id


def use(store: Store, run_id: str, *names: str) -> None:
    data = [DatasetInput(Dataset(name, "d1", "code", "{}")) for name in names]
    store.do(LogInputs(run_id=run_id, datasets=data))


def register(store: Store, name: str, source: str, **more: Any) -> str:
    return store.do(CreateModelVersion(name=name, source=source, **more)).model_version.version


def lineage(store: Store, name: str = "wine", version: str = "1", **asked: Any) -> Lineage:
    return store.do(GetVersionLineage(name=name, version=version, **asked))


def said(found: Lineage) -> set[tuple[str, str, str]]:
    """Return the edges, with the names of what has one in place of its id."""
    names = {node.id: f"{node.kind} {node.name or node.ref}" for node in found.nodes}
    for node in found.nodes:
        if node.kind in ("version", "stage"):
            names[node.id] = f"{node.name} {node.ref}"
    return {(names[e.source], e.kind, names[e.target]) for e in found.edges}


def test_a_version_goes_back_to_its_runs_models_and_datasets(store: Store) -> None:
    for name in ("wine", "cider"):
        store.do(CreateRegisteredModel(name=name))
    sweep = run(store, "sweep")
    base = run(store, "base")
    trial = run(store, "trial", sweep)
    tree = CreateLoggedModel(experiment_id="0", name="tree", source_run_id=trial)
    stump = CreateLoggedModel(experiment_id="0", name="stump", source_run_id=base)
    model, start = (store.do(op).model.model_id for op in (tree, stump))
    use(store, trial, "reds", "whites")
    store.do(LogInputs(run_id=trial, models=[ModelInput(start)]))
    register(store, "wine", f"models:/{model}", model_id=model, run_id=trial)
    register(store, "cider", "models:/wine/1")
    store.do(TransitionStage(name="wine", version="1", stage="Production"))

    found = lineage(store)

    assert found.root == "version:wine/1"
    assert found.nodes[0].id == found.root
    assert found.complete
    assert said(found) == {
        ("dataset reds", "input", "run trial"),
        ("dataset whites", "input", "run trial"),
        ("run sweep", "nested", "run trial"),
        ("run base", "logged", "logged_model stump"),
        ("logged_model stump", "input", "run trial"),
        ("run trial", "logged", "logged_model tree"),
        ("logged_model tree", "registered", "wine 1"),
        ("wine 1", "copied", "cider 1"),
        ("wine 1", "holds", "wine Production"),
    }
    (stage,) = (node for node in found.nodes if node.kind == "stage")
    assert stage.time
    version = found.nodes[0]
    assert (version.status, version.run_id) == ("Production", trial)
    assert said(lineage(store, "cider")) == said(found) - {
        ("wine 1", "holds", "wine Production"),
    }


def test_a_depth_says_how_far_to_go(store: Store) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    parent = run(store, "sweep")
    trial = run(store, "trial", parent)
    use(store, trial, "reds")
    register(store, "wine", f"runs:/{trial}/m", run_id=trial)

    near = lineage(store, depth=1)
    assert said(near) == {("run trial", "registered", "wine 1")}
    assert not near.complete
    far = lineage(store, depth=2)
    assert len(far.nodes) == 4
    assert far.complete
    few = lineage(store, max_nodes=3)
    assert len(few.nodes) == 3
    assert not few.complete
    assert len(few.edges) == 2


def test_what_is_gone_and_what_runs_were_forked_from_is_named(store: Store) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    base = run(store, "base")
    fork = store.do(ForkRun(run_id=base, step=1)).run.info.run_id
    store.do(SetTag(run_id=fork, key=PARENT_TAG, value=NOWHERE))
    op = CreateLoggedModel(experiment_id="0", name="tree", source_run_id=fork)
    model = store.do(op).model.model_id
    register(store, "wine", f"models:/{model}", model_id=model)
    store.do(DeleteLoggedModel(model_id=model))
    store.do(DeleteRun(run_id=base))
    register(store, "wine", "models:/wine/1")
    store.do(DeleteModelVersion(name="wine", version="1"))

    assert [(n.id, n.state) for n in lineage(store, version="2").nodes] == [
        ("version:wine/2", ""),
        ("version:wine/1", "missing"),
    ]
    register(store, "wine", f"runs:/{fork}/m", run_id=fork)
    found = lineage(store, version="3")
    states = {node.id: node.state for node in found.nodes}
    assert states[f"run:{base}"] == "deleted"
    assert states[f"run:{NOWHERE}"] == "missing"
    assert {edge.kind for edge in found.edges} == {"registered", "nested", "forked"}


def test_a_run_that_reads_what_it_has_made_is_no_end_of_it(store: Store) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    trial = run(store, "trial")
    op = CreateLoggedModel(experiment_id="0", name="tree", source_run_id=trial)
    model = store.do(op).model.model_id
    store.do(LogInputs(run_id=trial, models=[ModelInput(model)]))
    register(store, "wine", f"models:/{model}", model_id=model)
    found = lineage(store, depth=20)
    assert len(found.nodes) == 3
    assert {edge.kind for edge in found.edges} == {"registered", "logged", "input"}


def test_a_version_from_elsewhere_comes_from_nothing_known(store: Store) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    register(store, "wine", "s3://bucket/wine")
    found = lineage(store)
    assert [node.id for node in found.nodes] == ["version:wine/1"]
    assert (found.edges, found.complete) == ([], True)


def test_a_version_with_a_thousand_copies_has_as_many_as_are_asked_for(
    local_store: SqlStore,
) -> None:
    trial = run(local_store, "trial")
    for name in ("wine", "cider"):
        local_store.do(CreateRegisteredModel(name=name))
    register(local_store, "wine", f"runs:/{trial}/m", run_id=trial)
    for _ in range(1100):
        register(local_store, "cider", "models:/wine/1")
    found = lineage(local_store, max_nodes=1000)
    assert len(found.nodes) == 1000
    assert not found.complete


def test_what_one_may_not_read_is_hidden_and_its_copies_left_out(crowd: Store) -> None:
    secret = crowd.do(CreateExperiment(name="secret")).experiment_id
    for name in ("wine", "cider", "beer"):
        crowd.do(CreateRegisteredModel(name=name))
    trial = run(crowd, "trial", experiment=secret)
    use(crowd, trial, "reds")
    register(crowd, "wine", f"runs:/{trial}/m", run_id=trial)
    for name in ("cider", "beer"):
        register(crowd, name, "models:/wine/1")
    bob = NAMED["bob"]
    for name in ("wine", "cider"):
        crowd.do(GrantPermission(object=f"model:{name}", user="bob", permission="CAN_READ"))

    found = crowd.do(GetVersionLineage(name="wine", version="1"), bob)
    assert {(n.id, n.state, n.name) for n in found.nodes} == {
        ("version:wine/1", "", "wine"),
        (f"run:{trial}", "hidden", ""),
        ("version:cider/1", "", "cider"),
    }
    assert len(lineage(crowd).nodes) == 5
    crowd.do(GrantPermission(object="model:wine", user="bob", permission="DENY"))
    found = crowd.do(GetVersionLineage(name="cider", version="1"), bob)
    assert {(n.id, n.state, n.status) for n in found.nodes} == {
        ("version:cider/1", "", "None"),
        ("version:wine/1", "hidden", ""),
    }


def of_run(store: Store, run_id: str, **asked: Any) -> Lineage:
    return store.do(GetRunLineage(run_id=run_id, **asked))


def test_a_run_goes_back_to_its_data_and_forth_to_models_versions_and_stages(
    store: Store,
) -> None:
    for name in ("wine", "cider", "cellar"):
        store.do(CreateRegisteredModel(name=name))
    sweep = run(store, "sweep")
    base = run(store, "base")
    trial = run(store, "trial", sweep)
    other = run(store, "other", sweep)
    stump = CreateLoggedModel(experiment_id="0", name="stump", source_run_id=base)
    tree = CreateLoggedModel(experiment_id="0", name="tree", source_run_id=trial)
    start, model = (store.do(op).model.model_id for op in (stump, tree))
    use(store, trial, "reds")
    use(store, other, "whites")
    store.do(LogInputs(run_id=trial, models=[ModelInput(start)]))
    register(store, "wine", f"models:/{model}", model_id=model, run_id=trial)
    register(store, "cellar", f"runs:/{trial}/m", run_id=trial)
    register(store, "cider", "models:/wine/1")
    store.do(TransitionStage(name="wine", version="1", stage="Production"))
    tail = {
        ("run trial", "logged", "logged_model tree"),
        ("logged_model tree", "registered", "wine 1"),
        ("run trial", "registered", "cellar 1"),
        ("wine 1", "copied", "cider 1"),
        ("wine 1", "holds", "wine Production"),
    }

    found = of_run(store, trial)

    assert found.root == f"run:{trial}"
    assert found.nodes[0].id == found.root
    assert found.complete
    assert said(found) == tail | {
        ("dataset reds", "input", "run trial"),
        ("run sweep", "nested", "run trial"),
        ("run base", "logged", "logged_model stump"),
        ("logged_model stump", "input", "run trial"),
    }
    above = of_run(store, sweep)
    assert above.complete
    assert said(above) == tail | {
        ("run sweep", "nested", "run trial"),
        ("run sweep", "nested", "run other"),
    }
    near = of_run(store, sweep, depth=1)
    assert (len(near.nodes), near.complete) == (3, False)
    few = of_run(store, sweep, max_nodes=2)
    assert (len(few.nodes), few.complete) == (2, False)


def test_a_run_has_its_forks_and_what_came_of_its_deleted_models(store: Store) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    base = run(store, "base")
    fork = store.do(ForkRun(run_id=base, step=1)).run.info.run_id
    gone = store.do(ForkRun(run_id=base, step=1)).run.info.run_id
    op = CreateLoggedModel(experiment_id="0", name="tree", source_run_id=fork)
    model = store.do(op).model.model_id
    register(store, "wine", f"models:/{model}", model_id=model, run_id=fork)
    store.do(DeleteLoggedModel(model_id=model))
    store.do(DeleteRun(run_id=gone))

    found = of_run(store, base)

    assert [(n.id, n.state) for n in found.nodes] == [
        (f"run:{base}", ""),
        (f"run:{fork}", ""),
        (f"logged_model:{model}", "deleted"),
        ("version:wine/1", ""),
    ]
    assert [e.kind for e in found.edges if e.target == f"run:{fork}"] == ["forked"]
    assert of_run(store, gone).nodes[0].state == "deleted"


def test_a_run_with_a_thousand_children_has_as_many_as_are_asked_for(
    local_store: SqlStore,
) -> None:
    sweep = run(local_store, "sweep")
    for _ in range(1100):
        run(local_store, "trial", sweep)
    found = of_run(local_store, sweep, max_nodes=1000)
    assert len(found.nodes) == 1000
    assert not found.complete


def test_what_has_come_of_a_run_and_may_not_be_read_is_left_out(crowd: Store) -> None:
    places = [crowd.do(CreateExperiment(name=n)).experiment_id for n in ("open", "secret")]
    for name in ("wine", "beer"):
        crowd.do(CreateRegisteredModel(name=name))
    trial = run(crowd, "trial", experiment=places[0])
    for place in places:
        run(crowd, f"below {place}", trial, experiment=place)
        op = CreateLoggedModel(experiment_id=place, name=f"of {place}", source_run_id=trial)
        crowd.do(op)
    for name in ("wine", "beer"):
        register(crowd, name, f"runs:/{trial}/m", run_id=trial)
    for thing in (f"experiment:{places[0]}", "model:wine"):
        crowd.do(GrantPermission(object=thing, user="bob", permission="CAN_READ"))

    found = crowd.do(GetRunLineage(run_id=trial), NAMED["bob"])

    names = {node.name for node in found.nodes}
    assert names == {"trial", f"below {places[0]}", f"of {places[0]}", "wine"}
    assert len(of_run(crowd, trial).nodes) == 7
