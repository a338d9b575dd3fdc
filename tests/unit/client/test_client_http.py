"""The client waits, repeats and explains: against servers that misbehave on purpose."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import cuvee
from cuvee import __version__
from cuvee.api.experiments import CreateExperiment, GetExperimentByName
from cuvee.api.metrics import LogMetric
from cuvee.api.runs import CreateRun
from cuvee.client.connect import connect
from cuvee.errors import (
    AlreadyExists,
    ConnectionFailed,
    CuveeError,
    EndpointNotFound,
    NotFound,
    Unauthenticated,
    Unavailable,
)

LOG = LogMetric(run_id="a" * 32, key="m", value=1.0, timestamp=1)
Answer = tuple[int, dict[str, str], bytes] | None


class Misbehaving:
    """A server that gives prepared answers in turn (None: it hangs up) and notes the requests."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        self.ports: set[int] = set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.ports.add(self.client_address[1])
                outer.seen.append((self.command, self.path, dict(self.headers), body))
                answer = outer.answers.pop(0)
                if answer is None:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                status, headers, content = answer
                self.send_response(status)
                for key, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(content)
                if len(content) < int(headers.get("Content-Length", 0)):
                    self.close_connection = True

            do_GET = do_POST = do_PUT = handle_any  # noqa: N815  # the library's names

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.uri = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def bad() -> Iterator[Misbehaving]:
    made = Misbehaving()
    yield made
    made.server.shutdown()
    made.server.server_close()


def ok(**fields: object) -> Answer:
    return 200, {}, json.dumps(fields).encode()


def error(status: int, code: str) -> Answer:
    return status, {}, json.dumps({"error_code": code, "message": "why"}).encode()


@pytest.mark.parametrize("problem", [error(503, "TEMPORARILY_UNAVAILABLE"), None, (429, {}, b"")])
def test_what_may_be_repeated_is_repeated(bad: Misbehaving, problem: Answer) -> None:
    bad.answers = [problem, ok()]
    connect(bad.uri).store.do(LOG)

    assert len(bad.seen) == 2
    assert bad.seen[0][3] == bad.seen[1][3]


@pytest.mark.parametrize(
    ("problem", "kind"), [(error(503, "X"), CuveeError), (None, ConnectionFailed)]
)
def test_what_may_have_happened_already_is_not_repeated(
    bad: Misbehaving, problem: Answer, kind: type[CuveeError]
) -> None:
    bad.answers = [problem, ok()]
    with pytest.raises(kind):
        connect(bad.uri).store.do(CreateRun(experiment_id="0"))

    asked = [path for _, path, _, _ in bad.seen[1:]]
    assert asked in ([], ["/version"]), "it asks at most whether the server keeps keys"


KEEPS = {"Idempotency-Retention": "86400"}


def test_a_server_that_keeps_keys_is_asked_again_with_the_same_key(bad: Misbehaving) -> None:
    store = connect(bad.uri).store
    bad.answers = [None, (200, KEEPS, b"0.1"), ok(experiment_id="7")]
    assert store.do(CreateExperiment(name="x")).experiment_id == "7"
    bad.answers = [(502, KEEPS, b""), None, ok(experiment_id="8")]
    assert store.do(CreateExperiment(name="y"), key="mine").experiment_id == "8"

    paths = [path.rpartition("/")[2] for _, path, _, _ in bad.seen]
    assert paths == ["create", "version", "create", "create", "create", "create"]
    keys = [seen[2].get("Idempotency-Key") for seen in bad.seen if seen[1] != "/version"]
    assert keys[0] == keys[1] != keys[2]
    assert keys[2:] == ["mine"] * 3


def test_every_change_has_a_key_of_its_own(bad: Misbehaving) -> None:
    bad.answers = [ok(), ok()]
    for op in (LOG, LOG):
        connect(bad.uri).store.do(op)
    keys = [seen[2]["Idempotency-Key"] for seen in bad.seen]
    assert len(set(keys)) == 2


def test_a_mistake_is_not_repeated_and_keeps_its_code(bad: Misbehaving) -> None:
    bad.answers = [error(400, "RESOURCE_ALREADY_EXISTS"), error(500, "INTERNAL_ERROR")]
    with pytest.raises(AlreadyExists, match="why"):
        connect(bad.uri).store.do(CreateExperiment(name="x"))
    with pytest.raises(CuveeError) as caught:
        connect(bad.uri).store.do(LOG)

    assert (caught.value.error_code, len(bad.seen)) == ("INTERNAL_ERROR", 2)


