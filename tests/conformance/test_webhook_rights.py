"""Webhooks of a model are its managers' to see and change, those of the registry an admin's."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.people import ROOT, make_people
from cuvee.api.base import Actor, Op
from cuvee.api.hooks import (
    CreateHook,
    DeleteHook,
    GetHook,
    ListDeliveries,
    ListHooks,
    PrepareTry,
    RedeliverHook,
    TryHook,
    UpdateHook,
)
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.permissions import GrantPermission
from cuvee.api.webhooks import (
    CreateRegistryWebhook,
    CreateWebhook,
    DeleteRegistryWebhook,
    GetWebhook,
    HttpUrlSpec,
    ListRegistryWebhooks,
    ListWebhooks,
    TryRegistryWebhook,
    UpdateRegistryWebhook,
    WebhookEvent,
)
from cuvee.errors import PermissionDenied
from cuvee.store.sql import SqlStore

URL = "https://hooks.example.com/"
SPEC = HttpUrlSpec(url=URL)
LEVELS: tuple[Any, ...] = ("DENY", "CAN_READ", "CAN_EDIT", "CAN_MANAGE_PRODUCTION_VERSIONS")


@pytest.fixture
def people(local_store: SqlStore) -> dict[str, Actor]:
    found = make_people(local_store)
    local_store.do(CreateRegisteredModel(name="wine"), ROOT)
    return found


def creations(model: str | None) -> list[Op[Any]]:
    return [
        CreateHook(url=URL, model=model),
        CreateRegistryWebhook(events=["COMMENT_CREATED"], http_url_spec=SPEC, model_name=model),
    ]


def uses(hook: str, form: str) -> list[Op[Any]]:
    found: list[Op[Any]] = [
        *(GetHook(webhook_id=hook), TryHook(webhook_id=hook), PrepareTry(webhook_id=hook)),
        *(ListDeliveries(webhook_id=hook), RedeliverHook(webhook_id=hook)),
    ]
    if form == "cuvee":
        return [*found, UpdateHook(webhook_id=hook, name="x"), DeleteHook(webhook_id=hook)]
    update = UpdateRegistryWebhook(id=hook, description="x")
    return [*found, TryRegistryWebhook(id=hook), update, DeleteRegistryWebhook(id=hook)]


def seen(store: SqlStore, actor: Actor) -> list[str]:
    return [w.webhook_id for w in store.do(ListHooks(), actor).webhooks]


def test_who_does_not_manage_a_model_cannot_use_its_webhooks(
    local_store: SqlStore, people: dict[str, Actor]
) -> None:
    store, bob = local_store, people["bob"]
    hook = store.do(CreateHook(url=URL, model="wine"), ROOT).webhook.webhook_id
    for level in LEVELS:
        store.do(GrantPermission(object="model:wine", user="bob", permission=level))
        for op in (*creations("wine"), *uses(hook, "cuvee")):
            with pytest.raises(PermissionDenied):
                store.do(op, bob)
        assert seen(store, bob) == []
    assert seen(store, ROOT) == [hook]


def test_who_manages_a_model_uses_its_webhooks_and_no_others(
    local_store: SqlStore, people: dict[str, Actor]
) -> None:
    store, bob = local_store, people["bob"]
    store.do(CreateRegisteredModel(name="water"), ROOT)
    others = [
        store.do(CreateHook(url=URL), ROOT).webhook.webhook_id,
        store.do(CreateHook(url=URL, model="water"), ROOT).webhook.webhook_id,
    ]
    store.do(GrantPermission(object="model:wine", user="bob", permission="CAN_MANAGE"))
    for op in creations("wine"):
        made = store.do(op, bob).webhook
        form = "cuvee" if isinstance(op, CreateHook) else "databricks"
        hook = made.webhook_id if form == "cuvee" else made.id
        assert seen(store, bob) == [hook]
        for use in uses(hook, form):
            store.do(use, bob)
        assert seen(store, bob) == []
    for op in (*creations(None), *creations("water")):
        with pytest.raises(PermissionDenied):
            store.do(op, bob)
    for hook in others:
        for op in uses(hook, "cuvee"):
            with pytest.raises(PermissionDenied):
                store.do(op, bob)
    assert store.do(ListRegistryWebhooks(), bob).webhooks == []


def test_webhooks_of_mlflow_are_for_admins(local_store: SqlStore, people: dict[str, Actor]) -> None:
    store, bob = local_store, people["bob"]
    op = CreateWebhook(name="ci", url=URL, events=[WebhookEvent("MODEL_VERSION", "CREATED")])
    hook = store.do(op, ROOT).webhook.webhook_id
    store.do(GrantPermission(object="folder:", user="bob", permission="CAN_MANAGE"))
    for refused in (op, GetWebhook(webhook_id=hook), ListWebhooks(), GetHook(webhook_id=hook)):
        with pytest.raises(PermissionDenied):
            store.do(refused, bob)


def test_a_page_is_full_of_what_the_caller_may_see(
    local_store: SqlStore, people: dict[str, Actor]
) -> None:
    store, bob = local_store, people["bob"]
    store.do(GrantPermission(object="model:wine", user="bob", permission="CAN_MANAGE"))
    mine = []
    for i in range(12):
        store.do(CreateHook(url=URL), ROOT)
        if i % 3 == 0:
            mine.append(store.do(CreateHook(url=URL, model="wine"), bob).webhook.webhook_id)
    first = store.do(ListHooks(max_results=3), bob)
    rest = store.do(ListHooks(max_results=3, page_token=first.next_page_token or ""), bob)
    found = [w.webhook_id for page in (first, rest) for w in page.webhooks]
    assert found == mine[::-1]
    assert rest.next_page_token is None


def test_a_token_with_scopes_neither_administers_nor_sends_what_it_may_not_change(
    local_store: SqlStore, people: dict[str, Actor]
) -> None:
    store = local_store
    assert people
    wide = store.do(CreateHook(url=URL), ROOT).webhook.webhook_id
    narrow = store.do(CreateHook(url=URL, model="wine"), ROOT).webhook.webhook_id
    registry = Actor("root", "token", user=99, admin=True, scopes=("registry",))
    reader = Actor("root", "token", user=99, admin=True, scopes=("read",))
    assert seen(store, registry) == [narrow]
    store.do(PrepareTry(webhook_id=narrow), registry)
    for op, actor in (
        *((op, registry) for op in (*creations(None), *uses(wide, "cuvee"))),
        *((op, reader) for op in (*creations("wine"), PrepareTry(webhook_id=narrow))),
    ):
        with pytest.raises(PermissionDenied):
            store.do(op, actor)
