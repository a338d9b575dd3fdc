"""An evidence pack holds what is known about a version, and nothing that a caller has invented."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from conformance.people import People, gated, put_policy
from cuvee.api.artifacts import PutArtifact
from cuvee.api.base import Actor, Store
from cuvee.api.checks import SetCheck
from cuvee.api.evidence import EnvironmentFile, Evidence, GetEvidence
from cuvee.api.experiments import CreateExperiment
from cuvee.api.metrics import LogMetric
from cuvee.api.models import CreateRegisteredModel, DeleteRegisteredModel, RenameRegisteredModel
from cuvee.api.permissions import GrantPermission
from cuvee.api.policies import ApplyPolicy
from cuvee.api.reviews import (
    ApproveTransitionRequest,
    CreateTransitionRequest,
    RejectTransitionRequest,
)
from cuvee.api.runs import CreateRun, DeleteRun, UpdateRun
from cuvee.api.users import CreateUser
from cuvee.api.versions import CreateModelVersion, SetModelVersionTag, TransitionStage
from cuvee.errors import InvalidParameter, NotFound, PermissionDenied
from cuvee.store.sql import SqlStore

REQUIREMENTS = "numpy==2.1.0\r\nscikit-learn\n"
MODEL = "flavors:\n  sklearn: {}\n# Ünïcode\n"


@pytest.fixture
def version(local_store: SqlStore) -> str:
    """Register ``wine`` version 1 with files, from a run; return the run's id."""
    do = local_store.do
    experiment = do(CreateExperiment(name="wine")).experiment_id
    info = do(CreateRun(experiment_id=experiment, run_name="first", start_time=1)).run.info
    do(LogMetric(run_id=info.run_id, key="rmse", value=0.5, timestamp=1))
    root = info.artifact_uri.partition(":/")[2]
    for path, text in (("requirements.txt", REQUIREMENTS), ("MLmodel", MODEL)):
        data = text.encode()
        digest = hashlib.sha256(data).hexdigest()
        do(PutArtifact(path=f"{root}/model/{path}", digest=digest, size=len(data)))
    do(CreateRegisteredModel(name="wine"))
    source = f"{info.artifact_uri}/model"
    do(CreateModelVersion(name="wine", source=source, run_id=info.run_id))
    do(UpdateRun(run_id=info.run_id, status="FINISHED", end_time=9))
    return info.run_id


def pack(store: Store, name: str = "wine", **files: str) -> tuple[Evidence, dict[str, str]]:
    """Return a pack and its files."""
    texts = [EnvironmentFile(path.replace("_", "."), text) for path, text in files.items()]
    found = store.do(GetEvidence(name=name, version="1", files=texts))
    return found, {member.path: member.text for member in found.members}


def actions(files: dict[str, str]) -> list[str]:
    """Return what the pack's events say was done."""
    return [event["action"] for event in json.loads(files["facts/events.json"])]


def test_a_pack_says_what_was_done_with_what_result(store: Store, version: str) -> None:
    store.do(TransitionStage(name="wine", version="1", stage="Production", comment="the best"))

    found, files = pack(store, requirements_txt=REQUIREMENTS, MLmodel=MODEL)

    assert (found.name, found.version, len(found.digest)) == ("wine", "1", 64)
    assert actions(files) == [
        "run.created",
        "model.created",
        "version.created",
        "run.finished",
        "version.transitioned",
    ]
    run = json.loads(files["facts/run.json"])
    assert run["info"]["run_id"] == version
    assert run["data"]["metrics"][0]["value"] == 0.5
    (held,) = json.loads(files["facts/stages.json"])
    assert held["stage"] == "Production"
    assert "the best" in files["card.md"]
    assert files["environment/requirements.txt"] == REQUIREMENTS
    assert files["environment/MLmodel"] == MODEL


def test_the_list_of_files_has_the_digest_of_the_version(store: Store, version: str) -> None:  # noqa: ARG001
    found, files = pack(store)
    assert hashlib.sha256(files["files.sha256"].encode()).hexdigest() == found.digest
    assert f"digest {found.digest}\n" in files["MANIFEST"]


def test_every_other_file_is_in_the_manifest(store: Store, version: str) -> None:  # noqa: ARG001
    found, files = pack(store, MLmodel=MODEL)
    assert list(files) == sorted(files)
    assert len(found.members) == len(files)
    for path in files.keys() - {"MANIFEST"}:
        digest = hashlib.sha256(files[path].encode()).hexdigest()
        assert f"\n{digest}  {path}\n" in files["MANIFEST"]


