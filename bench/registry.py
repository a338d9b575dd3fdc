"""Rows of the model registry, of metric histories and of artifacts."""

from __future__ import annotations

import os
import time
from urllib.parse import quote

from bench.load import Answer, Load, Request, Script, drive, get, post, request
from bench.rows import (
    Measure,
    Sample,
    Settings,
    Unsupported,
    answer_to,
    batch_script,
    loading,
    new_runs,
    repeat,
    sample,
)
from bench.servers import Server

MODELS = 100
PROXY = "/api/2.0/mlflow-artifacts/artifacts/"


def history(server: Server, settings: Settings) -> Sample:
    """Measure reading a whole history with metrics/get-history, as many pages as it takes."""
    if "history" not in server.loaded:
        [run] = new_runs(server, 1)
        batches = settings.points // 1000
        load = loading(server, [batch_script(run, 1, 1000, batches)], settings)
        if load.ops < batches:
            raise Unsupported(f"loaded only {load.ops}k points in {settings.load_cap:.0f} s")
        server.loaded["history"] = run
    path = f"metrics/get-history?run_id={server.loaded['history']}&metric_key=metric_0"
    points: list[int] = []

    def script() -> Script:
        token = ""
        while True:
            answer = yield get(f"{path}&page_token={quote(token)}" if token else path)
            points.append(answer.body.count(b'"step"'))
            _, found, rest = answer.body[-400:].partition(b'"next_page_token"')
            if not found:
                return
            token = rest.split(b'"')[1].decode()

    before, begin = server.cpu(), time.perf_counter()
    load = drive(server.port, [script()], 120.0)
    seconds, after = time.perf_counter() - begin, server.cpu()
    if sum(points) != settings.points:
        why = load.problem or "there was no further page"
        raise Unsupported(f"{sum(points)} of {settings.points} points were read: {why}")
    return _whole(load, seconds, 1e3 * seconds, before, after)


def _whole(
    load: Load, seconds: float, value: float, before: float | None, after: float | None
) -> Sample:
    """Return the sample of something that took several requests."""
    result = {
        "value": value,
        "ops": 1.0,
        "requests": load.ops,
        "errors": load.errors,
        "client_share": load.cpu / seconds,
        "bytes_per_op": load.received,
    }
    if before is not None and after is not None:
        result["cpu_ms_per_op"] = 1e3 * (after - before)
    return result


def models(server: Server) -> list[str]:
    """Return the names of the registered models, created on first use."""
    if "models" not in server.loaded:
        names = [f"bench-{os.urandom(6).hex()}-{n}" for n in range(MODELS)]
        for name in names:
            answer_to(server, post("registered-models/create", {"name": name}))
        server.loaded["models"] = names
    return list(server.loaded["models"])


def version_message(name: str, n: int) -> bytes:
    """Return the request that registers a version."""
    body = {"name": name, "source": f"s3://bench/model/{n}", "description": "bench"}
    return post("model-versions/create", {**body, "tags": [{"key": "kind", "value": "dev"}]})


def create_version(clients: int) -> Measure:
    """Measure model-versions/create, spread over 100 models."""

    def measure(server: Server, settings: Settings) -> Sample:
        messages = [version_message(name, n) for n, name in enumerate(models(server))]

        def script(client: int) -> Script:
            return repeat(lambda n: messages[(n * clients + client) % MODELS])

        return sample(server, [script(c) for c in range(clients)], settings.seconds)

    return measure


