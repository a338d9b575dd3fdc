"""Webhooks of all forms are kept, shown without secrets, changed, listed in pages, and ended."""

from __future__ import annotations

from typing import Any

import pytest

from cuvee.api.base import Op, Store
from cuvee.api.events import Event, ListEvents
from cuvee.api.hooks import (
    CreateHook,
    DeleteHook,
    FollowLog,
    GetHook,
    ListDeliveries,
    ListHooks,
    RedeliverHook,
    UpdateHook,
)
from cuvee.api.models import CreateRegisteredModel, DeleteRegisteredModel, RenameRegisteredModel
from cuvee.api.versions import CreateModelVersion, SetModelVersionTag, TransitionStage
from cuvee.api.webhooks import (
    CreateRegistryWebhook,
    CreateWebhook,
    DeleteRegistryWebhook,
    DeleteWebhook,
    GetWebhook,
    HttpUrlSpec,
    JobSpec,
    ListRegistryWebhooks,
    ListWebhooks,
    UpdateRegistryWebhook,
    UpdateWebhook,
    WebhookEvent,
)
from cuvee.errors import InvalidParameter, NotFound
from cuvee.store.sql import SqlStore

URL = "https://hooks.example.com/services/T0/secret-path"
CREATED = WebhookEvent("MODEL_VERSION", "CREATED")
TAG_SET = WebhookEvent("MODEL_VERSION_TAG", "SET")


def told(store: Store) -> list[Event]:
    events = store.do(ListEvents(max_results=1000)).events
    return [e for e in events if e.action.startswith("webhook.")]


def deliveries(store: Store, local: SqlStore, webhook_id: str) -> list[tuple[str, str]]:
    """Follow the log to its end and return (kind, state) of what came of it, oldest first."""
    while local.do(FollowLog(limit=2)).events:  # which no client can ask for
        pass
    page = store.do(ListDeliveries(webhook_id=webhook_id, max_results=1000))
    return [(d.kind, d.state) for d in reversed(page.deliveries)]


def test_a_webhook_of_mlflow_lives(store: Store) -> None:
    made = store.do(
        CreateWebhook(name="ci", url=URL, events=[CREATED, CREATED, TAG_SET], secret="s3cret")
    ).webhook
    assert (made.name, made.url, made.status, made.description) == ("ci", URL, "ACTIVE", None)
    assert made.events == [CREATED, TAG_SET]
    assert made.creation_timestamp == made.last_updated_timestamp > 1_700_000_000_000
    assert store.do(GetWebhook(webhook_id=made.webhook_id)).webhook == made

    changed = store.do(
        UpdateWebhook(webhook_id=made.webhook_id, description="d", status="DISABLED")
    ).webhook
    assert (changed.description, changed.status, changed.events) == ("d", "DISABLED", made.events)
    assert changed.url == URL
    assert store.do(GetWebhook(webhook_id=made.webhook_id)).webhook == changed

    store.do(DeleteWebhook(webhook_id=made.webhook_id))
    assert store.do(ListWebhooks()).webhooks == []
    for op in (GetWebhook, DeleteWebhook, UpdateWebhook):
        with pytest.raises(NotFound):
            store.do(op(webhook_id=made.webhook_id))


def test_webhooks_come_newest_first_and_in_pages(store: Store) -> None:
    for i in range(5):
        store.do(CreateWebhook(name=f"w{i}", url=URL, events=[CREATED]))
        store.do(CreateHook(url=URL))
    first = store.do(ListWebhooks(max_results=2))
    second = store.do(ListWebhooks(max_results=2, page_token=first.next_page_token or ""))
    third = store.do(ListWebhooks(max_results=2, page_token=second.next_page_token or ""))
    names = [w.name for page in (first, second, third) for w in page.webhooks]
    assert names == ["w4", "w3", "w2", "w1", "w0"]
    assert third.next_page_token is None
    assert len(store.do(ListWebhooks(max_results=0)).webhooks) == 5
    assert len(store.do(ListHooks()).webhooks) == 10
    with pytest.raises(InvalidParameter):
        store.do(ListWebhooks(page_token="x"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "-a"},
        {"name": "a" * 64},
        {"name": "a b"},
        {"url": "ftp://x/y"},
        {"url": "https://"},
        {"url": "https://u:p@example.com/"},
        {"url": "https://example.com/ä"},
        {"url": "https://example.com/a b"},
        {"url": "https://example.com:99999/"},
        {"url": "https://[::1/"},
        {"url": "https://example.com/" + "x" * 2100},
        {"events": []},
        {"events": [WebhookEvent("MODEL_VERSION", "DELETED")]},
        {"events": [WebhookEvent("BUDGET_POLICY", "CREATED")]},
    ],
)
def test_what_mlflow_refuses_is_refused(store: Store, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter):
        store.do(CreateWebhook(**{"name": "ok", "url": URL, "events": [CREATED], **wrong}))
    assert store.do(ListHooks()).webhooks == []
    assert told(store) == []


