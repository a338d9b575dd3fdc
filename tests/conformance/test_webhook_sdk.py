"""The vendor's published SDK makes, lists, changes, tests and deletes registry webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cuvee.api.models import CreateRegisteredModel
from cuvee.rules.targets import Allowed
from cuvee.store.sql import SqlStore
from receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def api(served_url: str, served: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The SDK's registry calls, pointed at the server of this test."""
    from databricks.sdk import WorkspaceClient

    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", "/nonexistent")
    served.app.webhooks.outbound.allowed = Allowed(["127.0.0.1"])
    client = WorkspaceClient(host=served_url, username="ann", password="x", auth_type="basic")
    return client.model_registry


def test_the_sdk_manages_webhooks(api: Any, local_store: SqlStore, receiver: Receiver) -> None:
    from databricks.sdk.errors import NotFound
    from databricks.sdk.service.ml import HttpUrlSpec, RegistryWebhookEvent, RegistryWebhookStatus

    local_store.do(CreateRegisteredModel(name="wine"))
    event = RegistryWebhookEvent
    made = api.create_webhook(
        [event.MODEL_VERSION_CREATED, event.COMMENT_CREATED],
        model_name="wine",
        description="d",
        http_url_spec=HttpUrlSpec(url=receiver.url, secret="s", authorization="Bearer t"),
    ).webhook
    assert made.status is RegistryWebhookStatus.ACTIVE
    assert made.http_url_spec.url == receiver.url
    assert made.creation_timestamp > 1_700_000_000_000
    wide = api.create_webhook(
        [event.REGISTERED_MODEL_CREATED],
        http_url_spec=HttpUrlSpec(url=receiver.url),
        status=RegistryWebhookStatus.TEST_MODE,
    ).webhook

    def ids(**wanted: Any) -> list[str]:
        return [hook.id for hook in api.list_webhooks(**wanted)]

    assert ids() == ids(max_results=1) == [wide.id, made.id]
    assert ids(model_name="wine") == [made.id]
    assert ids(events=[event.COMMENT_CREATED, event.MODEL_VERSION_TAG_SET]) == [made.id]
    assert ids(events=[event.MODEL_VERSION_TAG_SET]) == []

    tried = api.test_registry_webhook(made.id, event=event.COMMENT_CREATED)
    assert (tried.status_code, tried.body or "") == (200, "")
    assert receiver.got[0].json["event"] == "COMMENT_CREATED"
    assert receiver.got[0].headers["authorization"] == "Bearer t"
    assert "x-databricks-signature" in receiver.got[0].headers

    changed = api.update_webhook(made.id, status=RegistryWebhookStatus.DISABLED).webhook
    assert (changed.status, changed.description) == (RegistryWebhookStatus.DISABLED, "d")
    api.delete_webhook(made.id)
    assert ids() == [wide.id]
    with pytest.raises(NotFound):
        api.delete_webhook(made.id)
