"""The short way of short calls: from the last byte of a body to its answer, without a task.

uvicorn makes a task, an event and two dictionaries of each request, hands its body over piece by
piece, and looks at each byte of each header of the answer: half of what the loop does for a short
call. Here a call of which everything is there already is read where it stands, and answered by a
callback when it is committed, or read. What is asked, by whom, and how it is refused, is found out
by what the ordinary way (server/app.py) uses; what needs more is declined, and goes there.
"""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from cuvee.api import wire
from cuvee.api.base import Actor, Op, Permission
from cuvee.api.leases import Heartbeat
from cuvee.api.metrics import LogMetric
from cuvee.api.runs import CreateRun, DeleteTag, LogBatch, LogParam, SetTag
from cuvee.errors import CuveeError
from cuvee.server.answers import JSON_HEADERS, refusal, unforeseen, written_head
from cuvee.server.auth import ANONYMOUS, from_address
from cuvee.server.bodies import check_head, in_url, needs_none, read_op
from cuvee.server.guard import collect
from cuvee.server.routes import AnyOp

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cuvee.server.auth import Authenticator
    from cuvee.server.guard import Guard
    from cuvee.store.sql import SqlStore

EXPRESS = "express"
"""Where the state of a server has the short way; its connections look for it there."""

_HEAD = written_head(200, JSON_HEADERS)
_OF_TRAINING = frozenset({CreateRun, DeleteTag, Heartbeat, LogBatch, LogMetric, LogParam, SetTag})
"""What leaves hardly an event with an address (a tag may rename a run): nobody asks a proxy's."""


class Call(Protocol):
    """A request that is there as a whole, on a connection that takes its answer."""

    method: str
    path: bytes
    query: bytes
    headers: list[tuple[bytes, bytes]]
    host: str
    body: bytes

    def answer(self, head: bytes, body: bytes) -> None:
        """Send the answer."""


class Express:
    """Carries out short calls.

    Args:
        store: where operations are carried out.
        guard: refuses foreign pages.
        auth: finds out who asks.
        readers: threads for what takes time.
        kinds: the operations that may come this way, by method and path.
        addresses: whether events say from which address something was done.
        proxied: whether there are proxies that are believed about it.
        check: refuses an operation for reasons of the server's own.
        read: carries out an operation that reads, and writes its answer as JSON.
    """

    def __init__(
        self,
        store: SqlStore,
        guard: Guard,
        auth: Authenticator,
        readers: Executor,
        *,
        kinds: Mapping[tuple[str, str], AnyOp],
        addresses: bool,
        proxied: bool,
        check: Callable[[Op[Any]], None],
        read: Callable[[Op[Any], Actor], bytes],
    ) -> None:
        self._store = store
        self._guard = guard
        self._auth = auth
        self._readers = readers
        self._addresses = addresses
        self._proxied = addresses and proxied
        self._check = check
        self._read = read
        self.kinds = {(m.encode(), path.encode()): kind for (m, path), kind in kinds.items()}
        """What may come this way."""

    def take(self, kind: AnyOp, call: Call) -> bool:
        """Begin a call; or do nothing and say no, where it must go the ordinary way."""
        try:
            headers = collect(call.headers)
            if b"idempotency-key" in headers:
                return False
            forwarded = self._proxied and b"x-forwarded-for" in headers
            if forwarded and kind.writes and kind not in _OF_TRAINING:
                return False
            self._guard.check(call.method, headers)
            public = kind.needs is Permission.PUBLIC
            actor = ANONYMOUS if public else self._auth.at_once(call.method, headers)
            if actor is None:
                return False
            if self._addresses and kind.writes and not forwarded:
                actor = from_address(actor, call.host)
            body = call.body
            if needs_none(kind, headers):
                body = b"{}"
            elif not in_url(call.method, call.query, headers):
                check_head(kind, call.method, headers)
            op = read_op(kind, call.method, call.query, headers, body)
            self._check(op)
            self._begin(op, actor, call)
        except Exception as problem:  # noqa: BLE001  # told to its caller, whatever it is
            self._refuse(call, problem)
        return True

    def _begin(self, op: Op[Any], actor: Actor, call: Call) -> None:
        loop = asyncio.get_running_loop()
        if op.writes:
            self._store.write_soon(op, actor, loop, partial(self._written, call))
        elif self._store.is_near(op):
            self._send(call, self._read(op, actor))
        else:
            reading = loop.run_in_executor(self._readers, self._read, op, actor)
            reading.add_done_callback(partial(self._found, call))

    def _written(self, call: Call, result: Any, problem: BaseException | None) -> None:
        if problem is not None:
            self._refuse(call, problem)
            return
        try:
            body = wire.encode(result)
        except Exception as why:  # noqa: BLE001  # told to its caller, whatever it is
            self._refuse(call, why)
        else:
            self._send(call, body)

    def _found(self, call: Call, reading: Future[bytes]) -> None:
        if reading.cancelled():
            return
        problem = reading.exception()
        if problem is None:
            self._send(call, reading.result())
        else:
            self._refuse(call, problem)

    @staticmethod
    def _send(call: Call, body: bytes) -> None:
        call.answer(b"%scontent-length: %d\r\n" % (_HEAD, len(body)), body)

    @staticmethod
    def _refuse(call: Call, problem: BaseException) -> None:
        if not isinstance(problem, CuveeError):
            problem = unforeseen(problem, call.method, call.path.decode("latin-1"))
        status, headers, body = refusal(problem, call.headers)
        head = written_head(status, headers)
        call.answer(b"%scontent-length: %d\r\n" % (head, len(body)), body)
