"""Posted checks, checks over facts, comments, and emergencies."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from conformance.people import People, Person, gated, put_policy
from cuvee.api.artifacts import PutArtifact
from cuvee.api.base import Store
from cuvee.api.checks import (
    CloseEmergency,
    DeleteCheck,
    ListChecks,
    ListEmergencies,
    SetCheck,
)
from cuvee.api.comments import CreateComment, DeleteComment, ListComments, UpdateComment
from cuvee.api.datasets import Dataset, DatasetInput, LogInputs
from cuvee.api.events import ListEvents
from cuvee.api.holdings import RollbackStage, SwapStages
from cuvee.api.metrics import Metric
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.reviews import (
    ApproveTransitionRequest,
    CreateTransitionRequest,
    ExplainTransition,
    Explanation,
    ListActivities,
    ListTransitionRequests,
)
from cuvee.api.runs import CreateRun, GetRun, LogBatch, Param, RunTag
from cuvee.api.versions import (
    CreateModelVersion,
    DeleteModelVersion,
    GetModelVersion,
    SetModelVersionTag,
    TransitionStage,
    UpdateModelVersion,
)
from cuvee.errors import Conflict, InvalidParameter, NotFound, PermissionDenied
from cuvee.store.sql import SqlStore

FLAVORS = "flavors:\n  sklearn:\n    serialization_format: {form}\n    pickled_model: model\n"


@pytest.fixture
def ann(people: People) -> Person:
    """Who makes the versions."""
    found = people("ann")
    found.do(CreateRegisteredModel(name="wine"))
    return found


def model_text(inputs: list[str], form: str = "skops") -> str:
    columns = [{"name": name, "type": "double", "required": True} for name in inputs]
    outputs = json.dumps([{"type": "long", "required": True}])
    signature = f"signature:\n  inputs: '{json.dumps(columns)}'\n  outputs: '{outputs}'\n"
    return FLAVORS.format(form=form) + signature


def register(
    ann: Person,
    store: SqlStore,
    *,
    rmse: float = 0.5,
    data: str = "d1",
    files: dict[str, str] | None = None,
) -> str:
    """Log a run with a model and register it; return the version."""
    run = ann.do(CreateRun(experiment_id="0")).run.info
    logged = LogBatch(
        run_id=run.run_id,
        metrics=[Metric("rmse", rmse, 1, 0)],
        params=[Param("depth", "4")],
        tags=[RunTag("ticket", "W-1")],
    )
    ann.do(logged)
    dataset = Dataset("harvest", data, "local", "{}")
    ann.do(LogInputs(run_id=run.run_id, datasets=[DatasetInput(dataset)]))
    root = run.artifact_uri.partition(":")[2].lstrip("/")
    for name, text in (files or {}).items():
        put(store, f"{root}/model/{name}", text)
    op = CreateModelVersion(name="wine", source=f"runs:/{run.run_id}/model", run_id=run.run_id)
    return ann.do(op).model_version.version


def put(store: SqlStore, path: str, text: str) -> None:
    """Make a file visible as the artifact transfer does once it has the bytes."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    kept = text if path.endswith("MLmodel") else ""
    store.do(PutArtifact(path=path, digest=digest, size=len(text), text=kept))


def explain(person: Person, version: str) -> Explanation:
    return person.do(ExplainTransition(name="wine", version=version, stage="Production"))


def states(person: Person, version: str) -> dict[str, str]:
    return {c.check: c.state for c in explain(person, version).checks}


EXPRESSIONS = [
    "metrics.rmse <= production.metrics.rmse * 0.99",
    "params.depth == 4",
    "tags.ticket is set",
    "description is set",
    "dataset is production.dataset",
    "signature compatible with production",
    "no pickle",
]


def test_checks_look_at_the_run_the_files_and_the_holder_of_the_stage(
    ann: Person, local_store: SqlStore
) -> None:
    files = {"MLmodel": model_text(["acid"]), "model.skops": "x", "requirements.txt": "y"}
    old = register(ann, local_store, rmse=0.6, files=files)
    ann.do(TransitionStage(name="wine", version=old, stage="Production"))
    put_policy(local_store, gated(approvals=0, checks=EXPRESSIONS))
    new = register(ann, local_store, rmse=0.5, files={**files, "model.skops": "z"})

    found = states(ann, new)
    assert found.pop("description is set") == "failed"
    assert set(found.values()) == {"passed"}, found

    ann.do(UpdateModelVersion(name="wine", version=new, description="better"))
    ann.do(TransitionStage(name="wine", version=new, stage="Production"))
    assert ann.do(GetModelVersion(name="wine", version=new)).model_version.current_stage == (
        "Production"
    )


