"""The OpenAPI document says of requests what the server takes, no less."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import inspect

from cuvee import api
from cuvee.api.base import Op
from cuvee.api.wire import decode_body
from cuvee.server.openapi import document, openapi
from cuvee.store.sql import SqlStore
from refusals.examples import examples, seed

DOCUMENT = json.loads(openapi())
SCHEMAS = DOCUMENT["components"]["schemas"]
AnyOp = type[Op[Any]]


@pytest.fixture(scope="module")
def requests(tmp_path_factory: pytest.TempPathFactory) -> dict[AnyOp, dict[str, Any]]:
    """Return a request of each operation."""
    store = SqlStore.open(f"sqlite:///{tmp_path_factory.mktemp('seeded')}/cuvee.db")
    ids = seed(store)
    store.close()
    return examples(ids)


def bodies() -> Iterator[tuple[AnyOp, str, dict[str, Any]]]:
    """Yield the operations that have bodies, their methods, and what is said of the bodies."""
    for op in api.ROUTED:
        for method in op.methods:
            call = DOCUMENT["paths"][f"{op.base}/{op.route}"][method.lower()]
            if "requestBody" in call:
                yield op, method, call["requestBody"]


def whole(schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a schema to where it is described."""
    return SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def nulled(schema: dict[str, Any], value: Any) -> Any:
    """Return a value with null wherever the schema lets null stand."""
    schema = whole(schema)
    kinds = schema.get("anyOf", [schema])
    if {"type": "null"} in kinds:
        return None
    kind = whole(kinds[0])
    if isinstance(value, list):
        return [nulled(kind["items"], one) for one in value]
    if isinstance(value, dict) and "properties" in kind:
        return {k: nulled(v, value.get(k)) for k, v in kind["properties"].items()}
    return value


def test_null_stands_wherever_a_request_may_leave_something_out(
    requests: dict[AnyOp, dict[str, Any]],
) -> None:
    tried = 0
    for op, _, said in bodies():
        schema = said["content"]["application/json"]["schema"]
        optional = schema["properties"].keys() - set(schema["required"])
        sent = nulled(schema, requests[op])
        assert {k for k, v in sent.items() if v is None} >= optional, op
        in_path = {k: str(v) for k, v in requests[op].items() if k not in schema["properties"]}
        tried += len(optional)
        decode_body(op, json.dumps(sent).encode(), in_path)
    assert tried > 250


def test_ids_are_whole_numbers_where_a_request_may_send_such(
    requests: dict[AnyOp, dict[str, Any]],
) -> None:
    told = set()
    for op, _, said in bodies():
        properties = said["content"]["application/json"]["schema"]["properties"]
        lists = {
            name
            for name, schema in properties.items()
            for kind in schema.get("anyOf", [schema])
            if {"type": "integer"} in kind.get("items", {}).get("anyOf", [])
        }
        for name in lists:
            sent = {**requests[op], name: [0, "1"]}
            assert getattr(decode_body(op, json.dumps(sent).encode(), {}), name) == ["0", "1"]
            told.add(op)
    assert told == {op for op in api.ROUTED if op.numbered}


def test_answers_have_no_null_where_something_is_left_out() -> None:
    plain = document()["components"]["schemas"]
    assert {k: v for k, v in SCHEMAS.items() if not k.endswith("Sent")} == {
        k: v for k, v in plain.items() if k in SCHEMAS
    }
    answers = json.dumps([c["responses"] for by in DOCUMENT["paths"].values() for c in by.values()])
    assert not re.search(r"schemas/[\w.]+Sent", answers)


def test_every_part_is_described_and_of_use() -> None:
    named = set(re.findall(r"#/components/schemas/([\w.]+)", openapi().decode()))
    assert named == SCHEMAS.keys()


def test_a_body_is_required_unless_a_request_without_one_is_taken() -> None:
    without = {(op.__name__, method) for op, method, said in bodies() if not said["required"]}
    for op, method, _ in bodies():
        info = inspect.type_info(op)
        assert isinstance(info, inspect.StructType)
        needs = [f.name for f in info.fields if f.required and f"{{{f.name}}}" not in op.route]
        taken = not needs and method in ("DELETE", "PATCH")
        assert ((op.__name__, method) in without) == taken, (op, method)
    assert ("DeleteWebhook", "DELETE") in without
