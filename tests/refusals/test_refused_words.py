"""Refusals that begin with words which MLflow's clients and users' own code look for."""

from __future__ import annotations

from typing import Any

import pytest

from refusals.served import API, Answer, Site, check_refusal

pytestmark = pytest.mark.usefixtures("unchanged")

AJAX = "/ajax-api/2.0/mlflow/"
HISTORY = AJAX + "metrics/get-history-bulk"
INTERVAL = AJAX + "metrics/get-history-bulk-interval"
MANY = "&".join(f"run_id=r{number}" for number in range(101))
POINT: dict[str, Any] = {"value": 1.0, "timestamp": 1}
VALUE: dict[str, Any] = {"value": "1"}
IDENTIFY = "request parameter must identify the resource that contains the source."
SOURCE = "Invalid model version source: "
DATASET: dict[str, Any] = {"name": "n", "digest": "d", "source_type": "local", "source": "{}"}
NAMES = (
    "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different "
    "values (run_name='a', mlflow.runName='b')."
)
PROMPT = {"key": "mlflow.prompt.is_prompt", "value": "true"}
NAME = "Invalid value \"a@b\" for parameter 'name' supplied: Names may only contain alphanumerics"
PATH = "Invalid value \"a//b\" for parameter 'key' supplied: Names may be treated as files"

