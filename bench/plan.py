"""The rows in the order in which they are measured."""

from __future__ import annotations

from bench.registry import (
    by_alias,
    create_version,
    download,
    history,
    latest_versions,
    small_files,
    upload,
)
from bench.rows import Row, create_run, log_batch, log_metric, log_params, search
from bench.stages import (
    resolve_cold,
    resolve_deep,
    resolve_warm,
    search_models,
    search_versions,
    transition,
)

ROWS = [
    Row(
        "create run",
        "runs/create with 3 tags, 1 client",
        "runs/s",
        create_run(1),
        ("echo 1", "commit"),
    ),
    Row("create run x8", "the same, 8 clients", "runs/s", create_run(8), ("echo 8",)),
    Row("log metric", "runs/log-metric, 1 client", "req/s", log_metric(1), ("echo 1", "commit")),
    Row("log metric x8", "the same, 8 clients (8 runs)", "req/s", log_metric(8), ("echo 8",)),
    Row(
        "log batch",
        "runs/log-batch of 1000 metrics (10 keys, 100 steps), 1 client",
        "metrics/s",
        log_batch(1),
        ("insert",),
    ),
    Row("log batch x4", "the same, 4 clients (4 runs)", "metrics/s", log_batch(4), ("insert",)),
    Row(
        "log params",
        "runs/log-batch of 100 params and 100 tags to a fresh run, median",
        "ms",
        log_params,
        ("echo 1", "commit"),
    ),
    Row(
        "create version",
        "model-versions/create over 100 models, 1 client",
        "versions/s",
        create_version(1),
        ("echo 1", "commit"),
    ),
    Row("create version x8", "the same, 8 clients", "versions/s", create_version(8), ("echo 8",)),
    Row(
        "latest versions",
        "get-latest-versions of a stage, median",
        "ms",
        latest_versions,
        ("echo 1",),
    ),
    Row("by alias", "registered-models/alias, median", "ms", by_alias, ("echo 1",)),
    Row("transition", "transition-stage, 1 client", "moves/s", transition(1), ("echo 1", "commit")),
    Row("transition x8", "the same, 8 clients (8 models)", "moves/s", transition(8), ("echo 8",)),
    Row(
        "resolve cold",
        "get-latest-versions of a stage, another of the many models each time, median",
        "ms",
        resolve_cold,
        ("echo 1",),
    ),
    Row("resolve warm", "the same of one model, median", "ms", resolve_warm, ("echo 1",)),
    Row(
        "resolve deep",
        "the same of the model with many versions, median",
        "ms",
        resolve_deep,
        ("echo 1",),
    ),
    Row(
        "search models",
        "registered-models/search by a part of the name among many, the first 100, median",
        "ms",
        search_models,
        ("echo 1",),
    ),
    Row(
        "search versions",
        "model-versions/search: the newest 100 of the model with many, median",
        "ms",
        search_versions,
        ("echo 1",),
    ),
    Row("upload", "PUT of a big artifact", "MB/s", upload, ("up",)),
    Row("download", "GET of the same", "MB/s", download, ("down",)),
    Row(
        "upload small",
        "PUT of artifacts of 10 KiB, 4 clients",
        "files/s",
        small_files("PUT"),
        ("echo 4",),
    ),
    Row("download small", "GET of the same", "files/s", small_files("GET"), ("echo 4",)),
    Row("history", "get-history of all points of a metric", "ms", history, ("down",)),
    Row(
        "search 1k",
        "runs/search among runs of 25 values (the smaller set): filter on a metric and a param,"
        " ordered by a metric, the first 100; median",
        "ms",
        search(0),
        ("echo 1",),
    ),
    Row("search 10k", "the same in the larger set", "ms", search(1), ("echo 1",)),
    Row("search 10k x8", "the same, 8 clients", "req/s", search(1, 8), ("echo 8",)),
]
STARTS = [
    Row(
        "ready",
        "from exec to the first answer of /health, on data that are there",
        "s",
        lambda *_: {},
    ),
    Row("ready first", "the same on the first start, nothing there yet", "s", lambda *_: {}),
    Row(
        "memory",
        "PSS of the idle process tree (RSS in brackets: shared pages count in each process)",
        "MB",
        lambda *_: {},
    ),
]
