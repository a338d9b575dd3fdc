"""The history as it grows: server-sent events (see server/feed.py).

The task looks for new events at once after a commit of this process, and twice a second for those
of others.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from msgspec.structs import replace
from starlette.types import Send

from cuvee.api import wire
from cuvee.api.base import Actor
from cuvee.api.events import Event, EventPage, ListEvents
from cuvee.errors import CuveeError, InvalidParameter
from cuvee.server.auth import Authenticator
from cuvee.server.feed import Feed, Stream, within
from cuvee.server.guard import Headers

if TYPE_CHECKING:
    from cuvee.store.sql import SqlStore

PATH = "/api/1.0/cuvee/events/stream"
PAGE = 50
POLL = 0.5
"""Seconds between two looks for what other servers have committed."""
GATHER = 0.2
"""Seconds in which commits gather, so that many of them cost one look."""


class Streams(Feed[ListEvents]):
    """All streams of the history of a server process."""

    what = "the history"
    waits_for = POLL

    def __init__(self, store: SqlStore, auth: Authenticator) -> None:
        super().__init__(store, auth)
        self._news = asyncio.Event()
        self._size = 0

    def wish(self, query: bytes, headers: Headers) -> tuple[ListEvents, int | None]:
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

    async def begin(self, op: ListEvents, start: int | None, actor: Actor) -> int:
        """Check that the caller may list these events, and return where the stream begins."""
        size = await self.read(self._measure)
        first = replace(op, max_results=1, since=max(size - 1, 0))
        await self.read(self.store.read, first, actor)
        if start is not None and start > size:
            raise InvalidParameter(
                f"There is no event {start} yet, the last one is {size}: leave out 'since' and "
                "Last-Event-ID to follow what comes from now on."
            )
        self._size = max(self._size, size)
        if self.store.on_recorded is None:
            self.store.on_recorded = _caller(asyncio.get_running_loop(), self._news)
        return size if start is None else start

    async def size(self) -> int | None:
        """Return how many events there are in order; None when the database does not say."""
        try:
            found: int = await self.read(self._measure)
        except CuveeError:
            return None
        return found

    def ahead(self, stream: Stream[ListEvents]) -> bool:
        """Say whether there are events that the stream has not read."""
        return bool(stream.place < self._size)

    async def send_page(self, stream: Stream[ListEvents], send: Send, actor: Actor) -> None:
        """Send the next events."""
        size = self._size  # what was there before the page is read is in it
        op = replace(stream.op, since=stream.place)
        texts, last = await self.read(self._page, op, actor)
        for place, text in texts:
            if stream.over:
                return
            await stream.write(send, text)
            stream.place = place
        if last:
            stream.place = max(stream.place, size)

    def _page(self, op: ListEvents, actor: Actor) -> tuple[list[tuple[int, bytes]], bool]:
        page: EventPage = self.store.read(op, actor, ordered=True)
        return [(e.sequence, _text(e)) for e in page.events], page.next_page_token is None

    def _measure(self) -> int:
        """Put what is committed in order and return how many events there are."""
        page = self.store.read(ListEvents(newest_first=True, max_results=1), self.store.user)
        return page.events[0].sequence if page.events else 0

    async def look(self) -> None:
        """Wait for new events, and wake all streams."""
        if await within(POLL, self._news):
            await asyncio.sleep(GATHER)
        self._news.clear()
        size = await self.read(self._measure)
        if size > self._size:
            self._size = size
            for stream in self.open:
                stream.wake.set()

    def rest(self) -> None:
        """Hear of commits no more."""
        self.store.on_recorded = None


def _text(event: Event) -> bytes:
    body = wire.encode(event)
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.sequence, event.action.encode(), body)


def _caller(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> Any:
    def tell() -> None:
        if not news.is_set():
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(news.set)

    return tell
