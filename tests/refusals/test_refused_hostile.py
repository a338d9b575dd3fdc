"""Texts that some program has stumbled over, in every text of every call, and every verb there."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cuvee import api
from cuvee.api.base import Op
from cuvee.store.sql import SqlStore
from refusals.examples import examples, seed
from refusals.served import Site, check_refusal
from refusals.test_refused_fields import body, request, target

AnyOp = type[Op[Any]]
SLOW = 2.0
"""Seconds that no answer may take."""
TEXTS = [
    "../../etc/passwd",
    "%2e%2e%2f%2e%2e",
    "..%2f",
    "%252e%252e",
    "a/../../b",
    "/abs",
    "\u202egpj.exe",  # right to left from here on
    "\u2066x\u2069",
    "\ufeff",
    "e\u0301",
    "\u0000",
    "a\r\nX-Header: 1",
    "' OR '1'='1",
    '"; DROP TABLE runs; --',
    "${jndi:ldap://x}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "9" * 400,
    "\U0001f377" * 300,
    "n" * 70_000,
]
DEEP = b'{"a":' * 100_000
VERBS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "POST", "GET", "BREW")


SENDING = {"attempts", "deliveries"}
LOGINS = [op for op in api.ROUTED if op.__name__ in {"CreateUser", "SetUp"}]
"""They begin to ask everybody for a login, so each has a server of its own."""
OTHERS = [op for op in api.ROUTED if op not in LOGINS]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, dict[str, str]]]:
    """Return a server whose database may be filled with anything, and the ids in it."""
    folder = tmp_path_factory.mktemp("hostile")
    url = f"sqlite:///{folder}/cuvee.db"
    store = SqlStore.open(url)
    ids = seed(store)
    store.close()
    site = Site(url, folder)
    yield site, ids
    assert not [line for line in site.log if "Traceback" in line], site.log
    site.close()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of all texts in a request."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in inner:
        if isinstance(each, str):
            yield (*path, key)
        elif isinstance(each, (dict, list)):
            yield from places(each, (*path, key))


def put(fields: dict[str, Any], path: tuple[Any, ...], text: str) -> dict[str, Any]:
    changed = copy.deepcopy(fields)
    at: Any = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = text
    return changed


@pytest.mark.parametrize("op", OTHERS, ids=lambda op: op.__name__)
def test_a_text_that_means_something_elsewhere_is_a_text(
    hostile: tuple[Site, dict[str, str]], op: AnyOp
) -> None:
    site, ids = hostile
    statuses = set(answered(site, ids, op))
    assert 401 not in statuses, "nobody has begun to ask for logins"


@pytest.mark.parametrize("op", LOGINS, ids=lambda op: op.__name__)
def test_a_first_user_of_any_name_is_made_or_refused(tmp_path: Path, op: AnyOp) -> None:
    store = SqlStore.open(f"sqlite:///{tmp_path}/cuvee.db")
    ids = seed(store)
    store.close()
    site = Site(f"sqlite:///{tmp_path}/cuvee.db", tmp_path)
    statuses = list(answered(site, ids, op))
    site.close()
    assert statuses[0] in (400, 401)
    assert not [line for line in site.log if "Traceback" in line], site.log


def state(site: Site) -> dict[str, Any]:
    """Return what is stored; of webhooks how many, for some are being sent meanwhile."""
    found = site.dump()
    found["webhooks"] = [(len(found["webhooks"]),)]
    found["events"] = [row for row in found["events"] if "webhook.disabled" not in row]
    return {name: rows for name, rows in found.items() if name not in SENDING}


def answered(site: Site, ids: dict[str, str], op: AnyOp) -> Iterator[int]:
    """Send a call with each of the texts at each place, and yield the statuses."""
    fields = examples(ids)[op]
    for path in places(fields):
        for text in TEXTS:
            before = state(site) if text == TEXTS[0] and op.writes else None
            begin = time.monotonic()
            answer = request(site, op, op.methods[0], put(fields, path, text))
            assert time.monotonic() - begin < SLOW, (op, path, text)
            assert answer.status < 500 or answer.status == 501, (op, path, text, answer)
            if answer.status != 200:
                check_refusal(answer, (op, path, text))
                assert before is None or state(site) == before, (op, path, text)
            yield answer.status


@pytest.mark.parametrize("op", OTHERS, ids=lambda op: op.__name__)
def test_no_verb_or_body_makes_a_path_fail(hostile: tuple[Site, dict[str, str]], op: AnyOp) -> None:
    site, ids = hostile
    fields = dict(examples(ids)[op])
    whole = body(fields)
    path = target(op, fields)
    doubled = whole[:-1] + b"," + whole[1:] if len(whole) > 2 else b'{"a":1,"a":2}'
    bodies = [DEEP, b"\xff\xfe{}", b"[" * 50_000, json.dumps({"x": ["a"] * 100_000}).encode()]
    bodies += [doubled] if not op.writes else []
    for verb in (v for v in VERBS if v not in op.methods):
        begin = time.monotonic()
        answer = site.send(verb, f"{path}?unknown=%00&unknown=..%2f")
        assert time.monotonic() - begin < SLOW, (verb, path)
        assert answer.status < 500 or answer.status == 501, (verb, path, answer)
    for verb in op.methods:
        for data in bodies:
            begin = time.monotonic()
            answer = site.send(verb, path, data, headers={"Content-Type": "application/json"})
            assert time.monotonic() - begin < SLOW, (verb, path, data[:20])
            assert answer.status < 500, (verb, path, data[:20], answer)
            if answer.status != 200 and verb != "HEAD":
                check_refusal(answer, (verb, path, data[:20]))
