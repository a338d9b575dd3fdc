"""Webhooks of our own form, the deliveries of all forms, and what a server's sender asks for."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Empty, Id, Int64, Op, Permission, Read, Recorded, Time, Write
from cuvee.api.names import shown
from cuvee.api.targets import (
    Authorization,
    HookHeader,
    Secret,
    Url,
    check_authorization,
    check_headers,
    check_url,
)
from cuvee.api.webhooks import RegistryStatus, Text, TryResult
from cuvee.errors import InvalidParameter

DeliveryState = Literal["pending", "delivered", "dead", "cancelled"]
_ACTION = re.compile(r"[a-z_]+(\.[a-z_]*)?")


class Hook(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A webhook of any form.

    Args:
        form: ``cuvee`` (CloudEvents), ``mlflow`` or ``databricks``: what is sent, and how signed.
        actions: of our form, the beginnings of the actions that it tells of; none means all.
            Of the other forms, the events by their names there.
        model: the only model that it is about; absent means the whole registry.
        signed: whether it has a secret to sign with; ``authorized`` likewise for the header.
        header_names: the further headers that it sends; their values are never returned.
        vouched_by: who made or changed it last; it is sent while they may manage it.
        problem: why the server has disabled it; empty otherwise.
        pending, dead: deliveries that wait for their turn, and those given up.
    """

    webhook_id: str
    form: str
    name: str = ""
    description: str = ""
    url: str
    actions: list[str] = []
    model: str | None = None
    status: str
    signed: bool = False
    authorized: bool = False
    header_names: list[str] = []
    verify: bool = True
    user_id: str = ""
    vouched_by: str = ""
    problem: str = ""
    pending: int = 0
    dead: int = 0
    creation_timestamp: int
    last_updated_timestamp: int


class HookResult(Struct, frozen=True):
    """One webhook."""

    webhook: Hook


class HookPage(Struct, frozen=True, omit_defaults=True):
    """A page of webhooks and the token of the next."""

    webhooks: list[Hook] = []
    next_page_token: str | None = None


class Attempt(Struct, frozen=True, omit_defaults=True):
    """A request that was sent.

    Args:
        started: when, milliseconds since 1970.
        duration: milliseconds until its outcome was known.
        status: HTTP status of the answer; absent when there was none.
        problem: why it failed, in our words.
    """

    started: int
    duration: int
    status: int | None = None
    problem: str = ""


