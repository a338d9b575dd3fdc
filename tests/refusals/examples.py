"""One request for every operation that a seeded server accepts, and the seeding."""

from __future__ import annotations

from typing import Any

from cuvee import api
from cuvee.api.artifacts import PutArtifact, StoredFile, manifest_digest
from cuvee.api.base import Op
from cuvee.api.deployments import RecordDeployment
from cuvee.api.experiments import CreateExperiment, DeleteExperiment, SetExperimentTag
from cuvee.api.groups import AddMember, CreateGroup
from cuvee.api.kept_views import KeepView
from cuvee.api.logged_models import CreateLoggedModel, DeleteLoggedModel, SetLoggedModelTags
from cuvee.api.metrics import LogMetric
from cuvee.api.models import (
    CreateRegisteredModel,
    SetRegisteredModelAlias,
    SetRegisteredModelTag,
)
from cuvee.api.permissions import EVERYONE, GrantPermission
from cuvee.api.policies import ApplyPolicy
from cuvee.api.runs import CreateRun, DeleteRun, LogParam, SetTag
from cuvee.api.user_permissions import AddRolePermission
from cuvee.api.users import CreateUser
from cuvee.api.versions import CreateModelVersion, SetModelVersionTag, TransitionStage
from refusals.reviews import review_examples, seed_reviews
from refusals.search_examples import VIEW, searches
from refusals.webhook_examples import seed_webhooks, webhook_examples

Fields = dict[str, Any]
PASSWORD = "correct horse battery"


def seed(store: Any) -> dict[str, str]:
    """Put one of everything into a store and return the ids by name.

    Args:
        store: anything that has ``do``.
    """
    do = store.do
    live = do(CreateExperiment(name="wine")).experiment_id
    gone = do(CreateExperiment(name="water")).experiment_id
    gone_with = do(CreateRun(experiment_id=gone, run_name="drowned")).run.info.run_id
    do(DeleteExperiment(experiment_id=gone))
    do(SetExperimentTag(experiment_id=live, key="owner", value="me"))
    do(CreateExperiment(name="cellar/one"))
    do(KeepView(query=VIEW))
    run = do(CreateRun(experiment_id=live, run_name="one", start_time=1)).run.info.run_id
    dead = do(CreateRun(experiment_id=live, run_name="two", start_time=2)).run.info.run_id
    do(DeleteRun(run_id=dead))
    do(LogParam(run_id=run, key="depth", value="3"))
    do(LogMetric(run_id=run, key="rmse", value=0.5, timestamp=1, step=1))
    do(LogMetric(run_id=run, key="rmse", value=0.25, timestamp=2, step=2))
    do(SetTag(run_id=run, key="team", value="red"))
    logged = do(CreateLoggedModel(experiment_id=live, name="tree")).model.model_id
    do(SetLoggedModelTags(model_id=logged, tags=_tag("k", "v")))
    lost = do(CreateLoggedModel(experiment_id=live, name="bush")).model.model_id
    do(DeleteLoggedModel(model_id=lost))
    for name in ("grape", "other", "spare"):
        do(CreateRegisteredModel(name=name))
    for _ in range(2):
        do(CreateModelVersion(name="grape", source=f"runs:/{run}/model", run_id=run))
    _seed_stages(do, f"{live}/{run}/artifacts", run)
    do(SetRegisteredModelAlias(name="grape", alias="best", version="1"))
    do(SetRegisteredModelTag(name="grape", key="k", value="v"))
    do(SetModelVersionTag(name="grape", version="1", key="k", value="v"))
    level = do(
        AddRolePermission(
            role_id=EVERYONE,
            resource_type="registered_model",
            resource_pattern="spare",
            permission="READ",
        )
    ).role_permission
    comment = seed_reviews(store)
    return {
        "level": str(level.id),
        "experiment": live,
        "deleted experiment": gone,
        "run": run,
        "deleted run": dead,
        "drowned run": gone_with,
        "logged model": logged,
        "deleted logged model": lost,
        "comment": comment,
        **seed_webhooks(store),
    }


def seed_users(store: Any) -> None:
    """Put users, a group and a token into a store, which asks for a login from then on."""
    do = store.do
    do(CreateUser(username="ann", password=PASSWORD))
    do(CreateUser(username="bob", password=PASSWORD, is_admin=True))
    do(CreateGroup(name="risk"))
    do(AddMember(name="risk", username="ann"))
    do(GrantPermission(object="model:grape", user="ann", permission="CAN_READ"))


