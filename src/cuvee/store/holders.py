"""Time travel in SQL: who held which stage when, and which version has a digest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from cuvee.api.base import Level
from cuvee.api.holdings import GetStageHolder, Holding, HoldingPage, ListHoldings, StageHolder
from cuvee.api.names import page_number, plain, version_number
from cuvee.api.stages import NONE
from cuvee.api.times import moment_of, moment_text
from cuvee.api.versions import FindVersionByDigest, ModelVersionResult
from cuvee.errors import Conflict, InvalidParameter, NotFound
from cuvee.store import access, schema
from cuvee.store.engine import arg, hot
from cuvee.store.holdings import first_spelled, former_holding, spellings
from cuvee.store.models import find_model
from cuvee.store.policies import find_stage, policy_of
from cuvee.store.tx import Tx
from cuvee.store.version_data import load_versions

_m = schema.registered_models
_v = schema.model_versions
_h = schema.holdings

EARLY = 60_000
"""Milliseconds by which a client's clock may be ahead of the server's."""

_by_number = hot(select(_v).where(_v.c.model_pk == arg("model_pk"), _v.c.version == arg("version")))
_at = hot(
    select(_h)
    .where(
        _h.c.model_pk == arg("model_pk"),
        _h.c.stage == arg("stage"),
        _h.c.since <= arg("at"),
        or_(_h.c.until.is_(None), _h.c.until > arg("at")),
    )
    .order_by(_h.c.version.desc())
    .limit(1)
)
_first = hot(
    select(_h)
    .where(_h.c.model_pk == arg("model_pk"), _h.c.stage == arg("stage"))
    .order_by(_h.c.since, _h.c.pk)
    .limit(1)
)
_numbers = hot(
    lambda db: select(_v.c.version).where(
        _v.c.model_pk == arg("model_pk"), db.among(_v.c.version, "versions")
    )
)
_by_digest = hot(
    select(_v.c.digest, _m.c.pk, _m.c.name, _v.c.version)
    .where(_m.c.pk == _v.c.model_pk, _v.c.digest >= arg("low"), _v.c.digest <= arg("high"))
    .order_by(_v.c.digest, _m.c.pk, _v.c.version.desc())
)


def get_stage_holder(tx: Tx, op: GetStageHolder) -> StageHolder:
    found = holder_at(tx, op.name, op.stage, op.at)
    pk = find_model(tx, op.name)[0]
    row = tx.all(_by_number, model_pk=pk, version=int(found.version))[0]
    former = None if op.at else former_holding(tx, pk, found.stage, row)
    version = load_versions(tx, [(op.name, row)], aliases=True)[0]
    return StageHolder(version, found, str(former[2]) if former else "")


def holder_at(tx: Tx, name: str, stage: str, at: str) -> Holding:
    """Return which version held a stage at a moment, and since and until when.

    Args:
        tx: the transaction.
        name: the model.
        stage: the stage; one that its policy has dropped since, too.
        at: ISO 8601 or milliseconds; empty for now.

    Raises:
        NotFound: nobody held it, or the version has been deleted.
    """
    model = find_model(tx, name)
    pk = model[0]
    stage = _stage_ever(tx, pk, name, stage)
    now = max(tx.now, model[5])  # the clock of the server that moved last may be ahead
    moment = moment_of(at) if at else now
    if moment > now + EARLY:
        raise InvalidParameter(
            f"{moment_text(moment)} has not come yet: ask about a moment that has passed."
        )
    row = first_spelled(tx, _at, pk, stage, at=moment)
    when = f"at {moment_text(moment)}" if at else "now"
    if row is None:
        first = first_spelled(tx, _first, pk, stage)
        if first is None:
            since = f"no version has ever been in {stage}"
        else:
            since = f"the first that is known was version {first[2]}, from {moment_text(first[4])}"
        raise NotFound(f"No version of {plain(name)} held {stage} {when}: {since}.")
    found = _holdings(tx, pk, [row])[0]
    if found.deleted:
        raise NotFound(
            f"Version {found.version} of {plain(name)} held {stage} {when}, and has been deleted "
            f"since: GET stages/holdings has the others."
        )
    return found


def _stage_ever(tx: Tx, pk: int, name: str, text: str) -> str:
    """Return a stage as it is, or was, spelled; those that the policy has dropped count."""
    try:
        found = find_stage(policy_of(tx, name), text).name
    except InvalidParameter:
        dropped = spellings(tx, pk, text)[1:]
        if not dropped and tx.first(_first, model_pk=pk, stage=text) is None:
            raise
        found = dropped[0] if dropped else text
    if found == NONE:
        raise InvalidParameter("Versions in None hold no stage: name another one.")
    return found


def list_holdings(tx: Tx, op: ListHoldings) -> HoldingPage:
    pk = find_model(tx, op.name)[0]
    query = select(_h).where(_h.c.model_pk == pk)
    if op.stage:
        stage = _stage_ever(tx, pk, op.name, op.stage)
        query = query.where(_h.c.stage.in_(spellings(tx, pk, stage)))
    if op.version:
        query = query.where(_h.c.version == version_number(op.version))
    if op.page_token:
        query = query.where(_h.c.pk < page_number(op.page_token))
    rows = tx.all(query.order_by(_h.c.pk.desc()).limit(op.max_results + 1))
    page = rows[: op.max_results]
    more = len(rows) > op.max_results
    return HoldingPage(_holdings(tx, pk, page), str(page[-1][0]) if more else None)


def _holdings(tx: Tx, pk: int, rows: list[tuple[Any, ...]]) -> list[Holding]:
    numbers = tx.listed(sorted({row[2] for row in rows}))
    alive = {number for (number,) in tx.all(_numbers, model_pk=pk, versions=numbers)}
    return [
        Holding(
            version=str(version),
            stage=stage,
            since=since,
            until=until,
            user_id=user,
            ended_by=ended_by,
            deleted=version not in alive,
        )
        for _, _, version, stage, since, until, user, ended_by, _ in rows
    ]


def find_version_by_digest(tx: Tx, op: FindVersionByDigest) -> ModelVersionResult:
    name, number = version_of_digest(tx, op.name, op.digest)
    row = tx.all(_by_number, model_pk=find_model(tx, name)[0], version=int(number))[0]
    return ModelVersionResult(load_versions(tx, [(name, row)], aliases=True)[0])


def version_of_digest(tx: Tx, name: str, digest: str) -> tuple[str, str]:
    """Return the model and version whose files have a digest.

    The model that is named comes first; then any other that the actor may read, so that a pin
    survives renames and copies. The highest version with the digest counts.

    Args:
        tx: the transaction.
        name: the model.
        digest: the sha256, or the first digits of it.

    Raises:
        Conflict: several digests begin with these digits.
        NotFound: there is no such version that the actor may read.
    """
    low = digest.lower()
    rows = [
        row
        for row in tx.all(_by_digest, low=low, high=low + "g")
        if access.level_on_model(tx, row[1], row[2]) >= Level.READ
    ]
    if len({row[0] for row in rows}) > 1:
        own = [row for row in rows if row[2] == name]
        if len({row[0] for row in own}) != 1:
            raise Conflict(
                f"{len({row[0] for row in rows})} different digests begin with {digest}: write "
                "more of its 64 digits."
            )
        rows = own
    if not rows:
        raise NotFound(
            f"No version of {plain(name)}, or of another model, has files with the digest "
            f"sha256:{digest}: model-versions/get shows each version's digest; deleted versions "
            "and those whose files are kept elsewhere have none."
        )
    found = min(rows, key=lambda row: (row[2] != name, row[1], -row[3]))
    return found[2], str(found[3])
