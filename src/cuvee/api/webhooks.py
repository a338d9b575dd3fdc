"""Webhooks as MLflow's clients and the commercial registry's clients know them."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, NamedTuple

from msgspec import Meta, Struct

from cuvee.api.base import Empty, Id, Permission, Read, Recorded
from cuvee.api.names import shown
from cuvee.api.targets import Authorization, Secret, Url, check_authorization, check_url
from cuvee.errors import InvalidParameter

WEBHOOK_STATUSES: dict[int, str] = {1: "ACTIVE", 2: "DISABLED"}
ENTITIES: dict[int, str] = {
    1: "REGISTERED_MODEL",
    2: "MODEL_VERSION",
    3: "MODEL_VERSION_TAG",
    4: "MODEL_VERSION_ALIAS",
    5: "PROMPT",
    6: "PROMPT_VERSION",
    7: "PROMPT_TAG",
    8: "PROMPT_VERSION_TAG",
    9: "PROMPT_ALIAS",
    10: "BUDGET_POLICY",
}
ACTIONS: dict[int, str] = {1: "CREATED", 2: "UPDATED", 3: "DELETED", 4: "SET", 5: "EXCEEDED"}
Entity = Literal[
    "REGISTERED_MODEL",
    "MODEL_VERSION",
    "MODEL_VERSION_TAG",
    "MODEL_VERSION_ALIAS",
    "PROMPT",
    "PROMPT_VERSION",
    "PROMPT_TAG",
    "PROMPT_VERSION_TAG",
    "PROMPT_ALIAS",
    "BUDGET_POLICY",
]
Action = Literal["CREATED", "UPDATED", "DELETED", "SET", "EXCEEDED"]
Status = Literal["ACTIVE", "DISABLED"]
PAIRS: dict[str, tuple[str, ...]] = {
    "REGISTERED_MODEL": ("CREATED",),
    "MODEL_VERSION": ("CREATED",),
    "MODEL_VERSION_TAG": ("SET", "DELETED"),
    "MODEL_VERSION_ALIAS": ("CREATED", "DELETED"),
    "PROMPT": ("CREATED",),
    "PROMPT_VERSION": ("CREATED",),
    "PROMPT_TAG": ("SET", "DELETED"),
    "PROMPT_VERSION_TAG": ("SET", "DELETED"),
    "PROMPT_ALIAS": ("CREATED", "DELETED"),
    "BUDGET_POLICY": ("EXCEEDED",),
}
"""Which actions of which entities MLflow's webhooks can be about."""

Text = Annotated[str, Meta(max_length=5000)]
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")


class WebhookEvent(Struct, frozen=True):
    """What a webhook is told of: an action on a kind of thing."""

    entity: Entity
    action: Action