def _seed_stages(do: Any, root: str, run: str) -> None:
    """Make the model ``kept``, with a version that has files and others that held stages."""
    file = StoredFile(path="f", digest="0" * 64, size=1)
    do(PutArtifact(path=f"{root}/kept/f", digest=file.digest, size=1))
    do(CreateRegisteredModel(name="kept"))
    do(CreateModelVersion(name="kept", source=f"runs:/{run}/kept", run_id=run))
    for number, stage in (("2", "Staging"), ("3", "Production")):
        do(CreateModelVersion(name="kept", source="s3://bucket/kept"))
        do(TransitionStage(name="kept", version=number, stage=stage))
    do(TransitionStage(name="kept", version="2", stage="None"))
    do(RecordDeployment(name="kept", version="3", target="k8s/prod-us"))
    do(ApplyPolicy(document="{scope: other, stages: [{name: Live}]}"))


def _tag(key: str, value: str) -> Any:
    from cuvee.api.logged_models import LoggedModelTag

    return [LoggedModelTag(key, value)]


def examples(ids: dict[str, str]) -> dict[type[Op[Any]], Fields]:
    """Return the fields of one acceptable request for every operation with an address.

    Args:
        ids: what ``seed`` returned.
    """
    by_name = {
        **_experiments(ids),
        **_runs(ids),
        **_metrics(ids),
        **_logged_models(ids),
        **_registry(ids),
        **webhook_examples(ids),
        **_users(),
        **_permissions(ids),
        **review_examples(ids),
        **_LOG,
        **_stages(),
    }
    return {op: by_name[op.__name__] for op in api.ROUTED}


_LOG: dict[str, Fields] = {
    "AskTogether": {"questions": [{"operation": "whoAmI"}, {"operation": "getLogStatus"}]},
    "Purge": {"older_than_days": 30, "dry_run": True, "max_items": 5},
    "CollectBlobs": {"older_than_hours": 24, "dry_run": True, "page_token": "07"},
    "EraseEventTexts": {"sequence": 2, "comment": "a name was in it"},
    "LoadDemo": {"story": "wine"},
    "EraseEventAddresses": {"to_time": 1, "comment": "kept for 90 days"},
    "GetCheckpoint": {"size": 0},
    "ListCheckpoints": {"above": 0, "max_results": 5},
    "GetInclusion": {"sequence": 1, "size": 3},
    "GetConsistency": {"from_size": 1, "to_size": 3},
    "GetLogEntry": {"sequence": 1},
    "ListLogEntries": {"since": 1, "max_results": 5},
    "GetLogStatus": {},
}


def _experiments(ids: dict[str, str]) -> dict[str, Fields]:
    experiment = {"experiment_id": ids["experiment"]}
    tags = [{"key": "color", "value": "red"}]
    return {
        "CreateExperiment": {"name": "new", "artifact_location": "s3://b/c", "tags": tags},
        "GetExperiment": experiment,
        "GetExperimentByName": {"experiment_name": "wine"},
        "SearchExperiments": {
            "max_results": 5,
            "filter": "name = 'wine'",
            "order_by": ["name"],
            "view_type": "ALL",
        },
        "ListExperiments": {"view_type": "ALL", "max_results": 5},
        "GetExperimentOverviews": {"experiment_ids": [ids["experiment"]], "until": 1},
        "UpdateExperiment": {**experiment, "new_name": "wines"},
        "DeleteExperiment": experiment,
        "RestoreExperiment": {"experiment_id": ids["deleted experiment"]},
        "SetExperimentTag": {**experiment, "key": "k", "value": "v"},
        "DeleteExperimentTag": {**experiment, "key": "owner"},
        "ListTopFolders": {"limit": 5},
        "ListFolder": {"folder": "cellar", "view_type": "ALL"},
        "MoveFolder": {"folder": "cellar", "new_folder": "attic"},
        "ArchiveFolder": {"folder": "cellar"},
        "RestoreFolder": {"folder": "cellar"},
        "SearchDatasets": {"experiment_ids": [ids["experiment"]]},
    }


