"""Filters, orders and page tokens that are wrong, too many, or meant to take for ever."""

from __future__ import annotations

import base64
import json
import random
import time
from typing import Any
from urllib.parse import urlencode

import pytest

from refusals.served import API, Answer, Site, check_refusal

SEARCHES = {
    "runs/search": "POST",
    "experiments/search": "POST",
    "logged-models/search": "POST",
    "registered-models/search": "GET",
    "model-versions/search": "GET",
}
every_search = pytest.mark.parametrize("call", SEARCHES)
NAME = {"runs/search": "attributes.run_name"}


def search(site: Site, ids: dict[str, str], call: str, **fields: Any) -> Answer:
    """Run one of the five searches."""
    if call in ("runs/search", "logged-models/search"):
        fields.setdefault("experiment_ids", [ids["experiment"]])
    fields.setdefault("max_results", 10)
    if SEARCHES[call] == "GET":
        return site.send("GET", f"{API}{call}?{urlencode(fields, doseq=True)}", timeout=60)
    return site.send("POST", API + call, fields, timeout=60)


WRONG = [
    "{name} =", "= 'a'", "{name}", "{name} = 'a", '{name} = "a', "(((", ")",
    "{name} ~ 'x'", "{name} = 'a' XOR {name} = 'b'", "{name} == == 'a'", "{name} IN", "{name} IN (",
    "{name} IN ()", "{name} IN ('a'", "{name} IN ('a',,'b')", "NOT", "AND AND", "AND {name} = 'a'",
    "{name} = 'a'; DROP TABLE runs", "{name} = 'a' -- x", "{name} = 'a' /* x */", "1 = 1", "'a'",
    "{name} LIKE", "{name} CONTAINS", "{name} BETWEEN 'a' AND 'b'", "{name} IS",
    "nonsense = 'a'", "tables.x = 'a'", "tags. = 'a'", "tags.`a = 'b'", "tags.``", "`", "``",
    "{name} = {{}}",
    "{name} = 'a' UNION SELECT 1", "\ufeff{name} = 'a'", "{name} = 'a'\u2028x", "\u200b",
    "{name} = 1e999x",
    "{name} = 'a' 'b' 'c' 5", "{name} === 'a'", "{name} <> <> 'a'", "%", "\\", "@", "{name} = @x",
]  # fmt: skip


@every_search
@pytest.mark.usefixtures("unchanged")
def test_a_filter_with_an_error_is_refused_and_says_where(
    site: Site, ids: dict[str, str], call: str
) -> None:
    failed = []
    for pattern in WRONG:
        text = pattern.format(name=NAME.get(call, "name"))
        answer = search(site, ids, call, filter=text)
        try:
            check_refusal(answer, text)
            assert "character" in answer.json["message"] or "position" in answer.json["message"], (
                text,
                answer.json["message"],
            )
        except AssertionError as problem:
            failed.append(str(problem)[:300])
    assert not failed, "\n".join(failed)


@every_search
@pytest.mark.usefixtures("unchanged")
def test_an_order_with_an_error_is_refused(site: Site, ids: dict[str, str], call: str) -> None:
    orders: list[Any] = ["", " ", "nonsense", "name sideways", "name ASC DESC", "name; x", "'", "`",
                         "metrics.", "params.`", "1", "name, start_time", "\ufeff",
                         "n" * 100_001]  # fmt: skip
    for order in orders:
        wanted = [{"field_name": order}] if call == "logged-models/search" else [order]
        check_refusal(search(site, ids, call, order_by=wanted), order[:50])


@every_search
@pytest.mark.usefixtures("unchanged")
def test_a_page_token_from_elsewhere_is_refused(site: Site, ids: dict[str, str], call: str) -> None:
    tokens = [
        "x", "=", "e30=", "\u0661", "a" * 100_000, "../../x", "-1", str(10**30), "null", "[]",
        *(
            base64.urlsafe_b64encode(text.encode()).decode()
            for text in (
                "{}", "[]", "5", "null", "[1]", '["x", 1]', '{"offset": 5}', "[" * 5000, "NaN",
                f"[{10**30}, {10**30}]", '["\\ud800", "x"]', "1,2,3", f"{10**30},0,0",
                "nan,nan,nan",
            )
        ),
    ]  # fmt: skip
    for token in tokens:
        check_refusal(search(site, ids, call, page_token=token), token[:60])
    first = site.send(
        "POST", API + "experiments/search", {"max_results": 1, "view_type": "ALL"}
    ).json["next_page_token"]
    check_refusal(search(site, ids, call, page_token=first, filter=""), "another call's token")


