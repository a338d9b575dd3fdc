"""Any sequence of writes leaves the store as it leaves a plain dictionary."""

from __future__ import annotations

import math
import struct
import tempfile
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from cuvee.api.metrics import GetMetricHistory, Metric
from cuvee.api.models import CreateRegisteredModel, GetRegisteredModel, SetRegisteredModelAlias
from cuvee.api.runs import (
    CreateRun,
    DeleteRun,
    DeleteTag,
    GetRun,
    LogBatch,
    Param,
    RestoreRun,
    RunTag,
    SearchRuns,
)
from cuvee.api.versions import CreateModelVersion, DeleteModelVersion, TransitionStage
from cuvee.errors import BadRequest, Conflict, NotFound
from cuvee.store.sql import SqlStore

KEYS = st.sampled_from(["a", "b/c", "d e", "ü"])
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
INT64 = st.integers(-(2**63), 2**63 - 1)
POINTS = st.builds(
    Metric, KEYS, st.floats(), st.integers(0, 3), st.one_of(st.integers(-2, 2), INT64)
)
STAGES = st.sampled_from(["None", "Staging", "Production", "Archived"])


def exact(value: float) -> bytes:
    return struct.pack("<d", math.nan if math.isnan(value) else value)


class Model:
    """What the store should hold, in plain dictionaries."""

    def __init__(self) -> None:
        self.params: dict[str, dict[str, str]] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.points: dict[str, set[tuple[str, int, int, bytes]]] = {}
        self.deleted: set[str] = set()
        self.stages: dict[int, str] = {}
        self.aliases: dict[str, int] = {}
        self.last_version = 0

    def latest(self, run_id: str) -> dict[str, bytes]:
        best: dict[str, tuple[tuple[int, int, float], bytes]] = {}
        for key, step, timestamp, raw in self.points[run_id]:
            value = struct.unpack("<d", raw)[0]
            rank = (step, timestamp, 0.0 if math.isnan(value) else value)
            if key not in best or rank > best[key][0]:
                best[key] = (rank, raw)
        return {key: raw for key, (_, raw) in best.items()}