class Delivery(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message to one webhook.

    Args:
        delivery_id: the same in every attempt: receivers tell repetitions by it.
        event: sequence of the event that it tells of.
        kind: the event's name in the webhook's form.
        state: ``pending`` (due at ``due``), ``delivered``, ``dead`` (given up) or ``cancelled``.
        attempts: requests sent since it was queued, or queued again.
        status: HTTP status of the last answer; absent when there was none.
        problem: why the last attempt failed, in our words.
        payload: the body that is sent.
        attempt_log: its latest 25 requests, oldest first; also of before it was queued again.
    """

    delivery_id: str
    webhook_id: str
    event: int
    kind: str
    state: str
    attempts: int
    due: int | None = None
    status: int | None = None
    problem: str = ""
    payload: str = ""
    attempt_log: list[Attempt] = []
    creation_timestamp: int
    last_updated_timestamp: int


class DeliveryPage(Struct, frozen=True, omit_defaults=True):
    """A page of deliveries and the token of the next."""

    deliveries: list[Delivery] = []
    next_page_token: str | None = None


class Redelivered(Struct, frozen=True):
    """How many deliveries are queued again."""

    redelivered: int


class CreateHook(Recorded[HookResult], frozen=True, kw_only=True):
    """Have a URL told of events as CloudEvents; it hears of those from now on."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "webhooks"
    needs: ClassVar[Permission] = Permission.LOGIN
    url: Url
    actions: list[str] = []
    model: str | None = None
    name: Annotated[str, Meta(max_length=200)] = ""
    description: Text = ""
    secret: Secret = ""
    authorization: Authorization = ""
    headers: list[HookHeader] = []
    verify: bool = True
    status: RegistryStatus = "ACTIVE"

    def check(self) -> None:
        check_url(self.url)
        check_authorization(self.authorization)
        check_headers(self.headers)
        check_actions(self.actions)


class ListHooks(Read[HookPage], frozen=True, kw_only=True):
    """List the webhooks of all forms that the caller may manage, newest first."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "webhooks"
    needs: ClassVar[Permission] = Permission.LOGIN
    model: str = ""
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: str = ""


class GetHook(Read[HookResult], frozen=True, kw_only=True):
    """Read a webhook of any form."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "webhooks/{webhook_id}"
    needs: ClassVar[Permission] = Permission.LOGIN
    webhook_id: Id


class UpdateHook(Recorded[HookResult], frozen=True, kw_only=True):
    """Change the given fields of a webhook of our form; an empty secret takes it away.

    ``headers`` stand in the place of all that there are; one without a value keeps the one that
    is stored under its name, unless the URL moves to another host.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "webhooks/{webhook_id}"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    needs: ClassVar[Permission] = Permission.LOGIN
    webhook_id: Id
    url: Url | None = None
    actions: list[str] | None = None
    name: Annotated[str, Meta(max_length=200)] | None = None
    description: Text | None = None
    secret: Secret | None = None
    authorization: Authorization | None = None
    headers: list[HookHeader] | None = None
    verify: bool | None = None
    status: RegistryStatus | None = None

    def check(self) -> None:
        if self.url is not None:
            check_url(self.url)
        check_authorization(self.authorization)
        check_headers(self.headers or [], kept=True)
        check_actions(self.actions or [])


class DeleteHook(Recorded[Empty], frozen=True, kw_only=True):
    """Stop a webhook of any form for good; what it has not been told yet is cancelled."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "webhooks/{webhook_id}"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    needs: ClassVar[Permission] = Permission.LOGIN
    webhook_id: Id


class TryHook(Read[TryResult], frozen=True, kw_only=True):
    """Send a sample of an event to a webhook of any form now."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "webhooks/{webhook_id}/test"
    alone: ClassVar[bool] = True
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    needs: ClassVar[Permission] = Permission.LOGIN
    webhook_id: Id


class ListDeliveries(Read[DeliveryPage], frozen=True, kw_only=True):
    """List what was sent to a webhook of any form, newest first; ``state=dead`` was given up."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "webhooks/{webhook_id}/deliveries"
    needs: ClassVar[Permission] = Permission.LOGIN
    webhook_id: Id
    state: DeliveryState | None = None
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: str = ""


class RedeliverHook(Recorded[Redelivered], frozen=True, kw_only=True):
    """Queue deliveries of a webhook again: those named, or all dead ones; their ids stay."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "webhooks/{webhook_id}/redeliver"
    needs: ClassVar[Permission] = Permission.LOGIN
    webhook_id: Id
    delivery_ids: list[Id] = []


def check_actions(actions: list[str]) -> None:
    """Refuse what cannot be the beginning of an event's action."""
    if len(actions) > 100:
        raise InvalidParameter(f"There are {len(actions)} actions; 100 are allowed.")
    for action in actions:
        if not _ACTION.fullmatch(action) or len(action) > 100:
            raise InvalidParameter(
                f"The action {shown(action)} is not one that events have: send the beginning of "
                'one, such as "version." or "version.transitioned".'
            )


# ---------------------------------------------------------------- for the sender in a server


class Outgoing(Struct, frozen=True, kw_only=True):
    """A message on its way out, with the secrets that it is sent with."""

    pk: int
    delivery_id: str
    webhook_id: str
    form: str
    url: str
    secret: str
    authorization: str
    headers: dict[str, str]
    verify: bool
    job: str
    kind: str
    payload: str
    attempts: int


class Work(Struct, frozen=True):
    """What there is to do.

    Args:
        behind: whether events wait to be followed.
        due: what is to be sent now.
        next_due: when there is more, milliseconds since 1970.
        lost: webhook -> why whoever vouches for it may not manage it any more.
    """

    behind: bool
    due: list[Outgoing]
    next_due: int | None
    lost: dict[str, str] = {}


class Followed(Struct, frozen=True):
    """How many events were turned into deliveries, or passed over."""

    events: int


class FindWork(Op[Work], frozen=True, kw_only=True):
    """Look for what a sender has to do; not a call of its own."""

    needs: ClassVar[Permission] = Permission.ADMIN
    look: bool = True


class FollowLog(Write[Followed], frozen=True, kw_only=True):
    """Turn the next events of the log into deliveries and advance the cursor, in one commit."""

    needs: ClassVar[Permission] = Permission.ADMIN
    history: ClassVar[bool] = True
    limit: int = 200


class NoteAttempt(Write[Empty], frozen=True, kw_only=True):
    """Record what came of an attempt."""

    needs: ClassVar[Permission] = Permission.ADMIN
    pk: Int64
    state: DeliveryState
    due: Time
    status: int | None = None
    problem: str = ""
    started: Time = 0
    duration: int = 0


class SuspendHook(Write[Empty], frozen=True, kw_only=True):
    """Disable a webhook whose voucher may not manage it any more, and say so in the history."""

    needs: ClassVar[Permission] = Permission.ADMIN
    webhook_id: Id
    reason: str


class SealSecrets(Write[Empty], frozen=True, kw_only=True):
    """Seal the secrets that lie open or under an older key; refuse a key that does not fit."""

    needs: ClassVar[Permission] = Permission.ADMIN


class ForgetDelivered(Write[Empty], frozen=True, kw_only=True):
    """Drop the record of what was delivered or cancelled before a time."""

    needs: ClassVar[Permission] = Permission.ADMIN
    before: Time


class PrepareTry(Write[Outgoing], frozen=True, kw_only=True):
    """Compose a sample message to a webhook, if the caller may manage it.

    It changes nothing here, but is sent: a token that may only read may not do it.
    """

    needs: ClassVar[Permission] = Permission.LOGIN
    webhook_id: Id
    form: str = ""
    event: str = ""