def test_nothing_changes_nothing_differs(store: Store, version: str) -> None:  # noqa: ARG001
    assert pack(store, MLmodel=MODEL) == pack(store, MLmodel=MODEL)


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        ("requirements_txt", "numpy==2.1.0\nscikit-learn\n", "not the one that was registered"),
        ("requirements_txt", "", "not the one that was registered"),
        ("conda_yaml", "", "leave out 'conda.yaml'"),
        ("card_md", "perfect", "leave out 'card.md'"),
    ],
)
def test_what_was_not_registered_is_refused(
    store: Store,
    version: str,  # noqa: ARG001
    path: str,
    text: str,
    complaint: str,
) -> None:
    with pytest.raises(InvalidParameter, match=complaint):
        pack(store, **{path: text})


def test_what_was_not_handed_in_is_missing(store: Store, version: str) -> None:  # noqa: ARG001
    found, files = pack(store)
    assert "environment/MLmodel" not in files
    (gap,) = [g.says for g in found.missing if g.says.startswith("MLmodel")]
    assert "did not hand it in" in gap
    assert gap in files["missing.md"]


def test_a_renamed_model_keeps_its_history_in_the_pack(store: Store, version: str) -> None:  # noqa: ARG001
    store.do(SetModelVersionTag(name="wine", version="1", key="k", value="v"))
    store.do(RenameRegisteredModel(name="wine", new_name="vin"))
    store.do(SetModelVersionTag(name="vin", version="1", key="k", value="w"))

    _, files = pack(store, "vin")
    assert actions(files) == [
        "run.created",
        "model.created",
        "version.created",
        "run.finished",
        "version.tag_set",
        "model.renamed",
        "version.tag_set",
    ]


def test_the_history_of_another_model_of_the_name_stays_out(store: Store, version: str) -> None:
    store.do(SetModelVersionTag(name="wine", version="1", key="k", value="v"))
    store.do(DeleteRegisteredModel(name="wine"))
    store.do(CreateRegisteredModel(name="wine"))
    store.do(CreateModelVersion(name="wine", source=f"runs:/{version}/model", run_id=version))
    store.do(RenameRegisteredModel(name="wine", new_name="vin"))
    store.do(CreateRegisteredModel(name="wine"))
    store.do(CreateModelVersion(name="wine", source=f"runs:/{version}/model", run_id=version))

    assert actions(pack(store)[1]) == [
        "run.created",
        "run.finished",
        "model.created",
        "version.created",
    ]
    assert actions(pack(store, "vin")[1]) == [
        "run.created",
        "run.finished",
        "model.created",
        "version.created",
        "model.renamed",
    ]


def test_a_deleted_run_is_told(store: Store, version: str) -> None:
    store.do(DeleteRun(run_id=version))
    found, _ = pack(store)
    assert any("has been deleted" in gap.says for gap in found.missing)


def test_there_is_no_pack_of_what_there_is_not(store: Store, version: str) -> None:  # noqa: ARG001
    with pytest.raises(NotFound):
        store.do(GetEvidence(name="wine", version="2"))
    with pytest.raises(NotFound):
        pack(store, "water")
    with pytest.raises(InvalidParameter):
        store.do(GetEvidence(name="wine", version="Production"))


def test_approvals_that_no_longer_count_stand_in_the_pack_with_the_reason(
    store: Store,
    people: People,
    version: str,  # noqa: ARG001
    local_store: SqlStore,
) -> None:
    put_policy(local_store, gated(checks=["golden-set"]))
    wanted: dict[str, Any] = {"name": "wine", "version": "1", "stage": "Production"}
    people("bob").do(CreateTransitionRequest(**wanted, comment="please"))
    people("cat").do(RejectTransitionRequest(**wanted, comment="no golden set"))
    people("bob").do(CreateTransitionRequest(**wanted, comment="again"))
    people("cat").do(ApproveTransitionRequest(**wanted, comment="fine"))

    def review() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(pack(store)[1]["facts/review.json"])["requests"]
        return found

    first, second = review()
    assert (first["state"], first["verdicts"][0]["comment"]) == ("rejected", "no golden set")
    assert (second["user"], second["verdicts"][0]["user"]) == ("bob", "cat")
    assert "counts" not in second["verdicts"][0], "an approval that counts needs no remark"

    found, files = pack(store)
    (required,) = json.loads(files["facts/checks.json"])["required"]
    assert (required["check"], required["state"]) == ("golden-set", "unknown")
    assert any("'golden-set'" in gap.says for gap in found.missing)

    put_policy(local_store, gated(), version=2)
    (void,) = review()[1]["verdicts"]
    assert void["counts"] is False
    assert "the policy has changed since" in void["why_not"]
    assert any(void["why_not"] in gap.says for gap in pack(store)[0].missing)