def _run_batches(ids: dict[str, str], tags: Any) -> dict[str, Fields]:
    return {
        "TagRuns": {"run_ids": [ids["run"]], "tags": tags, "remove": ["team"]},
        "DeleteRuns": {
            "experiment_ids": [ids["experiment"]],
            "filter": "metrics.rmse < 0",
            "max_runs": 5,
        },
        "RestoreRuns": {"run_ids": [ids["deleted run"]]},
    }


def _runs(ids: dict[str, str]) -> dict[str, Fields]:
    experiment, run = {"experiment_id": ids["experiment"]}, {"run_id": ids["run"]}
    tags = [{"key": "color", "value": "red"}]
    dataset = {"name": "d", "digest": "1", "source_type": "local", "source": "{}"}
    dataset |= {"schema": "{}", "profile": "{}"}
    model = {"model_id": ids["logged model"]}
    return {
        "CreateRun": {
            **experiment,
            "user_id": "me",
            "run_name": "r",
            "start_time": 5,
            "tags": tags,
        },
        "GetRun": run,
        "UpdateRun": {**run, "status": "FINISHED", "end_time": 9, "run_name": "done"},
        "DeleteRun": run,
        "RestoreRun": {"run_id": ids["deleted run"]},
        **_run_batches(ids, tags),
        "SearchRuns": {
            "experiment_ids": [ids["experiment"]],
            "filter": "metrics.rmse < 1",
            "run_view_type": "ALL",
            "max_results": 5,
            "order_by": ["metrics.rmse"],
        },
        **searches(ids["experiment"], ids["run"]),
        "GetRunLineage": {**run, "depth": 3, "max_nodes": 50},
        "GetRunTree": {**run, "metrics": ["rmse"], "max_nodes": 5},
        "ListRunGroups": {"experiment_ids": [ids["experiment"]], "metrics": ["rmse"]},
        "ForkRun": {**run, "step": 1, "run_name": "f", "artifacts": True},
        "RewindRun": {**run, "step": 1},
        "Heartbeat": {**run, "lease": 20, "tail": "epoch 1"},
        "GetLease": run,
        "LogParam": {**run, "key": "p", "value": "1"},
        "SetTag": {**run, "key": "t", "value": "1"},
        "DeleteTag": {**run, "key": "team"},
        "LogBatch": {
            **run,
            "metrics": [{"key": "m", "value": 1.5, "timestamp": 1, "step": 1}],
            "params": [{"key": "p2", "value": "x"}],
            "tags": tags,
        },
        "LogModel": {
            **run,
            "model_json": '{"artifact_path": "m", "flavors": {}, "utc_time_created": "", '
            '"run_id": "r"}',
        },
        "LogInputs": {
            **run,
            "datasets": [{"dataset": dataset, "tags": tags}],
            "models": [model],
        },
        "LogOutputs": {**run, "models": [{**model, "step": 1}]},
        "ListArtifacts": {**run, "path": "model"},
        "ListRunFiles": {"run_ids": [ids["run"]], "path": "model", "max_files": 10},
        "GetRunTexts": {"run_ids": [ids["run"]], "paths": ["model/MLmodel"], "max_bytes": 10},
        "ScanRunFile": {**run, "path": "model/MLmodel", "contains": "flavor", "offset": 0},
        "ListEvents": {"object": f"run:{ids['run']}", "since": 0, "max_results": 3, "comment": "w"},
    }


def _metrics(ids: dict[str, str]) -> dict[str, Fields]:
    run = ids["run"]
    return {
        "LogMetric": {
            "run_id": run,
            "key": "m",
            "value": 1.5,
            "timestamp": 1,
            "step": 1,
            "model_id": ids["logged model"],
            "dataset_name": "d",
            "dataset_digest": "1",
        },
        "GetMetricHistory": {"run_id": run, "metric_key": "rmse", "max_results": 1},
        "GetMetricHistoryBulk": {"run_id": [run], "metric_key": "rmse", "max_results": 1},
        "GetMetricHistoryBulkInterval": {
            "run_ids": [run],
            "metric_key": "rmse",
            "start_step": 0,
            "end_step": 9,
            "max_results": 2,
        },
        "GetMetricSeries": {
            "run_ids": [run],
            "keys": ["rmse"],
            "x": "metric",
            "x_key": "rmse",
            "start": 0.0,
            "end": 9.5,
            "points": 10,
        },
        "GetMetricTail": {"run_ids": [run], "keys": ["rmse"], "token": ""},
    }


