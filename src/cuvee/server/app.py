"""The ASGI application: find the operation, check it, carry it out, answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.types import Receive, Scope, Send

from cuvee import __version__
from cuvee.api import wire
from cuvee.api.base import Actor, Op, Permission
from cuvee.api.charts import GetMetricSeries
from cuvee.api.demo import LoadDemo
from cuvee.api.metrics import GetMetricHistory
from cuvee.api.replies import REPLAYED, Once, Reply, once
from cuvee.api.scoring import GetScoring, ScoreVersion
from cuvee.api.searches import SearchRunTable
from cuvee.api.versions import GetModelVersionDownloadUri
from cuvee.errors import (
    CuveeError,
    EndpointNotFound,
    InvalidParameter,
    MethodNotAllowed,
    Unauthenticated,
)
from cuvee.rules.targets import Allowed
from cuvee.server.absences import absence
from cuvee.server.answers import JSON_HEADERS, KEEPS_KEYS, SAFE, refusal, send_bytes, unforeseen
from cuvee.server.auth import ANONYMOUS, Authenticator, address_of, from_address
from cuvee.server.bodies import in_url, read_body, read_op
from cuvee.server.demo import DemoLoader
from cuvee.server.express import EXPRESS, Express
from cuvee.server.feed import Feed
from cuvee.server.guard import Guard, collect
from cuvee.server.histories import Piece, asked_of, chart_answer, piece, send_history
from cuvee.server.loads import LoadCounter
from cuvee.server.login import PATHS as LOGIN_PATHS
from cuvee.server.login import LoginPages
from cuvee.server.metric_stream import PATH as METRIC_STREAM
from cuvee.server.metric_stream import MetricStreams
from cuvee.server.openapi import openapi
from cuvee.server.outbound import Outbound
from cuvee.server.reading import Listing, Outside
from cuvee.server.routes import AnyOp, Routes
from cuvee.server.scoring import Places, Scorer
from cuvee.server.stream import PATH as STREAM
from cuvee.server.stream import Streams
from cuvee.server.sweeper import Sweeper
from cuvee.server.tables import CSV, Page, page, send_table, wants_csv
from cuvee.server.transfer import Transfer
from cuvee.server.ui import Ui, login_address
from cuvee.server.webhooks import TRIES, Retries, Webhooks

if TYPE_CHECKING:
    from cuvee.blobs import Blobs
    from cuvee.server.keeper import Keeper
    from cuvee.store.sql import SqlStore


T = TypeVar("T")

READERS = 8
REPLAYED_HEADERS = [*JSON_HEADERS, (REPLAYED.lower().encode(), b"true")]
TEXT_HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), KEEPS_KEYS, *SAFE]
CSV_HEADERS = [(b"content-type", CSV + b"; charset=utf-8"), (b"vary", b"Accept, Origin"), *SAFE]
SERVER_INFO = {
    "store_type": "SqlStore",
    "workspaces_enabled": False,
    "trace_archival_enabled": False,
    "multipart_uploads_enabled": False,
    "multipart_downloads_enabled": False,
    "presigned_upload_run_id_supported": False,
    "presigned_upload_model_id_supported": False,
    "features_enabled": {"gateway": False},
}
SERVER_INFO_PATHS = ("/api/3.0/mlflow/server-info", "/ajax-api/3.0/mlflow/server-info")


class App:
    """Serves a store and its artifacts over HTTP.

    Args:
        store: where operations are carried out; closed when a server of its own stops.
        blobs: where the bytes of artifacts are.
        allowed_hosts: names, besides local and private addresses, that the server answers to.
        static_prefix: path below which everything is served, such as ``/cuvee``.
        open_without_users: whether everyone may do everything until there is a user.
        webhook_hosts: hosts (``NAME`` or ``NAME:PORT``) that webhooks may go to although they are
            not public, or not over https.
        retries: how long a failing webhook delivery is tried.
        scoring: where versions are served, which are asked for predictions there.
        keeper: keeps the log while the server runs.
        outside: files that clients wrote by themselves, which are listed and shown.
        addresses: whether events say, to admins, from which address something was done.
        proxied: whether there are proxies that are believed about it.
    """

    def __init__(
        self,
        store: SqlStore,
        blobs: Blobs,
        *,
        allowed_hosts: Sequence[str] = (),
        static_prefix: str = "",
        open_without_users: bool = True,
        webhook_hosts: Sequence[str] = (),
        retries: Retries | None = None,
        scoring: Sequence[str] = (),
        keeper: Keeper | None = None,
        outside: Outside | None = None,
        addresses: bool = True,
        proxied: bool = False,
    ) -> None:
        self.store = store
        self.addresses = addresses
        store.blobs = blobs
        self.routes = Routes()
        self.guard = Guard(allowed_hosts, store.user)
        self.loads = LoadCounter(lambda op: store.later(op, store.user))
        self.transfer = Transfer(self.carry_out, blobs, outside, self.loads.count)
        self.outside = outside
        self.prefix = static_prefix.rstrip("/")
        self.keeper = keeper
        self.readers = ThreadPoolExecutor(READERS, "cuvee-reader")
        self.auth = Authenticator(
            store, self.guard, self.readers, open_without_users=open_without_users
        )
        self.login = LoginPages(self.auth, self.prefix)
        self.ui = Ui(self.prefix)
        self.history = Streams(store, self.auth)
        self.feeds: dict[str, Feed[Any]] = {
            STREAM: self.history,
            METRIC_STREAM: MetricStreams(store, self.auth),
        }
        self.sweeper = Sweeper(store, lambda: store.hold("sweeper"), blobs=blobs, outside=outside)
        self.webhooks = Webhooks(
            store, lambda: store.hold("webhooks"), Outbound(Allowed(webhook_hosts)), retries=retries
        )
        self.scorer = Scorer(store, Places(scoring))
        self.demo = DemoLoader(store)
        self.outgoing: dict[AnyOp, Callable[[Op[Any], Actor], Any]] = {
            **dict.fromkeys(TRIES, self.webhooks.test),
            GetScoring: self.scorer.get,
            ScoreVersion: self.scorer.score,
            LoadDemo: self.demo.load,
        }
        """Calls for which another server or process is asked; each has a thread of its own."""
        self.express = Express(
            store, self.guard, self.auth, self.readers,
            kinds={
                (method, self.prefix + path): kind
                for (method, path), kind in self.routes.exact.items()
                if not (kind.hashes or kind in self.outgoing or issubclass(kind, _PIECEWISE))
            },
            addresses=addresses, proxied=proxied, check=self.webhooks.check, read=self._encoded,
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI event stream."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(scope.get("state", {}), receive, send)
        else:
            await send({"type": "websocket.close"})

    async def carry_out(self, op: Op[Any], actor: Actor, named: Once | None = None) -> Any:
        """Check and carry out an operation without blocking the loop."""
        op.check()
        if op.writes:
            return await self.store.written(op, actor, named)
        return await self._aside(self.store.read, op, actor)

    # ------------------------------------------------------------ requests

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._answer(scope, receive, send)
        except CuveeError as problem:
            await _send_error(send, problem, scope)
        except Exception as problem:  # noqa: BLE001  # the last resort: logged, and never shown
            await _send_error(send, unforeseen(problem, scope["method"], scope["path"]), scope)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method: str = scope["method"]
        path = self._below_prefix(scope["raw_path"].decode("latin-1").partition("?")[0])
        op = self.routes.exact.get((method, path))
        headers = collect(scope["headers"])
        if path in ("/health", "/version"):
            await send_bytes(send, 200, TEXT_HEADERS, b"OK" if path == "/health" else _VERSION)
            return
        self.guard.check(method, headers)
        if op is None and await self._before_login(method, path, headers, scope, receive, send):
            return
        actor = ANONYMOUS
        if op is None or op.needs is not Permission.PUBLIC:
            actor = await self.auth.actor(method, headers, scope)
        if self.addresses and scope.get("client"):
            actor = from_address(actor, scope["client"][0])
        fields: dict[str, str] = {}
        if op is None:
            if await self._other(method, path, scope, receive, send, actor):
                return
            op, fields, methods = self._find(method, path)
            if op is None:
                if not methods and method in ("GET", "HEAD") and self.ui.is_page(path, headers):
                    page = self.ui.page(path, headers, await self.history.size())
                    await send_bytes(send, page.status, page.headers, page.body)
                    return
                methods = {"GET"} if path in self.feeds else methods
                await self._miss(method, path, methods, send)
                return
        await self._operate(op, fields, scope, headers, receive, send, actor)

    def _below_prefix(self, path: str) -> str:
        """Return a path without the prefix; slashes before a call count as one."""
        if not path.startswith("/"):  # OPTIONS * asks about the server as a whole
            raise EndpointNotFound("The target is no path: begin it with a slash.")
        path = _one_slash(path)
        if self.prefix:
            if not path.startswith(self.prefix + "/") and path != self.prefix:
                raise EndpointNotFound(f"Nothing is here: all is below {self.prefix}/.")
            path = _one_slash(path[len(self.prefix) :] or "/")
        return path

    async def _before_login(
        self,
        method: str,
        path: str,
        headers: dict[bytes, bytes],
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> bool:
        """Answer what needs no login; say whether it was that."""
        if path in LOGIN_PATHS:
            await self.login.handle(path, headers, scope, receive, send)
        elif method in ("GET", "HEAD") and path in SERVER_INFO_PATHS:
            await send_bytes(send, 200, JSON_HEADERS, wire.encode_plain(SERVER_INFO))
        elif method in ("GET", "HEAD") and (file := self.ui.static(path, headers)):
            await send_bytes(send, file.status, file.headers, file.body)
        elif method == "GET" and self._leads_to_login(path, headers):
            try:
                await self.auth.actor(method, headers, scope)
            except Unauthenticated:
                page = "/login" if self.auth.has_users else "/setup"
                address = login_address(self.prefix, page, path, scope["query_string"])
                await send_bytes(send, 303, [(b"location", address.encode()), *SAFE], b"")
            else:
                return False
        else:
            return False
        return True

    def _leads_to_login(self, path: str, headers: dict[bytes, bytes]) -> bool:
        """Say whether who is not logged in is sent to log in, instead of being refused."""
        return (
            b"authorization" not in headers
            and not _FILES.match(path)
            and self.ui.is_page(path, headers)
        )

    def _find(self, method: str, path: str) -> tuple[AnyOp | None, dict[str, str], set[str]]:
        try:
            return self.routes.find(method, path)
        except UnicodeDecodeError:
            raise InvalidParameter("The path is not valid UTF-8: percent-encode it.") from None

    @staticmethod
    async def _miss(method: str, path: str, methods: set[str], send: Send) -> None:
        if method == "OPTIONS" and path.startswith(("/api/", "/ajax-api/")):
            allow = ", ".join(sorted({*methods, "OPTIONS"})).encode()
            await send_bytes(send, 204, [(b"allow", allow), *SAFE], b"")
        elif methods:
            names = ", ".join(sorted(methods))
            problem = MethodNotAllowed(f"{path[:200]} answers {names} only.")
            body = wire.encode_error(problem.error_code, problem.message)
            headers = [*JSON_HEADERS, (b"allow", names.encode())]
            await send_bytes(send, problem.status, headers, b"" if method == "HEAD" else body)
        else:
            raise EndpointNotFound(absence(path))

    async def _operate(
        self,
        kind: AnyOp,
        fields: dict[str, str],
        scope: Scope,
        headers: dict[bytes, bytes],
        receive: Receive,
        send: Send,
        actor: Actor,
    ) -> None:
        method, query = scope["method"], scope["query_string"]
        body = b""
        if not in_url(method, query, headers):
            body = await read_body(kind, method, headers, receive)
        op = read_op(kind, method, query, headers, body, fields)
        self.webhooks.check(op)
        if op.hashes:
            answer = wire.encode(await self.auth.write_hashed(op, actor, address_of(scope)))
        elif kind in self.outgoing:
            answer = wire.encode(await asyncio.to_thread(self.outgoing[kind], op, actor))
        elif op.writes and op.keyed and b"idempotency-key" in headers:
            named = _named(headers[b"idempotency-key"], scope, body)
            reply: Reply = await self.store.written(op, actor, named)
            replayed = REPLAYED_HEADERS if reply.replayed else JSON_HEADERS
            await send_bytes(send, 200, replayed, reply.body)
            return
        elif op.writes:
            answer = wire.encode(await self.store.written(op, actor))
        elif isinstance(op, GetMetricHistory):
            await send_history(
                op, lambda asked: self._aside(self._piece, asked, actor), JSON_HEADERS, scope,
                receive, send,
            )  # fmt: skip
            return
        elif isinstance(op, SearchRunTable) and wants_csv(headers):
            await send_table(
                op, lambda asked, names: self._aside(self._page, asked, actor, names),
                CSV_HEADERS, scope, receive, send,
            )  # fmt: skip
            return
        elif isinstance(op, GetMetricSeries):
            status, own, answer = await self._aside(self._chart, op, actor, headers)
            await send_bytes(send, status, [*own, *SAFE], answer)
            return
        else:
            answer = await self._read_encoded(op, actor)
        await send_bytes(send, 200, JSON_HEADERS, answer)

    async def _aside(self, work: Callable[..., T], *args: Any) -> T:
        """Do what takes time on a reader's thread."""
        return await asyncio.get_running_loop().run_in_executor(self.readers, work, *args)

    def _piece(self, op: GetMetricHistory, actor: Actor) -> Piece:
        return piece(self.store.read(asked_of(op), actor))

    def _page(self, op: SearchRunTable, actor: Actor, names: Sequence[str]) -> Page:
        return page(self.store.read(op, actor), names)

    def _chart(
        self, op: GetMetricSeries, actor: Actor, headers: dict[bytes, bytes]
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        return chart_answer(self.store.read(op, actor), headers)

    async def _read_encoded(self, op: Op[Any], actor: Actor) -> bytes:
        if self.store.is_near(op):
            return self._encoded(op, actor)
        return await self._aside(self._encoded, op, actor)

    def _encoded(self, op: Op[Any], actor: Actor) -> bytes:
        """Carry out an operation that reads, and write its answer."""
        if self.outside is not None and isinstance(op, Listing):
            return wire.encode(self.outside.listed(self.store.read(op, actor), op))
        found = wire.encode(self.store.read(op, actor))
        if isinstance(op, GetModelVersionDownloadUri):
            self.loads.count(op.name, op.version, actor)
        return found

    async def _other(
        self, method: str, path: str, scope: Scope, receive: Receive, send: Send, actor: Actor
    ) -> bool:
        """Answer what is not an operation of its own; say whether it was."""
        if _FILES.match(path):
            scope = {**scope, "raw_path": path.encode("latin-1")}
            await self.transfer.handle(scope, receive, send, actor)
            return True
        if path in self.feeds and method == "GET":
            headers = collect(scope["headers"])
            await self.feeds[path].handle(headers, scope, receive, send, actor)
            return True
        if path in self.feeds or method not in ("GET", "HEAD"):
            return False
        if path != "/api/openapi.json":
            return False
        await send_bytes(send, 200, JSON_HEADERS, openapi())
        return True

    # ------------------------------------------------------------ start and stop

    async def _lifespan(self, state: dict[str, Any], receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                state[EXPRESS] = self.express
                self.webhooks.start()
                self.sweeper.start()
                if self.keeper is not None:
                    self.keeper.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await asyncio.to_thread(self.close)
                if self.keeper is not None:
                    await asyncio.to_thread(self.keeper.close)
                await asyncio.to_thread(self.store.close)
                await send({"type": "lifespan.shutdown.complete"})
                return

    def close(self) -> None:
        """End the threads that read and send; the store is its opener's to close."""
        for feed in self.feeds.values():
            feed.close()
        self.auth.close()
        self.webhooks.close()
        self.scorer.close()
        self.demo.close()
        self.sweeper.close()
        self.readers.shutdown()
        self.transfer.close()
        self.loads.close()


_VERSION = __version__.encode()
_PIECEWISE = (GetMetricHistory, SearchRunTable, GetMetricSeries)
"""Operations whose answers are sent piece by piece, or as something else than JSON."""
_FILES = re.compile(
    r"(/ajax-api|/api)/2\.0/mlflow-artifacts/|(/view)?(/model-versions)?/get-artifact$"
    r"|/ajax-api/2\.0/mlflow/(upload-artifact|logged-models/[^/]+/artifacts/files)$"
    r"|/view/logged-models/[^/]+/artifacts/files$"
    r"|(/model-versions|/logged-models/[^/]+)?/get-artifact-archive$"
)
"""Paths whose bodies are files, not operations."""

CALLS = ("/api/", "/ajax-api/", "/get-artifact", "/model-versions/get-artifact")
"""What the paths of clients' calls begin with; all others are pages and their files."""


def _named(key: bytes, scope: Scope, body: bytes) -> Once:
    target = b"?".join((scope["raw_path"].partition(b"?")[0], scope["query_string"]))
    return once(key.decode("latin-1"), scope["method"], target.decode("latin-1"), body)


def _one_slash(path: str) -> str:
    """Return the call that is meant by who joins an address that ends with a slash and a path."""
    bare = "/" + path.lstrip("/")
    return bare if bare.startswith(CALLS) else path


async def _send_error(send: Send, problem: CuveeError, scope: Scope) -> None:
    status, headers, body = refusal(problem, scope["headers"])
    await send_bytes(send, status, headers, b"" if scope["method"] == "HEAD" else body)
