"""What the events alone tell of an object, to be compared with what the tables hold.

One ``Replay`` follows the events of one object, whatever their number, and keeps only what they
amount to: fields by name. Rights, which depend on each other, are in ``log/rights.py``.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cuvee.log.entry import commitment


class Text(NamedTuple):
    """A free text that an event holds a commitment to.

    Args:
        event: primary key of the event.
        commitment: the commitment.
        salt: its salt; None when the text was erased, so that nothing can be said about it.
    """

    event: int
    commitment: str
    salt: str | None

    def fits(self, held: Any) -> bool:
        """Say whether this is the text, as far as one can know."""
        if self.salt is None:
            return True
        try:
            made = commitment(self.salt, str(held))
        except ValueError:
            return False
        return hmac.compare_digest(made, self.commitment)


class Unknown:
    """Stands for what older events do not tell; everything agrees with it."""


UNKNOWN = Unknown()
ABSENT = "not there"
"""Stands for a field that one of both sides does not have."""


class Told(NamedTuple):
    """An event, its commitments to free texts as ``Text``."""

    pk: int
    time: int
    actor: str
    via: str
    action: str
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    comment: Any
    details: Mapping[str, Any]

    @property
    def verb(self) -> str:
        """What was done."""
        return self.action.partition(".")[2]

    def get(self, field: str) -> Any:
        """Return a field as it is after the event; what the event lacks is not known."""
        return self.after.get(field, UNKNOWN)


class Replay:
    """What the events of one object amount to."""

    def __init__(self, fields: Mapping[str, Any] | None = None) -> None:
        self.fields: dict[str, Any] = dict(fields or {})
        self.alive: bool = bool(fields)
        """Whether the object exists by its events."""
        self.over = False
        """Whether it was removed for good."""
        self.loose: set[str] = set()
        """Kinds of fields (``tag``) of which there may be more than the events tell."""

    def apply(self, event: Told) -> None:
        """Follow an event; they come in order."""
        raise NotImplementedError

    def purge(self) -> None:
        """Follow that the object was removed for good."""
        self.alive, self.over, self.fields = False, True, {}

    def begin(self, fields: Mapping[str, Any], event: Told) -> None:
        """Follow the creation, with the tags that the object had from the beginning."""
        self.fields = dict(fields)
        self.alive = True
        tags = event.after.get("tags")
        if tags is None:
            self.loose.add("tag")
        self.fields.update((f"tag {key!r}", value) for key, value in (tags or {}).items())

    def change(self, kind: str, event: Told) -> None:
        """Follow what sets or removes things of a kind that have names, such as tags."""
        if event.verb.endswith("_deleted"):
            for key in event.before:
                self.fields.pop(f"{kind} {key!r}", None)
        else:
            self.fields.update((f"{kind} {key!r}", value) for key, value in event.after.items())


class ExperimentReplay(Replay):
    """An experiment: name, place, lifecycle, tags."""

    def apply(self, event: Told) -> None:
        """Follow an event."""
        verb = event.verb
        if verb == "created":
            fields = {field: event.get(field) for field in ("name", "artifact_location")}
            self.begin({**fields, "lifecycle_stage": "active", "created": event.time}, event)
        elif verb == "purged":
            self.purge()
        elif verb == "renamed":
            self.fields["name"] = event.get("name")
        elif verb in ("deleted", "restored"):
            self.fields["lifecycle_stage"] = event.get("lifecycle_stage")
        elif verb.startswith("tag_"):
            self.change("tag", event)


class RunReplay(Replay):
    """A run's life; what it logs is no event. Its experiment's deletion is one of its own."""

    def apply(self, event: Told) -> None:
        """Follow an event of the run, or of its experiment."""
        verb = event.verb
        if verb == "created":
            fields = ("experiment_id", "run_name", "status", "user_id", "start_time")
            self.fields = {field: event.get(field) for field in fields}
            self.fields |= {"lifecycle_stage": "active", "end_time": None}
            self.fields["created_by"] = event.actor
            self.alive = True
        elif verb == "purged":
            self.purge()
        elif verb == "renamed":
            self.fields["run_name"] = event.get("run_name")
        elif verb in ("deleted", "restored"):
            self.fields["lifecycle_stage"] = event.get("lifecycle_stage")
        elif "status" in event.after:
            told = {"status", "end_time"} & event.after.keys()
            self.fields |= {field: event.after[field] for field in told}


class LoggedModelReplay(Replay):
    """A logged model, of which only the deletion is an event."""

    def apply(self, event: Told) -> None:
        """Follow an event."""
        if event.verb == "purged":
            self.purge()
        else:
            self.fields["lifecycle_stage"] = event.get("lifecycle_stage")
            self.alive = True


class ModelReplay(Replay):
    """A registered model: description, folder, tags, aliases."""

    def apply(self, event: Told) -> None:
        """Follow an event."""
        verb = event.verb
        if verb == "created":
            fields = {"description": event.get("description"), "user_id": event.actor}
            fields |= {"folder": event.after.get("folder", ""), "created": event.time}
            self.begin(fields, event)
        elif verb == "moved":
            self.fields["folder"] = event.get("folder")
        elif verb == "description_set":
            self.fields["description"] = event.get("description")
        elif verb.startswith("tag_"):
            self.change("tag", event)
        elif verb.startswith("alias_"):
            self.change("alias", event)


class Holding:
    """That a version held a stage."""

    def __init__(self, event: Told) -> None:
        self.stage = event.get("stage")
        self.since, self.user_id = event.time, event.actor
        self.until: int | None = None
        self.ended_by = ""

    def end(self, event: Told) -> None:
        """Note that the version holds it no longer."""
        if self.until is None:
            self.until, self.ended_by = event.time, event.actor


VERSION_FIELDS = ("source", "run_id", "description", "digest", "location", "run_link", "model_id")


class VersionReplay(Replay):
    """A version: where it is from, its stage and who held it when, its review and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.holdings: list[Holding] = []
        self.lasting: dict[str, Any] = {}
        """Fields that stay when the version is deleted: emergencies and deployments."""
        self._running: set[str] = set()

    def apply(self, event: Told) -> None:
        """Follow an event."""
        noun, _, verb = event.action.partition(".")
        follow: Callable[[str, Told], None] | None = getattr(self, f"_{noun}", None)
        if follow is not None:  # levels for stages are followed in log/rights.py
            follow(verb, event)

    def _version(self, verb: str, event: Told) -> None:
        if verb == "created":
            fields = {field: event.get(field) for field in VERSION_FIELDS}
            self.begin({**fields, "stage": "None", "user_id": event.actor}, event)
        elif verb == "deleted":
            self.alive = False
            self.fields = {}
            self._end(event)
            for what in sorted(self._running):
                self._stop(what, event)
        elif verb == "transitioned":
            self.fields["stage"] = event.get("stage")
            self._end(event)
            if event.get("stage") != "None":
                self.holdings.append(Holding(event))
        elif verb == "description_set":
            self.fields["description"] = event.get("description")
        elif verb in ("file_added", "files_kept"):
            self.fields["digest"] = event.get("digest")
        elif verb.startswith("tag_"):
            self.change("tag", event)

    def _end(self, event: Told) -> None:
        if self.holdings:
            self.holdings[-1].end(event)

    def _request(self, verb: str, event: Told) -> None:
        number = event.details.get("request")
        what = f"request {number}"
        if verb == "created":
            self.fields |= {
                f"{what} stage": event.get("stage"),
                f"{what} user_id": event.actor,
                f"{what} state": "open",
                f"{what} digest": event.details.get("digest", UNKNOWN),
                f"{what} policy": event.details.get("policy", UNKNOWN),
                f"{what} comment": event.comment,
                f"{what} created": event.time,
                f"{what} closed_by": "",
                f"{what} closed_comment": "",
            }
        if verb in ("approved", "rejected"):
            details = event.details
            said = verdict_text(verb, details.get("digest"), details.get("policy"), event.time)
            add_verdict(self.fields, number, event.actor, said, event.comment)
        if verb in ("rejected", "cancelled", "closed") or (
            verb == "approved" and not event.details.get("missing")
        ):
            self.fields |= {
                f"{what} state": verb,
                f"{what} closed_by": event.actor,
                f"{what} closed_comment": event.details.get("system") or event.comment,
            }

    def _check(self, verb: str, event: Told) -> None:
        side = event.before if verb == "deleted" else event.after
        what = f"check {side.get('check')!r}"
        if verb == "deleted":
            for field in ("passed", "url", "digest", "user_id", "created"):
                self.fields.pop(f"{what} {field}", None)
        else:
            self.fields |= {f"{what} {field}": event.get(field) for field in ("passed", "url")}
            self.fields[f"{what} digest"] = event.details.get("digest", UNKNOWN)
            self.fields[f"{what} user_id"] = event.actor
            self.fields[f"{what} created"] = event.time

    def _comment(self, verb: str, event: Told) -> None:
        what = f"comment {event.details.get('comment')}"
        if verb == "deleted":
            for field in ("", " user_id", " created"):
                self.fields.pop(f"{what}{field}", None)
        else:
            self.fields[what] = event.comment
            if verb == "created":
                self.fields[f"{what} user_id"] = event.actor
                self.fields[f"{what} created"] = event.time

    def _emergency(self, verb: str, event: Told) -> None:
        what = f"emergency {event.details.get('emergency')}"
        if verb == "opened":
            self.lasting |= {
                f"{what} stage": event.get("stage"),
                f"{what} user_id": event.actor,
                f"{what} comment": event.comment,
                f"{what} created": event.time,
                f"{what} closed": None,
                f"{what} closed_by": "",
                f"{what} closed_comment": "",
            }
        else:
            self.lasting |= {
                f"{what} closed": event.time,
                f"{what} closed_by": event.actor,
                f"{what} closed_comment": event.comment,
            }

    def _deployment(self, verb: str, event: Told) -> None:
        what = f"deployment {event.details.get('deployment')}"
        if verb == "ended":
            self._stop(what, event)
        elif what in self._running:  # the same again, with another url
            self.lasting[f"{what} url"] = event.get("url")
        else:
            self._running.add(what)
            self.lasting |= {
                f"{what} target": event.get("target"),
                f"{what} url": event.get("url"),
                f"{what} user_id": event.actor,
                f"{what} since": event.time,
                f"{what} until": None,
                f"{what} ended_by": "",
            }

    def _stop(self, what: str, event: Told) -> None:
        self._running.discard(what)
        self.lasting |= {f"{what} until": event.time, f"{what} ended_by": event.actor}

    def told(self, floor: int) -> dict[str, Any]:
        """Return all fields.

        Args:
            floor: the moment, in milliseconds since 1970, from which on holdings are recorded;
                of older ones that last the beginning is not known.
        """
        fields = {**self.fields, **self.lasting}
        kept = [h for h in self.holdings if h.until is None or h.until > floor]
        for number, holding in enumerate(kept, 1):
            what, known = f"holding {number}", holding.since > floor
            fields |= {
                f"{what} stage": holding.stage,
                f"{what} since": holding.since if known else UNKNOWN,
                f"{what} user_id": holding.user_id if known else UNKNOWN,
                f"{what} until": holding.until,
                f"{what} ended_by": holding.ended_by,
            }
        return fields