class Webhook(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A webhook of MLflow's form; its secret is never shown."""

    webhook_id: str
    name: str
    description: str | None = None
    url: str
    events: list[WebhookEvent]
    status: str
    creation_timestamp: int
    last_updated_timestamp: int


class WebhookResult(Struct, frozen=True):
    """One webhook."""

    webhook: Webhook


class WebhookPage(Struct, frozen=True, omit_defaults=True):
    """A page of webhooks and the token of the next."""

    webhooks: list[Webhook] = []
    next_page_token: str | None = None


class TryOutcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of a test call; the receiver's words are not shown, only its status."""

    success: bool = False
    response_status: int | None = None
    response_body: str = ""
    error_message: str = ""


class TryResult(Struct, frozen=True):
    """The outcome of one test call."""

    result: TryOutcome


class CreateWebhook(Recorded[WebhookResult], frozen=True, kw_only=True):
    """Have a URL told of changes in the registry, as MLflow tells them."""

    route: ClassVar[str] = "webhooks"
    needs: ClassVar[Permission] = Permission.ADMIN
    name: Annotated[str, Meta(min_length=1)]
    url: Url
    events: list[WebhookEvent]
    description: Text | None = None
    secret: Secret | None = None
    status: Status = "ACTIVE"

    def check(self) -> None:
        check_name(self.name)
        check_url(self.url)
        check_pairs(self.events)
        if not self.events:
            raise InvalidParameter(
                "A webhook needs at least one event, such as "
                '{"entity": "MODEL_VERSION", "action": "CREATED"}.'
            )


class ListWebhooks(Read[WebhookPage], frozen=True, kw_only=True):
    """List the webhooks of MLflow's form, newest first; ``max_results`` 0 means 100."""

    route: ClassVar[str] = "webhooks"
    needs: ClassVar[Permission] = Permission.ADMIN
    max_results: Annotated[int, Meta(ge=0, le=1000)] = 100
    page_token: str = ""


class GetWebhook(Read[WebhookResult], frozen=True, kw_only=True):
    """Read a webhook of MLflow's form."""

    route: ClassVar[str] = "webhooks/{webhook_id}"
    needs: ClassVar[Permission] = Permission.ADMIN
    webhook_id: Id


class UpdateWebhook(Recorded[WebhookResult], frozen=True, kw_only=True):
    """Change the given fields of a webhook; an empty ``secret`` takes it away."""

    route: ClassVar[str] = "webhooks/{webhook_id}"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    needs: ClassVar[Permission] = Permission.ADMIN
    webhook_id: Id
    name: str | None = None
    description: Text | None = None
    url: Url | None = None
    events: list[WebhookEvent] = []
    secret: Secret | None = None
    status: Status | None = None

    def check(self) -> None:
        if self.name is not None:
            check_name(self.name)
        if self.url is not None:
            check_url(self.url)
        check_pairs(self.events)


class DeleteWebhook(Recorded[Empty], frozen=True, kw_only=True):
    """Stop a webhook for good; what it has not been told yet is dropped."""

    route: ClassVar[str] = "webhooks/{webhook_id}"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    needs: ClassVar[Permission] = Permission.ADMIN
    webhook_id: Id


class TryWebhook(Read[TryResult], frozen=True, kw_only=True):
    """Send a sample of an event (of the webhook's first one when none is named) now."""

    route: ClassVar[str] = "webhooks/{webhook_id}/test"
    alone: ClassVar[bool] = True
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    needs: ClassVar[Permission] = Permission.ADMIN
    webhook_id: Id
    event: WebhookEvent | None = None

    def check(self) -> None:
        if self.event is not None:
            check_pairs([self.event])


# ---------------------------------------------------------------- registry-webhooks

RegistryEvent = Literal[
    "MODEL_VERSION_CREATED",
    "MODEL_VERSION_TRANSITIONED_STAGE",
    "TRANSITION_REQUEST_CREATED",
    "COMMENT_CREATED",
    "REGISTERED_MODEL_CREATED",
    "MODEL_VERSION_TAG_SET",
    "MODEL_VERSION_TRANSITIONED_TO_STAGING",
    "MODEL_VERSION_TRANSITIONED_TO_PRODUCTION",
    "MODEL_VERSION_TRANSITIONED_TO_ARCHIVED",
    "TRANSITION_REQUEST_TO_STAGING_CREATED",
    "TRANSITION_REQUEST_TO_PRODUCTION_CREATED",
    "TRANSITION_REQUEST_TO_ARCHIVED_CREATED",
]
RegistryStatus = Literal["ACTIVE", "DISABLED", "TEST_MODE"]


class HttpUrlSpec(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where to send, and how to prove who sends; ``secret`` and ``authorization`` stay here."""

    url: Url
    enable_ssl_verification: bool | None = None
    secret: Secret | None = None
    authorization: Authorization | None = None


class JobSpec(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which job of a workspace to run; ``access_token`` stays here."""

    job_id: Annotated[str, Meta(min_length=1, max_length=100)]
    access_token: Annotated[str, Meta(min_length=1, max_length=1000)]
    workspace_url: Url | None = None


class HttpUrlSpecShown(Struct, frozen=True, kw_only=True):
    """Where a webhook is sent, without its secrets."""

    url: str
    enable_ssl_verification: bool


class JobSpecShown(Struct, frozen=True, kw_only=True):
    """Which job a webhook runs, without its token."""

    job_id: str
    workspace_url: str


class RegistryWebhook(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A webhook of the commercial registry's form; without ``model_name`` it is for all models."""

    id: str
    events: list[str]
    status: str
    model_name: str | None = None
    description: str | None = None
    http_url_spec: HttpUrlSpecShown | None = None
    job_spec: JobSpecShown | None = None
    creation_timestamp: int
    last_updated_timestamp: int


class RegistryWebhookResult(Struct, frozen=True):
    """One webhook."""

    webhook: RegistryWebhook


class RegistryWebhookPage(Struct, frozen=True, omit_defaults=True):
    """A page of webhooks and the token of the next."""

    webhooks: list[RegistryWebhook] = []
    next_page_token: str | None = None


class RegistryTryResult(Struct, frozen=True):
    """The receiver's status (0 when there is none), and our words about it."""

    status_code: int
    body: str


class CreateRegistryWebhook(Recorded[RegistryWebhookResult], frozen=True, kw_only=True):
    """Have a URL told, or a job run, when a model or (without a name) any model changes."""

    route: ClassVar[str] = "registry-webhooks/create"
    needs: ClassVar[Permission] = Permission.LOGIN
    events: list[RegistryEvent]
    model_name: str | None = None
    description: Text | None = None
    http_url_spec: HttpUrlSpec | None = None
    job_spec: JobSpec | None = None
    status: RegistryStatus = "ACTIVE"

    def check(self) -> None:
        if not self.events:
            raise InvalidParameter(
                "A webhook needs at least one event, such as MODEL_VERSION_CREATED."
            )
        if self.http_url_spec is None and self.job_spec is None:
            raise InvalidParameter(
                "A webhook needs an http_url_spec (a URL to call) or a job_spec (a job to run)."
            )
        if self.model_name and "REGISTERED_MODEL_CREATED" in self.events:
            raise InvalidParameter(
                "REGISTERED_MODEL_CREATED is for webhooks of the whole registry: leave out the "
                "model_name, or the event."
            )
        check_specs(self.http_url_spec, self.job_spec)


class ListRegistryWebhooks(Read[RegistryWebhookPage], frozen=True, kw_only=True):
    """List the webhooks that share any of ``events``, newest first."""

    route: ClassVar[str] = "registry-webhooks/list"
    needs: ClassVar[Permission] = Permission.LOGIN
    events: list[RegistryEvent] = []
    model_name: str = ""
    max_results: Annotated[int, Meta(ge=0, le=1000)] = 100
    page_token: str = ""


class UpdateRegistryWebhook(Recorded[RegistryWebhookResult], frozen=True, kw_only=True):
    """Change the given fields of a webhook; an empty ``authorization`` takes it away."""

    route: ClassVar[str] = "registry-webhooks/update"
    methods: ClassVar[tuple[str, ...]] = ("PATCH",)
    needs: ClassVar[Permission] = Permission.LOGIN
    id: Id
    description: Text | None = None
    events: list[RegistryEvent] = []
    http_url_spec: HttpUrlSpec | None = None
    job_spec: JobSpec | None = None
    status: RegistryStatus | None = None

    def check(self) -> None:
        check_specs(self.http_url_spec, self.job_spec)


class DeleteRegistryWebhook(Recorded[Empty], frozen=True, kw_only=True):
    """Stop a webhook for good; what it has not been told yet is dropped."""

    route: ClassVar[str] = "registry-webhooks/delete"
    methods: ClassVar[tuple[str, ...]] = ("DELETE",)
    needs: ClassVar[Permission] = Permission.LOGIN
    id: Id


class TryRegistryWebhook(Read[RegistryTryResult], frozen=True, kw_only=True):
    """Send a sample of an event (of any of the webhook's when none is named) now."""

    route: ClassVar[str] = "registry-webhooks/test"
    alone: ClassVar[bool] = True
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    needs: ClassVar[Permission] = Permission.LOGIN
    id: Id
    event: RegistryEvent | None = None


class Target(NamedTuple):
    """Where a webhook of any form goes, and with which secrets."""

    url: str
    secret: str | None = None
    authorization: str | None = None
    verify: bool | None = None
    job: str | None = None


def target_of(http: HttpUrlSpec | None, job: JobSpec | None) -> Target | None:
    """Return what the two ways to name a target have in common."""
    if http is not None:
        return Target(
            http.url, http.secret, http.authorization, http.enable_ssl_verification, job=""
        )
    if job is not None:
        return Target(
            job.workspace_url or "", "", f"Bearer {job.access_token}", verify=True, job=job.job_id
        )
    return None


def check_specs(http: HttpUrlSpec | None, job: JobSpec | None) -> None:
    """Refuse two targets at once, and ones that cannot be called."""
    if http is not None and job is not None:
        raise InvalidParameter("Send an http_url_spec or a job_spec, not both.")
    if job is not None:
        if not job.workspace_url:
            raise InvalidParameter(
                "This server has no jobs of its own: name the workspace_url of the job_spec, "
                "where the job is."
            )
        if not job.job_id.isdecimal() or not job.job_id.isascii():
            raise InvalidParameter("The job_spec.job_id must be a number, such as 123.")
        check_url(job.workspace_url)
        check_authorization(job.access_token)
    if http is not None:
        check_url(http.url)
        check_authorization(http.authorization)


def check_name(name: str) -> None:
    """Refuse a name outside MLflow's rule."""
    if not _NAME.fullmatch(name):
        raise InvalidParameter(
            f"Webhook name {shown(name)} is invalid. It must start and end with a letter or digit "
            "and have 1 to 63 letters, digits, '.', '_' and '-'."
        )


def check_pairs(events: list[WebhookEvent]) -> None:
    """Refuse an action that MLflow's webhooks do not tell of for its entity."""
    for event in events:
        if event.action not in PAIRS[event.entity]:
            raise InvalidParameter(
                f"Invalid action '{event.action}' for entity '{event.entity}': it can be "
                f"{' or '.join(PAIRS[event.entity])}."
            )
