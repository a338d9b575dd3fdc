"""Compares versions, with their stages, reviews and files, with their events."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import func, select

from cuvee.api.artifacts import StoredFile, manifest_digest
from cuvee.api.log import Walked
from cuvee.log.replay import Difference, VersionReplay, add_verdict, differences, verdict_text
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.lineages import Span, lineages
from cuvee.store.log import KEY
from cuvee.store.replays import OBJECTS, Outcome, events_of, only_in
from cuvee.store.tx import Tx

_e, _m, _v = schema.events, schema.registered_models, schema.model_versions
_t, _f, _h = schema.model_version_tags, schema.version_files, schema.holdings
_q, _j, _n = schema.requests, schema.verdicts, schema.comments
_k, _y, _d = schema.checks, schema.emergencies, schema.deployments

_highest = select(func.max(_v.c.version)).where(_v.c.model_pk == _m.c.pk).scalar_subquery()
_models = hot(
    select(_m.c.name, _m.c.pk, _m.c.last_version, _highest)
    .where(_m.c.name >= arg("last"))
    .order_by(_m.c.name)
    .limit(OBJECTS)
)
_unnumbered = hot(
    select(_m.c.name, _v.c.version)
    .select_from(_v.outerjoin(_m, _m.c.pk == _v.c.model_pk))
    .where((_v.c.version < 1) | _m.c.pk.is_(None))
    .limit(OBJECTS)
)
_versions = hot(
    lambda db: select(_v).where(
        db.among(_v.c.model_pk, "pks"), _v.c.version >= arg("low"), _v.c.version <= arg("high")
    )
)
_tags = hot(lambda db: select(_t).where(db.among(_t.c.version_pk, "pks")))
_files = hot(lambda db: select(_f).where(db.among(_f.c.version_pk, "pks")))
_holdings = hot(
    lambda db: (
        select(_h)
        .where(
            db.among(_h.c.model_pk, "pks"), _h.c.version >= arg("low"), _h.c.version <= arg("high")
        )
        .order_by(_h.c.pk)
    )
)
_requests = hot(lambda db: select(_q).where(db.among(_q.c.version_pk, "pks")))
_verdicts = hot(
    lambda db: (
        select(
            _q.c.version_pk,
            _j.c.request_pk,
            _j.c.user_id,
            _j.c.verdict,
            _j.c.comment,
            _j.c.digest,
            _j.c.policy,
            _j.c.created,
        )
        .join(_q, _q.c.pk == _j.c.request_pk)
        .where(db.among(_q.c.version_pk, "pks"))
        .order_by(_j.c.pk)
    )
)
_comments = hot(lambda db: select(_n).where(db.among(_n.c.version_pk, "pks")))
_checks = hot(lambda db: select(_k).where(db.among(_k.c.version_pk, "pks")))
_emergencies = hot(lambda db: select(_y).where(db.among(_y.c.model_pk, "pks")))
_deployments = hot(
    lambda db: select(_d).where(
        db.among(_d.c.model_pk, "pks"), _d.c.version >= arg("low"), _d.c.version <= arg("high")
    )
)
_floor = hot(select(_e.c.time).where(_e.c.object == KEY).order_by(_e.c.sequence).limit(1))


class Slot(NamedTuple):
    """A version's number of a model, whether the version is there or not."""

    model: str
    number: int

    @property
    def subject(self) -> str:
        """The version as events name it now."""
        return f"version:{self.model}/{self.number}"


class Model(NamedTuple):
    """A registered model: name, primary key, last number given out, highest number."""

    name: str
    pk: int
    last: int
    highest: int | None


def versions(tx: Tx, walked: Walked) -> Outcome:
    """Compare the next versions of the models that are there."""
    found = [Model(*row) for row in tx.all(_models, last=walked.key)]
    slots = list(islice(_slots(found, walked), OBJECTS))
    here = {slot.model for slot in slots}
    models = {model.name: model for model in found if model.name in here}
    outcome = _compared(tx, slots, models)
    if len(slots) == OBJECTS:
        return outcome, Walked(walked.part, slots[-1].model, slots[-1].number)
    if len(found) == OBJECTS:
        return outcome, Walked(walked.part, found[-1].name, 2**62)
    return outcome, None


def version(tx: Tx, model: str, pk: int, number: int) -> list[Difference]:
    """Compare one version; ``pk`` is its model's."""
    slots = [Slot(model, number)]
    return _compared(tx, slots, {model: Model(model, pk, number, number)})


def _compared(tx: Tx, slots: list[Slot], models: dict[str, Model]) -> list[Difference]:
    replays = _replayed(tx, slots, lineages(tx, models))
    held = _Held(tx, slots, models)
    floor = tx.value(_floor) or 0
    outcome: list[Difference] = []
    for slot in slots:
        replay = replays[slot]
        mine = {**held.fields.get(slot, {}), **held.holdings(slot, floor)}
        if replay.alive != (slot in held.fields):
            outcome += only_in("log" if replay.alive else "registry", [slot.subject])
            continue
        outcome += differences(
            slot.subject, replay.told(floor), {**mine, **held.lasting[slot]}, replay.loose
        )
    return outcome


def _slots(models: list[Model], walked: Walked) -> Any:
    for model in models:
        first = walked.number + 1 if model.name == walked.key else 1
        for number in range(first, max(model.last, model.highest or 0) + 1):
            yield Slot(model.name, number)


