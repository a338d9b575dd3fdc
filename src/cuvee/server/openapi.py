"""The OpenAPI 3.1 document, made from the list of operations."""

from __future__ import annotations

import re
from functools import cache
from inspect import getdoc
from typing import Any

import msgspec

from cuvee import __version__
from cuvee.api import ROUTED
from cuvee.api.base import Op, result_type
from cuvee.api.charts import GetMetricSeries, GetMetricTail
from cuvee.api.events import ListEvents
from cuvee.api.questions import is_together, operation_id
from cuvee.api.wire import path_fields
from cuvee.server.auth import COOKIE
from cuvee.server.histories import BINARY
from cuvee.server.metric_stream import PATH as METRIC_STREAM
from cuvee.server.stream import PATH as STREAM

NULL = {"type": "null"}
ERROR = {
    "description": "Refused; nothing was changed. The message says what to do.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}


@cache
def openapi() -> bytes:
    """Return the document as JSON, with all that requests may be."""
    found = document()
    schemas = found["components"]["schemas"]
    sent: dict[str, Any] = {}
    for op in ROUTED:
        for method in op.methods:
            call = found["paths"][f"{op.base}/{op.route}"][method.lower()]
            for body in call.get("requestBody", {}).get("content", {}).values():
                body["schema"] = _as_sent(_numbered(body["schema"], op), schemas, sent)
    used = msgspec.json.encode([found["paths"], *sent.values(), *schemas.values()]).decode()
    schemas.update(sent)
    named = set(re.findall(r'"#/components/schemas/([\w.]+)"', used))
    found["components"]["schemas"] = {k: v for k, v in schemas.items() if k in named}
    return msgspec.json.encode(found)


def document() -> dict[str, Any]:
    """Return the document with requests as they are best written."""
    results = [result_type(op) for op in ROUTED]
    schemas, components = msgspec.json.schema_components(
        [*ROUTED, *results], ref_template="#/components/schemas/{name}"
    )
    requests, answers = schemas[: len(ROUTED)], schemas[len(ROUTED) :]
    components["Error"] = {
        "type": "object",
        "required": ["error_code", "message"],
        "properties": {"error_code": {"type": "string"}, "message": {"type": "string"}},
    }
    paths: dict[str, dict[str, Any]] = {}
    for op, request, answer in zip(ROUTED, requests, answers, strict=True):
        body = components[request["$ref"].rpartition("/")[2]]
        for method in op.methods:
            paths.setdefault(f"{op.base}/{op.route}", {})[method.lower()] = _operation(
                op, method, body, answer
            )
    listed = paths[f"{ListEvents.base}/{ListEvents.route}"]["get"]
    paths[STREAM] = {"get": _stream(listed)}
    followed = paths[f"{GetMetricTail.base}/{GetMetricTail.route}"]["get"]
    paths[METRIC_STREAM] = {"get": _metric_stream(followed)}
    charts = paths[f"{GetMetricSeries.base}/{GetMetricSeries.route}"].values()
    for chart in charts:
        chart["responses"]["200"]["content"][BINARY.decode()] = {
            "schema": {"type": "string", "format": "binary"}
        }
    requested = {r["$ref"].rpartition("/")[2] for r in requests}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cuvee",
            "version": __version__,
            "description": "MLflow's REST protocol, and what Cuvee adds below /api/1.0/cuvee.",
        },
        "paths": paths,
        "components": {
            "schemas": {k: v for k, v in components.items() if k not in requested},
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            },
        },
        "security": [{}, {"basic": []}, {"token": []}, {"session": []}],
    }


def _numbered(schema: dict[str, Any], op: type[Op[Any]]) -> dict[str, Any]:
    """Return the schema of a request with whole numbers in the lists that take them for ids."""
    properties = schema["properties"]
    lists = {name: dict(properties[name]) for name in op.numbered}
    for found in lists.values():
        found["items"] = {"anyOf": [found["items"], {"type": "integer"}]}
    return {**schema, "properties": {**properties, **lists}}


