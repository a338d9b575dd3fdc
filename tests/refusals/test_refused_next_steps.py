"""What is not there is refused with a sentence that says where to look, and the place exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import cuvee
from cuvee.api import ROUTED
from refusals.served import API, Site, check_refusal

pytestmark = pytest.mark.usefixtures("unchanged")

CUVEE = "/api/1.0/cuvee/"
MLFLOW_3 = "/api/3.0/mlflow/"
CALL = re.compile(r"(?<![/.\w-])[a-z][a-z-]+(?:/[a-z][a-z-]+)+\b")
VERSION = "name=grape&version=9"

MISSING: list[tuple[str, str, str]] = [
    (f"{API}runs/get?run_id=none", "Run with id=none not found", "runs/search"),
    (f"{API}artifacts/list?run_id=none", "Run with id=none not found", "runs/search"),
    (f"{API}experiments/get?experiment_id=99", "No Experiment with id=99 exists", "experiments/s"),
    (
        f"{API}experiments/get-by-name?experiment_name=none",
        "Could not find experiment with name 'none'",
        "experiments/search",
    ),
    (
        f"{API}registered-models/get?name=none",
        "Registered Model with name=none not found",
        "registered-models/search",
    ),
    (
        f"{API}model-versions/get?{VERSION}",
        "Model Version (name=grape, version=9) not found",
        "model-versions/search",
    ),
    (
        f"{CUVEE}model-versions/manifest?{VERSION}",
        "Model Version (name=grape, version=9) not found",
        "model-versions/search",
    ),
    (f"{API}logged-models/m-none", "Logged model with ID 'm-none' not found", "logged-models/s"),
    ("/get-artifact?run_id=$run&path=none", "No such artifact: '", "List its directory"),
    (f"{API}webhooks/none", "Webhook with ID none not found", "GET webhooks"),
    (f"{CUVEE}requests/get?id=99", "There is no request with the id 99", "requests/search"),
    (f"{CUVEE}log/entry?sequence=99999", "There is no entry 99999 in the log", "log/entries"),
    ("/api/2.0/mlflow-artifacts/none", "The artifact proxy has no such call", "GET, PUT or DELETE"),
    ("/get-artifact-archive?run_id=$run&path=none", "No such artifact: '", "List its directory"),
    (
        "/api/2.0/permissions/registered-models/99999",
        "There is no registered model with id 99999",
        "registered-models/search",
    ),
    (f"{MLFLOW_3}roles/get?role_id=99", "Role with id=99 not found", "roles/list"),
]


@pytest.mark.parametrize(("target", "words", "step"), MISSING, ids=range(len(MISSING)))
def test_what_is_not_there_is_refused_with_the_next_step(
    site: Site, ids: dict[str, str], target: str, words: str, step: str
) -> None:
    answer = site.send("GET", target.replace("$run", ids["run"]))
    check_refusal(answer, target)
    assert answer.status == 404
    found = answer.json["message"]
    assert found.startswith(words), found
    assert step in found[len(words) :], found


@pytest.mark.parametrize(
    ("call", "body", "words"),
    [
        ("questions", {"questions": []}, "'questions': the list is empty. Send one or more."),
        ("questions", {}, "'questions'. Send it: /api/openapi.json shows what each call takes."),
        ("runs/files", {"run_ids": []}, "'run_ids'"),
    ],
)
def test_what_is_needed_is_asked_for(site: Site, call: str, body: Any, words: str) -> None:
    answer = site.send("POST", CUVEE + call, body)
    check_refusal(answer, body)
    if call == "questions":
        assert answer.status == 400
        assert answer.json["message"] == f"Missing value for required parameter {words}"


def test_an_empty_text_is_told_from_a_missing_one(site: Site) -> None:
    start = "Missing value for required parameter 'name'"
    empty = site.send("POST", API + "experiments/create", {"name": ""}).json["message"]
    assert empty == f"{start}: the text is empty. Send one that is not."
    missing = site.send("POST", API + "experiments/create", {}).json["message"]
    assert missing == f"{start}. Send it: /api/openapi.json shows what each call takes."


def messages() -> list[tuple[str, str]]:
    """Return the sentences of all refusals for what is not there, with their places."""
    found = []
    source = Path(cuvee.__file__).parent
    for room in ("api", "rules", "server", "store"):
        for file in sorted((source / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                text = ast.unparse(node.args[0])
                written = text.startswith(("'", '"', "f'", 'f"'))
                if written and getattr(node.func, "id", "").endswith("NotFound"):
                    found.append((f"{file.relative_to(source)}:{node.lineno}", text))
    return found


def test_no_refusal_only_says_that_something_is_not_there() -> None:
    found = messages()
    assert len(found) > 40
    assert [place for place, text in found if not re.search(r"[:,] |\. ", text)] == []


def test_calls_that_refusals_name_exist() -> None:
    known = "\n".join(f"/{op.route}" for op in ROUTED)
    wrong = [
        (place, call)
        for place, text in messages()
        for call in CALL.findall(text)
        if not re.search(rf"/{re.escape(call)}(/|$)", known, re.MULTILINE)
    ]
    assert wrong == []
