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
    assert "500" in failed.response_body
    assert failed.error_message == ""
    assert "inner words" not in repr(failed)

    receiver.stop()
    gone = free.do(TryWebhook(webhook_id=made.webhook_id)).result
    assert (gone.success, gone.response_status, gone.response_body) == (False, None, "")
    assert gone.error_message


@pytest.mark.parametrize("entity", ["REGISTERED_MODEL", "MODEL_VERSION_ALIAS", "PROMPT_ALIAS"])
def test_every_kind_of_sample_can_be_sent(free: Store, receiver: Receiver, entity: Any) -> None:
    event = WebhookEvent(entity, "CREATED")
    made = free.do(CreateWebhook(name="ci", url=receiver.url, events=[event])).webhook
    assert free.do(TryWebhook(webhook_id=made.webhook_id)).result.success
    assert receiver.got[0].json["entity"] == entity.lower()


TAG = {"key": "example_key", "value": "example_value"}
MODEL = {"name": "example_model", "tags": {"example_key": "example_value"}}
OF_VERSION = {"name": "example_model", "version": "1"}


@pytest.mark.parametrize(
    ("entity", "action", "data"),
    [
        ("REGISTERED_MODEL", "CREATED", {**MODEL, "description": "An example registered model"}),
        (
            "MODEL_VERSION",
            "CREATED",
            {
                **MODEL,
                **OF_VERSION,
                "description": "An example model version",
                "source": "models:/123",
                "run_id": "abcd1234abcd5678",
            },
        ),
        ("MODEL_VERSION_TAG", "SET", {**OF_VERSION, **TAG}),
        ("MODEL_VERSION_TAG", "DELETED", {**OF_VERSION, "key": "example_key"}),
        ("MODEL_VERSION_ALIAS", "CREATED", {**OF_VERSION, "alias": "example_alias"}),
        (
            "MODEL_VERSION_ALIAS",
            "DELETED",
            {"name": "example_model", "alias": "example_alias"},
        ),
        ("PROMPT_TAG", "SET", {"name": "example_model", **TAG}),
    ],
)
def test_samples_are_those_that_receivers_for_mlflow_know(
    free: Store, receiver: Receiver, entity: Any, action: Any, data: dict[str, Any]
) -> None:
    event = WebhookEvent(entity, action)
    made = free.do(CreateWebhook(name="ci", url=receiver.url, events=[event])).webhook
    assert free.do(TryWebhook(webhook_id=made.webhook_id)).result.success
    assert receiver.got[0].json["data"] == data


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
