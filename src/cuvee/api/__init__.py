"""What exists and what can be asked: the list of operations."""

from __future__ import annotations

from typing import Any

from cuvee.api import (
    access_lists,
    ancestry,
    artifacts,
    charts,
    checks,
    comments,
    comparisons,
    datasets,
    events,
    evidence,
    experiment_overviews,
    experiments,
    files,
    folders,
    follows,
    forks,
    groups,
    histories,
    holdings,
    hooks,
    kept_views,
    leases,
    loads,
    log,
    logged_models,
    logins,
    metrics,
    models,
    outlines,
    overviews,
    permissions,
    policies,
    purge,
    questions,
    rehearsals,
    replies,
    requests,
    reviews,
    roles,
    run_batches,
    runs,
    scoring,
    searches,
    tokens,
    trees,
    user_permissions,
    users,
    version_files,
    versions,
    webhooks,
)
from cuvee.api.base import Op

_ROOMS = (
    experiments,
    experiment_overviews,
    folders,
    runs,
    run_batches,
    searches,
    outlines,
    kept_views,
    leases,
    trees,
    forks,
    metrics,
    histories,
    charts,
    datasets,
    logged_models,
    models,
    overviews,
    follows,
    versions,
    scoring,
    comparisons,
    ancestry,
    reviews,
    requests,
    comments,
    checks,
    holdings,
    loads,
    policies,
    rehearsals,
    artifacts,
    files,
    version_files,
    events,
    evidence,
    users,
    groups,
    roles,
    tokens,
    logins,
    permissions,
    access_lists,
    user_permissions,
    webhooks,
    hooks,
    log,
    replies,
    purge,
    questions,
)

OPERATIONS: tuple[type[Op[Any]], ...] = tuple(
    value
    for room in _ROOMS
    for name, value in vars(room).items()
    if isinstance(value, type) and issubclass(value, Op) and value.__module__ == room.__name__
    if not name.startswith("_")
)
"""Every operation, in the order of the documentation."""

ROUTED: tuple[type[Op[Any]], ...] = tuple(op for op in OPERATIONS if op.route)
"""The operations with an address of their own; the others serve the artifact transfer."""
