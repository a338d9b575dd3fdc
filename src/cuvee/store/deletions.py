"""Deletions of versions and models in SQL, and what goes with them."""

from __future__ import annotations

from sqlalchemy import case, delete, select, update

from cuvee.api.base import Empty
from cuvee.api.models import DeleteRegisteredModel
from cuvee.api.versions import DeleteModelVersion
from cuvee.store import access, gates, guards, schema
from cuvee.store.bindings import keep_name
from cuvee.store.deployments import end_all, forget_deployments
from cuvee.store.engine import arg, hot
from cuvee.store.holdings import end_holding, forget_holdings
from cuvee.store.model_data import load_models
from cuvee.store.models import find_model, touch_model
from cuvee.store.policies import drop_policy
from cuvee.store.tx import Tx
from cuvee.store.version_data import load_versions
from cuvee.store.versions import find_both

_m = schema.registered_models
_v = schema.model_versions
_a = schema.aliases

_OF_VERSION = (
    schema.model_version_tags, schema.version_files, schema.sealed, schema.loads,
)  # fmt: skip
_drops = [
    hot(delete(table).where(table.c.version_pk == arg("version_pk"))) for table in _OF_VERSION
]
_drop = hot(delete(_v).where(_v.c.pk == arg("version_pk")))
_drop_aliases = hot(
    delete(_a).where(_a.c.model_pk == arg("model_pk"), _a.c.version == arg("version"))
)
_version_pks = select(_v.c.pk).where(_v.c.model_pk == arg("model_pk"))
_drops_of_model = [
    hot(delete(table).where(table.c.version_pk.in_(_version_pks))) for table in _OF_VERSION
] + [
    hot(delete(table).where(table.c.model_pk == arg("model_pk")))
    for table in (_v, schema.registered_model_tags, _a, schema.follows)
]
_w = schema.webhooks
# They still tell of the deletion itself; the log's follower ends them behind it.
_end_hooks = hot(
    update(_w)
    .where(_w.c.model_pk == arg("model_pk"), _w.c.status != "DELETED")
    .values(status=case((_w.c.status == "ACTIVE", "ENDED"), else_="DELETED"))
)
_drop_model = hot(delete(_m).where(_m.c.pk == arg("model_pk")))


def delete_model_version(tx: Tx, op: DeleteModelVersion) -> Empty:
    model, row = find_both(tx, op.name, op.version, lock=True)
    what = f"Version {row[2]} of {op.name}"
    forced = guards.VERSION.check(tx, row[0], what, force=op.force)
    before = load_versions(tx, [(op.name, row)], aliases=True)[0]
    gates.moved(tx, model, row, None)
    for statement in _drops:
        tx.run(statement, version_pk=row[0])
    tx.run(_drop_aliases, model_pk=row[1], version=row[2])
    tx.run(_drop, version_pk=row[0])
    end_holding(tx, row)
    end_all(tx, row)
    touch_model(tx, row[1])
    tx.record(
        "version.deleted",
        f"version:{op.name}/{row[2]}",
        before={
            "stage": before.current_stage,
            "aliases": before.aliases,
            "source": before.source,
            "digest": before.digest,
        },
        comment=op.comment,
        details=forced,
    )
    return Empty()


def delete_registered_model(tx: Tx, op: DeleteRegisteredModel) -> Empty:
    row = find_model(tx, op.name, lock=True)
    forced = guards.MODEL.check(tx, row[0], f"Model {op.name}", force=op.force)
    before = load_models(tx, [row])[0]
    gates.model_deleted(tx, row)
    keep_name(tx, row)
    drop_policy(tx, op.name)
    for statement in _drops_of_model:
        tx.run(statement, model_pk=row[0])
    tx.run(_end_hooks, model_pk=row[0])
    tx.run(_drop_model, model_pk=row[0])
    forget_holdings(tx, row[0])
    forget_deployments(tx, row[0])
    access.forget_grants(tx, access.Thing("model", row[0], op.name))
    tx.record(
        "model.deleted",
        f"model:{op.name}",
        before={
            "description": before.description,
            "aliases": before.aliases,
            "stages": {v.current_stage: v.version for v in before.latest_versions},
            **({"folder": before.folder} if before.folder else {}),
        },
        comment=op.comment,
        details=forced,
    )
    return Empty()
