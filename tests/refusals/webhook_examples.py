"""Requests about webhooks that a seeded server accepts, and the seeding."""

from __future__ import annotations

from typing import Any

from cuvee.api.hooks import CreateHook, FollowLog, ListDeliveries, UpdateHook
from cuvee.api.models import SetRegisteredModelTag
from cuvee.api.webhooks import CreateRegistryWebhook, CreateWebhook, HttpUrlSpec, WebhookEvent

Fields = dict[str, Any]


def seed_webhooks(store: Any) -> dict[str, str]:
    """Put a webhook of each form into a store, disabled, so that no server has work with them."""
    do = store.do
    url = "https://hooks.example.com/x"
    created = [WebhookEvent("MODEL_VERSION", "CREATED")]
    mlflow = do(CreateWebhook(name="ci", url=url, events=created, status="DISABLED")).webhook
    registry = CreateRegistryWebhook(
        events=["COMMENT_CREATED"], http_url_spec=HttpUrlSpec(url=url), status="DISABLED"
    )
    own = do(CreateHook(url=url, actions=["model.tag_set"])).webhook.webhook_id
    do(SetRegisteredModelTag(name="grape", key="k", value="w"))
    ids = {"webhook": mlflow.webhook_id, "registry webhook": do(registry).webhook.id, "hook": own}
    do(FollowLog())
    do(UpdateHook(webhook_id=own, status="DISABLED"))
    do(FollowLog())
    ids["delivery"] = do(ListDeliveries(webhook_id=own)).deliveries[0].delivery_id
    return ids


def webhook_examples(ids: dict[str, str]) -> dict[str, Fields]:
    """Return the examples that need what ``seed_webhooks`` makes."""
    webhook, hook = {"webhook_id": ids["webhook"]}, {"webhook_id": ids["hook"]}
    of_registry = {"id": ids["registry webhook"]}
    url = "https://hooks.example.com/y"
    event = {"entity": "MODEL_VERSION", "action": "CREATED"}
    job = {"job_id": "7", "access_token": "t", "workspace_url": url}
    http = {"url": url, "enable_ssl_verification": True, "secret": "s", "authorization": "B t"}
    words = {"name": "n", "description": "d", "url": url, "secret": "s", "status": "ACTIVE"}
    own = {**words, "actions": ["version."], "authorization": "B t", "verify": True}
    own["headers"] = [{"name": "X-Team", "value": "wine"}]
    return {
        "CreateWebhook": {**words, "events": [event]},
        "ListWebhooks": {"max_results": 5},
        "GetWebhook": webhook,
        "UpdateWebhook": {**webhook, **words, "events": [event]},
        "DeleteWebhook": webhook,
        "TryWebhook": {**webhook, "event": event},
        "CreateRegistryWebhook": {
            "events": ["COMMENT_CREATED"],
            "model_name": "grape",
            "description": "d",
            "http_url_spec": http,
            "status": "TEST_MODE",
        },
        "ListRegistryWebhooks": {
            "events": ["COMMENT_CREATED"],
            "model_name": "grape",
            "max_results": 5,
        },
        "UpdateRegistryWebhook": {
            **of_registry,
            "description": "d",
            "events": ["COMMENT_CREATED"],
            "job_spec": job,
            "status": "ACTIVE",
        },
        "DeleteRegistryWebhook": of_registry,
        "TryRegistryWebhook": {**of_registry, "event": "COMMENT_CREATED"},
        "CreateHook": {**own, "model": "grape"},
        "ListHooks": {"model": "grape", "max_results": 5},
        "GetHook": hook,
        "UpdateHook": {**hook, **own},
        "DeleteHook": hook,
        "TryHook": hook,
        "ListDeliveries": {**hook, "state": "pending", "max_results": 5},
        "RedeliverHook": {**hook, "delivery_ids": [ids["delivery"]]},
    }
