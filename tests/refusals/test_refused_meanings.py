"""Well-formed requests that cannot be carried out: unknown, deleted, duplicate, reserved."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cuvee import api
from cuvee.api.base import CUVEE, Op
from cuvee.api.wire import decode_body
from cuvee.errors import CuveeError
from cuvee.store.sql import SqlStore
from refusals.served import API, Site, check_refusal

INVALID = "INVALID_PARAMETER_VALUE"
MISSING = "RESOURCE_DOES_NOT_EXIST"
EXISTS = "RESOURCE_ALREADY_EXISTS"
NO_RUN = "0" * 32
NO_MODEL = "m-" + "0" * 32
TAG = {"key": "k", "value": "v"}
POINT = {"key": "m", "value": 1, "timestamp": 1}
PAIR = {"key": "k", "value": "v"}
GRAPE = {"name": "grape", "version": "1"}

# Operation, fields ("$run" stands for the seeded run's id), and the answer.
Case = tuple[str, dict[str, Any], int, str]

EXPERIMENTS: list[Case] = [
    ("CreateExperiment", {"name": "wine"}, 400, EXISTS),
    ("CreateExperiment", {"name": "water"}, 400, EXISTS),
    ("CreateExperiment", {"name": "n" * 501}, 400, INVALID),
    ("CreateExperiment", {"name": "x", "tags": [TAG, TAG]}, 400, INVALID),
    ("CreateExperiment", {"name": "x", "tags": [{"key": "a//b"}]}, 400, INVALID),
    ("CreateExperiment", {"name": "x", "tags": [{"key": "k", "value": "v" * 20001}]}, 400, INVALID),
    *(
        ("CreateExperiment", {"name": "x", "artifact_location": place}, 400, INVALID)
        for place in (
            "http://example.org/a", "https://[::1", "http://[", "//[x", "runs:/a/b", "models:/a/1",
            "mlflow-artifacts://host/a", "s3://b/../c", "s3://b/%2e%2e/c", "s3://b/%252e%252e/c",
            "/a/../../etc", "..\\..\\a", "s3://b/a#f", "s3://b?x=../..", "ftp://h/x", "l" * 2049,
        )
    ),
    *(
        (op, {**fields, "experiment_id": number}, 400, INVALID)
        for op, fields in (
            ("GetExperiment", {}),
            ("DeleteExperiment", {}),
            ("RestoreExperiment", {}),
            ("UpdateExperiment", {"new_name": "x"}),
            ("CreateRun", {}),
            ("CreateLoggedModel", {}),
        )
        for number in (
            str(10**30), " 1", "1 ", "1.0", "\u0661", "one", "0x1", "1e3", "1_0", "-", "1\n",
            "9" * 99
        )
    ),
    ("GetExperiment", {"experiment_id": "999"}, 404, MISSING),
    ("GetExperiment", {"experiment_id": "-1"}, 404, MISSING),
    ("GetExperimentByName", {"experiment_name": "absent"}, 404, MISSING),
    ("UpdateExperiment", {"experiment_id": "999", "new_name": "x"}, 404, MISSING),
    ("UpdateExperiment", {"experiment_id": "$experiment", "new_name": "Default"}, 400, EXISTS),
    ("UpdateExperiment", {"experiment_id": "$experiment", "new_name": "water"}, 400, EXISTS),
    ("UpdateExperiment", {"experiment_id": "$deleted experiment", "new_name": "x"}, 400, INVALID),
    ("DeleteExperiment", {"experiment_id": "$deleted experiment"}, 404, MISSING),
    ("RestoreExperiment", {"experiment_id": "$experiment"}, 404, MISSING),
    ("SetExperimentTag", {"experiment_id": "$deleted experiment", **TAG}, 400, INVALID),
    ("DeleteExperimentTag", {"experiment_id": "$experiment", "key": "absent"}, 404, MISSING),
    ("SearchExperiments", {"max_results": 0}, 400, INVALID),
    ("ListExperiments", {"max_results": 0}, 400, INVALID),
    ("ListExperiments", {"view_type": "SOME"}, 400, INVALID),
    ("ListExperiments", {"page_token": "x"}, 400, INVALID),
    ("SearchExperiments", {"max_results": 50001}, 400, INVALID),
    ("GetExperimentOverviews", {"experiment_ids": []}, 400, INVALID),
    ("GetExperimentOverviews", {"experiment_ids": ["1"] * 101}, 400, INVALID),
    ("GetExperimentOverviews", {"experiment_ids": ["1", "wine"]}, 400, INVALID),
    ("GetExperimentOverviews", {"experiment_ids": ["1"], "until": -1}, 400, INVALID),
]  # fmt: skip

OWN_ID = "1" * 16
RUNS: list[Case] = [
    ("CreateRun", {"experiment_name": "water"}, 400, INVALID),
    ("CreateRun", {"experiment_name": "n" * 501}, 400, INVALID),
    ("CreateRun", {"experiment_name": "wine", "experiment_id": "$experiment"}, 400, INVALID),
    ("CreateRun", {"experiment_id": "$experiment", "run_id": "$run"}, 400, EXISTS),
    *(
        ("CreateRun", {"experiment_id": "$experiment", "run_id": run}, 400, INVALID)
        for run in ("a", "A" * 32, "g" * 32, "0" * 33, "0" * 31 + "\u0661", "0" * 31 + "\n")
    ),
    *(
        ("CreateExperiment", {"name": "x", "experiment_id": number}, 400, INVALID)
        for number in ("7", "0" * 16, "9" * 19, "-" + "9" * 16, "x" * 16, "\u0661" * 16)
    ),
    ("CreateExperiment", {"name": "wine", "experiment_id": OWN_ID}, 400, EXISTS),
    *(
        ("Purge", {"page_token": token}, 400, INVALID)
        for token in ("x", "run:", "run:x", "run:\u0661", "run:" + "9" * 19, "model:1")
    ),
    *(("CollectBlobs", {"page_token": t}, 400, INVALID) for t in ("0", "gg", "000", "0\n")),
    *(
        (op, {"folder": folder, **fields}, 400, INVALID)
        for op, fields in (
            ("MoveFolder", {"new_folder": "x"}),
            ("ArchiveFolder", {}),
            ("RestoreFolder", {}),
        )
        for folder in ("/", "a//b", "/a", "n" * 500)
    ),
    ("MoveFolder", {"folder": "absent", "new_folder": "x"}, 404, MISSING),
    ("MoveFolder", {"folder": "cellar", "new_folder": "cellar/in"}, 400, INVALID),
    ("MoveFolder", {"folder": "cellar", "new_folder": "n" * 498}, 400, INVALID),
    ("ArchiveFolder", {"folder": "absent"}, 404, MISSING),
    ("RestoreFolder", {"folder": "absent"}, 404, MISSING),
    ("GetRunLineage", {"run_id": NO_RUN}, 404, MISSING),
    ("GetRunLineage", {"run_id": "$run", "depth": 21}, 400, INVALID),
    ("GetRunTree", {"run_id": NO_RUN}, 404, MISSING),
    ("GetRunTree", {"run_id": "$run", "metrics": ["a", "a"]}, 400, INVALID),
    ("GetRunTree", {"run_id": "$run", "max_nodes": 0}, 400, INVALID),
    ("ListRunGroups", {"experiment_ids": []}, 400, INVALID),
    ("ListRunGroups", {"experiment_ids": ["$experiment"], "page_token": "\u00e9"}, 400, INVALID),
    ("ForkRun", {"run_id": NO_RUN, "step": 1}, 404, MISSING),
    ("ForkRun", {"run_id": "$deleted run", "step": 1}, 400, INVALID),
    ("ForkRun", {"run_id": "$run", "step": 1, "new_run_id": "x"}, 400, INVALID),
    ("ForkRun", {"run_id": "$run", "step": 1, "new_run_id": "$run"}, 400, EXISTS),
    ("RewindRun", {"run_id": NO_RUN, "step": 1}, 404, MISSING),
    ("RewindRun", {"run_id": "$deleted run", "step": 1}, 400, INVALID),
    ("SetTag", {"run_id": "$run", "key": "mlflow.parentRunId", "value": "$run"}, 400, INVALID),
    ("Heartbeat", {"run_id": NO_RUN}, 404, MISSING),
    ("Heartbeat", {"run_id": "$deleted run"}, 400, INVALID),
    ("Heartbeat", {"run_id": "$run", "lease": 0}, 400, INVALID),
    ("Heartbeat", {"run_id": "$run", "lease": 46}, 400, INVALID),
    ("Heartbeat", {"run_id": "$run", "tail": "\u00e9" * 32769}, 400, INVALID),
    ("GetLease", {"run_id": NO_RUN}, 404, MISSING),
    ("LogBatch", {"run_id": "$run", "lease": 46}, 400, INVALID),
    ("CreateRun", {"experiment_id": "999"}, 404, MISSING),
    ("CreateRun", {"experiment_id": "$deleted experiment"}, 400, INVALID),
    ("CreateRun", {"experiment_id": "$experiment", "run_name": "n" * 1001}, 400, INVALID),
    ("CreateRun", {"experiment_id": "$experiment", "tags": [{"key": "k%"}]}, 400, INVALID),
    (
        "CreateRun",
        {
            "experiment_id": "$experiment",
            "run_name": "a",
            "tags": [{"key": "mlflow.runName", "value": "b"}],
        },
        400,
        INVALID,
    ),
    *(
        (op, {**fields, "run_id": run}, status, code)
        for op, fields in (
            ("LogParam", PAIR),
            ("SetTag", TAG),
            ("LogMetric", POINT),
            ("LogBatch", {"metrics": [POINT]}),
            ("UpdateRun", {"status": "FINISHED"}),
            ("LogInputs", {"models": [{"model_id": "m"}]}),
            ("LogOutputs", {"models": [{"model_id": "m"}]}),
            ("DeleteTag", {"key": "team"}),
        )
        for run, status, code in (
            (NO_RUN, 404, MISSING),
            ("$deleted run", 400, INVALID),
            ("$drowned run", 400, INVALID),
        )
    ),
    ("GetRun", {"run_id": NO_RUN}, 404, MISSING),
    *(
        (name, fields, 400, INVALID)
        for name in ("TagRuns", "DeleteRuns", "RestoreRuns")
        for more in ({"remove": ["a"]} if name == "TagRuns" else {},)
        for fields in (
            {"run_ids": [], **more},
            {"run_ids": ["$run"], "experiment_ids": ["$experiment"], **more},
            {"run_ids": ["$run"], "filter": "metrics.a > 1", **more},
            {"run_ids": ["$run"], "page_token": "x", **more},
            {"run_ids": ["a"] * 1001, **more},
            {"run_ids": [""], **more},
            {"experiment_ids": ["one"], **more},
            {"experiment_ids": ["$experiment"], "filter": "(", **more},
            {"experiment_ids": ["$experiment"], "page_token": "x", **more},
            {"experiment_ids": ["$experiment"], "max_runs": 1001, **more},
            {"experiment_ids": ["$experiment"], "max_runs": 0, **more},
        )
    ),
    ("TagRuns", {"run_ids": ["$run"]}, 400, INVALID),
    ("TagRuns", {"run_ids": ["$run"], "remove": ["a", "a"]}, 400, INVALID),
    ("TagRuns", {"run_ids": ["$run"], "remove": [""]}, 400, INVALID),
    ("TagRuns", {"run_ids": ["$run"], "tags": [{"key": ""}]}, 400, INVALID),
    ("DeleteRun", {"run_id": NO_RUN}, 404, MISSING),
    ("RestoreRun", {"run_id": NO_RUN}, 404, MISSING),
    ("ListArtifacts", {"run_id": NO_RUN}, 404, MISSING),
    ("ListRunFiles", {"run_ids": ["$run", NO_RUN]}, 404, MISSING),
    ("ListRunFiles", {"run_ids": ["$run"], "path": "../x"}, 400, INVALID),
    ("GetRunTexts", {"run_ids": [NO_RUN], "paths": ["a"]}, 404, MISSING),
    ("GetRunTexts", {"run_ids": ["$run"], "paths": ["a", "../x"]}, 400, INVALID),
    ("ScanRunFile", {"run_id": NO_RUN, "path": "a"}, 404, MISSING),
    ("ScanRunFile", {"run_id": "$run", "path": "../x"}, 400, INVALID),
    ("DeleteTag", {"run_id": "$run", "key": "absent"}, 404, MISSING),
    ("LogParam", {"run_id": "$run", "key": "depth", "value": "4"}, 400, INVALID),
    ("LogParam", {"run_id": "$run", "key": "p", "value": "v" * 65_537}, 400, INVALID),
    ("SetTag", {"run_id": "$run", "key": "t", "value": "v" * 65_537}, 400, INVALID),
    *(
        ("LogParam", {"run_id": "$run", "key": key}, 400, INVALID)
        for key in ("k" * 251, "/a", "a/", "a//b", "../a", ".", "./a", "a/..", "a@b", "a\nb", "a%")
    ),
    ("LogMetric", {"run_id": "$run", **POINT, "key": "k" * 251}, 400, INVALID),
    ("LogMetric", {"run_id": "$run", **POINT, "timestamp": -1}, 400, INVALID),
    ("LogMetric", {"run_id": "$run", **POINT, "model_id": NO_MODEL}, 404, MISSING),
    ("LogBatch", {"run_id": "../../x", "metrics": [POINT]}, 400, INVALID),
    ("LogBatch", {"run_id": "$run", "params": [PAIR, PAIR]}, 400, INVALID),
    ("LogBatch", {"run_id": "$run", "metrics": [POINT] * 1001}, 400, INVALID),
    ("LogBatch", {"run_id": "$run", "metrics": [POINT] * 950, "tags": [TAG] * 51}, 400, INVALID),
    (
        "LogBatch",
        {"run_id": "$run", "metrics": [POINT], "params": [{"key": "depth", "value": "4"}]},
        400,
        INVALID,
    ),
    ("LogBatch", {"run_id": "$run", "tags": [TAG, {"key": "a//b"}]}, 400, INVALID),
    *(
        ("LogModel", {"run_id": "$run", "model_json": text}, 400, INVALID)
        for text in ("x", "[]", "{}", "5", '"x"', "[" * 100_000, '{"artifact_path": 1}', "{}" * 9)
    ),
    ("GetMetricHistory", {"run_id": "$run", "metric_key": "rmse", "page_token": "x"}, 400, INVALID),
    (
        "GetMetricHistoryBulkInterval",
        {"run_ids": ["$run"], "metric_key": "rmse", "start_step": 2, "end_step": 1},
        400,
        INVALID,
    ),
    (
        "GetMetricHistoryBulkInterval",
        {"run_ids": ["$run"], "metric_key": "rmse", "start_step": 2},
        400,
        INVALID,
    ),
    ("GetMetricHistoryBulk", {"run_id": ["$run"] * 101, "metric_key": "rmse"}, 400, INVALID),
    *(
        ("GetMetricSeries", {"run_ids": ["$run"], "keys": ["rmse"], **more}, 400, INVALID)
        for more in (
            {"x": "metric"},
            {"x_key": "rmse"},
            {"x": "weeks"},
            {"start": 2, "end": 1},
            {"start": "NaN"},
            {"points": 0},
            {"run_ids": [f"r{i}" for i in range(100)], "keys": [f"k{i}" for i in range(51)]},
            {"run_ids": [f"r{i}" for i in range(101)], "points": 10_000},
        )
    ),
    *(
        ("GetMetricTail", {"run_ids": ["$run"], "token": token}, 400, INVALID)
        for token in ("x", "eJwDAAAAAAE=", "eJyLjgUAARUAuQ==", "😀")
    ),
    ("SearchRuns", {"experiment_ids": ["1", "one"]}, 400, INVALID),
    ("SearchRuns", {"max_results": 50001}, 400, INVALID),
    ("SearchRunTable", {"experiment_ids": ["one"]}, 400, INVALID),
    ("SearchRunTable", {"columns": ["nonsense"]}, 400, INVALID),
    ("SearchRunTable", {"columns": ["metrics.a"] * 1001}, 400, INVALID),
    ("SearchRunTable", {"limit": 50001}, 400, INVALID),
    ("SearchRunTable", {"offset": -1}, 400, INVALID),
    ("SearchRunTable", {"filter": "(status = 'x'"}, 400, INVALID),
    ("SearchRunOutline", {"experiment_ids": ["one"]}, 400, INVALID),
    ("SearchRunOutline", {"columns": ["nonsense"]}, 400, INVALID),
    ("SearchRunOutline", {"limit": 1001}, 400, INVALID),
    ("SearchRunOutline", {"except_runs": [""]}, 400, INVALID),
    ("SearchRunOutline", {"except_runs": ["a"] * 10_001}, 400, INVALID),
    ("SearchRunOutline", {"order_by": ["sideways"]}, 400, INVALID),
    ("SearchRunOutline", {"filter": "(status = 'x'"}, 400, INVALID),
    ("ListRunKeys", {"kinds": ["dataset"]}, 400, INVALID),
    ("ListRunKeys", {"experiment_ids": ["one"]}, 400, INVALID),
    ("CheckSearch", {"subject": "wines"}, 400, INVALID),
    ("CompleteSearch", {"cursor": -1}, 400, INVALID),
    ("CompleteSearch", {"experiment_ids": ["one"]}, 400, INVALID),
    ("SearchDatasets", {"experiment_ids": ["1"] * 21}, 400, INVALID),
    ("SearchDatasets", {"experiment_ids": ["x"]}, 400, INVALID),
]

MODELS: list[Case] = [
    ("CreateLoggedModel", {"experiment_id": "999"}, 404, MISSING),
    ("CreateLoggedModel", {"experiment_id": "$deleted experiment"}, 400, INVALID),
    *(
        ("CreateLoggedModel", {"experiment_id": "$experiment", "name": name}, 400, INVALID)
        for name in ("a/b", "a:b", "a.b", "a%b", 'a"b', "a'b", "n" * 501)
    ),
    *(
        (op, {**fields, "model_id": model}, 404, MISSING)
        for op, fields in (
            ("GetLoggedModel", {}),
            ("FinalizeLoggedModel", {"status": "LOGGED_MODEL_READY"}),
            ("SetLoggedModelTags", {"tags": [TAG]}),
            ("LogLoggedModelParams", {"params": [PAIR]}),
            ("DeleteLoggedModelTag", {"tag_key": "k"}),
            ("ListLoggedModelArtifacts", {}),
        )
        for model in (NO_MODEL, "$deleted logged model")
    ),
    ("DeleteLoggedModel", {"model_id": NO_MODEL}, 404, MISSING),
    ("DeleteLoggedModelTag", {"model_id": "$logged model", "tag_key": "absent"}, 404, MISSING),
    ("LogLoggedModelParams", {"model_id": "$logged model", "params": [PAIR] * 2}, 400, INVALID),
    ("SearchLoggedModels", {"experiment_ids": ["one"]}, 400, INVALID),
    ("CreateRegisteredModel", {"name": "grape"}, 400, EXISTS),
    *(
        ("CreateRegisteredModel", {"name": name}, 400, INVALID)
        for name in (" ", "a/b", "a:b", ".", "..", "n" * 257, "\t")
    ),
    ("CreateRegisteredModel", {"name": "x", "description": "d" * 1_000_001}, 400, INVALID),
    ("GetRegisteredModel", {"name": "absent"}, 404, MISSING),
    ("RenameRegisteredModel", {"name": "absent", "new_name": "x"}, 404, MISSING),
    ("RenameRegisteredModel", {"name": "grape", "new_name": "other"}, 400, EXISTS),
    ("RenameRegisteredModel", {"name": "grape", "new_name": "a/b"}, 400, INVALID),
    ("MoveRegisteredModel", {"name": "absent", "folder": "team"}, 404, MISSING),
    ("MoveRegisteredModel", {"name": "grape", "folder": "a//b"}, 400, INVALID),
    ("MoveRegisteredModel", {"name": "grape", "folder": "a/../b"}, 400, INVALID),
    ("CreateRegisteredModel", {"name": "y", "folder": "/"}, 400, INVALID),
    ("CreateRegisteredModel", {"name": "y", "folder": "a:b"}, 400, INVALID),
    ("SetRegisteredModelTag", {"name": "grape", "key": "cuvee.folder", "value": "a"}, 400, INVALID),
    ("UpdateRegisteredModel", {"name": "absent"}, 404, MISSING),
    ("DeleteRegisteredModel", {"name": "absent"}, 404, MISSING),
    ("SetRegisteredModelTag", {"name": "absent", **TAG}, 404, MISSING),
    ("DeleteRegisteredModelTag", {"name": "absent", "key": "k"}, 404, MISSING),
    ("DeleteRegisteredModelAlias", {"name": "absent", "alias": "k"}, 404, MISSING),
    ("GetModelVersionByAlias", {"name": "absent", "alias": "best"}, 404, MISSING),
    ("GetModelVersionByAlias", {"name": "grape", "alias": "absent"}, 400, INVALID),
    ("GetLatestVersions", {"name": "absent"}, 404, MISSING),
    ("GetLatestVersions", {"name": "grape", "stages": ["Cellar"]}, 400, INVALID),
    *(
        ("SetRegisteredModelAlias", {**GRAPE, "alias": alias}, 400, INVALID)
        for alias in ("latest", "LATEST", "v1", "V23", "a b", "a/b", "a" * 256, "a\n", "@")
    ),
    ("SetRegisteredModelAlias", {"name": "grape", "version": "9", "alias": "a"}, 404, MISSING),
    *(
        ("TransitionStage", {**GRAPE, "stage": stage}, 400, INVALID)
        for stage in ("Cellar", "production ", "1", "Staging\0", "x" * 10_000)
    ),
    *(
        ("TransitionStage", {**GRAPE, "stage": stage, "archive_existing_versions": True}, 400,
        INVALID)
        for stage in ("None", "Archived")
    ),
    *(
        (op, {**fields, "name": "grape", "version": version}, status, code)
        for op, fields in (
            ("GetModelVersion", {}),
            ("UpdateModelVersion", {"description": "d"}),
            ("TransitionStage", {"stage": "Staging"}),
            ("DeleteModelVersion", {}),
            ("GetModelVersionDownloadUri", {}),
            ("GetVersionManifest", {}),
            ("SetModelVersionTag", TAG),
            ("DeleteModelVersionTag", {"key": "k"}),
        )
        for version, status, code in (
            ("99", 404, MISSING),
            ("0", 404, MISSING),
            ("-1", 404, MISSING),
            *((v, 400, INVALID) for v in (str(10**30), " 1", "1.0", "\u0661", "--1", "latest",
            "1\n")),
        )
    ),
    ("CreateModelVersion", {"name": "absent", "source": "s3://b/m"}, 404, MISSING),
    *(
        ("CreateModelVersion", {"name": "grape", "run_id": "$run", "source": source}, 400, INVALID)
        for source in (
            "http://example.org/m", "https://[", "//[", "ftp://h/m", "runs:/", "runs:/other/m",
            "runs:/$run/../x", "s3://b/../m", "s3://b/%2E%2e/m", "s3://b/%252e%252e/m",
            "/etc/passwd",
            "file:///etc/passwd", "file://host/etc", "relative/path", "mlflow-artifacts:/", "..",
            "mlflow-artifacts:/999/x", "mlflow-artifacts://host/1/$run/artifacts/m", "C:\\models",
            "mlflow-artifacts:/1/$run/artifacts/../../../x", "models:/grape/",
            "models:/grape/Cellar",
            "models:/" + NO_MODEL, "s" * 2049,
        )
    ),
    *(
        ("CreateModelVersion", {"name": "grape", "source": source}, 404, MISSING)
        for source in ("models:/absent/1", "models:/grape/99", "models:/grape@absent")
    ),
    (
        "CreateModelVersion",
        {"name": "grape", "source": "models:/" + NO_MODEL, "model_id": NO_MODEL},
        404,
        MISSING,
    ),
    ("SearchModelVersions", {"max_results": 200_001}, 400, INVALID),
    ("SearchRegisteredModels", {"max_results": 0}, 400, INVALID),
    ("ListRegisteredModels", {"max_results": 1001}, 400, INVALID),
    ("GetVersionLineage", {"name": "grape", "version": "0"}, 404, MISSING),
    ("GetVersionLineage", {"name": "absent", "version": "1"}, 404, MISSING),
    ("GetVersionLineage", {"name": "grape", "version": "one"}, 400, INVALID),
    ("GetVersionLineage", {"name": "grape", "version": "1", "depth": 0}, 400, INVALID),
    ("GetVersionLineage", {"name": "grape", "version": "1", "depth": 21}, 400, INVALID),
    ("GetVersionLineage", {"name": "grape", "version": "1", "max_nodes": 1001}, 400, INVALID),
    ("SearchModelOverviews", {"max_results": 1001}, 400, INVALID),
    ("SearchModelOverviews", {"filter": "owner = 'ann'"}, 400, INVALID),
    ("SearchModelOverviews", {"order_by": ["owner"]}, 400, INVALID),
    ("SearchModelOverviews", {"page_token": "x"}, 400, INVALID),
    ("SearchModelOverviews", {"stage": "s" * 257}, 400, INVALID),
    ("SearchModelOverviews", {"offset": -1}, 400, INVALID),
    ("ListEvents", {"page_token": "x"}, 400, INVALID),
    ("ListEvents", {"page_token": "9" * 40}, 400, INVALID),
    ("ListEvents", {"since": 2**63}, 400, INVALID),
    ("ListEvents", {"comment": "w" * 1001}, 400, INVALID),
]  # fmt: skip
CASES = [*EXPERIMENTS, *RUNS, *MODELS]
BY_NAME: dict[str, type[Op[Any]]] = {op.__name__: op for op in api.ROUTED}


def filled(value: Any, ids: dict[str, str]) -> Any:
    """Put the ids of what was seeded where the case names it."""
    if isinstance(value, dict):
        return {k: filled(v, ids) for k, v in value.items()}
    if isinstance(value, list):
        return [filled(v, ids) for v in value]
    if isinstance(value, str) and value.startswith("$"):
        return ids[value[1:]]
    return value.replace("$run", ids["run"]) if isinstance(value, str) else value


@pytest.mark.parametrize("noun", [EXPERIMENTS, RUNS, MODELS], ids=["experiments", "runs", "models"])
@pytest.mark.usefixtures("unchanged")
def test_what_cannot_be_done_is_refused_with_its_code(
    site: Site, ids: dict[str, str], noun: list[Case]
) -> None:
    failed = []
    for name, fields, status, code in noun:
        op = BY_NAME[name]
        method, target, body = spelled(op, filled(fields, ids))
        answer = site.send(method, target, body)
        try:
            check_refusal(answer, (name, str(fields)[:200]))
            assert (answer.status, answer.json["error_code"]) == (status, code), (name, fields)
        except AssertionError as problem:
            failed.append(f"{problem!s:.300} <- {answer.body[:200]!r}")
    assert not failed, "\n".join(failed)


def spelled(op: type[Op[Any]], fields: dict[str, Any]) -> tuple[str, str, bytes | None]:
    """Return a request's method, target and body."""
    from urllib.parse import quote, urlencode

    route = op.route
    for name, value in list(fields.items()):
        if "{" + name + "}" in route:
            route = route.replace("{" + name + "}", quote(value, safe=""))
            del fields[name]
    if op.methods[0] == "GET":
        return "GET", f"{op.base}/{route}?{urlencode(fields, doseq=True)}", None
    return op.methods[0], f"{op.base}/{route}", json.dumps(fields).encode()