def verdict_text(verdict: str, digest: Any, policy: Any, time: int) -> str:
    """Return a reviewer's verdict, what it is on, and when it was given: approvals expire."""
    return f"{verdict} of {digest or 'no files'} under {policy or 'no policy'} at {time}"


def add_verdict(fields: dict[str, Any], request: Any, user: str, said: str, words: Any) -> None:
    """Add a verdict to the fields of a version.

    Args:
        fields: the fields.
        request: the request's number.
        user: who judged.
        said: what ``verdict_text`` makes of it.
        words: the reviewer's comment; no field where there is none.
    """
    key = f"verdicts on request {request} by {user}"
    held = [*filter(None, [fields.get(key)]), said]
    fields[key] = "; ".join(held)
    if words:
        fields[f"comment {len(held)} of {key}"] = words


class Difference(NamedTuple):
    """A field of an object that is not what the events tell."""

    subject: str
    field: str
    found: Any
    expected: Any


def differences(
    subject: str,
    told: Mapping[str, Any],
    held: Mapping[str, Any],
    loose: frozenset[str] | set[str] = frozenset(),
) -> list[Difference]:
    """Return where the fields of an object, as a table holds them, are not those told of.

    Args:
        subject: the object, as events name it.
        told: its fields by the events.
        held: its fields by the tables.
        loose: kinds of fields of which there may be more than the events tell.
    """
    found = []
    for field in sorted(told.keys() | held.keys()):
        mine, theirs = told.get(field, ABSENT), held.get(field, ABSENT)
        if mine is UNKNOWN or (mine is ABSENT and field.partition(" ")[0] in loose):
            continue
        if mine is ABSENT or theirs is ABSENT:
            same = False
        elif isinstance(mine, Text):
            same = mine.fits(theirs)
        else:
            same = _same(mine, theirs)
        if not same:
            found.append(Difference(subject, field, theirs, mine))
    return found


def _same(told: Any, held: Any) -> bool:
    """Compare what was written as JSON with what is in a column: numbers may be texts there."""
    if told is None or held is None:
        return (told or "") == (held or "")
    if isinstance(told, bool):
        return told == bool(held)
    return bool(str(told) == str(held))
