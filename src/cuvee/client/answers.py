"""What a server's answers mean for what is shipped: it is refused, or it can wait."""

from __future__ import annotations

from cuvee.errors import ConnectionFailed, CuveeError, Unauthenticated

API = "/api/2.0/mlflow/"
_TEMPORARY = frozenset({408, 429, 502, 503, 504, 507})


class Away(Exception):  # it is no error: the server will come back
    """The server cannot take anything now."""


def sort_out(problem: CuveeError) -> None:
    """Raise ``Away`` for what says nothing about the request.

    Raises:
        Away: the server is not there, or busy, or does not know us: that can change.
    """
    if isinstance(problem, (ConnectionFailed, Unauthenticated)) or problem.status in _TEMPORARY:
        raise Away(problem.message) from problem


def reason_of(problem: CuveeError) -> str:
    """Return why a server has refused something."""
    return f"{problem.error_code}: {problem.message}"
