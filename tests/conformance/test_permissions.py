"""Permissions: grants on objects and folders, to users and groups, and what they hide."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.people import NAMED, ROOT
from cuvee.api.access_lists import (
    AccessEntry,
    GetModelPermissionLevels,
    GetModelPermissions,
    ObjectPermissions,
    SetModelPermissions,
    UpdateModelPermissions,
)
from cuvee.api.base import Actor, Op, Store
from cuvee.api.events import ListEvents
from cuvee.api.experiments import CreateExperiment, SearchExperiments, UpdateExperiment
from cuvee.api.metrics import LogMetric
from cuvee.api.models import (
    CreateRegisteredModel,
    DeleteRegisteredModel,
    GetRegisteredModel,
    SearchRegisteredModels,
)
from cuvee.api.permissions import (
    ExplainPermission,
    GrantPermission,
    ListPermissions,
    RevokePermission,
)
from cuvee.api.policies import ApplyPolicy
from cuvee.api.reviews import CheckResult, ExplainTransition, GetWorkspaceModel
from cuvee.api.runs import CreateRun, LogParam
from cuvee.api.user_permissions import (
    AddRolePermission,
    GetUserPermission,
    GrantUserPermission,
    ListCurrentPermissions,
    ListUserPermissions,
    RemoveRolePermission,
    RevokeUserPermission,
    UpdateRolePermission,
    UserPermission,
)
from cuvee.api.versions import CreateModelVersion, TransitionStage
from cuvee.errors import InvalidParameter, NotFound, PermissionDenied


@pytest.fixture
def people(crowd: Store) -> dict[str, Actor]:  # noqa: ARG001  # they are in the store
    """Three users, two of whom are in a group."""
    return NAMED


def refused(store: Store, op: Op[object], actor: Actor) -> str:
    """Check that an operation is refused to an actor and return the message."""
    with pytest.raises(PermissionDenied) as caught:
        store.do(op, actor)
    return caught.value.message


def test_nothing_is_allowed_that_was_not_given(crowd: Store, people: dict[str, Actor]) -> None:
    store, alice, bob = crowd, people["alice"], people["bob"]
    said = refused(store, CreateExperiment(name="wine"), alice)
    assert "CAN_EDIT" in said
    store.do(GrantPermission(object="experiments:", user="alice", permission="CAN_EDIT"))
    wine = store.do(CreateExperiment(name="wine"), alice).experiment_id
    run = store.do(CreateRun(experiment_id=wine), alice).run.info.run_id
    point = LogMetric(run_id=run, key="m", value=1.0, timestamp=1)
    assert "experiment" in refused(store, point, bob)
    assert refused(store, CreateRegisteredModel(name="wine"), alice)
    store.do(
        GrantPermission(object=f"experiment:{wine}", group="red", permission="CAN_EDIT"), alice
    )
    store.do(point, bob)
    assert refused(store, point, people["carol"])


def test_a_folder_gives_what_lies_in_it_and_deny_wins(
    crowd: Store, people: dict[str, Actor]
) -> None:
    store, bob = crowd, people["bob"]
    for name in ("team/a", "team/b/c", "teams", "other/a"):
        store.do(CreateExperiment(name=name), ROOT)
    search = SearchExperiments(max_results=10, order_by=["name"])

    def seen() -> list[str]:
        return [e.name for e in store.do(search, bob).experiments]

    assert seen() == []
    store.do(GrantPermission(object="folder:team/", group="red", permission="CAN_READ"))
    assert seen() == ["team/a", "team/b/c"]
    store.do(GrantPermission(object="folder:team/b/", group="everyone", permission="DENY"))
    assert seen() == ["team/a"]
    store.do(GrantPermission(object="folder:team/b/", user="bob", permission="CAN_MANAGE"))
    assert seen() == ["team/a"]
    store.do(RevokePermission(object="folder:team/b/", group="everyone"))
    assert seen() == ["team/a", "team/b/c"]
    store.do(GrantPermission(object="folder:", user="bob", permission="DENY"))
    assert seen() == []


def test_pages_hold_what_may_be_read_only_and_tokens_do_not_widen_it(
    crowd: Store, people: dict[str, Actor]
) -> None:
    store, alice, bob = crowd, people["alice"], people["bob"]
    for i in range(20):
        store.do(CreateRegisteredModel(name=f"m{i:02}"), ROOT)
        if i % 3 == 0:
            store.do(GrantPermission(object=f"model:m{i:02}", user="bob", permission="CAN_READ"))
    first = store.do(SearchRegisteredModels(max_results=4), bob)
    assert [m.name for m in first.registered_models] == ["m00", "m03", "m06", "m09"]
    token = first.next_page_token or ""
    second = store.do(SearchRegisteredModels(max_results=4, page_token=token), bob)
    assert [m.name for m in second.registered_models] == ["m12", "m15", "m18"]
    assert second.next_page_token is None
    stolen = store.do(SearchRegisteredModels(max_results=4, page_token=token), alice)
    assert stolen.registered_models == []
    assert len(store.do(SearchRegisteredModels(), ROOT).registered_models) == 20


def test_a_folder_can_be_left_and_entered_by_who_may(
    crowd: Store, people: dict[str, Actor]
) -> None:
    store, alice = crowd, people["alice"]
    store.do(GrantPermission(object="folder:a/", user="alice", permission="CAN_EDIT"))
    mine = store.do(CreateExperiment(name="a/x"), alice).experiment_id
    store.do(UpdateExperiment(experiment_id=mine, new_name="a/y"), alice)
    assert refused(store, UpdateExperiment(experiment_id=mine, new_name="b/y"), alice)
    store.do(GrantPermission(object="folder:b/", user="alice", permission="CAN_EDIT"))
    store.do(UpdateExperiment(experiment_id=mine, new_name="b/y"), alice)
    others = store.do(CreateExperiment(name="a/z"), ROOT).experiment_id
    assert refused(store, UpdateExperiment(experiment_id=others, new_name="a/w"), alice)


def test_grants_end_with_the_model_that_they_were_on(
    crowd: Store, people: dict[str, Actor]
) -> None:
    store, bob = crowd, people["bob"]
    store.do(CreateRegisteredModel(name="old"), ROOT)
    store.do(GrantPermission(object="model:old", user="bob", permission="CAN_MANAGE"))
    store.do(DeleteRegisteredModel(name="old"), bob)
    store.do(CreateRegisteredModel(name="new"), ROOT)
    assert refused(store, GetRegisteredModel(name="new"), bob)


def test_the_history_shows_what_may_be_read(crowd: Store, people: dict[str, Actor]) -> None:
    store, bob = crowd, people["bob"]
    for name in ("open", "shut"):
        number = store.do(CreateExperiment(name=name), ROOT).experiment_id
        store.do(CreateRun(experiment_id=number), ROOT)
        store.do(CreateRegisteredModel(name=name), ROOT)
        if name == "open":
            store.do(
                GrantPermission(object=f"experiment:{number}", user="bob", permission="CAN_READ")
            )
            store.do(GrantPermission(object="model:open", user="bob", permission="CAN_READ"))
    mine = store.do(ListEvents(), bob).events
    assert {e.action for e in mine} == {
        "experiment.created",
        "run.created",
        "model.created",
        "permission.granted",
    }
    assert "shut" not in str(mine)
    assert "shut" in str(store.do(ListEvents(), ROOT).events)


@pytest.mark.parametrize(
    "source",
    [
        "models:/secret/1",
        "models:/secret/2",
        "models:/secret/Hidden",
        "models:/secret/Shown",
        "models:/secret/latest",
        "models:/secret@champion",
        "models:/secret/Hidden?at=2020-01-01",
        "models:/secret/Shown?at=2020-01-01",
    ],
)
def test_a_source_tells_nothing_of_a_model_that_one_may_not_read(
    crowd: Store, people: dict[str, Actor], source: str
) -> None:
    for name in ("secret", "own"):
        crowd.do(CreateRegisteredModel(name=name), ROOT)
    crowd.do(CreateModelVersion(name="secret", source="s3://b/m"), ROOT)
    crowd.do(ApplyPolicy(document="{scope: secret, stages: [{name: Hidden}]}"), ROOT)
    crowd.do(TransitionStage(name="secret", version="1", stage="Hidden"), ROOT)
    crowd.do(GrantPermission(object="model:own", user="alice", permission="CAN_EDIT"), ROOT)
    said = refused(crowd, CreateModelVersion(name="own", source=source), people["alice"])
    assert "alice has NO_PERMISSIONS on the registered model 'secret'" in said


def test_checks_of_a_copy_tell_nothing_of_a_run_that_its_maker_may_not_read(
    crowd: Store, people: dict[str, Actor]
) -> None:
    alice, bob = people["alice"], people["bob"]
    number = crowd.do(CreateExperiment(name="hidden"), ROOT).experiment_id
    run = crowd.do(CreateRun(experiment_id=number), ROOT).run.info.run_id
    crowd.do(LogParam(run_id=run, key="loss", value="l2"), ROOT)
    crowd.do(LogMetric(run_id=run, key="rmse", value=0.25, timestamp=1), ROOT)
    for name in ("wine", "copy"):
        crowd.do(CreateRegisteredModel(name=name), ROOT)
    made = CreateModelVersion(name="wine", source=f"runs:/{run}/m", run_id=run)
    crowd.do(made, ROOT)
    crowd.do(GrantPermission(object="model:wine", user="alice", permission="CAN_READ"), ROOT)
    crowd.do(GrantPermission(object="model:copy", user="alice", permission="CAN_MANAGE"), ROOT)
    crowd.do(CreateModelVersion(name="copy", source="models:/wine/1"), alice)
    checks = "[params.loss == 'l1', metrics.rmse > 1, tags.x is set, dataset is set]"
    review = f"{{name: Production, review: {{checks: {checks}}}}}"
    crowd.do(ApplyPolicy(document=f"{{scope: copy, stages: [{review}]}}"), alice)

    def asked(name: str, actor: Actor) -> list[CheckResult]:
        op = ExplainTransition(name=name, version="1", stage="Production")
        return crowd.do(op, actor).checks

    for actor in (alice, ROOT):
        found = asked("copy", actor)
        assert [c.state for c in found] == ["unknown", "unknown", "failed", "unknown"]
        assert not [c.reason for c in found if "l2" in c.reason or "0.25" in c.reason]
    op = GrantPermission(object=f"experiment:{number}", user="alice", permission="CAN_READ")
    crowd.do(op, ROOT)
    assert [c.state for c in asked("copy", alice)] == ["failed"] * 4
    # Who made the version of the run could read it, and manages what is checked of it.
    crowd.do(ApplyPolicy(document=f"{{scope: wine, stages: [{review}]}}"), ROOT)
    grant = GrantPermission(object="model:wine", user="bob", permission="CAN_READ")
    crowd.do(grant, ROOT)
    assert [c.state for c in asked("wine", bob)] == ["failed"] * 4


def test_explain_says_which_grant_decides_and_whom_to_ask(
    crowd: Store, people: dict[str, Actor]
) -> None:
    store, alice, bob = crowd, people["alice"], people["bob"]
    store.do(GrantPermission(object="folder:", user="alice", permission="CAN_EDIT"))
    store.do(CreateRegisteredModel(name="wine"), alice)
    store.do(GrantPermission(object="model:wine", group="red", permission="CAN_READ"), alice)
    ask = ExplainPermission(object="model:wine", permission="CAN_EDIT")
    found = store.do(ask, bob)
    assert (found.allowed, found.level) == (False, "CAN_READ")
    assert found.because == "CAN_READ is given to group red on itself."
    assert found.ask == ["user alice"]
    assert "cuvee grant CAN_EDIT --user bob" in found.next
    store.do(GrantPermission(object="models:", group="everyone", permission="DENY"))
    found = store.do(ask, bob)
    assert found.because.startswith("DENY is given to group everyone on everything")
    about_bob = ExplainPermission(object="model:wine", permission="CAN_EDIT", user="bob")
    assert refused(store, about_bob, people["carol"])
    assert store.do(about_bob, ROOT).level == "NO_PERMISSIONS"
    with pytest.raises(NotFound):
        store.do(ExplainPermission(object="model:none"), bob)


def test_nobody_locks_themselves_out_and_giving_needs_can_manage(
    crowd: Store, people: dict[str, Actor]
) -> None:
    store, alice, bob = crowd, people["alice"], people["bob"]
    store.do(GrantPermission(object="folder:t/", user="alice", permission="CAN_EDIT"))
    number = store.do(CreateExperiment(name="t/x"), alice).experiment_id
    here = f"experiment:{number}"
    for op in (
        GrantPermission(object=here, user="alice", permission="CAN_READ"),
        GrantPermission(object=here, group="everyone", permission="DENY"),
        RevokePermission(object=here, user="alice"),
    ):
        with pytest.raises(InvalidParameter, match="take from yourself"):
            store.do(op, alice)
    assert refused(
        store, GrantPermission(object="folder:t/", user="bob", permission="CAN_READ"), alice
    )
    assert refused(store, GrantPermission(object=here, user="bob", permission="CAN_READ"), bob)
    assert refused(store, ListPermissions(object=here), bob)
    assert refused(store, ListPermissions(user="alice"), bob)
    store.do(GrantPermission(object=here, user="bob", permission="CAN_READ"), alice)
    whose = {(g.user, g.permission) for g in store.do(ListPermissions(object=here), bob).grants}
    assert whose == {("alice", "CAN_MANAGE"), ("alice", "CAN_EDIT"), ("bob", "CAN_READ")}


def test_who_may_create_sees_and_manages_their_own_only(
    crowd: Store, people: dict[str, Actor]
) -> None:
    store, alice, bob = crowd, people["alice"], people["bob"]
    store.do(GrantPermission(object="folder:", group="everyone", permission="CAN_CREATE"))
    for actor in (alice, bob):
        store.do(CreateExperiment(name=f"of {actor.name}"), actor)
        store.do(CreateRegisteredModel(name=f"of {actor.name}"), actor)
        found = store.do(SearchExperiments(max_results=9), actor).experiments
        assert [e.name for e in found] == [f"of {actor.name}"]
        models = store.do(SearchRegisteredModels(), actor).registered_models
        assert [m.name for m in models] == [f"of {actor.name}"]
    assert refused(store, GetRegisteredModel(name="of alice"), bob)
    store.do(DeleteRegisteredModel(name="of alice"), alice)
    asked = ExplainPermission(object="folder:", permission="CAN_CREATE")
    assert store.do(asked, bob).allowed
    store.do(GrantPermission(object="folder:", user="bob", permission="CAN_READ"))
    assert store.do(asked, bob).allowed
    store.do(CreateExperiment(name="another"), bob)
    store.do(RevokePermission(object="folder:", group="everyone"))
    assert not store.do(asked, bob).allowed
    assert "CAN_CREATE" in refused(store, CreateExperiment(name="one more"), bob)
    with pytest.raises(InvalidParameter, match="on a folder"):
        store.do(GrantPermission(object="model:of bob", user="alice", permission="CAN_CREATE"))


def test_access_lists_show_where_levels_come_from_and_are_replaced_or_merged(
    crowd: Store,
    people: dict[str, Actor],  # noqa: ARG001  # they are in the store
) -> None:
    do = crowd.do
    do(CreateRegisteredModel(name="m"), ROOT)
    do(GrantPermission(object="folder:", group="red", permission="CAN_READ"))
    do(GrantPermission(object="folder:", user="carol", permission="CAN_CREATE"))  # not on m
    do(GrantPermission(object="model:m", user="alice", permission="CAN_MANAGE"))

    def held(found: ObjectPermissions) -> set[tuple[str, str, bool]]:
        return {
            (who.display_name, level.permission_level, level.inherited)
            for who in found.access_control_list
            for level in who.all_permissions
        }

    number = do(GetWorkspaceModel(name="m")).registered_model_databricks.id
    both = {("red", "CAN_READ", True)} | {(who, "CAN_MANAGE", False) for who in ("root", "alice")}
    assert held(do(GetModelPermissions(id=number))) == both
    told = do(GetModelPermissionLevels(id=number)).permission_levels
    assert [level.permission_level for level in told] == [
        "CAN_READ",
        "CAN_EDIT",
        "CAN_MANAGE_STAGING_VERSIONS",
        "CAN_MANAGE_PRODUCTION_VERSIONS",
        "CAN_MANAGE",
        "DENY",
    ]
    entry = AccessEntry(user_name="bob", permission_level="CAN_EDIT")
    merged = do(UpdateModelPermissions(id=number, access_control_list=[entry]))
    assert held(merged) == both | {("bob", "CAN_EDIT", False)}
    replaced = do(SetModelPermissions(id=number, access_control_list=[entry]))
    assert held(replaced) == {("red", "CAN_READ", True), ("bob", "CAN_EDIT", False)}
    for name in ("nobody", "everyone"):
        wrong = AccessEntry(user_name=name, permission_level="CAN_EDIT")
        with pytest.raises(NotFound):
            do(SetModelPermissions(id=number, access_control_list=[wrong]))
    assert held(do(GetModelPermissions(id=number))) == held(replaced)
    for strange in ("m", "999", "-1", "1.0"):
        with pytest.raises(NotFound):
            do(GetModelPermissions(id=strange))


def test_mlflows_calls_change_the_same_grants(crowd: Store, people: dict[str, Actor]) -> None:
    do, bob = crowd.do, people["bob"]
    number = do(CreateExperiment(name="team/x"), ROOT).experiment_id
    here: Any = {"resource_type": "experiment", "resource_id": number}
    ask = GetUserPermission(username="bob", **here)
    assert do(ask, bob) == UserPermission(allowed=False, permission="NO_PERMISSIONS")
    do(GrantUserPermission(username="bob", **here, permission="EDIT"), ROOT)
    assert do(ask, bob) == UserPermission(allowed=True, permission="EDIT")
    assert [g.permission for g in do(ListPermissions(user="bob"), bob).grants] == ["CAN_EDIT"]
    do(RevokeUserPermission(username="bob", **here), ROOT)
    folder: Any = {"resource_type": "experiment", "resource_pattern": "team/*"}
    given = do(AddRolePermission(role_id=7, **folder, permission="READ"), ROOT).role_permission
    assert do(ask, bob) == UserPermission(allowed=False, permission="READ")
    rows = do(ListCurrentPermissions(), bob).permissions
    assert [(r.role_name, r.resource_pattern, r.permission) for r in rows] == [
        ("red", "team/*", "READ")
    ]
    do(UpdateRolePermission(role_permission_id=given.id, permission="DENY"), ROOT)
    assert do(ask, bob).permission == "NO_PERMISSIONS"
    do(RemoveRolePermission(role_permission_id=given.id), ROOT)
    assert [g.user for g in do(ListPermissions(), ROOT).grants] == ["root"]  # its maker
    assert refused(crowd, ListUserPermissions(username="bob"), people["carol"])