def test_a_server_that_stays_busy_is_reported_after_the_last_attempt(bad: Misbehaving) -> None:
    bad.answers = [error(503, "TEMPORARILY_UNAVAILABLE")] * 3
    with pytest.raises(Unavailable):
        connect(bad.uri).store.do(LOG)

    assert len(bad.seen) == 3


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ((404, {"Content-Type": "text/html"}, b"<h1>Not Found"), EndpointNotFound, "prefix"),
        ((401, {}, b"who?"), Unauthenticated, "CUVEE_TRACKING_USERNAME"),
        ((302, {"Location": "https://x/"}, b""), ConnectionFailed, "https://x/"),
        ((403, {}, b"Invalid Host header"), CuveeError, "Invalid Host"),
        ((413, {}, b"too big"), CuveeError, "too big"),
        ((200, {}, b"<html>Welcome"), ConnectionFailed, "tracking URI"),
    ],
)
def test_answers_that_are_not_the_protocols_are_explained(
    bad: Misbehaving, answer: Answer, kind: type[CuveeError], words: str
) -> None:
    bad.answers = [answer]
    with pytest.raises(kind, match=words):
        connect(bad.uri).store.do(LOG)


def test_a_missing_experiment_and_a_missing_endpoint_are_told_apart(bad: Misbehaving) -> None:
    client = cuvee.Client(bad.uri)
    bad.answers = [error(404, "RESOURCE_DOES_NOT_EXIST"), (404, {}, b"<html>")]

    assert client.get_experiment_by_name("x") is None
    with pytest.raises(EndpointNotFound):
        client.get_experiment_by_name("x")


def test_no_server_is_explained_with_its_address() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        uri = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(
        ConnectionFailed, match=rf"{uri} \(Connection refused\).*CUVEE_TRACKING_URI"
    ):
        connect(uri).store.do(GetExperimentByName(experiment_name="x"))


def test_a_refusal_leaves_the_connection_usable(bad: Misbehaving) -> None:
    bad.answers = [error(404, "RESOURCE_DOES_NOT_EXIST"), ok(), ok()]
    with pytest.raises(NotFound):
        connect(bad.uri).store.do(LOG)
    connect(bad.uri).store.do(LOG)
    connect(bad.uri).store.do(LOG)

    assert len(bad.ports) == 1


def test_credentials_prefix_and_names_travel(
    bad: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "secret")
    bad.answers = [ok(), ok()]
    connect(f"{bad.uri}/pre/").store.do(LOG)
    connect(f"{bad.uri.replace('//', '//u:p@')}/pre").store.do(LOG)

    _, path, headers, _ = bad.seen[0]
    assert path == "/pre/api/2.0/mlflow/runs/log-metric"
    assert headers["User-Agent"] == f"cuvee-python-client/{__version__}"
    assert headers["Authorization"] == "Bearer secret"
    assert bad.seen[1][2]["Authorization"] == "Basic dTpw"


def test_a_download_that_breaks_off_is_done_again_and_never_seen_half(
    bad: Misbehaving, tmp_path: Path
) -> None:
    bad.answers = [(200, {"Content-Length": "10"}, b"abc"), (200, {}, b"0123456789")]
    target = tmp_path / "out" / "file"
    connect(bad.uri).files.get("a/b c+d", target)

    assert target.read_bytes() == b"0123456789"
    assert bad.seen[0][1] == "/api/2.0/mlflow-artifacts/artifacts/a/b%20c%2Bd"
    assert [p.name for p in target.parent.iterdir()] == ["file"]
    bad.answers = [(200, {"Content-Length": "10"}, b"abc")] * 3
    with pytest.raises(ConnectionFailed):
        connect(bad.uri).files.get("x", tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_an_upload_is_sent_whole_again(bad: Misbehaving, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"0123456789")
    bad.answers = [(503, {"Retry-After": "0"}, b""), (200, {}, b"")]
    connect(bad.uri).files.put("x", source)

    assert [seen[3] for seen in bad.seen] == [b"0123456789"] * 2


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "a\\evil", "..", ""])
def test_a_server_cannot_make_the_client_write_elsewhere(
    bad: Misbehaving, tmp_path: Path, name: str
) -> None:
    bad.answers = [ok(files=[{"path": name, "is_dir": False, "file_size": 1}])]
    with pytest.raises(CuveeError, match="not a safe path"):
        cuvee.artifacts.download_artifacts(
            "mlflow-artifacts:/1/x", dst_path=tmp_path / "out", tracking_uri=bad.uri
        )

    assert len(bad.seen) == 1


def test_a_missing_file_is_not_found(bad: Misbehaving, tmp_path: Path) -> None:
    bad.answers = [error(404, "RESOURCE_DOES_NOT_EXIST"), error(400, "INVALID_PARAMETER_VALUE")]
    get: Callable[[], None] = lambda: connect(bad.uri).files.get("x", tmp_path / "x")  # noqa: E731
    with pytest.raises(NotFound):
        get()
    with pytest.raises(NotFound, match="no file"):
        get()


def test_the_headers_of_keys_have_the_servers_names() -> None:
    from cuvee.api import replies
    from cuvee.client import http

    assert (http.HEADER, http.RETENTION) == (replies.HEADER, replies.RETENTION)
