"""The history as it grows: server-sent events, read page by page, with no thread held.

One task looks for new events while anybody follows: at once after a commit of this process, and
twice a second for those of others. It wakes the streams, and each reads on from its place, with its
caller's rights; nothing is queued for a reader that is slow.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from msgspec.structs import replace
from starlette.types import Receive, Scope, Send

from cuvee.api import wire
from cuvee.api.base import Actor
from cuvee.api.events import Event, EventPage, ListEvents
from cuvee.errors import CuveeError, InvalidParameter, TooManyRequests, Unavailable
from cuvee.server.auth import Authenticator
from cuvee.server.guard import Headers

if TYPE_CHECKING:
    from cuvee.store.sql import SqlStore

PATH = "/api/1.0/cuvee/events/stream"
MOST = 200
"""Streams of one server process."""
MOST_EACH = 20
"""Streams of one user."""
PAGE = 50
READERS = 2
POLL = 0.5
"""Seconds between two looks for what other servers have committed."""
GATHER = 0.2
"""Seconds in which commits gather, so that many of them cost one look."""
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


class Stream:
    """One follower: where it is, and what may wake it."""

    def __init__(self, op: ListEvents, place: int, scope: Scope) -> None:
        self.op = op
        self.place = place
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


class Streams:
    """All streams of a server process.

    Args:
        store: whose events.
        auth: says who asks, again and again.
    """

    def __init__(self, store: SqlStore, auth: Authenticator) -> None:
        self._store = store
        self._auth = auth
        self._readers = ThreadPoolExecutor(READERS, "cuvee-stream")
        self._streams: set[Stream] = set()
        self._of_user: Counter[object] = Counter()
        self._news = asyncio.Event()
        self._size = 0
        self._watcher: asyncio.Task[None] | None = None
        self._closed = False

    async def handle(
        self, headers: Headers, scope: Scope, receive: Receive, send: Send, actor: Actor
    ) -> None:
        """Answer a request to follow the history, for as long as it lasts.

        Raises:
            CuveeError: it is refused.
        """
        op, start = _wish(scope["query_string"], headers)
        user = actor.name if actor.user is None else actor.user
        if self._of_user[user] >= MOST_EACH:
            raise TooManyRequests(
                f"You follow the history {MOST_EACH} times already: end one of these streams.", 15
            )
        if len(self._streams) >= MOST or self._closed:
            raise Unavailable("The server has no room for another stream of events: try again.")
        stream = Stream(op, 0, scope)
        self._streams.add(stream)
        self._of_user[user] += 1
        try:
            stream.place = await self._begin(op, start, actor)
            await self._serve(stream, headers, scope, receive, send, actor)
        finally:
            self._streams.discard(stream)
            self._of_user[user] -= 1
            if not self._of_user[user]:
                del self._of_user[user]
            scope.pop(END, None)

    async def _begin(self, op: ListEvents, start: int | None, actor: Actor) -> int:
        """Check that the caller may list these events, and return where the stream begins."""
        loop = asyncio.get_running_loop()
        size = await loop.run_in_executor(self._readers, self._measure)
        first = replace(op, max_results=1, since=max(size - 1, 0))
        await loop.run_in_executor(self._readers, self._store.read, first, actor)
        if start is not None and start > size:
            raise InvalidParameter(
                f"There is no event {start} yet, the last one is {size}: leave out 'since' and "
                "Last-Event-ID to follow what comes from now on."
            )
        self._size = max(self._size, size)
        if self._watcher is None:
            self._store.on_recorded = _caller(loop, self._news)
            self._watcher = asyncio.ensure_future(self._watch())
        return size if start is None else start

    async def _serve(
        self,
        stream: Stream,
        headers: Headers,
        scope: Scope,
        receive: Receive,
        send: Send,
        actor: Actor,
    ) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        # An id without data: a reader that is cut before its first event knows where to resume.
        await stream.write(send, b"retry: 1000\nid: %d\n\n" % stream.place)
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
                if stream.place < self._size:
                    await self._send_page(stream, send, actor)
                elif not await _within(HEARTBEAT, stream.wake):
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

    async def _send_page(self, stream: Stream, send: Send, actor: Actor) -> None:
        loop = asyncio.get_running_loop()
        size = self._size  # what was there before the page is read is in it
        op = replace(stream.op, since=stream.place)
        texts, last = await loop.run_in_executor(self._readers, self._page, op, actor)
        for place, text in texts:
            if stream.over:
                return
            await stream.write(send, text)
            stream.place = place
        if last:
            stream.place = max(stream.place, size)

    def _page(self, op: ListEvents, actor: Actor) -> tuple[list[tuple[int, bytes]], bool]:
        page: EventPage = self._store.read(op, actor, ordered=True)
        return [(e.sequence, _text(e)) for e in page.events], page.next_page_token is None

    def _measure(self) -> int:
        """Put what is committed in order and return how many events there are."""
        page = self._store.read(ListEvents(newest_first=True, max_results=1), self._store.user)
        return page.events[0].sequence if page.events else 0

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while self._streams and not self._closed:
            if await _within(POLL, self._news):
                await asyncio.sleep(GATHER)
            self._news.clear()
            try:
                size = await loop.run_in_executor(self._readers, self._measure)
            except Exception as problem:  # noqa: BLE001  # said, and tried again
                if not self._closed:
                    _log.warning("the followers of the history have to wait: %s", problem)
                await asyncio.sleep(POLL)
                continue
            if size > self._size:
                self._size = size
                for stream in self._streams:
                    stream.wake.set()
        self._store.on_recorded = None
        self._watcher = None

    def close(self) -> None:
        """End the threads that read for streams."""
        self._closed = True
        self._readers.shutdown(cancel_futures=True)


def _wish(query: bytes, headers: Headers) -> tuple[ListEvents, int | None]:
    """Return what to follow, and from where; None for what comes from now on."""
    op = wire.decode_query(ListEvents, query)
    op.check()
    if op.newest_first or op.page_token:
        raise InvalidParameter(
            "A stream has one order and no pages: leave out newest_first and page_token."
        )
    given = parse_qs(query.decode("ascii"))
    start = op.since if "since" in given or op.from_time is not None else None
    last = headers.get(b"last-event-id", b"").strip()
    if last:
        if not last.isdigit() or len(last) > 18:
            raise InvalidParameter(
                "Last-Event-ID is not the id of an event: send the number that came as 'id'."
            )
        start = int(last)
    return replace(op, max_results=PAGE), start


def _text(event: Event) -> bytes:
    body = wire.encode(event)
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.sequence, event.action.encode(), body)


async def _within(seconds: float, event: asyncio.Event) -> bool:
    """Wait for an event; say whether it came in time."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except asyncio.TimeoutError:
        return False
    return True


def _caller(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> Any:
    def tell() -> None:
        if not news.is_set():
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(news.set)

    return tell
