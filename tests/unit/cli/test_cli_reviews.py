"""Requests, checks, comments and emergencies from the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.base import Actor
from cuvee.api.reviews import CreateTransitionRequest
from cuvee.store.sql import SqlStore

Command = Callable[..., Any]


@pytest.mark.usefixtures("run_id")
def test_a_request_is_made_listed_explained_and_approved(cuvee: Command) -> None:
    said = cuvee("requests", "create", "lr", "2", "Staging", "--comment", "better")
    assert said.out.startswith("Requested: lr version 2 to Staging (request ")

    assert "better" in cuvee("requests", "list", "lr", "2").out
    (found,) = cuvee("requests", "list", "lr", "2", "--json").json
    assert (found["activity_type"], found["to_stage"]) == ("REQUESTED_TRANSITION", "Staging")
    (waiting,) = cuvee("requests", "waiting", "--json").json
    assert (waiting["name"], waiting["version"]) == ("lr", "2")
    assert "no review is needed" in cuvee("requests", "explain", "lr", "2", "staging").out

    said = cuvee("requests", "approve", "lr", "2", "staging", "--comment", "fine")
    assert said.out == "lr version 2 is in Staging.\n"
    assert "APPROVED_REQUEST" in cuvee("comments", "list", "lr", "2").out


@pytest.mark.usefixtures("run_id")
def test_a_request_is_rejected_with_a_reason_or_cancelled(cuvee: Command, store: SqlStore) -> None:
    cuvee("requests", "create", "lr", "2", "Staging")
    assert cuvee("requests", "reject", "lr", "2", "Staging").status == 2
    said = cuvee("requests", "reject", "lr", "2", "Staging", "--comment", "worse")
    assert said.out == "Rejected: lr version 2 to Staging.\n"

    cuvee("requests", "create", "lr", "2", "Staging")
    other = CreateTransitionRequest(name="lr", version="2", stage="Staging")
    store.do(other, Actor("bob"))
    assert "say whose with --creator" in cuvee("requests", "cancel", "lr", "2", "staging").err
    said = cuvee("requests", "cancel", "lr", "2", "Staging", "--creator", "bob")
    assert said.out.startswith("Cancelled: bob's request")
    assert cuvee("requests", "cancel", "lr", "2", "staging").status == 0
    assert cuvee("requests", "list", "lr", "2", "--json").json == []


@pytest.mark.usefixtures("run_id")
def test_ci_posts_checks(cuvee: Command) -> None:
    url = "https://ci.example/7"
    said = cuvee("check", "set", "lr", "2", "golden-set", "--pass", "--url", url)
    assert said.out == "golden-set of lr version 2 passed.\n"
    cuvee("check", "set", "lr", "2", "load", "--fail", "--details", "too slow")

    assert url in cuvee("check", "list", "lr", "2").out
    found = cuvee("check", "list", "lr", "2", "--json").json
    assert [(c["name"], c["passed"]) for c in found] == [("golden-set", True), ("load", False)]
    assert cuvee("check", "set", "lr", "2", "golden-set").status == 2
    assert cuvee("check", "delete", "lr", "2", "load").status == 0
    assert cuvee("check", "delete", "lr", "2", "load").status == 1


@pytest.mark.usefixtures("run_id")
def test_comments_are_added_edited_and_removed(cuvee: Command) -> None:
    number = cuvee("comments", "add", "lr", "2", "fruity").out.split()[1].rstrip(".")
    assert cuvee("comments", "edit", number, "dry").status == 0
    assert "dry" in cuvee("comments", "list", "lr", "2").out
    assert cuvee("comments", "delete", number).status == 0
    assert "was deleted" in cuvee("comments", "list", "lr", "2").out


@pytest.mark.usefixtures("run_id")
def test_emergencies_are_listed_and_one_that_is_not_there_is_not_closed(cuvee: Command) -> None:
    assert cuvee("emergencies", "list", "--open", "--json").json == []
    said = cuvee("emergencies", "close", "7", "--comment", "was right")
    assert (said.status, "no emergency with the id 7" in said.err) == (1, True)


@pytest.mark.usefixtures("run_id")
def test_a_policy_is_tried_on_past_moves(cuvee: Command, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("scope: lr\nstages:\n  - {name: Production, review: {approvals: 1}}\n")

    said = cuvee("policy", "test", str(file))

    assert "This policy would have blocked 1 of 1 moves." in said.out
    assert "1 more approval by" in said.out
    found = cuvee("policy", "test", str(file), "--json").json
    assert (found["total"], found["blocked"], found["moves"][0]["version"]) == (1, 1, "1")
