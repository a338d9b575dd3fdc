"""Short calls: what comes the short way is answered as what comes the ordinary way."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from cuvee.blobs.local import LocalBlobs
from cuvee.server.app import App
from cuvee.server.protocol import Protocol
from cuvee.store.sql import SqlStore

API = "/api/2.0/mlflow/"
JSON = {"content-type": "application/json"}
ORDINARY = "connection: close\r\n"
"""What a connection that is kept does not say; the short way is for those."""


def message(
    method: str, path: str, body: Any = None, headers: dict[str, str] = JSON, more: str = ""
) -> bytes:
    """Return the bytes of a request; what is not bytes is sent as JSON."""
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = "".join(f"{k}: {v}\r\n" for k, v in {"host": "localhost", **headers}.items())
    if body is not None:
        lines += f"content-length: {len(data)}\r\n"
    return f"{method} {path} HTTP/1.1\r\n{lines}{more}\r\n".encode() + data


def answer(connection: socket.socket) -> tuple[str, dict[str, str], bytes]:
    """Read one answer: status line, headers and body."""
    said = b""
    while b"\r\n\r\n" not in said:
        piece = connection.recv(65_536)
        assert piece, said
        said += piece
    head, _, body = said.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    while len(body) < int(headers["content-length"]):
        body += connection.recv(65_536)
    return status, headers, body


def ask(port: int, *pieces: bytes, pause: float = 0.0) -> tuple[str, dict[str, str], bytes]:
    """Send the pieces of one request on a connection of its own, and return its answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        return answer(connection)


def create(port: int, name: str) -> str:
    """Create an experiment with a run, and return the run's id."""
    made = ask(port, message("POST", API + "experiments/create", {"name": name}))
    run = {"experiment_id": json.loads(made[2])["experiment_id"], "start_time": 1}
    found = ask(port, message("POST", API + "runs/create", run))
    return str(json.loads(found[2])["run"]["info"]["run_id"])


def history(port: int, run: str) -> list[int]:
    """Return the steps of a run's metric."""
    path = f"{API}metrics/get-history?run_id={run}&metric_key=loss"
    found = json.loads(ask(port, message("GET", path, headers={}))[2])
    return [point["step"] for point in found.get("metrics", [])]


def point(run: str, step: int, **more: Any) -> dict[str, Any]:
    return {"run_id": run, "key": "loss", "value": 1.5, "timestamp": 1, "step": step, **more}


def test_both_ways_answer_alike(port: int) -> None:
    run = create(port, "alike")
    log = API + "runs/log-metric"
    asked = [
        message("GET", API + "experiments/get?experiment_id=0", headers={}),
        message("GET", API + "experiments/get", {"experiment_id": "0"}),
        message("GET", API + "experiments/get", headers={}),
        message("GET", API + "experiments/get?experiment_id=%ff", headers={}),
        message("GET", API + "experiments/get?experiment_id=0", headers={"host": "evil.example"}),
        message("GET", f"{API}runs/get?run_id={run}", headers={}),
        message("GET", f"{API}runs/get?run_id=nobody", headers={}),
        message("POST", API + "runs/search", {"experiment_ids": ["1"], "max_results": 5}),
        message("POST", API + "runs/search", {"experiment_ids": ["1"], "filter": "metrics. >"}),
        message("POST", log, point(run, 1)),
        message("POST", log, point(run, 1), {**JSON, "content-type": "application/json; a=b"}),
        message("POST", log, point("nobody", 1)),
        message("POST", log, point(run, 1, value="much")),
        message("POST", log, point(run, 1), {"content-type": "text/plain"}),
        message("POST", log, point(run, 1), {**JSON, "content-encoding": "gzip"}),
        message("POST", log, point(run, 1), {**JSON, "origin": "http://evil.example"}),
        message("POST", log, point(run, 1), {**JSON, "authorization": "Basic !"}),
        message("POST", log, b'{"run_id": '),
        message("POST", log, b""),
        message("POST", log, b"\xff"),
        message("DELETE", API + "model-versions/delete?name=none&version=1", headers={}),
        message("DELETE", API + "model-versions/delete", {"name": "none", "version": "1"}),
    ]
    for each in asked:
        ways = [each, each.replace(b"\r\n", b"\r\n" + ORDINARY.encode(), 1)]
        (status, headers, body), (status_2, headers_2, body_2) = (ask(port, way) for way in ways)
        assert status.split()[1] == status_2.split()[1], each
        assert body == body_2, each
        assert headers_2.pop("connection") == "close"
        assert headers == headers_2, each
    assert history(port, run) == [1]


def test_a_body_in_pieces_is_read_whole(port: int) -> None:
    run = create(port, "pieces")
    whole = message("POST", API + "runs/log-metric", point(run, 7))
    cuts = [whole[:40], whole[40:-30], whole[-30:-3], whole[-3:]]
    assert ask(port, *cuts, pause=0.05)[0].startswith("HTTP/1.1 200")
    head = message(
        "POST", API + "runs/log-metric", headers={**JSON, "transfer-encoding": "chunked"}
    )
    body = json.dumps(point(run, 8)).encode()
    pieces = [b"%x\r\n%s\r\n" % (len(c), c) for c in (body[:9], body[9:])]
    assert ask(port, head, *pieces, b"0\r\n\r\n", pause=0.05)[0].startswith("HTTP/1.1 200")
    assert history(port, run) == [7, 8]


