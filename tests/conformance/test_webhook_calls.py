"""What a server says of webhooks: where they may go, and what came of a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.hooks import CreateHook, GetHook, TryHook, UpdateHook
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.webhooks import (
    CreateRegistryWebhook,
    CreateWebhook,
    HttpUrlSpec,
    JobSpec,
    TryRegistryWebhook,
    TryWebhook,
    WebhookEvent,
)
from cuvee.errors import InvalidParameter
from cuvee.rules.targets import Allowed
from cuvee.store.sql import SqlStore
from receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def remote(served_url: str) -> Iterator[Store]:
    """The store as a client of its server sees it, which lets webhooks go nowhere but outside."""
    from cuvee.client.http import Http
    from cuvee.client.remote import HttpStore
    from cuvee.settings import Settings
    from cuvee.uris import ServerUri

    made = HttpStore(Http(ServerUri(url=served_url), Settings()))
    yield made
    made.close()


@pytest.fixture
def free(remote: Store, served: Any) -> Store:
    """The same, of a server that may send to this machine."""
    served.app.webhooks.outbound.allowed = Allowed(["127.0.0.1"])
    return remote


def test_a_test_call_tells_the_status_and_nothing_else(free: Store, receiver: Receiver) -> None:
    free.do(CreateRegisteredModel(name="wine"))
    receiver.behave = lambda handler, _: handler.answer(200, b"inner words")
    made = free.do(
        CreateWebhook(
            name="ci", url=receiver.url, events=[WebhookEvent("PROMPT", "CREATED")], secret="s"
        )
    ).webhook
    result = free.do(TryWebhook(webhook_id=made.webhook_id)).result
    assert (result.success, result.response_status) == (True, 200)
    assert (result.response_body, result.error_message) == ("", "")
    got = receiver.got[0]
    assert (got.json["entity"], got.json["action"]) == ("prompt", "created")
    assert got.headers["x-mlflow-signature"].startswith("v1,")

    receiver.behave = lambda handler, _: handler.answer(500, b"inner words")
    budget = WebhookEvent("BUDGET_POLICY", "EXCEEDED")
    failed = free.do(TryWebhook(webhook_id=made.webhook_id, event=budget)).result
    assert (failed.success, failed.response_status) == (False, 500)
    assert "500" in failed.error_message
    assert "inner words" not in repr(failed)


@pytest.mark.parametrize("entity", ["REGISTERED_MODEL", "MODEL_VERSION_ALIAS", "PROMPT_ALIAS"])
def test_every_kind_of_sample_can_be_sent(free: Store, receiver: Receiver, entity: Any) -> None:
    event = WebhookEvent(entity, "CREATED")
    made = free.do(CreateWebhook(name="ci", url=receiver.url, events=[event])).webhook
    assert free.do(TryWebhook(webhook_id=made.webhook_id)).result.success
    assert receiver.got[0].json["entity"] == entity.lower()


def test_a_registry_webhook_in_test_mode_is_called_by_the_test_only(
    free: Store, receiver: Receiver
) -> None:
    names: list[Any] = ["COMMENT_CREATED", "TRANSITION_REQUEST_TO_STAGING_CREATED"]
    spec = HttpUrlSpec(url=receiver.url)
    op = CreateRegistryWebhook(events=names, http_url_spec=spec, status="TEST_MODE")
    made = free.do(op).webhook
    for event in ("COMMENT_CREATED", *names[1:], "REGISTERED_MODEL_CREATED"):
        answer = free.do(TryRegistryWebhook(id=made.id, event=event))
        assert (answer.status_code, answer.body) == (200, "")
    assert [g.json["event"] for g in receiver.got][:2] == names
    assert "version" not in receiver.got[2].json
    assert free.do(TryHook(webhook_id=made.id)).result.success
    receiver.stop()
    gone = free.do(TryRegistryWebhook(id=made.id))
    assert gone.status_code == 0
    assert gone.body


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        "https://localhost:8080/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://169.254.169.254/latest/",
        "https://metadata.google.internal/",
    ],
)
def test_a_server_takes_no_webhook_to_where_it_must_not_go(remote: Store, url: str) -> None:
    event = WebhookEvent("MODEL_VERSION", "CREATED")
    job = JobSpec(job_id="1", access_token="t", workspace_url=url)
    for op in (
        CreateWebhook(name="ci", url=url, events=[event]),
        CreateHook(url=url),
        CreateRegistryWebhook(events=["COMMENT_CREATED"], http_url_spec=HttpUrlSpec(url=url)),
        CreateRegistryWebhook(events=["COMMENT_CREATED"], job_spec=job),
    ):
        with pytest.raises(InvalidParameter, match="allow"):
            remote.do(op)
    hook = remote.do(CreateHook(url="https://hooks.example.com/")).webhook
    with pytest.raises(InvalidParameter, match="allow"):
        remote.do(UpdateHook(webhook_id=hook.webhook_id, url=url))
    assert remote.do(GetHook(webhook_id=hook.webhook_id)).webhook.url == hook.url


def test_what_was_stored_elsewhere_is_looked_at_when_it_is_sent(
    remote: Store, local_store: SqlStore, receiver: Receiver
) -> None:
    hook = local_store.do(CreateHook(url=receiver.url)).webhook.webhook_id
    result = remote.do(TryHook(webhook_id=hook)).result
    assert (result.success, result.response_status) == (False, None)
    assert "Use https" in result.error_message
    assert receiver.got == []
