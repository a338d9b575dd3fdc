"""A ``Store`` on the other side of HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, TypeVar

from cuvee.api import datasets, experiments, leases, logged_models, metrics, models, runs, versions
from cuvee.api.base import Actor, Op, Write, result_type
from cuvee.api.wire import check, decode_result, encode_op
from cuvee.client.http import Http, read_all
from cuvee.errors import ConnectionFailed

R = TypeVar("R")

# Doing these twice leaves what doing them once leaves, so an unanswered one may be sent again to a
# server that does not know keys, such as MLflow's.
REPEATABLE: frozenset[type[Write[Any]]] = frozenset(
    {
        datasets.LogInputs,
        datasets.LogOutputs,
        experiments.SetExperimentTag,
        logged_models.FinalizeLoggedModel,
        logged_models.SetLoggedModelTags,
        metrics.LogMetric,
        models.SetRegisteredModelAlias,
        models.SetRegisteredModelTag,
        models.UpdateRegisteredModel,
        runs.DeleteRun,
        runs.LogBatch,
        runs.LogParam,
        runs.RestoreRun,
        runs.SetTag,
        runs.UpdateRun,
        leases.Heartbeat,
        versions.SetModelVersionTag,
        versions.UpdateModelVersion,
    }
)


class HttpStore:
    """A ``Store`` on the other side of HTTP.

    Args:
        http: connections to the server.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def takes_ids(self, patience: float) -> bool | None:
        """Say whether the server takes ids of our making; None if it does not answer in time."""
        return self._http.takes_ids(patience)

    def answers(self, patience: float) -> bool:
        """Say whether the server answers anything at all in time."""
        return self._http.answers(patience)

    def do(
        self, op: Op[R], actor: Actor | None = None, *, key: str = "", patience: float = 0.0
    ) -> R:
        """Carry out ``op``; who asks is decided by the server.

        Args:
            op: what to do.
            actor: not used here.
            key: the caller's name for this change, if it may ask for it again; see
                ``cuvee.api.replies``.
            patience: seconds after which to give up, at the first attempt; 0: as the settings say.
        """
        del actor
        kind = type(op)
        if op.writes and op.keyed:
            key = key or uuid.uuid4().hex
        check(op)
        request = encode_op(op)
        answer = self._http.send(
            request.method,
            request.target,
            body=request.body,
            repeatable=not op.writes or kind in REPEATABLE,
            key=key,
            patience=patience,
            receive=read_all,
        )
        try:
            found: R = decode_result(result_type(kind), answer)
        except ValueError as problem:  # msgspec's errors are ValueErrors
            raise ConnectionFailed(
                f"The answer of {self._http.url} to {kind.__name__} is not the protocol's "
                f"({problem}): check that the tracking URI is that of a Cuvee or MLflow server."
            ) from problem
        return found

    def follow(self, op: Op[Any], path: str, last: int | str, silence: float) -> Iterator[bytes]:
        """Give the lines of the server-sent events that come after one; see ``Http.follow``.

        Args:
            op: what to ask for; its fields make the query.
            path: where, in place of the operation's own path.
            last: id of the last event that is known.
            silence: seconds without a byte after which the connection counts as cut.
        """
        query = encode_op(op, "GET").target.partition("?")[2]
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(last)}
        return self._http.follow(f"{path}?{query}", headers, silence)

    def close(self) -> None:
        """Close the idle connections."""
        self._http.close()