@pytest.mark.parametrize("size", [250_000, 270_000, 900_000])
def test_a_long_body_is_read_whole(port: int, size: int) -> None:
    run = create(port, f"long {size}")
    points = [{"key": "loss", "value": 0.5, "timestamp": 1, "step": 3}]
    body = {"run_id": run, "metrics": points, "junk": "x" * size}
    whole = message("POST", API + "runs/log-batch", body)
    pieces = [whole[i : i + 100_000] for i in range(0, len(whole), 100_000)]
    assert ask(port, *pieces, pause=0.01)[0].startswith("HTTP/1.1 200")
    assert history(port, run) == [3]


def test_a_body_that_breaks_off_changes_nothing(port: int) -> None:
    run = create(port, "broken")
    whole = message("POST", API + "runs/log-metric", point(run, 1))
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(whole[:-5])
    head = message(
        "POST", API + "runs/log-metric", headers={**JSON, "transfer-encoding": "chunked"}
    )
    status, _, body = ask(port, head, b'5\r\n{"run\r\n', b"zz\r\n", pause=0.05)
    assert (status.split()[1], b"well-formed" in body) == ("400", True)
    assert history(port, run) == []


def test_calls_sent_at_once_are_carried_out_in_their_order(port: int) -> None:
    run = create(port, "order")
    near = message("GET", API + "experiments/get?experiment_id=0", headers={})
    calls = [message("POST", API + "runs/log-metric", point(run, step)) for step in range(40)]
    mixed = [piece for call in calls for piece in (call, near)]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"".join(mixed) + near.replace(b"\r\n", b"\r\n" + ORDINARY.encode(), 1))
        said = b"".join(iter(lambda: connection.recv(65_536), b""))
    bodies = re.findall(rb'\r\n\r\n(\{\}|\{"experiment".*?\}\})', said)
    assert [body == b"{}" for body in bodies] == [True, False] * 40 + [False]
    assert history(port, run) == list(range(40))


def test_who_asks_much_at_once_lets_others_have_their_turn(port: int) -> None:
    near = message("GET", API + "experiments/get?experiment_id=0", headers={})
    with socket.create_connection(("127.0.0.1", port), timeout=60) as greedy:
        greedy.settimeout(60)
        greedy.sendall(near * 400)
        with socket.create_connection(("127.0.0.1", port), timeout=60) as other:
            other.sendall(near)
            assert answer(other)[0].startswith("HTTP/1.1 200")
            said = b""
            while said.count(b"HTTP/1.1 200") < 400:
                said += greedy.recv(65_536)
    assert said.count(b'"experiment_id":"0"') == 400


def test_who_leaves_before_the_answer_is_no_trouble(port: int) -> None:
    run = create(port, "left")
    for step in range(50):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(message("POST", API + "runs/log-metric", point(run, step)))
    # Nobody was promised anything; but what is carried out is carried out once.
    assert ask(port, message("POST", API + "runs/log-metric", point(run, 50)))[2] == b"{}"
    steps = history(port, run)
    assert steps == sorted(set(steps))
    assert steps[-1] == 50
    assert ask(port, message("GET", "/health", headers={}))[2] == b"OK"


def test_what_is_declined_leaves_nothing_behind(port: int) -> None:
    """A key of idempotency goes the ordinary way, with its body and what comes behind it."""
    run = create(port, "keyed")
    keyed = {**JSON, "idempotency-key": "k"}
    call = message("POST", API + "runs/log-metric", point(run, 1), keyed)
    plain = message("POST", API + "runs/log-metric", point(run, 2))
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for replayed in (None, "true"):
            connection.sendall(call)
            status, headers, body = answer(connection)
            assert (status.split()[1], body) == ("200", b"{}")
            assert headers.get("idempotency-replayed") == replayed
            connection.sendall(plain)
            assert answer(connection)[0].startswith("HTTP/1.1 200")
    assert history(port, run) == [1, 2]


def test_kept_connections_go_the_short_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks: list[Any] = []
    start = Protocol._start_asgi_task  # noqa: SLF001  # where uvicorn begins the ordinary way

    def noted(self: Protocol, cycle: Any, app: Any) -> None:
        tasks.append(cycle)
        start(self, cycle, app)

    monkeypatch.setattr(Protocol, "_start_asgi_task", noted)
    app = App(SqlStore.open(f"sqlite:///{tmp_path}/c.db"), LocalBlobs(tmp_path / "artifacts"))
    config = uvicorn.Config(
        app, http=Protocol, ws="none", log_config=None, server_header=False, date_header=False
    )
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        run = create(listening.getsockname()[1], "short")
        tasks.clear()
        began = time.monotonic()
        with socket.create_connection(listening.getsockname(), timeout=20) as connection:
            for step in range(100):
                connection.sendall(message("POST", API + "runs/log-metric", point(run, step)))
                assert answer(connection)[0].startswith("HTTP/1.1 200")
        seconds = time.monotonic() - began
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
    assert len(tasks) <= seconds + 1  # each second it is asked anew whether there are users
