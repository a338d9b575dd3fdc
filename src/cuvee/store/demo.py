"""Whether demo data can be loaded; loading them is a server's business."""

from __future__ import annotations

from sqlalchemy import select

from cuvee.api.demo import EXPERIMENT, MODEL, DemoData, LoadDemo
from cuvee.errors import Conflict
from cuvee.store import schema
from cuvee.store.engine import hot
from cuvee.store.tx import Tx

NO_SERVER = "Demo data are loaded by a server, and this store is used without one: 'cuvee demo'."

_x, _m = schema.experiments, schema.registered_models
_experiment = hot(select(_x.c.id).where(_x.c.name == EXPERIMENT))
_model = hot(select(_m.c.pk).where(_m.c.name == MODEL))


def load_demo(tx: Tx, op: LoadDemo) -> DemoData:  # noqa: ARG001
    for what, found in (
        (f"an experiment {EXPERIMENT}", _experiment),
        (f"a registered model {MODEL}", _model),
    ):
        if tx.first(found) is not None:
            raise Conflict(
                f"There is {what} already, and demo data must not mix with it: look at it, or "
                "load them into another server with 'cuvee demo --into'."
            )
    return DemoData(problem=NO_SERVER)