READ: list[tuple[str, str]] = [
    (f"{HISTORY}?metric_key=a", "GetMetricHistoryBulk request must specify at least one run_id"),
    (f"{HISTORY}?run_id=r", "GetMetricHistoryBulk request must specify a metric_key"),
    (
        f"{HISTORY}?metric_key=a&{MANY}",
        "GetMetricHistoryBulk request cannot specify more than 100 run_ids. Received 101",
    ),
    (f"{INTERVAL}?metric_key=a", "Missing value for required parameter 'run_ids'."),
    (
        f"{INTERVAL}?metric_key=a&{MANY.replace('run_id=', 'run_ids=')}",
        "GetMetricHistoryBulkInterval request must specify at most 100 run_ids.",
    ),
    (
        f"{INTERVAL}?run_ids=r&metric_key=a&max_results=0",
        "0 for parameter 'max_results' supplied: max_results must be between 1 and 2500.",
    ),
    (f"{API}logged-models/m-none", "Logged model with ID 'm-none' not found"),
    (f"{API}artifacts/list?run_id=none", "Run with id=none not found"),
    (
        f"{API}experiments/get?experiment_id=x",
        "Invalid experiment ID 'x'. Experiment ID must be a valid integer.",
    ),
    ("/api/2.0/mlflow-artifacts/artifacts/none", "No such artifact: 'none'"),
    (
        f"{API}registered-models/search?page_token=x",
        "Invalid page token, could not base64-decode",
    ),
    (
        f"{API}metrics/get-history?run_id=$run&metric_key=a&page_token=x",
        "Invalid page token, could not base64-decode",
    ),
    (
        f"{API}metrics/get-history?run_id=$run&metric_key=a&max_results=0",
        "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer",
    ),
    (
        f"{INTERVAL}?run_ids=$run&metric_key=a&start_step=9&end_step=3",
        "end_step must be greater than start_step. Found start_step=9 and end_step=3.",
    ),
    ("/api/2.0/mlflow/webhooks/none", "Webhook with ID none not found"),
    ("/api/2.0/mlflow/webhooks?page_token=x", "Invalid page token, could not base64-decode"),
]
SENT: list[tuple[str, dict[str, Any], str]] = [
    (
        "experiments/search-datasets",
        {},
        "SearchDatasets request must specify at least one experiment_id.",
    ),
    (
        "experiments/search-datasets",
        {"experiment_ids": [str(number) for number in range(21)]},
        "SearchDatasets request cannot specify more than 20 experiment_ids. Received 21",
    ),
    (
        "runs/log-batch",
        {"run_id": "$run", "metrics": [{"key": f"k{n}", **POINT} for n in range(1001)]},
        "A batch logging request can contain at most 1000 metrics. Got 1001 metrics",
    ),
    (
        "runs/log-batch",
        {"run_id": "$run", "tags": [{"key": f"k{n}", "value": ""} for n in range(101)]},
        "A batch logging request can contain at most 100 tags. Got 101 tags",
    ),
    (
        "runs/log-batch",
        {"run_id": "$run", "params": [{"key": "twice", "value": v} for v in "ab"]},
        "Duplicate parameter keys have been submitted: ['twice']",
    ),
    (
        "runs/log-parameter",
        {"run_id": "$run", "key": "a/../b", "value": "1"},
        "and must not resolve to other names when treated as such. This name would resolve to 'b'",
    ),
    (
        "runs/log-metric",
        {"run_id": "$run", "key": "a", "value": 1, "timestamp": -1},
        "Invalid value -1 for parameter 'timestamp' supplied. Timestamp must be a nonnegative long",
    ),
    (
        "runs/log-batch",
        {"run_id": "$run", "metrics": [{"key": "a", "value": 1, "timestamp": -1}]},
        "Invalid value -1 for parameter 'metrics[0].timestamp' supplied. Timestamp must be a nonne",
    ),
    (
        "runs/search",
        {"max_results": 0},
        "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer",
    ),
    (
        "runs/search",
        {"max_results": 50001},
        "Invalid value 50001 for parameter 'max_results' supplied. It must be at most 50000",
    ),
    ("runs/log-metric", {"run_id": "$run", "key": "a@b", **POINT}, NAME),
    ("runs/log-parameter", {"run_id": "$run", "key": "a//b", "value": "1"}, PATH),
    (
        "runs/set-tag",
        {"run_id": "$run", "key": "k" * 251, "value": "1"},
        "'key' exceeds the maximum length of 250 characters",
    ),
    (
        "experiments/set-experiment-tag",
        {"experiment_id": "$experiment", "key": "k", "value": "v" * 20001},
        "'value' exceeds the maximum length of 20000 characters",
    ),
    *(
        (
            "runs/log-batch",
            {"run_id": "$run", many: [{"key": "fine", **more}, {"key": key, **more}]},
            words,
        )
        for many, more, key, words in (
            (
                "metrics",
                POINT,
                "../a",
                "\"../a\" for parameter 'metrics[1].name' supplied: Nam",
            ),
            (
                "metrics",
                POINT,
                "a@b",
                "\"a@b\" for parameter 'metrics[1].name' supplied: Nam",
            ),
            ("metrics", POINT, "k" * 251, "'Metric name' exceeds the maximum length of 250 char"),
            ("params", VALUE, "../a", "\"../a\" for parameter 'params[1].key' supplied: Names may"),
            ("params", VALUE, "k" * 251, "'Param key' exceeds the maximum length of 250 char"),
            ("tags", VALUE, "a@b", "\"a@b\" for parameter 'tags[1].key' supplied: Names may"),
            ("tags", VALUE, "k" * 251, "'tags[1].key' exceeds the maximum length of 250 char"),
        )
    ),
    (
        "experiments/create",
        {"name": "n" * 501},
        "'name' exceeds the maximum length of 500 characters",
    ),
    *(
        (
            "runs/log-inputs",
            {"run_id": "$run", "datasets": [{"dataset": DATASET | more, "tags": tags}]},
            f"'{field}' exceeds the maximum length of {limit} characters",
        )
        for field, limit, more, tags in (
            ("key", 255, {}, [{"key": "k" * 256, "value": "v"}]),
            ("value", 500, {}, [{"key": "k", "value": "v" * 501}]),
            ("name", 500, {"name": "n" * 501}, []),
            ("digest", 36, {"digest": "d" * 37}, []),
            ("source", 65535, {"source": "s" * 65536}, []),
        )
    ),
    *(
        (
            "runs/log-batch",
            {"run_id": "$run", "metrics": [{"key": "a", **POINT, **half}]},
            "Both dataset_name and dataset_digest must be provided if one is provided: send ",
        )
        for half in ({"dataset_name": "n"}, {"dataset_digest": "d"})
    ),
    (
        "runs/log-metric",
        {"run_id": "$run", "key": "a", "dataset_name": "n", **POINT},
        "Both dataset_name and dataset_digest must be provided if one is provided: send ",
    ),
    (
        "logged-models/search",
        {"experiment_ids": ["0"], "datasets": [{"dataset_digest": "d"}]},
        "`dataset_name` in the `datasets` clause must be specified.",
    ),
    *(
        (
            call,
            {"experiment_ids": [experiment_id]},
            f"Invalid experiment ID '{experiment_id}'. Experiment ID must be a valid integer.",
        )
        for call in ("runs/search", "logged-models/search", "experiments/search-datasets")
        for experiment_id in ("12abc", "")
    ),
    (
        "logged-models/search",
        {"experiment_ids": ["0"], "order_by": [{}]},
        "`field_name` in the `order_by` clause must be specified.",
    ),
    (
        "logged-models/search",
        {"experiment_ids": ["0"], "order_by": [{"field_name": "params.x"}]},
        "Invalid order by field name: params.x. ",
    ),
    (
        "experiments/update",
        {"experiment_id": "$deleted experiment", "new_name": "other"},
        "Cannot rename a non-active experiment. The experiment ",
    ),
    (
        "experiments/create",
        {"name": "elsewhere", "artifact_location": "file://host/a"},
        "file://host/a is not a valid remote uri: write file:///",
    ),
    (
        "experiments/set-experiment-tag",
        {"experiment_id": "$deleted experiment", "key": "k", "value": "v"},
        "must be in the 'active' state. Current state is deleted",
    ),
    (
        "experiments/create",
        {"name": "elsewhere", "artifact_location": "http://host/a"},
        "'artifact_location' cannot use the 'http' scheme",
    ),
    (
        "experiments/create",
        {"name": "elsewhere", "artifact_location": "http://host#/a"},
        "'artifact_location' URL can't include fragments or params.",
    ),
    (
        "experiments/delete-experiment-tag",
        {"experiment_id": "$experiment", "key": "none"},
        "No tag with name: none in experiment with id ",
    ),
    (
        "experiments/create",
        {"name": "elsewhere", "artifact_location": "runs:/a/b"},
        "Artifact location cannot be a runs:/ URI. Given: 'runs:/a/b'",
    ),
    (
        "runs/create",
        {
            "experiment_id": "$experiment",
            "run_name": "a",
            "tags": [{"key": "mlflow.runName", "value": "b"}],
        },
        NAMES,
    ),
    ("runs/log-model", {"run_id": "$run", "model_json": "x"}, "Malformed model info"),
    (
        "runs/log-model",
        {"run_id": "$run", "model_json": "{}"},
        "Model json is missing mandatory fields",
    ),
    (
        "registered-models/create",
        {"name": "grape"},
        "Registered Model (name=grape) already exists",
    ),
    (
        "registered-models/create",
        {"name": "grape", "tags": [PROMPT]},
        "Tried to create a prompt with name 'grape', but the name is already taken by a reg",
    ),
    (
        "registered-models/create",
        {"name": "n" * 257},
        "the registered model name has 257. Nothing was stored: shorten it.",
    ),
    ("registered-models/create", {"name": " "}, "Missing value for required parameter 'name'."),
    ("registered-models/create", {"name": "a/b"}, "Invalid model name 'a/b'. Names cannot contain"),
    (
        "logged-models",
        {"experiment_id": "$experiment", "name": "a/b"},
        "Invalid model name ('a/b') provided. Model name must be a non-empty string and cannot co",
    ),
    (
        "registered-models/alias",
        {"name": "grape", "alias": "a b", "version": "1"},
        "Invalid alias name: 'a b'. Names may only contain alphanumerics",
    ),
    (
        "registered-models/alias",
        {"name": "grape", "alias": "Latest", "version": "1"},
        "'latest' alias name (case insensitive) is reserved",
    ),
    (
        "registered-models/alias",
        {"name": "grape", "alias": "v1", "version": "1"},
        "Version alias name 'v1' is reserved",
    ),
    (
        "model-versions/set-tag",
        {"name": "grape", "version": "1", "key": "mlflow.prompt.text", "value": "x" * 100_001},
        "Prompt text exceeds max length of 100000 characters.",
    ),
    (
        "model-versions/transition-stage",
        {"name": "grape", "version": "1", "stage": "None", "archive_existing_versions": True},
        "Model version transition cannot archive existing model versions because 'None' is not",
    ),
    *(
        ("model-versions/create", {"name": "grape", "source": source}, words)
        for source, words in (
            ("runs:/other/m", f"{SOURCE}'runs:/other/m'. The run_id {IDENTIFY}"),
            ("models:/m-0", f"{SOURCE}'models:/m-0'. The model_id {IDENTIFY}"),
            ("models:/grape/99", "Model Version (name=grape, version=99) not found"),
            ("models:/grape/x", "Invalid Model Version stage: x. Value must be one of None, Stagi"),
            ("mlflow-artifacts:/m", f"{SOURCE}'mlflow-artifacts:/m'. The run_id {IDENTIFY}"),
            ("https://host/m", f"{SOURCE}'https://host/m'. 'source' cannot use the 'https' scheme"),
            (
                f"mlflow-artifacts:/0/{'a' * 99}",
                f"{SOURCE}'mlflow-artifacts:/0/{'a' * 99}'. The run",
            ),
        )
    ),
    (
        "model-versions/create",
        {"name": "grape", "source": "/srv/m", "run_id": "$run"},
        SOURCE + "'/srv/m'. To use a local path as a model version source, the run_id request",
    ),
    (
        "model-versions/create",
        {"name": "grape", "source": "mlflow-artifacts:/m/a%00", "run_id": "$run"},
        SOURCE + "'mlflow-artifacts:/m/a%00'. If supplying a source as an http, https,",
    ),
    (
        "webhooks",
        {
            "name": "a b",
            "url": "https://example.com/a",
            "events": [{"entity": "REGISTERED_MODEL", "action": "CREATED"}],
        },
        "Webhook name 'a b' is invalid.",
    ),
    (
        "webhooks",
        {
            "name": "a",
            "url": "http://example.com/a",
            "events": [{"entity": "REGISTERED_MODEL", "action": "CREATED"}],
        },
        "Invalid webhook URL scheme: 'http'",
    ),
    *(
        (
            "webhooks",
            {
                "name": "a",
                "url": url,
                "events": [{"entity": "REGISTERED_MODEL", "action": "CREATED"}],
            },
            words,
        )
        for url, words in (
            ("   ", "Webhook URL cannot be empty or just whitespace"),
            ("ftp://example.com/a", "Invalid webhook URL scheme: 'ftp'"),
            ("http://[example", "Invalid webhook URL 'http://[example'"),
            ("https:///a", "Webhook URL must include a hostname"),
        )
    ),
]


