"""Evidence packs in SQL: the facts about a version, read in one snapshot."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import select

from cuvee.api.artifacts import StoredFile
from cuvee.api.evidence import Evidence, EvidenceMember, Gap, GetEvidence
from cuvee.api.log import Walked
from cuvee.api.names import shown
from cuvee.api.policies import EVERYTHING
from cuvee.api.runs import Run
from cuvee.errors import InvalidParameter
from cuvee.evidence import facts as known
from cuvee.evidence.gaps import gaps
from cuvee.evidence.pack import MANIFEST, manifest, members
from cuvee.rules.decide import objection
from cuvee.store import (
    gates,
    projection_registry,
    projection_rights,
    projection_versions,
    schema,
)
from cuvee.store.artifacts import files_of_version
from cuvee.store.engine import arg, hot
from cuvee.store.events import load_events
from cuvee.store.evidence_log import Proofs, proofs, rows_of
from cuvee.store.model_data import load_models
from cuvee.store.origins import run_of
from cuvee.store.policies import Applied, policy_of
from cuvee.store.projection import DAMAGE
from cuvee.store.replays import said
from cuvee.store.reviewers import approvals_of
from cuvee.store.tx import Tx
from cuvee.store.version_data import load_versions
from cuvee.store.versions import find_both

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
    select(_e)
    .where(_e.c.model_pk == arg("model_pk"), _e.c.version == arg("version"))
    .order_by(_e.c.pk)
)


def get_evidence(tx: Tx, op: GetEvidence) -> Evidence:
    facts, proof = _facts(tx, op)
    missing = [*gaps(facts), *proof.missing, *_disagreements(tx, op)]
    files = members(facts, missing, proof.files)
    text = manifest(facts, files)
    # The key signs what the server knows and nothing that a caller can choose the form of.
    files[MANIFEST] = tx.signing.note(text) if tx.signing and proof.signed else text
    return Evidence(
        name=facts.version.name,
        version=facts.version.version,
        digest=facts.version.digest,
        members=[EvidenceMember(path, files[path]) for path in sorted(files)],
        missing=missing,
    )


def _disagreements(tx: Tx, op: GetEvidence) -> Iterator[Gap]:
    """Say what the pack tells that the log does not: what is signed must not pass for proved."""
    model, row = find_both(tx, op.name, op.version)
    try:
        found = projection_versions.version(tx, op.name, model[0], row[2])
        found += projection_registry.model(tx, op.name)
        ours = {
            f"policy:{scope or EVERYTHING}" for scope in (op.name, policy_of(tx, op.name).scope)
        }
        found += [one for one in projection_rights.policies(tx, Walked())[0] if one.subject in ours]
        says = [said(tx, one) for one in found]
    except DAMAGE:
        says = ["an event is damaged"]
    for one in says:
        yield Gap("proof", f"The registry and the log disagree, so that this is not proved: {one}.")


def _facts(tx: Tx, op: GetEvidence) -> tuple[known.Facts, Proofs]:
    model, row = find_both(tx, op.name, op.version)
    version = load_versions(tx, [(op.name, row)], aliases=True)[0]
    files = files_of_version(tx, row[0])
    run, no_run = run_of(tx, version.run_id)
    applied = policy_of(tx, op.name)
    rows = _history(tx, op.name, row[2], run, applied)
    proof = proofs(tx, rows)
    facts = known.Facts(
        version=version,
        model=load_models(tx, [model])[0],
        run=run,
        no_run=no_run,
        files=files,
        texts=_checked(op, files),
        events=load_events(tx, rows),
        erased=proof.erased,
        policy=applied.id,
        document=_whole(applied.policy),
        gated=any(stage.review is not None for stage in applied.policy.stages),
        requests=_requests_of(tx, model, row),
        required=_required(tx, model, row, applied),
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
        emergencies=_emergencies_of(tx, row[1], row[2]),
        remarks=[
            known.Remark(user=user, comment=comment, time=created)
            for user, comment, created in tx.all(_remarks, version_pk=row[0])
        ],
        holdings=[
            known.Holding(stage=stage, since=since, until=until)
            for stage, since, until in tx.all(_holdings, model_pk=row[1], version=row[2])
        ],
    )
    return facts, proof


def _whole(value: Any) -> Any:
    """Return a policy as JSON has it, also what is as by default."""
    if isinstance(value, msgspec.Struct):
        fields = msgspec.structs.fields(value)
        return {f.encode_name: _whole(getattr(value, f.name)) for f in fields}
    return [_whole(item) for item in value] if isinstance(value, list) else value


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


def _history(
    tx: Tx, name: str, number: int, run: Run | None, applied: Applied
) -> list[tuple[Any, ...]]:
    """Return the events of the version, its model, its run and its policy, in their order."""
    found = []
    wanted, end = name, sys.maxsize
    # A model carries its history along when it is renamed, and a name may have been another's.
    while wanted:
        of_model = [row for row in rows_of(tx, f"model:{wanted}") if row[0] < end]
        begun = [row for row in of_model if row[5] in ("model.created", "model.renamed")]
        start = begun[-1][0] if begun else 0
        of_others = (f"version:{wanted}/{number}", f"policy:{wanted}")
        mine = [*of_model, *(row for other in of_others for row in rows_of(tx, other))]
        found += [row for row in mine if start <= row[0] < end]
        renamed = bool(begun) and begun[-1][5] == "model.renamed"
        end, wanted = start, msgspec.json.decode(begun[-1][7])["name"] if renamed else ""
    if run is not None:
        found += rows_of(tx, f"run:{run.info.run_id}")
    if applied.id and applied.scope != name:
        found += rows_of(tx, f"policy:{applied.scope or EVERYTHING}")
    return sorted(found)


def _requests_of(tx: Tx, model: tuple[Any, ...], version: tuple[Any, ...]) -> list[known.Request]:
    rows = tx.all(_requests, version_pk=version[0])
    standing = _Standing(tx, model, version)
    said: dict[int, list[known.Verdict]] = {}
    asked = {row[0]: row for row in rows}
    for _, request, user, verdict, comment, _, digest, policy, created in tx.all(
        _verdicts, version_pk=version[0]
    ):
        given = (user, digest, policy, created)
        why_not = standing.objection(asked[request], given) if verdict == "approved" else ""
        said.setdefault(request, []).append(
            known.Verdict(
                user=user,
                verdict=verdict,
                comment=comment,
                time=created,
                digest=digest,
                policy=policy,
                counts=not why_not,
                why_not=why_not,
            )
        )
    return [
        known.Request(
            stage=row[2],
            user=row[3],
            comment=row[4],
            state=row[5],
            digest=row[6],
            policy=row[7],
            time=row[8],
            closed_by=row[10],
            closed_comment=row[11],
            verdicts=said.get(row[0], []),
        )
        for row in rows
    ]


class _Standing:
    """Says which approvals of a version still count."""

    def __init__(self, tx: Tx, model: tuple[Any, ...], version: tuple[Any, ...]) -> None:
        self._tx, self._model, self._version = tx, model, version
        self._looks: dict[str, gates.Look | None] = {}

    def objection(self, request: tuple[Any, ...], row: tuple[str, str, str, int]) -> str:
        """Return why an approval would not count for a move now; empty when it would."""
        stage, state = request[2], request[5]
        if state == "cancelled":
            return "the request was cancelled"
        if stage not in self._looks:
            try:
                self._looks[stage] = gates.look(self._tx, self._model, self._version, stage)
            except InvalidParameter:
                self._looks[stage] = None
        found = self._looks[stage]
        if found is None:
            return f"the model has no stage {stage} now"
        if (
            request[0]
            not in {row[0] for row in gates.standing_requests(self._tx, self._version[0], stage)}
            or state == "rejected"
        ):
            return "a rejection has ended it"
        given = approvals_of(self._tx, self._model, found.applied, found.stage, [row])[0]
        if found.stage.review is None:
            return "" if given.digest == found.case.digest else "the files have changed since"
        return objection(found.stage.review, found.case, given)


def _required(
    tx: Tx, model: tuple[Any, ...], version: tuple[Any, ...], applied: Applied
) -> list[known.Required]:
    return [
        known.Required(stage=stage.name, check=each.check, state=each.state, says=each.sentence)
        for stage in applied.policy.stages
        if stage.review is not None
        for each in gates.look(tx, model, version, stage.name).case.checks
    ]


def _emergencies_of(tx: Tx, model_pk: int, number: int) -> list[known.Emergency]:
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
        for _, _, _, stage, user, comment, created, closed, closed_by, closed_comment, _ in tx.all(
            _emergencies, model_pk=model_pk, version=number
        )
    ]
