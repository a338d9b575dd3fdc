"""Writes the types and calls of the UI: ``python tests/structure/ui_types.py``.

They are made from the OpenAPI document. Every operation becomes a constant that a page imports and
hands to ``call``; what no page imports is left out of the bundle.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from cuvee.server.openapi import document

PAGE = Path(__file__).resolve().parents[2] / "web" / "src" / "api" / "schema.gen.ts"
HEAD = """// Made from /api/openapi.json by tests/structure/ui_types.py; do not edit.

/** A number, or one of those that JSON cannot write. */
export type Float = number | "NaN" | "Infinity" | "-Infinity";

/** Something that can be asked of the server; `call` asks it. */
export interface Operation<Request, Answer> {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Whether it can be asked together with others. */
  readonly together: boolean;
  readonly types?: (request: Request) => Answer;
}

function operation<Request, Answer>(
  name: string,
  method: string,
  path: string,
  together = false,
): Operation<Request, Answer> {
  return { name, method, path, together };
}
"""
PLAIN = {"string": "string", "integer": "number", "number": "Float", "boolean": "boolean"}


def page() -> str:
    """Return the module."""
    described = document()
    parts = [HEAD]
    for name, schema in sorted(described["components"]["schemas"].items()):
        parts.append(_declaration(name, schema))
    for path, methods in sorted(described["paths"].items()):
        parts += [_operation(path, method, found) for method, found in methods.items()]
    return "\n".join(parts)


def _declaration(name: str, schema: dict[str, Any]) -> str:
    text = _sentence(schema.get("description", ""))
    comment = f"/** {text} */\n" if text else ""
    if schema.get("type") == "object" and schema.get("properties"):
        return f"{comment}export interface {_name(name)} {_object(schema)}\n"
    return f"{comment}export type {_name(name)} = {_type(schema)};\n"


def _operation(path: str, method: str, found: dict[str, Any]) -> str:
    fields = {p["name"]: p for p in found["parameters"] if p["in"] != "header"}
    request: dict[str, Any] = {
        "properties": {name: p["schema"] for name, p in fields.items()},
        "required": [name for name, p in fields.items() if p.get("required")],
    }
    if "requestBody" in found:
        body = found["requestBody"]["content"]["application/json"]["schema"]
        request["properties"] |= body["properties"]
        request["required"] += body.get("required", [])
    content = found["responses"]["200"]["content"]
    if "application/json" not in content:
        return ""
    answer = _type(content["application/json"]["schema"])
    name = found["operationId"]
    together = ", true" if found["x-together"] else ""
    return (
        f"/** {_sentence(found['summary'])} Needs {found['x-permission']}. */\n"
        f"export const {name} = /*#__PURE__*/ operation<\n  {_object(request, '  ')},\n  {answer}\n"
        f'>("{name}", "{method.upper()}", "{path}"{together});\n'
    )


def _object(schema: dict[str, Any], indent: str = "") -> str:
    required = set(schema.get("required", ()))
    lines = [
        f"{indent}  {json.dumps(key) if not key.isidentifier() else key}"
        f"{'' if key in required else '?'}: {_type(value)};\n"
        for key, value in schema["properties"].items()
    ]
    return "{\n" + "".join(lines) + indent + "}" if lines else "Record<string, never>"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return _name(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(choice) for choice in schema["anyOf"]))
    kind = schema.get("type")
    if kind == "array":
        inner = _type(schema.get("items", {}))
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if kind == "object":
        if schema.get("properties"):
            return re.sub(r"\s+", " ", _object(schema))
        values = schema.get("additionalProperties")
        return f"Record<string, {_type(values) if isinstance(values, dict) else 'unknown'}>"
    return "null" if kind == "null" else PLAIN.get(kind or "", "unknown")


def _name(schema: str) -> str:
    return re.sub(r"\W+", "_", schema).strip("_")


def _sentence(text: str) -> str:
    return re.sub(r"\s+", " ", text.partition("\n\n")[0]).strip().replace("*/", "* /")


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
