"""Which function carries out which operation, and what comes before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cuvee.api import wire
from cuvee.api.base import Op
from cuvee.api.log import OrderEvents
from cuvee.api.replies import Once
from cuvee.rules.scopes import check_scopes
from cuvee.store.access import authorize, plan_of
from cuvee.store.log import any_waiting
from cuvee.store.replies import find_reply, keep_reply
from cuvee.store.tx import Tx

Function = Callable[[Tx, Any], Any]
_NOT_ROOMS = {"sql", "dispatch", "migrations", "migrate", "columns", "buckets"}
"""Files without functions of operations; the last two would load numpy."""


def _functions() -> dict[type[Op[Any]], Function]:
    """Find the one function for each operation: ``LogBatch`` is ``log_batch`` in some file."""
    import importlib
    import pkgutil
    import re

    from cuvee import store
    from cuvee.api import OPERATIONS

    rooms = [
        importlib.import_module(f"{store.__name__}.{info.name}")
        for info in pkgutil.iter_modules(store.__path__)
        if info.name not in _NOT_ROOMS
    ]
    found: dict[type[Op[Any]], Function] = {}
    for op in OPERATIONS:
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", op.__name__).lower()
        homes = [room for room in rooms if getattr(room, name, None) is not None]
        if len(homes) != 1:
            raise TypeError(f"{op.__name__} needs one function {name} in store/, not {len(homes)}")
        found[op] = getattr(homes[0], name)
        plan_of(op)
    return found


FUNCTIONS = _functions()


def carry_out(tx: Tx, op: Op[Any], named: Once | None = None) -> Any:
    """Carry out an operation for the actor of a transaction, who must have the right to it.

    Args:
        tx: the transaction.
        op: what to do.
        named: the request's key, if it has one; the result is a ``Reply`` then.

    Raises:
        CuveeError: the operation is refused.
    """
    actor = tx.actor
    if actor.user is not None:
        if actor.scopes:
            check_scopes(actor.scopes, type(op))
        authorize(tx, op)
    # Rights come first: whoever has lost them since does not get the answer again.
    reply = None if named is None else find_reply(tx, named)
    if reply is not None:
        return reply
    if op.writes and op.history and any_waiting(tx):
        FUNCTIONS[OrderEvents](tx, OrderEvents())
    result = FUNCTIONS[type(op)](tx, op)
    return result if named is None else keep_reply(tx, named, wire.encode(result))