def test_what_is_worse_pickled_or_breaks_callers_is_refused_with_the_reasons(
    ann: Person, local_store: SqlStore
) -> None:
    old = register(ann, local_store, files={"MLmodel": model_text(["acid"])})
    ann.do(TransitionStage(name="wine", version=old, stage="Production"))
    put_policy(local_store, gated(approvals=0, checks=EXPRESSIONS))
    files = {"MLmodel": model_text(["acid", "ph"], "cloudpickle"), "model.pkl": "x"}
    new = register(ann, local_store, rmse=0.7, data="d2", files=files)

    with pytest.raises(PermissionDenied) as refused:
        ann.do(TransitionStage(name="wine", version=new, stage="Production"))

    said = refused.value.message
    assert "metrics.rmse 0.7 is not <= 0.5 * 0.99 (version 1 in production)" in said
    assert "version 2 has read harvest@d2, and version 1 in production harvest@d1" in said
    assert "input 'ph' is required now" in said
    assert "pickled: model.pkl, flavor sklearn (cloudpickle)" in said


def test_what_the_registry_does_not_know_does_not_pass(ann: Person, local_store: SqlStore) -> None:
    old = register(ann, local_store, files={"MLmodel": model_text(["acid"])})
    ann.do(TransitionStage(name="wine", version=old, stage="Production"))
    put_policy(local_store, gated(approvals=0, checks=EXPRESSIONS))
    op = CreateModelVersion(name="wine", source="s3://elsewhere/m")
    new = ann.do(op).model_version.version

    found = states(ann, new)

    assert found.pop("description is set") == found.pop("tags.ticket is set") == "failed"
    assert set(found.values()) == {"unknown"}, found


def test_without_a_holder_comparisons_pass_and_say_so(ann: Person, local_store: SqlStore) -> None:
    put_policy(local_store, gated(approvals=0, checks=[EXPRESSIONS[0]]))
    first = register(ann, local_store)

    (check,) = explain(ann, first).checks

    assert (check.state, "no other version is in production" in check.reason) == ("passed", True)


def test_a_tag_of_the_version_counts_before_the_run_s(ann: Person, local_store: SqlStore) -> None:
    put_policy(local_store, gated(approvals=0, checks=["tags.ticket == 'W-2'"]))
    version = register(ann, local_store)
    assert states(ann, version) == {"tags.ticket == 'W-2'": "failed"}

    ann.do(SetModelVersionTag(name="wine", version=version, key="ticket", value="W-2"))

    assert states(ann, version) == {"tags.ticket == 'W-2'": "passed"}


def test_a_posted_check_opens_the_gate_and_a_failed_one_shuts_it(
    people: People, ann: Person, local_store: SqlStore, store: Store
) -> None:
    put_policy(local_store, gated(approvals=0, checks=["golden-set"]))
    version = register(ann, local_store)
    move = TransitionStage(name="wine", version=version, stage="Production")
    with pytest.raises(PermissionDenied, match="post golden-set"):
        ann.do(move)

    post = {"name": "wine", "version": version, "check_name": "golden-set"}
    url = "https://ci.example/7"
    people("ci").do(SetCheck(**post, passed=False, url=url, details="2 of 90 differ"))
    with pytest.raises(PermissionDenied, match=r"ci posted that it failed \(https://ci"):
        ann.do(move)
    people("ci").do(SetCheck(**post, passed=True, url=url))

    ann.do(move)
    (check,) = ann.do(ListChecks(name="wine", version=version)).checks
    assert (check.name, check.passed, check.user_id, check.url) == ("golden-set", True, "ci", url)
    told = store.do(ListEvents(action="check.set")).events
    assert [e.after["passed"] for e in told] == [False, True]
    assert {e.object for e in told} == {f"version:wine/{version}"}


