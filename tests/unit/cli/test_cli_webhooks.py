"""Webhooks are made, listed, tried, followed and deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cuvee.api.base import Store
from cuvee.api.hooks import FindWork, FollowLog, NoteAttempt
from cuvee.api.models import CreateRegisteredModel, SetRegisteredModelTag

Command = Callable[..., Any]
URL = "https://hooks.example.com/x"


def test_a_webhook_lives_on_the_command_line(
    cuvee: Command, store: Store, monkeypatch: Any
) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    monkeypatch.setenv("CUVEE_WEBHOOK_SECRET", "s3cret")
    said = cuvee("webhooks", "create", URL, "--model", "wine", "--action", "model.")
    hook = said.out.strip()
    shown = cuvee("webhooks", "list", "--json").json[0]
    assert (shown["webhook_id"], shown["signed"], shown["actions"]) == (hook, True, ["model."])
    assert "s3cret" not in said.out + cuvee("webhooks", "list").out + cuvee("events").out
    assert cuvee("webhooks", "list", "--model", "water", "--json").json == []

    store.do(SetRegisteredModelTag(name="wine", key="k", value="v"))
    store.do(FollowLog())
    due = store.do(FindWork()).due[0]
    store.do(NoteAttempt(pk=due.pk, state="dead", due=0, status=500, problem="It failed."))
    listed = cuvee("webhooks", "deliveries", hook)
    assert "It failed." in listed.out
    sent = cuvee("webhooks", "deliveries", hook, "--attempts").out
    assert (due.delivery_id in sent, "500" in sent) == (True, True)
    assert cuvee("webhooks", "deliveries", hook, "--state", "pending", "--json").json == []
    assert "1 delivery is" in cuvee("webhooks", "redeliver", hook).out
    named = cuvee("webhooks", "redeliver", hook, "--delivery", due.delivery_id)
    assert "1 delivery is" in named.out

    tried = cuvee("webhooks", "test", hook)
    assert tried.status == 1
    assert "cuvee server" in tried.err
    assert hook in cuvee("webhooks", "delete", hook, "--comment", "over").out
    assert cuvee("webhooks", "list", "--json").json == []
    assert cuvee("webhooks", "delete", hook).status == 1