def load_versions(server: Server, settings: Settings) -> list[str]:
    """Return the models' names; each has versions, an alias on one and a stage on another."""
    names = models(server)
    if "versions" not in server.loaded:
        each = max(2, settings.versions // MODELS)
        messages = [version_message(name, n) for name in names for n in range(each)]
        load = loading(server, [repeat(messages.__getitem__, iter(range(len(messages))))], settings)
        if load.ops < len(messages):
            raise Unsupported(f"loaded only {load.ops} versions in {settings.load_cap:.0f} s")
        for name in names:
            alias = {"name": name, "alias": "champion", "version": "1"}
            stage = {"name": name, "version": "2", "stage": "Production"}
            answer_to(server, post("registered-models/alias", alias))
            move = {**stage, "archive_existing_versions": False}
            answer_to(server, post("model-versions/transition-stage", move))
        server.loaded["versions"] = True
    return names


def latest_versions(server: Server, settings: Settings) -> Sample:
    """Measure registered-models/get-latest-versions of the stage Production."""
    messages = [
        post("registered-models/get-latest-versions", {"name": name, "stages": ["Production"]})
        for name in load_versions(server, settings)
    ]
    return sample(server, [repeat(lambda n: messages[n % MODELS])], settings.seconds, None)


def by_alias(server: Server, settings: Settings) -> Sample:
    """Measure registered-models/alias."""
    names = load_versions(server, settings)
    messages = [get(f"registered-models/alias?name={name}&alias=champion") for name in names]
    return sample(server, [repeat(lambda n: messages[n % MODELS])], settings.seconds, None)


def artifacts(server: Server) -> str:
    """Return the path of a run's artifacts at the proxy."""
    if "artifacts" not in server.loaded:
        [run] = new_runs(server, 1)
        found = answer_to(server, get(f"runs/get?run_id={run}"))
        uri = str(found["run"]["info"]["artifact_uri"])  # type: ignore[index]
        scheme, _, path = uri.partition(":/")
        if scheme != "mlflow-artifacts":
            raise Unsupported("no artifact proxy: " + scheme)
        server.loaded["artifacts"] = PROXY + path.lstrip("/")
    return str(server.loaded["artifacts"])


def upload(server: Server, settings: Settings) -> Sample:
    """Measure one PUT of a big file, new bytes each time, in MB/s."""
    size = settings.big_mib << 20
    message = bytearray(request("PUT", artifacts(server) + "/big.bin", bytes(size)))
    message[-size : -size + 4096] = os.urandom(4096)
    return transfer(server, message, size, "big uploaded")


def download(server: Server, settings: Settings) -> Sample:
    """Measure one GET of the big file, in MB/s."""
    home = artifacts(server)
    if "big uploaded" not in server.loaded:
        upload(server, settings)
    size = settings.big_mib << 20
    return transfer(server, request("GET", home + "/big.bin"), size, "", size)


def transfer(
    server: Server, message: Request, size: int, mark: str, expected: int | None = None
) -> Sample:
    """Send one request that moves so many bytes; the value is MB/s.

    Args:
        server: the server.
        message: the request.
        size: bytes that it moves.
        mark: noted as loaded when it has succeeded.
        expected: bytes that the answer must have.
    """
    answers: list[Answer] = []

    def script() -> Script:
        answers.append((yield message))

    before = server.cpu()
    load = drive(server.port, [script()], 0.0)
    after = server.cpu()
    if load.problem:
        raise Unsupported(str(load.problem))
    if expected is not None and answers[0].size != expected:
        raise Unsupported(f"{answers[0].size} of {expected} bytes came back")
    server.loaded[mark] = True
    seconds = load.latencies[0]
    return _whole(load, seconds, size / 1e6 / seconds, before, after)


def small_files(method: str) -> Measure:
    """Measure PUT or GET of files of 10 KiB with 4 clients, new bytes in each upload."""

    def measure(server: Server, settings: Settings) -> Sample:
        home, count = artifacts(server), settings.small_files
        if method == "PUT":
            server.loaded["folder"] = f"{home}/small-{os.urandom(6).hex()}"
        elif "folder" not in server.loaded:
            small_files("PUT")(server, settings)
        folder, body = server.loaded["folder"], os.urandom(10240 - 8)

        def message(n: int) -> bytes:
            content = body + b"%08d" % n if method == "PUT" else None
            return request(method, f"{folder}/{n}.bin", content)

        numbers = iter(range(count))
        return sample(server, [repeat(message, numbers) for _ in range(4)], 30.0)

    return measure
