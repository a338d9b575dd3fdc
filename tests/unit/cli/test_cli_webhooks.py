"""Webhooks are made, listed, tried, followed and deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cuvee.api.base import Store
from cuvee.api.hooks import FindWork, FollowLog, NoteAttempt, PrepareTry
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


def test_headers_are_given_one_by_one_or_by_the_environment(
    cuvee: Command, store: Store, monkeypatch: Any
) -> None:
    given = ("--header", "X-Team: wine", "--header", "X-Key:555-0199:x")
    said = cuvee("webhooks", "create", URL, *given, "--json")
    assert said.json["header_names"] == ["X-Team", "X-Key"]
    assert "X-Key: 555-0199" not in said.out + cuvee("events").out
    sent = store.do(PrepareTry(webhook_id=said.json["webhook_id"])).headers
    assert sent == {"X-Team": "wine", "X-Key": "555-0199:x"}
    monkeypatch.setenv("CUVEE_WEBHOOK_HEADERS", "X-A: 1 2\n\nX-B: 3\n")
    made = cuvee("webhooks", "create", URL).out.strip()
    assert store.do(PrepareTry(webhook_id=made)).headers == {"X-A": "1 2", "X-B": "3"}
    for bad in ("555-0199", "Host: 555-0199", "X-Key: 555-0199\r\nHost: x", "Authorization: 555"):
        refused = cuvee("webhooks", "create", URL, "--header", bad)
        assert refused.status != 0
        assert "555" not in refused.out + refused.err
    assert len(cuvee("webhooks", "list", "--json").json) == 2


def test_a_webhook_is_changed_and_what_is_not_said_stays(
    cuvee: Command, store: Store, monkeypatch: Any
) -> None:
    given = ("--header", "X-Team: wine", "--header", "X-Key: 555-0199", "--name", "old")
    hook = cuvee("webhooks", "create", URL, *given, "--action", "model.").out.strip()

    def sent() -> tuple[dict[str, str], str, str]:
        found = store.do(PrepareTry(webhook_id=hook))
        return found.headers, found.authorization, found.secret

    def change(*options: str) -> Any:
        return cuvee("webhooks", "update", hook, *options, "--json").json

    shown = change("--header", "x-team: cellar", "--drop-header", "X-KEY", "--name", "new")
    assert (shown["header_names"], shown["name"], shown["actions"]) == (
        ["x-team"],
        "new",
        ["model."],
    )
    monkeypatch.setenv("CUVEE_WEBHOOK_SECRET", "s3cret")
    monkeypatch.setenv("CUVEE_WEBHOOK_AUTHORIZATION", "Bearer b")
    assert change("--header", "X-New: 1")["signed"] is True
    monkeypatch.delenv("CUVEE_WEBHOOK_SECRET")
    monkeypatch.delenv("CUVEE_WEBHOOK_AUTHORIZATION")
    assert sent() == ({"x-team": "cellar", "X-New": "1"}, "Bearer b", "s3cret")
    shown = change("--drop-authorization", "--drop-secret", "--disable", "--every-action")
    assert (shown["status"], shown.get("actions", [])) == ("DISABLED", [])
    assert sent() == ({"x-team": "cellar", "X-New": "1"}, "", "")
    assert change("--enable", "--action", "version.")["actions"] == ["version."]
    moved = ("--url", "https://other.example.com/", "--comment", "moved")
    said = cuvee("webhooks", "update", hook, *moved)
    assert hook in said.out
    assert sent()[0] == {}, "headers do not follow to another host"


def test_a_change_of_a_webhook_that_makes_no_sense_is_refused(cuvee: Command) -> None:
    hook = cuvee("webhooks", "create", URL, "--header", "X-Team: wine").out.strip()
    for options, said in (
        ((), "Say what to change"),
        (("--drop-header", "X-Tea"), "sends no header X-Tea; it sends X-Team"),
        (("--secret", "a", "--drop-secret"), "exclude each other"),
        (("--authorization", "a b", "--drop-authorization"), "exclude each other"),
        (("--action", "model.", "--every-action"), "exclude each other"),
    ):
        refused = cuvee("webhooks", "update", hook, *options)
        assert refused.status == 2
        assert said in refused.err
    assert cuvee("webhooks", "update", "nothing", "--name", "x").status == 1