def test_a_registry_webhook_lives(store: Store) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    spec = HttpUrlSpec(url=URL, secret="s3cret", authorization="Bearer t0ken")
    made = store.do(
        CreateRegistryWebhook(
            events=["MODEL_VERSION_CREATED", "COMMENT_CREATED"],
            model_name="wine",
            description="d",
            http_url_spec=spec,
            status="TEST_MODE",
        )
    ).webhook
    assert (made.model_name, made.status, made.job_spec) == ("wine", "TEST_MODE", None)
    assert made.http_url_spec is not None
    assert (made.http_url_spec.url, made.http_url_spec.enable_ssl_verification) == (URL, True)
    wide = store.do(
        CreateRegistryWebhook(
            events=["REGISTERED_MODEL_CREATED"],
            job_spec=JobSpec(
                job_id="7", access_token="t0ken", workspace_url="https://ws.example.com"
            ),
        )
    ).webhook
    assert wide.job_spec is not None
    assert (wide.job_spec.job_id, wide.job_spec.workspace_url) == ("7", "https://ws.example.com")

    def ids(**wanted: Any) -> list[str]:
        return [w.id for w in store.do(ListRegistryWebhooks(**wanted)).webhooks]

    assert ids() == [wide.id, made.id]
    assert ids(model_name="wine") == [made.id]
    assert ids(events=["COMMENT_CREATED", "MODEL_VERSION_TAG_SET"]) == [made.id]
    assert ids(events=["MODEL_VERSION_TAG_SET"]) == []

    changed = store.do(
        UpdateRegistryWebhook(id=made.id, events=["MODEL_VERSION_TAG_SET"], status="ACTIVE")
    ).webhook
    assert (changed.events, changed.status) == (["MODEL_VERSION_TAG_SET"], "ACTIVE")
    assert (changed.description, changed.http_url_spec) == ("d", made.http_url_spec)
    store.do(DeleteRegistryWebhook(id=made.id))
    assert ids() == [wide.id]
    with pytest.raises(NotFound):
        store.do(DeleteRegistryWebhook(id=made.id))


HTTP = HttpUrlSpec(url=URL)
JOB = JobSpec(job_id="7", access_token="t", workspace_url="https://ws.example.com")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"http_url_spec": HTTP, "job_spec": JOB},
        {"job_spec": JobSpec(job_id="7", access_token="t")},
        {"job_spec": JobSpec(job_id="x", access_token="t", workspace_url="https://a.b")},
        {"http_url_spec": HttpUrlSpec(url=URL, authorization="Bearer a\r\nX: y")},
        {"http_url_spec": HTTP, "events": []},
        {"http_url_spec": HTTP, "events": ["REGISTERED_MODEL_CREATED"], "model_name": "wine"},
    ],
)
def test_what_a_registry_webhook_cannot_be_is_refused(store: Store, fields: dict[str, Any]) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    with pytest.raises(InvalidParameter):
        store.do(CreateRegistryWebhook(**{"events": ["COMMENT_CREATED"], **fields}))
    with pytest.raises(NotFound):
        store.do(
            CreateRegistryWebhook(
                events=["COMMENT_CREATED"], http_url_spec=HTTP, model_name="water"
            )
        )
    assert store.do(ListHooks()).webhooks == []


def test_our_own_webhook_lives_and_says_nothing_of_its_secrets(store: Store) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    made = store.do(
        CreateHook(
            url=URL,
            model="wine",
            actions=["version.", "model.alias_set"],
            name="ci",
            secret="s3cret",
            authorization="Bearer t0ken",
            comment="for the shop",
        )
    ).webhook
    assert (made.form, made.model, made.signed, made.authorized) == ("cuvee", "wine", True, True)
    assert store.do(GetHook(webhook_id=made.webhook_id)).webhook == made
    store.do(UpdateHook(webhook_id=made.webhook_id, secret="0ther", actions=[]))
    store.do(UpdateHook(webhook_id=made.webhook_id, secret="0ther"))
    store.do(RenameRegisteredModel(name="wine", new_name="vin"))
    assert [w.model for w in store.do(ListHooks(model="vin")).webhooks] == ["vin"]
    moved = store.do(
        UpdateHook(webhook_id=made.webhook_id, url="https://elsewhere.example.com/")
    ).webhook
    assert (moved.authorized, moved.signed) == (False, True)
    store.do(DeleteHook(webhook_id=made.webhook_id, comment="over"))
    events = told(store)
    assert [e.action for e in events] == [
        "webhook.created",
        "webhook.updated",
        "webhook.updated",
        "webhook.deleted",
    ]
    assert events[0].after["host"] == "hooks.example.com"
    assert events[0].comment == "for the shop"
    assert sorted(events[1].after) == ["events", "secret"]
    shown = repr(events) + repr(made) + repr(moved)
    for secret in ("s3cret", "0ther", "t0ken"):
        assert secret not in shown
    assert "secret-path" not in repr(events)
    with pytest.raises(InvalidParameter):
        store.do(CreateHook(url=URL, actions=["Version created"]))


