"""A webhook's own headers: sent with every message, never shown, and nobody else's to set."""

from __future__ import annotations

import json
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.people import NAMED, ROOT
from conformance.test_erasures import left
from conformance.test_upgrade import Old
from cuvee.api.base import Store
from cuvee.api.events import ListEvents
from cuvee.api.hooks import (
    CreateHook,
    GetHook,
    Hook,
    ListDeliveries,
    ListHooks,
    PrepareTry,
    RedeliverHook,
    UpdateHook,
)
from cuvee.api.models import CreateRegisteredModel, SetRegisteredModelTag
from cuvee.api.targets import HookHeader
from cuvee.api.webhooks import CreateWebhook, GetWebhook, UpdateWebhook, WebhookEvent
from cuvee.errors import InvalidParameter, PermissionDenied
from cuvee.rules.targets import Allowed
from cuvee.server.outbound import Outbound
from cuvee.server.webhooks import Retries, Webhooks
from cuvee.store import migrate
from cuvee.store.sealing import Sealing
from cuvee.store.sql import SqlStore
from receiver import Got, Receiver, eventually, receiving

URL = "https://hooks.example.com/x"
SECRET = "k3y 555-0199; ~!"
HEADERS = [HookHeader("X-Team", "wine"), HookHeader("x-api-key", SECRET)]
NAMES = ["X-Team", "x-api-key"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def serve(local_store: SqlStore) -> Iterator[Callable[[], Webhooks]]:
    """Return what starts a sender on the store."""
    started: list[Webhooks] = []

    def start() -> Webhooks:
        retries = Retries(attempts=2, first=0.05, longest=0.2)
        outbound = Outbound(Allowed(["127.0.0.1"]), timeout=20)
        hold = lambda: local_store.hold("webhooks")  # noqa: E731
        sender = Webhooks(local_store, hold, outbound, retries=retries, poll=0.05)
        sender.start()
        started.append(sender)
        return sender

    yield start
    for sender in started:
        sender.close()


def make(store: Store, url: str = URL, headers: list[HookHeader] | None = None) -> Hook:
    return store.do(CreateHook(url=url, headers=HEADERS if headers is None else headers)).webhook


def sent(store: SqlStore, hook: Hook | str) -> dict[str, str]:
    """Return the headers that the next message would have."""
    key = hook if isinstance(hook, str) else hook.webhook_id
    return store.do(PrepareTry(webhook_id=key)).headers


def change(store: Store, hook: Hook, headers: list[HookHeader] | None, **fields: Any) -> Hook:
    op = UpdateHook(webhook_id=hook.webhook_id, headers=headers, **fields)
    return store.do(op).webhook


def post(url: str, body: dict[str, Any], **headers: str) -> tuple[int, str]:
    """Send JSON to a server; return the status and the body."""
    data = json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **named})  # noqa: S310  # a test's server
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


# ---------------------------------------------------------------- what is sent


@pytest.mark.usefixtures("near")
def test_headers_come_with_deliveries_and_what_is_sent_again(
    store: Store, receiver: Receiver, serve: Callable[[], Webhooks]
) -> None:
    store.do(CreateRegisteredModel(name="wine"))
    op = CreateHook(url=receiver.url, actions=["model."], headers=HEADERS)
    hook = store.do(op).webhook
    sender = serve()
    receiver.behave = lambda handler, _: handler.answer(500)
    store.do(SetRegisteredModelTag(name="wine", key="k", value="v"))
    receiver.wait(2)
    dead = ListDeliveries(webhook_id=hook.webhook_id, state="dead")
    eventually(lambda: store.do(dead).deliveries)
    receiver.behave = lambda handler, _: handler.answer(200)
    store.do(RedeliverHook(webhook_id=hook.webhook_id))
    got = receiver.wait(3)
    for one in got:
        assert (one.headers["x-team"], one.headers["x-api-key"]) == ("wine", SECRET)
    assert len({one.headers["webhook-id"] for one in got}) == 1
    change(store, hook, [HookHeader("X-Team", "water")])
    store.do(SetRegisteredModelTag(name="wine", key="k", value="w"))
    last = receiver.wait(4)[3].headers
    assert (last["x-team"], "x-api-key" in last) == ("water", False)
    sender.close()


