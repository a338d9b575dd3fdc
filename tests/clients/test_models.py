"""Models load where they were logged and in the other client."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from clients.environments import since
from clients.processes import FlowFailed

pytestmark = pytest.mark.clients

RunFlow = Callable[..., dict[str, Any]]

INPUTS = [["alcohol", "double"], ["pH", "double"]]
SKLEARN = {
    "sklearn": [5.051487969, 5.353217766, 6.182076407, 6.913217859],
    "sklearn inputs": INPUTS,
    "sklearn refuses": True,
    "coefficients": [0.585830112, -0.217412102],
    "flavors": ["python_function", "sklearn"],
}
OFFSET = {"offset": [9.9, 10.3, 11.7, 13.0], "offset inputs": INPUTS, "offset refuses": True}
SPREAD = {"spread": [5.89, 6.6, 8.04, 9.2], "spread inputs": INPUTS, "spread refuses": True}

PICKLED = {"serialization_format": "cloudpickle"}


def consent(reader: str) -> dict[str, Any]:
    """Return what Cuvee wants to hear before it unpickles; MLflow does not ask."""
    return {"trust": "pickle"} if reader == "cuvee" else {}


@pytest.mark.parametrize("name", since(1))
def test_a_client_loads_what_it_logged(run: RunFlow, name: str) -> None:
    functions = name in since(2)
    kinds = ["sklearn", "offset", "spread"] if functions else ["sklearn", "offset"]

    facts = run(name, "models", kinds=kinds, load=consent(name))

    assert facts == SKLEARN | OFFSET | (SPREAD if functions else {})


@pytest.mark.parametrize("name", since(1))
def test_each_load_is_counted_once(run: RunFlow, cuvee_server: str, name: str) -> None:
    uris = run(name, "models", do="log", kinds=["sklearn"])["uris"]
    model = uris["sklearn"].split("/")[1]
    asked = f"{cuvee_server}/api/1.0/cuvee/model-versions/loads?name={quote(model)}&version=1"

    def counted() -> int:
        with urlopen(asked) as answer:  # noqa: S310  # our own server
            return sum(one["count"] for one in json.load(answer).get("loads", []))

    assert counted() == 0, "what is logged and registered is not loaded"
    run(name, "models", uris=uris, load=consent(name))
    end = time.monotonic() + 20
    while counted() < 3 and time.monotonic() < end:
        time.sleep(0.05)
    assert counted() == 3, "as a function, as what it is, and what is known of it"


@pytest.mark.parametrize(
    ("writer", "reader", "log"),
    [
        ("mlflow-3.17", "cuvee", {}),
        ("mlflow-3.17", "cuvee", PICKLED),
        ("mlflow-2.22", "cuvee", {}),
        ("cuvee", "mlflow-3.17", {}),
        ("cuvee", "mlflow-3.17", PICKLED),
        # MLflow 2 does not know skops, which is Cuvee's default.
        ("cuvee", "mlflow-2.22", PICKLED),
    ],
)
def test_a_model_logged_by_one_client_loads_in_the_other(
    run: RunFlow, writer: str, reader: str, log: dict[str, Any]
) -> None:
    uris = run(writer, "models", do="log", **log)["uris"]

    facts = run(reader, "models", uris=uris, load=consent(reader))

    assert facts == SKLEARN | OFFSET | SPREAD


@pytest.mark.parametrize("writer", ["mlflow-3.17", "cuvee"])
def test_a_scikit_learn_model_of_today_needs_no_consent(run: RunFlow, writer: str) -> None:
    uris = run(writer, "models", do="log", kinds=["sklearn"])["uris"]

    assert run("cuvee", "models", uris=uris) == SKLEARN


@pytest.mark.parametrize("kind", ["sklearn", "offset", "spread"])
def test_a_pickle_of_another_client_is_not_loaded_without_consent(run: RunFlow, kind: str) -> None:
    uris = run("mlflow-2.22", "models", do="log", kinds=[kind])["uris"]

    with pytest.raises(FlowFailed, match=r"UntrustedModel: .*trust="):
        run("cuvee", "models", uris=uris)
