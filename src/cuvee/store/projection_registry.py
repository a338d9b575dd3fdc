"""Compares registered models with their events."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from cuvee.api.log import Walked
from cuvee.log.replay import Difference, ModelReplay, Text, differences
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.lineages import Span, lineages, renamed_away
from cuvee.store.replays import OBJECTS, Outcome, events_of, next_objects, only_in
from cuvee.store.tx import Tx

_e = schema.events
_m, _t, _a = schema.registered_models, schema.registered_model_tags, schema.aliases
_models = hot(lambda db: select(_m).where(db.among(_m.c.name, "names")))
_names = hot(select(_m.c.name).where(_m.c.name > arg("last")).order_by(_m.c.name).limit(OBJECTS))
_tags = hot(lambda db: select(_t).where(db.among(_t.c.model_pk, "pks")))
_aliases = hot(lambda db: select(_a).where(db.among(_a.c.model_pk, "pks")))
_ends = hot(
    lambda db: select(_e.c.object, _e.c.sequence, _e.c.action).where(
        db.among(_e.c.object, "objects"),
        _e.c.action.in_(["version.created", "version.deleted"]),
    )
)


def told_models(tx: Tx, walked: Walked) -> Outcome:
    """Find models of which events tell, and which are not there."""
    subjects = next_objects(tx, "model", walked.key)
    names = [subject.partition(":")[2] for subject in subjects]
    held = {row[1] for row in tx.all(_models, names=tx.listed(names))}
    spans = lineages(tx, [name for name in names if name not in held])
    born = {name: found[0].start for name, found in spans.items() if found}
    gone = renamed_away(tx, born)
    found = only_in("log", [f"model:{name}" for name in born if name not in gone])
    return found, Walked(walked.part, subjects[-1]) if len(subjects) == OBJECTS else None


def models(tx: Tx, walked: Walked) -> Outcome:
    """Compare the models that are there."""
    names = [name for (name,) in tx.all(_names, last=walked.key)]
    return _compared(tx, names), Walked(walked.part, names[-1]) if len(names) == OBJECTS else None


def model(tx: Tx, name: str) -> list[Difference]:
    """Compare one model that is there."""
    return _compared(tx, [name])


def _compared(tx: Tx, names: list[str]) -> list[Difference]:
    spans = lineages(tx, names)
    replays = replayed(tx, spans)
    found: list[Difference] = []
    rows = {row[1]: row for row in tx.all(_models, names=tx.listed(names))}
    held = _held(tx, list(rows.values()))
    dead = _dead_aliases(tx, spans, replays)
    for name in names:
        subject = f"model:{name}"
        replay = replays[name]
        if not spans[name]:
            found += only_in("registry", [subject])
            continue
        told = {field: v for field, v in replay.fields.items() if (name, field) not in dead}
        found += differences(subject, told, held[name], replay.loose)
    found += _miscounted(tx, spans, {name: rows[name][6] for name in names})
    return found


def replayed(tx: Tx, spans: dict[str, list[Span]]) -> dict[str, ModelReplay]:
    """Follow the events of models, whatever their names were."""
    replays = {name: ModelReplay() for name in spans}
    depth = max((len(found) for found in spans.values()), default=0)
    for hop in reversed(range(depth)):  # the oldest names first
        now = {found[hop].name: name for name, found in spans.items() if len(found) > hop}
        # Two models may have had the same name one after the other.
        of: dict[str, list[str]] = {}
        for name, found in spans.items():
            if len(found) > hop:
                of.setdefault(found[hop].name, []).append(name)
        for event in events_of(tx, [f"model:{name}" for name in sorted(now)]):
            for name in of[event.subject.partition(":")[2]]:
                span = spans[name][hop]
                if span.start <= event.pk < span.end and event.action.startswith("model."):
                    replays[name].apply(event)
    return replays


def _held(tx: Tx, rows: list[tuple[Any, ...]]) -> dict[str, dict[str, Any]]:
    pks = tx.listed([row[0] for row in rows])
    names = {row[0]: row[1] for row in rows}
    held: dict[str, dict[str, Any]] = {
        name: {
            "description": description,
            "user_id": user_id,
            "created": created,
            "folder": folder,
        }
        for _, name, description, user_id, created, _, _, folder in rows
    }
    for pk, key, value in tx.all(_tags, pks=pks):
        held[names[pk]][f"tag {key!r}"] = value
    for pk, alias, version in tx.all(_aliases, pks=pks):
        held[names[pk]][f"alias {alias!r}"] = version
    return held


def _dead_aliases(
    tx: Tx, spans: dict[str, list[Span]], replays: dict[str, ModelReplay]
) -> set[tuple[str, str]]:
    """Return aliases that went with the versions that they stood for."""
    stands: dict[str, list[tuple[str, str, Span]]] = {}
    for name, replay in replays.items():
        for field, version in replay.fields.items():
            if field.startswith("alias ") and not isinstance(version, Text):
                for span in spans[name]:
                    stands.setdefault(f"version:{span.name}/{version}", []).append(
                        (name, field, span)
                    )
    if not stands:
        return set()
    return {
        (name, field)
        for subject, sequence, action in tx.all(_ends, objects=tx.listed(list(stands)))
        for name, field, span in stands[subject]
        if action == "version.deleted" and span.start < sequence < span.end
    }


def _miscounted(tx: Tx, spans: dict[str, list[Span]], counts: dict[str, int]) -> list[Difference]:
    """Return models whose last version's number is not that of the last that was made."""
    asked: dict[str, list[tuple[str, int, Span]]] = {}
    for name, count in counts.items():
        for span in spans[name]:
            for number in (count, count + 1):
                asked.setdefault(f"version:{span.name}/{number}", []).append((name, number, span))
    made = {
        (name, number)
        for subject, sequence, action in tx.all(_ends, objects=tx.listed(list(asked)))
        for name, number, span in asked[subject]
        if action == "version.created" and span.start < sequence < span.end
    }
    found = []
    for name, count in counts.items():
        if not spans[name]:
            continue
        if (name, count + 1) in made:
            expected = f"{count + 1} or more"
        elif count and (name, count) not in made:
            expected = "less"
        else:
            continue
        found.append(Difference(f"model:{name}", "last_version", count, expected))
    return found


STEPS = {"told models": told_models, "models": models}
