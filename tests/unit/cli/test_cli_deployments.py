"""Where versions run, on the command line and through the client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import cuvee as mlflow
from cuvee.api.base import Store
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.versions import CreateModelVersion

Command = Callable[..., Any]


@pytest.fixture(autouse=True)
def _wine(store: Store) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    for _ in range(2):
        store.do(CreateModelVersion(name="wine", source="s3://bucket/m"))


def test_deployments_are_recorded_listed_and_ended(cuvee: Command) -> None:
    told = cuvee("deployments", "record", "wine", "1", "k8s/eu", "--url", "https://eu.example")
    assert told.out == "wine version 1 runs at k8s/eu.\n"
    cuvee("deployments", "record", "wine", "2", "k8s/us")
    again = cuvee("deployments", "record", "wine", "2", "k8s/eu", "--comment", "build 7")
    assert again.out == "wine version 2 runs at k8s/eu, in place of version 1.\n"

    lines = [line.split() for line in cuvee("deployments", "list", "wine").out.splitlines()]
    assert lines[0] == ["NAME", "VERSION", "TARGET", "SINCE", "UNTIL", "BY", "URL"]
    assert [line[:3] for line in lines[1:]] == [["wine", "2", "k8s/eu"], ["wine", "2", "k8s/us"]]
    assert cuvee("deployments", "list", "wine", "1").out.count("\n") == 1
    ended = cuvee("deployments", "list", "wine", "1", "--ended", "--json").json
    assert [(one["target"], one["url"]) for one in ended] == [("k8s/eu", "https://eu.example")]

    gone = cuvee("deployments", "end", "wine", "k8s/us", "--comment", "too dear")
    assert gone.out == "wine version 2 runs at k8s/us no more.\n"
    refused = cuvee("deployments", "end", "wine", "k8s/us")
    assert (refused.status, "deployments/list" in refused.err) == (1, True)
    assert len(cuvee("deployments", "list", "--json").json) == 1


def test_the_client_tells_where_a_version_runs(cuvee: Command, store: Store) -> None:  # noqa: ARG001
    client = mlflow.MlflowClient()
    client.record_deployment("wine", 1, "eu", url="https://eu.example", comment="build 7")
    reply = client.record_deployment("wine", "2", "eu")
    assert (reply.replaced, reply.deployment.version) == ("1", "2")
    assert [d.target for d in client.list_deployments("wine", 2)] == ["eu"]
    assert client.end_deployment("wine", "eu", comment="too dear").until
    assert client.list_deployments() == []
    assert [d.version for d in client.list_deployments(include_ended=True)] == ["2", "1"]
