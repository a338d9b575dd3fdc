"""Tracking data of every earlier schema are what they were after the upgrade, and can be found."""

from __future__ import annotations

import base64
import contextlib
import json
import math
import struct
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from cuvee.api.charts import GetMetricSeries
from cuvee.api.experiments import GetExperiment
from cuvee.api.metrics import GetMetricHistory, LogMetric
from cuvee.api.runs import GetRun, RunData, SearchRuns, SetTag
from cuvee.store import migrate
from cuvee.store.engine import open_database
from cuvee.store.schema import HEAD
from cuvee.store.settling import parsed_number
from cuvee.store.sql import SqlStore

REVISIONS = [f"{number:04}" for number in range(1, int(HEAD) + 1)]
SUMMARIES, SERIES, NUMBERS, CREATORS = "0004", "0008", "0010", "0015"
"""The revisions that brought these."""

Point = tuple[int, int, float]
"""Time, step and value."""

CHUNKED: list[Point] = [
    (1000, 0, 3.5), (1000, 1, 2.25), (1010, 1, math.nan), (1010, 2, -0.0),
    (1020, 2**40, 1e300), (1030, 5, 0.1),
]  # fmt: skip
CHUNK = (
    "AQYAAAAB6AMAAAAAAAAAAAAAAAAAAAUAAAAACgAKCggAAAAAAAAAAAUAAAAA////BQAAAPz7/PkABQAAAP////8A"
    "BQAAAP////8ABQAAAP////8ABQAAAP////8ABQAAAAAAAAEABQAAAAAAAAAABQAAAAAAAAAACAAAAAAAAAAAAAAA"
    "AAAAAAAGAAAAAAAA/5yaBgAAAAAAAP91mQYAAAAAAAD/AJkGAAAAAAAA/4iZBgAAAAAAAP88mQYAAAAAAAD/5JkG"
    "AAAADAL4/ze5BgAAAEBAf/9+Pw=="
)
"""The same points as schema 0008 keeps them."""

