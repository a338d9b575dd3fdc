"""Webhooks reach a real receiver: at least once, in order, signed, whatever it does meanwhile."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from cuvee.api.base import Store
from cuvee.api.comments import CreateComment
from cuvee.api.hooks import (
    CreateHook,
    DeleteHook,
    ListDeliveries,
    RedeliverHook,
)
from cuvee.api.models import CreateRegisteredModel, RenameRegisteredModel
from cuvee.api.reviews import CreateTransitionRequest
from cuvee.api.versions import CreateModelVersion, SetModelVersionTag, TransitionStage
from cuvee.api.webhooks import (
    CreateRegistryWebhook,
    CreateWebhook,
    HttpUrlSpec,
    JobSpec,
    RegistryEvent,
    WebhookEvent,
)
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
    """Return what starts a sender on the store; no halt of the machine is taken for a failure."""
    started: list[Webhooks] = []

    def start(retries: Retries = FAST, timeout: float = 20) -> Webhooks:
        outbound = Outbound(Allowed(["127.0.0.1"]), timeout=timeout)
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
def registry(store: Store, near: None) -> Store:  # noqa: ARG001  # the receiver is
    """A store with a model of two versions."""
    store.do(CreateRegisteredModel(name="wine"))
    for _ in range(2):
        store.do(CreateModelVersion(name="wine", source="s3://b/m"))
    return store


def tag(store: Store, model: str, value: str) -> None:
    store.do(SetModelVersionTag(name=model, version="1", key="k", value=value))


def values(got: list[Got]) -> list[str]:
    return [g.json["data"]["after"]["k"] for g in got]


def states(store: Store, hook: str) -> list[str]:
    found = store.do(ListDeliveries(webhook_id=hook, max_results=1000)).deliveries
    return [d.state for d in reversed(found)]


def test_a_cloud_event_comes_signed_as_standard_webhooks_says(
    registry: Store, receiver: Receiver, serve: Serve
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
    registry: Store, receiver: Receiver, serve: Serve
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
    registry: Store, receiver: Receiver, serve: Serve
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


def test_requests_and_comments_of_reviews_are_told(
    registry: Store, receiver: Receiver, serve: Serve
) -> None:
    names: list[RegistryEvent] = ["TRANSITION_REQUEST_TO_PRODUCTION_CREATED", "COMMENT_CREATED"]
    spec = HttpUrlSpec(url=receiver.url)
    registry.do(CreateRegistryWebhook(events=names, http_url_spec=spec))
    serve()
    registry.do(CreateComment(name="wine", version="2", comment="tastes well"))
    registry.do(
        CreateTransitionRequest(name="wine", version="2", stage="Production", comment="please")
    )
    comment, request = (got.json for got in receiver.wait(2))
    assert (comment["event"], comment["comment"]) == ("COMMENT_CREATED", "tastes well")
    assert comment["text"].endswith("commented on version 2 of wine. tastes well")
    assert (request["event"], request["version"]) == (names[0], "2")
    assert (request["from_stage"], request["to_stage"]) == ("None", "Production")
    assert request["comment"] == "please"


def test_a_job_is_run_with_the_event_as_its_parameter(
    registry: Store, receiver: Receiver, serve: Serve
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
    registry: Store, receiver: Receiver, serve: Serve
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
    for i in range(5):
        tag(registry, "wine", str(i))
    tag(registry, "water", "w")
    # All waits before the sender looks; else wine might fail twice before water is written.
    serve(Retries(attempts=4, first=0.5, longest=0.5))
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
    registry: Store, receiver: Receiver, serve: Serve
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
    registry: Store, receiver: Receiver, serve: Serve
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
    registry: Store, receiver: Receiver, serve: Serve
) -> None:
    with receiving() as good:
        receiver.behave = lambda *_: time.sleep(3)
        for i in range(20):
            name = f"m{i}"
            registry.do(CreateRegisteredModel(name=name))
        registry.do(CreateHook(url=receiver.url, actions=["version."]))
        registry.do(CreateHook(url=good.url, actions=["version."]))
        serve(timeout=2)
        begin = time.monotonic()
        for i in range(20):
            registry.do(CreateModelVersion(name=f"m{i}", source="s3://b/m"))
        good.wait(20, 10)
        assert time.monotonic() - begin < 10


def test_another_server_takes_over_when_the_first_is_gone(
    registry: Store, local_store: SqlStore, receiver: Receiver, serve: Serve
) -> None:
    hook = registry.do(CreateHook(url=receiver.url, actions=["version.tag_set"])).webhook
    first = serve()
    tag(registry, "wine", "0")
    # What was received and is not yet noted as delivered would be sent again by the second.
    eventually(lambda: states(registry, hook.webhook_id) == ["delivered"])
    assert local_store.hold("webhooks") is None
    serve()
    first.close()
    tag(registry, "wine", "1")
    assert values(receiver.wait(2)) == ["0", "1"]


def test_what_is_sent_when_the_sender_stops_is_sent_again(
    registry: Store, receiver: Receiver, serve: Serve
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
    registry: Store, receiver: Receiver, serve: Serve
) -> None:
    deleted = threading.Event()

    def behave(handler: Handler, _: Got) -> None:
        # The second request is under way while the webhook is deleted, and so no third can be.
        if len(receiver.got) > 1:
            deleted.wait(30)
        handler.answer(500)

    receiver.behave = behave
    hook = registry.do(CreateHook(url=receiver.url, actions=["version."])).webhook.webhook_id
    serve(Retries(attempts=100, first=0.2, longest=0.2))
    tag(registry, "wine", "0")
    receiver.wait(2)
    registry.do(DeleteHook(webhook_id=hook))
    deleted.set()
    with receiving() as other:
        registry.do(CreateHook(url=other.url, actions=["version."]))
        tag(registry, "wine", "1")
        other.wait(1)
        time.sleep(0.6)
    assert len(receiver.got) == 2


def test_a_receiver_can_ask_for_time_or_for_an_end(
    registry: Store, receiver: Receiver, serve: Serve
) -> None:
    def behave(handler: Handler, got: Got) -> None:
        if got.json["data"]["after"] == {"k": "gone"}:
            handler.answer(410)
        elif len(receiver.got) == 2:
            handler.answer(429, Retry_After="1")
        else:
            handler.answer(200)

    receiver.behave = behave
    made = registry.do(CreateHook(url=receiver.url, actions=["version.tag_set"])).webhook
    serve(Retries(attempts=4, first=0.05, longest=5))
    tag(registry, "wine", "gone")
    tag(registry, "wine", "busy")
    got = receiver.wait(3)
    assert values(got) == ["gone", "busy", "busy"]
    assert got[2].time - got[1].time >= 1
    eventually(lambda: states(registry, made.webhook_id) == ["dead", "delivered"])


def test_a_day_is_how_long_it_is_tried() -> None:
    retries = Retries()
    waits = [retries.wait(failed) for failed in range(1, retries.attempts)]
    assert 18 * 3600 < sum(waits) < 26 * 3600
    assert waits[0] <= 5
    assert max(waits) <= 7200


def test_one_process_holds_a_job_until_it_lets_go_or_is_cut_off(local_store: SqlStore) -> None:
    first = local_store.hold("job")
    assert first is not None
    assert first.alive()
    assert local_store.hold("job") is None
    other = local_store.hold("other")
    assert other is not None
    other.release()
    first.release()
    again = local_store.hold("job")
    assert again is not None
    if local_store.database.group_commit:
        again.release()
        return
    connection = local_store.database.connect()
    connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    connection.close()
    assert not again.alive()
    taken = local_store.hold("job")
    assert taken is not None
    taken.release()
