"""Server-sent events: streams that are read page by page, with no thread held.

One task looks for news while anybody follows and wakes the streams that it concerns. Each reads on
from its place, with its caller's rights; nothing is queued for a reader that is slow.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from starlette.types import Receive, Scope, Send

from cuvee.api.base import Actor, Op
from cuvee.errors import CuveeError, TooManyRequests, Unavailable
from cuvee.server.auth import Authenticator
from cuvee.server.guard import Headers

if TYPE_CHECKING:
    from cuvee.store.sql import SqlStore

AnyOp = TypeVar("AnyOp", bound=Op[Any])

MOST = 200
"""Streams of one kind of one server process."""
MOST_EACH = 20
"""Streams of one user."""
READERS = 2
HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, and the login is checked again."""
FRESH = 1.0
"""Seconds for which a checked login counts while events are sent."""
PATIENCE = 60.0
"""Seconds after which a reader that takes nothing is cut off."""
LAST_WORDS = 0.5
"""Seconds that a stopping server gives a reader to take what is under way."""
END = "cuvee.end"
ABORT = "cuvee.abort"
"""Where a request's scope keeps how to end its stream, and how to cut its connection."""

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
    (b"vary", b"Origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
]
_log = logging.getLogger("cuvee.server")


class Stream(Generic[AnyOp]):
    """One follower: where it is, and what may wake it."""

    def __init__(self, op: AnyOp, scope: Scope) -> None:
        self.op = op
        self.place: Any = ""
        """The id of the last event that was sent."""
        self.news = True
        """For the kinds that use it: whether there may be something to read."""
        self.over = False
        self.wake = asyncio.Event()
        self._cut = scope.get(ABORT, lambda: None)
        scope[END] = self.end

    def end(self) -> None:
        """End it now, whatever its reader does."""
        self.over = True
        self.wake.set()
        asyncio.get_running_loop().call_later(LAST_WORDS, self._cut)

    async def write(self, send: Send, data: bytes) -> None:
        """Send bytes; a reader that takes nothing for long is cut off."""
        try:
            await asyncio.wait_for(
                send({"type": "http.response.body", "body": data, "more_body": True}), PATIENCE
            )
        except asyncio.TimeoutError:
            self.over = True
            self._cut()

    async def watch(self, receive: Receive) -> None:
        """Notice that the reader has gone."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self.over = True
        self.wake.set()


class Feed(Generic[AnyOp]):
    """All streams of one kind of a server process.

    Args:
        store: what is followed.
        auth: says who asks, again and again.
    """

    what = "this"
    """What is followed, in a sentence."""
    waits_for = 1.0
    """Seconds until the task looks again after it could not."""

    def __init__(self, store: SqlStore, auth: Authenticator) -> None:
        self.store = store
        self._auth = auth
        self._readers = ThreadPoolExecutor(READERS, "cuvee-stream")
        self.open: set[Stream[AnyOp]] = set()
        self._of_user: Counter[object] = Counter()
        self._watcher: asyncio.Task[None] | None = None
        self.closed = False

    # ------------------------------------------------------------ what a kind of stream says

    def wish(self, query: bytes, headers: Headers) -> tuple[AnyOp, Any]:
        """Return what a request wants to follow, and from where; None for what comes."""
        raise NotImplementedError

    async def begin(self, op: AnyOp, start: Any, actor: Actor) -> Any:
        """Check that the caller may follow it, and return where the stream begins."""
        raise NotImplementedError

    def ahead(self, stream: Stream[AnyOp]) -> bool:
        """Say whether there may be something to read for a stream."""
        raise NotImplementedError

    async def send_page(self, stream: Stream[AnyOp], send: Send, actor: Actor) -> None:
        """Send what comes next, and move the stream's place."""
        raise NotImplementedError

    async def look(self) -> None:
        """Wait for something new, and wake the streams that it concerns."""
        raise NotImplementedError

    def rest(self) -> None:
        """Nobody follows any more."""

    # ------------------------------------------------------------ requests

    async def handle(
        self, headers: Headers, scope: Scope, receive: Receive, send: Send, actor: Actor
    ) -> None:
        """Answer a request to follow, for as long as it lasts.

        Raises:
            CuveeError: it is refused.
        """
        op, start = self.wish(scope["query_string"], headers)
        user = actor.name if actor.user is None else actor.user
        if self._of_user[user] >= MOST_EACH:
            raise TooManyRequests(
                f"You follow {self.what} {MOST_EACH} times already: end one of these streams.", 15
            )
        if len(self.open) >= MOST or self.closed:
            raise Unavailable("The server has no room for another stream of events: try again.")
        stream = Stream(op, scope)
        self.open.add(stream)
        self._of_user[user] += 1
        try:
            stream.place = await self.begin(op, start, actor)
            if self._watcher is None:
                self._watcher = asyncio.ensure_future(self._watch())
            await self._serve(stream, headers, scope, receive, send, actor)
        finally:
            self.open.discard(stream)
            self._of_user[user] -= 1
            if not self._of_user[user]:
                del self._of_user[user]
            scope.pop(END, None)

    async def _serve(
        self,
        stream: Stream[AnyOp],
        headers: Headers,
        scope: Scope,
        receive: Receive,
        send: Send,
        actor: Actor,
    ) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        # An id without data: a reader that is cut before its first event knows where to resume.
        await stream.write(send, b"retry: 1000\nid: %s\n\n" % str(stream.place).encode())
        gone = asyncio.ensure_future(stream.watch(receive))
        checked = time.monotonic()
        try:
            while True:
                stream.wake.clear()  # before anything is looked at, so that no call is lost
                if stream.over:
                    break
                if time.monotonic() - checked > FRESH:
                    actor = await self._auth.actor("GET", headers, scope)
                    checked = time.monotonic()
                if self.ahead(stream):
                    await self.send_page(stream, send, actor)
                elif not await within(HEARTBEAT, stream.wake):
                    await stream.write(send, b":\n\n")
        except CuveeError as problem:  # the login has ended, or the database is away
            words = " ".join(problem.message.split())
            await stream.write(send, b": " + words.encode() + b"\n\n")
        except Exception:  # noqa: BLE001  # it ends, and its reader comes again
            _log.exception("a stream of events was interrupted")
        finally:
            gone.cancel()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(send({"type": "http.response.body"}), PATIENCE)

    async def read(self, work: Any, *args: Any) -> Any:
        """Do what takes time on a reader's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, work, *args)

    async def _watch(self) -> None:
        while self.open and not self.closed:
            try:
                await self.look()
            except Exception as problem:  # noqa: BLE001, PERF203  # said, and tried again
                if not self.closed:
                    _log.warning("the followers of %s have to wait: %s", self.what, problem)
                await asyncio.sleep(self.waits_for)
        self._watcher = None
        self.rest()

    def close(self) -> None:
        """End the threads that read for streams."""
        self.closed = True
        self._readers.shutdown(cancel_futures=True)


async def within(seconds: float, event: asyncio.Event) -> bool:
    """Wait for an event; say whether it came in time."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except asyncio.TimeoutError:
        return False
    return True