def test_a_check_is_pinned_to_the_files_and_may_be_taken_back(
    ann: Person, local_store: SqlStore
) -> None:
    version = register(ann, local_store, files={"MLmodel": model_text(["acid"])})
    digest = ann.do(GetModelVersion(name="wine", version=version)).model_version.digest
    post = {"name": "wine", "version": version, "check_name": "golden-set"}
    with pytest.raises(Conflict, match="check the version's own files"):
        ann.do(SetCheck(**post, passed=True, digest="0" * 64))
    assert ann.do(SetCheck(**post, passed=True, digest=digest)).check.digest == digest

    ann.do(DeleteCheck(**post))

    assert ann.do(ListChecks(name="wine", version=version)).checks == []
    with pytest.raises(NotFound, match="no result of a check 'golden-set'"):
        ann.do(DeleteCheck(**post))


def test_files_that_come_later_void_approvals_and_checks(
    people: People, ann: Person, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(approvals=2, checks=["golden-set"]))
    version = register(ann, local_store)  # registered before its files are there
    where: dict[str, Any] = {"name": "wine", "version": version}
    ann.do(CreateTransitionRequest(**where, stage="Production"))
    people("cat").do(ApproveTransitionRequest(**where, stage="Production"))
    ann.do(SetCheck(**where, check_name="golden-set", passed=True))

    source = ann.do(GetModelVersion(**where)).model_version
    run = ann.do(GetRun(run_id=source.run_id)).run.info
    root = run.artifact_uri.partition(":")[2].lstrip("/")
    put(local_store, f"{root}/model/MLmodel", model_text(["acid"]))

    (open_,) = ann.do(ListTransitionRequests(**where)).requests
    assert open_.approvals == []
    assert open_.void_approvals[0].reason == "the version's files have changed since"
    assert states(ann, version) == {"golden-set": "unknown"}
    (check,) = ann.do(ListChecks(**where)).checks
    assert not check.counts


def test_a_version_gets_no_more_files_where_it_came_by_review(
    people: People, ann: Person, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(approvals=1))
    version = register(ann, local_store)  # registered before its files are there
    where: dict[str, Any] = {"name": "wine", "version": version}
    source = ann.do(GetModelVersion(**where)).model_version
    root = ann.do(GetRun(run_id=source.run_id)).run.info.artifact_uri.partition(":")[2].lstrip("/")
    ann.do(CreateTransitionRequest(**where, stage="Production"))
    people("cat").do(ApproveTransitionRequest(**where, stage="Production"))

    for name in ("MLmodel", "more/data"):
        with pytest.raises(Conflict, match="in a stage that takes versions by review"):
            put(local_store, f"{root}/model/{name}", "other")
    assert ann.do(GetModelVersion(**where)).model_version.digest == source.digest == ""
    put(local_store, f"{root}/beside", "other")

    ann.do(TransitionStage(**where, stage="Staging"))
    put(local_store, f"{root}/model/MLmodel", "other")
    with pytest.raises(PermissionDenied, match="the version's files have changed since"):
        ann.do(TransitionStage(**where, stage="Production"))


@pytest.mark.parametrize(
    "fields", [{"check_name": "two words"}, {"check_name": "-x"}, {"url": "javascript:alert(1)"}]
)
def test_a_check_with_a_bad_name_or_link_is_refused(
    ann: Person, local_store: SqlStore, fields: dict[str, str]
) -> None:
    version = register(ann, local_store)
    usual = {"name": "wine", "version": version, "check_name": "golden-set"}
    with pytest.raises(InvalidParameter):
        ann.do(SetCheck(**{**usual, **fields}, passed=True))
    assert ann.do(ListChecks(name="wine", version=version)).checks == []


# ---------------------------------------------------------------- comments


