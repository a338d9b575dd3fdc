"""Two versions of a model with one change of each kind, and all that has not changed."""

from __future__ import annotations

import json
from typing import Any

from cuvee.api.artifacts import PutArtifact
from cuvee.api.base import Store
from cuvee.api.datasets import Dataset, DatasetInput, LogInputs
from cuvee.api.metrics import Metric
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.runs import CreateRun, LogBatch, Param, RunTag
from cuvee.api.versions import CreateModelVersion, ModelVersionTag
from cuvee.blobs import Blobs

REQUIREMENTS = "scikit-learn=={learn}\nnumpy==2.1.0\n{more}"
CONDA = "dependencies:\n- python=3.13.0\n- pip<=25\n- pip:\n  - scikit-learn\n  - numpy==2.1.0\n"


def signature(inputs: dict[str, str], outputs: dict[str, str], **params: Any) -> str:
    """Return an MLmodel with columns and their types, and params with their defaults."""
    parts = {
        "inputs": [{"name": n, "type": t, "required": True} for n, t in inputs.items()],
        "outputs": [{"name": n, "type": t, "required": True} for n, t in outputs.items()],
        "params": [
            {"name": n, "type": "double", "default": value, "shape": None}
            for n, value in params.items()
        ],
    }
    lines = [f"  {part}: '{json.dumps(columns)}'" for part, columns in parts.items()]
    return "flavors:\n  sklearn: {}\nsignature:\n" + "\n".join(lines) + "\n"


BEFORE: dict[str, Any] = {
    "metrics": {"rmse": 0.75, "r2": 0.5, "mae": 0.4},
    "params": {"alpha": "0.1", "depth": "3"},
    "tags": {"mlflow.source.git.commit": "a" * 40, "mlflow.source.git.branch": "main"},
    "data": "d1",
    "files": {
        "MLmodel": signature({"acid": "double", "age": "long"}, {"quality": "double"}, limit=1.5),
        "requirements.txt": REQUIREMENTS.format(learn="1.7.1", more="scipy>=1.10\n"),
        "conda.yaml": CONDA,
        "model.skops": "old trees",
        "notes.md": "old",
    },
    "description": "alcohol alone",
    "version_tags": {"ticket": "W-1", "team": "cellar"},
}
AFTER: dict[str, Any] = {
    "metrics": {"rmse": 0.5, "r2": 0.5, "f1": 0.9},
    "params": {"alpha": "0.2", "depth": "3"},
    "tags": {"mlflow.source.git.commit": "b" * 40, "mlflow.source.git.branch": "main"},
    "data": "d2",
    "files": {
        "MLmodel": signature(
            {"acid": "string", "ph": "double"}, {"quality": "double", "sd": "double"}, limit=2.5
        ),
        "requirements.txt": REQUIREMENTS.format(learn="1.7.2", more="joblib\n"),
        "conda.yaml": CONDA,
        "model.skops": "new trees",
        "plot.svg": "<svg/>",
    },
    "description": "with pH",
    "version_tags": {"ticket": "W-2", "team": "cellar"},
}


def register(store: Store, blobs: Blobs, name: str, *, experiment: str = "0", **told: Any) -> str:
    """Log a run with a model as it is described above, register it, and return the version."""
    run = store.do(CreateRun(experiment_id=experiment, run_name="r")).run.info
    store.do(
        LogBatch(
            run_id=run.run_id,
            metrics=[Metric(key, value, 1) for key, value in told["metrics"].items()],
            params=[Param(key, value) for key, value in told["params"].items()],
            tags=[RunTag(key, value) for key, value in told["tags"].items()],
        )
    )
    dataset = Dataset("wine", told["data"], "local", "{}")
    store.do(LogInputs(run_id=run.run_id, datasets=[DatasetInput(dataset)]))
    root = run.artifact_uri.partition(":")[2].lstrip("/")
    for path, text in told["files"].items():
        digest, size = blobs.put([text.encode()])
        kept = text if path == "MLmodel" else ""
        store.do(PutArtifact(path=f"{root}/model/{path}", digest=digest, size=size, text=kept))
    made = CreateModelVersion(
        name=name,
        source=f"runs:/{run.run_id}/model",
        run_id=run.run_id,
        description=told["description"],
        tags=[ModelVersionTag(key, value) for key, value in told["version_tags"].items()],
    )
    return store.do(made).model_version.version


def register_pair(store: Store, blobs: Blobs, name: str, experiment: str = "0") -> None:
    """Make a model whose versions 1 and 2 differ in one thing of each kind."""
    store.do(CreateRegisteredModel(name=name))
    for told in (BEFORE, AFTER):
        register(store, blobs, name, experiment=experiment, **told)
