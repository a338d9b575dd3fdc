"""A webhook speaks while who made it may manage it, and each of its requests is on record."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.people import NAMED, PASSWORD, ROOT
from cuvee.api.base import Actor, Op, Store
from cuvee.api.events import ListEvents
from cuvee.api.hooks import (
    CreateHook,
    DeliveryState,
    FindWork,
    FollowLog,
    ForgetDelivered,
    GetHook,
    Hook,
    ListDeliveries,
    NoteAttempt,
    RedeliverHook,
    SuspendHook,
    UpdateHook,
)
from cuvee.api.models import (
    CreateRegisteredModel,
    DeleteRegisteredModel,
    RenameRegisteredModel,
    SetRegisteredModelTag,
)
from cuvee.api.permissions import GrantPermission
from cuvee.api.users import CreateUser, DeactivateUser, DeleteUser, UpdateUserAdmin
from cuvee.rules.targets import Allowed
from cuvee.server.outbound import Outbound
from cuvee.server.webhooks import Retries, Webhooks
from cuvee.store.sql import SqlStore
from receiver import Got, Handler, Receiver, eventually, receiving


class Desk:
    """A store in which bob has a webhook of the model wine, and a sender that can be started."""

    def __init__(self, store: Store, local: SqlStore, receiver: Receiver) -> None:
        self.store, self.local, self.receiver = store, local, receiver
        self.admin(CreateRegisteredModel(name="wine"))
        self.grant("bob", "CAN_MANAGE")
        op = CreateHook(url=receiver.url, model="wine", actions=["model.tag_set"])
        self.hook = self.ask("bob", op).webhook.webhook_id
        self._sender: Webhooks | None = None

    def admin(self, op: Op[Any]) -> Any:
        return self.store.do(op, ROOT)

    def server(self, op: Op[Any]) -> Any:
        """Ask what only a server asks of its store."""
        return self.local.do(op, ROOT)

    def ask(self, name: str, op: Op[Any]) -> Any:
        return self.store.do(op, NAMED[name])

    def grant(self, user: str, level: Any) -> None:
        self.admin(GrantPermission(object="model:wine", user=user, permission=level))

    def tag(self, value: str, name: str = "wine") -> None:
        self.admin(SetRegisteredModelTag(name=name, key="k", value=value))

    def shown(self) -> Hook:
        found: Hook = self.admin(GetHook(webhook_id=self.hook)).webhook
        return found

    def start(self) -> None:
        self._sender = Webhooks(
            self.local,
            lambda: self.local.hold("webhooks"),
            Outbound(Allowed(["127.0.0.1"]), timeout=20),
            retries=Retries(attempts=4, first=0.05, longest=0.2),
            poll=0.05,
        )
        self._sender.start()

    def stop(self) -> None:
        if self._sender is not None:
            self._sender.close()


@pytest.fixture
def desk(
    crowd: Store,
    local_store: SqlStore,
    near: None,  # noqa: ARG001  # the receiver is
) -> Iterator[Desk]:
    with receiving() as receiver:
        found = Desk(crowd, local_store, receiver)
        yield found
        found.stop()


LOSSES = {
    "level": (
        GrantPermission(object="model:wine", user="bob", permission="CAN_EDIT"),
        "bob does not manage wine",
    ),
    "denied": (
        GrantPermission(object="model:wine", group="red", permission="DENY"),
        "bob does not manage wine",
    ),
    "switched off": (DeactivateUser(username="bob"), "the account of bob is switched off"),
    "deleted": (DeleteUser(username="bob"), "the account of bob is deleted"),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_webhook_ends_visibly_with_the_rights_of_who_made_it(desk: Desk, loss: str) -> None:
    desk.start()
    desk.tag("heard")
    # What was received and is not yet noted as delivered might be sent again.
    eventually(lambda: [d.state for d in deliveries(desk)] == ["delivered"])
    change, reason = LOSSES[loss]
    desk.admin(change)
    desk.tag("secret")

    eventually(lambda: desk.shown().status == "DISABLED")
    assert desk.shown().problem == reason
    event = desk.admin(ListEvents(action="webhook.disabled")).events[-1]
    assert (event.object, event.actor) == (f"webhook:{desk.hook}", "cuvee")
    assert event.details == {"reason": reason}
    time.sleep(0.3)
    assert [g.json["data"]["after"] for g in desk.receiver.got] == [{"k": "heard"}]

    # Who may manage it may take it over; what waited goes on then.
    desk.grant("carol", "CAN_MANAGE")
    desk.ask("carol", UpdateHook(webhook_id=desk.hook, status="ACTIVE"))
    got = desk.receiver.wait(2)
    assert [g.json["data"]["after"] for g in got] == [{"k": "heard"}, {"k": "secret"}]
    assert (desk.shown().vouched_by, desk.shown().problem) == ("carol", "")


def test_a_webhook_of_the_whole_registry_ends_with_its_admin(desk: Desk) -> None:
    made = desk.admin(CreateUser(username="chief", password=PASSWORD, is_admin=True))
    chief = Actor("chief", "password", user=made.user.id, admin=True)
    hook = desk.store.do(CreateHook(url=desk.receiver.url), chief).webhook.webhook_id
    desk.admin(CreateUser(username="second", password=PASSWORD, is_admin=True))
    desk.admin(UpdateUserAdmin(username="chief", is_admin=False))
    desk.start()
    eventually(lambda: desk.admin(GetHook(webhook_id=hook)).webhook.status == "DISABLED")
    assert desk.receiver.got == []


def test_a_webhook_tells_of_its_models_end_unless_its_maker_is_gone(desk: Desk) -> None:
    desk.admin(UpdateHook(webhook_id=desk.hook, actions=["model."]))
    desk.ask("bob", UpdateHook(webhook_id=desk.hook, name="mine"))
    desk.admin(RenameRegisteredModel(name="wine", new_name="port"))
    desk.admin(DeleteRegisteredModel(name="port"))
    desk.server(FollowLog())
    assert [m.kind for m in desk.server(FindWork()).due] == ["model.renamed"]
    desk.admin(DeleteUser(username="bob"))
    lost = desk.server(FindWork()).lost
    assert lost == {desk.hook: "the account of bob is deleted"}
    desk.server(SuspendHook(webhook_id=desk.hook, reason=lost[desk.hook]))
    assert (desk.server(FindWork()).due, desk.server(FindWork()).lost) == ([], {})


def test_every_request_is_on_record_with_its_time_and_outcome(desk: Desk) -> None:
    answers = [500, 302, 204]

    def behave(handler: Handler, got: Got) -> None:  # noqa: ARG001
        time.sleep(0.05)
        handler.answer(answers[len(desk.receiver.got) - 1])

    desk.receiver.behave = behave
    before = int(time.time() * 1000)
    desk.start()
    desk.tag("x")
    desk.receiver.wait(3)
    eventually(lambda: [d.state for d in deliveries(desk)] == ["delivered"])
    (found,) = deliveries(desk)
    assert [a.status for a in found.attempt_log] == answers
    assert [bool(a.problem) for a in found.attempt_log] == [True, True, False]
    assert all(50 <= a.duration < 5000 for a in found.attempt_log)
    times = [before, *(a.started for a in found.attempt_log), int(time.time() * 1000)]
    assert times == sorted(times)


def test_the_record_of_requests_is_bounded_and_goes_with_its_delivery(desk: Desk) -> None:
    desk.tag("x")
    desk.server(FollowLog())
    (due,) = desk.server(FindWork()).due
    for n in range(30):
        state: DeliveryState = "dead" if n % 10 == 9 else "pending"
        desk.server(NoteAttempt(pk=due.pk, state=state, due=0, started=n, duration=1, problem="no"))
        if state == "dead":
            desk.admin(RedeliverHook(webhook_id=desk.hook))
    (found,) = deliveries(desk)
    assert [a.started for a in found.attempt_log] == list(range(5, 30))
    desk.server(NoteAttempt(pk=due.pk, state="delivered", due=0, status=200))
    desk.server(ForgetDelivered(before=int(time.time() * 1000) + 10_000))
    connection = desk.local.database.connect()
    cursor = connection.cursor()
    cursor.execute("SELECT count(*) FROM attempts")
    assert cursor.fetchone()[0] == 0
    connection.close()


def deliveries(desk: Desk) -> list[Any]:
    found: list[Any] = desk.ask("bob", ListDeliveries(webhook_id=desk.hook)).deliveries
    return found
