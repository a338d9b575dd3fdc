"""Compares experiments, runs and logged models with their events."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, String, Table, cast, exists, select

from cuvee.api.log import Walked
from cuvee.log.replay import (
    ABSENT,
    Difference,
    ExperimentReplay,
    LoggedModelReplay,
    Replay,
    RunReplay,
    Told,
    differences,
)
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.replays import OBJECTS, Outcome, events_of, next_objects, only_in
from cuvee.store.tx import Tx

FIRST = "experiment:0"

_e = schema.events
_x, _r, _lm = schema.experiments, schema.runs, schema.logged_models
_xt = schema.experiment_tags

_experiments = hot(lambda db: select(_x).where(db.among(_x.c.id, "ids")))
_experiment_tags = hot(lambda db: select(_xt).where(db.among(_xt.c.experiment_id, "ids")))
_runs = hot(
    lambda db: (
        select(_r, _x.c.artifact_location)
        .outerjoin(_x, _x.c.id == _r.c.experiment_id)
        .where(db.among(_r.c.run_id, "ids"))
    )
)
_logged_models = hot(
    lambda db: select(_lm.c.model_id, _lm.c.lifecycle).where(db.among(_lm.c.model_id, "ids"))
)


def _without(
    table: Table, number: ColumnElement[int], subject: ColumnElement[str], action: str
) -> hot:
    """Return the query for rows of which no event tells that they came to be."""
    made = exists().where(_e.c.object == subject, _e.c.action == action)
    return hot(
        select(number, subject, made)
        .select_from(table)
        .where(number > arg("last"))
        .order_by(number)
        .limit(OBJECTS * 5)
    )


_untold_experiments = _without(
    _x, _x.c.id, "experiment:" + cast(_x.c.id, String), "experiment.created"
)
_untold_runs = _without(_r, _r.c.pk, "run:" + _r.c.run_id, "run.created")
_untold_deletions = hot(
    select(_lm.c.pk, "logged_model:" + _lm.c.model_id)
    .where(
        _lm.c.pk > arg("last"),
        _lm.c.lifecycle != "active",
        ~exists().where(
            _e.c.object == "logged_model:" + _lm.c.model_id, _e.c.action == "logged_model.deleted"
        ),
    )
    .order_by(_lm.c.pk)
    .limit(OBJECTS)
)


def experiments(tx: Tx, walked: Walked) -> Outcome:
    """Compare experiments that have events."""
    subjects = next_objects(tx, "experiment", walked.key)
    replays: dict[str, Replay] = defaultdict(ExperimentReplay)
    if not walked.key:  # the first one comes with the tables: no event tells of its creation
        replays[FIRST] = ExperimentReplay({"name": "Default", "lifecycle_stage": "active"})
        subjects = [FIRST, *(subject for subject in subjects if subject != FIRST)]
    for event in events_of(tx, subjects):
        replays[event.subject].apply(event)
    ids = tx.listed([int(subject.partition(":")[2]) for subject in subjects])
    held: dict[str, dict[str, Any]] = {
        f"experiment:{number}": {
            "name": name,
            "artifact_location": location,
            "lifecycle_stage": lifecycle,
            "created": created,
        }
        for number, name, location, lifecycle, created, _ in tx.all(_experiments, ids=ids)
    }
    for number, key, value in tx.all(_experiment_tags, ids=ids):
        held.setdefault(f"experiment:{number}", {})[f"tag {key!r}"] = value
    for field in ("artifact_location", "created"):
        held.get(FIRST, {}).pop(field, None)
    return _compared(subjects, replays, held, walked)


def _compared(
    subjects: list[str],
    replays: dict[str, Replay],
    held: dict[str, dict[str, Any]],
    walked: Walked,
) -> Outcome:
    found = []
    for subject in subjects:
        replay = replays[subject]
        if not replay.alive:  # there is no event of its creation: another part looks for that
            found += only_in("registry", [subject] if replay.over and subject in held else [])
        elif subject not in held:
            found += only_in("log", [subject])
        else:
            found += differences(subject, replay.fields, held[subject], replay.loose)
    return found, Walked(walked.part, subjects[-1]) if len(subjects) >= OBJECTS else None


def untold_experiments(tx: Tx, walked: Walked) -> Outcome:
    """Find experiments that no event has created."""
    rows = tx.all(_untold_experiments, last=walked.number or -(2**62))
    return _untold([row for row in rows if row[0]], walked, len(rows))


def runs(tx: Tx, walked: Walked) -> Outcome:
    """Compare runs that have events; deleting or restoring an experiment is of them, too."""
    subjects = next_objects(tx, "run", walked.key)
    ids = tx.listed([subject.partition(":")[2] for subject in subjects])
    rows = tx.all(_runs, ids=ids)
    around: dict[int, list[Told]] = defaultdict(list)
    roots = {row[2]: row[-1] for row in rows}  # the first experiment has no event to tell it
    of_experiments = sorted({f"experiment:{row[2]}" for row in rows})
    for event in events_of(tx, of_experiments):
        number = int(event.subject.partition(":")[2])
        if event.verb in ("deleted", "restored"):
            around[number].append(event)
        elif event.verb == "created":
            roots[number] = str(event.get("artifact_location"))
    own: dict[str, list[Told]] = defaultdict(list)
    for event in events_of(tx, subjects):
        own[event.subject].append(event)
    held, places = {}, {}
    for _, run_id, experiment, name, user, status, start, end, lifecycle, uri, maker, _ in rows:
        subject = f"run:{run_id}"
        own[subject] = sorted([*own[subject], *around[experiment]], key=lambda event: event.pk)
        places[subject] = f"{roots[experiment]}/{run_id}/artifacts"
        held[subject] = {
            "experiment_id": experiment,
            "run_name": name,
            "user_id": user,
            "status": status,
            "start_time": start,
            "end_time": end,
            "lifecycle_stage": lifecycle,
            "artifact_uri": uri,
            "created_by": maker,
        }
    replays: dict[str, Replay] = defaultdict(RunReplay)
    for subject in subjects:
        for event in own[subject]:
            if event.subject == subject or replays[subject].alive:
                replays[subject].apply(event)
        replays[subject].fields["artifact_uri"] = places.get(subject)
    return _compared(subjects, replays, held, walked)


def untold_runs(tx: Tx, walked: Walked) -> Outcome:
    """Find runs that no event has created."""
    rows = tx.all(_untold_runs, last=walked.number)
    return _untold(rows, walked, len(rows))


def _untold(rows: list[tuple[Any, ...]], walked: Walked, read: int) -> Outcome:
    found = only_in("registry", [subject for _, subject, made in rows if not made])
    more = read == OBJECTS * 5
    return found, Walked(walked.part, number=rows[-1][0]) if more and rows else None


def logged_models(tx: Tx, walked: Walked) -> Outcome:
    """Compare logged models that events tell of: that they were deleted."""
    subjects = next_objects(tx, "logged_model", walked.key)
    replays: dict[str, Replay] = defaultdict(LoggedModelReplay)
    for event in events_of(tx, subjects):
        replays[event.subject].apply(event)
    ids = tx.listed([subject.partition(":")[2] for subject in subjects])
    held = {
        f"logged_model:{model_id}": {"lifecycle_stage": lifecycle}
        for model_id, lifecycle in tx.all(_logged_models, ids=ids)
    }
    return _compared(subjects, replays, held, walked)


def untold_deletions(tx: Tx, walked: Walked) -> Outcome:
    """Find logged models that are deleted, though no event tells it."""
    rows = tx.all(_untold_deletions, last=walked.number)
    found = [Difference(row[1], "lifecycle_stage", "deleted", ABSENT) for row in rows]
    return found, Walked(walked.part, number=rows[-1][0]) if len(rows) == OBJECTS else None


STEPS = {
    "experiments": experiments,
    "untold experiments": untold_experiments,
    "runs": runs,
    "untold runs": untold_runs,
    "logged models": logged_models,
    "untold deletions": untold_deletions,
}