def check_words(answer: Answer, words: str) -> None:
    """Check that a refusal holds the words and goes on to say what to do."""
    check_refusal(answer, words)
    assert words in answer.json["message"]


def filled(value: Any, ids: dict[str, str]) -> Any:
    """Put the ids of the seeds where their names stand."""
    if isinstance(value, dict):
        return {key: filled(item, ids) for key, item in value.items()}
    return ids[value[1:]] if isinstance(value, str) and value.startswith("$") else value


@pytest.mark.parametrize(("target", "words"), READ, ids=range(len(READ)))
def test_a_read_is_refused_in_known_words(
    site: Site, ids: dict[str, str], target: str, words: str
) -> None:
    check_words(site.send("GET", target.replace("$run", ids["run"])), words)


@pytest.mark.parametrize(("call", "fields", "words"), SENT, ids=range(len(SENT)))
def test_a_change_is_refused_in_known_words(
    site: Site, ids: dict[str, str], call: str, fields: dict[str, Any], words: str
) -> None:
    front = AJAX if call.endswith("search-datasets") else API
    check_words(site.send("POST", front + call, filled(fields, ids)), words)


def test_a_missing_tag_of_a_logged_model_is_named(site: Site, ids: dict[str, str]) -> None:
    answer = site.send("DELETE", f"{API}logged-models/{ids['logged model']}/tags/none")
    check_words(answer, f"No tag with key 'none' found for model with ID '{ids['logged model']}'")


