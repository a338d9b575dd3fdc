"""What exists and what can be asked: the list of operations."""

from __future__ import annotations

from typing import Any

from cuvee.api import (
    artifacts,
    datasets,
    events,
    evidence,
    experiments,
    groups,
    logged_models,
    logins,
    metrics,
    models,
    roles,
    runs,
    tokens,
    users,
    versions,
)
from cuvee.api.base import Op

_ROOMS = (
    experiments,
    runs,
    metrics,
    datasets,
    logged_models,
    models,
    versions,
    artifacts,
    events,
    evidence,
    users,
    groups,
    roles,
    tokens,
    logins,
)

OPERATIONS: tuple[type[Op[Any]], ...] = tuple(
    value
    for room in _ROOMS
    for value in vars(room).values()
    if isinstance(value, type) and issubclass(value, Op) and value.__module__ == room.__name__
)
"""Every operation, in the order of the documentation."""

ROUTED: tuple[type[Op[Any]], ...] = tuple(op for op in OPERATIONS if op.route)
"""The operations with an address of their own; the others serve the artifact transfer."""