def test_a_test_sends_them_and_ours_stand_beside_them(
    local_store: SqlStore, served_url: str, served: Any, receiver: Receiver
) -> None:
    served.app.webhooks.outbound.allowed = Allowed(["127.0.0.1"])
    plain, full = make(local_store, receiver.url, []), make(local_store, receiver.url)
    for hook in (plain, full):
        url = f"{served_url}/api/1.0/cuvee/webhooks/{hook.webhook_id}/test"
        assert json.loads(post(url, {})[1])["result"]["success"]
    first, second = (one.headers for one in receiver.got)
    assert second.keys() - first.keys() == {"x-team", "x-api-key"}
    same = ("host", "content-type", "content-length", "user-agent", "connection")
    assert [second[name] for name in same] == [first[name] for name in same]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_they_go_to_no_other_host(
    local_store: SqlStore, served_url: str, served: Any, receiver: Receiver, status: int
) -> None:
    served.app.webhooks.outbound.allowed = Allowed(["127.0.0.1"])
    with receiving() as other:
        target = {"Location": other.url}
        receiver.behave = lambda handler, _: handler.answer(status, b"", **target)
        hook = make(local_store, receiver.url)
        url = f"{served_url}/api/1.0/cuvee/webhooks/{hook.webhook_id}/test"
        result = json.loads(post(url, {})[1])["result"]
        assert "redirects are not followed" in result["error_message"]
        assert (len(receiver.got), other.got) == (1, [])
        # Who moves the webhook gets none of them either.
        receiver.behave = lambda handler, _: handler.answer(200)
        moved = change(local_store, hook, None, url=other.url)
        assert moved.header_names == []
        assert json.loads(post(url, {})[1])["result"]["success"]
        assert other.got[0].headers.keys() & {"x-team", "x-api-key"} == set()


def test_twenty_of_the_longest_arrive_whole(
    local_store: SqlStore, served_url: str, served: Any, receiver: Receiver
) -> None:
    served.app.webhooks.outbound.allowed = Allowed(["127.0.0.1"])
    names = [f"X-{i:02}-".ljust(100, "x") for i in range(20)]
    full = [HookHeader(name, chr(33 + i) + "~" * 4095) for i, name in enumerate(names)]
    hook = make(local_store, receiver.url, full)
    assert hook.header_names == names
    url = f"{served_url}/api/1.0/cuvee/webhooks/{hook.webhook_id}/test"
    assert json.loads(post(url, {})[1])["result"]["success"]
    got = receiver.got[0].headers
    assert [got[header.name.lower()] for header in full] == [header.value for header in full]


# ---------------------------------------------------------------- what is shown


