"""Rows of the registry at its size: many models, many versions of one, moves between stages."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from urllib.parse import quote

from bench.load import Script, get, post
from bench.registry import version_message
from bench.repetition import repeat_models, repeat_versions
from bench.rows import (
    Measure,
    Sample,
    Settings,
    Unsupported,
    answer_to,
    insist,
    loading,
    repeat,
    sample,
)
from bench.servers import Server

CLIENTS = 8


def many_models(server: Server, settings: Settings) -> list[str]:
    """Return the names of many models; each has one version, which is in Production."""
    if "many models" not in server.loaded:
        prefix = f"many-{os.urandom(4).hex()}"
        names = [f"{prefix}-{n:06d}" for n in range(settings.models)]
        left = iter(names)
        done: list[str] = []

        def script(left: Iterator[str]) -> Script:
            for name in left:
                yield from insist(post("registered-models/create", {"name": name}))
                yield from insist(version_message(name, 0))
                yield from insist(_move(name, "1", "Production"))
                done.append(name)

        if server.tables is not None:
            left = iter(names[:1])
        loading(server, [script(left) for _ in range(CLIENTS)], settings)
        if server.tables is not None and done:
            done += repeat_models(server.tables, names)
        if len(done) < len(names):
            raise Unsupported(f"loaded only {len(done)} models in {settings.load_cap:.0f} s")
        server.loaded["many models"] = names
    return list(server.loaded["many models"])


def deep_model(server: Server, settings: Settings) -> str:
    """Return the name of a model with many versions, of which one is in Production."""
    if "deep model" not in server.loaded:
        name = f"deep-{os.urandom(4).hex()}"
        answer_to(server, post("registered-models/create", {"name": name}))
        left = iter(range(settings.models))
        done: list[int] = []

        def script(left: Iterator[int]) -> Script:
            for n in left:
                yield from insist(version_message(name, n))
                done.append(n)

        if server.tables is not None:
            left = iter(range(1))
        # One client: the reference server refuses some of several that number the same model.
        loading(server, [script(left)], settings)
        if server.tables is not None and done:
            done += repeat_versions(server.tables, name, settings.models)
        if len(done) < settings.models:
            raise Unsupported(f"loaded only {len(done)} versions in {settings.load_cap:.0f} s")
        answer_to(server, _move(name, str(settings.models // 2), "Production"))
        server.loaded["deep model"] = name
    return str(server.loaded["deep model"])


def _move(name: str, version: str, stage: str) -> bytes:
    body = {"name": name, "version": version, "stage": stage}
    return post("model-versions/transition-stage", {**body, "archive_existing_versions": False})


def transition(clients: int) -> Measure:
    """Measure transition-stage, each client to and fro with a model of its own."""

    def measure(server: Server, settings: Settings) -> Sample:
        def script() -> Script:
            name = f"moved-{os.urandom(6).hex()}"
            answer_to(server, post("registered-models/create", {"name": name}))
            answer_to(server, version_message(name, 0))
            moves = [_move(name, "1", stage) for stage in ("Production", "Staging")]
            return repeat(lambda n: moves[n % 2])

        return sample(server, [script() for _ in range(clients)], settings.seconds)

    return measure


def _by_stage(name: str) -> bytes:
    return post("registered-models/get-latest-versions", {"name": name, "stages": ["Production"]})


def resolve_cold(server: Server, settings: Settings) -> Sample:
    """Measure get-latest-versions of a stage, of another model each time."""
    names = many_models(server, settings)
    messages = (_by_stage(name) for name in itertools.cycle(names))
    return sample(server, [repeat(lambda _: next(messages))], settings.seconds, None)


def resolve_warm(server: Server, settings: Settings) -> Sample:
    """Measure get-latest-versions of a stage, of the same model again and again."""
    message = _by_stage(many_models(server, settings)[0])
    return sample(server, [repeat(lambda _: message)], settings.seconds, None)


def resolve_deep(server: Server, settings: Settings) -> Sample:
    """Measure get-latest-versions of a stage of the model with many versions."""
    message = _by_stage(deep_model(server, settings))
    return sample(server, [repeat(lambda _: message)], settings.seconds, None)


def search_models(server: Server, settings: Settings) -> Sample:
    """Measure registered-models/search by a part of the name, the first 100 of 100."""
    prefix = many_models(server, settings)[0].rpartition("-")[0]
    found = quote(f"name LIKE '{prefix}-%42%'")
    message = get(f"registered-models/search?max_results=100&filter={found}")
    return sample(server, [repeat(lambda _: message)], settings.seconds, None)


def search_versions(server: Server, settings: Settings) -> Sample:
    """Measure model-versions/search of one model, the newest 100 of its many versions."""
    name = deep_model(server, settings)
    found = quote(f"name = '{name}'")
    order = quote("version_number DESC")
    message = get(f"model-versions/search?max_results=100&filter={found}&order_by={order}")
    return sample(server, [repeat(lambda _: message)], settings.seconds, None)
