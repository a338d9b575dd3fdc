"""Which webhooks an event concerns, and what they are told of it: pure, in three forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import msgspec
from msgspec import Struct

from cuvee.api.events import Event
from cuvee.api.versions import PROMPT_TEXT

PROMPT_TAG = "mlflow.prompt.is_prompt"
_PROMPT_TYPE = "_mlflow_prompt_type"
SOURCE = "/api/1.0/cuvee/events"
TYPE = "cuvee."

# Our action -> MLflow's (entity, action, entity if it is about a prompt).
_MLFLOW = {
    "model.created": ("REGISTERED_MODEL", "CREATED", "PROMPT"),
    "model.tag_set": ("", "SET", "PROMPT_TAG"),
    "model.tag_deleted": ("", "DELETED", "PROMPT_TAG"),
    "model.alias_set": ("MODEL_VERSION_ALIAS", "CREATED", "PROMPT_ALIAS"),
    "model.alias_deleted": ("MODEL_VERSION_ALIAS", "DELETED", "PROMPT_ALIAS"),
    "version.created": ("MODEL_VERSION", "CREATED", "PROMPT_VERSION"),
    "version.tag_set": ("MODEL_VERSION_TAG", "SET", "PROMPT_VERSION_TAG"),
    "version.tag_deleted": ("MODEL_VERSION_TAG", "DELETED", "PROMPT_VERSION_TAG"),
}
_DATABRICKS = {
    "model.created": "REGISTERED_MODEL_CREATED",
    "version.created": "MODEL_VERSION_CREATED",
    "version.transitioned": "MODEL_VERSION_TRANSITIONED_STAGE",
    "version.tag_set": "MODEL_VERSION_TAG_SET",
    "request.created": "TRANSITION_REQUEST_CREATED",
    "comment.created": "COMMENT_CREATED",
}
# Only for these stages are there events of their own; a custom stage has the general ones.
_KNOWN_STAGES = {"Staging": "STAGING", "Production": "PRODUCTION", "Archived": "ARCHIVED"}


class Listener(Struct, frozen=True):
    """What of a webhook decides what it is told.

    Args:
        webhook_id: its id.
        form: ``mlflow``, ``databricks`` or ``cuvee``.
        events: names (``MODEL_VERSION.CREATED``), or beginnings of actions of our own form.
        model: the only model it is about; empty for all.
    """

    webhook_id: str
    form: str
    events: list[str]
    model: str = ""


class Message(Struct, frozen=True):
    """A message to send: the event's name in the webhook's form, and the body."""

    kind: str
    body: str


def model_of(subject: str) -> tuple[str, str]:
    """Return the model and version that an event is about, empty where it is about neither."""
    noun, _, rest = subject.partition(":")
    if noun == "model":
        return rest, ""
    if noun == "version":
        name, _, version = rest.rpartition("/")
        return name, version
    return "", ""


def lane_of(subject: str) -> str:
    """Return the name of the order that an event stands in: one for each model."""
    name, _ = model_of(subject)
    return f"model:{name}" if name else subject


def messages(listener: Listener, event: Event, *, prompt: bool = False) -> list[Message]:
    """Return what a webhook is told of an event; usually nothing or one message.

    Args:
        listener: the webhook.
        event: the event.
        prompt: whether the event's model is a prompt.
    """
    name, version = model_of(event.object)
    if listener.model and listener.model != name:
        return []
    if listener.form == "mlflow":
        return _mlflow(listener, event, name, version, prompt=prompt)
    if listener.form == "databricks":
        kinds = [] if prompt else _databricks_kinds(event)
        return [
            Message(kind, _json(_databricks(listener, event, kind, name, version)))
            for kind in kinds
            if kind in listener.events
        ]
    if listener.events and not any(event.action.startswith(e) for e in listener.events):
        return []
    return [Message(event.action, _json(_cloud_event(event)))]


def sample(listener: Listener, kind: str, now: int) -> Message:
    """Return a message about a change that did not happen, to try a webhook with.

    Args:
        listener: the webhook.
        kind: an event's name in the webhook's form; of our own form, empty.
        now: milliseconds since 1970.
    """
    model = listener.model or "example_model"
    if kind.startswith("BUDGET_POLICY"):
        return Message(kind, _mlflow_body("BUDGET_POLICY", "EXCEEDED", now, _BUDGET))
    action = "version.transitioned"
    stage = next((s for s, word in _KNOWN_STAGES.items() if word in kind), "Production")
    prompt = kind.startswith("PROMPT")
    if listener.form == "mlflow":
        entity, _, verb = kind.partition(".")
        action = next(a for a, m in _MLFLOW.items() if m[1] == verb and entity in (m[0], m[2]))
    elif listener.form == "databricks":
        general = {v: k for k, v in _DATABRICKS.items()}
        fallback = "request.created" if "REQUEST" in kind else "version.transitioned"
        action = general.get(kind, fallback)
    before, after = _SAMPLES.get(action, ({"stage": "None"}, {"stage": stage}))
    if prompt and action == "version.created":
        after = {**after, "tags": {**_TAG, PROMPT_TEXT: "Say {{ word }}."}}
    event = Event(
        sequence=0,
        time=now,
        actor="example",
        via="os",
        action=action,
        object=f"model:{model}" if action.startswith("model.") else f"version:{model}/1",
        before=before,
        after=after,
        comment="A sample, sent to try this webhook: nothing has changed.",
    )
    every = Listener(listener.webhook_id, listener.form, [kind] if kind else [])
    if listener.form == "databricks":
        body = _databricks(every, event, kind, model, "" if kind == _WIDE else "1")
        return Message(kind, _json(body))
    return messages(every, event, prompt=prompt)[0]


_WIDE = "REGISTERED_MODEL_CREATED"
# What receivers that were made for MLflow's samples know them by.
_TAG = {"example_key": "example_value"}
_ALIAS = {"example_alias": "1"}
_SAMPLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "model.created": ({}, {"tags": _TAG, "description": "An example registered model"}),
    "model.tag_set": ({}, _TAG),
    "model.tag_deleted": (_TAG, {}),
    "model.alias_set": ({}, _ALIAS),
    "model.alias_deleted": (_ALIAS, {}),
    "version.created": (
        {},
        {
            "source": "models:/123",
            "run_id": "abcd1234abcd5678",
            "tags": _TAG,
            "description": "An example model version",
        },
    ),
    "version.tag_set": ({}, _TAG),
    "version.tag_deleted": (_TAG, {}),
    "comment.created": ({}, {"comment": "An example."}),
}
_BUDGET = {
    "budget_policy_id": "bp-example",
    "budget_unit": "USD",
    "budget_amount": 10.0,
    "current_spend": 12.5,
    "duration_unit": "DAYS",
    "duration_value": 1,
    "target_scope": "GLOBAL",
    "workspace": "default",
    "target_value": None,
    "window_start": 0,
}


# ---------------------------------------------------------------- MLflow


def _mlflow(
    listener: Listener, event: Event, name: str, version: str, *, prompt: bool
) -> list[Message]:
    if event.action not in _MLFLOW:
        return []
    entity, action, of_prompt = _MLFLOW[event.action]
    entity = of_prompt if prompt else entity
    kind = f"{entity}.{action}"
    if kind not in listener.events:
        return []
    data = _mlflow_data(event, name, version, prompt=prompt)
    return [Message(kind, _mlflow_body(entity, action, event.time, data))]


def _mlflow_body(entity: str, action: str, time: int, data: Mapping[str, Any]) -> str:
    body = {
        "entity": entity.lower(),
        "action": action.lower(),
        "timestamp": _iso(time),
        "data": data,
    }
    return _json(body)


def _mlflow_data(event: Event, name: str, version: str, *, prompt: bool) -> dict[str, Any]:
    tags = dict(event.after.get("tags") or {})
    words = {"tags": tags, "description": event.after.get("description") or None}
    if event.action == "model.created":
        if prompt:
            words["tags"] = {k: v for k, v in tags.items() if k not in (PROMPT_TAG, _PROMPT_TYPE)}
        return {"name": name, **words}
    if event.action == "version.created":
        if prompt:
            template = tags.pop(PROMPT_TEXT, "")
            words["tags"] = {k: v for k, v in tags.items() if k not in (PROMPT_TAG, _PROMPT_TYPE)}
            return {"name": name, "version": version, "template": template, **words}
        source, run = event.after.get("source"), event.after.get("run_id") or None
        return {"name": name, "version": version, "source": source, "run_id": run, **words}
    key, value = next(iter({**event.before, **event.after}.items()), ("", ""))
    of = {"name": name, "version": version} if version else {"name": name}
    match event.action.partition(".")[2]:
        case "tag_set":
            return {**of, "key": key, "value": value}
        case "tag_deleted":
            return {**of, "key": key}
        case "alias_set":
            return {**of, "alias": key, "version": value}
    return {**of, "alias": key}


# ---------------------------------------------------------------- Databricks


def _databricks_kinds(event: Event) -> list[str]:
    general = _DATABRICKS.get(event.action)
    if general is None:
        return []
    stage = _KNOWN_STAGES.get(_stages(event)[1], "")
    if stage and event.action == "version.transitioned":
        return [general, f"MODEL_VERSION_TRANSITIONED_TO_{stage}"]
    if stage and event.action == "request.created":
        return [general, f"TRANSITION_REQUEST_TO_{stage}_CREATED"]
    return [general]


def _databricks(
    listener: Listener, event: Event, kind: str, name: str, version: str
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "event": kind,
        "webhook_id": listener.webhook_id,
        "event_timestamp": event.time,
        "model_name": name,
    }
    if version:
        body["version"] = version
    start, end = _stages(event)
    comment = event.comment
    match event.action:
        case "model.created":
            said = f"{event.actor} registered the model {name}."
        case "version.created":
            said = f"{event.actor} registered version {version} of {name}."
        case "version.transitioned":
            body |= {"from_stage": start, "to_stage": end}
            said = f"{event.actor} moved version {version} of {name} from {start} to {end}."
        case "request.created":
            body |= {"from_stage": start, "to_stage": end}
            said = f"{event.actor} asks to move version {version} of {name} to {end}."
        case "version.tag_set":
            body["tags"] = [{"key": k, "value": v} for k, v in event.after.items()]
            set_ = ", ".join(f"{k} = {v}" for k, v in event.after.items())
            said = f"{event.actor} set the tag {set_} of version {version} of {name}."
        case _:
            comment = str(event.after.get("comment") or comment)
            said = f"{event.actor} commented on version {version} of {name}."
    if comment:
        body["comment"] = comment
        said += f" {comment}"
    return {**body, "text": _slack(said)}


def _stages(event: Event) -> tuple[str, str]:
    """Return the stages that a move or a request is from and to."""
    start = event.before.get("stage") or event.after.get("from_stage") or "None"
    end = event.after.get("stage") or event.after.get("to_stage") or ""
    return str(start), str(end)


def _slack(text: str) -> str:
    # Slack reads <...> as links and commands: <!channel> in a comment would call everybody.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# ---------------------------------------------------------------- CloudEvents 1.0


def _cloud_event(event: Event) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(event.sequence),
        "source": SOURCE,
        "type": TYPE + event.action,
        "subject": event.object,
        "time": _iso(event.time),
        "datacontenttype": "application/json",
        "data": {**msgspec.to_builtins(event), "before": event.before, "after": event.after},
    }


def _iso(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, timezone.utc).isoformat(timespec="milliseconds")


def _json(value: Mapping[str, Any]) -> str:
    return msgspec.json.encode(value).decode()
