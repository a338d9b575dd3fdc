"""Webhooks reach a real receiver: at least once, in order, signed, whatever it does meanwhile."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.hooks import (
    CreateHook,
    DeleteHook,
    GetHook,
    ListDeliveries,
    RedeliverHook,
    TryHook,
    UpdateHook,
)
from cuvee.api.models import CreateRegisteredModel, RenameRegisteredModel
from cuvee.api.versions import CreateModelVersion, SetModelVersionTag, TransitionStage
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
from cuvee.server.outbound import Outbound
from cuvee.server.webhooks import Retries, Webhooks
from cuvee.store.sql import SqlStore
from receiver import Got, Handler, Receiver, eventually, receiving

FAST = Retries(attempts=4, first=0.05, longest=0.2)
Serve = Callable[..., Webhooks]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def serve(local_store: SqlStore) -> Iterator[Serve]:
    """Return what starts a sender on the store."""
    started: list[Webhooks] = []

    def start(retries: Retries = FAST) -> Webhooks:
        outbound = Outbound(Allowed(["127.0.0.1"]), timeout=2)
        sender = Webhooks(
            local_store, lambda: local_store.hold("webhooks"), outbound, retries=retries, poll=0.05
        )
        sender.start()
        started.append(sender)
        return sender

    yield start
    for sender in started:
        sender.close()


@pytest.fixture
def registry(local_store: SqlStore) -> SqlStore:
    """A store with a model of two versions."""
    local_store.do(CreateRegisteredModel(name="wine"))
    for _ in range(2):
        local_store.do(CreateModelVersion(name="wine", source="s3://b/m"))
    return local_store


def tag(store: Store, model: str, value: str) -> None:
    store.do(SetModelVersionTag(name=model, version="1", key="k", value=value))


def values(got: list[Got]) -> list[str]:
    return [g.json["data"]["after"]["k"] for g in got]


def states(store: Store, hook: str) -> list[str]:
    found = store.do(ListDeliveries(webhook_id=hook, max_results=1000)).deliveries
    return [d.state for d in reversed(found)]


def test_a_cloud_event_comes_signed_as_standard_webhooks_says(
    registry: SqlStore, receiver: Receiver, serve: Serve
) -> None:
    key = b"0123456789abcdef01234567"
    secret = "whsec_" + base64.b64encode(key).decode()
    registry.do(CreateHook(url=receiver.url, secret=secret, authorization="Bearer t0ken"))
    serve()
    registry.do(TransitionStage(name="wine", version="2", stage="Staging", comment="why not"))
    got = receiver.wait(1)[0]
    event = got.json
    assert event["specversion"] == "1.0"
    assert event["type"] == "cuvee.version.transitioned"
    assert event["subject"] == "version:wine/2"
    assert event["id"] == str(event["data"]["sequence"])
    assert event["data"]["after"] == {"stage": "Staging"}
    assert event["data"]["comment"] == "why not"
    assert got.headers["content-type"].startswith("application/cloudevents+json")
    assert got.headers["authorization"] == "Bearer t0ken"
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    code = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{code}"
    assert abs(int(got.headers["webhook-timestamp"]) - time.time()) < 60


def test_mlflow_payloads_come_signed_as_mlflow_signs(
    registry: SqlStore, receiver: Receiver, serve: Serve
) -> None:
    registry.do(
        CreateWebhook(
            name="ci",
            url=receiver.url,
            secret="s3cret",
            events=[
                WebhookEvent("MODEL_VERSION_TAG", "SET"),
                WebhookEvent("MODEL_VERSION", "CREATED"),
            ],
        )
    )
    serve()
    registry.do(CreateModelVersion(name="wine", source="s3://b/3", description="third"))
    tag(registry, "wine", "v")
    created, tagged = receiver.wait(2)
    assert created.json["entity"] == "model_version"
    assert created.json["action"] == "created"
    assert created.json["timestamp"].endswith("+00:00")
    assert created.json["data"] == {
        "name": "wine",
        "version": "3",
        "source": "s3://b/3",
        "run_id": None,
        "tags": {},
        "description": "third",
    }
    assert tagged.json["data"] == {"name": "wine", "version": "1", "key": "k", "value": "v"}
    h = created.headers
    signed = f"{h['x-mlflow-delivery-id']}.{h['x-mlflow-timestamp']}.{created.body.decode()}"
    code = hmac.new(b"s3cret", signed.encode(), hashlib.sha256).digest()
    assert h["x-mlflow-signature"] == "v1," + base64.b64encode(code).decode()
    assert h["content-type"] == "application/json"


def test_registry_payloads_come_with_a_text_and_their_signature(
    registry: SqlStore, receiver: Receiver, serve: Serve
) -> None:
    spec = HttpUrlSpec(url=receiver.url, secret="s3cret", authorization="Basic eA==")
    made = registry.do(
        CreateRegistryWebhook(
            events=["MODEL_VERSION_TRANSITIONED_TO_PRODUCTION"],
            model_name="wine",
            http_url_spec=spec,
        )
    ).webhook
    serve()
    move = TransitionStage(name="wine", version="1", stage="Production", comment="<!channel> ok")
    registry.do(move)
    got = receiver.wait(1)[0]
    body = got.json
    assert body.pop("event_timestamp") > 1_700_000_000_000
    assert body.pop("text").endswith(
        "moved version 1 of wine from None to Production. &lt;!channel&gt; ok"
    )
    assert body == {
        "event": "MODEL_VERSION_TRANSITIONED_TO_PRODUCTION",
        "webhook_id": made.id,
        "model_name": "wine",
        "version": "1",
        "from_stage": "None",
        "to_stage": "Production",
        "comment": "<!channel> ok",
    }
    code = hmac.new(b"s3cret", got.body, hashlib.sha256).hexdigest()
    assert got.headers["x-databricks-signature"] == code
    assert got.headers["authorization"] == "Basic eA=="


def test_a_job_is_run_with_the_event_as_its_parameter(
    registry: SqlStore, receiver: Receiver, serve: Serve
) -> None:
    job = JobSpec(
        job_id="42", access_token="t0ken", workspace_url=f"http://127.0.0.1:{receiver.port}"
    )
    registry.do(CreateRegistryWebhook(events=["MODEL_VERSION_CREATED"], job_spec=job))
    serve()
    registry.do(CreateModelVersion(name="wine", source="s3://b/3"))
    got = receiver.wait(1)[0]
    assert got.path == "/api/2.1/jobs/run-now"
    assert got.headers["authorization"] == "Bearer t0ken"
    assert got.json["job_id"] == 42
    message = json.loads(got.json["notebook_params"]["event_message"])
    assert (message["event"], message["version"]) == ("MODEL_VERSION_CREATED", "3")


def test_a_failing_delivery_is_repeated_under_its_id_and_holds_up_its_model_only(
    registry: SqlStore, receiver: Receiver, serve: Serve
) -> None:
    registry.do(CreateRegisteredModel(name="water"))
    registry.do(CreateModelVersion(name="water", source="s3://b/m"))
    failures = {"left": 2}

    def behave(handler: Handler, got: Got) -> None:
        bad = got.json["data"]["after"] == {"k": "0"} and failures["left"] > 0
        failures["left"] -= bad
        handler.answer(500 if bad else 204)

    receiver.behave = behave
    hook = registry.do(CreateHook(url=receiver.url, actions=["version.tag_set"])).webhook
    serve(Retries(attempts=4, first=0.5, longest=0.5))
    for i in range(5):
        tag(registry, "wine", str(i))
    tag(registry, "water", "w")
    got = receiver.wait(8)
    assert values([g for g in got if "wine" in g.json["subject"]]) == list("0001234")
    assert len({g.headers["webhook-id"] for g in got}) == 6
    water = next(g for g in got if "water" in g.json["subject"])
    assert got.index(water) < 3  # it did not wait for the other model
    eventually(lambda: states(registry, hook.webhook_id) == ["delivered"] * 6)
    found = registry.do(ListDeliveries(webhook_id=hook.webhook_id)).deliveries
    assert sorted(d.attempts for d in found) == [1, 1, 1, 1, 1, 3]
    assert {d.status for d in found} == {204}


def test_what_fails_to_the_end_is_dead_and_the_next_goes_on_and_can_be_sent_again(
    registry: SqlStore, receiver: Receiver, serve: Serve
) -> None:
    def behave(handler: Handler, got: Got) -> None:
        handler.answer(503 if got.json["data"]["after"] == {"k": "bad"} else 200, b"inner words")

    receiver.behave = behave
    made = registry.do(CreateHook(url=receiver.url, actions=["version.tag_set"])).webhook
    hook = made.webhook_id
    serve()
    tag(registry, "wine", "bad")
    tag(registry, "wine", "good")
    got = receiver.wait(5)
    assert values(got) == ["bad"] * 4 + ["good"]
    eventually(lambda: states(registry, hook) == ["dead", "delivered"])
    dead = registry.do(ListDeliveries(webhook_id=hook, state="dead")).deliveries[0]
    assert (dead.attempts, dead.status) == (4, 503)
    assert "503" in dead.problem
    assert "inner words" not in repr(dead)
    receiver.behave = lambda handler, _: handler.answer(200)
    assert registry.do(RedeliverHook(webhook_id=hook)).redelivered == 1
    again = receiver.wait(6)[5]
    assert again.headers["webhook-id"] == dead.delivery_id
    assert again.body == got[0].body
    eventually(lambda: states(registry, hook) == ["delivered", "delivered"])


def test_order_holds_per_model_through_renaming_and_random_failures(
    registry: SqlStore, receiver: Receiver, serve: Serve
) -> None:
    import random

    chance = random.Random(7)
    receiver.behave = lambda handler, _: handler.answer(500 if chance.random() < 0.4 else 200)
    hook = registry.do(CreateHook(url=receiver.url, actions=["version.tag_set"])).webhook
    serve(Retries(attempts=100, first=0.01, longest=0.02))
    for i in range(10):
        tag(registry, "wine", str(i))
    registry.do(RenameRegisteredModel(name="wine", new_name="vin"))
    for i in range(10, 20):
        tag(registry, "vin", str(i))
    eventually(lambda: states(registry, hook.webhook_id) == ["delivered"] * 20, 30)
    firsts = list(dict.fromkeys(values(receiver.got)))
    assert firsts == [str(i) for i in range(20)]
    ids = [g.headers["webhook-id"] for g in receiver.got]
    assert ids == sorted(ids, key=ids.index)  # no id comes again after another's turn


def test_a_receiver_that_hangs_holds_up_nobody_else(
    registry: SqlStore, receiver: Receiver, serve: Serve
) -> None:
    with receiving() as good:
        receiver.behave = lambda *_: time.sleep(3)
        for i in range(20):
            name = f"m{i}"
            registry.do(CreateRegisteredModel(name=name))
        registry.do(CreateHook(url=receiver.url, actions=["version."]))
        registry.do(CreateHook(url=good.url, actions=["version."]))
        serve()
        begin = time.monotonic()
        for i in range(20):
            registry.do(CreateModelVersion(name=f"m{i}", source="s3://b/m"))
        good.wait(20, 10)
        assert time.monotonic() - begin < 10


def test_another_server_takes_over_when_the_first_is_gone(
    registry: SqlStore, receiver: Receiver, serve: Serve
) -> None:
    registry.do(CreateHook(url=receiver.url, actions=["version.tag_set"]))
    first = serve()
    tag(registry, "wine", "0")
    receiver.wait(1)
    assert registry.hold("webhooks") is None
    serve()
    first.close()
    tag(registry, "wine", "1")
    assert values(receiver.wait(2)) == ["0", "1"]


def test_what_is_sent_when_the_sender_stops_is_sent_again(
    registry: SqlStore, receiver: Receiver, serve: Serve
) -> None:
    hook = registry.do(CreateHook(url=receiver.url, actions=["version.tag_set"])).webhook
    receiver.behave = lambda *_: time.sleep(1.5)
    first = serve()
    tag(registry, "wine", "0")
    receiver.wait(1)
    first.close()
    assert states(registry, hook.webhook_id) == ["pending"]
    receiver.behave = lambda handler, _: handler.answer(200)
    serve()
    eventually(lambda: states(registry, hook.webhook_id) == ["delivered"])
    assert len({g.headers["webhook-id"] for g in receiver.got}) == 1


def test_a_deleted_webhook_hears_nothing_more(
    registry: SqlStore, receiver: Receiver, serve: Serve
) -> None:
    receiver.behave = lambda handler, _: handler.answer(500)
    hook = registry.do(CreateHook(url=receiver.url, actions=["version."])).webhook.webhook_id
    serve(Retries(attempts=100, first=0.2, longest=0.2))
    tag(registry, "wine", "0")
    receiver.wait(1)
    registry.do(DeleteHook(webhook_id=hook))
    time.sleep(0.1)
    count = len(receiver.got)
    time.sleep(0.6)
    assert len(receiver.got) == count


# ---------------------------------------------------------------- over HTTP


@pytest.fixture
def remote(served_url: str) -> Iterator[Store]:
    """The store as a client of its server sees it, which lets webhooks go nowhere but outside."""
    from cuvee.client.http import Http, HttpStore
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
    assert "https only" in result.error_message
    assert receiver.got == []
