"""The webhooks of MLflow's form and of the commercial registry's in SQL."""

from __future__ import annotations

from sqlalchemy import or_

from cuvee.api.base import Empty
from cuvee.api.webhooks import (
    CreateRegistryWebhook,
    CreateWebhook,
    DeleteRegistryWebhook,
    DeleteWebhook,
    GetWebhook,
    HttpUrlSpecShown,
    JobSpecShown,
    ListRegistryWebhooks,
    ListWebhooks,
    RegistryTryResult,
    RegistryWebhook,
    RegistryWebhookPage,
    RegistryWebhookResult,
    Target,
    TryOutcome,
    TryRegistryWebhook,
    TryResult,
    TryWebhook,
    UpdateRegistryWebhook,
    UpdateWebhook,
    Webhook,
    WebhookEvent,
    WebhookPage,
    WebhookResult,
    target_of,
)
from cuvee.errors import InvalidParameter
from cuvee.store import hooks, schema
from cuvee.store.hooks import Row, add_hook, change_hook, drop_hook, find_hook, list_rows
from cuvee.store.tx import Tx

_w = schema.webhooks
_m = schema.registered_models
_MLFLOW = "mlflow"
_DATABRICKS = "databricks"


def create_webhook(tx: Tx, op: CreateWebhook) -> WebhookResult:
    fields = {
        "name": op.name,
        "description": op.description or "",
        "url": op.url,
        "secret": op.secret or "",
        "status": op.status,
    }
    names = [_name(event) for event in op.events]
    return WebhookResult(_webhook(add_hook(tx, _MLFLOW, fields, names, None, op.comment)))


def list_webhooks(tx: Tx, op: ListWebhooks) -> WebhookPage:
    limit = op.max_results or 100
    rows, token = list_rows(tx, _w.c.form == _MLFLOW, limit=limit, token=op.page_token)
    return WebhookPage([_webhook(row) for row in rows], token)


def get_webhook(tx: Tx, op: GetWebhook) -> WebhookResult:
    return WebhookResult(_webhook(find_hook(tx, op.webhook_id, _MLFLOW)))


def update_webhook(tx: Tx, op: UpdateWebhook) -> WebhookResult:
    fields = {
        "name": op.name,
        "description": op.description,
        "url": op.url,
        "secret": op.secret,
        "status": op.status,
        "events": hooks.encode_events([_name(e) for e in op.events]) if op.events else None,
    }
    row = find_hook(tx, op.webhook_id, _MLFLOW)
    return WebhookResult(_webhook(change_hook(tx, row, fields, op.comment)))


def delete_webhook(tx: Tx, op: DeleteWebhook) -> Empty:
    return drop_hook(tx, find_hook(tx, op.webhook_id, _MLFLOW), op.comment)


def try_webhook(tx: Tx, op: TryWebhook) -> TryResult:
    find_hook(tx, op.webhook_id, _MLFLOW)
    return TryResult(TryOutcome(error_message=hooks.NO_SENDER))


def _name(event: WebhookEvent) -> str:
    return f"{event.entity}.{event.action}"


def _webhook(row: Row) -> Webhook:
    pairs = (name.partition(".") for name in row.event_names)
    return Webhook(
        webhook_id=row.webhook_id,
        name=row.name,
        description=row.description or None,
        url=row.url,
        events=[WebhookEvent(entity, action) for entity, _, action in pairs],  # type: ignore[arg-type]
        status=row.status,
        creation_timestamp=row.created,
        last_updated_timestamp=row.updated,
    )


# ---------------------------------------------------------------- registry-webhooks


def create_registry_webhook(tx: Tx, op: CreateRegistryWebhook) -> RegistryWebhookResult:
    target = target_of(op.http_url_spec, op.job_spec) or Target("")
    fields = {
        "description": op.description or "",
        "url": target.url,
        "secret": target.secret or "",
        "authorization": target.authorization or "",
        "verify": int(target.verify is not False),
        "job": target.job or "",
        "status": op.status,
    }
    row = add_hook(tx, _DATABRICKS, fields, list(op.events), op.model_name or None, op.comment)
    return RegistryWebhookResult(_registry_webhook(row))


def list_registry_webhooks(tx: Tx, op: ListRegistryWebhooks) -> RegistryWebhookPage:
    where = [_w.c.form == _DATABRICKS]
    if op.model_name:
        where.append(_m.c.name == op.model_name)
    if op.events:  # an event's name is nowhere a part of another's with these quotes
        where.append(
            or_(*(_w.c.events.contains(f'"{name}"', autoescape=True) for name in op.events))
        )
    limit = op.max_results or 100
    rows, token = list_rows(tx, *where, limit=limit, token=op.page_token)
    return RegistryWebhookPage([_registry_webhook(row) for row in rows], token)


def update_registry_webhook(tx: Tx, op: UpdateRegistryWebhook) -> RegistryWebhookResult:
    row = find_hook(tx, op.id, _DATABRICKS)
    if row.model_pk is not None and "REGISTERED_MODEL_CREATED" in op.events:
        raise InvalidParameter(
            "REGISTERED_MODEL_CREATED is for webhooks of the whole registry, and this one is about "
            f"the model {row.model}: leave the event out."
        )
    target = target_of(op.http_url_spec, op.job_spec)
    fields: dict[str, object] = {
        "description": op.description,
        "events": hooks.encode_events(list(op.events)) if op.events else None,
        "status": op.status,
    }
    if target is not None:
        fields |= {
            "url": target.url,
            "secret": target.secret,
            "authorization": target.authorization,
            "verify": None if target.verify is None else int(target.verify),
            "job": target.job,
        }
    return RegistryWebhookResult(_registry_webhook(change_hook(tx, row, fields, op.comment)))


def delete_registry_webhook(tx: Tx, op: DeleteRegistryWebhook) -> Empty:
    return drop_hook(tx, find_hook(tx, op.id, _DATABRICKS), op.comment)


def try_registry_webhook(tx: Tx, op: TryRegistryWebhook) -> RegistryTryResult:
    find_hook(tx, op.id, _DATABRICKS)
    return RegistryTryResult(0, hooks.NO_SENDER)


def _registry_webhook(row: Row) -> RegistryWebhook:
    http, job = HttpUrlSpecShown(url=row.url, enable_ssl_verification=bool(row.verify)), None
    if row.job:
        job = JobSpecShown(job_id=row.job, workspace_url=row.url)
    return RegistryWebhook(
        id=row.webhook_id,
        events=row.event_names,
        status=row.status,
        model_name=row.model,
        description=row.description or None,
        http_url_spec=None if job else http,
        job_spec=job,
        creation_timestamp=row.created,
        last_updated_timestamp=row.updated,
    )
