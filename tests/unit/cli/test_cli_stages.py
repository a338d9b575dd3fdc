"""Policies, holders, rollbacks and swaps on the command line."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cuvee.api.base import Store
from cuvee.api.loads import CountLoads, Loaded
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.versions import CreateModelVersion

Command = Callable[..., Any]
POLICY = "scope: wine\nstages:\n- name: UAT\n- {name: Live, holders: one}\n"


def seed(store: Store) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    for _ in range(2):
        store.do(CreateModelVersion(name="wine", source="s3://bucket/m"))


def test_a_policy_is_applied_shown_and_removed(
    cuvee: Command, store: Store, tmp_path: Path
) -> None:
    seed(store)
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY)

    assert "built-in" in cuvee("policy", "show", "wine").out
    tried = cuvee("policy", "apply", str(file), "--dry-run").out
    assert "-- name: Staging" in tried
    assert "+- name: UAT" in tried
    assert "Nothing was changed" in tried
    assert "built-in" in cuvee("policy", "show", "wine").out
    applied = cuvee("policy", "apply", str(file), "--comment", "ours").out
    assert "policy wine@1" in applied
    assert "None, UAT, Live, Archived" in applied
    assert "Nothing to do" in cuvee("policy", "apply", str(file)).out
    assert cuvee("policy", "show", "wine", "--json").json["id"] == "wine@1"
    file.write_text(cuvee("policy", "show", "wine", "--yaml").out)
    assert "Nothing to do" in cuvee("policy", "apply", str(file)).out
    file.write_text(POLICY.replace("UAT", "Test"))
    cuvee("versions", "stage", "wine", "1", "UAT")
    refused = cuvee("policy", "apply", str(file))
    assert "move: {UAT: Archived}" in refused.err
    file.write_text(POLICY.replace("UAT", "Test") + "move: {UAT: Test}\n")
    assert "moved wine version 1: UAT -> Test" in cuvee("policy", "apply", str(file)).out
    assert "wine@2" in cuvee("policy", "show", "wine", "--versions").out
    cuvee("versions", "stage", "wine", "1", "None")
    assert "the built-in stages" in cuvee("policy", "remove", "wine").out
    assert "has no policy" in cuvee("policy", "show", "/").err


def test_a_stage_is_rolled_back_and_swapped(cuvee: Command, store: Store) -> None:
    seed(store)
    cuvee("versions", "stage", "wine", "1", "Production", "--expect", "nobody")
    refused = cuvee("versions", "stage", "wine", "2", "Production", "--expect", "2")
    assert "held by version 1" in refused.err
    cuvee("versions", "stage", "wine", "2", "Production", "--archive-existing")
    back = cuvee("versions", "rollback", "wine", "Production", "--comment", "drifts").out
    assert back == "wine version 1 is in Production again.\n"
    swapped = cuvee("versions", "swap", "wine", "2", "Production", "--expect", "1").out
    assert "version 2 is in Production" in swapped
    assert "version 1 is in Archived" in swapped


def test_the_holders_of_a_stage_are_listed(cuvee: Command, store: Store) -> None:
    seed(store)
    cuvee("versions", "stage", "wine", "1", "Production")
    cuvee("versions", "stage", "wine", "2", "Production", "--archive-existing")

    found = cuvee("versions", "holders", "wine", "Production", "--json").json
    assert [h["version"] for h in found] == ["2", "1"]
    assert "now" in cuvee("versions", "holders", "wine").out
    at = str(found[0]["since"])
    then = cuvee("versions", "holders", "wine", "Production", "--at", at, "--json").json
    assert [h["version"] for h in then] == ["2"]
    assert (
        "held Production at"
        in cuvee("versions", "holders", "wine", "Production", "--at", "2001-01-01").err
    )
    assert "STAGE" in cuvee("versions", "holders", "wine", "--at", "2001-01-01").err


def test_who_loads_a_model_is_shown(cuvee: Command, store: Store) -> None:
    seed(store)
    at = 20_000 * 86_400_000  # 2024-10-04
    old = Loaded(name="wine", version="1", user_id="alice", count=3, first=at, last=at + 60_000)
    now = int(time.time() * 1000)
    new = Loaded(name="wine", version="2", user_id="bob", count=1, first=now, last=now)
    store.do(CountLoads(loaded=[old, new]))

    lines = [line.split() for line in cuvee("versions", "loads", "wine").out.splitlines()]
    assert lines[0] == ["USER", "LOADS", "FIRST", "LAST"]
    assert [line[:2] for line in lines[1:]] == [["alice", "3"], ["bob", "1"]]
    by_day = cuvee("versions", "loads", "wine", "1", "--by", "day", "--json").json
    assert [(one["day"], one["count"]) for one in by_day] == [("2024-10-04", 3)]
    last = cuvee("versions", "loads", "wine", "--by", "version", "--days", "1", "--json").json
    assert [(one["version"], one["count"]) for one in last] == [("2", 1)]
    assert cuvee("versions", "loads", "wine", "--days", "99999").status == 0
    assert "3" in cuvee("versions", "loads", "wine", "3").err
