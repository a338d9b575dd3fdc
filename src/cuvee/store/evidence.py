"""Evidence packs in SQL: the facts about a version, read in one snapshot."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from sqlalchemy import select

from cuvee.api.artifacts import StoredFile
from cuvee.api.events import Event, ListEvents
from cuvee.api.evidence import Evidence, EvidenceMember, Gap, GetEvidence
from cuvee.api.names import shown
from cuvee.api.runs import GetRun, Run
from cuvee.errors import InvalidParameter, NotFound, PermissionDenied
from cuvee.evidence import facts as known
from cuvee.evidence.gaps import gaps
from cuvee.evidence.pack import MANIFEST, manifest, members
from cuvee.store import access, events, runs, schema
from cuvee.store.artifacts import files_of_version
from cuvee.store.engine import arg, hot
from cuvee.store.models import find_model, load_models
from cuvee.store.policies import Applied, policy_of
from cuvee.store.tx import Tx
from cuvee.store.version_data import load_versions
from cuvee.store.versions import find_version

_h, _r, _w = schema.holdings, schema.requests, schema.verdicts
_c, _k, _e = schema.comments, schema.checks, schema.emergencies

_holdings = hot(
    select(_h.c.stage, _h.c.since, _h.c.until)
    .where(_h.c.model_pk == arg("model_pk"), _h.c.version == arg("version"))
    .order_by(_h.c.since, _h.c.pk)
)
_requests = hot(select(_r).where(_r.c.version_pk == arg("version_pk")).order_by(_r.c.pk))
_verdicts = hot(
    select(_w)
    .join(_r, _r.c.pk == _w.c.request_pk)
    .where(_r.c.version_pk == arg("version_pk"))
    .order_by(_w.c.pk)
)
_remarks = hot(
    select(_c.c.user_id, _c.c.comment, _c.c.created)
    .where(_c.c.version_pk == arg("version_pk"))
    .order_by(_c.c.pk)
)
_checks = hot(select(_k).where(_k.c.version_pk == arg("version_pk")).order_by(_k.c.name))
_emergencies = hot(
    select(_e).where(_e.c.model == arg("model"), _e.c.version == arg("version")).order_by(_e.c.pk)
)


def get_evidence(tx: Tx, op: GetEvidence) -> Evidence:
    facts = _facts(tx, op)
    missing = [*gaps(facts), Gap("proof", "Nobody has signed this pack, and no log proves it.")]
    files = members(facts, missing, {})
    files[MANIFEST] = manifest(facts, files)
    return Evidence(
        name=facts.version.name,
        version=facts.version.version,
        digest=facts.version.digest,
        members=[EvidenceMember(path, files[path]) for path in sorted(files)],
        missing=missing,
    )


def _facts(tx: Tx, op: GetEvidence) -> known.Facts:
    model = find_model(tx, op.name)
    row = find_version(tx, op.name, op.version)
    version = load_versions(tx, [(op.name, row)], aliases=True)[0]
    files = files_of_version(tx, row[0])
    run, no_run = _run(tx, version.run_id)
    applied = policy_of(tx, op.name)
    return known.Facts(
        version=version,
        model=load_models(tx, [model])[0],
        run=run,
        no_run=no_run,
        files=files,
        texts=_checked(op, files),
        events=_events(tx, op.name, row[2], run, applied),
        policy=applied.id,
        document=msgspec.to_builtins(applied.policy),
        gated=any(stage.review is not None for stage in applied.policy.stages),
        requests=_requests_of(tx, row, applied),
        checks=[
            known.Check(
                name=name,
                passed=bool(passed),
                url=url,
                details=details,
                digest=digest,
                user=user,
                time=created,
            )
            for _, name, passed, url, details, digest, user, created in tx.all(
                _checks, version_pk=row[0]
            )
        ],
        emergencies=_emergencies_of(tx, op.name, row[2]),
        remarks=[
            known.Remark(user=user, comment=comment, time=created)
            for user, comment, created in tx.all(_remarks, version_pk=row[0])
        ],
        holdings=[
            known.Holding(stage=stage, since=since, until=until)
            for stage, since, until in tx.all(_holdings, model_pk=row[1], version=row[2])
        ],
    )


def _checked(op: GetEvidence, files: list[StoredFile]) -> dict[str, str]:
    """Return the texts that were handed in, which must be those that are registered."""
    digests = {file.path: file.digest for file in files}
    for file in op.files:
        if file.path not in known.ENVIRONMENT or file.path not in digests:
            raise InvalidParameter(
                f"files may hold {', '.join(known.ENVIRONMENT)}, as far as the version has them; "
                f"leave out {shown(file.path)}."
            )
        if (
            hashlib.sha256(file.text.encode(errors="surrogatepass")).hexdigest()
            != digests[file.path]
        ):
            raise InvalidParameter(
                f"The text of {file.path} is not the one that was registered: read the file again "
                "and send it as it is, or leave it out."
            )
    return {file.path: file.text for file in sorted(op.files, key=lambda f: f.path)}


def _run(tx: Tx, run_id: str) -> tuple[Run | None, str]:
    if not run_id:
        return None, ""
    asked = GetRun(run_id=run_id)
    try:
        if tx.actor.user is not None:
            access.authorize(tx, asked)
        return runs.get_run(tx, asked).run, ""
    except PermissionDenied:
        return None, f"The run {run_id} is one that {tx.actor.name}, who asked, may not read."
    except NotFound:
        return None, f"The run {run_id} is not in this registry."


def _events(tx: Tx, name: str, number: int, run: Run | None, applied: Applied) -> list[Event]:
    found: list[Event] = []
    before = None
    wanted: str | None = name
    # A model carries its history along when it is renamed, and a name may have been another's.
    while wanted is not None:
        of_model = _of(tx, f"model:{wanted}", before)
        start = next(
            (e for e in reversed(of_model) if e.action in ("model.created", "model.renamed")), None
        )
        since = start.sequence if start else 0
        of_version = _of(tx, f"version:{wanted}/{number}", before)
        found += [e for e in (*of_model, *of_version) if e.sequence >= since]
        renamed = start is not None and start.action == "model.renamed"
        before, wanted = since, start.before["name"] if start and renamed else None
    if run is not None:
        found += _of(tx, f"run:{run.info.run_id}")
    if applied.id:
        found += _of(tx, f"policy:{applied.scope}")
    return sorted(found, key=lambda e: e.sequence)


def _of(tx: Tx, subject: str, before: int | None = None) -> list[Event]:
    found: list[Event] = []
    token = ""
    while True:
        page = events.list_events(
            tx, ListEvents(object=subject, max_results=1000, page_token=token)
        )
        found += [e for e in page.events if before is None or e.sequence < before]
        token = page.next_page_token or ""
        if not token:
            return found


def _requests_of(tx: Tx, version: tuple[Any, ...], applied: Applied) -> list[known.Request]:
    digest = version[13]
    said: dict[int, list[known.Verdict]] = {}
    for _, request, user, verdict, comment, _, of, policy, created in tx.all(
        _verdicts, version_pk=version[0]
    ):
        why_not = ""
        if of != digest:
            why_not = "it was given on other bytes"
        elif policy != applied.id:
            why_not = "the policy has changed since"
        said.setdefault(request, []).append(
            known.Verdict(
                user=user,
                verdict=verdict,
                comment=comment,
                time=created,
                digest=of,
                policy=policy,
                counts=not why_not,
                why_not=why_not,
            )
        )
    return [
        known.Request(
            stage=stage,
            user=user,
            comment=comment,
            state=state,
            digest=of,
            policy=policy,
            time=created,
            closed_by=closed_by,
            closed_comment=closed_comment,
            verdicts=said.get(pk, []),
        )
        for (
            pk,
            _,
            stage,
            user,
            comment,
            state,
            of,
            policy,
            created,
            _,
            closed_by,
            closed_comment,
        ) in tx.all(_requests, version_pk=version[0])
    ]


def _emergencies_of(tx: Tx, name: str, number: int) -> list[known.Emergency]:
    return [
        known.Emergency(
            stage=stage,
            user=user,
            comment=comment,
            time=created,
            closed=closed,
            closed_by=closed_by,
            closed_comment=closed_comment,
        )
        for _, _, _, stage, user, comment, created, closed, closed_by, closed_comment in tx.all(
            _emergencies, model=name, version=number
        )
    ]