def test_a_webhook_hears_of_what_comes_after_it(store: Store, local_store: SqlStore) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    store.do(CreateRegisteredModel(name="water"))
    early = store.do(CreateHook(url=URL, actions=["version."])).webhook.webhook_id
    store.do(CreateModelVersion(name="wine", source="s3://b/1"))
    late = store.do(CreateHook(url=URL, actions=["version."], model="wine")).webhook.webhook_id
    store.do(CreateModelVersion(name="wine", source="s3://b/2"))
    store.do(CreateModelVersion(name="water", source="s3://b/3"))
    made = ("version.created", "pending")
    assert deliveries(store, local_store, early) == [made, made, made]
    assert deliveries(store, local_store, late) == [made]


def test_a_webhook_follows_its_model_to_another_name_and_to_its_end(
    store: Store, local_store: SqlStore
) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    hook = store.do(CreateHook(url=URL, model="wine")).webhook.webhook_id
    store.do(RenameRegisteredModel(name="wine", new_name="vin"))
    store.do(CreateModelVersion(name="vin", source="s3://b/1"))
    store.do(CreateRegisteredModel(name="wine"))
    store.do(CreateModelVersion(name="wine", source="s3://b/1"))
    assert [kind for kind, _ in deliveries(store, local_store, hook)] == [
        "model.renamed",
        "version.created",
    ]
    store.do(RenameRegisteredModel(name="vin", new_name="vino"))
    store.do(DeleteRegisteredModel(name="vino"))
    store.do(CreateRegisteredModel(name="vino"))
    with pytest.raises(NotFound):
        store.do(GetHook(webhook_id=hook))
    while local_store.do(FollowLog()).events:
        pass
    from cuvee.api.hooks import FindWork

    work = local_store.do(FindWork())
    assert not work.behind
    assert [(m.kind, m.webhook_id) for m in work.due] == [("model.renamed", hook)]


def test_disabled_webhooks_and_those_in_test_mode_hear_nothing(
    store: Store, local_store: SqlStore
) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    quiet = [
        store.do(CreateHook(url=URL, status=status)).webhook.webhook_id
        for status in ("DISABLED", "TEST_MODE")
    ]
    loud = store.do(CreateHook(url=URL, actions=["version."])).webhook.webhook_id
    store.do(CreateModelVersion(name="wine", source="s3://b/1"))
    assert [deliveries(store, local_store, hook) for hook in quiet] == [[], []]
    assert deliveries(store, local_store, loud) == [("version.created", "pending")]
    store.do(UpdateHook(webhook_id=loud, status="DISABLED"))
    from cuvee.api.hooks import FindWork

    assert local_store.do(FindWork()).due == []  # it waits until the webhook is enabled again
    store.do(UpdateHook(webhook_id=loud, status="ACTIVE"))
    assert [m.kind for m in local_store.do(FindWork()).due] == ["version.created"]
    store.do(DeleteHook(webhook_id=loud))
    assert local_store.do(FindWork()).due == []


def test_events_are_told_under_the_names_of_each_form(store: Store, local_store: SqlStore) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    pairs = [
        WebhookEvent("REGISTERED_MODEL", "CREATED"),
        *(CREATED, TAG_SET),
        WebhookEvent("PROMPT", "CREATED"),
        WebhookEvent("PROMPT_VERSION", "CREATED"),
    ]
    mlflow = store.do(CreateWebhook(name="a", url=URL, events=pairs)).webhook.webhook_id
    names: list[Any] = [
        *("REGISTERED_MODEL_CREATED", "MODEL_VERSION_TRANSITIONED_STAGE"),
        *("MODEL_VERSION_TRANSITIONED_TO_PRODUCTION", "MODEL_VERSION_TAG_SET"),
    ]
    other = store.do(CreateRegistryWebhook(events=names, http_url_spec=HTTP)).webhook.id
    store.do(CreateModelVersion(name="wine", source="s3://b/1"))
    store.do(SetModelVersionTag(name="wine", version="1", key="k", value="v"))
    store.do(TransitionStage(name="wine", version="1", stage="Staging"))
    store.do(TransitionStage(name="wine", version="1", stage="production"))
    from cuvee.api.models import RegisteredModelTag

    prompt = [RegisteredModelTag("mlflow.prompt.is_prompt", "true")]
    store.do(CreateRegisteredModel(name="hello", tags=prompt))
    store.do(CreateModelVersion(name="hello", source="s3://b/2"))
    assert [kind for kind, _ in deliveries(store, local_store, mlflow)] == [
        "MODEL_VERSION.CREATED",
        "MODEL_VERSION_TAG.SET",
        "PROMPT.CREATED",
        "PROMPT_VERSION.CREATED",
    ]
    assert [kind for kind, _ in deliveries(store, local_store, other)] == [
        "MODEL_VERSION_TAG_SET",
        "MODEL_VERSION_TRANSITIONED_STAGE",
        "MODEL_VERSION_TRANSITIONED_STAGE",
        "MODEL_VERSION_TRANSITIONED_TO_PRODUCTION",
    ]