def test_comments_are_their_authors_to_change(
    people: People, ann: Person, local_store: SqlStore
) -> None:
    version = register(ann, local_store)
    where: dict[str, Any] = {"name": "wine", "version": version}
    made = ann.do(CreateComment(**where, comment="fruity")).comment
    assert made.available_actions == ["EDIT_COMMENT", "DELETE_COMMENT"]

    with pytest.raises(PermissionDenied, match="The comment is ann's"):
        people("bob").do(UpdateComment(id=made.id, comment="sour"))
    changed = ann.do(UpdateComment(id=made.id, comment="fruity, dry")).comment

    assert changed.creation_timestamp == made.creation_timestamp
    (seen,) = people("bob").do(ListComments(**where)).comments
    assert (seen.comment, seen.user_id) == ("fruity, dry", "ann")
    assert "EDIT_COMMENT" not in seen.available_actions
    (told,) = ann.do(ListActivities(**where)).activities
    assert (told.activity_type, told.id, told.comment) == ("NEW_COMMENT", made.id, "fruity, dry")

    ann.do(DeleteComment(id=made.id))
    assert ann.do(ListComments(**where)).comments == []
    (told,) = ann.do(ListActivities(**where)).activities
    assert (told.comment, told.system_comment) == ("", "The comment was deleted.")
    with pytest.raises(NotFound):
        ann.do(UpdateComment(id=made.id, comment="again"))


def test_comments_are_paged(ann: Person, local_store: SqlStore) -> None:
    version = register(ann, local_store)
    where: dict[str, Any] = {"name": "wine", "version": version}
    for n in range(3):
        ann.do(CreateComment(**where, comment=str(n)))

    first = ann.do(ListComments(**where, max_results=2))
    rest = ann.do(ListComments(**where, max_results=2, page_token=first.next_page_token or ""))

    assert [c.comment for c in (*first.comments, *rest.comments)] == ["0", "1", "2"]
    assert rest.next_page_token is None


def test_an_empty_comment_or_a_strange_id_is_refused(ann: Person, local_store: SqlStore) -> None:
    version = register(ann, local_store)
    with pytest.raises(InvalidParameter):
        ann.do(CreateComment(name="wine", version=version, comment=""))
    for strange in ("x", "-1", "1.5", "9" * 30):
        with pytest.raises(InvalidParameter):
            ann.do(DeleteComment(id=strange))
    with pytest.raises(NotFound):
        ann.do(DeleteComment(id="9" * 18))


# ---------------------------------------------------------------- emergencies


def test_breaking_the_glass_opens_an_emergency_that_somebody_else_must_close(
    people: People, ann: Person, local_store: SqlStore, store: Store
) -> None:
    put_policy(local_store, gated(approvals=2, break_glass=["user:eve"]))
    version = register(ann, local_store)
    move: dict[str, Any] = {
        "name": "wine",
        "version": version,
        "stage": "Production",
        "break_glass": True,
    }

    question = ExplainTransition(name="wine", version=version, stage="Production")
    assert people("eve").do(question).break_glass
    assert not ann.do(question).break_glass
    with pytest.raises(PermissionDenied, match="its policy lets user:eve do that"):
        ann.do(TransitionStage(**move, comment="site down"))
    with pytest.raises(InvalidParameter, match="needs a reason"):
        people("eve").do(TransitionStage(**move))
    people("eve").do(TransitionStage(**move, comment="site down"))
    assert not people("eve").do(question).break_glass  # there is nothing to break any more

    (held,) = ann.do(ListEmergencies(name="wine", open_only=True)).emergencies
    assert (held.version, held.stage, held.user_id, held.comment) == (
        version,
        "Production",
        "eve",
        "site down",
    )
    (moved,) = store.do(ListEvents(action="version.transitioned")).events
    assert moved.details["emergency"] == held.id
    assert "2 more approvals" in moved.details["missing"][0]
    assert len(store.do(ListEvents(action="emergency.opened")).events) == 1

    (seen,) = people("eve").do(ListEmergencies(name="wine")).emergencies
    assert "somebody else must review and close" in seen.refused
    assert held.refused == ""
    with pytest.raises(PermissionDenied, match="somebody else must review and close"):
        people("eve").do(CloseEmergency(id=held.id, comment="was fine"))
    with pytest.raises(InvalidParameter, match="needs a conclusion"):
        ann.do(CloseEmergency(id=held.id))
    closed = ann.do(CloseEmergency(id=held.id, comment="reviewed: right")).emergency
    assert (closed.closed_by, closed.conclusion) == ("ann", "reviewed: right")
    with pytest.raises(Conflict, match="ann has closed emergency"):
        people("bob").do(CloseEmergency(id=held.id, comment="again"))
    assert ann.do(ListEmergencies(open_only=True)).emergencies == []
    assert len(ann.do(ListEmergencies()).emergencies) == 1