def test_an_upload_from_a_page_says_what_it_lacks(site: Site, ids: dict[str, str]) -> None:
    upload = AJAX + "upload-artifact"
    where = f"{upload}?run_uuid={ids['run']}"
    check_words(site.send("POST", upload, b""), "Request must specify run_uuid.")
    check_words(site.send("POST", where, b""), "Request must specify path.")
    check_words(site.send("POST", where + "&path=", b""), "Request must specify path.")
    check_words(site.send("POST", where + "&path=a.txt", b""), "Request must specify data.")
    answer = site.send("POST", where + "&path=a.txt", bytes((10 << 20) + 1))
    check_words(answer, "Artifact size is too large. Max size is 10MB")
    assert answer.status == 400


def test_an_upload_in_chunks_is_measured_as_it_comes(site: Site, ids: dict[str, str]) -> None:
    head = (
        f"POST {AJAX}upload-artifact?run_uuid={ids['run']}&path=a.txt HTTP/1.1\r\n"
        f"Host: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    ).encode()
    assert b"Request must specify data." in site.exchange(head + b"0\r\n\r\n")
    large = b"100000\r\n" + bytes(1 << 20) + b"\r\n"
    assert b"Artifact size is too large." in site.exchange(head + 11 * large + b"0\r\n\r\n")
