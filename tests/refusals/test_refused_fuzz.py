"""Random requests made from the OpenAPI document: no answer is the server's own failure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuvee.store.sql import SqlStore
from refusals.examples import seed
from refusals.served import Site, check_refusal

WORDS = ["grape", "wine", "rmse", "best", "None", "Production", "m", "k", "1", "2", "0", "a/b",
         "..", "models:/grape/1",
         "runs:/x", "name = 'a'", "metrics.m > 1", "name ASC", "s3://b", "mlflow.runName",
         "latest", "v1", "LOGGED_MODEL_READY",
         "FINISHED", "eyJvZmZzZXQiOiAxfQ==", "%2e%2e", "file:///etc", "NaN", "true"]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(WORDS), st.text(max_size=20), st.text(min_size=240, max_size=270))
NUMBERS = st.one_of(
    st.integers(-3, 5),
    st.sampled_from([2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 10**30]),
    st.floats(),
)
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def fuzzed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, dict[str, str]]]:
    """Return a server on a database that may be filled with anything, and the ids in it."""
    directory = tmp_path_factory.mktemp("fuzz")
    url = f"sqlite:///{directory}/cuvee.db"
    if request.param == "postgresql":
        import psycopg

        base: str = request.getfixturevalue("postgres_url")
        with psycopg.connect(base, autocommit=True) as connection:
            connection.execute("CREATE DATABASE fuzz")
        url = base.replace("/postgres?", "/fuzz?")
    store = SqlStore.open(url)
    ids = seed(store)
    store.close()
    site = Site(url, directory)
    yield site, ids
    site.close()


def values(schema: dict[str, Any], known: dict[str, Any], ids: list[str]) -> st.SearchStrategy[Any]:
    """Return values that mostly fit a schema."""
    if "$ref" in schema:
        return values(known[schema["$ref"].rpartition("/")[2]], known, ids)
    if "anyOf" in schema:
        return st.one_of([values(option, known, ids) for option in schema["anyOf"]])
    if "enum" in schema:
        return st.one_of(st.sampled_from(schema["enum"]), st.integers(0, 6))
    kind = schema.get("type")
    if kind == "object":
        return objects(schema, known, ids)
    if kind == "array":
        return st.lists(values(schema["items"], known, ids), max_size=3)
    return {
        "string": st.one_of(st.sampled_from(ids), TEXTS),
        "integer": st.one_of(st.integers(0, 5), NUMBERS),
        "number": NUMBERS,
        "boolean": st.booleans(),
        "null": st.none(),
    }.get(str(kind), JUNK)


def objects(
    schema: dict[str, Any], known: dict[str, Any], ids: list[str]
) -> st.SearchStrategy[Any]:
    """Return objects with most of their fields, each nearly always of its type."""
    fields = {}
    for name, inner in schema.get("properties", {}).items():
        fits = values(inner, known, ids)
        fields[name] = st.one_of(fits, fits, fits, fits, fits, JUNK)
    required = {n: s for n, s in fields.items() if n in schema.get("required", ())}
    return st.fixed_dictionaries(
        required, optional={n: s for n, s in fields.items() if n not in required}
    )


def test_no_request_makes_the_server_fail(fuzzed: tuple[Site, dict[str, str]]) -> None:
    site, ids = fuzzed
    document = site.send("GET", "/api/openapi.json").json
    known = document["components"]["schemas"]
    calls = [(m, p, d) for p, by in document["paths"].items() for m, d in by.items()]
    calls = [c for c in calls if not c[1].endswith("/stream")]  # a stream's answer has no end
    texts = [*ids.values(), "grape", "wine", "1"]
    made = {}
    for method, path, call in calls:
        schema = {"type": "object", "properties": {}, "required": []}
        if "requestBody" in call:
            schema = call["requestBody"]["content"]["application/json"]["schema"]
        in_url = {p["name"]: p["schema"] for p in call["parameters"]}
        made[method, path] = st.tuples(
            objects(schema, known, texts),
            objects(
                {"properties": in_url, "required": list(in_url)[: path.count("{")]}, known, texts
            ),
        )
    seen: set[int] = set()

    @settings(
        max_examples=700,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(sorted(made)).flatmap(lambda c: st.tuples(st.just(c), made[c])))
    def send(example: tuple[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]]) -> None:
        (method, path), (body, in_url) = example
        target = re.sub(r"\{(\w+)\}", lambda m: _segment(in_url.pop(m[1])), path)
        target += "?" + urlencode(in_url, doseq=True, errors="surrogatepass")
        data = None if method == "get" else json.dumps(body).encode()
        answer = site.send(method.upper(), target, data)
        assert answer.status < 500, (method, target, body, answer)
        if answer.status != 200:
            check_refusal(answer, (method, target, body))
        seen.add(answer.status)

    send()
    assert {200, 400, 404} <= seen
    assert not [line for line in site.log if "Traceback" in line], site.log


def _segment(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return quote(text.encode("utf-8", "surrogatepass"), safe="") or "-"
