"""Following metrics: what is logged through any server arrives, once, and goes on after a cut."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.charts import GetMetricTail, MetricTail
from cuvee.client.client import Client
from cuvee.client.connect import close_all
from cuvee.server.metric_stream import PATH
from postgres import running_postgres
from refusals.served import Site, wait_for


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database, as the test's parameter says."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/cuvee.db"
        return
    with running_postgres(durable=False) as found:
        yield found


def call(site: Site, path: str, body: dict[str, Any]) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", f"/api/2.0/mlflow/{path}", json.dumps(body), headers)
    answer = connection.getresponse()
    found = json.loads(answer.read())
    assert answer.status == 200, found
    connection.close()
    return found


def create(site: Site) -> str:
    run_id: str = call(site, "runs/create", {"experiment_id": "0"})["run"]["info"]["run_id"]
    return run_id


def log(site: Site, run_id: str, steps: range) -> None:
    for step in steps:
        point = {"run_id": run_id, "key": "m", "value": step / 2, "timestamp": step, "step": step}
        call(site, "runs/log-metric", point)


def events(site: Site, query: str, **headers: str) -> Iterator[tuple[str, Any]]:
    """Give id and data of the events of a stream; the first is of no data."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", f"{PATH}?{query}", headers=named)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    fields: dict[str, str] = {}
    try:
        for line in answer:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif "id" in fields:
                yield fields["id"], json.loads(fields.get("data", "{}"))
                fields = {}
    finally:
        answer.close()
        connection.close()


def steps_until(found: Iterator[tuple[str, Any]], last: int) -> tuple[list[int], str]:
    """Return the steps that arrive until one has, and the last event's id."""
    seen: list[int] = []
    while last not in seen:
        token, data = next(found)
        for series in data.get("series", []):
            assert not series.get("gap")
            seen += series["steps"]
    return seen, token


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
def test_points_of_another_server_arrive_and_a_cut_stream_resumes(url: str, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    one, other = (Site(url, folder) for folder in folders)
    try:
        run_id = create(one)
        log(one, run_id, range(5))
        found = events(one, f"run_ids={run_id}&keys=m")
        begun, data = next(found)
        assert data == {}
        writer = threading.Thread(target=log, args=(other, run_id, range(5, 40)))
        writer.start()
        seen, token = steps_until(found, 30)
        found.close()  # type: ignore[attr-defined]
        writer.join()
        log(one, run_id, range(40, 60))
        rest, _ = steps_until(events(other, f"run_ids={run_id}&keys=m", Last_Event_ID=token), 59)
        assert seen + rest == list(range(5, 60))
        whole, _ = steps_until(events(other, f"run_ids={run_id}", Last_Event_ID=begun), 59)
        assert whole == list(range(5, 60))
    finally:
        one.close()
        other.close()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_the_client_follows_points_and_states(url: str, tmp_path: Path) -> None:
    site = Site(url, tmp_path)
    try:
        run_id = create(site)
        seen: list[MetricTail] = []
        client = Client(f"http://127.0.0.1:{site.port}")
        token = client.do(GetMetricTail(run_ids=[run_id])).token

        def follow() -> None:
            for tail in client.follow_metrics([run_id], token=token):
                seen.append(tail)
                if tail.runs:
                    return

        follower = threading.Thread(target=follow)
        follower.start()
        started = time.monotonic()
        log(site, run_id, range(40))
        took = time.monotonic() - started
        wait_for(lambda: sum(len(s.steps) for t in seen for s in t.series) == 40)
        call(site, "runs/update", {"run_id": run_id, "status": "FINISHED", "end_time": 5})
        follower.join(20)
        assert not follower.is_alive()
        assert len(seen) <= 4 * took + 4  # several points in an event: four events a second
        assert [(r.run_id, r.status) for r in seen[-1].runs] == [(run_id, "FINISHED")]
    finally:
        close_all()
        site.close()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_stream_of_metrics_that_cannot_be_is_refused(url: str, tmp_path: Path) -> None:
    site = Site(url, tmp_path)
    try:
        run_id = create(site)
        for query, headers, status in (
            ("", {}, 400),
            (f"run_ids={run_id}", {"Last-Event-ID": "17"}, 400),
            ("run_ids=" + "f" * 32, {}, 200),
        ):
            connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
            connection.request("GET", f"{PATH}?{query}", headers=headers)
            answer = connection.getresponse()
            assert answer.status == status
            connection.close()
    finally:
        site.close()
