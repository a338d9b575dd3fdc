"""What was done about a version's stage and said about the version, read from the events."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from sqlalchemy import and_, or_, select

from cuvee.api.names import page_number
from cuvee.api.reviews import Activity, ActivityPage, ActivityType, ListActivities
from cuvee.log.entry import ERASED
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.tx import Tx
from cuvee.store.versions import find_version

_e = schema.events
_x = schema.event_texts

KINDS: dict[str, ActivityType] = {
    "request.created": "REQUESTED_TRANSITION",
    "request.approved": "APPROVED_REQUEST",
    "request.rejected": "REJECTED_REQUEST",
    "request.cancelled": "CANCELLED_REQUEST",
    "request.closed": "CANCELLED_REQUEST",
    "version.transitioned": "APPLIED_TRANSITION",
    "comment.created": "NEW_COMMENT",
}
_columns = (
    _e.c.sequence,
    _e.c.time,
    _e.c.actor,
    _e.c.action,
    _e.c.before,
    _e.c.after,
    _e.c.details,
    _e.c.comment,
    _x.c.text,
)
_with_texts = _e.outerjoin(_x, and_(_x.c.event == _e.c.sequence, _x.c.field == "comment"))
_newest = hot(
    select(_e.c.sequence, _e.c.before)
    .where(_e.c.object == arg("object"), _e.c.action == arg("action"), _e.c.sequence < arg("below"))
    .order_by(_e.c.sequence.desc())
    .limit(1)
)
_comments = hot(lambda db: select(schema.comments).where(db.among(schema.comments.c.pk, "pks")))
_END = 2**62


class Past(NamedTuple):
    """An event of a version's past."""

    sequence: int
    time: int
    actor: str
    action: str
    before: dict[str, Any]
    after: dict[str, Any]
    details: dict[str, Any]
    comment: str


def list_activities(tx: Tx, op: ListActivities) -> ActivityPage:
    number = find_version(tx, op.name, op.version)[2]
    below = page_number(op.page_token) if op.page_token else _END
    past = past_of(tx, op.name, number, list(KINDS), below=below, most=op.max_results + 1)
    page = past[: op.max_results]
    written = {p.details.get("comment") for p in page if p.action == "comment.created"}
    pks = tx.listed([int(pk) for pk in written if isinstance(pk, str)])
    comments = {row[0]: row for row in tx.all(_comments, pks=pks)}
    token = str(page[-1].sequence) if len(past) > op.max_results else None
    return ActivityPage([_activity(event, comments) for event in page], token)


def past_of(
    tx: Tx, name: str, number: int, actions: list[str], *, below: int = _END, most: int = 10_000
) -> list[Past]:
    """Return the events of some kinds in a version's past, newest first, through all renamings.

    Args:
        tx: the transaction.
        name: the model's name now.
        number: the version's number.
        actions: which kinds of events.
        below: only events before this one.
        most: how many at most.
    """
    query = (
        select(*_columns)
        .select_from(_with_texts)
        .where(
            or_(
                *(
                    and_(_e.c.object == subject, _e.c.sequence >= first, _e.c.sequence < last)
                    for subject, first, last in _spans(tx, name, number)
                )
            ),
            _e.c.action.in_(actions),
            _e.c.sequence < below,
        )
        .order_by(_e.c.sequence.desc())
        .limit(most)
    )
    return [
        Past(
            sequence=sequence,
            time=time,
            actor=actor,
            action=action,
            before=_object(before),
            after=_object(after),
            details=_object(details),
            comment=(ERASED if comment else "") if text is None else text,
        )
        for sequence, time, actor, action, before, after, details, comment, text in tx.all(query)
    ]


def _object(text: str | None) -> dict[str, Any]:
    return msgspec.json.decode(text or "{}", type=dict[str, Any])


def _spans(tx: Tx, name: str, number: int) -> list[tuple[str, int, int]]:
    """Return the subjects that a version's events have had, and from where to where each.

    An earlier model of the same name had versions of its own, so the version's creation, or the
    renaming that gave the model its name, is where the span of a name begins.
    """
    found: list[tuple[str, int, int]] = []
    last = _END
    while True:
        subject = f"version:{name}/{number}"
        created = tx.first(_newest, object=subject, action="version.created", below=last)
        renamed = tx.first(_newest, object=f"model:{name}", action="model.renamed", below=last)
        if renamed is None or (created is not None and created[0] > renamed[0]):
            return [*found, (subject, created[0] if created else 0, last)]
        found.append((subject, renamed[0], last))
        last = renamed[0]
        name = _object(renamed[1]).get("name", name)


def _activity(event: Past, comments: dict[int, tuple[Any, ...]]) -> Activity:
    kind = KINDS[event.action]
    request = str(event.details.get("request", ""))
    said, system, updated = event.comment, str(event.details.get("system", "")), event.time
    number = f"e{event.sequence}"
    if event.action == "version.transitioned" and event.details.get("system"):
        kind, said, system = "SYSTEM_TRANSITION", "", event.comment
    if event.action == "comment.created":
        number = str(event.details.get("comment", ""))
        row = comments.get(int(number)) if number else None
        said, updated = (row[3], row[5]) if row else ("", event.time)
        system = "" if row else "The comment was deleted."
    return Activity(
        id=number,
        activity_type=kind,
        user_id=event.actor,
        comment=said,
        system_comment=system,
        from_stage=str(event.before.get("stage", "")),
        to_stage=str(event.after.get("stage", "")),
        creation_timestamp=event.time,
        last_updated_timestamp=updated,
        request_id=request,
        approvals=event.details.get("approvers", []),
        required_approvals=event.details.get("required_approvals", 0),
        missing=event.details.get("missing", []),
    )
