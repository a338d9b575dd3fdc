"""Every field of every operation with everything wrong that its type can be wrong about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from msgspec import inspect

from cuvee import api
from cuvee.api.base import Op
from cuvee.api.fields import bare
from cuvee.api.wire import decode_body, path_fields
from cuvee.store.sql import SqlStore
from refusals.examples import examples
from refusals.served import Answer, Site, check_refusal
from refusals.wrong import Token, changes

AnyOp = type[Op[Any]]
ALL = pytest.mark.parametrize("op", api.ROUTED, ids=lambda op: op.__name__)


def target(op: AnyOp, fields: dict[str, Any]) -> str:
    """Return the path of a request, with the fields that stand in it."""
    route = op.route
    for name in path_fields(route):
        value = fields.pop(name, "")
        text = value if isinstance(value, str) else json.dumps(value)
        route = route.replace("{" + name + "}", quote(text.encode("utf-8", "surrogatepass"), ""))
    return f"{op.base}/{route}"


def body(fields: dict[str, Any]) -> bytes:
    """Write JSON, tokens as they are."""
    tokens: list[str] = []

    def mark(value: Any) -> str:
        tokens.append(value.text)
        return f"@{len(tokens) - 1}@"

    text = json.dumps(fields, default=mark)
    for i, token in enumerate(tokens):
        text = text.replace(f'"@{i}@"', token)
    return text.encode()


def _info(op: AnyOp) -> inspect.StructType:
    info = inspect.type_info(op)
    assert isinstance(info, inspect.StructType)
    return info


def request(site: Site, op: AnyOp, method: str, fields: dict[str, Any]) -> Answer:
    """Send an operation by one of its methods."""
    fields = dict(fields)
    path = target(op, fields)
    if method != "GET":
        return site.send(method, path, body(fields))
    flat = {
        k: [v.text if isinstance(v, Token) else v for v in values]
        for k, values in ((k, v if isinstance(v, list) else [v]) for k, v in fields.items())
    }
    query = urlencode(flat, doseq=True, errors="surrogatepass", encoding="utf-8")
    return site.send(method, f"{path}?{query}")


def in_query(info: inspect.Type, value: Any) -> bool:
    """Say whether a wrong value is wrong when it is spelled in a query string or path too."""
    if isinstance(info, (inspect.ListType, inspect.StructType)):
        return False
    if isinstance(value, str):
        return True
    if isinstance(info, inspect.StrType) or isinstance(value, (dict, list, Token, bool)):
        return False
    return isinstance(value, int) and not -(2**31) < value < 2**31


NOT_HERE = {"RevokeToken", "SetUp"}
"""Examples that no seeded store accepts: their secrets are made anew each time."""


@pytest.mark.parametrize(
    "op", [op for op in api.ROUTED if op.__name__ not in NOT_HERE], ids=lambda op: op.__name__
)
def test_the_example_is_accepted(
    own: SqlStore, seeded: tuple[Path, dict[str, str]], op: AnyOp
) -> None:
    fields = examples(seeded[1])[op]
    own.do(decode_body(op, json.dumps(fields).encode()))


@ALL
@pytest.mark.usefixtures("unchanged")
def test_a_wrong_field_is_refused_with_a_sentence(
    site: Site, ids: dict[str, str], op: AnyOp
) -> None:
    fields = examples(ids)[op]
    types = {f.encode_name: bare(f.type) for f in _info(op).fields}
    in_path = path_fields(op.route)
    failed = []
    for where, wrong, changed in changes(op, fields):
        for method in op.methods:
            spelled = where in in_path or method == "GET"
            if spelled and not (where in types and in_query(types[where], wrong)):
                continue
            answer = request(site, op, method, changed)
            try:
                check_refusal(answer, (method, where, str(wrong)[:80]))
            except AssertionError as problem:
                failed.append(str(problem)[:400])
    assert not failed, "\n".join(failed)