def _replayed(tx: Tx, slots: list[Slot], spans: dict[str, list[Span]]) -> dict[Slot, VersionReplay]:
    """Follow the events of versions, whatever the names of their models were."""
    replays = {slot: VersionReplay() for slot in slots}
    depth = max((len(found) for found in spans.values()), default=0)
    for hop in reversed(range(depth)):  # the oldest names first
        asked: dict[str, list[tuple[Slot, Span]]] = defaultdict(list)
        for slot in slots:
            if len(spans[slot.model]) > hop:
                span = spans[slot.model][hop]
                asked[f"version:{span.name}/{slot.number}"].append((slot, span))
        for event in events_of(tx, sorted(asked)):
            for slot, span in asked[event.subject]:
                if span.start < event.pk < span.end:
                    replays[slot].apply(event)
    return replays


class _Held:
    """What the tables hold of some versions."""

    def __init__(self, tx: Tx, slots: list[Slot], models: dict[str, Model]) -> None:
        self.fields: dict[Slot, dict[str, Any]] = {}
        self.lasting: dict[Slot, dict[str, Any]] = defaultdict(dict)
        self._holdings: dict[Slot, list[tuple[Any, ...]]] = defaultdict(list)
        self._slots = set(slots)
        self._names = {model.pk: model.name for model in models.values()}
        self._by_pk: dict[int, dict[str, Any]] = {}
        numbers = [slot.number for slot in slots]
        bounds = {"low": min(numbers, default=0), "high": max(numbers, default=0)}
        pks = tx.listed(sorted(self._names))
        for row in tx.all(_versions, pks=pks, **bounds):
            self._version(row)
        for row in tx.all(_holdings, pks=pks, **bounds):
            self._holdings[Slot(self._names[row[1]], row[2])].append(row)
        self._review(tx)
        for row in tx.all(_emergencies, pks=pks):
            pk, name, number, stage, user_id, comment, created, closed, by, why, model = row
            fields = {"stage": stage, "user_id": user_id, "comment": comment, "created": created}
            fields |= {"closed": closed, "closed_by": by, "closed_comment": why}
            if name != self._names[model]:
                fields["model"] = name
            self.lasting[Slot(self._names[model], number)] |= {
                f"emergency {pk} {field}": value for field, value in fields.items()
            }

        for pk, model, number, *told in tx.all(_deployments, pks=pks, **bounds):
            self.lasting[Slot(self._names[model], number)] |= {
                f"deployment {pk} {column.name}": value
                for column, value in zip(list(_d.c)[3:], told, strict=True)
            }

    def _version(self, row: tuple[Any, ...]) -> None:
        pk, model, number, stage, description, source, location, run_id, *rest = row
        run_link, model_id, user_id, _, _, digest = rest
        slot = Slot(self._names[model], number)
        if slot in self._slots:
            self.fields[slot] = self._by_pk[pk] = {
                "stage": stage,
                "description": description,
                "source": source,
                "location": location,
                "run_id": run_id,
                "run_link": run_link,
                "model_id": model_id,
                "user_id": user_id,
                "digest": digest,
            }

    def _review(self, tx: Tx) -> None:
        held = self._by_pk
        pks = tx.listed(list(held))
        for pk, key, value in tx.all(_tags, pks=pks):
            held[pk][f"tag {key!r}"] = value
        files: dict[int, list[StoredFile]] = defaultdict(list)
        for pk, path, digest, size in tx.all(_files, pks=pks):
            files[pk].append(StoredFile(path=path, digest=digest, size=size))
        for pk, fields in held.items():
            made = manifest_digest(files[pk])
            if made != fields["digest"]:  # the list of files is what the digest is of
                fields["files"] = f"others than those of {fields['digest'] or 'no files'}"
        for pk, version, *row in tx.all(_requests, pks=pks):
            held[version] |= {
                f"request {pk} {column.name}": value
                for column, value in zip(list(_q.c)[2:], row, strict=True)
                if column.name != "updated"
            }
        for pk, request, user_id, verdict, words, digest, policy, at in tx.all(_verdicts, pks=pks):
            said = verdict_text(verdict, digest, policy, at)
            add_verdict(held[pk], request, user_id, said, words)
        for pk, version, user_id, comment, created, _ in tx.all(_comments, pks=pks):
            held[version] |= {f"comment {pk}": comment, f"comment {pk} user_id": user_id}
            held[version][f"comment {pk} created"] = created
        for pk, name, passed, url, _, digest, user_id, created in tx.all(_checks, pks=pks):
            fields = {"passed": bool(passed), "url": url, "digest": digest, "user_id": user_id}
            fields["created"] = created
            held[pk] |= {f"check {name!r} {field}": value for field, value in fields.items()}

    def holdings(self, slot: Slot, floor: int) -> dict[str, Any]:
        """Return the fields of the stages that a version held; see ``VersionReplay.told``."""
        kept = [row for row in self._holdings[slot] if row[5] is None or row[5] > floor]
        return {
            f"holding {number} {field}": value
            for number, row in enumerate(kept, 1)
            for field, value in zip(
                ("stage", "since", "until", "user_id", "ended_by"), row[3:8], strict=True
            )
        }


def unnumbered(tx: Tx, walked: Walked) -> Outcome:  # noqa: ARG001
    """Find versions whose number none can have, which no page of versions would show."""
    found = [f"version:{name or '?'}/{number}" for name, number in tx.all(_unnumbered)]
    return only_in("registry", found), None


STEPS = {"versions": versions, "unnumbered versions": unnumbered}
