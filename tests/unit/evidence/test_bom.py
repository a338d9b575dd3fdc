"""The bill of materials is what CycloneDX says it must be."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from cuvee.api.datasets import DatasetInput
from cuvee.evidence.bom import bom
from cuvee.evidence.facts import Facts
from unit.evidence import stories


def checked(facts: Facts) -> dict[str, Any]:
    """Return a valid bill of materials."""
    # To import what judges it takes seconds, which each worker would spend on its way to any test.
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = json.dumps(bom(facts), allow_nan=False)
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    assert problem is None, problem
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_bill_names_the_model_its_data_and_its_packages() -> None:
    found = checked(stories.whole())
    model = found["metadata"]["component"]
    assert (model["type"], model["name"], model["version"]) == (
        "machine-learning-model",
        "lr_wine_quality",
        "2",
    )
    assert model["hashes"] == [{"alg": "SHA-256", "content": stories.DIGEST}]
    assert [c["name"] for c in model["components"]] == [f.path for f in stories.FILES]
    assert model["pedigree"]["commits"] == [{"uid": "8c1f"}]
    metrics = model["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]
    assert metrics == [{"type": "nothing", "value": "nan"}, {"type": "rmse", "value": "0.61"}]
    assert model["modelCard"]["modelParameters"]["datasets"] == [
        {"ref": "dataset:red-wine@c0ffee12"}
    ]
    assert [c.get("purl") for c in found["components"]] == [
        None,
        "pkg:pypi/numpy@2.1.0",
        "pkg:pypi/scikit-learn@1.7.2",
    ]
    assert found["dependencies"][0]["dependsOn"] == [c["bom-ref"] for c in found["components"]]


def test_the_bill_of_a_bare_version_is_valid_too() -> None:
    model = checked(stories.bare())["metadata"]["component"]
    assert "modelCard" not in model
    assert "hashes" not in model


def test_packages_without_an_exact_version_have_none_in_the_bill() -> None:
    texts = {"requirements.txt": "torch==2.5+cpu\nnumpy>=1\n"}
    numpy, torch = checked(stories.whole(texts=texts))["components"][1:]
    assert "version" not in numpy
    assert torch["purl"] == "pkg:pypi/torch@2.5%2Bcpu"


@pytest.mark.parametrize("hostile", ["", "x" * 5000, "http://[::1", '"\\\n', "Ünï\u2028cødé"])
def test_whatever_clients_have_sent_the_bill_is_valid(hostile: str) -> None:
    facts = stories.whole()
    assert facts.run is not None
    data = replace(stories.DATA, name=hostile[:500] or "d", source=hostile)
    run = stories.run(**{"mlflow.source.git.commit": hostile, "mlflow.source.git.repoURL": hostile})
    run = replace(run, inputs=replace(run.inputs, dataset_inputs=[DatasetInput(data)] * 2))
    texts = {"MLmodel": hostile, "requirements.txt": hostile}
    version = replace(facts.version, name=hostile or "m", description=hostile, source=hostile)
    checked(replace(facts, run=run, texts=texts, version=version))


def test_the_same_facts_give_the_same_bill() -> None:
    assert bom(stories.whole()) == bom(stories.whole())
    assert bom(stories.whole())["serialNumber"] != bom(stories.bare())["serialNumber"]
