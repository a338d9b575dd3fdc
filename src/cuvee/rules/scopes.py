"""What a token that is limited to some scopes may ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cuvee.api.base import Op, Permission
from cuvee.errors import PermissionDenied

TRACKING = frozenset(
    {
        "artifacts",
        "datasets",
        "experiments",
        "folders",
        "forks",
        "leases",
        "logged_models",
        "metrics",
        "outlines",
        "run_batches",
        "runs",
        "trees",
    }
)
ADMINISTRATION = frozenset(
    {
        "access_lists",
        "groups",
        "logins",
        "permissions",
        "roles",
        "tokens",
        "user_permissions",
        "users",
    }
)
"""Modules of ``cuvee.api``; all others belong to the registry."""


def area(op: type[Op[Any]]) -> str:
    """Return the scope that a token needs to change something by an operation; empty for none."""
    module = op.__module__.rpartition(".")[2]
    if module in ADMINISTRATION or op.needs is Permission.ADMIN:
        return ""
    return "tracking" if module in TRACKING else "registry"


def check_scopes(scopes: Iterable[str], op: type[Op[Any]]) -> None:
    """Refuse what a token's scopes leave out.

    With any scope, a token may read what its user may, and never administer; ``tracking`` and
    ``registry`` let it change these, ``read`` nothing.

    Args:
        scopes: those of the token, at least one.
        op: what is asked.

    Raises:
        PermissionDenied: says which scope is missing.
    """
    wanted = area(op)
    if not op.writes and op.needs is not Permission.ADMIN:
        return
    if not wanted:
        raise PermissionDenied(
            "This token is limited by scopes and cannot administer: log in with a password, or "
            "use a token without scopes."
        )
    if wanted not in scopes:
        raise PermissionDenied(
            f"This token has the scopes {', '.join(sorted(scopes))}, which do not allow this "
            f"change: create one with the scope {wanted}."
        )