class StoreMachine(RuleBasedStateMachine):
    """Writes at random, and looks after each whether the store and the dictionaries agree."""

    url = ""
    runs = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.directory: Any = None
        url = self.url
        if not url:
            self.directory = tempfile.TemporaryDirectory()
            url = f"sqlite:///{Path(self.directory.name) / 'cuvee.db'}"
        self.store = SqlStore.open(url)
        self.model = Model()
        self.name = f"m{uuid.uuid4().hex}"
        self.store.do(CreateRegisteredModel(name=self.name))

    def teardown(self) -> None:
        self.store.close()
        if self.directory is not None:
            self.directory.cleanup()

    def attempt(self, op: Any) -> bool:
        try:
            self.store.do(op)
        except (BadRequest, Conflict, NotFound):
            return False
        return True

    @rule(target=runs)
    def create(self) -> str:
        run_id = self.store.do(CreateRun(experiment_id="0", run_name="r")).run.info.run_id
        self.model.params[run_id] = {}
        self.model.tags[run_id] = {"mlflow.runName": "r"}
        self.model.points[run_id] = set()
        return run_id

    @rule(
        run=runs,
        metrics=st.lists(POINTS, max_size=8),
        params=st.lists(st.builds(Param, KEYS, TEXTS), max_size=3),
        tags=st.lists(st.builds(RunTag, KEYS, TEXTS), max_size=3),
    )
    def log(self, run: str, metrics: list[Metric], params: list[Param], tags: list[RunTag]) -> None:
        held = self.model.params[run]
        keys = [p.key for p in params]
        fine = (
            run not in self.model.deleted
            and len(set(keys)) == len(keys)
            and all(held.get(p.key, p.value) == p.value for p in params)
        )
        assert fine == self.attempt(LogBatch(run_id=run, metrics=metrics, params=params, tags=tags))
        if fine:
            held.update((p.key, p.value) for p in params)
            self.model.tags[run].update((t.key, t.value) for t in tags)
            self.model.points[run].update(
                (m.key, m.step, m.timestamp, exact(m.value)) for m in metrics
            )

    @rule(run=runs, key=KEYS)
    def delete_tag(self, run: str, key: str) -> None:
        fine = run not in self.model.deleted and key in self.model.tags[run]
        assert fine == self.attempt(DeleteTag(run_id=run, key=key))
        if fine:
            del self.model.tags[run][key]

    @rule(run=runs, delete=st.booleans())
    def delete_or_restore(self, run: str, delete: bool) -> None:
        self.store.do(DeleteRun(run_id=run) if delete else RestoreRun(run_id=run))
        (self.model.deleted.add if delete else self.model.deleted.discard)(run)

    @rule()
    def register(self) -> None:
        self.store.do(CreateModelVersion(name=self.name, source="s3://bucket/m"))
        self.model.last_version += 1
        self.model.stages[self.model.last_version] = "None"

    @rule(number=st.integers(1, 4), stage=STAGES, archive=st.booleans())
    def transition(self, number: int, stage: str, archive: bool) -> None:
        stages = self.model.stages
        fine = number in stages and not (archive and stage in ("None", "Archived"))
        assert fine == self.attempt(
            TransitionStage(
                name=self.name,
                version=str(number),
                stage=stage,
                archive_existing_versions=archive,
            )
        )
        if fine:
            for other in stages:
                if archive and stages[other] == stage:
                    stages[other] = "Archived"
            stages[number] = stage

    @rule(number=st.integers(1, 4), alias=st.sampled_from(["best", "Best", "x-1"]))
    def set_alias(self, number: int, alias: str) -> None:
        fine = number in self.model.stages
        op = SetRegisteredModelAlias(name=self.name, alias=alias, version=str(number))
        assert fine == self.attempt(op)
        if fine:
            self.model.aliases[alias] = number

    @rule(number=st.integers(1, 4))
    def delete_version(self, number: int) -> None:
        fine = self.model.stages.get(number) in ("None", "Archived")
        assert fine == self.attempt(DeleteModelVersion(name=self.name, version=str(number)))
        if fine:
            del self.model.stages[number]
            aliases = self.model.aliases
            self.model.aliases = {a: v for a, v in aliases.items() if v != number}

    @rule(run=runs)
    def look_at_run(self, run: str) -> None:
        found = self.store.do(GetRun(run_id=run)).run
        assert found.data.params == self.model.params[run]
        assert found.data.tags == self.model.tags[run]
        assert (found.info.lifecycle_stage == "deleted") == (run in self.model.deleted)
        latest = self.model.latest(run)
        assert {k: exact(v) for k, v in found.data.metrics.items()} == latest
        for key in latest:
            page = self.store.do(GetMetricHistory(run_id=run, metric_key=key))
            points = {(m.key, m.step, m.timestamp, exact(m.value)) for m in page.metrics}
            assert points == {p for p in self.model.points[run] if p[0] == key}
            assert len(page.metrics) == len(points)

    @rule(run=runs, key=KEYS)
    def search(self, run: str, key: str) -> None:
        for value in {self.model.params[r].get(key) for r in self.model.params}:
            if value is None or '"' in value:
                continue
            op = SearchRuns(experiment_ids=["0"], filter=f'params."{key}" = "{value}"')
            found = {r.info.run_id for r in self.store.do(op).runs} & set(self.model.params)
            assert found == {
                r
                for r, params in self.model.params.items()
                if params.get(key) == value and r not in self.model.deleted
            }
        assert run in self.model.params

    @invariant()
    def registry_agrees(self) -> None:
        found = self.store.do(GetRegisteredModel(name=self.name)).registered_model
        highest: dict[str, int] = {}
        for number, stage in self.model.stages.items():
            highest[stage] = max(number, highest.get(stage, 0))
        assert {v.current_stage: int(v.version) for v in found.latest_versions} == highest
        assert {a: int(v) for a, v in found.aliases.items()} == self.model.aliases


LIMITS = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def test_any_sequence_of_writes_leaves_what_dictionaries_hold_on_sqlite() -> None:
    run_state_machine_as_test(StoreMachine, settings=LIMITS)


@pytest.mark.usefixtures("postgres_url")
def test_any_sequence_of_writes_leaves_what_dictionaries_hold_on_postgresql(
    postgres_url: str,
) -> None:
    machine = type("PostgresMachine", (StoreMachine,), {"url": postgres_url})

    run_state_machine_as_test(machine, settings=settings(LIMITS, max_examples=10))