ODD: list[Point] = [
    (-(2**63), 2**63 - 1, math.inf), (0, -(2**63), -math.inf), (0, 0, 5e-324), (0, 0, 7.0),
    (2**63 - 1, 3, -1.5),
]  # fmt: skip
RUNS: dict[str, dict[str, Any]] = {
    "a" * 32: {
        "name": "first",
        "params": {"lr": "0.01", "n": " 1e3 ", "text": "abc", "empty": "", "long": "é" * 3000},
        "tags": {"mlflow.runName": "first", "team": "cellar", "size": "-0.5", "odd": "nan"},
        "metrics": {"loss": CHUNKED, "odd": ODD, "never": [(1, 1, math.nan)]},
    },
    "b" * 32: {
        "name": "second",
        "params": {"lr": "0.5", "text": "xyz"},
        "tags": {"mlflow.runName": "second", "mlflow.parentRunId": "a" * 32},
        "metrics": {"loss": [(5, 0, 9.0), (6, 1, 8.0)]},
    },
}
FIRST, SECOND = RUNS
LONG: list[Point] = [(10 * (i // 3), i, math.sin(i)) for i in range(20_011)]
"""More points than migrations take at a time."""


def bits(value: float) -> int:
    """Return the integer that sorts as a float does, as every schema keeps it."""
    (number,) = struct.unpack("<q", struct.pack("<d", value))
    return int(number if number >= 0 else number ^ 0x7FFF_FFFF_FFFF_FFFF)


def plain(value: float) -> float | None:
    return None if math.isnan(value) else value


class Old:
    """A database with an earlier schema, and what is written to it.

    Args:
        url: its URL.
        revision: the schema's.
    """

    def __init__(self, url: str, revision: str) -> None:
        self.revision = revision
        database = open_database(url)
        command.upgrade(migrate.config(database), revision)
        self.engine = sa.create_engine(database.sqlalchemy_url(), poolclass=sa.NullPool)
        self.tables: dict[str, sa.Table] = {}

    def write(self, *, long: bool) -> None:
        """Write experiments and runs as programs of that time did."""
        with self.engine.begin() as self.connection:
            names = {key for run in RUNS.values() for kind in KINDS for key in run[kind]}
            self.keys = {
                name: self.put("keys", name=name).inserted_primary_key[0]
                for name in sorted({*names, "long"})
            }
            experiment = {"lifecycle": "active", "created": 1, "updated": 1}
            self.put(
                "experiments", id=71, name="old", artifact_location="mlflow-artifacts:/71",
                **experiment,
            )  # fmt: skip
            self.put("experiment_tags", experiment_id=71, key="cuvee.goal.loss", value="maximize")
            for i, (run_id, run) in enumerate(RUNS.items()):
                made = {"created_by": ["eve", ""][i]} if self.revision >= CREATORS else {}
                pk = self.put(
                    "runs", run_id=run_id, experiment_id=71, name=run["name"], user_id="ann",
                    status="FINISHED", start_time=100 + i, end_time=200, lifecycle="active",
                    artifact_uri=f"mlflow-artifacts:/71/{run_id}/artifacts", **made,
                ).inserted_primary_key[0]  # fmt: skip
                self._run(pk, run)
                if long:
                    self._series(pk, "long", LONG)
            for actor, action, run_id in HISTORY:
                self.put(
                    "events", time=1, actor=actor, via="token", action=action,
                    object=f"run:{run_id}", before="{}", after="{}", comment="",
                )  # fmt: skip

    def _run(self, pk: int, run: dict[str, Any]) -> None:
        for kind in ("params", "tags"):
            for key, value in run[kind].items():
                row = {"run_pk": pk, "key_id": self.keys[key], "value": value}
                if self.revision >= NUMBERS:
                    row["number"] = parsed_number(value)
                self.put(kind, **row)
        for key, points in run["metrics"].items():
            self._series(pk, key, points)

    def _series(self, pk: int, key: str, points: list[Point]) -> None:
        of = {"run_pk": pk, "key_id": self.keys[key]}
        latest = self._summary(points)
        if self.revision >= SERIES:
            chunked = points is CHUNKED
            latest |= {"logged": len(points), "folded": len(points) if chunked else 0}
            (self._chunk if chunked else self._tail)(of, points)
        else:
            rows = [{**of, "timestamp": t, "step": s, "bits": bits(v)} for t, s, v in points]
            self.connection.execute(self._table("points").insert(), rows)
        self.put("latest", **of, **latest)

    def _summary(self, points: list[Point]) -> dict[str, Any]:
        def rank(point: Point) -> tuple[int, int, float]:
            return point[1], point[0], 0.0 if math.isnan(point[2]) else point[2]

        def columns(begin: str, point: Point) -> dict[str, Any]:
            time, step, value = point
            found = {"value": plain(value), "bits": bits(value), "step": step, "timestamp": time}
            return {f"{begin}{name}": part for name, part in found.items()}

        found = columns("", max(points, key=rank))
        if self.revision >= SUMMARIES:
            found |= columns("first_", min(points, key=rank))
            numbers = [(bits(v), s, v) for _, s, v in points if not math.isnan(v)]
            for name, choose in (("min", min), ("max", max)) if numbers else ():
                number, _, value = choose(numbers)
                step = min(s for b, s, _ in numbers if b == number)
                found |= {f"{name}_value": value, f"{name}_bits": number, f"{name}_step": step}
        return found

    def _chunk(self, of: dict[str, int], points: list[Point]) -> None:
        steps = [step for _, step, _ in points]
        ends = {
            f"{end}_{name}": part
            for end, (time, step, value) in (("first", points[0]), ("last", points[-1]))
            for name, part in (("timestamp", time), ("step", step), ("bits", bits(value)))
        }
        self.put(
            "chunks", **of, **ends, lane=0, size=len(points), low_step=min(steps),
            high_step=max(steps), rising=0, data=base64.b64decode(CHUNK),
        )  # fmt: skip

    def _tail(self, of: dict[str, int], points: list[Point]) -> None:
        """Write points as two calls have left them."""
        half = len(points) // 2
        for start, part in ((0, points[:half]), (half, points[half:])):
            columns = zip(*((t, s, bits(v)) for t, s, v in part), strict=True)
            data = b"".join(struct.pack(f"<{len(part)}q", *column) for column in columns)
            if part:
                self.put("tails", **of, position=start, data=data)

    def put(self, table: str, **row: Any) -> Any:
        """Write a row."""
        return self.connection.execute(self._table(table).insert().values(**row))

    def _table(self, name: str) -> sa.Table:
        """Return a table as the database has it."""
        if name not in self.tables:
            seen = sa.inspect(self.connection)
            key = seen.get_pk_constraint(name)["constrained_columns"]
            columns = [
                sa.Column(column["name"], column["type"], primary_key=column["name"] in key)
                for column in seen.get_columns(name)
            ]
            self.tables[name] = sa.Table(name, sa.MetaData(), *columns)
        return self.tables[name]


KINDS = ("params", "tags", "metrics")
HISTORY = [("eve", "run.created", FIRST), ("bob", "run.finished", FIRST)]
"""What is told of the first run, which by its own word is ann's; of the second nothing is."""


def spelled(points: list[Point]) -> str:
    """Return points so that they can be compared to the last bit."""
    return json.dumps([(t, s, bits(v)) for t, s, v in points])


def data_of(store: SqlStore, run_id: str) -> RunData:
    return store.do(GetRun(run_id=run_id)).run.data


def history(store: SqlStore, run_id: str, key: str) -> list[Point]:
    page = store.do(GetMetricHistory(run_id=run_id, metric_key=key))
    return [(m.timestamp, m.step, m.value) for m in page.metrics]


def find(store: SqlStore, text: str, *order: str) -> str:
    op = SearchRuns(experiment_ids=["71"], filter=text, order_by=[*order, "start_time"])
    return " ".join(run.info.run_name for run in store.do(op).runs)


FOUND = {
    "": "first second",
    "number(params.lr) < 0.1": "first",
    "number(params.n) = 1000": "first",
    "number(params.text) != 1": "",
    "number(tags.size) BETWEEN -1 AND 0": "first",
    "number(tags.odd) != 1": "",
    "params.text LIKE 'ab%'": "first",
    "params.empty = ''": "first",
    f"params.long = '{'é' * 3000}'": "first",
    f"params.long = '{'é' * 2999}e'": "",
    "tags.team = 'cellar'": "first",
    "tags.team IS NULL": "second",
    "parent.params.text = 'abc'": "second",
    "children.count = 1": "first",
    "metrics.loss = 1e300": "first",
    "metrics.loss = 8": "second",
    "min(metrics.loss) = 0": "first",
    "max(metrics.loss) > 9": "first",
    "first(metrics.loss) = 3.5": "first",
    "best(metrics.loss) = 9": "second",
    "at(metrics.loss, 5) = 0.1": "first",
    "at(metrics.loss, 1) > 2": "second",
    "at(metrics.loss, 1) != 8": "first",
    "metrics.never != 1": "first",
    "min(metrics.never) < 1": "",
    "metrics.odd > 1e308": "first",
    "min(metrics.odd) < -1e308": "first",
    "run_name = 'second'": "second",
    "created_by = 'eve'": "first",
    "created_by = ''": "second",
    "created_by != 'eve'": "second",
    "user_id = 'ann'": "first second",
}


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_an_earlier_schema_held_is_there_after_the_upgrade(
    old_url: str, revision: str
) -> None:
    long = revision in ("0001", "0003", "0007")
    Old(old_url, revision).write(long=long)

    assert migrate.upgrade(old_url).current == HEAD
    with contextlib.closing(SqlStore.open(old_url)) as store:
        assert store.do(GetExperiment(experiment_id="71")).experiment.name == "old"
        for run_id, run in RUNS.items():
            data = data_of(store, run_id)
            assert data.params == run["params"]
            assert data.tags == run["tags"]
            assert set(data.metrics) - {"long"} == set(run["metrics"])
            for key, points in run["metrics"].items():
                assert spelled(history(store, run_id, key)) == spelled(points)
            if long:
                assert spelled(history(store, run_id, "long")) == spelled(LONG)
                assert data.metrics["long"] == LONG[-1][2]
        assert {text: find(store, text) for text in FOUND} == FOUND
        assert find(store, "", "metrics.loss ASC") == "second first"
        assert find(store, "", "min(metrics.loss) ASC") == "first second"
        assert find(store, "", "number(params.lr) DESC") == "second first"


@pytest.mark.parametrize("revision", REVISIONS)
def test_runs_of_an_earlier_schema_go_on_after_the_upgrade(old_url: str, revision: str) -> None:
    Old(old_url, revision).write(long=False)
    migrate.upgrade(old_url)
    with contextlib.closing(SqlStore.open(old_url)) as store:
        more = [(1040, 2**41, -4.0), (1005, 1, 6.0)]
        for time, step, value in (*more, CHUNKED[1]):
            point = {"timestamp": time, "step": step, "value": value}
            store.do(LogMetric(run_id=FIRST, key="loss", **point))  # type: ignore[arg-type]
        store.do(LogMetric(run_id=SECOND, key="fresh", value=1.0, timestamp=1))
        store.do(SetTag(run_id=FIRST, key="size", value="12"))

        whole = sorted([*CHUNKED, *more], key=lambda point: (*point[:2], bits(point[2])))
        assert spelled(history(store, FIRST, "loss")) == spelled(whole)
        assert data_of(store, FIRST).metrics["loss"] == -4.0
        (curve,) = store.do(GetMetricSeries(run_ids=[FIRST], keys=["loss"])).series
        assert sum(curve.count) == len(whole)
        assert min(v for v in curve.min if not math.isnan(v)) == -4.0
        found = {
            "min(metrics.loss) = -4": "first",
            "max(metrics.loss) = 1e300": "first",
            "metrics.loss < 0": "first",
            "metrics.fresh = 1": "second",
            "number(tags.size) = 12": "first",
            "number(tags.size) < 0": "",
        }
        assert {text: find(store, text) for text in found} == found