def test_deliveries_are_queued_again_by_name_or_all_that_are_dead(
    store: Store, local_store: SqlStore
) -> None:
    from cuvee.api.hooks import FindWork, NoteAttempt

    store.do(CreateRegisteredModel(name="wine"))
    hook = store.do(CreateHook(url=URL, actions=["version."])).webhook.webhook_id
    for _ in range(2):
        store.do(CreateModelVersion(name="wine", source="s3://b/1"))
    assert len(deliveries(store, local_store, hook)) == 2
    first = local_store.do(FindWork()).due
    assert len(first) == 1  # one of a model at a time
    local_store.do(NoteAttempt(pk=first[0].pk, state="dead", due=0, status=500, problem="no"))
    second = local_store.do(FindWork()).due
    local_store.do(NoteAttempt(pk=second[0].pk, state="delivered", due=0, status=200))
    page = store.do(ListDeliveries(webhook_id=hook, state="dead"))
    assert [(d.status, d.problem, d.attempts) for d in page.deliveries] == [(500, "no", 1)]
    assert store.do(GetHook(webhook_id=hook)).webhook.dead == 1
    assert store.do(RedeliverHook(webhook_id=hook)).redelivered == 1
    assert store.do(RedeliverHook(webhook_id=hook)).redelivered == 0
    ids = [second[0].delivery_id]
    assert store.do(RedeliverHook(webhook_id=hook, delivery_ids=ids)).redelivered == 1
    with pytest.raises(NotFound):
        store.do(RedeliverHook(webhook_id=hook, delivery_ids=[*ids, "other"]))
    assert [m.delivery_id for m in local_store.do(FindWork()).due] == [first[0].delivery_id]
    assert deliveries(store, local_store, hook) == [("version.created", "pending")] * 2


def test_nothing_is_missed_or_doubled_when_many_make_webhooks_and_follow_at_once(
    store: Store, local_store: SqlStore
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    store.do(CreateRegisteredModel(name="wine"))
    store.do(CreateModelVersion(name="wine", source="s3://b/1"))

    def ask(op: Op[Any]) -> None:
        (local_store if isinstance(op, FollowLog) else store).do(op)

    with ThreadPoolExecutor(8) as pool:
        make = CreateHook(url=URL, actions=["version.tag_set"])
        made = [w.webhook.webhook_id for w in pool.map(store.do, [make] * 8)]
        ops: list[Op[Any]] = [
            SetModelVersionTag(name="wine", version="1", key="k", value=str(i)) for i in range(20)
        ]
        for follow in range(10):
            ops.insert(follow * 3, FollowLog(limit=5))
        list(pool.map(ask, ops))
        list(pool.map(ask, [FollowLog(limit=5)] * 8))
    for hook in made:
        assert deliveries(store, local_store, hook) == [("version.tag_set", "pending")] * 20
        page = store.do(ListDeliveries(webhook_id=hook, max_results=1000)).deliveries
        events = [d.event for d in page]
        assert events == sorted(set(events), reverse=True)


def ops() -> list[Op[Any]]:
    from cuvee.api.webhooks import TryRegistryWebhook, TryWebhook

    return [
        *(GetHook(webhook_id="x"), UpdateHook(webhook_id="x"), DeleteHook(webhook_id="x")),
        *(ListDeliveries(webhook_id="x"), RedeliverHook(webhook_id="x")),
        *(GetWebhook(webhook_id="x"), UpdateWebhook(webhook_id="x"), TryWebhook(webhook_id="x")),
        *(UpdateRegistryWebhook(id="x"), DeleteRegistryWebhook(id="x"), TryRegistryWebhook(id="x")),
    ]


@pytest.mark.parametrize("op", ops(), ids=lambda op: type(op).__name__)
def test_an_unknown_webhook_is_not_found(store: Store, op: Op[Any]) -> None:
    with pytest.raises(NotFound):
        store.do(op)
