"""What the registry knows of a version, for the checks that a policy requires."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from cuvee import foreign_yaml
from cuvee.api.artifacts import MODEL_FILE
from cuvee.api.base import Level
from cuvee.rules.checks import Facts, Posted
from cuvee.rules.pickles import pickles
from cuvee.store import schema
from cuvee.store.access import find_by
from cuvee.store.accounts import account_of
from cuvee.store.engine import arg, hot
from cuvee.store.levels import level_of_user
from cuvee.store.series import from_bits
from cuvee.store.tx import Tx

_r = schema.runs
_lm = schema.logged_models
_lx = schema.logged_model_metrics
_d = schema.datasets
_rd = schema.run_datasets
_c = schema.checks
_f = schema.version_files

_COPY = re.compile("models:/[^/]+/")

_run = hot(select(_r.c.pk).where(_r.c.run_id == arg("run_id")))
_latest = hot(
    select(schema.latest.c.key_id, schema.latest.c.bits).where(
        schema.latest.c.run_pk == arg("run_pk")
    )
)
_params = hot(
    select(schema.params.c.key_id, schema.params.c.value).where(
        schema.params.c.run_pk == arg("run_pk")
    )
)
_tags = hot(
    select(schema.tags.c.key_id, schema.tags.c.value).where(schema.tags.c.run_pk == arg("run_pk"))
)
_datasets = hot(
    select(_d.c.name, _d.c.digest)
    .join(_rd, _rd.c.dataset_pk == _d.c.pk)
    .where(_rd.c.run_pk == arg("run_pk"))
)
_version_tags = hot(
    select(schema.model_version_tags.c.key, schema.model_version_tags.c.value).where(
        schema.model_version_tags.c.version_pk == arg("version_pk")
    )
)
_logged_metrics = hot(
    select(_lx.c.key, _lx.c.bits)
    .join(_lm, _lm.c.pk == _lx.c.model_pk)
    .where(_lm.c.model_id == arg("model_id"))
    .order_by(_lx.c.step, _lx.c.timestamp, _lx.c.bits)
)
_files = hot(select(_f.c.path, _f.c.digest).where(_f.c.version_pk == arg("version_pk")))
_text = hot(select(schema.model_texts.c.text).where(schema.model_texts.c.digest == arg("digest")))
_posted = hot(
    select(_c.c.name, _c.c.passed, _c.c.user_id, _c.c.url, _c.c.details).where(
        _c.c.version_pk == arg("version_pk"), _c.c.digest == arg("digest")
    )
)


def facts_of(tx: Tx, row: tuple[Any, ...]) -> Facts:
    """Return what is known of a version.

    Args:
        tx: the transaction.
        row: the version, in the order of ``schema.model_versions``.
    """
    run_id, model_id = (row[7], row[9]) if _may_tell(tx, row) else ("", "")
    run_pk = tx.value(_run, run_id=run_id) if run_id else None
    metrics = _metrics(tx, run_pk, model_id)
    tags = dict(tx.all(_version_tags, version_pk=row[0]))
    params: dict[str, str] | None = None
    datasets = None
    if run_pk is not None:
        params = _named(tx, tx.all(_params, run_pk=run_pk))
        tags = {**_named(tx, tx.all(_tags, run_pk=run_pk)), **tags}
        datasets = frozenset((n, d) for n, d in tx.all(_datasets, run_pk=run_pk))
    files = dict(tx.all(_files, version_pk=row[0]))
    model = model_text_of(tx, files.get(MODEL_FILE, ""))
    flavors = model.get("flavors") if model is not None else None
    return Facts(
        version=str(row[2]),
        metrics=metrics,
        params=params,
        tags=tags,
        datasets=datasets,
        description=row[4],
        signature=signature_of(model),
        pickled=pickles(files, _flavors(flavors)) if files else None,
        posted={
            name: Posted(passed=bool(passed), user=user, url=url, details=details)
            for name, passed, user, url, details in tx.all(
                _posted, version_pk=row[0], digest=row[13]
            )
        },
    )


def _may_tell(tx: Tx, row: tuple[Any, ...]) -> bool:
    """Say whether checks may tell of a version's run.

    Whoever reads a model may copy its versions and say what is checked of the copy, and learns no
    more of the run by that: it counts as far as who has made the copy may read it.
    """
    if not _COPY.match(row[5]):
        return True
    maker = account_of(tx, row[10])
    if maker.pk is None or maker.admin:
        return True
    things = [*find_by(tx, "run", row[7]), *find_by(tx, "logged_model", row[9])]
    return all(level_of_user(tx, maker.pk, thing) >= Level.READ for thing in things)


def _metrics(tx: Tx, run_pk: int | None, model_id: str) -> dict[str, float] | None:
    """Return the last value of each metric; what the run has logged wins over the model's own."""
    if run_pk is None and not model_id:
        return None
    rows = tx.all(_logged_metrics, model_id=model_id) if model_id else []
    found = {key: from_bits([bits])[0] for key, bits in rows}
    if run_pk is not None:
        latest = _named(tx, tx.all(_latest, run_pk=run_pk))
        found.update({key: from_bits([bits])[0] for key, bits in latest.items()})
    return found


def _named(tx: Tx, rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    names = tx.key_names(number for number, _ in rows)
    return {names[number]: value for number, value in rows}


def model_text_of(tx: Tx, digest: str) -> dict[str, Any] | None:
    """Return what the file MLmodel with this digest says; None when that is not known."""
    text = tx.value(_text, digest=digest) if digest else None
    if not text:
        return None
    try:
        found = foreign_yaml.load(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def signature_of(model: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the signature that an MLmodel has: empty without one, None if it is not known."""
    if model is None:
        return None
    found = model.get("signature")
    return found if isinstance(found, dict) else {}


def _flavors(raw: Any) -> dict[str, dict[str, Any]] | None:
    if not isinstance(raw, dict):
        return None
    return {str(name): value if isinstance(value, dict) else {} for name, value in raw.items()}
