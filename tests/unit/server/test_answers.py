"""How answers leave the server: head and body together, each whole and in order."""

from __future__ import annotations

import http.client
import json
import re
import socket

CREATE = json.dumps({"name": "n" * 3000}).encode()


def request(method: str, path: str, body: bytes = b"", more: str = "") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n{more}"
    return head.encode() + b"\r\n" + body


def test_head_and_body_come_in_one_piece(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for _ in range(200):
            connection.sendall(request("GET", "/api/2.0/mlflow/experiments/get?experiment_id=0"))
            head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            assert json.loads(body)["experiment"]["experiment_id"] == "0"


def test_requests_sent_at_once_are_answered_in_their_order(port: int) -> None:
    paths = ["/health", "/api/2.0/mlflow/experiments/get?experiment_id=7", "/version", "/health"]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        last = request("GET", "/health", more="connection: close\r\n")
        connection.sendall(b"".join(request("GET", path) for path in paths) + last)
        said = b"".join(iter(lambda: connection.recv(65536), b""))
    statuses = re.findall(rb"HTTP/1\.1 (\d+) ", said)
    bodies = [b"OK", b"No Experiment with id=7", b".", b"OK", b"OK"]
    assert statuses == [b"200", b"404", b"200", b"200", b"200"]
    for body in bodies:
        assert body in said
        said = said.partition(body)[2]


def test_what_is_asked_on_a_connection_that_closes_is_answered_whole(port: int) -> None:
    for _ in range(50):
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        asked.request("GET", "/api/openapi.json", headers={"connection": "close"})
        answer = asked.getresponse()
        assert len(json.loads(answer.read())["paths"]) > 50
        asked.close()


def test_a_body_that_is_waited_for_is_invited_at_once(port: int) -> None:
    path = "/api/2.0/mlflow/experiments/create"
    head = request(
        "POST", path, CREATE, "content-type: application/json\r\nexpect: 100-continue\r\n"
    )[: -len(CREATE)]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head)
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(CREATE)
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")  # the name is too long


def test_answers_have_the_same_head_however_the_connection_goes_on(port: int) -> None:
    path = "/api/2.0/mlflow/experiments/get?experiment_id=0"
    heads: list[set[bytes]] = []
    for more in ("", "connection: close\r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(request("GET", path, more=more))
            head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
        heads.append({line for line in head.split(b"\r\n") if line != b"connection: close"})
        assert b"content-length: %d" % len(body) in heads[-1]
    assert heads[0] == heads[1]
    assert {b"HTTP/1.1 200 OK", b"content-type: application/json"} < heads[0]


def test_answers_of_megabytes_come_whole_on_a_kept_connection(port: int) -> None:
    kept = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    json_body = {"content-type": "application/json"}

    def ask(path: str, body: object) -> dict[str, object]:
        kept.request("POST", f"/api/2.0/mlflow/{path}", json.dumps(body), json_body)
        answer = kept.getresponse()
        said = answer.read()
        assert answer.status == 200, said[:200]
        found: dict[str, object] = json.loads(said)
        return found

    name, text = "megabytes", "é" * 30_000
    ask("registered-models/create", {"name": name, "description": text})
    for n in range(40):
        ask("model-versions/create", {"name": name, "source": f"s3://b/{n}", "description": text})
    kept.request("GET", "/api/2.0/mlflow/model-versions/search?max_results=100")
    found = json.loads(kept.getresponse().read())["model_versions"]
    assert [v["description"] for v in found] == [text] * 40
    kept.request("GET", "/health")
    assert kept.getresponse().read() == b"OK"
    kept.close()