def test_the_store_in_this_process_refuses_the_same_with_the_same_class(
    own: SqlStore, seeded: tuple[Any, dict[str, str]]
) -> None:
    failed = []
    for name, fields, status, code in CASES:
        body = json.dumps(filled(fields, seeded[1])).encode()
        try:
            own.do(decode_body(BY_NAME[name], body))
            failed.append(f"{name} {fields!s:.200} was accepted")
        except CuveeError as problem:
            if (problem.status, problem.error_code) != (status, code):
                failed.append(f"{name} {fields!s:.200} raised {problem!r}")
    assert not failed, "\n".join(failed)


def test_a_log_model_history_that_is_no_list_is_refused_not_rewritten(
    site: Site, ids: dict[str, str]
) -> None:
    tag = {"run_id": ids["run"], "key": "mlflow.log-model.history"}
    model = {"artifact_path": "m", "flavors": {}, "utc_time_created": "", "run_id": "r"}
    wanted = {"run_id": ids["run"], "model_json": json.dumps(model)}
    for held in ("x", "{}", '{"a": 1}', "5", "[" * 4000):
        site.api("runs/set-tag", **tag, value=held)
        before = site.dump()
        check_refusal(site.send("POST", API + "runs/log-model", wanted), held)
        assert site.dump() == before
    site.api("runs/delete-tag", **tag)


def test_events_live_below_their_own_base(site: Site) -> None:
    assert site.send("GET", f"{CUVEE}/events").status == 200
    check_refusal(site.send("GET", f"{CUVEE}/nothing"), "unknown call")
