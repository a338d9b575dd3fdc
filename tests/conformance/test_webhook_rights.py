"""Webhooks of a model are its managers' to see and change, those of the registry an admin's."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest

from conformance.people import NAMED, ROOT
from cuvee.api.base import Actor, Op, Store
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

URL = "https://127.0.0.1:1/"  # where nobody listens
SPEC = HttpUrlSpec(url=URL)
LEVELS: tuple[Any, ...] = ("DENY", "CAN_READ", "CAN_EDIT", "CAN_MANAGE_PRODUCTION_VERSIONS")
BOB = NAMED["bob"]
R = TypeVar("R")


class Desk:
    """A store with the model wine; what only a server asks of its store is asked of that."""

    def __init__(self, crowd: Store, local: SqlStore) -> None:
        self._crowd, self._local = crowd, local
        self.do(CreateRegisteredModel(name="wine"), ROOT)

    def do(self, op: Op[R], actor: Actor = ROOT) -> R:
        asked = self._local if isinstance(op, PrepareTry) else self._crowd
        return asked.do(op, actor)


@pytest.fixture
def desk(crowd: Store, local_store: SqlStore, near: None) -> Desk:  # noqa: ARG001  # TryHook sends
    return Desk(crowd, local_store)


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


def seen(desk: Desk, actor: Actor) -> list[str]:
    return [w.webhook_id for w in desk.do(ListHooks(), actor).webhooks]


def test_who_does_not_manage_a_model_cannot_use_its_webhooks(desk: Desk) -> None:
    hook = desk.do(CreateHook(url=URL, model="wine"), ROOT).webhook.webhook_id
    for level in LEVELS:
        desk.do(GrantPermission(object="model:wine", user="bob", permission=level))
        for op in (*creations("wine"), *uses(hook, "cuvee")):
            with pytest.raises(PermissionDenied):
                desk.do(op, BOB)
        assert seen(desk, BOB) == []
    assert seen(desk, ROOT) == [hook]


def test_who_manages_a_model_uses_its_webhooks_and_no_others(desk: Desk) -> None:
    desk.do(CreateRegisteredModel(name="water"), ROOT)
    others = [
        desk.do(CreateHook(url=URL), ROOT).webhook.webhook_id,
        desk.do(CreateHook(url=URL, model="water"), ROOT).webhook.webhook_id,
    ]
    desk.do(GrantPermission(object="model:wine", user="bob", permission="CAN_MANAGE"))
    for op in creations("wine"):
        made = desk.do(op, BOB).webhook
        form = "cuvee" if isinstance(op, CreateHook) else "databricks"
        hook = made.webhook_id if form == "cuvee" else made.id
        assert seen(desk, BOB) == [hook]
        for use in uses(hook, form):
            desk.do(use, BOB)
        assert seen(desk, BOB) == []
    for op in (*creations(None), *creations("water")):
        with pytest.raises(PermissionDenied):
            desk.do(op, BOB)
    for hook in others:
        for op in uses(hook, "cuvee"):
            with pytest.raises(PermissionDenied):
                desk.do(op, BOB)
    assert desk.do(ListRegistryWebhooks(), BOB).webhooks == []


def test_webhooks_of_mlflow_are_for_admins(desk: Desk) -> None:
    op = CreateWebhook(name="ci", url=URL, events=[WebhookEvent("MODEL_VERSION", "CREATED")])
    hook = desk.do(op, ROOT).webhook.webhook_id
    desk.do(GrantPermission(object="folder:", user="bob", permission="CAN_MANAGE"))
    for refused in (op, GetWebhook(webhook_id=hook), ListWebhooks(), GetHook(webhook_id=hook)):
        with pytest.raises(PermissionDenied):
            desk.do(refused, BOB)


def test_a_page_is_full_of_what_the_caller_may_see(desk: Desk) -> None:
    desk.do(GrantPermission(object="model:wine", user="bob", permission="CAN_MANAGE"))
    mine = []
    for i in range(12):
        desk.do(CreateHook(url=URL), ROOT)
        if i % 3 == 0:
            mine.append(desk.do(CreateHook(url=URL, model="wine"), BOB).webhook.webhook_id)
    first = desk.do(ListHooks(max_results=3), BOB)
    rest = desk.do(ListHooks(max_results=3, page_token=first.next_page_token or ""), BOB)
    found = [w.webhook_id for page in (first, rest) for w in page.webhooks]
    assert found == mine[::-1]
    assert rest.next_page_token is None


def test_a_token_with_scopes_neither_administers_nor_sends_what_it_may_not_change(
    desk: Desk,
) -> None:
    wide = desk.do(CreateHook(url=URL), ROOT).webhook.webhook_id
    narrow = desk.do(CreateHook(url=URL, model="wine"), ROOT).webhook.webhook_id
    registry = Actor("root", "token", user=99, admin=True, scopes=("registry",))
    reader = Actor("root", "token", user=99, admin=True, scopes=("read",))
    assert seen(desk, registry) == [narrow]
    desk.do(PrepareTry(webhook_id=narrow), registry)
    for op, actor in (
        *((op, registry) for op in (*creations(None), *uses(wide, "cuvee"))),
        *((op, reader) for op in (*creations("wine"), PrepareTry(webhook_id=narrow))),
    ):
        with pytest.raises(PermissionDenied):
            desk.do(op, actor)