def _logged_models(ids: dict[str, str]) -> dict[str, Fields]:
    model = {"model_id": ids["logged model"]}
    pairs = [{"key": "color", "value": "red"}]
    return {
        "CreateLoggedModel": {
            "experiment_id": ids["experiment"],
            "model_id": "m-" + 32 * "5",
            "name": "oak",
            "model_type": "tree",
            "source_run_id": ids["run"],
            "params": pairs,
            "tags": pairs,
        },
        "GetLoggedModel": {**model, "allow_deleted": True},
        "FinalizeLoggedModel": {**model, "status": "LOGGED_MODEL_READY"},
        "DeleteLoggedModel": model,
        "SearchLoggedModels": {
            "experiment_ids": [ids["experiment"]],
            "filter": "name = 'tree'",
            "datasets": [{"dataset_name": "d", "dataset_digest": "1"}],
            "max_results": 5,
            "order_by": [{"field_name": "name", "ascending": True}],
        },
        "SetLoggedModelTags": {**model, "tags": pairs},
        "DeleteLoggedModelTag": {**model, "tag_key": "k"},
        "LogLoggedModelParams": {**model, "params": pairs},
        "ListLoggedModelArtifacts": {**model, "artifact_directory_path": "d"},
    }


def _registry(ids: dict[str, str]) -> dict[str, Fields]:
    version = {"name": "grape", "version": "1"}
    pairs = [{"key": "color", "value": "red"}]
    search = {"filter": "name = 'grape'", "max_results": 5, "order_by": ["name"]}
    return {
        "CreateRegisteredModel": {"name": "new", "tags": pairs, "description": "d"},
        "GetRegisteredModel": {"name": "grape"},
        "RenameRegisteredModel": {"name": "grape", "new_name": "grapes"},
        "MoveRegisteredModel": {"name": "grape", "folder": ""},
        "UpdateRegisteredModel": {"name": "grape", "description": "d"},
        "DeleteRegisteredModel": {"name": "grape"},
        "SearchRegisteredModels": search,
        "ListRegisteredModels": {"max_results": 5},
        "SearchModelOverviews": {
            **search,
            "stage": "Production",
            "owner": "ann",
            "metric": "rmse",
            "offset": 1,
            "total": True,
            "choices": True,
        },
        "GetLatestVersions": {"name": "grape", "stages": ["None"]},
        "SetRegisteredModelTag": {"name": "grape", "key": "t", "value": "v"},
        "DeleteRegisteredModelTag": {"name": "grape", "key": "k"},
        "SetRegisteredModelAlias": {**version, "alias": "good"},
        "DeleteRegisteredModelAlias": {"name": "grape", "alias": "best"},
        "GetModelVersionByAlias": {"name": "grape", "alias": "best"},
        "CreateModelVersion": {
            "name": "grape",
            "source": f"runs:/{ids['run']}/model",
            "run_id": ids["run"],
            "tags": pairs,
            "run_link": "https://example.org",
            "description": "d",
        },
        "GetModelVersion": version,
        "GetVersionLineage": {**version, "depth": 3, "max_nodes": 50},
        "UpdateModelVersion": {**version, "description": "d"},
        "TransitionStage": {
            **version,
            "stage": "Production",
            "archive_existing_versions": True,
            "expected_holder": "",
        },
        "DeleteModelVersion": version,
        "SearchModelVersions": search,
        "GetModelVersionDownloadUri": version,
        "GetVersionManifest": version,
        "CompareVersions": {"name": "grape", "before": "1", "after": "@best", "everything": True},
        "GetEvidence": {**version, "files": []},
        "SetModelVersionTag": {**version, "key": "t", "value": "v"},
        "DeleteModelVersionTag": {**version, "key": "k"},
    }


