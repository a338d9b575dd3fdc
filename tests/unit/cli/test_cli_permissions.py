"""``cuvee grant`` and ``cuvee permissions``, and the client's methods behind the same calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cuvee.client.client import Client

Command = Callable[..., Any]


def test_a_level_is_given_listed_explained_and_taken_back(cuvee: Command, store: Any) -> None:
    del store
    said = cuvee("grant", "CAN_EDIT", "--group", "everyone", "--folder", "", "--comment", "start")
    assert said.out == "everyone has CAN_EDIT on everything.\n"
    listed = cuvee("permissions", "list", "--group", "everyone", "--json")
    assert [(g["object"], g["permission"]) for g in json.loads(listed.out)] == [
        ("experiments:", "CAN_EDIT"),
        ("models:", "CAN_EDIT"),
    ]
    explained = cuvee("permissions", "explain", "CAN_MANAGE", "--experiment", "0")
    assert "all may do everything" in explained.out
    assert cuvee("permissions", "revoke", "--group", "everyone", "--folder", "").status == 0
    assert json.loads(cuvee("permissions", "list", "--json").out) == []
    again = cuvee("permissions", "revoke", "--group", "everyone", "--folder", "")
    assert again.status == 1
    assert "was given nothing" in again.err


def test_an_object_and_a_subject_must_be_named(cuvee: Command, store: Any) -> None:
    del store
    assert cuvee("grant", "CAN_EDIT", "--group", "everyone").status == 2
    both = cuvee("grant", "CAN_EDIT", "--group", "everyone", "--model", "m", "--experiment", "0")
    assert both.status == 2
    assert "either user or group" in cuvee("grant", "CAN_EDIT", "--experiment", "0").err
    assert "no user" in cuvee("grant", "CAN_READ", "--user", "x", "--experiment", "0").err


def test_the_client_gives_lists_explains_and_takes_back(store: Any) -> None:
    client = Client(tracking_uri=store.database.url)
    client.grant_permission("experiment:0", "CAN_READ", group="everyone", comment="look")
    (grant,) = client.list_permissions("experiment:0")
    assert (grant.group, grant.permission) == ("everyone", "CAN_READ")
    assert client.explain_permission("experiment:0", "CAN_MANAGE").allowed
    client.revoke_permission("experiment:0", group="everyone")
    assert client.list_permissions("experiment:0") == []
    assert [e.action for e in client.get_events("experiment:0")] == [
        "permission.granted",
        "permission.revoked",
    ]
