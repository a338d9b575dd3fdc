"""Facts for these tests: a version about which everything is known, and one of which nothing is."""

from __future__ import annotations

import hashlib
from typing import Any

from msgspec.structs import replace

from cuvee.api.artifacts import StoredFile, manifest_digest
from cuvee.api.datasets import Dataset, DatasetInput, InputTag
from cuvee.api.events import Event
from cuvee.api.metrics import Metric
from cuvee.api.models import RegisteredModel
from cuvee.api.runs import Param, Run, RunData, RunInfo, RunInputs, RunTag
from cuvee.api.versions import ModelVersion
from cuvee.evidence.facts import Check, Facts, Holding, Request, Verdict

TEXTS = {
    "MLmodel": """\
flavors:
  python_function:
    loader_module: mlflow.sklearn
    python_version: 3.11.7
  sklearn:
    serialization_format: skops
signature:
  inputs: '[{"type": "double", "name": "alcohol", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'
  params: null
""",
    "requirements.txt": "scikit-learn==1.7.2\nnumpy==2.1.0\n",
}
FILES = [
    StoredFile(path=path, digest=hashlib.sha256(text.encode()).hexdigest(), size=len(text))
    for path, text in sorted({**TEXTS, "model.skops": "trees"}.items())
]
DIGEST = manifest_digest(FILES)
REVIEW = {"approvals": 2, "from": ["group:risk"], "exclude": ["author"], "checks": ["golden-set"]}
MORE = {"reason": True, "expires": "7d", "break_glass": ["user:otto"]}
DOCUMENT = {"stages": [{"name": "Staging"}, {"name": "Production", "review": {**REVIEW, **MORE}}]}
DATA = Dataset("red-wine", "c0ffee12", "http", '{"url": "https://example.org/red.csv"}')


def run(**tags: str) -> Run:
    """Return a run that has recorded everything."""
    known = {"mlflow.source.git.commit": "8c1f", "mlflow.git.dirty": "false", **tags}
    return Run(
        info=RunInfo(
            run_id="3f0c7e1a",
            run_uuid="3f0c7e1a",
            run_name="old-vines",
            experiment_id="1",
            user_id="dana",
            status="FINISHED",
            start_time=1_000,
            end_time=61_000,
            artifact_uri="mlflow-artifacts:/1/3f0c7e1a/artifacts",
            lifecycle_stage="active",
        ),
        data=RunData(
            metric_items=[Metric("rmse", 0.61, 60_000, 0), Metric("nothing", float("nan"), 1, 0)],
            param_items=[Param("alpha", "0.1")],
            tag_items=[RunTag(key, value) for key, value in known.items() if value],
        ),
        inputs=RunInputs(dataset_inputs=[DatasetInput(DATA, [InputTag("context", "train")])]),
    )


def whole(**other: Any) -> Facts:
    """Return facts in which almost nothing is missing."""
    verdict = Verdict(
        user="rita", verdict="approved", comment="better", time=80_000, digest=DIGEST, policy="@1"
    )
    known = Facts(
        version=ModelVersion(
            name="lr_wine_quality",
            version="2",
            creation_timestamp=62_000,
            last_updated_timestamp=90_000,
            user_id="dana",
            current_stage="Production",
            description="Trained on the 2026 harvest.",
            digest=DIGEST,
            run_id="3f0c7e1a",
        ),
        model=RegisteredModel(
            name="lr_wine_quality",
            creation_timestamp=1,
            last_updated_timestamp=1,
            description="Predicts the quality of red wine.",
        ),
        run=run(),
        files=FILES,
        texts=TEXTS,
        events=[
            Event(
                sequence=9,
                time=90_000,
                actor="otto",
                via="token",
                action="version.transitioned",
                object="version:lr_wine_quality/2",
                before={"stage": "None"},
                after={"stage": "Production"},
                comment="approved",
            )
        ],
        policy="@1",
        document=DOCUMENT,
        gated=True,
        requests=[
            Request(
                stage="Production",
                user="dana",
                comment="please",
                time=70_000,
                state="approved",
                verdicts=[verdict],
            )
        ],
        checks=[Check(name="golden-set", passed=True, user="ci", time=65_000, digest=DIGEST)],
        holdings=[Holding(stage="Production", since=90_000)],
    )
    return replace(known, **other)


def bare() -> Facts:
    """Return facts in which everything is missing that can be."""
    version = ModelVersion(
        name="empty",
        version="1",
        creation_timestamp=1,
        last_updated_timestamp=1,
        current_stage="None",
    )
    model = RegisteredModel(name="empty", creation_timestamp=1, last_updated_timestamp=1)
    return Facts(version=version, model=model)