def test_values_are_found_nowhere(
    store: Store, local_store: SqlStore, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hook = make(store)
    change(store, hook, [*HEADERS, HookHeader("X-More", "555-0199 more")], comment="why")
    change(store, hook, [HookHeader("X-Team"), HookHeader("X-Api-Key", "555-0199 next")])
    store.do(CreateRegisteredModel(name="wine"))
    with pytest.raises(InvalidParameter):
        change(store, hook, [HookHeader("X-Bad", "555-0199\r\nX: y")])
    answers = [
        store.do(GetHook(webhook_id=hook.webhook_id)),
        store.do(ListHooks()),
        store.do(ListDeliveries(webhook_id=hook.webhook_id)),
        store.do(ListEvents()),
    ]
    assert "X-Api-Key" in repr(answers)
    assert "555-0199" not in repr(answers) + caplog.text
    assert left(local_store) == []
    if database_url.startswith("sqlite:"):
        folder = Path(database_url.removeprefix("sqlite:///")).parent
        files = [file for file in folder.rglob("*") if file.is_file()]
        assert files
        assert [file for file in files if b"555-0199" in file.read_bytes()] == []


def test_a_kept_answer_and_a_mistake_hold_no_value(served_url: str, local_store: SqlStore) -> None:
    url = f"{served_url}/api/1.0/cuvee/webhooks"
    body = {"url": URL, "headers": [{"name": "X-Key", "value": "555-0199"}]}
    first, again = (post(url, body, Idempotency_Key="once") for _ in range(2))
    assert first == again
    assert json.loads(first[1])["webhook"]["header_names"] == ["X-Key"]
    texts = [first[1]]
    for headers in (
        {"X-Key": "555-0199"},
        [{"name": "X-Key", "value": ["555-0199"]}],
        [{"name": "X-Key: 555-0199"}],
        [{"X-Key": "555-0199"}],
        ["X-Key: 555-0199"],
        "X-Key: 555-0199",
        [{"name": "X-Key", "value": "555-0199" * 600}],
        [{"name": "555-0199 " * 20, "value": "x"}],
    ):
        status, text = post(url, {"url": URL, "headers": headers})
        assert status == 400, text
        texts.append(text)
    assert "555-0199" not in "".join(texts)
    assert left(local_store) == []
    assert len(local_store.do(ListHooks()).webhooks) == 1


@pytest.mark.parametrize(
    "spec",
    [
        {"http_url_spec": {"secret": "555-0199"}},
        {"http_url_spec": "555-0199"},
        {"http_url_spec": {"url": URL, "secret": ["555-0199"]}},
        {"http_url_spec": {"url": URL, "authorization": {"555-0199": 1}}},
        {"http_url_spec": {"url": URL, "authorization": "555-0199" * 1001}},
        {"http_url_spec": {"url": URL, "authorization": "555-0199\n"}},
        {"job_spec": {"access_token": "555-0199"}},
        {"job_spec": {"job_id": "7", "access_token": ["555-0199"], "workspace_url": URL}},
    ],
)
def test_no_mistake_in_a_registry_webhook_repeats_its_secrets(
    served_url: str, local_store: SqlStore, spec: dict[str, Any]
) -> None:
    url = f"{served_url}/api/2.0/mlflow/registry-webhooks/create"
    status, text = post(url, {"events": ["COMMENT_CREATED"], **spec})
    assert status == 400, text
    assert "555-0199" not in text
    assert local_store.do(ListHooks()).webhooks == []


def test_the_history_tells_names_and_that_a_value_was_changed(store: Store) -> None:
    hook = make(store)
    change(store, hook, [HEADERS[0], HookHeader("x-api-key", "other")])
    change(store, hook, [HEADERS[0], HookHeader("x-api-key", "other")])
    change(store, hook, [])
    events = [e for e in store.do(ListEvents()).events if e.object.startswith("webhook:")]
    assert [e.action for e in events] == ["webhook.created", *["webhook.updated"] * 2]
    assert events[0].after["headers"] == NAMES
    assert (events[1].before, events[1].after) == ({"headers": NAMES}, {"headers": NAMES})
    assert (events[2].before, events[2].after) == ({"headers": NAMES}, {"headers": []})


def test_who_may_not_manage_a_webhook_learns_not_even_names(crowd: Store) -> None:
    bob = NAMED["bob"]
    crowd.do(CreateRegisteredModel(name="wine"), ROOT)
    op = CreateHook(url=URL, model="wine", headers=HEADERS)
    hook = crowd.do(op, ROOT).webhook.webhook_id
    for refused in (GetHook(webhook_id=hook), UpdateHook(webhook_id=hook, headers=[])):
        with pytest.raises(PermissionDenied) as problem:
            crowd.do(refused, bob)
        assert "X-Team" not in str(problem.value)
    assert crowd.do(ListHooks(), bob).webhooks == []
    assert crowd.do(GetHook(webhook_id=hook), ROOT).webhook.header_names == NAMES


# ---------------------------------------------------------------- changes


def test_a_change_leaves_replaces_or_empties_them(store: Store, local_store: SqlStore) -> None:
    hook = make(store)
    assert hook.header_names == NAMES
    assert change(store, hook, None, name="x", url=f"{URL}/elsewhere").header_names == NAMES
    assert sent(local_store, hook) == {"X-Team": "wine", "x-api-key": SECRET}
    kept = [HookHeader("X-New", "n"), HookHeader("X-API-Key")]
    assert change(store, hook, kept).header_names == ["X-New", "X-API-Key"]
    assert sent(local_store, hook) == {"X-New": "n", "X-API-Key": SECRET}
    before = store.do(GetHook(webhook_id=hook.webhook_id)).webhook
    with pytest.raises(InvalidParameter, match="No value is kept for the header X-Team: send one"):
        change(store, hook, [HookHeader("X-New"), HookHeader("X-Team")], name="not this")
    assert store.do(GetHook(webhook_id=hook.webhook_id)).webhook == before
    assert change(store, hook, []).header_names == []
    assert sent(local_store, hook) == {}


def test_no_value_follows_a_webhook_to_another_host(store: Store, local_store: SqlStore) -> None:
    hook = make(store)
    for url in ("https://evil.example.com/x", "https://hooks.example.com:444/x"):
        with pytest.raises(InvalidParameter, match="do not follow its URL to another host"):
            change(store, hook, [HookHeader("X-Team"), HookHeader("x-api-key")], url=url)
    assert sent(local_store, hook) == {"X-Team": "wine", "x-api-key": SECRET}
    url = "https://evil.example.com/x"
    moved = change(store, hook, [HookHeader("X-Team", "mine")], url=url)
    assert (moved.url, moved.header_names) == (url, ["X-Team"])
    assert sent(local_store, hook) == {"X-Team": "mine"}
    change(store, hook, None, url=URL)
    with pytest.raises(InvalidParameter, match="No value is kept"):
        change(store, hook, [HookHeader("X-Team")])
    assert sent(local_store, hook) == {}


def test_two_changes_at_a_time_leave_one_of_them(store: Store, local_store: SqlStore) -> None:
    hook = make(store)
    both = [{"X-A": "a" * 50}, {"X-B": "b" * 50}]
    threads = [
        threading.Thread(target=change, args=(store, hook, [HookHeader(*p) for p in one.items()]))
        for one in both * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = sent(local_store, hook)
    assert found in both
    assert store.do(GetHook(webhook_id=hook.webhook_id)).webhook.header_names == list(found)


def test_calls_of_mlflow_are_what_they_were(served_url: str, local_store: SqlStore) -> None:
    url = f"{served_url}/api/2.0/mlflow/webhooks"
    events = [{"entity": "MODEL_VERSION", "action": "CREATED"}]
    for headers in ({"X": "y"}, [{"name": "Host", "value": "x"}], "x", 7):
        body = {"name": "ci", "url": URL, "events": events, "headers": headers}
        status, text = post(url, body)
        assert status == 200, text
        assert "header" not in text
        assert sent(local_store, json.loads(text)["webhook"]["webhook_id"]) == {}


def test_a_webhook_of_mlflows_form_has_none(store: Store) -> None:
    events = [WebhookEvent("MODEL_VERSION", "CREATED")]
    made = store.do(CreateWebhook(name="ci", url=URL, events=events)).webhook
    with pytest.raises(Exception, match="not found"):
        store.do(UpdateHook(webhook_id=made.webhook_id, headers=HEADERS))
    store.do(UpdateWebhook(webhook_id=made.webhook_id, url="https://other.example.com/"))
    shown = store.do(GetWebhook(webhook_id=made.webhook_id)).webhook
    assert shown.url == "https://other.example.com/"


def test_a_webhook_of_an_earlier_schema_has_none_and_can_get_some(
    old_url: str, tmp_path: Path
) -> None:
    old = Old(old_url, "0016")
    texts = ("description", "secret", "authorization", "job", "follows", "problem")
    with old.engine.begin() as old.connection:
        old.put(
            "webhooks", webhook_id="w", form="cuvee", name="old", url=URL, events="[]", verify=1,
            status="ACTIVE", phase=1, user_id="ann", created=1, updated=1, vouched_by="ann",
            **dict.fromkeys(texts, ""),
        )  # fmt: skip
    migrate.upgrade(old_url)
    store = SqlStore.open(old_url)
    store.sealing = Sealing(tmp_path / "secret.key")
    try:
        hook = store.do(GetHook(webhook_id="w")).webhook
        assert (hook.name, hook.header_names, sent(store, hook)) == ("old", [], {})
        assert change(store, hook, HEADERS).header_names == NAMES
        assert sent(store, hook)["x-api-key"] == SECRET
    finally:
        store.close()


# ---------------------------------------------------------------- refusals

BAD: list[tuple[str, str | None, str]] = [
    ("", "v", "Header 1 has no name"),
    ("x" * 101, "v", "has 101 characters; 100 are allowed"),
    *((name, "v", "name of header 1 has a character") for name in (
        "X Team", "X-Team:", ":path", "X-Team\r\nHost", "X\n", "X-Té", "X(y)", "X,Y", "X/Y",
        "X\t", " X", "X ", "Authorization: Bearer x", "\u2169", "X\u2028",
    )),
    *((name, "v", "Authorization has a field of its own") for name in (
        "Authorization", "authorization", "AUTHORIZATION",
    )),
    *((name, "v", "is not for you to set") for name in (
        "Host", "HOST", "Connection", "Keep-Alive", "Transfer-Encoding", "transfer-encoding", "TE",
        "Trailer", "Upgrade", "Expect", "User-Agent", "Content-Length", "content-type", "Content-X",
        "Proxy-Authorization", "Proxy-Connection", "webhook-id", "Webhook-Signature", "webhook-x",
        "ce-id", "CE-Type", "X-MLflow-Signature", "x-mlflow-delivery-id", "X-Databricks-Signature",
        "HTTP2-Settings",
    )),
    *((*pair, "A text contains a NUL character") for pair in (
        ("X\0", "v"), ("X-Team", "555-0199\0"),
    )),
    ("X-Team", None, "The header X-Team has no value"),
    ("X-Team", "", "The header X-Team has no value"),
    ("X-Team", "v" * 4097, "has 4097 characters; 4096 are allowed"),
    *(("X-Team", value, "a character that a header cannot carry") for value in (
        "555-0199\r\nHost: evil", "555-0199\n", "555-0199\r", "555-0199\t",
        "555-0199é", "555-0199\x7f", "555-0199\u2028", "\ud7ff", "\x0b555-0199",
    )),
    *(("X-Team", value, "begins or ends with a space") for value in (" 555-0199", "v ", " ")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "said"), BAD)
def test_what_cannot_be_a_header_is_refused_and_changes_nothing(
    local_store: SqlStore, served_url: str, name: str, value: str | None, said: str
) -> None:
    hook = make(local_store)
    events = len(local_store.do(ListEvents()).events)
    bad = {"name": name} if value is None else {"name": name, "value": value}
    url = f"{served_url}/api/1.0/cuvee/webhooks"
    asked = [post(url, {"url": URL, "headers": [bad]})]
    if value is not None:
        op = UpdateHook(
            webhook_id=hook.webhook_id, name="not this", headers=[HookHeader(name, value)]
        )
        with pytest.raises(InvalidParameter) as refused:
            local_store.do(op)
        asked.append((400, str(refused.value)))
    for status, text in asked:
        assert status == 400, text
        assert said in text
        assert "555-0199" not in text
    assert [w.webhook_id for w in local_store.do(ListHooks()).webhooks] == [hook.webhook_id]
    assert local_store.do(GetHook(webhook_id=hook.webhook_id)).webhook == hook
    assert sent(local_store, hook) == {"X-Team": "wine", "x-api-key": SECRET}
    assert len(local_store.do(ListEvents()).events) == events


def test_too_many_and_the_same_twice_are_refused(store: Store) -> None:
    many = [HookHeader(f"X-{i}", "v") for i in range(21)]
    with pytest.raises(InvalidParameter, match="There are 21 headers; 20 are allowed"):
        make(store, URL, many)
    assert len(make(store, URL, many[:20]).header_names) == 20
    for second in ("X-Team", "x-team", "X-TEAM"):
        with pytest.raises(InvalidParameter, match=f"The header {second} is there twice"):
            make(store, URL, [HookHeader("X-Team", "v"), HookHeader(second, "w")])
    hook = store.do(ListHooks()).webhooks[0]
    with pytest.raises(InvalidParameter, match="twice"):
        change(store, hook, [HookHeader("X-0"), HookHeader("x-0")])
    assert len(store.do(ListHooks()).webhooks) == 1


def test_odd_but_right_headers_arrive(
    local_store: SqlStore, served_url: str, served: Any, receiver: Receiver
) -> None:
    served.app.webhooks.outbound.allowed = Allowed(["127.0.0.1"])
    odd = {"!#$%&'*+-.^_`|~9": 'a: b, "c"; d', "Cookie": "a=b", "Accept": "x/y", "null": "null"}
    hook = make(local_store, receiver.url, [HookHeader(*pair) for pair in odd.items()])
    assert hook.header_names == list(odd)
    url = f"{served_url}/api/1.0/cuvee/webhooks/{hook.webhook_id}/test"
    assert json.loads(post(url, {})[1])["result"]["success"]
    got: Got = receiver.got[0]
    assert {name: got.headers[name.lower()] for name in odd} == odd