def test_a_rollback_that_a_check_blocks_may_break_the_glass_too(
    people: People, ann: Person, local_store: SqlStore, store: Store
) -> None:
    versions = [register(ann, local_store), register(ann, local_store)]
    for version in versions:
        move = TransitionStage(
            name="wine", version=version, stage="Production", archive_existing_versions=True
        )
        ann.do(move)
    put_policy(local_store, gated(checks=["golden-set"], break_glass=["user:eve"]))
    back: dict[str, Any] = {"name": "wine", "stage": "Production"}

    with pytest.raises(PermissionDenied, match=r"golden-set.* user:eve may send break_glass"):
        people("eve").do(RollbackStage(**back, comment="down"))
    with pytest.raises(PermissionDenied, match="its policy lets user:eve do that"):
        ann.do(RollbackStage(**back, comment="down", break_glass=True))
    with pytest.raises(InvalidParameter, match="needs a reason"):
        people("eve").do(RollbackStage(**back, break_glass=True))
    assert ann.do(ListEmergencies()).emergencies == []
    people("eve").do(RollbackStage(**back, comment="down", break_glass=True))

    (held,) = ann.do(ListEmergencies(name="wine", open_only=True)).emergencies
    assert (held.version, held.comment) == (versions[0], "down")
    moved = store.do(
        ListEvents(action="version.transitioned", object=f"version:wine/{held.version}")
    )
    assert moved.events[-1].details["emergency"] == held.id
    assert moved.events[-1].details["rollback"] is True


def test_a_swap_may_break_the_glass_too(
    people: People, ann: Person, local_store: SqlStore, store: Store
) -> None:
    first, second = register(ann, local_store), register(ann, local_store)
    for version, stage in ((first, "Production"), (second, "Staging")):
        ann.do(TransitionStage(name="wine", version=version, stage=stage))
    put_policy(local_store, gated(checks=["golden-set"], break_glass=["user:eve"]))
    swap: dict[str, Any] = {"name": "wine", "version": second, "stage": "Production"}

    with pytest.raises(PermissionDenied, match=r"golden-set.* user:eve may send break_glass"):
        people("eve").do(SwapStages(**swap, comment="down"))
    with pytest.raises(PermissionDenied, match="its policy lets user:eve do that"):
        ann.do(SwapStages(**swap, comment="down", break_glass=True))
    with pytest.raises(InvalidParameter, match="needs a reason"):
        people("eve").do(SwapStages(**swap, break_glass=True))
    assert ann.do(ListEmergencies()).emergencies == []
    moved = people("eve").do(SwapStages(**swap, comment="down", break_glass=True)).model_versions

    assert [v.current_stage for v in moved] == ["Production", "Staging"]
    (held,) = ann.do(ListEmergencies(name="wine", open_only=True)).emergencies
    assert (held.version, held.stage, held.comment) == (second, "Production", "down")
    told = store.do(ListEvents(action="version.transitioned", object=f"version:wine/{second}"))
    assert told.events[-1].details["emergency"] == held.id
    assert told.events[-1].details["swapped_with"] == first


def test_deleting_the_version_does_not_make_an_emergency_disappear(
    people: People, ann: Person, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(break_glass=["user:eve"]))
    version = register(ann, local_store)
    people("eve").do(
        TransitionStage(
            name="wine", version=version, stage="Production", comment="down", break_glass=True
        )
    )
    ann.do(TransitionStage(name="wine", version=version, stage="Archived"))
    ann.do(DeleteModelVersion(name="wine", version=version))

    (held,) = ann.do(ListEmergencies(open_only=True)).emergencies
    ann.do(CloseEmergency(id=held.id, comment="withdrawn"))


def test_an_open_gate_needs_no_glass_broken(
    people: People, ann: Person, local_store: SqlStore
) -> None:
    put_policy(local_store, gated(approvals=0, break_glass=["user:eve"]))
    version = register(ann, local_store)
    people("eve").do(
        TransitionStage(
            name="wine", version=version, stage="Production", comment="x", break_glass=True
        )
    )
    assert ann.do(ListEmergencies()).emergencies == []