@pytest.mark.usefixtures("unchanged")
def test_a_token_of_another_question_is_refused(site: Site) -> None:
    ask = {"max_results": 1, "view_type": "ALL"}
    token = site.send("POST", API + "experiments/search", ask).json["next_page_token"]
    for other in ({"filter": "name != 'x'"}, {"order_by": ["name"]}, {"view_type": "ACTIVE_ONLY"}):
        check_refusal(
            site.send("POST", API + "experiments/search", {**ask, **other, "page_token": token}),
            other,
        )
    held = json.loads(base64.urlsafe_b64decode(token))
    rng = random.Random(5)
    for _ in range(60):
        changed = list(held)
        changed[rng.randrange(len(held))] = rng.choice(
            [None, True, "x", 10**30, -(10**30), 1.5, float("nan"), [], {}, "\ud800", "a\0"]
        )
        text = base64.urlsafe_b64encode(json.dumps(changed).encode()).decode()
        answer = site.send("POST", API + "experiments/search", {**ask, "page_token": text})
        assert answer.status in (200, 400), (changed, answer)


@every_search
@pytest.mark.usefixtures("unchanged")
def test_thousands_of_clauses_are_answered_or_refused_soon(
    site: Site, ids: dict[str, str], call: str
) -> None:
    name = NAME.get(call, "name")
    most = 900 if SEARCHES[call] == "GET" else 5_000
    filters = {
        "clauses": " AND ".join(f"{name} != 'x{i}'" for i in range(most)),
        "likes": " AND ".join(f"{name} LIKE '%{i}%'" for i in range(most // 2)),
        "list": f"{name} IN ({', '.join(repr(str(i)) for i in range(most))})",
        "tags": " AND ".join(f"tags.t{i} = 'x'" for i in range(min(most, 2000))),
        "open": f"{name} IN (" + "(" * most,
        "long": f"{name} = '{'x' * (60_000 if SEARCHES[call] == 'GET' else 900_000)}'",
    }
    for title, text in filters.items():
        start = time.monotonic()
        answer = search(site, ids, call, filter=text)
        assert time.monotonic() - start < 10, title
        if answer.status != 200:
            check_refusal(answer, title)


@pytest.mark.usefixtures("unchanged")
def test_thousands_of_runs_clauses_on_values_are_answered_or_refused_soon(
    site: Site, ids: dict[str, str]
) -> None:
    for noun in ("metrics", "params", "tags"):
        value = "1" if noun == "metrics" else "'x'"
        for count in (60, 500, 5000):
            text = " AND ".join(f"{noun}.k{i} = {value}" for i in range(count))
            start = time.monotonic()
            answer = search(site, ids, "runs/search", filter=text)
            assert time.monotonic() - start < 10, (noun, count)
            if answer.status != 200:
                check_refusal(answer, (noun, count))
    many = [f"metrics.k{i}" for i in range(500)]
    answer = search(site, ids, "runs/search", order_by=many)
    if answer.status != 200:
        check_refusal(answer, "orders")


def test_no_pattern_takes_for_ever(site: Site, ids: dict[str, str]) -> None:
    run = site.api("runs/create", experiment_id=ids["experiment"])["run"]["info"]["run_id"]
    try:
        site.api("runs/set-tag", run_id=run, key="long", value="a" * 7999 + "b")
        for pattern in ("%a" * 2000 + "%c", "%" * 5000 + "c", "%_" * 1500 + "c", "_%" * 1500 + "c",
                        "%aaaa" * 400 + "%c", "(a+)+$", "%a_a" * 500 + "c",
                        "a" * 60_000):  # fmt: skip
            for word in ("LIKE", "ILIKE", "CONTAINS"):
                start = time.monotonic()
                answer = search(site, ids, "runs/search", filter=f"tags.long {word} '{pattern}'")
                assert time.monotonic() - start < 5, (word, pattern[:20])
                assert (answer.status, answer.body) == (200, b"{}"), (pattern[:20], answer)
    finally:
        site.api("runs/delete", run_id=run)