def _as_sent(schema: dict[str, Any], known: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Return a schema of a request with null in place of whatever may be absent.

    Answers leave out what is absent, so an object that occurs in both is described twice.
    """
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        described = _as_sent(known[name], known, sent)
        if described == known[name]:
            return schema
        sent[f"{name}Sent"] = described
        return {**schema, "$ref": f"#/components/schemas/{name}Sent"}
    found = dict(schema)
    if "items" in schema:
        found["items"] = _as_sent(schema["items"], known, sent)
    if "anyOf" in schema:
        found["anyOf"] = [_as_sent(one, known, sent) for one in schema["anyOf"]]
    if "properties" in schema:
        required = schema.get("required", ())
        read = {k: _as_sent(v, known, sent) for k, v in schema["properties"].items()}
        found["properties"] = {k: v if k in required else _or_null(v) for k, v in read.items()}
    return found


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    outer = {k: v for k, v in schema.items() if k in ("default", "description")}
    inner = {k: v for k, v in schema.items() if k not in outer}
    kinds = inner["anyOf"] if inner.keys() == {"anyOf"} else [inner]
    return {**outer, "anyOf": kinds if NULL in kinds else [*kinds, NULL]}


def _stream(listed: dict[str, Any]) -> dict[str, Any]:
    """Return the call whose answer is no JSON: the events of a listing as they happen."""
    paging = ("newest_first", "max_results", "page_token")
    last = {"name": "Last-Event-ID", "in": "header", "schema": {"type": "integer"}}
    return {
        **listed,
        "operationId": "followEvents",
        "summary": "Follow events as server-sent events, from now on or after one.",
        "parameters": [last, *(p for p in listed["parameters"] if p["name"] not in paging)],
        "responses": {
            "200": {
                "description": "Events until the connection ends: id, event (the action), data.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            },
            "4XX": ERROR,
        },
    }


def _metric_stream(followed: dict[str, Any]) -> dict[str, Any]:
    last = {"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}}
    return {
        **followed,
        "operationId": "followMetrics",
        "summary": "Follow what is logged to runs as server-sent events.",
        "parameters": [last, *followed["parameters"]],
        "responses": {
            "200": {
                "description": "Events until the connection ends: id (a token), data (a tail).",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            },
            "4XX": ERROR,
        },
    }


def _operation(
    op: type[Op[Any]], method: str, body: dict[str, Any], answer: dict[str, Any]
) -> dict[str, Any]:
    noun = op.route.partition("/")[0]
    name = operation_id(op) + ("" if method == op.methods[0] else f"By{method.title()}")
    in_path = path_fields(op.route)
    properties: dict[str, Any] = body.get("properties", {})
    required = set(body.get("required", ()))
    found: dict[str, Any] = {
        "operationId": name,
        "tags": [noun],
        "summary": re.sub(r"\s+", " ", (getdoc(op) or "").partition("\n\n")[0]),
        "x-permission": op.needs.value,
        "x-together": is_together(op),
        "parameters": [
            {"name": f, "in": "path", "required": True, "schema": properties[f]} for f in in_path
        ],
        "responses": {
            "200": {
                "description": "Done.",
                "content": {"application/json": {"schema": answer}},
            },
            "4XX": ERROR,
        },
    }
    rest = {k: v for k, v in properties.items() if k not in in_path}
    if method == "GET":
        found["parameters"] += [
            {"name": k, "in": "query", "required": k in required, "schema": v}
            for k, v in rest.items()
        ]
    else:
        schema = {
            "type": "object",
            "properties": rest,
            "required": sorted(required & rest.keys()),
        }
        unsaid = method in ("DELETE", "PATCH") and not schema["required"]
        found["requestBody"] = {
            "required": not unsaid,
            "content": {"application/json": {"schema": schema}},
        }
    return found
