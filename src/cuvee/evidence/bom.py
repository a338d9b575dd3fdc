"""The bill of materials: CycloneDX 1.6 with the model, its data and its Python packages."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

from cuvee import __version__
from cuvee.evidence.facts import (
    COMMIT,
    DIRTY,
    REPOSITORY,
    REQUIREMENTS,
    Facts,
    flavors,
    moment,
    python_version,
    requirements,
    signature,
)

Json = dict[str, Any]
MODEL = "model"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://cyclonedx.org/schema/bom-1.6.schema.json")


def bom(facts: Facts) -> Json:
    """Return the bill of materials as the JSON object that CycloneDX 1.6 describes."""
    datasets, packages = _datasets(facts), _packages(facts)
    version = facts.version
    of = f"{version.name}/{version.version}/{version.digest}/{facts.as_of}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, of)}",
        "version": 1,
        "metadata": {
            "timestamp": moment(facts.as_of),
            "tools": {
                "components": [{"type": "application", "name": "cuvee", "version": __version__}]
            },
            "component": _model(facts, [item["bom-ref"] for item in datasets]),
        },
        "components": [*datasets, *packages],
        "dependencies": [
            {"ref": MODEL, "dependsOn": [item["bom-ref"] for item in (*datasets, *packages)]}
        ],
    }


def _model(facts: Facts, datasets: list[str]) -> Json:
    version = facts.version
    parts = signature(facts)
    # The parameters' `inputs` and `outputs` name formats; the columns are the signature's.
    parameters: Json = {"datasets": [{"ref": ref} for ref in datasets]} if datasets else {}
    for part in ("inputs", "outputs"):
        if part in parts:
            parameters[part] = [{"format": parts[part]}]
    model_card: Json = {}
    if parameters:
        model_card["modelParameters"] = parameters
    if facts.run and facts.run.data.metric_items:
        model_card["quantitativeAnalysis"] = {
            "performanceMetrics": [
                {"type": key, "value": repr(value)}
                for key, value in sorted(facts.run.data.metrics.items())
            ]
        }
    found: Json = {
        "type": "machine-learning-model",
        "bom-ref": MODEL,
        "name": version.name,
        "version": version.version,
        "description": version.description or facts.model.description or "",
        "properties": _properties(facts),
        "components": [
            {
                "type": "file",
                "bom-ref": f"file:{file.path}",
                "name": file.path,
                "hashes": [{"alg": "SHA-256", "content": file.digest}],
            }
            for file in facts.files
        ],
    }
    if version.digest:
        found["hashes"] = [{"alg": "SHA-256", "content": version.digest}]
    if model_card:
        found["modelCard"] = model_card
    if facts.tag(COMMIT):
        found["pedigree"] = {"commits": [{"uid": facts.tag(COMMIT)}]}
    return {key: value for key, value in found.items() if value}


def _properties(facts: Facts) -> list[Json]:
    run = facts.run
    named = {
        "cuvee:stage": facts.version.current_stage,
        "cuvee:digest": "the hash is the sha256 of files.sha256, which lists the files"
        if facts.version.digest
        else "",
        "cuvee:registered_by": facts.version.user_id or "",
        "cuvee:run": run.info.run_id if run else "",
        "cuvee:run_by": run.info.user_id if run else "",
        "cuvee:source": facts.version.source,
        "cuvee:repository": facts.tag(REPOSITORY),
        "cuvee:uncommitted_changes": facts.tags.get(DIRTY, ""),
        "cuvee:flavors": ", ".join(flavors(facts)),
        "cuvee:python": python_version(facts),
    }
    named |= {
        f"cuvee:param:{key}": value for key, value in (run.data.params if run else {}).items()
    }
    return [{"name": name, "value": value} for name, value in sorted(named.items()) if value]


def _datasets(facts: Facts) -> list[Json]:
    found = {}
    for item in facts.run.inputs.dataset_inputs if facts.run else []:
        data = item.dataset
        ref = f"dataset:{data.name}@{data.digest}"
        properties = {
            # How a client has digested its data is not known, so this is no hash of the standard's.
            "cuvee:digest": data.digest,
            "cuvee:source": data.source,
            "cuvee:source_type": data.source_type,
            **{f"cuvee:tag:{tag.key}": tag.value for tag in item.tags},
        }
        found[ref] = {
            "type": "data",
            "bom-ref": ref,
            "name": data.name,
            "version": data.digest,
            "data": [{"type": "dataset", "name": data.name}],
            "properties": [{"name": k, "value": v} for k, v in sorted(properties.items()) if v],
        }
    return [found[ref] for ref in sorted(found)]


def _packages(facts: Facts) -> list[Json]:
    packages, _ = requirements(facts.texts.get(REQUIREMENTS, ""))
    found = []
    for package in packages:
        purl = f"pkg:pypi/{package.name}"
        if package.version:
            purl += f"@{quote(package.version, safe='')}"
        item = {"type": "library", "bom-ref": purl, "name": package.name, "purl": purl}
        if package.version:
            item["version"] = package.version
        else:
            item["description"] = f"no exact version: {package.line}"
        found.append(item)
    return found
