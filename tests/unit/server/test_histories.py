"""Long histories and charts over HTTP: pieces that fit together, little memory, formats."""

from __future__ import annotations

import gzip
import http.client
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.charts import unpacked
from cuvee.api.metrics import Metric
from cuvee.api.runs import CreateRun, LogBatch
from cuvee.client.client import Client
from cuvee.client.connect import close_all
from cuvee.server.histories import PIECE
from cuvee.store.sql import SqlStore
from refusals.served import Site

BINARY = "application/vnd.cuvee.chart"
CHART = "/api/1.0/cuvee/metrics/series"
LENGTH = PIECE * 2 + 77


class Served:
    """A server and a run with a long history.

    Args:
        site: the server.
        run_id: the run.
    """

    def __init__(self, site: Site, run_id: str) -> None:
        self.site = site
        self.run_id = run_id

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Send one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=named)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, body

    def history(self, more: str = "") -> dict[str, Any]:
        """Return a history."""
        path = f"/api/2.0/mlflow/metrics/get-history?run_id={self.run_id}&metric_key=m{more}"
        status, _, body = self.get(path)
        assert status == 200
        found: dict[str, Any] = json.loads(body)
        return found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return the server of this module."""
    folder: Path = tmp_path_factory.mktemp("histories")
    url = f"sqlite:///{folder}/cuvee.db"
    store = SqlStore.open(url)
    run_id = store.do(CreateRun(experiment_id="0")).run.info.run_id
    for start in range(0, LENGTH, 1000):
        steps = range(start, min(start + 1000, LENGTH))
        metrics = [Metric("m", _value(step), 10**12 + step, step) for step in steps]
        store.do(LogBatch(run_id=run_id, metrics=metrics))
    store.close()
    site = Site(url, folder)
    yield Served(site, run_id)
    site.close()


def _value(step: int) -> float:
    odd = {3: math.nan, 5: math.inf, PIECE: -math.inf}
    return odd.get(step, math.sin(step / 1000))


def test_a_long_history_is_sent_in_pieces_and_is_whole(served: Served) -> None:
    found = served.history()

    assert [m.get("step", 0) for m in found["metrics"]] == list(range(LENGTH))
    values = [float(m["value"]) for m in found["metrics"]]
    assert all(
        a == b or math.isnan(a) for a, b in zip(values, map(_value, range(LENGTH)), strict=True)
    )
    assert found["metrics"][3]["value"] == "NaN"
    assert found["metrics"][PIECE]["value"] == "-Infinity"
    assert "next_page_token" not in found


@pytest.mark.parametrize("size", [10, PIECE, PIECE + 1, LENGTH - 1, LENGTH])
def test_a_page_of_any_size_ends_where_the_next_begins(served: Served, size: int) -> None:
    found = served.history(f"&max_results={size}")

    assert len(found["metrics"]) == size
    if size == LENGTH:
        assert "next_page_token" not in found
    else:
        rest = served.history(f"&page_token={found['next_page_token']}")
        assert rest["metrics"][0]["step"] == size
        assert len(rest["metrics"]) == LENGTH - size


def test_a_history_that_cannot_be_is_refused_before_it_begins(served: Served) -> None:
    path = f"/api/2.0/mlflow/metrics/get-history?run_id={served.run_id}&metric_key=m&page_token=x"
    status, _, body = served.get(path)

    assert status == 400
    assert "page_token" in json.loads(body)["message"]
    assert served.history("&max_results=1")["metrics"]


def test_a_chart_is_the_same_in_json_binary_and_compressed(served: Served) -> None:
    path = f"{CHART}?run_ids={served.run_id}&keys=m&points=50"
    status, headers, plain = served.get(path)
    assert (status, headers["content-type"]) == (200, "application/json")
    (curve,) = json.loads(plain)["series"]
    assert sum(curve["count"]) == LENGTH
    assert "Infinity" in curve["max"]
    assert "-Infinity" in curve["min"]

    status, headers, body = served.get(path, Accept=BINARY)
    assert (status, headers["content-type"]) == (200, BINARY)
    (binary,) = unpacked(body).series
    assert (binary.run_id, binary.key, binary.count) == (served.run_id, "m", curve["count"])
    assert binary.x == curve["x"]
    assert [str(v) for v in binary.max] == [str(float(v)) for v in curve["max"]]

    status, headers, packed = served.get(path, Accept_Encoding="br, gzip;q=0.5")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert gzip.decompress(packed) == plain
    status, headers, _ = served.get(path, Accept_Encoding="gzip;q=0")
    assert (status, "content-encoding" in headers) == (200, False)

    status, again, body = served.get(path, If_None_Match=headers["etag"])
    assert (status, body, again["etag"]) == (304, b"", headers["etag"])


@pytest.mark.parametrize("data", [b"", b"CVC1", b"{}", b"CVC1\x04\x00\x00\x00{}  "])
def test_other_bytes_are_no_chart(data: bytes) -> None:
    with pytest.raises((ValueError, LookupError)):
        unpacked(data)


def test_the_client_reads_charts(served: Served) -> None:
    client = Client(f"http://127.0.0.1:{served.site.port}")
    (curve,) = client.metric_series([served.run_id], ["m"], start=10, end=19)
    close_all()

    assert curve.x == [float(step) for step in range(10, 20)]
    assert curve.last == [_value(step) for step in range(10, 20)]