def test_a_run_that_the_caller_may_not_read_stays_out_of_the_pack(
    local_store: SqlStore, version: str
) -> None:
    root = Actor("root", "token", user=99, admin=True)
    local_store.do(CreateUser(username="root", password="correct horse battery"), root)
    made = local_store.do(CreateUser(username="bob", kind="service"), root).user
    bob = Actor("bob", "token", user=made.id)
    asked = GetEvidence(name="wine", version="1")
    with pytest.raises(PermissionDenied):
        local_store.do(asked, bob)

    local_store.do(GrantPermission(object="model:wine", user="bob", permission="CAN_READ"), root)
    found = local_store.do(asked, bob)
    files = {member.path: member.text for member in found.members}
    assert "facts/run.json" not in files
    assert "run.created" not in actions(files)
    assert "version.created" in actions(files)
    assert "rmse" not in files["card.md"]
    says = f"The run {version} is one that bob, who asked, may not read."
    assert says in [gap.says for gap in found.missing]
    assert "facts/run.json" in [m.path for m in local_store.do(asked, root).members]


@pytest.mark.parametrize("scope", ["/", "wine"])
def test_the_history_of_the_policy_stands_in_the_pack_also_after_a_rename(
    store: Store,
    version: str,  # noqa: ARG001
    scope: str,
) -> None:
    document = f"{{scope: {scope}, stages: [{{name: Production, review: {{}}}}]}}"
    store.do(ApplyPolicy(document=document, comment="agreed"))
    store.do(RenameRegisteredModel(name="wine", new_name="vin"))

    _, files = pack(store, "vin")
    assert actions(files).count("policy.applied") == 1
    assert "agreed" in files["card.md"]
    assert "- Production: 1 approval; not by the author or the requester" in files["card.md"]


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (
            (
                "INSERT INTO verdicts (request_pk, user_id, verdict, comment, archive, digest, "
                "policy, created) SELECT pk, 'eve', 'approved', '', 0, digest, policy, created "
                "FROM requests"
            ),
            "verdicts on request 1 by eve is 'approved of",
        ),
        ("UPDATE model_versions SET stage = 'Production'", "stage is 'Production'"),
        ("UPDATE checks SET passed = 1", "check 'golden' passed is True"),
        ("UPDATE registered_models SET description = 'safe'", "description is another text"),
        ("DELETE FROM requests", "request 1 stage is not there"),
    ],
)
def test_what_was_slipped_in_is_not_passed_off_as_proved(
    edit: str,
    says: str,
    store: Store,
    local_store: SqlStore,
    version: str,  # noqa: ARG001
) -> None:
    """The server signs what it holds; where the log tells otherwise, the pack says so."""
    store.do(CreateTransitionRequest(name="wine", version="1", stage="Production"))
    store.do(SetCheck(name="wine", version="1", check_name="golden", passed=False))
    assert all("disagree" not in gap.says for gap in pack(store)[0].missing)
    connection = local_store.database.connect()
    cursor = connection.cursor()
    old = {}
    for table in ("verdicts", "model_versions", "checks", "registered_models", "requests"):
        cursor.execute(f"SELECT * FROM {table}")
        old[table] = cursor.fetchall()
    cursor.execute(edit)
    found, files = pack(store)
    mark = "?" if local_store.database.group_commit else "%s"
    for table, rows in old.items():  # the log is compared with what a test leaves
        cursor.execute(f"DELETE FROM {table}")
        for row in rows:
            marks = ", ".join([mark] * len(row))
            cursor.execute(f"INSERT INTO {table} VALUES ({marks})", row)
    connection.close()
    gaps = [gap for gap in found.missing if "disagree" in gap.says]
    assert {gap.topic for gap in gaps} == {"proof"}
    assert any(says in gap.says for gap in gaps), gaps
    assert "The registry and the log disagree" in files["missing.md"]