def _users() -> dict[str, Fields]:
    """Return the examples that need what ``seed_users`` makes; ``SetUp`` is for a new server."""
    ann, member, role = {"username": "ann"}, {"name": "risk", "username": "ann"}, {"role_id": 1}
    return {
        "CreateUser": {"username": "eve", "password": PASSWORD, "is_admin": True, "kind": "person"},
        "GetUser": ann,
        "GetCurrentUser": {},
        "ListUsers": {},
        "UpdateUserPassword": {**ann, "password": PASSWORD, "current_password": PASSWORD},
        "UpdateUserAdmin": {**ann, "is_admin": True},
        "DeleteUser": ann,
        "DeactivateUser": ann,
        "ActivateUser": ann,
        "WhoAmI": {},
        "SetUp": {"token": "x", "username": "eve", "password": PASSWORD},
        "CreateGroup": {"name": "other", "description": "d"},
        "GetGroup": {"name": "risk"},
        "ListGroups": {},
        "UpdateGroup": {"name": "risk", "new_name": "risks", "description": "d"},
        "DeleteGroup": {"name": "risk"},
        "AddMember": member,
        "RemoveMember": member,
        "CreateRole": {"name": "other", "workspace": "default", "description": "d"},
        "GetRole": role,
        "ListRoles": {"workspace": ["default"]},
        "UpdateRole": {**role, "name": "risks", "description": "d"},
        "DeleteRole": role,
        "AssignRole": {**ann, **role},
        "UnassignRole": {**ann, **role},
        "ListUserRoles": ann,
        "ListRoleUsers": role,
        "CreateToken": {**ann, "name": "ci", "scopes": ["read"], "lifetime_days": 7},
        "ListTokens": ann,
        "RevokeToken": {"token_id": "0123456789abcdef"},
    }


def _permissions(ids: dict[str, str]) -> dict[str, Fields]:
    everyone = {"object": "model:grape", "group": "everyone"}
    listed = [{"group_name": "everyone", "permission_level": "CAN_EDIT"}]
    ours = {"resource_type": "registered_model", "resource_id": "grape"}
    level = {"role_permission_id": int(ids["level"])}
    found: dict[str, Fields] = {
        "GrantPermission": {**everyone, "permission": "CAN_READ", "stage": "Production"},
        "RevokePermission": {"object": "model:spare", "group": "everyone"},
        "ListPermissions": {"object": "model:grape", "group": "everyone"},
        "ExplainPermission": {
            "object": "version:grape/1",
            "permission": "CAN_EDIT",
            "stage": "Production",
        },
        "GrantUserPermission": {"username": "ann", **ours, "permission": "EDIT"},
        "RevokeUserPermission": {"username": "ann", **ours},
        "GetUserPermission": {"username": "ann", **ours},
        "ListUserPermissions": {"username": "ann"},
        "ListCurrentPermissions": {},
        "AddRolePermission": {
            "role_id": EVERYONE,
            "resource_type": "experiment",
            "resource_pattern": "*",
            "permission": "USE",
        },
        "UpdateRolePermission": {**level, "permission": "EDIT"},
        "RemoveRolePermission": level,
        "ListRolePermissions": {"role_id": EVERYONE},
    }
    for noun, number in (("Model", "1"), ("Experiment", ids["experiment"])):
        found[f"Get{noun}Permissions"] = {"id": number}
        found[f"Get{noun}PermissionLevels"] = {"id": number}
        found[f"Set{noun}Permissions"] = {"id": number, "access_control_list": listed}
        found[f"Update{noun}Permissions"] = {"id": number, "access_control_list": listed}
    return found


def _stages() -> dict[str, Fields]:
    kept = {"name": "kept", "stage": "Production"}
    digest = manifest_digest([StoredFile(path="f", digest="0" * 64, size=1)])
    return {
        "GetStageHolder": {**kept, "at": ""},
        "ListHoldings": {**kept, "version": "3", "max_results": 5},
        "RecordDeployment": {
            "name": "kept",
            "version": "1",
            "target": "k8s/prod-eu",
            "url": "https://eu.example",
        },
        "EndDeployment": {"name": "kept", "target": "k8s/prod-us"},
        "ListDeployments": {
            "name": "kept",
            "version": "3",
            "include_ended": True,
            "max_results": 5,
        },
        "ListLoads": {"name": "kept", "version": "3", "by": "day", "max_results": 5},
        "RollbackStage": {"name": "kept", "stage": "Staging", "expected_holder": ""},
        "SwapStages": {**kept, "version": "1", "expected_holder": "3"},
        "FindVersionByDigest": {"name": "kept", "digest": digest},
        "GetScoring": {"name": "kept", "version": "3"},
        "ScoreVersion": {"name": "kept", "version": "3", "payload": {"inputs": [[1.0]]}},
        "ApplyPolicy": {"document": "{scope: kept, stages: [{name: Production}]}"},
        "GetModelPolicy": {"name": "kept"},
        "ListPolicyVersions": {"scope": "other"},
        "RemovePolicy": {"scope": "other"},
    }
