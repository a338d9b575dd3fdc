"""Metrics as they are logged: server-sent events (see server/feed.py), four times a second.

One query for all followed runs says which of them have new points or another state, whichever
server of the database took them.
"""

from __future__ import annotations

import asyncio

from msgspec.structs import replace
from starlette.types import Send

from cuvee.api import wire
from cuvee.api.base import Actor
from cuvee.api.charts import GetMetricTail, GetRunPositions, MetricTail
from cuvee.server.feed import Feed, Stream
from cuvee.server.guard import Headers

PATH = "/api/1.0/cuvee/metrics/stream"
POLL = 0.25
"""Seconds between two looks."""


class MetricStreams(Feed[GetMetricTail]):
    """All streams of metrics of a server process."""

    what = "metrics"
    _known: dict[str, tuple[int, str]] = {}

    def wish(self, query: bytes, headers: Headers) -> tuple[GetMetricTail, str | None]:
        """Return what to follow, and the token of the last event that is known."""
        op = wire.decode_query(GetMetricTail, query)
        op.check()
        last = headers.get(b"last-event-id", b"").strip().decode("latin-1") or op.token
        return replace(op, token=""), last or None

    async def begin(self, op: GetMetricTail, start: str | None, actor: Actor) -> str:
        """Check that the caller may read these runs, and return the token to begin with."""
        found: MetricTail = await self.read(self.store.read, replace(op, token=start or ""), actor)
        return start or found.token

    def ahead(self, stream: Stream[GetMetricTail]) -> bool:
        """Say whether the stream's runs have changed since it read them."""
        return stream.news

    async def send_page(self, stream: Stream[GetMetricTail], send: Send, actor: Actor) -> None:
        """Send what is new."""
        stream.news = False
        op = replace(stream.op, token=stream.place)
        found: MetricTail = await self.read(self.store.read, op, actor)
        stream.news = stream.news or found.more
        if found.series or found.runs:
            stream.place = found.token
            text = b"id: %s\nevent: metrics\ndata: %s\n\n"
            await stream.write(send, text % (found.token.encode(), wire.encode(found)))

    async def look(self) -> None:
        """Wait for a moment, and wake the streams of runs that have changed."""
        await asyncio.sleep(POLL)
        ids = sorted({run_id for stream in self.open for run_id in stream.op.run_ids})
        asked = GetRunPositions(run_ids=ids)
        found = (await self.read(self.store.read, asked, self.store.user)).runs
        changed = {run_id for run_id, now in found.items() if self._known.get(run_id) != now}
        self._known = found
        for stream in self.open:
            if not changed.isdisjoint(stream.op.run_ids):
                stream.news = True
                stream.wake.set()

    def rest(self) -> None:
        """Forget what was known."""
        self._known = {}
