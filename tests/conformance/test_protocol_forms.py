"""Forms of a request that MLflow's server takes, besides those that its newest client sends."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from cuvee.api.base import Store
from cuvee.api.datasets import Dataset, DatasetInput, LogInputs
from cuvee.api.metrics import GetMetricHistory
from cuvee.api.runs import CreateRun


def post(url: str, route: str, body: Any) -> tuple[int, Any]:
    """Return the status and the JSON that a server answers."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    text = json.dumps(body)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", f"/api/2.0/mlflow/{route}", text, headers)
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def test_experiments_to_search_may_be_named_by_whole_numbers(
    local_store: Store, served_url: str
) -> None:
    run_id = local_store.do(CreateRun(experiment_id="0")).run.info.run_id
    dataset = Dataset(name="wine", digest="1", source_type="local", source="x")
    local_store.do(LogInputs(run_id=run_id, datasets=[DatasetInput(dataset=dataset)]))
    for experiment_ids in ([0], ["0", 0], [7, 0]):
        status, answer = post(served_url, "runs/search", {"experiment_ids": experiment_ids})
        assert status == 200
        assert [run["info"]["run_id"] for run in answer["runs"]] == [run_id]
    assert post(served_url, "runs/search", {"experiment_ids": [7]}) == (200, {})
    body = {"experiment_ids": ["0", 0]}
    status, answer = post(served_url, "experiments/search-datasets", body)
    assert status == 200
    assert [d["experiment_id"] for d in answer["dataset_summaries"]] == ["0"]


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("runs/search", {"experiment_ids": 0}),
        ("runs/search", {"experiment_ids": [0.5]}),
        ("runs/search", {"experiment_ids": [True]}),
        ("runs/create", {"experiment_id": 0}),
        ("logged-models/search", {"experiment_ids": [0]}),
        ("experiments/delete", {"experiment_id": 0}),
    ],
)
def test_numbers_are_refused_in_place_of_other_texts(
    served_url: str, route: str, body: dict[str, Any]
) -> None:
    status, answer = post(served_url, route, body)
    assert (status, answer["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_histories_of_runs_without_the_metric_are_an_empty_list(
    local_store: Store, served_url: str
) -> None:
    run_id = local_store.do(CreateRun(experiment_id="0")).run.info.run_id
    query = f"/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id={run_id}&metric_key=none"
    connection = http.client.HTTPConnection(urlsplit(served_url).netloc, timeout=30)
    connection.request("GET", query)
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())) == (200, {"metrics": []})
    connection.close()


def test_whole_numbers_may_be_written_as_r_writes_them(local_store: Store, served_url: str) -> None:
    run_id = local_store.do(CreateRun(experiment_id="0")).run.info.run_id
    point = {"run_id": run_id, "key": "loss", "value": "5e-1"}
    point = {**point, "step": "1e+05", "timestamp": "1.7e+12"}
    assert post(served_url, "runs/log-metric", point) == (200, {})
    points = [{"key": "loss", "value": 0.25, "step": "-2.5e+05", "timestamp": "1700000000001"}]
    body = {"run_id": run_id, "metrics": points}
    assert post(served_url, "runs/log-batch", body) == (200, {})
    found = local_store.do(GetMetricHistory(run_id=run_id, metric_key="loss")).metrics
    assert [(p.value, p.step, p.timestamp) for p in found] == [
        (0.5, 100_000, 1_700_000_000_000),
        (0.25, -250_000, 1_700_000_000_001),
    ]
    for wrong in ("1.5e+00", "1e-05", "1e+400", "1e+16", "1e+5", "1e5", "+1", "1.0", "nan", ""):
        status, answer = post(served_url, "runs/log-metric", {**point, "step": wrong})
        assert status == 400
        assert f"Invalid value {json.dumps(wrong)} for parameter 'step'" in answer["message"]
