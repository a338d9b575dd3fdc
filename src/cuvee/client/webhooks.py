"""The client's methods for webhooks: MLflow's by their names, and those of our own form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from cuvee.api import hooks
from cuvee.api import webhooks as api
from cuvee.api.targets import HookHeader
from cuvee.client.base import Calls
from cuvee.client.values import PagedList
from cuvee.errors import InvalidParameter


class WebhookCalls(Calls):
    """Webhooks; ``comment`` is the reason that the history keeps."""

    def create_webhook(
        self,
        name: str,
        url: str,
        events: Sequence[Any],
        description: str | None = None,
        secret: str | None = None,
        status: Any = None,
        *,
        comment: str = "",
    ) -> api.Webhook:
        """Have a URL told of changes in the registry, as MLflow tells them.

        Args:
            name: letters, digits, ``.``, ``_`` and ``-``.
            url: where to send; https, on the public internet unless an admin allows it.
            events: such as ``"model_version.created"``, or objects with ``entity`` and ``action``.
            description: for people.
            secret: with which messages are signed; never returned.
            status: ``ACTIVE`` (when absent) or ``DISABLED``.
            comment: why.
        """
        op = api.CreateWebhook(
            name=name,
            url=url,
            events=[_event(e) for e in events],
            description=description,
            secret=secret,
            status=_word(status or "ACTIVE"),
            comment=comment,
        )
        return self.do_registry(op).webhook

    def get_webhook(self, webhook_id: str) -> api.Webhook:
        """Return a webhook of MLflow's form."""
        return self.do_registry(api.GetWebhook(webhook_id=webhook_id)).webhook

    def list_webhooks(
        self, max_results: int | None = None, page_token: str | None = None
    ) -> PagedList[api.Webhook]:
        """Return a page of the webhooks of MLflow's form, newest first."""
        op = api.ListWebhooks(max_results=max_results or 100, page_token=page_token or "")
        page = self.do_registry(op)
        return PagedList(page.webhooks, page.next_page_token)

    def update_webhook(
        self,
        webhook_id: str,
        name: str | None = None,
        description: str | None = None,
        url: str | None = None,
        events: Sequence[Any] | None = None,
        secret: str | None = None,
        status: Any = None,
        *,
        comment: str = "",
    ) -> api.Webhook:
        """Change what is given of a webhook; see ``create_webhook``."""
        op = api.UpdateWebhook(
            webhook_id=webhook_id,
            name=name,
            description=description,
            url=url,
            events=[_event(e) for e in events or ()],
            secret=secret,
            status=_word(status) if status else None,
            comment=comment,
        )
        return self.do_registry(op).webhook

    def delete_webhook(self, webhook_id: str, *, comment: str = "") -> None:
        """Stop a webhook of MLflow's form for good."""
        self.do_registry(api.DeleteWebhook(webhook_id=webhook_id, comment=comment))

    def test_webhook(self, webhook_id: str, event: Any = None) -> api.TryOutcome:
        """Send a sample of an event (the webhook's first one when absent) now."""
        chosen = None if event is None else _event(event)
        return self.do_registry(api.TryWebhook(webhook_id=webhook_id, event=chosen)).result

    # ------------------------------------------------------------ our own form

    def create_event_webhook(
        self,
        url: str,
        actions: Sequence[str] = (),
        model: str | None = None,
        *,
        name: str = "",
        description: str = "",
        secret: str = "",
        authorization: str = "",
        headers: Mapping[str, str] | None = None,
        comment: str = "",
    ) -> hooks.Hook:
        """Have a URL told of events as CloudEvents.

        Args:
            url: where to send; https, on the public internet unless an admin allows it.
            actions: beginnings of actions, such as ``version.``; all when there are none.
            model: only what is about this model.
            name: for people.
            description: for people.
            secret: with which messages are signed; never returned.
            authorization: value of the ``Authorization`` header; never returned.
            headers: further headers by their names, at most 20; their values are never returned.
            comment: why.
        """
        op = hooks.CreateHook(
            url=url,
            actions=list(actions),
            model=model,
            name=name,
            description=description,
            secret=secret,
            authorization=authorization,
            headers=[HookHeader(name, value) for name, value in (headers or {}).items()],
            comment=comment,
        )
        return self.do_registry(op).webhook

    def search_webhooks(
        self, model: str = "", max_results: int = 100, page_token: str | None = None
    ) -> PagedList[hooks.Hook]:
        """Return a page of the webhooks of all forms, newest first; of one model, if named."""
        op = hooks.ListHooks(model=model, max_results=max_results, page_token=page_token or "")
        page = self.do_registry(op)
        return PagedList(page.webhooks, page.next_page_token)

    def search_webhook_deliveries(
        self,
        webhook_id: str,
        state: str | None = None,
        max_results: int = 100,
        page_token: str | None = None,
    ) -> PagedList[hooks.Delivery]:
        """Return a page of what was sent to a webhook of any form, newest first.

        Args:
            webhook_id: the webhook.
            state: only ``pending``, ``delivered``, ``dead`` or ``cancelled`` ones.
            max_results: deliveries in a page, 1 to 1000.
            page_token: token of the page.
        """
        op = msgspec.convert(
            {
                "webhook_id": webhook_id,
                "state": state,
                "max_results": max_results,
                "page_token": page_token or "",
            },
            hooks.ListDeliveries,
        )
        page = self.do_registry(op)
        return PagedList(page.deliveries, page.next_page_token)

    def redeliver_webhook(
        self, webhook_id: str, delivery_ids: Sequence[str] = (), *, comment: str = ""
    ) -> int:
        """Send deliveries again, all dead ones when none is named; return how many."""
        op = hooks.RedeliverHook(
            webhook_id=webhook_id, delivery_ids=list(delivery_ids), comment=comment
        )
        return self.do_registry(op).redelivered


def _event(event: Any) -> api.WebhookEvent:
    """Return an event of MLflow's in our words, whatever it is spelled as."""
    entity: Any
    action: Any
    if isinstance(event, str):
        entity, _, action = event.partition(".")
    elif isinstance(event, Mapping):
        entity, action = event.get("entity"), event.get("action")
    else:
        entity, action = getattr(event, "entity", ""), getattr(event, "action", "")
    words = {"entity": _word(entity), "action": _word(action)}
    try:
        return msgspec.convert(words, api.WebhookEvent)
    except msgspec.ValidationError:
        raise InvalidParameter(
            f"{event!r} is not an event of MLflow's webhooks: write it as 'model_version.created'."
        ) from None


def _word(value: Any) -> Any:
    return str(getattr(value, "value", value)).upper()
